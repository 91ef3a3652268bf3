//! Event logs that are damaged, cut or made up to be hard to read: what is there is read, what is
//! not is named by its place and its record, and nothing costs more than the file is long.
#![allow(missing_docs, clippy::disallowed_methods, clippy::unwrap_used)]

use std::fs;

use logs::More;
use tlswhy_windows::{Counts, Evtx, Problem, Record};

const FILE_HEAD: usize = 4096;
const CHUNK: usize = 65_536;
const HEAD: usize = 512;

/// A log of two chunks, as the lab built it.
fn log() -> Vec<u8> {
    fs::read("../../corpus/events/exchange/System.evtx").unwrap()
}

/// What is read of a log: all of its records, what is wrong in it, and what was counted.
fn read(bytes: &[u8]) -> (Vec<Record>, Vec<Problem>, Counts) {
    let mut evtx = Evtx::new().everything();
    let (mut records, mut problems, mut at) = (Vec::new(), Vec::new(), 0);
    loop {
        let done = evtx.window(&bytes[at..], More::Over);
        records.extend(std::iter::from_fn(|| evtx.record()));
        problems.extend(std::iter::from_fn(|| evtx.problem()));
        at += done;
        if done == 0 {
            assert_eq!(at, bytes.len(), "not all of it was read");
            return (records, problems, evtx.counts());
        }
    }
}

/// Where the records of a log begin.
fn places(bytes: &[u8]) -> Vec<usize> {
    let (records, problems, _) = read(bytes);
    assert_eq!(problems, [], "the log is whole");
    records.iter().map(|record| usize::try_from(record.place.offset).unwrap()).collect()
}

fn put(bytes: &mut [u8], at: usize, value: &[u8]) {
    bytes[at..at + value.len()].copy_from_slice(value);
}

fn length(bytes: &[u8], at: usize) -> usize {
    u32::from_le_bytes(bytes[at + 4..at + 8].try_into().unwrap()) as usize
}

/// Gives a chunk the checksums that it has now.
fn seal(bytes: &mut [u8], chunk: usize) {
    let free = u32::from_le_bytes(bytes[chunk + 48..chunk + 52].try_into().unwrap()) as usize;
    let records = crc32fast::hash(&bytes[chunk + HEAD..chunk + free]);
    put(bytes, chunk + 52, &records.to_le_bytes());
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&bytes[chunk..chunk + 120]);
    hasher.update(&bytes[chunk + 128..chunk + HEAD]);
    put(bytes, chunk + 124, &hasher.finalize().to_le_bytes());
}

/// A chunk with records of these tokens, numbered from 1.
fn chunk(records: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = vec![0; HEAD];
    for (number, tokens) in (1_u64..).zip(records) {
        let length = u32::try_from(28 + tokens.len()).unwrap().to_le_bytes();
        bytes.extend_from_slice(b"**\0\0");
        bytes.extend_from_slice(&length);
        bytes.extend_from_slice(&number.to_le_bytes());
        bytes.extend_from_slice(&132_000_000_000_000_000_u64.to_le_bytes());
        bytes.extend_from_slice(tokens);
        bytes.extend_from_slice(&length);
    }
    let free = u32::try_from(bytes.len()).unwrap();
    bytes.resize(CHUNK, 0);
    put(&mut bytes, 0, b"ElfChnk\0");
    put(&mut bytes, 24, &1_u64.to_le_bytes());
    put(&mut bytes, 32, &(records.len() as u64).to_le_bytes());
    put(&mut bytes, 48, &free.to_le_bytes());
    seal(&mut bytes, 0);
    bytes
}

/// Where the tokens of the first record of a chunk begin.
const TOKENS: usize = HEAD + 24;

