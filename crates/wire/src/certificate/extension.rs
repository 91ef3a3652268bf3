//! The extensions of a certificate (RFC 5280, 4.1.2.9 and 4.2), each read when somebody asks for it.

use x509_parser::asn1_rs::{FromDer, Oid, oid};
use x509_parser::extensions::{ParsedExtension, X509Extension};

use crate::der::{self, expect, whole};
use crate::malformed::Malformed;
use crate::reader::Reader;

/// The list of them, of which each is known to be one.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Extensions<'a>(&'a [u8]);

/// One of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Extension<'a> {
    /// Which it is: the content of its object identifier.
    pub(super) oid: &'a [u8],
    /// Whether a verifier that does not know it must refuse.
    pub(super) critical: bool,
    /// What it holds.
    pub(super) value: &'a [u8],
    whole: &'a [u8],
}

impl<'a> Extensions<'a> {
    /// Takes what stands behind the key of a certificate.
    pub(super) fn read(mut fields: Reader<'a>) -> Result<Self, Malformed> {
        if fields.is_empty() {
            return Ok(Self::default());
        }
        let what = "Certificate extensions";
        let mut list = Reader::new(expect(&mut fields, der::EXPLICIT_3, what)?);
        let all = expect(&mut list, der::SEQUENCE, what)?;
        if !list.is_empty() || !fields.is_empty() {
            return Err(fields.malformed(what, 0));
        }
        let mut rest = Reader::new(all);
        while !rest.is_empty() {
            Extension::read(&mut rest)?;
        }
        Ok(Self(all))
    }

    /// All of them, in their order.
    pub(super) fn all(self) -> impl Iterator<Item = Extension<'a>> {
        let mut rest = Reader::new(self.0);
        std::iter::from_fn(move || Extension::read(&mut rest).ok())
    }

    /// The first of a kind whose content can be read.
    pub(super) fn find<T>(
        self,
        kind: &Oid<'_>,
        read: impl Fn(&Extension<'a>, &ParsedExtension<'a>) -> Option<T>,
    ) -> Option<T> {
        let mut own = self.all().filter(|extension| extension.oid == kind.as_bytes());
        own.find_map(|extension| read(&extension, extension.parsed()?.parsed_extension()))
    }
}

impl<'a> Extension<'a> {
    fn read(from: &mut Reader<'a>) -> Result<Self, Malformed> {
        let what = "Certificate extensions";
        let whole = whole(from, der::SEQUENCE, what)?;
        let mut parts = Reader::new(expect(&mut Reader::new(whole), der::SEQUENCE, what)?);
        let oid = expect(&mut parts, der::OID, what)?;
        let critical = match parts.rest().first() {
            Some(&der::BOOLEAN) => expect(&mut parts, der::BOOLEAN, what)? != [0],
            _ => false,
        };
        Ok(Self { oid, critical, value: expect(&mut parts, der::OCTETS, what)?, whole })
    }

    /// The same with its content read.
    pub(super) fn parsed(&self) -> Option<X509Extension<'a>> {
        X509Extension::from_der(self.whole).ok().map(|(_, extension)| extension)
    }
}

pub(super) const SUBJECT_KEY_IDENTIFIER: Oid<'static> = oid!(2.5.29.14);
pub(super) const KEY_USAGE: Oid<'static> = oid!(2.5.29.15);
pub(super) const SUBJECT_ALT_NAME: Oid<'static> = oid!(2.5.29.17);
pub(super) const BASIC_CONSTRAINTS: Oid<'static> = oid!(2.5.29.19);
pub(super) const NAME_CONSTRAINTS: Oid<'static> = oid!(2.5.29.30);
pub(super) const CRL_DISTRIBUTION_POINTS: Oid<'static> = oid!(2.5.29.31);
pub(super) const AUTHORITY_KEY_IDENTIFIER: Oid<'static> = oid!(2.5.29.35);
pub(super) const EXTENDED_KEY_USAGE: Oid<'static> = oid!(2.5.29.37);
pub(super) const AUTHORITY_INFORMATION_ACCESS: Oid<'static> = oid!(1.3.6.1.5.5.7.1.1);
/// id-pe-tlsfeature (RFC 7633, 4).
pub(super) const TLS_FEATURE: Oid<'static> = oid!(1.3.6.1.5.5.7.1.24);
