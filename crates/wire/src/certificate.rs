//! An X.509 certificate, read for what explains a failure (RFC 5280).
//!
//! Nothing is verified here. Whatever an accessor cannot read it leaves out, so that a
//! certificate that is odd in one place still tells the rest.

use x509_parser::asn1_rs::{FromDer, Oid, oid};
use x509_parser::certificate::X509Certificate;
use x509_parser::error::X509Error;
use x509_parser::extensions::{DistributionPointName, GeneralName, ParsedExtension};
use x509_parser::nom;
use x509_parser::time::ASN1Time;

use crate::alternative_name::{AlternativeName, alternative_name};
use crate::distinguished_name::{DistinguishedName, hex};
use crate::host::{address, dns_matches};
use crate::malformed::Malformed;
use crate::name_constraints::{NameConstraints, subtrees};
use crate::public_key::{PublicKey, RsaKey, SignatureAlgorithm};
use crate::time::Time;

/// A certificate, borrowed from its DER bytes.
#[derive(Clone, Debug)]
pub struct Certificate<'a> {
    x509: X509Certificate<'a>,
}

/// What the extension extKeyUsage allows the key to be used for (RFC 5280, 4.2.1.12).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExtendedKeyUsage {
    /// Anything.
    pub any: bool,
    /// To be a TLS server.
    pub server_auth: bool,
    /// To be a TLS client.
    pub client_auth: bool,
    /// Something that has nothing to do with TLS.
    pub others: bool,
}

/// What the extension keyUsage allows (RFC 5280, 4.2.1.3), as far as TLS asks for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KeyUsage {
    /// To sign a handshake: ECDHE and DHE suites, TLS 1.3, every client certificate.
    pub digital_signature: bool,
    /// To receive an encrypted secret: the RSA key exchange.
    pub key_encipherment: bool,
    /// To agree on a secret: the DH and ECDH suites without E.
    pub key_agreement: bool,
    /// To sign certificates: authorities.
    pub cert_sign: bool,
    /// To sign revocation lists.
    pub crl_sign: bool,
}

/// The extension basicConstraints (RFC 5280, 4.2.1.9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BasicConstraints {
    /// Whether a verifier that does not know the extension must refuse; authorities need it.
    pub critical: bool,
    /// Whether the subject may issue certificates.
    pub ca: bool,
    /// How many authorities may follow below it.
    pub path_length: Option<u32>,
}

impl<'a> Certificate<'a> {
    /// Reads one certificate; bytes behind it are not looked at.
    ///
    /// # Errors
    /// When the bytes are cut, or a field that every certificate has makes no sense.
    pub fn read(der: &'a [u8]) -> Result<Self, Malformed> {
        match X509Certificate::from_der(der) {
            Ok((_, x509)) => Ok(Self { x509 }),
            Err(error) => Err(malformed(der, error)),
        }
    }

