//! Hash functions, and how TLS makes keys with them: HKDF (RFC 5869), HKDF-Expand-Label (RFC 9846,
//! 7.1), and the PRF of the versions before (RFC 5246, 5; RFC 2246, 5).

use super::{Secret, provider};
use crate::cipher::CipherSuite;
use crate::version::ProtocolVersion;

/// A hash function that TLS derives keys or authenticates records with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Hash {
    /// MD5 (RFC 1321): half of the PRF before TLS 1.2, and the MAC of a few old suites.
    Md5,
    /// SHA-1 (FIPS 180-4): the other half, and the MAC of many suites.
    Sha1,
    /// SHA-256 (FIPS 180-4).
    Sha256,
    /// SHA-384 (FIPS 180-4).
    Sha384,
    /// SM3 (RFC 8998).
    Sm3,
}

impl Hash {
    /// The hash of a suite's key derivation: HKDF's in TLS 1.3, the PRF's in TLS 1.2, where suites
    /// that name none, or an older one, use SHA-256 (RFC 5246, 5). `None` for suites of another.
    #[must_use]
    pub fn of(suite: CipherSuite) -> Option<Self> {
        let encryption = suite.encryption().or_else(|| suite.is_tls13().then_some(""))?;
        match suite.hash() {
            // Streebog, which the names of the Russian suites do not say (RFC 9189, RFC 9367).
            _ if encryption.contains("MGM") || encryption.contains("CTR") => None,
            Some("SM3") => Some(Self::Sm3),
            Some("SHA384") => Some(Self::Sha384),
            None | Some("MD5" | "SHA" | "SHA256") => Some(Self::Sha256),
            Some(_) => None,
        }
    }

    /// Bytes of its output.
    #[inline]
    #[must_use]
    pub const fn length(self) -> usize {
        match self {
            Self::Md5 => 16,
            Self::Sha1 => 20,
            Self::Sha256 | Self::Sm3 => 32,
            Self::Sha384 => 48,
        }
    }

    /// HMAC (RFC 2104) of the parts, one behind the other. Empty without the feature `decrypt`.
    #[must_use]
    pub fn hmac(self, key: &[u8], parts: &[&[u8]]) -> Secret {
        let keyed = provider::Keyed::new(self, key);
        Secret::from(keyed.map(|keyed| keyed.hmac(parts)).unwrap_or_default())
    }

    /// HKDF-Extract (RFC 5869, 2.2).
    #[must_use]
    pub fn extract(self, salt: &[u8], material: &[u8]) -> Secret {
        self.hmac(salt, &[material])
    }

    /// HKDF-Expand (RFC 5869, 2.3). More than 255 blocks cannot be had: what is beyond is left out.
    #[must_use]
    pub fn expand(self, secret: &[u8], info: &[u8], length: usize) -> Secret {
        self.expander(secret).expand(info, length)
    }

    /// A secret from which several outputs are expanded.
    #[must_use]
    pub fn expander(self, secret: &[u8]) -> Expander {
        Expander(provider::Keyed::new(self, secret))
    }

    /// The PRF of TLS 1.2 with this hash (RFC 5246, 5), and of TLS 1.0 and 1.1 with MD5 and SHA-1
    /// whatever this hash is (RFC 2246, 5), as `version` wants it. DTLS 1.0 is TLS 1.1 here.
    #[must_use]
    pub fn prf(
        self,
        version: ProtocolVersion,
        secret: &[u8],
        label: &str,
        seed: &[&[u8]],
        length: usize,
    ) -> Secret {
        let seed = [&[label.as_bytes()], seed].concat().concat();
        if !is_before_tls12(version) {
            return Secret::from(self.p_hash(secret, &seed, length));
        }
        // Each half makes all of the output; of an odd secret both have the middle byte.
        let half = secret.len().div_ceil(2);
        let first = secret.get(..half).unwrap_or_default();
        let second = secret.get(secret.len() - half..).unwrap_or_default();
        let mut output = Self::Md5.p_hash(first, &seed, length);
        for (byte, other) in output.iter_mut().zip(Self::Sha1.p_hash(second, &seed, length)) {
            *byte ^= other;
        }
        Secret::from(output)
    }

    /// `P_hash`, the expansion that the PRF is made of (RFC 5246, 5).
    fn p_hash(self, secret: &[u8], seed: &[u8], length: usize) -> Vec<u8> {
        let Some(keyed) = provider::Keyed::new(self, secret) else { return Vec::new() };
        let mut output = Vec::new();
        let mut a = seed.to_vec();
        while output.len() < length {
            a = keyed.hmac(&[&a]);
            output.extend_from_slice(&keyed.hmac(&[&a, seed]));
        }
        output.truncate(length);
        output
    }
}

/// A secret under HMAC from which several outputs are expanded: it is hashed once for all of them.
pub struct Expander(Option<provider::Keyed>);

impl Expander {
    /// HKDF-Expand, as [`Hash::expand`] has it.
    #[must_use]
    pub fn expand(&self, info: &[u8], length: usize) -> Secret {
        let Some(keyed) = &self.0 else { return Secret::default() };
        let (mut output, mut block) = (Vec::new(), Vec::new());
        for counter in 1..=u8::MAX {
            if output.len() >= length {
                break;
            }
            block = keyed.hmac(&[&block, info, &[counter]]);
            output.extend_from_slice(&block);
        }
        output.truncate(length);
        Secret::from(output)
    }

