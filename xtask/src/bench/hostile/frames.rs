//! Captures of packets that nobody recorded: frames of Ethernet and IPv4 out of a few numbers.

use std::io::{self, Write};

use anyhow::{Context, Result};

use super::out::Out;
use crate::bench::input::flow::{Flow, Leg};

/// Writes packets as a classic pcap of Ethernet.
pub(super) struct Frames<'a, 'b> {
    out: &'a mut Out<'b>,
    /// Microseconds since the capture began.
    pub(super) at: u64,
    /// Microseconds from one packet to the next.
    pub(super) step: u64,
    frame: Vec<u8>,
}

/// An address and a port.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct End(pub(super) u32, pub(super) u16);

/// Where the attacked server is.
pub(super) const SERVER: End = End(0xc633_6401, 443);
/// Seconds since 1970 at which the captures begin: 2026-11-26, 06:00 UTC.
const START: u64 = 1_795_672_800;

pub(super) const FIN: u8 = 0x01;
pub(super) const SYN: u8 = 0x02;
pub(super) const RST: u8 = 0x04;
pub(super) const ACK: u8 = 0x10;
/// ACK and PSH, as data has them.
pub(super) const DATA: u8 = 0x18;

pub(super) const TCP: u8 = 6;
pub(super) const UDP: u8 = 17;

/// The header of a pcap of this link type.
pub(super) fn pcap(link: u32) -> Vec<u8> {
    let words = [0xa1b2_c3d4, 0x0004_0002, 0, 0, 262_144, link];
    words.iter().flat_map(|word: &u32| word.to_le_bytes()).collect()
}

/// Attacker number `number`: an address and a port that no other has.
pub(super) fn attacker(number: u64) -> End {
    End(0x0b00_0000 + (number as u32 & 0x00ff_ffff), 1024 + (number % 60_000) as u16)
}

impl<'a, 'b> Frames<'a, 'b> {
    /// Begins the capture.
    pub(super) fn new(out: &'a mut Out<'b>) -> io::Result<Self> {
        out.write_all(&pcap(1))?;
        Ok(Self { out, at: 0, step: 2, frame: Vec::new() })
    }

    /// A TCP segment.
    pub(super) fn tcp(
        &mut self,
        (from, to): (End, End),
        (flags, sequence, acknowledged): (u8, u32, u32),
        payload: &[u8],
    ) -> io::Result<()> {
        let mut header = [0; 20];
        header[..2].copy_from_slice(&from.1.to_be_bytes());
        header[2..4].copy_from_slice(&to.1.to_be_bytes());
        header[4..8].copy_from_slice(&sequence.to_be_bytes());
        header[8..12].copy_from_slice(&acknowledged.to_be_bytes());
        header[12..16].copy_from_slice(&[0x50, flags, 0xff, 0xff]);
        self.ip((from.0, to.0), TCP, (0, 0x4000), &[&header, payload])
    }

    /// A UDP datagram.
    pub(super) fn udp(&mut self, (from, to): (End, End), payload: &[u8]) -> io::Result<()> {
        let header = user_header(from.1, to.1, payload.len());
        self.ip((from.0, to.0), UDP, (0, 0x4000), &[&header, payload])
    }

    /// An IPv4 packet; `fragment` is its identification, and its flags with its offset.
    pub(super) fn ip(
        &mut self,
        (from, to): (u32, u32),
        protocol: u8,
        fragment: (u16, u16),
        parts: &[&[u8]],
    ) -> io::Result<()> {
        let length = parts.iter().map(|part| part.len()).sum::<usize>();
        let mut frame = std::mem::take(&mut self.frame);
        frame.clear();
        frame.extend([2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0]);
        frame.extend(ip_header((from, to), protocol, fragment, length));
        parts.iter().for_each(|part| frame.extend_from_slice(part));
        let written = self.frame(&frame);
        self.frame = frame;
        written
    }

    /// A frame as it is.
    pub(super) fn frame(&mut self, frame: &[u8]) -> io::Result<()> {
        let time = ((START + self.at / 1_000_000) as u32, (self.at % 1_000_000) as u32);
        self.at += self.step;
        self.stamped(time, frame)
    }

