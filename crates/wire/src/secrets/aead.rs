//! Ciphers that authenticate what they encrypt (RFC 5116), and the masks made with the same keys.

use super::provider;
use crate::cipher::CipherSuite;

/// An AEAD algorithm (RFC 5116), as cipher suites name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Aead {
    /// AES-128 in GCM (RFC 5288).
    Aes128Gcm,
    /// AES-256 in GCM (RFC 5288).
    Aes256Gcm,
    /// AES-128 in CCM (RFC 6655).
    Aes128Ccm,
    /// AES-256 in CCM (RFC 6655).
    Aes256Ccm,
    /// AES-128 in CCM with a tag of eight bytes (RFC 6655).
    Aes128Ccm8,
    /// AES-256 in CCM with a tag of eight bytes (RFC 6655).
    Aes256Ccm8,
    /// ChaCha20 with Poly1305 (RFC 7905).
    ChaCha20Poly1305,
    /// ARIA-128 in GCM (RFC 6209).
    Aria128Gcm,
    /// ARIA-256 in GCM (RFC 6209).
    Aria256Gcm,
    /// Camellia-128 in GCM (RFC 6367).
    Camellia128Gcm,
    /// Camellia-256 in GCM (RFC 6367).
    Camellia256Gcm,
    /// SM4 in GCM (RFC 8998).
    Sm4Gcm,
    /// SM4 in CCM (RFC 8998).
    Sm4Ccm,
}

impl Aead {
    /// Bytes of the nonce: the same for all of them (RFC 9846, 5.3).
    pub const NONCE: usize = 12;

    /// The algorithm of a suite; `None` where it has none, or one that cannot be opened here.
    #[must_use]
    pub fn of(suite: CipherSuite) -> Option<Self> {
        Some(match suite.encryption()? {
            "AES_128_GCM" => Self::Aes128Gcm,
            "AES_256_GCM" => Self::Aes256Gcm,
            "AES_128_CCM" => Self::Aes128Ccm,
            "AES_256_CCM" => Self::Aes256Ccm,
            "AES_128_CCM_8" => Self::Aes128Ccm8,
            "AES_256_CCM_8" => Self::Aes256Ccm8,
            "CHACHA20_POLY1305" => Self::ChaCha20Poly1305,
            "ARIA_128_GCM" => Self::Aria128Gcm,
            "ARIA_256_GCM" => Self::Aria256Gcm,
            "CAMELLIA_128_GCM" => Self::Camellia128Gcm,
            "CAMELLIA_256_GCM" => Self::Camellia256Gcm,
            "SM4_GCM" => Self::Sm4Gcm,
            "SM4_CCM" => Self::Sm4Ccm,
            _ => return None,
        })
    }

    /// Bytes of the key.
    #[inline]
    #[must_use]
    pub const fn key_length(self) -> usize {
        match self {
            Self::Aes128Gcm
            | Self::Aes128Ccm
            | Self::Aes128Ccm8
            | Self::Aria128Gcm
            | Self::Camellia128Gcm
            | Self::Sm4Gcm
            | Self::Sm4Ccm => 16,
            Self::Aes256Gcm
            | Self::Aes256Ccm
            | Self::Aes256Ccm8
            | Self::ChaCha20Poly1305
            | Self::Aria256Gcm
            | Self::Camellia256Gcm => 32,
        }
    }

    /// Bytes that sealing adds.
    #[inline]
    #[must_use]
    pub const fn tag_length(self) -> usize {
        match self {
            Self::Aes128Ccm8 | Self::Aes256Ccm8 => 8,
            _ => 16,
        }
    }

    /// Opens what was sealed, tag included. `None` where it was not sealed with this key, nonce
    /// and associated data, or where key or nonce have another length than they must.
    #[must_use]
    pub fn open(self, key: &[u8], nonce: &[u8], aad: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        provider::open(self, key, nonce, aad, sealed)
    }

    /// The nonce of a record or packet by its number: the number, exclusive-or the IV (RFC 9846,
    /// 5.3; RFC 9001, 5.3).
    #[must_use]
    pub fn nonce(iv: &[u8], number: u64) -> Option<[u8; Self::NONCE]> {
        let mut nonce = <[u8; Self::NONCE]>::try_from(iv).ok()?;
        for (byte, number) in nonce.iter_mut().skip(4).zip(number.to_be_bytes()) {
            *byte ^= number;
        }
        Some(nonce)
    }

