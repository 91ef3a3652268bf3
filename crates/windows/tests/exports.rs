//! The same records in every form that people have instead of an event log: each form gives what it
//! has of them, and windows of any size give the same.

#![allow(clippy::disallowed_methods, clippy::panic, clippy::unwrap_used)] // Tests read files.

use std::fs;
use std::path::PathBuf;

use logs::{Decoder, Encoding, More, Stamp};
use serde_json::Value as Json;
use tlswhy_windows::{Exports, Record, Value};

/// What a form has of a record.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Has {
    /// Every field.
    Fields,
    /// Every field, but those in bytes and what is behind the fourth value.
    FourValues,
    /// What its text says.
    Text,
}

/// What each form of the corpus has: its fields, and whether it has the machine, the record's number
/// and the process; and its clock, in hours east of UTC.
const FORMS: &[(&str, Has, [bool; 3], i64)] = &[
    ("copied-french.txt", Has::Text, [true, false, false], 1),
    ("copied-german.txt", Has::Text, [true, false, false], 1),
    ("copied-japanese.txt", Has::Text, [true, false, false], 1),
    ("copied-with-xml.txt", Has::Fields, [true, true, true], 0),
    ("copied.txt", Has::Text, [true, false, false], 1),
    ("evtx_dump.json", Has::Fields, [true, true, true], 0),
    ("evtx_dump.jsonl", Has::Fields, [true, true, true], 0),
    ("evtxecmd.csv", Has::Fields, [true, true, true], 0),
    ("get-eventlog.csv", Has::Text, [true, true, false], 1),
    ("get-eventlog.txt", Has::FourValues, [false, true, false], 1),
    ("get-winevent-7.json", Has::Fields, [true, true, true], 0),
    ("get-winevent-shallow.json", Has::Text, [true, true, true], 0),
    ("get-winevent.csv", Has::Text, [true, true, true], 1),
    ("get-winevent.json", Has::Fields, [true, true, true], 0),
    ("get-winevent.txt", Has::Text, [false, false, false], 1),
    ("nxlog-ietf.log", Has::Fields, [true, true, true], 0),
    ("nxlog.json", Has::Fields, [true, true, true], 1),
    ("snare-011.log", Has::Text, [true, true, false], 1),
    ("snare.log", Has::Text, [true, true, false], 1),
    ("viewer-2008.csv", Has::Text, [false, false, false], 1),
    ("viewer-2012.csv", Has::Text, [false, false, false], 1),
    ("viewer-german.csv", Has::Text, [false, false, false], 1),
    ("viewer-german.txt", Has::Text, [false, false, false], 1),
    ("viewer-german.xml", Has::Fields, [true, true, true], 0),
    ("viewer.csv", Has::Text, [false, false, false], 1),
    ("viewer.txt", Has::Text, [false, false, false], 1),
    ("viewer.xml", Has::Fields, [true, true, true], 0),
    ("wazuh.json", Has::Fields, [true, true, true], 0),
    ("wevtutil-powershell.xml", Has::Fields, [true, true, true], 0),
    ("wevtutil-rendered.xml", Has::Fields, [true, true, true], 0),
    ("wevtutil.txt", Has::Text, [true, false, false], 1),
    ("wevtutil.xml", Has::Fields, [true, true, true], 0),
    ("winlogbeat-7.ndjson", Has::Fields, [true, true, true], 0),
    ("winlogbeat-8.ndjson", Has::Fields, [true, true, true], 0),
];

/// Fields that a text says of an event, where the truth has them.
const OF_TEXTS: &[(u64, &[&str])] = &[
    (36870, &["Type", "ErrorCode", "ErrorStatus"]),
    (36871, &["Type", "ErrorState", "CallerProcessId", "CallerProcessImageName"]),
    (36874, &["Protocol"]),
    (36880, &["Type", "Protocol", "CipherSuite", "ExchangeStrength"]),
    (36884, &["Name"]),
    (36887, &["AlertDesc"]),
    (36888, &["AlertDesc"]),
];

fn folder() -> PathBuf {
    PathBuf::from("../../corpus/events/exchange/forms")
}

/// A text as UTF-8.
fn text(name: &str) -> Vec<u8> {
    let bytes = fs::read(folder().join(name)).unwrap();
    let mut decoder = Decoder::new(Encoding::of(&bytes));
    let mut text = Vec::new();
    decoder.decode(&bytes, &mut text);
    decoder.finish(&mut text);
    text
}

fn truth() -> Vec<Json> {
    let truth: Json =
        serde_json::from_slice(&fs::read(folder().join("truth.json")).unwrap()).unwrap();
    truth["events"].as_array().unwrap().clone()
}

/// The records of a text, in windows of so many bytes.
fn records(text: &[u8], step: usize) -> (Vec<Record>, Vec<std::ops::Range<u64>>) {
    let mut exports = Exports::new();
    let (mut start, mut end) = (0, 0);
    let (mut records, mut lines) = (Vec::new(), Vec::new());
    while end < text.len() {
        end = (end + step).min(text.len());
        let more = if end == text.len() { More::Over } else { More::Coming };
        start += exports.window(&text[start..end], more);
        while let Some(record) = exports.record() {
            records.push(record);
            lines.push(exports.lines());
        }
    }
    let problems: Vec<_> = std::iter::from_fn(|| exports.problem()).collect();
    assert_eq!(problems, []);
    (records, lines)
}

