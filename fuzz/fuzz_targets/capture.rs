//! Any bytes as a capture file: read whole and in small windows, with the same result, and traced.
#![no_main]

use libfuzzer_sys::fuzz_target;
use trace::Tracer;
use wire::{Next, Packets};

fuzz_target!(|input: (u16, &[u8])| {
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
});

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
