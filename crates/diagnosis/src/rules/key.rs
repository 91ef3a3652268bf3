//! Kinds of public key in a server's certificates, and what they can sign.

use wire::{Authentication, CipherSuite, Group, SchemeKey, SignatureScheme};

use crate::Server;

/// The kind of a public key, as far as negotiation depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    Rsa,
    RsaPss,
    P256,
    P384,
    P521,
    Ed25519,
    Ed448,
    Dsa,
}

impl Key {
    /// The keys of the certificates that a server showed to others: kind, words, frame. A kind
    /// that is not known is left out.
    pub(super) fn of(server: Option<&Server>) -> Vec<(Self, &str, u64)> {
        let keys = server.map(|server| server.keys.as_slice()).unwrap_or_default();
        keys.iter()
            .filter_map(|(text, frame)| Some((Self::named(text)?, text.as_str(), *frame)))
            .collect()
    }

    fn named(text: &str) -> Option<Self> {
        Some(match text {
            _ if text.starts_with("RSA ") => Self::Rsa,
            _ if text.starts_with("RSA-PSS") => Self::RsaPss,
            _ if text.contains("P-256") => Self::P256,
            _ if text.contains("P-384") => Self::P384,
            _ if text.contains("P-521") => Self::P521,
            _ if text.starts_with("Ed25519") => Self::Ed25519,
            _ if text.starts_with("Ed448") => Self::Ed448,
            _ if text.starts_with("DSA") => Self::Dsa,
            _ => return None,
        })
    }

    /// Whether this key can sign in that scheme, in some version.
    pub(super) fn signs(self, scheme: SignatureScheme) -> bool {
        match scheme.key() {
            SchemeKey::Rsa => self == Self::Rsa,
            SchemeKey::RsaPss => self == Self::RsaPss,
            // TLS 1.2 leaves the curve free, TLS 1.3 does not; SHA-1 and SHA-224 name none.
            SchemeKey::Ecdsa(None) => self.is_ec(),
            SchemeKey::Ecdsa(Some(Group::SECP256R1)) => self == Self::P256,
            SchemeKey::Ecdsa(Some(Group::SECP384R1)) => self == Self::P384,
            SchemeKey::Ecdsa(Some(Group::SECP521R1)) => self == Self::P521,
            SchemeKey::Ed25519 => self == Self::Ed25519,
            SchemeKey::Ed448 => self == Self::Ed448,
            SchemeKey::Dsa => self == Self::Dsa,
            _ => false,
        }
    }

    /// Whether a scheme is of this key's family, whatever its curve or hash.
    pub(super) fn is_family_of(self, scheme: SignatureScheme) -> bool {
        match scheme.key() {
            SchemeKey::Ecdsa(_) => self.is_ec(),
            _ => self.signs(scheme),
        }
    }

    /// Whether a suite lets a server with this key prove who it is.
    pub(super) fn authenticates(self, suite: CipherSuite) -> bool {
        match suite.authentication() {
            Some(Authentication::Any) => true,
            Some(Authentication::Rsa) => matches!(self, Self::Rsa | Self::RsaPss),
            Some(Authentication::Ecdsa) => {
                self.is_ec() || matches!(self, Self::Ed25519 | Self::Ed448)
            }
            Some(Authentication::Dss) => self == Self::Dsa,
            _ => false,
        }
    }

    fn is_ec(self) -> bool {
        matches!(self, Self::P256 | Self::P384 | Self::P521)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The words for a key are those of the certificate reader, so the two must not part.
    #[test]
    fn every_kind_is_recognised_by_its_words() {
        use wire::PublicKey;
        let named = |key: PublicKey| Key::named(&key.to_string());
        assert_eq!(named(PublicKey::Rsa(2048)), Some(Key::Rsa));
        assert_eq!(named(PublicKey::RsaPss(2048)), Some(Key::RsaPss));
        assert_eq!(named(PublicKey::Ec(Some(Group::SECP384R1))), Some(Key::P384));
        assert_eq!(named(PublicKey::Ec(Some(Group::BRAINPOOLP256R1))), None);
        assert_eq!(named(PublicKey::Ed25519), Some(Key::Ed25519));
        assert_eq!(named(PublicKey::Dsa(1024)), Some(Key::Dsa));
    }

    /// TLS 1.3 ties ECDSA to a curve; RSA keys sign with PSS and PKCS #1 alike.
    #[test]
    fn keys_sign_in_their_schemes() {
        assert!(Key::Rsa.signs(SignatureScheme::RSA_PSS_RSAE_SHA256));
        assert!(!Key::P384.signs(SignatureScheme::ECDSA_SECP256R1_SHA256));
        assert!(Key::P384.is_family_of(SignatureScheme::ECDSA_SECP256R1_SHA256));
        assert!(!Key::P256.authenticates(CipherSuite(0xc02f)));
    }
}
