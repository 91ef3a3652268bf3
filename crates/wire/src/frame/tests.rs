//! Every link type and layer, by hand.

use super::*;
use crate::Encryption;

fn datagram(link: Link, bytes: &[u8]) -> Result<Datagram<'_>, Skipped> {
    super::datagram(link, Reader::new(bytes))
}

fn unread<'a>(unread: Unread) -> Result<Datagram<'a>, Skipped> {
    Err(Skipped::Unread(unread))
}

const IP4: &[u8] = &[0x45, 0, 0, 22, 0, 1, 0, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, 0xab, 0xcd];
const ADDRESSES: &[u8] = &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

fn check(link: Link, header: &[&[u8]]) {
    let mut frame = header.concat();
    frame.extend_from_slice(IP4);
    // Ethernet pads short frames; the padding is not payload.
    frame.extend_from_slice(&[0; 7]);
    let found = datagram(link, &frame).unwrap();
    assert_eq!(found.payload, &[0xab, 0xcd], "{link:?} {header:x?}");
    assert_eq!(found.source.to_string(), "10.0.0.1");
    for cut in 0..frame.len() - 9 {
        let cut = datagram(link, &frame[..cut]);
        assert!(!matches!(cut, Ok(cut) if cut.payload == [0xab, 0xcd]), "{cut:?}");
    }
}

/// Every encapsulation leads to the same datagram, and no cut of it panics or invents bytes.
#[test]
fn every_encapsulation_leads_to_the_datagram() {
    check(Link::Raw, &[]);
    check(Link::Ethernet, &[ADDRESSES, &[8, 0]]);
    check(Link::Ethernet, &[ADDRESSES, &[0x81, 0, 0, 5, 8, 0]]);
    check(Link::Ethernet, &[ADDRESSES, &[0x88, 0xa8, 0, 5, 0x81, 0, 0, 6, 8, 0]]);
    check(Link::Ethernet, &[ADDRESSES, &[0x91, 0, 0, 5, 0x81, 0, 0, 6, 8, 0]]);
    check(Link::Ethernet, &[ADDRESSES, &[0, 30, 0xaa, 0xaa, 3, 0, 0, 0, 8, 0]]);
    check(Link::Ethernet, &[ADDRESSES, &[0, 25, 6, 6, 3]]);
    check(Link::Ethernet, &[ADDRESSES, &[0x88, 0x47, 0, 1, 0, 64, 0, 2, 1, 64]]);
    check(Link::Ethernet, &[ADDRESSES, &[0x88, 0x64, 0x11, 0, 0, 1, 0, 24, 0, 0x21]]);
    check(Link::Ethernet, &[ADDRESSES, &[0x89, 9, 1, 1, 0, 1, 0, 2, 8, 0]]);
    check(Link::LinuxSll, &[&[0; 14], &[8, 0]]);
    check(Link::LinuxSll, &[&[0; 14], &[0x81, 0, 0, 5, 8, 0]]);
    check(Link::LinuxSll2, &[&[8, 0], &[0; 18]]);
    check(Link::Null, &[&[2, 0, 0, 0]]);
    check(Link::Null, &[&[0, 0, 0, 30]]);
    check(Link::Loop, &[&[0, 0, 0, 2]]);
}

/// An Ethernet pseudowire in MPLS, with its control word and without, and a provider's backbone.
#[test]
fn ethernet_in_ethernet_is_followed() {
    const INNER: &[u8] = &[2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0];
    const LABEL: &[u8] = &[0x88, 0x47, 0, 2, 1, 64];
    check(Link::Ethernet, &[ADDRESSES, LABEL, &[0, 0, 0, 9], INNER]);
    check(Link::Ethernet, &[ADDRESSES, LABEL, INNER]);
    check(Link::Ethernet, &[ADDRESSES, &[0x88, 0xe7, 0, 0, 0, 1], INNER]);
    let associated = [ADDRESSES, LABEL, &[0x10, 0, 0, 0x21], INNER, IP4].concat();
    assert_eq!(datagram(Link::Ethernet, &associated), Err(Skipped::Unread(Unread::Management)));
}

