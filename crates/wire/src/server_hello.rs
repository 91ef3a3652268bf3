//! ServerHello: what the server chose, and HelloRetryRequest, which is a ServerHello with a
//! random of its own (RFC 9846, 4.1.3; RFC 5246, 7.4.1.3).

use crate::cipher::CipherSuite;
use crate::extension::{Extension, ExtensionType, Extensions};
use crate::group::Group;
use crate::malformed::Malformed;
use crate::reader::Reader;
use crate::vector::{list16, strings8};
use crate::version::ProtocolVersion;

/// A ServerHello or HelloRetryRequest, borrowed from the body of its handshake message.
#[derive(Clone, Copy, Debug)]
pub struct ServerHello<'a> {
    /// The chosen version up to TLS 1.2; TLS 1.3 writes 0x0303 here, see [`Self::version`].
    pub legacy_version: ProtocolVersion,
    /// 32 bytes.
    pub random: &'a [u8],
    /// The session the server will remember or resumes; in TLS 1.3 the client's own, echoed.
    pub session_id: &'a [u8],
    /// The chosen suite.
    pub cipher_suite: CipherSuite,
    /// The chosen compression method, 0 nearly always.
    pub compression_method: u8,
    extensions: Extensions<'a>,
}

impl<'a> ServerHello<'a> {
    /// Reads the body of a ServerHello, the four bytes of the handshake header left away.
    /// An extension block that is cut is kept as far as it goes.
    ///
    /// # Errors
    /// When one of the fields in front of the extensions is missing.
    pub fn read(body: &'a [u8]) -> Result<Self, Malformed> {
        let mut body = Reader::new(body);
        let legacy_version = ProtocolVersion(body.u16("ServerHello legacy_version")?);
        // The drafts before 22 had neither session nor compression, and some said TLS 1.3 here.
        let early_draft = legacy_version.is_tls13();
        let random = body.take(32, "ServerHello random")?;
        let session_id = match early_draft {
            true => &[],
            false => body.vec8("ServerHello session_id")?,
        };
        let cipher_suite = CipherSuite(body.u16("ServerHello cipher_suite")?);
        let compression_method = match early_draft {
            true => 0,
            false => body.u8("ServerHello compression_method")?,
        };
        let extensions = Extensions::new(list16(body.rest()), body.at() + 2);
        Ok(Self {
            legacy_version,
            random,
            session_id,
            cipher_suite,
            compression_method,
            extensions,
        })
    }

    /// The version that is spoken from here on: supported_versions, else legacy_version.
    pub fn version(&self) -> ProtocolVersion {
        self.extension(ExtensionType::SUPPORTED_VERSIONS)
            .and_then(|extension| Reader::new(extension.body).u16("selected_version").ok())
            .map_or(self.legacy_version, ProtocolVersion)
    }

    /// Whether it is a HelloRetryRequest: the client shall offer another key share.
    #[inline]
    pub fn is_hello_retry_request(&self) -> bool {
        self.random == HELLO_RETRY_REQUEST
    }

    /// The extensions in the server's order.
    #[inline]
    pub const fn extensions(&self) -> Extensions<'a> {
        self.extensions
    }

    /// The first extension of that kind.
    #[inline]
    pub fn extension(&self, kind: ExtensionType) -> Option<Extension<'a>> {
        self.extensions.find(kind)
    }

    /// Whether the server sent an extension of that kind.
    #[inline]
    pub fn has(&self, kind: ExtensionType) -> bool {
        self.extension(kind).is_some()
    }

    /// The group the server chose (ServerHello) or asks for (HelloRetryRequest) in TLS 1.3.
    pub fn group(&self) -> Option<Group> {
        let extension = self
            .extension(ExtensionType::KEY_SHARE)
            .or_else(|| self.extension(ExtensionType::KEY_SHARE_DRAFT))?;
        Reader::new(extension.body).u16("KeyShareEntry group").ok().map(Group)
    }

    /// The chosen application protocol, up to TLS 1.2; TLS 1.3 sends it encrypted.
    pub fn alpn(&self) -> Option<&'a [u8]> {
        let extension = self.extension(ExtensionType::ALPN)?;
        strings8(list16(extension.body)).next()
    }

    /// What the last eight bytes of the random say: a server that knows TLS 1.3 was brought
    /// down to TLS 1.2, or one that knows TLS 1.2 was brought down to TLS 1.1 or below. The
    /// value is the version it was brought down to (RFC 9846, 4.1.3).
    pub fn downgrade_sentinel(&self) -> Option<ProtocolVersion> {
        match self.random.last_chunk::<8>()? {
            b"DOWNGRD\x01" => Some(ProtocolVersion::TLS_1_2),
            b"DOWNGRD\x00" => Some(ProtocolVersion::TLS_1_1),
            _ => None,
        }
    }

    /// Whether the server knows secure renegotiation (RFC 5746, 3.6).
    #[inline]
    pub fn has_renegotiation_info(&self) -> bool {
        self.has(ExtensionType::RENEGOTIATION_INFO)
    }

    /// Whether the server took one of the client's pre-shared keys: TLS 1.3 resumption, with
    /// no certificate to come.
    #[inline]
    pub fn has_pre_shared_key(&self) -> bool {
        self.has(ExtensionType::PRE_SHARED_KEY)
    }
}