    /// HKDF-Expand-Label (RFC 9846, 7.1). `prefix` is "tls13 " in TLS and QUIC, and "dtls13" in
    /// DTLS 1.3 (RFC 9147, 5.9); `label` is what follows it. Empty where the label or the context
    /// is longer than the form allows.
    #[must_use]
    pub fn expand_label(&self, prefix: &str, label: &str, context: &[u8], length: u16) -> Secret {
        let (Ok(named), Ok(given)) =
            (u8::try_from(prefix.len() + label.len()), u8::try_from(context.len()))
        else {
            return Secret::default();
        };
        let mut info = Vec::with_capacity(4 + usize::from(named) + usize::from(given));
        info.extend_from_slice(&length.to_be_bytes());
        info.push(named);
        info.extend_from_slice(prefix.as_bytes());
        info.extend_from_slice(label.as_bytes());
        info.push(given);
        info.extend_from_slice(context);
        self.expand(&info, usize::from(length))
    }
}

/// Whether the PRF of a version is the old one; DTLS 1.0 is TLS 1.1 (RFC 4347).
fn is_before_tls12(version: ProtocolVersion) -> bool {
    matches!(version.0, 0x0301 | 0x0302 | 0xfeff)
}

#[cfg(test)]
#[cfg(feature = "decrypt")]
mod tests {
    use super::super::tests::hex;
    use super::*;

    /// The third test of RFC 5869, A.3, where salt and info are empty, and the second, A.2, where
    /// the output takes three blocks.
    #[test]
    fn hkdf_gives_the_values_of_its_rfc() {
        let early = Hash::Sha256.extract(&[], &[0x0b; 22]);
        assert_eq!(
            early.as_ref(),
            hex("19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04")
        );
        let okm = Hash::Sha256.expand(early.as_ref(), &[], 42);
        assert_eq!(
            okm.as_ref(),
            hex(
                "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"
            )
        );
        let bytes = |from: u8, to: u8| (from..=to).collect::<Vec<u8>>();
        let long = Hash::Sha256.extract(&bytes(0x60, 0xaf), &bytes(0, 0x4f));
        let okm = Hash::Sha256.expand(long.as_ref(), &bytes(0xb0, 0xff), 82);
        assert_eq!(&okm.as_ref()[64..], hex("cc30c58179ec3e87c14c01d5c1f3434f1d87"));
        assert_eq!(okm.length(), 82);
        assert_eq!(Hash::Sha256.expand(long.as_ref(), &[], usize::MAX).length(), 255 * 32);
    }

    /// The server's handshake keys of RFC 8448, 3 follow from its handshake traffic secret.
    #[test]
    fn labels_give_the_values_of_rfc_8448() {
        let secret = hex("b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38");
        let key = Hash::Sha256.expander(&secret).expand_label("tls13 ", "key", &[], 16);
        let iv = Hash::Sha256.expander(&secret).expand_label("tls13 ", "iv", &[], 12);
        assert_eq!(key.as_ref(), hex("3fce516009c21727d0f2e4e86ee403bc"));
        assert_eq!(iv.as_ref(), hex("5d313eb2671276ee13000b30"));
    }

    /// The PRF of TLS 1.2 gives what a second implementation gives, and what is widely published
    /// for its test label.
    #[test]
    fn the_prf_of_tls_1_2() {
        let secret = hex("9bbe436ba940f017b17652849a71db35");
        let seed = hex("a0ba9f936cda311827a6f796ffd5198c");
        let output =
            Hash::Sha256.prf(ProtocolVersion::TLS_1_2, &secret, "test label", &[&seed], 100);
        let known = hex("e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a");
        assert_eq!(&output.as_ref()[..32], known);
        assert_eq!(output.length(), 100);
    }

    /// The PRF of TLS 1.0 halves an odd secret so that both halves have the middle byte, and does
    /// not ask which hash the suite has.
    #[test]
    fn the_prf_of_tls_1_0() {
        let seed: Vec<u8> = (0..64).collect();
        for hash in [Hash::Sha256, Hash::Sha384] {
            let output =
                hash.prf(ProtocolVersion::TLS_1_0, &[1; 47], "key expansion", &[&seed], 32);
            let known = hex("0e9515caea3ecf4c587fe9bee1797ea52c76e1f08174e5d30a1d25dc595ec0c5");
            assert_eq!(output.as_ref(), known);
        }
    }

    /// TLS 1.2 suites that name an old hash, or none, derive keys with SHA-256.
    #[test]
    fn the_hash_of_a_suite() {
        for (code, hash) in [
            (0x1301, Some(Hash::Sha256)),
            (0x1302, Some(Hash::Sha384)),
            (0x002f, Some(Hash::Sha256)),
            (0xc028, Some(Hash::Sha384)),
            (0xc09c, Some(Hash::Sha256)),
            (0x00c6, Some(Hash::Sm3)),
            (0xc103, None),
            (0x00ff, None),
        ] {
            assert_eq!(Hash::of(CipherSuite(code)), hash, "{code:#06x}");
        }
    }
}
