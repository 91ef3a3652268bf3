//! ClientHello: what the client offers (RFC 9846, 4.1.2; RFC 5246, 7.4.1.2).
//!
//! The fixed fields are cut out once; every list is read when somebody asks for it. A list
//! whose own length field is wrong is read as far as it makes sense, and
//! [`ClientHello::problems`] says what is wrong with it.

use crate::cipher::CipherSuite;
use crate::extension::{Extension, ExtensionType, Extensions};
use crate::group::Group;
use crate::malformed::Malformed;
use crate::reader::Reader;
use crate::scheme::SignatureScheme;
use crate::vector::{list8, list16, strings8, words};
use crate::version::ProtocolVersion;

/// A ClientHello, borrowed from the body of its handshake message.
#[derive(Clone, Copy, Debug)]
pub struct ClientHello<'a> {
    /// The highest version the client offers, where supported_versions does not say better.
    pub legacy_version: ProtocolVersion,
    /// 32 bytes; fewer only where the message was cut.
    pub random: &'a [u8],
    /// Empty, or the session the client would like to go on with; in TLS 1.3 mostly random.
    pub session_id: &'a [u8],
    /// What the server's HelloVerifyRequest gave the client to show again: only in DTLS, and empty
    /// in the first ClientHello (RFC 6347, 4.2.1).
    pub cookie: &'a [u8],
    /// Where the bytes ended before the message did; only [`Self::read_cut`] sets it.
    pub cut: Option<Malformed>,
    pub(crate) cipher_suites: Reader<'a>,
    pub(crate) compression_methods: Reader<'a>,
    pub(crate) extensions: Extensions<'a>,
    pub(crate) trailing: Reader<'a>,
}

impl<'a> ClientHello<'a> {
    /// Reads the body of a ClientHello, the four bytes of the handshake header left away.
    ///
    /// # Errors
    /// When a fixed field or one of the outer vectors does not fit into the body. What the
    /// extensions hold is not looked at here.
    pub fn read(body: &'a [u8]) -> Result<Self, Malformed> {
        let hello = Self::read_cut(body);
        hello.cut.map_or(Ok(hello), Err)
    }

    /// Reads as much as there is: all that stands before the end of the bytes is usable, and
    /// [`Self::cut`] says where they ended.
    pub fn read_cut(body: &'a [u8]) -> Self {
        let mut hello = Self {
            legacy_version: ProtocolVersion(0),
            random: &[],
            session_id: &[],
            cookie: &[],
            cut: None,
            cipher_suites: Reader::new(&[]),
            compression_methods: Reader::new(&[]),
            extensions: Extensions::default(),
            trailing: Reader::new(&[]),
        };
        hello.cut = hello.fill(Reader::new(body)).err();
        hello
    }

    fn fill(&mut self, mut body: Reader<'a>) -> Result<(), Malformed> {
        self.legacy_version = ProtocolVersion(body.u16("ClientHello legacy_version")?);
        self.random = body.take(32, "ClientHello random")?;
        self.session_id = body.vec8("ClientHello session_id")?;
        if self.legacy_version.is_dtls() {
            self.cookie = body.vec8("ClientHello cookie")?;
        }
        match body.sub16("ClientHello cipher_suites") {
            Ok(suites) => self.cipher_suites = suites,
            Err(cut) => {
                self.cipher_suites = Reader::new_at(list16(body.rest()), body.at() + 2);
                return Err(cut);
            }
        }
        self.compression_methods = body.sub8("ClientHello compression_methods")?;
        if body.is_empty() {
            return Ok(()); // Extensions came with RFC 3546; older clients send none.
        }
        match body.sub16("ClientHello extensions") {
            Ok(block) => self.extensions = Extensions::new(block.rest(), block.at()),
            Err(cut) => {
                self.extensions = Extensions::new(list16(body.rest()), body.at() + 2);
                return Err(cut);
            }
        }
        self.trailing = body;
        Ok(())
    }

