//! Windows: HRESULTs of SSPI and of certificates, and the errors of WinHTTP.
//!
//! SChannel does not hand the number of an alert to the application: it returns one HRESULT for
//! many alerts, and the same ones when it refuses itself. Which alerts are behind which was read in
//! Microsoft's documentation of SChannel's error codes (2024): what is not listed there, 41, 52, 86,
//! 109, 111 to 114, 116, 117 and 121, becomes `SEC_E_ILLEGAL_MESSAGE`. Numbers from winerror.h.

use super::super::Dialect;
#[allow(clippy::wildcard_imports, reason = "the grounds are this table's words")]
use super::super::ground::*;
use super::{Code, Table, Written, either, lost, other, refused};

/// HRESULTs. Their names keep the facility before the `E`: `SEC_E_`, `CERT_E_`.
pub(in super::super) static HRESULTS: Table = Table {
    dialect: Dialect::Windows,
    prefixes: &[""],
    loose: true,
    base: 0,
    written: Written::Hex,
    codes: HRESULT,
};

/// Errors of WinHTTP and WinINet; as HRESULTs they stand in the facility 7 (Win32).
pub(in super::super) static WINHTTP: Table = Table {
    dialect: Dialect::Windows,
    prefixes: &["ERROR_WINHTTP_", "ERROR_INTERNET_"],
    loose: true,
    base: 0,
    written: Written::Decimal,
    codes: HTTP,
};

/// What becomes `SEC_E_ILLEGAL_MESSAGE`.
const ILLEGAL_MESSAGE: &[u8] =
    &[10, 22, 40, 41, 47, 50, 52, 60, 86, 100, 109, 110, 111, 112, 113, 114, 115, 116, 117, 121];