/// PPP in each of its framings, Cisco's HDLC, and Frame Relay.
#[test]
fn serial_links_lead_to_the_datagram() {
    check(Link::from(9), &[&[0, 0x21]]);
    check(Link::from(9), &[&[0xff, 3, 0, 0x21]]);
    check(Link::from(50), &[&[0xff, 3, 0x21]]);
    check(Link::from(50), &[&[0x0f, 0, 8, 0]]);
    check(Link::from(104), &[&[0x8f, 0, 0x88, 0x47, 0, 1, 1, 64]]);
    check(Link::from(9), &[&[0x02, 0x81, 0, 1, 1, 64]]);
    check(Link::from(51), &[&[0x11, 0, 0, 1, 0, 24, 0, 0x21]]);
    check(Link::from(166), &[&[1, 0xff, 3, 0, 0x21]]);
    check(Link::from(204), &[&[0, 0, 0x21]]);
    check(Link::from(107), &[&[0x18, 0x41, 3, 0xcc]]);
    check(Link::from(107), &[&[0x18, 0x41, 3, 0, 0x80, 0, 0, 0, 8, 0]]);
    let control = [0xff, 3, 0xc0, 0x21, 1, 1, 0, 4];
    assert_eq!(datagram(Link::Ppp, &control), unread(Unread::Ppp(0xc021)));
    let encrypted = [0, 0xfd, 0x90, 1, 7, 7];
    assert_eq!(datagram(Link::Ppp, &encrypted), unread(Unread::Encrypted(Encryption::Ppp)));
}

/// Tags of fabrics and of port extenders, service chains, and MACsec that only authenticates.
#[test]
fn rare_layers_lead_to_the_datagram() {
    const INNER: &[u8] = &[2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0];
    check(Link::Ethernet, &[ADDRESSES, &[0x92, 0, 0, 5, 8, 0]]);
    check(Link::Ethernet, &[ADDRESSES, &[0x89, 0x26, 0, 1, 0, 2, 8, 0]]);
    check(Link::Ethernet, &[ADDRESSES, &[0x89, 0x3f, 0, 1, 0, 2, 0, 3, 8, 0]]);
    check(Link::Ethernet, &[ADDRESSES, &[0x89, 3, 0, 1], INNER]);
    check(Link::Ethernet, &[ADDRESSES, &[0x22, 0xf3, 0, 0x3f, 0, 1, 0, 2], INNER]);
    check(Link::Ethernet, &[ADDRESSES, &[0x22, 0xf3, 0, 0x7f, 0, 1, 0, 2, 9, 9, 9, 9], INNER]);
    check(Link::Ethernet, &[ADDRESSES, &[0x89, 0x4f, 0, 2, 1, 1, 0, 0, 1, 0xff]]);
    check(
        Link::Ethernet,
        &[ADDRESSES, &[0x89, 0x4f, 0, 3, 2, 3, 0, 0, 1, 0xff, 9, 9, 9, 9], INNER],
    );
    check(Link::Ethernet, &[ADDRESSES, &[0x88, 0xe5, 0, 24, 0, 0, 0, 1, 8, 0]]);
    check(Link::Ethernet, &[ADDRESSES, &[0x88, 0xe5, 0x20, 0, 0, 0, 0, 1], &[7; 8], &[8, 0]]);
    let encrypted = [ADDRESSES, &[0x88, 0xe5, 0x0c, 0, 0, 0, 0, 1, 7, 7, 7]].concat();
    let found = datagram(Link::Ethernet, &encrypted);
    assert_eq!(found, unread(Unread::Encrypted(Encryption::Macsec)));
}

