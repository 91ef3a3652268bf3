//! A date and a clock become nanoseconds since 1970, if they exist.

use super::SECOND;

/// A date and a clock as a text tells them, not yet known to exist.
#[derive(Clone, Copy)]
pub(super) struct Clock {
    pub(super) year: Option<i64>,
    /// From 1.
    pub(super) month: u32,
    /// From 1.
    pub(super) day: u32,
    pub(super) hour: u32,
    pub(super) minute: u32,
    /// 60 in a leap second.
    pub(super) second: u32,
    pub(super) nanosecond: u32,
    /// Seconds east of UTC, where the text says so.
    pub(super) zone: Option<i32>,
}

/// The years whose nanoseconds fit into 64 bits.
const YEARS: std::ops::RangeInclusive<i64> = 1970..=2261;
const DAY: i64 = 86_400;

impl Clock {
    /// Nanoseconds since 1970-01-01 UTC, or nothing for what is in no calendar or has no year.
    pub(super) fn nanoseconds(self) -> Option<i64> {
        let year = self.year.filter(|year| YEARS.contains(year))?;
        if self.day == 0 || self.day > days_in(year, self.month)? {
            return None;
        }
        if self.hour > 23 || self.minute > 59 || self.second > 60 {
            return None;
        }
        let days = days_since_1970(year, i64::from(self.month), i64::from(self.day));
        let clock = self.hour * 3600 + self.minute * 60 + self.second;
        let seconds = days * DAY + i64::from(clock) - i64::from(self.zone.unwrap_or(0));
        seconds.checked_mul(SECOND)?.checked_add(i64::from(self.nanosecond))
    }
}

/// The year that these nanoseconds since 1970 lie in.
pub(super) fn year_of(nanoseconds: i64) -> i64 {
    let days = nanoseconds.div_euclid(SECOND * DAY);
    // A year has 365.2425 days; the guess is right or one too high or too low.
    let mut year = 1970 + days * 10_000 / 3_652_425;
    while days_since_1970(year, 1, 1) > days {
        year -= 1;
    }
    while days_since_1970(year + 1, 1, 1) <= days {
        year += 1;
    }
    year
}

/// Days from 1970-01-01 to a date of the Gregorian calendar. The year is counted from March, so
/// that the leap day is its last.
const fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    year * 365 + leap_days + day_of_year - 719_468
}

fn days_in(year: i64, month: u32) -> Option<u32> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 if leap => Some(29),
        2 => Some(28),
        4 | 6 | 9 | 11 => Some(30),
        1..=12 => Some(31),
        _ => None,
    }
}
