//! From start to answer, where the work itself is next to nothing.

use std::fs;

use anyhow::{Context, Result};

use crate::bench::Bench;
use crate::bench::goals::Goals;
use crate::bench::measure::Run;
use crate::bench::peers::{TSHARK, filled};
use crate::bench::table::Table;
use crate::repo;

/// A code, and the smallest capture of the corpus.
pub(in crate::bench) fn compare(bench: &Bench, goals: &mut Goals) -> Result<()> {
    let small = smallest_capture()?;
    let size = fs::metadata(&small)?.len();
    println!("## Start to answer: a code, and a capture of {size} bytes\n");
    let mut ours = Table::default();
    ours.add("code", "tlswhy 48", Run::new([&bench.ours, "48"]));
    ours.add("capture", "tlswhy F", Run::new([&bench.ours, &small]));
    ours.measure(RUNS)?;
    println!("| command | runs | median ms | slowest ms |\n|---|---:|---:|---:|");
    for (name, shown) in [("code", "tlswhy 48"), ("capture", "tlswhy F")] {
        let (median, slowest) = ours.middle(name, |cost| cost.wall);
        println!("| `{shown}` | {RUNS} | {:.1} | {:.1} |", median * 1e3, slowest * 1e3);
        let measured = format!("{:.1} ms", median * 1e3);
        goals.add("start to answer", format!("`{shown}` at most 5 ms"), measured, median <= 0.005);
    }
    if bench.peers.have(TSHARK) {
        let mut theirs = Table::default();
        theirs.add("tshark", "tshark", Run::new(filled(TSHARK, &[("F", &small)])));
        theirs.measure(5)?;
        let (median, slowest) = theirs.middle("tshark", |cost| cost.wall);
        println!("| `tshark ... F` | 5 | {:.1} | {:.1} |", median * 1e3, slowest * 1e3);
    }
    println!();
    Ok(())
}

/// The smallest capture in the corpus.
pub(super) fn smallest_capture() -> Result<String> {
    repo::files()?
        .iter()
        .filter(|name| name.starts_with("corpus/") && name.ends_with(".pcap"))
        .map(|name| repo::root().join(name))
        .min_by_key(|path| fs::metadata(path).map_or(u64::MAX, |file| file.len()))
        .map(|path| path.to_string_lossy().into_owned())
        .context("no capture in the corpus")
}

/// Runs of ours, because one lasts two milliseconds.
const RUNS: usize = 20;
