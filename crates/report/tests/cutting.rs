//! The report does not depend on how TCP cut the streams of a capture.
//!
//! Every capture of the corpus is written again with other segments, in their order or out of it.
//! (Sent twice they would be retransmissions, which are a fact of their own.) What is reported, the handshake ladder and the machine's form included, must be the
//! same but for the numbers of frames, bytes and packets.
//!
//! Two kinds of capture are left out because in them the cutting is part of the evidence: those in
//! which bytes were lost (the next record is found again at the start of a segment), and those of
//! `pmtu-blackhole`, where the size of the segments is the cause.
#![allow(missing_docs, clippy::disallowed_methods, clippy::unwrap_used)]

#[path = "../../trace/tests/cut/mod.rs"]
mod cut;

use std::collections::HashSet;
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

use cut::{Frame, Random, cut, frames, walk};
use tlswhy_report::{Detail, Intake, Look, Options, Report, json_lines, screen};
use trace::Tracer;
use wire::{Link, Packet};

#[test]
fn any_cutting_gives_the_same_report() {
    let mut captures = Vec::new();
    walk(Path::new("../../corpus"), &mut captures);
    let mut compared = 0;
    for path in captures {
        let frames = frames(&fs::read(&path).unwrap());
        let by_size = path.components().any(|part| part.as_os_str() == "pmtu-blackhole");
        if by_size || has_losses(&frames) {
            continue;
        }
        let expected = told(&frames);
        compared += 1;
        for seed in 1..=3 {
            let (mut begun, mut random) = (HashSet::new(), Random(seed));
            let cut: Vec<Frame> = frames
                .iter()
                .flat_map(|frame| cut(frame, &mut begun, false, &mut random))
                .collect();
            assert_eq!(told(&cut), expected, "{} with seed {seed}", path.display());
        }
    }
    assert!(compared > 100, "only {compared} captures were compared");
}

/// The screen with its ladder and the JSON of a capture, without what counts frames or bytes.
fn told(frames: &[Frame]) -> String {
    let options = Options { failures: true, ..Options::default() };
    let mut watch = |_| ControlFlow::Continue(());
    let input = Intake::new("x", options).whole(&written(frames), &mut watch);
    let report = Report::new(vec![input]);
    let detail = Detail { ladder: true, ..Detail::default() };
    let look = Look { width: 500, ..Look::default() };
    let text = screen(&report, &detail, &look);
    let size = |line: &&str| line.contains(" packets · ");
    let text: String =
        text.lines().filter(|line| !size(line)).map(|line| plain(line) + "\n").collect();
    let machine: String = json_lines(&report)
        .filter(|line| line.contains("\"kind\":\"failure\""))
        .map(|line| plain(&line) + "\n")
        .collect();
    text + &machine
}

/// Without frame numbers, wherever they stand, and without the blanks that depend on their width.
fn plain(line: &str) -> String {
    let mut plain = String::new();
    for word in line.split_whitespace() {
        let mut rest = word;
        // `#12` on the screen, `"frame":12` and `"id":"f:12:443"` in JSON.
        let next = |rest: &str| {
            ["#", "frame\":", "\"f:"].iter().filter_map(|it| Some(rest.find(it)? + it.len())).min()
        };
        while let Some(at) = next(rest) {
            let (before, number) = rest.split_at(at);
            plain.push_str(before);
            rest = number.trim_start_matches(|c: char| c.is_ascii_digit());
        }
        plain.push_str(rest);
        plain.push(' ');
    }
    plain
}

/// A pcap file with nanoseconds.
fn written(frames: &[Frame]) -> Vec<u8> {
    let link: u32 = match frames.first().map(|frame| frame.link) {
        Some(Link::LinuxSll) => 113,
        Some(Link::LinuxSll2) => 276,
        Some(Link::Raw) => 101,
        Some(Link::Radiotap) => 127,
        Some(Link::Null) => 0,
        _ => 1,
    };
    let mut file = Vec::new();
    for word in [0xa1b2_3c4d, 0x0004_0002, 0, 0, 0x0004_0000, link] {
        file.extend(word.to_le_bytes());
    }
    for frame in frames {
        let (seconds, rest) = (frame.time.0 / 1_000_000_000, frame.time.0 % 1_000_000_000);
        let length = frame.bytes.len() as u32;
        for word in [seconds as u32, rest as u32, length, length] {
            file.extend(word.to_le_bytes());
        }
        file.extend(&frame.bytes);
    }
    file
}

fn has_losses(frames: &[Frame]) -> bool {
    let mut tracer = Tracer::new();
    for frame in frames {
        let Frame { number, time, link, bytes } = frame;
        let length = bytes.len() as u32;
        let (number, time, link) = (*number, *time, *link);
        tracer.packet(&Packet { number, time, link, bytes, length, offset: 0 });
    }
    tracer.finish();
    std::iter::from_fn(|| tracer.ended()).any(|it| it.from_client.lost + it.from_server.lost > 0)
}
