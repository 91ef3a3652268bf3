//! A carrier is known by what is said in front of TLS, and TLS is found behind it however TCP cut
//! the conversation.
//!
//! The conversations are written by hand. Each is told whole, then with each turn cut in two at each
//! byte, then byte by byte; pieces keep the number of their turn, so the sessions must be equal.
#![allow(missing_docs, clippy::disallowed_methods, clippy::unwrap_used)]

#[path = "../src/carrier/samples.rs"]
mod samples;

use samples::{Ends, SAMPLES, Sample};
use tlswhy_trace::{Carrier, Message, Outcome, Session, Side, Tracer};
use wire::{Link, Packet, Time};

use Side::{Client, Server};

/// The words of both sides in front of TLS.
type Dialogue<'a> = &'a [(Side, &'a [u8])];

/// TLS is found behind the words of every carrier, however they are cut and in whatever order the
/// two halves of a turn come, and all that was said in front of it is kept.
#[test]
fn tls_is_found_behind_every_carrier_however_it_is_cut() {
    let bare = Sample { carrier: "tls", through: None, ends: Ends::Tls, turns: &[] };
    let begin = SAMPLES.iter().filter(|sample| matches!(sample.ends, Ends::Tls));
    for sample in begin.chain([&bare]) {
        let name = format!("{} {:?}", sample.carrier, sample.through);
        let (hello, answer, alert) = (client_hello(), server_hello(), [21, 3, 3, 0, 2, 2, 48]);
        let handshake: Dialogue<'_> = &[(Client, &hello), (Server, &answer), (Client, &alert)];
        let turns: Vec<(Side, &[u8])> = dialogue(sample).chain(handshake.iter().copied()).collect();
        let whole = tell(&turns, |_, _| false);
        assert_eq!(whole.carrier.name(), sample.carrier);
        assert_eq!(whole.through().map(Carrier::name), sample.through);
        assert!(whole.server_hello().is_some(), "{name}: no ServerHello");
        assert!(matches!(whole.outcome, Outcome::Alert(_)), "{name}: {:?}", whole.outcome);
        for (side, letter) in [(Client, 'C'), (Server, 'S')] {
            let kept = whole.plaintext(side).map_or(&[][..], |seen| seen.what);
            assert_eq!(kept, sample.said(letter), "{name}: {side:?}");
        }
        let longest = turns.iter().map(|turn| turn.1.len()).max().unwrap();
        for at in 1..longest {
            let cut = tell(&turns, |_, place| place == at);
            assert_eq!(text(&cut), text(&whole), "{name} cut at {at}");
            let swapped = tell_in(&turns, |_, place| place == at, Order::Backwards);
            assert_eq!(text(&swapped), text(&whole), "{name} cut at {at}, last part first");
        }
        let bytes = tell(&turns, |_, _| true);
        assert_eq!(text(&bytes), text(&whole), "{name} byte by byte");
    }
}

/// What a server denies is read however it is cut; of a conversation that stops at any byte, or
/// lacks any, nothing is told that another carrier would tell.
#[test]
fn a_denial_is_read_however_it_is_cut() {
    for sample in SAMPLES.iter().filter(|sample| !matches!(sample.ends, Ends::Tls)) {
        let turns: Vec<(Side, &[u8])> = dialogue(sample).collect();
        let whole = tell(&turns, |_, _| false);
        let name = format!("{} {:?}", sample.carrier, sample.through);
        let denied = format!("{:?}", whole.denial());
        let words = whole.denial().map(|denial| denial.words);
        assert_eq!(words, sample.ends.words(), "{name}: {:?}", whole.events);
        let own = [Some(sample.carrier), sample.through, Some("unknown"), Some("tls")];
        let length: usize = turns.iter().map(|turn| turn.1.len()).sum();
        for at in 1..length {
            let cut = tell(&turns, |_, place| place == at);
            assert_eq!(format!("{:?}", cut.denial()), denied, "{name} cut at {at}");
            let swapped = tell_in(&turns, |_, place| place == at, Order::Backwards);
            assert_eq!(format!("{:?}", swapped.denial()), denied, "{name} swapped at {at}");
            let stopped = tell(&first(&turns, at), |_, _| false);
            assert!(own.contains(&Some(stopped.carrier.name())), "{name} stopped at {at}");
            let lost = tell_in(&turns, |_, place| place == at, Order::WithoutFirst);
            let _ = format!("{:?}", lost.denial());
        }
    }
}

/// PostgreSQL and SQL Server may begin with TLS, and then name themselves in ALPN.
#[test]
fn alpn_names_what_begins_with_tls() {
    for (alpn, carrier) in
        [("postgresql", Carrier::Postgres), ("tds/8.0", Carrier::Tds), ("h2", Carrier::Bare)]
    {
        let length = u8::try_from(alpn.len()).unwrap();
        let list = [&[0, length + 1, length][..], alpn.as_bytes()].concat();
        let extension = [&[0, 16, 0, length + 3][..], &list].concat();
        let rest = [&[0, 2, 0xc0, 0x2f, 1, 0, 0, length + 7][..], &extension].concat();
        let hello = record(1, &rest);
        let session = tell(&[(Client, &hello[..]), (Server, &server_hello()[..])], |_, _| false);
        assert_eq!((session.carrier, session.carried_by()), (Carrier::Bare, carrier));
    }
}

/// SQL Server's handshake travels in packets, a message over several of them, and then does not.
#[test]
fn tls_is_unwrapped_from_tds() {
    let packet = |kind: u8, body: &[u8]| {
        let length = u8::try_from(body.len() + 8).unwrap();
        [&[kind, 1, 0, length, 0, 0, 0, 0][..], body].concat()
    };
    let options = b"\0\0\x0b\0\x06\x01\0\x11\0\x01\xff\x0f\0\x07\xd0\0\0\x01";
    let (offer, answer) = (packet(0x12, options), packet(0x04, options));
    let asks = packet(0x12, &client_hello());
    let hello = server_hello();
    let replies = [packet(0x12, &hello[..20]), packet(0x12, &hello[20..])].concat();
    let rest = [&packet(0x12, &[20, 3, 3, 0, 1, 1])[..], &[23, 3, 3, 0, 3, 1, 2, 3]].concat();
    let turns: Dialogue<'_> = &[
        (Client, &offer),
        (Server, &answer),
        (Client, &asks),
        (Server, &replies),
        (Client, &rest),
        (Client, &[21, 3, 3, 0, 2, 2, 48]),
    ];
    let whole = tell(turns, |_, _| false);
    assert_eq!(whole.carrier, Carrier::Tds);
    assert!(whole.server_hello().is_some());
    assert_eq!(whole.from_client.application_records, 1);
    assert!(matches!(whole.outcome, Outcome::Alert(_)), "{:?}", whole.outcome);
    for at in 1..replies.len().max(asks.len()) {
        let cut = tell(turns, |_, place| place == at);
        assert_eq!(text(&cut), text(&whole), "cut at {at}");
    }
    assert_eq!(text(&tell(turns, |_, _| true)), text(&whole));
}

/// OpenVPN's control packets are opened, with and without what `tls-auth` adds, and its data is
/// stepped over.
#[test]
fn tls_is_unwrapped_from_openvpn() {
    for auth in [0, 28, 72] {
        let packet = |opcode: u8, acknowledged: &[u8], body: &[u8]| {
            let mut packet = vec![opcode];
            packet.extend([9; 8]);
            packet.extend(vec![0xee; auth]);
            packet.push(u8::try_from(acknowledged.len() / 12).unwrap());
            packet.extend(acknowledged);
            packet.extend(body);
            [&u16::try_from(packet.len()).unwrap().to_be_bytes()[..], &packet].concat()
        };
        let one = [7; 12];
        let control = |acknowledged, body: &[u8]| {
            packet(4 << 3, acknowledged, &[&[0, 0, 0, 1][..], body].concat())
        };
        let (reset, answer) = (packet(7 << 3, &[], &[0; 4]), packet(8 << 3, &one, &[0; 4]));
        let asks = [packet(5 << 3, &one, &[]), control(&[], &client_hello())].concat();
        let hello = server_hello();
        let replies = [control(&one, &hello[..20]), control(&[], &hello[20..])].concat();
        let data =
            [&[0, 5, 6 << 3, 1, 2, 3, 4][..], &control(&one, &[21, 3, 3, 0, 2, 2, 48])].concat();
        let turns: Dialogue<'_> = &[
            (Client, &reset),
            (Server, &answer),
            (Client, &asks),
            (Server, &replies),
            (Client, &data),
        ];
        let whole = tell(turns, |_, _| false);
        assert_eq!(whole.carrier, Carrier::OpenVpn);
        assert!(whole.server_hello().is_some());
        assert!(matches!(whole.outcome, Outcome::Alert(_)), "{:?}", whole.outcome);
        for at in 1..replies.len().max(asks.len()) {
            let cut = tell(turns, |_, place| place == at);
            assert_eq!(text(&cut), text(&whole), "cut at {at}");
        }
        assert_eq!(text(&tell(turns, |_, _| true)), text(&whole));
    }
}

