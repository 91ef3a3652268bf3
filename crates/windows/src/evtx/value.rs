//! Values as records hold them, by their kinds, and how Windows writes each.

use std::fmt::Write;

use super::stored::{self, Utf16};

/// Kinds of values, of [MS-EVEN6] section 2.2.12.
mod kind {
    pub(super) const STRING: u8 = 0x01;
    pub(super) const ANSI: u8 = 0x02;
    pub(super) const INT8: u8 = 0x03;
    pub(super) const UINT8: u8 = 0x04;
    pub(super) const INT16: u8 = 0x05;
    pub(super) const UINT16: u8 = 0x06;
    pub(super) const INT32: u8 = 0x07;
    pub(super) const UINT32: u8 = 0x08;
    pub(super) const INT64: u8 = 0x09;
    pub(super) const UINT64: u8 = 0x0a;
    pub(super) const REAL32: u8 = 0x0b;
    pub(super) const REAL64: u8 = 0x0c;
    pub(super) const BOOL: u8 = 0x0d;
    pub(super) const BINARY: u8 = 0x0e;
    pub(super) const GUID: u8 = 0x0f;
    pub(super) const SIZE: u8 = 0x10;
    pub(super) const FILETIME: u8 = 0x11;
    pub(super) const SYSTEMTIME: u8 = 0x12;
    pub(super) const SID: u8 = 0x13;
    pub(super) const HEX32: u8 = 0x14;
    pub(super) const HEX64: u8 = 0x15;
}

/// Kinds of texts in UTF-16.
pub(crate) const TEXTS: [u8; 1] = [kind::STRING];
/// Kinds of numbers that have no sign.
pub(crate) const NUMBERS: [u8; 4] = [kind::UINT8, kind::UINT16, kind::UINT32, kind::UINT64];
/// Added to a kind where there are several of it.
const SEVERAL: u8 = 0x80;
/// Units of 100 ns from 1601, where Windows begins to count, to 1970.
const TICKS_TO_1970: i64 = 116_444_736_000_000_000;
/// Units of 100 ns of a day.
const TICKS_OF_A_DAY: u64 = 864_000_000_000;
/// Days from 1600-03-01, where a cycle of 400 years begins, to 1601-01-01.
const DAYS_TO_1601: u64 = 306;

/// The bytes of a value that is bytes.
pub(crate) fn binary(kind: u8, bytes: &[u8]) -> Option<&[u8]> {
    (kind == kind::BINARY).then_some(bytes)
}

/// Takes apart a value that holds several; whether it does.
pub(crate) fn several<'c>(kind: u8, bytes: &'c [u8], mut each: impl FnMut(u8, &'c [u8])) -> bool {
    let Some(one) = kind.checked_sub(SEVERAL) else { return false };
    match one {
        kind::STRING => Utf16(bytes).parts().for_each(|part| each(one, part.0)),
        kind::ANSI => {
            let bytes = bytes.strip_suffix(&[0]).unwrap_or(bytes);
            bytes.split(|byte| *byte == 0).for_each(|part| each(one, part));
        }
        _ => match length(one) {
            Some(length) => bytes.chunks_exact(length).for_each(|part| each(one, part)),
            None => return false,
        },
    }
    true
}

/// The length of a kind whose values are all equally long.
fn length(kind: u8) -> Option<usize> {
    Some(match kind {
        kind::INT8 | kind::UINT8 => 1,
        kind::INT16 | kind::UINT16 => 2,
        kind::INT32 | kind::UINT32 | kind::REAL32 | kind::BOOL | kind::HEX32 => 4,
        kind::INT64 | kind::UINT64 | kind::REAL64 | kind::FILETIME | kind::HEX64 => 8,
        kind::GUID | kind::SYSTEMTIME => 16,
        _ => return None,
    })
}

