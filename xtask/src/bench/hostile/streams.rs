//! One connection, or a few, in which something never ends.

use std::io;

use super::frames::{BOTH, DATA, End, Frames, SEGMENT, SERVER, attacker};
use super::out::{Out, mixed};
use super::{Hostile, Input, Kind, tls};

pub(super) const SET: &[Hostile] = &[
    stream("endless-hello", "a ClientHello of 16 MB in segments of one byte", endless_hello),
    stream("tiny-records", "a ClientHello of 16 MB in records of one byte", tiny_records),
    stream("empty-records", "20 million empty records of each kind", empty_records),
    stream("warnings", "10 million warning alerts in one connection", warnings),
    stream("renegotiation", "a million renegotiations in one connection", renegotiation),
    stream("messages", "10 million empty handshake messages in one connection", messages),
    stream("sealed", "2 million sealed records of 24 bytes in one handshake", sealed),
    stream("gap", "2 million segments behind a gap that never closes", gap),
    stream("gaps", "20 000 connections with early segments behind a gap", gaps),
    stream("holes", "every second byte of a stream, then the others", holes),
    stream("backwards", "streams that come in backwards", backwards),
    stream("again-and-again", "one segment sent again a million times", again),
    stream("overlaps", "a million segments that overlap and disagree", overlaps),
    stream("wraps", "sequence numbers that go round and round", wraps),
    stream("greeting", "100 MB in front of TLS that look like SMTP", greeting),
    stream("hunt", "200 MB in which a record could begin at every byte", hunt),
    stream("proxies", "proxies asked for proxies, a thousand deep", proxies),
    stream("half-hellos", "one byte of a ClientHello in each of 300 000 connections", half_hellos),
];

const fn stream(name: &'static str, what: &'static str, make: super::Make) -> Hostile {
    Hostile {
        name,
        what,
        kind: Kind::Capture,
        input: Input::Pipe(make),
        memory: 192,
        times: 4.0,
        code: 1,
        says: &[BOTH],
    }
}

const CLIENT: End = End(0x0a63_0001, 40_000);
const ENDS: (End, End) = (CLIENT, SERVER);
const BACK: (End, End) = (SERVER, CLIENT);

/// A connection that was opened, behind a recorded failure and in front of another.
fn within(
    out: &mut Out<'_>,
    stream: impl FnOnce(&mut Frames<'_, '_>) -> io::Result<()>,
) -> io::Result<()> {
    let mut frames = Frames::new(out)?;
    frames.witness(1)?;
    frames.connect(CLIENT, SERVER)?;
    stream(&mut frames)?;
    frames.witness(2)
}

/// The same bytes many times over, in full segments; the sequence number behind them.
fn repeat(
    frames: &mut Frames<'_, '_>,
    ends: (End, End),
    sequence: u32,
    bytes: &[u8],
    times: usize,
) -> io::Result<u32> {
    let many = bytes.repeat(times.min((1 << 20) / bytes.len()).max(1));
    let each = many.len() / bytes.len();
    let mut sequence = sequence;
    for _ in 0..times / each {
        sequence = frames.stream(ends, sequence, &many)?;
    }
    frames.stream(ends, sequence, &bytes.repeat(times % each))
}

/// Both hellos, so that what follows is in a handshake; the next sequence numbers.
fn greeted(frames: &mut Frames<'_, '_>) -> io::Result<(u32, u32)> {
    let hello = tls::record(22, &tls::client_hello("victim.example", 1));
    let client = frames.stream(ENDS, 1, &hello)?;
    let server = frames.stream(BACK, 1, &tls::record(22, &tls::server_hello(1)))?;
    Ok((client, server))
}

/// The beginning of a ClientHello that claims 16 MB.
const GROWING: &[u8] = &[1, 0xff, 0xff, 0xff, 3, 3];

