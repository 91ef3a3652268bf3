//! Link layers: from a captured frame to the IP datagram in it.
//!
//! Ethernet with any sane stack of VLAN and security group tags, MPLS labels and PPPoE, IEEE 802.2
//! SNAP, PPP, Wi-Fi in the clear, the two cooked formats of Linux, the loopback formats of BSD, and
//! bare IP. What is the same behind every link type is peeled in one loop.

mod wifi;

use crate::{Datagram, Link, Malformed, Reader, ip};

/// The IP datagram right behind the header of a common link, if that is all there is to it. Nearly
/// every captured packet is one, so this is the part of [`datagram`] that must cost nothing.
#[inline]
pub(crate) fn plain(link: Link, bytes: &[u8]) -> Option<Datagram<'_>> {
    let (protocol, packet) = match link {
        Link::Ethernet => {
            let [.., high, low] = bytes.first_chunk::<14>()?;
            ([*high, *low], bytes.get(14..)?)
        }
        Link::LinuxSll => {
            let [.., high, low] = bytes.first_chunk::<16>()?;
            ([*high, *low], bytes.get(16..)?)
        }
        Link::LinuxSll2 => {
            let [high, low, ..] = bytes.first_chunk::<20>()?;
            ([*high, *low], bytes.get(20..)?)
        }
        Link::Raw => (IPV4.to_be_bytes(), bytes),
        _ => return None,
    };
    match u16::from_be_bytes(protocol) {
        IPV4 | IPV6 => ip::datagram(Reader::new(packet)).ok(),
        _ => None,
    }
}

