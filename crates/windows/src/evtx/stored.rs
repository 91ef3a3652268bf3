//! Numbers and texts as an event log stores them: little-endian, UTF-16, borrowed.

/// The bytes at a place, if they are there.
pub(crate) fn array<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..)?.first_chunk().copied()
}

/// A number of two bytes.
pub(crate) fn u16(bytes: &[u8], at: usize) -> Option<u16> {
    array(bytes, at).map(u16::from_le_bytes)
}

/// A number of four bytes.
pub(crate) fn u32(bytes: &[u8], at: usize) -> Option<u32> {
    array(bytes, at).map(u32::from_le_bytes)
}

/// A place: four bytes that count from the front of the chunk.
pub(crate) fn place(bytes: &[u8], at: usize) -> Option<usize> {
    u32(bytes, at).and_then(|place| usize::try_from(place).ok())
}

/// A number of eight bytes.
pub(crate) fn u64(bytes: &[u8], at: usize) -> Option<u64> {
    array(bytes, at).map(u64::from_le_bytes)
}

/// A text in UTF-16, as it stands in the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Utf16<'c>(pub(crate) &'c [u8]);

impl<'c> Utf16<'c> {
    /// Its units. Half a unit at the end is none.
    fn units(self) -> impl Iterator<Item = u16> + 'c {
        self.0.as_chunks().0.iter().map(|unit| u16::from_le_bytes(*unit))
    }

    /// Whether it is this text of ASCII, in whatever case.
    pub(crate) fn is(self, text: &str) -> bool {
        let letter = |unit: u16| u8::try_from(unit).map(|letter| letter.to_ascii_lowercase());
        self.0.len() == 2 * text.len()
            && self.units().zip(text.bytes()).all(|(unit, byte)| {
                letter(unit).is_ok_and(|letter| letter == byte.to_ascii_lowercase())
            })
    }

    /// Whether it begins with this text of ASCII.
    pub(crate) fn begins(self, text: &str) -> bool {
        self.0.get(..2 * text.len()).is_some_and(|front| Utf16(front).is(text))
    }

    /// Adds it to a text, up to a zero. What is no character becomes U+FFFD.
    pub(crate) fn push_to(self, text: &mut String) {
        let units = self.units().take_while(|unit| *unit != 0);
        text.reserve(self.0.len() / 2);
        let letters = char::decode_utf16(units);
        text.extend(letters.map(|letter| letter.unwrap_or(char::REPLACEMENT_CHARACTER)));
    }

    /// The same, alone.
    pub(crate) fn text(self) -> String {
        let mut text = String::new();
        self.push_to(&mut text);
        text
    }

    /// The texts in it, each ended by a zero.
    pub(crate) fn parts(self) -> impl Iterator<Item = Self> {
        let mut rest = self.0.as_chunks::<2>().0.as_flattened();
        std::iter::from_fn(move || {
            if rest.len() < 2 {
                return None;
            }
            let end = rest.as_chunks::<2>().0.iter().position(|unit| *unit == [0, 0]);
            let (part, behind) = match end {
                Some(end) => (rest.get(..2 * end)?, rest.get(2 * end + 2..)?),
                None => (rest, &[][..]),
            };
            rest = behind;
            Some(Self(part))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    /// Names are compared in whatever case, and as a whole.
    #[test]
    fn names_are_compared_as_a_whole() {
        let name = utf16("Schannel");
        assert!(Utf16(&name).is("schannel"));
        assert!(!Utf16(&name).is("Schanne"));
        assert!(Utf16(&name).begins("SCHAN"));
        assert!(!Utf16(&utf16("\u{453}channel")).is("Schannel"));
    }

    /// What is no text is told as such, and nothing is lost behind it.
    #[test]
    fn broken_text_is_read() {
        let mut text = utf16("A\u{1f511}");
        text.extend([0x00, 0xd8, b'B', 0, 7]);
        assert_eq!(Utf16(&text).text(), "A\u{1f511}\u{fffd}B");
    }

    /// Several texts in one value are ended by zeros; the last need not be.
    #[test]
    fn parts_are_ended_by_zeros() {
        let parts =
            |text: &str| -> Vec<String> { Utf16(&utf16(text)).parts().map(Utf16::text).collect() };
        assert_eq!(parts("a\0\0b\0"), ["a", "", "b"]);
        assert_eq!(parts("a\0b"), ["a", "b"]);
        assert_eq!(parts(""), Vec::<String>::new());
        assert_eq!(Utf16(b"a\0b").parts().collect::<Vec<_>>(), [Utf16(b"a\0")]);
    }
}
