//! The extension nameConstraints: which names an authority may issue certificates for (RFC 5280,
//! 4.2.1.10).

use std::fmt;
use std::net::IpAddr;

use x509_parser::extensions::{GeneralName, GeneralSubtree};

use crate::alternative_name::{AlternativeName, alternative_name};
use crate::distinguished_name::DistinguishedName;
use crate::host::address;

/// What an authority may issue certificates for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameConstraints<'a> {
    /// Of each kind of name that occurs here, only names in one of these.
    pub permitted: Vec<Subtree<'a>>,
    /// No name in any of these.
    pub excluded: Vec<Subtree<'a>>,
}

/// A set of names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subtree<'a> {
    /// A host and all names below it; with a dot in front, those below it alone.
    Dns(&'a str),
    /// The addresses that agree with the first where the second has ones.
    Ip(IpAddr, IpAddr),
    /// A mailbox, all mailboxes of a host, or with a dot in front those of all hosts below it.
    Email(&'a str),
    /// The URIs of a host, or with a dot in front of all hosts below it.
    Uri(&'a str),
    /// The distinguished names that begin with this one.
    Directory(DistinguishedName<'a>),
    /// Names of another kind, or a set that cannot be read.
    Other,
}

pub(crate) fn subtrees<'a>(list: Option<&[GeneralSubtree<'a>]>) -> Vec<Subtree<'a>> {
    list.unwrap_or_default().iter().map(|subtree| read(&subtree.base)).collect()
}

fn read<'a>(base: &GeneralName<'a>) -> Subtree<'a> {
    if let GeneralName::IPAddress(bytes) = base {
        let half = |half: &[u8]| {
            let v4 = <[u8; 4]>::try_from(half).map(IpAddr::from);
            v4.or(<[u8; 16]>::try_from(half).map(IpAddr::from)).ok()
        };
        let halves = bytes.split_at_checked(bytes.len() / 2);
        let both = halves.and_then(|(address, mask)| half(address).zip(half(mask)));
        return both.map_or(Subtree::Other, |(address, mask)| Subtree::Ip(address, mask));
    }
    match alternative_name(base) {
        AlternativeName::Dns(name) => Subtree::Dns(name),
        AlternativeName::Email(mailbox) => Subtree::Email(mailbox),
        AlternativeName::Uri(uri) => Subtree::Uri(uri),
        AlternativeName::Directory(name) => Subtree::Directory(name),
        AlternativeName::Ip(_) | AlternativeName::Other => Subtree::Other,
    }
}

impl Subtree<'_> {
    /// The bytes that are looked at when a name is held against it, beside those of the name.
    pub fn size(&self) -> usize {
        match self {
            Self::Dns(base) | Self::Email(base) | Self::Uri(base) => base.len(),
            Self::Ip(..) | Self::Other => 0,
            Self::Directory(name) => name.0.len(),
        }
    }

    /// Whether the set speaks of this kind of name.
    pub fn is_about(&self, name: &AlternativeName<'_>) -> bool {
        matches!(
            (self, name),
            (Self::Dns(_), AlternativeName::Dns(_))
                | (Self::Ip(..), AlternativeName::Ip(_))
                | (Self::Email(_), AlternativeName::Email(_))
                | (Self::Uri(_), AlternativeName::Uri(_))
                | (Self::Directory(_), AlternativeName::Directory(_))
        )
    }

    /// Whether the name is in the set.
    pub fn holds(&self, name: &AlternativeName<'_>) -> bool {
        match (self, name) {
            (Self::Dns(base), AlternativeName::Dns(name)) => is_below(name, base, true),
            (Self::Ip(network, mask), AlternativeName::Ip(address)) => {
                in_network(*address, *network, *mask)
            }
            (Self::Email(base), AlternativeName::Email(mailbox)) => match base.contains('@') {
                true => mailbox.eq_ignore_ascii_case(base),
                false => {
                    let host = mailbox.rsplit_once('@').map_or(*mailbox, |(_, host)| host);
                    is_below(host, base, false)
                }
            },
            (Self::Uri(base), AlternativeName::Uri(uri)) => {
                host_of(uri).is_some_and(|host| is_below(host, base, false))
            }
            (Self::Directory(base), AlternativeName::Directory(name)) => name.is_within(base),
            _ => false,
        }
    }
}

