//! The signature schemes a peer accepts (RFC 9846, 4.2.3; RFC 5246, 7.4.1.4.1).

use std::fmt;

use crate::group::Group;
use crate::names::{is_grease, names, show};

names! {
    /// A signature scheme: in TLS 1.2 a pair of hash and signature bytes, in TLS 1.3 one name.
    pub struct SignatureScheme(u16);
    0x0201 RSA_PKCS1_SHA1 "rsa_pkcs1_sha1"
    0x0203 ECDSA_SHA1 "ecdsa_sha1"
    0x0401 RSA_PKCS1_SHA256 "rsa_pkcs1_sha256"
    0x0403 ECDSA_SECP256R1_SHA256 "ecdsa_secp256r1_sha256"
    0x0420 RSA_PKCS1_SHA256_LEGACY "rsa_pkcs1_sha256_legacy"
    0x0501 RSA_PKCS1_SHA384 "rsa_pkcs1_sha384"
    0x0503 ECDSA_SECP384R1_SHA384 "ecdsa_secp384r1_sha384"
    0x0520 RSA_PKCS1_SHA384_LEGACY "rsa_pkcs1_sha384_legacy"
    0x0601 RSA_PKCS1_SHA512 "rsa_pkcs1_sha512"
    0x0603 ECDSA_SECP521R1_SHA512 "ecdsa_secp521r1_sha512"
    0x0620 RSA_PKCS1_SHA512_LEGACY "rsa_pkcs1_sha512_legacy"
    0x0704 ECCSI_SHA256 "eccsi_sha256"
    0x0705 ISO_IBS1 "iso_ibs1"
    0x0706 ISO_IBS2 "iso_ibs2"
    0x0707 ISO_CHINESE_IBS "iso_chinese_ibs"
    0x0708 SM2SIG_SM3 "sm2sig_sm3"
    0x0709 GOSTR34102012_256A "gostr34102012_256a"
    0x070a GOSTR34102012_256B "gostr34102012_256b"
    0x070b GOSTR34102012_256C "gostr34102012_256c"
    0x070c GOSTR34102012_256D "gostr34102012_256d"
    0x070d GOSTR34102012_512A "gostr34102012_512a"
    0x070e GOSTR34102012_512B "gostr34102012_512b"
    0x070f GOSTR34102012_512C "gostr34102012_512c"
    0x0804 RSA_PSS_RSAE_SHA256 "rsa_pss_rsae_sha256"
    0x0805 RSA_PSS_RSAE_SHA384 "rsa_pss_rsae_sha384"
    0x0806 RSA_PSS_RSAE_SHA512 "rsa_pss_rsae_sha512"
    0x0807 ED25519 "ed25519"
    0x0808 ED448 "ed448"
    0x0809 RSA_PSS_PSS_SHA256 "rsa_pss_pss_sha256"
    0x080a RSA_PSS_PSS_SHA384 "rsa_pss_pss_sha384"
    0x080b RSA_PSS_PSS_SHA512 "rsa_pss_pss_sha512"
    0x081a ECDSA_BRAINPOOLP256R1TLS13_SHA256 "ecdsa_brainpoolP256r1tls13_sha256"
    0x081b ECDSA_BRAINPOOLP384R1TLS13_SHA384 "ecdsa_brainpoolP384r1tls13_sha384"
    0x081c ECDSA_BRAINPOOLP512R1TLS13_SHA512 "ecdsa_brainpoolP512r1tls13_sha512"
    0x0904 MLDSA44 "mldsa44"
    0x0905 MLDSA65 "mldsa65"
    0x0906 MLDSA87 "mldsa87"
}

/// The kind of key with which a scheme signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SchemeKey {
    /// An ordinary RSA key (rsaEncryption).
    Rsa,
    /// An RSA key marked for PSS only (id-RSASSA-PSS).
    RsaPss,
    /// An ECDSA key; in TLS 1.3 it must lie on this curve, in TLS 1.2 the curve is free.
    Ecdsa(Option<Group>),
    /// An Ed25519 key.
    Ed25519,
    /// An Ed448 key.
    Ed448,
    /// A DSA key.
    Dsa,
    /// No key: the anonymous suites of TLS 1.2.
    Anonymous,
    /// Another or an unknown kind.
    Other,
}

impl SignatureScheme {
    /// Whether the value is one of RFC 8701's, sent to keep servers tolerant.
    #[inline]
    pub const fn is_grease(self) -> bool {
        is_grease(self.0)
    }

