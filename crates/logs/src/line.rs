//! One line that may tell of a failure, and the share in a failure that is read from it.

use std::borrow::Cow;

use alert::{Alert, Side};

use crate::container::Entry;
use crate::matcher::{Reading, rank};
use crate::open::{MAX_WORDS, Part};
use crate::stamp::stamp;
use crate::{Peer, Sighting, Stamp};

/// A line of a text, with what is around it.
pub(crate) struct Line<'a> {
    pub(crate) number: u64,
    pub(crate) offset: u64,
    pub(crate) bytes: &'a [u8],
    /// The line and some that follow it.
    pub(crate) block: &'a [u8],
    /// What stands in front of it.
    pub(crate) before: &'a [u8],
}

/// The times of lines that tell no failure, each looked for once.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    /// The last line that was looked at.
    looked: u64,
    /// The last time that was found, and in which line.
    last: Option<(u64, Stamp)>,
}

/// Lines in front of one that are looked at.
pub(crate) const LINES_BEHIND: usize = 30;

impl Clock {
    /// The time of the last line in front of this one that has one. A log whose lines have none
    /// would be looked through again from each of its failures, so no line is looked at twice.
    pub(crate) fn before(&mut self, line: &Line<'_>, written: Option<i64>) -> Option<Stamp> {
        let oldest = line.number.saturating_sub(LINES_BEHIND as u64);
        let fresh = (oldest.max(self.looked + 1)..line.number).rev();
        let found = fresh
            .zip(lines_back(line.before))
            .find_map(|(number, bytes)| stamp(bytes, written).map(|(stamp, _)| (number, stamp)));
        self.looked = line.number - 1;
        self.last = found.or(self.last).filter(|(number, _)| *number >= oldest);
        self.last.map(|(_, stamp)| stamp)
    }
}

/// What a line tells; `None` if it tells of no failure.
pub(crate) fn part(
    line: &Line<'_>,
    entry: &Entry<'_>,
    reading: &Reading<'_>,
    written: Option<i64>,
) -> Option<Part> {
    let Reading { words, frame } = reading;
    let (first, second) = match (words, frame) {
        (Some(words), Some(frame)) if rank(words) >= rank(frame) => (words, Some(frame)),
        (Some(words), Some(frame)) => (frame, Some(words)),
        (Some(only), None) | (None, Some(only)) => (only, None),
        (None, None) => return None,
    };
    let mut meaning = first.meaning;
    if let Some(second) = second {
        // A program that says the same in another line says so in its form.
        let weak = meaning.weak || frame.as_ref().is_some_and(|frame| frame.meaning.weak);
        meaning = meaning.or(second.meaning);
        meaning.weak = weak;
    }
    let mut suspects = meaning.suspects.to_vec();
    suspects.sort_by_key(|suspect| suspect.sure);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let each = || [frame, words].into_iter().flatten();
    let peer = each().find_map(|found| Peer::read(str::from_utf8(found.peer?).ok()?));
    // Who asked a proxy is not the server that it asked in turn.
    let is_other = meaning.role == Some(Side::Client) && !entry.is_upstream;
    let asked = entry.peer.as_ref().filter(|_| !is_other);
    let name = each().find_map(|found| found.name.map(text));
    let id = each().find_map(|found| found.id.map(text));
    let of_entry = |field: &Option<Cow<'_, str>>| field.as_ref().map(|field| field.to_string());
    Some(Part {
        sighting: Sighting {
            line: line.number,
            offset: line.offset,
            lines: 1,
            words: self::words(reading, &entry.message),
            library: words.as_ref().map(|found| found.stack),
            program: frame.as_ref().map(|found| found.stack),
            version: first.form.version,
            alert: meaning.alert.map(Alert),
            // What is named need not be concluded.
            sent: meaning.sent.filter(|_| meaning.alert.is_none()).map(Alert),
            voice: meaning.voice?,
            role: meaning.role,
            peer: peer.or_else(|| Peer::read(asked?)),
            name: name.or_else(|| of_entry(&entry.server_name)),
            host: of_entry(&entry.host),
            time: entry.time.or_else(|| time(line, entry, written)),
            suspects: suspects.into(),
            event: None,
        },
        id,
        process: process(entry),
        weak: meaning.weak,
        dump: meaning.dump,
        goes_on: goes_on(&entry.message),
        literal: first.form.literal(),
        last_line: line.number,
    })
}

/// The program and the process that wrote a line.
pub(crate) fn process(entry: &Entry<'_>) -> Option<String> {
    let process = entry.process.as_deref()?;
    Some(format!("{}[{process}]", entry.program.as_deref().unwrap_or_default()))
}

/// The time at the beginning of a message or of its line.
fn time(line: &Line<'_>, entry: &Entry<'_>, written: Option<i64>) -> Option<Stamp> {
    let (found, _) = stamp(&entry.message, written).or_else(|| stamp(line.bytes, written))?;
    Some(found)
}

/// The words of a message by which it was recognised, and what stands behind them.
fn words(reading: &Reading<'_>, message: &[u8]) -> String {
    let each = || [&reading.words, &reading.frame].into_iter().flatten();
    let start = each().map(|found| found.span.start).min().unwrap_or(0);
    let words = message.get(start..).unwrap_or_default();
    let line = words.split(|byte| *byte == b'\n').next().unwrap_or_default();
    String::from_utf8_lossy(line.get(..MAX_WORDS).unwrap_or(line)).trim_end().to_owned()
}

/// Whether a message is a request that was answered: `"GET / HTTP/1.1" 200 `.
pub(crate) fn is_access(message: &[u8]) -> bool {
    memchr::memmem::find_iter(message, b" HTTP/").any(|at| {
        let rest = message.get(at + 7..).unwrap_or_default();
        let version =
            rest.iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'.').count();
        let answer = rest.get(version..).unwrap_or_default();
        matches!(answer, [b'"', b' ', b'1'..=b'5', b'0'..=b'9', b'0'..=b'9', b' ', ..])
    })
}

/// Whether the lines between two exceptions say that one led to the other, as Python does.
pub(crate) fn is_chained(between: &[u8]) -> bool {
    memchr::memmem::find(between, b"e above exception").is_some()
}

/// Whether a message goes on with the one before it, as a stack trace does.
pub(crate) fn goes_on(message: &[u8]) -> bool {
    message.first().is_none_or(u8::is_ascii_whitespace) || message.starts_with(b"Caused by")
}

/// The lines of a text, the last first.
pub(crate) fn lines_back(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let text = text.strip_suffix(b"\n").unwrap_or(text);
    text.rsplit(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end)
}
