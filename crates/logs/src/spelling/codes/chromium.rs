//! Chromium and the browsers made of it.
//!
//! Numbers from `net/base/net_error_list.h`, the alerts behind them from `MapOpenSSLErrorSSL`, both
//! of 2024. A refused certificate is answered with 46 whatever is wrong with it.

use super::super::Dialect;
#[allow(clippy::wildcard_imports, reason = "the grounds are this table's words")]
use super::super::ground::*;
use super::{Code, Table, Written, either, heard, lost, other, refused};

/// Chromium's network errors.
pub(super) static CHROMIUM: Table = Table {
    dialect: Dialect::Chromium,
    prefixes: &["ERR_", "net::ERR_"],
    loose: false,
    base: 0,
    written: Written::Decimal,
    codes: CODES,
};

/// The alerts that have no error of their own.
const UNMAPPED: &[u8] = &[0, 10, 21, 22, 40, 47, 50, 60, 80, 86, 90, 109, 110, 115, 120, 121];

static CODES: &[Code] = &[
    lost(-7, "TIMED_OUT", &TIMEOUT),
    lost(-100, "CONNECTION_CLOSED", &END_OF_FILE),
    lost(-101, "CONNECTION_RESET", &RESET),
    lost(-102, "CONNECTION_REFUSED", &NO_CONNECTION),
    lost(-103, "CONNECTION_ABORTED", &RESET),
    lost(-104, "CONNECTION_FAILED", &NO_CONNECTION),
    lost(-105, "NAME_NOT_RESOLVED", &NO_CONNECTION),
    either(-107, "SSL_PROTOCOL_ERROR", UNMAPPED, &NOT_TLS),
    refused(-110, "SSL_CLIENT_AUTH_CERT_NEEDED", &[], &CLIENT_CERTIFICATE_WANTED),
    refused(-112, "NO_SSL_VERSIONS_ENABLED", &[], &SETUP),
    either(-113, "SSL_VERSION_OR_CIPHER_MISMATCH", &[40, 70, 71], &VERSIONS_OR_CIPHERS),
    refused(-114, "SSL_RENEGOTIATION_REQUESTED", &[], &RENEGOTIATION),
    heard(-117, "BAD_SSL_CLIENT_AUTH_CERT", &[42, 43, 44, 45, 46, 48, 49, 116]),
    lost(-118, "CONNECTION_TIMED_OUT", &TIMEOUT),
    refused(-122, "ALPN_NEGOTIATION_FAILED", &[], &PROTOCOLS),
    heard(-123, "SSL_NO_RENEGOTIATION", &[100]),
    heard(-125, "SSL_DECOMPRESSION_FAILURE_ALERT", &[30]),
    heard(-126, "SSL_BAD_RECORD_MAC_ALERT", &[20]),
    refused(-129, "SSL_WEAK_SERVER_EPHEMERAL_DH_KEY", &[], &WEAK_DH),
    refused(-134, "SSL_CLIENT_AUTH_PRIVATE_KEY_ACCESS_DENIED", &[], &PRIVATE_KEY),
    refused(-135, "SSL_CLIENT_AUTH_CERT_NO_PRIVATE_KEY", &[], &PRIVATE_KEY),
    refused(-136, "PROXY_CERTIFICATE_INVALID", &[46], &VERIFY),
    refused(-141, "SSL_CLIENT_AUTH_SIGNATURE_FAILED", &[], &PRIVATE_KEY),
    other(-148, "SSL_HANDSHAKE_NOT_COMPLETED", "no failure: the handshake is not over"),
    refused(-149, "SSL_BAD_PEER_PUBLIC_KEY", &[], &WEAK_KEY),
    refused(-150, "SSL_PINNED_KEY_NOT_IN_CERT_CHAIN", &[46], &PINNED),
    refused(-151, "CLIENT_AUTH_CERT_TYPE_UNSUPPORTED", &[], &CLIENT_CERTIFICATE_WANTED),
    heard(-153, "SSL_DECRYPT_ERROR_ALERT", &[51]),
    refused(-156, "SSL_SERVER_CERT_CHANGED", &[47], &BAD_CERTIFICATE),
    heard(-159, "SSL_UNRECOGNIZED_NAME_ALERT", &[112]),
    refused(-164, "SSL_CLIENT_AUTH_CERT_BAD_FORMAT", &[], &CLIENT_CERTIFICATE_WANTED),
    refused(-167, "SSL_SERVER_CERT_BAD_FORMAT", &[46], &BAD_CERTIFICATE),
    refused(-172, "SSL_OBSOLETE_CIPHER", &[], &CIPHERS),
    refused(-177, "SSL_CLIENT_AUTH_NO_COMMON_ALGORITHMS", &[], &SCHEMES),
    refused(-180, "TLS13_DOWNGRADE_DETECTED", &[47], &DOWNGRADE),
    refused(-181, "SSL_KEY_USAGE_INCOMPATIBLE", &[47], &KEY_USAGE),
    refused(-182, "INVALID_ECH_CONFIG_LIST", &[], &ECH),
    refused(-183, "ECH_NOT_NEGOTIATED", &[121], &ECH),
    refused(-184, "ECH_FALLBACK_CERTIFICATE_INVALID", &[46], &VERIFY),
    refused(-200, "CERT_COMMON_NAME_INVALID", &[46], &HOST_NAME),
    refused(-201, "CERT_DATE_INVALID", &[46], &DATES),
    refused(-202, "CERT_AUTHORITY_INVALID", &[46], &UNTRUSTED),
    refused(-203, "CERT_CONTAINS_ERRORS", &[46], &BAD_CERTIFICATE),
    refused(-204, "CERT_NO_REVOCATION_MECHANISM", &[46], &REVOCATION),
    refused(-205, "CERT_UNABLE_TO_CHECK_REVOCATION", &[46], &REVOCATION),
    refused(-206, "CERT_REVOKED", &[46], &REVOKED),
    refused(-207, "CERT_INVALID", &[46], &BAD_CERTIFICATE),
    refused(-208, "CERT_WEAK_SIGNATURE_ALGORITHM", &[46], &WEAK_HASH),
    refused(-210, "CERT_NON_UNIQUE_NAME", &[46], &PLATFORM),
    refused(-211, "CERT_WEAK_KEY", &[46], &WEAK_KEY),
    refused(-212, "CERT_NAME_CONSTRAINT_VIOLATION", &[46], &CHAIN_RULES),
    refused(-213, "CERT_VALIDITY_TOO_LONG", &[46], &PLATFORM),
    refused(-214, "CERTIFICATE_TRANSPARENCY_REQUIRED", &[46], &PLATFORM),
    refused(-215, "CERT_SYMANTEC_LEGACY", &[46], &UNTRUSTED),
    refused(-217, "CERT_KNOWN_INTERCEPTION_BLOCKED", &[46], &INTERCEPTED),
    refused(-218, "SSL_OBSOLETE_VERSION", &[], &VERSIONS),
    lost(-324, "EMPTY_RESPONSE", &END_OF_FILE),
    refused(-356, "QUIC_PROTOCOL_ERROR", &[], &QUIC_ERROR),
    refused(-358, "QUIC_HANDSHAKE_FAILED", &[], &QUIC_ERROR),
    refused(-380, "QUIC_CERT_ROOT_NOT_KNOWN", &[46], &UNTRUSTED),
];
