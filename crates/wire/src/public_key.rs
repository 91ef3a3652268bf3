//! The key in a certificate and the algorithm that signed it, by their object identifiers
//! (RFC 3279, RFC 4055, RFC 5480, RFC 5758, RFC 8410, RFC 9881).

use std::fmt;

use x509_parser::asn1_rs::{Any, FromDer, Oid, oid};
use x509_parser::signature_algorithm::RsaSsaPssParams;

use crate::der;
use crate::group::Group;
use crate::key_exchange::bits;
use crate::malformed::Malformed;
use crate::reader::Reader;
use crate::scheme::SignatureScheme;

/// The public key of a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PublicKey {
    /// An RSA key and the bits of its modulus; 0 where the key cannot be read.
    Rsa(u32),
    /// An RSA key for PSS signatures only (RFC 4055, 1.2), with the bits of its modulus.
    RsaPss(u32),
    /// A key on an elliptic curve; `None` for a curve that TLS has no number for.
    Ec(Option<Group>),
    /// An Ed25519 key.
    Ed25519,
    /// An Ed448 key.
    Ed448,
    /// A DSA key and the bits of its prime.
    Dsa(u32),
    /// Another kind of key, by its object identifier.
    Other(String),
}

/// An AlgorithmIdentifier (RFC 5280, 4.1.1.2): its object identifier and its parameters, an element
/// of their own or nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Algorithm<'a> {
    pub(crate) oid: &'a [u8],
    parameters: &'a [u8],
}

impl<'a> Algorithm<'a> {
    /// Takes the next element for one.
    pub(crate) fn read(from: &mut Reader<'a>, what: &'static str) -> Result<Self, Malformed> {
        let mut parts = Reader::new(der::expect(from, der::SEQUENCE, what)?);
        let oid = der::expect(&mut parts, der::OID, what)?;
        Ok(Self { oid, parameters: parts.rest() })
    }

    fn is(&self, oid: &Oid<'_>) -> bool {
        self.oid == oid.as_bytes()
    }

    /// The parameters, if there are any.
    fn parameters(&self) -> Option<Any<'a>> {
        Any::from_der(self.parameters).ok().map(|(_, any)| any)
    }
}

/// An object identifier with dots.
pub(crate) fn dotted(oid: &[u8]) -> String {
    Oid::new(oid.into()).to_id_string()
}

impl PublicKey {
    pub(crate) fn read(algorithm: &Algorithm<'_>, key: &[u8]) -> Self {
        let modulus = || RsaKey::read(key).map_or(0, |key| bits(key.modulus));
        // Of the parameters of a curve the name, of those of DSA the first number (RFC 5480, 2.1.1;
        // RFC 3279, 2.3.2).
        let parameter = || der::elements(algorithm.parameters).next();
        match algorithm {
            it if it.is(&RSA) => Self::Rsa(modulus()),
            it if it.is(&EC) => {
                let named = parameter().filter(|(tag, _)| *tag == der::OID);
                Self::Ec(named.and_then(|(_, oid)| {
                    CURVES.iter().find(|row| row.0.as_bytes() == oid).map(|row| row.1)
                }))
            }
            it if it.is(&RSASSA_PSS) => Self::RsaPss(modulus()),
            it if it.is(&ED25519) => Self::Ed25519,
            it if it.is(&ED448) => Self::Ed448,
            it if it.is(&DSA) => {
                let prime = parameter().and_then(|(_, numbers)| der::elements(numbers).next());
                Self::Dsa(prime.map_or(0, |(_, prime)| bits(prime)))
            }
            other => Self::Other(dotted(other.oid)),
        }
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rsa(bits) => write!(f, "RSA {bits}"),
            Self::RsaPss(bits) => write!(f, "RSA-PSS {bits}"),
            Self::Ec(Some(group)) => write!(f, "EC {group}"),
            Self::Ec(None) => f.write_str("EC on an unnamed curve"),
            Self::Ed25519 => f.write_str("Ed25519"),
            Self::Ed448 => f.write_str("Ed448"),
            Self::Dsa(bits) => write!(f, "DSA {bits}"),
            Self::Other(oid) => write!(f, "key type {oid}"),
        }
    }
}

