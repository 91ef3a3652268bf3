//! Serial lines: PPP, the HDLC of Cisco, and Frame Relay.

use super::Skipped;
use super::layers::{BRIDGED_ETHERNET, IPV4, MPLS};
use crate::{Encryption, Reader, Unread};

/// The EtherType for what PPP carries, RFC 1661, 2, with the address and control bytes of HDLC
/// (RFC 1662, 3.1) or without, and with a protocol compressed to its odd byte or whole. Cisco's
/// HDLC has an EtherType behind address bytes of its own.
pub(super) fn ppp(frame: &mut Reader<'_>) -> Result<u16, Skipped> {
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
        PPP_BRIDGED => {
            // RFC 3518, 4.2: flags, and the kind of frame, of which 1 is Ethernet.
            let [_, kind] = frame.array("bridged PPP header")?;
            if kind == 1 { Ok(BRIDGED_ETHERNET) } else { Err(unread(protocol)) }
        }
        PPP_COMPRESSED | PPP_LINK_COMPRESSED => {
            Err(Skipped::Unread(Unread::Encrypted(Encryption::Ppp)))
        }
        other => Err(unread(other)),
    }
}

/// RFC 2427, 3: a Q.922 address of two bytes, unnumbered information, the NLPID.
pub(super) fn frame_relay(frame: &mut Reader<'_>) -> Result<u16, Skipped> {
    frame.take(2, "Frame Relay address")?;
    match frame.array("Frame Relay control")? {
        [3, 0xcc | 0x8e] => Ok(IPV4),
        // Without padding, and with the byte that aligns it.
        [3, 0x80] => {
            frame.take(3, "Frame Relay organization")?;
            Ok(frame.u16("Frame Relay protocol")?)
        }
        [3, 0] if frame.rest().starts_with(&[0x80]) => {
            frame.take(4, "Frame Relay organization")?;
            Ok(frame.u16("Frame Relay protocol")?)
        }
        [3, 0xcf] => ppp(frame),
        // Cisco's own encapsulation: an EtherType right away.
        [8, 0] => Ok(IPV4),
        [_, other] => Err(Skipped::Unread(Unread::Llc(other))),
    }
}

fn unread(protocol: u16) -> Skipped {
    Skipped::Unread(Unread::Ppp(protocol))
}

// PPP protocols, IANA "PPP Numbers".
const PPP_IPV4: u16 = 0x0021;
const PPP_BRIDGED: u16 = 0x0031;
const PPP_IPV6: u16 = 0x0057;
const PPP_LINK_COMPRESSED: u16 = 0x00fb;
const PPP_COMPRESSED: u16 = 0x00fd;
const PPP_MPLS: u16 = 0x0281;
