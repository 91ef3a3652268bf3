//! A text, read for its words and for the records of event logs in it.

use std::collections::{BTreeMap, VecDeque};

use logs::{More, Reader, Sighting};
use windows::{Events, Exports, Told};
use wire::Time;

/// Two readers of one text. What both read is told once: a record says more than its words.
#[derive(Debug)]
pub(super) struct Lines {
    pub(super) reader: Reader,
    pub(super) exports: Exports,
    events: Events,
    /// What of the window in front each of the two no longer needs.
    read: usize,
    exported: usize,
    /// Failures by their words whose lines may turn out to be a record's.
    held: VecDeque<Sighting>,
    told: VecDeque<Told>,
    /// Records that were read.
    records: u64,
}

impl Lines {
    /// Prepares the reading of a text that was last written at this moment.
    pub(super) fn new(written: Option<Time>) -> Self {
        let (reader, exports) = match written {
            Some(time) => (Reader::new().written(time.0), Exports::new().written(time.0)),
            None => (Reader::new(), Exports::new()),
        };
        Self {
            reader,
            exports,
            events: Events::new(),
            read: 0,
            exported: 0,
            held: VecDeque::new(),
            told: VecDeque::new(),
            records: 0,
        }
    }

    /// Reads what a window holds, and says how many bytes at its front are no longer needed.
    pub(super) fn window(&mut self, text: &[u8], more: More) -> usize {
        let rest = text.get(self.exported..).unwrap_or_default();
        self.exported += self.exports.window(rest, more);
        while let Some(record) = self.exports.record() {
            self.records += 1;
            self.events.record(&record);
            self.told.extend(std::iter::from_fn(|| self.events.told(More::Coming)));
        }
        if more != More::Coming {
            self.told.extend(std::iter::from_fn(|| self.events.told(more)));
        }
        let rest = text.get(self.read..).unwrap_or_default();
        self.read += self.reader.window(rest, more);
        self.held.extend(std::iter::from_fn(|| self.reader.sighting(more)));
        let done = self.read.min(self.exported);
        self.read -= done;
        self.exported -= done;
        done
    }

    /// The next failure by its words, once it is clear that no record tells it.
    pub(super) fn sighting(&mut self, more: More) -> Option<Sighting> {
        loop {
            let next = self.held.front()?;
            if more == More::Coming && next.offset >= self.exports.read_to() {
                return None;
            }
            let next = self.held.pop_front()?;
            if !self.exports.covers(next.line) {
                return Some(next);
            }
        }
    }

    /// What the records tell.
    pub(super) fn told(&mut self) -> Option<Told> {
        self.told.pop_front()
    }

    /// How many records were read, and SChannel's events among them by their number.
    pub(super) fn records(&self) -> (u64, &BTreeMap<u32, u64>) {
        (self.records, self.events.counts())
    }
}
