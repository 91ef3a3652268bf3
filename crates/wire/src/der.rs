//! DER, in which certificates are written: elements one behind the other, each with its tag and its
//! length in front (X.690, 8.1).
//!
//! Only what occurs in certificates is read: tags of one byte, lengths of up to three. Nothing is
//! copied, and nothing is looked at that nobody asked for.

use crate::malformed::Malformed;
use crate::reader::Reader;
use crate::time::Time;

/// Takes the next element: its tag and its content.
#[inline]
pub(crate) fn element<'a>(
    from: &mut Reader<'a>,
    what: &'static str,
) -> Result<(u8, &'a [u8]), Malformed> {
    let tag = from.u8(what)?;
    let length = match from.u8(what)? {
        short @ 0..=0x7f => usize::from(short),
        0x81 => usize::from(from.u8(what)?),
        0x82 => usize::from(from.u16(what)?),
        0x83 => from.u24(what)? as usize,
        _ => return Err(from.malformed(what, 0)),
    };
    Ok((tag, from.take(length, what)?))
}

/// The same, where one tag alone is right.
#[inline]
pub(crate) fn expect<'a>(
    from: &mut Reader<'a>,
    wanted: u8,
    what: &'static str,
) -> Result<&'a [u8], Malformed> {
    match element(from, what)? {
        (tag, content) if tag == wanted => Ok(content),
        _ => Err(from.malformed(what, 0)),
    }
}

/// The same, with its tag and its length in front, as it stands there.
pub(crate) fn whole<'a>(
    from: &mut Reader<'a>,
    wanted: u8,
    what: &'static str,
) -> Result<&'a [u8], Malformed> {
    let start = from.rest();
    expect(from, wanted, what)?;
    Ok(start.get(..start.len() - from.left()).unwrap_or_default())
}

/// The elements of a row, tag and content, up to the first that cannot be read.
pub(crate) fn elements(row: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    let mut row = Reader::new(row);
    std::iter::from_fn(move || element(&mut row, "").ok())
}

/// The bits of a BIT STRING, of which the last byte may be filled up with zeros (X.690, 8.6 and
/// 11.2).
pub(crate) fn bits<'a>(from: &mut Reader<'a>, what: &'static str) -> Result<&'a [u8], Malformed> {
    let (unused, bits) = match expect(from, BITS, what)? {
        [unused @ 0..=7, bits @ ..] => (*unused, bits),
        _ => return Err(from.malformed(what, 0)),
    };
    let filled = bits.last().map_or(unused == 0, |last| last.trailing_zeros() >= unused.into());
    if filled { Ok(bits) } else { Err(from.malformed(what, 0)) }
}

/// A moment in the form that RFC 5280 (4.1.2.5) allows for its tag, `261126100000Z` or
/// `20261126100000Z`; `None` for all else.
pub(crate) fn time(tag: u8, text: &[u8]) -> Option<Time> {
    let text = text.strip_suffix(b"Z")?;
    let pair = |at: usize| match text.get(at..at + 2)? {
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => {
            Some(u32::from((tens - b'0') * 10 + ones - b'0'))
        }
        _ => None,
    };
    let (year, at) = match (tag, text.len()) {
        (UTC_TIME, 12) => (pair(0)? + if pair(0)? < 50 { 2000 } else { 1900 }, 2),
        (GENERALIZED_TIME, 14) => (pair(0)? * 100 + pair(2)?, 4),
        _ => return None,
    };
    let (month, day) = (pair(at)?, pair(at + 2)?);
    let (hour, minute, second) = (pair(at + 4)?, pair(at + 6)?, pair(at + 8)?);
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    let exists = (1..=days).contains(&day) && hour < 24 && minute < 60 && second < 60;
    let midnight = Time::midnight(year, month, day).seconds();
    let seconds = midnight + i64::from(hour * 3_600 + minute * 60 + second);
    exists.then(|| Time::from_parts(seconds, 0))
}

pub(crate) const BOOLEAN: u8 = 0x01;
pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BITS: u8 = 0x03;
pub(crate) const OCTETS: u8 = 0x04;
pub(crate) const OID: u8 = 0x06;
pub(crate) const ENUMERATED: u8 = 0x0a;
pub(crate) const UTC_TIME: u8 = 0x17;
pub(crate) const GENERALIZED_TIME: u8 = 0x18;
pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const SET: u8 = 0x31;
pub(crate) const EXPLICIT_0: u8 = 0xa0;
pub(crate) const EXPLICIT_3: u8 = 0xa3;

#[cfg(test)]
mod tests {
    use super::*;

    /// Lengths in each of their forms, and no element beyond the end.
    #[test]
    fn elements_are_taken_in_turn() {
        let row = [2, 1, 7, 4, 0x81, 1, 8, 4, 0x82, 0, 1, 9, 4, 0x83, 0, 0, 0, 4, 2, 1];
        let found: Vec<_> = elements(&row).collect();
        assert_eq!(found, [(2, &[7][..]), (4, &[8]), (4, &[9]), (4, &[])]);
        let mut from = Reader::new(&row[3..]);
        assert_eq!(whole(&mut from, OCTETS, "").unwrap(), &row[3..7]);
        assert!(whole(&mut from, INTEGER, "").is_err());
    }

    /// Moments of both forms, the two centuries of the short one, and none that does not exist.
    #[test]
    fn moments_are_read() {
        let read = |tag, text: &str| time(tag, text.as_bytes()).map(|time| time.seconds());
        assert_eq!(read(UTC_TIME, "700101000001Z"), Some(1));
        assert_eq!(read(UTC_TIME, "491231235959Z"), read(GENERALIZED_TIME, "20491231235959Z"));
        assert_eq!(read(GENERALIZED_TIME, "20261126100000Z"), Some(1_795_687_200));
        assert_eq!(read(GENERALIZED_TIME, "20240229000000Z"), Some(1_709_164_800));
        for text in
            ["230229000000Z", "231301000000Z", "230001000000Z", "230101240000Z", "2301010000Z"]
        {
            assert_eq!(read(UTC_TIME, text), None, "{text}");
        }
        assert_eq!(read(GENERALIZED_TIME, "2026112610000aZ"), None);
    }

    /// A BIT STRING says how many of its last bits are none, and those are zero.
    #[test]
    fn bits_are_whole() {
        let read = |bytes: &[u8]| bits(&mut Reader::new(bytes), "").map(<[u8]>::to_vec).ok();
        assert_eq!(read(&[3, 2, 0, 0xff]), Some(vec![0xff]));
        assert_eq!(read(&[3, 2, 3, 0xf8]), Some(vec![0xf8]));
        assert_eq!(read(&[3, 1, 0]), Some(vec![]));
        assert!(
            [&[3, 2, 4, 0xf8][..], &[3, 0], &[3, 1, 1], &[3, 2, 8, 0]].map(read)
                == [None, None, None, None]
        );
    }
}
