//! When an event was written, in the ways in which exports say it.
//!
//! A shipper writes RFC 3339. Event Viewer and PowerShell write the date of the machine's language,
//! on its own clock; and `11/12/2026` is a day in November or one in December. What one row leaves
//! open others of the same text decide, or nothing does.

use logs::Stamp;

/// What a text tells of a time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct When {
    /// The time, where only one can be meant.
    pub(super) plain: Option<Stamp>,
    /// The time, if the day stands in front of the month.
    pub(super) day_first: Option<Stamp>,
    /// The time, if the month stands in front of the day.
    pub(super) month_first: Option<Stamp>,
    /// Whether the day has two halves: most who write that put the month first.
    pub(super) halves: bool,
}

/// Whether day or month is first in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum First {
    /// `22/11/2026`.
    Day,
    /// `11/22/2026`.
    Month,
}

/// In what order the dates of a text come, as far as they have come.
#[derive(Clone, Debug, Default)]
pub(super) struct Order {
    decided: Option<First>,
    day: Run,
    month: Run,
    halves: bool,
}

/// Times in one reading: whether they only go one way.
#[derive(Clone, Copy, Debug, Default)]
struct Run {
    last: Option<i64>,
    rises: bool,
    falls: bool,
}

/// Numbers of a date and a clock, with the fraction of its second.
const NUMBERS: usize = 7;
/// Longer texts are no times.
const LONGEST: usize = 64;
/// How far a log may be ahead of the last write of its file: clocks on the wall differ by a day.
const AHEAD: i64 = 86_400_000_000_000;

/// How languages write the second half of the day.
const SECOND_HALF: [&str; 10] =
    ["pm", "p.m", "p. m", "p.\u{a0}m", "午後", "下午", "오후", "μμ", "nachm", "م"];
/// How languages write the first half of the day.
const FIRST_HALF: [&str; 10] =
    ["am", "a.m", "a. m", "a.\u{a0}m", "午前", "上午", "오전", "πμ", "vorm", "ص"];

impl When {
    /// Reads a text that is a time and nothing else.
    pub(super) fn of(text: &str, written: Option<i64>) -> Option<Self> {
        let text =
            text.trim_matches(|c: char| c.is_whitespace() || "\u{200e}\u{200f}\"".contains(c));
        if text.is_empty() || text.len() > LONGEST {
            return None;
        }
        if let Some(count) = text.strip_prefix("/Date(") {
            let digits = count.split(|c: char| !c.is_ascii_digit()).next()?;
            return Some(Self::plain(Stamp::of_field(digits.as_bytes(), None)?));
        }
        match Self::local(text) {
            Some(when) => Some(when),
            None => Stamp::of_field(text.as_bytes(), written).map(Self::plain),
        }
    }

    /// Where nothing is open.
    fn plain(stamp: Stamp) -> Self {
        Self { plain: Some(stamp), ..Self::default() }
    }

    /// A date of the machine's language, with its year last or with halves of the day.
    fn local(text: &str) -> Option<Self> {
        let (numbers, signs) = numbers(text)?;
        let [first, second, third, hour, minute, clock_second, fraction] = numbers;
        let lower = text.to_lowercase();
        let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
        let half = match (has(&SECOND_HALF), has(&FIRST_HALF)) {
            (true, _) => Some(12),
            (_, true) => Some(0),
            _ => None,
        };
        let hour = match half {
            Some(later) => number(hour).filter(|hour| *hour <= 12)? % 12 + later,
            None => number(hour)?,
        };
        let fraction = if signs[5] == b'.' || signs[5] == b',' { fraction } else { "" };
        let at = |year: &str, month: &str, day: &str| {
            let (month, day) = (number(month)?, number(day)?);
            let (minute, second) = (number(minute)?, number(clock_second)?);
            let dot = if fraction.is_empty() { "" } else { "." };
            let text = format!(
                "{year}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}{dot}{fraction}"
            );
            Stamp::of_field(text.as_bytes(), None)
        };
        if first.len() == 4 {
            // What has a zone, or is written as everybody writes it, is not of this kind.
            half?;
            return Some(Self::plain(at(first, second, third)?));
        }
        if third.len() != 4 || first.len() > 2 || second.len() > 2 {
            return None;
        }
        let (day_first, month_first) = (at(third, second, first), at(third, first, second));
        if signs[0] == b'.' {
            // With dots the day is first everywhere.
            return Some(Self::plain(day_first?));
        }
        day_first.or(month_first)?;
        let same = if day_first == month_first { day_first } else { None };
        Some(Self { plain: same, day_first, month_first, halves: half.is_some() })
    }

