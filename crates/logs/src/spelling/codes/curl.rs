//! curl: its exit codes, which people take for alerts.
//!
//! From the header of 7.88. What the backend says stands behind the code in curl's message.

use super::super::Dialect;
#[allow(clippy::wildcard_imports, reason = "the grounds are this table's words")]
use super::super::ground::*;
use super::{Code, Table, Written, lost, other, refused};

/// Exit codes.
pub(in super::super) static CURL: Table = Table {
    dialect: Dialect::Curl,
    prefixes: &["CURLE_"],
    loose: false,
    base: 0,
    written: Written::Decimal,
    codes: CODES,
};

static CODES: &[Code] = &[
    lost(7, "COULDNT_CONNECT", &NO_CONNECTION),
    lost(28, "OPERATION_TIMEDOUT", &TIMEOUT),
    other(35, "SSL_CONNECT_ERROR", "the handshake failed; the text behind the code says why"),
    refused(51, "OBSOLETE51", &[], &VERIFY),
    lost(52, "GOT_NOTHING", &END_OF_FILE),
    refused(53, "SSL_ENGINE_NOTFOUND", &[], &SETUP),
    refused(54, "SSL_ENGINE_SETFAILED", &[], &SETUP),
    other(56, "RECV_ERROR", "the connection broke after the handshake; the text says why"),
    refused(58, "SSL_CERTPROBLEM", &[], &CLIENT_CERTIFICATE_WANTED),
    refused(59, "SSL_CIPHER", &[], &CIPHERS),
    refused(60, "PEER_FAILED_VERIFICATION", &[], &VERIFY),
    refused(64, "USE_SSL_FAILED", &[], &NO_STARTTLS),
    refused(66, "SSL_ENGINE_INITFAILED", &[], &SETUP),
    refused(77, "SSL_CACERT_BADFILE", &[], &SETUP),
    other(80, "SSL_SHUTDOWN_FAILED", "the end of the connection failed"),
    refused(82, "SSL_CRL_BADFILE", &[], &SETUP),
    refused(83, "SSL_ISSUER_ERROR", &[], &NO_ISSUER),
    refused(90, "SSL_PINNEDPUBKEYNOTMATCH", &[], &PINNED),
    refused(91, "SSL_INVALIDCERTSTATUS", &[], &STAPLE),
    refused(98, "SSL_CLIENTCERT", &[], &CLIENT_CERTIFICATE_WANTED),
];
