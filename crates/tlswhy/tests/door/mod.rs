//! Runs the command from outside.

use std::process::{Command, Stdio};

/// What one run left behind.
pub(crate) struct Run {
    pub(crate) out: String,
    pub(crate) err: String,
    pub(crate) exit: Option<i32>,
}

/// Runs the command at the root of the repository.
pub(crate) fn run(words: &[&str]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tlswhy"));
    command.args(words).stdin(Stdio::null()).current_dir("../..");
    let output = command.env_remove("CLICOLOR_FORCE").env_remove("COLUMNS").output().unwrap();
    Run {
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
        exit: output.status.code(),
    }
}
