//! A text, window by window, becomes sightings.
//!
//! A few literals refuse nearly every line without its ends being looked for. A line that holds one
//! is taken out of what it is wrapped in, compared with the forms of all stacks, and put together
//! with the lines that belong to it.

use std::borrow::Cow;

use crate::Sighting;
use crate::anchors::Anchors;
use crate::beside::Beside;
use crate::container::{Container, Entry};
use crate::event::Events;
use crate::line::{Clock, Line, goes_on, is_access, is_chained, part};
use crate::matcher::{Matcher, Reading};
use crate::open::{Open, Part};
use crate::stamp::stamp;

/// Reads the lines of one text.
#[derive(Debug)]
pub struct Reader {
    anchors: Anchors,
    forms: &'static Matcher,
    beside: Beside,
    container: Container,
    /// What the lines are, where they are records.
    events: Option<Events>,
    open: Open,
    written: Option<i64>,
    /// The number of the line that begins at `at`, from 0.
    line: u64,
    /// Where the last line ended that told of a failure.
    seen: u64,
    /// Where the window begins in the text.
    offset: u64,
    /// What of the window has been read.
    at: usize,
    /// The rest of a line that is too long is stepped over.
    skipping: bool,
    /// Where the line begins that `at` is inside of, because it is too long.
    inside: Option<u64>,
    clock: Clock,
    cut_lines: u64,
    first_cut: Option<u64>,
    zeros: u64,
    first_zero: Option<u64>,
}

/// What follows a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum More {
    /// More of the text.
    Coming,
    /// Nothing for now: what is there is told, as far as its lines are whole.
    Quiet,
    /// Nothing at all.
    Over,
}

/// The longest line that is read as a whole. Of a longer one its beginning is read.
const MAX_LINE: usize = 256 << 10;

/// Bytes behind a line that may belong to it, as in the dumps of Java.
const AHEAD: usize = 4 << 10;

/// Lines behind a wrapped line that may belong to it.
const LINES_AHEAD: usize = 32;

/// Bytes in front of a line in which lines are looked for that tell more about it.
const BEHIND: usize = 8 << 10;

/// Zeros in front of a line that are not its own: the hole that a file has when its writer goes on
/// where it was after the file was emptied. Fewer may be a length in a journal's export.
const HOLE: usize = 16;

/// Bytes at the end of a piece of a line in which an anchor may have begun.
const OVERLAP: usize = 64;

impl Reader {
    /// Prepares the reading of a text.
    #[must_use]
    pub fn new() -> Self {
        Self {
            anchors: Anchors::new(),
            forms: Matcher::forms(),
            beside: Beside::default(),
            container: Container::default(),
            events: None,
            open: Open::default(),
            written: None,
            line: 0,
            seen: 0,
            offset: 0,
            at: 0,
            skipping: false,
            inside: None,
            clock: Clock::default(),
            cut_lines: 0,
            first_cut: None,
            zeros: 0,
            first_zero: None,
        }
    }

    /// The same, for a text that was last written at this moment, in nanoseconds since 1970. Times
    /// that have no year are of the last year before it.
    #[must_use]
    pub fn written(mut self, nanoseconds: i64) -> Self {
        self.written = Some(nanoseconds);
        self
    }

    /// Lines that were read: at the end of a text also the last one, if nothing ends it.
    #[must_use]
    pub fn lines(&self) -> u64 {
        self.line
    }

    /// Lines with a failure that were too long to be read as a whole: how many, and where the first
    /// of them begins.
    #[must_use]
    pub fn cut_lines(&self) -> (u64, Option<u64>) {
        (self.cut_lines, self.first_cut)
    }

    /// Bytes that are zero, and so of no text: how many, and where the first of them is. A journal's
    /// export has them in its lengths, and they are not counted there.
    #[must_use]
    pub fn zeros(&self) -> (u64, Option<u64>) {
        (self.zeros, self.first_zero)
    }

