//! On which hours and weekdays something happened: people and their programs keep office hours,
//! services do not.

use wire::Time;

/// Counts by hour of the day and by day of the week: in UTC where the log tells its zone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hours {
    hours: [u32; 24],
    weekdays: [u32; 7],
    first: Option<Time>,
    last: Option<Time>,
    /// Whether some of them came without a zone: they are then the hours of the log's own clock.
    pub(crate) without_zone: bool,
}

/// Nanoseconds of an hour and of a day.
const HOUR: i64 = 3_600_000_000_000;
const DAY: i64 = 24 * HOUR;
/// The first of January 1970 was a Thursday, the fourth day of a week that begins on Monday.
const THURSDAY: i64 = 3;
/// Fewer events have no habit.
const FEW: u64 = 20;
/// Hours of a day within which nearly all must fall to be a habit.
const MOST_HOURS: usize = 14;
/// Hours that people are at work at least; a job that starts each day is done sooner.
const SHIFT: usize = 4;
/// The names of the weekdays.
const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

impl Hours {
    /// Adds one moment.
    pub(crate) fn add(&mut self, time: Time) {
        let day = time.0.div_euclid(DAY);
        let hour = time.0.rem_euclid(DAY) / HOUR;
        let cells = [
            self.hours.get_mut(usize::try_from(hour).unwrap_or_default()),
            self.weekdays
                .get_mut(usize::try_from((day + THURSDAY).rem_euclid(7)).unwrap_or_default()),
        ];
        for cell in cells.into_iter().flatten() {
            *cell = cell.saturating_add(1);
        }
        self.first = Some(self.first.map_or(time, |first| first.min(time)));
        self.last = Some(self.last.map_or(time, |last| last.max(time)));
    }

    /// Adds all of another count.
    pub(crate) fn merge(&mut self, other: &Self) {
        let mine = self.hours.iter_mut().chain(&mut self.weekdays);
        for (cell, more) in mine.zip(other.hours.iter().chain(&other.weekdays)) {
            *cell = cell.saturating_add(*more);
        }
        self.without_zone |= other.without_zone;
        self.first = self.first.into_iter().chain(other.first).min();
        self.last = self.last.into_iter().chain(other.last).max();
    }

    /// How many fell into each hour of the day.
    #[must_use]
    pub fn by_hour(&self) -> [u32; 24] {
        self.hours
    }

    /// How many fell onto each day of the week, from Monday.
    #[must_use]
    pub fn by_weekday(&self) -> [u32; 7] {
        self.weekdays
    }

    /// The habit in words, and whose it is; empty where too little was seen for one.
    #[must_use]
    pub fn habit(&self) -> String {
        let count: u64 = self.hours.iter().map(|count| u64::from(*count)).sum();
        let (Some(first), Some(last)) = (self.first, self.last) else { return String::new() };
        let span = last.since(first);
        if count < FEW || span < 2 * DAY {
            return String::new();
        }
        let workday: u64 = self.weekdays.iter().take(5).map(|count| u64::from(*count)).sum();
        let is_week = span >= 7 * DAY;
        // One bad day, and a straggler in another week, are no habit.
        let every = |days: usize| self.weekdays.iter().take(days).all(|count| *count > 0);
        let workdays_only = is_week && every(5) && workday * 100 >= count * 98;
        let office = self.window(count);
        match (workdays_only, office) {
            (true, Some((from, to))) if (to + 24 - from) % 24 < SHIFT => {
                format!("Mon–Fri, {from:02} to {to:02} h: a job, or what begins then")
            }
            (true, Some((from, to))) => format!(
                "Mon–Fri, {from:02} to {to:02} h: people, or what they use, rather than a service"
            ),
            (true, None) => "Mon–Fri, and not at weekends".to_owned(),
            (false, Some((from, to))) if is_week && every(7) => {
                format!("every day of the week, {from:02} to {to:02} h")
            }
            (false, Some((from, to))) => format!("{from:02} to {to:02} h"),
            (false, None) if is_week && self.is_even(count) => {
                "day and night, all week: a service or a job, rather than a person".to_owned()
            }
            (false, None) => String::new(),
        }
    }

