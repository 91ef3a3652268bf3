//! Reads the certificates that `--ca` names: whom the side that refuses trusts.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use report::Anchors;
use rustls_native_certs::CertificateResult;

use crate::input::{Opened, Opening};

/// What was named, opened and not yet read: it may come with the capture, from whoever sent that.
pub(crate) struct Asked(Vec<Store>);

enum Store {
    /// What this machine trusts, read: who can write there need not trouble with captures.
    System(CertificateResult),
    Folder(PathBuf, Result<Vec<Opened>, io::Error>),
    File(Opened),
}

/// The certificates that were named.
pub(crate) struct Named {
    /// All of them together.
    pub(crate) anchors: Anchors,
    /// How many of them are in the store of this machine, if that was named.
    pub(crate) own_store: Option<usize>,
}

impl Asked {
    /// Opens what was named.
    pub(crate) fn open(named: &[PathBuf], opening: &mut Opening) -> Self {
        let store = |path: &PathBuf| {
            if path.as_os_str() == SYSTEM {
                Store::System(rustls_native_certs::load_native_certs())
            } else if path.is_dir() {
                Store::Folder(path.clone(), inside(path, opening))
            } else {
                Store::File(opening.open(path.clone()))
            }
        };
        Self(named.iter().map(store).collect())
    }

    /// Reads all of them; `None` where none was named.
    ///
    /// # Errors
    /// The first file or folder that is not what it should be, in one sentence: with half of what
    /// somebody trusts, the answer would be wrong.
    pub(crate) fn read(&self) -> Result<Option<Named>, String> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let mut anchors = Anchors::new();
        let mut own_store = None;
        for store in &self.0 {
            match store {
                Store::System(found) => own_store = Some(of_system(found, &mut anchors)?),
                Store::Folder(path, files) => of_folder(files, &mut anchors)
                    .map_err(|wrong| format!("--ca {}: {wrong}", path.display()))?,
                Store::File(file) => {
                    let name = file.path.display();
                    let bytes = contents(file).map_err(|error| format!("--ca {name}: {error}"))?;
                    anchors.read(&bytes).map_err(|wrong| format!("--ca {name}: {wrong}"))?;
                }
            }
        }
        Ok(Some(Named { anchors, own_store }))
    }
}

/// What this system trusts, and how many roots these are.
fn of_system(found: &CertificateResult, anchors: &mut Anchors) -> Result<usize, String> {
    // A store may hold one that cannot be read; nobody trusts that either.
    let read = found.certs.iter().filter(|certificate| anchors.add(certificate).is_ok()).count();
    match found.errors.first() {
        _ if read > 0 => Ok(read),
        Some(error) => Err(format!("--ca system: {error}")),
        None => Err("--ca system: this system has no store that can be found".to_owned()),
    }
}

/// The files of a folder, whatever they are; folders below it are left out.
fn inside(folder: &Path, opening: &mut Opening) -> io::Result<Vec<Opened>> {
    let entries = fs::read_dir(folder)?.take(MOST_FILES).map(|entry| Ok(entry?.path()));
    let mut files: Vec<PathBuf> = entries.collect::<io::Result<_>>()?;
    files.sort();
    Ok(files.into_iter().filter(|file| file.is_file()).map(|file| opening.open(file)).collect())
}

/// The certificates in these files, whatever else is in them.
fn of_folder(files: &io::Result<Vec<Opened>>, anchors: &mut Anchors) -> Result<(), String> {
    let mut count = 0;
    for file in files.as_ref().map_err(ToString::to_string)? {
        let bytes = contents(file).map_err(|error| format!("{}: {error}", file.path.display()))?;
        count += anchors.read(&bytes).unwrap_or(0);
    }
    if count == 0 { Err("no certificate in this folder".to_owned()) } else { Ok(()) }
}

fn contents(file: &Opened) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.bytes()?.take(LONGEST).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The name of this system's own store. A file of that name is `./system`.
const SYSTEM: &str = "system";
/// The longest file that is read, in bytes: all public roots together take less than one MiB.
const LONGEST: u64 = 16 << 20;
/// Files of one folder that are looked at.
const MOST_FILES: usize = 10_000;
