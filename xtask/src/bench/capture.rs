//! The two captures that the bench makes for itself, from the corpus: the same each time.
//!
//! Every connection in them is a recorded one under new addresses, so the handshakes, failures and
//! alerts are real. Four run at a time, as they would through a busy server.

use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use super::flow::{Flow, Leg};
use super::quic::Recorded;

/// A kind of capture, and how much of it.
#[derive(Clone, Copy, Hash)]
pub(crate) enum Plan {
    /// Mostly application data, until the file has this many bytes; one connection in four fails.
    Bulk { bytes: u64 },
    /// This many connections that carry a handshake and little else; one in three fails.
    Handshakes { connections: u64 },
    /// This many connections over QUIC with some data each; one in four fails.
    Quic { connections: u64 },
}

/// A capture that is ready.
pub(crate) struct Capture {
    /// Where it is.
    pub(crate) path: PathBuf,
    /// What is in it, in words.
    pub(crate) about: String,
}

/// The recorded connections to copy from.
pub(crate) struct Stock {
    good: Vec<Flow>,
    failing: Vec<Flow>,
    /// Over QUIC: those that went well and those that failed.
    quic: [Vec<Recorded>; 2],
    hash: u64,
}

impl Stock {
    /// Read the capture of every case in the corpus; those whose truth names a cause are failing.
    pub(crate) fn read(corpus: &Path) -> Result<Self> {
        let mut cases = Vec::new();
        for group in folders(corpus)? {
            cases.extend(folders(&group)?);
        }
        let mut hasher = DefaultHasher::new();
        let (mut good, mut failing) = (Vec::new(), Vec::new());
        for case in cases {
            let Ok(bytes) = fs::read(case.join("input.pcap")) else { continue };
            let truth = fs::read_to_string(case.join("truth.json")).unwrap_or_default();
            // A capture of another kind is no template; it has its place in the corpus all the same.
            let Ok(flows) = Flow::all(&bytes) else { continue };
            bytes.hash(&mut hasher);
            if fails(&truth) { &mut failing } else { &mut good }.extend(flows);
        }
        ensure!(!failing.is_empty(), "the corpus has no failing connection to copy");
        ensure!(
            good.iter().any(|flow| flow.place_for_bulk().is_some()),
            "the corpus has no established connection that carries application data"
        );
        let recorded = |cases: &[&str]| -> Result<Vec<Recorded>> {
            let path = |case: &&str| corpus.join(case).join("input.pcap");
            cases.iter().map(|case| Recorded::read(&fs::read(path(case))?)).collect()
        };
        let quic = [recorded(QUIC_GOOD)?, recorded(QUIC_FAILING)?];
        Ok(Self { good, failing, quic, hash: hasher.finish() })
    }

    /// The capture of a plan, in `folder`: one that is there already is used again.
    pub(crate) fn capture(&self, plan: Plan, folder: &Path) -> Result<Capture> {
        let mut hasher = DefaultHasher::new();
        (plan, self.hash, VERSION).hash(&mut hasher);
        let kind = match plan {
            Plan::Bulk { .. } => "bulk",
            Plan::Handshakes { .. } => "handshakes",
            Plan::Quic { .. } => "quic",
        };
        let path = folder.join(format!("{kind}-{:016x}.pcap", hasher.finish()));
        let note = path.with_extension("txt");
        if let (true, Ok(about)) = (path.is_file(), fs::read_to_string(&note)) {
            return Ok(Capture { path, about });
        }
        fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
        // Written under another name first: a bench that was stopped leaves nothing half made.
        let unfinished = path.with_extension("part");
        let mut writer =
            Writer::new(BufWriter::with_capacity(1 << 20, File::create(&unfinished)?))?;
        match plan {
            Plan::Bulk { bytes } => self.bulk(bytes, &mut writer)?,
            Plan::Handshakes { connections } => self.handshakes(connections, &mut writer)?,
            Plan::Quic { connections } => self.quic(connections, &mut writer)?,
        }
        let about = writer.finish()?;
        fs::rename(&unfinished, &path)?;
        fs::write(&note, &about)?;
        Ok(Capture { path, about })
    }

    fn bulk<W: Write>(&self, bytes: u64, writer: &mut Writer<W>) -> Result<()> {
        let carriers: Vec<_> =
            self.good.iter().filter_map(|flow| Some((flow, flow.place_for_bulk()?))).collect();
        let noise = noise();
        let mut number = 0;
        while writer.bytes < bytes {
            let mut group = Vec::new();
            for _ in 0..AT_A_TIME - 1 {
                let (flow, place) = carriers[number % carriers.len()];
                let records = 12 + number % 13;
                group.push(with_bulk(flow, place, records, &noise));
                writer.application += records * (RECORD + 5);
                number += 1;
            }
            let failing = self.failing[number % self.failing.len()].clone();
            writer.failing += 1;
            group.push(failing);
            writer.group(&group)?;
        }
        Ok(())
    }

