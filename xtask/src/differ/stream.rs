//! What sides have really sent: each direction put in order by the simplest rule there is, so that an
//! alert that somebody tells of can be looked up. Nothing here is shared with the product.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::capture::Frame;
use super::peers::Alert;

/// How an alert stands in what its side has sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stands {
    /// At its place in a record of alerts, to which the lengths of the records before it lead.
    InRecord,
    /// In a record of alerts, to which no unbroken row of records leads.
    Somewhere,
    /// In parts, one byte in a record by itself.
    InParts,
    /// It does not.
    Nowhere,
}

impl Stands {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::InRecord => "and it stands in its record byte for byte",
            Self::Somewhere => "and it stands in a record behind a gap",
            Self::InParts => "and it stands there in parts",
            Self::Nowhere => "and nobody has sent it",
        }
    }
}

/// Why an alert that tshark sees is not among ours, where that shows.
pub(super) const UNEXPLAINED: &str = "unexplained";

/// From where to where.
type Way = (String, String);
/// The segments of one connection in one direction: their sequence numbers and bytes.
type Segments = Vec<(u32, Vec<u8>)>;

/// The bytes of each direction: those of one connection after the other between the same ends.
pub(super) struct Streams {
    of: BTreeMap<Way, Vec<Run>>,
    /// Where an IP header is longer than its frame.
    lies: BTreeSet<Way>,
    /// Datagrams of each frame, where they are no segments.
    datagrams: BTreeMap<u64, Vec<u8>>,
}

/// Bytes without a hole: what came first at each place, and what came last.
#[derive(Clone, Debug, Default)]
struct Run {
    first: Vec<u8>,
    last: Vec<u8>,
    /// Whether something was sent twice and differently.
    differs: bool,
    /// Whether nothing is missing before it.
    from_start: bool,
}

/// Sequence numbers farther apart than this are of two connections.
const FAR: u32 = 1 << 24;

impl Streams {
    /// Reads all frames.
    pub(super) fn of(frames: &[Frame]) -> Self {
        let mut segments: BTreeMap<Way, Vec<Segments>> = BTreeMap::new();
        let (mut datagrams, mut lies) = (BTreeMap::new(), BTreeSet::new());
        for (number, frame) in (1..).zip(frames) {
            let Some(parts) = frame.parts() else { continue };
            let payload = frame.bytes.get(parts.payload..parts.end).unwrap_or_default().to_vec();
            let (from, to, length) = parts.addresses;
            let end =
                |at, port| Some(format!("{}:{}", address(frame, at, length)?, frame.u16_at(port)?));
            let ends = (end(from, parts.transport), end(to, parts.transport + 2));
            let (Some(from), Some(to)) = ends else { continue };
            if parts.claimed > frame.bytes.len() {
                lies.insert((from.clone(), to.clone()));
            }
            if !parts.is_tcp {
                datagrams.insert(number, payload);
                continue;
            }
            let sequence = frame.u32_at(parts.transport + 4).unwrap_or_default();
            let generations = segments.entry((from, to)).or_default();
            let fits = |known: &[(u32, Vec<u8>)]| {
                known.first().is_none_or(|(first, _)| {
                    sequence.wrapping_sub(*first).min(first.wrapping_sub(sequence)) < FAR
                })
            };
            match generations.iter_mut().rev().find(|known| fits(known)) {
                Some(known) => known.push((sequence, payload)),
                None => generations.push(vec![(sequence, payload)]),
            }
        }
        let runs = |generations: Vec<Vec<_>>| generations.iter().flat_map(|it| runs(it)).collect();
        let of = segments.into_iter().map(|(way, it)| (way, runs(it))).collect();
        Self { of, lies, datagrams }
    }

