//! A chunk: 64 KiB that stand for themselves, and the records in them, one behind the other.

use std::mem;
use std::ops::{Range, RangeInclusive};

use memchr::memmem;

use super::tokens::Fault;
use super::{NO_CHECKSUM, stored};

/// What the head of a chunk says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Head {
    /// The number of its first record.
    first: u64,
    /// The number of its last record.
    last: u64,
    /// Where what is written ends.
    pub(crate) free: usize,
    /// The checksum of the records.
    checksum: u32,
    /// The checksum of the head.
    head_checksum: u32,
    flags: u32,
}

/// A record, as its head describes it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stored {
    /// Where in the chunk it begins.
    pub(crate) at: usize,
    /// Where it ends.
    pub(crate) end: usize,
    /// Its number.
    pub(crate) number: u64,
    /// When it was written, as a FILETIME.
    pub(crate) ticks: u64,
}

/// The records of a chunk, in the order in which they stand there.
#[derive(Debug)]
pub(crate) struct Walk<'c> {
    chunk: &'c [u8],
    at: usize,
    /// Where the records end, as far as the chunk's head knows.
    free: usize,
    /// The numbers that its records have, as far as its head knows.
    numbers: RangeInclusive<u64>,
    last: Option<u64>,
    /// Whether something is lost or wrong in it.
    damaged: bool,
}

/// What a walk comes upon.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    /// A record.
    Record(Stored),
    /// A record, and something in its head that is not true.
    Doubtful(Stored, Fault),
    /// No record, where one should be.
    Damage(Fault),
}

/// What a chunk begins with.
pub(crate) const CHUNK: &[u8; 8] = b"ElfChnk\0";
/// What a record begins with.
const RECORD: &[u8; 4] = b"**\0\0";
/// The length of a chunk.
pub(crate) const LENGTH: usize = 64 << 10;
/// Where its records begin.
pub(crate) const HEAD: usize = 512;
/// Bytes in front of a record's tokens: what it begins with, its length, number and time.
const RECORD_HEAD: usize = 24;
/// Behind them its length stands once more.
const RECORD_TAIL: usize = 4;

impl Head {
    /// Reads the head of a chunk.
    pub(crate) fn of(chunk: &[u8]) -> Option<Self> {
        Some(Self {
            first: stored::u64(chunk, 24)?,
            last: stored::u64(chunk, 32)?,
            free: stored::place(chunk, 48)?,
            checksum: stored::u32(chunk, 52)?,
            flags: stored::u32(chunk, 120)?,
            head_checksum: stored::u32(chunk, 124)?,
        })
    }

    /// Whether the head is as it was written.
    pub(crate) fn is_whole(&self, chunk: &[u8]) -> bool {
        let (Some(front), Some(tables)) = (chunk.get(..120), chunk.get(128..HEAD)) else {
            return false;
        };
        let mut hasher = crc32fast::Hasher::new();
        hasher.update(front);
        hasher.update(tables);
        self.flags & NO_CHECKSUM != 0 || self.head_checksum == hasher.finalize()
    }

    /// Whether the records are as they were written. Of a chunk that is cut they are not all there.
    pub(crate) fn holds_records(&self, chunk: &[u8]) -> bool {
        let records = chunk.get(HEAD..self.free);
        self.flags & NO_CHECKSUM != 0
            || records.is_some_and(|records| self.checksum == crc32fast::hash(records))
    }
}

impl Stored {
    /// Where its tokens stand.
    pub(crate) fn tokens(&self) -> Range<usize> {
        self.at.saturating_add(RECORD_HEAD)..self.end.saturating_sub(RECORD_TAIL)
    }
}