/// Words that no carrier begins with are kept and named as unknown; the absence of any is bare TLS.
#[test]
fn what_is_no_carrier_is_not_claimed() {
    let hello = client_hello();
    assert_eq!(tell(&[(Client, &hello)], |_, _| false).carrier, Carrier::Bare);
    let noise: Dialogue<'_> = &[(Client, b"\x01\x02\x03\x04"), (Server, b"\x05\x06")];
    let session = tell(noise, |_, _| false);
    assert_eq!((session.carrier, session.outcome), (Carrier::Unknown, Outcome::NotTls));
}

/// What is compared: what was said and how it ended, without facts of single segments.
fn text(session: &Session) -> String {
    let Session { carrier, events, outcome, roles, .. } = session;
    format!("{carrier:?} {roles:?} {outcome:?} {events:?}")
}

/// The turns of a sample.
fn dialogue<'a>(sample: &Sample) -> impl Iterator<Item = (Side, &'a [u8])> {
    sample.turns.iter().map(|(side, words)| (if *side == 'C' { Client } else { Server }, *words))
}

/// As much of a conversation as has so many bytes.
fn first<'a>(turns: &[(Side, &'a [u8])], mut length: usize) -> Vec<(Side, &'a [u8])> {
    let mut cut = Vec::new();
    for (side, bytes) in turns {
        let taken = bytes.len().min(length);
        length -= taken;
        cut.push((*side, &bytes[..taken]));
    }
    cut
}

