//! What Windows writes down, as Windows never would.

use std::io::{self, Write};

use super::out::{Out, mixed};
use super::{Hostile, Input, Kind};

pub(super) const SET: &[Hostile] = &[
    events("evtx-chunks", "an event log that says it has 65 535 chunks and has one", 2, chunks),
    events("evtx-self", "3000 chunks whose templates hold themselves", 2, |out| {
        bad(out, "self-template")
    }),
    events("evtx-deep", "3000 chunks of elements in one another", 2, |out| bad(out, "deep")),
    events("evtx-names", "3000 chunks whose names lie anywhere", 2, |out| bad(out, "names")),
    events("evtx-outside", "3000 chunks whose offsets lead outside", 2, |out| bad(out, "outside")),
    events("evtx-lengths", "3000 chunks whose lengths lie", 2, |out| bad(out, "lengths")),
    events("evtx-torn", "3000 torn chunks", 2, |out| bad(out, "torn")),
    events("evtx-sums", "3000 chunks with wrong checksums", 2, |out| bad(out, "checksums")),
    events("evtx-shaken", "3000 chunks with a byte of 500 changed", 2, shaken),
    events("evtx-starts", "200 MB in which a record begins every 8 bytes", 2, starts),
    registry("reg-line", "a .reg of one line of a gigabyte", 2, reg_line),
    registry("reg-keys", "a .reg of a million keys of SCHANNEL", 2, reg_keys),
    registry("reg-values", "a .reg with a million values in one key", 2, reg_values),
    registry("reg-deletes", "a .reg that deletes a million keys, with 4 000 in it", 0, reg_deletes),
    registry("reg-sets", "a .reg of a million keys in 900 control sets", 2, reg_sets),
    registry("reg-large", "a .reg of values of 60 kB in 4 000 keys", 2, reg_large),
    registry("reg-goes-on", "a .reg whose value goes on for 100 MB", 2, reg_goes_on),
    hive("hive-circle", "a hive whose keys are their own parents", 2, hive_circle),
    hive("hive-fan", "a hive with lists that all list the same lists", 2, hive_fan),
    hive("hive-keys", "a hive of a million keys", 0, hive_keys),
    hive("hive-values", "a hive in which a million values share their data", 2, hive_values),
    Hostile { code: 2, ..export("xml-deep", "an exported event nested a million deep", xml_deep) },
    Hostile { code: 2, ..export("xml-endless", "an exported event of 200 MB", xml_endless) },
    failing("xml-many", "a million exported events of SChannel", xml_many),
    failing("listing", "what PowerShell lists, without end", listing),
    Hostile {
        code: 2,
        ..export("viewer-csv", "what the viewer saves, with a quote that never ends", viewer_csv)
    },
];

const fn events(name: &'static str, what: &'static str, code: i32, make: super::Make) -> Hostile {
    let input = Input::Pipe(make);
    let says = &[];
    Hostile { name, what, kind: Kind::Events, input, memory: 96, times: 30.0, code, says }
}

const fn registry(name: &'static str, what: &'static str, code: i32, make: super::Make) -> Hostile {
    Hostile { kind: Kind::Registry, times: 6.0, ..events(name, what, code, make) }
}

const fn hive(name: &'static str, what: &'static str, code: i32, make: super::Make) -> Hostile {
    Hostile { kind: Kind::Hive, memory: 256, times: 6.0, ..events(name, what, code, make) }
}

const fn export(name: &'static str, what: &'static str, make: super::Make) -> Hostile {
    Hostile { kind: Kind::Text, times: 12.0, ..events(name, what, 1, make) }
}

const fn failing(name: &'static str, what: &'static str, make: super::Make) -> Hostile {
    Hostile { kind: Kind::Failures, times: 4.0, ..export(name, what, make) }
}

