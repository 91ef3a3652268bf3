//! An event log of half a gigabyte in which SChannel fails now and then: chunks as Windows writes
//! them, with the ordinary records of a server and, in one of a hundred, an incident.
//!
//! Each provider has a template of its own for the event and one for its data, defined in the first
//! record of a chunk that uses it, and names that later ones point back to. The same bytes each time.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::log::Dice;

/// A log that was made, and what is in it.
pub(super) struct EventLog {
    pub(super) path: PathBuf,
    /// Records of SChannel.
    pub(super) schannel: u64,
    pub(super) about: String,
}

/// What a record tells: its provider, number, channel, and its fields by name.
struct Event<'a> {
    provider: &'a str,
    id: u16,
    channel: &'a str,
    fields: Vec<(&'a str, Value)>,
}

/// A value, in the kinds that these events have.
enum Value {
    Text(String),
    Number(u32),
}

/// A chunk that is being written.
struct Chunk {
    bytes: Vec<u8>,
    first: u64,
    last: u64,
    last_at: usize,
    /// Where names stand.
    names: HashMap<String, usize>,
    /// Where templates stand, by provider, number and part.
    templates: HashMap<(String, u16, bool), usize>,
}

const FILE_HEAD: usize = 4096;
const CHUNK: usize = 64 << 10;
const HEAD: usize = 512;
/// Changes when other records are made.
const PLAN: u32 = 2;
/// One chunk of so many has an incident.
const ONE_OF: u64 = 100;
/// Records of SChannel in an incident.
const INCIDENT: u64 = 20;
/// Records between two of an incident.
const BETWEEN: u64 = 3;
/// 2026-11-01, in units of 100 ns since 1601.
const BEGIN: u64 = 134_379_648_000_000_000;

