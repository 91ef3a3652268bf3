//! What is told before all has been read: failures that come through a pipe, the first one for somebody
//! who waits, and the first one where no other is wanted.
//!
//! What a capture shows is then judged with what is known so far, and goes on waiting: nothing of it
//! changes the report at the end, which is judged with everything.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::time::Duration;

use diagnosis::Judged;

use crate::failure::{Failure, Severity};
use crate::input::Input;
use crate::intake::Intake;
use crate::log::Sighted;
use crate::trust::by_own_store;

/// A pause in what comes from a pipe: the reader of the pipe says when nothing more is there for
/// now, so that what was found is told at once.
#[derive(Debug, Default)]
pub struct Pause {
    over: Cell<bool>,
    live: Cell<bool>,
    /// For how long a capture has been coming, if it comes without a pause.
    lasted: Cell<Option<Duration>>,
    asked: Cell<bool>,
}

/// Something that is told before all has been read.
#[derive(Debug)]
pub enum News<'a> {
    /// A log tells of a failure. If it is told, it is not kept.
    Sighted(&'a Sighted),
    /// A conversation of a capture has failed; judged with what is known so far.
    Failed(&'a Input, &'a Failure),
    /// The same, the first one, for somebody who waits.
    First(&'a Input, &'a Failure),
    /// So many other conversations ended meanwhile; the report at the end tells of them.
    More(u64),
}

/// Called with what is told before all has been read.
pub type Tell<'a> = Box<dyn FnMut(&News<'_>) + 'a>;

/// What of a capture has been told.
#[derive(Debug, Default)]
pub(crate) struct Early {
    /// The number of the case that is looked at next.
    next: u64,
    /// Conversations that wait for stragglers and were looked at; whether they were told.
    closing: BTreeMap<u64, bool>,
    /// Packets that had been read when it was looked last.
    packets: u64,
    /// The first failure was found, and no other is wanted.
    pub(crate) found: bool,
}

impl Pause {
    /// Says that the read which now gives no bytes is no end.
    pub fn begin(&self) {
        self.over.set(true);
        self.live.set(true);
        self.lasted.set(None);
    }

    /// The same, where a capture has come without a pause for so long: if that is how much time its
    /// packets tell, it is captured while it is read.
    pub fn tick(&self, lasted: Duration) {
        self.over.set(true);
        self.lasted.set(Some(lasted));
    }

    /// Says that so much comes at once that it was written before: it is read to its end, and told
    /// as a whole.
    pub fn flood(&self) {
        self.live.set(false);
    }

    /// Says that somebody waits, and would like to hear of the first failure.
    pub fn ask(&self) {
        self.asked.set(true);
    }

    /// Whether what comes is written while it is read.
    pub(crate) fn is_live(&self) -> bool {
        self.live.get()
    }

    /// Whether there was a pause since this was asked last.
    pub(crate) fn is_over(&self) -> bool {
        self.over.take()
    }
}

