//! Takes colours out of a line: programs that think they write to a terminal put escape sequences
//! around levels, times and names.

use std::borrow::Cow;

use memchr::memchr;

/// The character that begins an escape sequence.
const ESCAPE: u8 = 0x1b;
/// The longest sequence that is taken out: its parameters are a few numbers.
const MAX_SEQUENCE: usize = 32;

/// The line without control sequences (ECMA-48, 5.4): `ESC [`, parameters, and a final byte.
pub(super) fn without(line: &[u8]) -> Cow<'_, [u8]> {
    let Some(first) = memchr(ESCAPE, line) else { return Cow::Borrowed(line) };
    let mut clean = Vec::with_capacity(line.len());
    let (plain, mut rest) = line.split_at(first);
    clean.extend_from_slice(plain);
    while let Some((&byte, behind)) = rest.split_first() {
        rest = behind;
        if byte == ESCAPE
            && let Some(sequence) = behind.strip_prefix(b"[")
            && let Some(end) =
                sequence.iter().take(MAX_SEQUENCE).position(|byte| matches!(byte, 0x40..=0x7e))
        {
            rest = sequence.get(end + 1..).unwrap_or_default();
        } else {
            clean.push(byte);
        }
    }
    Cow::Owned(clean)
}