    /// Reads what a window holds, and says how many bytes at its front are no longer needed. The
    /// next window begins behind them.
    pub fn window(&mut self, text: &[u8], more: More) -> usize {
        if self.offset == 0 {
            self.container = Container::of(text);
            self.events = Events::of(text);
        }
        while let Some(rest) = text.get(self.at..).filter(|rest| !rest.is_empty()) {
            if self.skipping {
                self.inside = None;
                let end = memchr::memchr(b'\n', rest);
                self.skipping = end.is_none();
                self.pass_to(text, end.map_or(text.len(), |at| self.at + at + 1));
                continue;
            }
            // Records have no words that could be looked for.
            let hit = match &self.events {
                Some(events) => events.next(text, self.at),
                None => self.anchors.find(text, self.at),
            };
            let Some(hit) = hit else {
                self.pass(rest, more);
                break;
            };
            let passed = text.get(self.at..hit).unwrap_or_default();
            let start = memchr::memrchr(b'\n', passed);
            let inside = self.inside.filter(|_| start.is_none());
            let start = self.at + start.map_or(0, |at| at + 1);
            let start = start + hole(text.get(start..hit).unwrap_or_default());
            let end = memchr::memchr(b'\n', text.get(start..).unwrap_or_default());
            let end = match end {
                Some(length) => start + length,
                None if more == More::Over || text.len() - start >= MAX_LINE => text.len(),
                None => {
                    self.inside = inside;
                    self.pass_to(text, start);
                    break;
                }
            };
            if more == More::Coming && text.len() - end < AHEAD && end - start < MAX_LINE {
                self.inside = inside;
                self.pass_to(text, start);
                break;
            }
            self.pass_to(text, start);
            if end - start >= MAX_LINE || inside.is_some() {
                self.cut_lines += 1;
                let begins = inside.unwrap_or(self.offset + start as u64);
                self.first_cut = self.first_cut.or(Some(begins));
                self.skipping = end == text.len();
            }
            self.inside = None;
            self.read(text, start, end);
            self.pass_to(text, (end + 1).min(text.len()));
        }
        if more == More::Over {
            self.line += u64::from(text.last().is_some_and(|last| *last != b'\n'));
        }
        let done = self.at.saturating_sub(BEHIND);
        self.at -= done;
        self.offset += done as u64;
        done
    }

    /// The next failure about which nothing more can follow; at a pause or an end, whatever is
    /// left.
    pub fn sighting(&mut self, more: More) -> Option<Sighting> {
        match more {
            More::Coming => self.open.complete(self.line),
            More::Quiet | More::Over => self.open.next(),
        }
    }

    /// Steps over text without an anchor, up to the line that is not complete.
    fn pass(&mut self, rest: &[u8], more: More) {
        let whole = match memchr::memrchr(b'\n', rest) {
            _ if more == More::Over => rest.len(),
            Some(at) => at + 1,
            None if rest.len() >= MAX_LINE => rest.len() - OVERLAP,
            None => 0,
        };
        let last = whole.checked_sub(1).and_then(|last| rest.get(last));
        if let Some(last) = last {
            let begun = self.inside.unwrap_or(self.offset + self.at as u64);
            self.inside = Some(begun).filter(|_| !b"\n\0".contains(last));
        }
        self.count(rest.get(..whole).unwrap_or_default());
        self.at += whole;
    }

    fn pass_to(&mut self, text: &[u8], to: usize) {
        self.count(text.get(self.at..to).unwrap_or_default());
        self.at = to;
    }

    fn count(&mut self, passed: &[u8]) {
        self.line += memchr::memchr_iter(b'\n', passed).count() as u64;
        if let Some(first) = memchr::memchr(0, passed).filter(|_| !self.container.has_lengths()) {
            self.first_zero = self.first_zero.or(Some(self.offset + (self.at + first) as u64));
            self.zeros += memchr::memchr_iter(0, passed).count() as u64;
        }
    }