    /// A frame at a time of its own.
    pub(super) fn stamped(&mut self, time: (u32, u32), frame: &[u8]) -> io::Result<()> {
        let length = frame.len() as u32;
        let mut header = [0; 16];
        for (place, word) in header.chunks_mut(4).zip([time.0, time.1, length, length]) {
            place.copy_from_slice(&word.to_le_bytes());
        }
        self.out.units += 1;
        self.out.write_all(&header)?;
        self.out.write_all(frame)
    }

    /// SYN, SYN-ACK and ACK. Data begins at 1 on both sides.
    pub(super) fn connect(&mut self, client: End, server: End) -> io::Result<()> {
        self.tcp((client, server), (SYN, 0, 0), &[])?;
        self.tcp((server, client), (SYN | ACK, 0, 1), &[])?;
        self.tcp((client, server), (ACK, 1, 1), &[])
    }

    /// What one side sends from `sequence` on, in full segments; the number behind it.
    pub(super) fn stream(
        &mut self,
        ends: (End, End),
        mut sequence: u32,
        bytes: &[u8],
    ) -> io::Result<u32> {
        for segment in bytes.chunks(SEGMENT) {
            self.tcp(ends, (DATA, sequence, 1), segment)?;
            sequence = sequence.wrapping_add(segment.len() as u32);
        }
        Ok(sequence)
    }

    /// The recorded failure that has to be told whatever else the capture holds.
    pub(super) fn witness(&mut self, number: u32) -> io::Result<()> {
        let flow = recorded(WITNESS).map_err(io::Error::other)?;
        self.recorded(&flow.legs, number)
    }

    /// Recorded packets of IPv4 between client number `number` and a server that all have.
    pub(super) fn recorded(&mut self, legs: &[Leg], number: u32) -> io::Result<()> {
        for leg in legs {
            let mut frame = [&[2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0][..], &leg.ip].concat();
            let (client, server) = if leg.from_client { (26, 30) } else { (30, 26) };
            frame[client..client + 4].copy_from_slice(&(0x0a00_0000 | number).to_be_bytes());
            frame[server..server + 4].copy_from_slice(&[172, 16, 0, 77]);
            self.frame(&frame)?;
        }
        Ok(())
    }
}

/// The header of a UDP datagram.
pub(super) fn user_header(from: u16, to: u16, payload: usize) -> [u8; 8] {
    let mut header = [0; 8];
    header[..2].copy_from_slice(&from.to_be_bytes());
    header[2..4].copy_from_slice(&to.to_be_bytes());
    header[4..6].copy_from_slice(&(8 + payload as u16).to_be_bytes());
    header
}

/// The header of an IPv4 packet, its checksum left out as offloading cards do.
pub(super) fn ip_header(
    (from, to): (u32, u32),
    protocol: u8,
    (id, offset): (u16, u16),
    payload: usize,
) -> [u8; 20] {
    let mut header = [0x45, 0, 0, 0, 0, 0, 0, 0, 64, protocol, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    header[2..4].copy_from_slice(&(20 + payload as u16).to_be_bytes());
    header[4..6].copy_from_slice(&id.to_be_bytes());
    header[6..8].copy_from_slice(&offset.to_be_bytes());
    header[12..16].copy_from_slice(&from.to_be_bytes());
    header[16..20].copy_from_slice(&to.to_be_bytes());
    header
}

/// The first connection of a case of the corpus.
pub(super) fn recorded(case: &str) -> Result<Flow> {
    let path = crate::repo::root().join("corpus").join(case).join("input.pcap");
    let bytes = std::fs::read(&path).with_context(|| path.display().to_string())?;
    Flow::all(&bytes)?.into_iter().next().context("no connection in the recording")
}

/// The case that stands behind or in front of a flood, and the cause that must be told.
pub(super) const WITNESS: &str = "untrusted-root/openssl-tls12-openssl";
/// What is said of it where both are told, the one in front of a flood and the one behind.
pub(super) const BOTH: &str = "untrusted-root  2×";
/// The cause of that case.
pub(super) const CAUSE: &str = "untrusted-root";
/// Payload of a full segment.
pub(super) const SEGMENT: usize = 1448;