/// The outermost IP datagram that a frame carries.
///
/// # Errors
/// When the frame carries something else, is cut inside a header, or is of a link type that is not
/// looked into. Offsets are those of the reader.
pub(crate) fn datagram(link: Link, mut frame: Reader<'_>) -> Result<Datagram<'_>, Skipped> {
    let protocol = match link {
        Link::Ethernet => BRIDGED_ETHERNET,
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
        Link::Ppp => ppp(&mut frame)?,
        Link::DirectedPpp => {
            frame.take(1, "PPP direction")?;
            ppp(&mut frame)?
        }
        Link::Pppoe => PPPOE_SESSION,
        Link::FrameRelay => {
            // RFC 2427, 3: a Q.922 address of two bytes, unnumbered information, the NLPID.
            frame.take(2, "Frame Relay address")?;
            match frame.array("Frame Relay control")? {
                [3, 0xcc | 0x8e] => IPV4,
                [3, 0] if frame.rest().starts_with(&[0x80]) => {
                    frame.take(4, "Frame Relay organization")?;
                    frame.u16("Frame Relay protocol")?
                }
                [_, other] => return Err(Skipped::NotIp(u16::from(other))),
            }
        }
        Link::Wifi | Link::Radiotap | Link::Prism | Link::Avs => {
            wifi::payload(link, &mut frame)?;
            LLC
        }
        Link::Nflog => {
            nflog(&mut frame)?;
            IPV4
        }
        Link::Pflog => {
            // The length leaves out the padding to a multiple of four.
            let length = usize::from(frame.u8("pf log header")?);
            frame.take(length.max(1).next_multiple_of(4) - 1, "pf log header")?;
            IPV4
        }
        Link::Ppi => {
            // Version and flags, the length of the header, the link type of what follows it.
            frame.take(2, "PPI header")?;
            let length = usize::from(u16::from_le_bytes(frame.array("PPI length")?));
            let number = u32::from_le_bytes(frame.array("PPI link type")?);
            frame.take(length.saturating_sub(8), "PPI fields")?;
            return match Link::from(u16::try_from(number).unwrap_or(u16::MAX)) {
                // Nobody writes PPI in PPI, and a frame of nothing else would never end.
                Link::Ppi => Err(Skipped::UnknownLink(PPI)),
                inner => datagram(inner, frame),
            };
        }
        Link::Other(number) => return Err(Skipped::UnknownLink(number)),
    };
    encapsulated(protocol, frame)
}

/// Why a frame has no datagram to give.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Skipped {
    /// It carries another protocol, by its EtherType: ARP is 0x0806. A number below 0x0600 is
    /// the length field of an IEEE 802.3 frame without SNAP, or a BSD loopback family.
    NotIp(u16),
    /// Wi-Fi encrypted it: the Protected bit of IEEE 802.11 is set, and no keys are at hand.
    Encrypted,
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

/// Peels everything that may stand between an EtherType and IP.
pub(crate) fn encapsulated(
    mut protocol: u16,
    mut frame: Reader<'_>,
) -> Result<Datagram<'_>, Skipped> {
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
                // it is not named anywhere; its first four bits give it away (RFC 4928): the
                // version of IP, or an Ethernet pseudowire, whose control word begins with two
                // zero bytes (RFC 4448, 4.6) and may be left out.
                let last = frame.u32("MPLS label")? & 0x100 != 0;
                match *frame.rest() {
                    _ if !last => protocol,
                    [first, ..] if matches!(first >> 4, 4 | 6) => IPV4,
                    [0, 0, ..] => {
                        frame.take(4, "pseudowire control word")?;
                        BRIDGED_ETHERNET
                    }
                    [first, ..] if first >> 4 != 1 => BRIDGED_ETHERNET,
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
                ppp(&mut frame)?
            }
            PPP => ppp(&mut frame)?,
            BRIDGED_ETHERNET => {
                frame.take(12, "Ethernet addresses")?;
                frame.u16("EtherType")?
            }
            BACKBONE_SERVICE => {
                // IEEE 802.1ah: a service tag, then the customer's whole Ethernet frame.
                frame.take(4, "backbone service tag")?;
                BRIDGED_ETHERNET
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

/// The EtherType for what PPP carries, RFC 1661, 2, with the address and control bytes of HDLC
/// (RFC 1662, 3.1) or without, and with a protocol compressed to its odd byte or whole. Cisco's
/// HDLC has an EtherType behind address bytes of its own.
fn ppp(frame: &mut Reader<'_>) -> Result<u16, Skipped> {
    match frame.rest() {
        [0xff, 3, ..] => frame.take(2, "HDLC address")?,
        [0x0f | 0x8f, 0, ..] => {
            frame.take(2, "HDLC address")?;
            return Ok(frame.u16("HDLC protocol")?);
        }
        _ => &[],
    };
    let protocol = match frame.rest().first() {
        Some(odd) if odd & 1 == 1 => u16::from(frame.u8("PPP protocol")?),
        _ => frame.u16("PPP protocol")?,
    };
    match protocol {
        PPP_IPV4 | PPP_IPV6 => Ok(IPV4),
        PPP_MPLS => Ok(MPLS),
        _ => Err(Skipped::NotIp(PPP)),
    }
}

/// Steps to the packet in what netfilter logged: family, version, resource, then fields in the byte
/// order of the machine, which is taken to be little-endian. The packet is field 9.
fn nflog(frame: &mut Reader<'_>) -> Result<(), Skipped> {
    let [family, ..] = frame.array::<4>("netfilter log header")?;
    for _ in 0..MOST_LOG_FIELDS {
        let length = usize::from(u16::from_le_bytes(frame.array("netfilter log field")?));
        let kind = u16::from_le_bytes(frame.array("netfilter log field")?);
        if kind == LOG_PACKET && matches!(family, 2 | 10) {
            return Ok(());
        }
        // The length counts the field's header and leaves out the padding to a multiple of four.
        let padded = length.max(4).next_multiple_of(4);
        frame.take(padded - 4, "netfilter log field")?;
    }
    Err(Skipped::NotIp(u16::from(family)))
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
pub(crate) const IPV4: u16 = 0x0800;
const IPV6: u16 = 0x86dd;
const VLAN: u16 = 0x8100;
const SERVICE_VLAN: u16 = 0x88a8;
const OLD_SERVICE_VLAN: u16 = 0x9100;
pub(crate) const MPLS: u16 = 0x8847;
const MPLS_MULTICAST: u16 = 0x8848;
const PPPOE_SESSION: u16 = 0x8864;
const CISCO_METADATA: u16 = 0x8909;
const BACKBONE_SERVICE: u16 = 0x88e7;
pub(crate) const BRIDGED_ETHERNET: u16 = 0x6558;
pub(crate) const PPP: u16 = 0x880b;

/// Numbers up to here are the length of an IEEE 802.3 frame, not an EtherType.
const MOST_LENGTH: u16 = 0x05ff;

// PPP protocols, IANA "PPP Numbers".
const PPP_IPV4: u16 = 0x0021;
const PPP_IPV6: u16 = 0x0057;
const PPP_MPLS: u16 = 0x0281;

/// Stands for an IEEE 802.2 header right away, as a length would.
const LLC: u16 = 0;

/// The field of a netfilter log that is the packet: NFULA_PAYLOAD.
const LOG_PACKET: u16 = 9;
/// The most fields in front of it. Linux knows some twenty kinds, each logged once.
const MOST_LOG_FIELDS: usize = 32;
/// The number of PPI among the link types.
const PPI: u16 = 192;

/// The most layers between link and IP. Two tags and a few labels are seen in the field; the bound
/// keeps a frame of nothing but tags from costing more than its first bytes.
const MOST_LAYERS: usize = 16;

#[cfg(test)]
mod tests;
