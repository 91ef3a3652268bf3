//! In any order, overlapping, cut, unfinished, and without end.

use core::net::{Ipv4Addr, Ipv6Addr};

use super::*;
use crate::Fragment;

/// A part of an IPv4 datagram of protocol 17.
fn part(id: u32, offset: usize, more: bool, payload: &[u8]) -> Datagram<'_> {
    Datagram {
        source: IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1)),
        destination: IpAddr::V4(Ipv4Addr::new(10, 0, 0, 2)),
        protocol: 17,
        ttl: 64,
        id: Some(7),
        payload,
        length: payload.len(),
        fragment: Some(Fragment { id, offset, more, of: Fragmented::Ip }),
    }
}

const BYTES: &[u8] = b"00000000111111112222222233";

/// The four parts of [`BYTES`].
fn quarter(at: usize) -> Datagram<'static> {
    let start = at * 8;
    part(7, start, at < 3, &BYTES[start..BYTES.len().min(start + 8)])
}

/// Whatever the order, copies included, the last to come completes the datagram, once.
#[test]
fn fragments_come_in_any_order() {
    let mut orders = 0;
    for code in 0..256 {
        let order = [code & 3, code >> 2 & 3, code >> 4 & 3, code >> 6];
        if (0..4).any(|at| !order.contains(&at)) {
            continue;
        }
        orders += 1;
        let mut fragments = Fragments::default();
        for at in &order[..3] {
            assert_eq!(fragments.add(&quarter(*at), Time(0)), None);
            assert_eq!(fragments.add(&quarter(*at), Time(0)), None);
        }
        let whole = fragments.add(&quarter(order[3]), Time(0)).unwrap();
        let datagram = whole.datagram().unwrap();
        assert_eq!((datagram.payload, datagram.length), (BYTES, BYTES.len()), "{order:?}");
        assert_eq!((datagram.protocol, datagram.ttl, whole.fragments()), (17, 64, 7));
        assert_eq!((fragments.open.len(), fragments.ages.len(), fragments.held), (0, 0, 0));
    }
    assert_eq!(orders, 24);
}

/// Where fragments overlap, the first to come wins, be it in front, behind or around.
#[test]
fn the_first_to_come_wins() {
    let mut fragments = Fragments::default();
    assert_eq!(fragments.add(&part(1, 8, true, b"bbbbbbbb"), Time(0)), None);
    // In front and over it; then around all of it, to the end.
    assert_eq!(fragments.add(&part(1, 0, true, b"aaaaaaaaAAAAAAAA"), Time(0)), None);
    let whole = fragments.add(&part(1, 0, false, b"xxxxxxxxyyyyyyyycccc"), Time(0)).unwrap();
    assert_eq!(whole.datagram().unwrap().payload, b"aaaaaaaabbbbbbbbcccc");
    // A second end does not move the first one.
    assert_eq!(fragments.add(&part(2, 8, false, b"end"), Time(0)), None);
    assert_eq!(fragments.add(&part(2, 16, false, b"beyond"), Time(0)), None);
    let whole = fragments.add(&part(2, 0, true, b"aaaaaaaa"), Time(0)).unwrap();
    assert_eq!(whole.datagram().unwrap().payload, b"aaaaaaaaend");
}

/// Fragments of other datagrams, and other protocols in IPv4, do not mix.
#[test]
fn datagrams_do_not_mix() {
    let mut fragments = Fragments::default();
    assert_eq!(fragments.add(&part(1, 0, true, b"aaaaaaaa"), Time(0)), None);
    assert_eq!(fragments.add(&part(2, 8, false, b"b"), Time(0)), None);
    let mut other = part(1, 8, false, b"b");
    other.protocol = 6;
    assert_eq!(fragments.add(&other, Time(0)), None);
    (other.protocol, other.source) = (17, IpAddr::V4(Ipv4Addr::new(10, 0, 0, 3)));
    assert_eq!(fragments.add(&other, Time(0)), None);
    assert!(fragments.add(&part(1, 8, false, b"b"), Time(0)).is_some());
}

/// What cannot be a fragment changes nothing: no bytes, no multiple of eight, beyond the end.
#[test]
fn impossible_fragments_are_refused() {
    let mut fragments = Fragments::default();
    let whole = Datagram { fragment: None, ..part(1, 0, true, b"12345678") };
    let huge = Datagram { length: usize::MAX, ..part(1, 8, true, b"12345678") };
    for refused in [
        whole,
        huge,
        part(1, 0, true, b""),
        part(1, 0, true, b"1234567"),
        part(1, 65_528, false, b"12345678"),
    ] {
        assert_eq!(fragments.add(&refused, Time(0)), None);
        assert!(fragments.open.is_empty(), "{refused:?}");
    }
}