/// The tokens of a template that is defined at this place, with what defines it, and its values:
/// kinds and bytes.
fn instance(at: usize, definition: Option<&[u8]>, values: &[(u8, &[u8])]) -> Vec<u8> {
    let mut tokens = vec![0x0c, 1, 7, 0, 0, 0];
    tokens.extend(u32::try_from(at).unwrap().to_le_bytes());
    if let Some(definition) = definition {
        tokens.extend([0; 20]);
        tokens.extend(u32::try_from(definition.len()).unwrap().to_le_bytes());
        tokens.extend_from_slice(definition);
    }
    tokens.extend(u32::try_from(values.len()).unwrap().to_le_bytes());
    for (kind, value) in values {
        tokens.extend(u16::try_from(value.len()).unwrap().to_le_bytes());
        tokens.extend([*kind, 0]);
    }
    values.iter().for_each(|(_, value)| tokens.extend_from_slice(value));
    tokens
}

/// An element of a definition that begins at this place, with a name that stands there.
fn open(at: usize, name: &str) -> Vec<u8> {
    let mut tokens = vec![0x01, 0xff, 0xff, 0, 0, 0, 0];
    tokens.extend(u32::try_from(at + 11).unwrap().to_le_bytes());
    tokens.extend([0; 6]);
    tokens.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
    tokens.extend(name.encode_utf16().flat_map(u16::to_le_bytes));
    tokens.extend([0, 0, 0x02]);
    tokens
}

/// The tokens of `<Event><EventData><Data>...` in a definition at this place, up to the gaps.
fn event(definition: usize) -> Vec<u8> {
    let mut tokens = Vec::new();
    for name in ["Event", "EventData", "Data"] {
        tokens.extend(open(definition + 24 + tokens.len(), name));
    }
    tokens
}

/// However a log is cut, the records that are whole are read, and the cut is told.
#[test]
fn a_cut_log_is_read_up_to_the_cut() {
    let log = log();
    let places = places(&log);
    let (whole, ..) = read(&log);
    for cut in (0..log.len()).step_by(997) {
        let (records, problems, _) = read(&log[..cut]);
        let ends = places.iter().filter(|at| **at + length(&log, **at) <= cut).count();
        assert_eq!(records[..ends], whole[..ends], "cut at {cut}");
        assert!(records.len() <= ends + 1, "cut at {cut}");
        assert!(cut == 0 || cut == FILE_HEAD + CHUNK || !problems.is_empty(), "cut at {cut}");
        let inside = |problem: &Problem| problem.offset <= cut as u64;
        assert!(problems.iter().all(inside), "cut at {cut}: {problems:?}");
    }
}

/// A wrong checksum is told with its chunk, and hides nothing.
#[test]
fn a_wrong_checksum_is_told() {
    let whole = log();
    let (records, ..) = read(&whole);
    let second = FILE_HEAD + CHUNK;
    for (at, offset, what) in [
        (100, 0, "the head of the file has a wrong checksum"),
        (second + 60, second, "a chunk whose head has a wrong checksum"),
        (second + 52, second, "a chunk whose head has a wrong checksum"),
    ] {
        let mut log = whole.clone();
        log[at] ^= 0x40;
        let (found, problems, _) = read(&log);
        assert_eq!(found, records);
        let expected = Problem { offset: offset as u64, record: None, what: what.into() };
        assert_eq!(problems, [expected]);
    }
    // The last byte of a record is part of its length: a byte of its time is not.
    let mut log = whole.clone();
    log[second + HEAD + 16] ^= 1;
    let (found, problems, _) = read(&log);
    assert_eq!(found.len(), records.len());
    assert_eq!(problems[0].what, "a chunk whose records have a wrong checksum");
    assert_eq!(problems[0].offset, second as u64);
}

/// A record whose length lies takes no other with it, and is named.
#[test]
fn a_length_that_lies_is_told() {
    let whole = log();
    let places = places(&whole);
    let (records, ..) = read(&whole);
    let at = places[3];
    let right = u32::try_from(length(&whole, at)).unwrap();
    for lie in [0, 8, 27, right - 8, right + 8, 65_000, 70_000, u32::MAX] {
        let mut log = whole.clone();
        put(&mut log, at + 4, &lie.to_le_bytes());
        seal(&mut log, FILE_HEAD);
        let (found, problems, counts) = read(&log);
        assert_eq!(found, records, "length {lie}");
        assert_eq!(counts.records, records.len() as u64, "length {lie}");
        let [problem] = &problems[..] else { panic!("length {lie}: {problems:?}") };
        assert_eq!(
            (problem.offset, problem.record),
            (at as u64, records[3].number),
            "length {lie}"
        );
    }
}

