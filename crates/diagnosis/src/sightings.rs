//! What explains a failure of which a log tells.
//!
//! A line holds less than a capture: no hello, no chain. What its words say beside the alert comes
//! with the stack's form; what the alert alone says, by who sent it, is the table here. *Certain* is
//! kept for words that leave nothing open.

use alert::{Alert, Side};
use logs::{Sighting, Sure, Suspect, Voice};

use crate::rules::cause;
use crate::{Confidence, Finding};

/// The findings, the surest first; empty where the line points at no cause.
#[must_use]
pub fn sighted(sighting: &Sighting) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    // What is no TLS was refused by nobody, and seen by the side that wrote the line.
    let by = match sighting.voice {
        Voice::Lost => sighting.role,
        _ => sighting.refused_by(),
    };
    // An event that no library wrote means the side that it names.
    let by = by.filter(|_| sighting.event.is_none() || sighting.library.is_some());
    let refuser = sighting.refused_by();
    // Only a server hears such a refusal.
    let heard = |it: &&Suspect| sighting.role != Some(Side::Client) || it.cause != HIDDEN;
    let told = sighting.suspects.iter().filter(heard);
    let told = told.map(|it| (of_other_side(*it, by), refuser));
    // Words that leave nothing open leave nothing to the alert.
    let is_open = sighting.suspects.iter().all(|suspect| suspect.sure != Sure::Certain);
    let of_alert = if is_open { by_alert(sighting) } else { Vec::new() };
    for (suspect, refuser) in told.chain(of_alert) {
        let known = findings.iter().any(|finding| finding.cause.slug == suspect.cause);
        let Some(cause) = cause(suspect.cause).filter(|_| !known) else { continue };
        let confidence = match suspect.sure {
            Sure::Certain => Confidence::Certain,
            Sure::Likely => Confidence::Likely,
            Sure::Possible => Confidence::Possible,
        };
        let finding = Finding::new(cause, confidence, refuser);
        findings.push(finding.frame("the log says", sighting.line, sighting.words.as_str()));
    }
    findings.sort_by_key(|finding| finding.confidence);
    if findings.is_empty() { unsaid(sighting) } else { findings }
}

/// What is usual where the words do not tell: that it is unknown, and the causes that come first to
/// mind.
fn unsaid(sighting: &Sighting) -> Vec<Finding> {
    let refuser = sighting.refused_by();
    let words = sighting.words.to_ascii_lowercase();
    let certificate = ["certificate", "verif"].iter().any(|word| words.contains(word));
    let usual = match (sighting.voice, sighting.role) {
        (Voice::Refused, Some(Side::Server)) if certificate => CLIENT_CERTIFICATE,
        (Voice::Refused, Some(Side::Client)) if certificate => SERVER_CERTIFICATE,
        (Voice::Refused, None) if certificate => ANY_CERTIFICATE,
        (Voice::Heard, Some(Side::Server)) => SERVER_CERTIFICATE,
        (Voice::Heard, Some(Side::Client)) => HELLO,
        (Voice::Lost, Some(Side::Server)) => CLIENT_LEFT,
        (Voice::Lost, Some(Side::Client)) => SERVER_LEFT,
        _ => return Vec::new(),
    };
    let causes = ["unknown"].iter().chain(usual).filter_map(|slug| cause(slug));
    let of = |cause| Finding::new(cause, Confidence::Possible, refuser);
    causes
        .map(|cause| of(cause).frame("the log says", sighting.line, sighting.words.as_str()))
        .collect()
}

/// A refusal in the clear of a certificate that TLS 1.3 hides, as a server's log shows it.
const HIDDEN: &str = "hidden-server-certificate";
/// Why clients refuse a certificate, the usual reasons first.
const SERVER_CERTIFICATE: &[&str] =
    &["untrusted-root", "expired-leaf", "hostname-mismatch", "missing-intermediate"];
/// Why servers refuse a certificate.
const CLIENT_CERTIFICATE: &[&str] =
    &["server-does-not-trust-client-ca", "client-cert-expired", "client-cert-wrong-eku"];
/// Why somebody refuses a certificate.
const ANY_CERTIFICATE: &[&str] =
    &["untrusted-root", "server-does-not-trust-client-ca", "expired-leaf", "client-cert-expired"];
