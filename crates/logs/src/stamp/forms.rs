//! The forms that a time is written in.
//!
//! A form is chosen by its first bytes: how many digits, and what follows them; the name of a month
//! or of a weekday; the letter of a level. Each then reads on or says that it is something else.

use super::calendar::Clock;
use super::counts;
use super::text::Text;

/// What a text tells.
pub(super) enum Reading {
    /// A date, perhaps without its year, and a clock.
    Clock(Clock),
    /// Nanoseconds since 1970.
    Count(i64),
}

/// The time that begins at this byte, and where it ends.
pub(super) fn at(line: &[u8], at: usize) -> Option<(Reading, usize)> {
    let before = at.checked_sub(1).and_then(|before| line.get(before)).copied();
    // The middle of a word, a number, a path or an address is no beginning.
    if before.is_some_and(|byte| byte.is_ascii_alphanumeric() || b"._-/+\\%@#".contains(&byte)) {
        let marked = matches!(before, Some(b'.')) && at == 1;
        if !marked {
            return None;
        }
    }
    let mut text = Text::new(line, at);
    if at == 0
        && let Some((count, end)) = counts::hexadecimal(line)
    {
        return Some((Reading::Count(count), end));
    }
    let clock = match text.peek()? {
        b'0'..=b'9' => match in_digits(&mut text, at, before)? {
            Reading::Clock(clock) => clock,
            count @ Reading::Count(_) => return Some((count, text.at())),
        },
        b'I' | b'W' | b'E' | b'F' if text.rest().get(1)?.is_ascii_digit() => klog(&mut text)?,
        byte if byte.is_ascii_alphabetic() => in_words(&mut text)?,
        _ => return None,
    };
    // A date that is in no calendar is no date.
    Clock { year: clock.year.or(Some(2000)), ..clock }.nanoseconds()?;
    Some((Reading::Clock(clock), text.at()))
}

/// A form that begins with digits.
fn in_digits(text: &mut Text<'_>, at: usize, before: Option<u8>) -> Option<Reading> {
    let digits = text.digits();
    let next = text.rest().get(digits).copied();
    let clock = match (digits, next?) {
        (4, b'/') if chromium(*text) => return Some(Reading::Clock(month_day_slash_clock(text)?)),
        (4, b'-' | b'/' | b'.') => year_month_day(text)?,
        (1..=2, b'/' | b'-' | b'.' | b' ') => day_first(text)?,
        (8, _) => compact(text, 4)?,
        (6, b' ') => compact(text, 2)?,
        (10 | 13, _) if at == 0 || (at == 1 && before == Some(b'[')) => {
            return counts::decimal(text).map(Reading::Count);
        }
        _ => return None,
    };
    Some(Reading::Clock(clock))
}

/// `2026-11-22 09:00:01`, with `/` or `.` between the numbers, and `T`, a blank, or a sign before the
/// clock: RFC 3339, nginx, Go, PostgreSQL, Java. FortiGate writes `date=2026-11-22 time=09:00:01`.
fn year_month_day(text: &mut Text<'_>) -> Option<Clock> {
    let year = text.number(4)?;
    let between = text.one_of(b"-/.")?;
    let month = text.short_number()?;
    text.byte(between)?;
    let day = text.short_number()?;
    if text.one_of(b"Tt_:,").is_none() {
        text.blank()?;
    } else {
        let _ = text.blank();
    }
    let _ = text.word("time=");
    let mut clock = clock(text, date(Some(year), month, day))?;
    microseconds_of_openvpn(text, &mut clock);
    Some(clock)
}

/// `20261122T090001`, `20261122 09:00:01`, `20261122-9:0:1`, `261122  9:00:01` (MySQL up to 5.6).
fn compact(text: &mut Text<'_>, year_digits: usize) -> Option<Clock> {
    let mut year = text.number(year_digits)?;
    if year_digits == 2 {
        year += 2000;
    }
    let (month, day) = (text.number(2)?, text.number(2)?);
    if text.one_of(b"Tt-:").is_none() {
        text.blank()?;
    }
    clock(text, date(Some(year), month, day))
}