    /// How an alert stands in what its side has sent.
    pub(super) fn stands(&self, alert: &Alert) -> Stands {
        if let Some(datagram) = self.datagrams.get(&alert.frame) {
            return in_datagram(datagram, alert);
        }
        let way = (alert.from.clone(), alert.to.clone());
        let runs = self.of.get(&way).map(Vec::as_slice).unwrap_or_default();
        runs.iter().map(|run| run.stands(alert)).min().unwrap_or(Stands::Nowhere)
    }

    /// Why ours has not this one, as far as it shows.
    pub(super) fn why_not(&self, alert: &Alert, ours: &[Alert]) -> &'static str {
        let same = |it: &Alert| (it.level, it.code) == (alert.level, alert.code);
        if ours.iter().any(|it| it.from == alert.from && it.to == alert.to && same(it)) {
            return "told of another frame, or once and not again";
        }
        if !(1..=2).contains(&alert.level) {
            return "of a level that there is not: an encrypted record, or damage";
        }
        let way = (alert.from.clone(), alert.to.clone());
        let runs = self.of.get(&way).map(Vec::as_slice).unwrap_or_default();
        let stands = self.stands(alert);
        match stands {
            Stands::Nowhere | Stands::InParts => "and it does not stand in the stream",
            Stands::Somewhere => "behind a gap, where no row of records leads to it",
            Stands::InRecord if runs.iter().any(|run| run.differs) => {
                "where bytes were sent twice and differently"
            }
            Stands::InRecord if runs.iter().any(|run| run.begins_otherwise()) => {
                "in a stream that does not begin with a record"
            }
            Stands::InRecord if self.lies.contains(&way) => {
                "where a header of IP says that more was sent"
            }
            Stands::InRecord if !runs.iter().any(|run| run.has_version(alert)) => {
                "in a record of a version that there is not"
            }
            Stands::InRecord => UNEXPLAINED,
        }
    }
}

impl Run {
    fn stands(&self, alert: &Alert) -> Stands {
        let found = in_stream(&self.first, alert);
        if self.differs { found.min(in_stream(&self.last, alert)) } else { found }
    }

    /// Whether the alert stands in a record of a version of TLS.
    fn has_version(&self, alert: &Alert) -> bool {
        let known = |at: &usize| matches!(self.first[*at..], [21, 3, 0..=4, ..]);
        let mut places = (0..self.first.len()).filter(known);
        places.any(|at| in_stream(&self.first[at..], alert) == Stands::InRecord)
    }

    fn begins_otherwise(&self) -> bool {
        !self.from_start || !is_record(&self.first)
    }
}

/// An address as text.
fn address(frame: &Frame, at: usize, length: usize) -> Option<String> {
    let bytes = frame.bytes.get(at..at + length)?;
    Some(match length {
        4 => IpAddr::from(<[u8; 4]>::try_from(bytes).ok()?).to_string(),
        _ => format!("[{}]", IpAddr::from(<[u8; 16]>::try_from(bytes).ok()?)),
    })
}

/// Segments of one direction as bytes without holes.
fn runs(segments: &[(u32, Vec<u8>)]) -> Vec<Run> {
    let Some((base, _)) = segments.first() else { return Vec::new() };
    let mut bytes: BTreeMap<i64, (u8, u8)> = BTreeMap::new();
    for (sequence, payload) in segments {
        let start = i64::from(sequence.wrapping_sub(*base).cast_signed());
        for (place, byte) in (start..).zip(payload) {
            bytes.entry(place).or_insert((*byte, *byte)).1 = *byte;
        }
    }
    let mut runs: Vec<Run> = Vec::new();
    let mut before = None;
    for (place, (first, last)) in bytes {
        if before != Some(place - 1) {
            runs.push(Run { from_start: runs.is_empty(), ..Run::default() });
        }
        before = Some(place);
        let Some(run) = runs.last_mut() else { continue };
        run.first.push(first);
        run.last.push(last);
        run.differs |= first != last;
    }
    runs
}

/// Whether a record of TLS begins here.
fn is_record(bytes: &[u8]) -> bool {
    matches!(bytes, [20..=24, 3, 0..=4, ..])
}

