//! The error codes of OpenSSL and its children: a library, often a function, and a reason in one
//! number.
//!
//! Up to 1.1.1, and in LibreSSL, 8 bits of library, 12 of function and 12 of reason; LibreSSL writes
//! a state of the handshake, or 0xFFF, where the function was. BoringSSL kept the shape, left the
//! function out, and numbered the libraries anew: 16 is SSL. From 3.0 on, one bit for errors of the
//! system, 8 of library, 5 of flags and 18 of reason. The reasons from 1000 to 1255 of the library
//! SSL are alerts that were received; all others are why this side failed.

use std::borrow::Cow;

use alert::Alert;

use super::codes::{BORINGSSL, OPENSSL, SYSTEM, THEY, sent};
use super::{AlertSet, Dialect, Spelled};
use crate::sighting::Voice;

/// What a packed code may mean, the most likely first.
pub(super) fn meanings(code: u32) -> Vec<Spelled> {
    let shapes = [Packed::boring(code), Packed::modern(code), Packed::old(code)];
    shapes.into_iter().flatten().map(|packed| packed.spelled(code)).collect()
}

/// The reason of a received alert.
pub(super) fn reason_of(alert: Alert) -> u32 {
    ALERTS + u32::from(alert.code())
}

/// The alert behind a reason, if it is that of a received one.
pub(crate) fn alert_of(reason: u32) -> Option<Alert> {
    let code = reason.checked_sub(ALERTS)?;
    u8::try_from(code).ok().map(Alert)
}

/// The reason in a code of the library SSL, and whose numbers it is in; `None` for codes of other
/// libraries. The flags of OpenSSL 3 stay in front of a reason that all libraries share.
pub(crate) fn ssl_reason(code: u32) -> Option<(Dialect, u32)> {
    match shape(code) {
        (BORING_SSL, 0, reason) => Some((Dialect::BoringSsl, reason)),
        (SSL, _, reason) => Some((Dialect::OpenSsl, reason)),
        _ if code >> 23 == SSL => Some((Dialect::OpenSsl, code & 0x7F_FFFF)),
        _ => None,
    }
}

/// The codes by which OpenSSL 3, OpenSSL 1 in `ssl3_read_bytes`, and BoringSSL write a received
/// alert.
pub(super) fn written(alert: Alert) -> [(Dialect, u32); 3] {
    let reason = reason_of(alert);
    [
        (Dialect::OpenSsl, SSL << 23 | reason),
        (Dialect::OpenSsl, SSL << 24 | READ_BYTES << 12 | reason),
        (Dialect::BoringSsl, BORING_SSL << 24 | reason),
    ]
}

/// A code taken apart.
struct Packed {
    dialect: Dialect,
    /// The name of the generation, as people know it.
    generation: &'static str,
    library: u32,
    reason: u32,
}

impl Packed {
    /// BoringSSL: the library SSL, and nothing where the function was.
    fn boring(code: u32) -> Option<Self> {
        let (library, function, reason) = shape(code);
        let known = alert_of(reason).is_some() || BORINGSSL.reason(reason.into()).is_some();
        (library == BORING_SSL && function == 0 && known).then_some(Self {
            dialect: Dialect::BoringSsl,
            generation: "BoringSSL",
            library,
            reason,
        })
    }

    /// OpenSSL 3 and later.
    fn modern(code: u32) -> Option<Self> {
        let (library, reason) = match code >> 31 {
            0 => (code >> 23, code & 0x3FFFF),
            _ => (SYS, code & !(1 << 31)),
        };
        // The functions of the old shape would lie in the upper bits of the reason.
        let fits = reason < 0x1000 && name(library).is_some() && !(is_old_ssl(code));
        let dialect = Dialect::OpenSsl;
        fits.then_some(Self { dialect, generation: "OpenSSL 3", library, reason })
    }

    /// OpenSSL up to 1.1.1, and LibreSSL.
    fn old(code: u32) -> Option<Self> {
        let (library, function, reason) = shape(code);
        let fits = name(library).is_some() && (function > 0 || is_old_ssl(code));
        let libre = library == SSL && (function < FIRST_FUNCTION || function == 0xFFF);
        let (dialect, generation) = match libre {
            true => (Dialect::LibreSsl, "LibreSSL"),
            false => (Dialect::OpenSsl, "OpenSSL 1"),
        };
        fits.then_some(Self { dialect, generation, library, reason })
    }

