//! A log: ours beside those that only look for words.

use std::fs;

use anyhow::Result;

use crate::bench::Bench;
use crate::bench::goals::Goals;
use crate::bench::input::log::{self, LITERALS};
use crate::bench::peers::{GREP, RG};
use crate::bench::table::OURS;

/// A gigabyte of lines, one of a thousand of which tells of a failure.
pub(in crate::bench) fn compare(bench: &Bench, goals: &mut Goals) -> Result<()> {
    let bytes = if bench.quick { 60_000_000 } else { 1_000_000_000 };
    let log = log::make(bytes, bench.path("lines.log"))?;
    println!("## Log: {}\n", log.contents.about);
    let file = log.name();
    let list = log.path.with_extension("words");
    fs::write(&list, LITERALS.join("\n"))?;
    let list = list.to_string_lossy();
    let mut table = bench.table(&file)?;
    let mut counted = Vec::new();
    for (name, command) in [("rg", RG), ("grep", GREP)] {
        // Where nobody reads the count, grep ends with the first line that it finds.
        let output = log.path.with_extension(name);
        let written = Some(output.to_string_lossy().into_owned());
        bench.peer(&mut table, name, command, &[("F", &file), ("words", &list)], written);
        counted.push((name, output));
    }
    table.measure(bench.rounds)?;
    println!("{table}");
    goals.at_most(LOG, "ours : rg", table.cpu(OURS, "rg"), 1.3);
    bench.memory(&file, LOG, 64, goals)?;
    let said = bench.said(&["-o", "ndjson"], &file)?;
    let found = said.lines().filter(|line| line.contains("\"kind\":\"sighting\",")).count();
    let made = log.contents.failures;
    println!("- failures: {made} made, {found} found by ours");
    for (name, output) in counted {
        if let Ok(count) = fs::read_to_string(output) {
            println!("- lines with a word, by {name}: {}", count.trim());
        }
    }
    let measured = format!("{found} of {made}");
    goals.add(
        LOG,
        "failures found, at least 99.9 %",
        measured,
        found as f64 >= 0.999 * made as f64,
    );
    println!();
    Ok(())
}

const LOG: &str = "log";