/// A file of the corpus: its head, and its only chunk.
fn file(name: &str) -> io::Result<(Vec<u8>, Vec<u8>)> {
    let path = crate::repo::root().join("corpus/events/bad").join(name).with_extension("evtx");
    let mut head = std::fs::read(path)?;
    let chunk = head.split_off(4096);
    Ok((head, chunk))
}

/// How many chunks there are of each.
const MANY: u64 = 3_000;

fn bad(out: &mut Out<'_>, name: &str) -> io::Result<()> {
    let (head, mut chunk) = file(name)?;
    chunk.resize(1 << 16, 0);
    out.write_all(&head)?;
    out.units = MANY;
    out.repeat(&chunk, MANY)
}

fn chunks(out: &mut Out<'_>) -> io::Result<()> {
    let (mut head, chunk) = file("good")?;
    head[16..24].fill(0xff);
    head[42..44].fill(0xff);
    let checksum = crc32fast::hash(&head[..120]);
    head[124..128].copy_from_slice(&checksum.to_le_bytes());
    out.units = 1;
    out.write_all(&head)?;
    out.write_all(&chunk)
}

fn shaken(out: &mut Out<'_>) -> io::Result<()> {
    let (head, chunk) = file("good")?;
    out.write_all(&head)?;
    out.units = MANY;
    (0..MANY).try_for_each(|number| {
        let mut chunk = chunk.clone();
        for at in 0..chunk.len() as u64 / 500 {
            let dice = mixed(number << 20 | at);
            chunk[(at * 500 + dice % 500) as usize] ^= (dice >> 32) as u8;
        }
        out.write_all(&chunk)
    })
}

fn starts(out: &mut Out<'_>) -> io::Result<()> {
    let (head, chunk) = file("good")?;
    out.write_all(&head)?;
    out.units = MANY;
    let mut front = chunk[..512].to_vec();
    front.extend(b"**\0\0\x18\xff\0\0".repeat((65_536 - 512) / 8));
    out.repeat(&front, MANY)
}

const SCHANNEL: &str =
    r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL";

fn reg_head(out: &mut Out<'_>) -> io::Result<()> {
    out.write_all(b"Windows Registry Editor Version 5.00\r\n\r\n")?;
    write!(out, "[{SCHANNEL}\\Protocols\\TLS 1.2\\Client]\r\n\"Enabled\"=dword:00000000\r\n\r\n")
}

/// An export of keys that nobody wants, and some that matter.
pub(super) fn ordinary_registry(out: &mut Out<'_>) -> io::Result<()> {
    reg_head(out)?;
    out.units = 4;
    (0..60_000).try_for_each(|number| {
        out.units += 5;
        write!(
            out,
            "[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\Service{number}]\r\n\
             \"Type\"=dword:00000020\r\n\"ImagePath\"=hex(2):25,00,53,00,79,00,73,00,74,00,65,00,\\\r\n  \
             6d,00,52,00,6f,00,6f,00,74,00,25,00,00,00\r\n\r\n"
        )
    })
}

fn reg_line(out: &mut Out<'_>) -> io::Result<()> {
    let megabytes = if out.all { 1_000 } else { 400 };
    reg_head(out)?;
    out.write_all(b"\"A\"=\"")?;
    out.repeat(&[b'x'; 1 << 20], megabytes)
}

fn reg_keys(out: &mut Out<'_>) -> io::Result<()> {
    reg_head(out)?;
    (0..1_000_000).try_for_each(|number| {
        out.units += 3;
        write!(
            out,
            "[{SCHANNEL}\\Protocols\\TLS {number}\\Client]\r\n\"Enabled\"=dword:00000001\r\n\r\n"
        )
    })
}

fn reg_values(out: &mut Out<'_>) -> io::Result<()> {
    reg_head(out)?;
    write!(out, "[{SCHANNEL}]\r\n")?;
    (0..1_000_000).try_for_each(|number| {
        out.units += 1;
        write!(out, "\"Value{number}\"=dword:00000001\r\n")
    })
}

