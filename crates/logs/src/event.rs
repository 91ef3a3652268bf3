//! Records that need no words: what network monitors write of each connection, and servers of each
//! request.
//!
//! A monitor stands beside the connection and saw both sides, so a record says who sent the alert.
//! It becomes the sighting that the side which heard the alert would have written. What a monitor
//! thinks of a connection that went well, such as a certificate that it does not trust itself, is
//! no failure.

mod eve;
mod w3c;
mod zeek;

use alert::{Alert, Side};
pub use w3c::iis_refusal;

use crate::container::json;
use crate::open::Part;
use crate::stack::Stack;
use crate::{Peer, Sighting, Stamp, Suspect, Voice};

use w3c::Columns;
use zeek::Table;

/// Who wrote the records of a text.
#[derive(Debug)]
pub(crate) enum Events {
    /// Zeek, as a table.
    Zeek(Table),
    /// Zeek, as JSON.
    ZeekJson,
    /// Suricata's EVE.
    Eve,
    /// IIS and HTTP.sys.
    W3c(Columns),
}

/// What a record tells of a failure.
struct Failure<'a> {
    stack: &'static Stack,
    time: Option<Stamp>,
    /// What lines of one connection have in common.
    id: String,
    client: End<'a>,
    server: End<'a>,
    name: Option<String>,
    alert: Option<Alert>,
    /// Who sent it.
    sender: Option<Side>,
    /// The server wrote the record itself, and refused.
    of_server: bool,
    /// The fields by which it is a failure, as they stand in the record.
    words: String,
    suspects: Vec<Suspect>,
}

/// One end of a connection, as two fields tell it.
#[derive(Clone, Default)]
struct End<'a> {
    address: std::borrow::Cow<'a, str>,
    port: std::borrow::Cow<'a, str>,
}

/// Bytes at the front of a text by which its records are told.
const MAX_HEAD: usize = 16 << 10;

impl Events {
    /// Tells by the front of a text whether it holds such records.
    pub(crate) fn of(head: &[u8]) -> Option<Self> {
        let head = head.get(..MAX_HEAD).unwrap_or(head);
        if let Some(table) = Table::of(head) {
            return Some(Self::Zeek(table));
        }
        if let Some(columns) = Columns::of(head) {
            return Some(Self::W3c(columns));
        }
        let first = head.split(|byte| *byte == b'\n').next()?;
        if !json::is_object(first) {
            return None;
        }
        let has = |word: &str| memchr::memmem::find(first, word.as_bytes()).is_some();
        match () {
            () if has("\"event_type\":") && has("\"flow_id\":") => Some(Self::Eve),
            () if has("\"id.orig_h\":") && has("\"established\":") => Some(Self::ZeekJson),
            () => None,
        }
    }

    /// Where the next line is that may tell something: the next one, where nothing else is known.
    pub(crate) fn next(&self, text: &[u8], at: usize) -> Option<usize> {
        match self {
            Self::W3c(columns) => columns.next(text, at),
            Self::Zeek(_) | Self::ZeekJson | Self::Eve => Some(at),
        }
    }

    /// What a line tells, the `number`th of its text, which begins at `offset`.
    pub(crate) fn part(&mut self, line: &[u8], number: u64, offset: u64) -> Option<Part> {
        let failure = match self {
            Self::W3c(columns) => columns.row(line, number),
            Self::Zeek(table) => zeek::row(table, line),
            Self::ZeekJson => zeek::record(line),
            Self::Eve => eve::record(line),
        }?;
        Some(failure.part(number, offset))
    }
}

impl Failure<'_> {
    fn part(self, number: u64, offset: u64) -> Part {
        // The side that heard the alert tells of it, and the other one is its peer. Where nobody
        // refused, it is the client whose connection failed.
        let role = match (self.sender, self.alert) {
            _ if self.of_server => Some(Side::Server),
            (Some(sender), _) => Some(sender.other()),
            (None, Some(_)) => None,
            (None, None) => Some(Side::Client),
        };
        let voice = match (self.alert, self.sender) {
            _ if self.of_server => Voice::Refused,
            (Some(_), Some(_)) => Voice::Heard,
            (Some(_), None) => Voice::Unclear,
            (None, _) => Voice::Lost,
        };
        let peer = match role {
            Some(Side::Server) | None => self.client.peer(),
            Some(Side::Client) => self.server.peer(),
        };
        let sighting = Sighting {
            line: number,
            offset,
            lines: 1,
            words: self.words,
            library: None,
            program: Some(self.stack),
            version: "",
            alert: self.alert,
            sent: None,
            voice,
            role,
            peer,
            name: self.name,
            host: None,
            time: self.time,
            suspects: self.suspects.into(),
            event: None,
        };
        Part {
            sighting,
            id: Some(self.id),
            process: None,
            weak: false,
            dump: false,
            goes_on: false,
            literal: "",
            last_line: number,
        }
    }
}

impl End<'_> {
    fn peer(&self) -> Option<Peer> {
        let port = self.port.parse().ok();
        Peer::read(&self.address).map(|peer| Peer { port, ..peer })
    }
}

#[cfg(test)]
mod tests;
