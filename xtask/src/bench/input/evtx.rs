//! An event log of half a gigabyte in which SChannel fails now and then: chunks as Windows writes
//! them, with the ordinary records of a server and, in one of a hundred, an incident.
//!
//! Each provider has a template of its own for the event and one for its data, defined in the first
//! record of a chunk that uses it, and names that later ones point back to. The same bytes each time.

mod chunk;

use std::path::PathBuf;

use anyhow::Result;
use chunk::{CHUNK, Chunk, Event, Value, put};

use super::dice::Dice;
use super::log::client;
use super::{Contents, Input};

const FILE_HEAD: usize = 4096;
/// Changes when other records are made.
const PLAN: u32 = 2;
/// One chunk of so many has an incident.
const ONE_OF: u64 = 100;
/// Records of SChannel in an incident.
const INCIDENT: u64 = 20;
/// Records between two of an incident.
const BETWEEN: u64 = 3;

/// The log of about this many bytes.
pub(in crate::bench) fn make(bytes: u64, path: PathBuf) -> Result<Input> {
    Input::made(path, (PLAN, bytes), |out| {
        let chunks = bytes / CHUNK as u64;
        let mut dice = Dice::new(0x5eed);
        let (mut number, mut schannel) = (1, 0);
        out.write_all(&head(chunks))?;
        for index in 0..chunks {
            let mut chunk = Chunk::new(number);
            let mut failures = if index % ONE_OF == ONE_OF / 2 { INCIDENT } else { 0 };
            for record in 0.. {
                let failing = failures > 0 && record % BETWEEN == 0;
                let event = if failing { failure(&mut dice) } else { ordinary(&mut dice) };
                if !chunk.add(number, &event) {
                    break;
                }
                number += 1;
                failures -= u64::from(failing);
                schannel += u64::from(failing);
            }
            out.write_all(&chunk.sealed())?;
        }
        let records = number - 1;
        let size = (FILE_HEAD as u64 + chunks * CHUNK as u64) / 1_000_000;
        let about = format!("{size} MB, {records} records, {schannel} of SChannel");
        Ok(Contents { about, failures: schannel })
    })
}

/// The head of the file. Like that of a log that is open it knows nothing of its last records.
fn head(chunks: u64) -> Vec<u8> {
    let mut head = vec![0; FILE_HEAD];
    put(&mut head, 0, b"ElfFile\0");
    put(&mut head, 16, &(chunks - 1).to_le_bytes());
    put(&mut head, 24, &1_u64.to_le_bytes());
    put(&mut head, 32, &128_u32.to_le_bytes());
    put(&mut head, 36, &[1, 0, 3, 0, 0, 16]);
    put(&mut head, 42, &chunks.to_le_bytes()[..2]);
    put(&mut head, 120, &[1, 0, 0, 0]);
    let checksum = crc32fast::hash(&head[..120]);
    put(&mut head, 124, &checksum.to_le_bytes());
    head
}

/// A failure, of two kinds.
fn failure(dice: &mut Dice) -> Event<'static> {
    let schannel = |id, fields| Event { provider: "Schannel", id, channel: "System", fields };
    if dice.below(3) > 0 {
        let alert = [46, 48, 42, 70][dice.below(4) as usize];
        schannel(36887, vec![("AlertDesc", Value::Number(alert))])
    } else {
        let fields = vec![("AlertDesc", Value::Number(10)), ("ErrorState", Value::Number(1203))];
        schannel(36888, fields)
    }
}

/// What a server writes all day.
fn ordinary(dice: &mut Dice) -> Event<'static> {
    let service = Value::Text(dice.pick(SERVICES).to_owned());
    let number = Value::Number(dice.below(100_000) as u32);
    let text = |text: String| Value::Text(text);
    let (provider, id, fields) = match dice.below(6) {
        0 | 1 => (
            "Service Control Manager",
            7036,
            vec![("param1", service), ("param2", text(dice.pick(&["running", "stopped"]).into()))],
        ),
        2 => (
            "Microsoft-Windows-DNS-Client",
            1014,
            vec![
                ("QueryName", text(client(dice))),
                ("AddressLength", number),
                ("Address", service),
            ],
        ),
        3 => (
            "Microsoft-Windows-GroupPolicy",
            1501,
            vec![("SupportInfo1", number), ("ProcessingMode", service)],
        ),
        4 => (
            "Microsoft-Windows-WindowsUpdateClient",
            19,
            vec![("updateTitle", service), ("updateRevisionNumber", number)],
        ),
        _ => ("Microsoft-Windows-Time-Service", 35, vec![("TimeSource", text(client(dice)))]),
    };
    Event { provider, id, channel: "System", fields }
}

const SERVICES: &[&str] = &[
    "Windows Update",
    "Background Intelligent Transfer Service",
    "Software Protection",
    "Secure Channel of the domain",
    "World Wide Web Publishing Service",
    "Microsoft Exchange Transport",
];