    /// The suites in the client's order, GREASE and signals included.
    #[inline]
    pub fn cipher_suites(&self) -> impl Iterator<Item = CipherSuite> + Clone + use<'a> {
        words(self.cipher_suites.rest()).map(CipherSuite)
    }

    /// The compression methods; 0 is none, 1 is DEFLATE (RFC 3749).
    #[inline]
    pub fn compression_methods(&self) -> &'a [u8] {
        self.compression_methods.rest()
    }

    /// The extensions in the client's order, GREASE included.
    #[inline]
    pub const fn extensions(&self) -> Extensions<'a> {
        self.extensions
    }

    /// The first extension of that kind.
    #[inline]
    pub fn extension(&self, kind: ExtensionType) -> Option<Extension<'a>> {
        self.extensions.find(kind)
    }

    /// Whether the client sent an extension of that kind.
    #[inline]
    pub fn has(&self, kind: ExtensionType) -> bool {
        self.extension(kind).is_some()
    }

    /// The host name of server_name (RFC 6066, 3), as bytes that may hold anything at all.
    pub fn server_name(&self) -> Option<&'a [u8]> {
        let mut names = Reader::new(list16(self.body(ExtensionType::SERVER_NAME)));
        loop {
            let kind = names.u8("ServerName name_type").ok()?;
            let name = names.vec16("ServerName host_name").ok()?;
            if kind == HOST_NAME {
                return Some(name);
            }
        }
    }

    /// Whether the extension server_name is there, readable or not.
    #[inline]
    pub fn has_server_name_extension(&self) -> bool {
        self.has(ExtensionType::SERVER_NAME)
    }

    /// The application protocols offered (RFC 7301, 3.1), GREASE included.
    pub fn alpn(&self) -> impl Iterator<Item = &'a [u8]> + Clone + use<'a> {
        strings8(list16(self.body(ExtensionType::ALPN)))
    }

    /// The content of supported_versions in the client's order, GREASE included.
    pub fn supported_versions(&self) -> impl Iterator<Item = ProtocolVersion> + Clone + use<'a> {
        words(list8(self.body(ExtensionType::SUPPORTED_VERSIONS))).map(ProtocolVersion)
    }

    /// The content of supported_versions without GREASE.
    pub fn offered_versions(&self) -> impl Iterator<Item = ProtocolVersion> + Clone + use<'a> {
        self.supported_versions().filter(|version| !version.is_grease())
    }

    /// The highest version the client offers: by supported_versions where it is sent, else
    /// legacy_version.
    pub fn highest_version(&self) -> ProtocolVersion {
        self.offered_versions()
            .max_by_key(|version| version.settled())
            .unwrap_or(self.legacy_version)
    }

    /// The lowest version the client lists; `None` for a client without supported_versions,
    /// which never says how low it would go.
    pub fn lowest_version(&self) -> Option<ProtocolVersion> {
        self.offered_versions().min_by_key(|version| version.settled())
    }

    /// Whether the client offers TLS 1.3 or a draft of it.
    pub fn offers_tls13(&self) -> bool {
        self.supported_versions().any(ProtocolVersion::is_tls13)
    }

    /// The content of supported_groups (RFC 9846, 4.2.7; RFC 8422, 5.1.1), GREASE included.
    pub fn supported_groups(&self) -> impl Iterator<Item = Group> + Clone + use<'a> {
        words(list16(self.body(ExtensionType::SUPPORTED_GROUPS))).map(Group)
    }

    /// The content of signature_algorithms (RFC 9846, 4.2.3).
    pub fn signature_algorithms(&self) -> impl Iterator<Item = SignatureScheme> + Clone + use<'a> {
        words(list16(self.body(ExtensionType::SIGNATURE_ALGORITHMS))).map(SignatureScheme)
    }

    /// The content of signature_algorithms_cert (RFC 9846, 4.2.3).
    pub fn signature_algorithms_cert(
        &self,
    ) -> impl Iterator<Item = SignatureScheme> + Clone + use<'a> {
        words(list16(self.body(ExtensionType::SIGNATURE_ALGORITHMS_CERT))).map(SignatureScheme)
    }

    /// The groups for which the client sends a share at once, with the shares
    /// (RFC 9846, 4.2.8). Before draft 23 of TLS 1.3 the extension had another number.
    pub fn key_shares(&self) -> impl Iterator<Item = (Group, &'a [u8])> + Clone + use<'a> {
        let extension = self
            .extension(ExtensionType::KEY_SHARE)
            .or_else(|| self.extension(ExtensionType::KEY_SHARE_DRAFT));
        let mut shares = Reader::new(extension.map_or(&[], |extension| list16(extension.body)));
        std::iter::from_fn(move || {
            let group = Group(shares.u16("KeyShareEntry group").ok()?);
            Some((group, shares.vec16("KeyShareEntry key_exchange").ok()?))
        })
    }

    /// Whether the client would resume a session or use an external key in TLS 1.3.
    #[inline]
    pub fn has_pre_shared_key(&self) -> bool {
        self.has(ExtensionType::PRE_SHARED_KEY)
    }

    /// Whether the client says that it comes back with a lower version (RFC 7507).
    pub fn has_fallback_scsv(&self) -> bool {
        self.cipher_suites().any(|suite| suite == CipherSuite::FALLBACK_SCSV)
    }

    /// Whether the client knows secure renegotiation (RFC 5746), by extension or by signal.
    pub fn has_renegotiation_info(&self) -> bool {
        self.has(ExtensionType::RENEGOTIATION_INFO)
            || self.cipher_suites().any(|s| s == CipherSuite::EMPTY_RENEGOTIATION_INFO_SCSV)
    }

    /// The session ticket the client brings back (RFC 5077, 3.2): empty where it only wants
    /// one, `None` where it knows no tickets.
    pub fn session_ticket(&self) -> Option<&'a [u8]> {
        self.extension(ExtensionType::SESSION_TICKET).map(|extension| extension.body)
    }

    /// The longest record the client wants, in bytes of plaintext (RFC 8449, 4).
    pub fn record_size_limit(&self) -> Option<u16> {
        Reader::new(self.body(ExtensionType::RECORD_SIZE_LIMIT)).u16("RecordSizeLimit").ok()
    }

    /// The content of an extension, empty where it was not sent.
    fn body(&self, kind: ExtensionType) -> &'a [u8] {
        self.extension(kind).map_or(&[], |extension| extension.body)
    }
}

/// The only name_type of server_name (RFC 6066, 3).
const HOST_NAME: u8 = 0;

#[cfg(test)]
mod tests;
