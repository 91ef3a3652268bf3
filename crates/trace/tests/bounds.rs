//! Memory follows what is open, and that is bounded.
#![allow(missing_docs, clippy::disallowed_methods, clippy::unwrap_used)]

use std::fs;

use tlswhy_trace::{Outcome, Tracer};
use wire::{Link, Next, Packet, Packets, Time};

/// Thousands of clients that each begin a message of 64 KiB and never finish it: the oldest are told
/// early, and nobody is forgotten.
#[test]
fn unfinished_messages_are_bounded() {
    let clients = 3_000_u16;
    let mut tracer = Tracer::new();
    let mut number = 0;
    let mut send = |tracer: &mut Tracer, port: u16, sequence: u32, flags: u8, payload: &[u8]| {
        number += 1;
        let bytes = packet(port, sequence, flags, payload);
        let length = bytes.len() as u32;
        let (link, time) = (Link::Raw, Time(number as i64));
        tracer.packet(&Packet { number, time, link, bytes: &bytes, length, offset: 0 });
    };
    let body = [0; 15_000];
    let record = [&[22, 3, 3, 0x3a, 0x98][..], &body].concat();
    let first = [&[22, 3, 3, 0x3a, 0x98, 1, 0, 0xfd, 0][..], &body[4..]].concat();
    let mut told = 0;
    for port in 0..clients {
        send(&mut tracer, port, 0, SYN, &[]);
        for (at, record) in [&first, &record, &record, &record].into_iter().enumerate() {
            send(&mut tracer, port, 1 + (at * record.len()) as u32, 0, record);
        }
        while tracer.ended().is_some() {
            told += 1;
        }
    }
    let evicted = tracer.tally().evicted.total();
    assert!(evicted > 0 && evicted == told, "{evicted} evicted, {told} told");
    tracer.finish();
    while tracer.ended().is_some() {
        told += 1;
    }
    assert_eq!(told, u64::from(clients));
}

/// Two clients are refused, with a flood of SYNs in between: one had said hello before it, and of the
/// other only the SYN was seen. Both are told with their cause; what the flood pushes out is told as
/// half-open, and the flood as a whole is neither kept nor forgotten.
#[test]
fn a_flood_hides_no_failure() {
    const FLOOD: u64 = 300_000;
    let mut capture = Capture::default();
    let (early, late) = (Client::new(1), Client::new(2));
    capture.send(&early, Server::Silent, SYN, 0, &[]);
    capture.send(&early, Server::Silent, 0, 1, HELLO);
    capture.send(&late, Server::Silent, SYN, 0, &[]);
    let mut most = 0;
    for number in 0..FLOOD {
        capture.send(&Client::new(1000 + number as u32), Server::Silent, SYN, 0, &[]);
        most = most.max(number + 3 - capture.told());
    }
    assert!(most <= 131_074, "{most} open at once");
    capture.send(&late, Server::Silent, 0, 1, HELLO);
    for client in [&early, &late] {
        capture.send(client, Server::Speaks, 0, 1, ALERT);
        capture.send(client, Server::Speaks, RST, 1 + ALERT.len() as u32, &[]);
    }
    let evicted = capture.tracer.tally().evicted;
    assert_eq!((evicted.total(), evicted.half_open), (FLOOD + 1 - 131_072, FLOOD + 1 - 131_072));
    capture.finish();
    // The SYN that was pushed out is a conversation of its own.
    assert_eq!(capture.told(), FLOOD + 3);
    assert_eq!(capture.refused, [early.address(), late.address()]);
}

/// A client in the middle of a handshake, silent for longer than any other, stays while those go that
/// have less to lose: connections behind their handshake, and connections that speak no TLS.
#[test]
fn who_is_in_a_handshake_goes_last() {
    for begins in [&[HELLO, DATA].concat(), &b"GET / HTTP/1.1\r\n\r\n".to_vec()] {
        let mut capture = Capture::default();
        let first = Client::new(1);
        capture.send(&first, Server::Silent, SYN, 0, &[]);
        capture.send(&first, Server::Silent, 0, 1, HELLO);
        for number in 0..70_000 {
            let client = Client::new(1000 + number);
            capture.send(&client, Server::Silent, SYN, 0, &[]);
            capture.send(&client, Server::Silent, 0, 1, begins);
        }
        let evicted = capture.tracer.tally().evicted;
        assert!(evicted.total() >= 70_001 - 65_536, "{evicted:?}");
        assert_eq!(
            evicted.total(),
            if begins.len() > 60 { evicted.settled } else { evicted.plain }
        );
        capture.send(&first, Server::Speaks, 0, 1, ALERT);
        capture.finish();
        assert_eq!((capture.told(), &capture.refused[..]), (70_001, &[first.address()][..]));
    }
}

