//! Any bytes as what two sides say over TCP, in segments of any size: records, alerts, old hellos.
#![no_main]

use libfuzzer_sys::fuzz_target;
use trace::Tracer;
use wire::{Link, Packet, Time};

fuzz_target!(|input: (u8, u16, &[u8])| {
    let (seed, cut, bytes) = input;
    let mut tracer = Tracer::new();
    let mut sequence = [1000_u32, 2000];
    let mut rest = bytes;
    let mut number = 0;
    while !rest.is_empty() && number < 2000 {
        let side = usize::from((seed.rotate_left(number as u32 % 8)) & 1);
        let length = (usize::from(cut) % 700 + number as usize % 7 + 1).min(rest.len());
        let (payload, left) = rest.split_at(length);
        rest = left;
        let frame = frame(side, sequence[side], payload);
        sequence[side] = sequence[side].wrapping_add(length as u32);
        number += 1;
        tracer.packet(&Packet {
            number,
            time: Time(number as i64 * 1_000_000),
            link: Link::Raw,
            bytes: &frame,
            length: frame.len() as u32,
            offset: 0,
        });
    }
    tracer.finish();
    while let Some(session) = tracer.ended() {
        let _ = format!("{session:?} {:?}", session.step(None));
        for seen in session.alerts() {
            let _ = format!("{} {}", seen.what.1, session.step(Some(seen.event)).phrase());
        }
    }
});

/// A TCP segment over IPv4 without checksums.
fn frame(side: usize, sequence: u32, payload: &[u8]) -> Vec<u8> {
    let total = (40 + payload.len()) as u16;
    let mut frame = vec![0x45, 0];
    frame.extend(total.to_be_bytes());
    frame.extend([0, 0, 0, 0, 64, 6, 0, 0]);
    let ends = [([10, 0, 0, 1], 50000_u16), ([10, 0, 0, 2], 443)];
    let (from, to) = (ends[side], ends[1 - side]);
    frame.extend(from.0);
    frame.extend(to.0);
    frame.extend(from.1.to_be_bytes());
    frame.extend(to.1.to_be_bytes());
    frame.extend(sequence.to_be_bytes());
    frame.extend([0, 0, 0, 0, 0x50, 0x18, 0xff, 0xff, 0, 0, 0, 0]);
    frame.extend(payload);
    frame
}