/// Why servers refuse a client whose certificate is no matter.
const HELLO: &[&str] = &["no-shared-cipher", "client-cert-missing", "sni-unknown"];
/// Why clients leave in the middle of a handshake without a word.
const CLIENT_LEFT: &[&str] =
    &["health-probe-eof", "untrusted-root", "close-notify-during-handshake"];
/// Why servers do.
const SERVER_LEFT: &[&str] = &["lb-or-server-rst", "close-notify-during-handshake", "sni-unknown"];

/// The causes that make a side send an alert, the usual one first; none where nobody knows any.
#[must_use]
pub fn pointed_at(alert: Alert, sender: Side) -> &'static [&'static str] {
    match (BY_ALERT.iter().find(|(code, ..)| *code == alert), sender) {
        (Some((_, client, _)), Side::Client) => client,
        (Some((_, _, server)), Side::Server) => server,
        (None, _) => &[],
    }
}

/// Whether an alert is about a certificate that was shown: clients send those as a rule, servers all
/// others.
#[must_use]
pub fn is_of_certificate(alert: Alert) -> bool {
    CERTIFICATE.contains(&alert)
}

/// Whose habit it is to refuse a certificate with this alert, in words that fit behind the name of
/// the side. The other stacks send other alerts for the same reason, so that a server's log tells
/// something of its clients.
#[must_use]
pub fn dialect_of(sighting: &Sighting) -> Option<&'static str> {
    if sighting.voice != Voice::Heard || sighting.refused_by() == Some(Side::Server) {
        return None;
    }
    match sighting.alert? {
        Alert::BAD_CERTIFICATE => {
            Some("Go or GnuTLS, by dialect: for an untrusted root OpenSSL sends 48, Java 46")
        }
        Alert::UNKNOWN_CA => {
            Some("OpenSSL or a browser, by dialect: for an untrusted root Java sends 46, Go 42")
        }
        Alert::CERTIFICATE_UNKNOWN => {
            Some("Java or a browser, by dialect: for an untrusted root OpenSSL sends 48, Go 42")
        }
        _ => None,
    }
}

/// A library has the same words for a certificate whoever showed it, and for bytes that are no TLS
/// whoever sent them. Where the line tells which side saw them, they were the other side's.
fn of_other_side(suspect: Suspect, by: Option<Side>) -> Suspect {
    let cause = FAULTS.iter().chain(logs::FAULTS).find_map(|(of_server, of_client)| match by? {
        Side::Server => (suspect.cause == *of_server).then_some(*of_client),
        Side::Client => (suspect.cause == *of_client).then_some(*of_server),
    });
    Suspect { cause: cause.unwrap_or(suspect.cause), ..suspect }
}

/// Causes that are one fault, beside those of certificates: of a server, as a client sees it, and of
/// a client.
const FAULTS: &[(&str, &str)] = &[
    ("tls-to-plaintext-port", "plaintext-http-on-tls-port"),
    ("lb-or-server-rst", "health-probe-eof"),
];

/// What an alert points at, by the side that sent it, and that side. Where the log does not tell the
/// side, all that either would mean is possible.
fn by_alert(sighting: &Sighting) -> Vec<(Suspect, Option<Side>)> {
    let Some(alert) = sighting.any_alert().filter(|_| sighting.voice != Voice::Lost) else {
        return Vec::new();
    };
    let Some((_, client, server)) = BY_ALERT.iter().find(|(code, ..)| *code == alert) else {
        return Vec::new();
    };
    // Words that name a cause have said more than the alert does.
    let weaker = sighting.suspects.iter().any(|suspect| suspect.sure < Sure::Possible);
    let of = |side: Side, sure: Sure| {
        let causes: &'static [&'static str] = if side == Side::Client { client } else { server };
        causes.iter().enumerate().map(move |(place, cause)| {
            let sure = if place == 0 && !weaker { sure } else { Sure::Possible };
            (Suspect { cause, sure }, Some(side))
        })
    };
    match sighting.refused_by() {
        Some(side) => of(side, Sure::Likely).collect(),
        // Certificates are refused by clients as a rule, all else by servers.
        None => {
            let first = if is_of_certificate(alert) { Side::Client } else { Side::Server };
            of(first, Sure::Possible).chain(of(first.other(), Sure::Possible)).collect()
        }
    }
}