/// Where a record does not begin as records do, the next one is found.
#[test]
fn behind_damage_the_next_record_is_found() {
    let whole = log();
    let places = places(&whole);
    let (mut records, ..) = read(&whole);
    let missing = format!("record {} is missing in front of it", records[5].number.unwrap());
    let mut log = whole;
    put(&mut log, places[5], b"\xde\xad\xbe\xef");
    let (found, problems, _) = read(&log);
    records.remove(5);
    assert_eq!(found, records);
    let told: Vec<_> = problems.iter().map(|it| (it.offset, it.what.as_str())).collect();
    let expected = [
        (FILE_HEAD as u64, "a chunk whose records have a wrong checksum"),
        (places[5] as u64, "no record where one should begin"),
        (places[6] as u64, &missing[..]),
    ];
    assert_eq!(told, expected);
}

/// Chunks are found where they are: behind bytes that are none, behind a hole, and without a file.
#[test]
fn chunks_are_found_where_they_are() {
    let whole = log();
    let (records, ..) = read(&whole);
    let second = FILE_HEAD + CHUNK;
    let texts = |records: &[Record]| -> Vec<_> {
        records.iter().map(|it| (it.number, it.id, it.fields.clone())).collect()
    };

    let junk = [&whole[..second], &[7; 1234], &whole[second..]].concat();
    let (found, problems, _) = read(&junk);
    assert_eq!(texts(&found), texts(&records));
    let told = Problem {
        offset: second as u64,
        record: None,
        what: "1234 bytes that are no chunk of an event log".into(),
    };
    assert_eq!(problems, [told]);

    let hole = [&whole[..second], &[0; 2 * CHUNK], &whole[second..]].concat();
    let (found, problems, _) = read(&hole);
    assert_eq!((texts(&found), problems), (texts(&records), vec![]));

    let carved = &whole[FILE_HEAD..];
    assert!(Evtx::is(carved));
    let (found, problems, _) = read(carved);
    assert_eq!((texts(&found), problems), (texts(&records), vec![]));

    // A thousand bytes of the first chunk are lost: the second is where it is.
    let lost = [&whole[..second - 30_000], &whole[second - 29_000..]].concat();
    let (found, problems, _) = read(&lost);
    let behind = records.iter().position(|it| it.place.offset >= second as u64).unwrap();
    let (tail, all) = (texts(&records[behind..]), texts(&found));
    assert_eq!(all[all.len() - tail.len()..], tail);
    assert!(problems.iter().any(|it| it.record.is_some()), "{problems:?}");

    // A chunk whose own first bytes are lost.
    let mut headless = whole.clone();
    put(&mut headless, second, b"????");
    let (found, problems, _) = read(&headless);
    assert_eq!(texts(&found), texts(&records));
    assert_eq!(problems[0].what, "a chunk that does not begin as chunks do");
}

/// Room for chunks that are still to come is no damage.
#[test]
fn zeros_are_room() {
    let mut log = log();
    log[FILE_HEAD..].fill(0);
    put(&mut log, 42, &[0, 0]);
    let checksum = crc32fast::hash(&log[..120]);
    put(&mut log, 124, &checksum.to_le_bytes());
    assert_eq!(read(&log), (vec![], vec![], Counts::default()));
}

/// What the head of a file counts is compared, unless the log was open when it was copied.
#[test]
fn a_wrong_count_of_chunks_is_told() {
    let mut log = log();
    let (records, ..) = read(&log);
    put(&mut log, 42, &[9, 0]);
    let checksum = crc32fast::hash(&log[..120]);
    put(&mut log, 124, &checksum.to_le_bytes());
    let (found, problems, _) = read(&log);
    assert_eq!(found, records);
    assert_eq!(problems[0].what, "the head of the file counts 9 chunks, and 2 are there");
    log[120] |= 1;
    let (found, problems, counts) = read(&log);
    assert_eq!((found, problems, counts.dirty), (records, vec![], true));
}

