//! When a group's failures happened: a histogram of bounded size, and a few words.
//!
//! The cells double in width whenever a time falls outside, so that any span fits without being
//! known before. They lie on multiples of their width, which lets two timelines be added.

use wire::Time;

/// Counts over time.
#[derive(Clone, Debug)]
pub struct Timeline {
    cells: [u32; CELLS],
    /// Number of the first cell: its time divided by the width.
    base: i64,
    /// The width of a cell is two to this power, in nanoseconds.
    shift: u32,
    count: u64,
    first: Time,
    last: Time,
    /// The first few times, for the rhythm.
    sample: Vec<Time>,
}

/// Cells of a histogram: a screen shows at most 60, and doubling may leave half of them unused.
const CELLS: usize = 128;
/// The narrowest cell, about a millisecond.
const NARROWEST: u32 = 20;
/// The widest cell: two of them hold every time there is.
const WIDEST: u32 = 63;
/// Times kept for the rhythm.
const SAMPLE: usize = 64;
/// Fewer failures than this have no rhythm and no beginning worth a word.
const FEW: u64 = 5;
/// Nanoseconds of a second.
const SECOND: i64 = 1_000_000_000;
/// Nanoseconds of a day and of a year.
const DAY: i64 = 86_400 * SECOND;
const YEAR: i64 = 365 * DAY;

impl Timeline {
    /// Begins with one failure.
    #[must_use]
    pub fn new(time: Time) -> Self {
        let base = time.0 >> NARROWEST;
        let mut cells = [0; CELLS];
        if let Some(cell) = cells.first_mut() {
            *cell = 1;
        }
        let sample = vec![time];
        Self { cells, base, shift: NARROWEST, count: 1, first: time, last: time, sample }
    }

    /// Adds a failure.
    pub fn add(&mut self, time: Time) {
        self.fit(time);
        self.bump(time.0 >> self.shift, 1);
        self.count += 1;
        self.first = self.first.min(time);
        self.last = self.last.max(time);
        if self.sample.len() < SAMPLE {
            self.sample.push(time);
        }
    }

    /// Adds all of another timeline.
    pub fn merge(&mut self, other: &Self) {
        self.fit(other.first);
        self.fit(other.last);
        let mut other = other.clone();
        while other.shift < self.shift {
            other.widen();
        }
        while self.shift < other.shift {
            self.widen();
        }
        self.fit(other.first);
        self.fit(other.last);
        while other.shift < self.shift {
            other.widen();
        }
        for (index, &count) in (0_i64..).zip(&other.cells) {
            if count > 0 {
                self.bump(other.base.saturating_add(index), count);
            }
        }
        self.count += other.count;
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
        self.sample.extend(&other.sample);
        self.sample.sort();
        self.sample.truncate(SAMPLE);
    }

    /// Time of the first failure.
    #[must_use]
    pub fn first(&self) -> Time {
        self.first
    }

    /// Time of the last failure.
    #[must_use]
    pub fn last(&self) -> Time {
        self.last
    }

    /// The counts in `cells` equal parts of the time from `from` to `to`.
    #[must_use]
    pub fn cells(&self, from: Time, to: Time, cells: usize) -> Vec<u32> {
        let mut out = vec![0_u32; cells.max(1)];
        let last = out.len() - 1;
        let span = i128::from(to.0) - i128::from(from.0) + 1;
        for (index, &count) in (0_i64..).zip(&self.cells).filter(|(_, count)| **count > 0) {
            let start = i128::from(self.base.saturating_add(index)) << self.shift;
            // The middle of a cell, but inside of what was really seen.
            let middle = (start + (1_i128 << self.shift) / 2)
                .clamp(i128::from(self.first.0), i128::from(self.last.0));
            let place = (middle - i128::from(from.0)).max(0) * cells.max(1) as i128 / span.max(1);
            let place = usize::try_from(place).unwrap_or(last).min(last);
            if let Some(cell) = out.get_mut(place) {
                *cell = cell.saturating_add(count);
            }
        }
        out
    }