/// The set as people write it.
impl fmt::Display for Subtree<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dns(base) | Self::Email(base) | Self::Uri(base) => f.write_str(base),
            Self::Ip(address, mask) => write!(f, "{address}/{}", ones(*mask)),
            Self::Directory(name) => f.write_str(&name.text().unwrap_or_default()),
            Self::Other => f.write_str("names of another kind"),
        }
    }
}

/// Whether a host is `base`, or with a dot in front of `base`, or where `below` allows it without
/// one, a host below it.
fn is_below(host: &str, base: &str, below: bool) -> bool {
    let ends = |host: &str, base: &str| {
        let at = host.len().checked_sub(base.len());
        at.and_then(|at| host.get(at..)).is_some_and(|end| end.eq_ignore_ascii_case(base))
    };
    if base.is_empty() {
        return true;
    }
    if base.starts_with('.') {
        return host.len() > base.len() && ends(host, base);
    }
    host.eq_ignore_ascii_case(base)
        || (below
            && ends(host, base)
            && host.get(..host.len() - base.len()).is_some_and(|front| front.ends_with('.')))
}

fn in_network(address: IpAddr, network: IpAddr, mask: IpAddr) -> bool {
    match (address, network, mask) {
        (IpAddr::V4(address), IpAddr::V4(network), IpAddr::V4(mask)) => {
            address.to_bits() & mask.to_bits() == network.to_bits() & mask.to_bits()
        }
        (IpAddr::V6(address), IpAddr::V6(network), IpAddr::V6(mask)) => {
            address.to_bits() & mask.to_bits() == network.to_bits() & mask.to_bits()
        }
        _ => false,
    }
}

/// The bits of a mask that are set.
fn ones(mask: IpAddr) -> u32 {
    match mask {
        IpAddr::V4(mask) => mask.to_bits().count_ones(),
        IpAddr::V6(mask) => mask.to_bits().count_ones(),
    }
}

/// The host of a URI; constraints speak of names alone, never of addresses.
fn host_of(uri: &str) -> Option<&str> {
    let (_, rest) = uri.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let place = authority.rsplit_once('@').map_or(authority, |(_, place)| place);
    let host = place.split(':').next().filter(|host| !host.is_empty())?;
    address(place).is_none().then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of RFC 5280, 4.2.1.10, and the dot in front that all verifiers know for hosts.
    #[test]
    fn sets_hold_what_the_rfc_says() {
        let dns = |base, name| Subtree::Dns(base).holds(&AlternativeName::Dns(name));
        assert!(
            dns("host.example.com", "my.host.example.com") && dns("example.com", "EXAMPLE.com")
        );
        assert!(!dns("host.example.com", "myhost.example.com") && !dns("example.com", "com"));
        assert!(dns(".example.com", "a.example.com") && !dns(".example.com", "example.com"));
        assert!(dns("", "any.test") && dns("example.com", "*.example.com"));
        let mail = |base, name| Subtree::Email(base).holds(&AlternativeName::Email(name));
        assert!(mail("example.com", "root@example.com") && !mail("example.com", "a@x.example.com"));
        assert!(mail(".example.com", "a@x.example.com") && !mail(".example.com", "a@example.com"));
        assert!(mail("root@example.com", "root@example.com"));
        assert!(!mail("root@example.com", "toor@example.com"));
        let uri = |base, name| Subtree::Uri(base).holds(&AlternativeName::Uri(name));
        assert!(
            uri("example.com", "https://u@example.com:8443/x") && uri(".test", "ldap://a.test")
        );
        assert!(!uri("example.com", "https://a.example.com") && !uri("test", "urn:test"));
        assert!(!uri("7", "https://192.0.2.7/"));
    }

    /// An address agrees with the network where the mask has ones, and only in its own family.
    #[test]
    fn networks_hold_their_addresses() {
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        let ten = Subtree::Ip(ip("10.0.0.0"), ip("255.0.0.0"));
        assert!(ten.holds(&AlternativeName::Ip(ip("10.9.8.7"))));
        assert!(!ten.holds(&AlternativeName::Ip(ip("11.9.8.7"))));
        assert!(!ten.holds(&AlternativeName::Ip(ip("::a00:1"))));
        assert!(ten.is_about(&AlternativeName::Ip(ip("::1"))));
        assert_eq!(ten.to_string(), "10.0.0.0/8");
        let six = Subtree::Ip(ip("2001:db8::"), ip("ffff:ffff::"));
        assert!(six.holds(&AlternativeName::Ip(ip("2001:db8::7"))));
    }
}