/// Records that are missing are told, between chunks and inside of one.
#[test]
fn missing_records_are_told() {
    let whole = log();
    let (records, ..) = read(&whole);
    let places = places(&whole);
    let behind =
        records.iter().position(|it| it.place.offset > (FILE_HEAD + CHUNK) as u64).unwrap();
    for index in [4, behind] {
        let mut log = whole.clone();
        // The number of this record and of all behind it in its chunk.
        let end = if index < behind { behind } else { places.len() };
        for at in &places[index..end] {
            log[at + 8 + 2] += 1;
        }
        let (found, problems, _) = read(&log);
        assert_eq!(found.len(), records.len());
        let number = records[index].number.unwrap() + 0x1_0000;
        let told = problems.iter().find(|it| it.record == Some(number));
        assert_eq!(told.map(|it| it.offset), Some(places[index] as u64), "{problems:?}");
    }
}

/// A template that is not inside of its chunk, or whose names are not, costs its record alone.
#[test]
fn templates_outside_are_told() {
    for place in [0xffff_fff0_usize, 65_530, 70_000, 0] {
        let good = instance(TOKENS + 10, Some(&event(TOKENS + 10)), &[]);
        let again = instance(TOKENS + 10, None, &[]);
        let bad = instance(place, None, &[(1, b"x\0")]);
        let (records, problems, _) = read(&chunk(&[good, bad, again]));
        assert_eq!(records.len(), 3);
        assert_eq!(records[0].fields.len(), 1);
        assert_eq!(records[2].fields.len(), 1);
        if place > 0 {
            assert_eq!(problems[0].record, Some(2), "{problems:?}");
            assert_eq!(problems[0].what, "a template that is not inside of its chunk");
        }
    }
}

/// Values that are empty, or shorter than their kind, are read as what they are.
#[test]
fn values_without_bytes_are_read() {
    let mut definition = event(TOKENS + 10);
    let kinds: Vec<u8> =
        (0..=0x15).chain([0x21, 0x23, 0x81, 0x82, 0x86, 0x8f, 0x95, 0xff]).collect();
    for index in 0..u8::try_from(kinds.len()).unwrap() {
        definition.extend([0x0d, index, 0, kinds[usize::from(index)]]);
    }
    for bytes in [&b""[..], b"\x01"] {
        let values: Vec<(u8, &[u8])> = kinds.iter().map(|kind| (*kind, bytes)).collect();
        let tokens = instance(TOKENS + 10, Some(&definition), &values);
        let (records, _, _) = read(&chunk(&[tokens]));
        assert_eq!(records.len(), 1);
        assert!(!records[0].fields.is_empty());
    }
}

/// A template inside of itself ends, and is told.
#[test]
fn templates_in_themselves_end() {
    // The definition at this place holds nothing but a use of itself.
    let inner = instance(TOKENS + 10, None, &[]);
    let tokens = instance(TOKENS + 10, Some(&inner), &[]);
    let (records, problems, _) = read(&chunk(&[tokens]));
    assert_eq!(records.len(), 1);
    let [problem] = &problems[..] else { panic!("{problems:?}") };
    assert_eq!(problem.record, Some(1));
    assert_eq!(problem.what, "templates too deep inside of one another");

    // And one that uses itself many times.
    let inner: Vec<u8> = (0..200).flat_map(|_| instance(TOKENS + 10, None, &[])).collect();
    let tokens = instance(TOKENS + 10, Some(&inner), &[]);
    let (_, problems, _) = read(&chunk(&[tokens]));
    assert_eq!(problems.len(), 1, "{problems:?}");
}

/// A few bytes that stand for very many are not written out.
#[test]
fn what_blows_up_is_stopped() {
    // Each of a thousand gaps is the same long value, in each of many records.
    let value = "long ".repeat(2000).encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
    let mut definition = event(TOKENS + 10);
    (0..1000).for_each(|_| definition.extend([0x0d, 0, 0, 1]));
    let mut records = vec![instance(TOKENS + 10, Some(&definition), &[(1, &value)])];
    for _ in 0..800 {
        records.push(instance(TOKENS + 10, None, &[]));
    }
    records.push(instance(TOKENS + 10, None, &[(1, &value[..2000])]));
    let (found, problems, counts) = read(&chunk(&records));
    assert_eq!(counts.records, 802);
    let written: usize = found.iter().map(|record| format!("{:?}", record.fields).len()).sum();
    assert!(written < 5 << 20, "{written} bytes of text");
    let what = "templates that blow up far beyond the size of their chunk";
    assert!(problems.iter().any(|it| it.what == what), "{problems:?}");
}

