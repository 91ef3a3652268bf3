//! The other end, as a log writes it.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// An end of a connection: what a line tells of it, which may be a name, an address, or both.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Peer {
    /// Its address; a v4 address inside of a v6 one is the v4 address.
    pub address: Option<IpAddr>,
    /// Its port.
    pub port: Option<u16>,
    /// Its name.
    pub name: Option<String>,
}

/// The longest host name (RFC 1035 §2.3.4); what is longer is no name.
const MAX_NAME: usize = 253;

impl Peer {
    /// Reads `192.0.2.7`, `192.0.2.7:443`, `[2001:db8::7]:443`, `mail.example.test[192.0.2.7]:25`,
    /// `example.test/192.0.2.7:443`, `192.0.2.7/443`, `192.0.2.7#443`, `example.test:443`. `None`
    /// for what is none of them, and for the words that logs write where they know no address.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim_matches(|c: char| c == '/' || c.is_whitespace());
        let text = text.strip_suffix(':').unwrap_or(text);
        // Java writes the name, a slash and the address; others put the address into brackets.
        // Cisco puts the slash between the address and the port.
        if let Some((name, address)) = text.split_once('/') {
            if let (Ok(address), Ok(port)) = (name.parse::<IpAddr>(), address.parse()) {
                return Some(Self {
                    address: Some(address.to_canonical()),
                    port: Some(port),
                    name: None,
                });
            }
            return Self::socket(address).map(|peer| peer.named(name));
        }
        if let Some((name, rest)) = text.split_once('[')
            && !name.is_empty()
        {
            let (address, port) = rest.split_once(']')?;
            let peer = Self::socket(address)?;
            let port = port.strip_prefix(':').and_then(|port| port.parse().ok()).or(peer.port);
            return Some(Self { port, ..peer }.named(name));
        }
        Self::socket(text).or_else(|| Self::host(text))
    }

    /// An address with or without a port.
    fn socket(text: &str) -> Option<Self> {
        let of = |address: IpAddr, port| Self {
            address: Some(address.to_canonical()),
            port,
            name: None,
        };
        if let Ok(socket) = text.parse::<SocketAddr>() {
            return Some(of(socket.ip(), Some(socket.port())));
        }
        let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
        let bare = bare.split_once('%').map_or(bare, |(address, _zone)| address);
        if let Ok(address) = bare.parse::<IpAddr>() {
            return Some(of(address, None));
        }
        let (address, port) = text.split_once('#').or_else(|| text.rsplit_once(':'))?;
        let port = Some(port.parse().ok()?);
        let address = address.strip_prefix('[').unwrap_or(address);
        let address = address.strip_suffix(']').unwrap_or(address);
        match address.parse::<IpAddr>() {
            Ok(address) => Some(of(address, port)),
            // Java before 13 writes v6 addresses without brackets.
            Err(_) => address.parse::<Ipv6Addr>().ok().map(|address| of(address.into(), port)),
        }
    }

    /// A name with or without a port.
    fn host(text: &str) -> Option<Self> {
        let (name, port) = match text.rsplit_once(':') {
            Some((name, port)) => (name, Some(port.parse().ok()?)),
            None => (text, None),
        };
        let peer = Self { address: None, port, name: None }.named(name);
        peer.name.is_some().then_some(peer)
    }

    /// The same with a name, if it is one.
    fn named(mut self, name: &str) -> Self {
        let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        let name = name.trim_end_matches('.');
        let is_name = name.contains(|c: char| c.is_ascii_alphabetic())
            && name.len() <= MAX_NAME
            && name.chars().all(good)
            && !NOBODY.contains(&name);
        self.name = is_name.then(|| name.to_owned());
        self
    }
}

/// What logs write where they know no name.
const NOBODY: &[&str] = &["unknown", "UNKNOWN", "null", "none", "-", "unix"];

/// `192.0.2.7:443`, `[2001:db8::7]:443`, `mail.example.test 192.0.2.7`.
impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(name) = &self.name {
            f.write_str(name)?;
            if self.address.is_some() {
                f.write_str(" ")?;
            }
        }
        match (self.address, self.port) {
            (Some(address), Some(port)) => SocketAddr::new(address, port).fmt(f),
            (Some(address), None) => address.fmt(f),
            (None, Some(port)) => write!(f, ":{port}"),
            (None, None) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every way to write an end is read, and written in one way.
    #[test]
    fn ends_are_read_in_every_form() {
        for (text, expected) in [
            ("192.0.2.7", "192.0.2.7"),
            ("192.0.2.7:443", "192.0.2.7:443"),
            ("/192.0.2.7:443", "192.0.2.7:443"),
            ("[2001:db8::7]:443", "[2001:db8::7]:443"),
            ("2001:db8::7", "2001:db8::7"),
            ("[2001:db8::7]", "2001:db8::7"),
            ("::ffff:192.0.2.7", "192.0.2.7"),
            ("[::ffff:192.0.2.7]:5", "192.0.2.7:5"),
            ("mail.example.test[192.0.2.7]:25", "mail.example.test 192.0.2.7:25"),
            ("unknown[192.0.2.7]", "192.0.2.7"),
            ("example.test/192.0.2.7:443", "example.test 192.0.2.7:443"),
            ("192.0.2.7#853", "192.0.2.7:853"),
            ("192.0.2.7/443", "192.0.2.7:443"),
            ("2001:db8::7/443", "[2001:db8::7]:443"),
            ("example.test:443", "example.test:443"),
            ("example.test", "example.test"),
            ("fe80::1%eth0", "fe80::1"),
        ] {
            assert_eq!(Peer::read(text).map(|peer| peer.to_string()).as_deref(), Some(expected));
        }
        for text in ["", "unknown", "-", "12", "a b", "1.2.3.4.5", "[x"] {
            assert_eq!(Peer::read(text), None, "{text}");
        }
    }
}
