//! Whether a signature was made with the key that it is said to be made with.

use std::cell::RefCell;
use std::collections::HashMap;

use ed25519_dalek::Verifier as _;
use p256::ecdsa::signature::hazmat::PrehashVerifier;
use rsa::BoxedUint;
use rsa::pss;
use sha2::Digest as _;
use wire::{Certificate, Group, PublicKey, SchemeKey, SignatureScheme};

/// What came out of verifying a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signature {
    /// It was made with this key.
    Good,
    /// It was not.
    Bad,
    /// The algorithm is not known here, the key cannot be read, or there were too many to verify.
    Unchecked,
}

/// Verifies signatures, and remembers those of certificates: most servers send the same ones to
/// everybody.
#[derive(Debug, Default)]
pub struct Notary {
    /// By the SHA-256 of what was signed, the signature and the key.
    known: RefCell<HashMap<[u8; 32], Signature>>,
}

/// Signatures that are remembered: of more chains than most captures show.
const MAX_KNOWN: usize = 4096;

impl Notary {
    /// Whether `issuer` signed the certificate.
    pub fn issued(&self, certificate: &Certificate<'_>, issuer: &Certificate<'_>) -> Signature {
        let mut name = sha2::Sha256::new();
        name.update(certificate.der());
        name.update(issuer.key_info());
        let name: [u8; 32] = name.finalize().into();
        if let Some(known) = self.known.borrow().get(&name) {
            return *known;
        }
        let algorithm = certificate.signature_algorithm();
        let found = algorithm.scheme.map_or(Signature::Unchecked, |scheme| {
            Self::signed(issuer, Some(scheme), certificate.signed(), certificate.signature())
        });
        let mut all = self.known.borrow_mut();
        if all.len() >= MAX_KNOWN {
            all.clear();
        }
        all.insert(name, found);
        found
    }

    /// Whether the message was signed with the key of `signer`, as TLS does it: in a scheme, or
    /// before TLS 1.2 in none, where RSA signs MD5 and SHA-1 together and the others sign SHA-1 (RFC
    /// 4346, 7.4.3).
    pub fn signed(
        signer: &Certificate<'_>,
        scheme: Option<SignatureScheme>,
        message: &[u8],
        signature: &[u8],
    ) -> Signature {
        let key = signer.public_key();
        // A scheme that this kind of key cannot sign in: nobody takes it, whatever the bytes are.
        if scheme.is_some_and(|scheme| is_foreign(scheme, &key)) {
            return Signature::Bad;
        }
        match (key, scheme) {
            (PublicKey::Rsa(_) | PublicKey::RsaPss(_), scheme) => {
                by_rsa(signer, scheme, message, signature)
            }
            (PublicKey::Ec(Some(curve)), scheme) => {
                let hash = scheme.map_or(Some("sha1"), SignatureScheme::hash);
                hash.and_then(|hash| digest(hash, message)).map_or(Signature::Unchecked, |hash| {
                    by_curve(curve, signer.key_bytes(), hash, signature)
                })
            }
            (PublicKey::Ed25519, Some(_)) => by_ed25519(signer.key_bytes(), message, signature),
            _ => Signature::Unchecked,
        }
    }
}

fn by_rsa(
    signer: &Certificate<'_>,
    scheme: Option<SignatureScheme>,
    message: &[u8],
    signature: &[u8],
) -> Signature {
    let Some(key) = signer.rsa_key().and_then(|key| {
        let number = |bytes: &[u8]| {
            let bytes = bytes.get(bytes.iter().take_while(|&&byte| byte == 0).count()..)?;
            let bits = u32::try_from(bytes.len()).ok()?.checked_mul(8)?;
            BoxedUint::from_be_slice(bytes, bits).ok()
        };
        let sizes = SHORTEST_RSA..=LONGEST_RSA;
        let (modulus, exponent) = (number(key.modulus)?, number(key.exponent)?);
        rsa::PublicKey::new_with_size_limits(modulus, exponent, sizes).ok()
    }) else {
        return Signature::Unchecked;
    };
    let Some(scheme) = scheme else {
        let hash = [md5::Md5::digest(message).as_slice(), &sha1::Sha1::digest(message)].concat();
        return said(key.verify(rsa::Pkcs1v15Sign::new_unprefixed(), &hash, signature).is_ok());
    };
    let pss = match scheme {
        SignatureScheme::RSA_PSS_RSAE_SHA256 | SignatureScheme::RSA_PSS_PSS_SHA256 => {
            by_pss::<sha2::Sha256>(key, message, signature)
        }
        SignatureScheme::RSA_PSS_RSAE_SHA384 | SignatureScheme::RSA_PSS_PSS_SHA384 => {
            by_pss::<sha2::Sha384>(key, message, signature)
        }
        SignatureScheme::RSA_PSS_RSAE_SHA512 | SignatureScheme::RSA_PSS_PSS_SHA512 => {
            by_pss::<sha2::Sha512>(key, message, signature)
        }
        _ => {
            let (hash, kind) = (scheme.0 >> 8, scheme.0 & 0xff);
            let legacy = kind == 0x20 && (4..=6).contains(&hash);
            if kind != 1 && !legacy {
                return Signature::Unchecked;
            }
            return match hash {
                1 => said(key.pkcs1v15_verify::<md5::Md5>(message, signature).is_ok()),
                2 => said(key.pkcs1v15_verify::<sha1::Sha1>(message, signature).is_ok()),
                3 => said(key.pkcs1v15_verify::<sha2::Sha224>(message, signature).is_ok()),
                4 => said(key.pkcs1v15_verify::<sha2::Sha256>(message, signature).is_ok()),
                5 => said(key.pkcs1v15_verify::<sha2::Sha384>(message, signature).is_ok()),
                6 => said(key.pkcs1v15_verify::<sha2::Sha512>(message, signature).is_ok()),
                _ => Signature::Unchecked,
            };
        }
    };
    said(pss)
}

