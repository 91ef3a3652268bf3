//! What is around a provider's name, and what was read there.

use std::cell::Cell;
use std::ops::Range;

use super::draft::Drawn;
use super::listing::{self, Table};
use super::names::Name;
use super::{Form, json, lines, pairs, table, xml};

/// A provider's name, and the text around it.
pub(super) struct Around<'a> {
    pub(super) text: &'a [u8],
    /// The first lines of the whole text.
    pub(super) head: &'a [u8],
    pub(super) name: Name,
    /// What is in front of this belongs to another record, or is too far away.
    pub(super) left: usize,
    /// Whether the text ends behind what is there.
    pub(super) over: bool,
    pub(super) written: Option<i64>,
    /// Bytes that were looked at.
    pub(super) looked: Cell<u64>,
}

/// What was read around a name.
pub(super) enum Read {
    /// It is not of this form.
    Nothing,
    /// It is of this form, and its end is not there yet.
    More,
    /// It stands above a table, which begins here.
    Table(Table, usize),
    /// A record, or one that is not worth to be told.
    Found(Box<Found>),
}

pub(super) struct Found {
    pub(super) drawn: Option<Drawn>,
    /// Its bytes in the window.
    pub(super) range: Range<usize>,
    pub(super) form: Form,
    pub(super) trouble: Option<Trouble>,
}

/// What is wrong with a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    Cut,
    TooLong,
    Xml,
    Quote,
}

/// The longest record that is read as a whole. Windows writes at most 64 KiB, which are twice as
/// many as hexadecimal digits; escaped in one another they are a few times as many.
const MAX_RECORD: usize = 1 << 20;

impl<'a> Around<'a> {
    /// Tries the forms, each of which knows itself by what stands beside the name.
    pub(super) fn read(&self) -> Read {
        match Table::below(self) {
            Ok(None) => {}
            Ok(Some((table, start))) => return Read::Table(table, start),
            Err(()) => return Read::More,
        }
        for form in [xml::read, json::read, pairs::read, table::read, lines::read, listing::read] {
            match form(self) {
                Read::Nothing => {}
                read => return read,
            }
        }
        Read::Nothing
    }

    /// What stands in front of the name, at most this many bytes.
    pub(super) fn before(&self, most: usize) -> &'a [u8] {
        let left = self.left.max(self.name.start.saturating_sub(most));
        self.text.get(left..self.name.start).unwrap_or_default()
    }

    /// What stands behind the name, as far as a record goes.
    pub(super) fn behind(&self) -> &'a [u8] {
        self.from(self.name.end)
    }

    /// What stands behind a place in front of the end of a record.
    pub(super) fn from(&self, start: usize) -> &'a [u8] {
        let end = self.text.len().min(self.name.end.saturating_add(MAX_RECORD));
        self.text.get(start..end).unwrap_or_default()
    }

    /// Whether more of the text may show the end of a record.
    pub(super) fn is_open(&self) -> bool {
        !self.over && !self.is_cut()
    }

    /// Whether what there is of a record breaks off, because it is longer than any record.
    pub(super) fn is_cut(&self) -> bool {
        self.text.len() >= self.name.end + MAX_RECORD
    }

    /// What is wrong with a record that has no end.
    pub(super) fn end_trouble(&self) -> Trouble {
        if self.is_cut() { Trouble::TooLong } else { Trouble::Cut }
    }

    pub(super) fn look(&self, bytes: usize) {
        self.looked.set(self.looked.get() + bytes as u64);
    }
}

impl Read {
    pub(super) fn of(
        drawn: Option<Drawn>,
        range: Range<usize>,
        form: Form,
        trouble: Option<Trouble>,
    ) -> Self {
        Self::Found(Box::new(Found { drawn, range, form, trouble }))
    }
}

impl Trouble {
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Cut => "a record that is cut: what is there was read",
            Self::TooLong => "a record so long that not all of it was read",
            Self::Quote => "a quotation mark that has no other: the record ends with its line",
            Self::Xml => "a record whose XML is broken: what is in front of that was read",
        }
    }
}
