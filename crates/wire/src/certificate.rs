//! An X.509 certificate, read for what explains a failure (RFC 5280).
//!
//! Nothing is verified here. Whatever an accessor cannot read it leaves out, so that a
//! certificate that is odd in one place still tells the rest.

use x509_parser::asn1_rs::{FromDer, Oid, oid};
use x509_parser::extensions::{DistributionPointName, GeneralName, ParsedExtension};
use x509_parser::time::ASN1Time;

use crate::alternative_name::{AlternativeName, alternative_name};
use crate::der::{self, element, expect, whole};
use crate::distinguished_name::{DistinguishedName, hex};
use crate::host::{address, dns_matches};
use crate::malformed::Malformed;
use crate::name_constraints::{NameConstraints, subtrees};
use crate::public_key::{Algorithm, PublicKey, RsaKey, SignatureAlgorithm, dotted};
use crate::reader::Reader;
use crate::time::Time;

mod extension;

use extension::Extensions;

/// A certificate, borrowed from its DER bytes.
///
/// Reading one finds its fields and looks into none of them but the dates: most certificates are
/// read for one field.
#[derive(Clone, Debug)]
pub struct Certificate<'a> {
    der: &'a [u8],
    signed: &'a [u8],
    version: u32,
    serial: &'a [u8],
    signed_algorithm: Algorithm<'a>,
    issuer: &'a [u8],
    not_before: Time,
    not_after: Time,
    subject: &'a [u8],
    key_info: &'a [u8],
    key_algorithm: Algorithm<'a>,
    key: &'a [u8],
    extensions: Extensions<'a>,
    algorithm: Algorithm<'a>,
    signature: &'a [u8],
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
        Self::fields(der).map_err(|error| malformed(der, error.what))
    }

    /// Finds the fields (RFC 5280, 4.1).
    fn fields(der: &'a [u8]) -> Result<Self, Malformed> {
        let what = "Certificate";
        let der = whole(&mut Reader::new(der), der::SEQUENCE, what)?;
        let mut parts = Reader::new(expect(&mut Reader::new(der), der::SEQUENCE, what)?);
        let signed = whole(&mut parts, der::SEQUENCE, what)?;
        let algorithm = Algorithm::read(&mut parts, "Certificate signature algorithm")?;
        let signature = der::bits(&mut parts, "Certificate signatureValue")?;

        let mut fields = Reader::new(expect(&mut Reader::new(signed), der::SEQUENCE, what)?);
        let version = match fields.rest().first() {
            Some(&der::EXPLICIT_0) => version(&mut fields)?,
            _ => 1,
        };
        let serial = expect(&mut fields, der::INTEGER, "Certificate serialNumber")?;
        let signed_algorithm = Algorithm::read(&mut fields, "Certificate signature algorithm")?;
        let name = "Certificate issuer or subject";
        let issuer = whole(&mut fields, der::SEQUENCE, name)?;
        let what = "Certificate validity";
        let mut validity = Reader::new(expect(&mut fields, der::SEQUENCE, what)?);
        let not_before = time(&mut validity, what)?;
        let not_after = time(&mut validity, what)?;
        let subject = whole(&mut fields, der::SEQUENCE, name)?;
        let what = "Certificate subjectPublicKeyInfo";
        let key_info = whole(&mut fields, der::SEQUENCE, what)?;
        let mut info = Reader::new(expect(&mut Reader::new(key_info), der::SEQUENCE, what)?);
        let key_algorithm = Algorithm::read(&mut info, what)?;
        let key = der::bits(&mut info, what)?;
        // issuerUniqueID and subjectUniqueID, which nobody has.
        for number in [1, 2] {
            if fields.rest().first().is_some_and(|tag| tag & !CONSTRUCTED == IMPLICIT | number) {
                element(&mut fields, "Certificate extensions")?;
            }
        }
        Ok(Self {
            der,
            signed,
            version,
            serial,
            signed_algorithm,
            issuer,
            not_before,
            not_after,
            subject,
            key_info,
            key_algorithm,
            key,
            extensions: Extensions::read(fields)?,
            algorithm,
            signature,
        })
    }

    /// The bytes of the certificate.
    #[inline]
    pub fn der(&self) -> &'a [u8] {
        self.der
    }

    /// The version: 3 nearly always, 1 for very old or home-made certificates.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// The serial number in hexadecimal digits, leading zeros left out.
    pub fn serial(&self) -> String {
        let zeros = self.serial.iter().take_while(|&&byte| byte == 0).count();
        match self.serial.get(zeros..) {
            Some(rest) if !rest.is_empty() => hex(rest),
            _ => "00".to_owned(),
        }
    }

    /// The serial number as DER has it.
    pub fn raw_serial(&self) -> &'a [u8] {
        self.serial
    }

    /// Whom the certificate speaks of.
    #[inline]
    pub fn subject(&self) -> DistinguishedName<'a> {
        DistinguishedName(self.subject)
    }

    /// Who issued it.
    #[inline]
    pub fn issuer(&self) -> DistinguishedName<'a> {
        DistinguishedName(self.issuer)
    }

    /// The common name of the subject.
    pub fn common_name(&self) -> Option<String> {
        self.subject().common_name()
    }

    /// From when on the certificate is valid.
    #[inline]
    pub fn not_before(&self) -> Time {
        self.not_before
    }

    /// Until when the certificate is valid, that second included.
    #[inline]
    pub fn not_after(&self) -> Time {
        self.not_after
    }

    /// The names in subjectAltName, in the certificate's order.
    pub fn alternative_names(&self) -> Vec<AlternativeName<'a>> {
        let names = self.find(&extension::SUBJECT_ALT_NAME, |extension| match extension {
            ParsedExtension::SubjectAlternativeName(names) => {
                Some(names.general_names.iter().map(alternative_name).collect())
            }
            _ => None,
        });
        names.unwrap_or_default()
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
        self.find(&extension::EXTENDED_KEY_USAGE, |extension| match extension {
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
        self.find(&extension::KEY_USAGE, |extension| match extension {
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
        self.extensions.find(&extension::BASIC_CONSTRAINTS, |extension, parsed| match parsed {
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
        self.find(&extension::NAME_CONSTRAINTS, |extension| match extension {
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
        self.find(&extension::SUBJECT_KEY_IDENTIFIER, |extension| match extension {
            ParsedExtension::SubjectKeyIdentifier(id) => Some(id.0),
            _ => None,
        })
    }

    /// The number by which this certificate points at its issuer's key (RFC 5280, 4.2.1.1).
    pub fn authority_key_id(&self) -> Option<&'a [u8]> {
        self.find(&extension::AUTHORITY_KEY_IDENTIFIER, |extension| match extension {
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
        PublicKey::read(&self.key_algorithm, self.key)
    }

    /// The bytes of the key, as the field subjectPublicKey holds them (RFC 5280, 4.1.2.7): a point
    /// on the curve, an Edwards key; of RSA two numbers, see [`Self::rsa_key`].
    pub fn key_bytes(&self) -> &'a [u8] {
        self.key
    }

    /// The whole field subjectPublicKeyInfo in DER: two certificates with the same are of one key.
    pub fn key_info(&self) -> &'a [u8] {
        self.key_info
    }

    /// The numbers of an RSA key.
    pub fn rsa_key(&self) -> Option<RsaKey<'a>> {
        RsaKey::read(self.key)
    }

    /// What the issuer has signed, in DER (RFC 5280, 4.1.1.1).
    pub fn signed(&self) -> &'a [u8] {
        self.signed
    }

    /// The issuer's signature (RFC 5280, 4.1.1.3).
    pub fn signature(&self) -> &'a [u8] {
        self.signature
    }

    /// Whether the algorithm that stands beside the signature is the one that was signed (RFC 5280,
    /// 4.1.1.2).
    pub fn has_one_algorithm(&self) -> bool {
        self.algorithm == self.signed_algorithm
    }

    /// How the certificate is signed.
    pub fn signature_algorithm(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::read(&self.algorithm)
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
        let lists = self.find(&extension::CRL_DISTRIBUTION_POINTS, |extension| match extension {
            ParsedExtension::CRLDistributionPoints(points) => {
                let names =
                    points.iter().filter_map(|point| match point.distribution_point.as_ref()? {
                        DistributionPointName::FullName(names) => Some(names),
                        DistributionPointName::NameRelativeToCRLIssuer(_) => None,
                    });
                Some(names.flatten().filter_map(uri).collect())
            }
            _ => None,
        });
        lists.unwrap_or_default()
    }

    /// Whether a server must staple an OCSP answer (RFC 7633).
    pub fn must_staple(&self) -> bool {
        let feature = self.extensions.all().find(|it| it.oid == extension::TLS_FEATURE.as_bytes());
        // A sequence of integers; 5 is status_request.
        feature.is_some_and(|extension| extension.value.windows(3).any(|i| i == [2, 1, 5]))
    }

    /// The critical extensions that this crate cannot read, dotted: a verifier that does not
    /// know them either must refuse the certificate (RFC 5280, 4.2).
    pub fn unknown_critical(&self) -> Vec<String> {
        let unread = |parsed: &ParsedExtension<'_>| {
            matches!(
                parsed,
                ParsedExtension::UnsupportedExtension { .. } | ParsedExtension::ParseError { .. }
            )
        };
        let critical = self.extensions.all().filter(|extension| extension.critical);
        let unknown = critical.filter(|extension| {
            extension.oid != extension::TLS_FEATURE.as_bytes()
                && extension.parsed().is_none_or(|it| unread(it.parsed_extension()))
        });
        unknown.map(|extension| dotted(extension.oid)).collect()
    }

    /// What `read` understands of the first extension of a kind.
    fn find<T>(
        &self,
        kind: &Oid<'_>,
        read: impl Fn(&ParsedExtension<'a>) -> Option<T>,
    ) -> Option<T> {
        self.extensions.find(kind, |_, parsed| read(parsed))
    }

    /// The URIs of one method in authorityInfoAccess.
    fn access(&self, method: &Oid<'_>) -> Vec<&'a str> {
        let access = |extension: &ParsedExtension<'a>| match extension {
            ParsedExtension::AuthorityInfoAccess(access) => {
                let of = access.iter().filter(|it| it.access_method == *method);
                Some(of.filter_map(|description| uri(&description.access_location)).collect())
            }
            _ => None,
        };
        self.find(&extension::AUTHORITY_INFORMATION_ACCESS, access).unwrap_or_default()
    }
}

/// The version behind its tag (RFC 5280, 4.1.2.1).
fn version(fields: &mut Reader<'_>) -> Result<u32, Malformed> {
    let what = "Certificate version";
    let number = expect(fields, der::EXPLICIT_0, what)?;
    match expect(&mut Reader::new(number), der::INTEGER, what)? {
        [number @ 0..=0x7f] => Ok(u32::from(*number) + 1),
        _ => Err(fields.malformed(what, 0)),
    }
}

/// A date, in the two forms that the RFC allows or in one that others write.
fn time(from: &mut Reader<'_>, what: &'static str) -> Result<Time, Malformed> {
    let rest = from.rest();
    let (tag, text) = element(from, what)?;
    let odd = || {
        let (_, time) = ASN1Time::from_der(rest).ok()?;
        Some(Time::from_parts(time.timestamp(), 0))
    };
    der::time(tag, text).or_else(odd).ok_or_else(|| from.malformed(what, 0))
}

fn uri<'a>(name: &GeneralName<'a>) -> Option<&'a str> {
    match name {
        GeneralName::URI(uri) => Some(uri),
        _ => None,
    }
}

/// Says what was wrong: a cut where the outer length promises more than there is, else the
/// field that made no sense.
fn malformed(der: &[u8], what: &'static str) -> Malformed {
    let needed = match *der {
        [0x30, 0x82, high, low, ..] => 4 + usize::from(u16::from_be_bytes([high, low])),
        [0x30, 0x81, length, ..] => 3 + usize::from(length),
        [0x30, length @ 0..=0x7f, ..] => 2 + usize::from(length),
        [] => 1,
        _ => 0,
    };
    let what = if needed > der.len() { "Certificate" } else { what };
    Malformed { what, at: 0, needed, had: der.len() }
}

/// id-ad-caIssuers (RFC 5280, 4.2.2.1).
const CA_ISSUERS: Oid<'static> = oid!(1.3.6.1.5.5.7.48.2);
/// id-ad-ocsp (RFC 5280, 4.2.2.1).
const OCSP: Oid<'static> = oid!(1.3.6.1.5.5.7.48.1);
/// The class of a tag whose meaning its place gives, and the bit of elements that hold others
/// (X.690, 8.1.2).
const IMPLICIT: u8 = 0x80;
const CONSTRUCTED: u8 = 0x20;

#[cfg(test)]
mod tests;
