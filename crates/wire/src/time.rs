//! The moment a packet was captured.
//!
//! Every finding names a time and every session a duration, nothing more: so this is one number
//! of nanoseconds and the civil date by arithmetic, not a calendar library.

use core::fmt;

/// Nanoseconds since 1970-01-01T00:00:00 UTC, without leap seconds, as captures count them.
///
/// The range of `i64` reaches from the year 1677 to 2262. What a capture claims outside of it is
/// set to the nearest end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(pub i64);

impl Time {
    /// Puts a time together from whole seconds and nanoseconds.
    #[inline]
    pub fn from_parts(seconds: i64, nanoseconds: u32) -> Self {
        Self(seconds.saturating_mul(NANOSECONDS).saturating_add(i64::from(nanoseconds)))
    }

    /// The first moment of a date of the Gregorian calendar, in UTC; months and days that no year has
    /// count on into the next one.
    #[must_use]
    pub fn midnight(year: u32, month: u32, day: u32) -> Self {
        // As in `civil`: years that begin in March, so that the leap day is the last.
        let months = i64::from(month).max(1) + 9;
        let year = i64::from(year) - 1 + months / 12;
        let days = year * 365 + year / 4 - year / 100
            + year / 400
            + (months % 12 * 153 + 2) / 5
            + i64::from(day).max(1)
            - 1;
        Self::from_parts((days - 719_468).saturating_mul(SECONDS_A_DAY), 0)
    }

    /// Nanoseconds from `earlier` to `self`; negative when `self` comes first.
    #[inline]
    pub fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// Whole seconds since the epoch, rounded down.
    #[inline]
    pub fn seconds(self) -> i64 {
        self.0.div_euclid(NANOSECONDS)
    }

    /// Year, month (1-12) and day (1-31) in UTC.
    pub fn date(self) -> (i64, u32, u32) {
        civil(self.seconds().div_euclid(SECONDS_A_DAY))
    }
}

/// RFC 3339 in UTC with microseconds: `2026-11-25T20:44:30.000001Z`.
impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.date();
        let second = self.seconds().rem_euclid(SECONDS_A_DAY);
        let microsecond = self.0.rem_euclid(NANOSECONDS) / 1_000;
        let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")?;
        write!(f, ".{microsecond:06}Z")
    }
}

/// Days since the epoch to a date of the proleptic Gregorian calendar.
///
/// The year is taken to begin in March, so that the leap day is its last day and month lengths
/// follow one linear formula; 400 years are exactly 146,097 days.
fn civil(days: i64) -> (i64, u32, u32) {
    let since_march_0000 = days + 719_468;
    let era = since_march_0000.div_euclid(146_097);
    let day_of_era = since_march_0000.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    (year, u32::try_from(month).unwrap_or(0), u32::try_from(day).unwrap_or(0))
}

const NANOSECONDS: i64 = 1_000_000_000;
const SECONDS_A_DAY: i64 = 86_400;

#[cfg(test)]
mod tests {
    use super::*;

    /// Dates around leap days, century years, the epoch and both ends of the range.
    #[test]
    fn civil_dates_hold_at_the_corners() {
        let show = |seconds, nanoseconds| Time::from_parts(seconds, nanoseconds).to_string();
        assert_eq!(show(0, 0), "1970-01-01T00:00:00.000000Z");
        assert_eq!(show(-1, 999_999_999), "1969-12-31T23:59:59.999999Z");
        assert_eq!(show(951_782_400, 0), "2000-02-29T00:00:00.000000Z");
        assert_eq!(show(951_868_800, 0), "2000-03-01T00:00:00.000000Z");
        assert_eq!(show(4_107_542_399, 0), "2100-02-28T23:59:59.000000Z");
        assert_eq!(show(4_107_542_400, 0), "2100-03-01T00:00:00.000000Z");
        assert_eq!(show(1_795_639_470, 1_000), "2026-11-25T20:44:30.000001Z");
        assert_eq!(Time(i64::MAX).to_string(), "2262-04-11T23:47:16.854775Z");
        assert_eq!(Time(i64::MIN).to_string(), "1677-09-21T00:12:43.145224Z");
    }

    /// Every day of 800 years follows the one before it.
    #[test]
    fn every_day_follows_the_one_before() {
        let mut before = civil(-146_098);
        for day in -146_097..146_097 {
            let (year, month, date) = civil(day);
            let next_day = (year, month, date) == (before.0, before.1, before.2 + 1);
            let next_month = date == 1 && (year, month) == (before.0, before.1 + 1);
            let next_year = (year, month, date) == (before.0 + 1, 1, 1);
            assert!(next_day || next_month || next_year, "{before:?} then {year}-{month}-{date}");
            before = (year, month, date);
        }
    }

    /// What a capture claims outside the range ends at the range, never wraps.
    #[test]
    fn absurd_times_saturate() {
        assert_eq!(Time::from_parts(i64::MAX, 5), Time(i64::MAX));
        assert_eq!(Time(i64::MIN).since(Time(i64::MAX)), i64::MIN);
    }
}