    fn spelled(&self, code: u32) -> Spelled {
        let Self { dialect, generation, library, reason } = *self;
        let boring = dialect == Dialect::BoringSsl;
        let part = if boring { "SSL" } else { name(library).unwrap_or("unknown") };
        let head = format!("{generation} {code:08X}: library {library} ({part}), reason {reason}");
        if part != "SSL" {
            return outside(dialect, library, reason, &head);
        }
        if let Some(alert) = alert_of(reason) {
            let alerts = AlertSet::from(alert);
            let says = format!("{head}, which is 1000 + {}: {}", alert.code(), sent(THEY, alerts));
            let voice = Some(Voice::Heard);
            return Spelled { alerts, voice, dialect, says: Cow::Owned(says), refusal: None };
        }
        let table = if boring { &BORINGSSL } else { &OPENSSL };
        // The flags of OpenSSL 3 mark reasons that all libraries share; 259 is its internal error.
        let shared = generation == "OpenSSL 3" && code >> 18 & 0x1F != 0;
        let reason = if shared && reason == 0x103 { INTERNAL_ERROR } else { reason };
        match table.reason(reason.into()) {
            Some((name, meaning)) if !shared || reason == INTERNAL_ERROR => {
                let says = Cow::Owned(format!("{head} {name}: {}", meaning.says));
                Spelled { dialect, says, ..meaning }
            }
            _ => {
                let says = format!("{head}: this side failed, and no alert is named");
                let voice = Some(Voice::Refused);
                Spelled { voice, ..Spelled::words(dialect, &says) }
            }
        }
    }
}

/// An error of another library than SSL: no alert, but perhaps something known.
fn outside(dialect: Dialect, library: u32, reason: u32, head: &str) -> Spelled {
    let system = (library == SYS).then(|| SYSTEM.numbered(reason.into()).next()).flatten();
    if let Some(meaning) = system {
        let says = Cow::Owned(format!("{head}: {}", meaning.says));
        return Spelled { dialect, says, ..meaning };
    }
    let twin = match (library, reason) {
        (X509, KEY_VALUES_MISMATCH) => OPENSSL.reason(PRIVATE_KEY_MISMATCH),
        _ => None,
    };
    match twin {
        Some((_, meaning)) => {
            let says = Cow::Owned(format!("{head}: {}", meaning.says));
            Spelled { dialect, says, ..meaning }
        }
        None => {
            Spelled::words(dialect, &format!("{head}: not an alert; the failure is not one of TLS"))
        }
    }
}

/// The old shape: library, function, reason.
fn shape(code: u32) -> (u32, u32, u32) {
    (code >> 24, code >> 12 & 0xFFF, code & 0xFFF)
}

fn is_old_ssl(code: u32) -> bool {
    code >> 24 == SSL
}

/// The name of a library of OpenSSL and LibreSSL.
fn name(library: u32) -> Option<&'static str> {
    LIBRARIES.iter().find(|(number, _)| *number == library).map(|(_, name)| *name)
}

/// The reasons from here on are received alerts: `SSL_AD_REASON_OFFSET`.
const ALERTS: u32 = 1000;
/// The numbers of libraries.
const SSL: u32 = 20;
const BORING_SSL: u32 = 16;
const SYS: u32 = 2;
const X509: u32 = 11;
/// The function `ssl3_read_bytes` of OpenSSL 1, where nearly all alerts are received.
const READ_BYTES: u32 = 148;
/// OpenSSL numbers its functions from here; what is below is a state of LibreSSL.
const FIRST_FUNCTION: u32 = 100;
/// The reason of OpenSSL 1 for what OpenSSL 3 calls 259.
const INTERNAL_ERROR: u32 = 68;
/// The reason of the library X509 for a key that does not belong to a certificate.
const KEY_VALUES_MISMATCH: u32 = 116;
/// The reason of the library SSL for the same.
const PRIVATE_KEY_MISMATCH: i64 = 288;

/// The libraries whose errors stand in logs about TLS.
static LIBRARIES: &[(u32, &str)] = &[
    (SYS, "system"),
    (3, "big numbers"),
    (4, "RSA"),
    (5, "DH"),
    (6, "EVP"),
    (9, "PEM"),
    (X509, "X509"),
    (13, "ASN.1"),
    (14, "configuration"),
    (15, "crypto"),
    (16, "EC"),
    (SSL, "SSL"),
    (32, "BIO"),
    (33, "PKCS 7"),
    (34, "X509 v3"),
    (35, "PKCS 12"),
    (36, "random"),
    (37, "DSO"),
    (38, "engine"),
    (39, "OCSP"),
    (44, "store"),
    (57, "provider"),
    (60, "decoder"),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// Codes of every generation give the same reason, and those of other libraries none: an error
    /// of elliptic curves in OpenSSL 1 has the number that is SSL's in BoringSSL.
    #[test]
    fn all_generations_are_unpacked() {
        for code in [0x0A00_0418, 0x1409_4418, 0x1407_7418, 0x1400_4418, 0x1000_0418, 336_151_576] {
            assert_eq!(ssl_reason(code).map(|(_, reason)| reason), Some(1048), "{code:x}");
        }
        assert_eq!(ssl_reason(0x1417_A0C1), Some((Dialect::OpenSsl, 0xC1)));
        assert_eq!(ssl_reason(0x1000_00AA), Some((Dialect::BoringSsl, 0xAA)));
        assert_eq!(ssl_reason(0x0909_006C), None, "the library PEM");
        assert_eq!(ssl_reason(0x1012_606B), None, "the library EC");
    }
}