fn endless_hello(out: &mut Out<'_>) -> io::Result<()> {
    let length = if out.all { 16 << 20 } else { 2 << 20 };
    within(out, |frames| {
        let mut record = tls::record(22, &[0; 1 << 14]);
        let size = record.len() as u32;
        (0..length).try_for_each(|at| {
            let inside = at % size;
            if at < size {
                record[5..5 + GROWING.len()].copy_from_slice(GROWING);
            }
            let byte = record[inside as usize];
            frames.tcp(ENDS, (DATA, 1 + at, 1), &[byte])
        })
    })
}

fn tiny_records(out: &mut Out<'_>) -> io::Result<()> {
    within(out, |frames| {
        let front: Vec<u8> = GROWING.iter().flat_map(|byte| tls::record(22, &[*byte])).collect();
        let sequence = frames.stream(ENDS, 1, &front)?;
        repeat(frames, ENDS, sequence, &tls::record(22, &[7]), 16 << 20).map(drop)
    })
}

fn empty_records(out: &mut Out<'_>) -> io::Result<()> {
    within(out, |frames| {
        let (mut client, mut server) = greeted(frames)?;
        for kind in [22, 23, 21, 20, 24] {
            client = repeat(frames, ENDS, client, &tls::record(kind, &[]), 2_000_000)?;
            server = repeat(frames, BACK, server, &tls::record(kind, &[]), 2_000_000)?;
        }
        Ok(())
    })
}

fn warnings(out: &mut Out<'_>) -> io::Result<()> {
    within(out, |frames| {
        let (client, server) = greeted(frames)?;
        repeat(frames, ENDS, client, &tls::record(21, &[1, 112]), 5_000_000)?;
        repeat(frames, BACK, server, &tls::record(21, &[1, 90]), 5_000_000).map(drop)
    })
}

fn renegotiation(out: &mut Out<'_>) -> io::Result<()> {
    within(out, |frames| {
        let (client, server) = greeted(frames)?;
        let hello = tls::record(22, &tls::client_hello("victim.example", 2));
        repeat(frames, BACK, server, &tls::record(22, &tls::message(0, &[])), 1_000_000)?;
        repeat(frames, ENDS, client, &hello, 1_000_000).map(drop)
    })
}

fn messages(out: &mut Out<'_>) -> io::Result<()> {
    within(out, |frames| {
        let (client, server) = greeted(frames)?;
        let many: Vec<u8> = (0..4000_u32).flat_map(|kind| tls::message(kind as u8, &[])).collect();
        let record = tls::record(22, &many);
        repeat(frames, ENDS, client, &record, 1_250)?;
        repeat(frames, BACK, server, &record, 1_250).map(drop)
    })
}

fn sealed(out: &mut Out<'_>) -> io::Result<()> {
    within(out, |frames| {
        let (client, server) = greeted(frames)?;
        let client = frames.stream(ENDS, client, &tls::record(20, &[1]))?;
        let server = frames.stream(BACK, server, &tls::record(20, &[1]))?;
        repeat(frames, ENDS, client, &tls::record(22, &[9; 24]), 1_000_000)?;
        repeat(frames, BACK, server, &tls::record(21, &[9; 24]), 1_000_000).map(drop)
    })
}

fn gap(out: &mut Out<'_>) -> io::Result<()> {
    within(out, |frames| {
        greeted(frames)?;
        (0..2_000_000_u32).try_for_each(|number| {
            // Each stands alone, so that none can be put beside another.
            let sequence = 100_000 + number.wrapping_mul(40);
            frames.tcp(ENDS, (DATA, sequence, 1), &[22, 3, 3, 0, 9, 1, 0, 0])
        })
    })
}

fn gaps(out: &mut Out<'_>) -> io::Result<()> {
    within(out, |frames| {
        for number in 0..20_000 {
            let source = attacker(number);
            frames.connect(source, SERVER)?;
            for part in 0..40 {
                let sequence = 2_000 + part * 1_500;
                frames.tcp((source, SERVER), (DATA, sequence, 1), &[22; 1_000])?;
            }
        }
        Ok(())
    })
}

