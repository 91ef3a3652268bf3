//! Tunnels: from the datagram on the wire to the innermost one in it.
//!
//! Each tunnel is one small function, found by the number of its IP protocol or its UDP port. A port
//! proves nothing: a tunnel is followed only where its header, and the IP header in it, are what the
//! tunnel's document says, and where what is inside is shorter than what is around it. Otherwise the
//! datagram is what it seemed to be.

mod access;
mod encrypted;
mod gre;
mod l2tp;
mod overlay;

use crate::frame::{self, Aggregate, Skipped};
use crate::{Datagram, Encryption, Link, Reader, Segment, Unread};

/// The innermost IP datagram that a frame carries.
///
/// # Errors
/// When the frame carries something else, or several datagrams, is cut inside a header, or is of a
/// link type that is not looked into. Offsets count from the start of the frame.
#[inline(always)]
pub fn datagram(link: Link, bytes: &[u8]) -> Result<Datagram<'_>, Skipped> {
    match frame::plain(link, bytes) {
        Some(plain) if plain.protocol == Segment::PROTOCOL => Ok(plain),
        // Behind the headers of Linux may stand another one.
        Some(plain) if plain.protocol == UDP && matches!(link, Link::Ethernet | Link::Raw) => {
            Ok(innermost(plain))
        }
        _ => any(link, bytes),
    }
}

/// The innermost datagrams of a frame for which [`datagram`] says [`Skipped::Aggregated`], in their
/// order; none of any other frame.
pub fn aggregated(link: Link, bytes: &[u8]) -> impl Iterator<Item = Aggregated<'_>> {
    let aggregate: Aggregate<'_> = frame::aggregate(link, bytes);
    aggregate.map(|datagram| datagram.map(innermost))
}

/// One datagram of several in a frame, or why there is none.
type Aggregated<'a> = Result<Datagram<'a>, Skipped>;

/// Why nothing more is seen in a datagram that [`datagram`] gave: it is encrypted, a tunnel around
/// something else than IP, or of a protocol that is not read. Nothing for TCP and UDP otherwise, and
/// for a fragment.
#[must_use]
pub fn unread(datagram: &Datagram<'_>) -> Option<Unread> {
    if datagram.fragment.is_some() {
        return None;
    }
    match inside(datagram) {
        Ok(inner) if inner.length < datagram.length => Some(Unread::TooDeep),
        Err(Skipped::Unread(unread)) if unread != NO_TUNNEL => Some(unread),
        _ if matches!(datagram.protocol, Segment::PROTOCOL | UDP) => None,
        _ => Some(Unread::IpProtocol(datagram.protocol)),
    }
}

/// Starts over with what is neither plain TCP nor plain UDP, away from the path of what is.
#[inline(never)]
fn any(link: Link, bytes: &[u8]) -> Result<Datagram<'_>, Skipped> {
    frame::datagram(link, Reader::new(bytes)).map(innermost)
}

/// Follows tunnels inwards, as far as [`MOST_TUNNELS`] and not into a fragment, whose headers mean
/// something only when it is whole.
#[inline(never)]
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
    if outer.fragment.is_some() || outer.protocol == Segment::PROTOCOL {
        return no_tunnel();
    }
    let packet = Reader::new(outer.payload);
    match outer.protocol {
        UDP => inside_udp(outer, packet),
        // RFC 2003; RFC 4213, 3; RFC 2473; and the older protocol 94.
        IP_IN_IP | IPV6_IN_IP | OLD_IP_IN_IP => frame::encapsulated(frame::IPV4, packet),
        GRE => gre::gre(packet),
        AUTHENTICATION => authenticated(outer, packet),
        ETHER_IP => ether_ip(packet),
        L2TP => l2tp::over_ip(packet),
        // RFC 4023, 3.
        MPLS_IN_IP => frame::encapsulated(frame::MPLS, packet),
        // RFC 8986, 4.
        ETHERNET => frame::encapsulated(frame::BRIDGED_ETHERNET, packet),
        ESP => encrypted(Encryption::Esp),
        COMPRESSION => encrypted(Encryption::IpCompression),
        _ => no_tunnel(),
    }
}

