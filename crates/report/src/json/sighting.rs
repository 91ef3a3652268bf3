//! The line of a failure of which a log tells, and of a group of them.

use alert::{Alert, Side};
use serde::Serialize;

use super::SCHEMA;
use super::event::{EventPart, RecordedPart};
use super::failure::WhyPart;
use super::joined::{CompanyPart, EchoPart};
use crate::Report;
use crate::log::{LogGroup, Sighted};

#[derive(Serialize)]
pub(super) struct SightingLine<'a> {
    schema: &'static str,
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<String>,
    input: &'a str,
    line: u64,
    offset: u64,
    lines: u32,
    #[serde(flatten)]
    said: SaidPart<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    peer: Option<PeerPart<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sni: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    host: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<EventPart<'a>>,
    #[serde(flatten)]
    why: WhyPart<'a>,
}

/// What the words say, and whose they are.
#[derive(Serialize)]
struct SaidPart<'a> {
    words: &'a str,
    voice: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    alert: Option<AlertPart>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sent: Option<AlertPart>,
    #[serde(skip_serializing_if = "Option::is_none")]
    program: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    library: Option<&'static str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    version: &'static str,
}

#[derive(Serialize)]
struct AlertPart {
    code: u8,
    name: Option<&'static str>,
}

#[derive(Serialize)]
struct PeerPart<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    addr: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    port: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
}

#[derive(Serialize)]
pub(super) struct LogGroupLine<'a> {
    schema: &'static str,
    kind: &'static str,
    id: String,
    count: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_time: Option<String>,
    first: String,
    last: String,
    peers: Vec<CountPart>,
    unnamed: u64,
    alerts: Vec<AlertCountPart>,
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<EventPart<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recorded: Option<RecordedPart>,
    #[serde(skip_serializing_if = "Option::is_none")]
    joined: Option<CompanyPart<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    also_told: Vec<EchoPart>,
    #[serde(flatten)]
    said: SaidPart<'a>,
    #[serde(flatten)]
    why: WhyPart<'a>,
}

#[derive(Serialize)]
struct CountPart {
    peer: String,
    count: u64,
}

#[derive(Serialize)]
struct AlertCountPart {
    #[serde(skip_serializing_if = "Option::is_none")]
    alert: Option<AlertPart>,
    count: u64,
}

/// Peers of a group that are listed; all of them are counted.
const MOST_PEERS: usize = 20;

impl<'a> SightingLine<'a> {
    pub(super) fn of(input: &'a str, found: &'a Sighted) -> Self {
        let sighting = &found.sighting;
        Self {
            schema: SCHEMA,
            kind: "sighting",
            time: found.time().map(|time| time.to_string()),
            input,
            line: sighting.line,
            offset: sighting.offset,
            lines: sighting.lines,
            said: SaidPart::of(found),
            peer: sighting.peer.as_ref().map(|peer| PeerPart {
                addr: peer.address.map(|address| address.to_string()),
                port: peer.port,
                name: peer.name.as_deref(),
            }),
            sni: sighting.name.as_deref(),
            host: sighting.host.as_deref(),
            event: sighting.event.as_deref().map(EventPart::of),
            why: WhyPart::of_sighted(found),
        }
    }
}

impl<'a> SaidPart<'a> {
    fn of(found: &'a Sighted) -> Self {
        let sighting = &found.sighting;
        Self {
            words: &sighting.words,
            voice: sighting.voice.name(),
            role: sighting.role.map(Side::name),
            alert: sighting.alert.map(AlertPart::of),
            sent: sighting.sent.map(AlertPart::of),
            program: sighting.program.map(|stack| stack.slug),
            library: sighting.library.map(|stack| stack.slug),
            version: sighting.version,
        }
    }
}

impl AlertPart {
    fn of(alert: Alert) -> Self {
        Self { code: alert.code(), name: alert.name() }
    }
}

impl<'a> LogGroupLine<'a> {
    pub(super) fn of(report: &'a Report, number: usize, group: &'a LogGroup) -> Self {
        let timeline = group.timeline.as_ref();
        let peers = group.peers.by_count().into_iter().take(MOST_PEERS);
        let place = |place: &crate::Place| match group.recorded.records {
            Some(_) => report.record(place.input, place.frame),
            None => report.line(place.input, place.frame),
        };
        let count = |(alert, count): &(Option<Alert>, u64)| AlertCountPart {
            alert: alert.map(AlertPart::of),
            count: *count,
        };
        Self {
            schema: SCHEMA,
            kind: "sighting_group",
            id: format!("g:{number}"),
            count: group.count,
            first_time: timeline.map(|timeline| timeline.first().to_string()),
            last_time: timeline.map(|timeline| timeline.last().to_string()),
            first: place(&group.first),
            last: place(&group.last),
            peers: peers.map(|(peer, count)| CountPart { peer, count }).collect(),
            unnamed: group.unnamed,
            alerts: group.alerts.iter().map(count).collect(),
            event: group.sample.sighting.event.as_deref().map(EventPart::of),
            recorded: group.event.is_some().then(|| RecordedPart::of(&group.recorded)),
            joined: CompanyPart::of(report, &group.company),
            also_told: EchoPart::all(report, &group.echoes),
            said: SaidPart::of(&group.sample),
            why: WhyPart::of_sighted(&group.sample),
        }
    }
}
