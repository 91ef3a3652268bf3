//! EAP over LAN, IEEE 802.1X: what a station says to the port that it wants to be let in at, before
//! it has an IP address.

use super::layers::{self, LLC, MOST_LAYERS};
use super::{Skipped, wifi, wrapper};
use crate::{Link, Reader, Unread};

/// One EAPOL frame (IEEE 802.1X, 11.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EapolFrame<'a> {
    /// The MAC address that it came from; in Wi-Fi that of the transmitter.
    pub source: [u8; 6],
    /// The MAC address that it went to: a group address, mostly, where there is a cable. The cooked
    /// formats of Linux do not have it.
    pub destination: Option<[u8; 6]>,
    /// What it is.
    pub kind: EapolType,
    /// What it carries, as far as it was captured; padding left out.
    pub body: &'a [u8],
}

/// What an EAPOL frame is (IEEE 802.1X, 11.3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EapolType(pub u8);

impl EapolType {
    /// An EAP packet.
    pub const EAP_PACKET: Self = Self(0);
    /// The station asks to be asked.
    pub const START: Self = Self(1);
    /// The station leaves.
    pub const LOGOFF: Self = Self(2);
}

impl EapolFrame<'_> {
    /// The EtherType of EAPOL.
    pub const ETHERTYPE: u16 = 0x888e;
    /// The EtherType of preauthentication in Wi-Fi (IEEE 802.11, 12.6.10.2), which is the same.
    pub const PREAUTHENTICATION: u16 = 0x88c7;
}

/// Finds the EAPOL frame in a captured one. Ethernet, the cooked formats of Linux, and Wi-Fi in the
/// clear are looked into, with any tags, and with what a capturing machine puts in front.
///
/// # Errors
/// When there is none, or it is cut inside a header.
pub fn eapol(link: Link, bytes: &[u8]) -> Result<EapolFrame<'_>, Skipped> {
    let mut frame = Reader::new(bytes);
    match link.is_wrapper() {
        true => inside(wrapper::link_inside(link, &mut frame)?, frame),
        false => inside(link, frame),
    }
}

fn inside(link: Link, mut frame: Reader<'_>) -> Result<EapolFrame<'_>, Skipped> {
    let (source, destination, mut protocol) = match link {
        Link::Ethernet => {
            let destination = frame.array("Ethernet destination")?;
            (frame.array("Ethernet source")?, Some(destination), frame.u16("EtherType")?)
        }
        Link::LinuxSll => {
            frame.take(6, "Linux cooked header")?;
            let source = frame.array("Linux cooked address")?;
            frame.take(2, "Linux cooked header")?;
            (source, None, frame.u16("Linux cooked protocol")?)
        }
        Link::LinuxSll2 => {
            let protocol = frame.u16("Linux cooked protocol")?;
            frame.take(10, "Linux cooked header")?;
            let source = frame.array("Linux cooked address")?;
            frame.take(2, "Linux cooked header")?;
            (source, None, protocol)
        }
        Link::Wifi | Link::Radiotap | Link::Prism | Link::Avs => {
            let (source, destination) = wifi::ends(link, frame)?;
            match wifi::payload(link, &mut frame)? {
                wifi::Payload::One => (source, Some(destination), LLC),
                wifi::Payload::Several => return Err(Skipped::Aggregated),
            }
        }
        _ => return Err(Skipped::Unread(Unread::Management)),
    };
    for _ in 0..MOST_LAYERS {
        if matches!(protocol, EapolFrame::ETHERTYPE | EapolFrame::PREAUTHENTICATION) {
            frame.take(1, "EAPOL version")?;
            let kind = EapolType(frame.u8("EAPOL type")?);
            let length = usize::from(frame.u16("EAPOL length")?);
            let body = frame.take(length.min(frame.left()), "EAPOL body")?;
            return Ok(EapolFrame { source, destination, kind, body });
        }
        protocol = layers::behind(protocol, &mut frame)?;
    }
    Err(Skipped::Unread(Unread::TooDeep))
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATION: [u8; 6] = [2, 0, 0, 0, 0, 1];
    const GROUP: [u8; 6] = [1, 0x80, 0xc2, 0, 0, 3];

    /// An EAPOL frame is found behind each link that carries it, and its padding is left out.
    #[test]
    fn a_frame_is_found_behind_each_link() {
        let eapol_start: &[u8] = &[2, 0, 0, 2, 7, 8, 0, 0, 0];
        let ethernet = [&GROUP[..], &STATION, &[0x88, 0x8e], eapol_start].concat();
        let tagged = [&GROUP[..], &STATION, &[0x81, 0, 0, 5, 0x88, 0x8e], eapol_start].concat();
        let snap = [0xaa, 0xaa, 3, 0, 0, 0, 0x88, 0x8e];
        // To the access point: receiver, transmitter, destination.
        let wifi = [&[8, 1, 0, 0][..], &GROUP, &STATION, &GROUP, &[0, 0], &snap, eapol_start];
        let radiotap = [&[0, 0, 8, 0, 0, 0, 0, 0][..], &wifi.concat()].concat();
        let sll = [&[0, 0, 0, 1, 0, 6][..], &STATION, &[0, 0, 0x88, 0x8e], eapol_start].concat();
        let sll2 = [&[0x88, 0x8e, 0, 0, 0, 0, 0, 1, 0, 1, 0, 6][..], &STATION, &[0, 0]].concat();
        let sll2 = [&sll2[..], eapol_start].concat();
        for (link, bytes, destination) in [
            (Link::Ethernet, ethernet, Some(GROUP)),
            (Link::Ethernet, tagged, Some(GROUP)),
            (Link::Wifi, wifi.concat(), Some(GROUP)),
            (Link::Radiotap, radiotap, Some(GROUP)),
            (Link::LinuxSll, sll, None),
            (Link::LinuxSll2, sll2, None),
        ] {
            let read = eapol(link, &bytes).unwrap();
            assert_eq!((read.source, read.destination), (STATION, destination), "{link:?}");
            assert_eq!((read.kind, read.body), (EapolType::EAP_PACKET, &[7, 8][..]), "{link:?}");
            for end in 0..bytes.len() {
                let _ = eapol(link, &bytes[..end]);
            }
        }
    }

    /// Another protocol is none, and neither is a stack of tags without end.
    #[test]
    fn other_frames_are_refused() {
        let arp = [&GROUP[..], &STATION, &[8, 6, 0, 0, 0, 0]].concat();
        assert!(eapol(Link::Ethernet, &arp).is_err());
        let tags = [&GROUP[..], &STATION, &[0x81, 0, 0, 1].repeat(400)].concat();
        assert!(eapol(Link::Ethernet, &tags).is_err());
        assert!(eapol(Link::Raw, &arp).is_err());
    }
}
