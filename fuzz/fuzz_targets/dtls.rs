//! Datagrams of a DTLS conversation: raw ones, and records and fragments whose headers are right, so
//! that what lies behind the checks is reached too.
#![no_main]

use libfuzzer_sys::fuzz_target;
use trace::Tracer;
use wire::{DtlsFragmentHeader, DtlsRecord, HelloVerifyRequest, Link, Packet, Reader, Time};

const MOST_DATAGRAMS: u64 = 200;

fuzz_target!(|data: &[u8]| {
    let mut bytes = Reader::new(data);
    while let Ok(record) = DtlsRecord::read_cut(&mut bytes, data.len() % 9, data.len() % 5) {
        assert!(record.head.len() + record.body.len() <= data.len());
        let _ = format!("{record:?}");
    }
    let _ = DtlsFragmentHeader::read(&mut Reader::new(data));
    let _ = HelloVerifyRequest::read(data);

    let mut tracer = Tracer::new();
    let mut rest = data;
    let mut number = 0;
    while let Some(([how, length, a, b], more)) = rest.split_first_chunk::<4>()
        && number < MOST_DATAGRAMS
    {
        let (content, behind) = more.split_at(usize::from(*length).min(more.len()));
        rest = behind;
        number += 1;
        let from_client = how & 1 == 0;
        let datagram = match how >> 1 & 7 {
            0 => content.to_vec(),
            1 => record(21, 0, *a, content),
            2 => record(20 + a % 7, 1, *b, content),
            3 => [&[0x2c | a & 0x13, *b, 0, content.len() as u8][..], content].concat(),
            4 => [&[1, 0, 0, 0][..], &record(22, 0, *a, &fragment(*a, *b, content))].concat(),
            _ => record(22, 0, *a, &fragment(*a, *b, content)),
        };
        let bytes = framed(from_client, &datagram);
        let length = bytes.len() as u32 + u32::from(how >> 6 & 1);
        // Every second, now and then after a long silence.
        let time = Time((number as i64 + i64::from(how >> 7) * 200) * 1_000_000_000);
        tracer.packet(&Packet { number, time, link: Link::Raw, bytes: &bytes, length, offset: 0 });
    }
    tracer.finish();
    while let Some(session) = tracer.ended() {
        assert!(session.footprint() < 4 << 20);
        assert!(session.events.iter().all(|event| event.frame <= number));
        let _ = format!("{session:?}");
    }
});

/// A record of DTLS 1.2.
fn record(kind: u8, epoch: u8, sequence: u8, body: &[u8]) -> Vec<u8> {
    let head = [kind, 0xfe, 0xfd, 0, epoch, 0, 0, 0, 0, 0, sequence];
    [&head[..], &(body.len() as u16).to_be_bytes(), body].concat()
}

/// A fragment of a message whose type, number and place follow from two bytes; a hello has a version.
fn fragment(a: u8, b: u8, content: &[u8]) -> Vec<u8> {
    let kind = [1, 2, 3, 11, 12, 13, 14, 16][usize::from(a & 7)];
    let offset = usize::from(b >> 4) * 16;
    let length = if b & 1 == 0 { offset + content.len() } else { offset + content.len() + 99 };
    let mut bytes = vec![kind];
    bytes.extend(&(length as u32).to_be_bytes()[1..]);
    bytes.extend([0, a >> 3]);
    bytes.extend(&(offset as u32).to_be_bytes()[1..]);
    bytes.extend(&(content.len() as u32).to_be_bytes()[1..]);
    bytes.extend(content);
    if offset == 0 && content.len() > 1 && kind < 4 {
        bytes[12..14].copy_from_slice(&[0xfe, 0xfd]);
    }
    bytes
}

/// A datagram in UDP and IPv4.
fn framed(from_client: bool, datagram: &[u8]) -> Vec<u8> {
    let length = (28 + datagram.len()) as u16;
    let mut bytes = vec![0x45, 0];
    bytes.extend(length.to_be_bytes());
    let (hosts, ports) = match from_client {
        true => ([10, 0, 0, 1, 10, 0, 0, 2], [50_000_u16, 4433]),
        false => ([10, 0, 0, 2, 10, 0, 0, 1], [4433, 50_000]),
    };
    bytes.extend([0, 0, 0, 0, 64, 17, 0, 0]);
    bytes.extend(hosts);
    bytes.extend(ports.iter().flat_map(|port| port.to_be_bytes()));
    bytes.extend((length - 20).to_be_bytes());
    bytes.extend([0, 0]);
    bytes.extend(datagram);
    bytes
}
