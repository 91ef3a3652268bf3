//! An event log: ours beside one that writes every record out.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::bench::Bench;
use crate::bench::goals::Goals;
use crate::bench::input::evtx;
use crate::bench::peers::{EVTX_DUMP, filled};
use crate::bench::table::OURS;

/// Half a gigabyte of records, few of which are of SChannel.
pub(in crate::bench) fn compare(bench: &Bench, goals: &mut Goals) -> Result<()> {
    let bytes = if bench.quick { 60_000_000 } else { 500_000_000 };
    let log = evtx::make(bytes, bench.path("events.evtx"))?;
    println!("## Event log: {}\n", log.contents.about);
    let file = log.name();
    let mut table = bench.table(&file)?;
    bench.peer(&mut table, "evtx_dump", EVTX_DUMP, &[("F", &file)], None);
    table.measure(bench.rounds)?;
    println!("{table}");
    goals.at_least(EVTX, "evtx_dump : ours", table.cpu("evtx_dump", OURS), 4.0);
    bench.memory(&file, EVTX, 64, goals)?;
    let made = log.contents.failures;
    let ours = schannel_events(&bench.said(&["--json"], &file)?)?;
    println!("- records of SChannel: {made} made, {ours} found by ours");
    if bench.peers.have(EVTX_DUMP) {
        println!("- found by evtx_dump: {}", named_by_peer(&file)?);
    }
    goals.add(EVTX, "records found", format!("{ours} of {made}"), ours == made);
    println!();
    Ok(())
}

/// The events of SChannel that a report counts.
fn schannel_events(json: &str) -> Result<u64> {
    let input: serde_json::Value = serde_json::from_str(json.lines().next().unwrap_or_default())?;
    let kinds = input["events"]["schannel"].as_array().into_iter().flatten();
    Ok(kinds.filter_map(|kind| kind["count"].as_u64()).sum())
}

/// The records of SChannel among all that the peer writes out, as many times the size of the log.
fn named_by_peer(file: &str) -> Result<usize> {
    let words = filled(EVTX_DUMP, &[("F", file)]);
    let mut child = Command::new(&words[0]).args(&words[1..]).stdout(Stdio::piped()).spawn()?;
    let lines = BufReader::new(child.stdout.take().context("no output to read")?).lines();
    let count = lines.map_while(Result::ok).filter(|line| names_schannel(line)).count();
    ensure!(child.wait()?.success(), "evtx_dump failed");
    Ok(count)
}

fn names_schannel(line: &str) -> bool {
    line.contains("\"Provider\":{\"#attributes\":{\"Name\":\"Schannel\"")
}

const EVTX: &str = "event log";

#[cfg(test)]
mod tests {
    use super::*;

    /// Records of SChannel are counted in our report and in the peer's lines.
    #[test]
    fn records_are_counted() {
        let json = r#"{"events":{"schannel":[{"id":36887,"count":3},{"id":36888,"count":2}]}}"#;
        assert_eq!(schannel_events(json).unwrap(), 5);
        assert_eq!(schannel_events(r#"{"events":{}}"#).unwrap(), 0);
        let line = |name| {
            format!(r##"{{"Event":{{"System":{{"Provider":{{"#attributes":{{"Name":"{name}""##)
        };
        assert!(names_schannel(&line("Schannel")) && !names_schannel(&line("Other")));
    }
}
