//! One input from its first byte to its last: bytes, packets, sessions, judged cases, groups.
//!
//! The loop here runs once for every packet of captures that hold millions, so it allocates
//! nothing and calls nothing through a pointer; progress is looked at every few thousand packets.

use std::cell::Cell;
use std::io::{self, Read};
use std::ops::ControlFlow;
use std::rc::Rc;

use diagnosis::join::{Testimony, Witness};
use diagnosis::{Docket, Judged};
use logs::More;
use trace::{Endpoint, LeftOut, Outcome, Session, Side, Tally, Tracer};
use windows::Registry;
use wire::{KeyLog, Next, Packet, Packets, Time};

use crate::events::EventLog;
use crate::failure::{Failure, Severity};
use crate::filter::Filter;
use crate::group::Groups;
use crate::keys::{Keys, key_log_trouble};
use crate::log::{Log, LogGroups, Pause, Sighted, Tell};
use crate::window::{Counted, Window};
use crate::{Broken, Kind, Unpack};

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
    packets: Packets,
    tracer: Tracer,
    docket: Docket,
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
    /// The first failure alone; without a filter, nothing behind it is read.
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

/// What one input held.
#[derive(Debug)]
pub struct Input {
    /// The name it was given by.
    pub name: String,
    /// What it is, inside of all packing.
    pub kind: Kind,
    /// The packing around it, the outermost first.
    pub packed: Vec<Kind>,
    /// Bytes that were read, unpacked.
    pub size: u64,
    /// Packets that were read.
    pub packets: u64,
    /// The earliest time of a packet.
    pub first: Option<Time>,
    /// The latest time of a packet.
    pub last: Option<Time>,
    /// The conversations, sorted and counted.
    pub counts: Counts,
    /// What secrets opened.
    pub keys: Keys,
    /// What could not be read.
    pub problems: Vec<Problem>,
    /// Further problems, which were only counted.
    pub more_problems: u64,
    /// Whether the reading was stopped before the end.
    pub stopped: bool,
    /// What the packets held, counted.
    pub tally: Tally,
    /// What was not read in them, by the reason.
    pub left_out: LeftOut,
    /// Every alert that can be read, in the order of the frames, if asked for.
    pub alerts: Vec<Sent>,
    /// Alerts beyond the bound.
    pub more_alerts: u64,
    /// Every failure in the order of the first frames, if asked for.
    pub failures: Vec<Failure>,
    /// Failures beyond the bound.
    pub more_failures: u64,
    /// What a log held.
    pub log: Log,
    /// What an event log held.
    pub events: EventLog,
    /// What a registry held.
    pub registry: Option<Box<Registry>>,
    /// Every failure of a log, if asked for.
    pub sightings: Vec<Sighted>,
    /// What it tells of failures, for the other inputs.
    pub(crate) testimony: Option<Testimony>,
    pub(crate) groups: Groups,
    pub(crate) log_groups: LogGroups,
}

/// Conversations by what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// All conversations, TLS or not.
    pub conversations: u64,
    /// Handshakes that were completed and raise no question.
    pub good: u64,
    /// Those that failed.
    pub failed: u64,
    /// Those that survived, with something to say about them.
    pub warned: u64,
    /// Those of which only one side was captured, and nothing else shows a failure.
    pub one_sided: u64,
    /// Those that the capture cut off before the end was clear.
    pub truncated: u64,
    /// Those that are not TLS.
    pub not_tls: u64,
    /// Cases that were judged before the end of the capture, for lack of room.
    pub judged_early: u64,
    /// Cases that a filter keeps out of everything else here.
    pub filtered: u64,
}

/// Something that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where: a byte offset in the unpacked input.
    pub offset: u64,
    /// What is wrong there.
    pub what: String,
    /// Whether nothing behind it could be read.
    pub fatal: bool,
}

/// An alert that travelled in the clear, or was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The frame.
    pub frame: u64,
    /// When.
    pub time: Time,
    /// What.
    pub message: alert::Message,
    /// Who sent it.
    pub from: Endpoint,
    /// Who received it.
    pub to: Endpoint,
    /// It travelled encrypted and was opened.
    pub opened: bool,
}