/// SHA-256 of "HelloRetryRequest" (RFC 9846, 4.1.3).
const HELLO_RETRY_REQUEST: [u8; 32] = [
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
    0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
];

#[cfg(test)]
mod tests {
    use super::*;

    /// A ServerHello with the given extension block behind its fixed fields.
    fn server_hello(random: [u8; 32], extensions: &[u8]) -> Vec<u8> {
        let mut body = vec![3, 3];
        body.extend(random);
        body.extend([2, 0xaa, 0xbb, 0x13, 0x01, 0]);
        if !extensions.is_empty() {
            body.extend((extensions.len() as u16).to_be_bytes());
            body.extend(extensions);
        }
        body
    }

    /// TLS 1.3: the version and the group come from extensions.
    #[test]
    fn tls13_is_read_from_extensions() {
        let body = server_hello([7; 32], &[0, 43, 0, 2, 3, 4, 0, 51, 0, 5, 0, 29, 0, 1, 9]);
        let hello = ServerHello::read(&body).unwrap();
        assert_eq!(hello.version(), ProtocolVersion::TLS_1_3);
        assert_eq!(hello.cipher_suite, CipherSuite(0x1301));
        assert_eq!(hello.group(), Some(Group::X25519));
        assert_eq!(hello.session_id, [0xaa, 0xbb]);
        assert!(!hello.is_hello_retry_request());
        assert_eq!(hello.extensions().next().unwrap().at, 42);
    }

    /// A HelloRetryRequest is known by its random and names the group it wants.
    #[test]
    fn hello_retry_request_names_a_group() {
        let body = server_hello(HELLO_RETRY_REQUEST, &[0, 51, 0, 2, 0, 24]);
        let hello = ServerHello::read(&body).unwrap();
        assert!(hello.is_hello_retry_request());
        assert_eq!(hello.group(), Some(Group::SECP384R1));
    }

    /// TLS 1.2 without extensions, with ALPN, and with the sign of a downgrade.
    #[test]
    fn tls12_is_read() {
        let mut random = [7; 32];
        random[24..].copy_from_slice(b"DOWNGRD\x01");
        let body = server_hello(random, &[0, 16, 0, 5, 0, 3, 2, b'h', b'2', 0xff, 1, 0, 1, 0]);
        let hello = ServerHello::read(&body).unwrap();
        assert_eq!(hello.version(), ProtocolVersion::TLS_1_2);
        assert_eq!(hello.alpn(), Some(&b"h2"[..]));
        assert!(hello.has_renegotiation_info());
        assert_eq!(hello.downgrade_sentinel(), Some(ProtocolVersion::TLS_1_2));
        let bare = server_hello([7; 32], &[]);
        let hello = ServerHello::read(&bare).unwrap();
        assert_eq!((hello.extensions().count(), hello.downgrade_sentinel()), (0, None));
    }

    /// The drafts before 22 had no session and no compression.
    #[test]
    fn an_early_draft_is_read() {
        for (version, draft) in [([0x7f, 18], Some(18)), ([3, 4], None)] {
            let mut body = version.to_vec();
            body.extend([7; 32]);
            body.extend([0x13, 2, 0, 4, 0, 41, 0, 0]);
            let hello = ServerHello::read(&body).unwrap();
            assert_eq!(hello.version().draft(), draft);
            assert!(hello.version().is_tls13());
            assert_eq!(hello.cipher_suite, CipherSuite(0x1302));
            assert!(hello.has_pre_shared_key());
        }
    }

    /// Cut anywhere, the hello is read or refused, never worse.
    #[test]
    fn any_cut_is_survived() {
        let body = server_hello([7; 32], &[0, 43, 0, 2, 3, 4, 0, 51, 0, 5, 0, 29, 0, 1, 9]);
        for length in 0..body.len() {
            if let Ok(hello) = ServerHello::read(&body[..length]) {
                let _ = (hello.version(), hello.group(), hello.alpn());
            }
        }
    }
}
