//! Failures of SChannel that may still grow.
//!
//! Events of one thread are put together as they come. Where a form has no threads, and where the
//! other side answers, neighbours in time are one failure as long as nothing else could belong to
//! either: that is decided when all of their neighbours have been read, so that the order of the log
//! changes nothing.

use std::cmp::Ordering;
use std::collections::VecDeque;

use logs::Sighting;

use super::part::{Direction, Part};
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

/// How far the log's time has to have gone on before a failure is complete, in nanoseconds. What
/// belongs together is two seconds apart at most, and records of several threads are out of order by
/// less than the rest.
const WAIT: u64 = 5_000_000_000;
/// Failures that wait at once. Each waits some seconds; where more fail in them, events without
/// threads are told apart.
const MAX_WAITING: usize = 64;
/// Records of SChannel behind which a failure is complete whatever the clocks say.
const FAR: u64 = 1_000;
/// How sure the direction of a log can be: so many records the other way turn it, where two logs
/// follow one another.
const MOST_TREND: i8 = 8;

impl Open {
    /// Looks at the time of a record, whoever wrote it.
    pub(crate) fn pass(&mut self, record: &Record) {
        let order = self.order;
        let now = record.time.map(|time| time.nanoseconds);
        for part in &mut self.waiting {
            // Collected logs hold the clocks of several machines.
            let hosts = part.sighting.host.as_ref().zip(record.computer.as_ref());
            let same_clock = hosts.is_none_or(|(one, other)| one == other);
            let gone = now.zip(part.time).filter(|_| same_clock);
            let far = gone.is_some_and(|(now, then)| now.abs_diff(then) > WAIT);
            // Without a time nothing belongs to it.
            part.complete |= far || part.time.is_none() || order.saturating_sub(part.order) > FAR;
        }
        while self.waiting.front().is_some_and(|oldest| oldest.complete) {
            self.finish();
        }
    }

    /// Puts an event to the failure it belongs to, or opens a new one.
    pub(crate) fn add(&mut self, record: &Record, sighting: Sighting) {
        let time = record.time.map(|time| time.nanoseconds);
        self.follow(record.number, time);
        let new = Part::new(record, self.order, sighting);
        let direction = self.direction();
        let mut places = (0..self.waiting.len()).rev();
        let place = places.find(|place| {
            let open = self.waiting.get(*place);
            open.is_some_and(|open| open.is_of_thread(&new) && open.belongs(&new, direction))
        });
        match place.and_then(|place| self.waiting.get_mut(place)) {
            Some(open) => open.take(new),
            None => self.waiting.push_back(new),
        }
        if self.waiting.len() > MAX_WAITING {
            self.finish();
        }
    }

    /// The oldest failure that is complete; `all` of them are where nothing follows.
    pub(crate) fn next(&mut self, all: bool) -> Option<Box<Sighting>> {
        if all && self.done.is_empty() {
            self.finish();
        }
        self.done.pop_front()
    }

    /// Nothing follows that could belong to the oldest: its neighbour, if it has one, is among those
    /// that wait.
    fn finish(&mut self) {
        let Some(mut part) = self.waiting.pop_front() else { return };
        let neighbours = self.neighbours(&part);
        let nearest = neighbours.iter().copied().min_by_key(|place| {
            self.waiting.get(*place).map(|other| other.order.abs_diff(part.order))
        });
        if let Some(other) = nearest.and_then(|place| self.waiting.get(place)) {
            let mut rivals = self.neighbours(other);
            rivals.extend(&neighbours);
            let tells = |place: &usize| self.waiting.get(*place).map(Part::tells);
            let alike = neighbours.iter().all(|place| tells(place) == Some(other.tells()));
            let no_rival = rivals.iter().filter(|place| !neighbours.contains(place));
            let sure = alike && no_rival.copied().all(|place| tells(&place) == Some(part.tells()));
            if sure {
                let other = nearest.and_then(|place| self.waiting.remove(place));
                other.into_iter().for_each(|other| part.take(other));
            } else {
                // Whose is whose cannot be told, of none of them.
                for place in rivals {
                    if let Some(rival) = self.waiting.get_mut(place) {
                        rival.alone = true;
                    }
                }
            }
        }
        self.done.push_back(Box::new(part.sighting));
    }

    /// The places of those that would be one failure with this part if there were no others.
    fn neighbours(&self, part: &Part) -> Vec<usize> {
        let direction = self.direction();
        let places = self.waiting.iter().enumerate();
        let belonging = places.filter(|(_, other)| {
            let (first, second) =
                if part.order < other.order { (part, *other) } else { (*other, part) };
            let free = !part.alone && !other.alone;
            free && !first.is_of_thread(second) && first.belongs(second, direction)
        });
        belonging.map(|(place, _)| place).collect()
    }

    /// Learns whether the newest comes first or last.
    fn follow(&mut self, number: Option<u64>, time: Option<i64>) {
        self.order += 1;
        if let Some((old_number, old_time)) = self.last.replace((number, time)) {
            let by_number = old_number.zip(number).map(|(old, new)| new.cmp(&old));
            let by_time = || old_time.zip(time).map(|(old, new)| new.cmp(&old));
            let step = match by_number.or_else(by_time) {
                Some(Ordering::Greater) => 1,
                Some(Ordering::Less) => -1,
                _ => 0,
            };
            self.trend = (self.trend + step).clamp(-MOST_TREND, MOST_TREND);
        }
    }

    fn direction(&self) -> Direction {
        match self.trend.cmp(&0) {
            Ordering::Greater => Direction::NewestLast,
            Ordering::Less => Direction::NewestFirst,
            Ordering::Equal => Direction::Unknown,
        }
    }
}
