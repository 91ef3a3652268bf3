//! Who was not let into a network: NPS on the server's side, the EAP methods, and stations.
//!
//! NPS is the TLS server of EAP-TLS and PEAP. Its events 6272 to 6274 stand in the log Security when
//! the audit is on, and have a reason as a number; the words beside it are in the machine's language.

mod reasons;
mod station;

use alert::Side;
use logs::{Certificate, Event, Peer, Sighting, Sure, Suspect, Voice};

use crate::network::SECURITY;
use crate::{Chain, Handshake, Record, Told, Value};
pub(crate) use reasons::reason;

/// The provider of EAP-TLS and PEAP, on servers and stations.
const METHODS: &str = "Microsoft-Windows-EapMethods-RasTls";

/// NPS let somebody in, denied it, or did not answer.
const GRANTED: u32 = 6272;
const DENIED: u32 = 6273;
const DISCARDED: u32 = 6274;

/// The EAP method succeeded, failed, or named the server's certificate.
const SUCCEEDED: u32 = 100;
const FAILED: u32 = 101;
const REVOKED: u32 = 102;
const EXPIRED: u32 = 103;
const UNTRUSTED: u32 = 104;
const CERTIFICATE: u32 = 107;

/// A failure of network access, as one event tells it.
struct Access {
    role: Option<Side>,
    voice: Voice,
    /// What happened, in plain words.
    says: String,
    station: Option<Peer>,
    causes: Vec<Suspect>,
    error: Option<u32>,
    /// The reason's number, where one is the point.
    number: Option<u32>,
    facts: Vec<(&'static str, String)>,
}

/// What a record tells; `None` where it is another's, or is about something else than TLS.
pub(crate) fn told(record: &Record) -> Option<Told> {
    let failure = match (&record.provider[..], record.id) {
        (SECURITY, GRANTED) if is_eap(record) => return Some(handshake(record, Some(true))),
        (SECURITY, DENIED | DISCARDED) => denied(record)?,
        (METHODS, SUCCEEDED) => return Some(handshake(record, None)),
        (METHODS, CERTIFICATE) => return certificate(record),
        (METHODS, FAILED | REVOKED | EXPIRED | UNTRUSTED) => of_method(record)?,
        _ => station::told(record)?,
    };
    Some(Told::Failure(Box::new(failure.sighting(record))))
}

/// Whether NPS spoke an EAP method that has TLS in it. Their names are not translated, and EAP alone
/// stands for EAP-TLS nearly always.
fn is_eap(record: &Record) -> bool {
    let method = record.text("AuthenticationType").unwrap_or_default();
    ["EAP", "PEAP"].iter().any(|eap| method.eq_ignore_ascii_case(eap))
}

/// NPS denied access, or did not answer.
fn denied(record: &Record) -> Option<Access> {
    let code = u32::try_from(record.integer("ReasonCode")?).ok()?;
    let reason = reason(code)?;
    if code < reasons::OF_TLS && !is_eap(record) {
        return None;
    }
    let is_peap = record.text("AuthenticationType").is_some_and(|kind| kind == "PEAP");
    let mut causes = reason.causes.to_vec();
    // In a tunnel it is a name and a password that fit no account, as a rule.
    if is_peap && causes.iter().any(|suspect| suspect.cause == INNER) {
        for suspect in &mut causes {
            suspect.sure = if suspect.cause == INNER { Sure::Likely } else { Sure::Possible };
        }
        causes.sort_by_key(|suspect| suspect.sure);
    }
    let text = |name: &str| record.text(name).filter(|text| !matches!(*text, "" | "-"));
    let account = ["FullyQualifiedSubjectUserName", "SubjectUserName", "SubjectMachineName"];
    let nas = ["NASIdentifier", "NASIPv4Address", "NASIPv6Address"];
    let radius = ["ClientName", "ClientIPAddress"].into_iter().filter_map(text);
    let radius = radius.collect::<Vec<_>>().join(", ");
    let facts = [
        // In the language of the machine that wrote it.
        ("Windows says", text("Reason")),
        ("what to do", Some(reason.remedy)),
        ("account", account.into_iter().find_map(text)),
        ("RADIUS client", Some(&radius[..]).filter(|radius| !radius.is_empty())),
        ("NAS", nas.into_iter().find_map(text)),
        ("called station", text("CalledStationID")),
        ("network policy", text("NetworkPolicyName")),
        ("method", text("AuthenticationType")),
        ("EAP type", text("EAPType")),
    ];
    let facts = facts.into_iter().filter_map(|(label, text)| Some((label, text?.to_owned())));
    let station = text("CallingStationID").map(|station| match Peer::read(station) {
        Some(peer) if peer.address.is_some() => peer,
        _ => Peer { name: Some(station.to_owned()), ..Peer::default() },
    });
    Some(Access {
        role: Some(Side::Server),
        voice: if record.id == DISCARDED { Voice::Lost } else { Voice::Refused },
        says: reason.says.into(),
        station,
        causes,
        error: None,
        number: Some(code),
        facts: facts.collect(),
    })
}

/// The causes that these events point at.
pub(crate) fn suspects() -> impl Iterator<Item = &'static str> {
    let of_nps = reasons::REASONS.iter().flat_map(|reason| reason.causes);
    let of_method = [EXPIRED_ONE, UNTRUSTED_ONE].into_iter().flatten();
    let all = of_nps.chain(of_method).map(|suspect| suspect.cause);
    all.chain(station::suspects()).chain([INNER])
}

