//! `cargo xtask fuzz`: the targets of `fuzz/`, for a minute in each check and for hours when asked.
//!
//! The short run needs nothing but the stable compiler: a mutator of our own, the same inputs on every
//! machine. The long one is libFuzzer with the address sanitizer: a nightly compiler and cargo-fuzz.

mod short;

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};

use crate::repo::{self, cargo};

/// `--short`, `seeds`, `run` or `try`, each with its own words.
pub(crate) fn run(words: &[&str]) -> Result<()> {
    match words {
        ["--short", rest @ ..] => short::short(rest),
        ["seeds", rest @ ..] => {
            let folder = rest.first().map_or_else(folder, PathBuf::from);
            seeds(&folder.join("seeds"), rest.get(1..).unwrap_or_default())
        }
        ["run", which, rest @ ..] => long(which, rest),
        ["try", rest @ ..] => {
            let status = Command::new(short::build()?).arg("run").args(rest).status()?;
            ensure!(status.success(), "something does not hold ({status})");
            Ok(())
        }
        _ => bail!(
            "fuzz takes --short [NAME...], seeds [FOLDER [NAME...]], run NAME|all --minutes N, or \
             try NAME FILE..."
        ),
    }
}

/// Where seeds, corpora and finds of the long runs stay.
fn folder() -> PathBuf {
    std::env::temp_dir().join("tlswhy-fuzz")
}

/// Writes what each target begins with.
fn seeds(folder: &Path, names: &[&str]) -> Result<()> {
    let mut command = Command::new(short::build()?);
    command.arg("seeds").arg(repo::root().join("corpus")).arg(folder).args(names);
    ensure!(command.status()?.success(), "the seeds could not be written");
    println!("in {}", folder.display());
    Ok(())
}

/// What libFuzzer said at the end of a run.
#[derive(Default)]
struct Outcome {
    executions: u64,
    coverage: u64,
    features: u64,
    inputs: String,
    finds: Vec<String>,
}

/// Runs one target, or all of them in turn, for so many minutes each, and prints a table.
fn long(which: &str, words: &[&str]) -> Result<()> {
    let (mut minutes, mut folder) = (10.0, folder());
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match *word {
            "--minutes" => minutes = words.next().context("--minutes needs a number")?.parse()?,
            "--folder" => folder = PathBuf::from(words.next().context("--folder needs a folder")?),
            other => bail!("fuzz run takes --minutes N and --folder DIR, not {other}"),
        }
    }
    let all = short::targets()?;
    let names: Vec<&str> = all.iter().map(|(name, _)| name.as_str()).collect();
    let names = match which {
        "all" => names,
        name => names.into_iter().filter(|it| it == &name).collect(),
    };
    ensure!(!names.is_empty(), "there is no target {which}");
    let output = repo::target().join("libfuzzer");
    let built = cargo()
        .args(["+nightly", "fuzz", "build", "--target-dir"])
        .arg(&output)
        .arg("any")
        // The compiler that runs this one must not choose that of the other.
        .env_remove("RUSTUP_TOOLCHAIN")
        .env_remove("CARGO")
        .status()
        .context("cargo-fuzz and a nightly compiler are needed")?;
    ensure!(built.success(), "the build with libFuzzer failed");
    let program = output.join(host()?).join("release").join("any");
    seeds(&folder.join("seeds"), &names)?;

    let mut outcomes = BTreeMap::new();
    for name in &names {
        eprintln!("\n== {name}: {minutes} minutes");
        outcomes.insert(*name, fuzzed(&program, name, minutes, &folder)?);
    }
    println!("\n| target | minutes | executions | cov | ft | corpus | finds |");
    println!("|---|---|---|---|---|---|---|");
    for (name, it) in &outcomes {
        let Outcome { executions, coverage, features, inputs, finds } = it;
        let found = if finds.is_empty() { "none".to_owned() } else { finds.join(", ") };
        println!(
            "| {name} | {minutes} | {executions} | {coverage} | {features} | {inputs} | {found} |"
        );
    }
    let finds: usize = outcomes.values().map(|it| it.finds.len()).sum();
    ensure!(finds == 0, "{finds} finds, in {}", folder.join("finds").display());
    Ok(())
}

/// The name of this machine for the compiler.
fn host() -> Result<String> {
    let output = Command::new("rustc").arg("-vV").output().context("rustc is needed")?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).context("rustc does not say for which machine it builds")
}

/// One run of libFuzzer; it ends with its time or its first find.
fn fuzzed(program: &Path, name: &str, minutes: f64, folder: &Path) -> Result<Outcome> {
    let (corpus, finds) = (folder.join("corpus").join(name), folder.join("finds").join(name));
    fs::create_dir_all(&corpus)?;
    fs::create_dir_all(&finds)?;
    let mut child = Command::new(program)
        .env("TLSWHY_FUZZ", name)
        .arg(&corpus)
        .arg(folder.join("seeds").join(name))
        .arg(format!("-max_total_time={}", (minutes * 60.0).ceil()))
        .arg(format!("-artifact_prefix={}/", finds.display()))
        .args(["-timeout=20", "-rss_limit_mb=2048", "-max_len=32768", "-print_final_stats=1"])
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {}", program.display()))?;
    let mut outcome = Outcome::default();
    for line in child.stderr.take().into_iter().flat_map(|out| BufReader::new(out).split(b'\n')) {
        let line = line?;
        let line = String::from_utf8_lossy(&line);
        outcome.heard(&line);
        let is_news = line.contains("NEW") || line.contains("REDUCE");
        if !is_news && !line.starts_with("INFO") {
            eprintln!("{line}");
        }
    }
    child.wait()?;
    Ok(outcome)
}

impl Outcome {
    /// A line of libFuzzer's, as `#4096 pulse  cov: 1034 ft: 2210 corp: 128/9Kb exec/s: 512`.
    fn heard(&mut self, line: &str) {
        if let Some(file) = line.rsplit_once("Test unit written to ") {
            self.finds.push(file.1.to_owned());
        }
        let words: Vec<&str> = line.split_whitespace().collect();
        let number = |text: &str| text.parse().ok();
        if let Some(count) = line.strip_prefix("stat::number_of_executed_units:") {
            self.executions = number(count.trim()).unwrap_or(self.executions);
        }
        if !line.starts_with('#') {
            return;
        }
        if let Some(count) = words.first().and_then(|word| number(word.trim_start_matches('#'))) {
            self.executions = count;
        }
        for pair in words.windows(2) {
            match *pair {
                ["cov:", value] => self.coverage = number(value).unwrap_or(self.coverage),
                ["ft:", value] => self.features = number(value).unwrap_or(self.features),
                ["corp:", value] => self.inputs = value.to_owned(),
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What libFuzzer says is read: the last count, and where it put what it found.
    #[test]
    fn libfuzzer_is_understood() {
        let mut outcome = Outcome::default();
        for line in [
            "INFO: Seed: 1",
            "#512\tpulse  cov: 10 ft: 20 corp: 3/9Kb lim: 4 exec/s: 100 rss: 60Mb",
            "#4096\tDONE   cov: 1034 ft: 2210 corp: 128/9Kb lim: 40 exec/s: 512 rss: 60Mb",
            "artifact_prefix='/x/'; Test unit written to /x/crash-abc",
            "stat::number_of_executed_units: 4100",
        ] {
            outcome.heard(line);
        }
        assert_eq!((outcome.executions, outcome.coverage, outcome.features), (4100, 1034, 2210));
        assert_eq!(
            (outcome.inputs.as_str(), outcome.finds),
            ("128/9Kb", vec!["/x/crash-abc".into()])
        );
    }
}
