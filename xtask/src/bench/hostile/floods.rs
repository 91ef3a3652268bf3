//! Floods: more connections than anybody has, most of which never go on.

use std::io;

use super::frames::{
    ACK, BOTH, CAUSE, DATA, End, FIN, Frames, RST, SERVER, SYN, attacker, recorded,
};
use super::out::{Out, mixed};
use super::{Hostile, Input, Kind, tls};

pub(super) const SET: &[Hostile] = &[
    flood("syn-flood", "a million SYNs from spoofed sources", syns),
    flood("half-open", "a million half-open connections", half_open),
    flood("hellos", "a million ClientHellos that never go on", hellos),
    flood("open", "200 000 connections that never end, handshakes done", open),
    // Each packet is a conversation of its own: an ordinary one has some fifteen.
    Hostile {
        times: 10.0,
        ..flood(
            "one-sided",
            "200 000 connections of which one side is there, and no SYN",
            one_sided,
        )
    },
    flood("names", "one server asked for 300 000 names, all refused", names),
    flood("servers", "300 000 servers that refuse", servers),
    flood("clients", "300 000 clients that one server refuses", clients),
    flood("codes", "every alert of all codes at once, from 200 000 servers", codes),
    flood("successes", "200 000 handshakes that go well, a server and a name each", successes),
    flood("again", "one pair of ports used a million times", again),
    flood("resets", "300 000 connections reset in the middle of the hello", resets),
    flood("noise", "a million connections of something else than TLS", noise),
    Hostile {
        says: &[CAUSE],
        ..flood("chains", "50 000 connections, each with a new chain", chains)
    },
];

/// A flood in front of which a real failure stands, and behind it another.
const fn flood(name: &'static str, what: &'static str, make: super::Make) -> Hostile {
    Hostile {
        name,
        what,
        kind: Kind::Capture,
        input: Input::Pipe(make),
        memory: 256,
        times: 4.0,
        code: 1,
        says: &[BOTH],
    }
}

/// A recorded failure, the flood, and the failure again.
fn between(
    out: &mut Out<'_>,
    flood: impl FnOnce(&mut Frames<'_, '_>) -> io::Result<()>,
) -> io::Result<()> {
    let mut frames = Frames::new(out)?;
    frames.witness(1)?;
    flood(&mut frames)?;
    frames.witness(2)
}

fn syns(out: &mut Out<'_>) -> io::Result<()> {
    between(out, |frames| {
        (0..1_000_000).try_for_each(|number| {
            let source = End(mixed(number) as u32, (mixed(number) >> 40) as u16 | 1);
            frames.tcp((source, SERVER), (SYN, number as u32, 0), &[])
        })
    })
}

fn half_open(out: &mut Out<'_>) -> io::Result<()> {
    between(out, |frames| {
        (0..1_000_000).try_for_each(|number| {
            let source = attacker(number);
            frames.tcp((source, SERVER), (SYN, 0, 0), &[])?;
            frames.tcp((SERVER, source), (SYN | ACK, 0, 1), &[])
        })
    })
}

fn hellos(out: &mut Out<'_>) -> io::Result<()> {
    let count = if out.all { 1_000_000 } else { 400_000 };
    between(out, |frames| {
        (0..count).try_for_each(|number| {
            let source = attacker(number);
            frames.connect(source, SERVER)?;
            let hello = tls::record(22, &tls::client_hello("victim.example", number));
            frames.stream((source, SERVER), 1, &hello).map(drop)
        })
    })
}

fn open(out: &mut Out<'_>) -> io::Result<()> {
    let flow = recorded("established/openssl-tls12-nginx").map_err(io::Error::other)?;
    let until = flow.place_for_bulk().unwrap_or(flow.legs.len());
    let legs = flow.legs.get(..until).unwrap_or_default().to_vec();
    let count = if out.all { 200_000 } else { 70_000 };
    between(out, |frames| (10..count + 10).try_for_each(|number| frames.recorded(&legs, number)))
}

fn one_sided(out: &mut Out<'_>) -> io::Result<()> {
    between(out, |frames| {
        (0..200_000).try_for_each(|number| {
            let hello = tls::record(22, &tls::client_hello("victim.example", number));
            frames.tcp((attacker(number), SERVER), (DATA, 77, 1), &hello)
        })
    })
}

/// A hello for a name, and the server's refusal.
fn refused(
    frames: &mut Frames<'_, '_>,
    (client, server): (End, End),
    name: &str,
    code: u8,
) -> io::Result<()> {
    frames.connect(client, server)?;
    let hello = tls::record(22, &tls::client_hello(name, u64::from(client.0)));
    let next = frames.stream((client, server), 1, &hello)?;
    frames.tcp((server, client), (DATA, 1, next), &tls::fatal(code))?;
    frames.tcp((server, client), (FIN | ACK, 8, next), &[])?;
    frames.tcp((client, server), (FIN | ACK, next, 9), &[])?;
    frames.tcp((server, client), (ACK, 9, next + 1), &[])
}

