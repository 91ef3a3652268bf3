//! Texts that are not UTF-8 become UTF-8, piece by piece.
//!
//! Windows exports its logs as UTF-16, with a mark at the front or without one. The bytes may be
//! cut anywhere, in the middle of a character too: what is left of one piece waits for the next.

/// How the characters of a text are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// UTF-8, or anything of which the letters of English are single bytes.
    Utf8,
    /// UTF-16, the low byte first.
    Utf16Little,
    /// UTF-16, the high byte first.
    Utf16Big,
}

/// Turns the bytes of a text into UTF-8, and drops the mark at its front.
#[derive(Clone, Debug)]
pub struct Decoder {
    encoding: Encoding,
    /// Where the next unit of UTF-16 begins, in bytes of the text.
    offset: u64,
    /// The first byte of a unit whose second is still to come.
    half: Option<u8>,
    /// The first unit of a pair, and where it begins.
    high: Option<(u16, u64)>,
    /// How much of UTF-8's mark has been seen; `None` behind the front of the text.
    mark: Option<usize>,
    broken: u64,
    first_broken: Option<u64>,
}

/// Bytes of a text's front by which UTF-16 without a mark is told.
const LOOK: usize = 256;
/// Fewer bytes tell nothing.
const LEAST: usize = 16;
/// The mark of UTF-8: U+FEFF.
const MARK: &[u8] = b"\xef\xbb\xbf";

impl Encoding {
    /// Tells by the first bytes of a text: by its mark, or by the zeros that every second byte of
    /// western letters is in UTF-16.
    #[must_use]
    pub fn of(head: &[u8]) -> Self {
        match head {
            [0xff, 0xfe, ..] => return Self::Utf16Little,
            [0xfe, 0xff, ..] => return Self::Utf16Big,
            _ => {}
        }
        let head = head.get(..LOOK).unwrap_or(head);
        if head.len() < LEAST {
            return Self::Utf8;
        }
        let zeros =
            |first: usize| head.iter().skip(first).step_by(2).filter(|byte| **byte == 0).count();
        let (even, odd) = (zeros(0), zeros(1));
        // Three in four, because other scripts stand between western letters; and a few on the
        // other side, because a character of theirs may have a zero for its low byte.
        let units = head.len() / 2;
        let (most, few) = (units * 3 / 4, units / 16);
        match (even, odd) {
            (even, odd) if odd >= most && even <= few => Self::Utf16Little,
            (even, odd) if even >= most && odd <= few => Self::Utf16Big,
            _ => Self::Utf8,
        }
    }
}

impl Decoder {
    /// A decoder at the front of a text.
    #[must_use]
    pub fn new(encoding: Encoding) -> Self {
        Self {
            encoding,
            offset: 0,
            half: None,
            high: None,
            mark: Some(0),
            broken: 0,
            first_broken: None,
        }
    }

    /// Takes the next bytes of the text, and adds what they are in UTF-8 behind `text`.
    pub fn decode(&mut self, bytes: &[u8], text: &mut Vec<u8>) {
        if self.encoding == Encoding::Utf8 {
            let behind = self.behind_mark(bytes, text);
            text.extend_from_slice(behind);
            return;
        }
        // A byte of western text takes half of its bytes, one of Chinese one and a half times.
        text.reserve(bytes.len());
        let mut bytes = bytes;
        if let (Some(first), Some((&second, rest))) = (self.half, bytes.split_first()) {
            self.half = None;
            self.unit([first, second], text);
            bytes = rest;
        }
        let (units, rest) = bytes.as_chunks();
        for unit in units {
            self.unit(*unit, text);
        }
        self.half = self.half.or(rest.first().copied());
    }

    /// Adds what an end of the text leaves incomplete.
    pub fn finish(&mut self, text: &mut Vec<u8>) {
        if self.encoding == Encoding::Utf8 {
            text.extend_from_slice(MARK.get(..self.mark.take().unwrap_or(0)).unwrap_or_default());
        }
        if let Some((_, at)) = self.high.take() {
            self.replace(at, text);
        }
        if self.half.take().is_some() {
            self.replace(self.offset, text);
        }
    }

    /// Halves of characters that stood alone and were replaced by U+FFFD: how many, and where the
    /// first of them is, in bytes of the text.
    #[must_use]
    pub fn broken(&self) -> (u64, Option<u64>) {
        (self.broken, self.first_broken)
    }

