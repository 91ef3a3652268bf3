//! Words in lines of text.

/// The lines that have an end, without it.
pub(super) fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> + Clone {
    bytes
        .split_inclusive(|byte| *byte == b'\n')
        .filter_map(|line| line.strip_suffix(b"\n"))
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
}

/// The first line, whether it has an end or not.
pub(super) fn first_line(bytes: &[u8]) -> &[u8] {
    bytes.split(|byte| matches!(byte, b'\r' | b'\n')).next().unwrap_or_default()
}

/// What stands in front of the first blank.
pub(super) fn first_word(line: &[u8]) -> &[u8] {
    line.split(|byte| *byte == b' ').next().unwrap_or_default()
}

/// Whether some line is this command.
pub(super) fn says(client: &[u8], command: &[u8]) -> bool {
    lines(client).any(|line| first_word(line).eq_ignore_ascii_case(command))
}

/// Whether the bytes begin like this, in letters of any size.
pub(super) fn begins(bytes: &[u8], start: &[u8]) -> bool {
    bytes.get(..start.len()).is_some_and(|first| first.eq_ignore_ascii_case(start))
}

/// Whether this stands somewhere in the bytes, in letters of any size.
pub(super) fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window.eq_ignore_ascii_case(part))
}

/// Whether nothing but text is there.
pub(super) fn is_text(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| matches!(byte, b' '..=b'~' | b'\r' | b'\n' | b'\t'))
}

/// Whether one of the words was written over on the way: firewalls that must keep every length
/// write X, and some put another letter behind.
pub(super) fn is_overwritten(line: &[u8]) -> bool {
    line.split(|byte| !byte.is_ascii_alphanumeric()).any(|word| match word {
        [first @ .., last] if first.len() >= 3 => {
            first.iter().all(|byte| *byte == b'X') && last.is_ascii_uppercase()
        }
        _ => false,
    })
}

/// Whether a refusal says that TLS is what is missing.
pub(super) fn wants_tls(line: &[u8]) -> bool {
    WANTS.iter().any(|word| holds(line, word))
}

const WANTS: &[&[u8]] =
    &[b"TLS", b"SSL", b"encrypt", b"PRIVACYREQUIRED", b"cleartext", b"plaintext auth"];

#[cfg(test)]
mod tests {
    use super::*;

    /// A word of X is no word of any protocol; a name that begins with X is one.
    #[test]
    fn an_overwritten_word_is_known() {
        for line in [&b"250-XXXXXXXA"[..], b"250 XXXXXXXX", b"500 unknown: \"XXXX\"", b"XXXXXXXX"] {
            assert!(is_overwritten(line), "{}", String::from_utf8_lossy(line));
        }
        for line in [&b"250-XCLIENT"[..], b"250-XXX", b"", b"250-XEXCH50", b"250 STARTTLS"] {
            assert!(!is_overwritten(line), "{}", String::from_utf8_lossy(line));
        }
    }
}
