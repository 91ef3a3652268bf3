//! Ctrl-C, and files that shrink while they are read.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

/// What the command exits with after Ctrl-C: 128 and the number of the signal.
pub(crate) const INTERRUPTED: u8 = 130;

/// Whether somebody asked to stop.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Listens for Ctrl-C and for a polite kill. The first one asks for what was found so far;
    /// another one ends the command at once.
    pub(crate) fn listen() -> io::Result<Self> {
        let stop = Self::default();
        for signal in [SIGINT, SIGTERM] {
            flag::register_conditional_shutdown(signal, INTERRUPTED.into(), stop.0.clone())?;
            flag::register(signal, stop.0.clone())?;
        }
        Ok(stop)
    }

    /// Whether it was asked for.
    pub(crate) fn is_asked(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Makes the command end with a sentence and exit code 2 when a mapped file gets shorter while it
/// is read, or its disk fails: the system answers such a read with SIGBUS, from which nobody can
/// go on. Without this the command would die without a word.
#[cfg(unix)]
pub(crate) fn guard_maps() -> io::Result<()> {
    use std::fs::File;
    use std::io::Write;
    use std::os::fd::AsFd;

    // A handle of its own: writing to it takes no lock and no memory.
    let stderr = File::from(io::stderr().as_fd().try_clone_to_owned()?);
    let last_words = move || {
        let _ = (&stderr).write(LAST_WORDS);
        signal_hook::low_level::exit(2);
    };
    // A signal handler may only do what is safe inside of one. This one makes two system calls,
    // write and _exit, and touches no memory that anybody changes.
    #[expect(unsafe_code, reason = "a handler for SIGBUS cannot be installed in another way")]
    unsafe {
        signal_hook::low_level::register(signal_hook::consts::SIGBUS, last_words)?;
    }
    Ok(())
}

/// A mapped file cannot be shortened on other systems.
#[cfg(not(unix))]
pub(crate) fn guard_maps() -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
const LAST_WORDS: &[u8] =
    b"tlswhy: a file became shorter, or unreadable, while it was read; nothing is reported\n";
