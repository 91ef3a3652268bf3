//! Datagrams of a DTLS conversation: raw ones, and records and fragments whose headers are right, so
//! that what lies behind the checks is reached too; and conversations of DTLS 1.2 and 1.3 whose
//! records are sealed here with secrets that a key log holds.

use crate::Corpus;
use crate::frames;
use aes_gcm::Aes128Gcm;
use aes_gcm::aead::{Aead as _, KeyInit, Payload};
use trace::Tracer;
use wire::{
    Aead, DtlsFragmentHeader, DtlsRecord, Hash, HelloVerifyRequest, KeyLog, Link, Packet,
    ProtocolVersion, Reader, Time,
};

const MOST_DATAGRAMS: u64 = 200;

/// Runs the target.
pub(crate) fn run(data: &[u8]) {
    let mut bytes = Reader::new(data);
    while let Ok(record) = DtlsRecord::read_cut(&mut bytes, data.len() % 9, data.len() % 5) {
        assert!(record.head.len() + record.body.len() <= data.len());
        let _ = format!("{record:?}");
    }
    let _ = DtlsFragmentHeader::read(&mut Reader::new(data));
    let _ = HelloVerifyRequest::read(data);

    let mut talk = Talk::new(KeyLog::default());
    let mut rest = data;
    while let Some(([how, length, a, b], more)) = rest.split_first_chunk::<4>()
        && talk.number < MOST_DATAGRAMS
    {
        let (content, behind) = more.split_at(usize::from(*length).min(more.len()));
        rest = behind;
        let datagram = match how >> 1 & 7 {
            0 => content.to_vec(),
            1 => record(21, 0, *a, content),
            2 => record(20 + a % 7, 1, *b, content),
            3 => [&[0x2c | a & 0x13, *b, 0, content.len() as u8][..], content].concat(),
            4 => [&[1, 0, 0, 0][..], &record(22, 0, *a, &fragment(*a, *b, content))].concat(),
            _ => record(22, 0, *a, &fragment(*a, *b, content)),
        };
        talk.say(*how, &datagram);
    }
    talk.end();
    sealed(data);
}

/// Recorded datagrams as they are, cut where they are too long for this; and conversations in which
/// everything is sealed.
pub(crate) fn seeds(corpus: &Corpus) -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for turns in corpus.datagrams() {
        let datagrams = turns.iter().flat_map(|(side, bytes)| {
            let kept = &bytes[..bytes.len().min(255)];
            [&[*side as u8, kept.len() as u8, 0, 0][..], kept].concat()
        });
        seeds.push(datagrams.collect());
    }
    for (kind, body) in corpus.messages().into_iter().step_by(5) {
        let kept = &body[..body.len().min(200)];
        let step = [&[2 | kind & 1, kept.len() as u8, kind & 7, 0][..], kept].concat();
        seeds.push([&[kind, kind >> 1][..], &step, &[0, 2, 5, 9, 2, 40]].concat());
    }
    seeds
}

/// A conversation whose secrets are known: two hellos, and what the script has both sides seal.
fn sealed(script: &[u8]) {
    let Some((&[what, id], mut rest)) = script.split_first_chunk::<2>() else { return };
    let (is_new, id) = (what & 1 != 0, [0xaa; 9].get(..usize::from(id % 10)).unwrap());
    let mut talk = Talk::new(KeyLog::read(&secrets()));
    talk.say(0, &record(22, 0, 0, &message(1, &client_hello(is_new, id))));
    // Now and then the answer comes late.
    let answer = record(22, 0, 0, &message(2, &server_hello(is_new, id)));
    let late = what & 2 != 0;
    if !late {
        talk.say(1, &answer);
        let inner = (21, vec![1, 90]);
        talk.say(0, &if is_new { seal_new(0, 3, 0, id, inner) } else { seal_old(0, 0, id, inner) });
    }
    while let Some((&[how, length, a, b], more)) = rest.split_first_chunk::<4>()
        && talk.number < MOST_DATAGRAMS
    {
        let (content, behind) = more.split_at(usize::from(length).min(more.len()));
        rest = behind;
        let side = usize::from(how & 1);
        let inner = match how >> 1 & 3 {
            0 => (21, content.to_vec()),
            1 => (22, fragment(a, b, content)),
            2 => (22, content.to_vec()),
            _ => (20 + a % 7, content.to_vec()),
        };
        let mut datagram = match is_new {
            true => seal_new(side, a, b, id, inner),
            false => seal_old(side, b, id, inner),
        };
        if how >> 3 & 7 == 7 {
            let at = usize::from(b) % datagram.len();
            datagram[at] ^= a | 1;
        }
        talk.say(how, &datagram);
        if late && b == 0 {
            talk.say(1, &answer);
        }
    }
    let opened = talk.end();
    assert!(late || opened > 0, "the alert behind the hellos stays closed");
}