/// The numbers of an RSA key, big-endian (RFC 8017, A.1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RsaKey<'a> {
    /// The modulus.
    pub modulus: &'a [u8],
    /// The public exponent.
    pub exponent: &'a [u8],
}

impl<'a> RsaKey<'a> {
    pub(crate) fn read(key: &'a [u8]) -> Option<Self> {
        let mut numbers = Reader::new(der::expect(&mut Reader::new(key), der::SEQUENCE, "").ok()?);
        let mut number = || der::expect(&mut numbers, der::INTEGER, "").ok();
        Some(Self { modulus: number()?, exponent: number()? })
    }
}

/// The algorithm with which an issuer signed a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignatureAlgorithm {
    /// The object identifier, dotted, where the algorithm has no name here; empty where it has.
    pub oid: String,
    /// The name tools print, "sha256WithRSAEncryption"; `None` for unknown ones.
    pub name: Option<&'static str>,
    /// The hash, "sha256"; `None` where the algorithm has none of its own or is unknown.
    pub hash: Option<&'static str>,
    /// The TLS scheme of the same meaning, to be held against signature_algorithms.
    pub scheme: Option<SignatureScheme>,
}

impl SignatureAlgorithm {
    pub(crate) fn read(algorithm: &Algorithm<'_>) -> Self {
        if algorithm.is(&RSASSA_PSS) {
            let parameters = algorithm.parameters();
            let hash = parameters.as_ref().map_or(Some("sha1"), pss_hash);
            let scheme = match hash.filter(|hash| masks(parameters.as_ref(), hash)) {
                Some("sha256") => Some(SignatureScheme::RSA_PSS_RSAE_SHA256),
                Some("sha384") => Some(SignatureScheme::RSA_PSS_RSAE_SHA384),
                Some("sha512") => Some(SignatureScheme::RSA_PSS_RSAE_SHA512),
                _ => None,
            };
            return Self { oid: String::new(), name: Some("rsassaPss"), hash, scheme };
        }
        let known = ALGORITHMS.iter().find(|row| algorithm.is(&row.0));
        Self {
            oid: known.map_or_else(|| dotted(algorithm.oid), |_| String::new()),
            name: known.map(|row| row.1),
            hash: known.map(|row| row.2).filter(|hash| !hash.is_empty()),
            scheme: known.map(|row| SignatureScheme(row.3)).filter(|scheme| scheme.0 != 0),
        }
    }

    /// Whether the hash is one that can be forged: MD2, MD5 or SHA-1.
    pub fn is_weak(&self) -> bool {
        matches!(self.hash, Some("md2" | "md5" | "sha1"))
    }
}

impl fmt::Display for SignatureAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name.unwrap_or(&self.oid))
    }
}

