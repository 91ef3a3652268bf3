//! Certificates in text: base64 between two lines that say what it is (RFC 7468).

/// The blocks of a text, one after the other: what each is called, and its bytes; `None` where they
/// are no base64.
pub(crate) fn blocks(text: &[u8]) -> impl Iterator<Item = (&str, Option<Vec<u8>>)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (label, body, behind) = next(rest)?;
        rest = behind;
        Some((label, decoded(body)))
    })
}

/// The next block that has a beginning and an end: its label, what is between, what is behind.
fn next(text: &[u8]) -> Option<(&str, &[u8], &[u8])> {
    let (_, rest) = cut(text, b"-----BEGIN ")?;
    let (label, rest) = cut(rest, b"-----")?;
    let (body, rest) = cut(rest, b"-----END ")?;
    Some((std::str::from_utf8(label).unwrap_or_default(), body, rest))
}

/// What stands in front of some bytes, and what behind.
fn cut<'a>(text: &'a [u8], at: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let place = text.windows(at.len()).position(|seen| seen == at)?;
    let (front, rest) = text.split_at_checked(place)?;
    Some((front, rest.get(at.len()..)?))
}

/// Base64 with white space in it (RFC 4648, 4).
fn decoded(text: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0_u32, 0_u32);
    for letter in text.iter().filter(|letter| !letter.is_ascii_whitespace()) {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'=' => break,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            let [.., byte] = (bits >> count).to_be_bytes();
            bytes.push(byte);
            bits &= (1 << count) - 1;
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Blocks are found in whatever stands around them, and what is no base64 is told.
    #[test]
    fn blocks_are_found() {
        let text = b"subject=x\n-----BEGIN CERTIFICATE-----\r\naGVs\r\nbG8=\r\n-----END CERTIFICATE-----\n\
                     -----BEGIN RSA PRIVATE KEY-----\n!!\n-----END RSA PRIVATE KEY-----\n\
                     -----BEGIN CERTIFICATE-----\nno end";
        let found: Vec<_> = blocks(text).collect();
        assert_eq!(found, [("CERTIFICATE", Some(b"hello".to_vec())), ("RSA PRIVATE KEY", None)]);
        assert_eq!(decoded(b"aGVsbG8h").unwrap(), b"hello!");
        assert_eq!(decoded(b"").unwrap(), b"");
    }
}
