//! Tunnels: from the datagram on the wire to the innermost one in it.
//!
//! Each tunnel is one small function, found by the number of its IP protocol or its UDP port. A port
//! proves nothing: a tunnel is followed only where its header, and the IP header in it, are what the
//! tunnel's document says, and where what is inside is shorter than what is around it. Otherwise the
//! datagram is what it seemed to be.

use core::net::IpAddr;

use crate::frame::{self, Skipped};
use crate::{Datagram, Link, Reader, Segment};

/// The innermost IP datagram that a frame carries.
///
/// # Errors
/// When the frame carries something else, is cut inside a header, or is of a link type that is not
/// looked into. Offsets count from the start of the frame.
#[inline]
pub fn datagram(link: Link, bytes: &[u8]) -> Result<Datagram<'_>, Skipped> {
    match frame::plain(link, bytes) {
        Some(plain) if plain.protocol == Segment::PROTOCOL => Ok(plain),
        _ => any(link, bytes),
    }
}

/// Starts over with what is not plain TCP, away from the path of what is.
#[inline(never)]
fn any(link: Link, bytes: &[u8]) -> Result<Datagram<'_>, Skipped> {
    frame::datagram(link, Reader::new(bytes)).map(innermost)
}

/// Follows tunnels inwards, as far as [`MOST_TUNNELS`] and not into a fragment, whose headers mean
/// something only when it is whole.
pub(crate) fn innermost(mut datagram: Datagram<'_>) -> Datagram<'_> {
    for _ in 0..MOST_TUNNELS {
        match inside(&datagram) {
            Ok(inner) if inner.length < datagram.length => datagram = inner,
            _ => break,
        }
    }
    datagram
}

/// The datagram in this one.
fn inside<'a>(outer: &Datagram<'a>) -> Result<Datagram<'a>, Skipped> {
    if outer.fragment.is_some() {
        return NO_TUNNEL;
    }
    let packet = Reader::new(outer.payload);
    match outer.protocol {
        UDP => inside_udp(packet),
        // RFC 2003; RFC 4213, 3; RFC 2473.
        IP_IN_IP | IPV6_IN_IP => frame::encapsulated(frame::IPV4, packet),
        GRE => gre(packet),
        ETHER_IP => ether_ip(packet),
        // RFC 4023, 3.
        MPLS_IN_IP => frame::encapsulated(frame::MPLS, packet),
        _ => NO_TUNNEL,
    }
}

/// RFC 768.
fn inside_udp(mut packet: Reader<'_>) -> Result<Datagram<'_>, Skipped> {
    let (source, destination) = (packet.u16("UDP source")?, packet.u16("UDP destination")?);
    let length = usize::from(packet.u16("UDP length")?).saturating_sub(8);
    packet.take(2, "UDP checksum")?;
    let payload = packet.sub(length.min(packet.left()), "UDP payload")?;
    let (_, tunnel) = UDP_TUNNELS
        .iter()
        .find(|(port, _)| *port == destination)
        .or_else(|| UDP_TUNNELS.iter().find(|(port, _)| *port == source))
        .ok_or(Skipped::NotIp(0))?;
    tunnel(payload)
}

/// Reads what is behind one tunnel's header.
type Tunnel = for<'a> fn(Reader<'a>) -> Result<Datagram<'a>, Skipped>;

/// The tunnels over UDP by the port that IANA, or Linux, gave them.
const UDP_TUNNELS: &[(u16, Tunnel)] = &[
    (1701, l2tp),
    (2152, gtp_u),
    (3544, teredo),
    (4789, vxlan),
    (5247, capwap),
    (6081, geneve),
    (8472, vxlan),
];

