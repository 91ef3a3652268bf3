//! Any bytes as a capture file: read whole and in small windows, with the same result, and traced.
use crate::Corpus;
use trace::Tracer;
use wire::{Next, Packets};

/// Runs the target.
pub(crate) fn run(bytes: &[u8]) {
    let Some(input) = crate::typed::<(u16, &[u8])>(bytes) else { return };
    let (window, bytes) = input;
    let (mut packets, mut tracer) = (Packets::new(), Tracer::new());
    let mut whole = Vec::new();
    loop {
        match packets.next(bytes, true) {
            Next::Packet(packet) => {
                whole.push((packet.number, packet.time, packet.bytes.to_vec()));
                tracer.packet(&packet);
            }
            Next::Damaged(damage) if !damage.fatal => {}
            _ => break,
        }
    }
    tracer.finish();
    while let Some(session) = tracer.ended() {
        let _ = format!("{session:?}");
    }
    assert_eq!(whole, streamed(bytes, usize::from(window) % 300 + 1));
}

/// Recorded captures.
pub(crate) fn seeds(corpus: &Corpus) -> Vec<Vec<u8>> {
    let files = corpus.files(&[".pcap", ".pcapng"]).into_iter();
    let captures = files.map(|file| [&[99, 0][..], &file].concat());
    captures.chain(other_formats(corpus)).collect()
}

/// The packets of the same bytes, given a few at a time.
fn streamed(bytes: &[u8], step: usize) -> Vec<(u64, wire::Time, Vec<u8>)> {
    let (mut packets, mut read) = (Packets::new(), Vec::new());
    let (mut buffer, mut given) = (Vec::new(), 0);
    loop {
        match packets.next(&buffer, given == bytes.len()) {
            Next::Packet(packet) => read.push((packet.number, packet.time, packet.bytes.to_vec())),
            Next::Damaged(damage) if !damage.fatal => {}
            Next::NeedMore if given < bytes.len() => {
                buffer.drain(..packets.drain());
                let end = (given + step).min(bytes.len());
                buffer.extend(&bytes[given..end]);
                given = end;
            }
            _ => return read,
        }
    }
}

/// Recorded packets in the formats in which the corpus has none: snoop (RFC 1761), Network Monitor.
fn other_formats(corpus: &Corpus) -> Vec<Vec<u8>> {
    let frames: Vec<Vec<u8>> = corpus.frames().into_iter().map(|(_, frame)| frame).collect();
    frames
        .chunks(3)
        .step_by(8)
        .flat_map(|frames| [snoop(frames), netmon(frames)])
        .map(|file| [&[99, 0][..], &file].concat())
        .collect()
}

/// A file of snoop.
fn snoop(frames: &[Vec<u8>]) -> Vec<u8> {
    let mut file = b"snoop\0\0\0\0\0\0\x02\0\0\0\x04".to_vec();
    for frame in frames {
        let length = frame.len() as u32;
        let padded = frame.len().next_multiple_of(4) as u32;
        for word in [length, length, 24 + padded, 0, 1_795_000_000, 7] {
            file.extend(word.to_be_bytes());
        }
        file.extend(frame);
        file.resize(file.len() + (padded - length) as usize, 0);
    }
    file
}

/// A file of Network Monitor 2: its frames, then the table of where they are.
fn netmon(frames: &[Vec<u8>]) -> Vec<u8> {
    let mut file = b"GMBU\0\x02\x01\0".to_vec();
    for part in [2026_u16, 11, 0, 22, 9, 0, 1, 0] {
        file.extend(part.to_le_bytes());
    }
    file.resize(128, 0);
    let mut table = Vec::new();
    for frame in frames {
        table.extend((file.len() as u32).to_le_bytes());
        file.extend(7_u64.to_le_bytes());
        file.extend((frame.len() as u32).to_le_bytes());
        file.extend((frame.len() as u32).to_le_bytes());
        file.extend(frame);
    }
    let (at, length) = (file.len() as u32, table.len() as u32);
    file[24..28].copy_from_slice(&at.to_le_bytes());
    file[28..32].copy_from_slice(&length.to_le_bytes());
    file.extend(table);
    file
}