    /// What of these bytes is behind the mark of UTF-8, if one is there. Bytes that turn out to be
    /// no mark are added to `text`.
    fn behind_mark<'a>(&mut self, bytes: &'a [u8], text: &mut Vec<u8>) -> &'a [u8] {
        let mut bytes = bytes;
        while let (Some(seen), Some((byte, rest))) = (self.mark, bytes.split_first()) {
            if MARK.get(seen) == Some(byte) {
                self.mark = Some(seen + 1).filter(|seen| *seen < MARK.len());
                bytes = rest;
            } else {
                text.extend_from_slice(MARK.get(..seen).unwrap_or_default());
                self.mark = None;
            }
        }
        bytes
    }

    /// Takes one unit of UTF-16.
    fn unit(&mut self, bytes: [u8; 2], text: &mut Vec<u8>) {
        let at = self.offset;
        self.offset += 2;
        let unit = match self.encoding {
            Encoding::Utf16Big => u16::from_be_bytes(bytes),
            Encoding::Utf16Little | Encoding::Utf8 => u16::from_le_bytes(bytes),
        };
        if let (0..=0x7f, None) = (unit, self.high) {
            text.push(unit.to_le_bytes()[0]);
            return;
        }
        if let Some((high, from)) = self.high.take() {
            if let 0xdc00..=0xdfff = unit {
                let code = 0x10000 + ((u32::from(high) - 0xd800) << 10) + u32::from(unit) - 0xdc00;
                return add(code, text);
            }
            self.replace(from, text);
        }
        match unit {
            0xd800..=0xdbff => self.high = Some((unit, at)),
            0xdc00..=0xdfff => self.replace(at, text),
            0xfeff if at == 0 => {}
            _ => add(u32::from(unit), text),
        }
    }

    fn replace(&mut self, at: u64, text: &mut Vec<u8>) {
        self.broken += 1;
        self.first_broken = self.first_broken.or(Some(at));
        add(u32::from(char::REPLACEMENT_CHARACTER), text);
    }
}

fn add(code: u32, text: &mut Vec<u8>) {
    let character = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
    text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "Ebene;Datum: größer 警告 😀\r\n";

    fn decoded(encoding: Encoding, pieces: &[&[u8]]) -> (String, u64, Option<u64>) {
        let mut decoder = Decoder::new(encoding);
        let mut text = Vec::new();
        for piece in pieces {
            decoder.decode(piece, &mut text);
        }
        decoder.finish(&mut text);
        let (broken, first) = decoder.broken();
        (String::from_utf8(text).unwrap(), broken, first)
    }

    fn little(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    fn big(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_be_bytes).collect()
    }

    /// The encoding is told by the mark, and without one by the zeros of western letters.
    #[test]
    fn encodings_are_told_by_their_first_bytes() {
        let marked = format!("\u{feff}{TEXT}");
        assert_eq!(Encoding::of(&little(&marked)), Encoding::Utf16Little);
        assert_eq!(Encoding::of(&big(&marked)), Encoding::Utf16Big);
        assert_eq!(Encoding::of(&little(TEXT)), Encoding::Utf16Little);
        assert_eq!(Encoding::of(&big(TEXT)), Encoding::Utf16Big);
        for text in [TEXT.as_bytes(), marked.as_bytes(), b"", &[0; 64], &[1, 0, 0, 1, 0, 0, 0, 9]] {
            assert_eq!(Encoding::of(text), Encoding::Utf8);
        }
    }

    /// A text cut anywhere, twice, is the same text, and its mark is dropped.
    #[test]
    fn cuts_change_nothing() {
        let marked = format!("\u{feff}{TEXT}\u{feff}");
        let expected = format!("{TEXT}\u{feff}");
        for (encoding, bytes) in [
            (Encoding::Utf16Little, little(&marked)),
            (Encoding::Utf16Big, big(&marked)),
            (Encoding::Utf8, marked.into_bytes()),
        ] {
            for cut in 0..=bytes.len() {
                for second in cut..=bytes.len() {
                    let pieces = [&bytes[..cut], &bytes[cut..second], &bytes[second..]];
                    assert_eq!(decoded(encoding, &pieces), (expected.clone(), 0, None));
                }
            }
        }
    }

    /// Halves of characters are replaced and counted, with the place of the first.
    #[test]
    fn broken_halves_are_replaced() {
        let units =
            |units: &[u16]| -> Vec<u8> { units.iter().flat_map(|u| u.to_le_bytes()).collect() };
        let check = |bytes: &[u8], text: &str, broken, first| {
            assert_eq!(decoded(Encoding::Utf16Little, &[bytes]), (text.to_owned(), broken, first));
        };
        check(&units(&[0x61, 0xd83d, 0x62]), "a\u{fffd}b", 1, Some(2));
        check(&units(&[0x61, 0xde00, 0xd83d, 0xd83d, 0xde00]), "a\u{fffd}\u{fffd}😀", 2, Some(2));
        check(&units(&[0x61, 0xd83d]), "a\u{fffd}", 1, Some(2));
        check(b"a\0b", "a\u{fffd}", 1, Some(2));
    }

    /// What begins like the mark of UTF-8 and is none stays.
    #[test]
    fn half_a_mark_stays() {
        for text in [&b"\xef\xbb"[..], b"\xef\xbbx", b"\xef\xef\xbb\xbf", b"x\xef\xbb\xbf"] {
            let mut decoder = Decoder::new(Encoding::Utf8);
            let mut out = Vec::new();
            text.chunks(1).for_each(|piece| decoder.decode(piece, &mut out));
            decoder.finish(&mut out);
            assert_eq!(out, text);
        }
    }
}
