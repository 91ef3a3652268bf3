//! The command `tlswhy`: reads what it is given, asks the report, prints, and exits.
//!
//! Everything that touches the world is here: arguments, files, pipes, threads, signals, the
//! terminal. What is known about TLS is below, in libraries that touch nothing.
#![forbid(unsafe_code)]
#![allow(
    clippy::disallowed_methods,
    reason = "this is a door: files, the environment, clocks and threads are its work"
)]

mod anchors;
mod args;
mod help;
mod input;
mod key_logs;
mod look;
mod moment;
mod progress;
mod run;
mod sandbox;
mod signals;

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(run::run(std::env::args_os().skip(1)))
}
