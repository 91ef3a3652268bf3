//! The names of alerts: the registry's, and what libraries make of them.

use std::borrow::Cow;

use alert::Alert;

use super::codes::{THEY, sent};
use super::{AlertSet, Dialect, Spelled};
use crate::sighting::Voice;

/// What counts in a name: everything but case and the marks between words.
fn letters(name: &str) -> impl Iterator<Item = u8> {
    let counts = |byte: &u8| !matches!(byte, b'_' | b'-' | b' ' | b'/');
    name.bytes().filter(counts).map(|byte| byte.to_ascii_lowercase())
}

/// Whether two names differ in case and marks only.
pub(super) fn alike(one: &str, other: &str) -> bool {
    letters(one).eq(letters(other))
}

/// The alert of a name in any spelling, and whose spelling that is.
pub(super) fn named(word: &str) -> Option<Spelled> {
    if let Some(alert) = Alert::from_name(word) {
        return Some(plain(alert, Dialect::Registry, None, "the name in the registry"));
    }
    let known = String::from_utf8_lossy(&letters(word).collect::<Vec<_>>()).into_owned();
    PREFIXES.iter().find_map(|prefix| {
        let bare: Vec<u8> = letters(prefix.text).collect();
        let (head, rest) = known.split_at_checked(bare.len())?;
        let rest = Some(rest).filter(|_| head.as_bytes() == bare)?;
        let rest = rest.strip_suffix("alert").unwrap_or(rest);
        let named = Alert::from_name(rest).or_else(|| alias(rest));
        let alert = named.map(|alert| (alert, prefix.dialect, prefix.says)).or_else(|| text(rest));
        alert.map(|(alert, dialect, says)| plain(alert, dialect, prefix.voice, says))
    })
}

/// The alert of a text that GnuTLS or Go writes, in the form of [`letters`].
fn text(letters: &str) -> Option<(Alert, Dialect, &'static str)> {
    let is = |text: &str| !text.is_empty() && alike(text, letters);
    TEXTS.iter().find_map(|row| match (is(row.gnutls), is(row.go)) {
        (true, _) => Some((Alert(row.code), Dialect::GnuTls, "what GnuTLS writes for it")),
        (_, true) => Some((Alert(row.code), Dialect::Go, "what Go writes for it")),
        _ => None,
    })
}

/// The two letters of `SSL_alert_desc_string`. In lower case, and longer, they are words.
pub(super) fn two_letters(word: &str) -> Option<Spelled> {
    let row = TEXTS.iter().find(|row| !row.letters.is_empty() && row.letters == word)?;
    let says = "the two letters that OpenSSL's callback writes for it; they may be another word";
    Some(plain(Alert(row.code), Dialect::OpenSsl, None, says))
}

fn plain(alert: Alert, dialect: Dialect, voice: Option<Voice>, says: &str) -> Spelled {
    let says = match voice {
        Some(_) => format!("{says}: {}", sent(THEY, alert.into())),
        None => format!("{says}: {alert}"),
    };
    let alerts = AlertSet::from(alert);
    Spelled { alerts, voice, dialect, says: Cow::Owned(says), refusal: None }
}

fn alias(name: &str) -> Option<Alert> {
    let found = ALIASES.iter().find(|(other, _)| alike(other, name));
    found.map(|(_, code)| Alert(*code))
}

/// The name without the registry's mark for codes that are kept only so that nobody reuses them.
pub(super) fn short(alert: Alert) -> Option<&'static str> {
    alert.name().map(|name| name.strip_suffix("_RESERVED").unwrap_or(name))
}

/// The name of OpenSSL's reason for a received alert, as 1.1.1 to 3.1 have it, or none where they
/// have none.
///
/// The prefix is that of the oldest protocol which had the alert, and says nothing about the version
/// that was spoken. OpenSSL 3.2 wrote `ssl/tls alert` for `sslv3 alert`, and kept the constants.
pub(super) fn reason(alert: Alert) -> Option<String> {
    let prefix = match alert.code() {
        10 | 20 | 30 | 40..=47 => "SSLV3_ALERT_",
        109 | 116 => "TLSV13_ALERT_",
        110..=114 => "TLSV1_",
        21 | 22 | 48..=51 | 60 | 70 | 71 | 80 | 86 | 90 | 100 | 115 | 120 => "TLSV1_ALERT_",
        _ => return None,
    };
    let name = match alert {
        Alert::USER_CANCELED => "user_cancelled",
        _ => short(alert)?,
    };
    Some(format!("{prefix}{}", name.to_ascii_uppercase()))
}