    /// The order that this date proves: the other would be no date.
    fn proves(&self) -> Option<First> {
        match (self.plain, self.day_first, self.month_first) {
            (None, Some(_), None) => Some(First::Day),
            (None, None, Some(_)) => Some(First::Month),
            _ => None,
        }
    }

    /// Whether it has to wait for what other dates of the text prove.
    pub(super) fn is_open(&self) -> bool {
        self.plain.is_none() && self.day_first.is_some() && self.month_first.is_some()
    }

    /// The time, with what is known of the order.
    pub(super) fn stamp(&self, first: Option<First>) -> Option<Stamp> {
        self.plain.or_else(|| match self.proves().or(first)? {
            First::Day => self.day_first,
            First::Month => self.month_first,
        })
    }
}

impl Order {
    /// Takes one more date into account.
    pub(super) fn saw(&mut self, when: &When, written: Option<i64>) {
        if self.decided.is_some() {
            return;
        }
        self.decided = when.proves();
        if when.day_first.is_none() || when.month_first.is_none() {
            return;
        }
        let late = |stamp: Option<Stamp>| {
            let latest = written.map(|written| written.saturating_add(AHEAD));
            latest.zip(stamp).is_some_and(|(latest, stamp)| stamp.nanoseconds > latest)
        };
        // Nobody writes an event before it happens.
        self.decided = match (late(when.day_first), late(when.month_first)) {
            (true, false) => Some(First::Month),
            (false, true) => Some(First::Day),
            _ => self.decided,
        };
        self.day.add(when.day_first);
        self.month.add(when.month_first);
        self.halves |= when.halves;
    }

    /// The order, where a date has proved it.
    pub(super) fn decided(&self) -> Option<First> {
        self.decided
    }

    /// The order, with what all dates together make probable: a log only goes one way; and where
    /// the day has two halves the month is nearly always first.
    pub(super) fn probable(&self) -> Option<First> {
        let run = match (self.day.is_one_way(), self.month.is_one_way()) {
            (true, false) => Some(First::Day),
            (false, true) => Some(First::Month),
            _ => None,
        };
        self.decided.or(run).or(self.halves.then_some(First::Month))
    }
}

impl Run {
    fn add(&mut self, stamp: Option<Stamp>) {
        let Some(stamp) = stamp else { return };
        if let Some(last) = self.last.replace(stamp.nanoseconds) {
            self.rises |= stamp.nanoseconds > last;
            self.falls |= stamp.nanoseconds < last;
        }
    }

    fn is_one_way(self) -> bool {
        !(self.rises && self.falls)
    }
}

/// The numbers of a text, and the sign behind each; none where it has fewer than a date and a clock.
fn numbers(text: &str) -> Option<([&str; NUMBERS], [u8; NUMBERS])> {
    let (mut found, mut signs, mut count) = ([""; NUMBERS], [0; NUMBERS], 0);
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let digits = rest.get(start..)?;
        let length = digits.bytes().take_while(u8::is_ascii_digit).count();
        let (number, behind) = digits.split_at_checked(length)?;
        let (place, sign) = (found.get_mut(count)?, signs.get_mut(count)?);
        *place = number;
        *sign = behind.bytes().next().unwrap_or_default();
        (count, rest) = (count + 1, behind);
    }
    // A table that was saved once more by Excel has lost the seconds.
    if count == NUMBERS - 2 && signs.get(3) == Some(&b':') {
        *found.get_mut(count)? = "0";
        count += 1;
    }
    (count >= NUMBERS - 1).then_some((found, signs))
}