    /// The days with any, in words: `Mon 12 · Tue 3`.
    #[must_use]
    pub fn days(&self) -> Vec<(&'static str, u32)> {
        let all = WEEKDAYS.into_iter().zip(self.weekdays);
        all.filter(|(_, count)| *count > 0).collect()
    }

    /// The shortest run of hours, over midnight too, that holds nearly all: from when until when.
    fn window(&self, count: u64) -> Option<(usize, usize)> {
        let held = |from: usize, length: usize| -> u64 {
            let hours = self.hours.iter().cycle().skip(from).take(length);
            hours.map(|count| u64::from(*count)).sum()
        };
        (1..=MOST_HOURS).find_map(|length| {
            let from = (0..24).find(|from| held(*from, length) * 100 >= count * 97)?;
            Some((from, (from + length) % 24))
        })
    }

    /// Whether no hour and no day is much emptier than the others.
    fn is_even(&self, count: u64) -> bool {
        let even = |cells: &[u32]| {
            let mean = count / cells.len() as u64;
            cells.iter().all(|cell| u64::from(*cell) * 3 >= mean)
        };
        even(&self.hours) && even(&self.weekdays)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Monday, 2 November 2026, at midnight.
    const MONDAY: i64 = 1_793_577_600_000_000_000;

    fn of(moments: impl Iterator<Item = i64>) -> Hours {
        let mut hours = Hours::default();
        moments.for_each(|at| hours.add(Time(MONDAY + at)));
        hours
    }

    /// People work from Monday to Friday, and services always.
    #[test]
    fn habits_are_told() {
        let office = of((0..14)
            .filter(|day| day % 7 < 5)
            .flat_map(|day| (7..18).map(move |hour| day * DAY + hour * HOUR)));
        assert!(office.habit().starts_with("Mon–Fri, 07 to 18 h"), "{}", office.habit());
        let always = of((0..14 * 24).map(|hour| hour * HOUR));
        assert!(always.habit().starts_with("day and night, all week"), "{}", always.habit());
        let night = of((0..60).map(|n| n % 14 * DAY + (22 + n % 5) * HOUR));
        assert_eq!(night.habit(), "every day of the week, 22 to 03 h");
    }

    /// What runs at one hour of each workday is not told to be people, and one bad day with a
    /// straggler a week later is not told to be a habit of all days.
    #[test]
    fn a_job_and_a_bad_day_are_no_people() {
        let workdays = (0..28).filter(|day| day % 7 < 5);
        let job = of(workdays.flat_map(|day| [day * DAY + 2 * HOUR, day * DAY + 2 * HOUR + 1]));
        assert_eq!(job.habit(), "Mon–Fri, 02 to 03 h: a job, or what begins then");
        let bad_day = of((0..60).map(|n| 9 * HOUR + n).chain([8 * DAY + 9 * HOUR]));
        assert_eq!(bad_day.habit(), "09 to 10 h");
        let weekend = of((0..60).map(|n| 5 * DAY + 9 * HOUR + n).chain([13 * DAY + 9 * HOUR]));
        assert_eq!(weekend.habit(), "09 to 10 h");
    }

    /// Little, or what happened within a day, has no habit.
    #[test]
    fn few_have_no_habit() {
        assert_eq!(of((0..10).map(|day| day * DAY)).habit(), "");
        assert_eq!(of((0..100).map(|n| n * 1_000)).habit(), "");
        assert_eq!(Hours::default().habit(), "");
    }

    /// Days have their right names, before 1970 too, and sums are sums.
    #[test]
    fn days_have_their_names() {
        assert_eq!(of([0, 6 * DAY, 7 * DAY].into_iter()).days(), [("Mon", 2), ("Sun", 1)]);
        let mut both = of([0].into_iter());
        both.add(Time(-1));
        assert_eq!(both.days(), [("Mon", 1), ("Wed", 1)]);
        let mut sum = of([HOUR].into_iter());
        sum.merge(&both);
        assert_eq!(sum.by_hour().iter().sum::<u32>(), 3);
    }
}