fn reg_deletes(out: &mut Out<'_>) -> io::Result<()> {
    reg_head(out)?;
    for number in 0..4_000 {
        write!(out, "[{SCHANNEL}\\Kept {number}]\r\n")?;
    }
    (0..1_000_000).try_for_each(|number| {
        out.units += 1;
        write!(out, "[-{SCHANNEL}\\Key {number}]\r\n")
    })
}

fn reg_sets(out: &mut Out<'_>) -> io::Result<()> {
    reg_head(out)?;
    (0..1_000_000).try_for_each(|number| {
        out.units += 2;
        let set = format!("ControlSet{:03}", number % 900 + 1);
        let path = SCHANNEL.replace("CurrentControlSet", &set);
        write!(out, "[{path}\\Key {number}]\r\n\"Enabled\"=dword:00000001\r\n")
    })
}

fn reg_large(out: &mut Out<'_>) -> io::Result<()> {
    let value = "x".repeat(60_000);
    reg_head(out)?;
    (0..4_000).try_for_each(|number| {
        out.units += 2;
        write!(out, "[{SCHANNEL}\\Key {number}]\r\n\"Value\"=\"{value}\"\r\n")
    })
}

fn reg_goes_on(out: &mut Out<'_>) -> io::Result<()> {
    reg_head(out)?;
    write!(out, "[{SCHANNEL}]\r\n\"Value\"=hex:")?;
    out.units = 4_000_000;
    out.repeat(b"00,01,02,03,04,05,06,\\\r\n  ", 4_000_000)
}

/// The cells of a hive; what the published descriptions of the format say, and no more.
struct Cells(Vec<u8>);

const NOWHERE: u32 = u32::MAX;
/// No keys, or no values.
const NONE: (u32, u32) = (0, NOWHERE);

impl Cells {
    fn new() -> Self {
        Self(Vec::new())
    }

    /// Where the next cell will be.
    fn next(&self) -> u32 {
        32 + self.0.len() as u32
    }

    fn add(&mut self, data: &[u8]) -> u32 {
        let at = self.next();
        let size = (4 + data.len()).next_multiple_of(8);
        self.0.extend((-(size as i32)).to_le_bytes());
        self.0.extend_from_slice(data);
        self.0.resize(at as usize - 32 + size, 0);
        at
    }

    fn key(&mut self, name: &str, keys: (u32, u32), values: (u32, u32)) -> u32 {
        let mut cell = vec![0; 76];
        cell[..4].copy_from_slice(b"nk\x20\0");
        for (at, word) in
            [(20, keys.0), (28, keys.1), (32, NOWHERE), (36, values.0), (40, values.1)]
        {
            cell[at..at + 4].copy_from_slice(&word.to_le_bytes());
        }
        cell[72..74].copy_from_slice(&(name.len() as u16).to_le_bytes());
        cell.extend_from_slice(name.as_bytes());
        self.add(&cell)
    }

    fn list(&mut self, kind: &[u8; 2], offsets: &[u32]) -> u32 {
        let mut cell = kind.to_vec();
        cell.extend((offsets.len() as u16).to_le_bytes());
        cell.extend(offsets.iter().flat_map(|offset| offset.to_le_bytes()));
        self.add(&cell)
    }

    /// Lists of at most 1000 keys each, in a list of lists.
    fn keys(&mut self, offsets: &[u32]) -> (u32, u32) {
        let lists: Vec<u32> = offsets.chunks(1_000).map(|part| self.list(b"li", part)).collect();
        (offsets.len() as u32, self.list(b"ri", &lists))
    }

    /// The way from the root to a key that is wanted, with these keys in it, and one that is not.
    fn wanted(&mut self, keys: (u32, u32), services: (u32, u32)) -> u32 {
        let mut key = self.key("SCHANNEL", keys, NONE);
        for name in ["SecurityProviders", "Control"] {
            let list = self.list(b"li", &[key]);
            key = self.key(name, (1, list), NONE);
        }
        let services = self.key("Services", services, NONE);
        let list = self.list(b"li", &[key, services]);
        let set = self.key("ControlSet001", (2, list), NONE);
        let list = self.list(b"li", &[set]);
        self.key("ROOT", (1, list), NONE)
    }

