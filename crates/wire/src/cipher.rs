//! Cipher suites, and what their names say (RFC 9846, B.4; RFC 5246, A.5).
//!
//! The name of a suite is the specification of its parts, so the parts are read from the name:
//! there is one table, and it cannot disagree with itself.

use std::fmt;

use crate::cipher_names;
use crate::names::{is_grease, show};
use crate::version::ProtocolVersion;

/// A cipher suite by its number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CipherSuite(pub u16);

/// How the two peers of a suite come to a shared secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyExchange {
    /// No key exchange: TLS_NULL_WITH_NULL_NULL.
    Null,
    /// The client encrypts a secret to the key of the server's RSA certificate.
    Rsa,
    /// Diffie-Hellman with the parameters in a certificate.
    Dh,
    /// Ephemeral Diffie-Hellman, the anonymous suites included.
    Dhe,
    /// Elliptic-curve Diffie-Hellman with the key in a certificate.
    Ecdh,
    /// Ephemeral elliptic-curve Diffie-Hellman, the anonymous suites included.
    Ecdhe,
    /// A pre-shared key alone.
    Psk,
    /// A pre-shared key and an RSA-encrypted secret.
    RsaPsk,
    /// A pre-shared key and ephemeral Diffie-Hellman.
    DhePsk,
    /// A pre-shared key and ephemeral elliptic-curve Diffie-Hellman.
    EcdhePsk,
    /// Secure Remote Password (RFC 5054).
    Srp,
    /// Kerberos (RFC 2712).
    Krb5,
    /// A password over an elliptic curve (RFC 8492).
    Eccpwd,
    /// The Russian suites (RFC 9189, RFC 9367).
    Gost,
    /// TLS 1.3, where extensions decide and the suite does not.
    Tls13,
}

/// How the server of a suite proves who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Authentication {
    /// Not at all: TLS_NULL_WITH_NULL_NULL.
    Null,
    /// With an RSA certificate.
    Rsa,
    /// With an ECDSA certificate; Ed25519 and Ed448 count here too (RFC 8422, 2).
    Ecdsa,
    /// With a DSA certificate.
    Dss,
    /// By knowing the pre-shared key.
    Psk,
    /// Not at all: the anonymous suites.
    Anonymous,
    /// By knowing the password's verifier (SRP, ECCPWD).
    Password,
    /// With a Kerberos ticket.
    Krb5,
    /// With a GOST certificate.
    Gost,
    /// TLS 1.3: with any certificate the signature algorithms allow.
    Any,
}

/// Why a suite should no longer be used, the gravest reason first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weakness {
    /// Nothing is encrypted.
    Null,
    /// Nobody is authenticated.
    Anonymous,
    /// Made weak on purpose for export.
    Export,
    /// RC4, forbidden by RFC 7465.
    Rc4,
    /// RC2, 40 bits.
    Rc2,
    /// Single DES, 56 bits.
    Des,
    /// Triple DES, 64-bit blocks (RFC 7525, 4.2; Sweet32).
    TripleDes,
    /// IDEA, 64-bit blocks (RFC 5469).
    Idea,
}

impl CipherSuite {
    /// The signal of RFC 7507: the client has come back with a lower version.
    pub const FALLBACK_SCSV: Self = Self(0x5600);
    /// The signal of RFC 5746: the client knows secure renegotiation.
    pub const EMPTY_RENEGOTIATION_INFO_SCSV: Self = Self(0x00ff);