/// A number of at most two digits.
fn number(digits: &str) -> Option<u32> {
    digits.parse().ok().filter(|_| digits.len() <= 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-22 09:00:01 UTC.
    const MORNING: i64 = 1_795_338_001_000_000_000;

    fn when(text: &str) -> When {
        When::of(text, None).unwrap_or_else(|| panic!("{text}"))
    }

    fn plain(text: &str) -> (i64, bool) {
        let stamp = when(text).stamp(None).unwrap_or_else(|| panic!("{text}"));
        (stamp.nanoseconds - MORNING, stamp.zone)
    }

    /// What shippers write says its zone.
    #[test]
    fn shippers_write_a_zone() {
        for text in [
            "2026-11-22T09:00:01Z",
            "2026-11-22T09:00:01.000000000Z",
            "2026-11-22T10:00:01.0000000+01:00",
            "/Date(1795338001000)/",
            "/Date(1795338001000+0100)/",
            "1795338001",
        ] {
            assert_eq!(plain(text), (0, true), "{text}");
        }
    }

    /// Event Viewer writes the date of the machine's language, on its own clock.
    #[test]
    fn dates_of_languages_are_local() {
        for text in [
            "22.11.2026 09:00:01",
            "22. 11. 2026 9:00:01",
            "11/22/2026 9:00:01 AM",
            "11/22/2026 9:00:01\u{202f}AM",
            "22/11/2026 09:00:01",
            "22-11-2026 09:00:01",
            "2026/11/22 9:00:01",
            "2026-11-22 09:00:01",
            "2026-11-22 오전 9:00:01",
            "2026/11/22 上午 09:00:01",
            "22/11/2026 9:00:01 a. m.",
            "2026-11-22T09:00:01",
        ] {
            assert_eq!(plain(text), (0, false), "{text}");
        }
        assert_eq!(plain("11/22/2026 12:00:01 AM").0, -9 * 3_600_000_000_000);
        assert_eq!(plain("11/22/2026 09:00:01 PM").0, 12 * 3_600_000_000_000);
        assert_eq!(plain("22.11.2026 09:00:01,5").0, 500_000_000);
        assert_eq!(plain("11/22/2026 9:00").0, -1_000_000_000);
    }

    /// What is no time is none.
    #[test]
    fn other_texts_are_none() {
        for text in [
            "",
            "36887",
            "1.2.3.4",
            "22/22/2026 09:00:01",
            "11/22/2026",
            "11/22/2026 9",
            "99.99.2026 1:1:1",
        ] {
            assert_eq!(When::of(text, None).and_then(|when| when.stamp(None)), None, "{text}");
        }
    }

    /// A date that may be two waits; another of the same text decides.
    #[test]
    fn other_rows_decide() {
        let open = when("11/12/2026 09:00:01");
        assert!(open.is_open() && open.stamp(None).is_none());
        let mut order = Order::default();
        order.saw(&open, None);
        assert_eq!(order.probable(), None);
        order.saw(&when("13/12/2026 09:00:01"), None);
        assert_eq!(order.decided(), Some(First::Day));
        assert_eq!(open.stamp(order.decided()), when("11.12.2026 09:00:01").plain);
    }

    /// A log goes one way: in the other reading it would go to and fro.
    #[test]
    fn a_log_goes_one_way() {
        let mut order = Order::default();
        for text in ["01/02/2026 1:00:00", "02/02/2026 1:00:00", "01/03/2026 1:00:00"] {
            order.saw(&when(text), None);
        }
        assert_eq!((order.decided(), order.probable()), (None, Some(First::Day)));
    }

    /// Halves of the day speak for the month in front, and no event is written before it happens.
    #[test]
    fn halves_and_the_last_write_decide() {
        let mut order = Order::default();
        order.saw(&when("11/12/2026 09:00:01 AM"), None);
        assert_eq!(order.probable(), Some(First::Month));
        let mut order = Order::default();
        order.saw(&when("11/12/2026 09:00:01"), Some(MORNING));
        assert_eq!(order.decided(), Some(First::Month));
    }
}
