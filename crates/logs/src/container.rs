//! What is around the message of a line.

use std::borrow::Cow;

use crate::Stamp;

/// Takes messages out of what they are wrapped in.
#[derive(Debug, Default)]
pub(crate) struct Container {}

/// A message and what its wrapping tells.
pub(crate) struct Entry<'a> {
    /// The message, as the program wrote it.
    pub(crate) message: Cow<'a, [u8]>,
    /// When.
    pub(crate) time: Option<Stamp>,
    /// The machine that wrote it.
    pub(crate) host: Option<Cow<'a, str>>,
    /// The program that wrote it.
    pub(crate) program: Option<Cow<'a, str>>,
    /// Its process, or what else groups its lines.
    pub(crate) process: Option<Cow<'a, str>>,
    /// The other end, where a field names it.
    pub(crate) peer: Option<Cow<'a, str>>,
    /// The server name, where a field names it.
    pub(crate) server_name: Option<Cow<'a, str>>,
}

impl Container {
    /// The message of a line that is wrapped in nothing.
    pub(crate) fn entry<'a>(&self, line: &'a [u8], _written: Option<i64>) -> Entry<'a> {
        Entry {
            message: line.into(),
            time: None,
            host: None,
            program: None,
            process: None,
            peer: None,
            server_name: None,
        }
    }
}
