//! What event logs tell, as parts of other lines.

use logs::{Certificate, Event, Process};
use serde::Serialize;

use crate::events::EventLog;
use crate::group::Peers;
use crate::log::Recorded;

/// What records tell of one failure.
#[derive(Serialize)]
pub(super) struct EventPart<'a> {
    id: u32,
    provider: &'a str,
    ids: &'a [u32],
    records: &'a [u64],
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    protocol: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    process: Option<ProcessPart<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    certificate: Option<CertificatePart<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    facts: Vec<FactPart<'a>>,
}

#[derive(Serialize)]
struct ProcessPart<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<&'a str>,
}

#[derive(Serialize)]
struct CertificatePart<'a> {
    subject: &'a str,
    issuer: &'a str,
    serial: &'a str,
    names: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    not_before: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_after: Option<String>,
}

#[derive(Serialize)]
struct FactPart<'a> {
    label: &'static str,
    says: &'a str,
}

impl<'a> EventPart<'a> {
    pub(super) fn of(event: &'a Event) -> Self {
        let fact = |(label, says): &'a (&'static str, String)| FactPart { label, says };
        Self {
            id: event.id,
            provider: &event.provider,
            ids: &event.ids,
            records: &event.records,
            state: event.state,
            error: event.error.map(|error| format!("{error:#010x}")),
            protocol: event.protocol.as_deref(),
            process: event.process.as_ref().map(ProcessPart::of),
            certificate: event.certificate.as_ref().map(CertificatePart::of),
            facts: event.facts.iter().map(fact).collect(),
        }
    }
}

impl<'a> ProcessPart<'a> {
    fn of(process: &'a Process) -> Self {
        Self { id: process.id, image: process.image.as_deref() }
    }
}

impl<'a> CertificatePart<'a> {
    fn of(certificate: &'a Certificate) -> Self {
        let time = |seconds: i64| wire::Time::from_parts(seconds, 0).to_string();
        Self {
            subject: &certificate.subject,
            issuer: &certificate.issuer,
            serial: &certificate.serial,
            names: &certificate.names,
            not_before: certificate.validity.map(|(from, _)| time(from)),
            not_after: certificate.validity.map(|(_, until)| time(until)),
        }
    }
}

/// What the records of a group tell together.
#[derive(Serialize)]
pub(super) struct RecordedPart {
    #[serde(skip_serializing_if = "Option::is_none")]
    first_record: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_record: Option<u64>,
    /// Whether the hours are those of the log's own clock, because it does not tell its zone.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    without_zone: bool,
    hours_utc: [u32; 24],
    weekdays_utc: [u32; 7],
    computers: Vec<SeveralPart>,
    processes: Vec<SeveralPart>,
    certificates: Vec<SeveralPart>,
    names: Vec<SeveralPart>,
    protocols: Vec<SeveralPart>,
}

/// One of several, with its count.
#[derive(Serialize)]
struct SeveralPart {
    value: String,
    count: u64,
}

/// Of each kind that many are listed; all of them are counted.
const MOST: usize = 20;

impl SeveralPart {
    fn all(several: &Peers<String>) -> Vec<Self> {
        let all = several.by_count().into_iter().take(MOST);
        all.map(|(value, count)| Self { value, count }).collect()
    }
}

impl RecordedPart {
    pub(super) fn of(recorded: &Recorded) -> Self {
        Self {
            first_record: recorded.records.map(|(first, _)| first),
            last_record: recorded.records.map(|(_, last)| last),
            without_zone: recorded.hours.without_zone,
            hours_utc: recorded.hours.by_hour(),
            weekdays_utc: recorded.hours.by_weekday(),
            computers: SeveralPart::all(&recorded.computers),
            processes: SeveralPart::all(&recorded.processes),
            certificates: SeveralPart::all(&recorded.certificates),
            names: SeveralPart::all(&recorded.names),
            protocols: SeveralPart::all(&recorded.protocols),
        }
    }
}

/// What an event log held.
#[derive(Serialize)]
pub(super) struct EventLogPart {
    records: u64,
    #[serde(skip_serializing_if = "str::is_empty")]
    form: &'static str,
    schannel: Vec<CountPart>,
    handshakes: u64,
    protocols: Vec<SeveralPart>,
    credentials: Vec<SeveralPart>,
    computers: Vec<SeveralPart>,
}

#[derive(Serialize)]
struct CountPart {
    id: u32,
    count: u64,
}

impl EventLogPart {
    pub(super) fn of(log: &EventLog) -> Self {
        let count = |(id, count): (&u32, &u64)| CountPart { id: *id, count: *count };
        Self {
            records: log.records,
            form: log.form,
            schannel: log.schannel.iter().map(count).collect(),
            handshakes: log.handshakes,
            protocols: SeveralPart::all(&log.protocols),
            credentials: SeveralPart::all(&log.credentials),
            computers: SeveralPart::all(&log.computers),
        }
    }
}
