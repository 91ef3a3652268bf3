//! The line of a group.

use serde::Serialize;

use super::failure::{ContrastPart, PeerPart, WhyPart};
use super::joined::EchoPart;
use super::{FramePart, SCHEMA};
use crate::Report;
use crate::group::Group;

#[derive(Serialize)]
pub(super) struct GroupLine<'a> {
    schema: &'static str,
    kind: &'static str,
    id: String,
    severity: &'static str,
    count: u64,
    #[serde(skip_serializing_if = "is_none_of_them")]
    recovered: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    contrast: Option<ContrastPart<'a>>,
    server: PeerPart<'a>,
    clients: usize,
    clients_complete: bool,
    servers: usize,
    top_clients: Vec<ClientPart>,
    outcomes: Vec<OutcomePart>,
    first: PlacePart<'a>,
    last: PlacePart<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    period_seconds: Option<f64>,
    sample: PlacePart<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    also_told: Vec<EchoPart>,
    #[serde(flatten)]
    why: WhyPart<'a>,
}

impl<'a> GroupLine<'a> {
    pub(super) fn of(report: &'a Report, number: usize, group: &'a Group) -> Self {
        let failure = &group.sample.failure;
        let input = |position: usize| report.inputs.get(position);
        // What the members differ in was first found in the first input that has some.
        let earliest = group.members.first().map_or(group.sample.input, |member| member.0);
        let place = |place: crate::Place, time: wire::Time| PlacePart {
            path: input(place.input).map_or("", |input| &input.name),
            at: FramePart::of(input(place.input), place.frame),
            time: time.to_string(),
        };
        let sample = crate::Place { input: group.sample.input, frame: failure.frame };
        let outcome = |&(ending, count): &(crate::Ending, u64)| OutcomePart {
            outcome: ending.name(),
            code: ending.alert().map(|message| message.alert.code()),
            count,
        };
        let clients = group.clients.by_count();
        Self {
            schema: SCHEMA,
            kind: "group",
            id: format!("g:{number}"),
            severity: group.severity.name(),
            count: group.count,
            recovered: group.recovered,
            contrast: group.contrast.as_ref().map(|it| ContrastPart::of(input(earliest), it)),
            server: PeerPart::server(failure),
            clients: group.clients.count(),
            clients_complete: !group.clients.is_full(),
            servers: group.targets.count(),
            top_clients: clients
                .into_iter()
                .take(TOP_CLIENTS)
                .map(|(ip, count)| ClientPart { addr: ip.to_string(), count })
                .collect(),
            outcomes: group.endings.iter().map(outcome).collect(),
            first: place(group.first, group.timeline.first()),
            last: place(group.last, group.timeline.last()),
            period_seconds: group.timeline.period().map(|ns| ns as f64 / 1e9),
            sample: place(sample, failure.time),
            also_told: EchoPart::all(report, &group.echoes),
            why: WhyPart::of(input(group.sample.input), failure),
        }
    }
}

#[derive(Serialize)]
struct ClientPart {
    addr: String,
    count: u64,
}

#[derive(Serialize)]
struct OutcomePart {
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<u8>,
    count: u64,
}

#[derive(Serialize)]
struct PlacePart<'a> {
    path: &'a str,
    #[serde(flatten)]
    at: FramePart<'a>,
    time: String,
}

fn is_none_of_them(count: &u64) -> bool {
    *count == 0
}

/// Clients listed by address in a group's line.
const TOP_CLIENTS: usize = 20;