/// In which order the parts of a turn come.
#[derive(Clone, Copy, PartialEq)]
enum Order {
    Forwards,
    Backwards,
    /// The first part of each turn that has several is lost.
    WithoutFirst,
}

/// The session of a conversation whose turns are cut where `cut` says so.
fn tell(turns: &[(Side, &[u8])], cut: impl Fn(usize, usize) -> bool) -> Session {
    let session = tell_in(turns, cut, Order::Forwards);
    assert!(!session.events.iter().any(|event| matches!(event.message, Message::Gap)));
    session
}

fn tell_in(turns: &[(Side, &[u8])], cut: impl Fn(usize, usize) -> bool, order: Order) -> Session {
    let mut tracer = Tracer::new();
    let mut next = [1_u32, 1];
    let mut send = |number: usize, side: Side, sequence: u32, flags: u8, payload: &[u8]| {
        let bytes = packet(side, sequence, flags, payload);
        let (number, time) = (number as u64, Time(number as i64));
        let length = bytes.len() as u32;
        tracer.packet(&Packet { number, time, link: Link::Raw, bytes: &bytes, length, offset: 0 });
    };
    send(1, Client, 0, SYN, &[]);
    send(2, Server, 0, SYN, &[]);
    for (turn, (side, bytes)) in turns.iter().enumerate() {
        let mut parts = Vec::new();
        let mut start = 0;
        for end in 1..=bytes.len() {
            if end < bytes.len() && !cut(turn, end) {
                continue;
            }
            let place = &mut next[*side as usize];
            parts.push((*place, &bytes[start..end]));
            *place += (end - start) as u32;
            start = end;
        }
        match order {
            Order::Forwards => {}
            Order::Backwards => parts.reverse(),
            Order::WithoutFirst if parts.len() > 1 => drop(parts.remove(0)),
            Order::WithoutFirst => {}
        }
        for (place, part) in parts {
            send(turn + 3, *side, place, 0, part);
        }
    }
    tracer.finish();
    *tracer.ended().unwrap()
}

fn packet(from: Side, sequence: u32, flags: u8, payload: &[u8]) -> Vec<u8> {
    let length = u16::try_from(40 + payload.len()).unwrap();
    let mut bytes = vec![0x45, 0];
    bytes.extend(length.to_be_bytes());
    bytes.extend([0, 0, 0, 0, 64, 6, 0, 0]);
    let (client, server) = ((1_u8, 50_000_u16), (2_u8, 1_234_u16));
    let (source, target) = if from == Client { (client, server) } else { (server, client) };
    bytes.extend([10, 0, 0, source.0, 10, 0, 0, target.0]);
    bytes.extend(source.1.to_be_bytes());
    bytes.extend(target.1.to_be_bytes());
    bytes.extend(sequence.to_be_bytes());
    bytes.extend([0, 0, 0, 0, 0x50, flags, 0xff, 0xff, 0, 0, 0, 0]);
    bytes.extend(payload);
    bytes
}

/// A hello of TLS 1.2 in a record of its own: version, random, no session, and what follows.
fn record(kind: u8, rest: &[u8]) -> Vec<u8> {
    let body = [&[3, 3][..], &[7; 32], &[0], rest].concat();
    let length = u8::try_from(body.len()).unwrap();
    [&[22, 3, 1, 0, length + 4, kind, 0, 0, length][..], &body].concat()
}

fn client_hello() -> Vec<u8> {
    record(1, &[0, 2, 0xc0, 0x2f, 1, 0])
}

fn server_hello() -> Vec<u8> {
    record(2, &[0xc0, 0x2f, 0])
}

const SYN: u8 = 2;