/// The random of the ClientHello, and that of the ServerHello.
const RANDOMS: [[u8; 32]; 2] = [[1; 32], [2; 32]];
/// The master secret of DTLS 1.2.
const MASTER: [u8; 48] = [9; 48];
/// The traffic secrets of client and server, handshake and application.
const SECRETS: [[[u8; 32]; 2]; 2] = [[[3; 32], [5; 32]], [[4; 32], [6; 32]]];

/// The lines of the key log.
fn secrets() -> Vec<u8> {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let labels = [
        "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
        "CLIENT_TRAFFIC_SECRET_0",
        "SERVER_HANDSHAKE_TRAFFIC_SECRET",
        "SERVER_TRAFFIC_SECRET_0",
    ];
    let traffic = labels.into_iter().zip(SECRETS.iter().flatten().map(|secret| &secret[..]));
    traffic
        .chain([("CLIENT_RANDOM", &MASTER[..])])
        .map(|(label, secret)| format!("{label} {} {}\n", hex(&RANDOMS[0]), hex(secret)))
        .collect::<String>()
        .into_bytes()
}

/// A ClientHello that asks for these connection ids.
fn client_hello(is_new: bool, id: &[u8]) -> Vec<u8> {
    let versions: &[u8] = if is_new { &[0, 43, 0, 3, 2, 0xfe, 0xfc] } else { &[] };
    let suite: &[u8] = if is_new { &[0x13, 1] } else { &[0xc0, 0x2f] };
    let hello = [&[0xfe, 0xfd][..], &RANDOMS[0], &[0, 0, 0, 2], suite, &[1, 0]];
    [&hello.concat()[..], &extensions(versions, id)].concat()
}

/// A ServerHello that takes DTLS 1.3 or 1.2, and the same connection ids.
fn server_hello(is_new: bool, id: &[u8]) -> Vec<u8> {
    let version: &[u8] = if is_new { &[0, 43, 0, 2, 0xfe, 0xfc] } else { &[] };
    let suite: &[u8] = if is_new { &[0x13, 1] } else { &[0xc0, 0x2f] };
    let hello = [&[0xfe, 0xfd][..], &RANDOMS[1], &[0], suite, &[0]];
    [&hello.concat()[..], &extensions(version, id)].concat()
}

fn extensions(version: &[u8], id: &[u8]) -> Vec<u8> {
    let ids = [&[0, 54, 0, id.len() as u8 + 1, id.len() as u8][..], id].concat();
    let ids = if id.is_empty() { &[][..] } else { &ids };
    [&[0, (version.len() + ids.len()) as u8][..], version, ids].concat()
}

/// A handshake message in one fragment.
fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let [high, low] = (body.len() as u16).to_be_bytes();
    [&[kind, 0, high, low, 0, 0, 0, 0, 0, 0, high, low][..], body].concat()
}

