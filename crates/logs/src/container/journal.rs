//! The export format of the systemd journal: one field a line, an empty line between records.
//!
//! Fields come in any order, so the lines around a message are asked. A field whose value has line
//! breaks or control characters in it stands as its name alone; its value follows on the next line,
//! behind its length in 8 bytes, little-endian.
//! Source: systemd.io, "Journal Export Formats".

use std::borrow::Cow;

use memchr::memmem;

use super::Entry;
use super::fields::text_of;
use crate::Stamp;

/// What the fields of one record tell beside its message.
#[derive(Default)]
pub(super) struct Journal {
    time: Option<Stamp>,
    host: Option<String>,
    program: Option<String>,
    process: Option<String>,
    /// Bytes of the length of a binary value that the next line begins with.
    length: usize,
}

/// The longest name of a field that systemd allows.
const MAX_NAME: usize = 64;
/// The longest value of a field beside the message that is kept.
const MAX_VALUE: usize = 256;
/// Bytes of the length in front of a binary value.
const LENGTH: usize = 8;

impl Journal {
    /// Whether a line begins an export.
    pub(super) fn begins(line: &[u8]) -> bool {
        line.starts_with(b"__CURSOR=") || line.starts_with(b"__REALTIME_TIMESTAMP=")
    }

    /// Gathers the record that a line is in from the lines in front of it and behind it. Either may
    /// be cut, and may have other records in it.
    pub(super) fn of(before: &[u8], behind: &[u8]) -> Self {
        let mut record = Self::default();
        // Behind the name of a binary field, a line break is the first byte of its length.
        let ends_record = |at: &usize| !is_name(last_line(before.get(..*at).unwrap_or_default()));
        let end = memmem::rfind_iter(before, b"\n\n").find(ends_record);
        let start = end.map_or(0, |at| at + 2);
        let before = before.get(start..).unwrap_or_default();
        for line in before.strip_suffix(b"\n").unwrap_or(before).split(|byte| *byte == b'\n') {
            record.line(line);
        }
        let length = std::mem::take(&mut record.length);
        for line in behind.split(|byte| *byte == b'\n').take_while(|line| !line.is_empty()) {
            record.line(line);
        }
        Self { length, ..record }
    }

    /// The entry of the line: of a message, or of what is part of one.
    pub(super) fn entry(self, line: &[u8]) -> Entry<'_> {
        let message = match field(line) {
            _ if self.length > 0 => line.get(self.length..).unwrap_or_default(),
            Some((_, value)) => value,
            None => line,
        };
        Entry {
            time: self.time,
            host: self.host.map(Cow::Owned),
            program: self.program.map(Cow::Owned),
            process: self.process.map(Cow::Owned),
            ..Entry::of(message)
        }
    }

    fn line(&mut self, line: &[u8]) {
        let length = std::mem::take(&mut self.length);
        if length > 0 {
            // The length may have a line break for one of its bytes.
            self.length = length.saturating_sub(line.len() + 1);
            return;
        }
        let Some((name, value)) = field(line) else {
            self.length = if is_name(line) { LENGTH } else { 0 };
            return;
        };
        let text = || Some(text_of(Cow::Borrowed(value)).into_owned());
        match name {
            _ if value.len() > MAX_VALUE => {}
            b"__REALTIME_TIMESTAMP" => self.time = self.time.or(Stamp::of_field(value, None)),
            b"_SOURCE_REALTIME_TIMESTAMP" => self.time = Stamp::of_field(value, None).or(self.time),
            b"_HOSTNAME" => self.host = text(),
            b"SYSLOG_IDENTIFIER" => self.program = text(),
            b"_COMM" if self.program.is_none() => self.program = text(),
            b"SYSLOG_PID" | b"_PID" => self.process = text(),
            _ => {}
        }
    }
}

fn last_line(text: &[u8]) -> &[u8] {
    let start = memchr::memrchr(b'\n', text).map_or(0, |at| at + 1);
    text.get(start..).unwrap_or_default()
}

/// `NAME=value`, as a journal writes names.
fn field(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = line.iter().take(MAX_NAME + 1).position(|byte| *byte == b'=')?;
    let (name, value) = line.split_at_checked(end)?;
    is_name(name).then_some((name, value.get(1..)?))
}

fn is_name(name: &[u8]) -> bool {
    let names = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_';
    !name.is_empty() && name.len() <= MAX_NAME && name.iter().all(names)
}
