//! Reads a text from left to right, and stands where it was when something does not fit.

/// A place in a text. Copies are cheap: a form that does not fit leaves the original where it was.
#[derive(Clone, Copy)]
pub(super) struct Text<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Text<'a> {
    pub(super) const fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at }
    }

    pub(super) const fn at(self) -> usize {
        self.at
    }

    pub(super) fn peek(self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// The bytes that are left.
    pub(super) fn rest(self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// Steps over this many bytes, at most to the end.
    pub(super) fn skip(&mut self, bytes: usize) {
        self.at = self.at.saturating_add(bytes).min(self.bytes.len());
    }

    /// Steps over this byte.
    pub(super) fn byte(&mut self, byte: u8) -> Option<()> {
        self.one_of(&[byte]).map(|_| ())
    }

    /// Steps over one of these bytes, and says which.
    pub(super) fn one_of(&mut self, bytes: &[u8]) -> Option<u8> {
        let byte = self.peek().filter(|byte| bytes.contains(byte))?;
        self.at += 1;
        Some(byte)
    }

    /// Steps over this text, in any case.
    pub(super) fn word(&mut self, word: &str) -> Option<()> {
        let there = self.rest().get(..word.len())?;
        there.eq_ignore_ascii_case(word.as_bytes()).then(|| self.at += word.len())
    }

    /// Steps over at least one blank and at most three: Windows and Java write a no-break space
    /// between the time and its half of the day.
    pub(super) fn blank(&mut self) -> Option<()> {
        let mut blanks = 0;
        while blanks < 3 {
            let step = match self.rest() {
                [b' ' | b'\t', ..] => 1,
                [0xc2, 0xa0, ..] => 2,
                [0xe2, 0x80, 0xaf, ..] => 3,
                _ => break,
            };
            self.at += step;
            blanks += 1;
        }
        (blanks > 0).then_some(())
    }

    /// How many digits stand here, counted up to 20.
    pub(super) fn digits(self) -> usize {
        self.rest().iter().take(20).take_while(|byte| byte.is_ascii_digit()).count()
    }

    /// Steps over exactly this many digits, at most nine, whatever follows.
    pub(super) fn number(&mut self, digits: usize) -> Option<u32> {
        let there = self.rest().get(..digits)?;
        let mut value = 0u32;
        for digit in there {
            let digit = digit.checked_sub(b'0').filter(|digit| *digit < 10)?;
            value = value.checked_mul(10)?.checked_add(u32::from(digit))?;
        }
        self.at += digits;
        Some(value)
    }

    /// Steps over one or two digits that no third follows.
    pub(super) fn short_number(&mut self) -> Option<u32> {
        match self.digits() {
            digits @ 1..=2 => self.number(digits),
            _ => None,
        }
    }

    /// Whether a word ends here: no letter, digit or sign that would carry it on.
    pub(super) fn ends(self) -> bool {
        !self.peek().is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    }

    /// `.123456` or `,123`, or three digits behind `:`, as nanoseconds. More than nine digits are cut.
    pub(super) fn fraction(&mut self) -> u32 {
        let mut behind = *self;
        let Some(sign) = behind.one_of(b".,:") else { return 0 };
        let digits = behind.digits();
        let fits = match sign {
            b'.' => digits > 0,
            // The next column of a table stands behind a comma too.
            b',' => matches!(digits, 3 | 6 | 9),
            _ => digits == 3,
        };
        let value = behind.number(digits.min(9)).filter(|_| fits);
        let Some(value) = value else { return 0 };
        behind.skip(digits.saturating_sub(9));
        *self = behind;
        (digits..9).fold(value, |value, _| value * 10)
    }
}