/// Alerts about a certificate that was shown.
const CERTIFICATE: &[Alert] = &[
    Alert::BAD_CERTIFICATE,
    Alert::UNSUPPORTED_CERTIFICATE,
    Alert::CERTIFICATE_REVOKED,
    Alert::CERTIFICATE_EXPIRED,
    Alert::CERTIFICATE_UNKNOWN,
    Alert::UNKNOWN_CA,
];

/// For each alert what makes a client send it, and what makes a server: the usual cause first.
const BY_ALERT: &[(Alert, &[&str], &[&str])] = &[
    (
        Alert::UNEXPECTED_MESSAGE,
        &["wrong-starttls-mode", "middlebox-corruption"],
        &[
            "plaintext-http-on-tls-port",
            "wrong-starttls-mode",
            "malformed-clienthello",
            "sni-invalid-syntax",
            "renegotiation-refused",
        ],
    ),
    (
        Alert::BAD_RECORD_MAC,
        &[
            "shared-connection-fork-or-thread",
            "dhe-leading-zero",
            "ems-required-fips",
            "middlebox-corruption",
        ],
        &[
            "shared-connection-fork-or-thread",
            "dhe-leading-zero",
            "psk-wrong-secret",
            "ems-required-fips",
            "middlebox-corruption",
        ],
    ),
    // What old stacks said where others say 20: nothing tells the two apart.
    (
        Alert::DECRYPTION_FAILED,
        &["shared-connection-fork-or-thread", "middlebox-corruption"],
        &["shared-connection-fork-or-thread", "dhe-leading-zero", "middlebox-corruption"],
    ),
    (
        Alert::RECORD_OVERFLOW,
        &["tls-to-plaintext-port", "middlebox-corruption"],
        &["plaintext-http-on-tls-port", "middlebox-corruption"],
    ),
    (
        Alert::HANDSHAKE_FAILURE,
        &["weak-dh", "legacy-renegotiation-peer", "chain-sigalg-not-offered", "sigalg-no-overlap"],
        &[
            "no-shared-cipher",
            "client-cert-missing",
            "server-has-no-usable-certificate",
            "no-shared-group",
            "sigalg-no-overlap",
            "sni-missing",
        ],
    ),
    (
        Alert::BAD_CERTIFICATE,
        &[
            "untrusted-root",
            "hostname-mismatch",
            "not-yet-valid",
            "expired-leaf",
            "missing-intermediate",
            "self-signed-server",
            "clock-skew",
            "pinning",
            "platform-cert-policy",
        ],
        &[
            "server-does-not-trust-client-ca",
            "client-cert-missing",
            "client-cert-expired",
            "client-cert-wrong-eku",
            "client-cert-policy-denied",
        ],
    ),
    (
        Alert::UNSUPPORTED_CERTIFICATE,
        &["wrong-eku-server", "key-usage-mismatch"],
        &["client-cert-wrong-eku", "key-usage-mismatch"],
    ),
    (Alert::CERTIFICATE_REVOKED, &["revoked"], &["revoked"]),
    (
        Alert::CERTIFICATE_EXPIRED,
        &["expired-leaf", "expired-chain-member", "crl-expired", "clock-skew"],
        &["client-cert-expired", "clock-skew"],
    ),
    (
        Alert::CERTIFICATE_UNKNOWN,
        &[
            "untrusted-root",
            "hostname-mismatch",
            "missing-intermediate",
            "tls-interception-untrusted",
            "expired-leaf",
            "pinning",
            "platform-cert-policy",
        ],
        &[
            "server-does-not-trust-client-ca",
            "client-cert-expired",
            "client-cert-wrong-eku",
            "client-cert-policy-denied",
        ],
    ),
    (
        Alert::ILLEGAL_PARAMETER,
        &["middlebox-corruption", "version-intolerant-middlebox"],
        &["malformed-clienthello", "sni-invalid-syntax", "middlebox-corruption"],
    ),
    (
        Alert::UNKNOWN_CA,
        &[
            "untrusted-root",
            "missing-intermediate",
            "self-signed-server",
            "tls-interception-untrusted",
            "crl-missing",
        ],
        &["server-does-not-trust-client-ca", "missing-client-intermediate"],
    ),
    (
        Alert::ACCESS_DENIED,
        &[],
        &[
            "sni-unknown",
            "client-cert-policy-denied",
            "client-cert-not-mapped",
            "server-does-not-trust-client-ca",
        ],
    ),
    (
        Alert::DECODE_ERROR,
        &["middlebox-corruption", "eof-without-close-notify"],
        &[
            "malformed-clienthello",
            "pq-clienthello-split",
            "middlebox-corruption",
            "sni-invalid-syntax",
            "eof-without-close-notify",
        ],
    ),
    (
        Alert::DECRYPT_ERROR,
        &["cert-bad-signature", "middlebox-corruption", "hsm-bad-signature"],
        &["hsm-bad-signature", "psk-wrong-secret", "middlebox-corruption"],
    ),
    (
        Alert::PROTOCOL_VERSION,
        &["client-min-version-above-server-max"],
        &[
            "client-max-version-below-server-min",
            "client-min-version-above-server-max",
            "sslv2-hello",
        ],
    ),
    (
        Alert::INSUFFICIENT_SECURITY,
        &["weak-dh", "nonstandard-dh-group"],
        &["no-shared-cipher", "ems-required-fips", "no-shared-group"],
    ),
    (
        Alert::INTERNAL_ERROR,
        &[],
        &["sni-missing", "server-internal-error", "sni-unknown", "schannel-keyspec"],
    ),
    (
        Alert::USER_CANCELED,
        &["close-notify-during-handshake", "user-canceled-java"],
        &["user-canceled-java"],
    ),
    (Alert::INAPPROPRIATE_FALLBACK, &[], &["fallback-scsv"]),
    (
        Alert::NO_RENEGOTIATION,
        &["renegotiation-for-client-cert", "renegotiation-refused"],
        &["renegotiation-refused"],
    ),
    (
        Alert::MISSING_EXTENSION,
        &[],
        &["sigalg-ext-missing", "malformed-clienthello", "sni-missing", "no-shared-group"],
    ),
    (Alert::UNSUPPORTED_EXTENSION, &["unsolicited-extension"], &["malformed-clienthello"]),
    (Alert::UNRECOGNIZED_NAME, &[], &["sni-unknown", "sni-missing"]),
    (Alert::BAD_CERTIFICATE_STATUS_RESPONSE, &["ocsp-must-staple-missing"], &[]),
    (Alert::UNKNOWN_PSK_IDENTITY, &[], &["psk-identity-unknown"]),
    (
        Alert::CERTIFICATE_REQUIRED,
        &[],
        // A client that has none of the authorities that were asked for shows none.
        &["client-cert-missing", "server-does-not-trust-client-ca"],
    ),
    (Alert::NO_APPLICATION_PROTOCOL, &["alpn-not-selected"], &["alpn-no-overlap"]),
    (Alert::ECH_REQUIRED, &["ech-rejected"], &[]),
];

