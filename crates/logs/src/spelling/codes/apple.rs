//! Apple: SecureTransport, and the errors of Foundation above it.
//!
//! Numbers from Apple's published list of result codes. Those from -9819 to -9840 are fatal alerts
//! of the other side; which alert this side sends for its own refusals is not published.

use super::super::Dialect;
#[allow(clippy::wildcard_imports, reason = "the grounds are this table's words")]
use super::super::ground::*;
use super::{Code, Table, Written, heard, lost, other, refused};

/// Result codes of SecureTransport.
pub(super) static SECURE_TRANSPORT: Table = Table {
    dialect: Dialect::SecureTransport,
    prefixes: &["errSSL"],
    loose: false,
    base: 0,
    written: Written::Decimal,
    codes: RESULTS,
};

/// `NSURLErrorDomain`.
pub(super) static FOUNDATION: Table = Table {
    dialect: Dialect::Foundation,
    prefixes: &["NSURLError", "kCFURLError"],
    loose: false,
    base: 0,
    written: Written::Decimal,
    codes: LOADING,
};

static RESULTS: &[Code] = &[
    refused(-9800, "Protocol", &[], &MALFORMED),
    refused(-9801, "Negotiation", &[], &CIPHERS),
    heard(-9802, "FatalAlert", &[]),
    other(-9803, "WouldBlock", "no failure: ask again when more has come"),
    other(-9804, "SessionNotFound", "no failure: the session is not in the cache"),
    lost(-9805, "ClosedGraceful", &END_OF_FILE),
    lost(-9806, "ClosedAbort", &RESET),
    refused(-9807, "XCertChainInvalid", &[], &VERIFY),
    refused(-9808, "BadCert", &[], &BAD_CERTIFICATE),
    refused(-9809, "Crypto", &[], &INTERNAL),
    refused(-9810, "Internal", &[], &INTERNAL),
    refused(-9812, "UnknownRootCert", &[], &ROOT_IN_CHAIN),
    refused(-9813, "NoRootCert", &[], &NO_ISSUER),
    refused(-9814, "CertExpired", &[], &EXPIRED),
    refused(-9815, "CertNotYetValid", &[], &NOT_YET_VALID),
    lost(-9816, "ClosedNoNotify", &END_OF_FILE),
    refused(-9818, "BadCipherSuite", &[], &CIPHERS),
    heard(-9819, "PeerUnexpectedMsg", &[10]),
    heard(-9820, "PeerBadRecordMac", &[20]),
    heard(-9821, "PeerDecryptionFail", &[21]),
    heard(-9822, "PeerRecordOverflow", &[22]),
    heard(-9823, "PeerDecompressFail", &[30]),
    heard(-9824, "PeerHandshakeFail", &[40]),
    heard(-9825, "PeerBadCert", &[42]),
    heard(-9826, "PeerUnsupportedCert", &[43]),
    heard(-9827, "PeerCertRevoked", &[44]),
    heard(-9828, "PeerCertExpired", &[45]),
    heard(-9829, "PeerCertUnknown", &[46]),
    heard(-9830, "IllegalParam", &[47]),
    heard(-9831, "PeerUnknownCA", &[48]),
    heard(-9832, "PeerAccessDenied", &[49]),
    heard(-9833, "PeerDecodeError", &[50]),
    heard(-9834, "PeerDecryptError", &[51]),
    heard(-9835, "PeerExportRestriction", &[60]),
    heard(-9836, "PeerProtocolVersion", &[70]),
    heard(-9837, "PeerInsufficientSecurity", &[71]),
    heard(-9838, "PeerInternalError", &[80]),
    heard(-9839, "PeerUserCancelled", &[90]),
    heard(-9840, "PeerNoRenegotiation", &[100]),
    other(
        -9841,
        "PeerAuthCompleted",
        "no failure: the application may now look at the certificate",
    ),
    other(-9842, "ClientCertRequested", "no failure: the server asks for a client certificate"),
    refused(-9843, "HostNameMismatch", &[], &HOST_NAME),
    lost(-9844, "ConnectionRefused", &NO_CONNECTION),
    refused(-9845, "DecryptionFail", &[], &BAD_RECORD),
    refused(-9846, "BadRecordMac", &[], &BAD_RECORD),
    refused(-9847, "RecordOverflow", &[], &TOO_LONG),
    refused(-9848, "BadConfiguration", &[], &SETUP),
    refused(-9849, "UnexpectedRecord", &[], &OUT_OF_TURN),
    refused(-9850, "WeakPeerEphemeralDHKey", &[], &WEAK_DH),
    lost(-9852, "TransportReset", &RESET),
    lost(-9853, "NetworkTimeout", &TIMEOUT),
    refused(-9854, "ConfigurationFailed", &[], &SETUP),
    refused(-9855, "UnsupportedExtension", &[], &UNSOLICITED),
    refused(-9856, "UnexpectedMessage", &[], &OUT_OF_TURN),
    refused(-9858, "HandshakeFail", &[], &PARAMETERS),
    refused(-9859, "DecodeError", &[], &MALFORMED),
    refused(-9860, "InappropriateFallback", &[], &FALLBACK),
    refused(-9861, "MissingExtension", &[], &MISSING_EXTENSION),
    refused(-9862, "BadCertificateStatusResponse", &[], &STAPLE),
    refused(-9863, "CertificateRequired", &[], &NO_CLIENT_CERTIFICATE),
    refused(-9864, "UnknownPSKIdentity", &[], &PSK_IDENTITY),
    refused(-9865, "UnrecognizedName", &[], &SERVER_NAME),
    refused(-9880, "ATSViolation", &[], &PLATFORM),
    refused(-9881, "ATSMinimumVersionViolation", &[], &VERSIONS),
    refused(-9882, "ATSCiphersuiteViolation", &[], &CIPHERS),
    refused(-9883, "ATSMinimumKeySizeViolation", &[], &WEAK_KEY),
    refused(-9884, "ATSLeafCertificateHashAlgorithmViolation", &[], &WEAK_HASH),
    refused(-9885, "ATSCertificateHashAlgorithmViolation", &[], &WEAK_HASH),
    refused(-9886, "ATSCertificateTrustViolation", &[], &UNTRUSTED),
];

static LOADING: &[Code] = &[
    lost(-1001, "TimedOut", &TIMEOUT),
    lost(-1004, "CannotConnectToHost", &NO_CONNECTION),
    lost(-1005, "NetworkConnectionLost", &END_OF_FILE),
    other(-1022, "AppTransportSecurityRequiresSecureConnection", "the address is plain HTTP"),
    other(-1200, "SecureConnectionFailed", "TLS failed; the error below it, -98xx, says why"),
    refused(-1201, "ServerCertificateHasBadDate", &[], &DATES),
    refused(-1202, "ServerCertificateUntrusted", &[], &VERIFY),
    refused(-1203, "ServerCertificateHasUnknownRoot", &[], &ROOT_IN_CHAIN),
    refused(-1204, "ServerCertificateNotYetValid", &[], &NOT_YET_VALID),
    other(-1205, "ClientCertificateRejected", "the server refused the client certificate"),
    refused(-1206, "ClientCertificateRequired", &[], &CLIENT_CERTIFICATE_WANTED),
];
