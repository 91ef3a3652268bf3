//! The events of SChannel in the logs of the corpus, read as the file and told as failures, against
//! what was written into them.
#![allow(missing_docs, clippy::disallowed_methods, clippy::unwrap_used)]

use std::fs;

use alert::Side;
use logs::{Certificate, More, Sighting, Voice};
use serde_json::Value as Json;
use tlswhy_windows::{Events, Evtx, Exports, Record, Told};

const FOLDER: &str = "../../corpus/events";

fn truth(case: &str) -> Json {
    let text = fs::read_to_string(format!("{FOLDER}/{case}/truth.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn records(case: &str, file: &str) -> Vec<Record> {
    let bytes = fs::read(format!("{FOLDER}/{case}/{file}")).unwrap();
    let mut evtx = Evtx::new();
    let mut records = Vec::new();
    let mut start = 0;
    loop {
        let done = evtx.window(&bytes[start..], More::Over);
        records.extend(std::iter::from_fn(|| evtx.record()));
        start += done;
        if done == 0 {
            return records;
        }
    }
}

/// What the records tell, one after the other.
fn told(records: &[Record]) -> Vec<Told> {
    let mut events = Events::new();
    let mut all = Vec::new();
    for record in records {
        events.record(record);
        all.extend(std::iter::from_fn(|| events.told(More::Coming)));
    }
    all.extend(std::iter::from_fn(|| events.told(More::Over)));
    all
}

fn failures(records: &[Record]) -> Vec<Sighting> {
    let told = told(records).into_iter();
    let failures = told.filter_map(|told| match told {
        Told::Failure(sighting) => Some(*sighting),
        _ => None,
    });
    failures.collect()
}

fn side(word: Option<&str>) -> Option<Side> {
    [Side::Client, Side::Server].into_iter().find(|side| Some(side.name()) == word)
}

/// The certificate is what was put into the record, as DER or as a store keeps it.
fn same_certificate(found: Option<&Certificate>, row: &Json) {
    let wanted = &row["certificate"];
    assert_eq!(found.map(|found| found.subject.as_str()), wanted["subject"].as_str(), "{row}");
    if let Some(found) = found {
        // Digits come in pairs.
        let serial = found.serial.trim_start_matches('0');
        assert_eq!(Some(serial), wanted["serial"].as_str(), "{row}");
        let dates = (wanted["not_before"].as_i64(), wanted["not_after"].as_i64());
        assert_eq!(found.validity.unzip(), dates, "{row}");
    }
}

/// Every event of both builds, in both containers, with the process in front or without: who
/// refused, the alert, the side, the process and the certificate.
#[test]
fn every_event_in_both_containers() {
    let truth = truth("all-schannel");
    let mut seen = 0;
    for (file, rows) in truth.as_object().unwrap() {
        let records = records("all-schannel", file);
        let rows = rows.as_array().unwrap();
        assert_eq!(records.len(), rows.len(), "{file}");
        for (record, row) in records.iter().zip(rows) {
            seen += 1;
            assert_eq!(record.number, row["number"].as_u64());
            let told = told(std::slice::from_ref(record));
            let [told] = &told[..] else { panic!("{row}: {told:?}") };
            let sighting = match told {
                Told::Failure(sighting) => sighting,
                Told::Credential(credential) => {
                    same_certificate(credential.certificate.as_ref(), row);
                    continue;
                }
                Told::Handshake(_) | Told::Notice(_) => {
                    assert_ne!(row["failed"], Json::Bool(true), "{row}");
                    continue;
                }
                other => panic!("{row}: {other:?}"),
            };
            let event = sighting.event.as_ref().unwrap();
            let alert = sighting.any_alert().map(|alert| u64::from(alert.code()));
            let sent = (event.id == 36874).then_some(40);
            assert_eq!(alert, row["alert"].as_u64().or(sent), "{row}");
            if let Some(by) = row["refused_by"].as_str() {
                assert_eq!(by == "peer", sighting.voice == Voice::Heard, "{row}");
            }
            if let Some(wanted) = side(row["side"].as_str()) {
                assert_eq!(sighting.role, Some(wanted), "{row}");
            }
            let fields = &row["fields"];
            let image = event.process.as_ref().and_then(|process| process.image.as_deref());
            assert_eq!(image, fields["CallerProcessImageName"].as_str(), "{row}");
            same_certificate(event.certificate.as_ref(), row);
        }
    }
    assert!(seen > 110, "{seen}");
}

/// Two weeks of a server: each failure once, with its reason and its alert together, and the cause
/// that was built in among those that it points at; the newest first tells the same.
#[test]
fn two_weeks_of_a_server() {
    let truth = truth("exchange");
    let records = records("exchange", "System.evtx");
    let rows = truth["events"].as_array().unwrap();
    let by_number = |number: u64| rows.iter().find(|row| row["number"].as_u64() == Some(number));
    let found = failures(&records);
    let failed = |row: &&Json| row["failed"] == true;
    let parts = rows.iter().filter(failed).filter(|row| row["part_of"].is_string()).count();
    assert_eq!(found.len() + parts, rows.iter().filter(failed).count());
    for sighting in &found {
        let event = sighting.event.as_ref().unwrap();
        let row = by_number(event.records[0]).unwrap();
        assert_eq!(row["part_of"], Json::Null, "{row}");
        assert_eq!(event.ids.len(), event.records.len());
        for number in &event.records[1..] {
            assert!(by_number(*number).unwrap()["part_of"].is_string(), "{number}");
        }
        if let Some(cause) = row["cause"].as_str() {
            let suspects = sighting.suspects.iter();
            let known = suspects.clone().any(|suspect| suspect.cause == cause);
            // What the other side disliked is not in this log.
            assert!(known || sighting.voice == Voice::Heard, "{row}: {:?}", sighting.suspects);
        }
    }
    let back: Vec<Record> = records.into_iter().rev().collect();
    let sorted = |sightings: &[Sighting]| {
        let events = sightings.iter().filter_map(|sighting| sighting.event.clone());
        let mut all: Vec<_> = events.map(|event| (event.records, event.facts)).collect();
        all.sort();
        all
    };
    assert_eq!(sorted(&failures(&back)), sorted(&found));
}

/// The records of an export of the same log.
fn exported(file: &str) -> Vec<Record> {
    let bytes = fs::read(format!("{FOLDER}/exchange/forms/{file}")).unwrap();
    let mut exports = Exports::new();
    let mut records = Vec::new();
    let mut start = 0;
    loop {
        let done = exports.window(&bytes[start..], More::Over);
        records.extend(std::iter::from_fn(|| exports.record()));
        start += done;
        if done == 0 {
            return records;
        }
    }
}

/// What a failure is, whatever the form says of where it stands.
fn essence(sighting: Sighting) -> String {
    let event = sighting.event.unwrap();
    format!(
        "{:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {}",
        event.ids,
        sighting.alert,
        sighting.role,
        sighting.name,
        sighting.suspects,
        event.state,
        event.process,
        event.certificate,
        sighting.words,
    )
}

/// Forms that leave nothing out of a record tell the failures of the log itself, oldest first or
/// newest first.
#[test]
fn exports_tell_the_same() {
    let of = |records: &[Record]| {
        let mut all: Vec<String> = failures(records).into_iter().map(essence).collect();
        all.sort();
        all
    };
    let wanted = of(&records("exchange/forms", "System.evtx"));
    assert_eq!(wanted.iter().filter(|one| one.contains("; ")).count(), 3);
    for file in [
        "wevtutil.xml",
        "wevtutil-rendered.xml",
        "viewer.xml",
        "viewer-german.xml",
        "copied-with-xml.txt",
        "get-winevent.json",
        "get-winevent-7.json",
        "winlogbeat-7.ndjson",
        "winlogbeat-8.ndjson",
        "nxlog.json",
        "evtx_dump.json",
        "evtx_dump.jsonl",
        "wazuh.json",
    ] {
        let records = exported(file);
        assert_eq!(of(&records), wanted, "{file}");
        let back: Vec<Record> = records.into_iter().rev().collect();
        assert_eq!(of(&back), wanted, "{file} the other way");
    }
}

/// Forms without threads, and with seconds alone, tell as many failures, of the same events, in both
/// orders.
#[test]
fn texts_have_the_same_pairs() {
    let of = |records: &[Record]| {
        let events = failures(records).into_iter().map(|sighting| sighting.event.unwrap().ids);
        let mut all: Vec<Vec<u32>> = events.collect();
        all.sort();
        all
    };
    let wanted = of(&records("exchange/forms", "System.evtx"));
    for file in [
        "viewer.csv",
        "viewer-2012.csv",
        "viewer-2008.csv",
        "viewer-german.csv",
        "viewer.txt",
        "wevtutil.txt",
        "copied.txt",
        "copied-german.txt",
        "copied-french.txt",
        "copied-japanese.txt",
        "get-winevent.csv",
        "get-eventlog.csv",
        "snare.log",
        "evtxecmd.csv",
        "nxlog-ietf.log",
    ] {
        let records = exported(file);
        assert_eq!(of(&records), wanted, "{file}");
        let back: Vec<Record> = records.into_iter().rev().collect();
        assert_eq!(of(&back), wanted, "{file} the other way");
    }
}
