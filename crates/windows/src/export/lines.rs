//! Events as text: lines of a label and a value, and a text.
//!
//! `wevtutil` and PowerShell write them, and Event Viewer copies them, with labels in the language of
//! the machine. So the labels are not read: the line whose value is a provider's name is one of them,
//! and the number of the event is a value of another. What people paste has lost blanks, has blank
//! lines too many, and is followed by what they ask.

use std::ops::Range;

use memchr::{memchr, memrchr};

use super::around::{Around, Read};
use super::draft::{Draft, Drawn};
use super::time::When;
use super::{Form, xml};
use crate::evtx::wanted::Provider;

/// Bytes in front of the provider's name in which its block begins: Get-EventLog puts the text there.
const BEFORE: usize = 8 << 10;
/// The longest block.
const MAX_BLOCK: usize = 64 << 10;
/// Lines of a block: a text of the audit has some forty.
const MAX_LINES: usize = 160;
/// Lines above the text of an event.
const MAX_HEADER: usize = 16;
/// Texts of events are longer than this, and lines with a label shorter.
const LEAST_TEXT: usize = 60;
/// Labels of what a record is are not longer than this; what looks like a longer one is of the text.
const SHORT_LABEL: usize = 40;
/// The longest label.
const MAX_LABEL: usize = 60;
/// Lines from the provider's to the one of the text, in what Event Viewer and `wevtutil` write.
const TO_TEXT: usize = 8;
/// The numbers of SChannel's events, where nothing but its value tells that a number is one.
const NUMBERS: std::ops::RangeInclusive<u32> = 36864..=36928;

/// The lines of a block, and what is behind them.
struct Block {
    lines: Vec<Range<usize>>,
    /// Which of them has the provider's name.
    at: usize,
    /// Where what is behind it begins.
    end: usize,
}

/// A line that is not whole yet.
struct Incomplete;

/// Reads the block around a provider's name.
pub(super) fn read(around: &Around<'_>) -> Read {
    let front = around.before(BEFORE);
    let line = memrchr(b'\n', front).map_or(0, |at| at + 1);
    let label = front.get(line..).unwrap_or_default();
    let is_list = label.ends_with(b" : ");
    if !is_label(label) {
        return Read::Nothing;
    }
    let behind = around.behind();
    let end = memchr(b'\n', behind.get(..behind.len().min(MAX_LABEL)).unwrap_or_default());
    let rest = behind.get(..end.unwrap_or(behind.len().min(MAX_LABEL))).unwrap_or_default();
    if !rest.trim_ascii().is_empty() && !rest.starts_with(b"<br") {
        return Read::Nothing;
    }
    if end.is_none() && around.is_open() {
        return Read::More;
    }
    let line = around.name.start - front.len() + line;
    let read = if is_list { list(around, line) } else { Ok(Read::Nothing) };
    let read = match read {
        Ok(Read::Nothing) => copied(around, line),
        read => read,
    };
    read.unwrap_or(Read::More)
}

/// Whether a text is a label with its sign.
fn is_label(text: &[u8]) -> bool {
    let text = text.trim_ascii();
    let sign =
        [":".as_bytes(), "：".as_bytes(), b"="].into_iter().find_map(|it| text.strip_suffix(it));
    sign.is_some_and(|label| {
        !label.is_empty()
            && label.len() <= MAX_LABEL
            && !label.iter().any(|byte| b"\"{}<=".contains(byte))
    })
}

