//! The event log as Windows stores it: `.evtx`, chunk by chunk.
//!
//! A chunk of 64 KiB stands for itself: its templates and names are inside. So one chunk is in
//! memory at a time, a damaged one takes nothing with it, and chunks without a file around them are
//! read as well. In each chunk the heads of all records are looked at; what a record's template says
//! of provider and number is looked at once; and only the records that tell of TLS are read.

mod chunk;
mod draft;
mod effort;
mod glance;
mod reading;
mod stored;
mod tokens;
mod value;
pub(crate) mod wanted;

use std::collections::VecDeque;
use std::mem;

use logs::{More, Stamp};
use memchr::memmem;

use self::chunk::{CHUNK, HEAD, Head, LENGTH, Step, Stored, Walk};
use self::effort::Effort;
use self::glance::Glances;
use self::tokens::Fault;
use self::wanted::Provider;
use crate::{Place, Record};

/// Reads an event log, window by window.
///
/// A window begins where the last one was said to be needed from. Give [`Evtx::window`] what is
/// there, take every [`Evtx::record`] and [`Evtx::problem`], and begin again, until it needs more.
/// A window must be able to hold [`Evtx::WINDOW`] bytes.
#[derive(Debug)]
pub struct Evtx {
    /// Where the window begins in the file.
    offset: u64,
    /// Whether the head of the file is behind us.
    begun: bool,
    /// Whether the records of all providers are read.
    everything: bool,
    /// The chunk whose records are being told, and where it begins in the file.
    chunk: Vec<u8>,
    chunk_offset: u64,
    /// Its records that are still to be read.
    waiting: VecDeque<Stored>,
    effort: Effort,
    /// How many chunks there are, as the head of the file says.
    said: Option<u16>,
    /// The number of the last record.
    last: Option<u64>,
    /// Where bytes began that belong to no chunk, if they have not ended yet.
    strange: Option<u64>,
    counts: Counts,
    problems: VecDeque<Problem>,
    told: usize,
}

/// What was seen of an event log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Records, read or not.
    pub records: u64,
    /// Records that were read, because they may tell of TLS.
    pub read: u64,
    /// Chunks.
    pub chunks: u64,
    /// Chunks in which no record was one to read.
    pub passed_over: u64,
    /// The earliest time at which a record was written, in nanoseconds since 1970.
    pub first: Option<i64>,
    /// The latest.
    pub last: Option<i64>,
    /// Whether the log was open when it was copied: its head is then older than its records.
    pub dirty: bool,
    /// Problems beyond those that are told.
    pub more_problems: u64,
}

/// Something in an event log that could not be read, or is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where, in bytes from the front of the input.
    pub offset: u64,
    /// The number of the record that it is in, if it is in one.
    pub record: Option<u64>,
    /// What is wrong there.
    pub what: String,
}

/// What a file begins with.
const FILE: &[u8; 8] = b"ElfFile\0";
/// The length of the head of a file.
const FILE_HEAD: usize = 4096;
/// A file says that it was not closed.
const DIRTY: u32 = 1;
/// A file or a chunk says that it has no checksum.
const NO_CHECKSUM: u32 = 4;
/// Problems that are told. A file damaged more often is told by its first ones and the number.
const MAX_PROBLEMS: usize = 100;

impl Default for Evtx {
    fn default() -> Self {
        Self::new()
    }
}

impl Evtx {
    /// Bytes that a window must be able to hold: a chunk, and the head of a file in front of it.
    pub const WINDOW: usize = FILE_HEAD + LENGTH;

    /// Whether a file begins like an event log, or like a chunk of one that was found without it.
    #[must_use]
    pub fn is(head: &[u8]) -> bool {
        head.starts_with(FILE) || head.starts_with(CHUNK)
    }

    /// Whether there is a chunk among other bytes, as in what was carved out of a disk.
    #[must_use]
    pub fn is_carved(bytes: &[u8]) -> bool {
        memmem::find(bytes, CHUNK).is_some()
    }

