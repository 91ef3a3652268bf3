//! Finds the files below a folder: in the order of their names, each once, whatever the links say.

use std::collections::HashSet;
use std::fs::{self, DirEntry};
use std::io;
use std::path::{Path, PathBuf};

/// What is below a folder.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Regular files that are not hidden, in the order of their paths.
    pub(crate) files: Vec<PathBuf>,
    /// What is neither file nor folder: sockets, devices, pipes.
    pub(crate) others: u64,
    /// What could not be looked into.
    pub(crate) trouble: Vec<String>,
}

/// Walks through a folder and all folders in it. Links are followed; a folder or a file that was
/// already met is not met again, so that a loop ends.
pub(crate) fn walk(root: &Path) -> Found {
    let mut found = Found::default();
    let mut met = HashSet::new();
    // Folders that are still to be opened, the next one last.
    let mut open = vec![root.to_owned()];
    while let Some(path) = open.pop() {
        if let Err(error) = look(&path, &mut met, &mut open, &mut found) {
            found.trouble.push(format!("{}: {error}", path.display()));
        }
        if found.files.len() >= MOST_FILES {
            let root = root.display();
            found
                .trouble
                .push(format!("{root}: more than {MOST_FILES} files, the rest is left out"));
            break;
        }
    }
    found
}

fn look(
    path: &Path,
    met: &mut HashSet<PathBuf>,
    open: &mut Vec<PathBuf>,
    found: &mut Found,
) -> io::Result<()> {
    let real = path.canonicalize()?;
    if !met.insert(real) {
        return Ok(());
    }
    let about = fs::metadata(path)?;
    if about.is_file() {
        found.files.push(path.to_owned());
    } else if about.is_dir() {
        let mut inside: Vec<PathBuf> = fs::read_dir(path)?
            .filter(|entry| entry.as_ref().map_or(true, |entry| !is_hidden(entry)))
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<io::Result<_>>()?;
        inside.sort_unstable_by(|a, b| b.cmp(a));
        open.append(&mut inside);
    } else {
        found.others += 1;
    }
    Ok(())
}

fn is_hidden(entry: &DirEntry) -> bool {
    entry.file_name().as_encoded_bytes().starts_with(b".")
}

/// More files than this in one folder are no collection of captures, and their report would be
/// about nothing.
const MOST_FILES: usize = 100_000;
