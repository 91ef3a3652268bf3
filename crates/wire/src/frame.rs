//! Link layers: from a captured frame to the IP datagram in it.
//!
//! Ethernet with any sane stack of VLAN and security group tags, MPLS labels and PPPoE, IEEE 802.2 SNAP, the two
//! cooked formats of Linux, the loopback formats of BSD, and bare IP.

use crate::{Datagram, Link, Malformed, Reader, ip};

/// The IP datagram that a frame carries.
///
/// # Errors
/// When the frame carries something else, is cut inside a header, or is of a link type that is not
/// looked into. Offsets count from the start of the frame.
#[inline]
pub fn datagram(link: Link, bytes: &[u8]) -> Result<Datagram<'_>, Skipped> {
    let mut frame = Reader::new(bytes);
    let protocol = match link {
        Link::Ethernet => {
            frame.take(12, "Ethernet addresses")?;
            frame.u16("EtherType")?
        }
        Link::Raw => IPV4,
        Link::LinuxSll => {
            frame.take(14, "Linux cooked header")?;
            frame.u16("Linux cooked protocol")?
        }
        Link::LinuxSll2 => {
            let protocol = frame.u16("Linux cooked protocol")?;
            frame.take(18, "Linux cooked header")?;
            protocol
        }
        Link::Null | Link::Loop => family(frame.array("loopback family")?)?,
        Link::Other(number) => return Err(Skipped::UnknownLink(number)),
    };
    // The version is in the datagram itself, and some writers put the wrong one in front of it.
    match protocol {
        IPV4 | IPV6 => Ok(ip::datagram(frame)?),
        other => encapsulated(other, frame),
    }
}

/// Why a frame has no datagram to give.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Skipped {
    /// It carries another protocol, by its EtherType: ARP is 0x0806. A number below 0x0600 is
    /// the length field of an IEEE 802.3 frame without SNAP, or a BSD loopback family.
    NotIp(u16),
    /// It is cut, or contradicts itself.
    Malformed(Malformed),
    /// Frames of this link type are not looked into.
    UnknownLink(u16),
}

impl From<Malformed> for Skipped {
    #[inline]
    fn from(malformed: Malformed) -> Self {
        Self::Malformed(malformed)
    }
}

