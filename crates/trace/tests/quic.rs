//! Conversations over QUIC that were really spoken: whatever the order of their datagrams, and how
//! often each came, the same was said; and no cut of the capture is worse than a shorter story.
#![allow(missing_docs, clippy::disallowed_methods, clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

use tlswhy_trace::{Carrier, Message, Outcome, Session, Side, Tracer};
use wire::{HandshakeType, KeyLog, Next, Packet, Packets};

/// Every recorded conversation over QUIC.
fn recordings() -> Vec<PathBuf> {
    let folders = |path: PathBuf| {
        fs::read_dir(path).unwrap().map(|it| it.unwrap().path()).filter(|path| path.is_dir())
    };
    let cases = folders("../../corpus".into()).flat_map(folders);
    let mut all: Vec<PathBuf> = cases
        .map(|case| case.join("input.pcap"))
        .filter(|path| path.exists() && path.to_str().unwrap().contains("quic"))
        .collect();
    all.sort();
    assert!(all.len() >= 15, "{} recordings", all.len());
    all
}

/// The only conversation in these packets of a capture, in this order, with these secrets.
fn opened(bytes: &[u8], keys: &[u8], order: impl Fn(usize) -> Vec<usize>) -> Option<Box<Session>> {
    let mut frames = Vec::new();
    let mut packets = Packets::new();
    while let Next::Packet(packet) = packets.next(bytes, true) {
        frames.push((packet.time, packet.link, packet.bytes.to_vec()));
    }
    let mut tracer = Tracer::new();
    tracer.add_keys(KeyLog::read(keys));
    for (number, at) in (1..).zip(order(frames.len())) {
        let (_, link, bytes) = &frames[at];
        // Time goes on, whatever the order.
        let time = frames[(number as usize - 1).min(frames.len() - 1)].0;
        let length = bytes.len() as u32;
        tracer.packet(&Packet { number, time, link: *link, bytes, length, offset: 0 });
    }
    tracer.finish();
    tracer.ended().filter(|session| session.carrier == Carrier::Quic)
}

/// The same without secrets.
fn told(bytes: &[u8], order: impl Fn(usize) -> Vec<usize>) -> Option<Box<Session>> {
    opened(bytes, &[], order)
}

/// The secrets that were recorded with a case; nothing without.
fn keys(path: &Path) -> Vec<u8> {
    fs::read(path.with_file_name("keys.log")).unwrap_or_default()
}

/// What was said by whom, without frames.
fn said(session: &Session) -> Vec<(Side, HandshakeType, usize)> {
    let mut all: Vec<_> = session
        .events
        .iter()
        .filter_map(|event| match &event.message {
            Message::Handshake { kind, body } => Some((event.side, *kind, body.len())),
            _ => None,
        })
        .collect();
    all.sort_by_key(|(side, kind, length)| (*side as u8, kind.0, *length));
    all
}

/// Each datagram twice in a row changes nothing, not even the outcome.
#[test]
fn doubled_datagrams_say_nothing_new() {
    for path in recordings() {
        let bytes = fs::read(&path).unwrap();
        for keys in [Vec::new(), keys(&path)] {
            let once = opened(&bytes, &keys, |count| (0..count).collect()).unwrap();
            let doubled = |count| (0..2 * count).map(|at| at / 2).collect();
            let twice = opened(&bytes, &keys, doubled).unwrap();
            assert_eq!(said(&once), said(&twice), "{}", path.display());
            let kind = |session: &Session| std::mem::discriminant(&session.outcome);
            let silent = matches!(twice.outcome, Outcome::Silent(_));
            let alike = kind(&once) == kind(&twice) || silent;
            assert!(alike, "{}: {:?}, {:?}", path.display(), once.outcome, twice.outcome);
        }
    }
}

/// A ClientHello of two datagrams is read when the second comes first, and when one comes late.
#[test]
fn the_pieces_of_a_hello_come_in_any_order() {
    let path = "../../corpus/established/aioquic-large-quic-aioquic/input.pcap";
    let bytes = fs::read(path).unwrap();
    let straight = told(&bytes, |count| (0..count).collect()).unwrap();
    // The server may have acknowledged the first before the second was sent.
    let second = straight.client_hello().unwrap().frame as usize - 1;
    let swap = |count| {
        let mut order: Vec<usize> = (0..count).collect();
        order.swap(0, second);
        order
    };
    let swapped = told(&bytes, swap).unwrap();
    assert_eq!(said(&straight), said(&swapped));
    assert!(straight.client_hello().unwrap().what.server_name().is_some());
    assert_eq!(swapped.client_hello().unwrap().frame as usize, second + 1);
    let half = told(&bytes, |_| vec![0]).unwrap();
    let hello = half.handshakes(Side::Client, HandshakeType::CLIENT_HELLO).next().unwrap();
    assert!(hello.what.len() < straight.events[0].length as usize - 4);
}

/// A ClientHello of which a part is missing is told where it began, in front of its answer.
#[test]
fn a_part_of_a_hello_stands_where_it_came() {
    let path = "../../corpus/established/aioquic-large-quic-aioquic/input.pcap";
    let bytes = fs::read(path).unwrap();
    let straight = told(&bytes, |count| (0..count).collect()).unwrap();
    let second = straight.client_hello().unwrap().frame as usize - 1;
    let answer = straight.server_hello().unwrap().frame as usize - 1;
    for kept in [0, second] {
        let part = told(&bytes, |_| vec![kept, answer]).unwrap();
        let of_client = part.events.iter().find(|event| event.side == Side::Client).unwrap();
        assert_eq!((of_client.frame, part.events[0].side), (1, Side::Client), "{kept}");
    }
}

