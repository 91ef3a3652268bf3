//! Conversations over TCP in a capture whose headers are right: records and messages with any
//! content and in any order, segments that are lost, doubled and late, a capture that was cut; and
//! the whole answer. No alert is told that its side has not sent.

use std::fmt::Write as _;

use report::{KeyLog, Report};
use trace::{Side, Tracer};
use wire::{Next, Packets};

use crate::frames::{self, PUSH_ACK, SYN};
use crate::steps::{Steps, step};
use crate::{Corpus, holds};

/// Segments of one input.
const MOST_SEGMENTS: usize = 400;
/// Bytes between the level of an alert and its code, where a record's header is between them.
const FAR: usize = 6;

/// What was sent, and the capture of it.
#[derive(Default)]
struct Sent {
    capture: Vec<u8>,
    segments: usize,
    /// All bytes that the client and the server sent, as they were sent.
    said: [Vec<u8>; 2],
    sequence: [u32; 2],
    last: [Vec<u8>; 2],
    /// A segment that comes behind the next one.
    held: Option<Vec<u8>>,
    /// Bytes of a packet that are kept.
    snap: usize,
    /// Whether each side's bytes are all there, in order and once.
    is_whole: bool,
}

impl Sent {
    fn new(snap: usize) -> Self {
        let head = [0xa1b2_c3d4_u32, 0x0002_0004, 0, 0, 0x4_0000, 101];
        // In the order of this machine's bytes or not, a reader tells by the first four.
        let capture = head.iter().flat_map(|word| word.to_be_bytes()).collect();
        let sequence = [1000, 2000];
        Self { capture, sequence, snap, is_whole: true, ..Self::default() }
    }

    fn packet(&mut self, bytes: &[u8]) {
        if self.segments >= MOST_SEGMENTS {
            self.is_whole = false;
            return;
        }
        self.segments += 1;
        let kept = &bytes[..bytes.len().min(self.snap)];
        self.is_whole &= kept.len() == bytes.len();
        let time = 1_795_000_000 + self.segments as u32;
        for word in [time, 0, kept.len() as u32, bytes.len() as u32] {
            self.capture.extend(word.to_be_bytes());
        }
        self.capture.extend(kept);
    }

    fn segment(&mut self, side: usize, flags: u8, payload: &[u8]) {
        let numbers = [self.sequence[side], self.sequence[1 - side]];
        let bytes = frames::tcp(side, 443, numbers, flags, payload);
        self.sequence[side] = self.sequence[side].wrapping_add(payload.len() as u32);
        self.last[side].clone_from(&bytes);
        self.said[side].extend(payload);
        match self.held.take() {
            Some(held) if held.is_empty() => self.held = Some(bytes),
            Some(held) => {
                self.packet(&bytes);
                self.packet(&held);
            }
            None => self.packet(&bytes),
        }
    }

    /// What a step has a side do, in segments of so many bytes.
    fn step(&mut self, how: u8, content: &[u8], cut: usize) {
        let side = usize::from(how & 1);
        let version = if how & 0x10 == 0 { 3 } else { how >> 5 };
        let record = |kind: u8, body: &[u8]| {
            let [high, low] = (body.len() as u16).to_be_bytes();
            [&[kind, 3, version, high, low][..], body].concat()
        };
        let (first, behind) = content.split_first().map_or((0, &[][..]), |(a, b)| (*a, b));
        let bytes = match how >> 1 & 7 {
            0 => content.to_vec(),
            1 => record(22, content),
            2 => record(20 + first % 5, behind),
            3 => {
                let length = (behind.len() as u32).to_be_bytes();
                record(22, &[&[first][..], &length[1..], behind].concat())
            }
            4 => {
                self.is_whole = false;
                self.sequence[side] = self.sequence[side].wrapping_add(content.len() as u32);
                return;
            }
            5 => {
                let again = self.last[side].clone();
                self.is_whole = false;
                self.packet(&again);
                self.sequence[side] = self.sequence[side].wrapping_sub(content.len() as u32 / 2);
                content.to_vec()
            }
            6 => return self.segment(side, first, behind),
            _ => {
                self.is_whole = false;
                self.held.get_or_insert_default();
                return;
            }
        };
        for part in bytes.chunks(cut) {
            self.segment(side, PUSH_ACK, part);
        }
    }
}

/// The capture of the steps in segments of so many bytes.
fn sent(bytes: &[u8], snap: usize, cut: usize) -> Sent {
    let mut sent = Sent::new(snap);
    sent.segment(0, SYN, &[]);
    sent.segment(1, SYN | 0x10, &[]);
    sent.sequence = sent.sequence.map(|number| number.wrapping_add(1));
    for (how, content) in Steps::new(bytes) {
        sent.step(how, content, cut);
    }
    let held = sent.held.take().unwrap_or_default();
    if !held.is_empty() {
        sent.packet(&held);
    }
    sent
}

