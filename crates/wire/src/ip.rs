//! IPv4 and IPv6: from the first byte of the header to the transport layer.
//!
//! RFC 791 and RFC 8200. A payload that the capture cut is still a payload: its claimed length is
//! kept beside it, so that the stream above knows how much it did not see.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::{Malformed, Reader};

/// One IP datagram as the frame carried it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Datagram<'a> {
    /// Who sent it.
    pub source: IpAddr,
    /// Whom it is for.
    pub destination: IpAddr,
    /// The transport protocol by its IANA number: 6 is TCP. Behind all IPv6 extension headers,
    /// or behind the fragment header of a part.
    pub protocol: u8,
    /// Time to live, or hop limit.
    pub ttl: u8,
    /// The identification by which an IPv4 sender tells its datagrams apart (RFC 791, 3.1); many
    /// count it up, and where a datagram need not be put together it may be anything (RFC 6864, 4).
    /// IPv6 has none.
    pub id: Option<u16>,
    /// What the capture kept of the payload.
    pub payload: &'a [u8],
    /// The payload length that the header claims; more than `payload.len()` when the capture cut
    /// it, never less. A header that leaves the length to the network card (0, as captured with
    /// segmentation offload) claims what is there.
    pub length: usize,
    /// Which part of a larger datagram this is, if it is only a part.
    pub fragment: Option<Fragment>,
}

/// The place of a fragment in its datagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fragment {
    /// What the fragments of one datagram have in common; 16 bits in IPv4, 32 in IPv6.
    pub id: u32,
    /// Where in the datagram's payload this part starts, in bytes.
    pub offset: usize,
    /// Whether parts follow.
    pub more: bool,
    /// What was cut into fragments.
    pub of: Fragmented,
}

/// What is cut into fragments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fragmented {
    /// The payload of an IP datagram.
    Ip,
    /// An Ethernet frame, in the data channel of an access point: RFC 5415, 3.4.
    CapwapEthernet,
    /// A Wi-Fi frame, there.
    CapwapWifi,
}