/// The names that follow from the registry's by a rule, and the texts that follow from nothing; with
/// who speaks in them, where they say so.
pub(super) fn written(alert: Alert) -> Vec<(Dialect, String, Option<Voice>)> {
    let Some(name) = short(alert) else { return Vec::new() };
    let upper = name.to_ascii_uppercase();
    let row = TEXTS.iter().find(|row| row.code == alert.code());
    let mut all = vec![(Dialect::Registry, name.to_owned(), None)];
    if let Some(reason) = reason(alert) {
        let text = reason.to_ascii_lowercase().replace('_', " ");
        all.push((Dialect::OpenSsl, text, Some(Voice::Heard)));
        all.push((Dialect::OpenSsl, format!("SSL_R_{reason}"), Some(Voice::Heard)));
        all.push((Dialect::Node, format!("ERR_SSL_{reason}"), Some(Voice::Heard)));
    }
    all.push((Dialect::OpenSsl, format!("SSL_AD_{upper}"), None));
    if let Some(row) = row {
        for (dialect, text) in [(Dialect::GnuTls, row.gnutls), (Dialect::Go, row.go)] {
            if !text.is_empty() {
                all.push((dialect, text.to_owned(), None));
            }
        }
        if !row.gnutls.is_empty() {
            let name = if alert.code() == 41 { "SSL3_NO_CERTIFICATE" } else { &upper };
            all.push((Dialect::GnuTls, format!("GNUTLS_A_{name}"), None));
        }
    }
    all.push((Dialect::Java, name.to_owned(), None));
    all.push((Dialect::Rustls, camel(name, alert), None));
    all
}

/// `unknown_ca` as rustls writes it: `UnknownCA`.
fn camel(name: &str, alert: Alert) -> String {
    match alert {
        Alert::UNKNOWN_CA => return "UnknownCA".to_owned(),
        Alert::UNKNOWN_PSK_IDENTITY => return "UnknownPSKIdentity".to_owned(),
        Alert::UNRECOGNIZED_NAME => return "UnrecognisedName".to_owned(),
        Alert::ECH_REQUIRED => return "EncryptedClientHelloRequired".to_owned(),
        _ => {}
    }
    let capital = |word: &str| {
        let (head, rest) = word.split_at_checked(1).unwrap_or((word, ""));
        format!("{}{rest}", head.to_ascii_uppercase())
    };
    name.split('_').map(capital).collect()
}

/// What may stand before a name.
struct Prefix {
    text: &'static str,
    dialect: Dialect,
    voice: Option<Voice>,
    says: &'static str,
}

const fn heard(text: &'static str, dialect: Dialect, says: &'static str) -> Prefix {
    Prefix { text, dialect, voice: Some(Voice::Heard), says }
}

const fn neutral(text: &'static str, dialect: Dialect, says: &'static str) -> Prefix {
    Prefix { text, dialect, voice: None, says }
}

/// What OpenSSL's reasons are.
const REASON: &str = "a reason of OpenSSL and BoringSSL";
/// What they are in Node.
const IN_NODE: &str = "OpenSSL's reason, as Node writes it";

/// Longer ones stand before those that they begin with.
static PREFIXES: &[Prefix] = &[
    neutral("MBEDTLS_SSL_ALERT_MSG_", Dialect::MbedTls, "a constant of Mbed TLS"),
    heard("SSL_R_SSL/TLS_ALERT_", Dialect::OpenSsl, REASON),
    heard("SSL_R_TLSV13_ALERT_", Dialect::OpenSsl, REASON),
    heard("SSL_R_TLSV1_ALERT_", Dialect::OpenSsl, REASON),
    heard("SSL_R_SSLV3_ALERT_", Dialect::OpenSsl, REASON),
    heard("SSL_R_TLSV1_", Dialect::OpenSsl, REASON),
    heard("ERR_SSL_SSL/TLS_ALERT_", Dialect::Node, IN_NODE),
    heard("ERR_SSL_TLSV13_ALERT_", Dialect::Node, IN_NODE),
    heard("ERR_SSL_TLSV1_ALERT_", Dialect::Node, IN_NODE),
    heard("ERR_SSL_SSLV3_ALERT_", Dialect::Node, IN_NODE),
    heard("ERR_SSL_TLSV1_", Dialect::Node, IN_NODE),
    heard("SSL/TLS_ALERT_", Dialect::OpenSsl, REASON),
    heard("TLSV13_ALERT_", Dialect::OpenSsl, REASON),
    heard("TLSV1_ALERT_", Dialect::OpenSsl, REASON),
    heard("SSLV3_ALERT_", Dialect::OpenSsl, REASON),
    heard("TLSV1_", Dialect::OpenSsl, REASON),
    neutral("S2N_TLS_ALERT_", Dialect::Registry, "a constant for it"),
    neutral("TLS1_ALERT_", Dialect::Windows, "a constant of Windows"),
    neutral("TLS_ALERT_", Dialect::Registry, "a constant for it"),
    neutral("TLS1_AD_", Dialect::OpenSsl, "a constant of OpenSSL"),
    neutral("SSL3_AD_", Dialect::OpenSsl, "a constant of OpenSSL"),
    neutral("SSL_AD_", Dialect::OpenSsl, "a constant of OpenSSL"),
    neutral("GNUTLS_A_", Dialect::GnuTls, "a constant of GnuTLS"),
    neutral("AlertDescription::", Dialect::Rustls, "a constant of rustls"),
    neutral("AlertDescription.", Dialect::Java, "a constant of Bouncy Castle"),
    neutral("ALERT_", Dialect::Registry, "a constant for it"),
    neutral("tls: ", Dialect::Go, "what Go writes"),
    neutral("", Dialect::Registry, "another name of it"),
];

