//! How the stacks spell each alert in their logs.
//!
//! Every text here was seen on a run of the stack or read in its source. OpenSSL writes the received
//! alerts 10, 20, 30 and 40 to 47 as `sslv3 alert ...` up to 3.1 and as `ssl/tls alert ...` since
//! 3.2; the prefix is a table's name and says nothing about the version that was spoken.

use alert::Alert;

/// How one alert reads when it was received.
pub(super) struct Spelling {
    pub(super) code: u8,
    pub(super) openssl: &'static str,
    /// Empty where GnuTLS has no text.
    pub(super) gnutls: &'static str,
    pub(super) go: &'static str,
    pub(super) nss: &'static str,
}

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
    let spelling = SPELLINGS.iter().find(|spelling| spelling.code == code);
    let openssl = spelling.map_or_else(
        || format!("reason({})", 1_000 + u32::from(code)),
        |spelling| spelling.openssl.to_owned(),
    );
    add("OpenSSL", format!("{openssl} … SSL alert number {code}"), THEY);
    for (_, text) in OWN.iter().filter(|(of, _)| *of == code) {
        add("OpenSSL", (*text).to_owned(), WE);
    }
    // Both are about fatal alerts, and nobody logs a code that is not registered so.
    if spelling.is_some() && !WARNINGS.contains(&code) {
        add("curl", format!("(IN), TLS alert, … ({})", 0x200 + u32::from(code)), THEY);
        add("Windows", format!("event 36887 … {code}"), THEY);
        let beside = BESIDE.iter().find(|(of, _)| *of == code).map_or("", |(_, event)| event);
        add("Windows", format!("event 36888 … {code}{beside}"), WE);
    }
    match (spelling, code) {
        (_, 0) => add("Java", "Received close_notify during handshake".to_owned(), THEY),
        (_, 90) => add("Java", "Received fatal close_notify alert".to_owned(), THEY),
        (Some(_), _) if code != 52 && code != 121 => {
            add("Java", format!("Received fatal alert: {}", short_name(alert)), THEY);
        }
        _ => add("Java", format!("Unknown alert description ({code})"), THEY),
    }
    match spelling {
        Some(Spelling { go: "EOF", .. }) => add("Go", "EOF".to_owned(), THEY),
        Some(spelling) => add("Go", format!("remote error: tls: {}", spelling.go), THEY),
        None => add("Go", format!("remote error: tls: alert({code})"), THEY),
    }
    match spelling.map(|spelling| spelling.gnutls) {
        None | Some("") => add("GnuTLS", format!("Received alert [{code}]: (unknown)"), THEY),
        Some(text) => add("GnuTLS", format!("Received alert [{code}]: {text}"), THEY),
    }
    if let Some(spelling) = spelling {
        add("Firefox", spelling.nss.to_owned(), THEY);
    }
    lines
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

/// Codes that are warnings as a rule.
const WARNINGS: &[u8] = &[0, 41, 90, 100];

/// Events that Windows often writes beside 36888.
const BESIDE: &[(u8, &str)] = &[(40, " · 36874"), (48, " · 36882")];

