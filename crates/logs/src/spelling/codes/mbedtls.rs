//! Mbed TLS.
//!
//! Numbers from the headers of 2.28 and 3.6. Version 3 gave some numbers of version 2 another
//! meaning: both stand here, the newer first. The alerts were read in 2.28; where nothing stands, none
//! is sent or none is known.

use super::super::Dialect;
#[allow(clippy::wildcard_imports, reason = "the grounds are this table's words")]
use super::super::ground::*;
use super::{Code, Table, Written, heard, lost, other, refused};

/// Mbed TLS's errors.
pub(super) static MBEDTLS: Table = Table {
    dialect: Dialect::MbedTls,
    prefixes: &["MBEDTLS_ERR_", "POLARSSL_ERR_"],
    loose: false,
    base: 0,
    written: Written::Hex,
    codes: CODES,
};

static CODES: &[Code] = &[
    refused(-0x2180, "X509_INVALID_FORMAT", &[42], &BAD_CERTIFICATE),
    refused(-0x2480, "X509_INVALID_SIGNATURE", &[42], &BAD_CERTIFICATE),
    refused(-0x2500, "X509_INVALID_EXTENSIONS", &[42], &STRICT),
    refused(-0x2600, "X509_UNKNOWN_SIG_ALG", &[42], &WEAK_HASH),
    refused(-0x2680, "X509_SIG_MISMATCH", &[42], &STRICT),
    refused(-0x2700, "X509_CERT_VERIFY_FAILED", &[42, 43, 44, 45, 46, 48, 49], &VERIFY),
    refused(-0x2780, "X509_CERT_UNKNOWN_FORMAT", &[42], &BAD_CERTIFICATE),
    refused(-0x3000, "X509_FATAL_ERROR", &[], &INTERNAL),
    refused(-0x5D80, "SSL_CERTIFICATE_VERIFICATION_WITHOUT_HOSTNAME", &[], &SETUP),
    refused(-0x5E80, "SSL_BAD_CONFIG", &[], &SETUP),
    refused(-0x5F00, "SSL_VERSION_MISMATCH", &[], &VERSIONS),
    refused(-0x6000, "SSL_UNEXPECTED_CID", &[], &BAD_RECORD),
    refused(-0x6600, "SSL_ILLEGAL_PARAMETER", &[47], &ILLEGAL),
    refused(-0x6600, "SSL_INVALID_VERIFY_HASH", &[40], &SCHEMES),
    other(-0x6680, "SSL_NON_FATAL", "no failure: a warning, or a record that was left out"),
    refused(-0x6700, "SSL_UNEXPECTED_RECORD", &[10], &OUT_OF_TURN),
    lost(-0x6800, "SSL_TIMEOUT", &TIMEOUT),
    other(-0x6880, "SSL_WANT_WRITE", "no failure: ask again when there is room"),
    other(-0x6900, "SSL_WANT_READ", "no failure: ask again when more has come"),
    refused(-0x6980, "SSL_NO_USABLE_CIPHERSUITE", &[40], &CIPHERS),
    refused(-0x6C00, "SSL_INTERNAL_ERROR", &[80], &INTERNAL),
    refused(-0x6C80, "SSL_UNKNOWN_IDENTITY", &[115], &PSK_IDENTITY),
    refused(-0x6D00, "SSL_PK_TYPE_MISMATCH", &[40], &PRIVATE_KEY),
    refused(-0x6E00, "SSL_HANDSHAKE_FAILURE", &[40], &PARAMETERS),
    refused(-0x6E00, "SSL_BAD_HS_NEW_SESSION_TICKET", &[50], &MALFORMED),
    refused(-0x6E80, "SSL_BAD_PROTOCOL_VERSION", &[70], &VERSIONS),
    refused(-0x6E80, "SSL_BAD_HS_PROTOCOL_VERSION", &[70], &VERSIONS),
    refused(-0x7100, "SSL_BAD_INPUT_DATA", &[], &SETUP),
    refused(-0x7180, "SSL_INVALID_MAC", &[20], &BAD_RECORD),
    refused(-0x7200, "SSL_INVALID_RECORD", &[], &NOT_TLS),
    lost(-0x7280, "SSL_CONN_EOF", &END_OF_FILE),
    refused(-0x7300, "SSL_DECODE_ERROR", &[50], &MALFORMED),
    refused(-0x7300, "SSL_UNKNOWN_CIPHER", &[], &CIPHERS),
    refused(-0x7380, "SSL_NO_CIPHER_CHOSEN", &[40], &CIPHERS),
    refused(-0x7480, "SSL_NO_CLIENT_CERTIFICATE", &[], &NO_CLIENT_CERTIFICATE),
    refused(-0x7500, "SSL_UNSUPPORTED_EXTENSION", &[110], &UNSOLICITED),
    refused(-0x7500, "SSL_CERTIFICATE_TOO_LARGE", &[], &INTERNAL),
    refused(-0x7580, "SSL_NO_APPLICATION_PROTOCOL", &[120], &PROTOCOLS),
    refused(-0x7580, "SSL_CERTIFICATE_REQUIRED", &[], &NO_SERVER_CERTIFICATE),
    refused(-0x7600, "SSL_PRIVATE_KEY_REQUIRED", &[], &NO_SERVER_CERTIFICATE),
    refused(-0x7680, "SSL_CA_CHAIN_REQUIRED", &[], &SETUP),
    refused(-0x7700, "SSL_UNEXPECTED_MESSAGE", &[10], &OUT_OF_TURN),
    heard(-0x7780, "SSL_FATAL_ALERT_MESSAGE", &[]),
    refused(-0x7800, "SSL_UNRECOGNIZED_NAME", &[112], &SERVER_NAME),
    refused(-0x7800, "SSL_PEER_VERIFY_FAILED", &[42, 43, 44, 45, 46, 48, 49], &VERIFY),
    heard(-0x7880, "SSL_PEER_CLOSE_NOTIFY", &[0]),
    refused(-0x7900, "SSL_BAD_HS_CLIENT_HELLO", &[40, 47, 50, 70, 86, 112, 120], &MALFORMED),
    refused(-0x7980, "SSL_BAD_HS_SERVER_HELLO", &[40, 47, 50, 110], &MALFORMED),
    refused(-0x7A00, "SSL_BAD_CERTIFICATE", &[42], &BAD_CERTIFICATE),
    refused(-0x7A00, "SSL_BAD_HS_CERTIFICATE", &[49, 50], &BAD_CERTIFICATE),
    refused(-0x7A80, "SSL_BAD_HS_CERTIFICATE_REQUEST", &[50], &MALFORMED),
    refused(-0x7B00, "SSL_BAD_HS_SERVER_KEY_EXCHANGE", &[47, 50], &MALFORMED),
    refused(-0x7B80, "SSL_BAD_HS_SERVER_HELLO_DONE", &[50], &MALFORMED),
    refused(-0x7C00, "SSL_BAD_HS_CLIENT_KEY_EXCHANGE", &[], &MALFORMED),
    refused(-0x7D80, "SSL_BAD_HS_CERTIFICATE_VERIFY", &[], &HANDSHAKE_SIGNATURE),
    refused(-0x7E00, "SSL_BAD_HS_CHANGE_CIPHER_SPEC", &[], &OUT_OF_TURN),
    refused(-0x7E80, "SSL_BAD_HS_FINISHED", &[50, 51], &HANDSHAKE_SIGNATURE),
];
