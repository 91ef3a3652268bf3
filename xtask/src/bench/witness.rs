//! Whether an alert stands in the capture: byte for byte in its frame or, where it is put together
//! from several frames, in the stream that its frame belongs to.
//!
//! Read with the bench's own few lines and not with the product, which is what is being tested.

use std::collections::{BTreeMap, HashMap, HashSet};

use anyhow::Result;

use super::input::flow::{Ends, Leg, packets};

/// An alert that was found: frame, level, code.
pub(super) type Found = (u64, u64, u64);

/// Where alerts stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Confirmed {
    /// In their frames, byte for byte.
    pub(super) in_frames: usize,
    /// In their streams, with a part in their frames.
    pub(super) in_streams: usize,
    /// In their streams, and nothing of it in their frames: real, and told of another frame.
    pub(super) elsewhere: usize,
}

/// How many of these alerts stand in a capture, and where.
pub(super) fn confirmed(alerts: &[Found], capture: &[u8]) -> Result<Confirmed> {
    let mut wanted: BTreeMap<u64, Vec<(u8, u8)>> = BTreeMap::new();
    for (frame, level, code) in alerts {
        wanted.entry(*frame).or_default().push((*level as u8, *code as u8));
    }
    let legs: Vec<_> = packets(capture)?.into_iter().map(|(_, ip)| Leg::read(ip)).collect();
    let mut found = Confirmed::default();
    let mut rest: Vec<(usize, Vec<(u8, u8)>)> = Vec::new();
    for (frame, alerts) in wanted {
        let place = (frame as usize).wrapping_sub(1);
        let Some(Some((_, leg))) = legs.get(place) else { continue };
        let payload = &leg.ip[leg.payload..];
        let stands = |alert: &(u8, u8)| places(payload, *alert).next().is_some();
        let before = alerts.len();
        let missing: Vec<_> = alerts.into_iter().filter(|alert| !stands(alert)).collect();
        found.in_frames += before - missing.len();
        if !missing.is_empty() {
            rest.push((place, missing));
        }
    }
    let senders: HashSet<&Ends> =
        rest.iter().filter_map(|(place, _)| Some(&legs.get(*place)?.as_ref()?.0)).collect();
    let mut streams: HashMap<&Ends, Vec<&Leg>> = HashMap::new();
    for (ends, leg) in legs.iter().flatten().filter(|(ends, _)| senders.contains(ends)) {
        streams.entry(ends).or_default().push(leg);
    }
    for (place, alerts) in &rest {
        let Some(Some((ends, leg))) = legs.get(*place) else { continue };
        let stream = streams.get(ends).map_or(&[][..], |legs| legs);
        for alert in alerts {
            match stands_in(stream, leg, *alert) {
                Some(true) => found.in_streams += 1,
                Some(false) => found.elsewhere += 1,
                None => {}
            }
        }
    }
    Ok(found)
}

/// Whether an alert that stands in the bytes of a direction, in their order, has a part in `leg`.
/// `None` if it stands nowhere there.
fn stands_in(stream: &[&Leg], leg: &Leg, alert: (u8, u8)) -> Option<bool> {
    // Numbers relative to the frame of the alert, so that a stream may pass the end of its numbers.
    let relative = |other: &Leg| i64::from(other.sequence().wrapping_sub(leg.sequence()) as i32);
    let mut segments: Vec<(i64, &[u8])> =
        stream.iter().map(|other| (relative(other), &other.ip[other.payload..])).collect();
    segments.sort_by_key(|(at, bytes)| (*at, std::cmp::Reverse(bytes.len())));
    // What belongs together without a hole: where it begins, and its bytes.
    let mut runs: Vec<(i64, Vec<u8>)> = Vec::new();
    for (at, bytes) in segments {
        match runs.last_mut().map(|(begin, run)| (*begin + run.len() as i64 - at, run)) {
            Some((known, run)) if known >= 0 => {
                run.extend(bytes.get(known as usize..).unwrap_or_default());
            }
            _ => runs.push((at, bytes.to_vec())),
        }
    }
    let own = leg.ip.len().saturating_sub(leg.payload) as i64;
    runs.iter()
        .flat_map(|(begin, run)| places(run, alert).map(move |place| (*begin, place)))
        .map(|(begin, (from, to))| begin + (from as i64) < own && begin + to as i64 > 0)
        .max()
}

