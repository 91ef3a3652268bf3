//! The codes of libraries: tables of numbers and names, and what stands behind each.
//!
//! A constant stands here once. Its prefix, the base of its number and the way the number is
//! written belong to the table, and every form of it is derived from them.

mod apple;
mod boringssl;
mod chromium;
mod curl;
mod gnutls;
mod mbedtls;
mod node;
mod nss;
mod openssl;
mod schannel;
mod system;
mod windows;
mod wolfssl;
mod x509;

use std::borrow::Cow;

use alert::Side;

use super::ground::Ground;
use super::name::alike;
use super::{AlertSet, Dialect, Refusal, Spelled};
use crate::sighting::Voice;

pub(super) use boringssl::BORINGSSL;
pub(super) use curl::CURL;
pub(super) use openssl::OPENSSL;
pub(super) use schannel::{EVENTS, STATES};
pub(super) use system::SYSTEM;
pub(super) use windows::{HRESULTS, WINHTTP};
pub(super) use x509::X509;

/// All tables, those first whose words are met most.
pub(super) static TABLES: &[&Table] = &[
    &OPENSSL,
    &X509,
    &node::NODE,
    &BORINGSSL,
    &nss::NSS,
    &nss::CERTIFICATES,
    &nss::FIREFOX,
    &nss::NSPR,
    &gnutls::GNUTLS,
    &chromium::CHROMIUM,
    &HRESULTS,
    &WINHTTP,
    &apple::SECURE_TRANSPORT,
    &apple::FOUNDATION,
    &mbedtls::MBEDTLS,
    &wolfssl::WOLFSSL,
    &CURL,
    &EVENTS,
    &STATES,
    &SYSTEM,
];

/// The tables whose numbers are negative and stand alone in logs, by how often they are met there.
static SIGNED: &[&Table] = &[
    &nss::NSS,
    &nss::CERTIFICATES,
    &nss::FIREFOX,
    &nss::NSPR,
    &gnutls::GNUTLS,
    &chromium::CHROMIUM,
    &apple::SECURE_TRANSPORT,
    &apple::FOUNDATION,
    &mbedtls::MBEDTLS,
    &wolfssl::WOLFSSL,
];

/// The codes of one library.
pub(super) struct Table {
    /// Whose they are.
    dialect: Dialect,
    /// What may stand before a name; the first is what the library itself writes.
    prefixes: &'static [&'static str],
    /// Whether a name without a prefix is met in any case, as a text: `no shared cipher`.
    loose: bool,
    /// What is added to the numbers of the codes.
    base: i64,
    /// How a number is written.
    written: Written,
    codes: &'static [Code],
}

/// How the numbers of a table are written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Written {
    /// `-12195`.
    Decimal,
    /// `0x80090325`, `-0x7780`.
    Hex,
    /// Not at all: only the name is met.
    Never,
    /// `event 36887`: the code has a number and no name.
    Alone,
}

/// One code.
pub(super) struct Code {
    number: i64,
    name: &'static str,
    means: Means,
}