/// Thousands of connections keep segments for a gap that is never filled, and use up the room for
/// them: a client whose segments are merely out of order is read all the same.
#[test]
fn who_waits_for_ever_makes_room() {
    let mut capture = Capture::default();
    let part = [0; 1400];
    for number in 0..4_000 {
        let client = Client::new(1000 + number);
        capture.send(&client, Server::Silent, SYN, 0, &[]);
        for at in 0..10 {
            capture.send(&client, Server::Silent, 0, 5_000 + at * 2_000, &part);
        }
    }
    let client = Client::new(1);
    capture.send(&client, Server::Silent, SYN, 0, &[]);
    let (first, rest) = HELLO.split_at(20);
    capture.send(&client, Server::Silent, 0, 21, rest);
    capture.send(&client, Server::Silent, 0, 1, first);
    capture.send(&client, Server::Speaks, 0, 1, ALERT);
    capture.finish();
    assert_eq!((capture.told(), &capture.refused[..]), (4_001, &[client.address()][..]));
}

/// Connections that carry data for long share the chain that their server sends to everybody: so many
/// of them stay open as would never fit with a copy each.
#[test]
fn a_chain_that_everybody_gets_is_kept_once() {
    let mut capture = Capture::default();
    let certificate = [&[22, 3, 3, 0x13, 0x8c, 11, 0, 0x13, 0x88][..], &[7; 5_000]].concat();
    for number in 0..30_000 {
        let client = Client::new(number);
        capture.send(&client, Server::Silent, SYN, 0, &[]);
        capture.send(&client, Server::Silent, 0, 1, HELLO);
        capture.send(&client, Server::Speaks, 0, 1, &certificate);
        capture.send(&client, Server::Silent, 0, 1 + HELLO.len() as u32, DATA);
    }
    assert_eq!(capture.tracer.tally().evicted.total(), 0);
    capture.finish();
    assert_eq!(capture.told(), 30_000);
}

/// More clients that say hello in QUIC than may be open at once: the first are told early, which is
/// counted, and that nobody listened to them any longer is no silence of the server.
#[test]
fn conversations_over_udp_are_bounded() {
    let (clients, open) = (16_500_u16, 16_384);
    let first_port = 40_000;
    let path = "../../corpus/udp-blocked/aioquic-quic-silent/input.pcap";
    let recorded = fs::read(path).unwrap();
    let Next::Packet(first) = Packets::new().next(&recorded, true) else { panic!() };
    let hello = wire::user_datagram(&wire::datagram(first.link, first.bytes).unwrap());
    let hello = hello.unwrap().payload;
    let mut tracer = Tracer::new();
    for port in 0..clients {
        let bytes = datagram(first_port + port, hello);
        let (number, time) = (u64::from(port) + 1, Time(i64::from(port) * 1_000));
        let length = bytes.len() as u32;
        tracer.packet(&Packet { number, time, link: Link::Raw, bytes: &bytes, length, offset: 0 });
    }
    assert_eq!(tracer.tally().evicted.total(), u64::from(clients) - open);
    tracer.finish();
    let told: Vec<_> = std::iter::from_fn(|| tracer.ended()).collect();
    assert_eq!(told.len(), usize::from(clients));
    assert!(told.iter().all(|session| session.outcome == Outcome::Truncated));
}

/// More handshakes over QUIC, one after another, than may be open at once, none of which says that it
/// is over: those that are done make room, and each refusal is told, the last as the first.
#[test]
fn who_has_just_begun_does_not_make_room() {
    let path = "../../corpus/alpn-no-overlap/aioquic-quic-aioquic/input.pcap";
    let recorded = fs::read(path).unwrap();
    let (mut packets, mut exchange) = (Packets::new(), Vec::new());
    while let Next::Packet(packet) = packets.next(&recorded, true) {
        let datagram = wire::datagram(packet.link, packet.bytes).unwrap();
        let udp = wire::user_datagram(&datagram).unwrap();
        exchange.push((udp.destination, self::datagram(0, udp.payload)));
    }
    let (server, mut tracer, mut number) = (exchange[0].0, Tracer::new(), 0);
    let (pairs, mut refused) = (8_500_u16, 0);
    for pair in 0..=pairs {
        // Two at a time: one begins while the other has not been answered.
        for step in 0..2 * exchange.len() {
            let (other, (to, bytes)) = ((step % 2) as u16, &mut exchange[step / 2]);
            let ends = [(40_000 + 2 * pair + other).to_be_bytes(), 443_u16.to_be_bytes()];
            let [from, into] = if *to == server { [0, 1] } else { [1, 0] };
            bytes[15] = 1 + from as u8;
            bytes[19] = 1 + into as u8;
            bytes[20..22].copy_from_slice(&ends[from]);
            bytes[22..24].copy_from_slice(&ends[into]);
            number += 1;
            let (time, length) = (Time(number * 1_000), bytes.len() as u32);
            let number = number as u64;
            tracer.packet(&Packet { number, time, link: Link::Raw, bytes, length, offset: 0 });
        }
        if pair == pairs {
            tracer.finish();
        }
        while let Some(session) = tracer.ended() {
            refused += u32::from(matches!(session.outcome, Outcome::Alert(_)));
        }
    }
    assert!(tracer.tally().evicted.total() > 0);
    assert_eq!(refused, 2 * (u32::from(pairs) + 1));
}