    /// The mask over a QUIC header (RFC 9001, 5.4) or a DTLS 1.3 record number (RFC 9147, 4.2.3),
    /// made of the first 16 bytes of ciphertext, or those behind an assumed packet number of four.
    /// DTLS takes the first two bytes at most. `None` for algorithms that TLS 1.3 does not know,
    /// and for a sample or a key of another length.
    #[must_use]
    pub fn mask(self, key: &[u8], sample: &[u8]) -> Option<[u8; 5]> {
        let sample = sample.try_into().ok()?;
        match self {
            Self::Aes128Gcm | Self::Aes128Ccm | Self::Aes128Ccm8 | Self::Aes256Gcm => {
                provider::mask_aes(key, sample)
            }
            Self::ChaCha20Poly1305 => provider::mask_chacha20(key, sample),
            _ => None,
        }
    }
}

#[cfg(test)]
#[cfg(feature = "decrypt")]
mod tests {
    use super::super::tests::hex;
    use super::*;

    /// The close_notify of the client in RFC 8448, 3 is opened, and not with another number, key
    /// or header.
    #[test]
    fn an_alert_of_rfc_8448_is_opened() {
        let key = hex("17422dda596ed5d9acd890e3c63f5051");
        let nonce = |n| Aead::nonce(&hex("5b78923dee08579033e523d9"), n).unwrap();
        let sealed = hex("c9872760655666b74d7ff1153efd6db6d0b0e3");
        let header = hex("1703030013");
        let open = |n, header: &[u8]| Aead::Aes128Gcm.open(&key, &nonce(n), header, &sealed);
        assert_eq!(open(1, &header), Some(vec![1, 0, 21]));
        assert_eq!(open(0, &header), None);
        assert_eq!(open(1, &hex("1703030014")), None);
        assert_eq!(Aead::Aes256Gcm.open(&key, &nonce(1), &header, &sealed), None);
        assert_eq!(Aead::Aes128Gcm.open(&key, &nonce(1), &header, &sealed[..3]), None);
    }

    /// The masks of RFC 9001, A.2 (AES) and A.5 (ChaCha20).
    #[test]
    fn masks_of_rfc_9001() {
        let key = hex("9f50449e04a0e810283a1e9933adedd2");
        let sample = hex("d1b1c98dd7689fb8ec11d242b123dc9b");
        assert_eq!(Aead::Aes128Gcm.mask(&key, &sample).unwrap(), *hex("437b9aec36"));
        let key = hex("25a282b9e82f06f21f488917a4fc8f1b73573685608597d0efcb076b0ab7a7a4");
        let sample = hex("5e5cd55c41f69080575d7999c25a5bfb");
        assert_eq!(Aead::ChaCha20Poly1305.mask(&key, &sample).unwrap(), *hex("aefefe7d03"));
        assert_eq!(Aead::ChaCha20Poly1305.mask(&key, &sample[1..]), None);
    }

    /// The alert `2 40`, sealed by other implementations with the key 00 01 02 ... and the nonce
    /// 64 65 66 ... (hexadecimal).
    const SEALED: [(Aead, &str); 13] = [
        (Aead::Aes128Gcm, "184a3432ddcabe90c3378c145c7bb153896a"),
        (Aead::Aes256Gcm, "4a33758d49048d702a6c8e6d4cf6caaf2182"),
        (Aead::Aes128Ccm, "a26162d7224656217128ac980857fafd8ef8"),
        (Aead::Aes256Ccm, "33c8f94e426ab92259468c25e7b6e64fe0be"),
        (Aead::Aes128Ccm8, "a261c700e7c56fa7bca9"),
        (Aead::Aes256Ccm8, "33c8a77f0145f8373988"),
        (Aead::ChaCha20Poly1305, "363937ee701ca81371edb77311f15b2a7576"),
        (Aead::Aria128Gcm, "d2e146ad982b8d0820925101c7a8ecabc1cd"),
        (Aead::Aria256Gcm, "a3c557b0fad191c729551c6e23de2a78000b"),
        (Aead::Camellia128Gcm, "e4fe4bdd0167ff643c85212c949bddfa3534"),
        (Aead::Camellia256Gcm, "9473d364e1f68c829b7363f7c901d0b06b7b"),
        (Aead::Sm4Gcm, "b723d57171d06fc5f69b5365981bb04ff2c5"),
        (Aead::Sm4Ccm, "f3d168f4683820c7486edcd4e71ce9bc866b"),
    ];

    /// Every algorithm opens what another implementation sealed, and not under another header.
    #[test]
    fn every_algorithm_opens() {
        for (aead, sealed) in SEALED {
            let key: Vec<u8> = (0..aead.key_length() as u8).collect();
            let nonce: Vec<u8> = (100..112).collect();
            let opened = aead.open(&key, &nonce, b"header", &hex(sealed));
            assert_eq!(opened.as_deref(), Some(&[2, 40][..]), "{aead:?}");
            assert_eq!(aead.tag_length() + 2, sealed.len() / 2, "{aead:?}");
            assert_eq!(aead.open(&key, &nonce, b"Header", &hex(sealed)), None, "{aead:?}");
        }
    }
}
