//! What may stand between a link and IP, each layer named by the EtherType in front of it.

use super::{Skipped, serial};
use crate::{Datagram, Encryption, Reader, Unread, ip};

/// Peels everything that may stand between an EtherType and IP.
///
/// # Errors
/// When there is no IP behind it. Offsets are those of the reader.
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
            VLAN | SERVICE_VLAN | OLD_SERVICE_VLAN | OTHER_SERVICE_VLAN => vlan(&mut frame)?,
            BRIDGED_ETHERNET => {
                frame.take(12, "Ethernet addresses")?;
                frame.u16("EtherType")?
            }
            MPLS | MPLS_MULTICAST => mpls(protocol, &mut frame)?,
            PPPOE_SESSION => {
                // RFC 2516, 4: version and type, code, session, length; then the PPP protocol.
                frame.take(4, "PPPoE header")?;
                let length = usize::from(frame.u16("PPPoE length")?);
                if let Ok(payload) = frame.sub(length, "PPPoE payload") {
                    (frame, complete) = (payload, true);
                }
                serial::ppp(&mut frame)?
            }
            PPP => serial::ppp(&mut frame)?,
            0..=MOST_LENGTH => logical_link(&mut frame)?,
            _ => tag(protocol, &mut frame)?,
        };
    }
    Err(Skipped::Unread(Unread::TooDeep))
}

/// What is behind one tag or one IEEE 802.2 header.
///
/// # Errors
/// When it is another layer, or is cut.
pub(super) fn behind(protocol: u16, frame: &mut Reader<'_>) -> Result<u16, Skipped> {
    match protocol {
        VLAN | SERVICE_VLAN | OLD_SERVICE_VLAN | OTHER_SERVICE_VLAN => vlan(frame),
        0..=MOST_LENGTH => logical_link(frame),
        _ => tag(protocol, frame),
    }
}

fn vlan(frame: &mut Reader<'_>) -> Result<u16, Skipped> {
    frame.take(2, "VLAN tag")?;
    Ok(frame.u16("EtherType behind a VLAN tag")?)
}

/// RFC 3032: the lowest bit of the third byte marks the last label. What follows it is not named
/// anywhere; its first four bits give it away (RFC 4928): the version of IP, or an Ethernet
/// pseudowire, whose control word begins with two zero bytes (RFC 4448, 4.6) and may be left out.
fn mpls(protocol: u16, frame: &mut Reader<'_>) -> Result<u16, Skipped> {
    let last = frame.u32("MPLS label")? & 0x100 != 0;
    Ok(match *frame.rest() {
        _ if !last => protocol,
        [first, ..] if matches!(first >> 4, 4 | 6) => IPV4,
        [0, 0, ..] => {
            frame.take(4, "pseudowire control word")?;
            BRIDGED_ETHERNET
        }
        [first, ..] if first >> 4 != 1 => BRIDGED_ETHERNET,
        // The associated channel.
        _ => return Err(Skipped::Unread(Unread::Management)),
    })
}

/// IEEE 802.2.
fn logical_link(frame: &mut Reader<'_>) -> Result<u16, Skipped> {
    match *frame.rest() {
        // SNAP with the organization 0, or that of bridged Ethernet: an EtherType follows.
        [0xaa, 0xaa, 3, 0, 0, 0, ..] => {
            frame.take(6, "SNAP header")?;
            Ok(frame.u16("SNAP protocol")?)
        }
        // RFC 2684, 5.2: a bridged Ethernet frame over ATM, with and without its checksum.
        [0xaa, 0xaa, 3, 0, 0x80, 0xc2, 0, 1 | 7, ..] => {
            frame.take(10, "bridged Ethernet header")?;
            Ok(BRIDGED_ETHERNET)
        }
        // The number of IP itself.
        [6, 6, 3, ..] => {
            frame.take(3, "LLC header")?;
            Ok(IPV4)
        }
        // RFC 2364, 6: PPP over ATM.
        [0xfe, 0xfe, 3, 0xcf, ..] => {
            frame.take(4, "LLC header")?;
            Ok(PPP)
        }
        [access_point, ..] => Err(Skipped::Unread(Unread::Llc(access_point))),
        [] => Err(frame.malformed("LLC header", 3).into()),
    }
}

