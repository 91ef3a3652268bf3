//! What two sides say in front of TLS, in turns: the samples of every carrier with bytes changed and
//! turns added, in segments of any size and order, and TLS behind them.
#[allow(dead_code, reason = "what the samples stand for is for the tests of the carriers")]
#[path = "../../../crates/trace/src/carrier/samples.rs"]
mod samples;

use crate::Corpus;
use crate::frames::{self, PUSH_ACK, SYN};
use samples::SAMPLES;
use trace::{Carrier, Side, Tracer};

/// A sample, changes to it (turn, place, value), turns that follow, the size of segments, and which
/// of them come late.
type Input<'a> = (u8, Vec<(u8, u8, u8)>, Vec<(bool, &'a [u8])>, u8, u64);

/// Runs the target.
pub(crate) fn run(bytes: &[u8]) {
    let Some(input) = crate::typed::<Input<'_>>(bytes) else { return };
    let (which, changes, more, cut, late) = input;
    let sample = SAMPLES.get(usize::from(which) % (SAMPLES.len() + 1));
    let mut turns: Vec<(usize, Vec<u8>)> = sample
        .map(|sample| {
            sample.turns.iter().map(|(side, it)| (usize::from(*side == 'S'), it.to_vec()))
        })
        .into_iter()
        .flatten()
        .collect();
    let unchanged = changes.is_empty() && more.is_empty();
    for (turn, place, value) in changes {
        if let Some((_, bytes)) = turns.get_mut(usize::from(turn)) {
            let length = bytes.len().max(1);
            if let Some(byte) = bytes.get_mut(usize::from(place) % length) {
                *byte = value;
            }
        }
    }
    turns.extend(more.iter().map(|(side, bytes)| (usize::from(*side), bytes.to_vec())));
    let segment =
        |side, sequence, flags, part: &[u8]| frames::tcp(side, 25, [sequence, 0], flags, part);
    let mut segments = vec![segment(0, 999, SYN, &[]), segment(1, 1999, SYN, &[])];
    let mut sequence = [1000_u32, 2000];
    for (side, bytes) in &turns {
        for part in bytes.chunks(usize::from(cut) + 1) {
            segments.push(segment(*side, sequence[*side], PUSH_ACK, part));
            sequence[*side] = sequence[*side].wrapping_add(part.len() as u32);
        }
    }
    // A segment that comes late changes its place with the next one.
    for at in 3..segments.len().min(64) {
        if late >> at & 1 == 1 {
            segments.swap(at - 1, at);
        }
    }
    let mut tracer = Tracer::new();
    for (number, bytes) in (1..).zip(&segments) {
        frames::give(&mut tracer, number, number, bytes);
    }
    tracer.finish();
    while let Some(session) = tracer.ended() {
        let _ = format!("{session:?} {} {:?}", session.carried_by(), session.through());
        let _ = format!("{:?} {:?}", session.request(), session.greeting());
        let said = |side| session.plaintext(side).map_or(&[][..], |seen| seen.what);
        // Words that deny stand in what was said.
        if let Some(denial) = session.denial() {
            let words = denial.words;
            let held = [Side::Client, Side::Server].iter().any(|side| {
                words.is_empty() || said(*side).windows(words.len()).any(|part| part == words)
            });
            assert!(held, "{denial:?}");
        }
        // What nobody changed is what it is, from its first byte in order on.
        if let (Some(sample), true, 0) = (sample, unchanged, late) {
            let outer = sample.through.unwrap_or(sample.carrier);
            let own = [sample.carrier, outer, Carrier::Bare.name(), Carrier::Unknown.name()];
            assert!(own.contains(&session.carrier.name()), "{:?}", session.carrier);
        }
    }
}

/// Every sample as it is, whole and in small segments.
pub(crate) fn seeds(_: &Corpus) -> Vec<Vec<u8>> {
    let samples = u8::try_from(SAMPLES.len()).unwrap_or(u8::MAX);
    let of = |sample, cut| [vec![sample, 0], vec![0; 16], vec![cut], vec![0; 8]].concat();
    (0..=samples).flat_map(|sample| [0, 7, 255].map(|cut| of(sample, cut))).collect()
}
