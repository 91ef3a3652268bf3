//! Text becomes records: what people have instead of an .evtx.
//!
//! An event leaves its log as XML, JSON, CSV, text or syslog, in the language of the machine, wrapped
//! by a shipper, or pasted into a forum. Whatever the form, the provider's name stands in it: that
//! is looked for at memory speed, and only around it is anything read. What is around it says by
//! its signs which form it is, never the name of the file, and never a label of some language.

mod around;
mod draft;
mod json;
mod lines;
mod listing;
mod names;
mod pairs;
mod quoted;
mod rendered;
mod table;
mod time;
mod waiting;
mod xml;

use std::cell::Cell;
use std::collections::VecDeque;
use std::ops::Range;

use logs::More;

use self::around::{Around, Found, Read};
use self::listing::{Row, Table};
use self::names::Names;
use self::waiting::Waiting;
use crate::{Place, Problem, Record};

pub use self::quoted::quoted;

/// Reads the records of Windows event logs in a text, window by window.
///
/// It is a reader beside [`logs::Reader`], which knows the words of English texts of SChannel: a
/// line that both read is told twice unless the one drops what the other has. A record covers the
/// lines [`Exports::lines`] (from the one on which it begins, `place.line`, to the one on which it
/// ends, both counted from 1 as `logs::Reader` counts them): a sighting of words whose line is among
/// them is the same failure.
#[derive(Debug)]
pub struct Exports {
    names: Names,
    written: Option<i64>,
    /// The first byte of the text that is no blank.
    first: Option<u8>,
    /// The first lines of the text.
    head: Vec<u8>,
    /// Where the window begins in the text.
    offset: u64,
    /// What of the window has been read.
    at: usize,
    /// Line ends in front of `counted`.
    line: u64,
    /// Up to where line ends have been counted, in bytes of the text.
    counted: u64,
    /// Where the last record ended, in bytes of the text.
    floor: u64,
    /// The table of one provider that goes on at `at`.
    table: Option<Table>,
    /// How long the text has to be before a record whose end is far away is looked at again.
    wait: u64,
    /// Bytes that were looked at around names.
    looked: u64,
    /// Names were passed over because those in front of them took too many looks.
    crowded: bool,
    waiting: Waiting,
    lines: Range<u64>,
    /// The lines of the records that were found last, in the order of the text.
    covered: VecDeque<Range<u64>>,
    problems: VecDeque<Problem>,
    problems_left: usize,
    form: Option<Form>,
}

/// The form in which a text has records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `Event` elements: Event Viewer's XML, `wevtutil`, and what is pasted of it.
    Xml,
    /// Objects of JSON: PowerShell's, shippers', other readers'.
    Json,
    /// Rows of CSV: Event Viewer's, PowerShell's, EvtxECmd's.
    Csv,
    /// Rows with tabs: Event Viewer's, Snare's.
    Tabs,
    /// Lines of a label and a value: `wevtutil`'s and PowerShell's lists, and what Event Viewer copies.
    Lines,
    /// Names and values in a line of syslog: NXLog's.
    Pairs,
}

/// Bytes in front of a provider's name in which its record begins.
const BEHIND: usize = 16 << 10;
/// The same in a text that is JSON, or a table with quotation marks: bytes of certificates and long
/// texts stand in front of the name there.
const BEHIND_VALUES: usize = 128 << 10;
/// Bytes behind a provider's name by which forms are told apart.
const CLOSE: usize = 8;
/// A record that is longer than this and has no end yet is looked at again when half as much more
/// is there, and not with each byte.
const PATIENCE: usize = 64 << 10;
/// How many bytes may be looked at around names for each byte of the text, and at its beginning.
/// Records that can be read need two; names without records in bad company would need thousands.
const LOOKS: u64 = 6;
/// See [`LOOKS`].
const FIRST_LOOKS: u64 = 4 << 20;
/// Records whose lines are remembered: those of some windows.
const MAX_COVERED: usize = 1 << 14;
/// Lines at the front of a text that are kept, and their bytes.
const HEAD_LINES: usize = 2;
/// See [`HEAD_LINES`].
const MAX_HEAD: usize = 4 << 10;
/// Problems that are told of one text.
const MAX_PROBLEMS: usize = 16;

impl Default for Exports {
    fn default() -> Self {
        Self::new()
    }
}

