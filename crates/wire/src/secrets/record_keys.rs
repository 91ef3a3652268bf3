//! The keys that follow from a master secret: TLS 1.0 to 1.2 (RFC 5246, 6.3) and DTLS 1.0 and 1.2.

use super::block::BlockCipher;
use super::rc4::Rc4;
use super::{Aead, Hash, Secret};
use crate::cipher::CipherSuite;
use crate::record::ContentType;
use crate::version::ProtocolVersion;

/// What one side seals its records with, from a master secret.
#[derive(Clone, Debug)]
pub struct RecordKeys {
    cipher: Cipher,
    /// The hash of the MAC, where the cipher does not authenticate by itself.
    mac: Option<Hash>,
    mac_key: Secret,
    key: Secret,
    /// The fixed part of the nonce, or the first IV where records are chained to each other.
    iv: Secret,
    /// Each record brings its own IV (since TLS 1.1).
    explicit: bool,
    /// Where RC4 stands, whose records are one stream.
    stream: Option<Rc4>,
    /// The MAC is over what is encrypted (RFC 7366).
    encrypt_then_mac: bool,
}

/// A record that is sealed, with what was authenticated beside its content.
#[derive(Clone, Copy, Debug)]
pub struct SealedRecord<'a> {
    /// How many records this side has sent since its ChangeCipherSpec; in DTLS the epoch and the
    /// sequence number, as the eight bytes of the header.
    pub number: u64,
    /// What it carries; in a record with a connection id the type of the record itself, 25.
    pub content_type: ContentType,
    /// The version in its header.
    pub version: ProtocolVersion,
    /// The connection id in its header, in a DTLS record that has one (RFC 9146, 4).
    pub connection_id: Option<&'a [u8]>,
    /// What follows the header.
    pub body: &'a [u8],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cipher {
    Aead(Aead),
    Block(BlockCipher),
    Rc4,
    /// No encryption, a MAC alone.
    Null,
}

impl RecordKeys {
    /// The keys of the client and of the server. `encrypt_then_mac` says whether both hellos have
    /// that extension. `None` where the suite cannot be opened here, or where the version is none
    /// of TLS 1.0 to 1.2 or DTLS 1.0 and 1.2.
    #[must_use]
    pub fn new(
        suite: CipherSuite,
        version: ProtocolVersion,
        master: &Secret,
        client_random: &[u8; 32],
        server_random: &[u8; 32],
        encrypt_then_mac: bool,
    ) -> Option<[Self; 2]> {
        if !matches!(version.0, 0x0301..=0x0303 | 0xfeff | 0xfefd) {
            return None;
        }
        let cipher = Cipher::of(suite)?;
        let mac = match (cipher, suite.mac()) {
            (Cipher::Aead(_), _) => None,
            (_, Some("MD5")) => Some(Hash::Md5),
            (_, Some("SHA")) => Some(Hash::Sha1),
            (_, Some("SHA256")) => Some(Hash::Sha256),
            (_, Some("SHA384")) => Some(Hash::Sha384),
            _ => return None,
        };
        let lengths = [mac.map_or(0, Hash::length), cipher.key_length(), cipher.iv_length()];
        let seed: [&[u8]; 2] = [server_random, client_random];
        let length = 2 * lengths.iter().sum::<usize>();
        let block = Hash::of(suite)?.prf(version, master.as_ref(), "key expansion", &seed, length);
        let mut rest = block.as_ref();
        let mut take = |length| {
            let (part, behind) = rest.split_at_checked(length)?;
            rest = behind;
            Some(Secret::from(part))
        };
        let [client_mac, server_mac] = [take(lengths[0])?, take(lengths[0])?];
        let [client_key, server_key] = [take(lengths[1])?, take(lengths[1])?];
        let [client_iv, server_iv] = [take(lengths[2])?, take(lengths[2])?];
        let keys = |mac_key, key: Secret, iv| Self {
            cipher,
            mac,
            mac_key,
            stream: (cipher == Cipher::Rc4).then(|| Rc4::new(key.as_ref())),
            key,
            iv,
            explicit: version != ProtocolVersion::TLS_1_0,
            encrypt_then_mac: encrypt_then_mac && matches!(cipher, Cipher::Block(_)),
        };
        Some([keys(client_mac, client_key, client_iv), keys(server_mac, server_key, server_iv)])
    }

