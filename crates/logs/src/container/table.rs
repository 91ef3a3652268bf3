//! Rows of a table: CSV with a header, and PostgreSQL's, which has none but a known order.

use std::borrow::Cow;

use memchr::memchr;

use super::fields::Fields;
use super::role::Role;
use super::syslog;
use crate::stamp;

/// The names of the columns of a file.
#[derive(Clone, Debug)]
pub(super) struct Table {
    names: Vec<Vec<u8>>,
    /// What stands between two cells.
    between: u8,
}

/// Columns that are read; exports of the event log have 30.
const MAX_COLUMNS: usize = 128;
/// The longest header that is looked at.
const MAX_HEADER: usize = 8 << 10;

impl Table {
    /// Reads a header: at least two columns, one of which is known to hold the message and another
    /// its time, its level or its program.
    pub(super) fn of_header(line: &[u8]) -> Option<Self> {
        let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
        if line.len() > MAX_HEADER {
            return None;
        }
        [b',', b';', b'\t'].into_iter().find_map(|between| {
            let mut names: Vec<Vec<u8>> =
                Cells::new(line, between).map(|cell| cell.trim_ascii().to_vec()).collect();
            if names.len() < 2 || !names.iter().all(|name| is_name(name)) {
                return None;
            }
            let has = |role: Role| names.iter().any(|name| Role::of(&[name]) == role);
            let is_one = |name: &str| names.iter().any(|own| own == name.as_bytes());
            if is_one("Event ID") && is_one("Source") && !has(Role::Message) {
                // The Event Viewer gives its last column no name.
                names.push(b"Message".to_vec());
                return Some(Self { names, between });
            }
            let beside = has(Role::Time) || has(Role::Level) || has(Role::Program);
            (has(Role::Message) && beside).then_some(Self { names, between })
        })
    }

    /// The fields of a row; `None` where it has not as many cells as the message needs.
    pub(super) fn fields<'a>(&self, line: &'a [u8], written: Option<i64>) -> Option<Fields<'a>> {
        let mut fields = Fields::default();
        let message = self.names.iter().position(|name| Role::of(&[name]) == Role::Message)?;
        let mut cells = 0;
        for (name, cell) in self.names.iter().zip(Cells::new(line, self.between)) {
            fields.add(&[name], cell, written);
            cells += 1;
        }
        (cells > message).then_some(fields)
    }
}

/// Whether a cell may be the name of a column, and not a value or a part of JSON.
fn is_name(cell: &[u8]) -> bool {
    let signs = |byte: &u8| byte.is_ascii_alphanumeric() || b" _-.@#()/%".contains(byte);
    cell.len() < 64 && cell.iter().all(|byte| signs(byte) || !byte.is_ascii())
}

/// The fields of a row of PostgreSQL's `csvlog`, which is told by its time, process and level.
pub(super) fn postgresql(line: &[u8], written: Option<i64>) -> Option<Fields<'_>> {
    if !line.first()?.is_ascii_digit() {
        return None;
    }
    let (_, end) = stamp::leading(line, written)?;
    line.get(end..)?.strip_prefix(b",")?;
    let mut fields = Fields::default();
    let mut is_row = false;
    for (name, cell) in POSTGRESQL.iter().zip(Cells::new(line, b',')) {
        match *name {
            "pid" if !cell.iter().all(u8::is_ascii_digit) => return None,
            "level" if !syslog::is_level(&cell) => return None,
            "message" => is_row = true,
            _ => {}
        }
        if !name.is_empty() {
            fields.add(&[name.as_bytes()], cell, written);
        }
    }
    is_row.then_some(fields)
}

/// The columns of `csvlog` in their order, those that tell nothing of a failure without a name.
/// Source: PostgreSQL's manual, "Using CSV-Format Log Output".
const POSTGRESQL: [&str; 15] = [
    "time",
    "",
    "",
    "pid",
    "connection_from",
    "",
    "",
    "",
    "",
    "",
    "",
    "level",
    "",
    "message",
    "detail",
];

/// The cells of a row. A cell in quotation marks may have what stands between cells in it, and two
/// quotation marks mean one.
struct Cells<'a> {
    rest: Option<&'a [u8]>,
    between: u8,
    left: usize,
}

impl<'a> Cells<'a> {
    fn new(line: &'a [u8], between: u8) -> Self {
        Self { rest: Some(line), between, left: MAX_COLUMNS }
    }
}

impl<'a> Iterator for Cells<'a> {
    type Item = Cow<'a, [u8]>;

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let rest = self.rest.take()?;
        let Some(inside) = rest.strip_prefix(b"\"") else {
            let end = memchr(self.between, rest);
            self.rest = end.and_then(|end| rest.get(end + 1..));
            return Some(Cow::Borrowed(rest.get(..end.unwrap_or(rest.len()))?));
        };
        let mut cell = Cow::Borrowed(&[][..]);
        let mut inside = inside;
        while let Some(end) = memchr(b'"', inside) {
            let (part, behind) = inside.split_at(end);
            let behind = behind.get(1..).unwrap_or_default();
            append(&mut cell, part);
            if let Some(behind) = behind.strip_prefix(b"\"") {
                append(&mut cell, b"\"");
                inside = behind;
                continue;
            }
            let next = memchr(self.between, behind);
            self.rest = next.and_then(|next| behind.get(next + 1..));
            return Some(cell);
        }
        // The cell goes on in the next line.
        append(&mut cell, inside);
        Some(cell)
    }
}

/// Adds to a cell, which stays borrowed as long as it has one part.
fn append<'a>(cell: &mut Cow<'a, [u8]>, part: &'a [u8]) {
    if cell.is_empty() {
        *cell = Cow::Borrowed(part);
    } else {
        cell.to_mut().extend_from_slice(part);
    }
}
