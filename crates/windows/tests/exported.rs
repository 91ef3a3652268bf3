//! What another reader of event logs writes of them, as XML and as JSON, gives the records that the
//! log itself gives: nested elements, attributes and bytes included.

#![allow(clippy::disallowed_methods, clippy::panic, clippy::unwrap_used)] // Tests read files.

use std::fs;
use std::path::{Path, PathBuf};

use evtx::{EvtxParser, ParserSettings};
use logs::More;
use tlswhy_windows::{Evtx, Exports, Field, Record, Value};

/// The built logs of whole records.
const LOGS: [&str; 10] = [
    "all-schannel/18990.evtx",
    "all-schannel/7600.evtx",
    "all-schannel/callers.evtx",
    "exchange/System.evtx",
    "neighbours/capi2.evtx",
    "neighbours/nps-security.evtx",
    "neighbours/rastls.evtx",
    "neighbours/remote-desktop.evtx",
    "neighbours/security.evtx",
    "neighbours/sysmon.evtx",
];

fn path(name: &str) -> PathBuf {
    Path::new("../../corpus/events").join(name)
}

/// The records of a log.
fn of_log(name: &str) -> Vec<Record> {
    let bytes = fs::read(path(name)).unwrap();
    let mut evtx = Evtx::new();
    let (mut start, mut records) = (0, Vec::new());
    loop {
        let done = evtx.window(&bytes[start..], More::Over);
        records.extend(std::iter::from_fn(|| evtx.record()));
        start += done;
        if done == 0 {
            return records;
        }
    }
}

/// The records of a text.
fn of_text(text: &str) -> Vec<Record> {
    let mut exports = Exports::new();
    exports.window(text.as_bytes(), More::Over);
    let records = std::iter::from_fn(|| exports.record()).collect();
    assert_eq!(exports.problem(), None);
    records
}

/// A field as all forms can write it: bytes are digits, and what is empty may be left out.
fn plain(field: &Field) -> Option<(String, String)> {
    let value = match &field.value {
        Value::Text(text) => text.trim().to_owned(),
        Value::Binary(bytes) => bytes.iter().map(|byte| format!("{byte:02X}")).collect(),
    };
    let name = field.name.clone().unwrap_or_default();
    (!value.is_empty()).then_some((name, value))
}

fn check(form: &str, text: impl Fn(&mut EvtxParser<fs::File>) -> Vec<String>) {
    for name in LOGS {
        let known = of_log(name);
        assert!(!known.is_empty(), "{name}");
        let mut parser = EvtxParser::from_path(path(name))
            .unwrap()
            .with_configuration(ParserSettings::new().num_threads(1));
        let told = of_text(&text(&mut parser).join("\n"));
        assert_eq!(told.len(), known.len(), "{name} as {form}");
        for (told, known) in told.iter().zip(&known) {
            let about = format!("{name} as {form}: {told:?}\n{known:?}");
            let head = |record: &Record| {
                let Record { provider, id, number, channel, computer, .. } = record.clone();
                let time = record.time.map(|time| (time.nanoseconds / 1000, time.zone));
                (provider, id, number, channel, computer, time, record.process, record.thread)
            };
            assert_eq!(head(told), head(known), "{about}");
            let fields =
                |record: &Record| -> Vec<_> { record.fields.iter().filter_map(plain).collect() };
            assert_eq!(fields(told), fields(known), "{about}");
        }
    }
}

/// As XML, one element behind the other.
#[test]
fn as_xml() {
    check("XML", |parser| parser.records().map(|record| record.unwrap().data).collect());
}

/// As JSON, one object on each line.
#[test]
fn as_json() {
    check("JSON", |parser| {
        let records = parser.records_json_value();
        records.map(|record| record.unwrap().data.to_string()).collect()
    });
}
