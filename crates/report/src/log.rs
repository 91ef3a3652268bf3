//! A log: lines in, failures out, grouped by cause and by who refused.

mod group;
mod lines;
mod recorded;

use std::cell::Cell;
use std::io::{self, Read};

use alert::{Alert, Side};
use diagnosis::join::{Testimony, Witness};
use diagnosis::{Confidence, Finding, sighted};
use logs::{More, Sighting, Stack, Stamp, Voice, is_timed, stamp};
use windows::{Evtx, Exports, Form};
use wire::Time;

use crate::Kind;
use crate::early::News;
use crate::events::record_problem;
use crate::failure::UNKNOWN;
use crate::input::Input;
use crate::intake::{Intake, Progress, Watch};
use crate::number::plural;
use crate::window::Window;
pub use group::LogGroup;
pub(crate) use group::LogGroups;
use lines::Lines;
pub use recorded::Recorded;
pub(crate) use recorded::named;

/// One failure of which a log tells, with what explains it.
#[derive(Clone, Debug)]
pub struct Sighted {
    /// What the lines say.
    pub sighting: Sighting,
    /// What explains it, best first.
    pub findings: Vec<Finding>,
}

/// What a log held beside its failures.
#[derive(Clone, Debug, Default)]
pub struct Log {
    /// Lines that were read.
    pub lines: u64,
    /// Lines that tell of an ordinary end: a close_notify, a connection that somebody called off.
    pub closes: u64,
    /// Who wrote about failures, and how often, in the order in which they were met.
    pub writers: Vec<(&'static Stack, u64)>,
}

/// Stacks that are told apart in one log: more do not write into one file.
const MAX_WRITERS: usize = 64;

/// Lines in which the times of a log's beginning and end are looked for.
const TIMED_LINES: usize = 20;

/// The stack of remedies whose words are those of SChannel.
const WINDOWS: &str = "windows";

impl Sighted {
    fn new(sighting: Sighting) -> Self {
        let findings = sighted(&sighting);
        Self { sighting, findings }
    }

    /// A reason by itself, without the line around it.
    #[must_use]
    pub fn of_reason(words: &str) -> Option<Self> {
        Sighting::of_reason(words).map(Self::new)
    }

    /// The best explanation.
    #[must_use]
    pub fn best(&self) -> Option<&Finding> {
        self.findings.first()
    }

    /// The name of the best explanation; `unknown` where the line points at no cause.
    #[must_use]
    pub fn slug(&self) -> &'static str {
        self.best().map_or(UNKNOWN, |best| best.cause.slug)
    }

    /// How sure the best explanation is.
    #[must_use]
    pub fn confidence(&self) -> Option<Confidence> {
        self.best().map(|best| best.confidence)
    }

    /// The other end as the log names it: its address, else its name.
    #[must_use]
    pub fn peer(&self) -> Option<String> {
        let peer = self.sighting.peer.as_ref()?;
        peer.address.map(|address| address.to_string()).or_else(|| peer.name.clone())
    }

    /// When, if the log tells.
    #[must_use]
    pub fn time(&self) -> Option<Time> {
        self.sighting.time.map(time)
    }

    /// The role of the machine that wrote it: told, or what the best explanation takes it to be.
    #[must_use]
    pub fn role(&self) -> Option<Side> {
        let refuser = self.best().and_then(|best| best.refused_by);
        self.sighting.role.or_else(|| match self.sighting.voice {
            Voice::Heard => refuser.map(Side::other),
            Voice::Said | Voice::Refused => refuser,
            Voice::Unclear | Voice::Lost => None,
        })
    }

    /// Whether it is the text of an event alone, as people copy it out of the Event Viewer.
    #[must_use]
    pub fn is_event_text(&self) -> bool {
        let sighting = &self.sighting;
        let alone = sighting.event.is_none() && sighting.peer.is_none();
        let is_text = || sighting.alert.is_some() || windows::quoted(&sighting.words).is_some();
        alone && self.is_of_windows() && is_text()
    }

    /// Whether the words are those of Windows.
    pub(crate) fn is_of_windows(&self) -> bool {
        self.sighting.library.is_some_and(|library| library.remedy == WINDOWS)
    }

    /// Whether it is CAPI2's judgement of a certificate.
    pub(crate) fn is_judgement(&self) -> bool {
        let event = self.sighting.event.as_ref();
        event.is_some_and(|event| event.provider == windows::CAPI2)
    }

