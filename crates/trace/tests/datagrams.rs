//! The story of a DTLS conversation does not depend on the order of its datagrams, on how often
//! each arrived, nor on how its handshake messages were cut into fragments.
//!
//! Every DTLS capture of the corpus is written again: each datagram becomes several, messages in
//! the clear are cut into other fragments, some records come twice, and what one side sent without
//! an answer in between is shuffled. Where a key log lies beside a capture, what was sealed is opened.
#![allow(missing_docs, clippy::disallowed_methods, clippy::unwrap_used)]

// It cuts TCP, which is not asked for here.
#[allow(dead_code)]
mod cut;

use std::fs;
use std::net::SocketAddr;
use std::path::Path;

use cut::{Frame, Random, frames, walk};
use tlswhy_trace::{Carrier, Message, Session, Tracer, Transport};
use wire::{DtlsFragmentHeader, DtlsHeader, DtlsRecord, KeyLog, Packet, Reader};

#[test]
fn disorder_and_other_fragments_give_the_same_sessions() {
    let mut captures = Vec::new();
    walk(Path::new("../../corpus"), &mut captures);
    let mut conversations = 0;
    for path in captures {
        let frames = frames(&fs::read(&path).unwrap());
        let keys = KeyLog::read(&fs::read(path.with_file_name("keys.log")).unwrap_or_default());
        let sessions = sessions(&frames, &keys);
        if !sessions.iter().any(|session| session.transport == Transport::Udp) {
            continue;
        }
        // Where the same records come again and again, who is waiting for whom depends on the last
        // of them, and shuffling moves it.
        if sessions.iter().any(|session| {
            session.from_client.retransmissions + session.from_server.retransmissions > 0
        }) {
            continue;
        }
        conversations += sessions.len();
        let expected: Vec<String> = sessions.iter().map(tell).collect();
        for seed in 1..=20 {
            let other = rewritten(&frames, &mut Random(seed));
            let told: Vec<String> = self::sessions(&other, &keys).iter().map(tell).collect();
            let (told, expected) = (told.join("\n"), expected.join("\n"));
            let differs = told.lines().zip(expected.lines()).find(|(one, other)| one != other);
            assert_eq!(differs, None, "{} with seed {seed}", path.display());
            assert_eq!(told.len(), expected.len(), "{} with seed {seed}", path.display());
        }
    }
    assert!(conversations >= 10, "the corpus holds {conversations} conversations");
}

/// With a key log beside it, nothing of a capture stays closed, whichever way it was sealed: the
/// ciphers of DTLS 1.2, DTLS 1.3, connection ids, new keys and a second handshake.
#[test]
fn what_keys_open_is_told() {
    let mut captures = Vec::new();
    walk(Path::new("../../corpus"), &mut captures);
    let mut opened = 0;
    for path in captures {
        let Ok(keys) = fs::read(path.with_file_name("keys.log")) else { continue };
        let frames = frames(&fs::read(&path).unwrap());
        for session in sessions(&frames, &KeyLog::read(&keys)) {
            if !matches!(session.carrier, Carrier::Dtls) {
                continue;
            }
            for event in &session.events {
                let closed = matches!(
                    event.message,
                    Message::Encrypted | Message::EncryptedHandshake | Message::EncryptedAlert
                );
                assert!(!closed, "{}: frame {}", path.display(), event.frame);
            }
            assert!(session.oddities.is_empty(), "{}: {:?}", path.display(), session.oddities);
            opened += 1;
        }
    }
    assert!(opened >= 15, "the corpus holds {opened} conversations with keys");
}

/// A second handshake, sealed with the keys of the first and numbered from 0 again, stands behind
/// the first in the order in which its messages were sent.
#[test]
fn a_second_handshake_has_its_place() {
    let case = Path::new("../../corpus/established/openssl-dtls12-renewed-openssl-keys");
    let keys = KeyLog::read(&fs::read(case.join("keys.log")).unwrap());
    let sessions = sessions(&frames(&fs::read(case.join("input.pcap")).unwrap()), &keys);
    let said = |side| {
        let events = sessions[0].events.iter().filter(move |event| event.side == side);
        let told = events.map(|event| match &event.message {
            Message::Handshake { kind, .. } => kind.to_string(),
            other => format!("{other:?}"),
        });
        told.collect::<Vec<_>>()
    };
    let again = ["ClientKeyExchange", "ChangeCipherSpec", "Finished"];
    let client = [&["ClientHello", "ClientHello"][..], &again, &["ClientHello"], &again].concat();
    assert_eq!(said(tlswhy_trace::Side::Client)[..client.len()], client);
    let again = [
        "ServerHello",
        "Certificate",
        "ServerKeyExchange",
        "ServerHelloDone",
        "NewSessionTicket",
        "ChangeCipherSpec",
        "Finished",
    ];
    let server = [&["HelloVerifyRequest"][..], &again, &["HelloRequest"], &again].concat();
    assert_eq!(said(tlswhy_trace::Side::Server)[..server.len()], server);
}

/// What must not change: the parties, what each side said in its order, the outcome, and what was
/// lost.
fn tell(session: &Session) -> String {
    let said = |wanted| {
        let events = session.events.iter().filter(move |event| event.side == wanted);
        let told = events.map(|event| match &event.message {
            Message::Handshake { kind, body } => format!("{kind} {:?}", &body[..]),
            other => format!("{other:?} {}", event.length),
        });
        told.collect::<Vec<_>>()
    };
    format!(
        "{} {} {:?} {:#?} {:#?} {} {}",
        session.client,
        session.server,
        std::mem::discriminant(&session.outcome),
        said(tlswhy_trace::Side::Client),
        said(tlswhy_trace::Side::Server),
        session.from_client.lost + session.from_client.hole,
        session.from_server.lost + session.from_server.hole,
    )
}

