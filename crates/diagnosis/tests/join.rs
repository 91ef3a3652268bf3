//! Event logs, logs and captures of the same connections: `corpus/events/joined*` was recorded, and
//! its `truth.json` says for each event which packet and which peer it is of.
#![allow(missing_docs, clippy::disallowed_methods, clippy::panic)]
#![allow(clippy::print_stdout, clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use logs::{More, Sighting};
use serde_json::Value;
use tlswhy_diagnosis::join::{Answer, Found, Joined, Party, Sight, Testimony, Witness, join};
use tlswhy_diagnosis::{Confidence, Docket, sighted};
use trace::Tracer;
use windows::{Events, Evtx, Told};
use wire::{Next, Packets};

/// What really happened to one event.
struct Truth {
    /// The client's address, and its port.
    client: (String, u16),
    server: String,
    frame: u64,
    alert: u64,
}

fn folder(case: &str) -> PathBuf {
    Path::new("../../corpus/events").join(case)
}

/// By the number of the record.
fn truth(case: &str, log: &str) -> BTreeMap<u64, Truth> {
    let text = fs::read_to_string(folder(case).join("truth.json")).unwrap();
    let all: Value = serde_json::from_str(&text).unwrap();
    let host = all["host"].as_str().unwrap();
    let events = all["logs"][log]["events"].as_array().unwrap();
    let of = |event: &Value| {
        let peer = event["peer"].as_str().unwrap().rsplit_once(':').unwrap().0.to_owned();
        let is_server = event["side"] == "server";
        let (client, server) =
            if is_server { (peer, host.to_owned()) } else { (host.to_owned(), peer) };
        let truth = Truth {
            client: (client, event["client_port"].as_u64().unwrap() as u16),
            server,
            frame: event["frame"].as_u64().unwrap(),
            alert: event["alert"].as_u64().unwrap(),
        };
        (event["number"].as_u64().unwrap(), truth)
    };
    events.iter().map(of).collect()
}

/// The event logs of one machine, and the numbers of the records of each failure.
fn event_log(case: &str, name: &str) -> (Testimony, Vec<Vec<u64>>) {
    let mut testimony = Testimony::new(Witness::EventLog);
    let (mut events, mut numbers) = (Events::new(), Vec::new());
    let bytes = fs::read(folder(case).join(name)).unwrap();
    let (mut log, mut rest) = (Evtx::new(), &bytes[..]);
    let mut take = |told: Told| match told {
        Told::Failure(sighting) => {
            let number = testimony.sighted(&sighting, &sighted(&sighting)).unwrap();
            assert_eq!(number, numbers.len());
            numbers.push(sighting.event.as_ref().unwrap().records.clone());
        }
        Told::Connection(connection) => testimony.connection(&connection),
        Told::Chain(chain) => testimony.chain(&chain),
        _ => {}
    };
    loop {
        let done = log.window(rest, More::Over);
        rest = &rest[done..];
        let mut any = false;
        while let Some(record) = log.record() {
            any = true;
            events.record(&record);
            while let Some(told) = events.told(More::Coming) {
                take(told);
            }
        }
        if done == 0 && !any {
            break;
        }
    }
    while let Some(told) = events.told(More::Over) {
        take(told);
    }
    (testimony, numbers)
}

fn capture(case: &str) -> Testimony {
    let bytes = fs::read(folder(case).join("trace.pcapng")).unwrap();
    let mut testimony = Testimony::new(Witness::Capture);
    let (mut packets, mut tracer, mut docket) = (Packets::new(), Tracer::new(), Docket::default());
    while let Next::Packet(packet) = packets.next(&bytes, true) {
        tracer.packet(&packet);
    }
    tracer.finish();
    while let Some(session) = tracer.ended() {
        docket.add(session);
    }
    docket.finish();
    while let Some(judged) = docket.judged() {
        testimony.judged(&judged);
    }
    testimony
}

fn log(case: &str) -> Testimony {
    let mut testimony = Testimony::new(Witness::Log);
    for sighting in Sighting::all(&fs::read(folder(case).join("nginx.log")).unwrap()) {
        testimony.sighted(&sighting, &sighted(&sighting));
    }
    testimony
}

fn is_of(party: &Party, truth: &Truth) -> bool {
    party.client.map(|host| host.to_string()).as_deref() == Some(&truth.client.0)
        // A log does not say which address of the server it was.
        && party.server.is_none_or(|host| host.to_string() == truth.server)
}

