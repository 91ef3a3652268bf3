//! SOCKS 4, 4a and 5 (RFC 1928, RFC 1929): a dialogue of short binary messages.

use std::net::SocketAddrV4;

use super::{Answer, Denial, Denied, Request};

/// Whether both sides speak SOCKS of the same version.
pub(super) fn speaks(client: &[u8], server: &[u8]) -> bool {
    match client {
        [5, methods @ 1..=255, rest @ ..] => {
            rest.len() >= usize::from(*methods) && matches!(server, [] | [5, ..])
        }
        [4, 1 | 2, ..] => matches!(server, [] | [0, 0x5a..=0x5d, ..]),
        _ => false,
    }
}

/// What follows all the words of a client, or of a server, up to a tunnel that is open.
pub(super) fn behind(own: &[u8]) -> Option<&[u8]> {
    behind_login(own).and_then(address).or_else(|| server_5(own)).or_else(|| version_4(own))
}

/// What a client asks a SOCKS proxy for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SocksRequest<'a> {
    /// 4 or 5.
    pub version: u8,
    /// Where the tunnel shall lead, once the request for it is there. An address of IPv6 is not
    /// read, nor is the name that 4a has behind the address.
    pub target: Option<SocksTarget<'a>>,
}

/// Where a tunnel shall lead (RFC 1928, 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SocksTarget<'a> {
    /// To an address.
    Address(SocketAddrV4),
    /// To a name that the proxy resolves, as it was sent, and a port.
    Name(&'a [u8], u16),
}

/// What a SOCKS proxy says that opens no tunnel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SocksReply {
    /// No method that the client offers is acceptable (RFC 1928, 3).
    NoMethod,
    /// Name and password are wrong (RFC 1929, 2).
    Login,
    /// A code of version 4 (SOCKS, a protocol for TCP proxy across firewalls): 91 to 93.
    Version4(u8),
    /// A code of version 5 (RFC 1928, 6).
    Version5(u8),
}

/// The version, and the target as far as the request for it came.
pub(super) fn request(client: &[u8]) -> Option<Request<'_>> {
    let (version, target) = match client {
        [4, 1 | 2, high, low, a, b, c, d, ..] => {
            let port = u16::from_be_bytes([*high, *low]);
            let address = SocketAddrV4::new([*a, *b, *c, *d].into(), port);
            (4, Some(SocksTarget::Address(address)))
        }
        [version @ (4 | 5), ..] => (*version, behind_login(client).and_then(target)),
        _ => return None,
    };
    Some(Request::Socks(SocksRequest { version, target }))
}

/// The answer that refuses a tunnel.
pub(super) fn denial<'a>(_: &'a [u8], server: &'a [u8]) -> Option<Denial<'a>> {
    let (words, reply) = match server {
        [5, 0xff, ..] => (server, SocksReply::NoMethod),
        [5, _, 1, 1..=255, ..] => (server.get(2..)?, SocksReply::Login),
        [5, _, 1, 0, rest @ ..] | [5, _, rest @ ..] => match rest {
            [5, code @ 1..=255, ..] => (rest, SocksReply::Version5(*code)),
            _ => return None,
        },
        [0, code @ 0x5b..=0x5d, ..] => (server, SocksReply::Version4(*code)),
        _ => return None,
    };
    let (words, answer) = (words.get(..2)?, Answer::Socks(reply));
    Some(Denial { how: Denied::Refused, words, answer })
}

/// What follows the methods of version 5, and name and password if they are sent.
fn behind_login(client: &[u8]) -> Option<&[u8]> {
    let [5, methods, rest @ ..] = client else { return None };
    let rest = rest.get(usize::from(*methods)..)?;
    let [1, name, after @ ..] = rest else { return Some(rest) };
    let [password, after @ ..] = after.get(usize::from(*name)..)? else { return None };
    after.get(usize::from(*password)..)
}

/// The target in a request of version 5: an address of IPv4, or a name.
fn target(request: &[u8]) -> Option<SocksTarget<'_>> {
    match request {
        [5, _, _, 1, a, b, c, d, high, low, ..] => {
            let port = u16::from_be_bytes([*high, *low]);
            Some(SocksTarget::Address(SocketAddrV4::new([*a, *b, *c, *d].into(), port)))
        }
        [5, _, _, 3, length, rest @ ..] => {
            let (name, port) = rest.split_at_checked(usize::from(*length))?;
            Some(SocksTarget::Name(name, u16::from_be_bytes(*port.first_chunk()?)))
        }
        _ => None,
    }
}

/// The method, the verdict on name and password, and the reply.
fn server_5(bytes: &[u8]) -> Option<&[u8]> {
    match bytes {
        [5, _, 1, 0, rest @ ..] | [5, _, rest @ ..] => address(rest),
        _ => None,
    }
}

/// A request or a reply: version, command or code, reserved, and an address with a port.
fn address(bytes: &[u8]) -> Option<&[u8]> {
    let [5, _, 0, kind, rest @ ..] = bytes else { return None };
    let length = match kind {
        1 => 4,
        3 => 1 + usize::from(*rest.first()?),
        4 => 16,
        _ => return None,
    };
    rest.get(length + 2..)
}

/// A request with its user and, if the address is 0.0.0.x, its name; or a reply.
fn version_4(bytes: &[u8]) -> Option<&[u8]> {
    match bytes {
        [0, 0x5a..=0x5d, ..] => bytes.get(8..),
        [4, 1 | 2, _, _, address @ ..] => {
            let (address, rest) = address.split_at_checked(4)?;
            let rest = behind_zero(rest)?;
            if matches!(address, [0, 0, 0, 1..=255]) { behind_zero(rest) } else { Some(rest) }
        }
        _ => None,
    }
}

fn behind_zero(bytes: &[u8]) -> Option<&[u8]> {
    let end = bytes.iter().position(|byte| *byte == 0)?;
    bytes.get(end + 1..)
}
