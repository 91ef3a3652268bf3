//! Every alert in the clear that another dissector found in public captures is found here, with the
//! same frame, addresses, ports, level and code, and nothing is found that it does not know. Every
//! TLS conversation that it found in a tunnel is found here.
//!
//! Two kinds of its rows are not in the clear over TCP and are left out: alerts whose bytes in the
//! frame are not those of the alert (they were decrypted with secrets inside the capture), and
//! alerts inside another protocol's messages (JXTA), which wait for their carrier.
//!
//! The captures are not ours and are not in this repository: without `../shared/captures` beside it
//! the test says so and proves nothing.
#![allow(missing_docs, clippy::disallowed_methods, clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;
use tlswhy_trace::{Event, Message, Outcome, Side, Transport};

mod captures;
use captures::{alert, alerts, bracketed, capture, files, oracle, text, traced_closed};

#[test]
fn every_alert_in_the_clear_is_found() {
    let Some(rows) = oracle("alerts.jsonl") else { return };
    let in_the_clear = |row: &&Value| {
        let clear = row["encrypted"] == false && row["raw_bytes_match"] == true;
        clear && text(&row["protocols"]).contains(":tcp:tls")
    };
    let expected: BTreeSet<_> = rows.iter().filter(in_the_clear).map(alert).collect();
    let mut found = BTreeSet::new();
    for (name, path) in files() {
        let mut tracer = traced_closed(&path);
        while let Some(session) = tracer.ended() {
            found.extend(alerts(&name, &session).into_iter().map(|(_, alert)| alert));
        }
    }
    let missed: Vec<_> = expected.difference(&found).collect();
    let extra: Vec<_> = found.difference(&expected).collect();
    println!("{} expected, {} found", expected.len(), found.len());
    for row in &missed {
        println!("missed {row:?}");
    }
    for row in &extra {
        println!("extra  {row:?}");
    }
    assert!(missed.is_empty(), "{} alerts were missed", missed.len());
    assert!(extra.is_empty(), "{} alerts were invented", extra.len());
}

/// Conversations of which the other dissector saw both ends; those whose TLS is itself inside TLS need
/// secrets and are left out.
#[test]
fn every_conversation_in_a_tunnel_is_found() {
    let Some(talks) = oracle("handshakes.jsonl") else { return };
    let mut expected = BTreeSet::new();
    for talk in talks {
        let path = text(&talk["protocols"]);
        let (Some(outside), Some(client)) =
            (path.split(":tcp:tls").next(), talk["client"].as_str())
        else {
            continue;
        };
        let tunnelled = TUNNELS.iter().any(|tunnel| outside.contains(tunnel));
        if talk["proto"] == "TLS" && tunnelled && outside.len() < path.len() {
            let ends = [bracketed(client), bracketed(&text(&talk["server"]))];
            expected.insert((text(&talk["file"]), ends));
        }
    }
    println!("{} conversations expected", expected.len());
    assert!(!expected.is_empty());
    for (file, ends) in expected {
        let found = sessions(&capture(&file));
        assert!(found.contains(&ends), "{file}: {ends:?} was missed");
    }
}

