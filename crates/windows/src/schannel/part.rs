//! Which events of SChannel tell of one failure.
//!
//! SChannel writes a reason and then the alert that it makes of it: 36874 and then 36888, in one
//! thread and within milliseconds. What the log holds between them does not matter.

use alert::Side;
use logs::{Certificate, Event, Process, Sighting};

use super::causes;
use crate::Record;

/// One failure, as far as it is known.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub(super) sighting: Sighting,
    /// When the last record of it was written.
    pub(super) time: Option<i64>,
    /// The place of its last record among those of SChannel.
    pub(super) order: u64,
    /// Nothing follows that could belong to it.
    pub(super) complete: bool,
    /// What it belongs to cannot be told.
    pub(super) alone: bool,
    /// The writer: process and thread.
    writer: Option<(Option<u32>, u32)>,
    /// The number of its last record in the log.
    number: Option<u64>,
}

/// What a log begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    NewestFirst,
    NewestLast,
    Unknown,
}

/// Two events that tell of one failure.
struct Pair {
    /// Those of which one says why, and is written first.
    reason: &'static [u32],
    /// The one that says what became of it.
    result: u32,
    /// The alerts that it may have made of it; empty where the result has none.
    alerts: &'static [u8],
    /// The result comes from the other side: later, and to any thread.
    answer: bool,
}

/// What a reason may become. Which alert SChannel makes of which fault of a certificate is not
/// documented.
static PAIRS: &[Pair] = &[
    Pair { reason: &[36874], result: 36888, alerts: &[40, 70, 71, 80], answer: false },
    Pair {
        reason: &[36876, 36877, 36878, 36879, 36881, 36882, 36883, 36884],
        result: 36888,
        alerts: &[40, 42, 43, 44, 45, 46, 48, 49, 51, 80],
        answer: false,
    },
    Pair { reason: OWN_CERTIFICATE, result: 36888, alerts: &[40, 80], answer: false },
    Pair { reason: OWN_CERTIFICATE, result: 36871, alerts: &[], answer: false },
    Pair { reason: &[36875], result: 36887, alerts: &[40, 42, 116], answer: true },
];

/// This machine's own certificate or key cannot be used.
const OWN_CERTIFICATE: &[u32] = &[36869, 36870, 36872, 36889];

const SECOND: i64 = 1_000_000_000;
/// How far the events of one thread may be apart that belong together: it writes them within
/// milliseconds, and a loaded machine takes its time.
const SAME_THREAD: u64 = SECOND.unsigned_abs();
/// How long the other side may take to answer: a slow round trip.
const ANSWER: u64 = 2 * SECOND.unsigned_abs();
/// How many records of SChannel may stand between neighbours where there are no threads: that many
/// clients may fail in one second.
const NEAR: u64 = 8;

impl Part {
    /// The share of one event.
    pub(super) fn new(record: &Record, order: u64, sighting: Sighting) -> Self {
        // Where a form has no thread, some write 0.
        let thread = record.thread.filter(|thread| *thread != 0);
        Self {
            sighting,
            time: record.time.map(|time| time.nanoseconds),
            order,
            complete: false,
            alone: false,
            writer: thread.map(|thread| (record.process, thread)),
            number: record.number,
        }
    }

    /// Whether both were written by one thread.
    pub(super) fn is_of_thread(&self, other: &Self) -> bool {
        self.writer.is_some() && self.writer == other.writer
    }

    /// Whether a later event of the file would belong to the same failure if there were no other.
    pub(super) fn belongs(&self, new: &Self, direction: Direction) -> bool {
        let apart = self.time.zip(new.time).map(|(one, other)| one.abs_diff(other));
        let second = |part: &Self| part.time.map(|time| time.div_euclid(SECOND));
        let near = new.order.saturating_sub(self.order) <= NEAR;
        let pair_of = |reason: &Self, result: &Self| {
            PAIRS.iter().find(|pair| pair.joins(&reason.sighting, &result.sighting))
        };
        let (pair, is_forth) = match (pair_of(self, new), pair_of(new, self)) {
            (Some(pair), _) => (pair, true),
            (None, Some(pair)) => (pair, false),
            (None, None) => return false,
        };
        let reach = match (self.writer, new.writer) {
            (Some(_), Some(_)) if pair.answer => apart.is_some_and(|apart| apart <= ANSWER),
            _ if pair.answer => near && apart.is_some_and(|apart| apart <= ANSWER),
            (Some(one), Some(other)) => {
                one == other && apart.is_some_and(|apart| apart <= SAME_THREAD)
            }
            _ => near && apart.is_some() && second(self) == second(new),
        };
        let (reason, result) = if is_forth { (self, new) } else { (new, self) };
        reach
            && !self.contradicts(new)
            && reason.precedes(result, direction, is_forth) != Some(false)
    }

