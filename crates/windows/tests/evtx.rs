//! Event logs as Windows wrote them are read as another reader reads them, whole or in pieces, and
//! nothing that tells of TLS is passed over.
//!
//! Beside those of the corpus they are not ours and not in this repository: without
//! `../shared/captures` beside it the tests say so, and prove less.
#![allow(missing_docs, clippy::disallowed_methods, clippy::print_stdout, clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use evtx::{EvtxParser, ParserSettings};
use logs::More;
use serde_json::Value as Json;
use tlswhy_windows::{Counts, Evtx, Field, Problem, Record, Value};

/// Where they are.
const FILES: &str = "../../../shared/captures/evtx";

/// What was read of a log.
#[derive(Debug, PartialEq)]
struct Log {
    records: Vec<Record>,
    problems: Vec<Problem>,
    counts: Counts,
}

/// Reads a log through windows to which a read adds as many bytes.
fn read(mut evtx: Evtx, bytes: &[u8], step: usize) -> Log {
    let mut log = Log { records: Vec::new(), problems: Vec::new(), counts: Counts::default() };
    let (mut start, mut end) = (0, 0);
    while end < bytes.len() || start < bytes.len() {
        end = (end + step).min(bytes.len());
        let more = if end == bytes.len() { More::Over } else { More::Coming };
        loop {
            let done = evtx.window(&bytes[start..end], more);
            log.records.extend(std::iter::from_fn(|| evtx.record()));
            log.problems.extend(std::iter::from_fn(|| evtx.problem()));
            start += done;
            if done == 0 {
                break;
            }
        }
        assert!(end - start <= Evtx::WINDOW + step, "a window would grow without end");
        if more == More::Over {
            assert_eq!(start, end, "not all of it was read");
            break;
        }
    }
    log.counts = evtx.counts();
    log
}

/// The logs of the corpus, and the public ones that are there.
fn logs() -> Vec<PathBuf> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            match entry.path() {
                path if path.is_dir() => walk(&path, found),
                path if path.extension().is_some_and(|it| it == "evtx") => found.push(path),
                _ => {}
            }
        }
    }
    let mut found = Vec::new();
    walk(Path::new(FILES), &mut found);
    if found.is_empty() {
        println!("without the public logs: {FILES} is not there");
    }
    walk(Path::new("../../corpus/events"), &mut found);
    found
}

/// What the other reader finds, by the number that the record says of itself; nothing of a chunk
/// that has no file around it.
fn oracle(path: &Path) -> BTreeMap<u64, Json> {
    let settings = ParserSettings::default();
    let Ok(parser) = EvtxParser::from_path(path) else { return BTreeMap::new() };
    let mut parser = parser.with_configuration(settings);
    let records = parser.records_json_value().flatten();
    let said = |json: &Json| leaf(&json["Event"]["System"]["EventRecordID"]).parse().ok();
    records.map(|it| (said(&it.data).unwrap_or(it.event_record_id), it.data)).collect()
}

/// A JSON leaf as text.
fn leaf(json: &Json) -> String {
    match json {
        Json::String(text) => text.clone(),
        Json::Null => String::new(),
        other => other.to_string(),
    }
}

/// The fields of an element, in the form that the other reader gives it.
fn fields(name: &str, json: &Json, into: &mut Vec<(String, String)>) {
    let Json::Object(object) = json else {
        return into.push((name.to_owned(), leaf(json).trim().to_owned()));
    };
    let text = object.get("#text").map(leaf).unwrap_or_default();
    into.push((name.to_owned(), text.trim().to_owned()));
    for (attribute, value) in
        object.get("#attributes").and_then(Json::as_object).into_iter().flatten()
    {
        if !attribute.starts_with("xmlns") {
            into.push((format!("{name}.{attribute}"), leaf(value)));
        }
    }
    children(object, into);
}

/// The fields of what is inside of an element. Of several with one name the later ones are numbered.
fn children(object: &serde_json::Map<String, Json>, into: &mut Vec<(String, String)>) {
    for (name, value) in object.iter().filter(|(name, _)| !name.starts_with('#')) {
        let plain = name
            .rsplit_once('_')
            .filter(|(plain, number)| number.parse::<u32>().is_ok() && object.contains_key(*plain));
        fields(plain.map_or(name, |(plain, _)| plain), value, into);
    }
}

/// The fields of a record, in the form that the other reader gives it.
fn expected(event: &Json) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for container in ["EventData", "ProcessingErrorData", "DebugData", "BinaryEventData"] {
        let Some(object) = event[container].as_object() else { continue };
        if let Some(data) = object.get("Data") {
            match &data["#text"] {
                Json::Array(texts) => {
                    found
                        .extend(texts.iter().map(|text| (String::new(), leaf(text).trim().into())));
                }
                _ => fields("", data, &mut found),
            }
        }
        let mut object = object.clone();
        object.remove("Data");
        children(&object, &mut found);
    }
    for inner in event["UserData"].as_object().into_iter().flat_map(|it| it.values()) {
        inner.as_object().into_iter().for_each(|inner| children(inner, &mut found));
    }
    found
}

