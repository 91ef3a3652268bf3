//! The record layer: five bytes in front of everything (RFC 9846, 5.1; RFC 5246, 6.2.1).

use std::fmt;

use crate::names::names;
use crate::version::ProtocolVersion;

names! {
    /// What a record carries (RFC 9846, 5.1; RFC 6520 for heartbeat; RFC 9146 and RFC 9147 for what
    /// only DTLS has).
    pub struct ContentType(u8);
    20 CHANGE_CIPHER_SPEC "change_cipher_spec"
    21 ALERT "alert"
    22 HANDSHAKE "handshake"
    23 APPLICATION_DATA "application_data"
    24 HEARTBEAT "heartbeat"
    25 TLS12_CID "tls12_cid"
    26 ACK "ACK"
}

/// The header of a TLS record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordHeader {
    /// What the record carries; for an encrypted TLS 1.3 record always application data.
    pub content_type: ContentType,
    /// The record's version, which says little: 0x0303 in TLS 1.3, often 0x0301 in front of the
    /// first ClientHello.
    pub version: ProtocolVersion,
    /// Bytes that follow the header.
    pub length: u16,
}

impl RecordHeader {
    /// Reads the first five bytes. `None` where there are fewer, or where they cannot be a
    /// record header: a type outside 20..=24, a major version other than 3, a minor version
    /// above 4, a length above 2^14 + 2048.
    #[inline]
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let &[kind @ 20..=24, 3, minor @ 0..=4, high, low] =
            bytes.first_chunk::<RECORD_HEADER>()?
        else {
            return None;
        };
        let length = u16::from_be_bytes([high, low]);
        (length <= LONGEST_FRAGMENT).then_some(Self {
            content_type: ContentType(kind),
            version: ProtocolVersion(u16::from_be_bytes([3, minor])),
            length,
        })
    }
}

impl fmt::Display for ContentType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "content type {}", self.0),
        }
    }
}

/// Bytes in a record header.
pub const RECORD_HEADER: usize = 5;

/// The longest fragment any version allows: 2^14 of plaintext and 2048 that compression and
/// encryption may add (RFC 5246, 6.2.3).
pub const LONGEST_FRAGMENT: u16 = 16384 + 2048;

#[cfg(test)]
mod tests {
    use super::*;

    /// A record header is read, and its three fields are where the RFC puts them.
    #[test]
    fn a_header_is_read() {
        let header = RecordHeader::read(&[0x15, 3, 1, 0, 2, 2, 40]).unwrap();
        assert_eq!(header.content_type, ContentType::ALERT);
        assert_eq!(header.version, ProtocolVersion::TLS_1_0);
        assert_eq!(header.length, 2);
    }

    /// What cannot be a record header is refused: short, wrong type, wrong version, too long.
    #[test]
    fn other_bytes_are_refused() {
        for bytes in [
            &[0x16, 3, 1, 0][..],
            &[0x19, 3, 1, 0, 2],
            &[0x16, 2, 1, 0, 2],
            &[0x16, 3, 5, 0, 2],
            &[0x16, 3, 3, 0x48, 1],
            b"HTTP/",
        ] {
            assert_eq!(RecordHeader::read(bytes), None, "{bytes:02x?}");
        }
    }
}
