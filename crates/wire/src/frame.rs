//! Link layers: from a captured frame to the IP datagram in it.
//!
//! Ethernet with any sane stack of tags and labels, IEEE 802.2, PPP and other serial lines, Wi-Fi in
//! the clear, the cooked formats of Linux, the loopback formats of BSD, bare IP, and headers that a
//! capturing machine puts in front of any of them. What is the same behind every link type is peeled
//! in one loop, in `layers`.

mod eapol;
mod layers;
mod serial;
mod wifi;
mod wrapper;

pub(crate) use layers::{BRIDGED_ETHERNET, IPV4, MPLS, PPP, SERVICE_CHAIN, encapsulated};

use crate::{Datagram, Link, Malformed, Reader, Unread, ip};
use layers::{IPV6, LLC};

pub use eapol::{EapolFrame, EapolType, eapol};

/// The IP datagram right behind the header of a common link, if that is all there is to it. Nearly
/// every captured packet is one, so this is the part of [`datagram`] that must cost nothing.
#[inline(always)]
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
/// When the frame carries something else, or several datagrams, is cut inside a header, or is of a
/// link type that is not looked into. Offsets are those of the reader.
pub(crate) fn datagram(link: Link, frame: Reader<'_>) -> Result<Datagram<'_>, Skipped> {
    match open(link, frame)? {
        Opened::Layer(protocol, frame) => encapsulated(protocol, frame),
        Opened::Aggregate(_) => Err(Skipped::Aggregated),
    }
}

/// The datagrams of a frame for which [`datagram`] says [`Skipped::Aggregated`]; none for others.
pub(crate) fn aggregate(link: Link, bytes: &[u8]) -> Aggregate<'_> {
    match open(link, Reader::new(bytes)) {
        Ok(Opened::Aggregate(aggregate)) => aggregate,
        _ => Aggregate { rest: Reader::new(&[]) },
    }
}

/// Why a frame has no datagram to give.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Skipped {
    /// What is in it is not read.
    Unread(Unread),
    /// It is cut, or contradicts itself.
    Malformed(Malformed),
    /// It has several datagrams to give, which [`crate::aggregated`] finds.
    Aggregated,
}

impl From<Malformed> for Skipped {
    #[inline]
    fn from(malformed: Malformed) -> Self {
        Self::Malformed(malformed)
    }
}

/// Several payloads in one Wi-Fi frame (an A-MSDU), IEEE 802.11, 9.3.2.2: each with addresses and a
/// length of its own, padded to a multiple of four bytes.
#[derive(Clone, Debug)]
pub struct Aggregate<'a> {
    rest: Reader<'a>,
}

impl<'a> Iterator for Aggregate<'a> {
    type Item = Result<Datagram<'a>, Skipped>;

    fn next(&mut self) -> Option<Self::Item> {
        self.rest.take(12, "aggregated addresses").ok()?;
        let length = usize::from(self.rest.u16("aggregated length").ok()?);
        let payload = self.rest.sub(length.min(self.rest.left()), "aggregated payload").ok()?;
        // The addresses and the length are 14 bytes themselves.
        let padding = (14 + length).next_multiple_of(4) - (14 + length);
        let _ = self.rest.take(padding.min(self.rest.left()), "aggregated padding");
        Some(encapsulated(LLC, payload))
    }
}

