//! An authentication is the same story however its packets were cut: into other fragments, other
//! RADIUS attributes, over RADIUS or over EAPOL, with each packet captured once or twice.
#![allow(missing_docs, clippy::disallowed_methods, clippy::indexing_slicing, clippy::unwrap_used)]

use std::fs;

use tlswhy_trace::{Endpoint, Mac, Message, Outcome, Session, Side, Tracer, Transport};
use wire::{EapCode, EapPacket, KeyLog, Link, Next, Packet, Packets, RadiusPacket, Time};

const STATION: [u8; 6] = [0, 0, 0x5e, 0, 0x53, 7];
const PORT: [u8; 6] = [0, 0, 0x5e, 0, 0x53, 1];
const GROUP: [u8; 6] = [1, 0x80, 0xc2, 0, 0, 3];

/// How the packets of an authentication are cut.
#[derive(Clone, Copy, Debug)]
struct Shape {
    /// Bytes of TLS in each fragment.
    fragment: usize,
    /// Bytes of EAP in each RADIUS attribute; 0 for EAPOL frames.
    attribute: usize,
    /// Whether each message says how long it is in all of its fragments, not only in the first of
    /// several.
    every_length: bool,
    /// Whether each packet is captured twice.
    twice: bool,
    /// Whether both sides of an EAPOL conversation speak to the group address.
    group: bool,
}

/// Recorded authentications: refused by the station in the clear and hidden by TLS 1.3, refused by
/// the server, denied behind the tunnel, granted.
const RECORDED: &[&str] = &[
    "untrusted-root/eapol-test-peap-tls12-freeradius",
    "untrusted-root/eapol-test-eap-tls-tls13-freeradius",
    "client-cert-expired/eapol-test-eap-tls-tls12-freeradius",
    "eap-inner-authentication-refused/eapol-test-ttls-tls12-freeradius",
    "established/eapol-test-eap-tls-small-fragments-freeradius",
];

#[test]
fn other_cuts_tell_the_same() {
    for case in RECORDED {
        let talk = Talk::read(case);
        let plain = Shape {
            fragment: 4000,
            attribute: 253,
            every_length: false,
            twice: false,
            group: false,
        };
        let whole = one(&talk.frames(plain));
        assert!(whole.events.len() > 4, "{case}: {:?}", whole.events);
        for shape in shapes() {
            let session = one(&talk.frames(shape));
            assert_eq!(told(&session), told(&whole), "{case} {shape:?}");
            assert_eq!(session.client, Endpoint::Station(Mac(STATION)), "{case} {shape:?}");
            assert_eq!(session.transport, Transport::Eap);
            let access = session.access.as_ref().unwrap();
            assert_eq!(access.identity.as_deref(), Some("alice"), "{case} {shape:?}");
            assert_eq!(access.is_granted(), talk.granted, "{case} {shape:?}");
            assert_eq!(session.oddities, [], "{case} {shape:?}");
        }
    }
}

/// Every method that carries TLS tells the same, whatever it says itself in its start: EAP-FAST names
/// its authority (RFC 4851, 4.1.1), TEAP does so behind the TLS (RFC 7170, 4.1).
#[test]
fn every_method_tells_the_same() {
    let authority = [&[0, 4, 0, 16][..], &[7; 16]].concat();
    let outer = [&[0x30, 0, 0, 0, 24, 0x80, 1, 0, 20][..], &authority].concat();
    for (method, name, start) in [
        (13, "eap-tls", vec![0x20]),
        (21, "eap-ttls", vec![0x20]),
        (25, "peap", vec![0x21]),
        (43, "eap-fast", [&[0x21][..], &authority].concat()),
        (55, "teap", outer),
    ] {
        for case in RECORDED {
            let recorded = Talk::read(case);
            let talk = Talk { method, start: start.clone(), ..recorded.clone() };
            for shape in shapes().take(4) {
                let session = one(&talk.frames(shape));
                assert_eq!(told(&session), told(&one(&recorded.frames(shape))), "{name} {case}");
                assert_eq!(session.carrier.name(), name, "{case}");
                assert_eq!(session.oddities, [], "{name} {case}");
            }
        }
    }
}