/// A fragment that the capture cut ends what can be read, and not the length that is claimed.
#[test]
fn a_cut_fragment_ends_what_can_be_read() {
    let mut fragments = Fragments::default();
    let cut = Datagram { length: 16, ..part(1, 0, true, b"aaaaaaaaaa") };
    assert_eq!(fragments.add(&cut, Time(0)), None);
    let whole = fragments.add(&part(1, 16, false, b"bbbb"), Time(0)).unwrap();
    let datagram = whole.datagram().unwrap();
    assert_eq!((datagram.payload, datagram.length), (&b"aaaaaaaaaa"[..], 20));
}

/// In IPv6 the first fragment names the protocol, and extension headers stand behind the fragment
/// header; a chain of them without end is an error.
#[test]
fn extension_headers_are_read_when_all_is_there() {
    let address = IpAddr::V6(Ipv6Addr::LOCALHOST);
    let six = |protocol, part: Datagram<'static>| {
        let (source, destination) = (address, address);
        Datagram { source, destination, protocol, ..part }
    };
    let mut fragments = Fragments::default();
    assert_eq!(fragments.add(&six(6, part(1, 8, false, b"segment")), Time(0)), None);
    let options = six(60, part(1, 0, true, &[6, 0, 1, 4, 0, 0, 0, 0]));
    let whole = fragments.add(&options, Time(0)).unwrap();
    let datagram = whole.datagram().unwrap();
    assert_eq!((datagram.protocol, datagram.payload), (6, &b"segment"[..]));
    assert_eq!(fragments.add(&six(6, part(2, 8, false, &[60; 3])), Time(0)), None);
    let endless = six(60, part(2, 0, true, &[60, 0, 1, 4, 0, 0, 0, 0]));
    assert!(fragments.add(&endless, Time(0)).unwrap().datagram().is_err());
}

/// A tunnel in fragments is followed when it is whole.
#[test]
fn a_tunnel_in_fragments_is_followed() {
    let inner = [&[0x45, 0, 0, 24, 0, 1, 0, 0, 64, 6, 0, 0, 10, 0, 0, 8, 10, 0, 0, 9][..], b"tcp!"]
        .concat();
    let mut fragments = Fragments::default();
    let tunnel = |part| Datagram { protocol: 4, ..part };
    assert_eq!(fragments.add(&tunnel(part(1, 16, false, &inner[16..])), Time(0)), None);
    let whole = fragments.add(&tunnel(part(1, 0, true, &inner[..16])), Time(0)).unwrap();
    let datagram = whole.datagram().unwrap();
    assert_eq!((datagram.protocol, datagram.payload), (6, &b"tcp!"[..]));
}

/// What does not become whole is dropped: for its age, for its holes, for the number and the bytes
/// of the others.
#[test]
fn what_waits_is_bounded() {
    let mut fragments = Fragments::default();
    assert_eq!(fragments.add(&quarter(0), Time(0)), None);
    assert_eq!(fragments.add(&part(9, 0, true, b"12345678"), Time(PATIENCE + 1)), None);
    assert_eq!(fragments.open.len(), 1);

    for at in 1..1_000 {
        assert_eq!(fragments.add(&part(9, at * 16, true, b"12345678"), Time(PATIENCE)), None);
        assert!(fragments.open.values().all(|parts| parts.holes.len() <= MOST_HOLES));
    }
    for id in 0..500 {
        assert_eq!(fragments.add(&part(id, 65_520, false, b"12345678"), Time(PATIENCE)), None);
        assert!(fragments.held <= MAX_HELD && fragments.open.len() == fragments.ages.len());
    }
    for id in 0..20_000 {
        assert_eq!(fragments.add(&part(id, 0, true, b"12345678"), Time(PATIENCE)), None);
        assert!(fragments.open.len() <= MAX_OPEN);
    }
    let held: usize = fragments.open.values().map(|parts| parts.bytes.len()).sum();
    assert_eq!(held, fragments.held);
}

/// A frame that came in parts through the tunnel of an access point is opened as a frame.
#[test]
fn a_frame_in_capwap_is_put_together() {
    let ip4 = [0x45, 0, 0, 22, 0, 1, 0, 0, 64, 6, 0, 0, 10, 0, 0, 9, 10, 0, 0, 2, 0xab, 0xcd];
    let frame = [&[2; 12][..], &[8, 0], &ip4].concat();
    let piece = |offset: usize, more| {
        let end = if more { offset + 16 } else { frame.len() };
        let mut piece = part(1, offset, more, &frame[offset..end]);
        piece.fragment.as_mut().unwrap().of = Fragmented::CapwapEthernet;
        piece
    };
    let mut fragments = Fragments::default();
    assert_eq!(fragments.add(&part(1, 0, true, &frame[..16]), Time(0)), None);
    assert_eq!(fragments.add(&piece(16, false), Time(0)), None);
    let whole = fragments.add(&piece(0, true), Time(0)).unwrap();
    let found = whole.datagram().unwrap();
    assert_eq!((found.payload, found.protocol), (&[0xab, 0xcd][..], 6));
    assert_eq!(found.source.to_string(), "10.0.0.9");
}