    /// What is worth saying about it within a capture from `from` to `to`; empty if nothing is.
    #[must_use]
    pub fn words(&self, from: Time, to: Time) -> String {
        if let Some(period) = self.period() {
            return format!("every {}: a job, not a person", duration(period));
        }
        if self.count < FEW {
            return String::new();
        }
        let span = to.since(from).max(1);
        let (began, ended) = (self.first.since(from), to.since(self.last));
        let lasted = self.last.since(self.first);
        if lasted < span / 20 && span > SECOND {
            return format!("all within {} at {}", duration(lasted), clock(self.first, span));
        }
        match (began > span / 5, ended > span / 5) {
            (true, true) => {
                format!("from {} to {}", clock(self.first, span), clock(self.last, span))
            }
            (true, false) => format!("began {}", clock(self.first, span)),
            (false, true) => format!("stopped {}", clock(self.last, span)),
            (false, false) => String::new(),
        }
    }

    /// The time between two failures, if nearly all of them keep it.
    #[must_use]
    pub fn period(&self) -> Option<i64> {
        let mut times = self.sample.clone();
        times.sort();
        let mut gaps: Vec<i64> =
            times.iter().zip(times.iter().skip(1)).map(|(a, b)| b.since(*a)).collect();
        gaps.sort_unstable();
        let median = *gaps.get(gaps.len() / 2)?;
        if (gaps.len() as u64) < FEW - 1 || median < SECOND {
            return None;
        }
        let near = |gap: &&i64| gap.abs_diff(median) <= median.unsigned_abs() / 10;
        (gaps.iter().filter(near).count() * 10 >= gaps.len() * 8).then_some(median)
    }

    /// Makes room for a time.
    fn fit(&mut self, time: Time) {
        loop {
            let cell = time.0 >> self.shift;
            let ahead = cell.saturating_sub(self.base);
            if (0..CELLS as i64).contains(&ahead) || self.shift >= WIDEST {
                return;
            }
            if ahead < 0 && self.shift_right(ahead.unsigned_abs()) {
                return;
            }
            self.widen();
        }
    }

    /// Moves the counts to make room for earlier cells, if the late ones are free.
    fn shift_right(&mut self, by: u64) -> bool {
        let used = self.cells.iter().rposition(|&count| count > 0).map_or(0, |last| last + 1);
        let Ok(by) = usize::try_from(by) else { return false };
        if by > CELLS - used {
            return false;
        }
        self.cells.rotate_right(by);
        self.base = self.base.saturating_sub(by as i64);
        true
    }

    /// Doubles the width of the cells.
    fn widen(&mut self) {
        let odd = self.base & 1;
        let mut wide = [0_u32; CELLS];
        for (index, &count) in (odd..).zip(&self.cells) {
            if let Some(cell) = usize::try_from(index >> 1).ok().and_then(|at| wide.get_mut(at)) {
                *cell = cell.saturating_add(count);
            }
        }
        self.cells = wide;
        self.base >>= 1;
        self.shift += 1;
    }

    fn bump(&mut self, cell: i64, by: u32) {
        let place = cell.saturating_sub(self.base).clamp(0, CELLS as i64 - 1);
        if let Some(cell) = usize::try_from(place).ok().and_then(|at| self.cells.get_mut(at)) {
            *cell = cell.saturating_add(by);
        }
    }
}

/// Draws counts as one character each.
#[must_use]
pub(crate) fn sparkline(cells: &[u32], ascii: bool) -> String {
    let most = u64::from(cells.iter().copied().max().unwrap_or(0)).max(1);
    let bars: &[char] =
        if ascii { &['#'] } else { &['▁', '▂', '▃', '▄', '▅', '▆', '▇'] };
    let nothing = if ascii { '.' } else { '·' };
    let bar = |&count: &u32| match u64::from(count) {
        0 => nothing,
        count => {
            let height = (count * bars.len() as u64).div_ceil(most) - 1;
            usize::try_from(height).ok().and_then(|h| bars.get(h)).copied().unwrap_or('#')
        }
    };
    cells.iter().map(bar).collect()
}

/// A duration in the largest unit that says it well: `18 s`, `2.5 min`, `340 ms`.
#[must_use]
pub(crate) fn duration(nanoseconds: i64) -> String {
    let ns = nanoseconds.max(0);
    let tenths = |unit: i64| (ns.saturating_add(unit / 20)) / (unit / 10);
    let show = |tenths: i64, unit: &str| match (tenths / 10, tenths % 10) {
        (whole, 0) => format!("{whole} {unit}"),
        (whole, _) if whole >= 10 => format!("{} {unit}", (tenths + 5) / 10),
        (whole, tenth) => format!("{whole}.{tenth} {unit}"),
    };
    match ns {
        0..1_000_000 => show(tenths(1_000), "µs"),
        1_000_000..SECOND => show(tenths(1_000_000), "ms"),
        _ if ns < 120 * SECOND => show(tenths(SECOND), "s"),
        _ if ns < 7_200 * SECOND => show(tenths(60 * SECOND), "min"),
        _ if ns < 48 * 3_600 * SECOND => show(tenths(3_600 * SECOND), "h"),
        _ => show(tenths(86_400 * SECOND), "days"),
    }
}

