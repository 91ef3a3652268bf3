//! The tunnels of data centres and of providers over UDP.

use super::{behind, inside, no_tunnel};
use crate::frame::{self, Skipped};
use crate::{Datagram, Reader, Segment, UserDatagram};

/// RFC 7348, 5: the one flag set, or with it that of Group Policy; the last byte is reserved.
pub(super) fn vxlan(mut packet: Reader<'_>) -> Result<Datagram<'_>, Skipped> {
    match packet.array("VXLAN header")? {
        [0x08 | 0x88, _, _, _, _, _, _, 0] => frame::encapsulated(frame::BRIDGED_ETHERNET, packet),
        _ => no_tunnel(),
    }
}

/// draft-ietf-nvo3-vxlan-gpe, 3.1: version 0, the flags of an instance and of a next protocol, which
/// is the fourth byte.
pub(super) fn vxlan_gpe(mut packet: Reader<'_>) -> Result<Datagram<'_>, Skipped> {
    let [flags, 0, 0, next, _, _, _, 0] = packet.array("VXLAN-GPE header")? else {
        return no_tunnel();
    };
    if flags & 0xfc != 0x0c {
        return no_tunnel();
    }
    let protocol = match next {
        1 | 2 => frame::IPV4,
        3 => frame::BRIDGED_ETHERNET,
        4 => frame::SERVICE_CHAIN,
        5 => frame::MPLS,
        _ => return no_tunnel(),
    };
    frame::encapsulated(protocol, packet)
}

/// RFC 8926, 3.4: version 0, the options in words of four bytes, reserved bits 0.
pub(super) fn geneve(mut packet: Reader<'_>) -> Result<Datagram<'_>, Skipped> {
    let [options, flags, high, low, _, _, _, reserved] = packet.array("Geneve header")?;
    if options >> 6 != 0 || flags & 0x3f != 0 || reserved != 0 {
        return no_tunnel();
    }
    packet.take(usize::from(options) * 4, "Geneve options")?;
    frame::encapsulated(u16::from_be_bytes([high, low]), packet)
}

/// draft-ietf-intarea-gue, 3: data of version 0 with words of options, then the protocol that the
/// second byte names; version 1 is IP right away.
pub(super) fn gue<'a>(
    outer: &Datagram<'a>,
    mut packet: Reader<'a>,
) -> Result<Datagram<'a>, Skipped> {
    match packet.rest().first() {
        Some(first) if matches!(first >> 4, 4 | 6) => frame::encapsulated(frame::IPV4, packet),
        Some(first) if first >> 5 == 0 => {
            let [words, protocol, ..] = packet.array::<4>("GUE header")?;
            packet.take(usize::from(words) * 4, "GUE options")?;
            // The UDP header is 8 bytes itself.
            let inner = behind(outer, protocol, 12 + usize::from(words) * 4, packet)?;
            match protocol {
                Segment::PROTOCOL => Ok(inner),
                // Another UDP header would not end.
                UserDatagram::PROTOCOL => no_tunnel(),
                _ => inside(&inner),
            }
        }
        _ => no_tunnel(),
    }
}

/// RFC 9300, 5.3: flags whose last two bits say that the payload is encrypted, a nonce or versions,
/// an instance; then IP.
pub(super) fn lisp(mut packet: Reader<'_>) -> Result<Datagram<'_>, Skipped> {
    let [flags, ..] = packet.array::<8>("LISP header")?;
    // An echo request needs a nonce, and a nonce excludes versions.
    if flags & 3 != 0 || (flags & 0x40 != 0 && flags & 0x80 == 0) || flags & 0x90 == 0x90 {
        return no_tunnel();
    }
    frame::encapsulated(frame::IPV4, packet)
}