/// RFC 2784, 2 with the fields of RFC 2890, 2; NVGRE (RFC 7637) is GRE with a key and Ethernet
/// inside. Version 1 is that of PPTP, RFC 2637, 4.1.
fn gre(mut packet: Reader<'_>) -> Result<Datagram<'_>, Skipped> {
    let flags = packet.u16("GRE flags")?;
    let protocol = packet.u16("GRE protocol")?;
    match flags & 7 {
        // RFC 1701's routing is what only an attacker would send.
        0 if flags & 0x4000 == 0 => {
            let fields = [0x8000, 0x2000, 0x1000].iter().filter(|bit| flags & *bit != 0);
            packet.take(fields.count() * 4, "GRE fields")?;
        }
        1 if protocol == frame::PPP => {
            let numbers = [0x1000, 0x0080].iter().filter(|bit| flags & *bit != 0);
            packet.take(4 + numbers.count() * 4, "PPTP fields")?;
        }
        _ => return NO_TUNNEL,
    }
    match protocol {
        ERSPAN | ERSPAN_III => {
            erspan(protocol, flags, &mut packet)?;
            frame::encapsulated(frame::BRIDGED_ETHERNET, packet)
        }
        other => frame::encapsulated(other, packet),
    }
}

/// Steps over the header of a mirrored frame: draft-foschiano-erspan, 4. Type I, which has no
/// sequence number, has no header either.
fn erspan(protocol: u16, flags: u16, packet: &mut Reader<'_>) -> Result<(), Skipped> {
    if protocol == ERSPAN && flags & 0x1000 == 0 {
        return Ok(());
    }
    let header = packet.array::<8>("ERSPAN header")?;
    match (protocol, header[0] >> 4) {
        (ERSPAN, 1) => {}
        (ERSPAN_III, 2) => {
            // The last bit says that eight bytes about the platform follow.
            let more = packet.array::<4>("ERSPAN header")?[3] & 1;
            packet.take(usize::from(more) * 8, "ERSPAN platform")?;
        }
        _ => return Err(Skipped::NotIp(protocol)),
    }
    Ok(())
}

/// RFC 3378, 3: version 3, all else 0.
fn ether_ip(mut packet: Reader<'_>) -> Result<Datagram<'_>, Skipped> {
    match packet.u16("EtherIP header")? {
        0x3000 => frame::encapsulated(frame::BRIDGED_ETHERNET, packet),
        _ => NO_TUNNEL,
    }
}

/// RFC 7348, 5: the one flag set, or with it that of Group Policy; the last byte is reserved.
fn vxlan(mut packet: Reader<'_>) -> Result<Datagram<'_>, Skipped> {
    match packet.array("VXLAN header")? {
        [0x08 | 0x88, _, _, _, _, _, _, 0] => frame::encapsulated(frame::BRIDGED_ETHERNET, packet),
        _ => NO_TUNNEL,
    }
}

/// RFC 8926, 3.4: version 0, the options in words of four bytes, reserved bits 0.
fn geneve(mut packet: Reader<'_>) -> Result<Datagram<'_>, Skipped> {
    let [options, flags, high, low, _, _, _, reserved] = packet.array("Geneve header")?;
    if options >> 6 != 0 || flags & 0x3f != 0 || reserved != 0 {
        return NO_TUNNEL;
    }
    packet.take(usize::from(options) * 4, "Geneve options")?;
    frame::encapsulated(u16::from_be_bytes([high, low]), packet)
}

/// 3GPP TS 29.281, 5.1: version 1, GTP and not GTP', a user's packet; then extensions, each of which
/// names the next at its end.
fn gtp_u(mut packet: Reader<'_>) -> Result<Datagram<'_>, Skipped> {
    let [flags, kind, high, low, ..] = packet.array::<8>("GTP-U header")?;
    let length = usize::from(u16::from_be_bytes([high, low]));
    // A shorter length would leave bytes over; the capture may have cut a longer one.
    if flags & 0xf8 != 0x30 || kind != 0xff || length < packet.left() {
        return NO_TUNNEL;
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
}

/// RFC 2661, 3.1: a data message of version 2, its reserved bits 0; PPP inside.
fn l2tp(mut packet: Reader<'_>) -> Result<Datagram<'_>, Skipped> {
    let whole = packet.left();
    let flags = packet.u16("L2TP flags")?;
    if flags & 0xb4ff != 2 {
        return NO_TUNNEL;
    }
    if flags & 0x4000 != 0 && usize::from(packet.u16("L2TP length")?) < whole {
        return NO_TUNNEL;
    }
    packet.take(4, "L2TP tunnel and session")?;
    if flags & 0x0800 != 0 {
        packet.take(4, "L2TP sequence")?;
    }
    if flags & 0x0200 != 0 {
        let offset = packet.u16("L2TP offset")?;
        packet.take(usize::from(offset), "L2TP offset")?;
    }
    frame::encapsulated(frame::PPP, packet)
}

/// RFC 5415, 4.3: a header of version 0 and of the length it says, in front of a whole frame: IEEE
/// 802.11, or Ethernet where the access point has translated it. Fragments are not put together.
fn capwap(mut packet: Reader<'_>) -> Result<Datagram<'_>, Skipped> {
    let [preamble, high, low, flags, .., last] = packet.array::<8>("CAPWAP header")?;
    let words = usize::from(high >> 3);
    let binding = low >> 1 & 0x1f;
    // A fragment, or a keep-alive; the lowest bits are reserved.
    if preamble != 0 || words < 2 || flags & 0x8f != 0 || last & 7 != 0 {
        return NO_TUNNEL;
    }
    packet.take(words * 4 - 8, "CAPWAP header")?;
    match (low & 1, binding) {
        (0, _) => frame::encapsulated(frame::BRIDGED_ETHERNET, packet),
        (_, CAPWAP_WIFI) => frame::datagram(Link::Wifi, packet),
        _ => NO_TUNNEL,
    }
}

/// RFC 4380, 5.1.1: IPv6, perhaps behind authentication or the client's origin. One of the
/// addresses must be Teredo's own, 2001::/32 (2.6).
fn teredo(mut packet: Reader<'_>) -> Result<Datagram<'_>, Skipped> {
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
    if teredo(inner.source) || teredo(inner.destination) { Ok(inner) } else { NO_TUNNEL }
}

/// It only looked like a tunnel.
const NO_TUNNEL: Result<Datagram<'static>, Skipped> = Err(Skipped::NotIp(0));

// IANA "Assigned Internet Protocol Numbers".
const IP_IN_IP: u8 = 4;
const UDP: u8 = 17;
const IPV6_IN_IP: u8 = 41;
const GRE: u8 = 47;
const ETHER_IP: u8 = 97;
const MPLS_IN_IP: u8 = 137;

// What GRE calls a mirrored frame.
const ERSPAN: u16 = 0x88be;
const ERSPAN_III: u16 = 0x22eb;

/// IEEE 802.11 among the wireless bindings of CAPWAP, RFC 5415, 4.3.
const CAPWAP_WIFI: u8 = 1;

/// The most GTP-U extensions. 5G writes one or two.
const MOST_GTP_EXTENSIONS: usize = 8;

/// The most tunnels in one another. A mirror (ERSPAN) of a data centre (VXLAN) in which a mobile
/// core (GTP-U) carries a client's 6in4 makes four; twice that is generous, and the bound keeps a
/// datagram of nothing but headers from costing more than its first bytes.
const MOST_TUNNELS: usize = 8;

#[cfg(test)]
mod tests;