/// PowerShell's list: names of one column, values of another, and lines of values that go on.
fn list(around: &Around<'_>, line: usize) -> Result<Read, Incomplete> {
    let block = Block::of(around, line, |line, _| line.is_empty())?;
    let column = around.name.start - line;
    let mut draft = Draft::default();
    draft.provider(around.name.provider);
    let mut pair: Option<(String, String)> = None;
    for range in &block.lines {
        let bytes = around.text.get(range.clone()).unwrap_or_default();
        let (name, value) = bytes.split_at_checked(column).unwrap_or((bytes, b""));
        let value = String::from_utf8_lossy(value);
        match name.strip_suffix(b" : ").map(<[u8]>::trim_ascii) {
            Some(name) if name.iter().all(u8::is_ascii_alphanumeric) && !name.is_empty() => {
                take(&mut draft, pair.take());
                pair = Some((String::from_utf8_lossy(name).into_owned(), value.into_owned()));
            }
            _ => {
                let Some((_, text)) = &mut pair else { continue };
                // Lines are broken at a column; what is a line of its own is indented or empty.
                let own = value.trim().is_empty() || value.starts_with(' ');
                text.truncate(text.trim_end_matches([' ', '\r']).len());
                text.push(if own || text.ends_with('\n') { '\n' } else { ' ' });
                text.push_str(value.trim_end());
            }
        }
    }
    take(&mut draft, pair);
    draft.without_others();
    Ok(block.read(around, draft.draw(around.written)))
}

/// Takes a name and its value.
fn take(draft: &mut Draft, pair: Option<(String, String)>) {
    let Some((name, value)) = pair else { return };
    // A list in braces, of which the first four are shown.
    let list = value.trim().strip_prefix('{').and_then(|list| list.strip_suffix('}'));
    match list {
        Some(list) if !list.is_empty() => {
            let shown = list.strip_suffix("...").or_else(|| list.strip_suffix('…'));
            for value in shown.unwrap_or(list).split(", ") {
                draft.labelled(&name, value);
            }
        }
        _ => draft.labelled(&name, &value),
    }
}

/// What Event Viewer copies and `wevtutil` writes: labels in any language, then the text.
fn copied(around: &Around<'_>, line: usize) -> Result<Read, Incomplete> {
    let (mut has_id, mut has_text) = (false, false);
    let provider = around.name.provider;
    let block = Block::of(around, line, |line, next| {
        has_id |= pair(line).is_some_and(|(_, value)| number(provider, value).is_some());
        has_text |= has_id && line.len() >= LEAST_TEXT;
        // An empty line ends the text, but for a part of it that is indented or under a heading,
        // and for those that a forum puts between the labels.
        let goes_on = next.starts_with([' ', '\t'])
            || next.trim_end().ends_with(':')
            || (!has_text && pair(next).is_some_and(|(label, _)| label.len() <= SHORT_LABEL));
        line.trim().is_empty() && !goes_on
    })?;
    let text = |range: &Range<usize>| {
        String::from_utf8_lossy(around.text.get(range.clone()).unwrap_or_default())
    };
    let lines: Vec<_> = block.lines.iter().map(text).collect();
    let at = block.at;
    let pairs: Vec<_> = lines.iter().take(at + MAX_HEADER).map(|line| pair(line)).collect();
    let id = |of_label: bool| {
        pairs.iter().enumerate().find_map(|(place, pair)| {
            let (label, value) = (*pair)?;
            let lower = label.to_ascii_lowercase();
            let named =
                (lower.contains("id") && !lower.contains("record")) || lower.contains("code");
            let number = number(provider, value).filter(|_| named || !of_label)?;
            (place != at).then_some((place, number))
        })
    };
    let Some((id_at, id)) = id(true).or_else(|| id(false)) else { return Ok(Read::Nothing) };
    let mut draft = Draft::default();
    draft.provider(provider);
    draft.id(id);
    let text_at = text_begin(&pairs, at, id_at, lines.len());
    let header = pairs.iter().take(text_at).flatten();
    for (label, value) in header.clone() {
        draft.labelled(label, value);
    }
    if let Some((_, time)) = header.clone().find(|(_, value)| When::of(value, None).is_some()) {
        draft.time(time);
    }
    // In the order in which Windows writes them: the log, the provider, and, above the text, the
    // machine.
    let is_whole = text_at > at + TO_TEXT;
    let value = |place: Option<usize>| pairs.get(place?).copied().flatten().map(|(_, value)| value);
    if let Some(channel) = value(at.checked_sub(1)).filter(|_| is_whole) {
        draft.channel(channel);
    }
    if let Some(computer) = value(text_at.checked_sub(2)).filter(|_| is_whole) {
        draft.computer(computer);
    }
    let markup = markup(around, block.end)?;
    // `Event Xml:`, in any language.
    let is_heading = lines.last().is_some_and(|last| last.trim_end().ends_with(':'));
    let text_end = lines.len() - usize::from(markup.is_some() && is_heading);
    let message = lines.get(text_at..text_end).unwrap_or_default().join("\n");
    // `Description: The following ...`, in one line.
    let beside = pairs.get(text_at.saturating_sub(1)).copied().flatten();
    let beside = beside.filter(|(_, value)| message.trim().is_empty() && value.contains(' '));
    draft.message(beside.map_or(&message, |(_, value)| value));
    draft.without_others();
    let drawn = draft.draw(around.written);
    let (Some((element, end)), Some(drawn)) = (markup, &drawn) else {
        return Ok(block.read(around, drawn));
    };
    // The same event once more, with all that the text does not have.
    let mut record = element.record;
    if record.id != drawn.record.id {
        return Ok(
            block.read(around, Some(Drawn { record: drawn.record.clone(), when: drawn.when }))
        );
    }
    record.message = record.message.or_else(|| drawn.record.message.clone());
    let when = element.time.as_deref().and_then(|time| When::of(time, around.written));
    let start = block.lines.first().map_or(around.name.start, |line| line.start);
    Ok(Read::of(Some(Drawn { record, when }), start..end, Form::Lines, None))
}