/// The length of a record's content.
fn length(bytes: &[u8]) -> usize {
    match bytes {
        [_, _, _, high, low, ..] => usize::from(u16::from_be_bytes([*high, *low])),
        _ => 0,
    }
}

fn in_stream(bytes: &[u8], alert: &Alert) -> Stands {
    let is = |byte: &u8, value: u64| u64::from(*byte) == value;
    let holds = |at: usize| {
        let content = bytes.get(at + 5..).unwrap_or_default();
        let content = &content[..content.len().min(length(&bytes[at..]))];
        content.windows(2).any(|pair| is(&pair[0], alert.level) && is(&pair[1], alert.code))
    };
    let alerts: Vec<usize> =
        (0..bytes.len()).filter(|at| matches!(bytes[*at..], [21, 3, 0..=255, ..])).collect();
    let mut best = Stands::Nowhere;
    if alerts.iter().any(|at| holds(*at)) {
        best = Stands::Somewhere;
    } else {
        let part = |value| {
            alerts.iter().any(|at| {
                length(&bytes[*at..]) == 1 && bytes.get(at + 5).is_some_and(|byte| is(byte, value))
            })
        };
        if part(alert.level) && part(alert.code) {
            best = Stands::InParts;
        }
    }
    // The row of records, from the first that looks like one: what is in front may be plaintext.
    let mut at = (0..bytes.len()).find(|at| is_record(&bytes[*at..])).unwrap_or(bytes.len());
    while at < bytes.len() && matches!(bytes[at..], [20..=24, 3, ..]) {
        if bytes[at] == 21 && holds(at) {
            return Stands::InRecord;
        }
        at += 5 + length(&bytes[at..]);
    }
    best
}

/// In DTLS: behind the header of a record of alerts (RFC 6347, 4.1).
fn in_datagram(bytes: &[u8], alert: &Alert) -> Stands {
    let pair = |pair: &[u8]| u64::from(pair[0]) == alert.level && u64::from(pair[1]) == alert.code;
    let is_there = (0..bytes.len())
        .filter(|at| matches!(bytes[*at..], [21, 0xfe, ..]))
        .any(|at| bytes.get(at + 13..).is_some_and(|content| content.windows(2).any(pair)));
    if is_there { Stands::InRecord } else { Stands::Nowhere }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alert(level: u64, code: u64) -> Alert {
        Alert { frame: 1, from: String::new(), to: String::new(), level, code }
    }

    /// An alert is found in its record, behind a gap, and in parts; one that nobody sent is not.
    #[test]
    fn what_was_sent_is_found() {
        let hello = [22, 3, 1, 0, 2, 9, 9];
        let sent = [&hello[..], &[21, 3, 3, 0, 2, 2, 48]].concat();
        assert_eq!(in_stream(&sent, &alert(2, 48)), Stands::InRecord);
        assert_eq!(in_stream(&sent, &alert(2, 40)), Stands::Nowhere);
        assert_eq!(in_stream(&sent[3..], &alert(2, 48)), Stands::InRecord);
        let broken = [&[22, 3, 1, 0, 200, 9, 9][..], &sent[7..]].concat();
        assert_eq!(in_stream(&broken, &alert(2, 48)), Stands::Somewhere);
        let parts = [21, 3, 3, 0, 1, 2, 21, 3, 3, 0, 1, 48];
        assert_eq!(in_stream(&parts, &alert(2, 48)), Stands::InParts);
    }

    /// Segments in any order are one run, and a hole makes two.
    #[test]
    fn holes_make_runs() {
        let segments = [(10, vec![1, 2]), (14, vec![5]), (12, vec![3, 4])];
        let all = runs(&segments);
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].first, [1, 2, 3, 4, 5]);
        assert_eq!(runs(&segments[..2]).len(), 2);
        let twice = [(10, vec![1, 2]), (10, vec![1, 9])];
        assert!(runs(&twice)[0].differs);
    }
}
