//! SChannel: its events, and the error states in events 36870, 36871 and 36888.
//!
//! Which alert was sent stands in the event beside the state, so that the states name none.

mod states;

use alert::Side;

use super::super::Dialect;
#[allow(clippy::wildcard_imports, reason = "the grounds are this table's words")]
use super::super::ground::*;
use super::{AlertSet, Code, Means, Table, Written, heard, other, said, stopped};

pub(in super::super) use states::STATES;

/// Events of the provider Schannel in the system log. They have numbers and no names.
pub(in super::super) static EVENTS: Table = Table {
    dialect: Dialect::SChannel,
    prefixes: &["event "],
    loose: false,
    base: 0,
    written: Written::Alone,
    codes: EVENT,
};

const CLIENT: Option<Side> = Some(Side::Client);
const SERVER: Option<Side> = Some(Side::Server);
/// The code is written by either side, or its name does not tell.
const EITHER: Option<Side> = None;

/// Event 36874: seen on the wire as 40.
const NO_CIPHER: Means = Means::Stopped(
    SERVER,
    "found no cipher suite in the ClientHello that it accepts",
    AlertSet::of(&[40]),
    &CIPHERS,
);

static EVENT: &[Code] = &[
    other(36864, "", "SChannel was loaded"),
    stopped(36865, "", EITHER, "could not open a module of its cryptography", &SETUP),
    stopped(36866, "", EITHER, "could not load SChannel", &SETUP),
    other(36867, "", "a credential is made"),
    other(36868, "", "the properties of the key that a credential uses"),
    stopped(
        36869,
        "",
        EITHER,
        "found that its certificate has no private key with it",
        &NO_SERVER_CERTIFICATE,
    ),
    stopped(36870, "", EITHER, "could not get at the private key of its certificate", &KEY_ACCESS),
    stopped(36871, "", EITHER, "could not make its credential, and sent nothing", &SETUP),
    stopped(
        36872,
        "",
        EITHER,
        "could not build the chain of its own certificate, or has none",
        &NO_SERVER_CERTIFICATE,
    ),
    stopped(36873, "", CLIENT, "has no cipher suite that it could offer", &NOTHING_ENABLED),
    Code { number: 36874, name: "", means: NO_CIPHER },
    stopped(
        36875,
        "",
        CLIENT,
        "was asked for a client certificate and found none that fits",
        &NO_CLIENT_CERTIFICATE_FITS,
    ),
    stopped(36876, "", CLIENT, "did not accept the server's certificate", &VERIFY),
    stopped(36877, "", SERVER, "did not accept the client's certificate", &VERIFY),
    stopped(
        36878,
        "",
        SERVER,
        "mapped the client's certificate to no account, as its issuer is not trusted enough",
        &NOT_MAPPED,
    ),
    stopped(36879, "", SERVER, "mapped the client's certificate to no account", &NOT_MAPPED),
    other(36880, "", "a handshake succeeded"),
    stopped(
        36881,
        "",
        CLIENT,
        "found that the server's certificate has expired or is not valid yet",
        &DATES,
    ),
    stopped(
        36882,
        "",
        CLIENT,
        "found no trusted authority behind the server's certificate",
        &UNTRUSTED,
    ),
    stopped(36883, "", CLIENT, "found the server's certificate revoked", &REVOKED),
    stopped(
        36884,
        "",
        CLIENT,
        "found a server's certificate that is not for the name it had asked for",
        &HOST_NAME,
    ),
    stopped(
        36885,
        "",
        SERVER,
        "cut the list of authorities in its CertificateRequest, which was too long",
        &ISSUER_LIST,
    ),
    stopped(
        36886,
        "",
        SERVER,
        "has no default certificate, which programs without one of their own need",
        &NO_DEFAULT,
    ),
    heard(36887, "", &[]),
    said(36888, "", &[]),
    stopped(
        36889,
        "",
        EITHER,
        "could not build the whole chain of its own certificate",
        &OWN_CHAIN,
    ),
    other(36896, "", "a DTLS record did not verify and was dropped"),
    other(36897, "", "a DTLS record came too late and was dropped"),
    other(36898, "", "a DTLS record came twice"),
    other(36899, "", "a DTLS message is sent again"),
    stopped(36912, "", SERVER, "could not read the key of its session tickets", &SETUP),
    stopped(36928, "", SERVER, "could not get the OCSP response that it staples", &NOT_STAPLED),
];