/// A field as names and texts.
fn plain(field: &Field) -> (String, String) {
    let text = match &field.value {
        Value::Text(text) => text.clone(),
        Value::Binary(bytes) => bytes.iter().map(|byte| format!("{byte:02X}")).collect(),
    };
    (field.name.clone().unwrap_or_default(), text)
}

/// Every record that the other reader reads is read here, with the same provider, number, time,
/// computer and the same fields; and what it cannot read is named.
#[test]
fn records_are_what_another_reader_says() {
    let mut compared = 0;
    for path in logs() {
        let log = read(Evtx::new().everything(), &fs::read(&path).unwrap(), 1 << 18);
        let ours: BTreeMap<u64, &Record> =
            log.records.iter().map(|record| (record.number.unwrap(), record)).collect();
        for (number, json) in oracle(&path) {
            let (event, system) = (&json["Event"], &json["Event"]["System"]);
            let record = ours.get(&number).unwrap_or_else(|| panic!("{path:?}: no {number}"));
            let attribute = |name: &str, of: &str| leaf(&system[name]["#attributes"][of]);
            let id = system["EventID"].get("#text").unwrap_or(&system["EventID"]);
            let same = |ours: String, theirs: String, what: &str| {
                assert_eq!(ours, theirs, "{path:?}: {what} of {number}");
            };
            same(record.provider.clone(), attribute("Provider", "Name"), "provider");
            same(record.id.to_string(), leaf(id), "id");
            same(
                record.computer.clone().unwrap_or_default(),
                leaf(&system["Computer"]),
                "computer",
            );
            same(record.channel.clone().unwrap_or_default(), leaf(&system["Channel"]), "channel");
            let process = record.process.map(|it| it.to_string()).unwrap_or_default();
            same(process, attribute("Execution", "ProcessID"), "process");
            let found: Vec<_> = record.fields.iter().map(plain).collect();
            assert_eq!(found, expected(event), "{path:?}: fields of {number}");
            compared += 1;
        }
    }
    println!("{compared} records are the same");
}

/// What is read of a log by glancing at it first is what a full reading holds of the providers that
/// tell of TLS, in the same order.
#[test]
fn nothing_is_passed_over_that_tells_of_tls() {
    let whole = [
        "Schannel",
        "HTTP",
        "Microsoft-Windows-CAPI2",
        "Microsoft-Windows-EapMethods-RasTls",
        "Microsoft-Windows-HttpEvent",
        "Microsoft-Windows-HttpService",
    ];
    let some: [(&str, &[u32]); 5] = [
        ("Microsoft-Windows-WLAN-AutoConfig", &[12013]),
        ("Microsoft-Windows-Wired-AutoConfig", &[15514]),
        ("Microsoft-Windows-Security-Auditing", &[5156, 5632, 5633, 6272, 6273, 6274]),
        ("Microsoft-Windows-Sysmon", &[3]),
        ("Microsoft-Windows-RemoteDesktopServices-RdpCoreTS", &[131, 139, 140]),
    ];
    let wanted = |record: &Record| {
        let named =
            |(name, ids): &(&str, &[u32])| record.provider == *name && ids.contains(&record.id);
        whole.contains(&record.provider.as_str()) || some.iter().any(named)
    };
    let (mut read_of_all, mut passed) = (0, 0);
    for path in logs() {
        let bytes = fs::read(&path).unwrap();
        let mut everything = read(Evtx::new().everything(), &bytes, 1 << 18);
        let glanced = read(Evtx::new(), &bytes, 1 << 18);
        everything.records.retain(|record| wanted(record));
        assert_eq!(glanced.records.len(), everything.records.len(), "{path:?}");
        assert_eq!(glanced.records, everything.records, "{path:?}");
        assert_eq!(glanced.counts.records, everything.counts.records, "{path:?}");
        assert_eq!(glanced.counts.read, glanced.records.len() as u64, "{path:?}");
        read_of_all += glanced.records.len();
        passed += glanced.counts.passed_over;
    }
    println!("{read_of_all} records read, {passed} chunks passed over");
}

/// However a log is cut into windows, the same is read.
#[test]
fn windows_change_nothing() {
    for path in logs() {
        let bytes = fs::read(&path).unwrap();
        let bytes = &bytes[..bytes.len().min(5 << 16)];
        let whole = read(Evtx::new(), bytes, bytes.len());
        for step in [1000, 65_536, 69_633, 300_007] {
            assert_eq!(read(Evtx::new(), bytes, step), whole, "{path:?}, {step} bytes at a time");
        }
    }
}