/// What begins with one or two digits: `22/Nov/2026:09:00:01` (CLF, HAProxy), `22-Nov-2026
/// 09:00:01` (BIND, Erlang), `22 Nov 2026 09:00:01` (Redis, mail), `11/22/2026 9:00:01 AM`
/// (Windows), `22.11.2026 09:00:01`, `22/11/2026:09:00:01` (NetScaler).
fn day_first(text: &mut Text<'_>) -> Option<Clock> {
    let first = text.short_number()?;
    let between = text.one_of(b"/-. ")?;
    if let Some(month) = month(text) {
        text.byte(between).or_else(|| text.blank())?;
        let year = text.number(4)?;
        text.one_of(b": ")?;
        let _ = text.one_of(b": ");
        return clock(text, date(Some(year), month, first));
    }
    if between == b' ' {
        return None;
    }
    let second = text.short_number()?;
    text.byte(between)?;
    let year = text.number(4)?;
    if text.byte(b':').is_none() {
        let _ = text.byte(b',');
        text.blank()?;
    }
    let mut half_day = None;
    let clock = clock_and_half(text, &mut half_day, Clock::EMPTY)?;
    // With dots the day is first everywhere. With strokes the month is first where the day has two
    // halves, and where only that is a date; what may be either is not told.
    let (month, day) = match (between, half_day) {
        (b'.', _) => (second, first),
        (_, Some(_)) if first <= 12 => (first, second),
        (_, _) if first > 12 => (second, first),
        (_, _) if second > 12 => (first, second),
        _ => return None,
    };
    Some(Clock { year: Some(i64::from(year)), month, day, ..clock })
}

/// What begins with the name of a weekday or of a month: `Nov 22 09:00:01` (RFC 3164), `Sun Nov 22
/// 09:00:01.123456 2026` (Apache, asctime), `Nov 22, 2026 9:00:01 AM` (Java), `Nov 22 2026
/// 09:00:01` (Cisco), `Sun, 22 Nov 2026 09:00:01 GMT` (mail), `Sun 2026-11-22 09:00:01 UTC`
/// (systemd).
fn in_words(text: &mut Text<'_>) -> Option<Clock> {
    if WEEKDAYS.iter().any(|day| text.word(day).is_some()) {
        let _ = text.byte(b',');
        text.blank()?;
        match text.digits() {
            0 => {}
            4 => return year_month_day(text),
            _ => return day_first(text),
        }
    }
    let month = month(text)?;
    text.blank()?;
    let day = text.short_number()?;
    let _ = text.byte(b',');
    text.blank()?;
    if text.digits() == 4 {
        let year = text.number(4)?;
        let _ = text.byte(b',');
        text.blank()?;
        return clock(text, date(Some(year), month, day));
    }
    let mut clock = clock(text, date(None, month, day))?;
    // asctime and date(1): a zone perhaps, then the year.
    let mut behind = *text;
    let _ = zone_name(&mut behind);
    if behind.blank().is_some() && behind.digits() == 4 {
        let year = behind.number(4)?;
        if behind.ends() && (1970..=2261).contains(&year) {
            clock.year = Some(i64::from(year));
            *text = behind;
            microseconds_of_openvpn(text, &mut clock);
        }
    }
    Some(clock)
}

/// ` us=517430` behind a time.
fn microseconds_of_openvpn(text: &mut Text<'_>, clock: &mut Clock) {
    let mut behind = *text;
    if behind.blank().is_some() && behind.word("us=").is_some() {
        let digits = behind.digits();
        if let (1..=6, Some(microseconds)) = (digits, behind.number(digits)) {
            clock.nanosecond = microseconds * 1000;
            *text = behind;
        }
    }
}

/// `I1122 09:00:01.123456` (klog, glog), or with the year in front of the month (glog 0.7).
fn klog(text: &mut Text<'_>) -> Option<Clock> {
    text.one_of(b"IWEF")?;
    let year = match text.digits() {
        8 => Some(text.number(4)?),
        4 => None,
        _ => return None,
    };
    let (month, day) = (text.number(2)?, text.number(2)?);
    text.byte(b' ')?;
    clock(text, date(year, month, day))
}

/// Whether `1122/090001` stands here, and not `2026/11/22`.
fn chromium(mut text: Text<'_>) -> bool {
    text.number(4).is_some() && text.byte(b'/').is_some() && text.digits() == 6
}