/// Which line the text begins with.
fn text_begin(pairs: &[Option<(&str, &str)>], at: usize, id_at: usize, lines: usize) -> usize {
    // A label without a value, so far down that it is not the one of the keywords.
    let label = (at + TO_TEXT..pairs.len())
        .find(|place| matches!(pairs.get(*place), Some(Some((_, "")))))
        .map(|place| place + 1);
    if let Some(label) = label {
        return label;
    }
    let short = |label: &str, letters: usize| label.chars().count() <= letters;
    // `..., was received: 47.`: a sentence that ends with a number is no label with a value.
    let is_sentence = |value: &str| {
        value.ends_with(['.', '。']) && value.starts_with(|sign: char| sign.is_ascii_digit())
    };
    let about = |place: &usize| match pairs.get(*place) {
        Some(Some((label, value))) => {
            let is_word = !value.contains(' ') || When::of(value, None).is_some();
            short(label, 24) && is_word && !is_sentence(value)
        }
        _ => false,
    };
    let from = at.max(id_at) + 1;
    let first = (from..lines).find(|place| !about(place)).unwrap_or(lines);
    // `Description: The following ...`: the label is short, and all of the text is its value.
    match pairs.get(first) {
        Some(Some((label, value))) if short(label, 16) && !is_sentence(value) => first + 1,
        _ => first,
    }
}

/// The label and the value of a line.
fn pair(line: &str) -> Option<(&str, &str)> {
    let line = line.trim_start_matches(['>', '*', ' ', '\t', '-', '|']);
    let at = line.find([':', '：', '='])?;
    let (label, value) = line.split_at_checked(at)?;
    let value = value.trim_start_matches([':', '：', '=', '*']).trim();
    let value = value.strip_suffix("<br>").or_else(|| value.strip_suffix("<br/>")).unwrap_or(value);
    let label = label.trim().trim_matches('*');
    (!label.is_empty() && label.len() <= MAX_LABEL).then_some((label, value.trim()))
}

/// The number of an event of this provider.
fn number(provider: &Provider, value: &str) -> Option<u32> {
    let number: u32 = value.parse().ok()?;
    let is_one = provider.wants(number);
    (is_one && (provider.name() != "Schannel" || NUMBERS.contains(&number))).then_some(number)
}

/// How the element of an event begins.
const MARKUP: &[u8] = b"<Event";

/// The event as XML that follows a block, and where it ends.
fn markup(around: &Around<'_>, from: usize) -> Result<Option<(xml::Element, usize)>, Incomplete> {
    let text = around.from(from);
    let front = text.iter().take_while(|byte| byte.is_ascii_whitespace() || **byte == b'-').count();
    let text = text.get(front..).unwrap_or_default();
    if !text.starts_with(MARKUP) {
        // A window may end within the tag, or in front of it.
        let may_come = MARKUP.starts_with(text) && around.is_open();
        return if may_come { Err(Incomplete) } else { Ok(None) };
    }
    match xml::end(text) {
        Some(length) => {
            let element =
                xml::element(&String::from_utf8_lossy(text.get(..length).unwrap_or_default()));
            Ok(Some((element, from + front + length)))
        }
        None if around.is_open() => Err(Incomplete),
        None => Ok(None),
    }
}

