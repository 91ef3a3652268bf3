//! The guesses at stacks against the real clients of the corpus.
#![allow(missing_docs, clippy::disallowed_methods, clippy::print_stdout, clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tlswhy_diagnosis::{Case, Contrast};
use trace::{Session, Side, Tracer};
use wire::{Next, Packets};

/// No client of the corpus is taken for another one, and the usual ones are recognised by their
/// hello; hellos sent by hand are nobody's.
#[test]
fn the_clients_of_the_corpus_are_recognised() {
    let mut seen: BTreeMap<String, BTreeMap<&str, u32>> = BTreeMap::new();
    let mut wrong = Vec::new();
    for (name, truth, input) in cases() {
        let client = truth["client"].as_str().unwrap();
        let port = truth["client_port"].as_u64().unwrap();
        let Some(session) = sessions(&input).into_iter().find(|session| {
            session.client.port().is_some_and(|client| u64::from(client) == port)
                && session.client_hello().is_some()
        }) else {
            continue;
        };
        let contrast = Contrast::default();
        let guess = Case::new(&session, &contrast).stack(Side::Client);
        let stack = guess.map_or("nobody", |guess| guess.stack.name());
        let family = family(client);
        *seen.entry(client.to_owned()).or_default().entry(stack).or_default() += 1;
        let kin = family == "Node.js" && stack == "OpenSSL";
        if stack != family && stack != "nobody" && !kin {
            wrong.push(format!("{name}: {client} taken for {stack}"));
        }
    }
    for (client, stacks) in &seen {
        println!("{client:40} {stacks:?}");
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    let stacks = [
        "OpenSSL",
        "GnuTLS",
        "Go",
        "Java",
        "NSS",
        "wolfSSL",
        "Mbed TLS",
        "Bouncy Castle",
        "Erlang",
        "rustls",
        "s2n-tls",
    ];
    for stack in stacks {
        let known = seen.iter().filter(|(client, _)| family(client) == stack && measured(client));
        let (mut hits, mut all) = (0, 0);
        for (guess, count) in known.flat_map(|(_, stacks)| stacks) {
            all += count;
            hits += if *guess == stack { *count } else { 0 };
        }
        assert!(all > 0 && hits * 10 >= all * 9, "{stack}: {hits} of {all}");
    }
}

/// The stack that a client is built on. Node.js has OpenSSL's hello, and shows itself only by
/// leaving without an alert.
fn family(client: &str) -> &'static str {
    match client {
        _ if client.starts_with("Node.js") => "Node.js",
        _ if client.contains("OpenSSL") => "OpenSSL",
        _ if client.starts_with("HAProxy") || client.starts_with("psql") => "OpenSSL",
        _ if client.to_lowercase().contains("gnutls") => "GnuTLS",
        // Debian builds it with GnuTLS.
        _ if client.starts_with("ngtcp2") => "GnuTLS",
        _ if client.starts_with("Go ") || client.ends_with(" Go") => "Go",
        _ if client.contains("JDK") => "Java",
        _ if client.contains("BoringSSL") => "BoringSSL",
        _ if client.contains("s2n") => "s2n-tls",
        _ if client.contains("NSS") => "NSS",
        _ if client.contains("wolfSSL") => "wolfSSL",
        _ if client.to_lowercase().replace(' ', "").contains("mbedtls") => "Mbed TLS",
        _ if client.starts_with("Bouncy Castle") => "Bouncy Castle",
        _ if client.starts_with("Erlang") => "Erlang",
        _ if client.contains("rustls") => "rustls",
        _ => "nobody",
    }
}

/// Whether the guesses were measured on this release, or one like it; of others it is enough that
/// they are not taken for somebody else.
fn measured(client: &str) -> bool {
    // wolfSSL by itself was recorded over datagrams alone.
    let not_yet = ["FreeTDS", "wolfSSL 5.9"];
    not_yet.iter().all(|release| !client.contains(release))
}

/// Name, truth and capture of each recorded case; of several in one capture, each.
fn cases() -> Vec<(String, Value, PathBuf)> {
    let root = Path::new("../../corpus");
    let mut all = Vec::new();
    for case in folders(root).iter().flat_map(|cause| folders(cause)) {
        let Ok(truth) = fs::read_to_string(case.join("truth.json")) else { continue };
        let input = case.join("input.pcap");
        if !input.exists() {
            continue;
        }
        let name = case.strip_prefix(root).unwrap().display().to_string();
        match serde_json::from_str(&truth).unwrap() {
            Value::Array(truths) => {
                all.extend(truths.into_iter().map(|truth| (name.clone(), truth, input.clone())));
            }
            truth => all.push((name, truth, input)),
        }
    }
    assert!(!all.is_empty(), "no corpus in {}", root.display());
    all
}

fn sessions(input: &Path) -> Vec<Session> {
    let bytes = fs::read(input).unwrap();
    let (mut packets, mut tracer) = (Packets::new(), Tracer::new());
    while let Next::Packet(packet) = packets.next(&bytes, true) {
        tracer.packet(&packet);
    }
    tracer.finish();
    std::iter::from_fn(|| tracer.ended()).map(|session| *session).collect()
}

fn folders(path: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    let mut all: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(|p| p.is_dir()).collect();
    all.sort();
    all
}