/// A record of DTLS 1.3: `form` chooses the header, the epoch and the padding.
fn seal_new(side: usize, form: u8, number: u8, id: &[u8], inner: (u8, Vec<u8>)) -> Vec<u8> {
    let epoch = 2 + usize::from(form >> 2 & 3);
    let derive = |secret: &[u8], label, length| {
        Hash::Sha256.expander(secret).expand_label("dtls13", label, &[], length).as_ref().to_vec()
    };
    let mut secret = SECRETS[side][(epoch - 2).min(1)].to_vec();
    for _ in 3..epoch {
        secret = derive(&secret, "traffic upd", 32);
    }
    let content = [&inner.1[..], &[inner.0], &vec![0; usize::from(form >> 4)]].concat();
    let has_id = if id.is_empty() { 0 } else { 0x10 };
    let mut head = vec![0x20 | has_id | (form & 3) << 2 | (epoch & 3) as u8];
    head.extend(id);
    let at = head.len();
    head.extend(if form & 2 == 0 { vec![number] } else { vec![0, number] });
    let end = head.len();
    if form & 1 != 0 {
        head.extend((content.len() as u16 + 16).to_be_bytes());
    }
    let nonce = Aead::nonce(&derive(&secret, "iv", 12), number.into()).unwrap();
    let cipher = Aes128Gcm::new_from_slice(&derive(&secret, "key", 16)).unwrap();
    let body = cipher.encrypt(&nonce.into(), Payload { msg: &content, aad: &head }).unwrap();
    let mask = Aead::Aes128Gcm.mask(&derive(&secret, "sn", 16), &body[..16]).unwrap();
    head[at..end].iter_mut().zip(mask).for_each(|(byte, mask)| *byte ^= mask);
    [head, body].concat()
}

/// A record of DTLS 1.2 in epoch 1, with a connection id if there is one.
fn seal_old(side: usize, number: u8, id: &[u8], inner: (u8, Vec<u8>)) -> Vec<u8> {
    let seed: [&[u8]; 2] = [&RANDOMS[1], &RANDOMS[0]];
    let version = ProtocolVersion::DTLS_1_2;
    let block = Hash::Sha256.prf(version, &MASTER, "key expansion", &seed, 40);
    let (key, salt) = (&block.as_ref()[16 * side..][..16], &block.as_ref()[32 + 4 * side..][..4]);
    let sequence = [0, 1, 0, 0, 0, 0, 0, number];
    let (kind, content) = match id {
        [] => (inner.0, inner.1),
        _ => (25, [&inner.1[..], &[inner.0, 0]].concat()),
    };
    let length = (content.len() as u16).to_be_bytes();
    let aad = match id {
        [] => [&sequence[..], &[kind, 0xfe, 0xfd], &length].concat(),
        _ => {
            [&[0xff; 8][..], &[25, id.len() as u8, 25, 0xfe, 0xfd], &sequence, id, &length].concat()
        }
    };
    let nonce: [u8; 12] = [salt, &sequence].concat().try_into().unwrap();
    let cipher = Aes128Gcm::new_from_slice(key).unwrap();
    let body = cipher.encrypt(&nonce.into(), Payload { msg: &content, aad: &aad }).unwrap();
    let length = (body.len() as u16 + 8).to_be_bytes();
    [&[kind, 0xfe, 0xfd], &sequence[..], id, &length, &sequence, &body].concat()
}

/// The conversation so far.
struct Talk {
    tracer: Tracer,
    number: u64,
}

impl Talk {
    fn new(keys: KeyLog) -> Self {
        let mut tracer = Tracer::new();
        tracer.add_keys(keys);
        Self { tracer, number: 0 }
    }

    /// A datagram of the client, or of the server if the lowest bit of `how` is set.
    fn say(&mut self, how: u8, datagram: &[u8]) {
        self.number += 1;
        let bytes = frames::udp(usize::from(how & 1), 4433, datagram);
        let length = bytes.len() as u32 + u32::from(how >> 6 & 1);
        // Every second, now and then after a long silence.
        let time = Time((self.number as i64 + i64::from(how >> 7) * 200) * 1_000_000_000);
        let (number, link) = (self.number, Link::Raw);
        self.tracer.packet(&Packet { number, time, link, bytes: &bytes, length, offset: 0 });
    }

    /// How many records were opened.
    fn end(mut self) -> u32 {
        let mut opened = 0;
        self.tracer.finish();
        while let Some(session) = self.tracer.ended() {
            assert!(session.footprint() < 4 << 20);
            assert!(session.events.iter().all(|event| event.frame <= self.number));
            assert!(session.events.iter().all(|event| !event.opened || session.opened > Some(0)));
            let _ = format!("{session:?} {:?}", session.step(None));
            opened += session.opened.unwrap_or_default();
        }
        opened
    }
}

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