    /// The bytes of the certificate.
    #[inline]
    pub fn der(&self) -> &'a [u8] {
        self.x509.as_raw()
    }

    /// The version: 3 nearly always, 1 for very old or home-made certificates.
    pub fn version(&self) -> u32 {
        self.x509.version.0.saturating_add(1)
    }

    /// The serial number in hexadecimal digits, leading zeros left out.
    pub fn serial(&self) -> String {
        let bytes = self.x509.tbs_certificate.raw_serial();
        let zeros = bytes.iter().take_while(|&&byte| byte == 0).count();
        match bytes.get(zeros..) {
            Some(rest) if !rest.is_empty() => hex(rest),
            _ => "00".to_owned(),
        }
    }

    /// The serial number as DER has it.
    pub fn raw_serial(&self) -> &'a [u8] {
        self.x509.tbs_certificate.raw_serial()
    }

    /// Whom the certificate speaks of.
    #[inline]
    pub fn subject(&self) -> DistinguishedName<'a> {
        DistinguishedName(self.x509.tbs_certificate.subject.as_raw())
    }

    /// Who issued it.
    #[inline]
    pub fn issuer(&self) -> DistinguishedName<'a> {
        DistinguishedName(self.x509.tbs_certificate.issuer.as_raw())
    }

    /// The common name of the subject.
    pub fn common_name(&self) -> Option<String> {
        self.subject().common_name()
    }

    /// From when on the certificate is valid.
    #[inline]
    pub fn not_before(&self) -> Time {
        time(&self.x509.validity.not_before)
    }

    /// Until when the certificate is valid, that second included.
    #[inline]
    pub fn not_after(&self) -> Time {
        time(&self.x509.validity.not_after)
    }

    /// The names in subjectAltName, in the certificate's order.
    pub fn alternative_names(&self) -> Vec<AlternativeName<'a>> {
        self.find(|extension| match extension {
            ParsedExtension::SubjectAlternativeName(names) => Some(&names.general_names),
            _ => None,
        })
        .map_or_else(Vec::new, |names| names.iter().map(alternative_name).collect())
    }

    /// Whether the certificate is good for `host`, a name or an address, by its
    /// subjectAltName alone as RFC 9525 asks. For what older clients did with the common name
    /// see [`Self::common_name_matches_host`].
    pub fn matches_host(&self, host: &str) -> bool {
        let wanted = address(host);
        self.alternative_names().iter().any(|name| match (name, wanted) {
            (AlternativeName::Dns(name), None) => dns_matches(name, host),
            (AlternativeName::Ip(ip), Some(wanted)) => *ip == wanted,
            _ => false,
        })
    }

    /// Whether the common name is `host`, for clients that still look there.
    pub fn common_name_matches_host(&self, host: &str) -> bool {
        self.common_name().is_some_and(|name| match (address(&name), address(host)) {
            (None, None) => dns_matches(&name, host),
            (name, host) => name == host,
        })
    }

    /// What extKeyUsage allows; `None` where the extension is absent, which allows all.
    pub fn extended_key_usage(&self) -> Option<ExtendedKeyUsage> {
        self.find(|extension| match extension {
            ParsedExtension::ExtendedKeyUsage(usage) => Some(ExtendedKeyUsage {
                any: usage.any,
                server_auth: usage.server_auth,
                client_auth: usage.client_auth,
                others: usage.code_signing
                    || usage.email_protection
                    || usage.time_stamping
                    || usage.ocsp_signing
                    || !usage.other.is_empty(),
            }),
            _ => None,
        })
    }

    /// What keyUsage allows; `None` where the extension is absent, which allows all.
    pub fn key_usage(&self) -> Option<KeyUsage> {
        self.find(|extension| match extension {
            ParsedExtension::KeyUsage(usage) => Some(KeyUsage {
                digital_signature: usage.digital_signature(),
                key_encipherment: usage.key_encipherment(),
                key_agreement: usage.key_agreement(),
                cert_sign: usage.key_cert_sign(),
                crl_sign: usage.crl_sign(),
            }),
            _ => None,
        })
    }

    /// The extension basicConstraints; `None` where it is absent.
    pub fn basic_constraints(&self) -> Option<BasicConstraints> {
        self.x509.extensions().iter().find_map(|extension| match extension.parsed_extension() {
            ParsedExtension::BasicConstraints(constraints) => Some(BasicConstraints {
                critical: extension.critical,
                ca: constraints.ca,
                path_length: constraints.path_len_constraint,
            }),
            _ => None,
        })
    }

    /// The names that the subject may issue certificates for; `None` where the extension is absent,
    /// which allows all.
    pub fn name_constraints(&self) -> Option<NameConstraints<'a>> {
        self.find(|extension| match extension {
            ParsedExtension::NameConstraints(constraints) => Some(NameConstraints {
                permitted: subtrees(constraints.permitted_subtrees.as_deref()),
                excluded: subtrees(constraints.excluded_subtrees.as_deref()),
            }),
            _ => None,
        })
    }

    /// Whether subject and issuer are the same: a root, or a certificate that vouches for
    /// itself.
    pub fn is_self_issued(&self) -> bool {
        self.subject().matches(&self.issuer())
    }

    /// The number by which others point at this key (RFC 5280, 4.2.1.2).
    pub fn subject_key_id(&self) -> Option<&'a [u8]> {
        self.find(|extension| match extension {
            ParsedExtension::SubjectKeyIdentifier(id) => Some(id.0),
            _ => None,
        })
    }

    /// The number by which this certificate points at its issuer's key (RFC 5280, 4.2.1.1).
    pub fn authority_key_id(&self) -> Option<&'a [u8]> {
        self.find(|extension| match extension {
            ParsedExtension::AuthorityKeyIdentifier(id) => {
                id.key_identifier.as_ref().map(|identifier| identifier.0)
            }
            _ => None,
        })
    }

    /// Whether `other` looks like the issuer: its subject is this issuer, and the key numbers
    /// agree where both are there. The signature is not checked.
    pub fn is_issued_by(&self, other: &Certificate<'_>) -> bool {
        let same_key = match (self.authority_key_id(), other.subject_key_id()) {
            (Some(wanted), Some(given)) => wanted == given,
            _ => true,
        };
        same_key && self.issuer().matches(&other.subject())
    }

    /// The public key.
    pub fn public_key(&self) -> PublicKey {
        PublicKey::read(&self.x509.tbs_certificate.subject_pki)
    }

    /// The bytes of the key, as the field subjectPublicKey holds them (RFC 5280, 4.1.2.7): a point
    /// on the curve, an Edwards key; of RSA two numbers, see [`Self::rsa_key`].
    pub fn key_bytes(&self) -> &[u8] {
        &self.x509.tbs_certificate.subject_pki.subject_public_key.data
    }

    /// The whole field subjectPublicKeyInfo in DER: two certificates with the same are of one key.
    pub fn key_info(&self) -> &'a [u8] {
        self.x509.tbs_certificate.subject_pki.raw
    }

    /// The numbers of an RSA key.
    pub fn rsa_key(&self) -> Option<RsaKey<'_>> {
        RsaKey::read(self.key_bytes())
    }

    /// What the issuer has signed, in DER (RFC 5280, 4.1.1.1).
    pub fn signed(&self) -> &[u8] {
        self.x509.tbs_certificate.as_ref()
    }

    /// The issuer's signature (RFC 5280, 4.1.1.3).
    pub fn signature(&self) -> &[u8] {
        &self.x509.signature_value.data
    }

    /// Whether the algorithm that stands beside the signature is the one that was signed (RFC 5280,
    /// 4.1.1.2).
    pub fn has_one_algorithm(&self) -> bool {
        self.x509.signature_algorithm == self.x509.tbs_certificate.signature
    }

    /// How the certificate is signed.
    pub fn signature_algorithm(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::read(&self.x509.signature_algorithm)
    }

    /// Where the issuer's certificate can be fetched (RFC 5280, 4.2.2.1).
    pub fn ca_issuers(&self) -> Vec<&'a str> {
        self.access(&CA_ISSUERS)
    }

    /// Where to ask over OCSP whether the certificate is revoked.
    pub fn ocsp(&self) -> Vec<&'a str> {
        self.access(&OCSP)
    }

    /// Where the revocation list can be fetched (RFC 5280, 4.2.1.13).
    pub fn revocation_lists(&self) -> Vec<&'a str> {
        let points = self.find(|extension| match extension {
            ParsedExtension::CRLDistributionPoints(points) => Some(points),
            _ => None,
        });
        let names = points.into_iter().flat_map(|points| points.iter()).filter_map(|point| {
            match point.distribution_point.as_ref()? {
                DistributionPointName::FullName(names) => Some(names),
                DistributionPointName::NameRelativeToCRLIssuer(_) => None,
            }
        });
        names.flatten().filter_map(uri).collect()
    }

    /// Whether a server must staple an OCSP answer (RFC 7633).
    pub fn must_staple(&self) -> bool {
        let feature = self.x509.extensions().iter().find(|e| e.oid == TLS_FEATURE);
        // A sequence of integers; 5 is status_request.
        feature.is_some_and(|extension| extension.value.windows(3).any(|i| i == [2, 1, 5]))
    }

    /// The critical extensions that this crate cannot read, dotted: a verifier that does not
    /// know them either must refuse the certificate (RFC 5280, 4.2).
    pub fn unknown_critical(&self) -> Vec<String> {
        let unknown = self.x509.extensions().iter().filter(|extension| {
            let unread = matches!(
                extension.parsed_extension(),
                ParsedExtension::UnsupportedExtension { .. } | ParsedExtension::ParseError { .. }
            );
            extension.critical && unread && extension.oid != TLS_FEATURE
        });
        unknown.map(|extension| extension.oid.to_id_string()).collect()
    }

    /// The first extension that `read` understands.
    fn find<'s, T>(&'s self, read: impl Fn(&'s ParsedExtension<'a>) -> Option<T>) -> Option<T> {
        self.x509.extensions().iter().find_map(|extension| read(extension.parsed_extension()))
    }

    /// The URIs of one method in authorityInfoAccess.
    fn access(&self, method: &Oid<'_>) -> Vec<&'a str> {
        let access = self.find(|extension| match extension {
            ParsedExtension::AuthorityInfoAccess(access) => Some(access),
            _ => None,
        });
        let descriptions = access.into_iter().flat_map(|access| access.iter());
        descriptions
            .filter(|description| description.access_method == *method)
            .filter_map(|description| uri(&description.access_location))
            .collect()
    }
}