/// Conversations in EAP, over EAPOL and over RADIUS: each message that the other dissector saw is
/// found, from the same side, and no other. It names the frame with the last fragment of a flight;
/// here a message is in the frame in which its own last byte is, which is that one or an earlier.
#[test]
fn every_message_in_eap_is_found() {
    let Some(talks) = oracle("handshakes.jsonl") else { return };
    let (mut expected, mut files) = (BTreeSet::new(), BTreeSet::new());
    for talk in talks {
        let stream = text(&talk["stream"]);
        if !stream.starts_with("eap:") && !stream.starts_with("radius:") {
            continue;
        }
        let file = text(&talk["file"]);
        for message in talk["messages"].as_array().unwrap() {
            let [frame, side, name] = [0, 1, 2].map(|at| message[at].clone());
            let side = if side == "c" { "client" } else { "server" };
            expected.insert((file.clone(), side.to_owned(), text(&name), frame.as_u64().unwrap()));
        }
        files.insert(file);
    }
    let mut found = BTreeSet::new();
    for file in &files {
        let mut tracer = traced_closed(&capture(file));
        for session in std::iter::from_fn(|| tracer.ended()) {
            for event in session.events.iter().filter(|_| session.access.is_some()) {
                let name = match &event.message {
                    Message::Handshake { kind, .. } => kind.to_string(),
                    Message::EncryptedHandshake => "Encrypted".to_owned(),
                    _ => continue,
                };
                found.insert((file.clone(), event.side.name().to_owned(), name, event.frame));
            }
        }
    }
    println!(
        "{} messages in {} files expected, {} found",
        expected.len(),
        files.len(),
        found.len()
    );
    assert!(!expected.is_empty());
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for (ours, theirs) in found.iter().zip(&expected) {
        let named =
            |row: &(String, String, String, u64)| (row.0.clone(), row.1.clone(), row.2.clone());
        assert_eq!(named(ours), named(theirs));
        assert!(ours.3 <= theirs.3 && theirs.3 - ours.3 <= 6, "{ours:?} {theirs:?}");
    }
}

/// Conversations over UDP that the other dissector read as DTLS, and their encrypted alerts. Of those
/// that it joined in the middle only alerts are told; where it saw nothing but that, it took random
/// bytes for DTLS in one capture, which is left out.
#[test]
fn every_conversation_in_dtls_is_found() {
    let (Some(talks), Some(alerts)) = (oracle("handshakes.jsonl"), oracle("alerts.jsonl")) else {
        return;
    };
    let dtls = |rows: Vec<Value>| rows.into_iter().filter(|row| row["proto"] == "DTLS");
    let mut found = 0;
    for talk in dtls(talks) {
        let (Some(client), Some(server)) = (talk["client"].as_str(), talk["server"].as_str())
        else {
            continue;
        };
        let file = text(&talk["file"]);
        let mut tracer = traced_closed(&capture(&file));
        let ends = [bracketed(client), bracketed(server)];
        let session = std::iter::from_fn(|| tracer.ended()).find(|session| {
            let theirs = [session.client, session.server].map(|end| end.to_string());
            session.transport == Transport::Udp && theirs == ends
        });
        let session = session.unwrap_or_else(|| panic!("{file}: {client} to {server} was missed"));
        // Each message that it names is there.
        let kinds: BTreeSet<(bool, String)> = session.events.iter().filter_map(kind).collect();
        for message in talk["messages"].as_array().unwrap() {
            let name = text(&message[2]);
            let by_client = message[1] == "c";
            let there = name == "Encrypted" || kinds.contains(&(by_client, name.clone()));
            assert!(there, "{file}: {name} was missed");
        }
        found += 1;
    }
    for alert in dtls(alerts) {
        let file = text(&alert["file"]);
        let mut tracer = traced_closed(&capture(&file));
        let there = std::iter::from_fn(|| tracer.ended()).any(|session| {
            session.events.iter().any(|event| {
                let hidden = matches!(event.message, Message::EncryptedAlert);
                hidden && Some(event.frame) == alert["frame"].as_u64()
            })
        });
        assert!(there, "{file}: the alert in {} was missed", alert["frame"]);
    }
    println!("{found} conversations found");
    assert!(found > 0);
}

/// A handshake message in the clear: whether the client sent it, and its name.
fn kind(event: &Event) -> Option<(bool, String)> {
    match &event.message {
        Message::Handshake { kind, .. } => Some((event.side == Side::Client, kind.to_string())),
        _ => None,
    }
}

/// What a path of protocols has in it when the conversation is in a tunnel or on a rare link.
const TUNNELS: &[&str] =
    &["vxlan", "geneve", "gtp", "capwap", "wlan", "gre", "mpls", "ppp", "ip:ip"];

/// Client and server of each TLS conversation of one capture.
fn sessions(path: &Path) -> Vec<[String; 2]> {
    let mut tracer = traced_closed(path);
    std::iter::from_fn(|| tracer.ended())
        .filter(|session| session.outcome != Outcome::NotTls)
        .map(|session| [session.client, session.server].map(|end| end.to_string()))
        .collect()
}
