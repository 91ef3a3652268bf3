//! What two inputs tell that is one event: an export, and the log that it was made from.

use std::collections::{BTreeMap, HashMap};

use alert::{Alert, Side};
use foldhash::fast::RandomState;

use super::scene::{Direction, Told};

/// Failures that one input tells, and another one of the same machine before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repeat {
    /// Position of the testimony that tells them again.
    pub input: usize,
    /// Position of the one that tells them too, and was given before.
    pub of: usize,
    /// How many.
    pub count: u64,
}

/// What is told twice: where it stands again, and where it is kept, as input and number.
#[derive(Debug, Default)]
pub(super) struct Twice(pub(super) Vec<((usize, usize), (usize, usize))>);

/// What a form leaves of the time of an event: all tell the second, some no part of it.
const SECOND: i64 = 1_000_000_000;

/// What makes two events one, beside the time: the record, and what it tells.
type Key = (u64, Direction, Option<Alert>, Option<Side>);

impl Twice {
    /// Takes out of the failures of one machine, which are in the order of time, those that another
    /// input of it has told: one event must not count as two that happened in the same moment.
    pub(super) fn taken_from(told: &mut Vec<Told>) -> Self {
        let mut known: HashMap<Key, (i64, (usize, usize)), RandomState> = HashMap::default();
        let mut twice = Self::default();
        told.retain(|told| {
            let key = (told.place, told.direction, told.alert, told.role);
            let (time, first) = *known.entry(key).or_insert((told.time, told.from));
            let same = first.0 != told.from.0 && told.time.saturating_sub(time) <= SECOND;
            if same {
                twice.0.push((told.from, first));
            } else {
                known.insert(key, (told.time, told.from));
            }
            !same
        });
        twice
    }

    /// How many failures each input tells again.
    pub(super) fn repeats(all: &[&Self]) -> Vec<Repeat> {
        let mut counts: BTreeMap<(usize, usize), u64> = BTreeMap::new();
        for ((one, _), (other, _)) in all.iter().flat_map(|twice| &twice.0) {
            *counts.entry((*one.max(other), *one.min(other))).or_default() += 1;
        }
        counts.into_iter().map(|((input, of), count)| Repeat { input, of, count }).collect()
    }
}