    /// Where it stands: the number of its record in an event log, else of its line.
    #[must_use]
    pub fn number(&self) -> u64 {
        let event = self.sighting.event.as_ref();
        let record = event.and_then(|event| event.records.first().copied());
        record.unwrap_or(self.sighting.line)
    }

    /// Whether it is an ordinary end that some stacks write about.
    fn is_close(&self) -> bool {
        let alert = self.sighting.alert;
        self.sighting.voice != Voice::Lost
            && alert
                .is_some_and(|alert| [Alert::CLOSE_NOTIFY, Alert::USER_CANCELED].contains(&alert))
    }
}

impl Log {
    fn wrote(&mut self, sighting: &Sighting) {
        for stack in [sighting.program, sighting.library].into_iter().flatten() {
            let known = self.writers.iter_mut().find(|(known, _)| known.slug == stack.slug);
            if let Some((_, count)) = known {
                *count += 1;
            } else if self.writers.len() < MAX_WRITERS {
                self.writers.push((stack, 1));
            }
        }
    }
}

impl Intake<'_> {
    /// Reads lines to the end, and tells what is found at each pause.
    pub(crate) fn log(&mut self, from: &mut dyn Read, taken: &Cell<u64>, watch: Watch<'_>) {
        let mut window = Window::new();
        let mut head = Vec::new();
        let mut lines = Lines::new(self.written);
        loop {
            let before = self.input.size;
            let more = self.fill(&mut window, from);
            let fresh = usize::try_from(self.input.size - before).unwrap_or(usize::MAX);
            let old = window.held().len().saturating_sub(fresh);
            let room = EDGE - head.len();
            head.extend(window.held().get(old..).unwrap_or_default().iter().take(room));
            if more == More::Over {
                self.saw_times(&head, window.held());
            }
            let done = lines.window(window.held(), more);
            self.written_down(&mut lines, more);
            window.discard(done);
            if self.is_enough(more, taken, watch) {
                break;
            }
        }
        self.written_down(&mut lines, More::Over);
        let (records, schannel) = lines.records();
        self.input.events.records = records;
        self.input.events.schannel = schannel.clone();
        self.refused_certificates();
        self.input.events.form = lines.exports.form().map_or("", Form::name);
        while let Some(problem) = lines.exports.problem() {
            self.input.problem(problem.offset, record_problem(problem.record, problem.what), false);
        }
        let reader = lines.reader;
        self.input.log.lines = reader.lines();
        if let (zeros @ 1.., Some(offset)) = reader.zeros() {
            let what = format!("{}, no text: what is around was read", plural(zeros, "zero byte"));
            self.input.problem(offset, what, false);
        }
        if let (lines @ 1.., Some(offset)) = reader.cut_lines() {
            let what = format!("{lines} lines so long that not all of them was read");
            let what = if lines == 1 { LONG_LINE.to_owned() } else { what };
            self.input.problem(offset, what, false);
        }
    }

    /// Whether nothing more is to be read of what is written down: it is over, somebody stops it, or
    /// the first failure was asked for.
    pub(crate) fn is_enough(&mut self, more: More, taken: &Cell<u64>, watch: Watch<'_>) -> bool {
        let (bytes, failing) = (taken.get(), self.input.counts.failed);
        let is_stopped = watch(Progress { bytes, packets: 0, failing }).is_break();
        let is_first = self.options.first && failing > 0;
        if more == More::Over {
            return true;
        }
        self.input.stopped |= is_stopped || is_first;
        self.input.stopped
    }

    /// Takes what a text tells so far, by its words and by records in it.
    fn written_down(&mut self, lines: &mut Lines, more: More) {
        while let Some(told) = lines.told() {
            self.told(told, more);
        }
        while let Some(sighting) = lines.sighting(more) {
            self.sighted(sighting, more);
        }
    }

    /// Reads bytes of a kind that is not known as lines, because a log may begin with junk.
    pub(crate) fn junk(&mut self, from: &mut dyn Read, taken: &Cell<u64>, watch: Watch<'_>) {
        let kind = self.input.kind;
        let mut head = Vec::new();
        let broken = from.take(CARVED).read_to_end(&mut head).is_err();
        let is_carved = !broken && Evtx::is_carved(&head);
        let mut from = io::Cursor::new(head).chain(from);
        if is_carved {
            self.input.kind = Kind::Evtx;
            return self.evtx(&mut from, taken, watch);
        }
        self.log(&mut from, taken, watch);
        if self.input.counts.failed + self.input.counts.filtered > 0 {
            self.input.kind = Kind::Text(AMONG_JUNK);
            let what = format!("begins with {}: it was read as lines", kind.looks_like());
            self.input.problem(0, what, false);
        } else {
            // Of what was read in vain nothing is said.
            let Input { name, packed, size, stopped, .. } =
                std::mem::replace(&mut self.input, Input::new(String::new()));
            self.input = Input { packed, kind, size, stopped, ..Input::new(name) };
            self.wanted();
        }
    }

    /// Takes the times of the first and the last lines of a text, as far as they are whole.
    fn saw_times(&mut self, head: &[u8], end: &[u8]) {
        let breaks = |byte: &u8| *byte == b'\n';
        let whole = self.input.size <= EDGE as u64;
        let last = head.iter().rposition(breaks).unwrap_or(0);
        let head = if whole { head } else { head.get(..last).unwrap_or_default() };
        let tail = end.get(end.len().saturating_sub(EDGE)..).unwrap_or_default();
        let first = tail.iter().position(breaks).map_or(tail.len(), |at| at + 1);
        let tail = if whole { &[] } else { tail.get(first..).unwrap_or_default() };
        for line in head.split(breaks).chain(tail.split(breaks)) {
            if let Some((stamp, _)) = stamp(line, self.written.map(|time| time.0)) {
                self.input.saw(time(stamp));
            }
        }
    }

    pub(crate) fn sighted(&mut self, sighting: Sighting, more: More) {
        let found = Sighted::new(sighting);
        self.testify_sighted(&found);
        if found.is_close() {
            self.input.log.closes += 1;
            return;
        }
        let late = self.options.first && self.input.counts.failed > 0;
        if late || !self.filter.passes_sighted(&found) {
            self.input.counts.filtered += 1;
            return;
        }
        self.input.counts.failed += 1;
        self.input.log.wrote(&found.sighting);
        if let Some(time) = found.time() {
            self.input.saw(time);
        }
        let live = self.pause.as_ref().is_some_and(|pause| pause.is_live());
        if let Some(tell) = self.tell.as_mut().filter(|_| live && more != More::Over) {
            tell(&News::Sighted(&found));
        } else if self.options.failures {
            self.input.keep_sighted(&found);
        }
        let group = self.input.log_groups.add(found);
        if let (Some(testimony), Some(group)) = (&mut self.input.testimony, group) {
            testimony.grouped(group);
        }
    }

    /// Keeps what other inputs may tell of as well, whether it is shown or not.
    fn testify_sighted(&mut self, found: &Sighted) {
        // The log of a machine may hold its own neighbours.
        let is_event = found.sighting.event.is_some();
        // A judgement is its own neighbour, and known to the others as that.
        if !(self.options.join || is_event) || found.is_judgement() || found.is_close() {
            return;
        }
        let witness = match found.sighting.event {
            Some(_) => Witness::EventLog,
            None => Witness::Log,
        };
        let testimony = self.input.testimony.get_or_insert_with(|| Testimony::new(witness));
        testimony.witness = testimony.witness.max(witness);
        testimony.sighted(&found.sighting, &found.findings);
    }
}

/// Whether the front of a text looks like a log: one of its first lines says when it was written, or
/// there is a record of an event log in it. Notes and programs in the same folder do not.
#[must_use]
pub fn looks_like_log(text: &[u8]) -> bool {
    let mut lines = text.split(|byte| *byte == b'\n').take(TIMED_LINES);
    let is_export = || {
        let mut exports = Exports::new();
        exports.window(text, More::Over);
        exports.is_export()
    };
    lines.any(is_timed) || is_export()
}

/// A stamp as the rest of the report has times.
fn time(stamp: Stamp) -> Time {
    Time(stamp.nanoseconds)
}

/// Bytes at the front of what is of no kind in which a chunk of an event log is looked for.
const CARVED: u64 = 256 << 10;

/// Bytes at the beginning and at the end of a log in which its times are looked for.
const EDGE: usize = 4 << 10;

/// What bytes are called in which a log stands.
const AMONG_JUNK: &str = "text among other bytes";

/// What is said of a line that does not end.
const LONG_LINE: &str = "a line so long that not all of it was read";