/// `1122/090001.123456` (Chromium).
fn month_day_slash_clock(text: &mut Text<'_>) -> Option<Clock> {
    let (month, day) = (text.number(2)?, text.number(2)?);
    text.byte(b'/')?;
    let mut clock = date(None, month, day);
    (clock.hour, clock.minute, clock.second) = (text.number(2)?, text.number(2)?, text.number(2)?);
    clock.nanosecond = text.fraction();
    // Without what Chromium writes behind it, these are two numbers.
    matches!(text.peek(), Some(b':' | b']')).then_some(clock)
}

const fn date(year: Option<u32>, month: u32, day: u32) -> Clock {
    let year = match year {
        Some(year) => Some(year as i64),
        None => None,
    };
    Clock { year, month, day, ..Clock::EMPTY }
}

/// The clock behind a date, with its fraction, its half of the day and its zone.
fn clock(text: &mut Text<'_>, date: Clock) -> Option<Clock> {
    clock_and_half(text, &mut None, date)
}

fn clock_and_half(
    text: &mut Text<'_>,
    half_day: &mut Option<u32>,
    mut clock: Clock,
) -> Option<Clock> {
    if text.digits() == 6 {
        clock.hour = text.number(2)?;
        clock.minute = text.number(2)?;
    } else {
        clock.hour = text.short_number()?;
        text.byte(b':')?;
        clock.minute = text.number(2)?;
        text.byte(b':')?;
    }
    clock.second = text.number(2)?;
    if text.digits() > 0 {
        return None;
    }
    clock.nanosecond = text.fraction();
    *half_day = half(text);
    if let Some(later) = *half_day {
        clock.hour = match clock.hour {
            12 => later,
            1..=11 => clock.hour + later,
            _ => return None,
        };
    }
    clock.zone = zone(text);
    text.ends().then_some(clock)
}

/// ` AM` is 0 hours more, ` PM` twelve.
fn half(text: &mut Text<'_>) -> Option<u32> {
    let mut behind = *text;
    let _ = behind.blank();
    let later = match behind.one_of(b"AaPp")? {
        b'A' | b'a' => 0,
        _ => 12,
    };
    behind.one_of(b"Mm")?;
    if !behind.ends() {
        return None;
    }
    *text = behind;
    Some(later)
}

/// `Z`, `+01:00`, `+0100`, `+01`, ` UTC`, ` GMT`, as seconds east of UTC. Other names of zones mean
/// different things in different countries.
fn zone(text: &mut Text<'_>) -> Option<i32> {
    let mut behind = *text;
    let apart = behind.blank().is_some();
    let east = match behind.one_of(b"+-Zz") {
        Some(b'Z' | b'z') => 0,
        Some(sign) => {
            let digits = behind.digits();
            let hours = behind.number(2)?;
            let minutes = match (digits, behind.peek()) {
                (4, _) => behind.number(2)?,
                (2, Some(b':')) => {
                    behind.byte(b':')?;
                    behind.number(2)?
                }
                (2, _) if !apart => 0,
                _ => return None,
            };
            if hours > 14 || minutes > 59 {
                return None;
            }
            let east = i32::try_from(hours * 3600 + minutes * 60).ok()?;
            if sign == b'-' { -east } else { east }
        }
        None => {
            behind.word("UTC").or_else(|| behind.word("GMT"))?;
            0
        }
    };
    if !behind.ends() {
        return None;
    }
    *text = behind;
    Some(east)
}

/// Steps over a name of a zone between clock and year: ` CET`.
fn zone_name(text: &mut Text<'_>) -> Option<()> {
    let mut behind = *text;
    behind.blank()?;
    let letters = behind.rest().iter().take_while(|byte| byte.is_ascii_uppercase()).count();
    if !(2..=5).contains(&letters) {
        return None;
    }
    behind.skip(letters);
    *text = behind;
    Some(())
}

/// The number of a month by its first three letters, in any case.
fn month(text: &mut Text<'_>) -> Option<u32> {
    let mut behind = *text;
    let number = (1..).zip(MONTHS).find(|(_, name)| behind.word(name).is_some())?.0;
    if !matches!(behind.peek()?, b' ' | b'/' | b'-') {
        return None;
    }
    *text = behind;
    Some(number)
}

const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

impl Clock {
    const EMPTY: Self = Self {
        year: None,
        month: 0,
        day: 0,
        hour: 0,
        minute: 0,
        second: 0,
        nanosecond: 0,
        zone: None,
    };
}
