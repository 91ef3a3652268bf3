//! Lies that a capture's own structure can tell.

use std::io::{self, Write};
use std::path::Path;

use anyhow::Result;

use super::frames::{BOTH, CAUSE, Frames, pcap};
use super::out::{Out, mixed};
use super::{Hostile, Input, Kind, tls};

pub(super) const SET: &[Hostile] = &[
    lie("block-4gib", "a pcapng with a block of 4 GiB, all of it there", 2, &[BOTH], block_4gib),
    lie("block-lie", "a pcapng block that claims 4 GiB and has none", 2, &[BOTH], block_lie),
    lie("block-zero", "a million pcapng blocks of length 0", 2, &[BOTH], block_zero),
    lie("block-odd", "pcapng blocks of odd lengths", 1, &[BOTH], block_odd),
    lie("block-unequal", "a million pcapng blocks with two lengths", 2, &[BOTH], block_unequal),
    lie("block-nested", "pcapng lengths that end in one another", 2, &[CAUSE], block_nested),
    lie("interfaces", "3 million interfaces", 2, &[BOTH], interfaces),
    lie("sections", "2 million sections", 1, &[BOTH], sections),
    lie("options", "options without end", 1, &[BOTH], options),
    lie("secrets", "200 000 blocks of secrets", 1, &[BOTH], secrets),
    Hostile {
        memory: 192,
        ..lie("secrets-many", "blocks with a million secrets", 2, &[BOTH], secrets_many)
    },
    lie("names", "name resolution without end", 1, &[BOTH], names),
    lie("packet-4gib", "a pcap packet that claims 4 GiB", 2, &[BOTH], packet_4gib),
    lie("packet-search", "100 MB in which no packet header makes sense", 2, &[BOTH], packet_search),
    lie("packet-empty", "30 million packets of no bytes", 1, &[BOTH], packet_empty),
    lie("packet-cut", "4 million packets cut to 20 bytes", 1, &[BOTH], packet_cut),
    lie("times", "times that jump between 1970 and 2106", 1, &[BOTH], times),
    lie("times-ng", "times of a pcapng out of all years", 1, &[BOTH], times_ng),
    lie("netmon", "a Network Monitor file that ends before it begins", 2, &[], netmon),
    lie("netmon-packet", "a Network Monitor packet of 4 GiB", 2, &[], netmon_packet),
    lie("snoop", "a snoop packet whose record is 4 GiB", 2, &[], snoop),
    Hostile {
        input: Input::Folder(key_log_huge),
        kind: Kind::KeyLog,
        memory: 256,
        ..lie(
            "key-log",
            "a key log of 2 million secrets, 6 million with --all",
            2,
            &[CAUSE],
            packet_cut,
        )
    },
    Hostile {
        input: Input::Folder(key_log_line),
        kind: Kind::KeyLog,
        memory: 256,
        ..lie("key-log-line", "a key log of one line of a gigabyte", 2, &[CAUSE], packet_cut)
    },
];

const fn lie(
    name: &'static str,
    what: &'static str,
    code: i32,
    says: &'static [&'static str],
    make: super::Make,
) -> Hostile {
    let input = Input::Pipe(make);
    Hostile { name, what, kind: Kind::Capture, input, memory: 96, times: 4.0, code, says }
}

fn block(kind: u32, body: &[u8]) -> Vec<u8> {
    let padded = body.len().next_multiple_of(4);
    let length = (12 + padded as u32).to_le_bytes();
    let padding = vec![0; padded - body.len()];
    [&kind.to_le_bytes()[..], &length, body, &padding, &length].concat()
}

fn section() -> Vec<u8> {
    let body = [&[0x4d, 0x3c, 0x2b, 0x1a, 1, 0, 0, 0][..], &[0xff; 8]].concat();
    block(0x0a0d_0d0a, &body)
}

fn interface(options: &[u8]) -> Vec<u8> {
    block(1, &[&[1, 0, 0, 0, 0, 0, 4, 0][..], options].concat())
}

fn enhanced(frame: &[u8], time: u64) -> Vec<u8> {
    let length = (frame.len() as u32).to_le_bytes();
    let high = ((time >> 32) as u32).to_le_bytes();
    let low = (time as u32).to_le_bytes();
    block(6, &[&[0; 4][..], &high, &low, &length, &length, frame].concat())
}

