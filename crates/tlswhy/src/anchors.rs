//! Reads the certificates that `--ca` names: whom the side that refuses trusts.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use report::Anchors;

/// The certificates that were named.
pub(crate) struct Named {
    /// All of them together.
    pub(crate) anchors: Anchors,
    /// How many of them are in the store of this machine, if that was named.
    pub(crate) own_store: Option<usize>,
}

/// All of them; `None` where none was named.
///
/// # Errors
/// The first file or folder that is not what it should be, in one sentence: with half of what
/// somebody trusts, the answer would be wrong.
pub(crate) fn read(named: &[PathBuf]) -> Result<Option<Named>, String> {
    if named.is_empty() {
        return Ok(None);
    }
    let mut anchors = Anchors::new();
    let mut own_store = None;
    for path in named {
        let name = path.display();
        if path.as_os_str() == SYSTEM {
            own_store = Some(of_system(&mut anchors)?);
        } else if path.is_dir() {
            of_folder(path, &mut anchors).map_err(|error| format!("--ca {name}: {error}"))?;
        } else {
            let file = contents(path).map_err(|error| format!("--ca {name}: {error}"))?;
            anchors.read(&file).map_err(|wrong| format!("--ca {name}: {wrong}"))?;
        }
    }
    Ok(Some(Named { anchors, own_store }))
}

/// What this system trusts, and how many roots these are.
fn of_system(anchors: &mut Anchors) -> Result<usize, String> {
    let found = rustls_native_certs::load_native_certs();
    // A store may hold one that cannot be read; nobody trusts that either.
    let read = found.certs.iter().filter(|certificate| anchors.add(certificate).is_ok()).count();
    match found.errors.first() {
        _ if read > 0 => Ok(read),
        Some(error) => Err(format!("--ca system: {error}")),
        None => Err("--ca system: this system has no store that can be found".to_owned()),
    }
}

/// The certificates of a folder, whatever else is in it; folders below it are left out.
fn of_folder(folder: &Path, anchors: &mut Anchors) -> Result<(), String> {
    let entries = fs::read_dir(folder).map_err(|error| error.to_string())?;
    let mut files: Vec<PathBuf> = Vec::new();
    for entry in entries.take(MOST_FILES) {
        files.push(entry.map_err(|error| error.to_string())?.path());
    }
    files.sort();
    let mut count = 0;
    for file in files.iter().filter(|file| file.is_file()) {
        let file = contents(file).map_err(|error| format!("{}: {error}", file.display()))?;
        count += anchors.read(&file).unwrap_or(0);
    }
    if count == 0 { Err("no certificate in this folder".to_owned()) } else { Ok(()) }
}

fn contents(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(LONGEST).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The name of this system's own store. A file of that name is `./system`.
const SYSTEM: &str = "system";
/// The longest file that is read, in bytes: all public roots together take less than one MiB.
const LONGEST: u64 = 16 << 20;
/// Files of one folder that are looked at.
const MOST_FILES: usize = 10_000;
