//! TLS with nothing around it, recognised by content.

use wire::{ContentType, HandshakeType, RECORD_HEADER, RecordHeader};

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

/// Whether TLS begins or goes on with the first byte of a segment: after plaintext (`plain`, where
/// only a hello counts) or after a loss.
pub(crate) fn restarts(segment: &[u8], plain: bool) -> bool {
    let Some(header) = RecordHeader::read(segment) else { return false };
    let first = segment.get(RECORD_HEADER).copied().map(HandshakeType);
    let hello = matches!(first, Some(HandshakeType::CLIENT_HELLO | HandshakeType::SERVER_HELLO));
    match header.content_type {
        ContentType::HANDSHAKE if plain => hello && header.length >= 40,
        ContentType::ALERT => header.length == 2 || (!plain && header.length >= 18),
        ContentType::CHANGE_CIPHER_SPEC => !plain && header.length == 1,
        ContentType::HANDSHAKE | ContentType::APPLICATION_DATA => !plain && header.length > 0,
        _ => false,
    }
}

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
}
