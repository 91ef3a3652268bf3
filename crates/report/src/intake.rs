//! One input from its first byte to its last: bytes, packets, sessions, judged cases, groups.
//!
//! The loop here runs once for every packet of captures that hold millions, so it allocates
//! nothing and calls nothing through a pointer; progress is looked at every few thousand packets.

use std::cell::Cell;
use std::io::{self, Read};
use std::ops::ControlFlow;
use std::rc::Rc;
use std::sync::Arc;

use chain::Anchors;
use diagnosis::join::{Testimony, Witness};
use diagnosis::{Docket, Judged, Trust};
use logs::More;
use trace::{Outcome, Session, Tracer};
use wire::{KeyLog, Next, Packet, Packets, Time};

use crate::early::{Early, Pause, Tell};
use crate::failure::{Failure, Severity};
use crate::filter::Filter;
use crate::input::{Counts, Input};
use crate::keys::key_log_trouble;
use crate::trust::by_own_store;
use crate::window::Window;
use crate::{Broken, Kind, NotUnpacked, Unpack};

/// Reads one input. Make it, then call [`Intake::whole`] or [`Intake::stream`].
pub struct Intake<'a> {
    pub(crate) input: Input,
    pub(crate) options: Options,
    pub(crate) filter: Filter,
    /// When the input was last written, for the times in logs that have no year.
    pub(crate) written: Option<Time>,
    /// Where a pipe tells of its pauses.
    pub(crate) pause: Option<Rc<Pause>>,
    /// Who wants to know of failures as they come.
    pub(crate) tell: Option<Tell<'a>>,
    pub(crate) packets: Packets,
    /// The number of the last frame.
    pub(crate) frame: u64,
    /// What was read in front of the file that is read.
    pub(crate) before: Before,
    pub(crate) tracer: Tracer,
    pub(crate) docket: Docket,
    /// How many roots the store of this machine has, where the anchors are its own.
    pub(crate) own_store: Option<usize>,
    /// What was told before its time.
    pub(crate) early: Early,
}

/// What the files of a capture held that come before the one that is read.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Before {
    /// Frames, as they are numbered.
    pub(crate) frames: u64,
    /// Bytes, unpacked.
    pub(crate) size: u64,
    /// Bytes as they came.
    pub(crate) taken: u64,
}

/// What to keep beside the groups.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Every alert that can be read, for `-o alerts`.
    pub alerts: bool,
    /// Every single failure, for `--json` and `--by none`.
    pub failures: bool,
    /// What it takes to find the same failures in other inputs.
    pub join: bool,
    /// The first failure alone, of those that pass the filter: it is judged when its conversation has
    /// ended, and nothing behind it is read.
    pub first: bool,
}

/// How far the reading is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Bytes of the input read so far; of a packed input, packed bytes.
    pub bytes: u64,
    /// Packets read so far.
    pub packets: u64,
    /// Conversations that did not end well so far; they are judged when all has been read.
    pub failing: u64,
}

/// Called now and then while an input is read; `Break` stops it, and what was read is reported.
pub type Watch<'a> = &'a mut dyn FnMut(Progress) -> ControlFlow<()>;

/// Packets between two looks at the progress.
const WATCH_EVERY: u64 = 4096;
/// Packets between two looks for sessions that have ended.
const COLLECT_EVERY: u64 = 64;

impl<'a> Intake<'a> {
    /// Prepares the reading of an input with this name.
    #[must_use]
    pub fn new(name: impl Into<String>, options: Options) -> Self {
        Self {
            input: Input::new(name.into()),
            options,
            filter: Filter::default(),
            written: None,
            pause: None,
            tell: None,
            packets: Packets::new(),
            frame: 0,
            before: Before::default(),
            tracer: Tracer::new(),
            docket: Docket::default(),
            own_store: None,
            early: Early::default(),
        }
    }

    /// The same, for the failures that pass a filter.
    #[must_use]
    pub fn only(mut self, filter: Filter) -> Self {
        self.filter = filter;
        self
    }