/// An IPv4 packet with a UDP datagram from this port to port 443.
fn datagram(port: u16, payload: &[u8]) -> Vec<u8> {
    let length = u16::try_from(28 + payload.len()).unwrap();
    let mut bytes = vec![0x45, 0];
    bytes.extend(length.to_be_bytes());
    bytes.extend([0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]);
    bytes.extend(port.to_be_bytes());
    bytes.extend(443_u16.to_be_bytes());
    bytes.extend((length - 20).to_be_bytes());
    bytes.extend([0, 0]);
    bytes.extend(payload);
    bytes
}

/// An IPv4 packet with a TCP segment from this port to port 443.
fn packet(port: u16, sequence: u32, flags: u8, payload: &[u8]) -> Vec<u8> {
    let length = u16::try_from(40 + payload.len()).unwrap();
    let mut bytes = vec![0x45, 0];
    bytes.extend(length.to_be_bytes());
    bytes.extend([0, 0, 0, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]);
    bytes.extend(port.to_be_bytes());
    bytes.extend(443_u16.to_be_bytes());
    bytes.extend(sequence.to_be_bytes());
    bytes.extend([0, 0, 0, 0, 0x50, flags, 0xff, 0xff, 0, 0, 0, 0]);
    bytes.extend(payload);
    bytes
}

/// A capture that is read while it is made; packets are a microsecond apart.
#[derive(Default)]
struct Capture {
    tracer: Tracer,
    packets: u64,
    told: u64,
    /// Clients whose hello was answered by an alert, in the order in which they are told.
    refused: Vec<String>,
}

/// A client by its address.
struct Client([u8; 4]);

/// Who sends a segment.
#[derive(PartialEq)]
enum Server {
    Silent,
    Speaks,
}

impl Client {
    fn new(number: u32) -> Self {
        Self((0x0a00_0000 | number).to_be_bytes())
    }

    fn address(&self) -> String {
        let [a, b, c, d] = self.0;
        format!("{a}.{b}.{c}.{d}:50000")
    }
}

impl Capture {
    fn send(&mut self, client: &Client, by: Server, flags: u8, sequence: u32, payload: &[u8]) {
        let mut bytes = packet(50_000, sequence, flags, payload);
        bytes[12..16].copy_from_slice(&client.0);
        bytes[16..20].copy_from_slice(&[192, 0, 2, 1]);
        if by == Server::Speaks {
            bytes[12..20].rotate_left(4);
            bytes[20..24].rotate_left(2);
        }
        self.packets += 1;
        let (number, time) = (self.packets, Time(self.packets as i64 * 1000));
        let length = bytes.len() as u32;
        let link = Link::Raw;
        self.tracer.packet(&Packet { number, time, link, bytes: &bytes, length, offset: 0 });
        self.take();
    }

    fn take(&mut self) {
        while let Some(session) = self.tracer.ended() {
            self.told += 1;
            if matches!(session.outcome, Outcome::Alert(_)) && session.client_hello().is_some() {
                self.refused.push(session.client.to_string());
            }
        }
    }

    fn told(&self) -> u64 {
        self.told
    }

    fn finish(&mut self) {
        self.tracer.finish();
        self.take();
    }
}

const SYN: u8 = 2;
const RST: u8 = 4;
/// A ClientHello with one cipher suite and nothing else.
const HELLO: &[u8] = &[
    22, 3, 1, 0, 45, 1, 0, 0, 41, 3, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17,
    18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 0, 0, 2, 0xc0, 0x2f, 1, 0,
];
/// A fatal alert: handshake_failure.
const ALERT: &[u8] = &[21, 3, 3, 0, 2, 2, 40];
/// Nine records of application data, more than any handshake has.
const DATA: &[u8] = &[
    23, 3, 3, 0, 1, 0, 23, 3, 3, 0, 1, 0, 23, 3, 3, 0, 1, 0, 23, 3, 3, 0, 1, 0, 23, 3, 3, 0, 1, 0,
    23, 3, 3, 0, 1, 0, 23, 3, 3, 0, 1, 0, 23, 3, 3, 0, 1, 0, 23, 3, 3, 0, 1, 0,
];
