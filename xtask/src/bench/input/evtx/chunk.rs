//! One chunk of an event log, as Windows writes it: records of binary XML with templates and names
//! that later ones point back to.

use std::collections::HashMap;

/// What a record tells: its provider, number, channel, and its fields by name.
pub(super) struct Event<'a> {
    pub(super) provider: &'a str,
    pub(super) id: u16,
    pub(super) channel: &'a str,
    pub(super) fields: Vec<(&'a str, Value)>,
}

/// A value, in the kinds that these events have.
pub(super) enum Value {
    Text(String),
    Number(u32),
}

/// A chunk that is being written.
pub(super) struct Chunk {
    bytes: Vec<u8>,
    first: u64,
    last: u64,
    last_at: usize,
    /// Where names stand.
    names: HashMap<String, usize>,
    /// Where templates stand, by provider, number and part.
    templates: HashMap<(String, u16, bool), usize>,
}

pub(super) fn put(bytes: &mut [u8], at: usize, value: &[u8]) {
    bytes[at..at + value.len()].copy_from_slice(value);
}

impl Chunk {
    pub(super) fn new(first: u64) -> Self {
        let bytes = vec![0; HEAD];
        let (names, templates) = (HashMap::new(), HashMap::new());
        Self { bytes, first, last: first, last_at: HEAD, names, templates }
    }

    /// Adds a record; whether there was room for it.
    pub(super) fn add(&mut self, number: u64, event: &Event<'_>) -> bool {
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
    pub(super) fn sealed(mut self) -> Vec<u8> {
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

const NAMESPACE: &str = "http://schemas.microsoft.com/win/2004/08/events/event";

/// Bytes of a chunk, and of its head.
pub(super) const CHUNK: usize = 64 << 10;
const HEAD: usize = 512;
/// 2026-11-01, in units of 100 ns since 1601.
const BEGIN: u64 = 134_379_648_000_000_000;
