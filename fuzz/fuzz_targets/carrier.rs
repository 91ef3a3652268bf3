//! What two sides say in front of TLS, in turns: the samples of every carrier with bytes changed and
//! turns added, in segments of any size and order, and TLS behind them.
#![no_main]

#[path = "../../crates/trace/src/carrier/samples.rs"]
mod samples;

use libfuzzer_sys::fuzz_target;
use samples::SAMPLES;
use trace::{Carrier, Denial, Side, Tracer};
use wire::{Link, Packet, Time};

/// A sample, changes to it (turn, place, value), turns that follow, the size of segments, and which
/// of them come late.
type Input<'a> = (u8, Vec<(u8, u8, u8)>, Vec<(bool, &'a [u8])>, u8, u64);

fuzz_target!(|input: Input<'_>| {
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
    let mut segments = vec![frame(0, 999, SYN, &[]), frame(1, 1999, SYN, &[])];
    let mut sequence = [1000_u32, 2000];
    for (side, bytes) in &turns {
        for part in bytes.chunks(usize::from(cut) + 1) {
            segments.push(frame(*side, sequence[*side], ACK, part));
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
        let time = Time(number as i64 * 1_000_000);
        let length = bytes.len() as u32;
        tracer.packet(&Packet { number, time, link: Link::Raw, bytes, length, offset: 0 });
    }
    tracer.finish();
    while let Some(session) = tracer.ended() {
        let _ = format!("{session:?} {} {:?}", session.carried_by(), session.through());
        let said = |side| session.plaintext(side).map_or(&[][..], |seen| seen.what);
        // Words that deny stand in what was said.
        if let Some(denial) = session.denial() {
            let (Denial::Refused(words)
            | Denial::NotOffered(words)
            | Denial::Stripped(words)
            | Denial::Demanded(words)) = denial;
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
});

/// A TCP segment over IPv4 without checksums.
fn frame(side: usize, sequence: u32, flags: u8, payload: &[u8]) -> Vec<u8> {
    let total = (40 + payload.len()) as u16;
    let mut frame = vec![0x45, 0];
    frame.extend(total.to_be_bytes());
    frame.extend([0, 0, 0, 0, 64, 6, 0, 0]);
    let ends = [([10, 0, 0, 1], 50000_u16), ([10, 0, 0, 2], 25)];
    let (from, to) = (ends[side], ends[1 - side]);
    frame.extend(from.0);
    frame.extend(to.0);
    frame.extend(from.1.to_be_bytes());
    frame.extend(to.1.to_be_bytes());
    frame.extend(sequence.to_be_bytes());
    frame.extend([0, 0, 0, 0, 0x50, flags, 0xff, 0xff, 0, 0, 0, 0]);
    frame.extend(payload);
    frame
}

const SYN: u8 = 0x02;
const ACK: u8 = 0x18;
