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
    let evicted = tracer.tally().evicted;
    assert!(evicted > 0 && evicted == told, "{evicted} evicted, {told} told");
    tracer.finish();
    while tracer.ended().is_some() {
        told += 1;
    }
    assert_eq!(told, u64::from(clients));
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
    assert_eq!(tracer.tally().evicted, u64::from(clients) - open);
    tracer.finish();
    let told: Vec<_> = std::iter::from_fn(|| tracer.ended()).collect();
    assert_eq!(told.len(), usize::from(clients));
    assert!(told.iter().all(|session| session.outcome == Outcome::Truncated));
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

const SYN: u8 = 2;
