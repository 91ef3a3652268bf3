//! IPv4 around what the targets make up: without checksums, from 10.0.0.1 or to it.
#![allow(dead_code, reason = "each target uses a part of this")]

use trace::Tracer;
use wire::{Link, Packet, Time};

/// The address and port of the client.
const CLIENT: ([u8; 4], u16) = ([10, 0, 0, 1], 50_000);
/// The address of the server.
const SERVER: [u8; 4] = [10, 0, 0, 2];

pub const SYN: u8 = 0x02;
pub const PUSH_ACK: u8 = 0x18;

/// A TCP segment of the client (side 0) or of the server at this port; `numbers` are its sequence
/// number and its acknowledgement.
pub fn tcp(side: usize, port: u16, numbers: [u32; 2], flags: u8, payload: &[u8]) -> Vec<u8> {
    let [sequence, acknowledgement] = numbers.map(u32::to_be_bytes);
    let head = [&sequence[..], &acknowledgement, &[0x50, flags, 0xff, 0xff, 0, 0, 0, 0]].concat();
    ip(6, side, port, &head, payload)
}

/// A UDP datagram of the client (side 0) or of the server at this port.
pub fn udp(side: usize, port: u16, payload: &[u8]) -> Vec<u8> {
    let length = (8 + payload.len() as u16).to_be_bytes();
    ip(17, side, port, &[length, [0, 0]].concat(), payload)
}

fn ip(protocol: u8, side: usize, port: u16, head: &[u8], payload: &[u8]) -> Vec<u8> {
    let ends = [CLIENT, (SERVER, port)];
    let (from, to) = (ends[side], ends[1 - side]);
    let total = (24 + head.len() + payload.len()) as u16;
    [
        &[0x45, 0][..],
        &total.to_be_bytes(),
        &[0, 0, 0, 0, 64, protocol, 0, 0],
        &from.0,
        &to.0,
        &from.1.to_be_bytes(),
        &to.1.to_be_bytes(),
        head,
        payload,
    ]
    .concat()
}

/// Gives a tracer its next packet, so many milliseconds after the beginning.
pub fn give(tracer: &mut Tracer, number: u64, milliseconds: u64, bytes: &[u8]) {
    let (length, time) = (bytes.len() as u32, Time(milliseconds as i64 * 1_000_000));
    tracer.packet(&Packet { number, time, link: Link::Raw, bytes, length, offset: 0 });
}
