//! Eight captures at once: two threads against one, and the same output.

use std::process::Command;

use anyhow::{Result, ensure};

use crate::bench::Bench;
use crate::bench::goals::Goals;
use crate::bench::input::capture::Plan;
use crate::bench::measure::Run;
use crate::bench::table::Table;

/// What was recorded at eight places at the same time, some 60 MB each.
pub(in crate::bench) fn compare(bench: &Bench, goals: &mut Goals) -> Result<()> {
    let connections = if bench.quick { 1_000 } else { 13_000 };
    let mut files = Vec::new();
    println!("## Eight captures, as they are recorded at eight places at the same time\n");
    for (number, place) in (0..).zip(PLACES) {
        let plan = Plan::Place { number, connections };
        let capture = bench.capture(&format!("eight/{place}.pcap"), plan)?;
        if number == 0 {
            println!("Each like the first, {}.\n", capture.contents.about);
        }
        files.push(capture.name());
    }
    Run::new([vec!["cat".to_owned()], files.clone()].concat()).measure()?;
    let command = |threads: &str| {
        let words = [bench.ours.as_str(), "-j", threads].map(str::to_owned);
        [words.to_vec(), files.clone()].concat()
    };
    let mut table = Table::default();
    for (name, threads) in THREADS {
        table.add(name, format!("tlswhy -j {threads} F..."), Run::new(command(threads)));
    }
    table.measure(bench.rounds)?;
    println!("| command | wall s | CPU s | peak MB |\n|---|---:|---:|---:|");
    for (name, threads) in THREADS {
        let (wall, _) = table.middle(name, |cost| cost.wall);
        let (cpu, _) = table.middle(name, |cost| cost.cpu);
        let (_, peak) = table.middle(name, |cost| cost.peak as f64 / 1024.0);
        println!("| `tlswhy -j {threads} F...` | {wall:.3} | {cpu:.3} | {peak:.0} |");
    }
    println!();
    goals.at_least(EIGHT, "wall of one thread : two", table.wall("one", "two"), 1.7);
    let mut same = true;
    for words in [&[][..], &["-o", "ndjson"], &["-o", "alerts"]] {
        let mut printed = Vec::new();
        for (_, threads) in THREADS {
            let command = command(threads);
            let output = Command::new(&command[0]).args(words).args(&command[1..]).output()?;
            ensure!(output.status.code().is_some_and(|code| code < 2), "eight captures failed");
            printed.push(output.stdout);
        }
        same &= printed[0] == printed[1];
        let verdict = if printed[0] == printed[1] { "same" } else { "other" };
        let how = if words.is_empty() { "as text".into() } else { words.join(" ") };
        println!("- {how}: {} bytes, {verdict} for two threads", printed[0].len());
    }
    let measured = if same { "the same" } else { "another" };
    goals.add(EIGHT, "same output", measured, same);
    println!();
    Ok(())
}

const EIGHT: &str = "8 captures on two cores";
/// The rows, by name and number of threads.
const THREADS: [(&str, &str); 2] = [("one", "1"), ("two", "2")];
const PLACES: [&str; 8] = ["north", "south", "east", "west", "edge", "office", "branch", "vault"];
