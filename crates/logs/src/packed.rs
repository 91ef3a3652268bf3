//! The packed error codes of OpenSSL and what descends from it.
//!
//! `ERR_error_string` prints library and reason in one number: up to 1.1.1 as 8 bits of library, 12
//! of function and 12 of reason (`0x14` is the SSL library), since 3.0 as 8 bits of library above 23
//! of reason. BoringSSL has the old layout with other library numbers (`0x10`). In all of them the
//! reasons from 1000 on are the alerts that were received.

use crate::Voice;
use crate::hole;
use crate::stack::{Entry, Meaning};

/// The packed code in a text. Most programs print it in hex; a decimal one has nine digits, and would
/// be no code if it were hex.
#[must_use]
pub(crate) fn code(text: &[u8]) -> Option<u64> {
    let hex = hole::number(text, 16)?;
    if u32::try_from(hex).is_ok() { Some(hex) } else { hole::number(text, 10) }
}

/// The reason in a packed error code of the SSL library; `None` for errors of other libraries.
#[must_use]
pub(crate) fn reason(packed: u64) -> Option<u32> {
    let packed = u32::try_from(packed).ok()?;
    match packed >> 24 {
        // LibreSSL and OpenSSL up to 1.1.1; BoringSSL.
        0x14 | 0x10 => Some(packed & 0xfff),
        _ if packed >> 23 == 20 => Some(packed & 0x7f_ffff),
        _ => None,
    }
}

/// What a packed error code tells: the alert that was received, or the refusal in a list of
/// reasons. An unknown reason is a refusal all the same.
pub(crate) fn meaning(packed: u64, reasons: &[Entry]) -> Option<Meaning> {
    let reason = reason(packed)?;
    if let Some(code @ 0..=255) = reason.checked_sub(FIRST_ALERT) {
        return Some(Meaning { voice: Some(Voice::Heard), ..Meaning::of_alert(code as u8) });
    }
    // The numbers of BoringSSL's reasons are its own: its list holds them with the library's.
    let code = match packed >> 24 {
        BORINGSSL => BORINGSSL << 24 | u64::from(reason),
        _ => reason.into(),
    };
    let known =
        reasons.iter().find(|entry| entry.code.is_some_and(|known| known.cast_unsigned() == code));
    let unknown = Meaning { voice: Some(Voice::Refused), ..Meaning::NOTHING };
    Some(known.map_or(unknown, |entry| entry.meaning))
}

/// The number of BoringSSL's SSL library.
const BORINGSSL: u64 = 0x10;

/// The reason that stands for the alert 0.
const FIRST_ALERT: u32 = 1_000;

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

    /// Codes of every generation give the same reason.
    #[test]
    fn all_generations_are_unpacked() {
        for packed in [0x0A00_0418, 0x1409_4418, 0x1407_7418, 0x1400_4418, 0x1000_0418, 336_151_576]
        {
            assert_eq!(reason(packed), Some(1048), "{packed:x}");
        }
        assert_eq!(reason(0x1417_A0C1), Some(0xC1));
        assert_eq!(reason(0x0909_006C), None, "an error of the PEM library");
    }
}
