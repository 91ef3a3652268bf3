//! What the inputs say to one another, as lines and as parts of others.

use diagnosis::join::{Company, Echo, Found, Means, Missing, Nearby, Party, Repeat, Sight};
use serde::Serialize;

use super::SCHEMA;
use crate::Report;
use crate::joined::Clocks;

/// How the clocks of two inputs compare.
#[derive(Serialize)]
pub(super) struct ClocksLine<'a> {
    schema: &'static str,
    kind: &'static str,
    input: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    machine: Option<&'a str>,
    other: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    offset_ns: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    agree: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    spread_ns: Option<i64>,
    addresses: Vec<String>,
    rivals: usize,
    told: u64,
    during: u64,
    found: u64,
}

impl<'a> ClocksLine<'a> {
    pub(super) fn of(report: &'a Report, clocks: &'a Clocks) -> Self {
        let name = |input: usize| report.inputs.get(input).map_or("", |input| input.name.as_str());
        let comparison = &clocks.comparison;
        Self {
            schema: SCHEMA,
            kind: "clocks",
            input: name(clocks.input),
            machine: comparison.machine.as_deref(),
            other: name(clocks.other),
            offset_ns: comparison.offset.map(|offset| offset.nanoseconds),
            agree: comparison.offset.map(|offset| offset.agree),
            spread_ns: comparison.offset.map(|offset| offset.spread),
            addresses: comparison.addresses.iter().map(ToString::to_string).collect(),
            rivals: comparison.rivals,
            told: comparison.told,
            during: comparison.during,
            found: comparison.found,
        }
    }
}

/// That an input tells failures which another one tells too.
#[derive(Serialize)]
pub(super) struct RepeatLine<'a> {
    schema: &'static str,
    kind: &'static str,
    input: &'a str,
    other: &'a str,
    count: u64,
}

impl<'a> RepeatLine<'a> {
    pub(super) fn of(report: &'a Report, repeat: &Repeat) -> Self {
        let name = |input: usize| report.inputs.get(input).map_or("", |input| input.name.as_str());
        Self {
            schema: SCHEMA,
            kind: "repeat",
            input: name(repeat.input),
            other: name(repeat.of),
            count: repeat.count,
        }
    }
}

/// That failures of an input were not compared with the others.
#[derive(Serialize)]
pub(super) struct NotComparedLine<'a> {
    schema: &'static str,
    kind: &'static str,
    input: &'a str,
    count: u64,
}

impl<'a> NotComparedLine<'a> {
    pub(super) fn of(report: &'a Report, (input, count): (usize, u64)) -> Self {
        let input = report.inputs.get(input).map_or("", |input| input.name.as_str());
        Self { schema: SCHEMA, kind: "not_compared", input, count }
    }
}

/// With whom the failures of a group were.
#[derive(Serialize)]
pub(super) struct CompanyPart<'a> {
    total: u64,
    found: u64,
    parties: Vec<SharePart<'a>>,
    ambiguous: u64,
    candidates: Vec<PartyPart<'a>>,
    missing: Vec<MissingPart>,
    nearby: Vec<NearbyPart<'a>>,
}

#[derive(Serialize)]
struct SharePart<'a> {
    #[serde(flatten)]
    party: PartyPart<'a>,
    count: u64,
    certain: u64,
    unsent: u64,
    sealed: u64,
    by: &'static str,
    shows: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<String>,
}

#[derive(Serialize)]
struct PartyPart<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    client: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    server: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    port: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sni: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    certificate: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_stack: Option<&'static str>,
}

#[derive(Serialize)]
struct MissingPart {
    why: &'static str,
    count: u64,
}

#[derive(Serialize)]
struct NearbyPart<'a> {
    count: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    program: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    peer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    port: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    certificate: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fault: Option<&'a str>,
}

impl<'a> CompanyPart<'a> {
    /// Nothing where nothing was compared.
    pub(super) fn of(report: &Report, company: &'a Company) -> Option<Self> {
        if company.total == 0 && company.nearby.is_empty() {
            return None;
        }
        let parties = company.parties.iter().map(|share| {
            let Found { input, party, means, sight, place, .. } = &share.first;
            SharePart {
                party: PartyPart::of(party),
                count: share.count,
                certain: share.certain,
                unsent: share.unsent,
                sealed: share.sealed,
                by: by(*means),
                shows: shows(*sight),
                at: place.map(|place| report.at(*input, place)),
            }
        });
        let missing = company.missing.iter();
        let missing =
            missing.map(|(missing, count)| MissingPart { why: why(*missing), count: *count });
        Some(Self {
            total: company.total,
            found: company.found(),
            parties: parties.collect(),
            ambiguous: company.ambiguous,
            candidates: company.candidates.iter().map(|party| PartyPart::of(party)).collect(),
            missing: missing.collect(),
            nearby: company.nearby.iter().map(|(it, count)| NearbyPart::of(it, *count)).collect(),
        })
    }
}

impl<'a> PartyPart<'a> {
    fn of(party: &'a Party) -> Self {
        Self {
            client: party.client.map(|host| host.to_string()),
            server: party.server.map(|host| host.to_string()),
            port: party.port,
            sni: party.name.as_deref(),
            certificate: party.certificate.as_deref(),
            client_stack: party.stack.map(|stack| stack.name()),
        }
    }
}

impl<'a> NearbyPart<'a> {
    fn of(nearby: &'a Nearby, count: u64) -> Self {
        let judged = nearby.judged.as_ref();
        Self {
            count,
            program: nearby.program.as_deref(),
            peer: nearby.contact.map(|contact| contact.address.to_string()),
            port: nearby.contact.and_then(|contact| contact.port),
            certificate: judged.map(|judged| &*judged.subject),
            fault: judged.and_then(|judged| judged.fault.as_deref()),
        }
    }
}

/// A log that tells of a group too.
#[derive(Serialize)]
pub(super) struct EchoPart {
    count: u64,
    first: String,
}

impl EchoPart {
    pub(super) fn all(report: &Report, echoes: &[Echo]) -> Vec<Self> {
        let part =
            |echo: &Echo| Self { count: echo.count, first: report.at(echo.input, echo.place) };
        echoes.iter().map(part).collect()
    }
}

fn by(means: Means) -> &'static str {
    match means {
        Means::Address => "address",
        Means::Clock => "clock",
        Means::TimeAlone => "time_alone",
        Means::OnlyParty => "only_party",
        Means::Process => "process",
        Means::Single => "single",
    }
}

fn shows(sight: Sight) -> &'static str {
    match sight {
        Sight::Alert => "alert",
        Sight::Sealed => "encrypted_alert",
        Sight::Unsent => "no_alert",
    }
}

fn why(missing: Missing) -> &'static str {
    match missing {
        Missing::Untimed => "untimed",
        Missing::NothingToCompare => "nothing_to_compare",
        Missing::NoClock => "no_clock",
        Missing::OtherTime => "other_time",
        Missing::NotSeen => "not_seen",
        Missing::TooMany => "too_many",
    }
}