/// Packets between two looks at the progress.
const WATCH_EVERY: u64 = 4096;
/// Packets between two looks for sessions that have ended.
const COLLECT_EVERY: u64 = 64;
/// Problems that are kept. A file damaged more often is told by its first ones and the number.
const MAX_PROBLEMS: usize = 100;
/// Alerts that are kept when they are asked for, some 80 bytes each.
const MAX_ALERTS: usize = 1 << 20;
/// Failures that are kept when they are asked for.
const MAX_FAILURES: usize = 200_000;

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
            tracer: Tracer::new(),
            docket: Docket::default(),
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

    /// The same, for an input that was last written at this moment.
    #[must_use]
    pub fn written(mut self, time: Time) -> Self {
        self.written = Some(time);
        self
    }

    /// The same, for a pipe: at each of its pauses the failures of a log are told.
    #[must_use]
    pub fn telling(mut self, pause: Rc<Pause>, tell: Tell<'a>) -> Self {
        self.pause = Some(pause);
        self.tell = Some(tell);
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
    pub fn stream(mut self, from: &mut dyn Read, watch: Watch<'_>) -> Input {
        let mut head = Vec::with_capacity(Kind::LOOK);
        if let Err(error) = from.take(Kind::LOOK as u64).read_to_end(&mut head) {
            self.input.problem(0, error.to_string(), true);
            return self.finish();
        }
        // What it is without its packing replaces this, if the packing can be taken off at all.
        self.input.kind = Kind::of(&head);
        let taken = Cell::new(0);
        let mut all = io::Cursor::new(head).chain(from);
        match Unpack::new(Counted { from: &mut all, taken: &taken }) {
            Ok(mut unpacked) => {
                self.input.kind = unpacked.kind();
                self.input.packed = unpacked.layers().to_vec();
                if self.input.kind.is_log() {
                    self.log(&mut unpacked, &taken, watch);
                } else if self.input.kind == Kind::Evtx {
                    self.evtx(&mut unpacked, &taken, watch);
                } else if self.input.kind.is_settings() {
                    self.registry(&mut unpacked, &taken, watch);
                } else if self.input.kind == Kind::JUNK {
                    self.junk(&mut unpacked, &taken, watch);
                } else if self.wanted() {
                    self.windows(&mut unpacked, &taken, watch);
                }
                self.broken(unpacked.broken());
            }
            Err(error) => {
                let kind = self.input.kind.looks_like();
                self.input.problem(0, format!("{kind} that cannot be unpacked: {error}"), true);
            }
        }
        self.finish()
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
    fn windows(&mut self, from: &mut dyn Read, taken: &Cell<u64>, watch: Watch<'_>) {
        let mut window = Window::new();
        loop {
            let over = self.fill(&mut window, from) == More::Over;
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
                self.input.problem(self.input.size, error.to_string(), true);
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
                Next::Packet(packet) => {
                    self.packet(&packet);
                    if self.options.first && self.input.counts.failed > 0 && self.filter.is_empty()
                    {
                        self.input.stopped = true;
                        return ControlFlow::Break(());
                    }
                    if self.input.packets.is_multiple_of(WATCH_EVERY) {
                        let bytes = taken.unwrap_or(packet.offset);
                        let (packets, failing) = (self.input.packets, self.input.counts.failed);
                        if watch(Progress { bytes, packets, failing }).is_break() {
                            self.input.stopped = true;
                            return ControlFlow::Break(());
                        }
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

    /// Takes the sessions that have ended, and the cases that could not wait.
    fn collect(&mut self) {
        while let Some(session) = self.tracer.ended() {
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
        self.judged();
    }

    fn judged(&mut self) {
        while let Some(judged) = self.docket.judged() {
            self.testify(&judged);
            let (failure, session) = Failure::of(judged);
            let late = self.options.first
                && (failure.severity == Severity::Warning || self.input.groups.tally().failed > 0);
            if late || !self.filter.passes(&failure) {
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

    fn finish(mut self) -> Input {
        if self.input.kind.is_settings() {
            return self.input;
        }
        if self.input.kind.is_written() {
            self.testified();
            return self.input;
        }
        if self.input.kind.is_capture() && self.input.packets == 0 && !self.input.is_damaged() {
            let size = self.input.size;
            self.input.problem(size, "the capture ends here, without a single packet".into(), true);
        }
        self.tracer.finish();
        self.collect();
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
            filtered: self.input.counts.filtered,
            ..tally
        };
        self.input.alerts.sort_by_key(|sent| sent.frame);
        self.input.failures.sort_by_key(|failure| failure.first_frame);
        self.testified();
        self.input
    }
}

impl Counts {
    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            conversations: self.conversations + other.conversations,
            good: self.good + other.good,
            failed: self.failed + other.failed,
            warned: self.warned + other.warned,
            one_sided: self.one_sided + other.one_sided,
            truncated: self.truncated + other.truncated,
            not_tls: self.not_tls + other.not_tls,
            judged_early: self.judged_early + other.judged_early,
            filtered: self.filtered + other.filtered,
        }
    }
}

impl Input {
    /// The name of standard input, which a command calls `-`.
    pub const STDIN: &str = "stdin";

    pub(crate) fn new(name: String) -> Self {
        Self {
            name,
            kind: Kind::Empty,
            packed: Vec::new(),
            size: 0,
            packets: 0,
            first: None,
            last: None,
            counts: Counts::default(),
            keys: Keys::default(),
            problems: Vec::new(),
            more_problems: 0,
            stopped: false,
            tally: Tally::default(),
            left_out: LeftOut::default(),
            alerts: Vec::new(),
            more_alerts: 0,
            failures: Vec::new(),
            more_failures: 0,
            log: Log::default(),
            events: EventLog::default(),
            registry: None,
            sightings: Vec::new(),
            testimony: None,
            groups: Groups::default(),
            log_groups: LogGroups::default(),
        }
    }

    /// An input that could not even be opened: `what` says why.
    #[must_use]
    pub fn unreadable(name: impl Into<String>, what: impl Into<String>) -> Self {
        let mut input = Self::new(name.into());
        input.problem(0, what.into(), true);
        input
    }

    /// Whether something of the input could not be read.
    #[must_use]
    pub fn is_damaged(&self) -> bool {
        !self.problems.is_empty()
    }

    /// What could not be read, one sentence each, with the name of the input and the place.
    pub fn complaints(&self) -> impl Iterator<Item = String> + '_ {
        let more = (self.more_problems > 0)
            .then(|| format!("{}: {} more places like these", self.name, self.more_problems));
        let say = |problem: &Problem| match (self.packets, problem.offset) {
            (0, 0) => format!("{}: {}", self.name, problem.what),
            (_, offset) => format!("{}: byte {offset}: {}", self.name, problem.what),
        };
        self.problems.iter().map(say).chain(more)
    }

    #[inline]
    pub(crate) fn saw(&mut self, time: Time) {
        self.first = Some(self.first.map_or(time, |first| first.min(time)));
        self.last = Some(self.last.map_or(time, |last| last.max(time)));
    }

    pub(crate) fn problem(&mut self, offset: u64, what: String, fatal: bool) {
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(Problem { offset, what, fatal });
        } else {
            self.more_problems += 1;
        }
    }

    fn alerts_of(&mut self, session: &Session) {
        for seen in session.alerts() {
            if self.alerts.len() >= MAX_ALERTS {
                self.more_alerts += 1;
                continue;
            }
            let (side, message) = seen.what;
            let (from, to) = match side {
                Side::Client => (session.client, session.server),
                Side::Server => (session.server, session.client),
            };
            let opened = session.events.get(seen.event).is_some_and(|event| event.opened);
            let (frame, time) = (seen.frame, seen.time);
            self.alerts.push(Sent { frame, time, message, from, to, opened });
        }
    }

    fn keep(&mut self, failure: &Failure) {
        if self.failures.len() < MAX_FAILURES {
            self.failures.push(failure.clone());
        } else {
            self.more_failures += 1;
        }
    }

    pub(crate) fn keep_sighted(&mut self, found: &Sighted) {
        if self.sightings.len() < MAX_FAILURES {
            self.sightings.push(found.clone());
        } else {
            self.more_failures += 1;
        }
    }
}
