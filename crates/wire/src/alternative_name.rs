//! A name of any kind, as certificates hold them beside their distinguished name (RFC 5280,
//! 4.2.1.6).

use std::net::IpAddr;

use x509_parser::extensions::GeneralName;

use crate::distinguished_name::DistinguishedName;

/// A name in the extension subjectAltName (RFC 5280, 4.2.1.6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AlternativeName<'a> {
    /// A host name, `*` in front for all hosts of a domain.
    Dns(&'a str),
    /// An address.
    Ip(IpAddr),
    /// A mailbox.
    Email(&'a str),
    /// A URI.
    Uri(&'a str),
    /// A distinguished name.
    Directory(DistinguishedName<'a>),
    /// Another kind of name, or one that cannot be read.
    Other,
}

impl AlternativeName<'_> {
    /// The bytes that are looked at when it is held against a [set](crate::Subtree).
    pub fn size(&self) -> usize {
        match self {
            Self::Dns(name) | Self::Email(name) | Self::Uri(name) => name.len(),
            Self::Ip(_) | Self::Other => 0,
            Self::Directory(name) => name.0.len(),
        }
    }
}

pub(crate) fn alternative_name<'a>(name: &GeneralName<'a>) -> AlternativeName<'a> {
    match name {
        GeneralName::DNSName(name) => AlternativeName::Dns(name),
        GeneralName::RFC822Name(mailbox) => AlternativeName::Email(mailbox),
        GeneralName::URI(uri) => AlternativeName::Uri(uri),
        GeneralName::DirectoryName(name) => {
            AlternativeName::Directory(DistinguishedName(name.as_raw()))
        }
        GeneralName::IPAddress(bytes) => {
            let v4 = <[u8; 4]>::try_from(*bytes).map(IpAddr::from);
            let v6 = <[u8; 16]>::try_from(*bytes).map(IpAddr::from);
            v4.or(v6).map_or(AlternativeName::Other, AlternativeName::Ip)
        }
        _ => AlternativeName::Other,
    }
}
