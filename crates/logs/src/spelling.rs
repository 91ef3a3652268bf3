//! Every way to write an alert as one word, and back.
//!
//! People have a word from a log, a dialogue or a header: `48`, `0x30`, `unknown_ca`,
//! `SSL_R_TLSV1_ALERT_UNKNOWN_CA`, `0A000418`, `-12195`, `0x80090325`, `net::ERR_SSL_PROTOCOL_ERROR`.
//! [`meanings`] says all that a word may be, the most likely first; a word that is not an alert but
//! looks like one, as the `20` of OpenSSL's verification, is said in words. [`spellings`] goes the
//! other way. A code of a library that stands for a refusal without an alert says which alert that
//! library then sends, and which causes are behind it.
//!
//! The codes of libraries stand in tables, one entry a constant; numbers that are made by a rule, as
//! the error codes of OpenSSL, are taken apart by arithmetic.

mod alert_set;
mod codes;
mod dialect;
mod ground;
mod name;
mod number;
mod packed;

use std::borrow::Cow;

use alert::{Alert, Side};

pub use alert_set::AlertSet;
pub use dialect::Dialect;
pub(crate) use packed::{alert_of, ssl_reason};

use crate::sighting::{Suspect, Voice};
use ground::Ground;
use number::Number;

/// What a word means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spelled {
    /// The alerts that it names: one, several where a code stands for many, none where it names
    /// none.
    pub alerts: AlertSet,
    /// Who sent it, seen from the program that wrote the word; `None` where the word does not say.
    pub voice: Option<Voice>,
    /// Whose spelling it is.
    pub dialect: Dialect,
    /// What this is, in one line of plain words, without a full stop.
    pub says: Cow<'static, str>,
    /// For a code by which a side refuses, or fails, without naming an alert.
    pub refusal: Option<Refusal>,
}

/// A refusal that names no alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The alerts that such a refusal sends; none where none is sent, or none is known.
    pub sends: AlertSet,
    /// What the side that refused did: past tense, fits after "this side".
    pub says: &'static str,
    /// The causes behind it, the most likely first.
    pub causes: &'static [Suspect],
    /// Which side it was, where the code tells.
    pub role: Option<Side>,
}

impl Refusal {
    fn of(sends: AlertSet, why: &Ground) -> Self {
        Self { sends, says: why.says, causes: why.causes, role: None }
    }
}

impl Spelled {
    fn new(dialect: Dialect, says: Cow<'static, str>) -> Self {
        Self { alerts: AlertSet::EMPTY, voice: None, dialect, says, refusal: None }
    }

    fn words(dialect: Dialect, says: &str) -> Self {
        Self::new(dialect, Cow::Owned(says.to_owned()))
    }
}

/// The most likely meaning of a word: the first of [`meanings`].
#[must_use]
pub fn spelled(word: &str) -> Option<Spelled> {
    meanings(word).into_iter().next()
}

/// All that a word may mean, the most likely first; nothing for a word that is no spelling.
///
/// ```
/// use alert::Alert;
/// use tlswhy_logs::{Voice, meanings, spelled};
///
/// let heard = spelled("error:0A000418:SSL routines::tlsv1 alert unknown ca").unwrap();
/// assert_eq!(heard.alerts.single(), Some(Alert::UNKNOWN_CA));
/// assert_eq!(heard.voice, Some(Voice::Heard));
///
/// let refused = spelled("0A0000C1").unwrap();
/// assert!(refused.alerts.is_empty());
/// assert_eq!(refused.refusal.unwrap().sends.single(), Some(Alert::HANDSHAKE_FAILURE));
///
/// let many = spelled("0x80090326").unwrap();
/// assert!(many.alerts.contains(Alert::HANDSHAKE_FAILURE));
/// assert!(many.alerts.contains(Alert::DECODE_ERROR));
///
/// assert_eq!(meanings("20").len(), 2);
/// ```
#[must_use]
pub fn meanings(word: &str) -> Vec<Spelled> {
    let word = word.trim();
    if word.is_empty() || word.len() > MOST_WORD {
        return Vec::new();
    }
    let mut all = candidates(word);
    let mut place = 0;
    while let Some(one) = all.get(place).cloned() {
        let mut seen = 0;
        all.retain(|other| {
            seen += 1;
            let twin = other.alerts == one.alerts
                && other.refusal == one.refusal
                && other.voice == one.voice
                && (!other.alerts.is_empty() || other.refusal.is_some());
            seen <= place + 1 || !twin
        });
        place += 1;
    }
    all
}

