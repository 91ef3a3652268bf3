//! Events as rows: CSV and tabs, of Event Viewer, PowerShell, EvtxECmd and Snare.
//!
//! The header may be in any language or missing. So the row is known by its content: a cell that is
//! a provider's name beside a number that is one of its events. A known header says what the other
//! cells are; without one a time is what reads as a time, and the text the longest cell.
//!
//! A row is found from its middle, which a reader of whole tables cannot do: a table may be of any
//! size, begin with something else, and lose a quotation mark on the way.

use std::borrow::Cow;
use std::ops::Range;

use memchr::{memchr, memrchr};

use super::Form;
use super::around::{Around, Read, Trouble};
use super::draft::Draft;
use super::time::When;
use crate::evtx::wanted::Provider;

/// What stands between cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    Byte(u8),
    /// A tab, as rsyslog stores it.
    Octal,
}

/// Cells of a row that are read. EvtxECmd writes 28.
const MAX_CELLS: usize = 64;
/// What Snare writes in front of its cells.
const SNARE: &str = "MSWinEventLog";
/// A tab, as rsyslog stores it.
const OCTAL: &[u8] = b"#011";
/// Lines at the front of a text in which a header is looked for.
const HEADERS: usize = 2;

impl Sign {
    const ALL: [Self; 4] = [Self::Byte(b','), Self::Byte(b';'), Self::Byte(b'\t'), Self::Octal];

    fn bytes(&self) -> &[u8] {
        match self {
            Self::Byte(byte) => std::slice::from_ref(byte),
            Self::Octal => OCTAL,
        }
    }

    /// Whether a text begins with it, or with the end of a line.
    fn begins(self, text: &[u8]) -> bool {
        text.starts_with(self.bytes()) || text.starts_with(b"\n") || text.starts_with(b"\r\n")
    }

    /// Whether a text ends with it, or with the end of a line, or is empty.
    fn ends(self, text: &[u8]) -> bool {
        text.is_empty() || text.ends_with(self.bytes()) || text.ends_with(b"\n")
    }

    /// Whether cells have quotation marks, and so may have several lines.
    fn quotes(self) -> bool {
        self != Self::Octal
    }
}

/// Reads the row around a provider's name.
pub(super) fn read(around: &Around<'_>) -> Read {
    let (front, behind) = (around.before(usize::MAX), around.behind());
    let (front, behind) = match (front.strip_suffix(b"\""), behind.strip_prefix(b"\"")) {
        (Some(front), Some(behind)) => (front, behind),
        _ => (front, behind),
    };
    let Some(sign) = Sign::ALL.into_iter().find(|sign| {
        let one = behind.starts_with(sign.bytes()) || front.ends_with(sign.bytes());
        one && sign.ends(front) && (sign.begins(behind) || behind.is_empty())
    }) else {
        return Read::Nothing;
    };
    if behind.is_empty() && around.is_open() {
        return Read::More;
    }
    let start = row_begin(front, sign);
    around.look(front.len() - start.unwrap_or_default());
    let Some(start) = start else { return Read::Nothing };
    let start = around.left + start;
    let text = around.from(start);
    let mut row = Row::of(text, sign);
    around.look(row.length);
    if row.end == End::Text && around.is_open() {
        return Read::More;
    }
    if row.open && row.end == End::Text {
        row = row.cut_at_line(text);
    }
    let trouble = match row.end {
        End::Line => None,
        End::Quote => Some(Trouble::Quote),
        // The last line of a text needs no end; a quotation mark does.
        End::Text if row.open || around.is_cut() => Some(around.end_trouble()),
        End::Text => None,
    };
    let place = around.name.start - start;
    let Some(at) = row.cells.iter().position(|cell| cell.range.contains(&place)) else {
        return Read::Nothing;
    };
    let header = header(around.head, sign);
    let drawn = draft(&row, at, header.as_deref(), around.name.provider)
        .and_then(|draft| draft.draw(around.written));
    if drawn.is_none() {
        // It may be the name in a text, and the row another's.
        return Read::Nothing;
    }
    let form =
        if sign == Sign::Byte(b'\t') || sign == Sign::Octal { Form::Tabs } else { Form::Csv };
    Read::of(drawn, start..start + row.length, form, trouble)
}

