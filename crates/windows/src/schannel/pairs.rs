//! Which events of SChannel tell of one failure.
//!
//! SChannel writes a reason and then the alert that it makes of it: 36874 and then 36888, in one
//! thread and within milliseconds. What the log holds between them does not matter, nor whether it
//! stands there with the newest first. Where a form has no threads, neighbours of the same second
//! are one failure, as long as nothing else could belong to either.

use std::collections::VecDeque;

use logs::Sighting;

use super::causes;
use crate::Record;

/// Failures that may still grow, the oldest of this reading first.
#[derive(Debug, Default)]
pub(crate) struct Open {
    waiting: VecDeque<Part>,
    /// Those that can grow no more, until they are taken.
    done: VecDeque<Box<Sighting>>,
    /// Records of SChannel so far.
    order: u64,
    /// Where the last record of SChannel stood in its log.
    last: Option<(Option<u64>, Option<i64>)>,
    /// How much oftener a record was newer than the one before it than older.
    trend: i8,
}

/// One failure, as far as it is known.
#[derive(Clone, Debug)]
struct Part {
    sighting: Sighting,
    /// When the last record of it was written.
    time: Option<i64>,
    /// The writer: process and thread.
    writer: Option<(Option<u32>, u32)>,
    /// The number of its last record in the log.
    number: Option<u64>,
    /// The place of its last record among those of SChannel.
    order: u64,
    /// Nothing can belong to it any more.
    complete: bool,
}

/// Two events that tell of one failure.
struct Pair {
    /// The one that says why, and is written first.
    reason: &'static [u32],
    /// The one that says what became of it.
    result: u32,
    /// The alerts that it may have made of it; empty where the result has none.
    alerts: &'static [u8],
    /// The result comes from the other side: later, and to any thread.
    answer: bool,
}

/// A failure of the settings is no alert of the other's certificate, and so on: what a reason may
/// become. Which alert SChannel makes of which fault of a certificate is not documented.
static PAIRS: &[Pair] = &[
    Pair { reason: &[36874], result: 36888, alerts: &[40, 70, 71, 80], answer: false },
    Pair {
        reason: &[36876, 36877, 36878, 36879, 36881, 36882, 36883, 36884],
        result: 36888,
        alerts: &[40, 42, 43, 44, 45, 46, 48, 49, 51, 80],
        answer: false,
    },
    Pair { reason: &[36869, 36870, 36872, 36889], result: 36888, alerts: &[40, 80], answer: false },
    Pair { reason: &[36869, 36870, 36872, 36889], result: 36871, alerts: &[], answer: false },
    Pair { reason: &[36875], result: 36887, alerts: &[40, 42, 116], answer: true },
];

const SECOND: i64 = 1_000_000_000;
/// How far the events of one thread may be apart that belong together: it writes them within
/// milliseconds, and a loaded machine takes its time.
const SAME_THREAD: i64 = SECOND;
/// How long the other side may take to answer: a slow round trip.
const ANSWER: i64 = 2 * SECOND;
/// How far the log's time has to have gone on before a failure is complete. Records of several
/// threads are out of order by less.
const WAIT: i64 = 5 * SECOND;
/// How many records of SChannel may stand between neighbours where there are no threads: that many
/// clients may fail in one second.
const NEAR: u64 = 4;
/// Failures that wait at once. Each waits some seconds; a log in which more fail in them is told with
/// its reasons and results apart.
const MAX_WAITING: usize = 64;
/// Records of SChannel behind which a failure is complete whatever the clocks say.
const FAR: u64 = 1_000;