/// Tags of switches, and whole frames in frames. The rarest layers come last.
fn tag(protocol: u16, frame: &mut Reader<'_>) -> Result<u16, Skipped> {
    match protocol {
        CISCO_METADATA => {
            // A security group tag: version, number of options, four bytes for each.
            frame.take(1, "Cisco MetaData header")?;
            let options = usize::from(frame.u8("Cisco MetaData header")?);
            frame.take(options * 4, "Cisco MetaData options")?;
            Ok(frame.u16("EtherType behind Cisco MetaData")?)
        }
        // A virtual interface of an adapter (Cisco VN-Tag), and that of a port extender (802.1BR).
        VIRTUAL_INTERFACE => {
            frame.take(4, "VN-Tag")?;
            Ok(frame.u16("EtherType behind a VN-Tag")?)
        }
        PORT_EXTENDER => {
            frame.take(6, "E-Tag")?;
            Ok(frame.u16("EtherType behind an E-Tag")?)
        }
        BACKBONE_SERVICE => {
            // IEEE 802.1ah: a service tag, then the customer's whole Ethernet frame.
            frame.take(4, "backbone service tag")?;
            Ok(BRIDGED_ETHERNET)
        }
        FABRIC_PATH => {
            frame.take(2, "FabricPath tag")?;
            Ok(BRIDGED_ETHERNET)
        }
        TRILL => {
            // RFC 6325, 3: two bytes that count words of options, then two nicknames.
            let options = usize::from(frame.u16("TRILL header")? >> 6 & 0x1f);
            frame.take(4 + options * 4, "TRILL header")?;
            Ok(BRIDGED_ETHERNET)
        }
        SERVICE_CHAIN => service_chain(frame),
        MACSEC => {
            macsec(frame)?;
            Ok(frame.u16("EtherType behind MACsec")?)
        }
        other => Err(Skipped::Unread(Unread::EtherType(other))),
    }
}

/// RFC 8300, 2: version 0, the length in words of four bytes, and what follows.
pub(crate) fn service_chain(frame: &mut Reader<'_>) -> Result<u16, Skipped> {
    let [version, words, _, next] = frame.array("NSH base header")?;
    let length = usize::from(words & 0x3f) * 4;
    if version >> 6 != 0 || length < 8 {
        return Err(Skipped::Unread(Unread::EtherType(SERVICE_CHAIN)));
    }
    frame.take(length - 4, "NSH context")?;
    match next {
        1 | 2 => Ok(IPV4),
        3 => Ok(BRIDGED_ETHERNET),
        4 => Ok(SERVICE_CHAIN),
        5 => Ok(MPLS),
        _ => Err(Skipped::Unread(Unread::EtherType(SERVICE_CHAIN))),
    }
}

/// IEEE 802.1AE, 9.3: what is only authenticated can be read. The check value behind it is taken for
/// padding.
fn macsec(frame: &mut Reader<'_>) -> Result<(), Skipped> {
    let [control, short_length] = frame.array("MACsec tag")?;
    frame.take(4, "MACsec packet number")?;
    if control & 0x20 != 0 {
        frame.take(8, "MACsec channel")?;
    }
    if control & 0x80 != 0 {
        return Err(Skipped::Unread(Unread::EtherType(MACSEC)));
    }
    if control & 0x0c != 0 {
        return Err(Skipped::Unread(Unread::Encrypted(Encryption::Macsec)));
    }
    if let length @ 1.. = usize::from(short_length & 0x3f)
        && let Ok(payload) = frame.sub(length, "MACsec payload")
    {
        *frame = payload;
    }
    Ok(())
}

// EtherTypes, IEEE 802 Numbers at IANA.
pub(crate) const IPV4: u16 = 0x0800;
pub(super) const IPV6: u16 = 0x86dd;
const VLAN: u16 = 0x8100;
const SERVICE_VLAN: u16 = 0x88a8;
const OLD_SERVICE_VLAN: u16 = 0x9100;
const OTHER_SERVICE_VLAN: u16 = 0x9200;
pub(crate) const MPLS: u16 = 0x8847;
const MPLS_MULTICAST: u16 = 0x8848;
pub(super) const PPPOE_SESSION: u16 = 0x8864;
const CISCO_METADATA: u16 = 0x8909;
const VIRTUAL_INTERFACE: u16 = 0x8926;
const PORT_EXTENDER: u16 = 0x893f;
const BACKBONE_SERVICE: u16 = 0x88e7;
const FABRIC_PATH: u16 = 0x8903;
const TRILL: u16 = 0x22f3;
pub(crate) const SERVICE_CHAIN: u16 = 0x894f;
const MACSEC: u16 = 0x88e5;
pub(crate) const BRIDGED_ETHERNET: u16 = 0x6558;
pub(crate) const PPP: u16 = 0x880b;

/// Numbers up to here are the length of an IEEE 802.3 frame, not an EtherType.
const MOST_LENGTH: u16 = 0x05ff;
/// Stands for an IEEE 802.2 header right away, as a length would.
pub(super) const LLC: u16 = 0;

/// The most layers between link and IP. Two tags and a few labels are seen in the field; the bound
/// keeps a frame of nothing but tags from costing more than its first bytes.
pub(super) const MOST_LAYERS: usize = 16;
