//! How conversations written by hand are read to have ended.

use super::*;
use crate::endpoint::Endpoint;
use crate::session::{Roles, Transport};
use crate::stream::{Mark, Stream};
use wire::Time;

fn at(frame: u64, seconds: i64) -> Mark {
    Mark::at(frame, Time(seconds * 1_000_000_000))
}

/// A conversation of these messages, one frame and one second each.
fn session(told: Vec<(Side, u32, Message)>) -> Session {
    let mut ends = [Stream::default(), Stream::default()];
    let mut events = Vec::new();
    for (frame, (side, length, message)) in (1..).zip(told) {
        let stream = &mut ends[side as usize];
        stream.frames += 1;
        stream.last_data = Some(at(frame, frame as i64));
        let (time, opened) = (at(frame, frame as i64).time, false);
        events.push(Event { time, frame, side, length, opened, message });
    }
    let [from_client, from_server] = ends;
    Session {
        number: 1,
        client: Endpoint::Socket("10.0.0.5:50000".parse().unwrap()),
        server: Endpoint::Socket("10.0.0.20:443".parse().unwrap()),
        roles: Roles::Handshake,
        started: at(1, 1).time,
        ended: at(events.len() as u64, events.len() as i64).time,
        first_frame: 1,
        last_frame: events.len() as u64,
        transport: Transport::Tcp,
        carrier: crate::carrier::Carrier::Bare,
        access: None,
        events,
        outcome: Outcome::Truncated,
        from_client,
        from_server,
        oddities: Vec::new(),
        dropped: 0,
        opened: None,
    }
}

fn says(side: Side, kind: HandshakeType, body: &[u8]) -> (Side, u32, Message) {
    (side, 4 + body.len() as u32, Message::Handshake { kind, body: body.into() })
}

fn hello() -> (Side, u32, Message) {
    says(Side::Client, HandshakeType::CLIENT_HELLO, &[])
}

/// A ServerHello of TLS 1.3 with TLS_AES_128_GCM_SHA256.
fn server_hello13() -> (Side, u32, Message) {
    let body = [&[3, 3][..], &[7; 32], &[0, 0x13, 1, 0, 0, 6, 0, 43, 0, 2, 3, 4]].concat();
    says(Side::Server, HandshakeType::SERVER_HELLO, &body)
}

fn plain(side: Side, bytes: &[u8]) -> (Side, u32, Message) {
    (side, 0, Message::Plaintext(bytes.into()))
}

/// Whoever exports only the hellos from a capture has not silenced the client: bytes that
/// nobody acknowledged and nobody repeated show that frames are missing.
#[test]
fn a_filtered_capture_holds_no_silence() {
    let told = || vec![hello(), says(Side::Server, HandshakeType::SERVER_HELLO, &[])];
    let later = at(9, 99).time;
    let mut filtered = session(told());
    filtered.from_server.unacknowledged = 1460;
    assert_eq!(outcome(&filtered, later), Outcome::Truncated);
    filtered.from_server.largest_retransmitted = 1460;
    assert_eq!(outcome(&filtered, later), Outcome::Silent(Side::Client));
    assert_eq!(outcome(&session(told()), later), Outcome::Silent(Side::Client));
}

/// A server that resets a connection at once refuses it, one that waited tidies up.
#[test]
fn a_late_reset_refuses_nothing() {
    let told = |pauses: usize| {
        let mut all = vec![hello(), server_hello13(), (Side::Server, 900, Message::Encrypted)];
        all.push((Side::Client, 53, Message::Encrypted));
        all.extend(vec![(Side::Client, 0, Message::Gap); pauses]);
        all.push((Side::Server, 0, Message::Reset));
        session(all)
    };
    assert_eq!(outcome(&told(0), at(9, 9).time), Outcome::Reset(Side::Server));
    assert_eq!(outcome(&told(3), at(9, 9).time), Outcome::Established);
    let mut left = told(0);
    let fin = Event { side: Side::Client, message: Message::Fin, ..left.events[3].clone() };
    left.events.insert(4, fin);
    assert_eq!(outcome(&left, at(9, 9).time), Outcome::Established);
}

/// A server that closes before the client's flight is there, and resets the connection when it
/// comes, has not completed the handshake, however long it took.
#[test]
fn a_server_that_left_before_the_flight_took_none() {
    let told = |last: Message| {
        let mut all =
            vec![hello(), (Side::Client, 0, Message::Gap), (Side::Client, 0, Message::Gap)];
        all.push(server_hello13());
        all.push((Side::Server, 900, Message::Encrypted));
        all.push((Side::Server, 0, Message::Fin));
        all.push((Side::Client, 53, Message::Encrypted));
        all.push((Side::Server, 0, last));
        outcome(&session(all), at(9, 9).time)
    };
    assert_eq!(told(Message::Reset), Outcome::Closed(Side::Server));
    assert_eq!(told(Message::Gap), Outcome::Established);
}