    /// Reads one line that holds an anchor.
    fn read(&mut self, text: &[u8], start: usize, end: usize) {
        let upto = |end: usize| text.get(start..end.min(text.len())).unwrap_or_default();
        let line = Line {
            number: self.line + 1,
            offset: self.offset + start as u64,
            bytes: upto(end.min(start + MAX_LINE)).trim_ascii_end(),
            block: upto(end + AHEAD),
            before: text.get(start.saturating_sub(BEHIND)..start).unwrap_or_default(),
        };
        if let Some(events) = &mut self.events {
            if let Some(part) = events.part(line.bytes, line.number, line.offset) {
                self.open.add(part);
            }
            return;
        }
        let behind_line =
            text.get(end..end.saturating_add(AHEAD).min(text.len())).unwrap_or_default();
        let behind_line = behind_line.strip_prefix(b"\n").unwrap_or(behind_line);
        let entry = self.container.entry_among(line.before, line.bytes, behind_line, self.written);
        let block = self.block(&line, &entry, behind_line);
        let Some(reading) = self.forms.read(&entry.message, &block) else { return };
        // What a visitor sends stands in an access log as well, and may be any words.
        if reading.frame.is_none() && is_access(&entry.message) {
            return;
        }
        let Some(mut part) = part(&line, &entry, &reading, self.written) else {
            // A frame of a stack trace is no failure, and may tell which side the program was.
            if goes_on(&entry.message) {
                let role = reading.words.and_then(|found| found.meaning.role);
                self.open.tell_role(line.number, role);
            }
            return;
        };
        let seen = usize::try_from(self.seen.saturating_sub(self.offset)).unwrap_or(usize::MAX);
        let between = text.get(seen..start).filter(|between| between.len() <= BEHIND);
        part.goes_on |= between.is_some_and(is_chained);
        self.seen = self.offset + end as u64;
        self.look_back(&line, &mut part, &reading);
        self.open.add(part);
    }

    /// A message and what follows it. Where something is around the message, it is around the lines
    /// behind as well, and only those that go on with the message are worth to be unwrapped.
    fn block<'a>(&self, line: &Line<'a>, entry: &'a Entry<'_>, behind: &[u8]) -> Cow<'a, [u8]> {
        if entry.message.len() == line.bytes.len() {
            return Cow::Borrowed(line.block);
        }
        let mut block = Cow::Borrowed(&entry.message[..]);
        for next in behind.split(|byte| *byte == b'\n').take(LINES_AHEAD) {
            let next = self.container.entry(next.trim_ascii_end(), self.written);
            if next.message.is_empty() || !goes_on(&next.message) {
                break;
            }
            block.to_mut().push(b'\n');
            block.to_mut().extend_from_slice(&next.message);
        }
        block
    }

    /// Takes what the lines in front of one tell: when it was, and who was there.
    fn look_back(&mut self, line: &Line<'_>, part: &mut Part, reading: &Reading<'_>) {
        if part.sighting.time.is_none() {
            part.sighting.time = self.clock.before(line, self.written);
        }
        self.beside.tell(line, part, reading, (&self.container, self.written));
    }
}

/// How many zeros stand in front of a line where a file has a hole.
fn hole(text: &[u8]) -> usize {
    let zeros = text.iter().take_while(|byte| **byte == 0).count();
    if zeros < HOLE { 0 } else { zeros }
}

impl Default for Reader {
    fn default() -> Self {
        Self::new()
    }
}

/// Whether a line says when it was written, by itself or by what is around its message.
#[must_use]
pub fn is_timed(line: &[u8]) -> bool {
    // Which year a time without one is of does not matter here.
    let written = Some(SOME_YEAR);
    let entry = Container::default().entry(line, written);
    entry.time.is_some() || stamp(&entry.message, written).is_some()
}

/// A moment late enough for every log, in nanoseconds since 1970.
const SOME_YEAR: i64 = 4_000_000_000_000_000_000;