    /// The registered name, or `None` for a suite nobody has registered.
    #[inline]
    pub const fn name(self) -> Option<&'static str> {
        cipher_names::name(self.0)
    }

    /// Whether the value is one of RFC 8701's, sent to keep servers tolerant.
    #[inline]
    pub const fn is_grease(self) -> bool {
        is_grease(self.0)
    }

    /// Whether the value is a signal and no suite.
    #[inline]
    pub const fn is_scsv(self) -> bool {
        matches!(self, Self::FALLBACK_SCSV | Self::EMPTY_RENEGOTIATION_INFO_SCSV)
    }

    /// Whether only TLS 1.3 can use the suite, and TLS 1.3 no other.
    #[inline]
    pub const fn is_tls13(self) -> bool {
        matches!(self.0, 0x1301..=0x1307 | 0x00c6 | 0x00c7 | 0xc0b4 | 0xc0b5 | 0xc103..=0xc106)
    }

    /// How the shared secret comes about; `None` for signals and unknown suites.
    pub fn key_exchange(self) -> Option<KeyExchange> {
        if self.is_tls13() {
            return Some(KeyExchange::Tls13);
        }
        let (front, _) = self.halves()?;
        Some(match front {
            "NULL" => KeyExchange::Null,
            "RSA" | "RSA_EXPORT" | "RSA_EXPORT1024" => KeyExchange::Rsa,
            "PSK" => KeyExchange::Psk,
            "RSA_PSK" => KeyExchange::RsaPsk,
            "DHE_PSK" | "PSK_DHE" => KeyExchange::DhePsk,
            "ECDHE_PSK" => KeyExchange::EcdhePsk,
            "ECCPWD" => KeyExchange::Eccpwd,
            "DH_anon" | "DH_anon_EXPORT" => KeyExchange::Dhe,
            "ECDH_anon" => KeyExchange::Ecdhe,
            _ if front.starts_with("DHE_") => KeyExchange::Dhe,
            _ if front.starts_with("DH_") => KeyExchange::Dh,
            _ if front.starts_with("ECDHE_") => KeyExchange::Ecdhe,
            _ if front.starts_with("ECDH_") => KeyExchange::Ecdh,
            _ if front.starts_with("SRP_") => KeyExchange::Srp,
            _ if front.starts_with("KRB5") => KeyExchange::Krb5,
            _ if front.starts_with("GOST") => KeyExchange::Gost,
            _ => return None,
        })
    }

    /// How the server proves who it is; `None` for signals and unknown suites.
    pub fn authentication(self) -> Option<Authentication> {
        let (front, _) = match self.key_exchange()? {
            KeyExchange::Tls13 => return Some(Authentication::Any),
            _ => self.halves()?,
        };
        let front = front.split("_EXPORT").next()?;
        Some(match front {
            "NULL" => Authentication::Null,
            // RSA_PSK is the one PSK exchange that also needs a certificate (RFC 4279, 4).
            "RSA" | "RSA_PSK" => Authentication::Rsa,
            "KRB5" => Authentication::Krb5,
            "ECCPWD" | "SRP_SHA" => Authentication::Password,
            _ if front.ends_with("_anon") => Authentication::Anonymous,
            _ if front.ends_with("_RSA") => Authentication::Rsa,
            _ if front.ends_with("_DSS") => Authentication::Dss,
            _ if front.ends_with("_ECDSA") => Authentication::Ecdsa,
            _ if front.contains("PSK") => Authentication::Psk,
            _ if front.starts_with("GOST") => Authentication::Gost,
            _ => return None,
        })
    }

    /// The cipher as the name spells it: "AES_128_GCM", "3DES_EDE_CBC", "NULL"; `None` for
    /// signals, unknown suites and the TLS 1.3 suites that only protect integrity.
    pub fn encryption(self) -> Option<&'static str> {
        let (encryption, _) = self.protection()?;
        (!encryption.is_empty()).then_some(encryption)
    }

    /// The hash of the MAC, "SHA", "SHA256", "MD5"; `None` where an AEAD needs none, and for
    /// signals and unknown suites.
    pub fn mac(self) -> Option<&'static str> {
        if self.is_aead() { None } else { self.protection()?.1 }
    }

    /// Whether the suite was made weak on purpose for export.
    pub(crate) fn is_export(self) -> bool {
        self.halves().is_some_and(|(front, _)| front.contains("EXPORT"))
    }

    /// The hash at the end of the name, be it of the MAC or of the key derivation.
    pub(crate) fn hash(self) -> Option<&'static str> {
        self.protection()?.1
    }

    /// Whether the cipher authenticates by itself.
    pub fn is_aead(self) -> bool {
        self.encryption().is_some_and(|cipher| {
            ["GCM", "CCM", "CHACHA20", "AEGIS", "MGM"].iter().any(|mode| cipher.contains(mode))
        })
    }

    /// The gravest reason not to use the suite, if there is one.
    pub fn weakness(self) -> Option<Weakness> {
        let (front, _) = self.halves()?;
        let cipher = self.encryption()?;
        Some(match cipher {
            "NULL" => Weakness::Null,
            _ if front.contains("_anon") => Weakness::Anonymous,
            _ if front.contains("EXPORT") => Weakness::Export,
            _ if cipher.starts_with("RC4") => Weakness::Rc4,
            _ if cipher.starts_with("RC2") => Weakness::Rc2,
            _ if cipher.starts_with("DES") => Weakness::Des,
            _ if cipher.starts_with("3DES") => Weakness::TripleDes,
            _ if cipher.starts_with("IDEA") => Weakness::Idea,
            _ => return None,
        })
    }

    /// The name's two halves around `_WITH_`; none in the names of TLS 1.3.
    fn halves(self) -> Option<(&'static str, &'static str)> {
        // Half of all sessions are asked for these, whose names have no such word.
        if let 0x1301..=0x1307 = self.0 {
            return None;
        }
        let name = self.name()?.strip_prefix("TLS_")?;
        // Rules ask this of every suite that is offered: a plain scan beats the general search.
        let at = name.as_bytes().windows(6).position(|part| part == b"_WITH_")?;
        Some((name.get(..at)?, name.get(at + 6..)?))
    }

    /// The cipher and the hash behind it, where the name ends in one.
    fn protection(self) -> Option<(&'static str, Option<&'static str>)> {
        let name = match self.halves() {
            Some((_, back)) => back,
            None if self.is_tls13() => self.name()?.strip_prefix("TLS_")?,
            None => return None,
        };
        Some(match name.rsplit_once('_') {
            // RFC 9150's suites have two hashes and no cipher: TLS_SHA256_SHA256.
            Some(("SHA256" | "SHA384", hash)) => ("", Some(hash)),
            Some((cipher, hash @ ("SHA" | "MD5" | "SHA256" | "SHA384" | "SHA512" | "SM3"))) => {
                (cipher, Some(hash))
            }
            _ if name == "NULL" => ("NULL", None),
            _ => (name, None),
        })
    }
}

