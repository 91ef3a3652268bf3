//! HTTP.sys, which speaks TLS for IIS, Exchange, AD FS, WinRM and whoever else shares its ports.
//!
//! It opens certificates itself, and says in the log System when it cannot. The answer to a client is
//! the end of its connection, without an alert.

use alert::Side;
use logs::{Event, Peer, Sighting, Sure, Suspect, Voice};

use crate::{Record, Told};

/// The providers: the one of today, and the name that its events are registered under.
const PROVIDERS: [&str; 2] = ["Microsoft-Windows-HttpEvent", "HTTP"];

/// The certificate of an endpoint could not be used.
const FAILED: u32 = 15021;
/// What an endpoint shows was removed, or set.
const REMOVED: u32 = 15300;
const SET: u32 = 15301;

/// Where the status stands in the bytes behind the event: they are an `IO_ERROR_LOG_PACKET` (wdm.h),
/// whose own data begins behind 40 bytes.
const STATUS: usize = 40;

/// What the status means, as far as it is known from certificates: NTSTATUS values of ntstatus.h.
const STATUSES: &[(u32, &str)] = &[
    (0xC000_005F, "no certificate of this name with a private key is in the store"),
    (0xC000_0022, "the private key may not be read"),
    (0xC000_0034, "the certificate is not in the store"),
    (0xC000_0225, "the certificate is not in the store"),
];

const SUSPECTS: &[Suspect] = &[
    Suspect { cause: "server-has-no-usable-certificate", sure: Sure::Likely },
    Suspect { cause: "private-key-permission", sure: Sure::Possible },
];

/// The causes that these events point at.
pub(crate) fn suspects() -> impl Iterator<Item = &'static str> {
    SUSPECTS.iter().map(|suspect| suspect.cause)
}

/// What a record tells; `None` where it is another's or not about certificates.
pub(crate) fn told(record: &Record) -> Option<Told> {
    if !PROVIDERS.iter().any(|name| record.provider.eq_ignore_ascii_case(name)) {
        return None;
    }
    match record.id {
        FAILED => Some(Told::Failure(Box::new(failure(record)))),
        REMOVED | SET => Some(Told::Notice(record.id)),
        _ => None,
    }
}

fn failure(record: &Record) -> Sighting {
    let endpoint = record.text("Endpoint").unwrap_or("an endpoint");
    let status = status(record);
    let says = status.and_then(|status| {
        let known = STATUSES.iter().find(|(code, _)| *code == status);
        known.map(|(_, says)| *says)
    });
    let code = status.map(|status| format!(": 0x{status:08X}")).unwrap_or_default();
    let name = Peer::read(endpoint).and_then(|peer| peer.name);
    let facts = [
        ("endpoint", Some(endpoint)),
        ("what HTTP.sys says", says),
        (
            "what to do",
            Some(
                "netsh http show sslcert: the hash at this endpoint must be of a certificate with a private key in the store named there; bind it again",
            ),
        ),
    ];
    let facts = facts.into_iter().filter_map(|(label, text)| Some((label, text?.to_owned())));
    Sighting {
        line: record.place.line,
        offset: record.place.offset,
        lines: 1,
        words: format!("{FAILED}, no usable certificate for {endpoint}{code}"),
        library: None,
        program: None,
        version: "",
        alert: None,
        sent: None,
        voice: Voice::Lost,
        role: Some(Side::Server),
        peer: None,
        name,
        host: record.computer.clone(),
        time: record.time,
        suspects: SUSPECTS.into(),
        event: Some(Box::new(Event {
            id: record.id,
            provider: record.provider.clone(),
            ids: vec![record.id],
            records: record.number.into_iter().collect(),
            error: status,
            facts: facts.collect(),
            ..Event::default()
        })),
    }
}

fn status(record: &Record) -> Option<u32> {
    let bytes = record.bytes("Binary")?;
    let (status, _) = bytes.get(STATUS..)?.split_first_chunk()?;
    Some(u32::from_le_bytes(*status))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(id: u32, endpoint: &str, bytes: &str) -> Record {
        let fields = [
            ("DeviceObject", "\\Device\\Http\\ReqQueue"),
            ("Endpoint", endpoint),
            ("Binary", bytes),
        ];
        Record::built("Microsoft-Windows-HttpEvent", id, &fields)
    }

    /// The bytes behind the event, with this status at their end.
    fn packet(status: &str) -> String {
        format!("000004000200300000000000AD3A00C0{}{status}", "0".repeat(48))
    }

    /// The endpoint and the status say which certificate could not be used, and why.
    #[test]
    fn an_endpoint_without_a_certificate() {
        let Some(Told::Failure(told)) =
            told(&record(FAILED, "www.example:443", &packet("5F0000C0")))
        else {
            panic!("nothing told");
        };
        assert_eq!(told.suspects[0].cause, "server-has-no-usable-certificate");
        assert_eq!((told.role, told.voice), (Some(Side::Server), Voice::Lost));
        assert_eq!(told.name.as_deref(), Some("www.example"));
        assert!(told.words.ends_with("www.example:443: 0xC000005F"), "{}", told.words);
        let event = told.event.unwrap();
        assert_eq!(event.error, Some(0xC000_005F));
        assert!(event.facts.iter().any(|(_, text)| text.contains("private key is in the store")));
    }

    /// What is missing is left out, and what is no failure is none.
    #[test]
    fn other_events() {
        for bytes in ["", "00", &packet("5F00")] {
            let Some(Told::Failure(told)) = told(&record(FAILED, "[::]:443", bytes)) else {
                panic!("nothing told");
            };
            let event = told.event.unwrap();
            assert_eq!((event.error, told.name), (None, None));
        }
        assert!(matches!(told(&record(SET, "0.0.0.0:443", "")), Some(Told::Notice(SET))));
        assert!(told(&record(15007, "0.0.0.0:443", "")).is_none());
        assert!(told(&Record::built("Schannel", FAILED, &[])).is_none());
    }
}
