//! Wi-Fi: from a captured frame to the IEEE 802.2 header in it.
//!
//! IEEE 802.11, 9.3.2, bare or behind what the driver wrote about its reception. Only data frames in
//! the clear are read, and several payloads aggregated in one (A-MSDU). A payload split over several
//! frames is not: it is only named.

use super::Skipped;
use crate::{Encryption, Link, Reader, Unread};

/// What follows the header of IEEE 802.11.
pub(super) enum Payload {
    /// The IEEE 802.2 header of one payload.
    One,
    /// Several payloads, each with a header of its own.
    Several,
}

/// Who transmitted a frame and who received it: the second address and the first, whichever way it
/// went.
///
/// # Errors
/// When it is cut.
pub(super) fn ends(link: Link, mut frame: Reader<'_>) -> Result<([u8; 6], [u8; 6]), Skipped> {
    step_over_driver(link, &mut frame)?;
    frame.take(4, "802.11 frame control")?;
    let receiver = frame.array("802.11 receiver")?;
    Ok((frame.array("802.11 transmitter")?, receiver))
}

/// Steps over the driver's header and that of IEEE 802.11.
///
/// # Errors
/// When the frame is no data frame, is encrypted, or is cut.
pub(super) fn payload(link: Link, frame: &mut Reader<'_>) -> Result<Payload, Skipped> {
    let padded = step_over_driver(link, frame)?;
    let mut control: [u8; 2] = frame.array("802.11 frame control")?;
    // Some access points put both fields of two bytes in the wrong order into CAPWAP; the version
    // of the protocol is always 0 and gives it away.
    let swapped = control[0] & VERSION != 0;
    if swapped {
        control.reverse();
    }
    let [kind, flags] = control;
    if kind & (VERSION | TYPE | NO_DATA) != DATA {
        return Err(Skipped::Unread(Unread::Management));
    }
    // Duration and three addresses; the sequence, whose lowest bits number the fragment.
    frame.take(20, "802.11 addresses")?;
    let [low, high] = frame.array("802.11 sequence")?;
    let part = if swapped { high } else { low } & 0x0f;
    let mut length = 24_usize;
    if flags & BOTH_WAYS == BOTH_WAYS {
        frame.take(6, "802.11 fourth address")?;
        length += 6;
    }
    let mut aggregated = false;
    if kind & QOS != 0 {
        aggregated = frame.array::<2>("802.11 QoS control")?[0] & 0x80 != 0;
        length += 2;
        if flags & ORDER != 0 {
            frame.take(4, "802.11 HT control")?;
            length += 4;
        }
    }
    if padded {
        frame.take(length.next_multiple_of(4) - length, "802.11 header padding")?;
    }
    // A driver that decrypted the frame may have left the bit as it was. In an aggregate the header
    // of the first payload comes behind its addresses and length.
    let clear = match aggregated {
        true => frame.rest().get(14..).unwrap_or_default(),
        false => frame.rest(),
    };
    if flags & PROTECTED != 0 && !clear.starts_with(&[0xaa, 0xaa, 3, 0, 0, 0]) {
        return Err(Skipped::Unread(Unread::Encrypted(Encryption::Wifi)));
    }
    if part != 0 || flags & MORE_PARTS != 0 {
        return Err(Skipped::Unread(Unread::WifiPart));
    }
    Ok(if aggregated { Payload::Several } else { Payload::One })
}

/// Steps over what the driver wrote in front. Returns whether the 802.11 header behind it is padded
/// to a multiple of four bytes.
fn step_over_driver(link: Link, frame: &mut Reader<'_>) -> Result<bool, Skipped> {
    match link {
        Link::Radiotap => radiotap(frame),
        Link::Prism | Link::Avs => prism(frame).map(|()| false),
        _ => Ok(false),
    }
}

/// Steps over a radiotap header. Returns whether the 802.11 header behind it is padded to a
/// multiple of four bytes.
fn radiotap(frame: &mut Reader<'_>) -> Result<bool, Skipped> {
    frame.take(2, "radiotap version")?;
    let length = usize::from(u16::from_le_bytes(frame.array("radiotap length")?));
    let mut fields = frame.sub(length.saturating_sub(4), "radiotap fields")?;
    let present = u32::from_le_bytes(fields.array("radiotap fields")?);
    let mut more = present;
    // The highest bit says that four more bytes of field bits follow.
    while more >> 31 != 0 {
        more = u32::from_le_bytes(fields.array("radiotap fields")?);
    }
    if present & 1 != 0 {
        // The clock of the driver, aligned to eight bytes from the start of the header.
        let read = length - fields.left();
        fields.take(read.next_multiple_of(8) - read + 8, "radiotap clock")?;
    }
    Ok(present & 2 != 0 && fields.u8("radiotap flags")? & 0x20 != 0)
}

/// Steps over a Prism or an AVS header: both say how long they are in their second word, and the
/// first word of AVS is a magic number.
fn prism(frame: &mut Reader<'_>) -> Result<(), Skipped> {
    let magic = frame.u32("Prism header")?;
    let length = frame.array("Prism header length")?;
    let length = if magic >> 12 == AVS_MAGIC {
        u32::from_be_bytes(length)
    } else {
        u32::from_le_bytes(length)
    };
    frame.take(usize::try_from(length).unwrap_or(usize::MAX).saturating_sub(8), "Prism header")?;
    Ok(())
}

// The first byte of frame control.
const VERSION: u8 = 0x03;
const TYPE: u8 = 0x0c;
const DATA: u8 = 0x08;
const NO_DATA: u8 = 0x40;
const QOS: u8 = 0x80;

// Its second byte.
const BOTH_WAYS: u8 = 0x03;
const MORE_PARTS: u8 = 0x04;
const PROTECTED: u8 = 0x40;
const ORDER: u8 = 0x80;

/// The first twenty bits of an AVS header; the last twelve are its version.
const AVS_MAGIC: u32 = 0x8_0211;