#[cfg(test)]
mod tests {
    use logs::Stack;

    use super::*;

    fn findings(line: &str) -> Vec<(&'static str, Confidence)> {
        let sightings = Sighting::all(line.as_bytes());
        let found = sightings.iter().flat_map(sighted);
        found.map(|finding| (finding.cause.slug, finding.confidence)).collect()
    }

    /// Every cause that a stack file, an event of Windows or the table names has a rule.
    #[test]
    fn every_suspect_is_a_cause() {
        let faults =
            FAULTS.iter().chain(logs::FAULTS).flat_map(|(server, client)| [*server, *client]);
        let of_table = BY_ALERT.iter().flat_map(|(_, client, server)| client.iter().chain(*server));
        let of_stacks = Stack::all().iter().flat_map(Stack::suspects);
        let of_events = windows::suspects();
        let unsaid = [
            SERVER_CERTIFICATE,
            CLIENT_CERTIFICATE,
            ANY_CERTIFICATE,
            HELLO,
            CLIENT_LEFT,
            SERVER_LEFT,
        ];
        let of_table = of_table.chain(unsaid.into_iter().flatten());
        for slug in of_table.copied().chain(of_stacks).chain(faults).chain(of_events) {
            assert!(cause(slug).is_some(), "{slug}");
        }
    }