/// Runs the target: what is kept of each packet, how it is cut, and the steps.
pub(crate) fn run(bytes: &[u8]) {
    let mut steps = Steps::new(bytes);
    let snap = match steps.byte() {
        0 => usize::MAX,
        snap => 40 + usize::from(snap),
    };
    let cut = usize::from(steps.byte()) * 8 + 1;
    let sent = sent(steps.rest(), snap, 1460);
    let input = holds::read("fuzz.pcap", &sent.capture, &KeyLog::default());
    for alert in &input.alerts {
        let client = usize::from(alert.from.to_string() != "10.0.0.1:50000");
        let said = &sent.said[client];
        let (level, code) = (alert.message.level.code(), alert.message.alert.code());
        let stands = said.iter().enumerate().any(|(at, byte)| {
            let behind = said.iter().skip(at + 1).take(FAR);
            *byte == level && behind.clone().any(|byte| *byte == code)
        });
        let parts = said.contains(&level) && said.contains(&code);
        assert!(said.contains(&21), "no record of alerts: {alert:?}");
        assert!(if sent.is_whole { stands } else { parts }, "nobody has sent {alert:?}");
    }
    let is_row = sent.said.iter().all(|said| is_row_of_records(said));
    let told = (sent.is_whole && is_row && snap == usize::MAX).then(|| alerts(&sent.capture));
    drop(Report::new(vec![input]));
    // The same records in other segments tell of the same alerts. Where there are no records, a
    // segment that begins with one is where they go on: there the cut tells.
    if let Some(told) = told {
        let other = self::sent(steps.rest(), snap, cut);
        if other.is_whole {
            assert_eq!(told, alerts(&other.capture));
        }
    }
}

/// Whether the bytes are records of TLS, each as long as it says, and nothing else.
fn is_row_of_records(mut bytes: &[u8]) -> bool {
    while let Some((&[20..=23, 3, 0..=4, high, low], rest)) = bytes.split_first_chunk::<5>() {
        let length = usize::from(u16::from_be_bytes([high, low]));
        let Some(behind) = rest.get(length..).filter(|_| (1..=1 << 14).contains(&length)) else {
            return false;
        };
        bytes = behind;
    }
    bytes.is_empty()
}

/// The alerts of each conversation, and how it ended.
fn alerts(capture: &[u8]) -> String {
    let (mut packets, mut tracer) = (Packets::new(), Tracer::new());
    let mut count = 0;
    while let Next::Packet(packet) = packets.next(capture, true) {
        tracer.packet(&packet);
        count += 1;
    }
    tracer.finish();
    let mut told = String::new();
    while let Some(session) = tracer.ended() {
        holds::session(&session, count);
        for seen in session.alerts() {
            let side = if seen.what.0 == Side::Client { "client" } else { "server" };
            let _ = write!(told, "{side} {:?}, ", seen.what.1);
        }
        let _ = writeln!(told, "{:?}", session.version());
    }
    told
}

/// What was said in each capture: as it is in segments, and as records whose lengths are right.
pub(crate) fn seeds(corpus: &Corpus) -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for (place, turns) in corpus.streams().iter().enumerate() {
        let head = [if place % 16 == 15 { 80 } else { 0 }, (place % 5) as u8];
        let steps = turns.iter().flat_map(|(side, bytes)| match place % 2 {
            0 => step(*side as u8, bytes),
            _ => records(*side as u8, bytes),
        });
        let mut seed: Vec<u8> = head.into_iter().chain(steps).collect();
        let what = [[0x0c, 1, 0x11], [0x0d, 1, 4], [0x0e, 0, 0], [0x08, 0, 0]][place % 4];
        seed.extend(step(what[0], &what[2..][..usize::from(what[1])]));
        seeds.push(seed);
    }
    seeds
}

/// A turn as one step for each record in it; what is none is a step as it is.
fn records(side: u8, mut bytes: &[u8]) -> Vec<u8> {
    let mut steps = Vec::new();
    while let Some((&[kind @ 20..=24, 3, _, high, low], rest)) = bytes.split_first_chunk::<5>()
        && let Some((body, behind)) =
            rest.split_at_checked(usize::from(u16::from_be_bytes([high, low])))
    {
        steps.extend(step(side | 2 << 1, &[&[kind - 20][..], body].concat()));
        bytes = behind;
    }
    if !bytes.is_empty() {
        steps.extend(step(side, bytes));
    }
    steps
}