    /// Whether a reason was written in front of its result; `None` where nothing tells.
    fn precedes(&self, result: &Self, direction: Direction, is_forth: bool) -> Option<bool> {
        let by_number = self.number.zip(result.number).map(|(reason, result)| reason < result);
        let times = self.time.zip(result.time).filter(|(reason, result)| reason != result);
        let by_time = times.map(|(reason, result)| reason < result);
        let by_place = match direction {
            Direction::NewestLast => Some(is_forth),
            Direction::NewestFirst => Some(!is_forth),
            Direction::Unknown => None,
        };
        by_number.or(by_time).or(by_place)
    }

    /// Whether what both tell cannot be true of one failure.
    fn contradicts(&self, new: &Self) -> bool {
        let (Some(open), Some(event)) = (&self.sighting.event, &new.sighting.event) else {
            return true;
        };
        let again = event.ids.iter().any(|id| open.ids.contains(id));
        let alerts = self.sighting.alert.is_some() && new.sighting.alert.is_some();
        again
            || alerts
            || differ(self.sighting.host.as_ref(), new.sighting.host.as_ref())
            || differ(self.sighting.role.as_ref(), new.sighting.role.as_ref())
            || differ(open.state.as_ref(), event.state.as_ref())
            || differ(open.process.as_ref(), event.process.as_ref())
    }

    /// What tells it from other failures: where two are alike in this, either may be meant.
    pub(super) fn tells(&self) -> Option<Tells<'_>> {
        let event = self.sighting.event.as_deref()?;
        Some(Tells {
            ids: &event.ids,
            alert: self.sighting.alert,
            role: self.sighting.role,
            name: self.sighting.name.as_deref(),
            protocol: event.protocol.as_deref(),
            state: event.state,
            certificate: event.certificate.as_ref(),
            process: event.process.as_ref(),
        })
    }

    /// Puts an event to this failure. The one with the alert is what is shown, and 36871 only says
    /// that what another explains has failed.
    pub(super) fn take(&mut self, new: Self) {
        let weight = |sighting: &Sighting| match &sighting.event {
            _ if sighting.alert.is_some() => 2,
            Some(event) if event.id != 36871 => 1,
            _ => 0,
        };
        if weight(&new.sighting) > weight(&self.sighting) {
            let before = std::mem::replace(&mut self.sighting, new.sighting);
            join(&mut self.sighting, before);
        } else {
            join(&mut self.sighting, new.sighting);
        }
        self.time = new.time.or(self.time);
        self.number = new.number.or(self.number);
        self.order = new.order;
        self.sighting.suspects = causes::of(&self.sighting).into();
    }
}

/// What tells a failure from others.
#[derive(PartialEq, Eq)]
pub(super) struct Tells<'a> {
    ids: &'a [u32],
    alert: Option<alert::Alert>,
    role: Option<Side>,
    name: Option<&'a str>,
    protocol: Option<&'a str>,
    state: Option<u32>,
    certificate: Option<&'a Certificate>,
    process: Option<&'a Process>,
}

impl Pair {
    /// Whether the first can be the reason of the second.
    fn joins(&self, reason: &Sighting, result: &Sighting) -> bool {
        let ids = |sighting: &Sighting, wanted: &[u32]| {
            let event = sighting.event.as_deref();
            event.is_some_and(|event: &Event| event.ids.iter().any(|id| wanted.contains(id)))
        };
        let possible = match result.alert {
            Some(alert) => self.alerts.contains(&alert.code()),
            None => self.alerts.is_empty(),
        };
        possible && ids(reason, self.reason) && ids(result, &[self.result])
    }
}

/// Puts what the second event tells to the first.
fn join(first: &mut Sighting, second: Sighting) {
    first.lines += second.lines;
    first.words.push_str("; ");
    first.words.push_str(&second.words);
    first.sent = first.sent.or(second.sent).filter(|_| first.alert.is_none());
    first.role = first.role.or(second.role);
    first.name = first.name.take().or(second.name);
    first.host = first.host.take().or(second.host);
    first.time = first.time.or(second.time);
    let (Some(into), Some(from)) = (first.event.as_deref_mut(), second.event) else { return };
    into.ids.extend(from.ids);
    into.records.extend(from.records);
    into.state = into.state.or(from.state);
    into.error = into.error.or(from.error);
    into.protocol = into.protocol.take().or(from.protocol);
    into.process = into.process.take().or(from.process);
    into.certificate = into.certificate.take().or(from.certificate);
    for fact in from.facts {
        if !into.facts.contains(&fact) {
            into.facts.push(fact);
        }
    }
}

/// Whether both are known and not the same.
fn differ<T: PartialEq>(one: Option<&T>, other: Option<&T>) -> bool {
    one.zip(other).is_some_and(|(one, other)| one != other)
}