/// Writes a value as Windows does. One that has not the length of its kind, or whose kind is
/// unknown, is written as nothing, or as the digits of its bytes.
pub(crate) fn write(kind: u8, bytes: &[u8], text: &mut String) {
    // Writing to a text cannot fail.
    let _ = match kind {
        kind::STRING => {
            Utf16(bytes).push_to(text);
            Ok(())
        }
        kind::ANSI => {
            ansi(bytes, text);
            Ok(())
        }
        kind::INT8 | kind::INT16 | kind::INT32 | kind::INT64 => match signed(bytes) {
            Some(number) => write!(text, "{number}"),
            None => Ok(()),
        },
        kind::UINT8 | kind::UINT16 | kind::UINT32 | kind::UINT64 => match number(bytes) {
            Some(number) => write!(text, "{number}"),
            None => Ok(()),
        },
        kind::HEX32 | kind::HEX64 | kind::SIZE => match number(bytes) {
            Some(number) => write!(text, "{number:#x}"),
            None => Ok(()),
        },
        kind::REAL32 => match stored::array(bytes, 0) {
            Some(real) => write!(text, "{}", f32::from_le_bytes(real)),
            None => Ok(()),
        },
        kind::REAL64 => match stored::array(bytes, 0) {
            Some(real) => write!(text, "{}", f64::from_le_bytes(real)),
            None => Ok(()),
        },
        kind::BOOL => match signed(bytes) {
            Some(0) => write!(text, "false"),
            Some(1) => write!(text, "true"),
            Some(number) => write!(text, "{number}"),
            None => Ok(()),
        },
        kind::GUID => guid(bytes, text),
        kind::FILETIME => match stored::u64(bytes, 0) {
            Some(ticks) => date(ticks, text),
            None => Ok(()),
        },
        kind::SYSTEMTIME => system_time(bytes, text),
        kind::SID => sid(bytes, text),
        _ => bytes.iter().try_for_each(|byte| write!(text, "{byte:02X}")),
    };
}

/// The nanoseconds since 1970 of a value that is a time.
pub(crate) fn nanoseconds(kind: u8, bytes: &[u8]) -> Option<i64> {
    (kind == kind::FILETIME).then(|| stored::u64(bytes, 0)).flatten().and_then(since_1970)
}

/// The nanoseconds since 1970 of a FILETIME: units of 100 ns since 1601. Zero is no time.
pub(crate) fn since_1970(ticks: u64) -> Option<i64> {
    let ticks = i64::try_from(ticks).ok().filter(|ticks| *ticks != 0)?;
    ticks.checked_sub(TICKS_TO_1970)?.checked_mul(100)
}

