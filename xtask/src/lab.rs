//! `cargo xtask lab [FILTER]`: record the corpus from real servers and clients on loopback.
//!
//! The lab itself lives in `lab/`, because what it does is start other people's programs.
//! `cargo xtask lab judge` asks the program about everything that was recorded.

mod judge;

use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::repo;

/// Run `lab/run`, with the filter if there is one.
pub(crate) fn run(words: &[&str]) -> Result<()> {
    if let ["judge", rest @ ..] = words {
        return judge::run(rest);
    }
    let program = repo::root().join("lab").join("run");
    let status = Command::new(&program)
        .args(words)
        .current_dir(repo::root())
        .status()
        .context("cannot start lab/run")?;
    ensure!(status.success(), "lab/run failed ({status})");
    Ok(())
}