    /// Whether each record is chained to the one before, so that [`RecordKeys::step_over`] must be
    /// told of all of them: block ciphers in TLS 1.0 (RFC 2246, 6.2.3.2), and RC4.
    #[inline]
    #[must_use]
    pub fn is_chained(&self) -> bool {
        self.stream.is_some() || (!self.explicit && matches!(self.cipher, Cipher::Block(_)))
    }

    /// The next record comes behind one with this body.
    pub fn step_over(&mut self, body: &[u8]) {
        if let Some(stream) = &mut self.stream {
            stream.apply(&mut body.to_vec());
        }
        let (true, Cipher::Block(cipher)) = (self.is_chained(), self.cipher) else { return };
        let sealed = match self.encrypt_then_mac {
            true => self.split_mac(body).map_or(&[][..], |(sealed, _)| sealed),
            false => body,
        };
        if let Some(start) = sealed.len().checked_sub(cipher.block_length()) {
            self.iv = Secret::from(sealed.get(start..).unwrap_or_default());
        }
    }

    /// Opens a record. `None` where it was not sealed so, which in TLS also means: with another
    /// number. Where records are chained, it must be stepped over afterwards.
    #[must_use]
    pub fn open(&self, record: &SealedRecord<'_>) -> Option<Vec<u8>> {
        match self.cipher {
            Cipher::Aead(aead) => self.open_aead(aead, record),
            Cipher::Block(cipher) if self.encrypt_then_mac => {
                let (body, mac) = self.split_mac(record.body)?;
                self.authenticate(record, body, mac)?;
                let content = self.decrypt(cipher, body)?;
                unpadded(&content).map(<[u8]>::to_vec)
            }
            Cipher::Block(cipher) => {
                let content = self.decrypt(cipher, record.body)?;
                unpadded(&content).and_then(|content| self.authenticated(record, content))
            }
            Cipher::Rc4 => {
                let mut content = record.body.to_vec();
                self.stream.clone()?.apply(&mut content);
                self.authenticated(record, &content)
            }
            Cipher::Null => self.authenticated(record, record.body),
        }
    }

    fn open_aead(&self, aead: Aead, record: &SealedRecord<'_>) -> Option<Vec<u8>> {
        let (nonce, sealed) = if aead == Aead::ChaCha20Poly1305 {
            (Aead::nonce(self.iv.as_ref(), record.number)?, record.body)
        } else {
            // The second part of the nonce travels with the record (RFC 5288, 3).
            let (explicit, sealed) = record.body.split_at_checked(EXPLICIT_NONCE)?;
            ([self.iv.as_ref(), explicit].concat().try_into().ok()?, sealed)
        };
        let length = sealed.len().checked_sub(aead.tag_length())?;
        aead.open(self.key.as_ref(), &nonce, &record.header(length), sealed)
    }

    /// Decrypts a body, whose IV is its first block or the last one of the record before.
    fn decrypt(&self, cipher: BlockCipher, body: &[u8]) -> Option<Vec<u8>> {
        if self.explicit {
            let (iv, sealed) = body.split_at_checked(cipher.block_length())?;
            cipher.decrypt(self.key.as_ref(), iv, sealed)
        } else {
            cipher.decrypt(self.key.as_ref(), self.iv.as_ref(), body)
        }
    }

    /// The content in front of its MAC, if the MAC is right.
    fn authenticated(&self, record: &SealedRecord<'_>, bytes: &[u8]) -> Option<Vec<u8>> {
        let (content, mac) = self.split_mac(bytes)?;
        self.authenticate(record, content, mac)?;
        Some(content.to_vec())
    }

    fn split_mac<'a>(&self, bytes: &'a [u8]) -> Option<(&'a [u8], &'a [u8])> {
        bytes.split_at_checked(bytes.len().checked_sub(self.mac?.length())?)
    }

    /// Whether a MAC is right; without the feature `decrypt` none is.
    fn authenticate(&self, record: &SealedRecord<'_>, bytes: &[u8], mac: &[u8]) -> Option<()> {
        let made = self.mac?.hmac(self.mac_key.as_ref(), &[&record.header(bytes.len()), bytes]);
        (!mac.is_empty() && made.as_ref() == mac).then_some(())
    }
}

