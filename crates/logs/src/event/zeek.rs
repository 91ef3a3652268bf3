//! Zeek's `ssl.log`, as a table and as JSON.
//!
//! Source: Zeek's manual, "ssl.log", and its record `SSL::Info`. `established` says whether the
//! handshake was finished, `last_alert` names the last alert in the clear, and `ssl_history` has a
//! letter for each message, a capital for the client's: `L` is an alert.

use std::borrow::Cow;

use alert::{Alert, LevelRule, Side, Version};
use memchr::memmem;

use super::{End, Failure};
use crate::container::json::{self, Value};
use crate::container::text_of;
use crate::stack::Stack;
use crate::{Stamp, Sure, Suspect, hole};

/// The columns of a table of Zeek's.
#[derive(Debug)]
pub(crate) struct Table {
    fields: Vec<Vec<u8>>,
    separator: u8,
    unset: Vec<u8>,
}

/// One connection.
#[derive(Default)]
struct Connection<'a> {
    time: Option<Stamp>,
    id: Cow<'a, str>,
    originator: End<'a>,
    responder: End<'a>,
    name: Option<Cow<'a, str>>,
    established: Option<bool>,
    alert: Option<Cow<'a, str>>,
    history: Cow<'a, str>,
    validation: Cow<'a, str>,
    name_matches: Option<bool>,
}

/// Fields of a table that are read; a log has about 25, and packages add to them.
const MAX_FIELDS: usize = 256;

static ZEEK: Stack = Stack::monitor("zeek", "Zeek");

impl Table {
    /// Reads the header of an `ssl.log`; `None` for any other text.
    pub(super) fn of(head: &[u8]) -> Option<Self> {
        let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
        let mut table = Self { fields: Vec::new(), separator: b'\t', unset: b"-".to_vec() };
        let mut is_ssl = false;
        for line in head.split(|byte| *byte == b'\n') {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            let rest = line.strip_prefix(b"#")?;
            if let Some(separator) = rest.strip_prefix(b"separator ") {
                table.separator = separator_of(separator)?;
                continue;
            }
            let mut parts = rest.split(|byte| *byte == table.separator);
            match parts.next() {
                Some(b"path") => is_ssl = parts.next() == Some(b"ssl"),
                Some(b"unset_field") => table.unset = parts.next()?.to_vec(),
                Some(b"fields") => {
                    table.fields = parts.take(MAX_FIELDS).map(<[u8]>::to_vec).collect();
                    return is_ssl.then_some(table);
                }
                _ => {}
            }
        }
        None
    }
}

/// `\x09`, or the character itself.
fn separator_of(text: &[u8]) -> Option<u8> {
    match text {
        [byte] => Some(*byte),
        [b'\\', b'x', digits @ ..] => u8::from_str_radix(str::from_utf8(digits).ok()?, 16).ok(),
        _ => None,
    }
}

/// A row of a table.
pub(super) fn row<'a>(table: &Table, line: &'a [u8]) -> Option<Failure<'a>> {
    if line.starts_with(b"#") {
        return None;
    }
    let mut connection = Connection::default();
    let cells = line.split(|byte| *byte == table.separator);
    for (name, cell) in table.fields.iter().zip(cells) {
        if *cell != table.unset[..] && cell != b"(empty)" {
            connection.set(name, Cow::Borrowed(cell));
        }
    }
    connection.failure()
}

/// A JSON record.
pub(super) fn record(line: &[u8]) -> Option<Failure<'_>> {
    // Nearly every record is of a connection that went well.
    let has = |word: &[u8]| memmem::find(line, word).is_some();
    if has(b"\"established\":true") && !has(b"\"last_alert\"") {
        return None;
    }
    let mut connection = Connection::default();
    json::walk(line, |keys, value| {
        if let [name] = keys {
            let value = match value {
                Value::Text(text) => text.text(),
                Value::Bare(bare) => Cow::Borrowed(bare),
                Value::Object => return,
            };
            connection.set(name, value);
        }
    });
    connection.failure()
}

