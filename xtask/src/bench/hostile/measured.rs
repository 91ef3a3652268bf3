//! One run of the program over a hostile input: what it used, how it ended, what it said.

use std::fs;
use std::io::Read;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use super::out::Out;
use super::{Hostile, Input, Kind, ordinary};
use crate::bench::measure::{Cost, Ending, Run};

/// What a run has used and said.
pub(super) struct Measured {
    pub(super) cost: Cost,
    /// Bytes of the input that it took.
    pub(super) bytes: u64,
    /// What else is counted of the input.
    pub(super) units: u64,
    /// The front of what it said.
    pub(super) output: String,
}

/// A program that takes longer than this hangs. The slowest of them takes seconds.
const HANGS: Duration = Duration::from_secs(600);
/// Bytes of an answer that are looked at.
const LOOKED_AT: u64 = 64 << 20;

impl Measured {
    /// Measures the ordinary input of a kind.
    pub(super) fn ordinary(program: &str, kind: Kind) -> Result<Self> {
        let measured = Self::of(program, &ordinary::of(kind), false)?;
        let ending = measured.cost.ending;
        ensure!(matches!(ending, Ending::Code(0 | 1)), "ordinary {kind:?} ended with {ending:?}");
        Ok(measured)
    }

    /// Measures one of them.
    pub(super) fn of(program: &str, one: &Hostile, all: bool) -> Result<Self> {
        let folder = std::env::temp_dir().join(format!("tlswhy-hostile-{}", std::process::id()));
        let said = folder.with_extension("answer");
        fs::create_dir_all(&folder)?;
        let measured = Self::within(&folder, &said, program, one, all);
        fs::remove_dir_all(&folder).with_context(|| folder.display().to_string())?;
        let _ = fs::remove_file(said);
        measured.with_context(|| one.name)
    }

    fn within(folder: &Path, said: &Path, program: &str, one: &Hostile, all: bool) -> Result<Self> {
        let output = Some(said.to_string_lossy().into_owned());
        let run = Run { output, limit: Some(HANGS), ..Run::new([program]) };
        // What cannot be read is told on standard error, which belongs to the answer.
        let given = |words: Vec<String>| {
            let both = ["sh", "-c", "exec \"$0\" \"$@\" 2>&1", program];
            [both.map(str::to_owned).to_vec(), words].concat()
        };
        let mut counts = (0, 0);
        let cost = match one.input {
            Input::Pipe(make) => {
                Run { words: given(vec!["-".to_owned()]), ..run }.measure_fed(|pipe| {
                    let mut out = Out::new(pipe, all);
                    let made = make(&mut out).and_then(|()| out.push());
                    counts = (out.bytes, out.units);
                    made
                })?
            }
            Input::Folder(make) => {
                let mut nowhere = std::io::sink();
                let mut out = Out::new(&mut nowhere, all);
                let words = make(folder, &mut out)?;
                counts = (out.bytes, out.units);
                Run { words: given(words), ..run }.measure()?
            }
        };
        let mut front = Vec::new();
        fs::File::open(said)?.take(LOOKED_AT).read_to_end(&mut front)?;
        let output = String::from_utf8_lossy(&front).into_owned();
        Ok(Self { cost, bytes: counts.0, units: counts.1, output })
    }

    /// The first line of the answer, as a cell of a table; with the next one where it is a name only.
    pub(super) fn first_line(&self) -> String {
        let mut lines = self.output.lines().map(str::trim).filter(|line| !line.is_empty());
        let mut line = lines.next().unwrap_or_default().to_owned();
        if line.len() < 30 {
            line = [&line, lines.next().unwrap_or_default()].join(" ").trim().to_owned();
        }
        line.chars().take(90).collect::<String>().replace('|', "\\|")
    }
}