impl SealedRecord<'_> {
    /// What is authenticated in front of so many bytes (RFC 5246, 6.2.3.1 and 6.2.3.3; with a
    /// connection id RFC 9146, 5).
    fn header(&self, length: usize) -> Vec<u8> {
        let mut header = Vec::with_capacity(32);
        if let Some(id) = self.connection_id {
            header.extend([0xff; 8]);
            header.extend([self.content_type.0, id.len() as u8, self.content_type.0]);
            header.extend(self.version.0.to_be_bytes());
            header.extend(self.number.to_be_bytes());
            header.extend(id);
        } else {
            header.extend(self.number.to_be_bytes());
            header.push(self.content_type.0);
            header.extend(self.version.0.to_be_bytes());
        }
        header.extend((length as u16).to_be_bytes());
        header
    }
}

impl Cipher {
    fn of(suite: CipherSuite) -> Option<Self> {
        if suite.is_tls13() {
            return None;
        }
        let block = || BlockCipher::of(suite).map(Self::Block);
        let rc4 = || (suite.encryption()? == "RC4_128" && !suite.is_export()).then_some(Self::Rc4);
        let null = || (suite.encryption()? == "NULL").then_some(Self::Null);
        Aead::of(suite).map(Self::Aead).or_else(block).or_else(rc4).or_else(null)
    }

    const fn key_length(self) -> usize {
        match self {
            Self::Aead(aead) => aead.key_length(),
            Self::Block(cipher) => cipher.key_length(),
            Self::Rc4 => 16,
            Self::Null => 0,
        }
    }

    const fn iv_length(self) -> usize {
        match self {
            Self::Aead(Aead::ChaCha20Poly1305) => Aead::NONCE,
            Self::Aead(_) => Aead::NONCE - EXPLICIT_NONCE,
            Self::Block(cipher) => cipher.block_length(),
            Self::Rc4 | Self::Null => 0,
        }
    }
}

/// Bytes of the nonce that travel in front of each record.
const EXPLICIT_NONCE: usize = 8;

/// The content in front of its padding: as many bytes as the last one says, all of the same value
/// (RFC 5246, 6.2.3.2).
fn unpadded(content: &[u8]) -> Option<&[u8]> {
    let (&last, _) = content.split_last()?;
    let length = content.len().checked_sub(usize::from(last) + 1)?;
    let (content, padding) = content.split_at_checked(length)?;
    padding.iter().all(|&byte| byte == last).then_some(content)
}

#[cfg(test)]
#[cfg(feature = "decrypt")]
mod tests {
    use super::super::tests::hex;
    use super::*;

    fn client_keys(suite: u16, version: u16, encrypt_then_mac: bool) -> RecordKeys {
        let [client, _] = RecordKeys::new(
            CipherSuite(suite),
            ProtocolVersion(version),
            &Secret::from(vec![7; 48]),
            &[1; 32],
            &[2; 32],
            encrypt_then_mac,
        )
        .unwrap();
        client
    }

