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
use std::fs;
use std::io::Read;
use std::path::Path;

use serde_json::Value;
use tlswhy_trace::{Session, Tracer};
use wire::{Aead, KeyLog, Next, Packets};

/// An alert: file, frame, sender, receiver, level, code.
type Row = (String, u64, String, String, u64, u64);

#[test]
fn every_alert_that_keys_open_is_found() {
    let captures = Path::new("../../../shared/captures");
    let Ok(oracle) = fs::read_to_string(captures.join("alerts.jsonl")) else {
        println!("skipped: there are no captures beside the repository");
        return;
    };
    let mut expected = BTreeSet::new();
    for line in oracle.lines() {
        let alert: Value = serde_json::from_str(line).unwrap();
        // Without the mark, but not in the clear either: opened with secrets inside the capture.
        let inside = alert["encrypted"] == false && alert["raw_bytes_match"] == false;
        if (alert["decrypted_with_keys"] == true || inside) && alert["proto"] == "TLS" {
            expected.insert(row(&alert));
        }
    }
    let keys = fs::read_to_string(captures.join("keylogs.json")).unwrap();
    let keys: Value = serde_json::from_str(&keys).unwrap();
    let mut found = BTreeSet::new();
    let mut closed = BTreeMap::new();
    let mut opened = 0;
    for (file, logs) in keys.as_object().unwrap() {
        let mut tracer = Tracer::new();
        for log in logs.as_array().unwrap() {
            let log = captures.join("keylogs").join(log.as_str().unwrap());
            tracer.add_keys(KeyLog::read(&fs::read(log).unwrap()));
        }
        read(&captures.join("files").join(file), &mut tracer);
        while let Some(session) = tracer.ended() {
            opened += u32::from(session.opened > Some(0));
            if let Some(why) = stays_closed(&session) {
                let ends = [session.client, session.server].map(|end| end.to_string());
                closed.insert((file.clone(), ends), why);
            }
            for seen in session.alerts() {
                if session.events[seen.event].opened {
                    let (side, message) = seen.what;
                    let [from, to] = [side, side.other()].map(|s| session.address(s).to_string());
                    let (level, code) = (message.level.code().into(), message.alert.code().into());
                    found.insert((file.clone(), seen.frame, from, to, level, code));
                }
            }
        }
    }
    println!("{} expected, {} found, in {opened} conversations", expected.len(), found.len());
    let mut missed = 0;
    for row @ (file, _, from, to, ..) in expected.difference(&found) {
        let ends = [[from, to], [to, from]].map(|ends| (file.clone(), ends.map(String::clone)));
        let why = match keys.get(file) {
            None => Some(&"it comes without a key log"),
            Some(_) => ends.iter().find_map(|ends| closed.get(ends)),
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

fn row(alert: &Value) -> Row {
    let text = |key: &str| alert[key].as_str().unwrap().to_owned();
    let end = |host: &str, port: &str| {
        let (host, port) = (text(host), &alert[port]);
        if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
    };
    let number = |key: &str| alert[key].as_u64().unwrap();
    let (from, to) = (end("src", "sport"), end("dst", "dport"));
    (text("file"), number("frame"), from, to, number("level"), number("code"))
}

/// Lets a tracer see all of one capture, if it is there.
fn read(path: &Path, tracer: &mut Tracer) {
    let Ok(mut bytes) = fs::read(path) else { return };
    if bytes.starts_with(&[0x1f, 0x8b]) {
        let mut whole = Vec::new();
        let _ = flate2::read::MultiGzDecoder::new(&bytes[..]).read_to_end(&mut whole);
        bytes = whole;
    }
    let mut packets = Packets::new();
    loop {
        match packets.next(&bytes, true) {
            Next::Packet(packet) => tracer.packet(&packet),
            Next::Secrets(text) => tracer.add_keys(KeyLog::read(text)),
            Next::Damaged(damage) if !damage.fatal => {}
            _ => break,
        }
    }
    tracer.finish();
}