/// Makes the log, or takes the one that is there with the same plan.
pub(super) fn make(bytes: u64, folder: &Path) -> Result<EventLog> {
    fs::create_dir_all(folder)?;
    let path = folder.join(format!("events-{PLAN}-{bytes}.evtx"));
    let mut out: Box<dyn Write> = match fs::metadata(&path) {
        Ok(_) => Box::new(std::io::sink()),
        Err(_) => Box::new(BufWriter::new(File::create(&path)?)),
    };
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
    out.flush()?;
    let records = number - 1;
    let size = (FILE_HEAD as u64 + chunks * CHUNK as u64) / 1_000_000;
    let about = format!("{size} MB, {records} records, {schannel} of SChannel");
    Ok(EventLog { path, schannel, about })
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

fn put(bytes: &mut [u8], at: usize, value: &[u8]) {
    bytes[at..at + value.len()].copy_from_slice(value);
}

impl Chunk {
    fn new(first: u64) -> Self {
        let bytes = vec![0; HEAD];
        let (names, templates) = (HashMap::new(), HashMap::new());
        Self { bytes, first, last: first, last_at: HEAD, names, templates }
    }

    /// Adds a record; whether there was room for it.
    fn add(&mut self, number: u64, event: &Event<'_>) -> bool {
        let at = self.bytes.len();
        let known = (self.names.clone(), self.templates.clone());
        let time = BEGIN + number * 7_000_000;
        self.bytes.extend(b"**\0\0\0\0\0\0");
        self.bytes.extend(number.to_le_bytes());
        self.bytes.extend(time.to_le_bytes());
        self.fragment();
        self.template(event, false);
        let mut values = vec![
            (4, vec![2]),
            (6, event.id.to_le_bytes().to_vec()),
            (0x15, 0x8000_0000_0000_0000_u64.to_le_bytes().to_vec()),
            (0x11, time.to_le_bytes().to_vec()),
            (8, 652_u32.to_le_bytes().to_vec()),
            (8, 1448_u32.to_le_bytes().to_vec()),
            (0x0a, number.to_le_bytes().to_vec()),
        ];
        let lengths = 4 + 4 * (values.len() + 1);
        let before: usize = values.iter().map(|(_, value)| value.len()).sum();
        // The data is binary XML itself, and its templates stand where it will stand.
        let front = self.bytes.len();
        self.bytes.resize(front + lengths + before, 0);
        let data = self.bytes.len();
        self.fragment();
        self.template(event, true);
        let fields: Vec<_> = event.fields.iter().map(|(_, value)| value.stored()).collect();
        let mut described = Vec::new();
        describe(&fields, &mut described);
        self.bytes.extend(described);
        self.bytes.push(0);
        values.push((0x21, vec![0; self.bytes.len() - data]));
        let mut described = Vec::new();
        describe(&values, &mut described);
        put(&mut self.bytes, front, &described[..lengths + before]);
        self.bytes.push(0);
        let length = (self.bytes.len() - at + 4).next_multiple_of(8);
        self.bytes.resize(at + length - 4, 0);
        self.bytes.extend((length as u32).to_le_bytes());
        put(&mut self.bytes, at + 4, &(length as u32).to_le_bytes());
        if self.bytes.len() > CHUNK {
            self.bytes.truncate(at);
            (self.names, self.templates) = known;
            return false;
        }
        (self.last, self.last_at) = (number, at);
        true
    }

    fn fragment(&mut self) {
        self.bytes.extend([0x0f, 1, 1, 0]);
    }

    /// A use of a template, and the template where it is the first.
    fn template(&mut self, event: &Event<'_>, data: bool) {
        self.bytes.extend([0x0c, 1]);
        let key = (event.provider.to_owned(), event.id, data);
        let number = key.0.len() as u32 + u32::from(key.1) * 2 + u32::from(data);
        self.bytes.extend(number.to_le_bytes());
        let here = self.bytes.len() + 4;
        let place = *self.templates.entry(key).or_insert(here);
        self.bytes.extend((place as u32).to_le_bytes());
        if place != here {
            return;
        }
        self.bytes.extend([0; 4]);
        self.bytes.extend(number.to_le_bytes());
        self.bytes.extend([7; 12]);
        self.bytes.extend([0; 4]);
        let begin = self.bytes.len();
        self.fragment();
        if data {
            self.data(event)
        } else {
            self.system(event)
        }
        self.bytes.push(0);
        let length = (self.bytes.len() - begin) as u32;
        put(&mut self.bytes, begin - 4, &length.to_le_bytes());
    }

    /// `<Event><System>...</System>` and a gap for the data.
    fn system(&mut self, event: &Event<'_>) {
        let said = |text: &str| Some(text.to_owned());
        self.open("Event", &[("xmlns", said(NAMESPACE), 0)]);
        self.open("System", &[]);
        let guid = said("{1f678132-5938-4686-9fdc-c8ff68f15c85}");
        self.open("Provider", &[("Name", said(event.provider), 0), ("Guid", guid, 0)]);
        self.close();
        for (name, gap, kind) in [("EventID", 1, 6), ("Level", 0, 4), ("Keywords", 2, 0x15)] {
            self.open(name, &[]);
            self.gap(gap, kind);
            self.close();
        }
        self.open("TimeCreated", &[("SystemTime", None, 3)]);
        self.close();
        self.open("EventRecordID", &[]);
        self.gap(6, 0x0a);
        self.close();
        self.open("Execution", &[("ProcessID", None, 4), ("ThreadID", None, 5)]);
        self.close();
        for (name, text) in [("Channel", event.channel), ("Computer", "EXCH01.contoso.example")] {
            self.open(name, &[]);
            self.text(text);
            self.close();
        }
        self.close();
        self.gap(7, 0x21);
        self.close();
    }

    /// `<EventData><Data Name=...>` with a gap each.
    fn data(&mut self, event: &Event<'_>) {
        self.open("EventData", &[]);
        for (index, (name, value)) in (0_u16..).zip(&event.fields) {
            self.open("Data", &[("Name", Some((*name).to_owned()), 0)]);
            self.gap(index, value.stored().0);
            self.close();
        }
        self.close();
    }

    /// A start tag whose attributes say something, or have a gap.
    fn open(&mut self, name: &str, attributes: &[(&str, Option<String>, u16)]) {
        self.bytes.push(if attributes.is_empty() { 0x01 } else { 0x41 });
        self.bytes.extend([0xff, 0xff, 0, 0, 0, 0]);
        self.name(name);
        if !attributes.is_empty() {
            self.bytes.extend([0; 4]);
        }
        for (index, (name, text, gap)) in attributes.iter().enumerate() {
            self.bytes.push(if index + 1 < attributes.len() { 0x46 } else { 0x06 });
            self.name(name);
            match text {
                Some(text) => self.text(text),
                None => self.gap(*gap, if *gap == 3 { 0x11 } else { 8 }),
            }
        }
        self.bytes.push(0x02);
    }

    fn close(&mut self) {
        self.bytes.push(0x04);
    }

    fn gap(&mut self, index: u16, kind: u8) {
        self.bytes.push(0x0e);
        self.bytes.extend(index.to_le_bytes());
        self.bytes.push(kind);
    }

    fn text(&mut self, text: &str) {
        self.bytes.extend([0x05, 0x01]);
        self.bytes.extend((text.len() as u16).to_le_bytes());
        self.bytes.extend(utf16(text));
    }

    fn name(&mut self, name: &str) {
        let here = self.bytes.len() + 4;
        let place = *self.names.entry(name.to_owned()).or_insert(here);
        self.bytes.extend((place as u32).to_le_bytes());
        if place == here {
            self.bytes.extend([0; 6]);
            self.bytes.extend((name.len() as u16).to_le_bytes());
            self.bytes.extend(utf16(name));
            self.bytes.extend([0, 0]);
        }
    }

    /// The chunk, with its head and checksums.
    fn sealed(mut self) -> Vec<u8> {
        let records = crc32fast::hash(&self.bytes[HEAD..]);
        let free = self.bytes.len() as u32;
        self.bytes.resize(CHUNK, 0);
        put(&mut self.bytes, 0, b"ElfChnk\0");
        for (at, number) in [(8, self.first), (16, self.last), (24, self.first), (32, self.last)] {
            put(&mut self.bytes, at, &number.to_le_bytes());
        }
        put(&mut self.bytes, 40, &128_u32.to_le_bytes());
        put(&mut self.bytes, 44, &(self.last_at as u32).to_le_bytes());
        put(&mut self.bytes, 48, &free.to_le_bytes());
        put(&mut self.bytes, 52, &records.to_le_bytes());
        let mut hasher = crc32fast::Hasher::new();
        hasher.update(&self.bytes[..120]);
        hasher.update(&self.bytes[128..HEAD]);
        put(&mut self.bytes, 124, &hasher.finalize().to_le_bytes());
        self.bytes
    }
}

impl Value {
    /// Its kind and its bytes.
    fn stored(&self) -> (u8, Vec<u8>) {
        match self {
            Self::Text(text) => (1, utf16(text)),
            Self::Number(number) => (8, number.to_le_bytes().to_vec()),
        }
    }
}

/// The values of a template: their number, kinds and lengths, and then they themselves.
fn describe(values: &[(u8, Vec<u8>)], into: &mut Vec<u8>) {
    into.extend((values.len() as u32).to_le_bytes());
    for (kind, value) in values {
        into.extend((value.len() as u16).to_le_bytes());
        into.extend([*kind, 0]);
    }
    values.iter().for_each(|(_, value)| into.extend(value));
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
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
                ("QueryName", text(dice.client())),
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
        _ => ("Microsoft-Windows-Time-Service", 35, vec![("TimeSource", text(dice.client()))]),
    };
    Event { provider, id, channel: "System", fields }
}

const NAMESPACE: &str = "http://schemas.microsoft.com/win/2004/08/events/event";

const SERVICES: &[&str] = &[
    "Windows Update",
    "Background Intelligent Transfer Service",
    "Software Protection",
    "Secure Channel of the domain",
    "World Wide Web Publishing Service",
    "Microsoft Exchange Transport",
];