    /// Prepares the reading of an event log.
    #[must_use]
    pub fn new() -> Self {
        Self {
            offset: 0,
            begun: false,
            everything: false,
            chunk: Vec::new(),
            chunk_offset: 0,
            waiting: VecDeque::new(),
            effort: Effort::for_chunk(),
            said: None,
            last: None,
            strange: None,
            counts: Counts::default(),
            problems: VecDeque::new(),
            told: 0,
        }
    }

    /// The same, for the records of all providers and not only of those that tell of TLS.
    #[must_use]
    pub fn everything(mut self) -> Self {
        self.everything = true;
        self
    }

    /// Reads what a window holds, up to the end of the first chunk in which there are records to
    /// tell, and says how many bytes at its front are no longer needed. None are where more is
    /// needed, where records wait to be taken, and at the end.
    pub fn window(&mut self, bytes: &[u8], more: More) -> usize {
        let mut at = 0;
        while self.waiting.is_empty() {
            let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) else { break };
            let needed = if self.begun { LENGTH } else { FILE_HEAD };
            if rest.len() < needed && more != More::Over {
                break;
            }
            let taken = if self.begun { self.piece(rest) } else { self.begin(rest) };
            self.offset += taken as u64;
            at += taken;
        }
        if more == More::Over && at == bytes.len() {
            self.end();
        }
        at
    }

    /// The next record that may tell of TLS.
    pub fn record(&mut self) -> Option<Record> {
        while let Some(stored) = self.waiting.pop_front() {
            let begin = Record {
                number: Some(stored.number),
                place: Place { offset: self.chunk_offset + stored.at as u64, line: 0 },
                time: value::since_1970(stored.ticks)
                    .map(|nanoseconds| Stamp { nanoseconds, zone: true }),
                ..Record::default()
            };
            let (record, fault) =
                reading::read(&self.chunk, stored.tokens(), begin, &mut self.effort);
            if let Some(fault) = fault {
                self.problem_in(self.chunk_offset, fault, Some(stored.number));
            }
            let known = Provider::called(&record.provider);
            if self.everything || known.is_some_and(|known| known.wants(record.id)) {
                self.counts.read += 1;
                return Some(record);
            }
        }
        None
    }

    /// The next problem that has not been told yet.
    pub fn problem(&mut self) -> Option<Problem> {
        self.problems.pop_front()
    }

    /// What was seen so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// Reads the head of a file, if there is one.
    fn begin(&mut self, bytes: &[u8]) -> usize {
        self.begun = true;
        if !bytes.starts_with(FILE) {
            return 0;
        }
        let flags = stored::u32(bytes, 120).unwrap_or_default();
        self.counts.dirty = flags & DIRTY != 0;
        self.said = stored::u16(bytes, 42);
        let checksum = bytes.get(..120).map(crc32fast::hash);
        if bytes.len() < FILE_HEAD {
            let what = "the file ends inside of its head";
            self.problem_in(0, Fault { at: bytes.len(), what }, None);
        } else if flags & NO_CHECKSUM == 0 && checksum != stored::u32(bytes, 124) {
            let what = "the head of the file has a wrong checksum";
            self.problem_in(0, Fault { at: 0, what }, None);
        }
        FILE_HEAD.min(bytes.len())
    }

    /// Tells what can be told at the end alone.
    fn end(&mut self) {
        self.end_of_strange();
        // A log that was open is copied with a head that is behind; the count has sixteen bits.
        let found = self.counts.chunks;
        if let Some(said) = self.said.take()
            && !self.counts.dirty
            && u64::from(said) != found & 0xffff
        {
            let what = format!("the head of the file counts {said} chunks, and {found} are there");
            self.tell(Problem { offset: 0, record: None, what });
        }
    }

    /// Reads what begins there: a chunk, or something else up to where a chunk may begin.
    fn piece(&mut self, bytes: &[u8]) -> usize {
        let piece = bytes.get(..LENGTH).unwrap_or(bytes);
        if piece.starts_with(CHUNK) {
            self.end_of_strange();
            return self.chunk(piece);
        }
        // Room for chunks that are still to come.
        if piece.iter().all(|byte| *byte == 0) {
            self.end_of_strange();
            return piece.len();
        }
        if self.strange.is_none() && piece.get(HEAD..).is_some_and(|it| it.starts_with(b"**\0\0")) {
            let what = "a chunk that does not begin as chunks do";
            self.problem_in(self.offset, Fault { at: 0, what }, None);
            return self.chunk(piece);
        }
        self.strange.get_or_insert(self.offset);
        // The end of the piece may hold the beginning of what a chunk begins with.
        memmem::find(piece, CHUNK).unwrap_or(match piece.len() {
            LENGTH => LENGTH - (CHUNK.len() - 1),
            length => length,
        })
    }

    /// Looks at all records of a chunk, and keeps it if some are to be read. Gives its length.
    fn chunk(&mut self, chunk: &[u8]) -> usize {
        self.counts.chunks += 1;
        // A head that is not as it was written says nothing.
        let head = Head::of(chunk).filter(|head| head.is_whole(chunk));
        self.checksums(chunk, head);
        let mut glances = Glances::new();
        let mut walk = Walk::new(chunk, head);
        let mut first = true;
        for step in walk.by_ref() {
            let stored = match step {
                Step::Record(stored) => stored,
                Step::Doubtful(stored, fault) => {
                    self.problem_in(self.offset, fault, Some(stored.number));
                    stored
                }
                Step::Damage(fault) => {
                    self.problem_in(self.offset, fault, None);
                    continue;
                }
            };
            self.follows(stored, mem::take(&mut first));
            self.counts.records += 1;
            if let Some(time) = value::since_1970(stored.ticks) {
                self.counts.first = Some(self.counts.first.map_or(time, |first| first.min(time)));
                self.counts.last = Some(self.counts.last.map_or(time, |last| last.max(time)));
            }
            if self.everything || glances.wants(chunk, stored.tokens()) {
                self.waiting.push_back(stored);
            }
        }
        let length = walk.length();
        if self.waiting.is_empty() {
            self.counts.passed_over += 1;
        } else {
            self.chunk.clear();
            self.chunk.extend_from_slice(chunk.get(..length).unwrap_or(chunk));
            self.chunk_offset = self.offset;
            self.effort = Effort::for_chunk();
        }
        length
    }

    /// Tells of records that are missing in front of this one. Where a log has gone round, its oldest
    /// chunk stands behind its newest, and the numbers go back.
    fn follows(&mut self, stored: Stored, first: bool) {
        let Some(last) = self.last.replace(stored.number) else { return };
        let next = last.saturating_add(1);
        let what = match stored.number.checked_sub(next) {
            Some(0) => return,
            Some(1) => format!("record {next} is missing in front of it"),
            Some(_) => {
                format!("records {next} to {} are missing in front of it", stored.number - 1)
            }
            None if first => return,
            None => format!("it stands behind record {last}, and its number is not higher"),
        };
        let offset = self.offset + stored.at as u64;
        self.tell(Problem { offset, record: Some(stored.number), what });
    }

    /// Tells of a chunk that is not as it was written, or not all of it.
    fn checksums(&mut self, chunk: &[u8], head: Option<Head>) {
        let what = match head {
            _ if chunk.len() < LENGTH => "a chunk that is cut: the end of it is missing",
            None => "a chunk whose head has a wrong checksum",
            Some(head) if !head.holds_records(chunk) => {
                "a chunk whose records have a wrong checksum"
            }
            _ => return,
        };
        self.problem_in(self.offset, Fault { at: 0, what }, None);
    }

    /// Tells of bytes that belong to no chunk, now that they are over.
    fn end_of_strange(&mut self) {
        if let Some(offset) = self.strange.take() {
            let what = format!("{} bytes that are no chunk of an event log", self.offset - offset);
            self.tell(Problem { offset, record: None, what });
        }
    }

    fn problem_in(&mut self, chunk: u64, fault: Fault, record: Option<u64>) {
        let offset = chunk + fault.at as u64;
        self.tell(Problem { offset, record, what: fault.what.to_owned() });
    }

    fn tell(&mut self, problem: Problem) {
        if self.told < MAX_PROBLEMS {
            self.told += 1;
            self.problems.push_back(problem);
        } else {
            self.counts.more_problems += 1;
        }
    }
}
