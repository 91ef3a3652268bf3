//! The table in the code and the committed copy of the registry say the same.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may stop at the first surprise, in its helpers too"
)]

use std::collections::BTreeMap;

use tls_alert::{Alert, Assignment, Status, Version};

/// One line of the registry's file that assigns a code.
#[derive(Debug, PartialEq)]
struct Row {
    name: String,
    dtls_ok: bool,
    reference: String,
}

/// Every line of the file is either an assignment the table has, or a range the table leaves free;
/// and every code of the table is a line of the file.
#[test]
fn the_table_equals_the_registry() {
    let (assigned, free) = read(REGISTRY);
    assert_eq!(assigned.len() + free.len(), 256, "each code is in exactly one line");
    let ours: BTreeMap<u8, Row> = Alert::all().map(|alert| (alert.code(), row(alert))).collect();
    assert_eq!(ours, assigned);
    for code in free {
        let assignment = Alert(code).assignment();
        assert!(
            matches!(assignment, Assignment::Unassigned | Assignment::Field { .. }),
            "{code} is free in the registry and {assignment:?} here"
        );
    }
}

/// A name that ends in `_RESERVED` means that TLS 1.3 must not send the alert, and only such a name
/// does.
#[test]
fn reserved_names_are_reserved_in_tls13() {
    for alert in Alert::all() {
        let named = alert.name().unwrap().ends_with("_RESERVED");
        assert_eq!(named, alert.status(Version::Tls13) == Status::Reserved, "{alert}");
        assert_eq!(named, alert.assignment() == Assignment::Reserved, "{alert}");
    }
}

/// What the table makes of an alert, in the registry's columns.
fn row(alert: Alert) -> Row {
    let datagrams = Version::ALL.into_iter().filter(|version| version.is_dtls());
    Row {
        name: alert.name().unwrap().to_owned(),
        dtls_ok: datagrams.into_iter().any(|v| alert.status(v) != Status::Undefined),
        reference: format!("[RFC{}]", alert.references().last().unwrap().rfc),
    }
}

/// The assignments of a registry file, and the codes it leaves free.
fn read(file: &str) -> (BTreeMap<u8, Row>, Vec<u8>) {
    let mut lines = file.lines();
    assert_eq!(lines.next(), Some("Value,Description,DTLS-OK,Reference,Comment"));
    let (mut assigned, mut free) = (BTreeMap::new(), Vec::new());
    for line in lines {
        let columns: Vec<_> = line.split(',').collect();
        let [value, name, dtls_ok, reference, _comment] = columns[..] else {
            panic!("not five columns: {line}");
        };
        let (first, last) = value.split_once('-').unwrap_or((value, value));
        let codes = first.parse::<u8>().unwrap()..=last.parse::<u8>().unwrap();
        if name == "Unassigned" {
            free.extend(codes);
        } else {
            let row =
                Row { name: name.into(), dtls_ok: dtls_ok == "Y", reference: reference.into() };
            assert_eq!(assigned.insert(*codes.start(), row), None, "twice: {line}");
        }
    }
    (assigned, free)
}

const REGISTRY: &str = include_str!("../registry/tls-alerts-2026-11.csv");
