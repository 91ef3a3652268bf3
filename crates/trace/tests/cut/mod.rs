//! Cuts the TCP streams of a capture into other segments, for the tests that prove that it makes no
//! difference.

use std::collections::HashSet;
use std::fs;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use wire::{Link, Next, Packet, Packets, Time};

/// A packet of the capture, owned.
pub(crate) struct Frame {
    /// The number of the packet it came from.
    pub(crate) number: u64,
    /// Its time.
    pub(crate) time: Time,
    /// Its link type.
    pub(crate) link: Link,
    /// Its bytes.
    pub(crate) bytes: Vec<u8>,
}

/// Cuts a TCP packet over IPv4 or IPv6, or leaves it whole; with `twice` some parts are sent again.
///
/// Where the capture lacks the SYN, the first bytes seen are taken for the first: there the order
/// is part of what is known, and is kept.
pub(crate) fn cut(
    frame: &Frame,
    begun: &mut HashSet<(SocketAddr, SocketAddr)>,
    twice: bool,
    random: &mut Random,
) -> Vec<Frame> {
    let whole = || vec![Frame { bytes: frame.bytes.clone(), ..*frame }];
    let Ok(datagram) = wire::datagram(frame.link, &frame.bytes) else { return whole() };
    // What is no TCP is not cut.
    let tcp = datagram.protocol == TCP;
    let Some(segment) = wire::segment(&datagram).ok().filter(|_| tcp) else { return whole() };
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
        if twice && random.below(4) == 0 {
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

/// The packets of a capture.
pub(crate) fn frames(bytes: &[u8]) -> Vec<Frame> {
    let mut packets = Packets::new();
    let mut frames = Vec::new();
    while let Next::Packet(packet) = packets.next(bytes, true) {
        let Packet { number, time, link, bytes, .. } = packet;
        frames.push(Frame { number, time, link, bytes: bytes.to_vec() });
    }
    frames
}

/// The captures of a folder and below, in order of their names.
pub(crate) fn walk(folder: &Path, captures: &mut Vec<PathBuf>) {
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
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % limit.max(1)
    }
}

/// The IP protocol number of TCP.
const TCP: u8 = 6;
