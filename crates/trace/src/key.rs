//! What the packets of one conversation have in common, whichever way they go.

use std::net::{IpAddr, SocketAddr};

/// Both ends of a conversation, the smaller first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    addresses: (u128, u128),
    ports: (u16, u16),
}

impl Key {
    #[inline]
    pub(crate) fn new(one: SocketAddr, other: SocketAddr) -> Self {
        let (a, b) = ((number(one.ip()), one.port()), (number(other.ip()), other.port()));
        let (first, second) = if a <= b { (a, b) } else { (b, a) };
        Self { addresses: (first.0, second.0), ports: (first.1, second.1) }
    }
}

/// An address as one number; IPv4 keeps clear of every IPv6 address in use (RFC 4291, 2.5.5.2).
#[inline]
fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => v4.to_ipv6_mapped().to_bits(),
        IpAddr::V6(v6) => v6.to_bits(),
    }
}
