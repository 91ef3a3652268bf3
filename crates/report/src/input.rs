//! What one input held, when it has been read.

use diagnosis::join::Testimony;
use trace::{Endpoint, LeftOut, Session, Side, Tally};
use windows::Registry;
use wire::Time;

use crate::Kind;
use crate::events::EventLog;
use crate::failure::Failure;
use crate::group::Groups;
use crate::keys::Keys;
use crate::log::{Log, LogGroups, Sighted};
use crate::parts::Part;

/// What one input held.
#[derive(Debug)]
pub struct Input {
    /// The name it was given by.
    pub name: String,
    /// The files that it was written into, in their order, where these are several.
    pub parts: Vec<Part>,
    /// What it is, inside of all packing; of several files, what the first one is.
    pub kind: Kind,
    /// The packing around it, the outermost first; of several files, around the first one.
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
    /// Those among the failed that the client made up for at once.
    pub recovered: u64,
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
    /// Completed handshakes with which no failure was compared, for lack of room.
    pub not_compared: u64,
    /// Cases that a filter keeps out of everything else here.
    pub filtered: u64,
}

/// Something that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// In which file, a position in [`Input::parts`], where there are several.
    pub part: Option<usize>,
    /// Where: a byte offset in the unpacked input, or in this file of it.
    pub offset: u64,
    /// What is wrong there.
    pub what: String,
    /// Whether nothing behind it could be read; of several files, nothing in the same one.
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

/// Problems that are kept. A file damaged more often is told by its first ones and the number.
const MAX_PROBLEMS: usize = 100;
/// Alerts that are kept when they are asked for, some 80 bytes each.
const MAX_ALERTS: usize = 1 << 20;
/// Failures that are kept when they are asked for.
const MAX_FAILURES: usize = 200_000;

impl Counts {
    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            conversations: self.conversations + other.conversations,
            good: self.good + other.good,
            failed: self.failed + other.failed,
            recovered: self.recovered + other.recovered,
            warned: self.warned + other.warned,
            one_sided: self.one_sided + other.one_sided,
            truncated: self.truncated + other.truncated,
            not_tls: self.not_tls + other.not_tls,
            judged_early: self.judged_early + other.judged_early,
            not_compared: self.not_compared + other.not_compared,
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
            parts: Vec::new(),
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

    /// What could not be read, one sentence each, with the name of the file and the place.
    pub fn complaints(&self) -> impl Iterator<Item = String> + '_ {
        let more = (self.more_problems > 0)
            .then(|| format!("{}: {} more places like these", self.name, self.more_problems));
        let say = |problem: &Problem| {
            let part = problem.part.and_then(|part| self.parts.get(part));
            let name = part.map_or(&self.name, |part| &part.name);
            match problem.offset {
                0 if part.is_some() || self.packets == 0 => format!("{name}: {}", problem.what),
                offset => format!("{name}: byte {offset}: {}", problem.what),
            }
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
            let part = self.parts.len().checked_sub(1);
            self.problems.push(Problem { part, offset, what, fatal });
        } else {
            self.more_problems += 1;
        }
    }

    pub(crate) fn alerts_of(&mut self, session: &Session) {
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

    pub(crate) fn keep(&mut self, failure: &Failure) {
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