/// A long name that stands for very many fields is not written out for all of them.
#[test]
fn long_names_are_not_repeated_without_end() {
    // `<Data Name="long...">` with an array of four thousand numbers, and the same as an element
    // with as many attributes.
    let name = "n".repeat(20_000);
    let mut definition = event(TOKENS + 10);
    // The start tag of the last element is still open.
    definition.pop();
    let at = TOKENS + 10 + 24 + definition.len();
    definition.push(0x06);
    definition.extend(u32::try_from(at + 5).unwrap().to_le_bytes());
    definition.extend([0, 0, 0, 0, 0, 0, 4, 0]);
    definition.extend("Name".encode_utf16().flat_map(u16::to_le_bytes));
    definition.extend([0, 0, 0x05, 0x01]);
    definition.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
    definition.extend(name.encode_utf16().flat_map(u16::to_le_bytes));
    definition.extend([0x02, 0x0d, 0, 0, 0x84]);
    let numbers = [7; 4000];
    let first = instance(TOKENS + 10, Some(&definition), &[(0x84, &numbers)]);
    let (found, problems, _) = read(&chunk(&[first]));
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].fields[0].name.as_deref(), Some(&name[..]));
    let written: usize =
        found[0].fields.iter().map(|it| it.name.as_ref().map_or(0, String::len)).sum();
    assert!(written < 5 << 20, "{written} bytes of names");
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert_eq!(problems[0].what, "more fields than a record may have");
}

/// Of very many problems the first are told, and the others counted.
#[test]
fn problems_are_bounded() {
    let bad = instance(70_000, None, &[]);
    let chunk = chunk(&vec![bad; 1000]);
    let (records, problems, counts) = read(&chunk.repeat(3));
    assert_eq!(records.len(), 3000);
    assert_eq!(problems.len(), 100);
    assert_eq!(counts.more_problems, 2900);
}

/// Of each damaged log of the corpus every record that can be read is what it is in the good one,
/// and each that cannot is named by its number or its place, unless the file ends in front of it.
#[test]
fn the_damaged_logs_of_the_corpus_are_read() {
    let folder = std::path::Path::new("../../corpus/events/bad");
    let truth: serde_json::Value =
        serde_json::from_slice(&fs::read(folder.join("truth.json")).unwrap()).unwrap();
    let (good, problems, _) = read(&fs::read(folder.join("good.evtx")).unwrap());
    assert_eq!(problems, []);
    let same = |record: &Record| (record.number, record.id, record.time, record.fields.clone());
    let of = |records: &[Record], number: u64| -> Vec<_> {
        records.iter().filter(|record| record.number == Some(number)).map(same).collect()
    };
    let logs = truth.as_object().unwrap().iter();
    for (name, truth) in logs.filter(|(_, truth)| truth.is_object()) {
        let bytes = fs::read(folder.join(name)).unwrap();
        let (records, problems, counts) = read(&bytes);
        for number in truth["readable"].as_array().unwrap() {
            let number = number.as_u64().unwrap();
            assert_eq!(of(&records, number), of(&good, number), "{name}: record {number}");
        }
        for lost in truth["lost"].as_array().unwrap() {
            let (number, offset) = (lost["number"].as_u64().unwrap(), lost["offset"].as_u64());
            let missing = offset >= Some(bytes.len() as u64);
            let read = of(&records, number) == of(&good, number);
            let told = |it: &Problem| it.record == Some(number) || Some(it.offset) == offset;
            let named = problems.iter().any(told);
            assert!(missing || read || named, "{name}: {number} in {problems:?}");
        }
        assert_eq!(counts.more_problems, 0, "{name}");
    }
}
