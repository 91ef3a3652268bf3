//! Opens what is to be read, before any of it is.
//!
//! The command asks for all files while it may still ask for anything: what strangers wrote into one
//! of them can then lead to no other. As many as the system and a bound allow are held open; what is
//! beyond is opened when its turn comes.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use report::Time;

/// A file that was asked for.
#[derive(Debug)]
pub(crate) struct Opened {
    /// Its name, as it was typed or found.
    pub(crate) path: PathBuf,
    /// Its bytes, as far as somebody knows.
    pub(crate) size: Option<u64>,
    /// When it was written last.
    pub(crate) written: Option<Time>,
    handle: Handle,
}

#[derive(Debug)]
enum Handle {
    Held(Arc<File>),
    /// One of too many, or a named pipe: it is opened when its turn comes.
    Later,
    /// Why it could not be opened.
    Refused(io::Error),
}

impl Opened {
    /// Its bytes, from the beginning where there is one to go back to.
    ///
    /// # Errors
    /// Why it could not be opened, then or now.
    pub(crate) fn bytes(&self) -> io::Result<Bytes> {
        match &self.handle {
            Handle::Held(file) => {
                let mut from = &**file;
                // It may have been looked into before, unless it is a pipe, which has no beginning
                // to go back to.
                let _ = from.rewind();
                Ok(Bytes::Held(Arc::clone(file)))
            }
            Handle::Later => File::open(&self.path).map(Bytes::Own),
            Handle::Refused(error) => Err(again(error)),
        }
    }
}

/// The same error once more: what it says is all that anybody asks of it.
fn again(error: &io::Error) -> io::Error {
    match error.raw_os_error() {
        Some(code) => io::Error::from_raw_os_error(code),
        None => io::Error::new(error.kind(), error.to_string()),
    }
}

/// The bytes of one file, for any thread.
#[derive(Debug)]
pub(crate) enum Bytes {
    Held(Arc<File>),
    Own(File),
}

impl Read for Bytes {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Held(file) => (&**file).read(buffer),
            Self::Own(file) => file.read(buffer),
        }
    }
}

impl Seek for Bytes {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match self {
            Self::Held(file) => (&**file).seek(to),
            Self::Own(file) => file.seek(to),
        }
    }
}

/// Opens files, as many as may be open at once.
#[derive(Debug)]
pub(crate) struct Opening {
    /// How many may be open, as the system has it.
    allowed: usize,
    /// How many more are to be held.
    left: usize,
    held: usize,
    later: BTreeSet<PathBuf>,
}

impl Opening {
    /// Nothing is open yet. Where the system lets a process have few open files unless it asks for
    /// more, more are asked for.
    pub(crate) fn new() -> Self {
        let allowed = allowed();
        Self::bounded(allowed, allowed.saturating_sub(SPARE).min(MOST_HELD))
    }

    fn bounded(allowed: usize, left: usize) -> Self {
        Self { allowed, left, held: 0, later: BTreeSet::new() }
    }

    /// How many threads may read at once: where not all files are held, each opens one, and where
    /// the system lets a process have few, too many threads would take the files from one another.
    pub(crate) fn at_once(&self) -> NonZeroUsize {
        let free = self.allowed.saturating_sub(self.held).saturating_sub(OWN);
        NonZeroUsize::new(free).unwrap_or(NonZeroUsize::MIN)
    }

    /// How many files are open.
    pub(crate) fn held(&self) -> usize {
        self.held
    }

    /// Where something is still to be opened: folders, by their real names, and named pipes.
    pub(crate) fn later(&self) -> &BTreeSet<PathBuf> {
        &self.later
    }

    /// Opens a file, or takes note why not.
    pub(crate) fn open(&mut self, path: PathBuf) -> Opened {
        let about = path.metadata();
        let since = about.as_ref().ok().and_then(|about| about.modified().ok());
        let since = since.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        let written = since.and_then(|since| i64::try_from(since.as_nanos()).ok()).map(Time);
        let size = about.as_ref().ok().map(|about| about.len());
        let handle = match &about {
            // Opening a named pipe waits for who writes into it, and that may be somebody who still
            // waits for another one to be read. A pipe without a name waits for nobody.
            Ok(about) if !about.is_file() && !about.is_dir() && path.canonicalize().is_ok() => {
                self.later.extend(path.canonicalize());
                Handle::Later
            }
            // The folder stands for all that lie in it.
            _ if self.left == 0 => {
                let real = path.canonicalize().ok();
                self.later.extend(real.and_then(|real| Some(real.parent()?.to_owned())));
                Handle::Later
            }
            _ => match File::open(&path) {
                Ok(file) => {
                    self.left -= 1;
                    self.held += 1;
                    Handle::Held(Arc::new(file))
                }
                Err(error) => Handle::Refused(error),
            },
        };
        Opened { path, size, written, handle }
    }
}

/// How many files this process may have open.
#[cfg(unix)]
fn allowed() -> usize {
    use rustix::process::{Resource, getrlimit, setrlimit};

    let mut limit = getrlimit(Resource::Nofile);
    let wanted = (MOST_HELD + SPARE) as u64;
    if limit.current.is_some_and(|current| current < wanted) {
        let more = limit.maximum.map_or(wanted, |most| most.min(wanted));
        let current = limit.current.replace(more);
        if setrlimit(Resource::Nofile, limit).is_err() {
            limit.current = current;
        }
    }
    limit.current.map_or(usize::MAX, |current| usize::try_from(current).unwrap_or(usize::MAX))
}

/// How many files this process may have open: elsewhere nobody counts.
#[cfg(not(unix))]
fn allowed() -> usize {
    usize::MAX
}

/// Files held open at most. Each costs the kernel about a KiB; a day of captures of five seconds
/// each, as `tcpdump -G 5` writes them, are 17 280.
const MOST_HELD: usize = 20_000;
/// Of the files that may be open, those that are left for what is opened later: one for each thread
/// at a time, and what the libraries want.
const SPARE: usize = 256;
/// Files that the process has open beside its inputs: the three of every process, and what tells of
/// Ctrl-C.
const OWN: usize = 8;

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::ErrorKind;

    use super::*;

    fn text(opened: &Opened) -> String {
        let mut text = String::new();
        opened.bytes().unwrap().read_to_string(&mut text).unwrap();
        text
    }

    /// What was opened is read from its beginning, as often as somebody asks, and still when its
    /// name is gone; what is beyond the bound is opened later; what cannot be opened says why.
    #[test]
    fn files_are_held_up_to_a_bound() {
        let folder = std::env::temp_dir().join(format!("tlswhy-opening-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let [held, later, missing] = ["held", "later", "missing"].map(|name| folder.join(name));
        fs::write(&held, "one").unwrap();
        fs::write(&later, "two").unwrap();
        let mut opening = Opening::bounded(OWN + 3, 1);
        assert_eq!(opening.at_once().get(), 3);
        let refused = opening.open(missing);
        assert_eq!(opening.left, 1, "what could not be opened is not counted");
        let [held, later] = [held, later].map(|path| opening.open(path));
        assert!(matches!(held.handle, Handle::Held(_)));
        assert!(matches!(later.handle, Handle::Later));
        assert_eq!(opening.at_once().get(), 2, "one is held");
        assert_eq!((held.size, later.size), (Some(3), Some(3)));
        fs::remove_file(&held.path).unwrap();
        assert_eq!([text(&held), text(&held), text(&later)], ["one", "one", "two"]);
        assert_eq!(refused.bytes().unwrap_err().kind(), ErrorKind::NotFound);
        fs::remove_dir_all(&folder).unwrap();
    }
}
