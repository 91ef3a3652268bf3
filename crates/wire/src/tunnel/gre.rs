//! GRE, and what is built on it.

use super::no_tunnel;
use crate::frame::{self, Skipped};
use crate::{Datagram, Reader, Unread};

/// RFC 2784, 2 with the fields of RFC 2890, 2; NVGRE (RFC 7637) is GRE with a key and Ethernet
/// inside; over UDP it is the same (RFC 8086). Version 1 is that of PPTP, RFC 2637, 4.1, and of
/// MikroTik's EoIP.
pub(super) fn gre(mut packet: Reader<'_>) -> Result<Datagram<'_>, Skipped> {
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
        1 if protocol == ETHERNET_OVER_IP => {
            packet.take(4, "EoIP length and tunnel")?;
            return frame::encapsulated(frame::BRIDGED_ETHERNET, packet);
        }
        _ => return no_tunnel(),
    }
    match protocol {
        ERSPAN | ERSPAN_III => {
            erspan(protocol, flags, &mut packet)?;
            frame::encapsulated(frame::BRIDGED_ETHERNET, packet)
        }
        WCCP => {
            // What a router redirected to a proxy: in the second version of the protocol four bytes
            // stand in front of IP.
            if packet.rest().first().is_some_and(|first| first >> 4 != 4) {
                packet.take(4, "WCCP redirect header")?;
            }
            frame::encapsulated(frame::IPV4, packet)
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
        _ => return Err(Skipped::Unread(Unread::EtherType(protocol))),
    }
    Ok(())
}

// What GRE calls a mirrored frame, a redirected datagram, and a bridged one of MikroTik.
const ERSPAN: u16 = 0x88be;
const ERSPAN_III: u16 = 0x22eb;
const WCCP: u16 = 0x883e;
const ETHERNET_OVER_IP: u16 = 0x6400;
