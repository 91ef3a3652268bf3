//! How many instructions small cases take: a figure that stays the same on a busy machine, and
//! shows a regression that its times hide.

use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use super::start::smallest_capture;
use crate::bench::Bench;
use crate::bench::goals::Goals;
use crate::bench::input::capture::Plan;
use crate::bench::input::{evtx, log};

/// Counted by cachegrind, without its model of a cache.
pub(in crate::bench) fn compare(bench: &Bench, _goals: &mut Goals) -> Result<()> {
    println!("## Instructions\n");
    if !bench.peers.have(CACHEGRIND) {
        println!("valgrind is not installed: not counted.\n");
        return Ok(());
    }
    let handshakes = bench.capture("thousand.pcap", Plan::Handshakes { connections: 1_000 })?;
    let bulk = bench.capture("small.pcap", Plan::Bulk { bytes: 10_000_000 })?;
    let log = log::make(10_000_000, bench.path("small.log"))?;
    let events = evtx::make(10_000_000, bench.path("small.evtx"))?;
    let cases = [
        ("a code: `tlswhy 48`".to_owned(), "48".to_owned()),
        ("the smallest capture".to_owned(), smallest_capture()?),
        (format!("handshakes: {}", handshakes.contents.about), handshakes.name()),
        (format!("bulk: {}", bulk.contents.about), bulk.name()),
        (format!("log: {}", log.contents.about), log.name()),
        (format!("event log: {}", events.contents.about), events.name()),
    ];
    println!("| input | instructions |\n|---|---:|");
    for (about, word) in cases {
        let count = instructions(&bench.ours, &word)?;
        println!("| {about} | {} |", grouped(count));
    }
    println!();
    Ok(())
}

fn instructions(ours: &str, word: &str) -> Result<u64> {
    let mut command = Command::new(CACHEGRIND[0]);
    // Sealed off, it could not do what valgrind does at its end.
    command.args(&CACHEGRIND[1..]).args([ours, "--no-sandbox", word]).stdout(Stdio::null());
    let output = command.output().context("valgrind cannot be started")?;
    let printed = String::from_utf8_lossy(&output.stderr);
    let well = output.status.code().is_some_and(|code| code < 2);
    ensure!(well, "under valgrind `tlswhy {word}` ended with {}: {printed}", output.status);
    counted(&printed).with_context(|| format!("valgrind counted nothing: {printed}"))
}

/// The number in `==71== I   refs:      1,666,613`.
fn counted(printed: &str) -> Option<u64> {
    let line = printed.lines().find(|line| line.contains("I ") && line.contains("refs:"))?;
    let digits: String = line.rsplit(':').next()?.chars().filter(char::is_ascii_digit).collect();
    digits.parse().ok()
}

/// A number with spaces between its thousands.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut shown = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            shown.push(' ');
        }
        shown.push(digit);
    }
    shown
}

const CACHEGRIND: &[&str] =
    &["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"];

#[cfg(test)]
mod tests {
    use super::*;

    /// The count is found below what valgrind warns of.
    #[test]
    fn the_count_is_found() {
        let printed = "--71-- warning: L3 cache found, using its data for the LL simulation.\n\
                       ==71== \n==71== I   refs:      1,666,613\n";
        assert_eq!(counted(printed), Some(1_666_613));
        assert_eq!(counted("valgrind: no such file\n"), None);
        assert_eq!(grouped(1_666_613), "1 666 613");
        assert_eq!(grouped(42), "42");
    }
}
