//! Records on their way out: a date that may be two waits for others of the same text.

use std::collections::VecDeque;
use std::ops::Range;

use super::draft::Drawn;
use super::time::{Order, When};
use crate::Record;

/// Records that are not told yet, in the order of the text.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    queue: VecDeque<Held>,
    order: Order,
    /// Records from the first on whose time is open, and the bytes that they had in the text.
    open: usize,
    bytes: usize,
}

#[derive(Debug)]
struct Held {
    record: Record,
    when: Option<When>,
    lines: Range<u64>,
}

/// Records that wait for a date. A day of errors is more than enough to show the order.
const MAX_RECORDS: usize = 4096;
/// Bytes that those had in the text.
const MAX_BYTES: usize = 4 << 20;

impl Waiting {
    /// Adds a record.
    pub(super) fn add(
        &mut self,
        drawn: Drawn,
        lines: Range<u64>,
        bytes: usize,
        written: Option<i64>,
    ) {
        let Drawn { mut record, when } = drawn;
        if let Some(when) = &when {
            self.order.saw(when, written);
            record.time = when.stamp(self.order.decided());
        }
        let when = when.filter(|when| record.time.is_none() && when.is_open());
        self.queue.push_back(Held { record, when, lines });
        if self.open > 0 || self.queue.back().is_some_and(|held| held.when.is_some()) {
            self.open += 1;
            self.bytes += bytes;
        }
        if self.order.decided().is_some() || self.open > MAX_RECORDS || self.bytes > MAX_BYTES {
            self.over();
        }
    }

    /// Gives times to those that wait, as far as they can be told.
    pub(super) fn over(&mut self) {
        if self.open == 0 {
            return;
        }
        let first = self.order.probable();
        let from = self.queue.len().saturating_sub(self.open);
        for held in self.queue.iter_mut().skip(from) {
            if let Some(when) = held.when.take() {
                held.record.time = when.stamp(first);
            }
        }
        (self.open, self.bytes) = (0, 0);
    }

    /// The next record whose time is not open, and the lines that it covers.
    pub(super) fn next(&mut self) -> Option<(Record, Range<u64>)> {
        self.queue.front().filter(|held| held.when.is_none())?;
        let held = self.queue.pop_front()?;
        Some((held.record, held.lines))
    }
}