/// What a row tells.
fn draft(
    row: &Row<'_>,
    at: usize,
    header: Option<&[Cow<'_, str>]>,
    provider: &'static Provider,
) -> Option<Draft> {
    let mut draft = Draft::default();
    let texts: Vec<&str> = row.cells.iter().map(|cell| cell.text.trim()).collect();
    let named = header.filter(|header| header.get(at).is_some_and(|name| Draft::is_provider(name)));
    for (name, text) in named.into_iter().flatten().zip(&texts) {
        draft.labelled(name, text);
    }
    let snare = texts.iter().position(|text| text.ends_with(SNARE));
    draft.provider(provider);
    let id = |at: Option<usize>| {
        let number = texts.get(at?)?.parse::<u32>().ok()?;
        provider.wants(number).then_some(number)
    };
    // Beside the name; Event Viewer has it behind, Snare in front.
    if let Some(id) = id(Some(at + 1)).or_else(|| id(at.checked_sub(1))) {
        draft.id(id);
    }
    if !draft.has_id() {
        return None;
    }
    let is_time = |text: &&&str| When::of(text, None).is_some();
    if let Some(time) = texts.iter().find(is_time) {
        draft.time(time);
    }
    let known = named.map_or(0, <[_]>::len);
    let others = texts.iter().enumerate().filter(|(place, text)| {
        *place >= known && *place != at && text.contains(' ') && When::of(text, None).is_none()
    });
    let behind = others.filter(|(place, _)| snare.is_none_or(|snare| *place > snare));
    if let Some((_, message)) = behind.max_by_key(|(_, text)| text.len()) {
        draft.message(message);
    }
    if let Some(snare) = snare {
        let cell = |place: usize| texts.get(snare + place).copied().unwrap_or_default();
        draft.channel(cell(2));
        draft.computer(cell(10));
        draft.number(cell(14));
    }
    draft.without_others();
    Some(draft)
}

/// The names of the columns, where the front of a text has them.
fn header(head: &[u8], sign: Sign) -> Option<Vec<Cow<'_, str>>> {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let lines = head.split_inclusive(|byte| *byte == b'\n').take(HEADERS);
    // PowerShell puts a line with a type in front of the header, Excel one with the sign.
    let mut names = lines.filter(|line| !line.starts_with(b"#") && !line.starts_with(b"sep="));
    let row = Row::of(names.next()?, sign);
    (row.cells.len() > 1).then(|| row.cells.into_iter().map(|cell| cell.text).collect())
}

/// Where the row begins whose cell begins behind this text.
fn row_begin(front: &[u8], sign: Sign) -> Option<usize> {
    let mut at = front.len();
    loop {
        let text = front.get(..at)?;
        if text.is_empty() || text.ends_with(b"\n") {
            return Some(at);
        }
        let before = text.strip_suffix(sign.bytes())?;
        at = match before.strip_suffix(b"\"").filter(|_| sign.quotes()) {
            Some(inside) => quote_begin(inside, sign)?,
            None => {
                let line = memrchr(b'\n', before).map_or(0, |at| at + 1);
                let cell = memchr::memmem::rfind(before.get(line..)?, sign.bytes());
                line + cell.map_or(0, |at| at + sign.bytes().len())
            }
        };
    }
}

/// Where the quoted cell begins whose last quotation mark is behind this text.
fn quote_begin(inside: &[u8], sign: Sign) -> Option<usize> {
    let mut end = inside.len();
    loop {
        let last = memrchr(b'"', inside.get(..end)?)?;
        let before = inside.get(..=last)?;
        let marks = before.iter().rev().take_while(|byte| **byte == b'"').count();
        let begin = last + 1 - marks;
        // Inside of a cell they stand in pairs.
        if marks % 2 == 1 && sign.ends(inside.get(..begin)?) {
            return Some(begin);
        }
        end = begin;
    }
}