/// Of PSS the length of the salt is not asked for: TLS has it as long as the hash, certificates say
/// it in their parameters, and a signature by another key fits none.
fn by_pss<D>(key: rsa::PublicKey, message: &[u8], signature: &[u8]) -> bool
where
    D: sha2::Digest + sha2::digest::FixedOutputReset,
{
    let Ok(signature) = pss::Signature::try_from(signature) else { return false };
    let key = pss::VerifyingKey::<D>::new_with_auto_salt_len(key);
    key.verify_prehash(&D::digest(message), &signature).is_ok()
}

fn by_curve(curve: Group, point: &[u8], hash: Vec<u8>, signature: &[u8]) -> Signature {
    // A hash shorter than the order of the curve is the same number with zeros in front (FIPS
    // 186-5, 6.4.2), which the verifiers ask for.
    let padded = |length: usize| {
        let mut whole = vec![0; length.saturating_sub(hash.len())];
        whole.extend_from_slice(&hash);
        whole
    };
    macro_rules! verified {
        ($curve:ident, $length:literal) => {{
            let Ok(key) = $curve::ecdsa::VerifyingKey::from_sec1_bytes(point) else {
                return Signature::Unchecked;
            };
            let Ok(signature) = $curve::ecdsa::Signature::from_der(signature) else {
                return Signature::Bad;
            };
            said(key.verify_prehash(&padded($length), &signature).is_ok())
        }};
    }
    match curve {
        Group::SECP256R1 => verified!(p256, 32),
        Group::SECP384R1 => verified!(p384, 48),
        Group::SECP521R1 => verified!(p521, 66),
        _ => Signature::Unchecked,
    }
}

fn by_ed25519(key: &[u8], message: &[u8], signature: &[u8]) -> Signature {
    let key = <[u8; 32]>::try_from(key).ok();
    let Some(key) = key.and_then(|key| ed25519_dalek::VerifyingKey::from_bytes(&key).ok()) else {
        return Signature::Unchecked;
    };
    let Ok(signature) = ed25519_dalek::Signature::from_slice(signature) else {
        return Signature::Bad;
    };
    said(key.verify(message, &signature).is_ok())
}

pub(crate) fn digest(hash: &str, message: &[u8]) -> Option<Vec<u8>> {
    Some(match hash {
        "sha1" => sha1::Sha1::digest(message).to_vec(),
        "sha224" => sha2::Sha224::digest(message).to_vec(),
        "sha256" => sha2::Sha256::digest(message).to_vec(),
        "sha384" => sha2::Sha384::digest(message).to_vec(),
        "sha512" => sha2::Sha512::digest(message).to_vec(),
        _ => return None,
    })
}

fn said(good: bool) -> Signature {
    if good { Signature::Good } else { Signature::Bad }
}

/// Whether a scheme is one that another kind of key signs in. Curves and the two kinds of RSA keys
/// are not told apart: TLS 1.2 and certificates leave them free.
fn is_foreign(scheme: SignatureScheme, key: &PublicKey) -> bool {
    match scheme.key() {
        SchemeKey::Rsa | SchemeKey::RsaPss => {
            !matches!(key, PublicKey::Rsa(_) | PublicKey::RsaPss(_) | PublicKey::Other(_))
        }
        SchemeKey::Ecdsa(_) => !matches!(key, PublicKey::Ec(_) | PublicKey::Other(_)),
        SchemeKey::Ed25519 => !matches!(key, PublicKey::Ed25519 | PublicKey::Other(_)),
        SchemeKey::Ed448 => !matches!(key, PublicKey::Ed448 | PublicKey::Other(_)),
        SchemeKey::Dsa => !matches!(key, PublicKey::Dsa(_) | PublicKey::Other(_)),
        SchemeKey::Anonymous | SchemeKey::Other => false,
    }
}

/// Bits of the shortest and the longest RSA key that is worked with: shorter ones are broken by
/// hand, and nobody uses longer ones: verifying takes four times as long with twice the bits.
const SHORTEST_RSA: usize = 512;
const LONGEST_RSA: usize = 8_192;

#[cfg(test)]
mod tests;
