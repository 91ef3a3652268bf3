//! Chains of certificates that are larger, longer or deeper than any.

use std::io;

use super::frames::{ACK, BOTH, DATA, End, FIN, Frames, SERVER, attacker};
use super::out::{Out, mixed};
use super::{Hostile, Input, Kind, tls};

pub(super) const SET: &[Hostile] = &[
    chain("cert-many", "100 000 certificates in one message", many),
    chain("cert-empty", "2000 chains of 16 000 certificates without bytes", empty),
    chain("cert-names", "2000 certificates of 3 000 names each", names),
    chain("cert-more-names", "100 certificates of 10 000 names each", more_names),
    chain("cert-rsa", "3000 chains signed with keys of 16 384 bits", rsa),
    chain("cert-modulus", "20 certificates with a modulus of 4 MB", modulus),
    chain("cert-small-modulus", "1000 certificates with a modulus of 60 kB", small_modulus),
    chain("cert-deep", "3000 certificates of ASN.1 nested 10 000 deep", deep),
    chain("cert-alike", "3000 chains of 15 certificates that all could sign each other", alike),
    chain("cert-constraints", "1000 chains of names and constraints on them", constraints),
    chain("cert-extensions", "2000 certificates of 5 000 extensions", extensions),
    chain("cert-subject", "2000 certificates whose subject has 60 kB", subject),
];

const fn chain(name: &'static str, what: &'static str, make: super::Make) -> Hostile {
    Hostile {
        name,
        what,
        kind: Kind::Capture,
        input: Input::Pipe(make),
        memory: 256,
        times: 16.0,
        code: 1,
        says: &[BOTH],
    }
}

/// A value of DER with its tag and length.
fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut value = vec![tag];
    match content.len() {
        length @ 0..128 => value.push(length as u8),
        length @ 128..0x1_0000 => {
            value.push(0x82);
            value.extend((length as u16).to_be_bytes());
        }
        length => {
            value.push(0x84);
            value.extend((length as u32).to_be_bytes());
        }
    }
    value.extend_from_slice(content);
    value
}

fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    der(0x30, &parts.concat())
}

/// CN=name
fn name(text: &str) -> Vec<u8> {
    let attribute = sequence(&[&[6, 3, 0x55, 4, 3], &der(12, text.as_bytes())]);
    sequence(&[&der(0x31, &attribute)])
}

/// sha256WithRSAEncryption.
const SIGNED: &[u8] = &[0x30, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 11, 5, 0];
/// rsaEncryption.
const RSA: &[u8] = &[0x30, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 1, 5, 0];

/// What a certificate is made of.
struct Certificate {
    serial: u64,
    issuer: Vec<u8>,
    subject: Vec<u8>,
    /// Bytes of the modulus and of the signature.
    modulus: usize,
    extensions: Vec<u8>,
}

impl Certificate {
    fn new(serial: u64, issuer: &str, subject: &str) -> Self {
        let extensions = Vec::new();
        Self { serial, issuer: name(issuer), subject: name(subject), modulus: 256, extensions }
    }

    fn der(&self) -> Vec<u8> {
        let validity = sequence(&[&der(23, b"250101000000Z"), &der(23, b"350101000000Z")]);
        let mut modulus = vec![0; self.modulus + 1];
        for (at, byte) in modulus.iter_mut().enumerate().skip(1) {
            *byte = mixed(at as u64) as u8 | 0x81;
        }
        let key = sequence(&[&der(2, &modulus), &[2, 3, 1, 0, 1]]);
        let key = sequence(&[RSA, &der(3, &[&[0][..], &key].concat())]);
        let extensions = match self.extensions.is_empty() {
            true => Vec::new(),
            false => der(0xa3, &der(0x30, &self.extensions)),
        };
        let signed = sequence(&[
            &[0xa0, 3, 2, 1, 2],
            &der(2, &[&[1][..], &self.serial.to_be_bytes()].concat()),
            SIGNED,
            &self.issuer,
            &validity,
            &self.subject,
            &key,
            &extensions,
        ]);
        let signature: Vec<u8> = (0..self.modulus.min(2048))
            .map(|at| mixed(self.serial ^ at as u64) as u8 & 0x7f)
            .collect();
        sequence(&[&signed, SIGNED, &der(3, &[&[0][..], &signature].concat())])
    }
}

fn extension(id: &[u8], critical: bool, value: &[u8]) -> Vec<u8> {
    let critical: &[u8] = if critical { &[1, 1, 0xff] } else { &[] };
    sequence(&[&der(6, id), critical, &der(4, value)])
}

const ALTERNATIVE_NAMES: &[u8] = &[0x55, 0x1d, 17];
const NAME_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 30];
const BASIC_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 19];

/// basicConstraints of an authority.
fn authority() -> Vec<u8> {
    extension(BASIC_CONSTRAINTS, true, &sequence(&[&[1, 1, 0xff]]))
}

/// Connections whose server sends a message and whose client says 48 to it.
fn refused(out: &mut Out<'_>, count: u64, message: impl Fn(u64) -> Vec<u8>) -> io::Result<()> {
    let mut frames = Frames::new(out)?;
    frames.witness(1)?;
    for number in 0..count {
        let client = attacker(number);
        let server = End(SERVER.0 + number as u32 % 7, 443);
        frames.connect(client, server)?;
        let hello = tls::record(22, &tls::client_hello("www.example", number));
        let asked = frames.stream((client, server), 1, &hello)?;
        let mut answer = tls::record(22, &tls::server_hello(number));
        answer.extend(tls::records(&message(number)));
        answer.extend(tls::record(22, &tls::message(14, &[])));
        let answered = frames.stream((server, client), 1, &answer)?;
        frames.tcp((client, server), (DATA, asked, answered), &tls::fatal(48))?;
        frames.tcp((client, server), (FIN | ACK, asked + 7, answered), &[])?;
        frames.tcp((server, client), (FIN | ACK, answered, asked + 8), &[])?;
        frames.tcp((client, server), (ACK, asked + 8, answered + 1), &[])?;
    }
    frames.witness(2)
}

