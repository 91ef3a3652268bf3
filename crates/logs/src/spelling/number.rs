//! Numbers: what each may be, by how likely it is.

use std::borrow::Cow;
use std::ops::RangeInclusive;

use alert::Alert;

use super::codes::{self, CURL, EVENTS, HRESULTS, OPENSSL, STATES, THEY, WINHTTP, X509, sent};
use super::{AlertSet, Dialect, Spelled, packed};
use crate::sighting::Voice;

/// A number as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Number {
    value: i64,
    form: Form,
}

/// In which base, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Decimal,
    /// With `0x` in front.
    Hex,
    /// Eight or more digits without: how OpenSSL writes its codes.
    Bare,
}

impl Number {
    /// The numbers that a word may be; most words are none, and `14094418` is two.
    pub(super) fn of(word: &str) -> Vec<Self> {
        let mut all = Vec::new();
        let (sign, digits) = match word.strip_prefix('-') {
            Some(digits) => (-1, digits),
            None => (1, word),
        };
        let hex = digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X"));
        if let Some(hex) = hex {
            all.extend(value(hex, 16).map(|value| Self { value: sign * value, form: Form::Hex }));
            return all;
        }
        if sign > 0 && digits.len() >= 8 {
            let bare = value(digits, 16).filter(|value| u32::try_from(*value).is_ok());
            all.extend(bare.map(|value| Self { value, form: Form::Bare }));
        }
        let decimal = value(digits, 10);
        all.extend(decimal.map(|value| Self { value: sign * value, form: Form::Decimal }));
        all
    }

    /// What it may mean, the most likely first.
    pub(super) fn meanings(self) -> Vec<Spelled> {
        let Self { value, form } = self;
        match form {
            Form::Bare => bare(value),
            _ if value < 0 => negative(value),
            Form::Hex => positive(value, true),
            Form::Decimal => positive(value, false),
        }
    }
}

/// A number of any length whose value fits; leading zeros do not count.
fn value(digits: &str, base: u32) -> Option<i64> {
    let plain = |byte: u8| char::from(byte).is_digit(base);
    let sound = !digits.is_empty() && digits.bytes().all(plain);
    sound.then(|| i64::from_str_radix(digits, base).ok()).flatten()
}

/// Eight digits: a code of OpenSSL, unless it is decimal and nothing that OpenSSL writes.
fn bare(value: i64) -> Vec<Spelled> {
    u32::try_from(value).map(packed::meanings).unwrap_or_default()
}

fn negative(value: i64) -> Vec<Spelled> {
    let mut all: Vec<Spelled> = codes::signed(value).collect();
    if let Ok(signed) = i32::try_from(value) {
        all.extend(hresult(u32::from_ne_bytes(signed.to_ne_bytes())));
    }
    all
}

fn positive(value: i64, hex: bool) -> Vec<Spelled> {
    let mut all = Vec::new();
    let Ok(number) = u32::try_from(value) else { return all };
    if let Ok(code) = u8::try_from(number) {
        let alert = Alert(code);
        let named = alert.name().is_some();
        all.extend(named.then(|| code_of(alert)));
        if !hex && VERIFIED.iter().any(|codes| codes.contains(&code)) {
            all.extend(X509.numbered(value));
        }
        if !hex {
            all.extend(CURL.numbered(value));
        }
        // A code that nobody has assigned is less likely than any other number.
        all.extend((!named).then(|| code_of(alert)));
        return all;
    }
    let [.., low] = number.to_be_bytes();
    let alert = Alert(low);
    match number {
        0x100..0x200 => {
            let warning = warning(alert);
            let likely = WARNINGS.contains(&low);
            all.extend(likely.then(|| warning.clone()));
            all.push(quic(alert));
            all.extend((!likely).then_some(warning));
        }
        0x200..0x300 => all.push(fatal(alert)),
        _ => {}
    }
    if !hex && number < 0x1_0000 {
        let reason = packed::alert_of(number).map(|alert| reason(alert, number));
        // The states lie among the reasons: a reason counts first where its alert is registered.
        let registered = Alert::all().any(|known| packed::reason_of(known) == number);
        let (first, last) = if registered { (reason, None) } else { (None, reason) };
        all.extend(first);
        all.extend(STATES.numbered(value));
        all.extend(last);
        all.extend(EVENTS.numbered(value));
        all.extend(WINHTTP.numbered(value));
        all.extend(OPENSSL.numbered(value));
    }
    if hex && number < 0x1_0000 {
        // Mbed TLS's errors are negative; people leave the sign out.
        all.extend(codes::signed(-value));
    }
    if number >= 0x1_0000 {
        let windows: Vec<Spelled> = hresult(number).collect();
        let system = number >> 12 == 0x8_0000;
        if !windows.is_empty() && !system {
            all.extend(windows);
        } else {
            all.extend(packed::meanings(number));
        }
    }
    all
}

