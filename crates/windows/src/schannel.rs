//! What the events of SChannel mean: provider `Schannel` in the log `System`, 36864 to 36928.
//!
//! SChannel runs inside LSASS, and the process that a record names as its writer is LSASS; builds
//! since about 2023 name the program that speaks TLS beside it. 36887 is an alert that came from the
//! other side, 36888 one that this machine made. What a number, a state or an HRESULT means stands
//! in `logs`' tables; here is what an event as a whole tells.

mod attached;
mod causes;
mod fields;
mod open;
mod part;

use alert::{Alert, Side};
use logs::{Event, Process, Sighting, Stack, Voice};

use crate::{Credential, Handshake, Record, Told};
use fields::Fields;

pub(crate) use causes::suspects;
pub(crate) use open::Open;

/// What a record of SChannel tells; `None` where it is another's.
pub(crate) fn told(record: &Record) -> Option<Told> {
    if !is_schannel(record) {
        return None;
    }
    let fields = Fields(record);
    match record.id {
        36868 => Some(Told::Credential(Box::new(credential(record, fields)))),
        36880 => Some(Told::Handshake(handshake(record, fields))),
        id if KINDS.iter().any(|kind| kind.id == id) => {
            Some(Told::Failure(Box::new(failure(record, fields))))
        }
        id => Some(Told::Notice(id)),
    }
}

/// Whether a record is SChannel's. A text that was pasted names no provider, and nobody else has
/// these numbers.
pub(crate) fn is_schannel(record: &Record) -> bool {
    let known = record.provider.is_empty()
        || PROVIDERS.iter().any(|name| record.provider.eq_ignore_ascii_case(name));
    known && (FIRST..=LAST).contains(&record.id)
}

/// The provider's names: the one in the log `System`, and the one that builds since Windows 8 give
/// their debug log.
const PROVIDERS: [&str; 2] = ["Schannel", "Microsoft-Windows-Schannel-Events"];
/// Its events.
const FIRST: u32 = 36864;
const LAST: u32 = 36928;

/// How an event tells of a failure.
struct Kind {
    id: u32,
    voice: Voice,
    /// Which side this machine was, where the event is written by one side alone.
    role: Option<Side>,
    /// The field that holds a certificate.
    certificate: &'static str,
}

const fn kind(id: u32, voice: Voice, role: Option<Side>, certificate: &'static str) -> Kind {
    Kind { id, voice, role, certificate }
}

const CLIENT: Option<Side> = Some(Side::Client);
const SERVER: Option<Side> = Some(Side::Server);

/// The events that tell of a failure, or of what makes connections fail.
static KINDS: &[Kind] = &[
    kind(36865, Voice::Lost, None, ""),
    kind(36866, Voice::Lost, None, ""),
    kind(36869, Voice::Refused, None, "binaryData"),
    kind(36870, Voice::Refused, None, ""),
    kind(36871, Voice::Refused, None, ""),
    kind(36872, Voice::Refused, None, "CredContext"),
    kind(36873, Voice::Refused, CLIENT, ""),
    kind(36874, Voice::Refused, SERVER, ""),
    kind(36875, Voice::Refused, CLIENT, ""),
    kind(36876, Voice::Refused, CLIENT, "pCertificateContext"),
    kind(36877, Voice::Refused, SERVER, "pCertificateContext"),
    kind(36878, Voice::Refused, SERVER, "pCertificateContext"),
    kind(36879, Voice::Refused, SERVER, "pCertificateContext"),
    kind(36881, Voice::Refused, CLIENT, "certificateContext"),
    kind(36882, Voice::Refused, CLIENT, "certificateContext"),
    kind(36883, Voice::Refused, CLIENT, "certificateContext"),
    kind(36884, Voice::Refused, CLIENT, "certificateContext"),
    kind(36885, Voice::Lost, SERVER, ""),
    kind(36886, Voice::Refused, SERVER, ""),
    kind(36887, Voice::Heard, None, ""),
    kind(36888, Voice::Said, None, ""),
    kind(36889, Voice::Refused, None, "CredContext"),
    kind(36912, Voice::Refused, SERVER, ""),
    kind(36928, Voice::Refused, SERVER, "Certificate"),
];

/// A failure, as one record tells it.
fn failure(record: &Record, fields: Fields<'_>) -> Sighting {
    let kind = KINDS.iter().find(|kind| kind.id == record.id);
    let alert = fields.integer("AlertDesc").and_then(|code| u8::try_from(code).ok()).map(Alert);
    let state = fields.integer("ErrorState").or_else(|| fields.integer("ErrorStatus"));
    let error = fields.integer("ErrorCode").or_else(|| fields.integer("Error"));
    let protocol = fields.text("Protocol");
    // No certificate lacks its bytes, and bytes are not always a certificate.
    let field = kind.map_or("", |kind| kind.certificate);
    let bytes = if field.is_empty() { None } else { fields.bytes(field) };
    let certificate = bytes.as_deref().and_then(attached::certificate);
    let mut facts = facts(record, fields, state, error);
    if let (Some(bytes), None) = (&bytes, &certificate) {
        let length = bytes.len();
        facts.push(("attached bytes", format!("{length} bytes that are no certificate")));
    }
    let stated = state.and_then(logs::schannel_state);
    let role = kind
        .and_then(|kind| kind.role)
        .or_else(|| fields.text("Type").and_then(side))
        .or_else(|| stated?.refusal?.role);
    let event = Event {
        id: record.id,
        provider: record.provider.clone(),
        ids: vec![record.id],
        records: record.number.into_iter().collect(),
        state,
        error,
        protocol: protocol.map(str::to_owned),
        process: process(fields),
        certificate,
        facts,
    };
    let mut sighting = Sighting {
        line: record.place.line,
        offset: record.place.offset,
        lines: 1,
        words: words(&event, alert, fields),
        library: Stack::all().iter().find(|stack| stack.slug == "schannel"),
        program: None,
        version: "",
        alert,
        // What goes out with the others was never seen on a wire.
        sent: (record.id == 36874).then_some(Alert::HANDSHAKE_FAILURE),
        voice: kind.map_or(Voice::Lost, |kind| kind.voice),
        role,
        peer: None,
        name: fields.text("TargetName").or_else(|| fields.text("Name")).map(str::to_owned),
        host: record.computer.clone(),
        time: record.time,
        suspects: Vec::new().into(),
        event: Some(Box::new(event)),
    };
    sighting.suspects = causes::of(&sighting).into();
    sighting
}