/// A number of up to eight bytes.
pub(crate) fn number(bytes: &[u8]) -> Option<u64> {
    if bytes.is_empty() || bytes.len() > 8 {
        return None;
    }
    Some(bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

fn signed(bytes: &[u8]) -> Option<i64> {
    let number = number(bytes)?;
    let unused = 64 - 8 * u32::try_from(bytes.len()).ok()?;
    Some((number << unused).cast_signed() >> unused)
}

/// A text in the code page of the machine, which the record does not tell.
fn ansi(bytes: &[u8], text: &mut String) {
    let bytes = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
    match str::from_utf8(bytes) {
        Ok(same) => text.push_str(same),
        Err(_) => text.extend(bytes.iter().copied().map(char::from)),
    }
}

fn guid(bytes: &[u8], text: &mut String) -> std::fmt::Result {
    let (Some(one), Some(two), Some(three), Some(rest)) = (
        stored::u32(bytes, 0),
        stored::u16(bytes, 4),
        stored::u16(bytes, 6),
        stored::array::<8>(bytes, 8),
    ) else {
        return Ok(());
    };
    let [a, b, node @ ..] = rest;
    write!(text, "{{{one:08x}-{two:04x}-{three:04x}-{a:02x}{b:02x}-")?;
    node.iter().try_for_each(|byte| write!(text, "{byte:02x}"))?;
    write!(text, "}}")
}

/// A SID: a revision, the number of parts, an authority of six bytes, and the parts.
fn sid(bytes: &[u8], text: &mut String) -> std::fmt::Result {
    let [revision, count, authority @ ..] = bytes else { return Ok(()) };
    let Some((authority, parts)) = authority.split_first_chunk::<6>() else { return Ok(()) };
    let authority = authority.iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    write!(text, "S-{revision}-{authority}")?;
    let parts = parts.as_chunks::<4>().0.iter().take(usize::from(*count));
    parts.map(|part| u32::from_le_bytes(*part)).try_for_each(|part| write!(text, "-{part}"))
}

/// A FILETIME as a date.
fn date(ticks: u64, text: &mut String) -> std::fmt::Result {
    let (days, ticks) = (ticks / TICKS_OF_A_DAY, ticks % TICKS_OF_A_DAY);
    // A cycle of 400 years has 146,097 days; counted from March, the leap day is the last.
    let days = days + DAYS_TO_1601;
    let (cycle, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (month, next) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    let year = 1600 + 400 * cycle + year + next;
    let seconds = ticks / 10_000_000;
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let parts = ticks % 10_000_000;
    write!(text, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{parts:07}Z")
}

/// A SYSTEMTIME: eight numbers, of which the third is the day of the week.
fn system_time(bytes: &[u8], text: &mut String) -> std::fmt::Result {
    let part = |index: usize| stored::u16(bytes, 2 * index).unwrap_or_default();
    if bytes.len() < 16 {
        return Ok(());
    }
    let (year, month, day, hour, minute) = (part(0), part(1), part(3), part(4), part(5));
    let (second, milliseconds) = (part(6), part(7));
    write!(
        text,
        "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milliseconds:03}0000Z"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(kind: u8, bytes: &[u8]) -> String {
        let mut text = String::new();
        write(kind, bytes, &mut text);
        text
    }

    /// Each kind is written as Windows writes it.
    #[test]
    fn kinds_are_written() {
        assert_eq!(written(kind::UINT16, &[0x28, 0]), "40");
        assert_eq!(written(kind::INT32, &(-1_i32).to_le_bytes()), "-1");
        assert_eq!(written(kind::INT8, &[0x80]), "-128");
        assert_eq!(written(kind::HEX32, &0x8009_0325_u32.to_le_bytes()), "0x80090325");
        assert_eq!(written(kind::BOOL, &[1, 0, 0, 0]), "true");
        assert_eq!(written(kind::BOOL, &[7, 0, 0, 0]), "7");
        assert_eq!(written(kind::REAL64, &1.5_f64.to_le_bytes()), "1.5");
        assert_eq!(written(kind::ANSI, b"caf\xe9\0x"), "caf\u{e9}");
        let sid = [1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x20, 2, 0, 0];
        assert_eq!(written(kind::SID, &sid), "S-1-5-32-544");
        let guid = *b"\x32\x61\x67\x1f\x38\x59\x86\x46\x9f\xdc\xc8\xff\x68\xf1\x5c\x85";
        assert_eq!(written(kind::GUID, &guid), "{1f676132-5938-4686-9fdc-c8ff68f15c85}");
        assert_eq!(written(0x77, &[0xab, 1]), "AB01");
    }

    /// Times count from 1601 in units of 100 ns, over leap years of both kinds.
    #[test]
    fn times_count_from_1601() {
        let filetime = |ticks: u64| written(kind::FILETIME, &ticks.to_le_bytes());
        assert_eq!(filetime(0), "1601-01-01T00:00:00.0000000Z");
        assert_eq!(filetime(116_444_736_000_000_001), "1970-01-01T00:00:00.0000001Z");
        assert_eq!(filetime(125_963_423_990_000_000), "2000-02-29T23:59:59.0000000Z");
        assert_eq!(filetime(157_520_159_999_999_999), "2100-02-28T23:59:59.9999999Z");
        assert_eq!(filetime(157_520_160_000_000_000), "2100-03-01T00:00:00.0000000Z");
        assert_eq!(since_1970(116_444_736_000_000_001), Some(100));
        assert_eq!(since_1970(0), None);
        assert_eq!(since_1970(u64::MAX), None);
        let system: Vec<u8> =
            [2019_u16, 3, 5, 1, 12, 34, 56, 789].into_iter().flat_map(u16::to_le_bytes).collect();
        assert_eq!(written(kind::SYSTEMTIME, &system), "2019-03-01T12:34:56.7890000Z");
    }

    /// A value that is too short or empty is no number and no date.
    #[test]
    fn short_values_are_nothing() {
        for kind in 0..=0x23 {
            assert_eq!(written(kind, &[]), "", "{kind:#x}");
        }
        assert_eq!(written(kind::GUID, &[1; 15]), "");
        assert_eq!(written(kind::SID, &[1, 255, 0]), "");
        assert_eq!(written(kind::FILETIME, &[1; 7]), "");
        assert_eq!(written(kind::UINT64, &[1; 9]), "");
    }

    /// A value of several gives each; what is left over at its end is none.
    #[test]
    fn several_values_are_taken_apart() {
        let parts = |kind, bytes: &[u8]| -> Vec<String> {
            let mut parts = Vec::new();
            assert!(several(kind, bytes, |kind, bytes| parts.push(written(kind, bytes))));
            parts
        };
        assert_eq!(parts(SEVERAL | kind::STRING, b"a\0\0\0b\0\0\0"), ["a", "b"]);
        assert_eq!(parts(SEVERAL | kind::ANSI, b"a\0b\0"), ["a", "b"]);
        assert_eq!(parts(SEVERAL | kind::UINT16, &[1, 0, 2, 0, 3]), ["1", "2"]);
        assert!(!several(kind::STRING, b"a\0", |_, _| panic!("one value")));
    }
}
