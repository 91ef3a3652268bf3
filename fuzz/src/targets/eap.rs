//! Any bytes as EAP packets, in EAPOL frames and in RADIUS: read, printed, and traced as parts of
//! authentications that go on.
use crate::Corpus;
use crate::steps::{Steps, step};
use trace::Tracer;
use wire::{EapPacket, Link, Packet, RadiusPacket, Time};

/// Runs the target. A step says who sends a packet and in which carrier; its content begins with
/// what the packet claims to be.
pub(crate) fn run(raw: &[u8]) {
    let _ = format!("{:?} {:?}", EapPacket::read(raw), EapPacket::read(raw).map(|it| it.tls()));
    let _ = format!("{:?}", wire::eapol(Link::Ethernet, raw));
    if let Ok(radius) = RadiusPacket::read(raw, raw.len()) {
        let parts: usize = radius.attributes().map(|(_, value)| value.len()).sum();
        assert!(parts <= raw.len());
        assert!(radius.eap_message().unwrap_or_default().len() <= parts);
    }
    let mut tracer = Tracer::new();
    for (number, (way, content)) in (1_u64..).zip(Steps::new(raw)) {
        let Some((&[code, identifier, method], data)) = content.split_first_chunk::<3>() else {
            continue;
        };
        let data = data.get(..1400).unwrap_or(data);
        let length = (5 + data.len() as u16).to_be_bytes();
        // What a fuzzer seldom guesses is made right; what it writes well is left to it.
        let eap =
            [&[code % 5, identifier % 4][..], &length, &[METHODS[usize::from(method % 8)]], data];
        let eap = eap.concat();
        let frame = match way & 3 {
            0 => eapol(way, &eap),
            1 => eapol(way, data),
            2 => datagram(way, &radius(way, identifier, &eap)),
            _ => datagram(way, data),
        };
        let time = Time(number as i64 * i64::from(way >> 2) * 40_000_000);
        let length = frame.len() as u32;
        let link = Link::Ethernet;
        tracer.packet(&Packet { number, time, link, bytes: &frame, length, offset: 0 });
    }
    tracer.finish();
    while let Some(session) = tracer.ended() {
        let _ = format!("{session:?} {:?}", session.step(None));
    }
}

/// Recorded frames and RADIUS packets as they are, and their EAP packets in each carrier.
pub(crate) fn seeds(corpus: &Corpus) -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    let frames = corpus.frames();
    let eapol = frames.iter().filter_map(|(_, frame)| {
        let port = frame.get(12..14)? == [0x88, 0x8e];
        frame.get(18..).filter(|_| port)
    });
    for (place, eap) in eapol.enumerate() {
        let way = if place % 2 == 0 { 0x01 } else { 0x09 };
        seeds.push(step(way, &[&[0, 0, 0][..], eap].concat()));
        if let Some(([code, identifier, _, _, method], data)) = eap.split_first_chunk::<5>() {
            let method = METHODS.iter().position(|it| it == method).unwrap_or(0) as u8;
            let content = [&[*code, *identifier, method][..], data].concat();
            seeds.push([step(way & 8, &content), step(way + 1, &content)].concat());
        }
    }
    for turns in corpus.datagrams() {
        let radius =
            turns.iter().filter(|(_, bytes)| RadiusPacket::read(bytes, bytes.len()).is_ok());
        let steps = radius.flat_map(|(_, bytes)| step(3, &[&[0, 0, 0][..], bytes].concat()));
        seeds.push(steps.collect());
    }
    seeds
}

/// Identity, Nak, the methods with TLS, and one without.
const METHODS: [u8; 8] = [1, 3, 13, 21, 25, 43, 55, 4];

/// Two stations and a port, and the group address.
fn eapol(way: u8, body: &[u8]) -> Vec<u8> {
    let macs = [[2, 0, 0, 0, 0, 1], [2, 0, 0, 0, 0, 2], [1, 0x80, 0xc2, 0, 0, 3]];
    let (from, to) = (macs[usize::from(way >> 2 & 1)], macs[usize::from(way >> 3) % 3]);
    let length = (body.len() as u16).to_be_bytes();
    [&to[..], &from, &[0x88, 0x8e, 2, way >> 7], &length, body].concat()
}

fn radius(way: u8, identifier: u8, eap: &[u8]) -> Vec<u8> {
    let code = [1, 11, 2, 3][usize::from(way >> 2 & 3)];
    let mut attributes = vec![31, 19];
    attributes.extend(b"02-00-00-00-00-0");
    attributes.push(b'0' + (way >> 4 & 1));
    if way & 0x20 != 0 {
        attributes.extend([24, 3, way >> 4 & 1]);
    }
    for part in eap.chunks(usize::from(identifier).clamp(1, 253)) {
        attributes.extend([79, part.len() as u8 + 2]);
        attributes.extend(part);
    }
    let length = (attributes.len() as u16).wrapping_add(20).to_be_bytes();
    [&[code, identifier & 3][..], &length, &[way >> 6; 16], &attributes].concat()
}

/// From the RADIUS client to the server, or back; now and then as the first IP fragment.
fn datagram(way: u8, payload: &[u8]) -> Vec<u8> {
    let (client, server) = (([192, 0, 2, 1], 50_000_u16), ([192, 0, 2, 80], 1812_u16));
    let back = matches!(payload.first(), Some(2 | 3 | 11));
    let (from, to) = if back { (server, client) } else { (client, server) };
    let more = if way >> 5 == 7 { 0x20 } else { 0 };
    let udp = (payload.len() as u16).wrapping_add(8).to_be_bytes();
    let ip = (payload.len() as u16).wrapping_add(28).to_be_bytes();
    [
        &[0; 12][..],
        &[8, 0, 0x45, 0],
        &ip,
        &[0, way, more, 0, 64, 17, 0, 0],
        &from.0,
        &to.0,
        &from.1.to_be_bytes(),
        &to.1.to_be_bytes(),
        &udp,
        &[0, 0],
        payload,
    ]
    .concat()
}
