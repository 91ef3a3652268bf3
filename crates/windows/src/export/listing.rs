//! Events as PowerShell lists them on its console: a line for each, in columns.
//!
//! Get-WinEvent writes the provider's name once, above the table of its events. Get-EventLog writes
//! it into each line, and so does who copies lines out of Event Viewer and loses the tabs. The text is
//! cut at the width of the console, unless it was wrapped: then it goes on below itself.

use memchr::{memchr, memrchr};

use super::Form;
use super::around::{Around, Read};
use super::draft::{Draft, Drawn};
use super::time::When;
use crate::evtx::wanted::Provider;

/// A table of one provider's events, below its name.
#[derive(Debug)]
pub(super) struct Table {
    provider: &'static Provider,
    /// Where its texts begin, in bytes of a line.
    column: usize,
}

/// Bytes behind the provider's name in which its table begins.
const HEAD: usize = 2 << 10;
/// The longest line.
const MAX_LINE: usize = 4 << 10;
/// Words of a time: `11/22/2026 9:00:01 AM`, or `22/11/2026 9:00:01 a. m.`.
const TIME_WORDS: usize = 4;
/// The numbers of SChannel's events.
const NUMBERS: std::ops::RangeInclusive<u32> = 36864..=36928;

impl Table {
    /// The table below `ProviderName: Schannel`, and where its first line begins.
    pub(super) fn below(around: &Around<'_>) -> Result<Option<(Self, usize)>, ()> {
        let label = around.before(64).rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
        if label.trim_ascii() != b"ProviderName:" {
            return Ok(None);
        }
        let behind = around.behind();
        let behind = behind.get(..behind.len().min(HEAD)).unwrap_or_default();
        let is_open = behind.len() < HEAD && around.is_open();
        let (mut at, mut names) = (0, None);
        while let Some(end) = behind.get(at..).and_then(|rest| memchr(b'\n', rest)) {
            let line = behind.get(at..at + end).unwrap_or_default();
            at += end + 1;
            let is_rule = |byte: &u8| *byte == b'-' || byte.is_ascii_whitespace();
            match names {
                None if line.trim_ascii().is_empty() => {}
                None => names = Some(line),
                Some(_) if !line.iter().all(is_rule) || line.trim_ascii().is_empty() => {
                    return Ok(None);
                }
                Some(_) => {
                    let last = memrchr(b' ', line.trim_ascii_end()).map_or(0, |at| at + 1);
                    let table = Self { provider: around.name.provider, column: last };
                    return Ok(Some((table, around.name.end + at)));
                }
            }
        }
        if is_open { Err(()) } else { Ok(None) }
    }

    /// The row that a text begins with, and its bytes; nothing where the table is over.
    pub(super) fn row(&self, text: &[u8], over: bool, written: Option<i64>) -> Row {
        let mut at = 0;
        let mut draft: Option<Draft> = None;
        let mut message = String::new();
        loop {
            let rest = text.get(at..).unwrap_or_default();
            let line = match memchr(b'\n', rest) {
                Some(end) => rest.get(..=end).unwrap_or_default(),
                None if !over && rest.len() < MAX_LINE => return Row::More,
                None => rest,
            };
            let words = String::from_utf8_lossy(line.trim_ascii_end());
            let goes_on = words.len() > self.column
                && self.column > 0
                && words.chars().take(self.column).all(|sign| sign == ' ');
            if draft.is_none() {
                let Some((begun, text)) = self.begin(&words) else { return Row::Over };
                message.push_str(text);
                draft = Some(begun);
            } else if goes_on && !line.is_empty() && at < MAX_LINE {
                message.push(' ');
                message.push_str(words.trim());
            } else if let Some(mut draft) = draft.take() {
                draft.message(&message);
                return Row::Read(draft.draw(written).map(Box::new), at);
            }
            at += line.len();
        }
    }

    /// Reads the line that a row begins with.
    fn begin<'a>(&self, line: &'a str) -> Option<(Draft, &'a str)> {
        let (time, rest) = time(line)?;
        let (id, rest) = word(rest)?;
        let id = id.parse().ok()?;
        let (_, text) = word(rest).unwrap_or_default();
        let mut draft = Draft::default();
        draft.provider(self.provider);
        draft.id(id);
        draft.time(time);
        Some((draft, text.trim()))
    }
}

/// What stands where a row may begin.
pub(super) enum Row {
    /// A row of so many bytes, and what it tells, where it is worth to be told.
    Read(Option<Box<Drawn>>, usize),
    /// Its end is not there yet.
    More,
    /// No row: the table is over.
    Over,
}

/// Reads a line in which the provider's name stands between a time and a number.
pub(super) fn read(around: &Around<'_>) -> Read {
    let (front, behind) = (around.before(MAX_LINE), around.behind());
    if !front.ends_with(b" ") || !behind.starts_with(b" ") {
        return Read::Nothing;
    }
    let behind = behind.get(..behind.len().min(MAX_LINE)).unwrap_or_default();
    let end = memchr(b'\n', behind);
    let begin = memrchr(b'\n', front).map_or(0, |at| at + 1);
    around.look(front.len() - begin + end.unwrap_or(behind.len()));
    if end.is_none() && behind.len() < MAX_LINE && around.is_open() {
        return Read::More;
    }
    let before = String::from_utf8_lossy(front.get(begin..).unwrap_or_default());
    let text = behind.get(..end.unwrap_or(behind.len())).unwrap_or_default();
    let text = String::from_utf8_lossy(text);
    let Some((id, text)) = word(&text) else { return Read::Nothing };
    let Ok(id) = id.parse::<u32>() else { return Read::Nothing };
    let provider = around.name.provider;
    if !provider.wants(id) || (provider.name() == "Schannel" && !NUMBERS.contains(&id)) {
        return Read::Nothing;
    }
    let mut draft = Draft::default();
    draft.provider(provider);
    draft.id(id);
    // A number and a time in front, or a word and a time; else it is somebody's sentence.
    let (first, rest) = word(&before).unwrap_or_default();
    match time(rest) {
        Some((time, _)) => draft.time(time),
        None if first.parse::<u64>().is_ok() && has_clock(rest) => draft.number(first),
        None => return Read::Nothing,
    }
    draft.message(text.trim());
    match draft.draw(around.written) {
        Some(drawn) => {
            let start = around.name.start - front.len() + begin;
            let stop = around.name.end + end.map_or(behind.len(), |end| end + 1);
            Read::of(Some(drawn), start..stop, Form::Lines, None)
        }
        None => Read::Nothing,
    }
}

/// The time that a text begins with, and what is behind it.
fn time(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start();
    let ends = text.match_indices(' ').map(|(at, _)| at).chain([text.len()]).take(TIME_WORDS);
    let times = ends.filter_map(|end| text.split_at_checked(end));
    times.filter(|(time, _)| When::of(time, None).is_some()).last()
}

/// Whether a text has a clock without seconds, as Get-EventLog writes it.
fn has_clock(text: &str) -> bool {
    text.split_whitespace().take(TIME_WORDS).any(|word| {
        let digits = |text: &str| (1..=2).contains(&text.len()) && text.parse::<u8>().is_ok();
        word.split_once(':').is_some_and(|(hour, minute)| digits(hour) && digits(minute))
    })
}

/// The first word of a text, and what is behind it.
fn word(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start();
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    text.split_at_checked(end).filter(|(word, _)| !word.is_empty())
}
