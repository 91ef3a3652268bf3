//! The records of a log, in its order, become what they tell.

use std::collections::{BTreeMap, VecDeque};

use logs::More;

use crate::capi2::{self, Verifications};
use crate::schannel::{self, Open};
use crate::{Record, Told, access, http, network};

/// Reads records one by one, and puts those of one failure together.
///
/// The order of the log does not matter: Event Viewer and `Get-WinEvent` write the newest first. A
/// failure waits until the log's time has gone on so far that no record can belong to it any more;
/// so take what is [`Self::told`] after each [`Self::record`].
#[derive(Debug, Default)]
pub struct Events {
    /// Failures of SChannel that may still grow.
    open: Open,
    /// Judgements of certificates, which take several records each.
    verifications: Verifications,
    /// What is complete.
    ready: VecDeque<Told>,
    counts: BTreeMap<u32, u64>,
}

/// Who knows what a record means: each looks whether it is one of its own.
const TELLERS: &[fn(&Record) -> Option<Told>] =
    &[schannel::told, network::told, access::told, http::told];

impl Events {
    /// Nothing read yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next record of the log.
    pub fn record(&mut self, record: &Record) {
        let is_schannel = schannel::is_schannel(record);
        if is_schannel {
            *self.counts.entry(record.id).or_default() += 1;
        }
        self.open.pass(record);
        if record.provider.eq_ignore_ascii_case(capi2::PROVIDER) {
            self.verifications.record(record);
        }
        match TELLERS.iter().find_map(|told| told(record)) {
            Some(Told::Failure(sighting)) if is_schannel => self.open.add(record, *sighting),
            Some(told) => self.ready.push_back(told),
            None => {}
        }
    }

    /// What is complete; behind the last record, and where a log that is being written pauses,
    /// everything is.
    pub fn told(&mut self, more: More) -> Option<Told> {
        let ready = self.ready.pop_front();
        let chain = || self.verifications.told(more).map(Told::Chain);
        let ready = ready.or_else(chain);
        ready.or_else(|| self.open.next(more != More::Coming).map(Told::Failure))
    }

    /// How many events of SChannel there were, by their number.
    #[must_use]
    pub fn counts(&self) -> &BTreeMap<u32, u64> {
        &self.counts
    }
}

/// The causes that this crate names by itself, for whoever holds a list of all.
pub fn suspects() -> impl Iterator<Item = &'static str> {
    let of_neighbours = capi2::suspects().chain(access::suspects()).chain(http::suspects());
    schannel::suspects().chain(of_neighbours)
}

#[cfg(test)]
mod tests;
