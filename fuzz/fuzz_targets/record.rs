//! Any bytes as what two sides say over TCP, in segments of any size: records, alerts, old hellos.
#![no_main]

mod frames;

use libfuzzer_sys::fuzz_target;
use trace::Tracer;

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
        let segment = frames::tcp(side, 443, [sequence[side], 0], frames::PUSH_ACK, payload);
        sequence[side] = sequence[side].wrapping_add(length as u32);
        number += 1;
        frames::give(&mut tracer, number, number, &segment);
    }
    tracer.finish();
    while let Some(session) = tracer.ended() {
        let _ = format!("{session:?} {:?}", session.step(None));
        for seen in session.alerts() {
            let _ = format!("{} {}", seen.what.1, session.step(Some(seen.event)).phrase());
        }
    }
});