/// Switch chips, FireWire, labels, ATM, and the devices of BSD and Solaris.
#[test]
fn further_link_types_lead_to_the_datagram() {
    check(Link::from(281), &[ADDRESSES, &[1, 2, 3, 4, 8, 0]]);
    check(Link::from(282), &[&[1, 2, 3, 4], ADDRESSES, &[8, 0]]);
    check(Link::from(284), &[ADDRESSES, &[0x40, 1, 0, 0, 0x81, 0, 0, 5, 8, 0]]);
    check(Link::from(285), &[ADDRESSES, &[0xda, 0xda, 0, 0, 0x40, 1, 0, 0, 8, 0]]);
    check(Link::from(138), &[&[7; 16], &[8, 0]]);
    check(Link::from(219), &[&[0, 1, 0, 64, 0, 2, 1, 64]]);
    check(Link::from(100), &[&[0xaa, 0xaa, 3, 0, 0, 0, 8, 0]]);
    check(Link::from(100), &[&[0xaa, 0xaa, 3, 0, 0x80, 0xc2, 0, 7, 0, 0], ADDRESSES, &[8, 0]]);
    check(Link::from(100), &[&[0xfe, 0xfe, 3, 0xcf, 0x21]]);
    check(Link::from(109), &[&[2, 0, 0, 0, 7, 7, 7, 7, 0, 0, 0, 0]]);
    check(Link::from(226), &[&[1, 2], &[0; 22]]);
    check(Link::from(206), &[&[1, 0x18, 0x41, 3, 0xcc]]);
    check(Link::from(206), &[&[1, 0x18, 0x41, 3, 0x80, 0, 0, 0, 8, 0]]);
    check(Link::from(107), &[&[0x18, 0x41, 8, 0]]);
    check(Link::from(205), &[&[1, 0x0f, 0, 8, 0]]);
    check(Link::from(9), &[&[0, 0x31, 0, 1], ADDRESSES, &[8, 0]]);
}

/// Headers of capturing machines: macOS under both numbers, Endace, Junos, Hilscher.
#[test]
fn wrapped_links_lead_to_the_datagram() {
    let pktap = |inner: u8| [&[108, 0, 0, 0, 1, 0, 0, 0, inner, 0, 0, 0][..], &[7; 96]].concat();
    check(Link::from(258), &[&pktap(1), ADDRESSES, &[8, 0]]);
    check(Link::from(258), &[&pktap(0), &[2, 0, 0, 0]]);
    check(Link::from(149), &[&pktap(12)]);
    assert_eq!(datagram(Link::from(149), &[9; 200]), unread(Unread::Link(149)));
    let wrapped = datagram(Link::from(258), &pktap(192)).unwrap_err();
    assert_eq!(wrapped, Skipped::Unread(Unread::TooDeep));
    let erf = |kind: u8| [&[7; 8][..], &[kind, 4, 0, 60, 0, 0, 0, 60]].concat();
    check(Link::from(197), &[&erf(2), &[0, 0], ADDRESSES, &[8, 0]]);
    check(Link::from(197), &[&erf(0x82), &[0x80; 8], &[1; 8], &[0, 0], ADDRESSES, &[8, 0]]);
    check(Link::from(197), &[&erf(1), &[0xff, 3, 0, 0x21]]);
    check(Link::from(197), &[&erf(22)]);
    assert_eq!(datagram(Link::from(197), &erf(21)), unread(Unread::Link(197)));
    check(Link::from(178), &[b"MGC", &[1], ADDRESSES, &[8, 0]]);
    check(Link::from(178), &[b"MGC", &[0x81, 0, 6, 1, 1, 1, 2, 1, 1], ADDRESSES, &[8, 0]]);
    check(Link::from(178), &[b"MGC", &[3, 0, 0, 0, 2]]);
    check(Link::from(179), &[b"MGC", &[1, 0, 0x21]]);
    check(Link::from(181), &[b"MGC", &[1, 0x0f, 0, 8, 0]]);
    check(Link::from(180), &[b"MGC", &[1, 0x18, 0x41, 3, 0xcc]]);
    check(Link::from(240), &[&[7; 4], ADDRESSES, &[8, 0]]);
    check(Link::from(241), &[&[7; 4], &[0x55; 7], &[0xd5], ADDRESSES, &[8, 0]]);
    check(Link::NetMonWifi, &[&[2, 32, 0], &[0; 29], &wifi(8, 1, &[])]);
    assert_eq!(datagram(Link::Remark, &[1; 40]), unread(Unread::Management));
    // A monitoring Wi-Fi device among the "any" devices of Linux.
    let radiotap = [0, 0, 8, 0, 0, 0, 0, 0];
    check(Link::LinuxSll, &[&[0, 0, 3, 0x23], &[0; 10], &[0, 4], &radiotap, &wifi(8, 1, &[])]);
    let cooked = [0, 4, 0, 0, 0, 0, 0, 1, 3, 0x23];
    check(Link::LinuxSll2, &[&cooked, &[0; 10], &radiotap, &wifi(8, 1, &[])]);
    // A netfilter log of a big-endian machine.
    let mark = [0, 5, 0, 10, b'x', 0, 0, 0];
    check(Link::from(239), &[&[2, 0, 0, 0], &mark, &[0, 26, 0, 9]]);
}