/// The cause of what fails inside of a tunnel.
const INNER: &str = "eap-inner-authentication-refused";

/// An EAP method failed. The same events are written by servers and by stations.
fn of_method(record: &Record) -> Option<Access> {
    let error = nth(record, "uint2", 1).and_then(|error| u32::try_from(error).ok());
    let refusal = error.and_then(|error| logs::spelled(&format!("0x{error:08X}"))?.refusal);
    let (says, causes): (&str, &[Suspect]) = match record.id {
        REVOKED => ("a certificate is revoked", REVOKED_ONE),
        EXPIRED => ("a certificate has expired", EXPIRED_ONE),
        UNTRUSTED => ("a certificate ends at an authority that is not trusted here", UNTRUSTED_ONE),
        _ => refusal.map(|refusal| (refusal.says, refusal.causes))?,
    };
    let method = nth(record, "uint1", 0).map(|method| {
        let name = METHOD_NAMES.iter().find(|(number, _)| *number == method);
        name.map_or_else(|| method.to_string(), |(_, name)| (*name).to_owned())
    });
    Some(Access {
        role: None,
        voice: Voice::Refused,
        says: says.into(),
        station: None,
        causes: causes.to_vec(),
        error,
        number: None,
        facts: method.map(|method| ("EAP type", method)).into_iter().collect(),
    })
}

/// EAP methods with TLS in them (IANA, "EAP Registry").
const METHOD_NAMES: [(u64, &str); 4] =
    [(13, "EAP-TLS"), (21, "EAP-TTLS"), (25, "PEAP"), (55, "TEAP")];

/// What such an event may mean on either side.
pub(crate) const REVOKED_ONE: &[Suspect] = &[Suspect { cause: "revoked", sure: Sure::Certain }];
pub(crate) const EXPIRED_ONE: &[Suspect] = &[
    Suspect { cause: "expired-leaf", sure: Sure::Likely },
    Suspect { cause: "client-cert-expired", sure: Sure::Possible },
];
pub(crate) const UNTRUSTED_ONE: &[Suspect] = &[
    Suspect { cause: "untrusted-root", sure: Sure::Likely },
    Suspect { cause: "server-does-not-trust-client-ca", sure: Sure::Possible },
];

/// A number by its name in the manifest, or by its place in a form that has no names.
fn nth(record: &Record, name: &str, place: usize) -> Option<u64> {
    record.integer(name).or_else(|| {
        let is_nameless = record.fields.iter().all(|field| field.name.is_none());
        let field = record.fields.get(place).filter(|_| is_nameless)?;
        match &field.value {
            Value::Text(text) => text.trim().parse().ok(),
            Value::Binary(_) => None,
        }
    })
}

/// Event 107: which certificate the server showed.
fn certificate(record: &Record) -> Option<Told> {
    let text = |name: &str| record.text(name).filter(|text| !text.is_empty());
    let thumbprint = text("CAThumbprint")?.to_owned();
    let subject = text("ServerName").map(str::to_owned).unwrap_or_default();
    Some(Told::Chain(Chain {
        place: record.place,
        record: record.number,
        id: record.id,
        time: record.time.map(|time| time.nanoseconds),
        computer: record.computer.clone(),
        certificate: (!subject.is_empty())
            .then(|| Certificate { subject, ..Certificate::default() }),
        of: Some(Side::Server),
        thumbprint: Some(thumbprint),
        ..Chain::default()
    }))
}

fn handshake(record: &Record, server: Option<bool>) -> Told {
    Told::Handshake(Handshake {
        place: record.place,
        time: record.time.map(|time| time.nanoseconds),
        server,
        ..Handshake::default()
    })
}

impl Access {
    fn sighting(self, record: &Record) -> Sighting {
        let number = self.number.map(|number| format!(" reason {number}"));
        let error = self.error.map(|error| format!(" 0x{error:08X}"));
        let code = number.or(error).unwrap_or_default();
        let words = format!("{}{code}: {}", record.id, self.says);
        Sighting {
            line: record.place.line,
            offset: record.place.offset,
            lines: 1,
            words,
            library: None,
            program: None,
            version: "",
            alert: None,
            sent: None,
            voice: self.voice,
            role: self.role,
            peer: self.station,
            name: None,
            host: record.computer.clone(),
            time: record.time,
            suspects: self.causes.into(),
            event: Some(Box::new(Event {
                id: record.id,
                provider: record.provider.clone(),
                ids: vec![record.id],
                records: record.number.into_iter().collect(),
                state: None,
                error: self.error,
                protocol: None,
                process: None,
                certificate: None,
                facts: self.facts,
            })),
        }
    }
}

#[cfg(test)]
mod tests;
