//! What the packets of one conversation have in common, whichever way they go.

use std::hash::{Hash, Hasher};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// Both ends of a conversation, the smaller first. IPv4, which most captures hold, is short.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    V4(Ends<u32>),
    V6(Ends<u128>),
}

/// Two addresses, and their ports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ends<A> {
    addresses: [A; 2],
    ports: [u16; 2],
}

impl Key {
    /// The key of what goes between two ends, and whether the first named is its second end.
    #[inline]
    pub(crate) fn between(one: (IpAddr, u16), other: (IpAddr, u16)) -> (Self, bool) {
        match (one.0, other.0) {
            (IpAddr::V4(a), IpAddr::V4(b)) => {
                let (ends, turned) = Ends::of((a.to_bits(), one.1), (b.to_bits(), other.1));
                (Self::V4(ends), turned)
            }
            (a, b) => {
                let (ends, turned) = Ends::of((number(a), one.1), (number(b), other.1));
                (Self::V6(ends), turned)
            }
        }
    }

    /// The key of what goes between two sockets.
    #[inline]
    pub(crate) fn new(one: SocketAddr, other: SocketAddr) -> Self {
        Self::between((one.ip(), one.port()), (other.ip(), other.port())).0
    }

    /// Both ends.
    pub(crate) fn ends(&self) -> [SocketAddr; 2] {
        match self {
            Self::V4(ends) => ends.sockets(|bits| IpAddr::V4(Ipv4Addr::from_bits(bits))),
            Self::V6(ends) => ends.sockets(|bits| IpAddr::V6(Ipv6Addr::from_bits(bits))),
        }
    }
}

impl<A: Copy + Ord> Ends<A> {
    #[inline]
    fn of(one: (A, u16), other: (A, u16)) -> (Self, bool) {
        let turned = other < one;
        let (first, second) = if turned { (other, one) } else { (one, other) };
        (Self { addresses: [first.0, second.0], ports: [first.1, second.1] }, turned)
    }

    fn sockets(&self, address: impl Fn(A) -> IpAddr) -> [SocketAddr; 2] {
        let ([a, b], [first, second]) = (self.addresses, self.ports);
        [SocketAddr::new(address(a), first), SocketAddr::new(address(b), second)]
    }
}

impl Hash for Key {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        let ports = |[first, second]: [u16; 2]| u32::from(first) << 16 | u32::from(second);
        match self {
            Self::V4(Ends { addresses: [a, b], ports: of }) => {
                state.write_u64(u64::from(*a) << 32 | u64::from(*b));
                state.write_u32(ports(*of));
            }
            Self::V6(Ends { addresses: [a, b], ports: of }) => {
                state.write_u128(*a);
                state.write_u128(*b);
                state.write_u32(ports(*of));
            }
        }
    }
}

/// An address as one number, where one of two is not IPv4; IPv4 keeps clear of every IPv6 address in
/// use (RFC 4291, 2.5.5.2).
#[inline]
fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => v4.to_ipv6_mapped().to_bits(),
        IpAddr::V6(v6) => v6.to_bits(),
    }
}
