//! Alerts that another dissector decrypted with the secrets that public captures come with are
//! found here with the same frame, addresses, ports, level and code, and no other is.
//!
//! Three kinds of conversations stay closed here: those that no key log holds (the other dissector
//! had a private key or a pre-shared key as well), those that compress, and those with ciphers that
//! are long dead. Each missed alert must belong to one of them.
//!
//! The captures are not ours and are not in this repository: without `../shared/captures` beside it
//! the test says so and proves nothing.
#![allow(missing_docs, clippy::disallowed_methods, clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use tlswhy_trace::Session;
use wire::Aead;

mod captures;
use captures::{alert, alerts, keyed, oracle, traced};

#[test]
fn every_alert_that_keys_open_is_found() {
    let Some(rows) = oracle("alerts.jsonl") else { return };
    // Without the mark, but not in the clear either: opened with secrets inside the capture.
    let is_opened = |row: &&Value| {
        let inside = row["encrypted"] == false && row["raw_bytes_match"] == false;
        (row["decrypted_with_keys"] == true || inside) && row["proto"] == "TLS"
    };
    let expected: BTreeSet<_> = rows.iter().filter(is_opened).map(alert).collect();
    let keyed = keyed();
    let mut found = BTreeSet::new();
    let mut closed = BTreeMap::new();
    let mut opened = 0;
    for (file, path) in &keyed {
        let mut tracer = traced(path);
        while let Some(session) = tracer.ended() {
            opened += u32::from(session.opened > Some(0));
            if let Some(why) = stays_closed(&session) {
                let ends = [session.client, session.server].map(|end| end.to_string());
                closed.insert((file.clone(), ends), why);
            }
            let told = alerts(file, &session).into_iter();
            found.extend(told.filter(|(opened, _)| *opened).map(|(_, alert)| alert));
        }
    }
    println!("{} expected, {} found, in {opened} conversations", expected.len(), found.len());
    let mut missed = 0;
    for row @ (file, _, from, to, ..) in expected.difference(&found) {
        let ends = [[from, to], [to, from]].map(|ends| (file.clone(), ends.map(String::clone)));
        let why = match keyed.contains_key(file) {
            false => Some(&"it comes without a key log"),
            true => ends.iter().find_map(|ends| closed.get(ends)),
        };
        println!("missed {row:?}: {}", why.unwrap_or(&"nothing explains it"));
        missed += usize::from(why.is_none());
    }
    let extra: Vec<_> = found.difference(&expected).collect();
    for row in &extra {
        println!("extra  {row:?}");
    }
    assert_eq!(missed, 0, "alerts were missed");
    assert!(extra.is_empty(), "{} alerts were invented", extra.len());
}

/// Why nothing of a conversation was opened.
fn stays_closed(session: &Session) -> Option<&'static str> {
    let hello = session.server_hello()?.what;
    let suite = hello.cipher_suite;
    let cipher = suite.encryption().unwrap_or_default();
    let alive = Aead::of(suite).is_some()
        || cipher == "RC4_128"
        || (cipher.ends_with("_CBC")
            && ["AES", "3DES", "DES_CBC", "IDEA", "CAMELLIA", "ARIA"]
                .iter()
                .any(|name| cipher.starts_with(name)));
    match session.opened {
        Some(0) if hello.compression_method != 0 => Some("it is compressed"),
        Some(0) if !alive => Some("a dead cipher"),
        None => Some("the key log does not know it"),
        _ => None,
    }
}
