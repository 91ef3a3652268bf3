//! `cargo xtask check`: everything that a change must pass, in the order that fails soonest.
//!
//! The first failure ends it. Nothing is skipped in silence: a step that cannot run here says so,
//! and says it again in the table at the end.

use std::process::{Command, Stdio};

use anyhow::{Result, bail};

use crate::repo::{self, cargo};
use crate::step::Steps;
use crate::tidy;

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
    steps.run("tests", cargo().args(["test", "--workspace", "--locked"]))?;
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
    steps.run(
        "deny",
        cargo().args(["deny", "check", "--hide-inclusion-graph", "licenses", "bans", "sources"]),
    )?;
    let fetched = cargo().args(["deny", "fetch", "db"]).stderr(Stdio::null()).status();
    if !fetched.is_ok_and(|status| status.success()) {
        steps.skip("advisories", "the advisory database could not be fetched");
        return Ok(());
    }
    steps.run("advisories", cargo().args(["deny", "check", "--disable-fetch", "advisories"]))
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
