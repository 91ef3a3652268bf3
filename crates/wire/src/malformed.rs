//! The one error of this crate: something was too short, or could not be what it claims.
//!
//! Captures are cut, streams have gaps and peers send nonsense; none of that is exceptional here.
//! So the error is small, copied around freely, and says enough to show the reader the very byte.

use core::fmt;

/// What could not be read, and where. Never heap-allocated.
///
/// With `needed > had` the bytes ran out; otherwise they were there and made no sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// The field that was being read, in the words of its RFC: "ClientHello session_id".
    pub what: &'static str,
    /// Where the field starts, in bytes from the start of the outermost slice given.
    pub at: usize,
    /// How many bytes the field needs.
    pub needed: usize,
    /// How many bytes were there.
    pub had: usize,
}

impl Malformed {
    /// Whether more bytes could have helped: true for a cut, false for a value that is not allowed.
    #[inline]
    pub fn is_short(&self) -> bool {
        self.needed > self.had
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, at, needed, had } = self;
        if self.is_short() {
            let unit = if *needed == 1 { "byte" } else { "bytes" };
            write!(f, "{what}: needs {needed} {unit} at offset {at}, has {had}")
        } else {
            write!(f, "{what}: makes no sense at offset {at}")
        }
    }
}

impl core::error::Error for Malformed {}

#[cfg(test)]
mod tests {
    use super::*;

    /// The sentence names the field, the place and both lengths, and knows the singular.
    #[test]
    fn the_sentence_names_field_place_and_lengths() {
        let short = Malformed { what: "ClientHello session_id", at: 39, needed: 32, had: 10 };
        assert_eq!(
            short.to_string(),
            "ClientHello session_id: needs 32 bytes at offset 39, has 10"
        );
        let one = Malformed { what: "alert level", at: 0, needed: 1, had: 0 };
        assert_eq!(one.to_string(), "alert level: needs 1 byte at offset 0, has 0");
        let odd = Malformed { what: "IP version", at: 14, needed: 1, had: 6 };
        assert_eq!(odd.to_string(), "IP version: makes no sense at offset 14");
    }
}
