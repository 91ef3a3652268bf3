//! The line of an input.

use std::cmp::Reverse;

use serde::Serialize;
use wire::Unread;

use super::SCHEMA;
use super::event::EventLogPart;
use crate::input::{Input, Problem};

#[derive(Serialize)]
pub(super) struct InputLine<'a> {
    schema: &'static str,
    kind: &'static str,
    path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    files: Option<FilesPart<'a>>,
    r#type: &'static str,
    packed: Vec<&'static str>,
    bytes: u64,
    packets: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    lines: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    events: Option<EventLogPart>,
    first: Option<String>,
    last: Option<String>,
    complete: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    keys: Option<KeysPart>,
    problems: Vec<ProblemPart<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    left_out: Vec<LeftOutPart>,
}

impl<'a> InputLine<'a> {
    pub(super) fn of(input: &'a Input) -> Self {
        let file = |part: usize| input.parts.get(part).map(|part| part.name.as_str());
        let problem = |problem: &'a Problem| ProblemPart {
            file: problem.part.and_then(file),
            offset: problem.offset,
            says: &problem.what,
        };
        Self {
            schema: SCHEMA,
            kind: "input",
            path: &input.name,
            files: FilesPart::of(input),
            r#type: input.kind.name(),
            packed: input.packed.iter().map(|kind| kind.name()).collect(),
            bytes: input.size,
            packets: input.packets,
            lines: input.kind.is_log().then_some(input.log.lines),
            events: (!input.events.is_empty()).then(|| EventLogPart::of(&input.events)),
            first: input.first.map(|time| time.to_string()),
            last: input.last.map(|time| time.to_string()),
            complete: !input.is_damaged() && !input.stopped,
            keys: input.keys.given.then_some(KeysPart {
                sessions: input.keys.sessions,
                known: input.keys.known,
                opened: input.keys.opened,
            }),
            problems: input.problems.iter().map(problem).collect(),
            left_out: LeftOutPart::all(input),
        }
    }
}

/// The files that a capture was written into: there may be thousands.
#[derive(Serialize)]
struct FilesPart<'a> {
    count: usize,
    first: &'a str,
    last: &'a str,
}

impl<'a> FilesPart<'a> {
    fn of(input: &'a Input) -> Option<Self> {
        let (first, last) = (input.parts.first()?, input.parts.last()?);
        Some(Self { count: input.parts.len(), first: &first.name, last: &last.name })
    }
}

#[derive(Serialize)]
struct LeftOutPart {
    what: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'static str>,
    packets: u64,
}

impl LeftOutPart {
    /// Every reason, that of most packets first, and last those that were not told apart.
    fn all(input: &Input) -> Vec<Self> {
        let mut all: Vec<Self> = input
            .left_out
            .reasons()
            .map(|(unread, packets)| {
                let what = match unread {
                    Unread::Encrypted(_) => "encrypted",
                    Unread::Link(_) => "link_type",
                    Unread::EtherType(_) => "ethertype",
                    Unread::Ppp(_) => "ppp_protocol",
                    Unread::Llc(_) => "llc",
                    Unread::Family(_) => "address_family",
                    Unread::IpProtocol(_) => "ip_protocol",
                    Unread::Management => "management",
                    Unread::WifiPart => "wifi_fragment",
                    Unread::TooDeep => "too_deep",
                };
                Self { what, number: unread.number(), name: unread.name(), packets }
            })
            .collect();
        all.sort_by_key(|part| Reverse(part.packets));
        let further = input.left_out.further();
        if further > 0 {
            all.push(Self { what: "further", number: None, name: None, packets: further });
        }
        all
    }
}

/// What secrets opened; only where there were any.
#[derive(Serialize)]
struct KeysPart {
    sessions: u64,
    known: u64,
    opened: u64,
}

#[derive(Serialize)]
struct ProblemPart<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a str>,
    offset: u64,
    says: &'a str,
}