/// A code of Windows: one that is listed, one of the facility Win32, or one of a facility that is
/// known.
fn hresult(code: u32) -> impl Iterator<Item = Spelled> {
    let listed = HRESULTS.numbered(code.into());
    let number = i64::from(code & 0xFFFF);
    let wrapped = (code >> 16 == 0x8007).then(|| WINHTTP.numbered(number)).into_iter().flatten();
    let mut known = listed.chain(wrapped).peekable();
    let facility = match code >> 16 {
        0x8007 => Some("of Win32"),
        0x8009 => Some("of Windows security"),
        0x800B => Some("of certificates"),
        _ => None,
    };
    let other = match (known.peek(), facility) {
        (None, Some(facility)) => {
            let says = format!("Windows 0x{code:08X}: an error {facility}, and not one of TLS");
            Some(Spelled::words(Dialect::Windows, &says))
        }
        _ => None,
    };
    known.chain(other)
}

fn code_of(alert: Alert) -> Spelled {
    let says = Cow::Owned(format!("the code of the alert {alert}"));
    Spelled { alerts: alert.into(), ..Spelled::new(Dialect::Registry, says) }
}

/// QUIC: `CRYPTO_ERROR` is 0x0100 and the code of the alert (RFC 9001, section 4.8).
pub(super) fn quic(alert: Alert) -> Spelled {
    let code = alert.code();
    let says = format!("QUIC CRYPTO_ERROR 0x01{code:02x}: 0x100 + {code}, the alert {alert}");
    Spelled { alerts: alert.into(), ..Spelled::new(Dialect::Quic, Cow::Owned(says)) }
}

/// curl, Dovecot and others print what OpenSSL's callback gives them: 256 times the level, and the
/// code. 2 is fatal.
fn fatal(alert: Alert) -> Spelled {
    let code = alert.code();
    let says = format!("curl's number of a fatal alert: 2 x 256 + {code}, the alert {alert}");
    Spelled { alerts: alert.into(), ..Spelled::new(Dialect::Curl, Cow::Owned(says)) }
}

/// The same with level 1.
fn warning(alert: Alert) -> Spelled {
    let code = alert.code();
    let says = format!("curl's number of a warning: 256 + {code}, the alert {alert}");
    Spelled { alerts: alert.into(), ..Spelled::new(Dialect::Curl, Cow::Owned(says)) }
}

/// A reason of OpenSSL that is a received alert.
pub(super) fn reason(alert: Alert, number: u32) -> Spelled {
    let alerts = AlertSet::from(alert);
    let says =
        format!("OpenSSL's reason {number}, 1000 + {}: {}", alert.code(), sent(THEY, alerts));
    let heard = Spelled::new(Dialect::OpenSsl, Cow::Owned(says));
    Spelled { alerts, voice: Some(Voice::Heard), ..heard }
}

/// The results of OpenSSL's verification that stand as bare numbers in logs; the others are as good
/// as never met.
const VERIFIED: [RangeInclusive<u8>; 2] = [2..=28, 62..=68];

/// Alerts that are sent as warnings: close_notify, no_certificate, user_canceled,
/// no_renegotiation, unrecognized_name.
const WARNINGS: [u8; 5] = [0, 41, 90, 100, 112];
