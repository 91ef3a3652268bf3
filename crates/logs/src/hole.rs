//! What stands in a hole: words of a list, names of alerts, numbers.

use alert::Alert;

use crate::stack::Entry;

/// The longest name of an alert at the beginning of a text, and how many bytes it takes: the names
/// that the library gives them, and the registered ones.
pub(crate) fn alert(names: &[(u8, &str)], text: &[u8]) -> Option<(u8, usize)> {
    let own = names.iter().filter_map(|(code, name)| Some((*code, eats(name, text)?)));
    let registered = Alert::all().filter_map(|alert| {
        let name = alert.name()?;
        let short = name.strip_suffix("_RESERVED").unwrap_or(name);
        Some((alert.code(), eats(name, text).or_else(|| eats(short, text))?))
    });
    // Of two names of one length the library's own comes first.
    own.chain(registered).fold(None, |best: Option<(u8, usize)>, new| match best {
        Some(best) if best.1 >= new.1 => Some(best),
        _ => Some(new),
    })
}

/// The longest word of a list at the beginning of a text, and how many bytes it takes.
pub(crate) fn word(words: &'static [Entry], text: &[u8]) -> Option<(&'static Entry, usize)> {
    words.iter().filter_map(|word| Some((word, eats(word.text, text)?))).fold(
        None,
        |best: Option<(&Entry, usize)>, new| match best {
            Some(best) if best.1 >= new.1 => Some(best),
            _ => Some(new),
        },
    )
}

/// How many bytes of `text` are this word. Case does not matter, and where the word has a space or
/// an underscore the text may have either, a hyphen, or nothing: stacks write `unknown ca`,
/// `UNKNOWN_CA` and `UnknownCA`. The word must end where it ends.
pub(crate) fn eats(word: &str, text: &[u8]) -> Option<usize> {
    let mut at = 0;
    for letter in word.bytes() {
        let byte = text.get(at).copied();
        if is_separator(letter) {
            at += usize::from(byte.is_some_and(is_separator));
        } else if byte.is_some_and(|byte| byte.eq_ignore_ascii_case(&letter)) {
            at += 1;
        } else {
            return None;
        }
    }
    let ended = |byte: &u8| !byte.is_ascii_alphanumeric() && *byte != b'_';
    text.get(at).is_none_or(ended).then_some(at)
}

fn is_separator(byte: u8) -> bool {
    matches!(byte, b' ' | b'_' | b'-')
}

/// A number in this base; a hexadecimal one may begin with `0x`.
pub(crate) fn number(text: &[u8], base: u32) -> Option<u64> {
    let text = str::from_utf8(text).ok()?;
    let digits = match base {
        16 => text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")).unwrap_or(text),
        _ => text,
    };
    u64::from_str_radix(digits, base).ok()
}

/// The code of an error as a program prints it: decimal, or hexadecimal behind `0x`, with or without
/// a sign. Its low 32 bits, because one code is printed as `0x80090325`, -2146893019 and 2148074277.
pub(crate) fn code(text: &[u8]) -> Option<u32> {
    let (sign, digits) = match text.strip_prefix(b"-") {
        Some(digits) => (-1, digits),
        None => (1, text),
    };
    let base = if digits.starts_with(b"0x") || digits.starts_with(b"0X") { 16 } else { 10 };
    let value = i64::from(u32::try_from(number(digits, base)?).ok()?);
    Some(bits(sign * value))
}

/// The low 32 bits of a code.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "that is what it is for"
)]
pub(crate) fn bits(code: i64) -> u32 {
    code as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every way to put a name together is the same name, and the longest one is taken.
    #[test]
    fn names_are_read_in_every_form() {
        for text in ["unknown ca", "UNKNOWN_CA)", "UnknownCA,", "unknown-ca: x"] {
            assert_eq!(alert(&[], text.as_bytes()).map(|found| found.0), Some(48), "{text}");
        }
        let go = [(46, "unknown certificate"), (48, "unknown certificate authority")];
        assert_eq!(alert(&go, b"unknown certificate authority"), Some((48, 29)));
        assert_eq!(alert(&go, b"unknown certificate"), Some((46, 19)));
        assert_eq!(alert(&[], b"no_renegotiation"), Some((100, 16)));
        assert_eq!(alert(&[], b"unknown caller"), None);
    }

    /// Numbers are read in their base, and nothing else is a number.
    #[test]
    fn numbers_have_a_base() {
        assert_eq!(number(b"48", 10), Some(48));
        assert_eq!(number(b"0x0A000418", 16), Some(0x0A00_0418));
        assert_eq!(number(b"", 10), None);
        assert_eq!(number(b"4x", 10), None);
    }

    /// A code is the same in all its forms.
    #[test]
    fn codes_of_errors_are_read_in_every_form() {
        for text in ["0x80090325", "-2146893019", "2148074277", "0X80090325"] {
            assert_eq!(code(text.as_bytes()), Some(bits(0x8009_0325)), "{text}");
        }
        assert_eq!(code(b"-0x7780"), Some(bits(-0x7780)));
        assert_eq!(code(b"-30592"), Some(bits(-0x7780)));
        for text in ["", "-", "0x", "12ab", "99999999999"] {
            assert_eq!(code(text.as_bytes()), None, "{text}");
        }
    }
}