impl<'a> Connection<'a> {
    fn set(&mut self, name: &[u8], value: Cow<'a, [u8]>) {
        let flag = || matches!(&value[..], b"T" | b"true");
        match name {
            b"ts" => self.time = Stamp::of_field(&value, None),
            b"uid" => self.id = text_of(value),
            b"id.orig_h" => self.originator.address = text_of(value),
            b"id.orig_p" => self.originator.port = text_of(value),
            b"id.resp_h" => self.responder.address = text_of(value),
            b"id.resp_p" => self.responder.port = text_of(value),
            b"server_name" => self.name = Some(text_of(value)),
            b"established" => self.established = Some(flag()),
            b"last_alert" => self.alert = Some(text_of(value)),
            b"ssl_history" => self.history = text_of(value),
            b"validation_status" => self.validation = text_of(value),
            b"sni_matches_cert" => self.name_matches = Some(flag()),
            _ => {}
        }
    }

    /// What it tells, if it tells of a failure.
    fn failure(self) -> Option<Failure<'a>> {
        let established = self.established?;
        let alert = self.alert.as_deref().and_then(alert_of);
        let words = match (alert, established) {
            // An end in good order, a warning, or an alert of a later handshake.
            (alert, true) if !alert.is_some_and(is_fatal) => return None,
            (None, false) if !self.was_left_waiting() => return None,
            (Some(_), _) => format!("last_alert {}", self.alert.as_deref().unwrap_or_default()),
            (None, _) => format!("established F, ssl_history {}", self.history),
        };
        let sender = alert.and(self.sender());
        let suspects = self.suspects(alert, sender);
        // A mark in the history says that it was the responder who began TLS.
        let flipped = self.history.contains('^');
        let (client, server) = match flipped {
            true => (self.responder, self.originator),
            false => (self.originator, self.responder),
        };
        Some(Failure {
            stack: &ZEEK,
            time: self.time,
            id: self.id.into_owned(),
            client,
            server,
            name: self.name.map(Cow::into_owned),
            alert,
            sender,
            of_server: false,
            words,
            suspects,
        })
    }

    /// Whether a client said hello and nobody answered, or a client left when it had seen the
    /// certificate. More is not taken for a failure without an alert: of QUIC and of captures with
    /// holes Zeek sees too little to see the handshake end.
    fn was_left_waiting(&self) -> bool {
        let mut letters = self.history.chars().filter(|letter| *letter != '^');
        let says_hello = letters.next() == Some('C');
        let unanswered = letters.clone().all(|letter| letter == 'C');
        let seen = self.history.contains('x') && !self.history.contains(['G', 'I', 'D']);
        says_hello && (unanswered || seen)
    }

    fn sender(&self) -> Option<Side> {
        match self.history.chars().rfind(|letter| matches!(letter, 'L' | 'l'))? {
            'L' => Some(Side::Client),
            _ => Some(Side::Server),
        }
    }

    /// What Zeek itself found wrong with the certificate that a client refused.
    fn suspects(&self, alert: Option<Alert>, sender: Option<Side>) -> Vec<Suspect> {
        let of_certificate = alert.is_some_and(|alert| CERTIFICATE.contains(&alert.code()));
        if !of_certificate || sender != Some(Side::Client) {
            return Vec::new();
        }
        let mut suspects = Vec::new();
        let found = VALIDATION.iter().find(|(status, _)| self.validation.starts_with(status));
        suspects.extend(found.map(|(_, cause)| Suspect { cause, sure: Sure::Likely }));
        if self.name_matches == Some(false) {
            suspects.push(Suspect { cause: "hostname-mismatch", sure: Sure::Likely });
        }
        suspects
    }
}

/// Alerts about a certificate.
const CERTIFICATE: [u8; 7] = [42, 43, 44, 45, 46, 48, 80];

/// What Zeek's validation says, in the words of OpenSSL in old and new versions, and the cause.
const VALIDATION: [(&str, &str); 8] = [
    ("self signed certificate in", "untrusted-root"),
    ("self-signed certificate in", "untrusted-root"),
    ("self signed certificate", "self-signed-server"),
    ("self-signed certificate", "self-signed-server"),
    ("unable to get local issuer certificate", "missing-intermediate"),
    ("certificate has expired", "expired-leaf"),
    ("certificate is not yet valid", "not-yet-valid"),
    ("certificate revoked", "revoked"),
];

/// The alert by Zeek's name for it: the registered one, or `unknown-121`.
fn alert_of(name: &str) -> Option<Alert> {
    if let Some(code) = name.strip_prefix("unknown-") {
        return code.parse().ok().map(Alert);
    }
    hole::alert(&[], name.as_bytes()).map(|(code, _)| Alert(code))
}

/// Whether an alert cannot be a warning.
fn is_fatal(alert: Alert) -> bool {
    matches!(alert.level_rule(Version::Tls12), LevelRule::Fatal)
}