impl Open {
    /// Looks at the time of a record, whoever wrote it.
    pub(crate) fn pass(&mut self, record: &Record) {
        if self.waiting.is_empty() {
            return;
        }
        let order = self.order;
        let now = record.time.map(|time| time.nanoseconds);
        for part in &mut self.waiting {
            // Collected logs hold the clocks of several machines.
            let same_clock = same(part.sighting.host.as_ref(), record.computer.as_ref());
            let gone = now.zip(part.time).filter(|_| same_clock != Some(false));
            let far = gone.is_some_and(|(now, then)| now.abs_diff(then) > WAIT.unsigned_abs());
            let behind = order.saturating_sub(part.order);
            part.complete |= far || behind > FAR || part.time.is_none() && behind > NEAR;
        }
        while self.waiting.front().is_some_and(|oldest| oldest.complete) {
            self.finish();
        }
    }

    /// Puts an event to the failure it belongs to, or opens a new one.
    pub(crate) fn add(&mut self, record: &Record, sighting: Sighting) {
        let time = record.time.map(|time| time.nanoseconds);
        self.follow(record.number, time);
        let thread = record.thread.filter(|thread| *thread != 0);
        let part = Part {
            time,
            writer: thread.map(|thread| (record.process, thread)),
            number: record.number,
            order: self.order,
            complete: false,
            sighting,
        };
        match self.place(&part).and_then(|place| self.waiting.get_mut(place)) {
            Some(open) => open.take(part),
            None => self.waiting.push_back(part),
        }
        if self.waiting.len() > MAX_WAITING {
            self.finish();
        }
    }

    /// The oldest failure, if it is complete or all are.
    pub(crate) fn next(&mut self, all: bool) -> Option<Box<Sighting>> {
        if all && self.done.is_empty() {
            self.finish();
        }
        self.done.pop_front()
    }

    /// Nothing belongs to the oldest any more.
    fn finish(&mut self) {
        self.done.extend(self.waiting.pop_front().map(|part| Box::new(part.sighting)));
    }

    /// Learns whether the newest comes first or last.
    fn follow(&mut self, number: Option<u64>, time: Option<i64>) {
        self.order += 1;
        if let Some((old_number, old_time)) = self.last.replace((number, time)) {
            let by_number = old_number.zip(number).map(|(old, new)| new.cmp(&old));
            let by_time = || old_time.zip(time).map(|(old, new)| new.cmp(&old));
            let step = by_number.or_else(by_time).map_or(0, |ordering| ordering as i8);
            self.trend = (self.trend + step).clamp(-MOST_TREND, MOST_TREND);
        }
    }

    /// The failure to which an event belongs: the nearest, and none where two could be meant that
    /// tell different things.
    fn place(&self, new: &Part) -> Option<usize> {
        let mut found = (0..self.waiting.len())
            .rev()
            .filter(|place| self.waiting.get(*place).is_some_and(|open| self.belong(open, new)));
        let place = found.next()?;
        let nearest = self.waiting.get(place)?;
        let by_thread = new.writer.is_some() && nearest.writer == new.writer;
        let alike =
            |other| self.waiting.get(other).is_some_and(|part| part.tells_the_same(nearest));
        (by_thread || found.all(alike)).then_some(place)
    }

    /// Whether an event tells of the same failure as those that wait.
    fn belong(&self, open: &Part, new: &Part) -> bool {
        if open.complete || open.contradicts(new) {
            return false;
        }
        let pair = PAIRS.iter().find_map(|pair| {
            let forth = pair.joins(&open.sighting, &new.sighting);
            let back = pair.joins(&new.sighting, &open.sighting);
            forth.then_some((pair, true)).or(back.then_some((pair, false)))
        });
        let Some((pair, reason_is_open)) = pair else { return false };
        let (reason, result) = if reason_is_open { (open, new) } else { (new, open) };
        if self.precedes(reason, result, reason_is_open) == Some(false) {
            return false;
        }
        let apart = open.time.zip(new.time).map(|(open, new)| new.abs_diff(open));
        let within = |most: i64| apart.is_some_and(|apart| apart <= most.unsigned_abs());
        let second = |part: &Part| part.time.map(|time| time.div_euclid(SECOND));
        let near = new.order.saturating_sub(open.order) <= NEAR;
        match (open.writer, new.writer) {
            (Some(_), Some(_)) if pair.answer => within(ANSWER),
            (Some(one), Some(other)) => one == other && within(SAME_THREAD),
            _ if pair.answer => within(ANSWER) && near,
            _ => near && open.time.is_some() && second(open) == second(new),
        }
    }