    fn sealed(number: u64, version: u16, body: &[u8]) -> SealedRecord<'_> {
        SealedRecord {
            number,
            content_type: ContentType::ALERT,
            version: ProtocolVersion(version),
            connection_id: None,
            body,
        }
    }

    /// The alert `2 40`, sealed by another implementation as the second record of a client whose
    /// master secret is 07 07 ..., with randoms 01 01 ... and 02 02 ...
    const SEALED: [(u16, u16, bool, &str); 6] = [
        (0xc02f, 0x0303, false, "00010203040506070e3a7e42fb9523e8f5b888cf6ecc7050d3a9"),
        (0xcca8, 0x0303, false, "297344ec36dafdf1150de8b56f4d09b5807e"),
        (
            0xc014,
            0x0303,
            false,
            "000102030405060708090a0b0c0d0e0f6f508c3d9be3755b86d04d397febb24c142758327edaedd210b5d6ea924197e28db3dce92199c7101511ebb8a102c469d0f18d10bd3d3aaf138244091df2033a",
        ),
        (
            0xc014,
            0x0302,
            false,
            "000102030405060708090a0b0c0d0e0f8498f1236293969c17851726cb84a06a79302001f2022cac5911fcb0adcf125cbdf53eb8a7d21035293254dc68f1557ab8c8447056021a721309251ffd1a83a6",
        ),
        (
            0x003d,
            0x0303,
            true,
            "000102030405060708090a0b0c0d0e0fc6fda9f3bff6e5293af68bee6434f11d408d88ca2c2bd052655384bff59693d50c0a1b50fab10a5907962dea39e05348",
        ),
        (
            0x003b,
            0x0303,
            false,
            "02280d027f5bf63a24462a00b123054137c4928aa1671b1b86938a403f8d38654436",
        ),
    ];

    /// AES-GCM, ChaCha20, CBC with the MAC inside (with more padding than it needs) and outside,
    /// and no cipher at all: opened with its number, and with no other.
    #[test]
    fn records_are_opened() {
        for (suite, version, encrypt_then_mac, body) in SEALED {
            let keys = client_keys(suite, version, encrypt_then_mac);
            let body = hex(body);
            assert_eq!(keys.open(&sealed(0, version, &body)), None, "{suite:#06x}");
            let opened = keys.open(&sealed(1, version, &body));
            assert_eq!(opened, Some(vec![2, 40]), "{suite:#06x} {version:#06x}");
        }
    }

    /// In TLS 1.0 a record is chained to the one before, whether that was opened or not.
    #[test]
    fn records_of_tls_1_0_are_chained() {
        let first = hex(
            "47712dcec33f4ce6b10b23101524156e91bbd473045307a58b894a3244fc792bb16517cea44ed5e767c098c793df8305",
        );
        let second = hex("87736152c2a7cc73ca0cbdd73ea44b4768664325cbe4ce92f9eaa6571c60424f");
        let mut keys = client_keys(0x002f, 0x0301, false);
        assert!(keys.is_chained());
        let finished =
            SealedRecord { content_type: ContentType::HANDSHAKE, ..sealed(0, 0x0301, &first) };
        assert_eq!(keys.open(&finished).map(|message| message.len()), Some(16));
        assert_eq!(keys.open(&sealed(1, 0x0301, &second)), None);
        keys.step_over(&first);
        assert_eq!(keys.open(&sealed(1, 0x0301, &second)), Some(vec![2, 40]));
    }

    /// A DTLS 1.2 record with a connection id is authenticated as RFC 9146 wants it, and holds its
    /// content type behind the content.
    #[test]
    fn a_connection_id_is_authenticated() {
        let body = hex("00010203040506070e3aab144a41306619c4dc133283893f1345fd");
        let record = SealedRecord {
            content_type: ContentType(25),
            connection_id: Some(&[0xaa, 0xbb]),
            ..sealed(1 << 48 | 5, 0xfefd, &body)
        };
        let keys = client_keys(0xc02f, 0xfefd, false);
        assert_eq!(keys.open(&record), Some(vec![2, 40, 21]));
        assert_eq!(keys.open(&SealedRecord { connection_id: Some(&[]), ..record }), None);
    }

    /// A body cut anywhere opens to nothing, and nothing worse.
    #[test]
    fn any_cut_is_survived() {
        for (suite, version, encrypt_then_mac, body) in SEALED {
            let body = hex(body);
            let keys = client_keys(suite, version, encrypt_then_mac);
            for length in 0..body.len() {
                assert_eq!(keys.open(&sealed(1, version, &body[..length])), None);
            }
        }
    }

    /// What is too old, too new or unknown has no keys.
    #[test]
    fn other_suites_and_versions_have_no_keys() {
        for (suite, version) in [(0x1301, 0x0303), (0xc02f, 0x0300), (0x00ff, 0x0303)] {
            let (suite, version) = (CipherSuite(suite), ProtocolVersion(version));
            let secret = Secret::from(vec![7; 48]);
            assert!(RecordKeys::new(suite, version, &secret, &[1; 32], &[2; 32], false).is_none());
        }
    }
}
