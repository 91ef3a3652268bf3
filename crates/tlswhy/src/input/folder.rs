//! Finds the files below a folder: in the order of their names, each once, whatever the links say.

use std::cmp::Reverse;
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

/// A file or folder that is still to be looked at: as it was named, and where it really is.
struct Open {
    path: PathBuf,
    real: PathBuf,
}

/// Walks through a folder and all folders in it. Links are followed; a folder or a file that was
/// already met is not met again, so that a loop ends.
pub(crate) fn walk(root: &Path) -> Found {
    let mut found = Found::default();
    let mut met = HashSet::new();
    // Folders that are still to be opened, the next one last.
    let mut open = Vec::new();
    match root.canonicalize() {
        Ok(real) => open.push(Open { path: root.to_owned(), real }),
        Err(error) => found.trouble.push(format!("{}: {error}", root.display())),
    }
    while let Some(Open { path, real }) = open.pop() {
        if let Err(error) = look(&path, real, &mut met, &mut open, &mut found) {
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
    real: PathBuf,
    met: &mut HashSet<PathBuf>,
    open: &mut Vec<Open>,
    found: &mut Found,
) -> io::Result<()> {
    if met.contains(&real) {
        return Ok(());
    }
    let about = fs::metadata(path)?;
    if about.is_file() {
        found.files.push(path.to_owned());
    } else if about.is_dir() {
        let mut inside: Vec<DirEntry> = fs::read_dir(path)?
            .filter(|entry| entry.as_ref().map_or(true, |entry| !is_hidden(entry)))
            .collect::<io::Result<_>>()?;
        inside.sort_unstable_by_key(|entry| Reverse(entry.file_name()));
        for entry in inside {
            let path = entry.path();
            match place(&entry, &real) {
                Ok(real) => open.push(Open { path, real }),
                Err(error) => found.trouble.push(format!("{}: {error}", path.display())),
            }
        }
    } else {
        found.others += 1;
    }
    met.insert(real);
    Ok(())
}

/// Where something in a folder really is. Only a link is asked for the way that it leads: asking for
/// each of a thousand folders in one another would cost a thousand times a thousand steps.
fn place(entry: &DirEntry, folder: &Path) -> io::Result<PathBuf> {
    if entry.file_type()?.is_symlink() {
        return entry.path().canonicalize();
    }
    Ok(folder.join(entry.file_name()))
}

fn is_hidden(entry: &DirEntry) -> bool {
    entry.file_name().as_encoded_bytes().starts_with(b".")
}

/// More files than this in one folder are no collection of captures, and their report would be
/// about nothing.
const MOST_FILES: usize = 100_000;

#[cfg(test)]
mod tests {
    use super::*;

    /// Folders a thousand deep are walked to their end, and what is met there is met once.
    #[test]
    fn deep_folders_are_walked() {
        let root = std::env::temp_dir().join(format!("tlswhy-deep-{}", std::process::id()));
        let mut path = root.clone();
        for _ in 0..1_000 {
            path.push("d");
        }
        fs::create_dir_all(&path).unwrap();
        fs::write(path.join("a.log"), "a").unwrap();
        let found = walk(&root);
        fs::remove_dir_all(&root).unwrap();
        assert_eq!(found.files, [path.join("a.log")]);
        assert_eq!(found.trouble, Vec::<String>::new());
    }
}