/// Names that libraries use and the registry does not.
static ALIASES: &[(&str, u8)] = &[
    ("handshake_unexpected", 10),
    ("bad_mac", 20),
    ("no_cert", 41),
    ("ssl3_no_certificate", 41),
    ("bad_cert", 42),
    ("unsupported_cert", 43),
    ("revoked_cert", 44),
    ("cert_revoked", 44),
    ("expired_cert", 45),
    ("cert_expired", 45),
    ("cert_unknown", 46),
    ("inapropriate_fallback", 86),
    ("user_cancelled", 90),
    ("unsupported_ext", 110),
    ("unrecognised_name", 112),
    ("bad_cert_status_response", 113),
    ("bad_cert_hash_value", 114),
    ("no_app_protocol", 120),
    ("encrypted_client_hello_required", 121),
];

/// What libraries write for an alert that does not follow from its name.
struct Texts {
    code: u8,
    /// What `SSL_alert_desc_string` writes; empty where it says `UK`, unknown.
    letters: &'static str,
    /// What GnuTLS writes; empty where it writes nothing.
    gnutls: &'static str,
    /// What Go writes; empty where it writes the number.
    go: &'static str,
}

const fn texts(code: u8, letters: &'static str, gnutls: &'static str, go: &'static str) -> Texts {
    Texts { code, letters, gnutls, go }
}

/// The texts, in the order of the codes. From OpenSSL 3.5, GnuTLS 3.7.9, and Go 1.19 to 1.27.
static TEXTS: &[Texts] = &[
    texts(0, "CN", "Close notify", "close notify"),
    texts(10, "UM", "Unexpected message", "unexpected message"),
    texts(20, "BM", "Bad record MAC", "bad record MAC"),
    texts(21, "DC", "Decryption failed", "decryption failed"),
    texts(22, "RO", "Record overflow", "record overflow"),
    texts(30, "DF", "Decompression failed", "decompression failure"),
    texts(40, "HF", "Handshake failed", "handshake failure"),
    texts(41, "NC", "No certificate (SSL 3.0)", ""),
    texts(42, "BC", "Certificate is bad", "bad certificate"),
    texts(43, "UC", "Certificate is not supported", "unsupported certificate"),
    texts(44, "CR", "Certificate was revoked", "revoked certificate"),
    texts(45, "CE", "Certificate is expired", "expired certificate"),
    texts(46, "CU", "Unknown certificate", "unknown certificate"),
    texts(47, "IP", "Illegal parameter", "illegal parameter"),
    texts(48, "CA", "CA is unknown", "unknown certificate authority"),
    texts(49, "AD", "Access was denied", "access denied"),
    texts(50, "DE", "Decode error", "error decoding message"),
    texts(51, "CY", "Decrypt error", "error decrypting message"),
    texts(60, "ER", "Export restriction", "export restriction"),
    texts(70, "PV", "Error in protocol version", "protocol version not supported"),
    texts(71, "IS", "Insufficient security", "insufficient security level"),
    texts(80, "IE", "Internal error", "internal error"),
    texts(86, "", "Inappropriate fallback", "inappropriate fallback"),
    texts(90, "US", "User canceled", "user canceled"),
    texts(100, "NR", "No renegotiation is allowed", "no renegotiation"),
    texts(109, "", "An extension was expected but was not seen", "missing extension"),
    texts(110, "UE", "An unsupported extension was sent", "unsupported extension"),
    texts(111, "CO", "Could not retrieve the specified certificate", "certificate unobtainable"),
    texts(112, "UN", "The server name sent was not recognized", "unrecognized name"),
    texts(113, "BR", "", "bad certificate status response"),
    texts(114, "BH", "", "bad certificate hash value"),
    texts(115, "UP", "The SRP/PSK username is missing or not known", "unknown PSK identity"),
    texts(116, "", "Certificate is required", "certificate required"),
    texts(120, "", NO_PROTOCOL, "no application protocol"),
    texts(121, "", "", "encrypted client hello required"),
];

/// Too long for its line.
const NO_PROTOCOL: &str = "No supported application protocol could be negotiated";

#[cfg(test)]
mod tests {
    use super::*;

    /// The texts stand in the order of the codes, and no two letters mean two alerts.
    #[test]
    fn texts_are_in_order() {
        assert!(TEXTS.is_sorted_by(|a, b| a.code < b.code));
        let mut pairs: Vec<&str> = TEXTS.iter().map(|row| row.letters).collect();
        pairs.retain(|letters| !letters.is_empty());
        pairs.sort_unstable();
        assert!(pairs.windows(2).all(|two| two[0] != two[1]));
    }

    /// No prefix hides behind a shorter one that stands before it.
    #[test]
    fn longer_prefixes_come_first() {
        for (place, prefix) in PREFIXES.iter().enumerate() {
            let before = PREFIXES.iter().take(place);
            for earlier in before.filter(|earlier| !earlier.text.is_empty()) {
                assert!(!prefix.text.starts_with(earlier.text), "{}", prefix.text);
            }
        }
    }
}