/// What is found of each failure, checked against what happened: none is wrong.
fn check(joined: &Joined, numbers: &[Vec<u64>], truth: &BTreeMap<u64, Truth>) -> (usize, Vec<u64>) {
    let (mut found, mut open) = (0, Vec::new());
    for (place, records) in numbers.iter().enumerate() {
        let truth = &truth[&records[0]];
        match joined.answer(0, place).unwrap() {
            Answer::Found(Found { party, place, sight, confidence, .. }) => {
                assert!(is_of(party, truth), "{records:?}: {party:?}");
                found += 1;
                if *sight == Sight::Alert && *confidence == Confidence::Certain {
                    let right = place.is_none_or(|frame| frame == truth.frame);
                    assert!(right || party.server.is_none(), "{records:?}");
                }
            }
            _ => open.push(records[0]),
        }
    }
    (found, open)
}

/// Every event gets its client, whether the clock is right or seven seconds ahead.
#[test]
fn every_event_gets_its_client() {
    for (name, ahead) in [("System.evtx", 0), ("System-ahead.evtx", 7)] {
        let (events, numbers) = event_log("joined", name);
        let joined = join(&[&events, &capture("joined")]);
        let (found, open) = check(&joined, &numbers, &truth("joined", name));
        let clock = &joined.clocks[0];
        assert_eq!((found, open), (numbers.len(), vec![]));
        let offset = clock.offset.unwrap().nanoseconds + ahead * 1_000_000_000;
        assert!(offset.abs() < 20_000_000, "{offset}");
        assert_eq!(clock.addresses[0].to_string(), "192.0.2.10");
        assert_eq!(clock.rivals, 0);
    }
}

/// Two clients of one second and one alert are named both and neither is chosen; the others are
/// found.
#[test]
fn clients_of_one_second_are_named_both() {
    let (events, numbers) = event_log("joined-same-second", "System.evtx");
    let joined = join(&[&events, &capture("joined-same-second")]);
    let truth = truth("joined-same-second", "System.evtx");
    let (found, open) = check(&joined, &numbers, &truth);
    assert_eq!((found, &open[..]), (4, &[7004, 7005, 7007, 7008][..]));
    for (place, records) in numbers.iter().enumerate().filter(|(_, it)| open.contains(&it[0])) {
        let Some(Answer::Ambiguous(parties)) = joined.answer(0, place) else { panic!() };
        assert_eq!(parties.len(), 2, "{records:?}");
        assert!(parties.iter().any(|party| is_of(party, &truth[&records[0]])));
    }
}

/// A log of the same server, and the capture beside it: where the log names address and port, it
/// takes no clock.
#[test]
fn the_log_of_the_server_is_joined_too() {
    let joined = join(&[&log("joined"), &capture("joined")]);
    let mut found = 0;
    for place in 0.. {
        let Some(answer) = joined.answer(0, place) else { break };
        if let Answer::Found(it) = answer {
            assert_eq!(it.confidence, Confidence::Certain);
            found += 1;
        }
    }
    assert!(found > 0);
    let (events, numbers) = event_log("joined", "System-ahead.evtx");
    let joined = join(&[&events, &log("joined")]);
    let truth = truth("joined", "System-ahead.evtx");
    let (found, open) = check(&joined, &numbers, &truth);
    // It was the server in these, and sent or received an alert.
    let told = |records: &&Vec<u64>| {
        let truth = &truth[&records[0]];
        truth.server == "192.0.2.10" && truth.alert != 10
    };
    assert_eq!(found, numbers.iter().filter(told).count(), "{open:?}");
}

/// The connections that the machine logs name the peer by themselves, where only one fits.
#[test]
fn neighbours_are_no_rumour() {
    let (events, numbers) = event_log("joined", "System.evtx");
    let (security, none) = event_log("joined", "Security.evtx");
    assert!(none.is_empty());
    let joined = join(&[&events, &security]);
    let truth = truth("joined", "System.evtx");
    let mut named = 0;
    for (place, records) in numbers.iter().enumerate() {
        let Some(nearby) = joined.nearby(0, place) else { continue };
        let Some(contact) = nearby.contact else { continue };
        let truth = &truth[&records[0]];
        let peers = [&truth.client.0, &truth.server];
        assert!(peers.contains(&&contact.address.to_string()), "{records:?}: {contact:?}");
        named += 1;
    }
    assert!(named > 4, "{named} of {}", numbers.len());
}