/// RFC 768.
fn inside_udp<'a>(outer: &Datagram<'a>, mut packet: Reader<'a>) -> Result<Datagram<'a>, Skipped> {
    let (source, destination) = (packet.u16("UDP source")?, packet.u16("UDP destination")?);
    let length = usize::from(packet.u16("UDP length")?).saturating_sub(8);
    packet.take(2, "UDP checksum")?;
    let payload = packet.sub(length.min(packet.left()), "UDP payload")?;
    if let Some(encryption) = encrypted::over_udp(source, destination, payload.rest()) {
        return encrypted(encryption);
    }
    let (_, tunnel) = UDP_TUNNELS
        .iter()
        .find(|(port, _)| *port == destination)
        .or_else(|| UDP_TUNNELS.iter().find(|(port, _)| *port == source))
        .ok_or(Skipped::Unread(NO_TUNNEL))?;
    tunnel(outer, payload)
}

/// Reads what is behind one tunnel's header, given the UDP datagram around it and its payload.
type Tunnel = for<'a> fn(&Datagram<'a>, Reader<'a>) -> Result<Datagram<'a>, Skipped>;

/// The tunnels over UDP by the port that IANA, or Linux, gave them.
const UDP_TUNNELS: &[(u16, Tunnel)] = &[
    (1701, |_, payload| l2tp::over_udp(payload)),
    (2152, |_, payload| access::gtp_u(payload)),
    (3544, |_, payload| access::teredo(payload)),
    (4341, |_, payload| overlay::lisp(payload)),
    (4754, |_, payload| gre::gre(payload)),
    (4789, |_, payload| overlay::vxlan(payload)),
    (4790, |_, payload| overlay::vxlan_gpe(payload)),
    (5247, access::capwap),
    (6080, overlay::gue),
    (6081, |_, payload| overlay::geneve(payload)),
    // RFC 7510.
    (6635, |_, payload| frame::encapsulated(frame::MPLS, payload)),
    (8472, |_, payload| overlay::vxlan(payload)),
    (37_008, |_, payload| access::tzsp(payload)),
];

/// RFC 4302, 2: what stands behind the header is in the clear. IPv6 has stepped over its own.
fn authenticated<'a>(
    outer: &Datagram<'a>,
    mut packet: Reader<'a>,
) -> Result<Datagram<'a>, Skipped> {
    let [next, words, ..] = packet.array::<8>("AH")?;
    // Counts words of four bytes, the first two of them not included.
    packet.take(usize::from(words) * 4, "AH")?;
    behind(outer, next, usize::from(words) * 4 + 8, packet)
}

/// What is left of a datagram behind a header of `passed` bytes that names the protocol of the rest.
fn behind<'a>(
    outer: &Datagram<'a>,
    protocol: u8,
    passed: usize,
    rest: Reader<'a>,
) -> Result<Datagram<'a>, Skipped> {
    let length = outer.length.saturating_sub(passed).max(rest.left());
    Ok(Datagram { protocol, payload: rest.rest(), length, ..*outer })
}

/// RFC 3378, 3: version 3, all else 0.
fn ether_ip(mut packet: Reader<'_>) -> Result<Datagram<'_>, Skipped> {
    match packet.u16("EtherIP header")? {
        0x3000 => frame::encapsulated(frame::BRIDGED_ETHERNET, packet),
        _ => no_tunnel(),
    }
}

/// It only looked like a tunnel.
fn no_tunnel<'a>() -> Result<Datagram<'a>, Skipped> {
    Err(Skipped::Unread(NO_TUNNEL))
}

/// It is one, and nobody can look into it.
fn encrypted<'a>(encryption: Encryption) -> Result<Datagram<'a>, Skipped> {
    Err(Skipped::Unread(Unread::Encrypted(encryption)))
}

/// Stands for the datagram itself: no layer behind a tunnel's header is called an IP protocol.
const NO_TUNNEL: Unread = Unread::IpProtocol(0);

// IANA "Assigned Internet Protocol Numbers".
const IP_IN_IP: u8 = 4;
const UDP: u8 = 17;
const IPV6_IN_IP: u8 = 41;
const GRE: u8 = 47;
const ESP: u8 = 50;
const AUTHENTICATION: u8 = 51;
const OLD_IP_IN_IP: u8 = 94;
const ETHER_IP: u8 = 97;
const COMPRESSION: u8 = 108;
const L2TP: u8 = 115;
const MPLS_IN_IP: u8 = 137;
const ETHERNET: u8 = 143;

/// The most tunnels in one another. A mirror (ERSPAN) of a data centre (VXLAN) in which a mobile
/// core (GTP-U) carries a client's 6in4 makes four; twice that is generous, and the bound keeps a
/// datagram of nothing but headers from costing more than its first bytes.
const MOST_TUNNELS: usize = 8;

#[cfg(test)]
mod tests;
