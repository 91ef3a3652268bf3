//! L2TP, versions 2 and 3.

use super::no_tunnel;
use crate::frame::{self, Skipped};
use crate::{Datagram, Reader};

/// RFC 2661, 3.1: a data message of version 2, its reserved bits 0; PPP inside. RFC 3931, 4.1.2:
/// a data message of version 3, all else 0, then as over IP.
pub(super) fn over_udp(mut packet: Reader<'_>) -> Result<Datagram<'_>, Skipped> {
    let whole = packet.left();
    let flags = packet.u16("L2TP flags")?;
    if flags == 3 {
        packet.take(2, "L2TP reserved")?;
        return over_ip(packet);
    }
    if flags & 0xb4ff != 2 {
        return no_tunnel();
    }
    if flags & 0x4000 != 0 && usize::from(packet.u16("L2TP length")?) < whole {
        return no_tunnel();
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

/// RFC 3931, 4.1: a session, not 0, which is control. How long the cookie behind it is (0, 4 or 8
/// bytes) and whether four bytes of sublayer follow was agreed on beforehand, so each sum is tried:
/// the one behind which stands a whole Ethernet frame (RFC 4719) with IP in it is right.
pub(super) fn over_ip(mut packet: Reader<'_>) -> Result<Datagram<'_>, Skipped> {
    if packet.u32("L2TP session")? == 0 {
        return no_tunnel();
    }
    for _ in COOKIE_AND_SUBLAYER {
        if let Ok(inner) = frame::encapsulated(frame::BRIDGED_ETHERNET, packet) {
            return Ok(inner);
        }
        packet.take(4, "L2TP cookie")?;
    }
    no_tunnel()
}

/// From none to both of the longest, in words of four bytes.
const COOKIE_AND_SUBLAYER: core::ops::RangeInclusive<usize> = 0..=3;
