//! Every hello over QUIC that another dissector found in public captures is found here, with the same
//! frame, addresses, name, protocols, versions and suites, and so is every end that it could read
//! without secrets.
//!
//! Where the two differ, the reason is in [`EXPLAINED`]. The captures are not ours and are not in
//! this repository: without `../shared/captures` beside it the test says so and proves nothing.
#![allow(missing_docs, clippy::disallowed_methods, clippy::unwrap_used)]

use std::collections::BTreeSet;

use serde_json::Value;
use tlswhy_trace::{Carrier, Message, Session, Side};

mod captures;
use captures::{bracketed, files, hellos_expected, hellos_found, number, oracle, text, traced};

/// One thing that was said: file, client, server, frame, and what it was.
type Row = (String, String, String, u64, String);

/// Files in which the two differ, each with its reason.
const EXPLAINED: &[(&str, &str)] =
    &[("default/pcap/quic_t50.pcap", "Google's T050 has frames of its own")];

#[test]
fn every_hello_and_every_end_is_found() {
    let Some(talks) = oracle("handshakes.jsonl") else { return };
    let mut expected = BTreeSet::new();
    for talk in talks {
        if talk["proto"] == "QUIC" {
            expect(&talk, &mut expected);
        }
    }
    let mut found = BTreeSet::new();
    for (name, path) in files() {
        let mut tracer = traced(&path);
        while let Some(session) = tracer.ended() {
            if session.carrier == Carrier::Quic {
                find(&name, &session, &mut found);
            }
        }
    }
    let explained = |row: &&Row| !EXPLAINED.iter().any(|(file, _)| row.0.ends_with(file));
    let missed: Vec<_> = expected.difference(&found).collect();
    // After Retry the client says its hello again, which the other dissector leaves out.
    let again = |row: &&Row| {
        expected
            .iter()
            .any(|it| (&it.0, &it.1, &it.4, it.3 < row.3) == (&row.0, &row.1, &row.4, true))
    };
    let extra: Vec<_> = found.difference(&expected).filter(|row| !again(row)).collect();
    println!("{} expected, {} found", expected.len(), found.len());
    for row in &missed {
        println!("missed {row:?}");
    }
    for row in &extra {
        println!("extra  {row:?}");
    }
    assert!(!expected.is_empty());
    for (file, why) in EXPLAINED {
        assert!(missed.iter().any(|row| row.0.ends_with(file)), "no longer true: {file}: {why}");
    }
    assert_eq!(missed.into_iter().filter(explained).count(), 0, "some were missed");
    assert_eq!(extra.into_iter().filter(explained).count(), 0, "some were invented");
}

/// What the other dissector saw in one conversation.
fn expect(talk: &Value, rows: &mut BTreeSet<Row>) {
    let file = text(&talk["file"]);
    let mut ends = [bracketed(&text(&talk["client"])), bracketed(&text(&talk["server"]))];
    if talk["client"].is_null() {
        let close = &talk["quic_close"][0];
        ends = [("src", "sport"), ("dst", "dport")]
            .map(|(host, port)| bracketed(&format!("{}:{}", text(&close[host]), close[port])));
    }
    let mut add = |frame: u64, what| {
        let [client, server] = ends.clone();
        rows.insert((file.clone(), client, server, frame, what));
    };
    for (frame, hello) in hellos_expected(talk) {
        add(frame, hello);
    }
    for message in talk["messages"].as_array().unwrap() {
        let (side, name) = (&message[1], text(&message[2]));
        if !matches!(name.as_str(), "Encrypted" | "ClientHello" | "ServerHello") {
            add(number(&message[0]), format!("{side} {name}"));
        }
    }
    for close in talk["quic_close"].as_array().unwrap() {
        let error = if close["error"].is_null() { &close["app_error"] } else { &close["error"] };
        add(
            number(&close["frame"]),
            format!("close {:#x} {:?}", number(error), text(&close["reason"])),
        );
    }
}

/// The same of a session.
fn find(file: &str, session: &Session, rows: &mut BTreeSet<Row>) {
    let ends = [session.client.to_string(), session.server.to_string()];
    let mut add = |frame, what| {
        let [client, server] = ends.clone();
        rows.insert((file.to_owned(), client, server, frame, what));
    };
    for event in session.events.iter().filter(|event| event.opened) {
        let Message::Handshake { kind, .. } = &event.message else { continue };
        let side = if event.side == Side::Client { "c" } else { "s" };
        add(event.frame, format!("{side:?} {kind}"));
    }
    for event in &session.events {
        let Message::Close(close) = &event.message else { continue };
        add(event.frame, format!("close {:#x} {:?}", close.error, close.reason));
    }
    for (frame, hello) in hellos_found(session) {
        add(frame, hello);
    }
}