impl<'c> Walk<'c> {
    /// Begins behind the head of a chunk.
    pub(crate) fn new(chunk: &'c [u8], head: Option<Head>) -> Self {
        // A place that cannot be one says nothing: then records are read while there are some.
        let said = head.map(|head| head.free).filter(|free| (HEAD..=LENGTH).contains(free));
        let free = said.unwrap_or(chunk.len()).min(chunk.len());
        let numbers = head.map(|head| head.first..=head.last).filter(|it| !it.is_empty());
        Self {
            chunk,
            at: HEAD,
            free,
            numbers: numbers.unwrap_or(0..=u64::MAX),
            last: None,
            damaged: false,
        }
    }

    /// The length of the chunk: shorter than chunks are, where the next one begins inside of it.
    pub(crate) fn length(&self) -> usize {
        self.chunk.len()
    }

    /// Where something is lost, the next chunk may begin inside of where this one would be.
    fn damaged(&mut self) {
        if !mem::replace(&mut self.damaged, true)
            && let Some(next) = self.chunk.get(self.at..).and_then(|it| memmem::find(it, CHUNK))
        {
            self.chunk = self.chunk.get(..self.at + next).unwrap_or_default();
            self.free = self.free.min(self.chunk.len());
        }
    }

    /// The next record that begins and ends as records do, at this place or behind it. Records of
    /// an earlier use of the chunk have other numbers, and point at what is no longer there.
    fn whole_from(&self, from: usize) -> Option<usize> {
        let room = self.chunk.get(from..self.free)?;
        memmem::find_iter(room, RECORD).map(|at| from + at).find(|at| {
            self.stored(*at)
                .is_some_and(|it| self.is_whole(&it) && self.numbers.contains(&it.number))
        })
    }

    /// What stands there, if it begins as a record does, and what it says of its length.
    fn stored(&self, at: usize) -> Option<Stored> {
        let head = self.chunk.get(at..)?.first_chunk::<RECORD_HEAD>()?;
        if !head.starts_with(RECORD) {
            return None;
        }
        let end = at.saturating_add(stored::place(head, 4)?);
        Some(Stored { at, end, number: stored::u64(head, 8)?, ticks: stored::u64(head, 16)? })
    }

    /// Whether its length can be, and stands at its end once more.
    fn is_whole(&self, record: &Stored) -> bool {
        let length = record.end - record.at;
        length >= RECORD_HEAD + RECORD_TAIL
            && stored::place(self.chunk, record.end - RECORD_TAIL) == Some(length)
    }

    /// Records that the head of the chunk does not yet know of go on with the numbers; those of an
    /// earlier use of the chunk do not.
    fn is_unknown(&self, record: &Stored) -> bool {
        self.is_whole(record)
            && self.last.is_some_and(|last| Some(record.number) == last.checked_add(1))
    }
}

impl Iterator for Walk<'_> {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        let at = self.at;
        let record = self.stored(at);
        if at >= self.free {
            let record = record.filter(|record| self.is_unknown(record))?;
            self.at = record.end;
            self.last = Some(record.number);
            return Some(Step::Record(record));
        }
        let Some(mut record) = record else {
            self.damaged();
            let next = self.whole_from(at.saturating_add(1));
            self.at = next.unwrap_or(self.chunk.len());
            // Zeros behind the last record are room that is not yet used.
            let unused = stored::u32(self.chunk, at).is_none_or(|word| word == 0);
            let fault = Fault { at, what: "no record where one should begin" };
            return (next.is_some() || !unused).then_some(Step::Damage(fault));
        };
        self.last = Some(record.number);
        if self.is_whole(&record) {
            self.at = record.end;
            return Some(Step::Record(record));
        }
        self.damaged();
        // It ends where the next one begins, at the latest.
        let what = match record.end - at {
            length if length < RECORD_HEAD + RECORD_TAIL => "a record shorter than its own head",
            _ if record.end > self.chunk.len() => {
                "a record that is said to end outside of its chunk"
            }
            _ => "a record whose two lengths are not the same",
        };
        let next = self.whole_from(at.saturating_add(RECORD_HEAD)).unwrap_or(self.free);
        record.end = next;
        self.at = next;
        Some(Step::Doubtful(record, Fault { at, what }))
    }
}
