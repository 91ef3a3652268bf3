//! What a conversation shows of a reset that somebody else sent, and of a router that speaks of it.
#![allow(missing_docs, clippy::disallowed_methods, clippy::unwrap_used)]

use tlswhy_trace::{Outcome, Session, Side, Tracer};
use wire::{Link, Packet, Time};

/// A ClientHello of nothing: 4 bytes of header and a body that is too short, which is enough here.
const HELLO: &[u8] = &[22, 3, 1, 0, 6, 1, 0, 0, 2, 3, 3];
const ALERT: &[u8] = &[21, 3, 3, 0, 2, 2, 40];

const CLIENT: ([u8; 4], u16) = ([10, 0, 0, 1], 50_000);
const SERVER: ([u8; 4], u16) = ([10, 0, 0, 2], 443);

/// The reset says that nothing was sent yet, has a reason with it and another TTL; then the server
/// speaks. Its words come after the end, and the reason is no part of the stream.
#[test]
fn a_server_that_goes_on_did_not_reset() {
    let session = told(&[
        (CLIENT, 64, tcp(0, SYN, b"")),
        (SERVER, 49, tcp(100, SYN | ACK, b"")),
        (CLIENT, 64, tcp(1, ACK, HELLO)),
        (SERVER, 49, tcp(101, ACK, b"")),
        (SERVER, 61, tcp(101, RST, b"[0x1f] no cipher")),
        (SERVER, 49, tcp(101, ACK, ALERT)),
        (SERVER, 61, tcp(1561, RST, b"")),
        (SERVER, 49, tcp(108, RST, b"")),
    ]);
    let stream = session.stream(Side::Server);
    let teardown = stream.teardown.as_ref().unwrap();
    assert_eq!((stream.reset.unwrap().ttl, stream.syn.unwrap().ttl), (61, 49));
    assert_eq!(stream.plain.unwrap().frame, 4);
    assert_eq!((stream.syn.unwrap().id, stream.plain.unwrap().id), (Some(1002), Some(1004)));
    assert_eq!(stream.syn.unwrap().window, 512);
    assert_eq!((teardown.ahead, &teardown.text[..]), (Some(0), &b"[0x1f] no cipher"[..]));
    assert_eq!(teardown.goes_on.map(|mark| mark.frame), Some(6));
    assert_eq!((teardown.resets, teardown.other.map(|mark| mark.frame)), (3, Some(8)));
    assert_eq!(session.alerts().map(|seen| seen.frame).collect::<Vec<_>>(), [6]);
    assert_eq!(session.outcome, Outcome::Reset(Side::Server));
    assert!(session.oddities.is_empty(), "{:?}", session.oddities);
}

/// What was sent before a reset and overtaken by it is no contradiction; nor is an acknowledgement.
#[test]
fn what_was_overtaken_is_no_contradiction() {
    let session = told(&[
        (CLIENT, 64, tcp(0, SYN, b"")),
        (SERVER, 49, tcp(100, SYN | ACK, b"")),
        (CLIENT, 64, tcp(1, ACK, HELLO)),
        (SERVER, 49, tcp(108, RST, b"")),
        (SERVER, 49, tcp(101, ACK, ALERT)),
        (SERVER, 49, tcp(108, ACK, b"")),
    ]);
    let teardown = session.stream(Side::Server).teardown.as_ref().unwrap();
    assert_eq!((teardown.ahead, teardown.goes_on), (Some(7), None));
    assert_eq!(session.outcome, Outcome::Alert(2));
}

/// A router's word is kept with the side whose segment it was about, the smallest size of several.
#[test]
fn a_router_says_what_was_too_large() {
    let router = ([10, 0, 0, 254], 0);
    let said = |mtu: u16, of: ([u8; 4], u16), to: ([u8; 4], u16)| {
        let returned = ip4(of, to, 6, 64, 7, &[0, 0, 0, 101]);
        [&[3, 4, 0, 0, 0, 0][..], &mtu.to_be_bytes(), &returned].concat()
    };
    let mut tracer = Tracer::new();
    let mut number = 0;
    send(&mut tracer, &mut number, &ip4(CLIENT, SERVER, 6, 64, 1, &tcp(0, SYN, b"")));
    for mtu in [1400, 1280, 1300] {
        let message = said(mtu, SERVER, CLIENT);
        send(&mut tracer, &mut number, &ip4(router, SERVER, 1, 63, 1, &message));
    }
    let stranger = said(576, SERVER, ([10, 0, 0, 9], 50_000));
    send(&mut tracer, &mut number, &ip4(router, SERVER, 1, 63, 1, &stranger));
    tracer.finish();
    let session = tracer.ended().unwrap();
    let refused = session.from_server.too_big.as_ref().unwrap();
    assert_eq!((refused.mtu, refused.mark.frame), (1280, 3));
    assert_eq!(refused.router.to_string(), "10.0.0.254");
    assert!(session.from_client.too_big.is_none());
}

/// A packet: who sent it, the TTL, the segment without its ports.
type Sent = (([u8; 4], u16), u8, Vec<u8>);

fn told(packets: &[Sent]) -> Session {
    let mut tracer = Tracer::new();
    let mut number = 0;
    for (from, ttl, segment) in packets {
        let to = if *from == CLIENT { SERVER } else { CLIENT };
        let id = 1000 + number as u16 + 1;
        send(&mut tracer, &mut number, &ip4(*from, to, 6, *ttl, id, segment));
    }
    tracer.finish();
    *tracer.ended().unwrap()
}

fn send(tracer: &mut Tracer, number: &mut u64, bytes: &[u8]) {
    *number += 1;
    let (length, time, number) = (bytes.len() as u32, Time(*number as i64 * 1_000_000), *number);
    tracer.packet(&Packet { number, time, link: Link::Raw, bytes, length, offset: 0 });
}

/// A segment from its sequence number on.
fn tcp(sequence: u32, flags: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = sequence.to_be_bytes().to_vec();
    bytes.extend([0, 0, 0, 0, 0x50, flags, 2, 0, 0, 0, 0, 0]);
    bytes.extend(payload);
    bytes
}

/// An IPv4 packet; the ports stand in front of what TCP has to say.
fn ip4(
    from: ([u8; 4], u16),
    to: ([u8; 4], u16),
    protocol: u8,
    ttl: u8,
    id: u16,
    payload: &[u8],
) -> Vec<u8> {
    let mut behind = Vec::new();
    if protocol == 6 && !payload.is_empty() {
        behind.extend(from.1.to_be_bytes());
        behind.extend(to.1.to_be_bytes());
    }
    behind.extend(payload);
    let mut bytes = vec![0x45, 0];
    bytes.extend((20 + behind.len() as u16).to_be_bytes());
    bytes.extend(id.to_be_bytes());
    bytes.extend([0, 0, ttl, protocol, 0, 0]);
    bytes.extend(from.0);
    bytes.extend(to.0);
    bytes.extend(behind);
    bytes
}

const SYN: u8 = 2;
const RST: u8 = 4;
const ACK: u8 = 16;