    /// The same, with the secrets of a key log.
    #[must_use]
    pub fn with_keys(mut self, keys: KeyLog) -> Self {
        if !keys.is_empty() {
            self.input.keys.given = true;
            self.tracer.add_keys(keys);
        }
        self
    }

    /// The same, where it is known whom those trust who refuse certificates, and when they looked at
    /// the dates: without it nothing is known of their trust, and they looked when the capture was
    /// made.
    #[must_use]
    pub fn trusting(mut self, anchors: Option<Arc<Anchors>>, now: Option<Time>) -> Self {
        self.docket = self.docket.trusting(Trust::new(anchors, now));
        self
    }

    /// The same, where the anchors are those of the machine that reads, so many roots: the side that
    /// refused may have others, and nothing that hangs on them is certain.
    #[must_use]
    pub fn with_own_store(mut self, roots: Option<usize>) -> Self {
        self.own_store = roots;
        self
    }

    /// The same, for an input that was last written at this moment.
    #[must_use]
    pub fn written(mut self, time: Time) -> Self {
        self.written = Some(time);
        self
    }

    /// The same, for a pipe: at each of its pauses the failures are told that have come. Without a pipe,
    /// the first one is told to somebody who asks.
    #[must_use]
    pub fn telling(mut self, pause: Rc<Pause>, tell: Option<Tell<'a>>) -> Self {
        self.pause = Some(pause);
        self.tell = tell;
        self
    }

    /// Reads an input that lies in memory as a whole, without copying it.
    pub fn whole(mut self, bytes: &[u8], watch: Watch<'_>) -> Input {
        self.input.kind = Kind::of(bytes);
        if self.input.kind.is_packed() {
            return self.stream(&mut io::Cursor::new(bytes), watch);
        }
        if self.input.kind.is_log() {
            self.log(&mut io::Cursor::new(bytes), &Cell::new(0), watch);
        } else if self.input.kind == Kind::Evtx {
            self.evtx(&mut io::Cursor::new(bytes), &Cell::new(0), watch);
        } else if self.input.kind.is_settings() {
            self.registry(&mut io::Cursor::new(bytes), &Cell::new(0), watch);
        } else if self.input.kind == Kind::JUNK {
            self.junk(&mut io::Cursor::new(bytes), &Cell::new(0), watch);
        } else if self.wanted() {
            let _ = self.window(bytes, true, None, watch);
            self.input.size = bytes.len() as u64;
        }
        self.finish()
    }

    /// Reads an input to its end through a window, unpacking it where it is packed.
    pub fn stream(self, from: &mut dyn Read, watch: Watch<'_>) -> Input {
        self.unpacked(Unpack::new(from), watch)
    }

    /// Reads an input to its end from which somebody has taken the packing off.
    pub fn unpacked(mut self, inside: Result<Unpack<'_>, NotUnpacked>, watch: Watch<'_>) -> Input {
        self.opened(inside, |intake, unpacked, taken| {
            if intake.input.kind.is_log() {
                intake.log(unpacked, taken, watch);
            } else if intake.input.kind == Kind::Evtx {
                intake.evtx(unpacked, taken, watch);
            } else if intake.input.kind.is_settings() {
                intake.registry(unpacked, taken, watch);
            } else if intake.input.kind == Kind::JUNK {
                intake.junk(unpacked, taken, watch);
            } else if intake.wanted() {
                intake.windows(unpacked, taken, watch);
            }
            intake.broken(unpacked.gauge().broken.get());
        });
        self.finish()
    }