/// Every form gives the records of the log, with what it has of each.
#[test]
fn every_form_gives_its_records() {
    let truth = truth();
    for (name, has, [computer, number, process], hours) in FORMS {
        let (records, _) = records(&text(name), usize::MAX >> 1);
        assert_eq!(records.len(), truth.len(), "{name}");
        for (record, truth) in records.iter().zip(&truth) {
            let id = truth["id"].as_u64().unwrap();
            let about = format!("{name}, record {} of {id}: {record:?}", truth["number"]);
            assert_eq!(u64::from(record.id), id, "{about}");
            assert_eq!(record.provider, "Schannel", "{about}");
            let known = |has: bool, value: Option<u64>| if has { value } else { None };
            assert_eq!(record.number, known(*number, truth["number"].as_u64()), "{about}");
            let told = |value: Option<u32>| value.map(u64::from);
            assert_eq!(told(record.process), known(*process, truth["process"].as_u64()), "{about}");
            if *process && *name != "nxlog-ietf.log" {
                assert_eq!(told(record.thread), truth["thread"].as_u64(), "{about}");
            }
            let machine = computer.then_some("EXCH01.contoso.example");
            assert_eq!(record.computer.as_deref(), machine, "{about}");
            time(record, &truth["time"], *hours, &about);
            fields(record, truth, *has, &about);
        }
    }
}

/// Windows of any size give the same records and the same lines.
#[test]
fn windows_change_nothing() {
    for (name, ..) in FORMS {
        let text = text(name);
        let whole = records(&text, text.len());
        for step in [97, 1009, 4096] {
            assert_eq!(records(&text, step), whole, "{name} in windows of {step}");
        }
        let lines = text.iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
        for (record, covered) in whole.0.iter().zip(&whole.1) {
            assert_eq!(record.place.line, covered.start, "{name}");
            assert!(!covered.is_empty() && covered.end <= lines + 1, "{name}: {covered:?}");
        }
        for pair in whole.1.windows(2) {
            assert!(pair[0].start <= pair[1].start, "{name}: {pair:?}");
        }
    }
}

/// The whole seconds of a time, on the clock of the form.
fn time(record: &Record, truth: &Json, hours: i64, about: &str) {
    let second = 1_000_000_000;
    let truth = Stamp::of_field(truth.as_str().unwrap().as_bytes(), None).unwrap();
    let time = record.time.unwrap_or_else(|| panic!("no time: {about}"));
    let truth = truth.nanoseconds / second + hours * 3600;
    assert_eq!(time.nanoseconds / second, truth, "{about}");
    assert!(hours == 0 || !time.zone, "{about}");
}

fn fields(record: &Record, truth: &Json, has: Has, about: &str) {
    let id = truth["id"].as_u64().unwrap();
    for (place, (name, value)) in truth["fields"].as_object().unwrap().iter().enumerate() {
        let value = value.as_str().unwrap();
        let is_bytes = value.contains(" bytes, SHA-1 ");
        match has {
            Has::Fields if is_bytes => {
                let length: usize = value.split(' ').next().unwrap().parse().unwrap();
                let bytes = record.bytes(name).unwrap_or_else(|| panic!("{name}: {about}"));
                assert_eq!(bytes.len(), length, "{about}");
            }
            // Some forms leave out what is empty.
            Has::Fields if value.is_empty() => {
                assert!(record.text(name).unwrap_or_default().is_empty(), "{name}: {about}");
            }
            Has::Fields => {
                let told = record.text(name).unwrap_or_else(|| panic!("{name}: {about}"));
                assert!(same(told, value), "{name} is {value}: {about}");
            }
            Has::FourValues if place < 4 && !is_bytes => {
                let told = record.text(name).unwrap_or_else(|| panic!("{name}: {about}"));
                assert!(same(told, value), "{name} is {value}: {about}");
            }
            Has::Text => {
                let known = OF_TEXTS.iter().find(|(known, _)| *known == id);
                if known.is_some_and(|(_, names)| names.contains(&name.as_str())) {
                    let told = record.text(name).unwrap_or_else(|| panic!("{name}: {about}"));
                    assert!(same(told, value), "{name} is {value}: {about}");
                }
            }
            Has::FourValues => {}
        }
    }
    // What the event does not tell is not made up.
    for field in &record.fields {
        let name = field.name.as_deref().unwrap_or_else(|| panic!("no name: {about}"));
        let known = truth["fields"].as_object().unwrap();
        let is_known = known.keys().any(|known| known.eq_ignore_ascii_case(name));
        assert!(
            is_known || matches!(field.value, Value::Text(ref text) if text.is_empty()),
            "{name}: {about}"
        );
    }
}

/// Values that mean the same: numbers in both ways of writing.
fn same(told: &str, truth: &str) -> bool {
    let number = |text: &str| match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    };
    told.eq_ignore_ascii_case(truth) || (number(told).is_some() && number(told) == number(truth))
}