/// The time of day in UTC; with the date when the capture is longer than a day, and with the year
/// when it is longer than that.
#[must_use]
pub(crate) fn clock(time: Time, span: i64) -> String {
    let text = time.to_string();
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default().to_owned();
    let clock = part(11, 19);
    if span > YEAR {
        format!("{} {clock}", part(0, 10))
    } else if span > DAY {
        format!("{} {clock}", part(5, 10))
    } else {
        clock
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Time {
        Time::from_parts(1_795_640_000 + seconds, 0)
    }

    fn of(seconds: impl IntoIterator<Item = i64>) -> Timeline {
        let mut times = seconds.into_iter().map(at);
        let mut timeline = Timeline::new(times.next().unwrap());
        times.for_each(|time| timeline.add(time));
        timeline
    }

    /// No count is lost however far the times lie apart, and in whatever order they come.
    #[test]
    fn nothing_is_lost_in_any_span_or_order() {
        let mut timeline = of([5, 0, 3_600, -86_400, 7]);
        timeline.add(Time(i64::MIN));
        timeline.add(Time(i64::MAX));
        let cells = timeline.cells(Time(i64::MIN), Time(i64::MAX), 20);
        assert_eq!(cells.iter().sum::<u32>(), 7);
        assert_eq!((cells[0], cells[19]), (1, 1));
    }

    /// Two timelines put together equal one that saw everything.
    #[test]
    fn merging_equals_adding() {
        let mut parts = of(0..100);
        parts.merge(&of(5_000..5_100));
        let whole = of((0..100).chain(5_000..5_100));
        let draw = |t: &Timeline| t.cells(at(0), at(5_100), 10);
        assert_eq!(draw(&parts), draw(&whole));
        assert_eq!(draw(&parts), [100, 0, 0, 0, 0, 0, 0, 0, 0, 100]);
    }

    /// A job is told by its period; people have none.
    #[test]
    fn a_job_is_told_by_its_period() {
        let job = of((0..20).map(|n| n * 18));
        assert_eq!(job.words(at(0), at(360)), "every 18 s: a job, not a person");
        assert_eq!(of([0, 2, 50, 51, 90, 200, 207]).words(at(0), at(210)), "");
    }

    /// A beginning, an end and a burst inside of a longer capture are said.
    #[test]
    fn beginnings_ends_and_bursts_are_said() {
        let late = of([2000, 2100, 2150, 2900, 3100, 3590]);
        assert_eq!(late.words(at(0), at(3600)), format!("began {}", clock(at(2000), 0)));
        let burst = of([10, 10, 11, 11, 12]);
        assert!(burst.words(at(0), at(3600)).starts_with("all within 2 s at "));
    }

    /// The tallest bar is the largest count, and nothing is no bar.
    #[test]
    fn sparklines_scale() {
        assert_eq!(sparkline(&[0, 1, 7, 14], false), "·▁▄▇");
        assert_eq!(sparkline(&[0, 1, 7], true), ".##");
    }

    /// As much of the date is told as the capture is long.
    #[test]
    fn a_clock_tells_what_the_span_asks_for() {
        assert_eq!(clock(at(0), DAY), "20:53:20");
        assert_eq!(clock(at(0), DAY + 1), "11-25 20:53:20");
        assert_eq!(clock(at(0), YEAR + 1), "2026-11-25 20:53:20");
    }

    /// Durations are short in every size.
    #[test]
    fn durations_are_short() {
        assert_eq!(duration(18_020_000_000), "18 s");
        assert_eq!(duration(2_000_000), "2 ms");
        assert_eq!(duration(90 * SECOND), "90 s");
        assert_eq!(duration(9 * 3_600 * SECOND), "9 h");
        assert_eq!(duration(150 * SECOND), "2.5 min");
        assert!(!duration(i64::MAX).is_empty());
        assert_eq!(duration(-1), "0 µs");
    }
}