    fn handshakes<W: Write>(&self, connections: u64, writer: &mut Writer<W>) -> Result<()> {
        let mut group = Vec::new();
        let (mut good, mut failing) = (self.good.iter().cycle(), self.failing.iter().cycle());
        for number in 0..connections {
            let fails = number % 3 == 2;
            writer.failing += u64::from(fails);
            group.extend(if fails { failing.next() } else { good.next() }.cloned());
            if group.len() == AT_A_TIME || number + 1 == connections {
                writer.group(&group)?;
                group.clear();
            }
        }
        Ok(())
    }
}

impl Stock {
    fn quic<W: Write>(&self, connections: u64, writer: &mut Writer<W>) -> Result<()> {
        let [good, failing] = &self.quic;
        let noise = noise();
        let mut group = Vec::new();
        for number in 0..connections {
            let fails = number % 4 == 3;
            let stock = if fails { failing } else { good };
            let place = number as usize / 4 % stock.len();
            let bulk = if fails { 0 } else { 12 + number as usize % 13 };
            let recorded = stock.get(place).context("no recording of QUIC")?;
            group.push(recorded.again(number, bulk, &noise)?);
            writer.failing += u64::from(fails);
            writer.application += bulk * 1452;
            if group.len() == AT_A_TIME || number + 1 == connections {
                writer.group(&group)?;
                group.clear();
            }
        }
        Ok(())
    }
}

/// A copy of an established connection whose server sends this many full records more.
fn with_bulk(flow: &Flow, place: usize, records: usize, noise: &[u8]) -> Flow {
    let (before, after) = flow.legs.split_at(place.min(flow.legs.len()));
    let last = |from_client| before.iter().rev().find(|leg| leg.from_client == from_client);
    let (Some(client), Some(server)) = (last(true), last(false)) else { return flow.clone() };
    let start = before.last().map_or(0, |leg| leg.at);
    let (sent_by_client, first) = (client.next_sequence(), server.next_sequence());

    let mut stream = Vec::with_capacity(records * (RECORD + 5));
    for record in 0..records {
        stream.extend([23, 3, 3]);
        stream.extend((RECORD as u16).to_be_bytes());
        let from = (record * 4099 + place * 257) % (noise.len() - RECORD);
        stream.extend(&noise[from..from + RECORD]);
    }
    let mut legs = before.to_vec();
    let mut sequence = first;
    for (number, segment) in stream.chunks(SEGMENT).enumerate() {
        let mut leg = server.with_payload(sequence, sent_by_client, segment);
        leg.at = start + (number as u64 + 1) * SPACING;
        sequence = sequence.wrapping_add(segment.len() as u32);
        let at = leg.at;
        legs.push(leg);
        if number % 2 == 1 {
            let mut acknowledgement = client.with_payload(sent_by_client, sequence, &[]);
            acknowledgement.at = at + 1;
            legs.push(acknowledgement);
        }
    }
    let added = sequence.wrapping_sub(first);
    let pause = (stream.len().div_ceil(SEGMENT) as u64 + 1) * SPACING;
    legs.extend(after.iter().cloned().map(|mut leg| {
        leg.at += pause;
        let (sent, heard) = if leg.from_client { (0, added) } else { (added, 0) };
        leg.shift(sent, heard);
        leg
    }));
    Flow { legs }
}

/// Writes groups of connections as classic pcap, and counts.
struct Writer<W: Write> {
    out: W,
    bytes: u64,
    packets: u64,
    connections: u64,
    failing: u64,
    application: usize,
    /// Microseconds since the start of the capture.
    clock: u64,
}

impl<W: Write> Writer<W> {
    fn new(mut out: W) -> Result<Self> {
        for word in [0xa1b2_c3d4, 0x0004_0002, 0, 0, 262_144, 1_u32] {
            out.write_all(&word.to_le_bytes())?;
        }
        Ok(Self {
            out,
            bytes: 24,
            packets: 0,
            connections: 0,
            failing: 0,
            application: 0,
            clock: 0,
        })
    }

    /// Write connections that run side by side, a little apart, each between hosts of its own.
    fn group(&mut self, flows: &[Flow]) -> Result<()> {
        let mut packets: Vec<(u64, u32, &Leg)> = Vec::new();
        for (place, flow) in flows.iter().enumerate() {
            self.connections += 1;
            let client = self.connections as u32;
            let late = self.clock + place as u64 * APART;
            packets.extend(flow.legs.iter().map(|leg| (late + leg.at, client, leg)));
        }
        packets.sort_by_key(|(at, ..)| *at);
        for (at, client, leg) in packets {
            let ip = leg.between(client, 1 + client % SERVERS);
            let length = ip.len() as u32 + 14;
            let seconds = (START + at / 1_000_000) as u32;
            for word in [seconds, (at % 1_000_000) as u32, length, length] {
                self.out.write_all(&word.to_le_bytes())?;
            }
            let six = ip.first().is_some_and(|byte| byte >> 4 == 6);
            self.out.write_all(&[2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2])?;
            self.out.write_all(if six { &[0x86, 0xdd] } else { &[0x08, 0x00] })?;
            self.out.write_all(&ip)?;
            self.bytes += 16 + u64::from(length);
            self.packets += 1;
            self.clock = self.clock.max(at);
        }
        self.clock += APART;
        Ok(())
    }

