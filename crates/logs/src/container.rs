//! What is around a message: its time, its host, its program, and the escapes of its format.
//!
//! A failure's words stand inside of syslog, of JSON, of a column of a table, or of one in the
//! other: Docker keeps the lines of a container as JSON, and the container writes syslog into them.
//! Each line says by its own first bytes what it is; only tables and journals need the lines above.

mod colour;
mod fields;
mod journal;
pub mod json;
mod orchestrator;
mod pairs;
mod role;
mod syslog;
mod table;

use std::borrow::Cow;

use fields::Fields;
pub(crate) use fields::text_of;
use journal::Journal;
use json::Value;
use table::Table;

use crate::stamp::{self, Stamp};

/// One line without what is around its message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Entry<'a> {
    /// What the program says, unescaped. A structured record's texts of what went wrong stand
    /// behind its message, each after a space.
    pub(crate) message: Cow<'a, [u8]>,
    /// When it was written.
    pub(crate) time: Option<Stamp>,
    /// The machine on which it was written, or the pod.
    pub(crate) host: Option<Cow<'a, str>>,
    /// The program that wrote it, as the log names it: `postfix/smtpd`.
    pub(crate) program: Option<Cow<'a, str>>,
    /// The number of the process, or what else the lines of one process or connection have in
    /// common.
    pub(crate) process: Option<Cow<'a, str>>,
    /// The other end, where the record has a field for it: an address, perhaps with its port.
    pub(crate) peer: Option<Cow<'a, str>>,
    /// The name that was asked for, where the record has a field for it.
    pub(crate) server_name: Option<Cow<'a, str>>,
    /// The other end is the server behind the program, and not who asked it.
    pub(crate) is_upstream: bool,
}

/// Unwraps lines, and knows what the lines above said of them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Container {
    above: Above,
}

/// What the lines above said.
#[derive(Clone, Debug, Default)]
enum Above {
    #[default]
    Nothing,
    Table(Table),
    /// Lines are fields of records of a journal.
    Journal,
}

/// Bytes at the front of a text in which its header is looked for.
const MAX_HEAD: usize = 16 << 10;
/// How many formats in one another are taken off: Docker's JSON around syslog around JSON is
/// more than anybody was seen to do.
const MAX_LEVELS: usize = 2;

impl Container {
    /// What the beginning of a text says of its lines: a header, or the first line of a journal.
    pub(crate) fn of(head: &[u8]) -> Self {
        let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
        let whole = head.iter().take(MAX_HEAD).rposition(|byte| *byte == b'\n').unwrap_or(0);
        let lines = head.get(..whole).unwrap_or_default().split(|byte| *byte == b'\n');
        let mut lines = lines.map(<[u8]>::trim_ascii_end);
        let Some(first) = lines.next() else { return Self::default() };
        if Journal::begins(first) {
            return Self { above: Above::Journal };
        }
        // PowerShell puts a line with a type in front of the header, Excel one with the separator.
        let header = match first {
            // The keys of a record are no header of a table.
            _ if json::is_object(first) => return Self::default(),
            [b'#', ..] | [b's', b'e', b'p', b'=', _] => lines.next().unwrap_or_default(),
            // The keys of an object are no names of columns.
            _ if json::is_object(first) => &[],
            _ => first,
        };
        Self { above: Table::of_header(header).map_or(Above::Nothing, Above::Table) }
    }

    /// Unwraps a line. `written` is as for [`stamp()`](crate::stamp()).
    ///
    /// A line that nothing is known to be around is its own message.
    pub(crate) fn entry<'a>(&self, line: &'a [u8], written: Option<i64>) -> Entry<'a> {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        match colour::without(line) {
            Cow::Borrowed(line) => self.unwrap(line, written, MAX_LEVELS),
            Cow::Owned(line) => self.unwrap(&line, written, MAX_LEVELS).into_owned(),
        }
    }

    /// Unwraps a line that others stand around: in a journal's export the fields of a record have a
    /// line each, in any order.
    pub(crate) fn entry_among<'a>(
        &self,
        before: &[u8],
        line: &'a [u8],
        behind: &[u8],
        written: Option<i64>,
    ) -> Entry<'a> {
        match &self.above {
            Above::Journal => {
                Journal::of(before, behind).entry(line).inside(written, MAX_LEVELS - 1)
            }
            _ => self.entry(line, written),
        }
    }

    /// Whether the lines may have lengths in them that are no text.
    pub(crate) fn has_lengths(&self) -> bool {
        matches!(self.above, Above::Journal)
    }

    fn unwrap<'a>(&self, line: &'a [u8], written: Option<i64>, levels: usize) -> Entry<'a> {
        let read = match &self.above {
            Above::Journal => Some((Journal::default().entry(line), true)),
            Above::Table(table) => table.fields(line, written).and_then(Fields::entry),
            Above::Nothing => None,
        };
        match read.or_else(|| alone(line, written)) {
            Some((outer, true)) if levels > 1 => outer.inside(written, levels - 1),
            Some((outer, _)) => outer,
            None => Entry { time: time(line, written), ..Entry::of(line) },
        }
    }
}