/// What a code stands for.
#[derive(Clone, Copy)]
enum Means {
    /// The other side sent one of these alerts; none of them where the code does not tell which.
    Heard(AlertSet),
    /// This side sent one of these alerts; none of them where the code does not tell which.
    Said(AlertSet),
    /// The other side sent one of these alerts, or this side refused.
    Either(AlertSet, &'static Ground),
    /// This side refused, and sends one of these alerts; none where it sends none, or where nobody
    /// knows which.
    Refused(AlertSet, &'static Ground),
    /// This side refused, or could not go on, in words of its own; which side it was, where the code
    /// tells, and the causes.
    Stopped(Option<Side>, &'static str, AlertSet, &'static Ground),
    /// The connection failed without anybody refusing in words.
    Lost(&'static Ground),
    /// What the code of the same name means in OpenSSL.
    AsInOpenSsl,
    /// Something else, said in words.
    Other(&'static str),
}

/// The other side sent one of these alerts.
const fn heard(number: i64, name: &'static str, alerts: &[u8]) -> Code {
    Code { number, name, means: Means::Heard(AlertSet::of(alerts)) }
}

/// This side sent one of these alerts.
const fn said(number: i64, name: &'static str, alerts: &[u8]) -> Code {
    Code { number, name, means: Means::Said(AlertSet::of(alerts)) }
}

/// The other side sent one of these alerts, or this side refused.
const fn either(number: i64, name: &'static str, alerts: &[u8], why: &'static Ground) -> Code {
    Code { number, name, means: Means::Either(AlertSet::of(alerts), why) }
}

/// This side refused, and sends one of these alerts.
const fn refused(number: i64, name: &'static str, sends: &[u8], why: &'static Ground) -> Code {
    Code { number, name, means: Means::Refused(AlertSet::of(sends), why) }
}

/// This side, the one that is named, could not go on; what it did is past tense and fits after
/// "this side".
const fn stopped(
    number: i64,
    name: &'static str,
    role: Option<Side>,
    says: &'static str,
    why: &'static Ground,
) -> Code {
    Code { number, name, means: Means::Stopped(role, says, AlertSet::EMPTY, why) }
}

/// Nobody refused in words.
const fn lost(number: i64, name: &'static str, why: &'static Ground) -> Code {
    Code { number, name, means: Means::Lost(why) }
}

/// The same as OpenSSL means with this name.
const fn same(number: i64, name: &'static str) -> Code {
    Code { number, name, means: Means::AsInOpenSsl }
}

/// Something else.
const fn other(number: i64, name: &'static str, says: &'static str) -> Code {
    Code { number, name, means: Means::Other(says) }
}

/// What a constant may mean: `SSL_ERROR_UNKNOWN_CA_ALERT`, `net::ERR_CERT_DATE_INVALID`.
pub(super) fn named(word: &str) -> impl Iterator<Item = Spelled> {
    TABLES.iter().flat_map(move |table| table.named(word))
}

/// What a negative number may mean.
pub(super) fn signed(number: i64) -> impl Iterator<Item = Spelled> {
    SIGNED.iter().flat_map(move |table| table.numbered(number))
}

/// Every constant, with each prefix that it is met with.
pub(super) fn constants() -> impl Iterator<Item = String> {
    let named = TABLES.iter().filter(|table| table.written != Written::Alone);
    named.flat_map(|table| {
        let names = table.codes.iter().map(|code| code.name);
        names.flat_map(|name| table.prefixes.iter().map(move |prefix| format!("{prefix}{name}")))
    })
}

impl Table {
    /// What the codes of this number mean.
    pub(super) fn numbered(&self, number: i64) -> impl Iterator<Item = Spelled> {
        let wanted = move |code: &&Code| self.number(code) == Some(number);
        self.codes.iter().filter(wanted).map(|code| self.spelled(code))
    }

    fn named(&self, word: &str) -> impl Iterator<Item = Spelled> {
        let bare: Vec<(&str, bool)> = self
            .prefixes
            .iter()
            .filter_map(|prefix| Some((without(word, prefix)?, prefix.is_empty())))
            .collect();
        let wanted = move |code: &&Code| {
            bare.iter().any(|(rest, alone)| match self.written {
                Written::Alone => rest.parse() == Ok(code.number),
                _ if *alone && !self.loose => *rest == code.name,
                _ => alike(rest, code.name),
            })
        };
        self.codes.iter().filter(wanted).map(|code| self.spelled(code))
    }

    /// The constants by which this library says that it received an alert, with their numbers.
    pub(super) fn spellings_of(&self, alert: alert::Alert) -> Vec<(Dialect, String, Voice)> {
        let mut found = Vec::new();
        for code in self.codes {
            let voice = match code.means {
                Means::Heard(alerts) if alerts.contains(alert) => Voice::Heard,
                Means::Said(alerts) if alerts.contains(alert) => Voice::Said,
                Means::Either(alerts, _) if alerts.contains(alert) => Voice::Unclear,
                _ => continue,
            };
            found.push((self.dialect, self.constant(code), voice));
            found.extend(self.shown(code).map(|number| (self.dialect, number, voice)));
        }
        found
    }

    /// What is said of a reason that this table holds: `reason 193 NO_SHARED_CIPHER`.
    pub(super) fn reason(&self, number: i64) -> Option<(&'static str, Spelled)> {
        let code = self.codes.iter().find(|code| self.number(code) == Some(number))?;
        Some((code.name, self.meaning(code, "")))
    }

    fn number(&self, code: &Code) -> Option<i64> {
        (self.written != Written::Never).then_some(self.base + code.number)
    }

    fn constant(&self, code: &Code) -> String {
        let prefix = self.prefixes.first().unwrap_or(&"");
        match self.written {
            Written::Alone => format!("{prefix}{}", code.number),
            _ => format!("{prefix}{}", code.name),
        }
    }

    fn shown(&self, code: &Code) -> Option<String> {
        let number = self.number(code)?;
        let sign = if number < 0 { "-" } else { "" };
        match self.written {
            Written::Decimal | Written::Alone => Some(number.to_string()),
            Written::Hex => Some(format!("{sign}0x{:04X}", number.unsigned_abs())),
            Written::Never => None,
        }
    }

    fn spelled(&self, code: &Code) -> Spelled {
        let number = match self.written {
            Written::Alone => String::new(),
            _ => self.shown(code).map(|number| format!(" ({number})")).unwrap_or_default(),
        };
        let head = format!("{} {}{number}: ", self.dialect.name(), self.constant(code));
        self.meaning(code, &head)
    }

    fn meaning(&self, code: &Code, head: &str) -> Spelled {
        let (alerts, voice, says, refusal) = match code.means {
            Means::Heard(alerts) => (alerts, Some(Voice::Heard), sent(THEY, alerts), None),
            Means::Said(alerts) => (alerts, Some(Voice::Said), sent(WE, alerts), None),
            Means::Either(alerts, why) => {
                let says = format!("{}, or this side {}", sent(THEY, alerts), why.says);
                (alerts, Some(Voice::Unclear), says, Some(Refusal::of(alerts, why)))
            }
            Means::Refused(sends, why) => {
                let says = did_and_sends(WE, why.says, sends);
                (AlertSet::EMPTY, Some(Voice::Refused), says, Some(Refusal::of(sends, why)))
            }
            Means::Stopped(role, did, sends, why) => {
                let who = match role {
                    Some(role) => format!("{WE}, as the {role},"),
                    None => WE.to_owned(),
                };
                let says = did_and_sends(&who, did, sends);
                let refusal = Refusal { says: did, role, ..Refusal::of(sends, why) };
                (AlertSet::EMPTY, Some(Voice::Refused), says, Some(refusal))
            }
            Means::Lost(why) => {
                let says = did_and_sends(WE, why.says, AlertSet::EMPTY);
                let refusal = Refusal::of(AlertSet::EMPTY, why);
                (AlertSet::EMPTY, Some(Voice::Lost), says, Some(refusal))
            }
            Means::AsInOpenSsl => {
                let namesake = OPENSSL.codes.iter().find(|other| other.name == code.name);
                let meaning = namesake.map(|namesake| OPENSSL.meaning(namesake, head));
                let meaning = meaning.unwrap_or_else(|| Spelled::words(self.dialect, head));
                return Spelled { dialect: self.dialect, ..meaning };
            }
            Means::Other(says) => (AlertSet::EMPTY, None, says.to_owned(), None),
        };
        let says = Cow::Owned(format!("{head}{says}"));
        Spelled { alerts, voice, dialect: self.dialect, says, refusal }
    }
}

/// Who sent an alert.
pub(super) const THEY: &str = "the other side";
pub(super) const WE: &str = "this side";

/// `the other side sent 48 unknown_ca`.
pub(super) fn sent(who: &str, alerts: AlertSet) -> String {
    match (alerts.is_empty(), alerts.single()) {
        (true, _) => format!("{who} sent an alert, and this code does not say which"),
        (_, Some(alert)) => format!("{who} sent {alert}"),
        _ => format!("{who} sent {}", one_of(alerts)),
    }
}

/// `one of 42 bad_certificate, 45 certificate_expired`, or `one of 9 alerts`.
fn one_of(alerts: AlertSet) -> String {
    match alerts.iter().count() {
        many if many > MOST_NAMED => format!("one of {many} alerts"),
        _ => format!("one of {alerts}"),
    }
}

/// More alerts than these are no help in one line.
const MOST_NAMED: usize = 3;

/// `this side found no cipher suite that both sides accept, and sends 40 handshake_failure`.
fn did_and_sends(who: &str, did: &str, sends: AlertSet) -> String {
    match (sends.is_empty(), sends.single()) {
        (true, _) => format!("{who} {did}"),
        (_, Some(alert)) => format!("{who} {did}, and sends {alert}"),
        _ => format!("{who} {did}, and sends {}", one_of(sends)),
    }
}

/// A word without its prefix, in whatever case both are.
fn without<'a>(word: &'a str, prefix: &str) -> Option<&'a str> {
    let (head, rest) = word.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names are words that can stand in C, numbers lie within their tables, and a table holds no
    /// code twice.
    #[test]
    fn tables_are_sound() {
        for table in TABLES {
            let mut seen = Vec::new();
            for code in table.codes {
                let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
                assert!(code.name.bytes().all(plain), "{}", code.name);
                assert!(!seen.contains(&(code.number, code.name)), "{} twice", code.name);
                seen.push((code.number, code.name));
                if let Means::AsInOpenSsl = code.means {
                    let known = OPENSSL.codes.iter().any(|other| other.name == code.name);
                    assert!(known, "{} is not in the table of OpenSSL", code.name);
                }
            }
        }
    }

    /// Every code is found by its constant and by its number, and both say the same.
    #[test]
    fn every_code_is_found() {
        for table in TABLES {
            for code in table.codes {
                let wanted = table.spelled(code);
                let constant = table.constant(code);
                assert!(named(&constant).any(|found| found == wanted), "{constant}");
                if let Some(number) = table.number(code) {
                    assert!(table.numbered(number).any(|found| found == wanted), "{number}");
                }
            }
        }
    }
}
