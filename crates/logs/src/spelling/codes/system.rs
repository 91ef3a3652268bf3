//! The operating system: how a connection ends below TLS.
//!
//! Numbers of Linux, which OpenSSL packs into its errors of library 2 (SYS).

use super::super::Dialect;
use super::super::ground::{END_OF_FILE, NO_CONNECTION, RESET, TIMEOUT};
use super::{Code, Table, Written, lost, other};

/// Errors of the system.
pub(in super::super) static SYSTEM: Table = Table {
    dialect: Dialect::System,
    prefixes: &["E"],
    loose: false,
    base: 0,
    written: Written::Decimal,
    codes: CODES,
};

static CODES: &[Code] = &[
    other(2, "NOENT", "no such file: look at the paths of certificates and keys"),
    other(13, "ACCES", "permission denied: look at the rights of the key's file"),
    lost(32, "PIPE", &END_OF_FILE),
    other(71, "PROTO", "the protocol broke; the text behind the code says why"),
    lost(101, "NETUNREACH", &NO_CONNECTION),
    lost(103, "CONNABORTED", &RESET),
    lost(104, "CONNRESET", &RESET),
    lost(110, "TIMEDOUT", &TIMEOUT),
    lost(111, "CONNREFUSED", &NO_CONNECTION),
    lost(113, "HOSTUNREACH", &NO_CONNECTION),
];
