//! Reads one file, through a window that stays in the processor's cache.
//!
//! Mapping it was measured and is slower: a page that is mapped costs more than the copy of one,
//! a file that shrinks under its map ends the program, and all of it would need `unsafe`.
//! What is packed may be unpacked by another thread, ahead of the one that reads what is inside.

use std::io::{self, ErrorKind, Read};

use report::{Input, Intake, Kind, Unpack, Watch, looks_like_log};

use super::Opened;
use super::ahead;
use crate::signals::Stop;

/// Reads a file to its end, or says why not. `ahead` is there where a core is free to unpack it.
pub(crate) fn read<'a>(
    opened: &Opened,
    intake: impl Fn(String) -> Intake<'a>,
    ahead: Option<&Stop>,
    watch: Watch<'_>,
) -> Input {
    let bytes = match opened.bytes() {
        Ok(bytes) => bytes,
        Err(error) => return unreadable(opened, &error),
    };
    let intake = intake(opened.path.display().to_string());
    let intake = match opened.written {
        Some(time) => intake.written(time),
        None => intake,
    };
    intake.unpacked(ahead::open(bytes, ahead), watch)
}

/// Whether a file holds a capture, an event log or a registry, or looks like a log, packed or not.
/// A damaged packing holds none.
///
/// # Errors
/// The file cannot be opened or read at all.
pub(crate) fn is_wanted(opened: &Opened) -> io::Result<bool> {
    match Unpack::new(opened.bytes()?) {
        Ok(unpacked) if unpacked.kind().is_log() => {
            let mut head = Vec::new();
            let read = unpacked.take(HEAD).read_to_end(&mut head);
            Ok(read.is_ok() && looks_like_log(&head))
        }
        Ok(unpacked) => {
            let kind = unpacked.kind();
            Ok(kind.is_capture() || kind.is_settings() || kind == Kind::Evtx)
        }
        Err(wrong) if wrong.error.raw_os_error().is_some() => Err(wrong.error),
        Err(_) => Ok(false),
    }
}

/// Bytes of a text in which a time, or a record of an event log, is looked for.
const HEAD: u64 = 64 << 10;

/// An input for a file that could not be opened.
pub(crate) fn unreadable(opened: &Opened, error: &io::Error) -> Input {
    Input::unreadable(opened.path.display().to_string(), why(error))
}

/// Why a file could not be opened, for a person.
pub(crate) fn why(error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => "no such file".to_owned(),
        ErrorKind::PermissionDenied => "no permission to read it".to_owned(),
        _ => error.to_string(),
    }
}
