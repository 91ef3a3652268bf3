//! The ClientHello in the clothes of SSL 2.0, which clients sent into the age of TLS 1.0 so
//! that servers of either kind would understand (RFC 5246, E.2), and what such a server answers.

use crate::cipher::CipherSuite;
use crate::reader::Reader;
use crate::version::ProtocolVersion;

/// A ClientHello in SSL 2.0 format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sslv2Hello<'a> {
    /// The highest version the client offers; 0x0002 where it knows nothing but SSL 2.0.
    pub version: ProtocolVersion,
    /// The cipher specs, three bytes each.
    pub cipher_specs: &'a [u8],
    /// Empty or 16 bytes.
    pub session_id: &'a [u8],
    /// What TLS calls the client's random, 16 to 32 bytes.
    pub challenge: &'a [u8],
    /// Bytes of the whole record, its two-byte header included.
    pub length: usize,
}

impl<'a> Sslv2Hello<'a> {
    /// The specs that are suites of SSL 3.0 or TLS: those whose first byte is zero.
    pub fn cipher_suites(&self) -> impl Iterator<Item = CipherSuite> + Clone + use<'a> {
        self.cipher_specs.as_chunks::<3>().0.iter().filter_map(|&[kind, high, low]| {
            (kind == 0).then_some(CipherSuite(u16::from_be_bytes([high, low])))
        })
    }
}

/// Reads the ClientHello in SSL 2.0 format at the start of a stream. `None` where the eleven
/// bytes in front cannot be one: the length must be the sum of its parts, so that hardly
/// anything else is taken for one. Where the rest is cut, the lists hold what is there.
pub fn sslv2_client_hello(bytes: &[u8]) -> Option<Sslv2Hello<'_>> {
    let &[first, second, kind, major, minor, ..] = bytes else {
        return None;
    };
    let versioned = matches!((major, minor), (0, 2) | (3, 0..=4));
    if first & 0x80 == 0 || kind != CLIENT_HELLO || !versioned {
        return None;
    }
    let mut header = Reader::new(bytes.get(5..)?);
    let specs = usize::from(header.u16("cipher_spec_length").ok()?);
    let session = usize::from(header.u16("session_id_length").ok()?);
    let challenge = usize::from(header.u16("challenge_length").ok()?);
    let length = usize::from(u16::from_be_bytes([first & 0x7f, second]));
    let shaped = specs > 0 && specs % 3 == 0 && matches!(session, 0 | 16);
    if !shaped || !(16..=32).contains(&challenge) || length != 9 + specs + session + challenge {
        return None;
    }
    let mut rest = header.rest();
    let mut part = |length: usize| {
        let (head, tail) = rest.split_at(length.min(rest.len()));
        rest = tail;
        head
    };
    Some(Sslv2Hello {
        version: ProtocolVersion(u16::from_be_bytes([major, minor])),
        cipher_specs: part(specs),
        session_id: part(session),
        challenge: part(challenge),
        length: length + 2,
    })
}

/// The length of the record, its two-byte header included, that begins like this and holds a
/// ServerHello of SSL 2.0 (The SSL Protocol, SERVER-HELLO). `None` for anything else.
pub fn sslv2_server_hello(bytes: &[u8]) -> Option<usize> {
    let [first, second, SERVER_HELLO, ..] = bytes else { return None };
    let length = usize::from(u16::from_be_bytes([first & 0x7f, *second]));
    (first & 0x80 != 0).then_some(length + 2)
}

/// The message type of ClientHello, the same in SSL 2.0 and in TLS.
const CLIENT_HELLO: u8 = 1;
/// The message type of ServerHello in SSL 2.0.
const SERVER_HELLO: u8 = 4;

#[cfg(test)]
mod tests {
    use super::*;

    const HELLO: [u8; 11 + 6 + 16] = [
        0x80, 31, 1, 3, 1, 0, 6, 0, 0, 0, 16, // header
        0, 0, 0x2f, 1, 0, 0x80, // TLS_RSA_WITH_AES_128_CBC_SHA, SSL_CK_RC4_128_WITH_MD5
        1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
    ];

    /// A hello is read; the specs of SSL 2.0 itself are not taken for suites.
    #[test]
    fn a_hello_is_read() {
        let hello = sslv2_client_hello(&HELLO).unwrap();
        assert_eq!(hello.version, ProtocolVersion::TLS_1_0);
        assert_eq!(hello.cipher_suites().collect::<Vec<_>>(), [CipherSuite(0x002f)]);
        assert_eq!((hello.challenge.len(), hello.length), (16, HELLO.len()));
    }

    /// An answer in SSL 2.0 is known by its header and its type, and a record of TLS is none.
    #[test]
    fn an_answer_is_known() {
        assert_eq!(sslv2_server_hello(&[0x83, 0x10, 4, 0, 1]), Some(0x312));
        for other in [&[0x83, 0x10, 1][..], &[0x03, 0x10, 4], &[22, 3, 3, 0, 4], &[0x83, 0x10]] {
            assert_eq!(sslv2_server_hello(other), None, "{other:?}");
        }
    }

    /// Cut behind its header it is still known; with any header byte changed to nonsense not.
    #[test]
    fn cuts_and_changes() {
        assert!((11..HELLO.len()).all(|n| sslv2_client_hello(&HELLO[..n]).is_some()));
        assert!((0..11).all(|n| sslv2_client_hello(&HELLO[..n]).is_none()));
        for at in 0..11 {
            let mut other = HELLO;
            other[at] ^= 0x55;
            assert_eq!(sslv2_client_hello(&other), None, "byte {at}");
        }
    }
}
