//! Who the parties of a conversation are: a socket, or a station that has no address yet.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

/// One end of a conversation.
///
/// A station that asks for access by IEEE 802.1X speaks TLS before it has an IP address: it is known
/// by its MAC address.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Endpoint {
    /// An IP address and a port of TCP or UDP.
    Socket(SocketAddr),
    /// A station, or the port it asks for access, by its MAC address.
    Station(Mac),
}

/// An [`Endpoint`] without its port: who it is, whichever conversation it has.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Host {
    /// An IP address.
    Ip(IpAddr),
    /// A MAC address.
    Station(Mac),
}

/// A MAC address (EUI-48).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mac(pub [u8; 6]);

impl Endpoint {
    /// The IP address, if there is one.
    #[must_use]
    pub fn ip(self) -> Option<IpAddr> {
        self.host().ip()
    }

    /// The port of TCP or UDP, if there is one.
    #[must_use]
    pub fn port(self) -> Option<u16> {
        match self {
            Self::Socket(socket) => Some(socket.port()),
            Self::Station(_) => None,
        }
    }

    /// The same without the port.
    #[must_use]
    pub fn host(self) -> Host {
        match self {
            Self::Socket(socket) => Host::Ip(socket.ip()),
            Self::Station(mac) => Host::Station(mac),
        }
    }
}

impl Host {
    /// The IP address, if there is one.
    #[must_use]
    pub fn ip(self) -> Option<IpAddr> {
        match self {
            Self::Ip(ip) => Some(ip),
            Self::Station(_) => None,
        }
    }
}

impl Mac {
    /// Reads an address in any spelling that is in use: pairs of digits with colons or hyphens
    /// (RFC 3580, 3.21), four digits with dots, no signs at all. `None` for anything else.
    #[must_use]
    pub fn read(text: &[u8]) -> Option<Self> {
        let mut digits = [0_u8; 12];
        let mut places = digits.iter_mut();
        for byte in text {
            match (*byte as char).to_digit(16) {
                Some(digit) => *places.next()? = digit as u8,
                None if matches!(byte, b'-' | b':' | b'.') => {}
                None => return None,
            }
        }
        if places.next().is_some() {
            return None;
        }
        let (pairs, _) = digits.as_chunks::<2>();
        let mut mac = [0; 6];
        for (byte, [high, low]) in mac.iter_mut().zip(pairs) {
            *byte = high << 4 | low;
        }
        Some(Self(mac))
    }
}

impl From<SocketAddr> for Endpoint {
    fn from(socket: SocketAddr) -> Self {
        Self::Socket(socket)
    }
}

impl From<Mac> for Endpoint {
    fn from(mac: Mac) -> Self {
        Self::Station(mac)
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Socket(socket) => fmt::Display::fmt(socket, f),
            Self::Station(mac) => fmt::Display::fmt(mac, f),
        }
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ip(ip) => fmt::Display::fmt(ip, f),
            Self::Station(mac) => fmt::Display::fmt(mac, f),
        }
    }
}

/// Six pairs of hexadecimal digits with colons between them: `02:00:00:00:00:01`.
impl fmt::Display for Mac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, e, g] = self.0;
        f.pad(&format!("{a:02x}:{b:02x}:{c:02x}:{d:02x}:{e:02x}:{g:02x}"))
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for Mac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every spelling in use names the same station, and nothing else names one.
    #[test]
    fn every_spelling_is_read() {
        let spellings =
            ["02-00-5E-00-53-AF", "02:00:5e:00:53:af", "0200.5e00.53af", "02005E0053AF"];
        for spelling in spellings {
            let mac = Some(Mac([2, 0, 0x5e, 0, 0x53, 0xaf]));
            assert_eq!(Mac::read(spelling.as_bytes()), mac, "{spelling}");
        }
        for other in ["", "02-00-5E-00-53", "02-00-5E-00-53-AF-01", "192.0.2.1", "alice"] {
            assert_eq!(Mac::read(other.as_bytes()), None, "{other}");
        }
    }
}