    fn write(self, root: u32, out: &mut Out<'_>) -> io::Result<()> {
        let size = (32 + self.0.len()).next_multiple_of(4096);
        let mut base = vec![0; 4096];
        base[..4].copy_from_slice(b"regf");
        for (at, word) in
            [(4, 1), (8, 1), (20, 1), (24, 5), (32, 1), (36, root), (40, size as u32), (44, 1)]
        {
            base[at..at + 4].copy_from_slice(&u32::to_le_bytes(word));
        }
        let words = base[..508]
            .chunks(4)
            .map(|word| u32::from_le_bytes([word[0], word[1], word[2], word[3]]));
        let sum = words.fold(0, |sum, word| sum ^ word);
        base[508..512].copy_from_slice(&sum.to_le_bytes());
        out.write_all(&base)?;
        let mut bin = vec![0; 32];
        bin[..4].copy_from_slice(b"hbin");
        bin[8..12].copy_from_slice(&(size as u32).to_le_bytes());
        out.write_all(&bin)?;
        out.write_all(&self.0)?;
        out.write_all(&vec![0; size - 32 - self.0.len()])
    }
}

/// A hive of 20 000 keys, most of which nobody wants.
pub(super) fn ordinary_hive(out: &mut Out<'_>) -> io::Result<()> {
    many_keys(out, 20_000)
}

fn many_keys(out: &mut Out<'_>, count: u32) -> io::Result<()> {
    let mut cells = Cells::new();
    let value = cells.add(b"vk\0\0\x04\0\0\x80\x01\0\0\0\x04\0\0\0\x01\0\0\0");
    let values = cells.add(&value.to_le_bytes());
    let offsets: Vec<u32> =
        (0..count).map(|number| cells.key(&format!("Key{number}"), NONE, (1, values))).collect();
    let list = cells.list(b"li", &offsets[..1]);
    let services = cells.keys(&offsets);
    let root = cells.wanted((1, list), services);
    out.units = u64::from(count);
    cells.write(root, out)
}

fn hive_keys(out: &mut Out<'_>) -> io::Result<()> {
    many_keys(out, 1_000_000)
}

fn hive_circle(out: &mut Out<'_>) -> io::Result<()> {
    let mut cells = Cells::new();
    // The key lists itself, a thousand times, under a name that is wanted at every depth.
    let list = cells.next();
    let key = list + (4 + 4 + 1_000 * 4_u32).next_multiple_of(8);
    cells.list(b"li", &[key; 1_000]);
    let key = cells.key("Protocols", (1_000, list), NONE);
    let keys = cells.list(b"li", &[key]);
    let root = cells.wanted((1, keys), NONE);
    out.units = 1_000;
    cells.write(root, out)
}

fn hive_fan(out: &mut Out<'_>) -> io::Result<()> {
    let mut cells = Cells::new();
    let mut keys = NONE;
    for name in ["d", "Client", "TLS 1.2", "Protocols"] {
        let key = cells.key(name, keys, NONE);
        let list = cells.list(b"li", &[key; 60_000]);
        let lists = cells.list(b"ri", &[list; 60_000]);
        keys = (u32::MAX, lists);
    }
    let root = cells.wanted(keys, NONE);
    out.units = 4 * 120_000;
    cells.write(root, out)
}