impl Exports {
    /// Prepares the reading of a text.
    #[must_use]
    pub fn new() -> Self {
        Self {
            names: Names::new(),
            written: None,
            first: None,
            head: Vec::new(),
            offset: 0,
            at: 0,
            line: 0,
            counted: 0,
            floor: 0,
            table: None,
            wait: 0,
            looked: 0,
            crowded: false,
            waiting: Waiting::default(),
            lines: 0..0,
            covered: VecDeque::new(),
            problems: VecDeque::new(),
            problems_left: MAX_PROBLEMS,
            form: None,
        }
    }

    /// The same, for a text that was last written at this moment, in nanoseconds since 1970: dates
    /// that may be two are never after it.
    #[must_use]
    pub fn written(mut self, nanoseconds: i64) -> Self {
        self.written = Some(nanoseconds);
        self
    }

    /// Reads what a window holds, and says how many bytes at its front are no longer needed. The
    /// next window begins behind them. The text is UTF-8; other bytes are read as what cannot be
    /// said.
    pub fn window(&mut self, text: &[u8], more: More) -> usize {
        let over = more == More::Over;
        if self.first.is_none() {
            let head = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
            self.first = head.iter().find(|byte| !byte.is_ascii_whitespace()).copied();
        }
        self.take_head(text);
        while over || self.offset + text.len() as u64 >= self.wait {
            if !self.rows(text, over) {
                break;
            }
            let Some(name) = self.names.find(text, self.at) else {
                let kept = if over { 0 } else { names::LONGEST };
                self.pass(text, text.len().saturating_sub(kept).max(self.at));
                break;
            };
            self.pass(text, name.start);
            // What a form is known by stands right behind the name, or the line ends there.
            let behind = text.get(name.end..).unwrap_or_default();
            if !over && behind.len() < CLOSE && !behind.contains(&b'\n') {
                break;
            }
            if self.looked > FIRST_LOOKS + LOOKS * (self.offset + name.end as u64) {
                self.pass(text, name.end);
                if !self.crowded {
                    self.crowded = true;
                    self.tell(self.offset + name.start as u64, None, CROWDED);
                }
                continue;
            }
            let floor = usize::try_from(self.floor.saturating_sub(self.offset)).unwrap_or_default();
            let around = Around {
                text,
                head: &self.head,
                name,
                left: floor.max(name.start.saturating_sub(self.behind())),
                over,
                written: self.written,
                looked: Cell::new(0),
            };
            match around.read() {
                Read::Table(table, start) => {
                    self.pass(text, start);
                    self.floor = self.offset + start as u64;
                    self.table = Some(table);
                }
                Read::More => {
                    let length = text.len() - name.start;
                    let half = if length > PATIENCE { length / 2 } else { 0 };
                    self.wait = self.offset + (text.len() + half) as u64;
                    break;
                }
                Read::Nothing => {
                    self.looked += around.looked.get();
                    self.pass(text, name.end);
                }
                Read::Found(found) => {
                    self.looked += around.looked.get();
                    self.found(text, *found);
                }
            }
        }
        if over {
            self.waiting.over();
        }
        let done = self.at.saturating_sub(self.behind());
        self.at -= done;
        self.offset += done as u64;
        done
    }

    /// The next record. A record whose date may be two waits for what others of the text tell of
    /// the order of day and month, and those behind it wait with it.
    pub fn record(&mut self) -> Option<Record> {
        let (record, lines) = self.waiting.next()?;
        self.lines = lines;
        Some(record)
    }

    /// The lines that the record covers that was given last, counted from 1.
    #[must_use]
    pub fn lines(&self) -> Range<u64> {
        self.lines.clone()
    }

    /// Up to where it is decided what is a record, in bytes of the text: the provider's name may
    /// stand far behind the beginning of its record.
    #[must_use]
    pub fn read_to(&self) -> u64 {
        let at = self.offset + self.at as u64;
        at.saturating_sub(self.behind() as u64).max(self.floor)
    }

    /// Whether one of the records that were found last covers a line, told or still waiting.
    #[must_use]
    pub fn covers(&self, line: u64) -> bool {
        let behind = self.covered.partition_point(|lines| lines.start <= line);
        let last = behind.checked_sub(1).and_then(|at| self.covered.get(at));
        last.is_some_and(|lines| lines.contains(&line))
    }

    /// The next thing that could not be read. Only the first few of a text are told.
    pub fn problem(&mut self) -> Option<Problem> {
        self.problems.pop_front()
    }

    /// The form of the records so far: of the first of them.
    #[must_use]
    pub fn form(&self) -> Option<Form> {
        self.form
    }

