//! The chores of the house, one file each: `cargo xtask <chore>`.
//!
//! A chore is anything a person would otherwise have to remember: how to check a change, how the
//! corpus is recorded, how speed is measured, what a new cause consists of. Each chore prints what
//! it does and ends non-zero when it fails.

// A chore is a door: it runs programs, reads files and the environment, and talks to a person.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "xtask is a door, and a door touches the world"
)]

mod bench;
mod check;
mod differ;
mod fuzz;
mod lab;
mod new;
mod repo;
mod step;
mod tidy;

use std::process::ExitCode;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["check", rest @ ..] => check::run(rest),
        ["tidy"] => tidy::run(),
        ["new", rest @ ..] => new::run(rest),
        ["lab", rest @ ..] => lab::run(rest),
        ["bench", rest @ ..] => bench::run(rest),
        ["fuzz", rest @ ..] => fuzz::run(rest),
        ["differ", rest @ ..] => differ::run(rest),
        // Started by the bench itself, once for each program that it measures.
        ["measure", rest @ ..] => bench::measure::child(rest),
        [] | ["help" | "-h" | "--help"] => {
            println!("{HELP}");
            Ok(())
        }
        [chore, ..] => Err(anyhow::anyhow!("no such chore or arguments: {chore}\n\n{HELP}")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

const HELP: &str = "\
cargo xtask <chore>

  check [--no-deny]               everything a change must pass: format, lints, tests, docs, tidy, deny
  tidy                            the rules of the house that no compiler knows
  new alert NAME CODE | cause NAME
                                  a skeleton in its one place, and what is left to do
  lab [FILTER...]                 record the corpus from real servers and clients on loopback
  lab judge [--all] [FILTER...]   how often the program is right about what was recorded
  bench [--quick] [--rounds N] [--keep DIR] [--only NAME] [--with PROGRAM]
                                  ours beside its peers on inputs that the bench makes itself
  bench growth [--quick] [--all] [--with PROGRAM]
                                  whether a packet costs the same in 10 GB as in 10 MB
  bench hostile [--all] [--only WORD]
                                  floods, lies and bombs: memory, time and answer within bounds
  fuzz --short [NAME...]          every fuzz target over its seeds and mutations of them, as check does
  fuzz run NAME|all --minutes N   the same with libFuzzer, for as long as there is time
  fuzz seeds | fuzz try NAME FILE what targets begin with; one input once more
  differ [--count N] [--seed S] [--captures DIR]
                                  ours and tshark on captures damaged on purpose: no alert is invented

Build output goes to CARGO_TARGET_DIR; check and bench default it to a cache folder outside of
the clone, so that the clone stays clean.";