impl fmt::Display for CipherSuite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show(f, self.name(), self.0)
    }
}

impl fmt::Debug for CipherSuite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CipherSuite({self})")
    }
}

/// The length of the record, header not counted, in which a peer sends an alert once it
/// encrypts: two bytes, their protection, and nothing else. `None` where the suite is unknown.
///
/// Two stacks can differ: JSSE pads in TLS 1.3 and GnuTLS may pad CBC, so a longer record does
/// not prove that there was no alert.
pub fn encrypted_alert_length(
    cipher: CipherSuite,
    version: ProtocolVersion,
    encrypt_then_mac: bool,
) -> Option<u16> {
    if cipher.is_tls13() {
        // The alert, the inner content type, the tag (RFC 9846, 5.2; RFC 9150, 4).
        let tag = match cipher.protection()? {
            ("AES_128_CCM_8", _) => 8,
            ("", Some("SHA384")) => 48,
            ("", _) => 32,
            _ => 16,
        };
        return Some(ALERT + 1 + tag);
    }
    let encryption = cipher.encryption()?;
    let explicit_nonce = 8;
    if encryption.ends_with("_CCM_8") {
        return Some(explicit_nonce + ALERT + 8);
    }
    if encryption.starts_with("CHACHA20") {
        return Some(ALERT + 16); // No explicit nonce (RFC 7905, 2).
    }
    if cipher.is_aead() {
        return Some(explicit_nonce + ALERT + 16);
    }
    let mac = match cipher.mac()? {
        "MD5" => 16,
        "SHA" => 20,
        "SHA256" => 32,
        "SHA384" => 48,
        _ => return None,
    };
    if encryption == "NULL" || encryption.starts_with("RC4") {
        return Some(ALERT + mac);
    }
    let block = match encryption {
        _ if encryption.starts_with("AES") => 16,
        _ if encryption.starts_with("CAMELLIA") => 16,
        _ if encryption.starts_with("ARIA") => 16,
        _ if encryption.starts_with("SEED") => 16,
        _ if encryption.contains("DES") => 8,
        _ if encryption.starts_with("IDEA") || encryption.starts_with("RC2") => 8,
        _ => return None,
    };
    // Since TLS 1.1 every record brings its own vector (RFC 4346, 6.2.3.2).
    let vector = if version.settled() >= ProtocolVersion::TLS_1_1 { block } else { 0 };
    // One byte at least tells the length of the padding.
    let padded = |bytes: u16| (bytes + 1).div_ceil(block) * block;
    Some(if encrypt_then_mac { vector + padded(ALERT) + mac } else { vector + padded(ALERT + mac) })
}

/// Bytes of an alert.
const ALERT: u16 = 2;

#[cfg(test)]
mod tests {
    use super::*;

    /// The name of every suite is understood: who authenticates, how keys are exchanged, what
    /// encrypts.
    #[test]
    fn every_name_is_understood() {
        for suite in (0..=u16::MAX).map(CipherSuite).filter(|s| s.name().is_some()) {
            if suite.is_scsv() {
                assert_eq!((suite.key_exchange(), suite.encryption()), (None, None));
                continue;
            }
            assert!(suite.key_exchange().is_some(), "{suite}");
            assert!(suite.authentication().is_some(), "{suite}");
            let integrity_only = matches!(suite.0, 0xc0b4 | 0xc0b5);
            assert_eq!(suite.encryption().is_none(), integrity_only, "{suite}");
        }
    }