fn names(out: &mut Out<'_>) -> io::Result<()> {
    between(out, |frames| {
        (0..300_000).try_for_each(|number| {
            let name = format!("host-{number}.a-name-of-some-length.example");
            refused(frames, (attacker(number), SERVER), &name, 112)
        })
    })
}

fn servers(out: &mut Out<'_>) -> io::Result<()> {
    between(out, |frames| {
        (0..300_000).try_for_each(|number| {
            let ends = (attacker(number % 7), End(0x6400_0000 + number as u32, 443));
            refused(frames, ends, "www.example", 40)
        })
    })
}

fn clients(out: &mut Out<'_>) -> io::Result<()> {
    between(out, |frames| {
        (0..300_000)
            .try_for_each(|number| refused(frames, (attacker(number), SERVER), "www.example", 40))
    })
}

fn codes(out: &mut Out<'_>) -> io::Result<()> {
    between(out, |frames| {
        (0..200_000).try_for_each(|number| {
            let server = End(0x6400_0000 + number as u32, number as u16 | 1);
            refused(frames, (attacker(number), server), "www.example", number as u8)
        })
    })
}

fn successes(out: &mut Out<'_>) -> io::Result<()> {
    let count = if out.all { 200_000 } else { 60_000 };
    between(out, |frames| {
        (0..count).try_for_each(|number| {
            let (client, server) = (attacker(number), End(0x6400_0000 + number as u32, 443));
            frames.connect(client, server)?;
            let name = format!("host-{number}.example");
            let hello = tls::record(22, &tls::client_hello(&name, number));
            let next = frames.stream((client, server), 1, &hello)?;
            let done = [
                tls::record(22, &tls::server_hello(number)),
                tls::record(22, &tls::message(14, &[])),
            ];
            let answered = frames.stream((server, client), 1, &done.concat())?;
            let sealed = [tls::record(20, &[1]), tls::record(22, &[number as u8; 40])].concat();
            let key = tls::record(22, &tls::message(16, &[32; 33]));
            let next = frames.stream((client, server), next, &[key, sealed.clone()].concat())?;
            let answered = frames.stream((server, client), answered, &sealed)?;
            let data = tls::record(23, &[7; 40]);
            frames.stream((client, server), next, &data)?;
            frames.stream((server, client), answered, &data).map(drop)
        })
    })
}

fn again(out: &mut Out<'_>) -> io::Result<()> {
    between(out, |frames| {
        (0..1_000_000_u64).try_for_each(|number| {
            let sequence = mixed(number) as u32;
            frames.tcp((attacker(1), SERVER), (SYN, sequence, 0), &[])
        })
    })
}

fn resets(out: &mut Out<'_>) -> io::Result<()> {
    between(out, |frames| {
        (0..300_000).try_for_each(|number| {
            let source = attacker(number);
            frames.connect(source, SERVER)?;
            let hello = tls::record(22, &tls::client_hello("victim.example", number));
            frames.tcp((source, SERVER), (DATA, 1, 1), &hello[..70])?;
            frames.tcp((SERVER, source), (RST | ACK, 1, 71), &[])
        })
    })
}

fn noise(out: &mut Out<'_>) -> io::Result<()> {
    let count = if out.all { 1_000_000 } else { 400_000 };
    between(out, |frames| {
        (0..count).try_for_each(|number| {
            let source = attacker(number);
            frames.tcp((source, SERVER), (SYN, 0, 0), &[])?;
            let bytes: Vec<u8> =
                (0..8).flat_map(|part| mixed(number * 8 + part).to_le_bytes()).collect();
            frames.tcp((source, SERVER), (DATA, 1, 1), &bytes)
        })
    })
}

/// The recorded failure with another chain each time: some bytes of the leaf's signature and of its
/// serial number are others.
fn chains(out: &mut Out<'_>) -> io::Result<()> {
    let flow = recorded(super::frames::WITNESS).map_err(io::Error::other)?;
    let longest = flow.legs.iter().filter(|leg| !leg.from_client);
    let longest = longest.map(|leg| leg.ip.len() - leg.payload).max().unwrap_or_default();
    between(out, |frames| {
        (10..50_010_u32).try_for_each(|number| {
            let mut legs = flow.legs.clone();
            for leg in &mut legs {
                if !leg.from_client && leg.ip.len() - leg.payload == longest {
                    // Behind ServerHello, the head of the message, and the first fields.
                    for place in [5, 6, 7] {
                        let at = leg.payload + longest / place;
                        leg.ip[at..at + 4].copy_from_slice(&number.to_be_bytes());
                    }
                }
            }
            frames.recorded(&legs, number)
        })
    })
}
