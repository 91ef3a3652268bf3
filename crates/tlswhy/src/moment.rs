//! Reads a moment that somebody typed: RFC 3339, or a date alone.

use report::Time;

/// The moment in `2026-11-26`, `2026-11-26T10:00:00Z` or `2026-11-26 10:00+01:00`; without a zone it
/// is UTC, without a time midnight. `None` where it is none.
pub(crate) fn read(text: &str) -> Option<Time> {
    let (date, time) = match text.split_once(['T', 't', ' ']) {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let mut parts = date.split('-');
    let (year, month, day) =
        (number(parts.next()?, 4)?, number(parts.next()?, 2)?, number(parts.next()?, 2)?);
    let midnight = Time::midnight(year, month, day);
    let real = (i64::from(year), month, day) == midnight.date();
    if parts.next().is_some() || !real || !(1700..=2200).contains(&year) {
        return None;
    }
    let seconds = time.map_or(Some(0), of_day)?;
    Some(Time(midnight.0.saturating_add(seconds.saturating_mul(1_000_000_000))))
}

/// The seconds of a time of day, and what its zone takes away.
fn of_day(text: &str) -> Option<i64> {
    let text = text.trim_end_matches(['Z', 'z']);
    let (text, zone) = match text.rfind(['+', '-']) {
        Some(at) => (text.get(..at)?, text.get(at..)?),
        None => (text, "+00:00"),
    };
    let (ahead, zone) = (zone.starts_with('+'), zone.get(1..)?);
    let zone = clock(zone)?;
    // Fractions of a second matter to nobody's certificate.
    let time = clock(text.split_once('.').map_or(text, |(whole, _)| whole))?;
    Some(if ahead { time - zone } else { time + zone })
}

/// The seconds of `10:00` or `10:00:00`.
fn clock(text: &str) -> Option<i64> {
    let mut parts = text.split(':');
    let (hour, minute) = (number(parts.next()?, 2)?, number(parts.next()?, 2)?);
    let second = parts.next().map_or(Some(0), |second| number(second, 2))?;
    let real = parts.next().is_none() && hour < 24 && minute < 60 && second <= 60;
    real.then_some(i64::from(hour * 3_600 + minute * 60 + second))
}

fn number(text: &str, digits: usize) -> Option<u32> {
    let plain = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Dates and times in the forms that people type, and what is none of them.
    #[test]
    fn moments_are_read() {
        let shown = |text| read(text).map(|time| time.to_string());
        for (text, wanted) in [
            ("2026-11-26", "2026-11-26T00:00:00.000000Z"),
            ("2026-11-26T10:00:07Z", "2026-11-26T10:00:07.000000Z"),
            ("2026-11-26 10:00", "2026-11-26T10:00:00.000000Z"),
            ("2026-11-26T00:30:00+01:00", "2026-11-25T23:30:00.000000Z"),
            ("2026-11-26T10:00:00.25-05:30", "2026-11-26T15:30:00.000000Z"),
            ("2024-02-29", "2024-02-29T00:00:00.000000Z"),
        ] {
            assert_eq!(shown(text).as_deref(), Some(wanted), "{text}");
        }
        for none in [
            "",
            "now",
            "2026",
            "2026-13-01",
            "2026-02-30",
            "26-11-2026",
            "2026-11-26T25:00",
            "2026-11-26T",
            "2026-11-26T10",
            "2026-11-26T10:00:00+1",
            "2026-11-26-1",
            "9999-01-01",
        ] {
            assert_eq!(shown(none), None, "{none}");
        }
    }
}
