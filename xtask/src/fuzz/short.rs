//! The short run: every target over its seeds and mutations of them, each in a process of its own, so
//! that a find which ends the process (a stack or a memory that is used up) is one find and no more.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::sync::Mutex;
use std::thread;

use anyhow::{Context, Result, bail, ensure};

use crate::repo::{self, cargo};

/// Runs all targets, or those that are named; `--rounds N` mutations each, `--number N` for others
/// than those of every check.
pub(super) fn short(words: &[&str]) -> Result<()> {
    let (mut rounds, mut number, mut names) = (None, "1", Vec::new());
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match *word {
            "--rounds" => rounds = Some(words.next().context("--rounds needs a number")?.parse()?),
            "--number" => number = words.next().context("--number needs a number")?,
            name => names.push(name),
        }
    }
    let program = build()?;
    let finds = repo::target().join("finds");
    let mut jobs: Vec<Job> = targets()?
        .into_iter()
        .filter(|(name, _)| names.is_empty() || names.contains(&name.as_str()))
        .map(|(name, usual)| Job { name, rounds: rounds.unwrap_or(usual) })
        .collect();
    ensure!(jobs.len() >= names.len().max(1), "not all of these are targets: {names:?}");
    jobs.reverse();
    let jobs = Mutex::new(jobs);
    let failed = Mutex::new(Vec::new());
    let take = || jobs.lock().ok().and_then(|mut jobs| jobs.pop());
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(job) = take() {
                    if let Err(error) = job.run(&program, &finds, number)
                        && let Ok(mut failed) = failed.lock()
                    {
                        eprintln!("{error:#}");
                        failed.push(job.name);
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap_or_default();
    ensure!(failed.is_empty(), "something does not hold: {}", failed.join(", "));
    Ok(())
}

/// A target, and how many mutations are tried.
struct Job {
    name: String,
    rounds: u64,
}

impl Job {
    fn run(&self, program: &Path, finds: &Path, number: &str) -> Result<()> {
        let status = self.hunt("hunt", program, finds, number)?;
        if status.code().is_none() {
            // It did not end by itself, and cannot say by which input: the same again, each input
            // written down before it is tried.
            self.hunt("careful", program, finds, number)?;
            let file = finds.join(format!("{}-find", self.name));
            bail!("{}: ended by {status}; the input is {}", self.name, file.display());
        }
        ensure!(status.success(), "{} failed", self.name);
        Ok(())
    }

    fn hunt(&self, how: &str, program: &Path, finds: &Path, number: &str) -> Result<ExitStatus> {
        let mut command = Command::new(program);
        command.arg(how).arg(repo::root().join("corpus")).arg(finds);
        command.args([&self.name, &self.rounds.to_string(), number]);
        command.status().with_context(|| format!("cannot start {}", program.display()))
    }
}

/// The targets, and how many mutations of each the short run tries.
pub(super) fn targets() -> Result<Vec<(String, u64)>> {
    let output = Command::new(build()?).arg("list").output()?;
    let text = String::from_utf8(output.stdout)?;
    let target = |line: &str| {
        let (name, rounds) = line.split_once(' ')?;
        Some((name.to_owned(), rounds.parse().ok()?))
    };
    text.lines().map(|line| target(line).with_context(|| line.to_owned())).collect()
}

/// Builds the targets without a fuzzer, and says where they are.
pub(super) fn build() -> Result<PathBuf> {
    let built = cargo()
        .args(["build", "--manifest-path", "fuzz/Cargo.toml", "--no-default-features"])
        .args(["--release", "--locked", "--quiet", "--bin", "targets"])
        .status()?;
    ensure!(built.success(), "the targets do not build");
    Ok(repo::target().join("release").join("targets"))
}