/// A key log opens what EAP carries as it opens what TCP does: the same connection over TCP, put
/// into EAP here, tells the same alert and the same certificates, however it is cut.
#[test]
fn a_key_log_opens_it() {
    let case = "../../corpus/client-cert-expired/openssl-tls13-chacha20-openssl-keys";
    let keys = || KeyLog::read(&fs::read(format!("{case}/keys.log")).unwrap());
    let file = fs::read(format!("{case}/input.pcap")).unwrap();
    let talk = Talk::over_tcp(&file);
    for shape in shapes() {
        let mut tracer = Tracer::new();
        tracer.add_keys(keys());
        let session = told_to(tracer, &talk.frames(shape)).pop().unwrap();
        let alert = session.alerts().next().unwrap();
        assert_eq!(alert.what.1.to_string(), "fatal 45 certificate_expired", "{shape:?}");
        assert!(session.events[alert.event].opened, "{shape:?}");
        for side in [Side::Client, Side::Server] {
            assert!(!session.certificates(side).unwrap().what.is_empty(), "{shape:?}");
        }
        let closed = one(&talk.frames(shape));
        assert_eq!((closed.alerts().count(), closed.opened), (0, None), "{shape:?}");
    }
}

/// Several stations behind one RADIUS client, their packets one between the others', are as many
/// sessions.
#[test]
fn stations_share_a_socket() {
    let talk = Talk::read(RECORDED[0]);
    let shape =
        Shape { fragment: 300, attribute: 253, every_length: false, twice: false, group: false };
    let alone = one(&talk.frames(shape));
    let mut several = Vec::new();
    for number in 0..20 {
        let mut station = talk.clone();
        station.station[5] = number;
        // Identifiers are shared by all of one socket; so many wait at a time that each is its own.
        several.push(station.numbered(shape, number.wrapping_mul(11)));
    }
    let longest = several.iter().map(Vec::len).max().unwrap();
    let mixed: Vec<Vec<u8>> = (0..longest)
        .flat_map(|at| several.iter().filter_map(move |frames| frames.get(at).cloned()))
        .collect();
    let sessions = traced(&mixed);
    assert_eq!(sessions.len(), 20);
    for (session, number) in sessions.iter().zip(0..) {
        let mut mac = STATION;
        mac[5] = number;
        assert_eq!(session.client, Endpoint::Station(Mac(mac)));
        assert_eq!(told(session), told(&alone));
    }
}

/// A packet that the capture lacks costs what it held and is told, and never makes a good
/// authentication a failure.
#[test]
fn lost_packets_are_told() {
    let talk = Talk::read(RECORDED[4]);
    for attribute in [0, 253] {
        let shape =
            Shape { fragment: 400, attribute, every_length: true, twice: false, group: false };
        let frames = talk.frames(shape);
        for lost in 1..frames.len() - 1 {
            let mut rest = frames.clone();
            rest.remove(lost);
            for session in traced(&rest) {
                let bad = matches!(session.outcome, Outcome::Alert(_) | Outcome::Closed(_));
                assert!(!bad, "without {lost}: {:?}", session.outcome);
            }
        }
    }
}

/// No byte that is cut off or changed makes the tracer stumble.
#[test]
fn damage_is_survived() {
    let talk = Talk::read(RECORDED[0]);
    for attribute in [0, 100] {
        let shape =
            Shape { fragment: 500, attribute, every_length: true, twice: false, group: true };
        let frames = talk.frames(shape);
        for (at, frame) in frames.iter().enumerate() {
            for end in (0..frame.len().min(90)).chain([frame.len() - 1]) {
                let mut damaged = frames.clone();
                damaged[at].truncate(end);
                traced(&damaged);
                let mut damaged = frames.clone();
                damaged[at][end] ^= 0xff;
                traced(&damaged);
            }
        }
    }
}

fn shapes() -> impl Iterator<Item = Shape> {
    let sizes = [17, 200, 1000, 1398];
    let attributes = [0, 1, 100, 253];
    sizes.into_iter().flat_map(move |fragment| {
        attributes.into_iter().flat_map(move |attribute| {
            [(false, false), (true, false), (false, true), (true, true)].map(|(one, other)| Shape {
                fragment,
                // RADIUS has no room for more attributes than this.
                attribute: if attribute == 1 && fragment > 1000 { 2 } else { attribute },
                every_length: one,
                twice: other,
                group: one,
            })
        })
    })
}

