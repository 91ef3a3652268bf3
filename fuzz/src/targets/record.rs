//! Any bytes as what two sides say over TCP, in segments of any size: records, alerts, old hellos.

use crate::Corpus;
use crate::frames;
use trace::Tracer;

/// Runs the target.
pub(crate) fn run(bytes: &[u8]) {
    let Some(input) = crate::typed::<(u8, u16, &[u8])>(bytes) else { return };
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
}

/// What sides have said, all of it by one of them or in turns.
pub(crate) fn seeds(corpus: &Corpus) -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for turns in corpus.streams() {
        for (side, sides) in [(0, 0), (1, 0xff)] {
            let said = turns.iter().filter(|(of, _)| *of == side).flat_map(|(_, bytes)| bytes);
            seeds.push([sides, 0xff, 2].iter().chain(said).copied().collect());
        }
    }
    seeds
}