/// Who answers a request for a certificate and is shown the door has been refused, with an alert
/// behind the tickets or with none at all; who was not asked has not, and neither has who stayed
/// for a while.
#[test]
fn a_server_may_refuse_a_certificate_without_a_word() {
    let told = |flight: &[u32], answer: &[u32], pauses: usize| {
        let mut all = vec![hello(), server_hello13(), (Side::Server, 900, Message::Encrypted)];
        all.extend(flight.iter().map(|length| (Side::Client, *length, Message::Encrypted)));
        all.extend(answer.iter().map(|length| (Side::Server, *length, Message::Encrypted)));
        all.extend(vec![(Side::Client, 0, Message::Gap); pauses]);
        all.push((Side::Server, 0, Message::Fin));
        let mut told = session(all);
        for event in &mut told.events {
            // A quarter of a second each.
            event.time = Time(event.time.0 / 4);
        }
        outcome(&told, at(20, 20).time)
    };
    let closed = Outcome::Closed(Side::Server);
    assert_eq!(told(&[25, 53], &[], 0), closed);
    assert_eq!(told(&[800, 96, 53], &[], 0), closed);
    assert_eq!(told(&[53], &[], 0), Outcome::Established);
    assert_eq!(told(&[25, 53], &[], 12), Outcome::Established);
    assert_eq!(told(&[25, 53], &[19], 0), Outcome::AlertLikely(5));
    assert_eq!(told(&[25, 53], &[250, 19], 0), Outcome::AlertLikely(6));
    assert_eq!(told(&[25, 53], &[250, 250, 19], 0), Outcome::AlertLikely(7));
    assert_eq!(told(&[53], &[250, 19], 0), Outcome::Established);
    assert_eq!(told(&[25, 53], &[250, 500, 19], 0), Outcome::Established);
}

/// A goodbye that answers the other side's end refuses nothing: the other side did.
#[test]
fn a_goodbye_is_no_refusal() {
    let hello12 = [&[3, 3][..], &[7; 32], &[0, 0xc0, 0x2b, 0]].concat();
    let told = |left: bool| {
        let mut all = vec![hello(), says(Side::Server, HandshakeType::SERVER_HELLO, &hello12)];
        all.push((Side::Client, 1, Message::ChangeCipherSpec));
        all.push((Side::Client, 40, Message::EncryptedHandshake));
        all.extend(left.then_some((Side::Server, 0, Message::Fin)));
        all.push((Side::Client, 26, Message::EncryptedAlert));
        outcome(&session(all), at(20, 20).time)
    };
    assert_eq!(told(true), Outcome::Closed(Side::Server));
    assert_eq!(told(false), Outcome::AlertLikely(4));
}

/// SSL 2.0 looks like plaintext, but who goes on after the hellos understands it.
#[test]
fn two_that_speak_sslv2_understand_each_other() {
    let answer = [0x80, 0x05, 4, 0, 0, 0, 2, 0x80, 0x01, 5];
    let asks = (Side::Client, 0, Message::Sslv2ClientHello([1, 0, 2][..].into()));
    let mut told = session(vec![asks, plain(Side::Server, &answer)]);
    told.from_server.bytes = 7;
    assert_eq!(outcome(&told, at(3, 3).time), Outcome::Plaintext(Side::Server));
    told.from_server.bytes = 10;
    assert_eq!(outcome(&told, at(3, 3).time), Outcome::Established);
}

/// A client sends its key to none but a server that answered in TLS, whatever else is seen.
#[test]
fn a_client_that_goes_on_was_answered() {
    let answered = || vec![hello(), plain(Side::Server, b"MZ")];
    let end = at(3, 3).time;
    assert_eq!(outcome(&session(answered()), end), Outcome::Plaintext(Side::Server));
    let mut told = answered();
    told.push(says(Side::Client, HandshakeType::CLIENT_KEY_EXCHANGE, &[]));
    assert_eq!(outcome(&session(told), end), Outcome::Truncated);
}

/// Plaintext that the other side answers in plaintext is a dialogue before TLS, such as SOCKS.
#[test]
fn a_dialogue_before_tls_is_no_failure() {
    let asks = || plain(Side::Client, &[4, 1, 1, 187]);
    let speaks = || (Side::Server, 0, Message::EncryptedAlert);
    let end = at(3, 3).time;
    let told = session(vec![asks(), speaks()]);
    assert_eq!(outcome(&told, end), Outcome::Plaintext(Side::Client));
    let told = session(vec![asks(), plain(Side::Server, &[0, 90]), speaks()]);
    assert_eq!(outcome(&told, end), Outcome::Truncated);
}

fn alert(side: Side, alert: Alert) -> (Side, u32, Message) {
    (side, 2, Message::Alert(alert::Message::new(alert::Level::Fatal, alert)))
}

/// What a side says when the other has left is not what ended it, where it had spoken last; an
/// answer to the last words of who left is.
#[test]
fn an_alert_behind_a_farewell_decides_nothing() {
    let ends = |told: Vec<(Side, u32, Message)>| outcome(&session(told), at(9, 9).time);
    for code in [Alert::HANDSHAKE_FAILURE, Alert::INTERNAL_ERROR, Alert::UNEXPECTED_MESSAGE] {
        let left = vec![hello(), (Side::Server, 0, Message::Fin), alert(Side::Client, code)];
        assert_eq!(ends(left), Outcome::Closed(Side::Server));
        let answered = vec![hello(), (Side::Client, 0, Message::Fin), alert(Side::Server, code)];
        assert_eq!(ends(answered), Outcome::Alert(2));
    }
}

/// A refusal that travelled encrypted came first: the complaint behind it, in the clear, is its
/// consequence.
#[test]
fn the_first_refusal_decides() {
    let told = |first: u32| {
        vec![
            hello(),
            server_hello13(),
            (Side::Server, 900, Message::Encrypted),
            (Side::Client, first, Message::Encrypted),
            alert(Side::Server, Alert::UNEXPECTED_MESSAGE),
        ]
    };
    assert_eq!(outcome(&session(told(19)), at(9, 9).time), Outcome::AlertLikely(3));
    assert_eq!(outcome(&session(told(53)), at(9, 9).time), Outcome::Alert(4));
}