    /// The kind of key that can sign in this scheme.
    pub const fn key(self) -> SchemeKey {
        match self.0 {
            0x0403 => SchemeKey::Ecdsa(Some(Group::SECP256R1)),
            0x0503 => SchemeKey::Ecdsa(Some(Group::SECP384R1)),
            0x0603 => SchemeKey::Ecdsa(Some(Group::SECP521R1)),
            0x081a => SchemeKey::Ecdsa(Some(Group::BRAINPOOLP256R1)),
            0x081b => SchemeKey::Ecdsa(Some(Group::BRAINPOOLP384R1)),
            0x081c => SchemeKey::Ecdsa(Some(Group::BRAINPOOLP512R1)),
            0x0420 | 0x0520 | 0x0620 | 0x0804..=0x0806 => SchemeKey::Rsa,
            0x0807 => SchemeKey::Ed25519,
            0x0808 => SchemeKey::Ed448,
            0x0809..=0x080b => SchemeKey::RsaPss,
            pair => match (pair >> 8, pair & 0xff) {
                (1..=6, 0) => SchemeKey::Anonymous,
                (1..=6, 1) => SchemeKey::Rsa,
                (1..=6, 2) => SchemeKey::Dsa,
                (1..=6, 3) => SchemeKey::Ecdsa(None),
                _ => SchemeKey::Other,
            },
        }
    }

    /// Whether TLS 1.3 lets a peer sign its handshake with the scheme: no PKCS #1 v1.5, no
    /// SHA-1, no DSA (RFC 9846, 4.2.3).
    pub const fn signs_in_tls13(self) -> bool {
        matches!(
            self.0,
            0x0403 | 0x0503 | 0x0603 | 0x0704..=0x070f | 0x0804..=0x080b | 0x081a..=0x081c
                | 0x0904..=0x0906
        )
    }

    /// The hash of the scheme, "sha256", where it has one of its own.
    pub const fn hash(self) -> Option<&'static str> {
        match self.0 {
            0x0804 | 0x0809 | 0x081a => Some("sha256"),
            0x0805 | 0x080a | 0x081b => Some("sha384"),
            0x0806 | 0x080b | 0x081c => Some("sha512"),
            0x0708 => Some("sm3"),
            pair => match pair >> 8 {
                1 => Some("md5"),
                2 => Some("sha1"),
                3 => Some("sha224"),
                4 => Some("sha256"),
                5 => Some("sha384"),
                6 => Some("sha512"),
                _ => None,
            },
        }
    }
}

impl fmt::Display for SignatureScheme {
    /// The registered name; for a TLS 1.2 pair without one, signature and hash: "dsa_sha256".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let signature = match self.key() {
            SchemeKey::Rsa => Some("rsa"),
            SchemeKey::Dsa => Some("dsa"),
            SchemeKey::Ecdsa(_) => Some("ecdsa"),
            SchemeKey::Anonymous => Some("anonymous"),
            _ => None,
        };
        match (self.name(), signature, self.hash()) {
            (None, Some(signature), Some(hash)) => write!(f, "{signature}_{hash}"),
            (name, ..) => show(f, name, self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each scheme asks for its kind of key, and TLS 1.3's restrictions hold.
    #[test]
    fn a_scheme_knows_its_key() {
        assert_eq!(SignatureScheme::RSA_PSS_RSAE_SHA256.key(), SchemeKey::Rsa);
        assert_eq!(SignatureScheme::RSA_PSS_PSS_SHA256.key(), SchemeKey::RsaPss);
        assert_eq!(SignatureScheme(0x0403).key(), SchemeKey::Ecdsa(Some(Group::SECP256R1)));
        assert_eq!(SignatureScheme(0x0303).key(), SchemeKey::Ecdsa(None));
        assert_eq!(SignatureScheme(0x0402).key(), SchemeKey::Dsa);
        assert!(!SignatureScheme::RSA_PKCS1_SHA256.signs_in_tls13());
        assert!(SignatureScheme::ED25519.signs_in_tls13());
    }

    /// Unregistered pairs of TLS 1.2 are spelled from their two halves.
    #[test]
    fn schemes_are_shown() {
        assert_eq!(SignatureScheme(0x0804).to_string(), "rsa_pss_rsae_sha256");
        assert_eq!(SignatureScheme(0x0402).to_string(), "dsa_sha256");
        assert_eq!(SignatureScheme(0x0301).to_string(), "rsa_sha224");
        assert_eq!(SignatureScheme(0x8a8a).to_string(), "GREASE 0x8a8a");
        assert_eq!(SignatureScheme(0xeeee).to_string(), "0xeeee");
    }
}
