//! Gives up what the process does not need, before it reads what strangers wrote.
//!
//! By then everything is open that will be read ([`crate::input::Opening`]), and all that is left to
//! do is to read, to compute and to print. Of Linux two things are asked, in this order, because the
//! second refuses the first: Landlock takes the file system and the network away ([`files`]), and
//! seccomp every system call but those few ([`calls`]). Neither can be undone, and threads that start
//! later are born into it. What a kernel lacks is left out: the answer is the same with and without.

#[cfg(target_os = "linux")]
mod calls;
#[cfg(target_os = "linux")]
mod files;
#[cfg(all(test, target_os = "linux"))]
mod tests;

use std::collections::BTreeSet;
use std::path::PathBuf;

/// Gives everything up but reading what is open, and opening for reading what lies in these folders
/// or is one of these pipes. Says in one line what is in force, and what is not and why.
#[cfg(target_os = "linux")]
pub(crate) fn enter(later: &BTreeSet<PathBuf>) -> String {
    let files = files::give_up(later);
    let calls = calls::give_up(!later.is_empty());
    let unconfined = files.is_err() && !later.is_empty();
    let line = match (files, calls) {
        (Ok(files), Ok(calls)) => format!("{files}, {calls}"),
        (Err(wrong), Ok(calls)) => format!("{calls}; {wrong}"),
        (Ok(files), Err(wrong)) => format!("{files}; {wrong}"),
        (Err(wrong), Err(too)) => format!("none; {wrong}; {too}"),
    };
    if unconfined {
        line + "; not all inputs could be opened before, so any file can be read"
    } else {
        line
    }
}

/// Gives nothing up: this is no Linux.
#[cfg(not(target_os = "linux"))]
pub(crate) fn enter(_: &BTreeSet<PathBuf>) -> String {
    "none; there is one on Linux only".to_owned()
}