/// What each way of reading makes of a word, with repetitions.
fn candidates(word: &str) -> Vec<Spelled> {
    let inner = word.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or(word);
    let numbers = Number::of(inner);
    if !numbers.is_empty() {
        return numbers.into_iter().flat_map(Number::meanings).collect();
    }
    if let Some(rest) = word.strip_prefix("error:") {
        let code = rest.split(':').next().unwrap_or(rest);
        let code = code.strip_prefix("0x").unwrap_or(code);
        return u32::from_str_radix(code, 16).map(packed::meanings).unwrap_or_default();
    }
    if let Some(inside) = called(word) {
        return inside;
    }
    let mut all = Vec::new();
    all.extend(name::named(word));
    all.extend(codes::named(word));
    all.extend(name::two_letters(word));
    all
}

/// `alert(121)`, `reason(1048)`, `AlertReceived(UnknownCA)`, `CRYPTO_ERROR 0x178`.
fn called(word: &str) -> Option<Vec<Spelled>> {
    let (head, inside) = match word.split_once('(') {
        Some((head, rest)) => (head, rest.strip_suffix(')')?),
        None => word.split_once(' ').filter(|(head, _)| head.starts_with("CRYPTO_ERROR"))?,
    };
    let number = Number::of(inside).into_iter().next();
    let value = number.and_then(|number| number.meanings().into_iter().next());
    let value = value.filter(|one| !one.alerts.is_empty());
    match head {
        "reason" => {
            let number: u32 = inside.parse().ok()?;
            let alert = packed::alert_of(number).map(|alert| number::reason(alert, number));
            Some(alert.into_iter().chain(codes::OPENSSL.numbered(number.into())).collect())
        }
        "alert" | "AlertDescription" | "Unknown alert description" => value.map(|one| vec![one]),
        "AlertReceived" => {
            let named = value.or_else(|| name::named(inside))?;
            let dialect = Dialect::Rustls;
            Some(vec![Spelled { voice: Some(Voice::Heard), dialect, ..named }])
        }
        "CRYPTO_ERROR" => Some(value?.alerts.single().map(number::quic).into_iter().collect()),
        _ => None,
    }
}

/// What an event of the provider Schannel in Windows' system log means.
///
/// 36887 and 36888 speak of an alert and name none: its code stands in the event.
#[must_use]
pub fn schannel_event(id: u32) -> Option<Spelled> {
    codes::EVENTS.numbered(id.into()).next()
}

/// What an error state of SChannel means, as event 36888 and 36871 give it.
#[must_use]
pub fn schannel_state(state: u32) -> Option<Spelled> {
    codes::STATES.numbered(state.into()).next()
}

/// Every way to write an alert that this crate knows: whose, how, and who speaks when the word alone
/// says so.
///
/// Words that stand for several alerts, as an HRESULT does, come with each of them.
pub fn spellings(
    alert: Alert,
) -> impl Iterator<Item = (Dialect, Cow<'static, str>, Option<Voice>)> {
    let code = u32::from(alert.code());
    let heard = Some(Voice::Heard);
    let packed = packed::written(alert);
    let packed = packed.map(|(dialect, code)| (dialect, format!("{code:08X}"), heard));
    let ruled = [
        (Dialect::Registry, alert.code().to_string(), None),
        (Dialect::Quic, format!("0x{:04x}", 0x100 + code), None),
        (Dialect::Curl, (0x200 + code).to_string(), None),
    ];
    let names = name::written(alert).into_iter();
    let tables = codes::TABLES.iter().flat_map(move |table| table.spellings_of(alert));
    let tables = tables.map(|(dialect, text, voice)| (dialect, text, Some(voice)));
    let all = ruled.into_iter().chain(names).chain(packed).chain(tables);
    all.map(|(dialect, text, voice)| (dialect, Cow::Owned(text), voice))
}

/// Every constant of every library, with each prefix that it is met with: what a person may have
/// meant.
pub fn constants() -> impl Iterator<Item = String> {
    let reasons = Alert::all().filter_map(name::reason).map(|reason| format!("SSL_R_{reason}"));
    reasons.chain(codes::constants())
}

/// Longer words are no spellings: the longest constant has some 60 letters, a line of OpenSSL's
/// with its file some 150.
const MOST_WORD: usize = 200;
