//! Every link type and layer, by hand.

use super::*;

fn datagram(link: Link, bytes: &[u8]) -> Result<Datagram<'_>, Skipped> {
    super::datagram(link, Reader::new(bytes))
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
    assert_eq!(datagram(Link::Ethernet, &associated), Err(Skipped::NotIp(0x8847)));
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
    assert_eq!(datagram(Link::Ppp, &control), Err(Skipped::NotIp(0x880b)));
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
    assert_eq!(datagram(Link::Ppi, &wrapped), Err(Skipped::UnknownLink(192)));
    let unending = [&[2, 0, 0, 0][..], &[0, 0, 1, 0].repeat(1_000)].concat();
    assert_eq!(datagram(Link::Nflog, &unending), Err(Skipped::NotIp(2)));
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

/// Encrypted frames are named; beacons, frames without data, fragments and aggregates are not IP.
#[test]
fn other_wifi_is_named() {
    let of = |frame: &[u8]| datagram(Link::Wifi, frame).unwrap_err();
    let mut encrypted = wifi(0x88, 0x41, &[0, 0, 7, 7, 7, 0x20, 0, 0, 0, 0]);
    assert_eq!(of(&encrypted), Skipped::Encrypted);
    encrypted.truncate(26);
    assert_eq!(of(&encrypted), Skipped::Encrypted);
    for other in [wifi(0x80, 0, &[]), wifi(0x48, 1, &[]), wifi(0x08, 5, &[])] {
        assert!(matches!(of(&other), Skipped::NotIp(_)), "{other:x?}");
    }
    assert!(matches!(of(&wifi(0x88, 1, &[0x80, 0])), Skipped::NotIp(_)));
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
    assert_eq!(datagram(Link::Ethernet, &arp), Err(Skipped::NotIp(0x0806)));
    let spanning_tree = [ADDRESSES, &[0, 38, 0x42, 0x42, 3, 0, 0]].concat();
    assert_eq!(datagram(Link::Ethernet, &spanning_tree), Err(Skipped::NotIp(38)));
    let tags = [ADDRESSES, &[0x81, 0, 0, 1].repeat(5_000)].concat();
    assert_eq!(datagram(Link::Ethernet, &tags), Err(Skipped::NotIp(0x8100)));
    assert_eq!(datagram(Link::Other(99), &tags), Err(Skipped::UnknownLink(99)));
    assert_eq!(datagram(Link::Null, &[9, 9, 9, 9]), Err(Skipped::NotIp(0)));
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
