//! `cargo xtask check`: everything that a change must pass, in the order that fails soonest.
//!
//! The first failure ends it. Nothing is skipped in silence: a step that cannot run here says so,
//! and says it again in the table at the end.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};

use crate::repo::{self, cargo};
use crate::step::Steps;
use crate::{differ, fuzz, tidy};

/// Run all steps; `--no-deny` leaves out `cargo deny`, for a machine without a network.
pub(crate) fn run(words: &[&str]) -> Result<()> {
    let deny = match words {
        [] => true,
        ["--no-deny"] => false,
        _ => bail!("check takes --no-deny or nothing, not {words:?}"),
    };
    eprintln!("build output: {}", repo::target().display());
    let mut steps = Steps::default();
    let outcome = all(&mut steps, deny);
    steps.summary();
    if outcome.is_ok() {
        eprintln!("all checks passed");
    }
    outcome
}

fn all(steps: &mut Steps, deny: bool) -> Result<()> {
    steps.run("format", cargo().args(["fmt", "--all", "--check"]))?;
    steps.time("tidy", "the rules of the house", tidy::run)?;
    steps.run(
        "lints",
        cargo()
            .args(["clippy", "--workspace", "--all-targets", "--locked"])
            .args(["--quiet", "--", "--deny", "warnings"]),
    )?;
    // What the workspace's own run leaves out: a build that opens nothing, and the fuzz targets, which
    // have a workspace of their own.
    steps.run(
        "no features",
        cargo()
            .args(["clippy", "--package", "tlswhy-report", "--package", "tlswhy-trace"])
            .args(["--package", "tlswhy-wire", "--no-default-features", "--all-targets"])
            .args(["--locked", "--quiet", "--", "--deny", "warnings"]),
    )?;
    steps.run(
        "fuzz targets",
        cargo()
            .args(["clippy", "--manifest-path", "fuzz/Cargo.toml", "--no-default-features"])
            .args(["--locked", "--quiet", "--", "--deny", "warnings"]),
    )?;
    tests(steps)?;
    steps.run(
        "fuzz tests",
        cargo()
            .args(["test", "--manifest-path", "fuzz/Cargo.toml", "--no-default-features"])
            .args(["--release", "--lib", "--locked", "--quiet"]),
    )?;
    steps.time("fuzz", "cargo xtask fuzz --short", || fuzz::run(&["--short"]))?;
    differences(steps)?;
    steps.run(
        "docs",
        cargo()
            .args(["doc", "--workspace", "--no-deps", "--locked", "--quiet"])
            .env("RUSTDOCFLAGS", "--deny warnings"),
    )?;
    if deny {
        dependencies(steps)
    } else {
        steps.skip("deny", "--no-deny was given");
        Ok(())
    }
}

/// Run all tests with their output visible, and say how many there were: Cargo prints a line for
/// each of many runs, and the last one is often empty.
fn tests(steps: &mut Steps) -> Result<()> {
    steps.time("tests", "cargo test --workspace --locked", || {
        let mut command = cargo();
        command.args(["test", "--workspace", "--locked"]).stdout(Stdio::piped());
        let mut child = command.spawn().context("cannot start cargo test")?;
        let (mut passed, mut failed) = (0, 0);
        for line in child.stdout.take().into_iter().flat_map(|out| BufReader::new(out).lines()) {
            let line = line?;
            println!("{line}");
            let (more, worse) = counted(&line).unwrap_or_default();
            passed += more;
            failed += worse;
        }
        let status = child.wait()?;
        println!("\n{passed} passed, {failed} failed");
        ensure!(status.success() && failed == 0, "cargo test failed ({status})");
        ensure!(passed > 0, "no test ran");
        Ok(())
    })
}

/// Passed and failed, from a line like `test result: ok. 5 passed; 0 failed; ...`.
fn counted(line: &str) -> Option<(u64, u64)> {
    let (_, counts) = line.strip_prefix("test result: ")?.split_once(". ")?;
    let mut counts = counts.split("; ").map(|count| count.split(' ').next()?.parse().ok());
    Some((counts.next()??, counts.next()??))
}

/// Ours beside tshark on damaged captures, where tshark is.
fn differences(steps: &mut Steps) -> Result<()> {
    if !differ::is_possible() {
        steps.skip("differ", "tshark is not installed");
        return Ok(());
    }
    steps.time("differ", "cargo xtask differ", differ::short)
}

/// Licences, bans and sources must pass. Advisories are tried: they need a database from the
/// network, and where that cannot be fetched nothing is known about them, which is not a failure.
fn dependencies(steps: &mut Steps) -> Result<()> {
    if !has_deny() {
        let install = steps
            .run("deny install", cargo().args(["install", "cargo-deny", "--locked", "--quiet"]));
        if install.is_err() || !has_deny() {
            steps.skip("deny", "cargo-deny is not here and could not be installed");
            return Ok(());
        }
    }
    for (name, manifest) in [("deny", "Cargo.toml"), ("deny fuzz", "fuzz/Cargo.toml")] {
        steps.run(
            name,
            cargo()
                .args(["deny", "--manifest-path", manifest, "--config", "deny.toml", "--locked"])
                .args(["check", "--hide-inclusion-graph", "licenses", "bans", "sources"]),
        )?;
    }
    let fetched = cargo().args(["deny", "fetch", "db"]).stderr(Stdio::null()).status();
    if !fetched.is_ok_and(|status| status.success()) {
        steps.skip("advisories", "the advisory database could not be fetched");
        return Ok(());
    }
    steps.run(
        "advisories",
        cargo().args(["deny", "--locked", "check", "--disable-fetch", "advisories"]),
    )
}

fn has_deny() -> bool {
    quiet(cargo().args(["deny", "--version"]))
}

/// Whether a command succeeds; what it prints is of no interest.
fn quiet(command: &mut Command) -> bool {
    command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The closing line of a test run is read, and no other line.
    #[test]
    fn closing_lines_are_counted() {
        let line =
            "test result: FAILED. 12 passed; 3 failed; 1 ignored; 0 measured; 0 filtered out";
        assert_eq!(counted(line), Some((12, 3)));
        assert_eq!(counted("test result is fine. 1 passed"), None);
    }
}
