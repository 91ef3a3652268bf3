//! Every hello of TLS over TCP that another dissector found in public captures is found here, with the
//! same frame, addresses, name, protocols, versions and suites. Where it is not, the reason is in
//! [`EXPLAINED`].
//!
//! The captures are not ours and are not in this repository: without `../shared/captures` beside it
//! the test says so and proves nothing.
#![allow(missing_docs, clippy::disallowed_methods, clippy::unwrap_used)]

use std::collections::BTreeSet;

mod captures;
use captures::{bracketed, files, hellos_expected, hellos_found, oracle, text, traced};

/// Files in which the two differ, each with its reason.
const EXPLAINED: &[(&str, &str)] = &[
    ("corner-cases.pcap", "a ServerHello that a fuzzer damaged has no suite"),
    ("filecontainer-smb.pcap", "bytes of a file"),
    ("ie_aurora_WinXP_successfulExploitation.pcap", "TLS behind too many bytes of an exploit"),
    ("Mixed1.cap", "made by hand: each segment has the number of a SYN or none that follows"),
    ("jxta-mcast-sample.pcap", "inside messages of JXTA"),
    ("tls13_draft14.pcap", "the draft has no session id, which the other dissector reads"),
    ("tls-over-tls.pcapng.gz", "inside TLS, which is opened but not looked into"),
];

/// One hello: file, client and server, what it says, frame.
type Row = (String, [String; 2], String, u64);

#[test]
fn every_hello_is_found() {
    let Some(talks) = oracle("handshakes.jsonl") else { return };
    let mut expected = BTreeSet::new();
    for talk in talks {
        if talk["proto"] != "TLS" || !text(&talk["stream"]).starts_with("tcp") {
            continue;
        }
        let ends = ["client", "server"].map(|end| bracketed(&text(&talk[end])));
        for (frame, hello) in hellos_expected(&talk) {
            expected.insert((text(&talk["file"]), ends.clone(), hello, frame));
        }
    }
    let mut found = BTreeSet::new();
    for (name, path) in files() {
        let mut tracer = traced(&path);
        while let Some(session) = tracer.ended() {
            let ends = [session.client.to_string(), session.server.to_string()];
            for (frame, hello) in hellos_found(&session) {
                found.insert((name.clone(), ends.clone(), hello, frame));
            }
        }
    }
    // A message is told with the frame that completes it, by the other dissector with the one that
    // completes its record.
    let is_found = |row: &&Row| {
        let earlier =
            |it: &&Row| (&it.0, &it.1, &it.2) == (&row.0, &row.1, &row.2) && it.3 <= row.3;
        found.range(..=(*row).clone()).next_back().is_some_and(|it| earlier(&it))
    };
    let missed: Vec<_> = expected.iter().filter(|row| !is_found(row)).collect();
    println!("{} expected, {} missed", expected.len(), missed.len());
    for row in &missed {
        println!("missed {row:?}");
    }
    assert!(!expected.is_empty());
    for (file, why) in EXPLAINED {
        assert!(missed.iter().any(|row| row.0.ends_with(file)), "no longer true: {file}: {why}");
    }
    let explained = |row: &&&Row| !EXPLAINED.iter().any(|(file, _)| row.0.ends_with(file));
    assert_eq!(missed.iter().filter(explained).count(), 0, "some were missed");
}
