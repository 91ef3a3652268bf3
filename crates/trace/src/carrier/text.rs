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

/// Whether a refusal says that TLS is what is missing. The names of hosts and mailboxes, which a
/// refusal repeats, say nothing.
pub(super) fn wants_tls(line: &[u8]) -> bool {
    let words = || {
        line.split(|byte| *byte == b' ')
            .filter(|token| !is_address(token))
            .flat_map(|token| token.split(|byte| !byte.is_ascii_alphanumeric()))
    };
    let named = |word: &[u8]| {
        let version = word.iter().rposition(u8::is_ascii_alphabetic).map_or(0, |last| last + 1);
        let word = word.get(..version).unwrap_or_default();
        WANTS.iter().any(|wanted| word.eq_ignore_ascii_case(wanted))
    };
    // A letter may be refused because it is encrypted.
    let demands = || holds(line, b"requir") || holds(line, b"must");
    words().any(named)
        || holds(line, b"plaintext auth")
        || (words().any(|word| begins(word, b"encrypt")) && demands())
}

/// Whether a word holds a mailbox, or the name of a host: a dot in front of a letter.
fn is_address(word: &[u8]) -> bool {
    let host = |pair: &[u8]| matches!(pair, [b'.', letter] if letter.is_ascii_alphabetic());
    word.contains(&b'@') || word.windows(2).any(host)
}

/// Words that name TLS, without the number of a version behind them.
const WANTS: &[&[u8]] =
    &[b"TLS", b"TLSv", b"SSL", b"SSLv", b"STARTTLS", b"STLS", b"PRIVACYREQUIRED", b"cleartext"];

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

    /// A demand is known in the words of many servers; whom a refusal is about does not matter.
    #[test]
    fn a_demand_for_tls_is_known() {
        for line in [
            &b"530 5.7.0 Must issue a STARTTLS command first"[..],
            b"538 5.7.11 Encryption required for requested authentication mechanism",
            b"450 4.7.1 Session encryption is required",
            b"550 5.7.1 <bob@example.test>: TLSv1.2 or better wanted",
            b"530 Non-anonymous sessions must use encryption.",
            b"-ERR [AUTH] Plaintext authentication disallowed on non-secure (SSL/TLS) connections.",
            b"a1 NO [PRIVACYREQUIRED] no",
        ] {
            assert!(wants_tls(line), "{}", String::from_utf8_lossy(line));
        }
        for line in [
            &b"550 5.1.1 <bob@tls-shop.example>: user unknown"[..],
            b"550 <tls@example.test> unknown",
            b"554 5.7.1 relay access denied for ssl.example.test",
            b"552 5.7.0 encrypted archives are not accepted",
            b"-ERR no such mailbox: hassle",
        ] {
            assert!(!wants_tls(line), "{}", String::from_utf8_lossy(line));
        }
    }
}
