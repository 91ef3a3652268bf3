//! Node.js: the codes that are neither OpenSSL's reasons nor its results of verification.

use super::super::Dialect;
use super::super::ground::{
    HOST_NAME, NO_SERVER_CERTIFICATE, RENEGOTIATION, TIMEOUT, VERSIONS, WEAK_DH,
};
use super::{Code, Table, Written, lost, refused};

/// Codes of Node's `tls`; from its documentation of errors, version 20.
pub(super) static NODE: Table = Table {
    dialect: Dialect::Node,
    prefixes: &["ERR_TLS_"],
    loose: false,
    base: 0,
    written: Written::Never,
    codes: CODES,
};

static CODES: &[Code] = &[
    refused(0, "CERT_ALTNAME_INVALID", &[], &HOST_NAME),
    refused(0, "CERT_ALTNAME_FORMAT", &[], &HOST_NAME),
    refused(0, "DH_PARAM_SIZE", &[], &WEAK_DH),
    lost(0, "HANDSHAKE_TIMEOUT", &TIMEOUT),
    refused(0, "INVALID_PROTOCOL_VERSION", &[], &VERSIONS),
    refused(0, "PROTOCOL_VERSION_CONFLICT", &[], &VERSIONS),
    refused(0, "RENEGOTIATION_DISABLED", &[], &RENEGOTIATION),
    refused(0, "REQUIRED_SERVER_NAME", &[], &NO_SERVER_CERTIFICATE),
];