fn holes(out: &mut Out<'_>) -> io::Result<()> {
    within(out, |frames| {
        let hello = tls::records(&tls::message(1, &[3; 60_000]));
        for number in 0..20 {
            let source = attacker(number);
            frames.connect(source, SERVER)?;
            for first in [1, 0] {
                for (at, byte) in hello.iter().enumerate().skip(first).step_by(2) {
                    frames.tcp((source, SERVER), (DATA, 1 + at as u32, 1), &[*byte])?;
                }
            }
        }
        Ok(())
    })
}

fn backwards(out: &mut Out<'_>) -> io::Result<()> {
    within(out, |frames| {
        let stream = tls::records(&tls::message(1, &[3; 60_000])).repeat(4);
        for number in 0..200 {
            let source = attacker(number);
            frames.connect(source, SERVER)?;
            let segments: Vec<_> = stream.chunks(100).enumerate().collect();
            for (at, segment) in segments.into_iter().rev() {
                frames.tcp((source, SERVER), (DATA, 1 + at as u32 * 100, 1), segment)?;
            }
        }
        Ok(())
    })
}

fn again(out: &mut Out<'_>) -> io::Result<()> {
    within(out, |frames| {
        let hello = tls::record(22, &tls::client_hello("victim.example", 1));
        (0..1_000_000).try_for_each(|_| frames.tcp(ENDS, (DATA, 1, 1), &hello))
    })
}

fn overlaps(out: &mut Out<'_>) -> io::Result<()> {
    within(out, |frames| {
        greeted(frames)?;
        (0..1_000_000_u64).try_for_each(|number| {
            let sequence = 500 + (mixed(number) % 200_000) as u32;
            frames.tcp(ENDS, (DATA, sequence, 1), &[number as u8; 300])
        })
    })
}

fn wraps(out: &mut Out<'_>) -> io::Result<()> {
    within(out, |frames| {
        greeted(frames)?;
        let data = tls::record(23, &[5; SEGMENT - 5]);
        (0..1_000_000_u32).try_for_each(|number| {
            let sequence = number.wrapping_mul(0x1000_0000 + SEGMENT as u32);
            frames.tcp(ENDS, (DATA, sequence, 1), &data)
        })
    })
}

fn greeting(out: &mut Out<'_>) -> io::Result<()> {
    within(out, |frames| {
        repeat(frames, BACK, 1, b"220-mail.example ESMTP be patient\r\n", 1_500_000)?;
        repeat(frames, ENDS, 1, b"EHLO me\r\nSTARTTLS\r\n", 2_600_000).map(drop)
    })
}

fn hunt(out: &mut Out<'_>) -> io::Result<()> {
    within(out, |frames| {
        // Records of a wrong version behind a gap: where does TLS go on?
        let sequence = greeted(frames)?.0 + 90_000_000;
        repeat(frames, ENDS, sequence, &[22, 3, 3, 0x40, 22, 3, 3, 22, 3], 11_000_000)?;
        repeat(frames, ENDS, sequence + 400_000_000, &[23, 3, 3, 0, 23], 20_000_000).map(drop)
    })
}

fn proxies(out: &mut Out<'_>) -> io::Result<()> {
    within(out, |frames| {
        for number in 0..300 {
            let source = attacker(number);
            frames.connect(source, SERVER)?;
            let ask = b"CONNECT www.example:443 HTTP/1.1\r\nHost: www.example\r\n\r\n";
            let answer = b"HTTP/1.1 200 Connection established\r\n\r\n";
            let (mut asked, mut answered) = (1, 1);
            for _ in 0..1_000 {
                asked = frames.stream((source, SERVER), asked, ask)?;
                answered = frames.stream((SERVER, source), answered, answer)?;
            }
        }
        Ok(())
    })
}

fn half_hellos(out: &mut Out<'_>) -> io::Result<()> {
    within(out, |frames| {
        (0..300_000).try_for_each(|number| {
            frames.connect(attacker(number), SERVER)?;
            frames.tcp((attacker(number), SERVER), (DATA, 1, 1), &[22])
        })
    })
}