fn many(out: &mut Out<'_>) -> io::Result<()> {
    let small = vec![vec![0x30, 0]; 100_000];
    refused(out, 50, |_| tls::certificate(&small))
}

fn empty(out: &mut Out<'_>) -> io::Result<()> {
    let none = tls::certificate(&vec![Vec::new(); 16_000]);
    refused(out, 2_000, |_| none.clone())
}

fn with_names(serial: u64, count: usize) -> Vec<u8> {
    let mut leaf = Certificate::new(serial, "Example CA", "www.example");
    let names: Vec<u8> =
        (0..count).flat_map(|at| der(0x82, format!("h{at}-{serial}.example").as_bytes())).collect();
    leaf.extensions = extension(ALTERNATIVE_NAMES, false, &der(0x30, &names));
    tls::certificate(&[leaf.der()])
}

fn names(out: &mut Out<'_>) -> io::Result<()> {
    refused(out, 2_000, |number| with_names(number, 3_000))
}

fn more_names(out: &mut Out<'_>) -> io::Result<()> {
    refused(out, 100, |number| with_names(number, 10_000))
}

fn signed_by(serial: u64, modulus: usize, length: usize) -> Vec<u8> {
    let chain: Vec<Vec<u8>> = (0..length)
        .map(|at| {
            let subject = format!("authority {at}");
            let issuer = format!("authority {}", at + 1);
            let mut one = Certificate::new(serial * 100 + at as u64, &issuer, &subject);
            one.modulus = modulus;
            if at > 0 {
                one.extensions = authority();
            }
            one.der()
        })
        .collect();
    tls::certificate(&chain)
}

fn rsa(out: &mut Out<'_>) -> io::Result<()> {
    refused(out, 3_000, |number| signed_by(number, 2_048, 8))
}

fn modulus(out: &mut Out<'_>) -> io::Result<()> {
    refused(out, 20, |number| signed_by(number, 4 << 20, 1))
}

fn small_modulus(out: &mut Out<'_>) -> io::Result<()> {
    refused(out, 1_000, |number| signed_by(number, 30_000, 2))
}

fn deep(out: &mut Out<'_>) -> io::Result<()> {
    let mut nested = vec![5, 0];
    while nested.len() < 50_000 {
        nested = der(0x30, &nested);
    }
    refused(out, 3_000, |number| {
        let mut leaf = Certificate::new(number, "Example CA", "www.example");
        match number % 3 {
            0 => leaf.extensions = extension(ALTERNATIVE_NAMES, false, &nested),
            1 => leaf.subject = nested.clone(),
            _ => leaf.extensions = nested.clone(),
        }
        tls::certificate(&[leaf.der()])
    })
}

fn alike(out: &mut Out<'_>) -> io::Result<()> {
    refused(out, 3_000, |number| {
        let chain: Vec<Vec<u8>> = (0..15)
            .map(|at| {
                let mut one = Certificate::new(number * 100 + at, "the same", "the same");
                one.extensions = authority();
                one.der()
            })
            .collect();
        tls::certificate(&chain)
    })
}

fn constraints(out: &mut Out<'_>) -> io::Result<()> {
    let names: Vec<u8> =
        (0..700).flat_map(|at| der(0x82, format!("h{at}.example").as_bytes())).collect();
    let trees: Vec<u8> = (0..400)
        .flat_map(|at| der(0x30, &der(0xa4, &name(&format!("größer {at}")))))
        .chain((0..400).flat_map(|at| der(0x30, &der(0x82, format!("n{at}.example").as_bytes()))))
        .collect();
    let constraints = extension(NAME_CONSTRAINTS, true, &sequence(&[&der(0xa0, &trees)]));
    refused(out, 1_000, |number| {
        let mut chain = vec![Certificate::new(number, "the same", &"großer Name ".repeat(100))];
        chain[0].extensions = extension(ALTERNATIVE_NAMES, false, &der(0x30, &names));
        for at in 0..2 {
            let mut one = Certificate::new(number * 100 + at, "the same", "the same");
            one.extensions = [authority(), constraints.clone()].concat();
            chain.push(one);
        }
        tls::certificate(&chain.iter().map(Certificate::der).collect::<Vec<_>>())
    })
}

fn extensions(out: &mut Out<'_>) -> io::Result<()> {
    let many: Vec<u8> = (0..4_000_u16)
        .flat_map(|at| {
            extension(&[0x2a, 3, (at >> 7) as u8 | 0x80, at as u8 & 0x7f], at % 2 == 0, &[])
        })
        .collect();
    refused(out, 2_000, |number| {
        let mut leaf = Certificate::new(number, "Example CA", "www.example");
        leaf.extensions = many.clone();
        tls::certificate(&[leaf.der()])
    })
}

fn subject(out: &mut Out<'_>) -> io::Result<()> {
    let long = "W\u{f6}rter ".repeat(7_000);
    refused(out, 2_000, |number| {
        let leaf = Certificate::new(number, &long[..8 * 10], &long);
        tls::certificate(&[leaf.der()])
    })
}