    /// A server refuses a client's certificate, in the words with which a client refuses its.
    #[test]
    fn the_certificate_is_the_other_sides() {
        let words = "javax.net.ssl.SSLHandshakeException: PKIX path building failed: x";
        let server = format!(
            "Handshake failed for client connection from IP address [192.0.2.7] and port [4]\n{words}"
        );
        let of_server = findings(&server);
        assert!(of_server.iter().any(|(slug, _)| *slug == "server-does-not-trust-client-ca"));
        assert!(of_server.iter().all(|(slug, _)| *slug != "untrusted-root"));
        let of_unknown = findings(words);
        assert!(of_unknown.iter().any(|(slug, _)| *slug == "untrusted-root"));
    }

    /// Bytes that are no TLS came from the other side.
    #[test]
    fn plaintext_is_the_other_sides() {
        let words =
            "SSL_do_handshake() failed (SSL: error:0A00010B:SSL routines::wrong version number)";
        let server =
            format!("{words} while SSL handshaking, client: 192.0.2.7, server: 0.0.0.0:443");
        assert_eq!(findings(&server)[0], ("plaintext-http-on-tls-port", Confidence::Likely));
        assert!(findings(&server).iter().all(|(slug, _)| *slug != "tls-to-plaintext-port"));
        assert_eq!(findings(words)[0], ("tls-to-plaintext-port", Confidence::Likely));
    }

    /// Who sent an alert decides what it means, and where the log does not tell, all is possible.
    #[test]
    fn the_sender_decides() {
        let server =
            "http: TLS handshake error from 192.0.2.7:4: remote error: tls: bad certificate";
        assert_eq!(findings(server)[0], ("untrusted-root", Confidence::Likely));
        let either = findings("remote error: tls: bad certificate");
        assert!(either.iter().all(|(_, sure)| *sure == Confidence::Possible));
        assert!(either.iter().any(|(slug, _)| *slug == "server-does-not-trust-client-ca"));
    }

    /// Where the words do not tell, that comes first, and the usual causes are no more than possible.
    #[test]
    fn what_is_not_said_stays_unknown() {
        let of = |words: &str| {
            let found = findings(words);
            assert!(found.iter().all(|(_, sure)| *sure == Confidence::Possible), "{words}");
            found.iter().map(|(slug, _)| *slug).collect::<Vec<_>>()
        };
        let client = of(
            "error:0A000086:SSL routines:tls_post_process_server_certificate:certificate verify failed",
        );
        assert_eq!(client[..2], ["unknown", "untrusted-root"]);
        let server = of(
            "error:0A000086:SSL routines:tls_process_client_certificate:certificate verify failed",
        );
        assert_eq!(server[..2], ["unknown", "server-does-not-trust-client-ca"]);
    }

    /// What IIS refuses is the client's certificate, and each of its reasons is a cause.
    #[test]
    fn iis_refuses_the_clients() {
        let of = |status: &str| {
            let fields = "#Fields: date time c-ip sc-status sc-substatus sc-win32-status";
            findings(&format!("{fields}\n2026-11-22 09:00:01 192.0.2.7 {status}\n"))
        };
        let cases = [
            ("403 7 0", "client-cert-missing", Confidence::Certain),
            ("403 12 0", "client-cert-not-mapped", Confidence::Likely),
            ("403 13 0", "revoked", Confidence::Likely),
            ("403 13 2148081683", "revocation-unreachable", Confidence::Certain),
            ("403 16 2148204809", "server-does-not-trust-client-ca", Confidence::Likely),
            ("403 16 2148204810", "missing-client-intermediate", Confidence::Likely),
            ("403 16 2148204816", "client-cert-wrong-eku", Confidence::Certain),
            ("403 17 0", "client-cert-expired", Confidence::Likely),
        ];
        for (status, cause, sure) in cases {
            assert_eq!(of(status)[0], (cause, sure), "{status}");
        }
    }

    /// What an event says by itself is said of the side that it means: a server of network access
    /// says as well that its clients do not trust it.
    #[test]
    fn an_event_means_what_it_says() {
        let line = "javax.net.ssl.SSLHandshakeException: PKIX path building failed: x";
        let mut told = Sighting::all(line.as_bytes()).remove(0);
        told.role = Some(Side::Server);
        (told.alert, told.sent) = (None, None);
        told.suspects = vec![Suspect { cause: "untrusted-root", sure: Sure::Possible }].into();
        told.event = Some(Box::default());
        let first = |told: &Sighting| sighted(told)[0].cause.slug;
        assert_eq!(first(&told), "server-does-not-trust-client-ca");
        told.library = None;
        assert_eq!(first(&told), "untrusted-root");
    }
}