/// Peels everything that may stand between a link header and IP.
fn encapsulated(mut protocol: u16, mut frame: Reader<'_>) -> Result<Datagram<'_>, Skipped> {
    // Whether a layer said where its payload ends and the capture reaches that far.
    let mut complete = false;
    for _ in 0..MOST_LAYERS {
        protocol = match protocol {
            IPV4 | IPV6 => {
                let mut datagram = ip::datagram(frame)?;
                if complete {
                    // What IP claims beyond is padding that a careless sender counted.
                    datagram.length = datagram.payload.len();
                }
                return Ok(datagram);
            }
            VLAN | SERVICE_VLAN | OLD_SERVICE_VLAN => {
                frame.take(2, "VLAN tag")?;
                frame.u16("EtherType behind a VLAN tag")?
            }
            CISCO_METADATA => {
                // A security group tag: version, number of options, four bytes for each.
                frame.take(1, "Cisco MetaData header")?;
                let options = usize::from(frame.u8("Cisco MetaData header")?);
                frame.take(options * 4, "Cisco MetaData options")?;
                frame.u16("EtherType behind Cisco MetaData")?
            }
            MPLS | MPLS_MULTICAST => {
                // RFC 3032: the lowest bit of the third byte marks the last label. What follows
                // it is not named anywhere; the version of IP gives it away.
                let last = frame.u32("MPLS label")? & 0x100 != 0;
                match frame.rest().first().map(|byte| byte >> 4) {
                    _ if !last => protocol,
                    Some(4 | 6) => IPV4,
                    _ => return Err(Skipped::NotIp(protocol)),
                }
            }
            PPPOE_SESSION => {
                // RFC 2516, 4: version and type, code, session, length; then the PPP protocol.
                frame.take(4, "PPPoE header")?;
                let length = usize::from(frame.u16("PPPoE length")?);
                if let Ok(payload) = frame.sub(length, "PPPoE payload") {
                    (frame, complete) = (payload, true);
                }
                match frame.u16("PPP protocol")? {
                    PPP_IPV4 | PPP_IPV6 => IPV4,
                    _ => return Err(Skipped::NotIp(protocol)),
                }
            }
            0..=MOST_LENGTH => match frame.rest() {
                // IEEE 802.2 SNAP with the organization 0: an EtherType follows.
                [0xaa, 0xaa, 3, 0, 0, 0, ..] => {
                    frame.take(6, "SNAP header")?;
                    frame.u16("SNAP protocol")?
                }
                // IEEE 802.2 with the number of IP itself.
                [6, 6, 3, ..] => {
                    frame.take(3, "LLC header")?;
                    IPV4
                }
                _ => return Err(Skipped::NotIp(protocol)),
            },
            _ => return Err(Skipped::NotIp(protocol)),
        };
    }
    Err(Skipped::NotIp(protocol))
}

/// The EtherType for a BSD protocol family in either byte order: a file does not say in which
/// one its NULL headers are, but no family number is larger than a byte.
fn family(bytes: [u8; 4]) -> Result<u16, Skipped> {
    let ([number, 0, 0, 0] | [0, 0, 0, number]) = bytes else {
        return Err(Skipped::NotIp(0));
    };
    match number {
        2 => Ok(IPV4),
        // AF_INET6 of Linux, Windows, NetBSD and OpenBSD, FreeBSD, macOS.
        10 | 23 | 24 | 28 | 30 => Ok(IPV6),
        other => Err(Skipped::NotIp(u16::from(other))),
    }
}

// EtherTypes, IEEE 802 Numbers at IANA.
const IPV4: u16 = 0x0800;
const IPV6: u16 = 0x86dd;
const VLAN: u16 = 0x8100;
const SERVICE_VLAN: u16 = 0x88a8;
const OLD_SERVICE_VLAN: u16 = 0x9100;
const MPLS: u16 = 0x8847;
const MPLS_MULTICAST: u16 = 0x8848;
const PPPOE_SESSION: u16 = 0x8864;
const CISCO_METADATA: u16 = 0x8909;

/// Numbers up to here are the length of an IEEE 802.3 frame, not an EtherType.
const MOST_LENGTH: u16 = 0x05ff;

// PPP protocols, IANA "PPP Numbers".
const PPP_IPV4: u16 = 0x0021;
const PPP_IPV6: u16 = 0x0057;

/// The most layers between link and IP. Two tags and a few labels are seen in the field; the bound
/// keeps a frame of nothing but tags from costing more than its first bytes.
const MOST_LAYERS: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    const IP4: &[u8] =
        &[0x45, 0, 0, 22, 0, 1, 0, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, 0xab, 0xcd];
    const ADDRESSES: &[u8] = &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

    fn check(link: Link, header: &[&[u8]]) {
        let mut frame = header.concat();
        frame.extend_from_slice(IP4);
        // Ethernet pads short frames; the padding is not payload.
        frame.extend_from_slice(&[0; 7]);
        let found = datagram(link, &frame).unwrap();
        assert_eq!(found.payload, &[0xab, 0xcd], "{link:?} {header:x?}");
        assert_eq!(found.source.to_string(), "10.0.0.1");
        for cut in 0..frame.len() - 9 {
            let cut = datagram(link, &frame[..cut]);
            assert!(!matches!(cut, Ok(cut) if cut.payload == [0xab, 0xcd]), "{cut:?}");
        }
    }

    /// Every encapsulation leads to the same datagram, and no cut of it panics or invents bytes.
    #[test]
    fn every_encapsulation_leads_to_the_datagram() {
        check(Link::Raw, &[]);
        check(Link::Ethernet, &[ADDRESSES, &[8, 0]]);
        check(Link::Ethernet, &[ADDRESSES, &[0x81, 0, 0, 5, 8, 0]]);
        check(Link::Ethernet, &[ADDRESSES, &[0x88, 0xa8, 0, 5, 0x81, 0, 0, 6, 8, 0]]);
        check(Link::Ethernet, &[ADDRESSES, &[0x91, 0, 0, 5, 0x81, 0, 0, 6, 8, 0]]);
        check(Link::Ethernet, &[ADDRESSES, &[0, 30, 0xaa, 0xaa, 3, 0, 0, 0, 8, 0]]);
        check(Link::Ethernet, &[ADDRESSES, &[0, 25, 6, 6, 3]]);
        check(Link::Ethernet, &[ADDRESSES, &[0x88, 0x47, 0, 1, 0, 64, 0, 2, 1, 64]]);
        check(Link::Ethernet, &[ADDRESSES, &[0x88, 0x64, 0x11, 0, 0, 1, 0, 24, 0, 0x21]]);
        check(Link::Ethernet, &[ADDRESSES, &[0x89, 9, 1, 1, 0, 1, 0, 2, 8, 0]]);
        check(Link::LinuxSll, &[&[0; 14], &[8, 0]]);
        check(Link::LinuxSll, &[&[0; 14], &[0x81, 0, 0, 5, 8, 0]]);
        check(Link::LinuxSll2, &[&[8, 0], &[0; 18]]);
        check(Link::Null, &[&[2, 0, 0, 0]]);
        check(Link::Null, &[&[0, 0, 0, 30]]);
        check(Link::Loop, &[&[0, 0, 0, 2]]);
    }

    /// A PPPoE length ends the datagram even where IP claims more, unless the capture was cut.
    #[test]
    fn a_pppoe_length_ends_the_datagram() {
        let session =
            |length| [ADDRESSES, &[0x88, 0x64, 0x11, 0, 0, 1, 0, length, 0, 0x21], IP4].concat();
        let shorter = session(23);
        let found = datagram(Link::Ethernet, &shorter).unwrap();
        assert_eq!((found.payload, found.length), (&[0xab][..], 1));
        let cut = session(24);
        let found = datagram(Link::Ethernet, &cut[..cut.len() - 1]).unwrap();
        assert_eq!((found.payload, found.length), (&[0xab][..], 2));
    }

    /// What is not IP is named by its number, and tags without end are given up.
    #[test]
    fn what_is_not_ip_is_named() {
        let arp = [ADDRESSES, &[8, 6, 0, 1]].concat();
        assert_eq!(datagram(Link::Ethernet, &arp), Err(Skipped::NotIp(0x0806)));
        let spanning_tree = [ADDRESSES, &[0, 38, 0x42, 0x42, 3, 0, 0]].concat();
        assert_eq!(datagram(Link::Ethernet, &spanning_tree), Err(Skipped::NotIp(38)));
        let tags = [ADDRESSES, &[0x81, 0, 0, 1].repeat(5_000)].concat();
        assert_eq!(datagram(Link::Ethernet, &tags), Err(Skipped::NotIp(0x8100)));
        assert_eq!(datagram(Link::Other(105), &tags), Err(Skipped::UnknownLink(105)));
        assert_eq!(datagram(Link::Null, &[9, 9, 9, 9]), Err(Skipped::NotIp(0)));
    }

    /// An error points into the frame, not into the layer.
    #[test]
    fn an_error_points_into_the_frame() {
        let frame = [ADDRESSES, &[8, 0, 0x45, 0, 0]].concat();
        let Err(Skipped::Malformed(malformed)) = datagram(Link::Ethernet, &frame) else {
            panic!("a cut header is malformed");
        };
        assert_eq!(malformed, Malformed { what: "IPv4 header", at: 14, needed: 20, had: 3 });
    }
}