fn hive_values(out: &mut Out<'_>) -> io::Result<()> {
    let mut cells = Cells::new();
    let data = cells.add(&vec![b'x'; 16_000]);
    let mut value = b"vk\x01\0".to_vec();
    value.extend([16_000, data, 1].iter().flat_map(|word: &u32| word.to_le_bytes()));
    value.extend([1, 0, 0, 0, b'v']);
    let value = cells.add(&value);
    let values = cells.add(&value.to_le_bytes().repeat(1_000_000));
    let protocols: Vec<u32> = (0..1_000)
        .map(|number| {
            let client = cells.key("Client", NONE, (1_000_000, values));
            let list = cells.list(b"li", &[client]);
            cells.key(&format!("TLS 1.{number}"), (1, list), NONE)
        })
        .collect();
    let keys = cells.keys(&protocols);
    let key = cells.key("Protocols", keys, NONE);
    let list = cells.list(b"li", &[key]);
    let root = cells.wanted((1, list), NONE);
    out.units = 1_000_000;
    cells.write(root, out)
}

const EVENT: &str = "<Event xmlns=\"http://schemas.microsoft.com/win/2004/08/events/event\"><System>\
     <Provider Name=\"Schannel\" Guid=\"{1f678132-5938-4686-9fdc-c8ff68f15c85}\"/><EventID>36887</EventID>\
     <Level>2</Level><TimeCreated SystemTime=\"2026-11-22T10:00:00.000Z\"/><EventRecordID>17</EventRecordID>\
     <Channel>System</Channel><Computer>WEB01</Computer></System><EventData>\
     <Data Name=\"AlertDesc\">48</Data></EventData></Event>\n";

/// An event of SChannel in front and behind.
fn among(out: &mut Out<'_>, flood: impl FnOnce(&mut Out<'_>) -> io::Result<()>) -> io::Result<()> {
    out.write_all(EVENT.as_bytes())?;
    flood(out)?;
    out.write_all(b"\n")?;
    out.write_all(EVENT.as_bytes())
}

fn xml_deep(out: &mut Out<'_>) -> io::Result<()> {
    let (front, behind) = EVENT.trim_end().split_at(EVENT.find("<EventData>").unwrap_or(0));
    among(out, |out| {
        out.write_all(front.as_bytes())?;
        out.repeat(b"<Data>", 1_000_000)?;
        out.write_all(behind.as_bytes())
    })
}

fn xml_endless(out: &mut Out<'_>) -> io::Result<()> {
    let (front, behind) = EVENT.trim_end().split_at(EVENT.find("<EventData>").unwrap_or(0));
    among(out, |out| {
        out.write_all(front.as_bytes())?;
        out.repeat(b"<Data Name=\"More\">and more</Data>\n", 6_000_000)?;
        out.write_all(behind.as_bytes())
    })
}

fn xml_many(out: &mut Out<'_>) -> io::Result<()> {
    among(out, |out| {
        (0..1_000_000).try_for_each(|number| {
            out.units += 1;
            let event =
                EVENT.replacen("17</EventRecordID>", &format!("{number}</EventRecordID>"), 1);
            out.write_all(event.as_bytes())
        })
    })
}

fn listing(out: &mut Out<'_>) -> io::Result<()> {
    among(out, |out| {
        out.write_all(b"TimeCreated  : 11/22/2026 10:00:00 AM\nProviderName : Schannel\nId           : 36887\nMessage      : ")?;
        out.repeat(b"A fatal alert was received from the remote endpoint. The TLS protocol defined fatal alert code is 48.\n               ", 2_000_000)
    })
}

fn viewer_csv(out: &mut Out<'_>) -> io::Result<()> {
    out.write_all(b"Level,Date and Time,Source,Event ID,Task Category\r\n")?;
    out.write_all(b"Error,11/22/2026 10:00:00 AM,Schannel,36887,None,\"A fatal alert was received from the remote endpoint. The TLS protocol defined fatal alert code is 48.\"\r\n")?;
    out.write_all(b"Error,11/22/2026 10:00:00 AM,Schannel,36887,None,\"A fatal alert")?;
    out.repeat(b"was received, or so it is said,\r\n", 6_000_000)
}
