//! One step of a chore: a command that is shown, timed, and must succeed.

use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};

/// The steps taken so far, for the table at the end.
#[derive(Default)]
pub(crate) struct Steps {
    done: Vec<(String, String)>,
}

impl Steps {
    /// Show `name`, run `command` with its output visible, and fail when it fails.
    pub(crate) fn run(&mut self, name: &str, command: &mut Command) -> Result<()> {
        self.time(name, &shown(command), || {
            let status = command.status().with_context(|| format!("cannot start {name}"))?;
            if !status.success() {
                bail!("{name} failed ({status}): {}", shown(command));
            }
            Ok(())
        })
    }

    /// Show `name`, do `work`, and note how long it took.
    pub(crate) fn time(
        &mut self,
        name: &str,
        what: &str,
        work: impl FnOnce() -> Result<()>,
    ) -> Result<()> {
        eprintln!("\n== {name}: {what}");
        let start = Instant::now();
        let outcome = work();
        let seconds = format!("{:.1} s", start.elapsed().as_secs_f64());
        match &outcome {
            Ok(()) => eprintln!("== {name}: ok in {seconds}"),
            Err(_) => eprintln!("== {name}: FAILED after {seconds}"),
        }
        self.done.push((name.to_owned(), seconds));
        outcome
    }

    /// Note that a step was not taken, and why.
    pub(crate) fn skip(&mut self, name: &str, why: &str) {
        eprintln!("\n== {name}: SKIPPED, {why}");
        self.done.push((name.to_owned(), format!("skipped: {why}")));
    }

    /// Print all steps with their durations.
    pub(crate) fn summary(&self) {
        eprintln!();
        for (name, how) in &self.done {
            eprintln!("{name:<12} {how}");
        }
    }
}

/// A command as a person would type it.
fn shown(command: &Command) -> String {
    std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|word| {
            let word = word.to_string_lossy();
            word.rsplit('/').next().filter(|name| *name == "cargo").unwrap_or(&word).to_owned()
        })
        .collect::<Vec<_>>()
        .join(" ")
}
