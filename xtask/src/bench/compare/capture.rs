//! Captures: bulk, handshakes, QUIC. Ours beside tshark, tcpdump, Suricata and ssldump.

use std::fs;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::bench::Bench;
use crate::bench::agreement::Agreement;
use crate::bench::goals::Goals;
use crate::bench::input::Input;
use crate::bench::input::capture::Plan;
use crate::bench::measure::Run;
use crate::bench::peers::{
    SSLDUMP, SURICATA, SURICATA_RULE, TCPDUMP, TCPDUMP_COUNT, TCPDUMP_FILTER, TSHARK, TSHARK_QUIC,
    filled,
};
use crate::bench::table::{OURS, Table};

/// A gigabyte, nine tenths of it application data.
pub(in crate::bench) fn bulk(bench: &Bench, goals: &mut Goals) -> Result<()> {
    let bytes = if bench.quick { 60_000_000 } else { 1_000_000_000 };
    let capture = bench.capture("bulk.pcap", Plan::Bulk { bytes })?;
    println!("## Bulk: {}\n", capture.contents.about);
    let table = beside(bench, &capture, TSHARK)?;
    goals.at_least(BULK, "tshark : ours", table.cpu("tshark", OURS), 100.0);
    goals.at_most(BULK, "ours : tcpdump -w", table.cpu(OURS, "tcpdump"), 1.0);
    goals.at_least(BULK, "Suricata : ours", table.cpu("suricata", OURS), 6.0);
    bench.memory(&capture.name(), BULK, 64, goals)?;
    found(bench, &capture, goals, BULK)
}

/// A hundred thousand connections, of which three in ten fail.
pub(in crate::bench) fn handshakes(bench: &Bench, goals: &mut Goals) -> Result<()> {
    let connections = if bench.quick { 5_000 } else { 100_000 };
    let capture = bench.capture("handshakes.pcap", Plan::Handshakes { connections })?;
    println!("## Handshakes: {}\n", capture.contents.about);
    let table = beside(bench, &capture, TSHARK)?;
    goals.at_least(HANDSHAKES, "tshark : ours", table.cpu("tshark", OURS), 60.0);
    goals.at_most(HANDSHAKES, "ours : tcpdump -w", table.cpu(OURS, "tcpdump"), 2.5);
    bench.memory(&capture.name(), HANDSHAKES, 150, goals)?;
    found(bench, &capture, goals, HANDSHAKES)?;
    beside_ssldump(bench)
}

/// Connections over QUIC whose copies have to be opened one by one.
pub(in crate::bench) fn quic(bench: &Bench, goals: &mut Goals) -> Result<()> {
    let connections = if bench.quick { 1_000 } else { 20_000 };
    let capture = bench.capture("quic.pcap", Plan::Quic { connections })?;
    println!("## QUIC: {}\n", capture.contents.about);
    let table = beside(bench, &capture, TSHARK_QUIC)?;
    goals.at_least(QUIC, "tshark : ours", table.cpu("tshark", OURS), 30.0);
    bench.memory(&capture.name(), QUIC, 150, goals)?;
    if bench.peers.have(TSHARK_QUIC) {
        let agreement = agreement(bench, &capture)?;
        println!("- {agreement}");
        same(goals, QUIC, &agreement);
    }
    println!();
    Ok(())
}

/// The table of one capture. What tshark prints stays beside it.
fn beside(bench: &Bench, capture: &Input, tshark: &[&str]) -> Result<Table> {
    let file = capture.name();
    let words = [("F", file.as_str())];
    let mut table = bench.table(&file)?;
    table.add("json", "tlswhy --json F", Run::new([&bench.ours, "--json", &file]));
    bench.peer(&mut table, "tshark", tshark, &words, Some(printed(capture)));
    bench.peer(&mut table, "tcpdump", TCPDUMP, &words, None);
    if tshark == TSHARK {
        bench.peer(&mut table, "filter", TCPDUMP_FILTER, &words, None);
        if bench.peers.have(SURICATA) {
            let (folder, rule) = suricata(capture)?;
            let words = [("F", file.as_str()), ("D", folder.as_str()), ("R", rule.as_str())];
            bench.peer(&mut table, "suricata", SURICATA, &words, None);
        }
    }
    table.measure(bench.rounds)?;
    println!("{table}");
    Ok(table)
}