fn time(time: &ASN1Time) -> Time {
    Time::from_parts(time.timestamp(), 0)
}

fn uri<'a>(name: &GeneralName<'a>) -> Option<&'a str> {
    match name {
        GeneralName::URI(uri) => Some(uri),
        _ => None,
    }
}

/// Says what was wrong: a cut where the outer length promises more than there is, else the
/// field that made no sense.
fn malformed(der: &[u8], error: nom::Err<X509Error>) -> Malformed {
    let needed = match *der {
        [0x30, 0x82, high, low, ..] => 4 + usize::from(u16::from_be_bytes([high, low])),
        [0x30, 0x81, length, ..] => 3 + usize::from(length),
        [0x30, length @ 0..=0x7f, ..] => 2 + usize::from(length),
        [] => 1,
        _ => 0,
    };
    let what = match X509Error::from(error) {
        _ if needed > der.len() => "Certificate",
        X509Error::InvalidVersion => "Certificate version",
        X509Error::InvalidSerial => "Certificate serialNumber",
        X509Error::InvalidAlgorithmIdentifier => "Certificate signature algorithm",
        X509Error::InvalidX509Name => "Certificate issuer or subject",
        X509Error::InvalidDate => "Certificate validity",
        X509Error::InvalidSPKI => "Certificate subjectPublicKeyInfo",
        X509Error::InvalidExtensions | X509Error::DuplicateExtensions => "Certificate extensions",
        X509Error::InvalidSignatureValue => "Certificate signatureValue",
        _ => "Certificate",
    };
    Malformed { what, at: 0, needed, had: der.len() }
}

/// id-ad-caIssuers (RFC 5280, 4.2.2.1).
const CA_ISSUERS: Oid<'static> = oid!(1.3.6.1.5.5.7.48.2);
/// id-ad-ocsp (RFC 5280, 4.2.2.1).
const OCSP: Oid<'static> = oid!(1.3.6.1.5.5.7.48.1);
/// id-pe-tlsfeature (RFC 7633, 4).
const TLS_FEATURE: Oid<'static> = oid!(1.3.6.1.5.5.7.1.24);

#[cfg(test)]
mod tests;