/// Each payload of an aggregate is found, also where the last one is cut, in the clear and as a
/// driver decrypted it.
#[test]
fn aggregated_payloads_are_found() {
    let payload = [ADDRESSES, &[0, 30, 0xaa, 0xaa, 3, 0, 0, 0, 8, 0], IP4].concat();
    let snap = wifi(0x88, 0, &[]).len() - 8;
    let header = |flags| [&wifi(0x88, flags, &[])[..snap], &[0x80, 0]].concat();
    for flags in [1, 0x41] {
        let frame = [header(flags), payload.clone(), payload.clone()].concat();
        assert_eq!(datagram(Link::Wifi, &frame), Err(Skipped::Aggregated));
        let found: Vec<_> = aggregate(Link::Wifi, &frame).collect();
        assert_eq!(found.len(), 2);
        for found in found {
            assert_eq!(found.unwrap().payload, &[0xab, 0xcd]);
        }
        for end in 0..frame.len() {
            assert!(aggregate(Link::Wifi, &frame[..end]).count() <= 2);
        }
    }
    assert_eq!(aggregate(Link::Wifi, &wifi(8, 1, &[])).count(), 0);
    let encrypted = [&header(0x41)[..], &[7; 40]].concat();
    let found = datagram(Link::Wifi, &encrypted);
    assert_eq!(found, unread(Unread::Encrypted(Encryption::Wifi)));
}

/// What a firewall logged, and a header that names the link type behind it.
#[test]
fn logs_and_wrapped_links_lead_to_the_datagram() {
    let mark = [5, 0, 10, 0, b'x', 0, 0, 0];
    check(Link::from(239), &[&[2, 0, 0, 0], &mark, &[26, 0, 9, 0]]);
    check(Link::from(117), &[&[61, 2], &[0; 62]]);
    check(Link::from(192), &[&[0, 0, 12, 0, 1, 0, 0, 0, 9, 9, 9, 9], ADDRESSES, &[8, 0]]);
    check(Link::from(192), &[&[0, 0, 8, 0, 105, 0, 0, 0], &wifi(8, 1, &[])]);
    let wrapped = [0, 0, 8, 0, 192, 0, 0, 0].repeat(1_000);
    assert_eq!(datagram(Link::Ppi, &wrapped), unread(Unread::TooDeep));
    let unending = [&[2, 0, 0, 0][..], &[0, 0, 1, 0].repeat(1_000)].concat();
    assert_eq!(datagram(Link::Nflog, &unending), unread(Unread::Family(2)));
}

/// An IEEE 802.11 header with this frame control, more after the sequence, and SNAP.
fn wifi(kind: u8, flags: u8, more: &[u8]) -> Vec<u8> {
    let snap = [0xaa, 0xaa, 3, 0, 0, 0, 8, 0];
    [&[kind, flags, 0, 0], ADDRESSES, &[3; 6], &[0x10, 0], more, &snap].concat()
}

/// Data frames to and from the access point, between two of them, with QoS and HT fields, behind
/// each driver's header.
#[test]
fn wifi_in_the_clear_leads_to_the_datagram() {
    check(Link::from(105), &[&wifi(0x08, 1, &[])]);
    check(Link::from(105), &[&wifi(0x08, 2, &[])]);
    check(Link::from(105), &[&wifi(0x08, 3, &[4; 6])]);
    check(Link::from(105), &[&wifi(0x88, 1, &[5, 0])]);
    check(Link::from(105), &[&wifi(0x88, 0x81, &[5, 0, 1, 1, 1, 1])]);
    check(Link::from(105), &[&wifi(0x88, 3, &[4, 4, 4, 4, 4, 4, 5, 0])]);
    // The Protected bit of a frame that the driver decrypted.
    check(Link::from(105), &[&wifi(0x08, 0x41, &[])]);
    // Frame control and sequence in the wrong order.
    let mut swapped = wifi(0x11, 0x08, &[]);
    (swapped[22], swapped[23]) = (0x76, 0x30);
    check(Link::from(105), &[&swapped]);
    check(Link::from(127), &[&[0, 0, 8, 0, 0, 0, 0, 0], &wifi(0x08, 1, &[])]);
    // A second word of field bits, a clock, and flags that announce padding.
    let radiotap = [0, 0, 25, 0, 3, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 0, 0];
    let radiotap = [&radiotap[..12], &[9; 4], &[7; 8], &[0x20]].concat();
    check(Link::from(127), &[&radiotap, &wifi(0x88, 1, &[5, 0, 0, 0])]);
    check(Link::from(119), &[&[0x44, 0, 0, 0, 144, 0, 0, 0], &[0; 136], &wifi(0x08, 1, &[])]);
    let avs = [0x80, 0x21, 0x10, 1, 0, 0, 0, 64];
    check(Link::from(119), &[&avs, &[0; 56], &wifi(0x08, 1, &[])]);
    check(Link::from(163), &[&avs, &[0; 56], &wifi(0x08, 1, &[])]);
}