/// Secrets that are none of the connection open nothing, and nothing is known that was not before.
#[test]
fn wrong_secrets_change_nothing() {
    for path in recordings() {
        let (bytes, keys) = (fs::read(&path).unwrap(), keys(&path));
        let straight = |count| (0..count).collect();
        let wrong: Vec<u8> = String::from_utf8(keys)
            .unwrap()
            .lines()
            .filter(|line| !line.starts_with('#'))
            .flat_map(|line| line.rsplit_once(' '))
            .flat_map(|(name, secret)| {
                format!("{name} {}\n", "00".repeat(secret.len() / 2)).into_bytes()
            })
            .collect();
        let without = told(&bytes, straight).unwrap();
        let with = opened(&bytes, &wrong, straight).unwrap();
        assert_eq!(with.opened.unwrap_or(0), 0);
        assert_eq!(with.outcome, without.outcome, "{}", path.display());
        assert_eq!(said(&with), said(&without), "{}", path.display());
    }
}

/// Each recording ends as it was set up to end.
#[test]
fn outcomes_are_those_of_the_recordings() {
    for path in recordings() {
        let bytes = fs::read(&path).unwrap();
        let keys = keys(&path);
        let session = opened(&bytes, &keys, |count| (0..count).collect()).unwrap();
        let name = path.display().to_string();
        let truth = fs::read_to_string(path.with_file_name("truth.json")).unwrap();
        let truth: serde_json::Value = serde_json::from_str(&truth).unwrap();
        let side = if truth["refused_by"] == "client" { Side::Client } else { Side::Server };
        let right = match truth["outcome"].as_str().unwrap() {
            "established" => session.outcome == Outcome::Established,
            "closed" => session.outcome == Outcome::Closed(side),
            "silent" => session.outcome == Outcome::Silent(Side::Server),
            kind if kind == "alert" || !keys.is_empty() => {
                matches!(session.outcome, Outcome::Alert(at)
                if matches!(&session.events[at].message, Message::Alert(message)
                    if truth["alert"] == message.alert.code() && session.events[at].side == side))
            }
            // What is hidden may be told by its place, or not at all.
            _ => {
                matches!(session.outcome, Outcome::AlertLikely(at) if session.events[at].side == side)
                    || session.outcome == Outcome::Truncated
            }
        };
        assert!(right, "{name}: {:?}", session.outcome);
    }
}

/// A ClientHello that nobody repeats was answered in packets that the capture left out: whoever waits
/// for an answer repeats.
#[test]
fn a_filtered_capture_holds_no_silence() {
    let recorded = fs::read("../../corpus/udp-blocked/aioquic-quic-silent/input.pcap").unwrap();
    let Next::Packet(first) = Packets::new().next(&recorded, true) else { panic!() };
    let outcome = |again: bool| {
        let mut tracer = Tracer::new();
        tracer.packet(&first);
        let later = wire::Time(first.time.0 + 60_000_000_000);
        let repeated = Packet { number: 2, time: later, ..first };
        // Something else that is captured a minute later tells that time went on.
        let other = Packet { bytes: &[], ..repeated };
        tracer.packet(if again { &repeated } else { &other });
        tracer.finish();
        tracer.ended().unwrap().outcome
    };
    assert_eq!(outcome(false), Outcome::Truncated);
    assert_eq!(outcome(true), Outcome::Silent(Side::Server));
}

/// Datagrams cut anywhere by the capture are survived, and nothing is made up from them.
#[test]
fn any_cut_is_survived() {
    for path in recordings() {
        let bytes = fs::read(&path).unwrap();
        let mut packets = Packets::new();
        let mut frames = Vec::new();
        while let Next::Packet(packet) = packets.next(&bytes, true) {
            frames.push((packet.time, packet.link, packet.bytes.to_vec()));
        }
        for kept in (28..1300).step_by(17) {
            let mut tracer = Tracer::new();
            for (number, (time, link, bytes)) in (1..).zip(&frames) {
                let length = bytes.len() as u32;
                let bytes = &bytes[..kept.min(bytes.len())];
                let (time, link) = (*time, *link);
                tracer.packet(&Packet { number, time, link, bytes, length, offset: 0 });
            }
            tracer.finish();
            let alerts = std::iter::from_fn(|| tracer.ended()).map(|it| it.alerts().count());
            assert!(alerts.sum::<usize>() <= 1);
        }
    }
}

/// With secrets the whole handshake is read, and what was hidden is told by name.
#[test]
fn secrets_open_the_whole_handshake() {
    let cases: Vec<_> = recordings().into_iter().filter(|path| !keys(path).is_empty()).collect();
    assert!(cases.len() >= 5);
    for path in cases {
        let bytes = fs::read(&path).unwrap();
        let session = opened(&bytes, &keys(&path), |count| (0..count).collect()).unwrap();
        let has = |side, kind| session.handshakes(side, kind).next().is_some();
        let name = path.display();
        assert!(has(Side::Server, HandshakeType::ENCRYPTED_EXTENSIONS), "{name}");
        assert!(session.certificates(Side::Server).is_some_and(|it| !it.what.is_empty()), "{name}");
        assert!(session.opened > Some(0), "{name}");
        let hidden = |message: &Message| matches!(message, Message::Encrypted);
        assert!(session.events.iter().all(|event| !hidden(&event.message)), "{name}");
        let closed = told(&bytes, |count| (0..count).collect()).unwrap();
        assert!(closed.certificates(Side::Server).is_none() && closed.opened.is_none(), "{name}");
    }
}
