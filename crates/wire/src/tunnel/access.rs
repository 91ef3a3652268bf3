//! Tunnels between the edge of a network and its core: access points, mobile networks, home users.

use core::net::IpAddr;

use super::no_tunnel;
use crate::frame::{self, Skipped};
use crate::{Datagram, Fragment, Fragmented, Link, Reader};

/// 3GPP TS 29.281, 5.1: version 1, GTP and not GTP', a user's packet; then extensions, each of which
/// names the next at its end. A user sends IP, or Ethernet, which nothing in the header tells.
pub(super) fn gtp_u(mut packet: Reader<'_>) -> Result<Datagram<'_>, Skipped> {
    let [flags, kind, high, low, ..] = packet.array::<8>("GTP-U header")?;
    let length = usize::from(u16::from_be_bytes([high, low]));
    // A shorter length would leave bytes over; the capture may have cut a longer one.
    if flags & 0xf8 != 0x30 || kind != 0xff || length < packet.left() {
        return no_tunnel();
    }
    if flags & 7 != 0 {
        let [_, _, _, mut next] = packet.array("GTP-U options")?;
        for _ in 0..MOST_GTP_EXTENSIONS {
            if flags & 4 == 0 || next == 0 {
                break;
            }
            // Counted in words of four bytes, this one included.
            let words = usize::from(packet.u8("GTP-U extension")?);
            packet.take((words * 4).saturating_sub(2), "GTP-U extension")?;
            next = packet.u8("GTP-U extension")?;
        }
    }
    frame::encapsulated(frame::IPV4, packet)
        .or_else(|_| frame::encapsulated(frame::BRIDGED_ETHERNET, packet))
}

/// RFC 5415, 4.3: a header of version 0 and of the length it says, in front of a whole frame or a
/// part of one: IEEE 802.11, or Ethernet where the access point has translated it.
pub(super) fn capwap<'a>(
    outer: &Datagram<'a>,
    mut packet: Reader<'a>,
) -> Result<Datagram<'a>, Skipped> {
    let [preamble, high, low, flags, id_high, id_low, part_high, part_low] =
        packet.array::<8>("CAPWAP header")?;
    let words = usize::from(high >> 3);
    let binding = low >> 1 & 0x1f;
    // A keep-alive is none; the lowest bits are reserved.
    if preamble != 0 || words < 2 || flags & 0x0f != 0 || part_low & 7 != 0 {
        return no_tunnel();
    }
    packet.take(words * 4 - 8, "CAPWAP header")?;
    let (link, of) = match (low & 1, binding) {
        (0, _) => (Link::Ethernet, Fragmented::CapwapEthernet),
        (_, CAPWAP_WIFI) => (Link::Wifi, Fragmented::CapwapWifi),
        _ => return no_tunnel(),
    };
    if flags & FRAGMENT == 0 {
        return frame::datagram(link, packet);
    }
    let offset = usize::from(u16::from_be_bytes([part_high, part_low]));
    let ports = outer.payload.first_chunk::<4>().copied().unwrap_or_default();
    let [source_high, source_low, destination_high, destination_low] = ports;
    // One of the ports is that of the controller; the other tells access points behind one address
    // from each other.
    let id = [source_high ^ destination_high, source_low ^ destination_low, id_high, id_low];
    let id = u32::from_be_bytes(id);
    let fragment = Fragment { id, offset, more: flags & LAST == 0, of };
    let length = packet.left();
    Ok(Datagram { payload: packet.rest(), length, fragment: Some(fragment), ..*outer })
}

/// RFC 4380, 5.1.1: IPv6, perhaps behind authentication or the client's origin. One of the
/// addresses must be Teredo's own, 2001::/32 (2.6).
pub(super) fn teredo(mut packet: Reader<'_>) -> Result<Datagram<'_>, Skipped> {
    if packet.rest().starts_with(&[0, 1]) {
        let [_, _, client, value] = packet.array("Teredo authentication")?;
        packet.take(usize::from(client) + usize::from(value) + 9, "Teredo authentication")?;
    }
    if packet.rest().starts_with(&[0, 0]) {
        packet.take(8, "Teredo origin")?;
    }
    let inner = frame::encapsulated(frame::IPV4, packet)?;
    let teredo = |address| match address {
        IpAddr::V6(v6) => v6.octets().starts_with(&[0x20, 1, 0, 0]),
        IpAddr::V4(_) => false,
    };
    if teredo(inner.source) || teredo(inner.destination) { Ok(inner) } else { no_tunnel() }
}

/// TZSP, what a router or an access point streams to a sniffer: version 1, a received packet, the
/// kind of frame, then tagged fields up to the tag 1.
pub(super) fn tzsp(mut packet: Reader<'_>) -> Result<Datagram<'_>, Skipped> {
    let [1, 0 | 1, high, low] = packet.array("TZSP header")? else { return no_tunnel() };
    let link = match u16::from_be_bytes([high, low]) {
        1 => Link::Ethernet,
        18 => Link::Wifi,
        119 => Link::Prism,
        163 => Link::Avs,
        _ => return no_tunnel(),
    };
    for _ in 0..MOST_TZSP_FIELDS {
        match packet.u8("TZSP field")? {
            // Padding is one byte.
            0 => {}
            1 => return frame::datagram(link, packet),
            _ => {
                let length = usize::from(packet.u8("TZSP field length")?);
                packet.take(length, "TZSP field")?;
            }
        }
    }
    no_tunnel()
}

/// IEEE 802.11 among the wireless bindings of CAPWAP, RFC 5415, 4.3.
const CAPWAP_WIFI: u8 = 1;
// Flags of the CAPWAP header: it is in front of a fragment, and of the last one.
const FRAGMENT: u8 = 0x80;
const LAST: u8 = 0x40;

/// The most GTP-U extensions. 5G writes one or two.
const MOST_GTP_EXTENSIONS: usize = 8;
/// The most fields in front of a streamed packet. About ten kinds are known.
const MOST_TZSP_FIELDS: usize = 32;