    fn finish(mut self) -> Result<String> {
        self.out.flush()?;
        let share = 100.0 * self.application as f64 / self.bytes as f64;
        let bulk = match self.application {
            0 => String::new(),
            _ => format!(", {share:.0} % of it added application data"),
        };
        Ok(format!(
            "{:.0} MB{bulk}, {} packets, {} connections, {} of them from failing cases",
            self.bytes as f64 / 1e6,
            self.packets,
            self.connections,
            self.failing,
        ))
    }
}

/// Bytes without a pattern that a reader could profit from: xorshift with a fixed seed.
fn noise() -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut bytes = Vec::with_capacity(1 << 20);
    while bytes.len() < 1 << 20 {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend(state.to_le_bytes());
    }
    bytes
}

/// Whether the truth of a case names a cause of failure; the controls are `established`.
fn fails(truth: &str) -> bool {
    let truth = serde_json::from_str(truth).unwrap_or_default();
    crate::tidy::causes_named(&truth).iter().any(|cause| cause != "established")
}

fn folders(of: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(of).with_context(|| of.display().to_string())? {
        let path = entry?.path();
        if path.is_dir() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// The cases over QUIC that are copied.
const QUIC_GOOD: &[&str] = &[
    "established/aioquic-quic-aioquic",
    "established/aioquic-large-quic-aioquic",
    "established/ngtcp2-quic-ngtcp2",
];
/// Those that fail in the clear.
const QUIC_FAILING: &[&str] = &[
    "alpn-no-overlap/aioquic-quic-aioquic",
    "alpn-no-overlap/aioquic-quic-ngtcp2",
    "quic-transport-parameters-missing/aioquic-quic-aioquic",
];
/// Goes up when the same corpus and plan would give another file.
const VERSION: u32 = 2;
/// Connections that run at the same time.
const AT_A_TIME: usize = 4;
/// Microseconds from one connection's start to the next one's.
const APART: u64 = 37;
/// Hosts that the connections go to.
const SERVERS: u32 = 40;
/// Seconds since 1970 at which the captures begin: 2026-01-01, 00:00 UTC.
const START: u64 = 1_767_225_600;
/// A full record as AES-GCM in TLS 1.3 makes it: 16384 bytes, the content type and the tag.
const RECORD: usize = 16_401;
/// Payload of a full segment at an MTU of 1500 with time stamps.
const SEGMENT: usize = 1448;
/// Microseconds between full segments, about a gigabit a second.
const SPACING: u64 = 12;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::flow::tests::capture;

    const ESTABLISHED: &[(bool, u8, u32, &[u8])] = &[
        (true, 0x02, 10, b""),
        (false, 0x12, 90, b""),
        (true, 0x18, 11, &[23, 3, 3, 0, 1, 7]),
        (false, 0x18, 91, &[23, 3, 3, 0, 1, 7]),
        (false, 0x11, 97, b""),
        (true, 0x11, 17, b""),
    ];

    /// The stream of the server stays whole: each segment begins where the last one ended, and
    /// what comes after the added records is moved by their length.
    #[test]
    fn bulk_keeps_the_stream_whole() {
        let flow = Flow::all(&capture(ESTABLISHED)).unwrap().remove(0);
        let place = flow.place_for_bulk().unwrap();
        let grown = with_bulk(&flow, place, 3, &noise());
        let mut expected = 90;
        for leg in grown.legs.iter().filter(|leg| !leg.from_client) {
            assert_eq!(leg.sequence(), expected);
            expected = leg.next_sequence();
        }
        assert_eq!(expected, 98 + 3 * (16_401 + 5));
        assert!(grown.legs.is_sorted_by_key(|leg| leg.at));
    }

    /// The same plan gives the same bytes, with as many connections as asked for.
    #[test]
    fn the_same_each_time() {
        let flow = Flow::all(&capture(ESTABLISHED)).unwrap().remove(0);
        let (good, failing) = (vec![flow.clone()], vec![flow]);
        let stock = Stock { good, failing, quic: Default::default(), hash: 0 };
        let make = || {
            let mut writer = Writer::new(Vec::new()).unwrap();
            stock.handshakes(9, &mut writer).unwrap();
            (writer.connections, writer.failing, writer.out)
        };
        let first = make();
        assert_eq!((first.0, first.1), (9, 3));
        assert_eq!(first, make());
    }
}