/// What a session told, apart from where and when.
fn told(session: &Session) -> (Outcome, Vec<(Side, u32, String)>, [u64; 2]) {
    let say = |message: &Message| format!("{message:?}");
    let events = session.events.iter().map(|it| (it.side, it.length, say(&it.message)));
    (session.outcome, events.collect(), [session.from_client.bytes, session.from_server.bytes])
}

fn one(frames: &[Vec<u8>]) -> Session {
    let mut sessions = traced(frames);
    assert_eq!(sessions.len(), 1);
    sessions.pop().unwrap()
}

fn traced(frames: &[Vec<u8>]) -> Vec<Session> {
    told_to(Tracer::new(), frames)
}

fn told_to(mut tracer: Tracer, frames: &[Vec<u8>]) -> Vec<Session> {
    for (number, bytes) in (1..).zip(frames) {
        let time = Time(number as i64 * 1_000_000);
        let (link, length) = (Link::Ethernet, bytes.len() as u32);
        tracer.packet(&Packet { number, time, link, bytes, length, offset: 0 });
    }
    tracer.finish();
    std::iter::from_fn(|| tracer.ended().map(|session| *session)).collect()
}

/// An authentication without its cuts.
#[derive(Clone)]
struct Talk {
    station: [u8; 6],
    method: u8,
    /// The flags of the method's start, and what the method says there itself.
    start: Vec<u8>,
    /// The flights of TLS, with who sent each: the station begins.
    flights: Vec<(Side, Vec<u8>)>,
    granted: bool,
}

impl Talk {
    /// Reads a recorded authentication over RADIUS.
    fn read(case: &str) -> Self {
        let file = fs::read(format!("../../corpus/{case}/input.pcap")).unwrap();
        let (mut packets, mut method, mut granted) = (Packets::new(), 0, false);
        let mut flights: Vec<(Side, Vec<u8>)> = Vec::new();
        while let Next::Packet(packet) = packets.next(&file, true) {
            let datagram = wire::datagram(packet.link, packet.bytes).unwrap();
            let udp = wire::user_datagram(&datagram).unwrap();
            let radius = RadiusPacket::read(udp.payload, udp.length).unwrap();
            let message = radius.eap_message().unwrap();
            let eap = EapPacket::read(&message).unwrap();
            granted |= eap.code == EapCode::SUCCESS;
            let side = if eap.code == EapCode::RESPONSE { Side::Client } else { Side::Server };
            let Some(part) = eap.tls().filter(|part| !part.start && !part.data.is_empty()) else {
                continue;
            };
            method = eap.method.unwrap().0;
            match flights.last_mut() {
                Some((last, flight)) if *last == side => flight.extend_from_slice(part.data),
                _ => flights.push((side, part.data.to_vec())),
            }
        }
        Self { station: STATION, method, start: vec![0x20], flights, granted }
    }

    /// The TLS of a recorded conversation over TCP, as an authentication that is denied.
    fn over_tcp(file: &[u8]) -> Self {
        let (mut packets, mut flights) = (Packets::new(), Vec::<(Side, Vec<u8>)>::new());
        while let Next::Packet(packet) = packets.next(file, true) {
            let datagram = wire::datagram(packet.link, packet.bytes).unwrap();
            let segment = wire::segment(&datagram).unwrap();
            let side = if segment.source == 8443 { Side::Server } else { Side::Client };
            match flights.last_mut() {
                _ if segment.payload.is_empty() => {}
                Some((last, flight)) if *last == side => flight.extend_from_slice(segment.payload),
                _ => flights.push((side, segment.payload.to_vec())),
            }
        }
        let method = wire::EapMethod::TLS.0;
        Self { station: STATION, method, start: vec![0x20], flights, granted: false }
    }

    fn frames(&self, shape: Shape) -> Vec<Vec<u8>> {
        self.numbered(shape, 0)
    }

