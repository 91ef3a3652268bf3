//! Reads one file: mapped where that is safe, as a stream where it is not.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::Path;

use memmap2::Mmap;
use report::{Input, Intake, Unpack, Watch};

/// Reads a file to its end, or says why not.
pub(crate) fn read(path: &Path, intake: impl Fn(String) -> Intake, watch: Watch<'_>) -> Input {
    let intake = intake(path.display().to_string());
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) => return unreadable(path, &error),
    };
    match map(&file) {
        Some(bytes) => intake.mapped(&bytes, watch),
        None => intake.stream(&mut file, watch),
    }
}

/// Whether a file holds a capture, packed or not. A damaged packing holds none.
///
/// # Errors
/// The file cannot be opened or read at all.
pub(crate) fn is_capture(path: &Path) -> io::Result<bool> {
    let file = File::open(path)?;
    match Unpack::new(&file) {
        Ok(unpacked) => Ok(unpacked.kind().is_capture()),
        Err(error) if error.raw_os_error().is_some() => Err(error),
        Err(_) => Ok(false),
    }
}

/// An input for a file that could not be opened.
pub(crate) fn unreadable(path: &Path, error: &io::Error) -> Input {
    let what = match error.kind() {
        ErrorKind::NotFound => "no such file".to_owned(),
        ErrorKind::PermissionDenied => "no permission to read it".to_owned(),
        _ => error.to_string(),
    };
    Input::unreadable(path.display().to_string(), what)
}

/// Maps a regular file. What has no size (a pipe, a device, most of `/proc`) is not mapped, because
/// its bytes come into being while they are read.
///
/// A file that grows is read as far as it went when it was mapped. A file that shrinks under a map
/// ends the command: see `signals::guard_maps`.
fn map(file: &File) -> Option<Mmap> {
    let about = file.metadata().ok()?;
    if !about.is_file() || about.len() == 0 {
        return None;
    }
    // The bytes may change while they are read, if somebody writes to the file. The libraries below
    // take any bytes, keep no reference into them, and no check of theirs guards a later read of
    // the same byte that could leave the map.
    #[expect(unsafe_code, reason = "mapping a file is the only way not to copy it")]
    let map = unsafe { Mmap::map(file) }.ok()?;
    // Advice only: without it the same bytes are read, some of them later.
    #[cfg(unix)]
    let _ = map.advise(memmap2::Advice::Sequential);
    Some(map)
}