/// A frame without what belongs to its link alone.
enum Opened<'a> {
    /// A layer of this EtherType.
    Layer(u16, Reader<'a>),
    Aggregate(Aggregate<'a>),
}

/// Steps over the header of the link.
fn open(link: Link, mut frame: Reader<'_>) -> Result<Opened<'_>, Skipped> {
    let protocol = match link {
        Link::Ethernet => BRIDGED_ETHERNET,
        Link::Raw => IPV4,
        Link::Mpls => MPLS,
        Link::AtmLlc => LLC,
        Link::Pppoe => layers::PPPOE_SESSION,
        Link::LinuxSll | Link::LinuxSll2 => return cooked(link, frame),
        Link::Null | Link::Loop => family(frame.array("loopback family")?)?,
        Link::Ppp => serial::ppp(&mut frame)?,
        Link::DirectedPpp => {
            frame.take(1, "PPP direction")?;
            serial::ppp(&mut frame)?
        }
        Link::FrameRelay => serial::frame_relay(&mut frame)?,
        Link::DirectedFrameRelay => {
            frame.take(1, "Frame Relay direction")?;
            serial::frame_relay(&mut frame)?
        }
        Link::Firewire => {
            // RFC 2734: two addresses of eight bytes.
            frame.take(16, "FireWire addresses")?;
            frame.u16("FireWire protocol")?
        }
        Link::BroadcomDsa | Link::Dsa | Link::EtherDsa => {
            // The tag of a switch chip stands between addresses and EtherType.
            let tag = if matches!(link, Link::EtherDsa) { 8 } else { 4 };
            frame.take(12 + tag, "switch tag")?;
            frame.u16("EtherType behind a switch tag")?
        }
        Link::BroadcomFrontDsa => {
            frame.take(4, "switch tag")?;
            BRIDGED_ETHERNET
        }
        Link::Wifi | Link::Radiotap | Link::Prism | Link::Avs => {
            return Ok(match wifi::payload(link, &mut frame)? {
                wifi::Payload::One => Opened::Layer(LLC, frame),
                wifi::Payload::Several => Opened::Aggregate(Aggregate { rest: frame }),
            });
        }
        Link::Nflog | Link::Pflog | Link::Encapsulation | Link::Ipnet => {
            wrapper::in_front_of_ip(link, &mut frame)?;
            IPV4
        }
        Link::Ppi
        | Link::Pktap
        | Link::PktapUser
        | Link::Erf
        | Link::Analyzer
        | Link::AnalyzerTransparent
        | Link::JuniperEthernet
        | Link::JuniperPpp
        | Link::JuniperFrameRelay
        | Link::NetMonWifi => {
            return match wrapper::link_inside(link, &mut frame)? {
                // Nobody wraps twice, and a frame of nothing but wrappers would never end.
                inner if inner.is_wrapper() => Err(Skipped::Unread(Unread::TooDeep)),
                inner => open(inner, frame),
            };
        }
        Link::Remark => return Err(Skipped::Unread(Unread::Management)),
        Link::Other(number) => return Err(Skipped::Unread(Unread::Link(number))),
    };
    Ok(Opened::Layer(protocol, frame))
}

/// The two formats of the "any" device of Linux. Behind the header of a monitoring Wi-Fi device
/// stands a radiotap header, whatever the protocol says.
fn cooked(link: Link, mut frame: Reader<'_>) -> Result<Opened<'_>, Skipped> {
    let (protocol, hardware) = if matches!(link, Link::LinuxSll) {
        let [_, _, high, low, ..] = frame.array::<14>("Linux cooked header")?;
        (frame.u16("Linux cooked protocol")?, [high, low])
    } else {
        let protocol = frame.u16("Linux cooked protocol")?;
        let [_, _, _, _, _, _, high, low, ..] = frame.array::<18>("Linux cooked header")?;
        (protocol, [high, low])
    };
    match u16::from_be_bytes(hardware) {
        RADIOTAP_HARDWARE => open(Link::Radiotap, frame),
        _ => Ok(Opened::Layer(protocol, frame)),
    }
}

/// The EtherType for a BSD protocol family in either byte order: a file does not say in which
/// one its NULL headers are, but no family number is larger than a byte.
fn family(bytes: [u8; 4]) -> Result<u16, Skipped> {
    let ([number, 0, 0, 0] | [0, 0, 0, number]) = bytes else {
        return Err(Skipped::Unread(Unread::Family(0)));
    };
    match number {
        2 => Ok(IPV4),
        // AF_INET6 of Linux, Windows, NetBSD and OpenBSD, FreeBSD, macOS.
        10 | 23 | 24 | 28 | 30 => Ok(IPV6),
        other => Err(Skipped::Unread(Unread::Family(other))),
    }
}

/// ARPHRD_IEEE80211_RADIOTAP of Linux.
const RADIOTAP_HARDWARE: u16 = 803;

#[cfg(test)]
mod tests;
