//! Headers that a capturing machine puts in front of a frame: what a firewall logged, which device
//! and program a packet belongs to, when a card saw it.

use super::Skipped;
use crate::{Link, Reader, Unread};

/// Steps over a header behind which IP begins.
///
/// # Errors
/// When the header is cut, or what follows it is not IP.
pub(super) fn in_front_of_ip(link: Link, frame: &mut Reader<'_>) -> Result<(), Skipped> {
    match link {
        Link::Nflog => return nflog(frame),
        Link::Pflog => {
            // The length leaves out the padding to a multiple of four.
            let length = usize::from(frame.u8("pf log header")?);
            frame.take(length.max(1).next_multiple_of(4) - 1, "pf log header")?;
        }
        // enc(4): family, security parameter index, flags.
        Link::Encapsulation => drop(frame.take(12, "IPsec device header")?),
        // ipnet(7D): two bytes of versions, hook, length, two devices, two zones.
        _ => drop(frame.take(24, "Solaris IP device header")?),
    }
    Ok(())
}

/// Steps over a header that names the link type behind it.
///
/// # Errors
/// When the header is cut, or what follows it is not looked into.
pub(super) fn link_inside(link: Link, frame: &mut Reader<'_>) -> Result<Link, Skipped> {
    match link {
        Link::Ppi => {
            // Version and flags, the length of the header, the link type of what follows it.
            frame.take(2, "PPI header")?;
            let length = usize::from(u16::from_le_bytes(frame.array("PPI length")?));
            let number = u32::from_le_bytes(frame.array("PPI link type")?);
            frame.take(length.saturating_sub(8), "PPI fields")?;
            Ok(numbered(number))
        }
        Link::Pktap | Link::PktapUser => pktap(link, frame),
        Link::Erf => erf(frame),
        Link::Analyzer => {
            frame.take(4, "netANALYZER header")?;
            Ok(Link::Ethernet)
        }
        Link::AnalyzerTransparent => {
            // The header, the preamble and the start of frame delimiter.
            frame.take(4 + 8, "netANALYZER header")?;
            Ok(Link::Ethernet)
        }
        Link::JuniperEthernet | Link::JuniperPpp | Link::JuniperFrameRelay => juniper(link, frame),
        Link::NetMonWifi => {
            // A version and the length of the header.
            frame.take(1, "Network Monitor header")?;
            let length = usize::from(u16::from_le_bytes(frame.array("Network Monitor header")?));
            frame.take(length.saturating_sub(3), "Network Monitor header")?;
            Ok(Link::Wifi)
        }
        other => Ok(other),
    }
}

/// What macOS writes about device and program, in the byte order of the machine: the length of the
/// header, the number 1, the link type.
fn pktap(link: Link, frame: &mut Reader<'_>) -> Result<Link, Skipped> {
    let words = frame.array::<12>("pktap header")?;
    let word = |at: usize, bytes: &[u8; 12]| {
        let bytes = bytes.get(at..).and_then(|rest| rest.first_chunk::<4>());
        u32::from_le_bytes(bytes.copied().unwrap_or_default())
    };
    let (length, kind, inner) = (word(0, &words), word(4, &words), word(8, &words));
    // The number 149 belongs to everybody; only macOS means this header by it.
    if matches!(link, Link::PktapUser) && (kind != 1 || !(36..=1024).contains(&length)) {
        return Err(Skipped::Unread(Unread::Link(PKTAP_USER)));
    }
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    frame.take(length.saturating_sub(12), "pktap header")?;
    Ok(numbered(inner))
}

/// The records of Endace's cards: time, type, flags, lengths; then more headers if the highest bit
/// of the type says so, eight bytes each, of which the first bit says that another follows.
fn erf(frame: &mut Reader<'_>) -> Result<Link, Skipped> {
    let [_, _, _, _, _, _, _, _, kind, ..] = frame.array::<16>("ERF header")?;
    let mut more = kind & 0x80 != 0;
    while more {
        let [first, ..] = frame.array::<8>("ERF extension header")?;
        more = first & 0x80 != 0;
    }
    match kind & 0x7f {
        // Ethernet of all colours, behind an offset and a byte of padding.
        2 | 11 | 16 | 20 => {
            frame.take(2, "ERF padding")?;
            Ok(Link::Ethernet)
        }
        // Packets over SONET: HDLC, whose address bytes tell PPP from Cisco's.
        1 | 10 | 15 | 19 => Ok(Link::Ppp),
        22 | 23 => Ok(Link::Raw),
        _ => Err(Skipped::Unread(Unread::Link(ERF))),
    }
}

/// What Junos writes: a magic number, flags, and a counted list of what it knows. Without a link
/// header the protocol's number follows, four bytes, and IP.
fn juniper(link: Link, frame: &mut Reader<'_>) -> Result<Link, Skipped> {
    let [magic @ .., flags] = frame.array::<4>("Juniper header")?;
    if magic != *b"MGC" {
        return Err(frame.malformed("Juniper header", 0).into());
    }
    if flags & 0x80 != 0 {
        let length = usize::from(frame.u16("Juniper extension length")?);
        frame.take(length, "Juniper extensions")?;
    }
    if flags & 2 != 0 {
        frame.take(4, "Juniper protocol")?;
        return Ok(Link::Raw);
    }
    Ok(match link {
        Link::JuniperPpp => Link::Ppp,
        Link::JuniperFrameRelay => Link::FrameRelay,
        _ => Link::Ethernet,
    })
}

/// Steps to the packet in what netfilter logged: family, version, resource, then fields in the byte
/// order of the machine. No kind of field has a number above 255, so the first one's zero byte gives
/// the order away. The packet is field 9.
fn nflog(frame: &mut Reader<'_>) -> Result<(), Skipped> {
    let [family, ..] = frame.array::<4>("netfilter log header")?;
    let big = matches!(frame.rest(), [_, _, 0, kind, ..] if *kind != 0);
    let number = |bytes| if big { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) };
    for _ in 0..MOST_LOG_FIELDS {
        let length = usize::from(number(frame.array("netfilter log field")?));
        let kind = number(frame.array("netfilter log field")?);
        if kind == LOG_PACKET && matches!(family, 2 | 10) {
            return Ok(());
        }
        // The length counts the field's header and leaves out the padding to a multiple of four.
        let padded = length.max(4).next_multiple_of(4);
        frame.take(padded - 4, "netfilter log field")?;
    }
    Err(Skipped::Unread(Unread::Family(family)))
}

/// The link type of a number that has room for more than there are.
fn numbered(number: u32) -> Link {
    Link::from(u16::try_from(number).unwrap_or(u16::MAX))
}

/// The field of a netfilter log that is the packet: NFULA_PAYLOAD.
const LOG_PACKET: u16 = 9;
/// The most fields in front of it. Linux knows some twenty kinds, each logged once.
const MOST_LOG_FIELDS: usize = 32;

// Numbers among the link types.
const PKTAP_USER: u16 = 149;
const ERF: u16 = 197;