/// The recorded failure in blocks.
fn witness(number: u32) -> io::Result<Vec<u8>> {
    let mut file = Vec::new();
    let mut out = Out::new(&mut file, false);
    Frames::new(&mut out)?.witness(number)?;
    out.push()?;
    let mut rest = &file[pcap(1).len()..];
    let mut blocks = Vec::new();
    while let Some((header, behind)) = rest.split_first_chunk::<16>() {
        let word = |at: usize| {
            u32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]])
        };
        let (frame, next) = behind.split_at(word(8) as usize);
        let time =
            u64::from(word(0)) * 1_000_000 + u64::from(word(4)) + u64::from(number) * 5_000_000;
        blocks.extend(enhanced(frame, time));
        rest = next;
    }
    Ok(blocks)
}

/// A pcapng with a recorded failure in front and behind.
fn between(out: &mut Out<'_>, lie: impl FnOnce(&mut Out<'_>) -> io::Result<()>) -> io::Result<()> {
    out.write_all(&section())?;
    out.write_all(&interface(&[]))?;
    out.write_all(&witness(1)?)?;
    lie(out)?;
    out.write_all(&witness(2)?)
}

fn block_4gib(out: &mut Out<'_>) -> io::Result<()> {
    between(out, |out| {
        let length = 0xffff_fff0_u32;
        out.write_all(&[&0x0bad_u32.to_le_bytes()[..], &length.to_le_bytes()].concat())?;
        out.repeat(&[0x5a; 16], u64::from(length - 16) / 16)?;
        out.write_all(&[0x5a; 4])?;
        out.write_all(&length.to_le_bytes())
    })
}

fn block_lie(out: &mut Out<'_>) -> io::Result<()> {
    between(out, |out| {
        [4_u32, 6, 10, 0x0bad, 1].iter().try_for_each(|kind| {
            out.write_all(&kind.to_le_bytes())?;
            out.write_all(&[0xff; 4])
        })
    })
}

