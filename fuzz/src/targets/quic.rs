//! Datagrams of a QUIC conversation: raw ones, and frames that are really sealed, so that what lies
//! behind the protection is reached too.

use crate::Corpus;
use crate::frames;
use aes_gcm::aead::{Aead as _, KeyInit, Payload};
use aes_gcm::{Aes128Gcm, Nonce};
use trace::{Message, Tracer};
use wire::{Aead, Hash, QuicFrames, QuicPackets};

const CLIENT_ID: [u8; 8] = [0x83, 0x94, 0xc8, 0xf0, 0x3e, 0x51, 0x57, 0x08];
const SALT: [u8; 20] = [
    0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d, 0x17, 0x9a, 0xe6, 0xa4, 0xc8, 0x0c, 0xad,
    0xcc, 0xbb, 0x7f, 0x0a,
];
const MOST_DATAGRAMS: usize = 64;

/// Runs the target.
pub(crate) fn run(data: &[u8]) {
    for packet in QuicPackets::new(data) {
        let _ = format!("{packet:?} {}", packet.versions().count());
    }
    let _ = QuicFrames::new(data).map(|frame| format!("{frame:?}")).count();

    let mut tracer = Tracer::new();
    let mut rest = data;
    let mut number = 0;
    while let Some(([how, length], more)) = rest.split_first_chunk::<2>()
        && number < MOST_DATAGRAMS as u64
    {
        let length = usize::from(*length) * if how & 0x40 == 0 { 1 } else { 8 };
        let (content, behind) = more.split_at(length.min(more.len()));
        rest = behind;
        number += 1;
        let from_client = how & 1 == 0;
        let datagram = match how >> 1 & 3 {
            0 => content.to_vec(),
            1 | 2 => sealed(from_client, number as u8, content),
            _ => [sealed(from_client, number as u8, content), content.to_vec()].concat(),
        };
        let bytes = frames::udp(usize::from(!from_client), 443, &datagram);
        // Every second, now and then after a long silence.
        let milliseconds = (number + u64::from(how >> 7) * 200) * 1000;
        frames::give(&mut tracer, number, milliseconds, &bytes);
    }
    tracer.finish();
    while let Some(session) = tracer.ended() {
        assert!(session.footprint() < 4 << 20);
        assert!(session.events.iter().all(|event| event.frame <= number));
        for event in &session.events {
            if let Message::Close(close) = &event.message {
                assert!(close.reason.len() <= 3 * 256);
            }
        }
        let _ = format!("{session:?}");
    }
}

/// Recorded datagrams as they are, and recorded messages in frames to be sealed.
pub(crate) fn seeds(corpus: &Corpus) -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for turns in corpus.datagrams() {
        let datagrams = turns.iter().flat_map(|(side, bytes)| {
            let mut bytes = bytes.clone();
            bytes.resize(bytes.len().next_multiple_of(8), 0);
            [&[0x40 | *side as u8, (bytes.len() / 8) as u8][..], &bytes].concat()
        });
        seeds.push(datagrams.collect());
    }
    let hellos = corpus.messages().into_iter().filter(|(kind, _)| *kind < 3);
    for (kind, body) in hellos.filter(|(_, body)| body.len() < 1000).step_by(4) {
        let [.., high, low] = (body.len() as u32).to_be_bytes();
        let [more, less] = ((body.len() as u16 + 4) | 0x4000).to_be_bytes();
        let mut frames = [&[6, 0, more, less, kind, 0, high, low][..], &body].concat();
        frames.resize(frames.len().next_multiple_of(8), 0);
        let close = [0x1c, 0x41, 0x30, 0, 0];
        let how = 0x42 | (kind - 1);
        let first = [&[how, (frames.len() / 8) as u8][..], &frames].concat();
        seeds.push([&first[..], &[3, close.len() as u8], &close].concat());
    }
    seeds
}

/// An Initial packet with these frames.
fn sealed(from_client: bool, number: u8, frames: &[u8]) -> Vec<u8> {
    let common = Hash::Sha256.extract(&SALT, &CLIENT_ID);
    let expand = |secret: &[u8], label: &str, length| {
        Hash::Sha256.expander(secret).expand_label("tls13 ", label, &[], length)
    };
    let label = if from_client { "client in" } else { "server in" };
    let secret = expand(common.as_ref(), label, 32);
    let [key, iv, mask] = [("quic key", 16), ("quic iv", 12), ("quic hp", 16)]
        .map(|(label, length)| expand(secret.as_ref(), label, length));
    let mut header = vec![0xc0, 0, 0, 0, 1];
    if from_client {
        header.extend([8]);
        header.extend(CLIENT_ID);
        header.extend([0]);
    } else {
        header.extend([0, 2, 7, 7]);
    }
    // No token, a length of two bytes, a packet number of one. Short frames are padded: the mask is
    // made of what follows.
    let mut content = frames.to_vec();
    content.resize(content.len().max(8), 0);
    let length = (1 + content.len() + 16) as u16 | 0x4000;
    header.push(0);
    header.extend(length.to_be_bytes());
    let number_at = header.len();
    header.push(number);
    let nonce = Aead::nonce(iv.as_ref(), number.into()).unwrap();
    let aead = Aes128Gcm::new_from_slice(key.as_ref()).unwrap();
    let payload = Payload { msg: &content, aad: &header };
    let body = aead.encrypt(&Nonce::from(nonce), payload).unwrap();
    let mut packet = [header, body].concat();
    let sample = &packet[number_at + 4..number_at + 20];
    let mask = Aead::Aes128Gcm.mask(mask.as_ref(), sample).unwrap();
    packet[0] ^= mask[0] & 0x0f;
    packet[number_at] ^= mask[1];
    packet
}