    /// Its frames, with RADIUS identifiers from a number on.
    fn numbered(&self, shape: Shape, first: u8) -> Vec<Vec<u8>> {
        let mut wire = Wire { talk: self, shape, asked: 7, radius: first, frames: Vec::new() };
        if shape.attribute == 0 {
            wire.say(Side::Server, &[1]);
        } else {
            wire.asked += 1;
        }
        wire.say(Side::Client, b"\x01alice");
        wire.say(Side::Server, &[&[self.method][..], &self.start].concat());
        for (at, (side, flight)) in self.flights.iter().enumerate() {
            let parts = flight.chunks(shape.fragment).count();
            for (number, part) in flight.chunks(shape.fragment).enumerate() {
                let more = number + 1 < parts;
                let total = shape.every_length || (number == 0 && more);
                let mut data = vec![self.method, u8::from(total) << 7 | u8::from(more) << 6];
                if total {
                    data.extend((flight.len() as u32).to_be_bytes());
                }
                data.extend(part);
                wire.say(*side, &data);
                if more {
                    wire.say(side.other(), &[self.method, 0]);
                }
            }
            let last = at + 1 == self.flights.len();
            if last && *side == Side::Server {
                wire.say(Side::Client, &[self.method, 0]);
            }
        }
        wire.end();
        wire.frames
    }
}

/// Frames as they are made.
struct Wire<'a> {
    talk: &'a Talk,
    shape: Shape,
    /// The identifier of the last question.
    asked: u8,
    /// That of the last RADIUS request.
    radius: u8,
    frames: Vec<Vec<u8>>,
}

impl Wire<'_> {
    fn say(&mut self, side: Side, data: &[u8]) {
        let code = if side == Side::Client { 2 } else { 1 };
        if side == Side::Server {
            self.asked = self.asked.wrapping_add(1);
        }
        let length = (4 + data.len() as u16).to_be_bytes();
        self.send(side, [&[code, self.asked][..], &length, data].concat(), 11);
    }

    fn end(&mut self) {
        let (code, radius) = if self.talk.granted { (3, 2) } else { (4, 3) };
        self.send(Side::Server, vec![code, self.asked, 0, 4], radius);
    }

    fn send(&mut self, side: Side, message: Vec<u8>, answer: u8) {
        let frame = match self.shape.attribute {
            0 => self.eapol(side, &message),
            size => self.radius(side, &message, size, answer),
        };
        if self.shape.twice {
            self.frames.push(frame.clone());
        }
        self.frames.push(frame);
    }

    fn eapol(&self, side: Side, message: &[u8]) -> Vec<u8> {
        let (mut to, from) = match side {
            Side::Client => (PORT, self.talk.station),
            Side::Server => (self.talk.station, PORT),
        };
        if self.shape.group {
            to = GROUP;
        }
        let length = (message.len() as u16).to_be_bytes();
        [&to[..], &from, &[0x88, 0x8e, 2, 0], &length, message].concat()
    }

    fn radius(&mut self, side: Side, message: &[u8], size: usize, answer: u8) -> Vec<u8> {
        if side == Side::Client {
            self.radius = self.radius.wrapping_add(1);
        }
        let [.., last] = self.talk.station;
        let state = [last, self.asked, 1];
        let mut attributes = Vec::new();
        if side == Side::Client {
            attributes.extend([31, 19]);
            let station = format!("{}", Mac(self.talk.station)).to_uppercase().replace(':', "-");
            attributes.extend(station.as_bytes());
        }
        // A question's State comes back with the answer to it.
        if side == Side::Server || message[4] != 1 {
            attributes.extend([&[24, 5][..], &state].concat());
        }
        for part in message.chunks(size) {
            attributes.extend([&[79, part.len() as u8 + 2][..], part].concat());
        }
        let code = if side == Side::Client { 1 } else { answer };
        let length = (attributes.len() as u16 + 20).to_be_bytes();
        let payload = [&[code, self.radius][..], &length, &[last; 16], &attributes].concat();
        let (client, server) = (([192, 0, 2, 1], 50_000_u16), ([192, 0, 2, 80], 1812_u16));
        let (from, to) = if side == Side::Client { (client, server) } else { (server, client) };
        let udp = (payload.len() as u16 + 8).to_be_bytes();
        let ip = (payload.len() as u16 + 28).to_be_bytes();
        [
            &PORT[..],
            &PORT,
            &[8, 0, 0x45, 0],
            &ip,
            &[0, 0, 0, 0, 64, 17, 0, 0],
            &from.0,
            &to.0,
            &from.1.to_be_bytes(),
            &to.1.to_be_bytes(),
            &udp,
            &[0, 0],
            &payload,
        ]
        .concat()
    }
}