/// One row.
#[derive(Debug)]
struct Row<'a> {
    cells: Vec<Cell<'a>>,
    /// Its bytes, with the end of its line.
    length: usize,
    end: End,
    /// Whether its last quotation mark has no other.
    open: bool,
}

#[derive(Debug)]
struct Cell<'a> {
    text: Cow<'a, str>,
    /// Its bytes in the row, with its quotation marks.
    range: Range<usize>,
}

/// How a row ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// With its line.
    Line,
    /// With the text.
    Text,
    /// With its line, because a quotation mark has no other.
    Quote,
}

impl<'a> Row<'a> {
    /// The row that a text begins with.
    fn of(text: &'a [u8], sign: Sign) -> Self {
        let mut row = Self { cells: Vec::new(), length: 0, end: End::Text, open: false };
        let mut at = 0;
        loop {
            let rest = text.get(at..).unwrap_or_default();
            let (cell, length, whole) = match rest.strip_prefix(b"\"").filter(|_| sign.quotes()) {
                Some(inside) => match quoted(inside) {
                    Some((cell, length))
                        if sign.begins(rest.get(length + 1..).unwrap_or_default()) =>
                    {
                        (cell, length + 1, true)
                    }
                    Some((cell, length)) if matches!(rest.get(length + 1..), Some(b"" | b"\r")) => {
                        (cell, length + 1, true)
                    }
                    Some(_) => return row.broken(text, at),
                    None => {
                        row.open = true;
                        (lossy(inside), rest.len(), false)
                    }
                },
                None => {
                    let line = memchr(b'\n', rest).unwrap_or(rest.len());
                    let line = rest.get(..line).unwrap_or_default();
                    let end = memchr::memmem::find(line, sign.bytes()).unwrap_or(line.len());
                    (lossy(line.get(..end).unwrap_or_default()), end, true)
                }
            };
            if row.cells.len() < MAX_CELLS {
                row.cells.push(Cell { text: cell, range: at..at + length });
            }
            at += length;
            let rest = text.get(at..).unwrap_or_default();
            let line = rest.strip_prefix(b"\r").unwrap_or(rest);
            if let Some(behind) = line.strip_prefix(b"\n") {
                row.length = text.len() - behind.len();
                row.end = End::Line;
                return row;
            }
            if !whole || !rest.starts_with(sign.bytes()) {
                row.length = text.len();
                return row;
            }
            at += sign.bytes().len();
        }
    }

    /// Ends with the line on which its last cell begins, if it has more than one.
    fn cut_at_line(mut self, text: &'a [u8]) -> Self {
        match self.cells.last().map(|cell| cell.range.clone()) {
            Some(range) if text.get(range.clone()).is_some_and(|cell| cell.contains(&b'\n')) => {
                self.cells.pop();
                self.broken(text, range.start)
            }
            _ => self,
        }
    }

    /// Ends with the line of a cell whose quotation marks are not in order.
    fn broken(mut self, text: &'a [u8], at: usize) -> Self {
        let rest = text.get(at..).unwrap_or_default();
        let end = memchr(b'\n', rest);
        let line = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
        let inside = line.strip_prefix(b"\"").unwrap_or(line);
        self.cells.push(Cell { text: lossy(inside), range: at..at + line.len() });
        self.length = end.map_or(text.len(), |end| at + end + 1);
        self.end = if end.is_some() { End::Quote } else { End::Text };
        self.open = true;
        self
    }
}

/// The text of a quoted cell, and its bytes with the mark at its end.
fn quoted(inside: &[u8]) -> Option<(Cow<'_, str>, usize)> {
    let mut at = 0;
    let mut doubled = false;
    loop {
        at += memchr(b'"', inside.get(at..)?)? + 1;
        if inside.get(at) != Some(&b'"') {
            break;
        }
        doubled = true;
        at += 1;
    }
    let text = lossy(inside.get(..at - 1)?);
    Some((if doubled { Cow::Owned(text.replace("\"\"", "\"")) } else { text }, at))
}

fn lossy(bytes: &[u8]) -> Cow<'_, str> {
    let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
    String::from_utf8_lossy(bytes)
}
