//! Reads one file, through a window that stays in the processor's cache.
//!
//! Mapping it was measured and is slower: a page that is mapped costs more than the copy of one,
//! a file that shrinks under its map ends the program, and all of it would need `unsafe`.

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::Path;

use std::time::UNIX_EPOCH;

use report::{Input, Intake, Kind, Time, Unpack, Watch, looks_like_log};

/// Reads a file to its end, or says why not.
pub(crate) fn read(
    path: &Path,
    intake: impl Fn(String) -> Intake<'static>,
    watch: Watch<'_>,
) -> Input {
    let intake = intake(path.display().to_string());
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) => return unreadable(path, &error),
    };
    let written = file.metadata().and_then(|about| about.modified()).ok();
    let since = written.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let intake = match since.and_then(|since| i64::try_from(since.as_nanos()).ok()) {
        Some(nanoseconds) => intake.written(Time(nanoseconds)),
        None => intake,
    };
    intake.stream(&mut file, watch)
}

/// Whether a file holds a capture, an event log or a registry, or looks like a log, packed or not.
/// A damaged packing holds none.
///
/// # Errors
/// The file cannot be opened or read at all.
pub(crate) fn is_wanted(path: &Path) -> io::Result<bool> {
    let file = File::open(path)?;
    match Unpack::new(&file) {
        Ok(unpacked) if unpacked.kind().is_log() => {
            let mut head = Vec::new();
            let read = unpacked.take(HEAD).read_to_end(&mut head);
            Ok(read.is_ok() && looks_like_log(&head))
        }
        Ok(unpacked) => {
            let kind = unpacked.kind();
            Ok(kind.is_capture() || kind.is_settings() || kind == Kind::Evtx)
        }
        Err(error) if error.raw_os_error().is_some() => Err(error),
        Err(_) => Ok(false),
    }
}

/// Bytes of a text in which a time, or a record of an event log, is looked for.
const HEAD: u64 = 64 << 10;

/// An input for a file that could not be opened.
pub(crate) fn unreadable(path: &Path, error: &io::Error) -> Input {
    let what = match error.kind() {
        ErrorKind::NotFound => "no such file".to_owned(),
        ErrorKind::PermissionDenied => "no permission to read it".to_owned(),
        _ => error.to_string(),
    };
    Input::unreadable(path.display().to_string(), what)
}
