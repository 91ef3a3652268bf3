//! A carrier is known by what is said in front of TLS, and TLS is found behind it however TCP cut
//! the conversation.
//!
//! The conversations are written by hand. Each is told whole, then with each turn cut in two at each
//! byte, then byte by byte; pieces keep the number of their turn, so the sessions must be equal.
#![allow(missing_docs, clippy::disallowed_methods, clippy::unwrap_used)]

use tlswhy_trace::{Carrier, Message, Outcome, Session, Side, Tracer};
use wire::{Link, Packet, Time};

use Side::{Client, Server};

/// The words of both sides in front of TLS.
type Dialogue<'a> = &'a [(Side, &'a [u8])];

#[test]
fn tls_is_found_behind_every_carrier_however_it_is_cut() {
    for (carrier, dialogue) in DIALOGUES {
        let (hello, answer, alert) = (client_hello(), server_hello(), [21, 3, 3, 0, 2, 2, 48]);
        let handshake: Dialogue<'_> = &[(Client, &hello), (Server, &answer), (Client, &alert)];
        let turns: Vec<(Side, &[u8])> = dialogue.iter().chain(handshake).copied().collect();
        let whole = tell(&turns, |_, _| false);
        assert_eq!(whole.carrier, *carrier);
        assert!(whole.server_hello().is_some(), "{carrier:?}: no ServerHello");
        assert!(matches!(whole.outcome, Outcome::Alert(_)), "{carrier:?}: {:?}", whole.outcome);
        for side in [Client, Server] {
            let said: Vec<u8> = dialogue
                .iter()
                .filter(|turn| turn.0 == side)
                .flat_map(|turn| turn.1)
                .copied()
                .collect();
            let kept = whole.plaintext(side).map_or(&[][..], |seen| seen.what);
            assert_eq!(kept, said, "{carrier:?}: {side:?}");
        }
        let longest = turns.iter().map(|turn| turn.1.len()).max().unwrap();
        for at in 1..longest {
            let cut = tell(&turns, |_, place| place == at);
            assert_eq!(text(&cut), text(&whole), "{carrier:?} cut at {at}");
        }
        let bytes = tell(&turns, |_, _| true);
        assert_eq!(text(&bytes), text(&whole), "{carrier:?} byte by byte");
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

/// The session of a conversation whose turns are cut where `cut` says so.
fn tell(turns: &[(Side, &[u8])], cut: impl Fn(usize, usize) -> bool) -> Session {
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
        let mut start = 0;
        for end in 1..=bytes.len() {
            if end < bytes.len() && !cut(turn, end) {
                continue;
            }
            let place = &mut next[*side as usize];
            send(turn + 3, *side, *place, 0, &bytes[start..end]);
            *place += (end - start) as u32;
            start = end;
        }
    }
    tracer.finish();
    let session = *tracer.ended().unwrap();
    assert!(!session.events.iter().any(|event| matches!(event.message, Message::Gap)));
    session
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

const DIALOGUES: &[(Carrier, Dialogue<'_>)] = &[
    (Carrier::Bare, &[]),
    (
        Carrier::Smtp,
        &[
            (Server, b"220 mx.example.test ESMTP\r\n"),
            (Client, b"EHLO a.example.test\r\n"),
            (Server, b"250-mx.example.test\r\n250 STARTTLS\r\n"),
            (Client, b"STARTTLS\r\n"),
            (Server, b"220 ready\r\n"),
        ],
    ),
    (
        Carrier::Imap,
        &[
            (Server, b"* OK ready\r\n"),
            (Client, b"a STARTTLS\r\n"),
            (Server, b"a OK begin\r\n"),
        ],
    ),
    (
        Carrier::Pop3,
        &[(Server, b"+OK ready\r\n"), (Client, b"STLS\r\n"), (Server, b"+OK begin\r\n")],
    ),
    (
        Carrier::Ftp,
        &[(Server, b"220 ready\r\n"), (Client, b"AUTH TLS\r\n"), (Server, b"234 go\r\n")],
    ),
    (
        Carrier::Xmpp,
        &[
            (Client, b"<?xml version='1.0'?><stream:stream to='a.example.test'>"),
            (Server, b"<stream:stream id='1'><stream:features><starttls/></stream:features>"),
            (Client, b"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"),
            (Server, b"<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"),
        ],
    ),
    (
        Carrier::Ldap,
        &[
            (Client, b"0\x1d\x02\x01\x01w\x18\x80\x161.3.6.1.4.1.1466.20037"),
            (Server, b"0\x0c\x02\x01\x01x\x07\x0a\x01\0\x04\0\x04\0"),
        ],
    ),
    (
        Carrier::Postgres,
        &[(Client, b"\0\0\0\x08\x04\xd2\x16\x2f"), (Server, b"S")],
    ),
    (
        Carrier::Postgres,
        &[
            (Client, b"\0\0\0\x08\x04\xd2\x16\x30"),
            (Server, b"N"),
            (Client, b"\0\0\0\x08\x04\xd2\x16\x2f"),
            (Server, b"S"),
        ],
    ),
    (
        Carrier::Mysql,
        &[
            (Server, b"\x1f\0\0\0\x0a8.0.1\0\x01\0\0\0saltsalt\0\xff\xff\x21\x02\0\xff\xc7\x15\0\0\0"),
            (
                Client,
                b"\x20\0\0\x01\x85\xae\xff\x19\0\0\0\x01\x21\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
            ),
        ],
    ),
    (
        Carrier::Rdp,
        &[
            (Client, b"\x03\0\0\x13\x0e\xe0\0\0\0\0\0\x01\0\x08\0\x03\0\0\0"),
            (Server, b"\x03\0\0\x13\x0e\xd0\0\0\x12\x34\0\x02\0\x08\0\x02\0\0\0"),
        ],
    ),
    (
        Carrier::HttpConnect,
        &[
            (Client, b"CONNECT www.example.test:443 HTTP/1.1\r\nHost: www.example.test:443\r\n\r\n"),
            (Server, b"HTTP/1.1 200 Connection established\r\n\r\n"),
        ],
    ),
    (
        Carrier::Socks,
        &[
            (Client, b"\x05\x02\0\x02"),
            (Server, b"\x05\x02"),
            (Client, b"\x01\x04user\x04word"),
            (Server, b"\x01\0"),
            (Client, b"\x05\x01\0\x03\x10www.example.test\x01\xbb"),
            (Server, b"\x05\0\0\x01\x0a\0\0\x01\x12\x34"),
        ],
    ),
    (
        Carrier::Socks,
        &[
            (Client, b"\x04\x01\x01\xbb\0\0\0\x01user\0www.example.test\0"),
            (Server, b"\0\x5a\0\0\0\0\0\0"),
        ],
    ),
    (Carrier::ProxyProtocol, &[(Client, b"PROXY TCP4 192.0.2.7 192.0.2.10 50000 443\r\n")]),
    (
        Carrier::ProxyProtocol,
        &[(
            Client,
            b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc0\0\x02\x07\xc0\0\x02\x0a\xc3\x50\x01\xbb",
        )],
    ),
    (
        Carrier::Amqp,
        &[(Client, b"AMQP\x02\x01\0\0"), (Server, b"AMQP\x02\x01\0\0")],
    ),
];