/// What was seen, in one line: `36888 alert 40, error state 1205`.
fn words(event: &Event, alert: Option<Alert>, fields: Fields<'_>) -> String {
    let mut parts = Vec::new();
    let mut part = |label: &str, value: Option<String>| {
        parts.extend(value.map(|value| format!("{label}{value}")));
    };
    part("", fields.text("Type").map(|text| format!("{text} credential")));
    part("alert ", alert.map(|alert| alert.code().to_string()));
    part("", event.protocol.clone());
    part("error ", event.error.map(|error| format!("0x{error:08X}")));
    part("error state ", event.state.map(|state| state.to_string()));
    part("name ", fields.text("Name").map(str::to_owned));
    match parts.join(", ") {
        parts if parts.is_empty() => event.id.to_string(),
        parts => format!("{} {parts}", event.id),
    }
}

/// What an event tells beside the fields that have a place of their own.
fn facts(
    record: &Record,
    fields: Fields<'_>,
    state: Option<u32>,
    error: Option<u32>,
) -> Vec<(&'static str, String)> {
    let mut facts = Vec::new();
    let of_code = |spelled: logs::Spelled| spelled.says.into_owned();
    facts.extend(state.map(|state| {
        let known = logs::schannel_state(state).map(of_code);
        ("error state", known.unwrap_or_else(|| format!("{state}, which no list explains")))
    }));
    facts.extend(error.map(|error| {
        let known = logs::spelled(&format!("0x{error:08X}")).map(of_code);
        ("error code", known.unwrap_or_else(|| format!("0x{error:08X}")))
    }));
    if record.id == 36888 {
        facts.push(("on the wire", GENERATED.to_owned()));
    }
    let named = NAMED.iter().filter_map(|(label, name)| Some((*label, fields.text(name)?)));
    facts.extend(named.map(|(label, text)| (label, plain(text))));
    facts
}

/// What 36888 does not tell: a program has to ask for the alert and to pass it on (win32,
/// `ASC_REQ_EXTENDED_ERROR`).
const GENERATED: &str = "the log says that the alert was generated, not that the program sent it";

/// Fields that are told as they are.
const NAMED: &[(&str, &str)] = &[
    ("module", "ModuleName"),
    ("certificate flags", "CertFlags"),
    ("key file", "Path"),
    ("failure reason", "FailureReason"),
    ("OCSP responder", "OCSPResponderURL"),
    ("this update", "ThisUpdate"),
    ("next update", "NextUpdate"),
];

/// A time without the fraction that every field of this type has: `2026-11-12 00:00:00 UTC`; all
/// other texts as they are.
fn plain(text: &str) -> String {
    let time = text.strip_suffix('Z').filter(|_| logs::stamp(text.as_bytes(), None).is_some());
    let Some((date, time)) = time.and_then(|time| time.split_once('T')) else {
        return text.to_owned();
    };
    let seconds = time.split_once('.').map_or(time, |(seconds, _)| seconds);
    format!("{date} {seconds} UTC")
}

/// The side that the field `Type` names.
fn side(text: &str) -> Option<Side> {
    [Side::Client, Side::Server].into_iter().find(|side| text.eq_ignore_ascii_case(side.name()))
}

/// The process that speaks TLS, where the build writes it.
fn process(fields: Fields<'_>) -> Option<Process> {
    let id = fields.integer("CallerProcessId");
    let image = fields.text("CallerProcessImageName").map(str::to_owned);
    (id.is_some() || image.is_some()).then_some(Process { id, image })
}

fn handshake(record: &Record, fields: Fields<'_>) -> Handshake {
    Handshake {
        place: record.place,
        time: record.time.map(|time| time.nanoseconds),
        server: fields.text("Type").and_then(side).map(|side| side == Side::Server),
        protocol: fields.text("Protocol").map(str::to_owned),
        cipher_suite: fields.integer("CipherSuite").and_then(|suite| u16::try_from(suite).ok()),
        target: fields.text("TargetName").map(str::to_owned),
        remote_subject: fields.text("RemoteCertSubjectName").map(str::to_owned),
    }
}

fn credential(record: &Record, fields: Fields<'_>) -> Credential {
    let bytes = fields.bytes("EncodedCert");
    Credential {
        place: record.place,
        time: record.time.map(|time| time.nanoseconds),
        server: fields.text("Type").and_then(side).map(|side| side == Side::Server),
        key: fields.text("KeyName").map(str::to_owned),
        key_provider: fields.text("CSPName").map(str::to_owned),
        key_type: fields.text("KeyType").map(str::to_owned),
        certificate: bytes.as_deref().and_then(attached::certificate),
    }
}

#[cfg(test)]
mod tests;
