//! How the stacks spell each alert in their logs.
//!
//! Every text here was seen on a run of the stack or read in its source. OpenSSL writes the received
//! alerts 10, 20, 30 and 40 to 47 as `sslv3 alert ...` up to 3.1 and as `ssl/tls alert ...` since
//! 3.2; the prefix is a table's name and says nothing about the version that was spoken.

use alert::Alert;
use logs::{Dialect, Voice, spellings};

/// One line of a log, and who sent the alert it speaks of.
pub(super) struct LogLine {
    pub(super) stack: &'static str,
    pub(super) text: String,
    pub(super) sender: &'static str,
}

/// The lines by which logs tell of an alert.
pub(super) fn lines(alert: Alert) -> Vec<LogLine> {
    let code = alert.code();
    let mut lines = Vec::new();
    let mut add = |stack, text: String, sender| lines.push(LogLine { stack, text, sender });
    let registered = Alert::all().any(|known| known == alert);
    let openssl = openssl(alert);
    let openssl = openssl.unwrap_or_else(|| format!("reason({})", 1_000 + u32::from(code)));
    add("OpenSSL", format!("{openssl} … SSL alert number {code}"), THEY);
    for (_, text) in OWN.iter().filter(|(of, _)| *of == code) {
        add("OpenSSL", (*text).to_owned(), WE);
    }
    // Both are about fatal alerts, and nobody logs a code that is not registered so.
    if registered && !WARNINGS.contains(&code) {
        add("curl", format!("(IN), TLS alert, … ({})", 0x200 + u32::from(code)), THEY);
        add("Windows", format!("event 36887 … {code}"), THEY);
        let beside = BESIDE.iter().find(|(of, _)| *of == code).map_or("", |(_, event)| event);
        add("Windows", format!("event 36888 … {code}{beside}"), WE);
    }
    match code {
        0 => add("Java", "Received close_notify during handshake".to_owned(), THEY),
        90 => add("Java", "Received fatal close_notify alert".to_owned(), THEY),
        _ if registered && !UNKNOWN_TO_JAVA.contains(&code) => {
            add("Java", format!("Received fatal alert: {}", short_name(alert)), THEY);
        }
        _ => add("Java", format!("Unknown alert description ({code})"), THEY),
    }
    match (code, first(alert, Dialect::Go)) {
        (0, _) => add("Go", "EOF".to_owned(), THEY),
        (_, Some(text)) => add("Go", format!("remote error: tls: {text}"), THEY),
        (_, None) => add("Go", format!("remote error: tls: alert({code})"), THEY),
    }
    let gnutls = first(alert, Dialect::GnuTls).unwrap_or_else(|| "(unknown)".to_owned());
    add("GnuTLS", format!("Received alert [{code}]: {gnutls}"), THEY);
    match (code, first(alert, Dialect::Nss)) {
        (0, _) => add("Firefox", "PR_END_OF_FILE_ERROR".to_owned(), THEY),
        (_, Some(constant)) => add("Firefox", constant, THEY),
        (_, None) => {}
    }
    lines
}

/// The text of OpenSSL's reason for a received alert.
fn openssl(alert: Alert) -> Option<String> {
    let heard = spellings(alert).filter(|(_, _, voice)| *voice == Some(Voice::Heard));
    let mut texts = heard.filter(|(dialect, text, _)| {
        // Constants have no blanks.
        *dialect == Dialect::OpenSsl && text.contains(' ')
    });
    texts.next().map(|(_, text, _)| text.into_owned())
}

/// The first that a stack writes for an alert: its text where it has one, or its constant.
fn first(alert: Alert, dialect: Dialect) -> Option<String> {
    let mut own = spellings(alert).filter(|(whose, _, _)| *whose == dialect);
    own.next().map(|(_, text, _)| text.into_owned())
}

/// The name without the registry's mark for reserved codes.
pub(super) fn short_name(alert: Alert) -> &'static str {
    let name = alert.name().unwrap_or("unassigned");
    name.strip_suffix("_RESERVED").unwrap_or(name)
}

const THEY: &str = "they";
const WE: &str = "we";

/// What OpenSSL writes when it refuses itself, by the alert that it then sends.
const OWN: &[(u8, &str)] = &[
    (20, "decryption failed or bad record mac"),
    (22, "packet length too long"),
    (40, "no shared cipher"),
    (40, "no suitable signature algorithm · dh key too small"),
    (40, "peer did not return a certificate (TLS 1.2)"),
    (42, "certificate verify failed: hostname mismatch"),
    (43, "certificate verify failed: unsuitable certificate purpose"),
    (44, "certificate verify failed: certificate revoked"),
    (45, "certificate verify failed: certificate has expired"),
    (47, "bad key share"),
    (48, "certificate verify failed: unable to get local issuer certificate"),
    (48, "certificate verify failed: self-signed certificate in certificate chain"),
    (50, "bad extension · length mismatch"),
    (51, "bad signature · digest check failed"),
    (70, "unsupported protocol · version too low"),
    (86, "inappropriate fallback"),
    (110, "unsolicited extension"),
    (115, "psk identity not found"),
    (116, "peer did not return a certificate (TLS 1.3)"),
    (120, "no application protocol"),
];

/// Codes that Java has no name for, up to 25.
const UNKNOWN_TO_JAVA: &[u8] = &[52, 117, 121];

/// Codes that are warnings as a rule.
const WARNINGS: &[u8] = &[0, 41, 90, 100];

/// Events that Windows often writes beside 36888.
const BESIDE: &[(u8, &str)] = &[(40, " · 36874"), (48, " · 36882")];
