//! When a line was written, read from its own text.
//!
//! Every program writes its time in its own way, and most of them in one of a few dozen. The time
//! stands near the front, behind at most a bracket, a level, a host or a process; it is found with
//! one look from left to right and without regular expressions. Where a text could be a time and
//! could be something else it is none: a wrong time joins what does not belong together.

mod calendar;
mod counts;
mod forms;
mod text;

use std::ops::Range;

use calendar::Clock;
use forms::Reading;

/// The time a line tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stamp {
    /// Nanoseconds since 1970-01-01 00:00 UTC.
    pub nanoseconds: i64,
    /// Whether the text told its zone. Where it did not, the clock on the wall is taken as UTC.
    pub zone: bool,
}

impl Stamp {
    /// The time that a field of a structured log holds: a text, or seconds, milliseconds,
    /// microseconds or nanoseconds since 1970, told apart by the number of digits.
    ///
    /// `written` is as for [`stamp`].
    #[must_use]
    pub fn of_field(text: &[u8], written: Option<i64>) -> Option<Self> {
        if let Some(nanoseconds) = counts::alone(text) {
            return Some(Self { nanoseconds, zone: true });
        }
        resolve(forms::at(text, 0)?.0, written)
    }
}

/// How far into a line a time may begin. Behind it the message is at work, and a time in a message
/// is about something else.
const LOOK: usize = 200;
/// How far a line without a year, or a bare count of seconds, may be ahead of the last write of its
/// file: a clock on the wall is up to 14 hours ahead of UTC, and clocks differ a little.
const AHEAD: i64 = 86_400 * SECOND;
/// Nanoseconds in a second.
const SECOND: i64 = 1_000_000_000;
/// How many years back a date without a year may lie: the 29th of February needs eight of them
/// around the year 2100.
const YEARS_BACK: i64 = 8;

/// The first time in the front of a line, and the bytes that tell it.
///
/// `written` is when the log was last written, in nanoseconds since 1970-01-01 UTC. Formats without
/// a year (RFC 3164, klog, Chromium) tell the latest year that is not after it, and nothing when it
/// is not known.
#[must_use]
pub fn stamp(line: &[u8], written: Option<i64>) -> Option<(Stamp, Range<usize>)> {
    let mut at = 0;
    let front = line.len().min(LOOK);
    while at < front {
        if let Some((reading, end)) = forms::at(line, at) {
            match resolve(reading, written) {
                Some(stamp) if !speaks_of_a_date(line.get(..at)?) => return Some((stamp, at..end)),
                Some(_) => return None,
                // Without a year, or not plausible: a time with a year may follow.
                None => at = end,
            }
        } else {
            at = next_word(line, at);
        }
    }
    None
}

/// The time at the very front of a text, and where it ends: for those who know that there is one.
///
/// The stamp is `None` where the text is a time without a year and `written` is not known.
pub(crate) fn leading(text: &[u8], written: Option<i64>) -> Option<(Option<Stamp>, usize)> {
    let (reading, end) = forms::at(text, 0)?;
    Some((resolve(reading, written), end))
}

/// Puts the year in where the text has none.
fn resolve(reading: Reading, written: Option<i64>) -> Option<Stamp> {
    let latest = written.map(|written| written.saturating_add(AHEAD));
    match reading {
        Reading::Count(nanoseconds) => latest
            .is_none_or(|latest| nanoseconds <= latest)
            .then_some(Stamp { nanoseconds, zone: true }),
        Reading::Clock(clock) => {
            let zone = clock.zone.is_some();
            let nanoseconds = match clock.year {
                Some(_) => clock.nanoseconds()?,
                None => latest_year(clock, latest?)?,
            };
            Some(Stamp { nanoseconds, zone })
        }
    }
}

/// The latest time with this date and clock that is not after `latest`.
fn latest_year(clock: Clock, latest: i64) -> Option<i64> {
    let this_year = calendar::year_of(latest);
    (this_year - YEARS_BACK..=this_year)
        .rev()
        .filter_map(|year| Clock { year: Some(year), ..clock }.nanoseconds())
        .find(|nanoseconds| *nanoseconds <= latest)
}

/// Where the next word begins behind `at`: a letter or a digit behind something else.
fn next_word(line: &[u8], at: usize) -> usize {
    let rest = line.get(at..).unwrap_or_default();
    let inside = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
    let between = rest.iter().skip(inside).take_while(|byte| !byte.is_ascii_alphanumeric()).count();
    at + (inside + between).max(1)
}

/// Whether the text in front of a date says that it is the date *of* something: of a certificate
/// that is about to end, not of this line.
fn speaks_of_a_date(front: &[u8]) -> bool {
    OF_SOMETHING.iter().any(|word| {
        front.windows(word.len()).any(|window| window.eq_ignore_ascii_case(word.as_bytes()))
    })
}

/// Words in front of a date that is not the line's own.
const OF_SOMETHING: [&str; 11] = [
    "after",
    "before",
    "expir",
    "issued",
    "modified",
    "since",
    "start date",
    "unix_time",
    "until",
    "update",
    "valid",
];

#[cfg(test)]
mod tests;