/// The texts of received alerts, in the order of the codes.
pub(super) const SPELLINGS: &[Spelling] = &[
    Spelling {
        code: 0,
        openssl: "reason(1000)",
        gnutls: "Close notify",
        go: "EOF",
        nss: "PR_END_OF_FILE_ERROR",
    },
    Spelling {
        code: 10,
        openssl: "sslv3 alert unexpected message",
        gnutls: "Unexpected message",
        go: "unexpected message",
        nss: "SSL_ERROR_HANDSHAKE_UNEXPECTED_ALERT",
    },
    Spelling {
        code: 20,
        openssl: "sslv3 alert bad record mac",
        gnutls: "Bad record MAC",
        go: "bad record MAC",
        nss: "SSL_ERROR_BAD_MAC_ALERT",
    },
    Spelling {
        code: 21,
        openssl: "tlsv1 alert decryption failed",
        gnutls: "Decryption failed",
        go: "decryption failed",
        nss: "SSL_ERROR_DECRYPTION_FAILED_ALERT",
    },
    Spelling {
        code: 22,
        openssl: "tlsv1 alert record overflow",
        gnutls: "Record overflow",
        go: "record overflow",
        nss: "SSL_ERROR_RECORD_OVERFLOW_ALERT",
    },
    Spelling {
        code: 30,
        openssl: "sslv3 alert decompression failure",
        gnutls: "Decompression failed",
        go: "decompression failure",
        nss: "SSL_ERROR_DECOMPRESSION_FAILURE_ALERT",
    },
    Spelling {
        code: 40,
        openssl: "sslv3 alert handshake failure",
        gnutls: "Handshake failed",
        go: "handshake failure",
        nss: "SSL_ERROR_NO_CYPHER_OVERLAP",
    },
    Spelling {
        code: 41,
        openssl: "sslv3 alert no certificate",
        gnutls: "No certificate (SSL 3.0)",
        go: "alert(41)",
        nss: "SSL_ERROR_NO_CERTIFICATE",
    },
    Spelling {
        code: 42,
        openssl: "sslv3 alert bad certificate",
        gnutls: "Certificate is bad",
        go: "bad certificate",
        nss: "SSL_ERROR_BAD_CERT_ALERT",
    },
    Spelling {
        code: 43,
        openssl: "sslv3 alert unsupported certificate",
        gnutls: "Certificate is not supported",
        go: "unsupported certificate",
        nss: "SSL_ERROR_UNSUPPORTED_CERT_ALERT",
    },
    Spelling {
        code: 44,
        openssl: "sslv3 alert certificate revoked",
        gnutls: "Certificate was revoked",
        go: "revoked certificate",
        nss: "SSL_ERROR_REVOKED_CERT_ALERT",
    },
    Spelling {
        code: 45,
        openssl: "sslv3 alert certificate expired",
        gnutls: "Certificate is expired",
        go: "expired certificate",
        nss: "SSL_ERROR_EXPIRED_CERT_ALERT",
    },
    Spelling {
        code: 46,
        openssl: "sslv3 alert certificate unknown",
        gnutls: "Unknown certificate",
        go: "unknown certificate",
        nss: "SSL_ERROR_CERTIFICATE_UNKNOWN_ALERT",
    },
    Spelling {
        code: 47,
        openssl: "sslv3 alert illegal parameter",
        gnutls: "Illegal parameter",
        go: "illegal parameter",
        nss: "SSL_ERROR_ILLEGAL_PARAMETER_ALERT",
    },
    Spelling {
        code: 48,
        openssl: "tlsv1 alert unknown ca",
        gnutls: "CA is unknown",
        go: "unknown certificate authority",
        nss: "SSL_ERROR_UNKNOWN_CA_ALERT",
    },
    Spelling {
        code: 49,
        openssl: "tlsv1 alert access denied",
        gnutls: "Access was denied",
        go: "access denied",
        nss: "SSL_ERROR_ACCESS_DENIED_ALERT",
    },
    Spelling {
        code: 50,
        openssl: "tlsv1 alert decode error",
        gnutls: "Decode error",
        go: "error decoding message",
        nss: "SSL_ERROR_DECODE_ERROR_ALERT",
    },
    Spelling {
        code: 51,
        openssl: "tlsv1 alert decrypt error",
        gnutls: "Decrypt error",
        go: "error decrypting message",
        nss: "SSL_ERROR_DECRYPT_ERROR_ALERT",
    },
    Spelling {
        code: 52,
        openssl: "reason(1052)",
        gnutls: "",
        go: "alert(52)",
        nss: "SSL_ERROR_RX_UNKNOWN_ALERT",
    },
    Spelling {
        code: 60,
        openssl: "tlsv1 alert export restriction",
        gnutls: "Export restriction",
        go: "export restriction",
        nss: "SSL_ERROR_EXPORT_RESTRICTION_ALERT",
    },
    Spelling {
        code: 70,
        openssl: "tlsv1 alert protocol version",
        gnutls: "Error in protocol version",
        go: "protocol version not supported",
        nss: "SSL_ERROR_PROTOCOL_VERSION_ALERT",
    },
    Spelling {
        code: 71,
        openssl: "tlsv1 alert insufficient security",
        gnutls: "Insufficient security",
        go: "insufficient security level",
        nss: "SSL_ERROR_INSUFFICIENT_SECURITY_ALERT",
    },
    Spelling {
        code: 80,
        openssl: "tlsv1 alert internal error",
        gnutls: "Internal error",
        go: "internal error",
        nss: "SSL_ERROR_INTERNAL_ERROR_ALERT",
    },
    Spelling {
        code: 86,
        openssl: "tlsv1 alert inappropriate fallback",
        gnutls: "Inappropriate fallback",
        go: "inappropriate fallback",
        nss: "SSL_ERROR_INAPPROPRIATE_FALLBACK_ALERT",
    },
    Spelling {
        code: 90,
        openssl: "tlsv1 alert user cancelled",
        gnutls: "User canceled",
        go: "user canceled",
        nss: "SSL_ERROR_USER_CANCELED_ALERT",
    },
    Spelling {
        code: 100,
        openssl: "tlsv1 alert no renegotiation",
        gnutls: "No renegotiation is allowed",
        go: "no renegotiation",
        nss: "SSL_ERROR_NO_RENEGOTIATION_ALERT",
    },
    Spelling {
        code: 109,
        openssl: "tlsv13 alert missing extension",
        gnutls: "An extension was expected but was not seen",
        go: "missing extension",
        nss: "SSL_ERROR_MISSING_EXTENSION_ALERT",
    },
    Spelling {
        code: 110,
        openssl: "tlsv1 unsupported extension",
        gnutls: "An unsupported extension was sent",
        go: "unsupported extension",
        nss: "SSL_ERROR_UNSUPPORTED_EXTENSION_ALERT",
    },
    Spelling {
        code: 111,
        openssl: "tlsv1 certificate unobtainable",
        gnutls: "Could not retrieve the specified certificate",
        go: "certificate unobtainable",
        nss: "SSL_ERROR_CERTIFICATE_UNOBTAINABLE_ALERT",
    },
    Spelling {
        code: 112,
        openssl: "tlsv1 unrecognized name",
        gnutls: "The server name sent was not recognized",
        go: "unrecognized name",
        nss: "SSL_ERROR_UNRECOGNIZED_NAME_ALERT",
    },
    Spelling {
        code: 113,
        openssl: "tlsv1 bad certificate status response",
        gnutls: "",
        go: "bad certificate status response",
        nss: "SSL_ERROR_BAD_CERT_STATUS_RESPONSE_ALERT",
    },
    Spelling {
        code: 114,
        openssl: "tlsv1 bad certificate hash value",
        gnutls: "",
        go: "bad certificate hash value",
        nss: "SSL_ERROR_BAD_CERT_HASH_VALUE_ALERT",
    },
    Spelling {
        code: 115,
        openssl: "tlsv1 alert unknown psk identity",
        gnutls: "The SRP/PSK username is missing or not known",
        go: "unknown PSK identity",
        nss: "SSL_ERROR_RX_UNKNOWN_ALERT",
    },
    Spelling {
        code: 116,
        openssl: "tlsv13 alert certificate required",
        gnutls: "Certificate is required",
        go: "certificate required",
        nss: "SSL_ERROR_RX_CERTIFICATE_REQUIRED_ALERT",
    },
    Spelling {
        code: 120,
        openssl: "tlsv1 alert no application protocol",
        gnutls: "No supported application protocol could be negotiated",
        go: "no application protocol",
        nss: "SSL_ERROR_NEXT_PROTOCOL_NO_PROTOCOL",
    },
    Spelling {
        code: 121,
        openssl: "reason(1121)",
        gnutls: "",
        go: "alert(121)",
        nss: "SSL_ERROR_ECH_REQUIRED_ALERT",
    },
];
