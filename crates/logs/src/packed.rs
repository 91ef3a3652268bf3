//! The packed error codes of OpenSSL and what descends from it, as they stand in lines: the reason in
//! a code is looked up among those that a stack file knows. How a code is put together is told in
//! `spelling/packed.rs`.

use crate::Voice;
use crate::hole;
use crate::spelling::{Dialect, alert_of, ssl_reason};
use crate::stack::{Entry, Meaning};

/// The packed code in a text. Most programs print it in hex; a decimal one has nine digits, and would
/// be no code if it were hex.
#[must_use]
pub(crate) fn code(text: &[u8]) -> Option<u64> {
    let hex = hole::number(text, 16)?;
    if u32::try_from(hex).is_ok() { Some(hex) } else { hole::number(text, 10) }
}

/// What a packed error code tells: the alert that was received, or the refusal in a list of
/// reasons. An unknown reason is a refusal all the same.
pub(crate) fn meaning(packed: u64, reasons: &[Entry]) -> Option<Meaning> {
    let (dialect, reason) = ssl_reason(u32::try_from(packed).ok()?)?;
    if let Some(alert) = alert_of(reason) {
        return Some(Meaning { voice: Some(Voice::Heard), ..Meaning::of_alert(alert.code()) });
    }
    // The numbers of BoringSSL's reasons are its own: its list holds them with the library's.
    let code = if dialect == Dialect::BoringSsl { packed } else { reason.into() };
    let known =
        reasons.iter().find(|entry| entry.code.is_some_and(|known| known.cast_unsigned() == code));
    let unknown = Meaning { voice: Some(Voice::Refused), ..Meaning::NOTHING };
    Some(known.map_or(unknown, |entry| entry.meaning))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A code in decimal is not taken for hex, and one in hex not for decimal.
    #[test]
    fn codes_are_read_in_hex_and_in_decimal() {
        assert_eq!(code(b"268436502"), Some(0x1000_0416));
        assert_eq!(code(b"14094418"), Some(0x1409_4418));
        assert_eq!(code(b"0A0000C1"), Some(0x0A00_00C1));
        assert_eq!(code(b"167772353"), Some(0x0A00_00C1));
        assert_eq!(code(b""), None);
    }
}
