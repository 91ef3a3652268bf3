//! The story of a conversation does not depend on how TCP cut it.
//!
//! Every capture of the corpus is cut into other segments: each packet with payload becomes
//! several, in their order, out of order, or twice. They keep the number and the time of the packet
//! they came from, so the sessions must be equal to the letter.
//!
//! Where bytes were lost the next record can only be found again at the start of a segment, so
//! there the cutting matters: of such conversations only the parties and the loss are compared.
#![allow(missing_docs, clippy::disallowed_methods, clippy::unwrap_used)]

mod cut;

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use cut::{Frame, Random, cut, frames, walk};
use tlswhy_trace::{Session, Tracer};
use wire::Packet;

#[test]
fn any_cutting_gives_the_same_sessions() {
    let mut captures = Vec::new();
    walk(Path::new("../../corpus"), &mut captures);
    assert!(!captures.is_empty(), "the corpus is missing");
    for path in captures {
        let frames = frames(&fs::read(&path).unwrap());
        let expected = tell(&frames);
        // One file of several ends in the middle of a conversation: whether the rest is missing, or
        // was never sent, is decided by what was sent again, so there nothing is doubled.
        let whole = path.parent().is_none_or(|folder| !folder.ends_with("input.files"));
        for seed in 1..=8 {
            let mut random = Random(seed);
            let mut begun = HashSet::new();
            let cut: Vec<Frame> = frames
                .iter()
                .flat_map(|frame| cut(frame, &mut begun, whole, &mut random))
                .collect();
            let told = tell(&cut);
            assert_eq!(told.len(), expected.len(), "{} with seed {seed}", path.display());
            for (told, expected) in told.iter().zip(&expected) {
                let place = told.bytes().zip(expected.bytes()).position(|(a, b)| a != b);
                let near = |text: &str| text.chars().skip(place.unwrap_or(0)).take(200).collect();
                let (told, expected): (String, String) = (near(told), near(expected));
                assert_eq!(told, expected, "{} with seed {seed}", path.display());
            }
        }
    }
}

/// What must not change: the parties, the events with their frames, the outcome.
fn tell(frames: &[Frame]) -> Vec<String> {
    let mut tracer = Tracer::new();
    for frame in frames {
        tracer.packet(&Packet {
            number: frame.number,
            time: frame.time,
            link: frame.link,
            bytes: &frame.bytes,
            length: frame.bytes.len() as u32,
            offset: 0,
        });
    }
    tracer.finish();
    let mut told = Vec::new();
    while let Some(session) = tracer.ended() {
        let lost = session.from_client.lost + session.from_server.lost;
        let Session { number, client, server, roles, events, outcome, .. } = *session;
        let who = format!("{number} {client} {server} {roles:?}");
        if lost > 0 {
            told.push(format!("{who} lost {lost}"));
            continue;
        }
        told.push(format!("{who} {outcome:?} {events:#?}"));
    }
    told
}
