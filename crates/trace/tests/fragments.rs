//! TLS in IP fragments and in tunnels is a conversation like any other.
#![allow(missing_docs, clippy::disallowed_methods, clippy::unwrap_used)]

use tlswhy_trace::{Session, Tracer};
use wire::{Link, Packet, Time, Unread};

/// An alert whose segment came in three fragments, the last one first: it is told with the frame
/// that completed it, and what stays without the rest is counted.
#[test]
fn an_alert_in_fragments_is_found() {
    let alert = segment(1, 0x18, &[21, 3, 3, 0, 2, 2, 40]);
    let (mut tracer, mut number) = (Tracer::new(), 0);
    send(&mut tracer, &mut number, &ip4(6, 0, &segment(0, 2, &[])));
    send(&mut tracer, &mut number, &ip4(6, 2, &alert[16..]));
    send(&mut tracer, &mut number, &ip4(6, 0x2000, &alert[..8]));
    assert_eq!((tracer.tally().fragments, tracer.tally().tcp), (2, 1));
    send(&mut tracer, &mut number, &ip4(6, 0x2001, &alert[8..16]));
    assert_eq!((tracer.tally().fragments, tracer.tally().tcp), (0, 2));
    send(&mut tracer, &mut number, &ip4(6, 0x2000, &alert[..8]));
    assert_eq!(tracer.tally().fragments, 1);
    assert_eq!(alerts(tracer), [(4, 40)]);
}

/// The same in a tunnel that was cut into fragments, around a datagram that was cut before it.
#[test]
fn fragments_in_a_tunnel_in_fragments_are_put_together() {
    let alert = segment(1, 0x18, &[21, 3, 3, 0, 2, 2, 48]);
    let first = ip4(4, 0, &ip4(6, 0x2000, &alert[..16]));
    let second = ip4(6, 2, &alert[16..]);
    let (mut tracer, mut number) = (Tracer::new(), 0);
    send(&mut tracer, &mut number, &ip4(4, 0, &ip4(6, 0, &segment(0, 2, &[]))));
    send(&mut tracer, &mut number, &first);
    send(&mut tracer, &mut number, &ip4(4, 0x2000, &second[..16]));
    send(&mut tracer, &mut number, &ip4(4, 2, &second[16..]));
    assert_eq!((tracer.tally().fragments, tracer.tally().tcp), (0, 2));
    assert_eq!(alerts(tracer), [(4, 48)]);
}

/// Two segments in one Wi-Fi frame are two segments, and what stays unread is counted by its reason.
#[test]
fn an_aggregate_is_taken_apart() {
    let payload = |segment: &[u8]| {
        let ip = ip4(6, 0, segment);
        let snap = [&[0xaa, 0xaa, 3, 0, 0, 0, 8, 0][..], &ip].concat();
        let mut bytes = [&[2; 12][..], &(snap.len() as u16).to_be_bytes(), &snap].concat();
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        bytes
    };
    let header = [&[0x88, 1, 0, 0][..], &[3; 18], &[0x10, 0], &[0x80, 0]].concat();
    let alert = segment(1, 0x18, &[21, 3, 3, 0, 2, 2, 40]);
    let arp = [&[2; 12][..], &[0, 8, 0xaa, 0xaa, 3, 0, 0, 0, 8, 6, 0, 0]].concat();
    let frame = [header, payload(&segment(0, 2, &[])), payload(&alert), arp].concat();
    let mut tracer = Tracer::new();
    let (length, time) = (frame.len() as u32, Time(1));
    let packet = Packet { number: 1, time, link: Link::Wifi, bytes: &frame, length, offset: 0 };
    tracer.packet(&packet);
    assert_eq!((tracer.tally().tcp, tracer.tally().left_out), (2, 1));
    let reasons: Vec<_> = tracer.left_out().reasons().collect();
    assert_eq!(reasons, [(Unread::EtherType(0x0806), 1)]);
    assert_eq!(alerts(tracer), [(1, 40)]);
}

fn send(tracer: &mut Tracer, number: &mut u64, bytes: &[u8]) {
    *number += 1;
    let (length, time) = (bytes.len() as u32, Time(*number as i64));
    let number = *number;
    tracer.packet(&Packet { number, time, link: Link::Raw, bytes, length, offset: 0 });
}

/// Frame and code of each alert.
fn alerts(mut tracer: Tracer) -> Vec<(u64, u8)> {
    tracer.finish();
    let of = |session: Box<Session>| {
        session.alerts().map(|seen| (seen.frame, seen.what.1.alert.code())).collect::<Vec<_>>()
    };
    std::iter::from_fn(|| tracer.ended()).flat_map(of).collect()
}

/// An IPv4 packet of this protocol, the place of the fragment as it stands in the header.
fn ip4(protocol: u8, place: u16, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0x45, 0];
    bytes.extend(u16::try_from(20 + payload.len()).unwrap().to_be_bytes());
    bytes.extend([0, 9]);
    bytes.extend(place.to_be_bytes());
    bytes.extend([64, protocol, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]);
    bytes.extend(payload);
    bytes
}

/// A TCP segment to port 443.
fn segment(sequence: u32, flags: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0xc0, 0, 1, 0xbb];
    bytes.extend(sequence.to_be_bytes());
    bytes.extend([0, 0, 0, 0, 0x50, flags, 0xff, 0xff, 0, 0, 0, 0]);
    bytes.extend(payload);
    bytes
}
