//! Any bytes as a key log; and a conversation of TLS 1.3 whose records are sealed here with secrets
//! that the log holds: any content in them, records lost, cut, doubled and damaged on the way.

use crate::Corpus;
use crate::frames;
use crate::steps::{Steps, step};
use aes_gcm::Aes128Gcm;
use aes_gcm::aead::{Aead, KeyInit, Payload};
use trace::Tracer;
use wire::{Hash, KeyLog};

/// Runs the target.
pub(crate) fn run(bytes: &[u8]) {
    let mut steps = Steps::new(bytes);
    let (_, log) = steps.next().unwrap_or_default();
    let script = steps.rest();
    let mut keys = KeyLog::read(log);
    let _ = format!("{keys:?} {:?} {} {}", keys.faults(), keys.unused(), keys.left_out());
    keys.add(KeyLog::read(&secrets()));
    let mut talk = Talk::new(keys);
    talk.say(0, &record(22, &client_hello()));
    talk.say(1, &record(22, &server_hello()));
    let mut rest = script;
    while let Some((&[what, length], behind)) = rest.split_first_chunk::<2>() {
        let (content, left) = behind.split_at(usize::from(length).min(behind.len()));
        rest = left;
        let side = usize::from(what & 1);
        match what >> 1 & 7 {
            0..=2 => talk.seal(side, 22, content, usize::from(what >> 4)),
            3 => talk.seal(side, 21, content, 0),
            4 => talk.seal(side, 23, content, usize::from(what >> 4)),
            5 => talk.say(side, content),
            6 => talk.lose(side, u32::from(length) * 16),
            _ => talk.damage = content.first().copied(),
        }
    }
    talk.end();
}

/// Recorded key logs, and recorded messages to be sealed.
pub(crate) fn seeds(corpus: &Corpus) -> Vec<Vec<u8>> {
    let logs = corpus.files(&["keys.log"]);
    let messages = corpus.messages();
    let sealed = messages.iter().step_by(3).enumerate().map(|(place, (kind, body))| {
        let body = &body[..body.len().min(240)];
        let message = message(*kind, body);
        let side = place as u8 & 1;
        let sealed = [&[side, message.len() as u8][..], &message].concat();
        let finished = [side, 5, 20, 0, 0, 1, 7];
        let log = logs.get(place % logs.len().max(1)).filter(|_| place % 8 == 0);
        let log = log.map_or(&[][..], |log| &log[..log.len().min(1024)]);
        [&step(0, log)[..], &sealed, &finished, &[side | 6, 2, 2, 46]].concat()
    });
    sealed.chain(logs.iter().map(|log| step(0, log))).collect()
}

/// The random of the ClientHello.
const RANDOM: [u8; 32] = [1; 32];
/// The traffic secrets of client and server, handshake and application.
const SECRETS: [[[u8; 32]; 2]; 2] = [[[3; 32], [5; 32]], [[4; 32], [6; 32]]];

/// The lines of the key log.
fn secrets() -> Vec<u8> {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let labels = [
        ["CLIENT_HANDSHAKE_TRAFFIC_SECRET", "CLIENT_TRAFFIC_SECRET_0"],
        ["SERVER_HANDSHAKE_TRAFFIC_SECRET", "SERVER_TRAFFIC_SECRET_0"],
    ];
    let lines = labels.iter().flatten().zip(SECRETS.iter().flatten());
    lines
        .map(|(label, secret)| format!("{label} {} {}\n", hex(&RANDOM), hex(secret)))
        .collect::<String>()
        .into_bytes()
}

/// A ClientHello as short as it can be, with its header.
fn client_hello() -> Vec<u8> {
    let body = [&[3, 3][..], &RANDOM, &[0, 0, 2, 0x13, 1, 1, 0, 0, 7, 0, 43, 0, 3, 2, 3, 4]];
    message(1, &body.concat())
}

/// A ServerHello that takes TLS 1.3 and TLS_AES_128_GCM_SHA256.
fn server_hello() -> Vec<u8> {
    let body = [&[3, 3][..], &[2; 32], &[0, 0x13, 1, 0, 0, 6, 0, 43, 0, 2, 3, 4]];
    message(2, &body.concat())
}

fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    [&[kind, 0, 0, body.len() as u8][..], body].concat()
}

fn record(kind: u8, body: &[u8]) -> Vec<u8> {
    let [high, low] = (body.len() as u16).to_be_bytes();
    [&[kind, 3, 3, high, low][..], body].concat()
}

/// The conversation so far.
struct Talk {
    tracer: Tracer,
    sequence: [u32; 2],
    secrets: [Vec<u8>; 2],
    phase: [usize; 2],
    number: [u64; 2],
    frames: u64,
    /// What is done to a byte of the next record.
    damage: Option<u8>,
}

impl Talk {
    fn new(keys: KeyLog) -> Self {
        let mut tracer = Tracer::new();
        tracer.add_keys(keys);
        Self {
            tracer,
            sequence: [1000, 2000],
            secrets: SECRETS.map(|[handshake, _]| handshake.to_vec()),
            phase: [0; 2],
            number: [0; 2],
            frames: 0,
            damage: None,
        }
    }

    /// Seals a record as the side would, and takes new keys where it would.
    fn seal(&mut self, side: usize, kind: u8, content: &[u8], padding: usize) {
        let secret = &self.secrets[side];
        let derive = |label, length| {
            Hash::Sha256
                .expander(secret)
                .expand_label("tls13 ", label, &[], length)
                .as_ref()
                .to_vec()
        };
        let (key, iv) = (derive("key", 16), derive("iv", 12));
        let nonce = wire::Aead::nonce(&iv, self.number[side]).unwrap();
        let inner = [content, &[kind], &vec![0; padding]].concat();
        let [high, low] = ((inner.len() + 16) as u16).to_be_bytes();
        let header = [23, 3, 3, high, low];
        let cipher = Aes128Gcm::new_from_slice(&key).unwrap();
        let mut sealed =
            cipher.encrypt(&nonce.into(), Payload { msg: &inner, aad: &header }).unwrap();
        if let Some(damage) = self.damage.take() {
            sealed[usize::from(damage) % inner.len()] ^= damage | 1;
        }
        self.number[side] += 1;
        match (kind, content) {
            (22, [20, ..]) if self.phase[side] == 0 => {
                (self.phase[side], self.number[side]) = (1, 0);
                self.secrets[side] = SECRETS[side][1].to_vec();
            }
            (22, [24, ..]) => {
                self.secrets[side] = derive("traffic upd", 32);
                self.number[side] = 0;
            }
            _ => {}
        }
        self.say(side, &[&header[..], &sealed].concat());
    }

    fn lose(&mut self, side: usize, bytes: u32) {
        self.sequence[side] = self.sequence[side].wrapping_add(bytes);
    }

    fn say(&mut self, side: usize, bytes: &[u8]) {
        let numbers = [self.sequence[side], self.sequence[1 - side]];
        let segment = frames::tcp(side, 443, numbers, frames::PUSH_ACK, bytes);
        self.lose(side, bytes.len() as u32);
        self.frames += 1;
        frames::give(&mut self.tracer, self.frames, self.frames, &segment);
    }

    fn end(mut self) {
        self.tracer.finish();
        while let Some(session) = self.tracer.ended() {
            let _ = format!("{session:?} {:?}", session.step(None));
            for seen in session.alerts() {
                let _ = format!("{} {}", seen.what.1, session.step(Some(seen.event)).phrase());
            }
            assert!(session.events.iter().all(|event| !event.opened || session.opened > Some(0)));
        }
    }
}