impl Intake<'_> {
    /// Tells at a pause of the conversations that have failed, those that wait for stragglers among
    /// them. `Break` when the first was all that was wanted.
    pub(crate) fn paused(&mut self) -> ControlFlow<()> {
        self.collect();
        if self.early.found {
            return ControlFlow::Break(());
        }
        let lasted = self.pause.as_ref().and_then(|pause| pause.lasted.take());
        if lasted.is_some_and(|lasted| !self.is_in_step(lasted))
            || self.early.packets == self.input.packets
        {
            return ControlFlow::Continue(());
        }
        if self.options.first {
            return self.first_of_closing();
        }
        let Some(mut tell) = self.tell.take() else { return ControlFlow::Continue(()) };
        let mut told = 0;
        while told < MOST_AT_ONCE
            && let Some(failure) = self.early_failure(u64::MAX)
        {
            tell(&News::Failed(&self.input, &failure));
            told += 1;
        }
        let end = self.docket.waiting().end;
        if self.early.next < end {
            tell(&News::More(end - self.early.next));
            self.early.next = end;
        }
        // Where packets keep coming, they soon say that nothing more is to be waited for.
        if lasted.is_none() && told < MOST_AT_ONCE {
            let mut looked = std::mem::take(&mut self.early.closing);
            let mut closing = BTreeMap::new();
            for session in self.tracer.closing() {
                let number = session.number;
                let was_told = looked.remove(&number).unwrap_or_else(|| {
                    let failure =
                        self.docket.preview_of(session).and_then(|judged| self.wants(judged));
                    if let Some(failure) = &failure {
                        tell(&News::Failed(&self.input, failure));
                    }
                    failure.is_some()
                });
                closing.insert(number, was_told);
            }
            self.early.closing = closing;
            self.early.packets = self.input.packets;
        }
        self.tell = Some(tell);
        ControlFlow::Continue(())
    }

    /// Takes the first failure of those that wait for stragglers, where it is all that is wanted.
    fn first_of_closing(&mut self) -> ControlFlow<()> {
        let mut closing = self.tracer.closing();
        let first = closing.find(|session| {
            let judged = self.docket.preview_of(session.clone());
            judged.and_then(|judged| self.wants(judged)).is_some()
        });
        drop(closing);
        self.early.packets = self.input.packets;
        let Some(session) = first else { return ControlFlow::Continue(()) };
        self.ended(session);
        self.early.found = true;
        ControlFlow::Break(())
    }

    /// Whether one of the cases that wait is the first failure, where no other is wanted.
    pub(crate) fn is_found(&mut self) -> bool {
        self.early.found |= self.input.groups.tally().failed > 0;
        self.early.found |= !self.early.found && self.early_failure(u64::MAX).is_some();
        self.early.found
    }

    /// Tells the first failure to somebody who asked for it.
    pub(crate) fn answer(&mut self) {
        let is_asked = |pause: &std::rc::Rc<Pause>| pause.asked.get();
        if !self.pause.as_ref().is_some_and(is_asked) {
            return;
        }
        let Some(failure) = self.early_failure(LOOKS) else { return };
        if let Some(tell) = &mut self.tell {
            tell(&News::First(&self.input, &failure));
        }
        if let Some(pause) = &self.pause {
            pause.asked.set(false);
        }
    }

    /// Whether the packets tell as much time as it took them to come.
    fn is_in_step(&self, lasted: Duration) -> bool {
        let (Some(first), Some(last)) = (self.input.first, self.input.last) else { return false };
        let lasted = i64::try_from(lasted.as_nanos()).unwrap_or(i64::MAX);
        let told = last.since(first);
        told > lasted / 2 && told / 2 < lasted
    }

    /// The next of the cases that wait which is a failure and wanted, among so many.
    fn early_failure(&mut self, most: u64) -> Option<Failure> {
        let waiting = self.docket.waiting();
        let from = self.early.next.max(waiting.start);
        for number in from..waiting.end.min(from.saturating_add(most)) {
            self.early.next = number + 1;
            let Some(judged) = self.docket.preview(number) else { continue };
            let was_told = self.early.closing.remove(&judged.session.number) == Some(true);
            if let Some(failure) = self.wants(judged).filter(|_| !was_told) {
                return Some(failure);
            }
        }
        None
    }

    /// The failure, if it is one and wanted.
    fn wants(&self, mut judged: Judged) -> Option<Failure> {
        if let Some(roots) = self.own_store {
            by_own_store(&mut judged.findings, roots);
        }
        let (failure, _) = Failure::of(judged);
        let is_failure = failure.severity == Severity::Failed && !failure.is_out_of_sight();
        (is_failure && self.filter.passes(&failure, &self.input)).then_some(failure)
    }
}

/// Failures of a capture that are told at one pause; more at once are read at the end.
const MOST_AT_ONCE: usize = 100;
/// Cases that are looked at in one go for somebody who waits.
const LOOKS: u64 = 256;