/// Where an alert stands in bytes, from its record's header to its code: in a record of its own,
/// behind another alert in the same record, or cut into two records of one byte each.
fn places(bytes: &[u8], (level, code): (u8, u8)) -> impl Iterator<Item = (usize, usize)> + '_ {
    (0..bytes.len()).filter_map(move |from| {
        let [ALERT, 3, _, 0, length, body @ ..] = bytes.get(from..)? else { return None };
        if let ([l, ALERT, 3, _, 0, 1, c, ..], 1) = (body, length)
            && (*l, *c) == (level, code)
        {
            return Some((from, from + 12));
        }
        let body = body.get(..usize::from(*length).min(body.len()))?;
        let place = body.as_chunks::<2>().0.iter().position(|alert| *alert == [level, code])?;
        Some((from, from + 7 + 2 * place))
    })
}

/// The content type of an alert (RFC 8446, 5.1).
const ALERT: u8 = 21;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::input::flow::tests::capture;

    fn counts(alerts: &[Found], capture: &[u8]) -> [usize; 3] {
        let Confirmed { in_frames, in_streams, elsewhere } = confirmed(alerts, capture).unwrap();
        [in_frames, in_streams, elsewhere]
    }

    /// An alert counts if its frame holds it with this level and this code, and only then.
    #[test]
    fn an_alert_stands_in_its_frame() {
        let file = capture(&[
            (true, 0x18, 5, &[21, 3, 3, 0, 2, 2, 48]),
            (false, 0x18, 9, &[22, 3, 3, 0, 0, 21, 3, 1, 0, 4, 1, 90, 2, 40]),
        ]);
        let stands = |alert| counts(&[alert], &file);
        assert_eq!(stands((1, 2, 48)), [1, 0, 0]);
        assert_eq!(stands((2, 2, 40)), [1, 0, 0]);
        assert_eq!(stands((2, 1, 90)), [1, 0, 0]);
        assert_eq!(stands((2, 2, 48)), [0, 0, 0]);
        assert_eq!(stands((1, 2, 40)), [0, 0, 0]);
        assert_eq!(stands((3, 2, 48)), [0, 0, 0]);
    }

    /// An alert that two frames share counts for either of them, in whatever order they come;
    /// for a frame of the same stream that holds nothing of it only as told of another frame.
    #[test]
    fn an_alert_stands_in_its_stream() {
        let file = capture(&[
            (true, 0x18, 0xffff_fff0, b"hello"),
            (true, 0x18, 0xffff_fff8, &[0, 2, 2, 48]),
            (false, 0x18, 0xffff_fff5, &[21, 3, 3]),
            (true, 0x18, 0xffff_fff5, &[21, 3, 3]),
        ]);
        let stands = |frame| counts(&[(frame, 2, 48)], &file);
        assert_eq!([stands(2), stands(4)], [[0, 1, 0], [0, 1, 0]]);
        assert_eq!([stands(1), stands(3)], [[0, 0, 1], [0, 0, 0]]);
        let split = [21, 3, 0, 0, 1, 2, 21, 3, 0, 0, 1, 40];
        let file = capture(&[(true, 0x18, 5, &split[..6]), (true, 0x18, 11, &split[6..])]);
        assert_eq!(counts(&[(2, 2, 40)], &file), [0, 1, 0]);
    }

    /// Bytes that never came leave a hole over which nothing is put together.
    #[test]
    fn nothing_stands_across_a_hole() {
        let file = capture(&[(true, 0x18, 5, &[21, 3, 3]), (true, 0x18, 9, &[0, 2, 2, 48])]);
        assert_eq!(counts(&[(2, 2, 48)], &file), [0, 0, 0]);
    }
}