/// Takes off what a line says of itself by its first bytes; and whether its message may have
/// something around it again.
fn alone(line: &[u8], written: Option<i64>) -> Option<(Entry<'_>, bool)> {
    let start = line.strip_prefix(b"\x1e").unwrap_or(line);
    let start = start.strip_prefix(b"@cee:").unwrap_or(start);
    if json::is_object(start) {
        return record(start, written).entry();
    }
    if let Some(entry) = orchestrator::entry(line, written).or_else(|| syslog::entry(line, written))
    {
        return Some((entry, true));
    }
    let fields = pairs::fields(line, written).or_else(|| table::postgresql(line, written))?;
    fields.entry()
}

/// The fields of a JSON record.
fn record(text: &[u8], written: Option<i64>) -> Fields<'_> {
    let mut fields = Fields::default();
    json::walk(text, |keys, value| match value {
        Value::Text(text) => fields.add(keys, text.text(), written),
        Value::Bare(bare) => fields.add_bare(keys, bare, written),
        Value::Object => {}
    });
    fields
}

/// The time of a line that nothing is around.
fn time(line: &[u8], written: Option<i64>) -> Option<Stamp> {
    stamp::stamp(line, written).map(|(stamp, _)| stamp)
}

impl<'a> Entry<'a> {
    /// An entry that is nothing but its message.
    pub(crate) fn of(message: &'a [u8]) -> Self {
        Self { message: Cow::Borrowed(message), ..Self::default() }
    }

    /// Takes off what is around the message again.
    fn inside(mut self, written: Option<i64>, levels: usize) -> Self {
        let bare = Container::default();
        let inner = match std::mem::take(&mut self.message) {
            Cow::Borrowed(message) => match colour::without(trimmed(message)) {
                Cow::Borrowed(message) => bare.unwrap(message, written, levels),
                Cow::Owned(message) => bare.unwrap(&message, written, levels).into_owned(),
            },
            Cow::Owned(message) => {
                let message = colour::without(trimmed(&message));
                bare.unwrap(&message, written, levels).into_owned()
            }
        };
        // A clock that says its zone is worth more than one that does not, and of two such the
        // inner one was nearer to the failure.
        let time = match (inner.time, self.time) {
            (Some(inner), Some(outer)) if outer.zone && !inner.zone => Some(outer),
            (inner, outer) => inner.or(outer),
        };
        Self {
            message: inner.message,
            time,
            host: inner.host.or(self.host),
            program: inner.program.or(self.program),
            process: inner.process.or(self.process),
            peer: inner.peer.or(self.peer),
            server_name: inner.server_name.or(self.server_name),
            is_upstream: inner.is_upstream || self.is_upstream,
        }
    }

    /// The same entry, holding its own texts.
    pub(crate) fn into_owned(self) -> Entry<'static> {
        let own = |text: Option<Cow<'a, str>>| text.map(|text| Cow::Owned(text.into_owned()));
        Entry {
            message: Cow::Owned(self.message.into_owned()),
            time: self.time,
            host: own(self.host),
            program: own(self.program),
            process: own(self.process),
            peer: own(self.peer),
            server_name: own(self.server_name),
            is_upstream: self.is_upstream,
        }
    }
}

/// A message without the line break that Docker keeps with it.
fn trimmed(message: &[u8]) -> &[u8] {
    let message = message.strip_suffix(b"\n").unwrap_or(message);
    message.strip_suffix(b"\r").unwrap_or(message)
}

#[cfg(test)]
mod tests;