fn block_zero(out: &mut Out<'_>) -> io::Result<()> {
    between(out, |out| {
        out.units += 1_000_000;
        out.repeat(&[6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 1_000_000)
    })
}

fn block_odd(out: &mut Out<'_>) -> io::Result<()> {
    between(out, |out| {
        (0..500_000_u32).try_for_each(|number| {
            out.units += 1;
            let length = (13 + number % 50).to_le_bytes();
            let body = vec![0; 1 + number as usize % 50];
            out.write_all(&[&5_u32.to_le_bytes()[..], &length, &body, &length].concat())
        })
    })
}

fn block_unequal(out: &mut Out<'_>) -> io::Result<()> {
    between(out, |out| {
        out.units += 1_000_000;
        let body = [0_u8; 16];
        let block = [&5_u32.to_le_bytes()[..], &[28, 0, 0, 0], &body, &[27, 0, 0, 0]].concat();
        out.repeat(&block, 1_000_000)
    })
}

/// At every fourth byte a known block seems to begin that ends far behind.
fn block_nested(out: &mut Out<'_>) -> io::Result<()> {
    between(out, |out| {
        out.write_all(&[6, 0, 0, 0, 1, 0, 0, 0])?;
        (0..10_000_000_u32).try_for_each(|_| out.write_all(&[6, 0, 0, 0, 0, 0, 15, 0]))
    })
}

fn interfaces(out: &mut Out<'_>) -> io::Result<()> {
    between(out, |out| {
        out.units += 3_000_000;
        out.repeat(&interface(&[]), 3_000_000)
    })
}

fn sections(out: &mut Out<'_>) -> io::Result<()> {
    between(out, |out| {
        out.units += 4_000_000;
        out.repeat(&[section(), interface(&[])].concat(), 2_000_000)
    })
}

fn options(out: &mut Out<'_>) -> io::Result<()> {
    let many = [0, 0xee, 0, 0].repeat(200_000);
    let short = [9, 0, 1, 0, 6, 0, 0, 0].repeat(100_000);
    between(out, |out| {
        (0..50).try_for_each(|_| {
            out.write_all(&section())?;
            out.write_all(&interface(&many))?;
            out.write_all(&interface(&short))
        })?;
        out.write_all(&section())?;
        out.write_all(&interface(&[]))
    })
}

fn key_line(number: u64) -> String {
    let (a, b) = (mixed(number * 2), mixed(number * 2 + 1));
    let secret = format!("{a:016x}{b:016x}{b:016x}{a:016x}");
    format!("CLIENT_HANDSHAKE_TRAFFIC_SECRET {b:016x}{a:016x}{a:016x}{b:016x} {secret}\n")
}

fn secrets_block(text: &str) -> Vec<u8> {
    let length = (text.len() as u32).to_le_bytes();
    block(10, &[&0x544c_534b_u32.to_le_bytes()[..], &length, text.as_bytes()].concat())
}

fn secrets(out: &mut Out<'_>) -> io::Result<()> {
    between(out, |out| {
        (0..200_000).try_for_each(|number| {
            out.units += 1;
            out.write_all(&secrets_block(&key_line(number)))
        })
    })
}

fn secrets_many(out: &mut Out<'_>) -> io::Result<()> {
    between(out, |out| {
        (0..200).try_for_each(|part| {
            out.units += 5_000;
            let text: String = (0..5_000).map(|number| key_line(part * 5_000 + number)).collect();
            out.write_all(&secrets_block(&text))
        })
    })
}

fn names(out: &mut Out<'_>) -> io::Result<()> {
    let record = [&[1, 0, 12, 0, 10, 0, 0, 1][..], b"host.ex\0"].concat();
    let block = block(4, &record.repeat(60_000));
    between(out, |out| out.repeat(&block, 100))
}

fn packet_4gib(out: &mut Out<'_>) -> io::Result<()> {
    Frames::new(out)?.witness(1)?;
    for word in [1795672900_u32, 0, 0xffff_ffff, 0xffff_ffff] {
        out.write_all(&word.to_le_bytes())?;
    }
    out.repeat(&[0xa5; 1 << 16], 3_000)?;
    behind(out)
}

/// The recorded failure without the header of a file.
fn behind(out: &mut Out<'_>) -> io::Result<()> {
    let mut file = Vec::new();
    let mut inner = Out::new(&mut file, false);
    Frames::new(&mut inner)?.witness(2)?;
    inner.push()?;
    out.write_all(&file[pcap(1).len()..])
}

/// Headers that make sense, each of which leads into nothing.
fn packet_search(out: &mut Out<'_>) -> io::Result<()> {
    Frames::new(out)?.witness(1)?;
    for word in [1795672900_u32, 0, 0xffff_ffff, 0xffff_ffff] {
        out.write_all(&word.to_le_bytes())?;
    }
    let header: Vec<u8> =
        [1795672900_u32, 9, 250_000, 250_000].iter().flat_map(|w| w.to_le_bytes()).collect();
    out.repeat(&header, 6_000_000)?;
    out.repeat(&[0; 16], 50_000)?;
    behind(out)
}

fn packet_empty(out: &mut Out<'_>) -> io::Result<()> {
    Frames::new(out)?.witness(1)?;
    let header: Vec<u8> =
        [1795672900_u32, 9, 0, 0].iter().flat_map(|word| word.to_le_bytes()).collect();
    out.units += 30_000_000;
    out.repeat(&header, 30_000_000)?;
    behind(out)
}

fn packet_cut(out: &mut Out<'_>) -> io::Result<()> {
    let mut frames = Frames::new(out)?;
    frames.witness(1)?;
    (0..4_000_000_u32).try_for_each(|number| {
        let mut frame = [0; 20];
        frame[12] = 8;
        frame[14] = 0x45;
        frame[16..20].copy_from_slice(&number.to_be_bytes());
        frames.frame(&frame)
    })?;
    frames.witness(2)
}

fn times(out: &mut Out<'_>) -> io::Result<()> {
    let mut frames = Frames::new(out)?;
    frames.witness(1)?;
    let hello = tls::record(22, &tls::client_hello("victim.example", 1));
    for number in 0..300_000 {
        frames.at = (mixed(number) as u32 as u64).saturating_sub(1_795_672_800) * 1_000_000;
        let source = super::frames::attacker(number % 5_000);
        frames.tcp((source, super::frames::SERVER), (super::frames::SYN, 0, 0), &[])?;
        frames.tcp((source, super::frames::SERVER), (super::frames::DATA, 1, 1), &hello)?;
    }
    frames.at = 0;
    frames.witness(2)
}

fn times_ng(out: &mut Out<'_>) -> io::Result<()> {
    between(out, |out| {
        for number in 0..600_000 {
            out.units += 1;
            let mut frame = [0; 60];
            frame[12..16].copy_from_slice(&[8, 0, 0x45, 0]);
            frame[16..18].copy_from_slice(&46_u16.to_be_bytes());
            frame[22..24].copy_from_slice(&[64, 6]);
            frame[26..34].copy_from_slice(&mixed(number % 3_000).to_be_bytes());
            frame[46..48].copy_from_slice(&[0x50, 2]);
            let time = match number % 4 {
                0 => 0,
                1 => u64::MAX,
                2 => 9_223_372_036_854_775,
                _ => mixed(number),
            };
            out.write_all(&enhanced(&frame, time))?;
        }
        Ok(())
    })
}

fn netmon(out: &mut Out<'_>) -> io::Result<()> {
    let mut header = vec![0; 128];
    header[..8].copy_from_slice(b"GMBU\x03\x02\x01\x00");
    header[24..28].copy_from_slice(&5_u32.to_le_bytes());
    out.write_all(&header)?;
    out.repeat(&[1; 64], 1_000_000)
}

fn netmon_packet(out: &mut Out<'_>) -> io::Result<()> {
    let mut header = vec![0; 72];
    header[..8].copy_from_slice(b"GMBU\x03\x02\x01\x00");
    header[24..28].copy_from_slice(&u32::MAX.to_le_bytes());
    out.write_all(&header)?;
    out.write_all(&[&[0; 8][..], &[0xff; 8]].concat())?;
    out.repeat(&[1; 64], 1_000_000)
}

fn snoop(out: &mut Out<'_>) -> io::Result<()> {
    out.write_all(b"snoop\0\0\0\0\0\0\x02\0\0\0\x04")?;
    for word in [60_u32, 60, u32::MAX, 0, 1795672900, 0] {
        out.write_all(&word.to_be_bytes())?;
    }
    out.repeat(&[2; 64], 1_000_000)
}

/// A key log of 200 000 secrets beside a small capture.
pub(super) fn ordinary_key_log(folder: &Path, out: &mut Out<'_>) -> Result<Vec<String>> {
    beside(folder, out, |out| {
        (0..200_000).try_for_each(|number| {
            out.units += 1;
            out.write_all(key_line(number).as_bytes())
        })
    })
}

fn key_log_huge(folder: &Path, out: &mut Out<'_>) -> Result<Vec<String>> {
    let count = if out.all { 6_000_000 } else { 2_000_000 };
    beside(folder, out, |out| {
        (0..count).try_for_each(|number| {
            out.units += 1;
            out.write_all(key_line(number).as_bytes())
        })
    })
}

fn key_log_line(folder: &Path, out: &mut Out<'_>) -> Result<Vec<String>> {
    let megabytes = if out.all { 1_000 } else { 300 };
    beside(folder, out, |out| out.repeat(&[b'a'; 1 << 20], megabytes))
}

/// A key log in a folder, and a small capture.
fn beside(
    folder: &Path,
    out: &mut Out<'_>,
    make: impl FnOnce(&mut Out<'_>) -> io::Result<()>,
) -> Result<Vec<String>> {
    let (keys, capture) = (folder.join("keys.txt"), folder.join("small.pcap"));
    let mut file = std::fs::File::create(&keys)?;
    let mut inner = Out::new(&mut file, out.all);
    make(&mut inner)?;
    inner.push()?;
    (out.bytes, out.units) = (inner.bytes, inner.units);
    let mut file = std::fs::File::create(&capture)?;
    let mut inner = Out::new(&mut file, false);
    Frames::new(&mut inner)?.witness(1)?;
    inner.push()?;
    let text = |path: &Path| path.to_string_lossy().into_owned();
    Ok(vec!["--keylog".to_owned(), text(&keys), text(&capture)])
}