/// Encrypted frames, beacons, frames without data and fragments are named.
#[test]
fn other_wifi_is_named() {
    let of = |frame: &[u8]| datagram(Link::Wifi, frame).unwrap_err();
    let mut encrypted = wifi(0x88, 0x41, &[0, 0, 7, 7, 7, 0x20, 0, 0, 0, 0]);
    assert_eq!(of(&encrypted), Skipped::Unread(Unread::Encrypted(Encryption::Wifi)));
    encrypted.truncate(26);
    assert_eq!(of(&encrypted), Skipped::Unread(Unread::Encrypted(Encryption::Wifi)));
    for other in [wifi(0x80, 0, &[]), wifi(0x48, 1, &[])] {
        assert_eq!(of(&other), Skipped::Unread(Unread::Management), "{other:x?}");
    }
    assert_eq!(of(&wifi(0x08, 5, &[])), Skipped::Unread(Unread::WifiPart));
    let length = [0, 0, 0xff, 0xff, 0, 0, 0, 0x80].repeat(100);
    assert!(matches!(datagram(Link::Radiotap, &length), Err(Skipped::Malformed(_))));
}

/// A PPPoE length ends the datagram even where IP claims more, unless the capture was cut.
#[test]
fn a_pppoe_length_ends_the_datagram() {
    let session =
        |length| [ADDRESSES, &[0x88, 0x64, 0x11, 0, 0, 1, 0, length, 0, 0x21], IP4].concat();
    let shorter = session(23);
    let found = datagram(Link::Ethernet, &shorter).unwrap();
    assert_eq!((found.payload, found.length), (&[0xab][..], 1));
    let cut = session(24);
    let found = datagram(Link::Ethernet, &cut[..cut.len() - 1]).unwrap();
    assert_eq!((found.payload, found.length), (&[0xab][..], 2));
}

/// What is not IP is named by its number, and tags without end are given up.
#[test]
fn what_is_not_ip_is_named() {
    let arp = [ADDRESSES, &[8, 6, 0, 1]].concat();
    assert_eq!(datagram(Link::Ethernet, &arp), unread(Unread::EtherType(0x0806)));
    let spanning_tree = [ADDRESSES, &[0, 38, 0x42, 0x42, 3, 0, 0]].concat();
    assert_eq!(datagram(Link::Ethernet, &spanning_tree), unread(Unread::Llc(0x42)));
    let tags = [ADDRESSES, &[0x81, 0, 0, 1].repeat(5_000)].concat();
    assert_eq!(datagram(Link::Ethernet, &tags), unread(Unread::TooDeep));
    assert_eq!(datagram(Link::Other(99), &tags), unread(Unread::Link(99)));
    assert_eq!(datagram(Link::Null, &[9, 9, 9, 9]), unread(Unread::Family(0)));
}

/// An error points into the frame, not into the layer.
#[test]
fn an_error_points_into_the_frame() {
    let frame = [ADDRESSES, &[8, 0, 0x45, 0, 0]].concat();
    let Err(Skipped::Malformed(malformed)) = datagram(Link::Ethernet, &frame) else {
        panic!("a cut header is malformed");
    };
    assert_eq!(malformed, Malformed { what: "IPv4 header", at: 14, needed: 20, had: 3 });
}
