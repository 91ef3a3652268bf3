//! TLS with nothing around it, recognised by content.

use wire::{
    ContentType, HANDSHAKE_HEADER, HandshakeHeader, HandshakeType, RECORD_HEADER, RecordHeader,
};

use super::{SNIFFED, Verdict};

/// Judges the first bytes of a direction.
pub(crate) fn sniff(first: [u8; SNIFFED]) -> Verdict {
    if RecordHeader::read(&first).is_some() {
        return Verdict::Records;
    }
    // An SSLv2-format ClientHello: a 15-bit length, message type 1, the version
    // (RFC 5246, E.2).
    let [high @ 0x80..=0xff, low, 1, major, minor] = first else { return Verdict::NotTls };
    let length = u16::from_be_bytes([high & 0x7f, low]);
    let version = (major == 3 && minor <= 4) || (major, minor) == (0, 2);
    if version && length >= 9 { Verdict::Sslv2(length) } else { Verdict::NotTls }
}

/// Whether a direction that begins with these bytes, fewer than [`SNIFFED`], may still be TLS.
pub(crate) fn may_be_tls(first: &[u8]) -> bool {
    match first {
        [] | [20..=24 | 0x80..=0xff] | [0x80..=0xff, _] => true,
        [20..=24, rest @ ..] => {
            rest.starts_with(&[3]) && rest.get(1).is_none_or(|minor| *minor <= 4)
        }
        [0x80..=0xff, _, 1, rest @ ..] => matches!(rest, [] | [0 | 3]),
        _ => false,
    }
}

/// Where TLS begins in plaintext: the place of a hello, or of an alert if there is TLS of the other
/// side that it may answer. The bytes are compared, not the segments, so it does not matter how TCP
/// cut them.
pub(crate) fn find(plaintext: &[u8], answers: bool) -> Option<usize> {
    let here = |at: &usize| plaintext.get(*at..).is_some_and(|bytes| begins(bytes, answers));
    let may_begin =
        |byte: &u8| matches!(ContentType(*byte), ContentType::HANDSHAKE | ContentType::ALERT);
    plaintext.chunks(BLOCK).zip(0..).find_map(|(block, number)| {
        // All of a block, without a way out of the loop: so many bytes are compared at once.
        let any = block.iter().fold(false, |any, byte| any | may_begin(byte));
        let start = number * BLOCK;
        any.then(|| (start..start + block.len()).find(here)).flatten()
    })
}

/// Bytes of plaintext that are looked at together: text has none that TLS begins with.
const BLOCK: usize = 64;

/// Whether TLS goes on with the first byte of a segment, after bytes that the capture lost.
pub(crate) fn goes_on(segment: &[u8]) -> bool {
    let Some(header) = RecordHeader::read(segment) else { return false };
    match header.content_type {
        ContentType::ALERT => header.length == 2 || header.length >= 18,
        ContentType::CHANGE_CIPHER_SPEC => header.length == 1,
        ContentType::HANDSHAKE | ContentType::APPLICATION_DATA => header.length > 0,
        _ => false,
    }
}

/// A record with a whole hello in it, or an alert in the clear.
fn begins(bytes: &[u8], answers: bool) -> bool {
    let Some(header) = RecordHeader::read(bytes) else { return false };
    let body = bytes.get(RECORD_HEADER..).unwrap_or_default();
    match header.content_type {
        ContentType::HANDSHAKE => HandshakeHeader::read(body).is_some_and(|message| {
            let fits = message.length + HANDSHAKE_HEADER as u32 <= u32::from(header.length);
            let hello =
                matches!(message.kind, HandshakeType::CLIENT_HELLO | HandshakeType::SERVER_HELLO);
            hello && fits && message.length >= SHORTEST_HELLO
        }),
        ContentType::ALERT => answers && header.length == 2 && matches!(body, [1 | 2, ..]),
        _ => false,
    }
}

/// Version, random and three empty lists (RFC 5246, 7.4.1).
const SHORTEST_HELLO: u32 = 38;

/// Bytes from which [`find`] decides: a record header and a handshake header.
pub(crate) const LOOKED_AT: usize = RECORD_HEADER + HANDSHAKE_HEADER;

#[cfg(test)]
mod tests {
    use super::*;

    /// TLS is known by its first five bytes, an old hello too, and text is neither.
    #[test]
    fn first_bytes_tell() {
        assert_eq!(sniff([0x16, 3, 1, 2, 0]), Verdict::Records);
        assert_eq!(sniff([0x15, 3, 3, 0, 2]), Verdict::Records);
        assert_eq!(sniff([0x80, 0x2e, 1, 3, 1]), Verdict::Sslv2(0x2e));
        assert_eq!(sniff([0x80, 0x2e, 1, 0, 2]), Verdict::Sslv2(0x2e));
        assert_eq!(sniff(*b"GET /"), Verdict::NotTls);
        assert_eq!(sniff([0x80, 0x2e, 4, 0, 2]), Verdict::NotTls);
    }

    /// Text is refused with its first byte; a hello that is still short is not.
    #[test]
    fn a_byte_may_be_enough() {
        for text in [&b"S"[..], b"G", b"\x16\x02", b"\x16\x03\x05", b"\x80\x2e\x02"] {
            assert!(!may_be_tls(text), "{text:02x?}");
        }
        for start in [&b"\x16"[..], b"\x16\x03", b"\x16\x03\x01\x02", b"\x80\x2e\x01\x03"] {
            assert!(may_be_tls(start), "{start:02x?}");
        }
    }

    /// A hello is found behind a line of text, and text alone holds none.
    #[test]
    fn tls_is_found_in_plaintext() {
        let hello = b"\x16\x03\x01\x00\x30\x01\x00\x00\x2c";
        let stream = [&b"PROXY TCP4 10.0.0.1 10.0.0.2 1 2\r\n"[..], hello].concat();
        assert_eq!(find(&stream, false), Some(34));
        assert_eq!(find(b"220 mail ready\r\n", true), None);
    }

    /// Bytes like those of an alert in a download are no alert: there is nothing that they answer.
    #[test]
    fn an_alert_answers_something() {
        let download = b"HTTP/1.1 200 OK\r\n\r\n\x15\x03\x03\x00\x02\x02\x28";
        assert_eq!((find(download, false), find(download, true)), (None, Some(19)));
    }
}
