//! What a router says of a datagram that was too large for the next link: "fragmentation needed" of
//! ICMP (RFC 792 and RFC 1191, 4) and "packet too big" of ICMPv6 (RFC 4443, 3.2).
//!
//! Where these are filtered, large packets vanish and nobody learns why; where one was captured, it
//! is the proof.

use core::net::SocketAddr;

use crate::{Datagram, Reader, ip};

/// A router could not pass a datagram on, because the next link takes only smaller ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooBig {
    /// The largest datagram that the next link takes, in bytes with the IP header; 0 where a router
    /// from before RFC 1191 does not say.
    pub mtu: u32,
    /// Who had sent the datagram.
    pub source: SocketAddr,
    /// Whom it was for.
    pub destination: SocketAddr,
    /// The length of the datagram in bytes, without its IP header.
    pub length: usize,
    /// The transport protocol of the datagram.
    pub protocol: u8,
}

/// Reads what a router says, if that is what this datagram is and it was about TCP or UDP.
#[must_use]
pub fn too_big(datagram: &Datagram<'_>) -> Option<TooBig> {
    let mut message = Reader::new(datagram.payload);
    let [kind, code, _, _, m0, m1, m2, m3] = message.array("ICMP header").ok()?;
    let mtu = match (datagram.protocol, kind, code) {
        (ICMP, DESTINATION_UNREACHABLE, FRAGMENTATION_NEEDED) => {
            u32::from(u16::from_be_bytes([m2, m3]))
        }
        (ICMPV6, PACKET_TOO_BIG, _) => u32::from_be_bytes([m0, m1, m2, m3]),
        _ => return None,
    };
    // The first bytes of the datagram are sent back: RFC 792 wants 8 of its payload.
    let returned = ip::datagram(message).ok()?;
    let later = returned.fragment.is_some_and(|part| part.offset > 0);
    if later || !matches!(returned.protocol, TCP | UDP) {
        return None;
    }
    let [s0, s1, d0, d1, ..] = *returned.payload.first_chunk::<4>()?;
    let (source, destination) = (u16::from_be_bytes([s0, s1]), u16::from_be_bytes([d0, d1]));
    Some(TooBig {
        mtu,
        source: SocketAddr::new(returned.source, source),
        destination: SocketAddr::new(returned.destination, destination),
        length: returned.length,
        protocol: returned.protocol,
    })
}

// Protocols of IP, and types and codes of ICMP, IANA.
const ICMP: u8 = 1;
const TCP: u8 = 6;
const UDP: u8 = 17;
const ICMPV6: u8 = 58;
const DESTINATION_UNREACHABLE: u8 = 3;
const FRAGMENTATION_NEEDED: u8 = 4;
const PACKET_TOO_BIG: u8 = 2;

#[cfg(test)]
mod tests {
    use super::*;

    /// An IPv4 header for a datagram of 1500 bytes from 192.0.2.80 to 203.0.113.7, and the first
    /// eight bytes of a TCP segment from port 443 to port 50000.
    const RETURNED_4: &[u8] = &[
        0x45, 0, 0x05, 0xdc, 0x12, 0x34, 0x40, 0, 63, 6, 0, 0, 192, 0, 2, 80, 203, 0, 113,
        7, //
        0x01, 0xbb, 0xc3, 0x50, 0, 0, 0, 1,
    ];

    fn said(protocol: u8, bytes: &[u8]) -> Option<TooBig> {
        let router = [192, 0, 2, 1].into();
        too_big(&Datagram {
            source: router,
            destination: router,
            protocol,
            ttl: 64,
            id: None,
            payload: bytes,
            length: bytes.len(),
            fragment: None,
        })
    }

    /// The router's number, and whose segment it was; a message of another type says nothing of it.
    #[test]
    fn version_4_says_the_size_that_fits() {
        let message = [&[3, 4, 0, 0, 0, 0, 0x05, 0x14][..], RETURNED_4].concat();
        let found = said(1, &message).unwrap();
        assert_eq!((found.mtu, found.length, found.protocol), (1300, 1480, 6));
        assert_eq!(found.source.to_string(), "192.0.2.80:443");
        assert_eq!(found.destination.to_string(), "203.0.113.7:50000");
        for end in 0..message.len() - 4 {
            assert_eq!(said(1, &message[..end]), None, "{end}");
        }
        let other = [&[3, 13, 0, 0, 0, 0, 0x05, 0x14][..], RETURNED_4].concat();
        assert_eq!(said(1, &other), None);
        assert_eq!(said(58, &message), None);
    }

    /// ICMPv6 has the number in four bytes.
    #[test]
    fn version_6_says_the_size_that_fits() {
        let mut returned = vec![0x60, 0, 0, 0, 0x05, 0xb4, 6, 60];
        returned.extend([0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
        returned.extend([0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2]);
        returned.extend([0xc3, 0x50, 0x01, 0xbb, 0, 0, 0, 1]);
        let message = [&[2, 0, 0, 0, 0, 0, 0x05, 0x00][..], &returned].concat();
        let found = said(58, &message).unwrap();
        assert_eq!((found.mtu, found.length), (1280, 1460));
        assert_eq!(found.source.to_string(), "[2001:db8::1]:50000");
        assert_eq!(said(1, &message), None);
    }
}
