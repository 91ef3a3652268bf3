//! The header of a handshake message (RFC 9846, 4; RFC 5246, 7.4).

use std::fmt;

use crate::names::names;

names! {
    /// Which handshake message it is, named as the RFCs write the message.
    pub struct HandshakeType(u8);
    0 HELLO_REQUEST "HelloRequest"
    1 CLIENT_HELLO "ClientHello"
    2 SERVER_HELLO "ServerHello"
    3 HELLO_VERIFY_REQUEST "HelloVerifyRequest"
    4 NEW_SESSION_TICKET "NewSessionTicket"
    5 END_OF_EARLY_DATA "EndOfEarlyData"
    6 HELLO_RETRY_REQUEST "HelloRetryRequest"
    8 ENCRYPTED_EXTENSIONS "EncryptedExtensions"
    9 REQUEST_CONNECTION_ID "RequestConnectionId"
    10 NEW_CONNECTION_ID "NewConnectionId"
    11 CERTIFICATE "Certificate"
    12 SERVER_KEY_EXCHANGE "ServerKeyExchange"
    13 CERTIFICATE_REQUEST "CertificateRequest"
    14 SERVER_HELLO_DONE "ServerHelloDone"
    15 CERTIFICATE_VERIFY "CertificateVerify"
    16 CLIENT_KEY_EXCHANGE "ClientKeyExchange"
    17 CLIENT_CERTIFICATE_REQUEST "ClientCertificateRequest"
    20 FINISHED "Finished"
    21 CERTIFICATE_URL "CertificateURL"
    22 CERTIFICATE_STATUS "CertificateStatus"
    23 SUPPLEMENTAL_DATA "SupplementalData"
    24 KEY_UPDATE "KeyUpdate"
    25 COMPRESSED_CERTIFICATE "CompressedCertificate"
    26 EKT_KEY "EKTKey"
    67 NEXT_PROTOCOL "NextProtocol"
    254 MESSAGE_HASH "MessageHash"
}

/// The header of a handshake message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HandshakeHeader {
    /// Which message follows.
    pub kind: HandshakeType,
    /// Bytes of the message's body, at most 2^24 - 1.
    pub length: u32,
}

impl HandshakeHeader {
    /// Reads the first four bytes; `None` where there are fewer. Any type is accepted.
    #[inline]
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let &[kind, a, b, c] = bytes.first_chunk::<HANDSHAKE_HEADER>()?;
        Some(Self { kind: HandshakeType(kind), length: u32::from_be_bytes([0, a, b, c]) })
    }
}

impl fmt::Display for HandshakeType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "handshake type {}", self.0),
        }
    }
}

/// Bytes in a handshake header.
pub const HANDSHAKE_HEADER: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    /// The length is the 24-bit number behind the type.
    #[test]
    fn a_header_is_read() {
        let header = HandshakeHeader::read(&[1, 1, 2, 3, 9]).unwrap();
        assert_eq!(header.kind, HandshakeType::CLIENT_HELLO);
        assert_eq!(header.length, 0x010203);
        assert_eq!(HandshakeHeader::read(&[1, 1, 2]), None);
        assert_eq!(HandshakeType(99).to_string(), "handshake type 99");
    }
}