    /// Whether the text has shown a record.
    #[must_use]
    pub fn is_export(&self) -> bool {
        self.form.is_some()
    }

    fn behind(&self) -> usize {
        match self.first {
            Some(b'{' | b'[' | b'"' | b'#') => BEHIND_VALUES,
            _ => BEHIND,
        }
    }

    /// Reads the rows of a table of one provider; whether all that are there have been read.
    fn rows(&mut self, text: &[u8], over: bool) -> bool {
        while let Some(table) = &self.table {
            let rest = text.get(self.at..).unwrap_or_default();
            match table.row(rest, over, self.written) {
                Row::More => return false,
                Row::Over => self.table = None,
                Row::Read(drawn, length) => {
                    let range = self.at..self.at + length;
                    let drawn = drawn.map(|drawn| *drawn);
                    self.pass(text, self.at);
                    self.found(text, Found { drawn, range, form: Form::Lines, trouble: None });
                }
            }
        }
        true
    }

    /// Keeps the first lines: a table has the names of its columns there.
    fn take_head(&mut self, text: &[u8]) {
        let held = self.head.len() as u64;
        let from = held.checked_sub(self.offset).and_then(|from| usize::try_from(from).ok());
        let lines = memchr::memchr_iter(b'\n', &self.head).count();
        let Some(more) = from.and_then(|from| text.get(from..)).filter(|_| lines < HEAD_LINES)
        else {
            return;
        };
        let room = more.len().min(MAX_HEAD.saturating_sub(self.head.len()));
        let more = more.get(..room).unwrap_or_default();
        let end = memchr::memchr_iter(b'\n', more).nth(HEAD_LINES - 1 - lines);
        self.head
            .extend_from_slice(more.get(..end.map_or(room, |end| end + 1)).unwrap_or_default());
    }

    fn pass(&mut self, text: &[u8], to: usize) {
        let from = usize::try_from(self.counted.saturating_sub(self.offset)).unwrap_or_default();
        let passed = text.get(from..to).unwrap_or_default();
        self.line += memchr::memchr_iter(b'\n', passed).count() as u64;
        self.counted = self.counted.max(self.offset + to as u64);
        self.at = self.at.max(to);
    }

    /// The number of the line on which a byte stands, from 1. All in front of `at` is counted.
    fn line_at(&self, text: &[u8], at: usize) -> u64 {
        let counted = usize::try_from(self.counted.saturating_sub(self.offset)).unwrap_or_default();
        let lines = |bytes: Option<&[u8]>| {
            memchr::memchr_iter(b'\n', bytes.unwrap_or_default()).count() as u64
        };
        1 + self.line + lines(text.get(counted..at)) - lines(text.get(at..counted))
    }

    fn found(&mut self, text: &[u8], found: Found) {
        let Found { drawn, range, form, trouble } = found;
        let offset = self.offset + range.start as u64;
        let number = drawn.as_ref().and_then(|drawn| drawn.record.number);
        if let Some(trouble) = trouble.filter(|_| drawn.is_some() || form == Form::Xml) {
            self.tell(offset, number, trouble.words());
        }
        if let Some(mut drawn) = drawn {
            self.form = self.form.or(Some(form));
            let line = self.line_at(text, range.start);
            let last = self.line_at(text, range.end.saturating_sub(1).max(range.start));
            drawn.record.place = Place { offset, line };
            if self.covered.len() >= MAX_COVERED {
                self.covered.pop_front();
            }
            self.covered.push_back(line..last + 1);
            self.waiting.add(drawn, line..last + 1, range.len(), self.written);
        }
        self.floor = self.offset + range.end as u64;
        self.pass(text, range.end);
    }

    fn tell(&mut self, offset: u64, record: Option<u64>, what: &'static str) {
        if self.problems_left > 0 {
            self.problems_left -= 1;
            self.problems.push_back(Problem { offset, record, what: what.to_owned() });
        }
    }
}

impl Form {
    /// What it is called: `events as XML`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Xml => "events as XML",
            Self::Json => "events as JSON",
            Self::Csv => "events as CSV",
            Self::Tabs => "events in columns between tabs",
            Self::Lines => "events as text",
            Self::Pairs => "events in lines of syslog",
        }
    }
}

/// Said where names stand so close to one another, and none in a record, that not around all of
/// them was looked.
const CROWDED: &str = "so many names of providers without records that not all were looked at";

#[cfg(test)]
mod tests;