    /// Takes note of what an input is, and reads what is inside.
    pub(crate) fn opened(
        &mut self,
        inside: Result<Unpack<'_>, NotUnpacked>,
        read: impl FnOnce(&mut Self, &mut Unpack<'_>, &Cell<u64>),
    ) {
        match inside {
            Ok(mut unpacked) => {
                self.input.kind = unpacked.kind();
                self.input.packed = unpacked.layers().to_vec();
                let gauge = unpacked.gauge();
                read(self, &mut unpacked, &gauge.taken);
            }
            Err(error) => {
                self.input.kind = error.kind;
                self.input.problem(0, error.to_string(), true);
            }
        }
    }

    /// Says where a text in UTF-16 was incomplete.
    fn broken(&mut self, broken: Broken) {
        if let Some(first) = broken.first {
            let what = format!("{} half characters of UTF-16 were replaced", broken.count);
            self.input.problem(first, what, false);
        }
    }

    /// Whether the input is a capture; says what it is if not.
    pub(crate) fn wanted(&mut self) -> bool {
        let kind = self.input.kind;
        if !kind.is_capture() {
            let what = match kind {
                Kind::Empty => "empty: there is nothing to read".to_owned(),
                Kind::Gzip | Kind::Zstd | Kind::Xz => {
                    "packed more than twice: unpack it first".to_owned()
                }
                kind => format!("not a capture: looks like {}", kind.looks_like()),
            };
            self.input.problem(0, what, true);
        }
        kind.is_capture()
    }

    /// Reads a stream window by window.
    pub(crate) fn windows(&mut self, from: &mut dyn Read, taken: &Cell<u64>, watch: Watch<'_>) {
        let mut window = Window::new();
        loop {
            let more = self.fill(&mut window, from);
            if more == More::Quiet {
                if self.paused().is_break() {
                    self.input.stopped = true;
                    return;
                }
                continue;
            }
            let over = more == More::Over;
            if self.window(window.held(), over, Some(taken.get()), watch).is_break() || over {
                return;
            }
            window.discard(self.packets.drain());
        }
    }

    /// Reads on; what cannot be read is the end.
    pub(crate) fn fill(&mut self, window: &mut Window, from: &mut dyn Read) -> More {
        match window.fill(from) {
            Ok(0) if self.pause.as_ref().is_some_and(|pause| pause.is_over()) => More::Quiet,
            Ok(0) => More::Over,
            Ok(read) => {
                self.input.size += read as u64;
                More::Coming
            }
            Err(error) => {
                let at = self.input.size - self.before.size;
                self.input.problem(at, error.to_string(), true);
                More::Over
            }
        }
    }

    /// Reads what a window holds. `Break` when nothing more is to be read. `taken` is what a stream
    /// has given so far.
    fn window(
        &mut self,
        bytes: &[u8],
        end: bool,
        taken: Option<u64>,
        watch: Watch<'_>,
    ) -> ControlFlow<()> {
        loop {
            match self.packets.next(bytes, end) {
                Next::Packet(mut packet) => {
                    packet.number += self.before.frames;
                    self.packet(&packet);
                    if self.early.found {
                        self.input.stopped = true;
                        return ControlFlow::Break(());
                    }
                    if self.input.packets.is_multiple_of(WATCH_EVERY) {
                        let bytes = self.before.taken + taken.unwrap_or(packet.offset);
                        let (packets, failing) = (self.input.packets, self.input.counts.failed);
                        if watch(Progress { bytes, packets, failing }).is_break() {
                            self.input.stopped = true;
                            return ControlFlow::Break(());
                        }
                        self.answer();
                    }
                }
                Next::Secrets(text) => self.secrets(&KeyLog::read(text)),
                Next::NeedMore => return ControlFlow::Continue(()),
                Next::End => return ControlFlow::Break(()),
                Next::Damaged(damage) => {
                    self.input.problem(damage.offset, damage.what.to_owned(), damage.fatal);
                    if damage.fatal {
                        return ControlFlow::Break(());
                    }
                }
            }
        }
    }

    #[inline]
    fn packet(&mut self, packet: &Packet<'_>) {
        self.input.packets += 1;
        self.frame = packet.number;
        self.input.saw(packet.time);
        self.tracer.packet(packet);
        if self.input.packets.is_multiple_of(COLLECT_EVERY) {
            self.collect();
        }
    }

    /// Takes the secrets that the capture itself holds.
    fn secrets(&mut self, keys: &KeyLog) {
        if let Some(trouble) = key_log_trouble(keys) {
            self.input.problem(self.packets.offset(), trouble, false);
        }
        self.input.keys.given = true;
        let before = self.tracer.keys().left_out();
        self.tracer.add_keys(keys.clone());
        if before == 0 && self.tracer.keys().left_out() > 0 {
            let what = "more secrets than are kept: the rest is left".to_owned();
            self.input.problem(self.packets.offset(), what, false);
        }
    }

    /// Takes the sessions that have ended, and the cases that could not wait. Where the first failure
    /// is all that is wanted, nothing is taken behind it.
    pub(crate) fn collect(&mut self) {
        while !self.early.found
            && let Some(session) = self.tracer.ended()
        {
            self.ended(session);
            if self.options.first && self.is_found() {
                break;
            }
        }
        self.judged();
    }

    /// Takes a session that has ended.
    pub(crate) fn ended(&mut self, session: Box<Session>) {
        self.input.counts.conversations += 1;
        let unclear = matches!(session.outcome, Outcome::Truncated | Outcome::OneSided(_));
        let good = matches!(session.outcome, Outcome::Established | Outcome::NotTls);
        self.input.counts.failed += u64::from(!good && !unclear);
        self.input.keys.saw(&session);
        if self.options.alerts {
            self.input.alerts_of(&session);
        }
        self.docket.add(session);
    }

    fn judged(&mut self) {
        while let Some(mut judged) = self.docket.judged() {
            if let Some(roots) = self.own_store {
                by_own_store(&mut judged.findings, roots);
            }
            self.testify(&judged);
            let (failure, session) = Failure::of(judged);
            let late = self.options.first
                && (failure.severity == Severity::Warning || self.input.groups.tally().failed > 0);
            if late || !self.filter.passes(&failure, &self.input) {
                self.input.counts.filtered += 1;
                continue;
            }
            if self.options.failures && !failure.is_out_of_sight() {
                self.input.keep(&failure);
            }
            let group = self.input.groups.add(failure, session);
            if let (Some(testimony), Some(group)) = (&mut self.input.testimony, group) {
                testimony.grouped(group);
            }
        }
    }

    /// Keeps what other inputs may tell of as well, whether it is shown or not.
    fn testify(&mut self, judged: &Judged) {
        if self.options.join {
            let testimony =
                self.input.testimony.get_or_insert_with(|| Testimony::new(Witness::Capture));
            testimony.judged(judged);
        }
    }

    /// Says for which time the input can be asked.
    fn testified(&mut self) {
        let input = &mut self.input;
        if let (Some(testimony), Some(first), Some(last)) =
            (&mut input.testimony, input.first, input.last)
        {
            testimony.covers(first.0, last.0);
        }
    }

    pub(crate) fn finish(mut self) -> Input {
        if self.input.kind.is_settings() {
            return self.input;
        }
        if self.input.kind.is_written() {
            self.testified();
            return self.input;
        }
        if self.input.kind.is_capture() && self.input.packets == 0 && !self.input.is_damaged() {
            let at = self.input.size - self.before.size;
            self.input.problem(at, "the capture ends here, without a single packet".into(), true);
        }
        if !self.early.found {
            self.tracer.finish();
            self.collect();
            // What is left was read, and nobody looks at it any more.
            self.input.stopped |= self.early.found && self.tracer.ended().is_some();
        }
        self.docket.finish();
        self.judged();
        self.input.tally = self.tracer.tally();
        self.input.left_out = self.tracer.left_out().clone();
        let tally = self.input.groups.tally();
        self.input.counts = Counts {
            conversations: self.input.counts.conversations,
            good: self.docket.good,
            not_tls: self.docket.not_tls + tally.not_tls,
            judged_early: self.docket.judged_early,
            not_compared: self.docket.not_compared(),
            filtered: self.input.counts.filtered,
            ..tally
        };
        self.input.alerts.sort_by_key(|sent| sent.frame);
        self.input.failures.sort_by_key(|failure| failure.first_frame);
        self.testified();
        self.input
    }
}
