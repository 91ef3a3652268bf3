//! Records in every order become the same failures.

use alert::{Alert, Side};
use logs::{More, Sighting, Stamp, Voice};

use super::*;
use crate::{Field, Place, Value};

mod pairs;

/// A record of SChannel, written by a thread of LSASS at this time.
fn record(number: u64, id: u32, thread: u32, milliseconds: i64, fields: &[(&str, &str)]) -> Record {
    let field = |(name, value): &(&str, &str)| Field {
        name: Some((*name).to_owned()),
        value: Value::Text((*value).to_owned()),
    };
    Record {
        provider: "Schannel".to_owned(),
        id,
        number: Some(number),
        place: Place { offset: number * 512, line: 0 },
        time: Some(Stamp { nanoseconds: BEGIN + milliseconds * 1_000_000, zone: true }),
        channel: Some("System".to_owned()),
        computer: Some("dc1.example.test".to_owned()),
        process: Some(668),
        thread: Some(thread),
        fields: fields.iter().map(field).collect(),
        message: None,
    }
}

/// Some second of the year 2026.
const BEGIN: i64 = 1_795_000_000_000_000_000;

/// The failures that records tell, each with its events.
fn failures(records: &[Record]) -> Vec<Sighting> {
    let mut events = Events::new();
    let mut found = Vec::new();
    let mut take = |events: &mut Events, more: More| {
        while let Some(told) = events.told(more) {
            if let Told::Failure(sighting) = told {
                found.push(*sighting);
            }
        }
    };
    for record in records {
        events.record(record);
        take(&mut events, More::Coming);
    }
    take(&mut events, More::Over);
    found
}

fn ids(sightings: &[Sighting]) -> Vec<Vec<u32>> {
    let ids = sightings.iter().map(|sighting| sighting.event.as_ref().unwrap().ids.clone());
    ids.collect()
}

/// 36887 is the other side's alert, and nothing tells which side that is.
#[test]
fn an_alert_that_was_received() {
    let found = failures(&[record(1, 36887, 7, 0, &[("AlertDesc", "48")])]);
    let [sighting] = &found[..] else { panic!("{found:?}") };
    assert_eq!(sighting.alert, Some(Alert::UNKNOWN_CA));
    assert_eq!((sighting.voice, sighting.role), (Voice::Heard, None));
    assert_eq!(sighting.words, "36887 alert 48");
    assert_eq!(sighting.host.as_deref(), Some("dc1.example.test"));
    let event = sighting.event.as_ref().unwrap();
    assert_eq!((event.id, &event.records[..]), (36887, &[1][..]));
    assert!(sighting.suspects.is_empty());
}

/// 36874 and then 36888, in one thread, are one failure of a server without a common cipher suite;
/// the newest first, and other threads in between, change nothing.
#[test]
fn a_reason_and_its_alert() {
    let suites = [("Protocol", "TLS 1.2")];
    let alert = [("AlertDesc", "40"), ("ErrorState", "1205")];
    let log = [
        record(1, 36874, 7, 0, &suites),
        record(2, 36874, 8, 1, &suites),
        record(3, 36888, 7, 2, &alert),
        record(4, 36888, 8, 3, &alert),
        record(5, 36888, 7, 900, &[("AlertDesc", "10"), ("ErrorState", "1203")]),
    ];
    let wanted = [vec![36888, 36874], vec![36888, 36874], vec![36888]];
    let found = failures(&log);
    assert_eq!(ids(&found), wanted);
    let first = &found[0];
    assert_eq!(first.words, "36888 alert 40, error state 1205; 36874 TLS 1.2");
    assert_eq!((first.voice, first.role), (Voice::Said, Some(Side::Server)));
    assert_eq!((first.lines, first.sent), (2, None));
    let event = first.event.as_ref().unwrap();
    assert_eq!(event.records, [3, 1]);
    assert_eq!((event.state, event.protocol.as_deref()), (Some(1205), Some("TLS 1.2")));
    assert_eq!(first.suspects[0].cause, "no-shared-cipher");
    assert!(event.facts.iter().any(|(label, _)| *label == "on the wire"));

    let newest_first: Vec<Record> = log.into_iter().rev().collect();
    let mut back = failures(&newest_first);
    back.reverse();
    let all = |sightings: &[Sighting]| {
        let mut all: Vec<_> = sightings
            .iter()
            .map(|sighting| {
                let causes = sighting.suspects.iter().map(|suspect| (suspect.cause, suspect.sure));
                let causes: Vec<_> = causes.collect();
                (sighting.event.as_ref().unwrap().records.clone(), causes)
            })
            .collect();
        all.sort();
        all
    };
    assert_eq!(all(&back), all(&found));
}

/// A failure is told once the log has gone on, and not before; a log that pauses tells it too.
#[test]
fn told_when_nothing_can_follow() {
    let mut events = Events::new();
    events.record(&record(1, 36887, 7, 0, &[("AlertDesc", "48")]));
    assert!(events.told(More::Coming).is_none());
    let mut other = record(2, 7036, 9, 4_000, &[]);
    other.provider = "Service Control Manager".to_owned();
    events.record(&other);
    assert!(events.told(More::Coming).is_none());
    events.record(&Record { time: record(0, 0, 0, 6_000, &[]).time, ..other });
    assert!(matches!(events.told(More::Coming), Some(Told::Failure(_))));
    assert!(events.told(More::Over).is_none());
    events.record(&record(3, 36887, 7, 7_000, &[("AlertDesc", "48")]));
    assert!(events.told(More::Quiet).is_some());
    assert_eq!(events.counts().iter().collect::<Vec<_>>(), [(&36887, &2)]);
}

/// Neighbours of SChannel are told by whoever knows them, and counted as none of its events.
#[test]
fn neighbours_are_told() {
    let built = |provider: &str, id: u32, fields: &[(&str, &str)]| {
        let record = record(1, id, 7, 0, fields);
        Record { provider: provider.to_owned(), ..record }
    };
    let mut events = Events::new();
    events.record(&built(
        "Microsoft-Windows-CAPI2",
        30,
        &[
            ("Policy.type", "CERT_CHAIN_POLICY_SSL"),
            ("Certificate.subjectName", "www.example"),
            ("Result.value", "800B0109"),
        ],
    ));
    events.record(&built(
        "Microsoft-Windows-Security-Auditing",
        6273,
        &[("AuthenticationType", "EAP"), ("ReasonCode", "268")],
    ));
    events.record(&built("Microsoft-Windows-HttpEvent", 15021, &[("Endpoint", "[::]:443")]));
    let desktop = "Microsoft-Windows-RemoteDesktopServices-RdpCoreTS";
    events.record(&built(desktop, 139, &[("IPString", "192.0.2.7")]));
    let told: Vec<Told> = std::iter::from_fn(|| events.told(More::Over)).collect();
    assert!(
        matches!(
            &told[..],
            [Told::Failure(_), Told::Failure(_), Told::Connection(_), Told::Chain(_)]
        ),
        "{told:?}"
    );
    assert!(events.counts().is_empty());
}

/// Every cause that is named is one, and is spelled as causes are.
#[test]
fn causes_are_named() {
    let all: Vec<_> = suspects().collect();
    assert!(all.len() > 50, "{}", all.len());
    let is_name = |name: &str| {
        name.bytes().all(|byte| byte.is_ascii_lowercase() || b"-0123456789".contains(&byte))
    };
    assert!(all.iter().all(|name| is_name(name) && name.contains('-') || *name == "revoked"));
}