static HRESULT: &[Code] = &[
    other(0x0009_0312, "SEC_I_CONTINUE_NEEDED", "no failure: the handshake goes on"),
    other(0x0009_0317, "SEC_I_CONTEXT_EXPIRED", "no failure: the other side said close_notify"),
    refused(0x0009_0320, "SEC_I_INCOMPLETE_CREDENTIALS", &[], &CLIENT_CERTIFICATE_WANTED),
    other(0x0009_0321, "SEC_I_RENEGOTIATE", "no failure: the other side asks to renegotiate"),
    refused(0x8009_0301, "SEC_E_INVALID_HANDLE", &[], &SETUP),
    either(0x8009_0302, "SEC_E_UNSUPPORTED_FUNCTION", &[70], &VERSIONS),
    either(0x8009_0304, "SEC_E_INTERNAL_ERROR", &[80], &INTERNAL),
    refused(0x8009_0305, "SEC_E_SECPKG_NOT_FOUND", &[], &SETUP),
    refused(0x8009_0308, "SEC_E_INVALID_TOKEN", &[], &NOT_TLS),
    either(0x8009_030C, "SEC_E_LOGON_DENIED", &[49], &DENIED),
    refused(0x8009_030D, "SEC_E_UNKNOWN_CREDENTIALS", &[], &KEY_ACCESS),
    refused(0x8009_030E, "SEC_E_NO_CREDENTIALS", &[], &NO_SERVER_CERTIFICATE),
    either(0x8009_030F, "SEC_E_MESSAGE_ALTERED", &[20, 30], &BAD_RECORD),
    refused(0x8009_0310, "SEC_E_OUT_OF_SEQUENCE", &[], &BAD_RECORD),
    other(0x8009_0317, "SEC_E_CONTEXT_EXPIRED", "the connection was already closed"),
    other(0x8009_0318, "SEC_E_INCOMPLETE_MESSAGE", "no failure: more bytes are needed"),
    refused(0x8009_0320, "SEC_E_INCOMPLETE_CREDENTIALS", &[], &CLIENT_CERTIFICATE_WANTED),
    refused(0x8009_0322, "SEC_E_WRONG_PRINCIPAL", &[], &HOST_NAME),
    refused(0x8009_0324, "SEC_E_TIME_SKEW", &[], &DATES),
    either(0x8009_0325, "SEC_E_UNTRUSTED_ROOT", &[48], &UNTRUSTED),
    either(0x8009_0326, "SEC_E_ILLEGAL_MESSAGE", ILLEGAL_MESSAGE, &ILLEGAL),
    either(0x8009_0327, "SEC_E_CERT_UNKNOWN", &[42, 43, 46], &VERIFY),
    either(0x8009_0328, "SEC_E_CERT_EXPIRED", &[45], &EXPIRED),
    refused(0x8009_0329, "SEC_E_ENCRYPT_FAILURE", &[], &INTERNAL),
    either(0x8009_0330, "SEC_E_DECRYPT_FAILURE", &[21, 51], &BAD_RECORD),
    either(0x8009_0331, "SEC_E_ALGORITHM_MISMATCH", &[71], &CIPHERS),
    either(0x8009_0333, "SEC_E_UNFINISHED_CONTEXT_DELETED", &[90], &INTERNAL),
    refused(0x8009_0346, "SEC_E_BAD_BINDINGS", &[], &INTERCEPTED),
    refused(0x8009_0349, "SEC_E_CERT_WRONG_USAGE", &[], &PURPOSE),
    refused(0x8009_0350, "SEC_E_DOWNGRADE_DETECTED", &[], &DOWNGRADE),
    refused(0x8009_0351, "SEC_E_SMARTCARD_CERT_REVOKED", &[], &REVOKED),
    refused(0x8009_0352, "SEC_E_ISSUING_CA_UNTRUSTED", &[], &UNTRUSTED),
    refused(0x8009_0353, "SEC_E_REVOCATION_OFFLINE_C", &[], &REVOCATION),
    refused(0x8009_0355, "SEC_E_SMARTCARD_CERT_EXPIRED", &[], &EXPIRED),
    refused(0x8009_035D, "SEC_E_INVALID_PARAMETER", &[], &SETUP),
    other(0x0009_0360, "SEC_I_NO_RENEGOTIATION", "no failure: the other side does not renegotiate"),
    either(0x8009_0367, "SEC_E_APPLICATION_PROTOCOL_MISMATCH", &[120], &PROTOCOLS),
    refused(0x8009_2004, "CRYPT_E_NOT_FOUND", &[], &NO_SERVER_CERTIFICATE),
    refused(0x8009_2007, "CRYPT_E_SELF_SIGNED", &[], &SELF_SIGNED),
    refused(0x8009_200B, "CRYPT_E_NO_KEY_PROPERTY", &[], &PRIVATE_KEY),
    either(0x8009_2010, "CRYPT_E_REVOKED", &[44], &REVOKED),
    refused(0x8009_2011, "CRYPT_E_NO_REVOCATION_DLL", &[], &REVOCATION),
    refused(0x8009_2012, "CRYPT_E_NO_REVOCATION_CHECK", &[], &REVOCATION),
    refused(0x8009_2013, "CRYPT_E_REVOCATION_OFFLINE", &[], &REVOCATION),
    refused(0x8009_2014, "CRYPT_E_NOT_IN_REVOCATION_DATABASE", &[], &REVOCATION),
    refused(0x8009_2026, "CRYPT_E_SECURITY_SETTINGS", &[], &PLATFORM),
    refused(0x8009_3102, "CRYPT_E_ASN1_EOD", &[], &BAD_CERTIFICATE),
    refused(0x8009_3103, "CRYPT_E_ASN1_CORRUPT", &[], &BAD_CERTIFICATE),
    refused(0x8009_310B, "CRYPT_E_ASN1_BADTAG", &[], &BAD_CERTIFICATE),
    refused(0x8009_6004, "TRUST_E_CERT_SIGNATURE", &[], &CERT_SIGNATURE),
    refused(0x8009_6010, "TRUST_E_BAD_DIGEST", &[], &CERT_SIGNATURE),
    refused(0x8009_6019, "TRUST_E_BASIC_CONSTRAINTS", &[], &NOT_A_CA),
    refused(0x800B_0004, "TRUST_E_SUBJECT_NOT_TRUSTED", &[], &UNTRUSTED),
    refused(0x800B_0100, "TRUST_E_NOSIGNATURE", &[], &CERT_SIGNATURE),
    refused(0x800B_0101, "CERT_E_EXPIRED", &[], &DATES),
    refused(0x800B_0102, "CERT_E_VALIDITYPERIODNESTING", &[], &STRICT),
    refused(0x800B_0103, "CERT_E_ROLE", &[], &NOT_A_CA),
    refused(0x800B_0104, "CERT_E_PATHLENCONST", &[], &CHAIN_RULES),
    refused(0x800B_0105, "CERT_E_CRITICAL", &[], &STRICT),
    refused(0x800B_0106, "CERT_E_PURPOSE", &[], &PURPOSE),
    refused(0x800B_0107, "CERT_E_ISSUERCHAINING", &[], &NO_ISSUER),
    refused(0x800B_0108, "CERT_E_MALFORMED", &[], &BAD_CERTIFICATE),
    refused(0x800B_0109, "CERT_E_UNTRUSTEDROOT", &[], &ROOT_IN_CHAIN),
    refused(0x800B_010A, "CERT_E_CHAINING", &[], &NO_ISSUER),
    refused(0x800B_010B, "TRUST_E_FAIL", &[], &VERIFY),
    refused(0x800B_010C, "CERT_E_REVOKED", &[], &REVOKED),
    refused(0x800B_010D, "CERT_E_UNTRUSTEDTESTROOT", &[], &ROOT_IN_CHAIN),
    refused(0x800B_010E, "CERT_E_REVOCATION_FAILURE", &[], &REVOCATION),
    refused(0x800B_010F, "CERT_E_CN_NO_MATCH", &[], &HOST_NAME),
    refused(0x800B_0110, "CERT_E_WRONG_USAGE", &[], &PURPOSE),
    refused(0x800B_0111, "TRUST_E_EXPLICIT_DISTRUST", &[], &UNTRUSTED),
    refused(0x800B_0112, "CERT_E_UNTRUSTEDCA", &[], &UNTRUSTED),
    refused(0x800B_0113, "CERT_E_INVALID_POLICY", &[], &CHAIN_RULES),
    refused(0x800B_0114, "CERT_E_INVALID_NAME", &[], &CHAIN_RULES),
];

static HTTP: &[Code] = &[
    lost(12002, "TIMEOUT", &TIMEOUT),
    lost(12029, "CANNOT_CONNECT", &NO_CONNECTION),
    lost(12030, "CONNECTION_ERROR", &RESET),
    refused(12037, "SECURE_CERT_DATE_INVALID", &[], &DATES),
    refused(12038, "SECURE_CERT_CN_INVALID", &[], &HOST_NAME),
    refused(12044, "CLIENT_AUTH_CERT_NEEDED", &[], &CLIENT_CERTIFICATE_WANTED),
    refused(12045, "SECURE_INVALID_CA", &[], &UNTRUSTED),
    refused(12057, "SECURE_CERT_REV_FAILED", &[], &REVOCATION),
    other(12157, "SECURE_CHANNEL_ERROR", "SChannel failed; event 36887 or 36888 says with what"),
    refused(12169, "SECURE_INVALID_CERT", &[], &VERIFY),
    refused(12170, "SECURE_CERT_REVOKED", &[], &REVOKED),
    refused(12175, "SECURE_FAILURE", &[], &VERIFY),
    refused(12179, "SECURE_CERT_WRONG_USAGE", &[], &PURPOSE),
];
