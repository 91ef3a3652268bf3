//! The files that the bench makes for itself: the same bytes each time, made once.

pub(super) mod bulk;
pub(super) mod capture;
pub(super) mod dice;
pub(super) mod evtx;
pub(super) mod flow;
pub(super) mod log;
pub(super) mod quic;
pub(super) mod reel;
pub(super) mod stock;

use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// A file that is ready to be read.
pub(super) struct Input {
    /// Where it is.
    pub(super) path: PathBuf,
    /// What was put into it.
    pub(super) contents: Contents,
}

/// What was put into a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Contents {
    /// In words: size, number of packets or lines.
    pub(super) about: String,
    /// How many failures: connections of failing cases, lines or records that tell of one.
    pub(super) failures: u64,
}

impl Input {
    /// The file at `path`, taken as it is if it was made from the same `plan`, and else made by
    /// `make`. A bench that was stopped leaves nothing half made: the note beside the file, which
    /// says what it was made from, is written last.
    pub(super) fn made(
        path: PathBuf,
        plan: impl Hash,
        make: impl FnOnce(&mut dyn Write) -> Result<Contents>,
    ) -> Result<Self> {
        let mut hasher = DefaultHasher::new();
        plan.hash(&mut hasher);
        let plan = format!("{:016x}", hasher.finish());
        let note = path.with_extension("made");
        let known = fs::read_to_string(&note).unwrap_or_default();
        if let (true, Some(contents)) = (path.is_file(), Contents::read(&known, &plan)) {
            return Ok(Self { path, contents });
        }
        let folder = path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
        let _ = fs::remove_file(&note);
        let mut out = BufWriter::with_capacity(1 << 20, File::create(&path)?);
        let contents = make(&mut out)?;
        out.flush().with_context(|| format!("{} cannot be written", path.display()))?;
        fs::write(&note, contents.written(&plan))?;
        Ok(Self { path, contents })
    }

    /// The path as an argument of a program.
    pub(super) fn name(&self) -> String {
        self.path.to_string_lossy().into_owned()
    }
}

impl Contents {
    fn written(&self, plan: &str) -> String {
        format!("{plan}\n{}\n{}\n", self.failures, self.about)
    }

    /// What a note says, if it is about the same plan.
    fn read(note: &str, plan: &str) -> Option<Self> {
        let mut lines = note.lines();
        let same = lines.next()? == plan;
        let failures = lines.next()?.parse().ok()?;
        let about = lines.next()?.to_owned();
        same.then_some(Self { about, failures })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file is made once, and again only when its plan is another.
    #[test]
    fn a_file_is_made_once() {
        let folder = std::env::temp_dir().join(format!("tlswhy-made-{}", std::process::id()));
        let make = |plan: u8| {
            let mut made = false;
            let input = Input::made(folder.join("a.txt"), plan, |out| {
                made = true;
                out.write_all(&[plan])?;
                Ok(Contents { about: format!("{plan} of it"), failures: u64::from(plan) })
            });
            (made, input.unwrap().contents.about)
        };
        assert_eq!(make(1), (true, "1 of it".to_owned()));
        assert_eq!(make(1), (false, "1 of it".to_owned()));
        assert_eq!(make(2), (true, "2 of it".to_owned()));
        fs::remove_dir_all(folder).unwrap();
    }
}