fn sessions(frames: &[Frame], keys: &KeyLog) -> Vec<Session> {
    let mut tracer = Tracer::new();
    tracer.add_keys(keys.clone());
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
    std::iter::from_fn(|| tracer.ended()).map(|session| *session).collect()
}

/// A datagram with DTLS in it: who sent it, how many bytes stand before the records, and the
/// records.
type Taken = (SocketAddr, usize, Vec<Vec<u8>>);

/// The capture with other datagrams.
fn rewritten(frames: &[Frame], random: &mut Random) -> Vec<Frame> {
    let mut parts: Vec<(Option<SocketAddr>, Frame)> = Vec::new();
    for frame in frames {
        let Some((source, before, records)) = records(frame) else {
            parts.push((None, Frame { bytes: frame.bytes.clone(), ..*frame }));
            continue;
        };
        let mut again: Vec<Vec<u8>> = Vec::new();
        for record in records {
            let mut cut = fragments(&record, random);
            if random.below(4) == 0 {
                cut.push(record);
            }
            again.extend(cut);
        }
        for record in again {
            let mut bytes = frame.bytes[..before].to_vec();
            bytes.extend(record);
            parts.push((Some(source), repaired(frame, bytes)));
        }
    }
    // Disorder within what one side sends before the other speaks: the first record, which begins
    // the conversation, keeps its place.
    let mut from = 1;
    while from < parts.len() {
        let run = parts[from..].iter().take_while(|part| part.0 == parts[from].0).count();
        if parts[from].0.is_some() {
            for index in (from + 1..from + run).rev() {
                let other = from + random.below(index + 1 - from);
                parts.swap(index, other);
            }
        }
        from += run;
    }
    let numbered = |(index, (_, frame)): (usize, (Option<SocketAddr>, Frame))| Frame {
        number: index as u64 + 1,
        ..frame
    };
    parts.into_iter().enumerate().map(numbered).collect()
}

/// The records of a datagram, if it is one of DTLS alone.
fn records(frame: &Frame) -> Option<Taken> {
    let datagram = wire::datagram(frame.link, &frame.bytes).ok()?;
    let udp = wire::user_datagram(&datagram).ok()?;
    let capwap = udp.payload.starts_with(&[1, 0, 0, 0]);
    let payload = if capwap { &udp.payload[4..] } else { udp.payload };
    let before = payload.as_ptr() as usize - frame.bytes.as_ptr() as usize;
    let mut bytes = Reader::new(payload);
    let mut records = Vec::new();
    while !bytes.is_empty() {
        let record = DtlsRecord::read(&mut bytes, 0).ok()?;
        records.push([record.head, record.body].concat());
    }
    Some((SocketAddr::new(datagram.source, udp.source), before, records))
}

/// A record of handshake messages in the clear, with each message cut into other fragments; any
/// other as it is.
fn fragments(record: &[u8], random: &mut Random) -> Vec<Vec<u8>> {
    let whole = || vec![record.to_vec()];
    let Ok(read) = DtlsRecord::read(&mut Reader::new(record), 0) else { return whole() };
    let DtlsHeader::Plain(header) = read.header else { return whole() };
    if header.content_type.0 != 22 || header.epoch != 0 {
        return whole();
    }
    let mut cut = Vec::new();
    let mut body = Reader::new(read.body);
    while let Ok(fragment) = DtlsFragmentHeader::read(&mut body) {
        let bytes = body.take(fragment.fragment as usize, "fragment").unwrap();
        let mut at = 0;
        loop {
            let length = (1 + random.below(120)).min(bytes.len() - at);
            // Some overlap what came before.
            let start = at.saturating_sub(random.below(8));
            cut.push(piece(record, &fragment, start, &bytes[start..at + length]));
            at += length;
            if at == bytes.len() {
                break;
            }
        }
    }
    cut
}

/// A record with one fragment. Its number is that of the record it came from: the messages are
/// numbered by themselves.
fn piece(record: &[u8], message: &DtlsFragmentHeader, at: usize, bytes: &[u8]) -> Vec<u8> {
    let mut piece = record[..11].to_vec();
    piece.extend((bytes.len() as u16 + 12).to_be_bytes());
    piece.push(message.kind.0);
    piece.extend(&message.length.to_be_bytes()[1..]);
    piece.extend(message.message.to_be_bytes());
    piece.extend(&(message.offset + at as u32).to_be_bytes()[1..]);
    piece.extend(&(bytes.len() as u32).to_be_bytes()[1..]);
    piece.extend(bytes);
    piece
}

/// The frame with these bytes, the lengths in IPv4 and UDP put right.
fn repaired(frame: &Frame, mut bytes: Vec<u8>) -> Frame {
    let datagram = wire::datagram(frame.link, &frame.bytes).unwrap();
    let udp = datagram.payload.as_ptr() as usize - frame.bytes.as_ptr() as usize;
    let length = (bytes.len() - udp) as u16;
    bytes[udp + 4..udp + 6].copy_from_slice(&length.to_be_bytes());
    bytes[udp - 18..udp - 16].copy_from_slice(&(length + 20).to_be_bytes());
    Frame { bytes, ..*frame }
}