/// Reads a datagram of either version; bytes behind its claimed length are not part of it.
///
/// # Errors
/// When a header is cut or contradicts itself, or the version is neither 4 nor 6.
#[inline(always)]
pub(crate) fn datagram(packet: Reader<'_>) -> Result<Datagram<'_>, Malformed> {
    match packet.rest().first().map(|byte| byte >> 4) {
        Some(4) => version_4(packet),
        Some(6) => version_6(packet),
        Some(_) => Err(Malformed { what: "IP version", at: packet.at(), needed: 1, had: 1 }),
        None => Err(packet.malformed("IP version", 1)),
    }
}

/// RFC 791, 3.1.
#[inline(always)]
fn version_4(mut packet: Reader<'_>) -> Result<Datagram<'_>, Malformed> {
    let start = packet;
    let header = packet.array::<20>("IPv4 header")?;
    let [first, _, total_high, total_low, id_high, id_low, part_high, part_low, ttl, protocol, ..] =
        header;
    let [.., s0, s1, s2, s3, d0, d1, d2, d3] = header;
    let header_length = usize::from(first & 0x0f) * 4;
    let options =
        header_length.checked_sub(20).ok_or_else(|| nonsense("IPv4 header length", start))?;
    packet.take(options, "IPv4 options")?;

    let length = match usize::from(u16::from_be_bytes([total_high, total_low])) {
        0 => packet.left(),
        total => {
            total.checked_sub(header_length).ok_or_else(|| nonsense("IPv4 total length", start))?
        }
    };
    let part = u16::from_be_bytes([part_high, part_low]);
    let (offset, more) = (usize::from(part & 0x1fff) * 8, part & 0x2000 != 0);
    let identification = u16::from_be_bytes([id_high, id_low]);
    let id = u32::from(identification);
    Ok(Datagram {
        source: IpAddr::V4(Ipv4Addr::new(s0, s1, s2, s3)),
        destination: IpAddr::V4(Ipv4Addr::new(d0, d1, d2, d3)),
        protocol,
        ttl,
        id: Some(identification),
        payload: packet.rest().get(..length).unwrap_or(packet.rest()),
        length,
        fragment: (offset > 0 || more).then_some(Fragment { id, offset, more, of: Fragmented::Ip }),
    })
}

/// RFC 8200, 3 and 4.
#[inline]
fn version_6(mut packet: Reader<'_>) -> Result<Datagram<'_>, Malformed> {
    let header = packet.array::<40>("IPv6 header")?;
    let [_, _, _, _, length_high, length_low, next, ttl, ..] = header;
    let mut addresses = Reader::new(header.get(8..).unwrap_or_default());
    let source = IpAddr::V6(Ipv6Addr::from(addresses.array::<16>("IPv6 source")?));
    let destination = IpAddr::V6(Ipv6Addr::from(addresses.array::<16>("IPv6 destination")?));

    // Nothing is claimed in a jumbogram (RFC 2675) and with segmentation offload.
    let length = match usize::from(u16::from_be_bytes([length_high, length_low])) {
        0 => packet.left(),
        claimed => claimed,
    };
    let payload = packet.rest().get(..length).unwrap_or(packet.rest());
    let mut datagram = Datagram {
        source,
        destination,
        protocol: next,
        ttl,
        id: None,
        payload,
        length,
        fragment: None,
    };
    if is_extension(next) {
        extensions(&mut datagram, packet.at())?;
    }
    Ok(datagram)
}

/// Steps over the IPv6 extension headers in front of the transport layer.
pub(crate) fn extensions(datagram: &mut Datagram<'_>, at: usize) -> Result<(), Malformed> {
    let mut rest = Reader::new_at(datagram.payload, at);
    for _ in 0..MOST_EXTENSIONS {
        let kind = datagram.protocol;
        if !is_extension(kind) {
            return Ok(());
        }
        let start = rest.at();
        let [next, length, part_high, part_low, id @ ..] =
            rest.array::<8>("IPv6 extension header")?;
        let more_bytes = match kind {
            FRAGMENT => {
                let part = u16::from_be_bytes([part_high, part_low]);
                let (offset, more) = (usize::from(part & 0xfff8), part & 1 != 0);
                // An atomic fragment (RFC 6946) is the whole datagram.
                datagram.fragment = (offset > 0 || more).then_some(Fragment {
                    id: u32::from_be_bytes(id),
                    offset,
                    more,
                    of: Fragmented::Ip,
                });
                0
            }
            // RFC 4302, 2.2: counts words of four bytes, the first two of them not included.
            AUTHENTICATION => usize::from(length) * 4,
            // RFC 8200, 4.2: counts words of eight bytes, the first one not included.
            _ => usize::from(length) * 8,
        };
        rest.take(more_bytes, "IPv6 extension header")?;
        let passed = rest.at() - start;
        datagram.length = datagram.length.saturating_sub(passed);
        datagram.payload = rest.rest();
        datagram.protocol = next;
        if datagram.fragment.is_some() {
            // The headers that follow are part of what was cut into fragments.
            return Ok(());
        }
    }
    Err(nonsense("IPv6 extension headers without end", rest))
}

/// Whether an IPv6 next header is an extension that can be stepped over.
#[inline]
fn is_extension(next: u8) -> bool {
    matches!(
        next,
        HOP_BY_HOP | ROUTING | FRAGMENT | AUTHENTICATION | DESTINATION | MOBILITY | HIP | SHIM6
    )
}

/// The bytes are there and cannot be what they claim.
fn nonsense(what: &'static str, place: Reader<'_>) -> Malformed {
    Malformed { what, at: place.at(), needed: 0, had: place.left() }
}

// IPv6 extension headers, IANA "Assigned Internet Protocol Numbers".
const HOP_BY_HOP: u8 = 0;
const ROUTING: u8 = 43;
const FRAGMENT: u8 = 44;
const AUTHENTICATION: u8 = 51;
const DESTINATION: u8 = 60;
const MOBILITY: u8 = 135;
const HIP: u8 = 139;
const SHIM6: u8 = 140;

/// The most extension headers of one datagram. Each kind comes once, destination options twice
/// (RFC 8200, 4.1); twice that is generous.
const MOST_EXTENSIONS: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<Datagram<'_>, Malformed> {
        datagram(Reader::new(bytes))
    }

    fn part(id: u32, offset: usize, more: bool) -> Fragment {
        Fragment { id, offset, more, of: Fragmented::Ip }
    }

    fn ip4(total: u16, part: u16, options: &[u8], payload: &[u8]) -> Vec<u8> {
        let first = 0x45 + u8::try_from(options.len() / 4).unwrap();
        let mut bytes = vec![first, 0];
        bytes.extend_from_slice(&total.to_be_bytes());
        bytes.extend_from_slice(&[0x12, 0x34]);
        bytes.extend_from_slice(&part.to_be_bytes());
        bytes.extend_from_slice(&[64, 6, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2]);
        [bytes.as_slice(), options, payload].concat()
    }

    fn ip6(next: u8, length: u16, behind: &[&[u8]]) -> Vec<u8> {
        let mut bytes = vec![0x60, 0, 0, 0];
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(&[next, 63]);
        bytes.extend_from_slice(&Ipv6Addr::LOCALHOST.octets());
        bytes.extend_from_slice(&Ipv6Addr::UNSPECIFIED.octets());
        bytes.extend_from_slice(&behind.concat());
        bytes
    }

    /// Options are stepped over, padding is cut off, a total length of 0 means all there is, and
    /// a cut payload keeps its claimed length.
    #[test]
    fn version_4_lengths() {
        let whole = ip4(26, 0, &[1, 1, 1, 0], b"ab----");
        let found = read(&whole).unwrap();
        assert_eq!((found.payload, found.length, found.ttl), (&b"ab"[..], 2, 64));
        assert_eq!(found.id, Some(0x1234));
        assert_eq!(found.source.to_string(), "192.0.2.1");
        let offloaded = ip4(0, 0, &[], b"abcdef");
        assert_eq!(read(&offloaded).unwrap().payload, b"abcdef");
        let cut = ip4(1500, 0, &[], b"abc");
        let found = read(&cut).unwrap();
        assert_eq!((found.payload, found.length), (&b"abc"[..], 1480));
        assert!(!read(&ip4(19, 0, &[], b"")).unwrap_err().is_short());
        assert!(read(&[0x44; 30]).is_err());
    }

    /// Fragments are named in both versions, in bytes.
    #[test]
    fn fragments_are_named() {
        let first = ip4(28, 0x2000, &[], &[0; 8]);
        let fragment = read(&first).unwrap().fragment;
        assert_eq!(fragment, Some(part(0x1234, 0, true)));
        let last = ip4(28, 3, &[], &[0; 8]);
        let fragment = read(&last).unwrap().fragment;
        assert_eq!(fragment, Some(part(0x1234, 24, false)));

        let header = [6, 0, 0, 24 | 1, 0, 0, 0, 9];
        let middle = ip6(FRAGMENT, 10, &[&header, b"xy"]);
        let found = read(&middle).unwrap();
        assert_eq!(found.fragment, Some(part(9, 24, true)));
        assert_eq!((found.protocol, found.payload, found.length), (6, &b"xy"[..], 2));
        let atomic = ip6(FRAGMENT, 10, &[&[6, 0, 0, 0, 0, 0, 0, 9], b"xy"]);
        assert_eq!(read(&atomic).unwrap().fragment, None);
    }

    /// The transport protocol is found behind extension headers of every counting.
    #[test]
    fn extension_headers_are_stepped_over() {
        let hop = [DESTINATION, 0, 1, 4, 0, 0, 0, 0];
        let destination = [AUTHENTICATION, 1, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8];
        let authentication =
            [6, 4, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9];
        let bytes = ip6(HOP_BY_HOP, 51, &[&hop, &destination, &authentication, b"tcp---"]);
        let found = read(&bytes).unwrap();
        assert_eq!((found.protocol, found.payload, found.length), (6, &b"tcp"[..], 3));
        assert_eq!((found.source.to_string().as_str(), found.ttl, found.id), ("::1", 63, None));
        for end in 0..bytes.len() - 6 {
            assert!(!matches!(read(&bytes[..end]), Ok(cut) if cut.payload == b"tcp"), "{end}");
        }
    }

    /// A chain of extension headers without end is refused, not followed.
    #[test]
    fn extension_headers_without_end_are_refused() {
        let endless = [DESTINATION, 0, 0, 0, 0, 0, 0, 0].repeat(5_000);
        assert!(read(&ip6(DESTINATION, 40_000, &[&endless])).is_err());
    }

    /// A claimed length of 0 means all there is, with and without extension headers.
    #[test]
    fn version_6_without_a_length() {
        let jumbo = ip6(HOP_BY_HOP, 0, &[&[6, 0, 0xc2, 4, 0, 1, 0, 0], b"abc"]);
        let found = read(&jumbo).unwrap();
        assert_eq!((found.protocol, found.payload, found.length), (6, &b"abc"[..], 3));
        assert_eq!(read(&ip6(6, 0, &[b"abcd"])).unwrap().length, 4);
    }

    /// Neither version is an error of its own, and nothing at all is a cut.
    #[test]
    fn other_versions_are_refused() {
        assert!(!read(&[0x50; 40]).unwrap_err().is_short());
        assert!(read(&[]).unwrap_err().is_short());
    }
}