/// The hash that the parameters of RSASSA-PSS name (RFC 4055, 3.1).
fn pss_hash(parameters: &Any<'_>) -> Option<&'static str> {
    let parameters = RsaSsaPssParams::try_from(parameters).ok()?;
    HASHES.iter().find(|row| row.0 == *parameters.hash_algorithm_oid()).map(|row| row.1)
}

/// Whether the mask of RSASSA-PSS is made with the hash of the signature, as TLS has it.
fn masks(parameters: Option<&Any<'_>>, hash: &str) -> bool {
    let Some(Ok(parameters)) = parameters.map(RsaSsaPssParams::try_from) else { return false };
    let Ok(mask) = parameters.mask_gen_algorithm() else { return false };
    HASHES.iter().any(|row| row.0 == mask.hash && row.1 == hash)
}

const RSA: Oid<'static> = oid!(1.2.840.113549.1.1.1);
const RSASSA_PSS: Oid<'static> = oid!(1.2.840.113549.1.1.10);
const EC: Oid<'static> = oid!(1.2.840.10045.2.1);
const ED25519: Oid<'static> = oid!(1.3.101.112);
const ED448: Oid<'static> = oid!(1.3.101.113);
const DSA: Oid<'static> = oid!(1.2.840.10040.4.1);

/// The hashes of RSASSA-PSS.
static HASHES: [(Oid<'static>, &str); 5] = [
    (oid!(1.3.14.3.2.26), "sha1"),
    (oid!(2.16.840.1.101.3.4.2.4), "sha224"),
    (oid!(2.16.840.1.101.3.4.2.1), "sha256"),
    (oid!(2.16.840.1.101.3.4.2.2), "sha384"),
    (oid!(2.16.840.1.101.3.4.2.3), "sha512"),
];

/// The curves that have a number in TLS.
static CURVES: [(Oid<'static>, Group); 9] = [
    (oid!(1.2.840.10045.3.1.1), Group::SECP192R1),
    (oid!(1.3.132.0.33), Group::SECP224R1),
    (oid!(1.3.132.0.10), Group::SECP256K1),
    (oid!(1.2.840.10045.3.1.7), Group::SECP256R1),
    (oid!(1.3.132.0.34), Group::SECP384R1),
    (oid!(1.3.132.0.35), Group::SECP521R1),
    (oid!(1.3.36.3.3.2.8.1.1.7), Group::BRAINPOOLP256R1),
    (oid!(1.3.36.3.3.2.8.1.1.11), Group::BRAINPOOLP384R1),
    (oid!(1.3.36.3.3.2.8.1.1.13), Group::BRAINPOOLP512R1),
];

/// Identifier, name, hash, TLS scheme; an empty hash or a zero scheme stands for none.
static ALGORITHMS: [(Oid<'static>, &str, &str, u16); 22] = [
    (oid!(1.2.840.113549.1.1.2), "md2WithRSAEncryption", "md2", 0),
    (oid!(1.2.840.113549.1.1.4), "md5WithRSAEncryption", "md5", 0x0101),
    (oid!(1.2.840.113549.1.1.5), "sha1WithRSAEncryption", "sha1", 0x0201),
    (oid!(1.3.14.3.2.29), "sha1WithRSA", "sha1", 0x0201),
    (oid!(1.2.840.113549.1.1.14), "sha224WithRSAEncryption", "sha224", 0x0301),
    (oid!(1.2.840.113549.1.1.11), "sha256WithRSAEncryption", "sha256", 0x0401),
    (oid!(1.2.840.113549.1.1.12), "sha384WithRSAEncryption", "sha384", 0x0501),
    (oid!(1.2.840.113549.1.1.13), "sha512WithRSAEncryption", "sha512", 0x0601),
    (oid!(1.2.840.10045.4.1), "ecdsa-with-SHA1", "sha1", 0x0203),
    (oid!(1.2.840.10045.4.3.1), "ecdsa-with-SHA224", "sha224", 0x0303),
    (oid!(1.2.840.10045.4.3.2), "ecdsa-with-SHA256", "sha256", 0x0403),
    (oid!(1.2.840.10045.4.3.3), "ecdsa-with-SHA384", "sha384", 0x0503),
    (oid!(1.2.840.10045.4.3.4), "ecdsa-with-SHA512", "sha512", 0x0603),
    (oid!(1.2.840.10040.4.3), "dsa-with-SHA1", "sha1", 0x0202),
    (oid!(2.16.840.1.101.3.4.3.1), "dsa-with-SHA224", "sha224", 0x0302),
    (oid!(2.16.840.1.101.3.4.3.2), "dsa-with-SHA256", "sha256", 0x0402),
    (oid!(1.3.101.112), "Ed25519", "", 0x0807),
    (oid!(1.3.101.113), "Ed448", "", 0x0808),
    (oid!(1.2.156.10197.1.501), "SM2-with-SM3", "sm3", 0x0708),
    (oid!(2.16.840.1.101.3.4.3.17), "ML-DSA-44", "", 0x0904),
    (oid!(2.16.840.1.101.3.4.3.18), "ML-DSA-65", "", 0x0905),
    (oid!(2.16.840.1.101.3.4.3.19), "ML-DSA-87", "", 0x0906),
];
