//! Counts since 1970: in decimal and hexadecimal, of seconds and of what is smaller.

use super::SECOND;
use super::text::Text;

/// Seconds since 1970 that a bare number at the front of a line is taken for: from 2001, when they
/// got their tenth digit, to 2100.
const COUNTS: std::ops::RangeInclusive<u64> = 1_000_000_000..=4_102_444_800;

/// Seconds, milliseconds, microseconds or nanoseconds since 1970, as the only thing in a text.
pub(super) fn alone(text: &[u8]) -> Option<i64> {
    let mut there = Text::new(text, 0);
    let count = count(&mut there)?;
    there.rest().is_empty().then_some(count)
}

/// A count in hexadecimal in front of a line, in nanoseconds, and where it ends.
pub(super) fn hexadecimal(line: &[u8]) -> Option<(i64, usize)> {
    openldap(line).or_else(|| tai64n(line))
}

/// Seconds or milliseconds since 1970 in front of a line: Squid, Mosquitto, Zeek, Unbound.
pub(super) fn decimal(text: &mut Text<'_>) -> Option<i64> {
    let count = count(text)?;
    let ended = match text.rest() {
        [b':', behind, ..] => *behind == b' ',
        [b' ' | b'\t' | b',' | b']' | b';', ..] => true,
        _ => false,
    };
    ended.then_some(count)
}

/// A count since 1970, its unit told by its digits.
fn count(text: &mut Text<'_>) -> Option<i64> {
    let digits = text.digits();
    let unit: u64 = match digits {
        10 => 1_000_000_000,
        13 => 1_000_000,
        16 => 1000,
        19 => 1,
        _ => return None,
    };
    let whole: u64 = std::str::from_utf8(text.rest().get(..digits)?).ok()?.parse().ok()?;
    let nanoseconds = whole.checked_mul(unit)?;
    if !COUNTS.contains(&(nanoseconds / SECOND.unsigned_abs())) {
        return None;
    }
    text.skip(digits);
    let part = u64::from(text.fraction()) * unit / SECOND.unsigned_abs();
    i64::try_from(nanoseconds.checked_add(part)?).ok()
}

/// `6b0257fc.147d5a07` in front of a line: seconds and nanoseconds in hexadecimal (OpenLDAP).
fn openldap(line: &[u8]) -> Option<(i64, usize)> {
    let (seconds, rest) = line.split_at_checked(8)?;
    let rest = rest.strip_prefix(b".")?;
    // Eight digits of nanoseconds since 2.6, five of microseconds before.
    let digits = rest.iter().take(9).position(|byte| *byte == b' ')?;
    let unit = match digits {
        8 => 1,
        5 => 1000,
        _ => return None,
    };
    let (seconds, part) = (number(seconds)?, number(rest.get(..digits)?)? * unit);
    if !COUNTS.contains(&seconds) || part >= SECOND.unsigned_abs() {
        return None;
    }
    let nanoseconds = i64::try_from(seconds.checked_mul(SECOND.unsigned_abs())? + part).ok()?;
    Some((nanoseconds, 9 + digits))
}

/// `@400000006b02db9b1dcd6500` in front of a line: seconds of atomic time and nanoseconds, as the
/// loggers of daemontools, runit and s6 write. They are ten seconds ahead of those since 1970.
fn tai64n(line: &[u8]) -> Option<(i64, usize)> {
    const LENGTH: usize = 25;
    let digits = line.strip_prefix(b"@4000")?.get(..LENGTH - 5)?;
    if line.get(LENGTH).is_some_and(|byte| *byte != b' ') {
        return None;
    }
    let (seconds, part) = digits.split_at_checked(12)?;
    let seconds = number(seconds)?.checked_sub(10)?;
    let part = number(part)?;
    if !COUNTS.contains(&seconds) || part >= SECOND.unsigned_abs() {
        return None;
    }
    let nanoseconds = i64::try_from(seconds.checked_mul(SECOND.unsigned_abs())? + part).ok()?;
    Some((nanoseconds, LENGTH))
}

/// A number in small hexadecimal digits, at most twelve.
fn number(digits: &[u8]) -> Option<u64> {
    let small = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let text = str::from_utf8(digits).ok()?;
    digits.iter().all(small).then(|| u64::from_str_radix(text, 16).ok())?
}
