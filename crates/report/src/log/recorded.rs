//! What event logs tell of a group of failures, beside what lines of a log could.

use logs::{Certificate, Event};
use wire::Time;

use super::Sighted;
use crate::group::Peers;
use crate::hours::Hours;

/// What the records of a group have in common, and where they differ.
#[derive(Clone, Debug, Default)]
pub struct Recorded {
    /// The numbers of the first and the last record, where the form of the log has them.
    pub records: Option<(u64, u64)>,
    /// On which hours and weekdays.
    pub hours: Hours,
    /// The machines that wrote them.
    pub computers: Peers<String>,
    /// The processes that spoke TLS, where the events name one.
    pub processes: Peers<String>,
    /// The certificates inside the events.
    pub certificates: Peers<String>,
    /// The server names in the events.
    pub names: Peers<String>,
    /// The protocols that the events name.
    pub protocols: Peers<String>,
}

impl Recorded {
    /// What one failure adds; nothing is added for a line that is no record.
    pub(super) fn add(&mut self, found: &Sighted, event: &Event) {
        for record in &event.records {
            let (first, last) = self.records.unwrap_or((*record, *record));
            self.records = Some((first.min(*record), last.max(*record)));
        }
        if let Some(time) = found.time() {
            self.hours.add(time);
            self.hours.without_zone |= found.sighting.time.is_some_and(|stamp| !stamp.zone);
        }
        let process = event.process.as_ref().and_then(|process| {
            let id = process.id.map(|id| format!("process {id}"));
            match (&process.image, id) {
                (Some(image), Some(id)) => Some(format!("{image} ({id})")),
                (Some(image), None) => Some(image.clone()),
                (None, id) => id,
            }
        });
        let told = [
            (&mut self.computers, found.sighting.host.clone()),
            (&mut self.processes, process),
            (&mut self.certificates, event.certificate.as_ref().map(named)),
            (&mut self.names, found.sighting.name.clone()),
            (&mut self.protocols, event.protocol.clone()),
        ];
        for (known, one) in told {
            if let Some(one) = one {
                known.add(one, 1);
            }
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.records = match (self.records, other.records) {
            (Some(mine), Some(theirs)) => Some((mine.0.min(theirs.0), mine.1.max(theirs.1))),
            (mine, theirs) => mine.or(theirs),
        };
        self.hours.merge(&other.hours);
        self.computers.merge(other.computers);
        self.processes.merge(other.processes);
        self.certificates.merge(other.certificates);
        self.names.merge(other.names);
        self.protocols.merge(other.protocols);
    }
}

/// A certificate in a few words: who, by whom, which, and until when.
pub(crate) fn named(certificate: &Certificate) -> String {
    let day = |seconds: i64| {
        Time::from_parts(seconds, 0).to_string().get(..10).unwrap_or_default().to_owned()
    };
    let mut parts = vec![certificate.subject.clone()];
    if !certificate.issuer.is_empty() && certificate.issuer != certificate.subject {
        parts.push(format!("issued by {}", certificate.issuer));
    }
    if !certificate.issuer.is_empty() && certificate.issuer == certificate.subject {
        parts.push("self-signed".to_owned());
    }
    if !certificate.serial.is_empty() {
        parts.push(format!("serial {}", certificate.serial));
    }
    if let Some((from, until)) = certificate.validity {
        parts.push(format!("valid {} to {}", day(from), day(until)));
    }
    parts.join(", ")
}
