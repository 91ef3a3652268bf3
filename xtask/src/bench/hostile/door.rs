//! What can be done to a command line, and to the files that it names.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Duration;

use anyhow::{Result, ensure};

use super::frames::{CAUSE, Frames, WITNESS};
use super::out::Out;
use super::{Hostile, Input, Kind, text};

pub(super) const SET: &[Hostile] = &[
    Hostile { code: 1, ..files("jobs", "-j 1000000, 300 files", 64, jobs) },
    files("folder", "a folder of 200 000 files: half of them are told to be too many", 384, folder),
    Hostile { code: 1, ..files("folders", "folders 2000 deep in one another", 64, folders) },
    door("loop", "folders with links to themselves", 2, &[CAUSE], links),
    door("fifo", "a folder with a pipe into which nobody writes", 1, &[CAUSE], fifo),
    door("broken", "a file that cannot be read", 2, &[CAUSE], broken),
    door("grows", "a log that grows while it is read", 1, &["expired-leaf"], grows),
    door("shrinks", "a capture that is emptied while it is read", 2, &[], shrinks),
    door("arguments", "a name of 100 kB, and a filter as long", 2, &[], arguments),
];

const fn door(
    name: &'static str,
    what: &'static str,
    code: i32,
    says: &'static [&'static str],
    make: fn(&Path, &mut Out<'_>) -> Result<Vec<String>>,
) -> Hostile {
    let input = Input::Folder(make);
    Hostile { name, what, kind: Kind::Text, input, memory: 256, times: 8.0, code, says }
}

const fn files(
    name: &'static str,
    what: &'static str,
    memory: u64,
    make: fn(&Path, &mut Out<'_>) -> Result<Vec<String>>,
) -> Hostile {
    Hostile { kind: Kind::Files, memory, times: 4.0, ..door(name, what, 2, &[CAUSE], make) }
}

fn word(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// The recorded failure, as a file in the folder.
fn witness(folder: &Path) -> Result<PathBuf> {
    let path = folder.join("0.pcap");
    let from = crate::repo::root().join("corpus").join(WITNESS).join("input.pcap");
    fs::copy(from, &path)?;
    Ok(path)
}

fn jobs(folder: &Path, out: &mut Out<'_>) -> Result<Vec<String>> {
    let witness = witness(folder)?;
    for number in 0..300 {
        fs::copy(&witness, folder.join(format!("copy{number}.pcap")))?;
    }
    out.units = 301;
    Ok(vec!["-j".to_owned(), "1000000".to_owned(), word(folder)])
}

/// A failure among two thousand small logs.
pub(super) fn ordinary_folder(folder: &Path, out: &mut Out<'_>) -> Result<Vec<String>> {
    witness(folder)?;
    for number in 0..2_000 {
        fs::write(folder.join(format!("{number}.log")), text::ORDINARY)?;
    }
    out.units = 2_001;
    Ok(vec![word(folder)])
}

fn folder(folder: &Path, out: &mut Out<'_>) -> Result<Vec<String>> {
    witness(folder)?;
    // A file has at most some ten thousand names, so there are several files.
    for part in 0..20 {
        let below = folder.join(format!("part{part}"));
        fs::create_dir(&below)?;
        let first = below.join("first.log");
        fs::write(&first, text::ORDINARY)?;
        for number in 1..10_000 {
            fs::hard_link(&first, below.join(format!("{number}.log")))?;
        }
    }
    out.units = 200_000;
    Ok(vec![word(folder)])
}

fn folders(folder: &Path, out: &mut Out<'_>) -> Result<Vec<String>> {
    witness(folder)?;
    out.units = 2_000;
    let mut below = folder.to_path_buf();
    for _ in 0..2_000 {
        let next = below.join("d");
        // A path has a longest length.
        if fs::create_dir(&next).is_err() {
            break;
        }
        below = next;
    }
    Ok(vec![word(folder)])
}

fn links(folder: &Path, _: &mut Out<'_>) -> Result<Vec<String>> {
    witness(folder)?;
    for name in ["a", "b", "c"] {
        fs::create_dir(folder.join(name))?;
        for to in ["a", "b", "c", "."] {
            symlink(folder.join(to), folder.join(name).join(format!("to-{to}")))?;
        }
        symlink(folder.join(name).join("self"), folder.join(name).join("self"))?;
    }
    Ok(vec![word(folder)])
}

fn fifo(folder: &Path, _: &mut Out<'_>) -> Result<Vec<String>> {
    witness(folder)?;
    let made = Command::new("mkfifo").arg(folder.join("pipe.pcap")).status()?;
    ensure!(made.success(), "mkfifo failed");
    Ok(vec![word(folder)])
}

/// Its first page is not there, so that every read is an error.
fn broken(folder: &Path, _: &mut Out<'_>) -> Result<Vec<String>> {
    Ok(vec![word(&witness(folder)?), "/proc/self/mem".to_owned()])
}

fn grows(folder: &Path, out: &mut Out<'_>) -> Result<Vec<String>> {
    let path = folder.join("growing.log");
    let first = [text::FAILURE, &text::ORDINARY.repeat(200_000)].concat();
    fs::write(&path, &first)?;
    out.bytes = 40 * first.len() as u64;
    let mut file = OpenOptions::new().append(true).open(&path)?;
    let more = text::ORDINARY.repeat(5_000);
    thread::spawn(move || {
        // A gigabyte a second for as long as the file is there.
        for _ in 0..1_000 {
            if file.write_all(more.as_bytes()).is_err() {
                return;
            }
            thread::sleep(Duration::from_micros(500));
        }
    });
    Ok(vec![word(&path)])
}

fn shrinks(folder: &Path, out: &mut Out<'_>) -> Result<Vec<String>> {
    let path = folder.join("shrinking.pcap");
    let mut file = File::create(&path)?;
    let mut inner = Out::new(&mut file, false);
    let mut frames = Frames::new(&mut inner)?;
    for number in 0..60_000 {
        frames.witness(number)?;
    }
    inner.push()?;
    (out.bytes, out.units) = (inner.bytes, inner.units);
    let until = path.clone();
    thread::spawn(move || {
        thread::sleep(Duration::from_millis(100));
        let emptied =
            OpenOptions::new().write(true).open(until).and_then(|file| file.set_len(100_003));
        drop(emptied);
    });
    Ok(vec![word(&path)])
}

fn arguments(folder: &Path, _: &mut Out<'_>) -> Result<Vec<String>> {
    let long = "x".repeat(100_000);
    Ok(vec![word(&witness(folder)?), format!("sni={}", "*a".repeat(50_000)), long])
}
