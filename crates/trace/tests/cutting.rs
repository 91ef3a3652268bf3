//! The story of a conversation does not depend on how TCP cut it.
//!
//! Every capture of the corpus is cut into other segments: each packet with payload becomes
//! several, in their order, out of order, or twice. They keep the number and the time of the packet
//! they came from, so the sessions must be equal to the letter.
//!
//! Where bytes were lost the next record can only be found again at the start of a segment, so
//! there the cutting matters: of such conversations only the parties and the loss are compared.
#![allow(missing_docs, clippy::disallowed_methods, clippy::unwrap_used)]

use std::collections::HashSet;
use std::fs;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use tlswhy_trace::{Session, Tracer};
use wire::{Link, Next, Packet, Packets, Time};

/// A packet of the capture, owned.
struct Frame {
    number: u64,
    time: Time,
    link: Link,
    bytes: Vec<u8>,
}

#[test]
fn any_cutting_gives_the_same_sessions() {
    let mut captures = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus"), &mut captures);
    assert!(!captures.is_empty(), "the corpus is missing");
    for path in captures {
        let frames = frames(&fs::read(&path).unwrap());
        let expected = tell(&frames);
        for seed in 1..=8 {
            let mut random = Random(seed);
            let mut begun = HashSet::new();
            let cut: Vec<Frame> =
                frames.iter().flat_map(|frame| cut(frame, &mut begun, &mut random)).collect();
            let told = tell(&cut);
            assert_eq!(told.len(), expected.len(), "{} with seed {seed}", path.display());
            for (told, expected) in told.iter().zip(&expected) {
                let place = told.bytes().zip(expected.bytes()).position(|(a, b)| a != b);
                let near = |text: &str| text.chars().skip(place.unwrap_or(0)).take(200).collect();
                let (told, expected): (String, String) = (near(told), near(expected));
                assert_eq!(told, expected, "{} with seed {seed}", path.display());
            }
        }
    }
}

/// What must not change: the parties, the events with their frames, the outcome.
fn tell(frames: &[Frame]) -> Vec<String> {
    let mut tracer = Tracer::new();
    for frame in frames {
        tracer.packet(&Packet {
            number: frame.number,
            time: frame.time,
            link: frame.link,
            bytes: &frame.bytes,
            length: frame.bytes.len() as u32,
            offset: 0,
        });
    }
    tracer.finish();
    let mut told = Vec::new();
    while let Some(session) = tracer.ended() {
        let lost = session.from_client.lost + session.from_server.lost;
        let Session { number, client, server, roles, events, outcome, .. } = *session;
        let who = format!("{number} {client} {server} {roles:?}");
        if lost > 0 {
            told.push(format!("{who} lost {lost}"));
            continue;
        }
        told.push(format!("{who} {outcome:?} {events:#?}"));
    }
    told
}

/// Cuts a TCP packet over IPv4 or IPv6 in Ethernet, or leaves it whole.
///
/// Where the capture lacks the SYN, the first bytes seen are taken for the first: there the order
/// is part of what is known, and is kept.
fn cut(
    frame: &Frame,
    begun: &mut HashSet<(SocketAddr, SocketAddr)>,
    random: &mut Random,
) -> Vec<Frame> {
    let whole = || vec![Frame { bytes: frame.bytes.clone(), ..*frame }];
    let Ok(datagram) = wire::datagram(frame.link, &frame.bytes) else { return whole() };
    let Ok(segment) = wire::segment(&datagram) else { return whole() };
    let (payload, flags) = (segment.payload, segment.flags);
    let ends = (
        SocketAddr::new(datagram.source, segment.source),
        SocketAddr::new(datagram.destination, segment.destination),
    );
    if flags.syn() {
        begun.insert(ends);
    }
    if payload.len() < 2 || flags.syn() || flags.rst() || segment.length != payload.len() {
        return whole();
    }
    let start = payload.as_ptr() as usize - frame.bytes.as_ptr() as usize;
    let ip = datagram.payload.as_ptr() as usize - frame.bytes.as_ptr() as usize;
    let mut parts = Vec::new();
    let mut at = 0;
    while at < payload.len() {
        let most = 1 + random.below(400);
        let length = 1 + random.below((payload.len() - at).min(most));
        parts.push((at, length));
        if random.below(4) == 0 {
            parts.push((at, length));
        }
        at += length;
    }
    // Disorder among all but the last, so that what a packet completes is completed by it.
    if flags.fin() {
        parts.dedup();
    } else if begun.contains(&ends) && random.below(2) == 0 {
        for index in (1..parts.len()).rev() {
            parts.swap(index, random.below(index + 1));
        }
    }
    let last = parts.len() - 1;
    let one = |(index, &(at, length)): (usize, &(usize, usize))| {
        let mut bytes = frame.bytes[..start].to_vec();
        bytes.extend(&payload[at..at + length]);
        let sequence = segment.sequence.wrapping_add(at as u32);
        bytes[ip + 4..ip + 8].copy_from_slice(&sequence.to_be_bytes());
        if index != last {
            bytes[ip + 13] &= !1;
        }
        let total = (bytes.len() - ip) as u16;
        match datagram.source {
            IpAddr::V4(_) => {
                let header = ip - 20;
                bytes[header + 2..header + 4].copy_from_slice(&(total + 20).to_be_bytes());
            }
            IpAddr::V6(_) => {
                let header = ip - 40;
                bytes[header + 4..header + 6].copy_from_slice(&total.to_be_bytes());
            }
        }
        Frame { bytes, ..*frame }
    };
    parts.iter().enumerate().map(one).collect()
}

fn frames(bytes: &[u8]) -> Vec<Frame> {
    let mut packets = Packets::new();
    let mut frames = Vec::new();
    while let Next::Packet(packet) = packets.next(bytes, true) {
        let Packet { number, time, link, bytes, .. } = packet;
        frames.push(Frame { number, time, link, bytes: bytes.to_vec() });
    }
    frames
}

fn walk(folder: &Path, captures: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, captures);
        } else if path.extension().is_some_and(|kind| kind == "pcap" || kind == "pcapng") {
            captures.push(path);
        }
    }
}

/// A small generator with a seed, so that a failure can be repeated (Marsaglia's xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % limit.max(1)
    }
}