/// Whether they found the same; and how many the others find that only count.
fn found(bench: &Bench, capture: &Input, goals: &mut Goals, work: &'static str) -> Result<()> {
    let file = capture.name();
    if bench.peers.have(TSHARK) {
        let mut agreement = agreement(bench, capture)?;
        agreement.confirm(&fs::read(&capture.path)?)?;
        println!("- {agreement}");
        same(goals, work, &agreement);
    }
    if bench.peers.have(TCPDUMP_COUNT) {
        let words = filled(TCPDUMP_COUNT, &[("F", file.as_str())]);
        let output = Command::new(&words[0]).args(&words[1..]).output()?;
        let packets = count(&String::from_utf8_lossy(&output.stdout));
        println!("- packets that tcpdump's filter lets through: {}", packets.unwrap_or(0));
    }
    if bench.peers.have(SURICATA) {
        let log = fs::read_to_string(capture.path.with_extension("suricata").join("fast.log"));
        let lines = log.unwrap_or_default().lines().count() / bench.rounds.max(1);
        println!("- fatal alerts that Suricata's rule finds: {lines}");
    }
    println!();
    Ok(())
}

/// Where tshark's output for a capture stands.
pub(super) fn printed(capture: &Input) -> String {
    capture.path.with_extension("tshark").to_string_lossy().into_owned()
}

/// What ours and tshark found in a capture.
pub(super) fn agreement(bench: &Bench, capture: &Input) -> Result<Agreement> {
    let ours = bench.said(&["-o", "alerts"], &capture.name())?;
    let theirs = printed(capture);
    Agreement::of(&ours, &fs::read_to_string(&theirs).context(theirs)?)
}

/// The goal that ours misses nothing and invents nothing.
fn same(goals: &mut Goals, work: &'static str, agreement: &Agreement) {
    let (missed, invented) = (agreement.only_theirs.len(), agreement.invented().unwrap_or(0));
    let measured = format!("{missed} missed, {invented} invented");
    goals.add(work, "the alerts of tshark, none invented", measured, missed + invented == 0);
}

/// A new folder for what Suricata writes, and the file with its rule.
fn suricata(capture: &Input) -> Result<(String, String)> {
    let folder = capture.path.with_extension("suricata");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)?;
    let rule = capture.path.with_extension("rules");
    fs::write(&rule, SURICATA_RULE)?;
    Ok((folder.to_string_lossy().into_owned(), rule.to_string_lossy().into_owned()))
}

/// ssldump needs minutes for what others do in seconds: it gets fewer connections, one run, and a
/// time after which it is stopped.
fn beside_ssldump(bench: &Bench) -> Result<()> {
    if !bench.peers.have(SSLDUMP) {
        return Ok(());
    }
    let connections = if bench.quick { 1_000 } else { 5_000 };
    let capture = bench.capture("fewer.pcap", Plan::Handshakes { connections })?;
    let file = capture.name();
    let output = capture.path.with_extension("ssldump").to_string_lossy().into_owned();
    let ours = Run::new([&bench.ours, &file]).measure()?;
    let run = Run {
        output: Some(output.clone()),
        limit: Some(PATIENCE),
        ..Run::new(filled(SSLDUMP, &[("F", file.as_str())]))
    };
    let theirs = run.measure()?;
    let late = theirs.wall >= PATIENCE.as_secs_f64();
    println!("ssldump, one run on fewer connections: {}\n", capture.contents.about);
    println!("| command | CPU s | peak MB |\n|---|---:|---:|");
    println!("| `tlswhy F` | {:.3} | {} |", ours.cpu, ours.peak / 1024);
    let stopped = if late { " (stopped)" } else { "" };
    println!("| `ssldump -n -r F` | {:.3}{stopped} | {} |\n", theirs.cpu, theirs.peak / 1024);
    let named = named_by_ssldump(&String::from_utf8_lossy(&fs::read(output)?));
    println!("- alerts in the clear that ssldump prints: {named}\n");
    Ok(())
}

/// The alerts in what ssldump prints: each that it can read has a line for its level.
fn named_by_ssldump(printed: &str) -> usize {
    printed.lines().filter(|line| line.split_whitespace().next() == Some("level")).count()
}

/// The number in tcpdump's `12 packets`.
fn count(printed: &str) -> Option<u64> {
    printed.lines().find_map(|line| line.strip_suffix(" packets")?.trim().parse().ok())
}

const BULK: &str = "bulk capture";
const HANDSHAKES: &str = "handshake-heavy capture";
const QUIC: &str = "QUIC-heavy capture";
/// How long ssldump may take.
const PATIENCE: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests {
    use super::*;

    /// The figures are found in what the peers print.
    #[test]
    fn figures_are_found() {
        assert_eq!(count("3625 packets\n"), Some(3625));
        assert_eq!(count("reading from file\n"), None);
        let printed = "1 6 0.0123 (0.0011)  C>S  Alert\n    level           fatal\n    \
                       value           unknown_ca\n1 7 0.01 (0.0)  C>S  Alert\n";
        assert_eq!(named_by_ssldump(printed), 1);
    }
}