    /// Whether the reason was written in front of the result; `None` where nothing tells.
    fn precedes(&self, reason: &Part, result: &Part, reason_is_open: bool) -> Option<bool> {
        let by_number = reason.number.zip(result.number).map(|(reason, result)| reason < result);
        let by_time = || {
            let times = reason.time.zip(result.time);
            times
                .filter(|(reason, result)| reason != result)
                .map(|(reason, result)| reason < result)
        };
        let by_place = || (self.trend != 0).then_some((self.trend > 0) == reason_is_open);
        by_number.or_else(by_time).or_else(by_place)
    }
}

/// How sure the direction of a log can be: so many records the other way turn it, where two logs
/// follow one another.
const MOST_TREND: i8 = 8;

impl Pair {
    /// Whether the first can be the reason of the second.
    fn joins(&self, reason: &Sighting, result: &Sighting) -> bool {
        let ids = |sighting: &Sighting| sighting.event.as_ref().map(|event| event.ids.clone());
        let (Some(reasons), Some(results)) = (ids(reason), ids(result)) else { return false };
        let alert = |sighting: &Sighting| sighting.alert.map(|alert| alert.code());
        let possible = match alert(result) {
            Some(code) => self.alerts.contains(&code),
            None => self.alerts.is_empty(),
        };
        possible
            && reasons.iter().any(|id| self.reason.contains(id))
            && results.contains(&self.result)
    }
}

impl Part {
    /// Whether what both tell cannot be true of one failure.
    fn contradicts(&self, new: &Self) -> bool {
        let (Some(open), Some(event)) = (&self.sighting.event, &new.sighting.event) else {
            return true;
        };
        let again = event.ids.iter().any(|id| open.ids.contains(id));
        let alerts = self.sighting.alert.is_some() && new.sighting.alert.is_some();
        let hosts = same(self.sighting.host.as_ref(), new.sighting.host.as_ref());
        let roles = same(self.sighting.role.as_ref(), new.sighting.role.as_ref());
        let states = same(open.state.as_ref(), event.state.as_ref());
        let processes = same(open.process.as_ref(), event.process.as_ref());
        again || alerts || [hosts, roles, states, processes].contains(&Some(false))
    }

    /// Whether who reads of both could not tell them apart.
    fn tells_the_same(&self, other: &Self) -> bool {
        let (Some(one), Some(two)) = (&self.sighting.event, &other.sighting.event) else {
            return false;
        };
        one.ids == two.ids
            && one.protocol == two.protocol
            && one.certificate == two.certificate
            && self.sighting.role == other.sighting.role
    }

    /// Puts an event to this failure: the one with the alert is what is shown.
    fn take(&mut self, new: Self) {
        let is_first = |sighting: &Sighting| sighting.alert.is_some();
        let other = new.sighting;
        if is_first(&other) || !is_first(&self.sighting) && is_result(&self.sighting) {
            let before = std::mem::replace(&mut self.sighting, other);
            join(&mut self.sighting, before);
        } else {
            join(&mut self.sighting, other);
        }
        self.time = new.time.or(self.time);
        self.number = new.number.or(self.number);
        self.order = new.order;
        self.sighting.suspects = causes::of(&self.sighting).into();
    }
}

/// Whether an event only says that what another explains has failed.
fn is_result(sighting: &Sighting) -> bool {
    sighting.event.as_ref().is_some_and(|event| event.id == 36871)
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

/// Whether both are the same, where both are known.
fn same<T: PartialEq>(one: Option<&T>, other: Option<&T>) -> Option<bool> {
    Some(one? == other?)
}
