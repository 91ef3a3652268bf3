//! A capture of which one packet in a hundred was lost: what is still found, and nothing invented.

use std::fs;

use anyhow::Result;

use super::capture::{agreement, printed};
use crate::bench::Bench;
use crate::bench::goals::Goals;
use crate::bench::input::capture::Plan;
use crate::bench::peers::TSHARK;

/// Ours finds at least as many alerts as tshark, and all of them stand in the capture.
pub(in crate::bench) fn compare(bench: &Bench, goals: &mut Goals) -> Result<()> {
    let connections = if bench.quick { 2_000 } else { 50_000 };
    let capture = bench.capture("lossy.pcap", Plan::Lossy { connections })?;
    println!("## Loss: {}\n", capture.contents.about);
    let file = capture.name();
    let mut table = bench.table(&file)?;
    bench.peer(&mut table, "tshark", TSHARK, &[("F", &file)], Some(printed(&capture)));
    // How many were found is the same in every round.
    table.measure(1)?;
    println!("{table}");
    if bench.peers.have(TSHARK) {
        let mut agreement = agreement(bench, &capture)?;
        agreement.confirm(&fs::read(&capture.path)?)?;
        let (ours, theirs) = (agreement.ours.len(), agreement.theirs());
        let invented = agreement.invented().unwrap_or(0);
        println!("- {agreement}");
        let measured = format!("{ours} against {theirs}, {invented} invented");
        let reached = ours >= theirs && invented == 0;
        goals.add(LOSS, "at least the alerts of tshark, none invented", measured, reached);
    }
    println!();
    Ok(())
}

const LOSS: &str = "1 % of the packets lost";