    /// The parts of some well-known suites, one of each family.
    #[test]
    fn parts_of_known_suites() {
        use {Authentication as A, KeyExchange as K};
        for (code, key_exchange, authentication, encryption, mac) in [
            (0x0005, K::Rsa, A::Rsa, "RC4_128", Some("SHA")),
            (0x0003, K::Rsa, A::Rsa, "RC4_40", Some("MD5")),
            (0x0013, K::Dhe, A::Dss, "3DES_EDE_CBC", Some("SHA")),
            (0x0018, K::Dhe, A::Anonymous, "RC4_128", Some("MD5")),
            (0x1301, K::Tls13, A::Any, "AES_128_GCM", None),
            (0x1305, K::Tls13, A::Any, "AES_128_CCM_8", None),
            (0xc02b, K::Ecdhe, A::Ecdsa, "AES_128_GCM", None),
            (0xc014, K::Ecdhe, A::Rsa, "AES_256_CBC", Some("SHA")),
            (0xc004, K::Ecdh, A::Ecdsa, "AES_128_CBC", Some("SHA")),
            (0xc0aa, K::DhePsk, A::Psk, "AES_128_CCM_8", None),
            (0x00ac, K::RsaPsk, A::Rsa, "AES_128_GCM", None),
            (0xcca8, K::Ecdhe, A::Rsa, "CHACHA20_POLY1305", None),
            (0xc01e, K::Srp, A::Rsa, "AES_128_CBC", Some("SHA")),
        ] {
            let suite = CipherSuite(code);
            assert_eq!(suite.key_exchange(), Some(key_exchange), "{suite}");
            assert_eq!(suite.authentication(), Some(authentication), "{suite}");
            assert_eq!(suite.encryption(), Some(encryption), "{suite}");
            assert_eq!(suite.mac(), mac, "{suite}");
        }
    }

    /// What RFCs and browsers have given up is told apart, and nothing modern is blamed.
    #[test]
    fn weaknesses() {
        for (code, weakness) in [
            (0x0001, Some(Weakness::Null)),
            (0xc018, Some(Weakness::Anonymous)),
            (0x0008, Some(Weakness::Export)),
            (0x0005, Some(Weakness::Rc4)),
            (0x0009, Some(Weakness::Des)),
            (0x000a, Some(Weakness::TripleDes)),
            (0xc02f, None),
            (0x1301, None),
            (0x00ff, None),
        ] {
            assert_eq!(CipherSuite(code).weakness(), weakness, "{code:#06x}");
        }
    }

    /// The lengths that were measured with real stacks come out of the arithmetic.
    #[test]
    fn encrypted_alerts_have_the_measured_lengths() {
        use ProtocolVersion as V;
        for (code, version, etm, length) in [
            (0x002f, V::TLS_1_0, false, 32),
            (0x002f, V::TLS_1_2, false, 48),
            (0x002f, V::TLS_1_0, true, 36),
            (0x002f, V::TLS_1_2, true, 52),
            (0x003c, V::TLS_1_2, false, 64),
            (0x003c, V::TLS_1_2, true, 64),
            (0xc028, V::TLS_1_2, false, 80),
            (0xc028, V::TLS_1_2, true, 80),
            (0x000a, V::TLS_1_0, false, 24),
            (0x000a, V::TLS_1_2, false, 32),
            (0xc02f, V::TLS_1_2, false, 26),
            (0xc09c, V::TLS_1_2, false, 26),
            (0xc0a0, V::TLS_1_2, false, 18),
            (0xcca8, V::TLS_1_2, false, 18),
            (0x0004, V::TLS_1_2, false, 18),
            (0x0005, V::TLS_1_2, false, 22),
            (0x003b, V::TLS_1_2, false, 34),
            (0x1301, V::TLS_1_3, false, 19),
            (0x1305, V::TLS_1_3, false, 11),
            (0xc0b4, V::TLS_1_3, false, 35),
            (0xc0b5, V::TLS_1_3, false, 51),
        ] {
            let suite = CipherSuite(code);
            assert_eq!(encrypted_alert_length(suite, version, etm), Some(length), "{suite}");
        }
        assert_eq!(encrypted_alert_length(CipherSuite(0x7a7a), V::TLS_1_2, false), None);
    }
}