impl Block {
    /// The lines around the one that begins at `line`, up to one that `ends`: it is asked with each
    /// line behind it and the next one that is not empty.
    fn of(
        around: &Around<'_>,
        line: usize,
        mut ends: impl FnMut(&str, &str) -> bool,
    ) -> Result<Self, Incomplete> {
        let mut lines = Vec::new();
        let mut begin = line;
        let left = around.left.max(line.saturating_sub(BEFORE));
        while begin > left && lines.len() < MAX_LINES {
            let front = around.text.get(left..begin - 1).unwrap_or_default();
            let start = left + memrchr(b'\n', front).map_or(0, |at| at + 1);
            let range = start..begin - 1;
            let above = trimmed(around.text.get(range.clone()).unwrap_or_default());
            // What begins in front of what may be looked at is no line.
            let is_cut = start == left && left > 0 && around.text.get(left - 1) != Some(&b'\n');
            if above.is_empty() || above.trim_ascii_start().starts_with(b"Event[") || is_cut {
                break;
            }
            lines.push(start..start + above.len());
            begin = start;
        }
        lines.reverse();
        let at = lines.len();
        let first = lines.first().map_or(line, |range: &Range<usize>| range.start);
        let label = |bytes: &[u8]| {
            let end = bytes.iter().position(|byte| b":=".contains(byte));
            end.and_then(|end| bytes.get(..end).map(<[u8]>::to_vec))
        };
        let first_label = label(around.from(first)).filter(|label| label.len() <= MAX_LABEL);
        let mut start = line;
        loop {
            let rest = around.from(start);
            let (bytes, next) = match memchr(b'\n', rest) {
                Some(end) => (rest.get(..end).unwrap_or_default(), start + end + 1),
                None if around.is_open() => return Err(Incomplete),
                None => (rest, start + rest.len()),
            };
            let bytes = trimmed(bytes);
            let inner = bytes.trim_ascii_start();
            let is_other = inner.starts_with(b"Event[")
                || inner.starts_with(b"<Event")
                || inner.starts_with(b"- <Event")
                || (start > line && first_label.is_some() && label(bytes) == first_label);
            if is_other || start >= around.text.len() {
                break;
            }
            let behind = around.from(next);
            let empty = behind.iter().take_while(|byte| b"\r\n".contains(byte)).count();
            let behind = behind.get(empty..).unwrap_or_default();
            let following = match memchr(b'\n', behind) {
                Some(end) => behind.get(..end).unwrap_or_default(),
                // What follows an empty line decides whether the block goes on.
                None if bytes.trim_ascii().is_empty() && around.is_open() => {
                    return Err(Incomplete);
                }
                None => behind,
            };
            let following = trimmed(following);
            let is_other = following.trim_ascii_start().starts_with(b"Event[")
                || (first_label.is_some() && label(following) == first_label);
            let (text, following) =
                (String::from_utf8_lossy(bytes), String::from_utf8_lossy(following));
            let ended = ends(&text, &following);
            if ended || (bytes.is_empty() && is_other) {
                start = next;
                break;
            }
            lines.push(start..start + bytes.len());
            start = next;
            if lines.len() >= MAX_LINES || start - line >= MAX_BLOCK {
                break;
            }
        }
        around.look(start - first);
        Ok(Self { lines, at, end: start })
    }

    /// What was read of it.
    fn read(&self, around: &Around<'_>, drawn: Option<Drawn>) -> Read {
        let start = self.lines.first().map_or(around.name.start, |line| line.start);
        match drawn {
            Some(drawn) => Read::of(Some(drawn), start..self.end, Form::Lines, None),
            None => Read::Nothing,
        }
    }
}

fn trimmed(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}
