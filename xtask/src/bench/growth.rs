//! `cargo xtask bench growth`: whether a packet and a connection cost the same in a large capture
//! as in a small one, and whether memory stays where it is.
//!
//! The captures come through a pipe from a generator, so that no disk is filled. Processor time is
//! that of ours alone; it includes what the kernel needs to hand the bytes over, which a row for
//! `cat` shows.

mod generator;

use anyhow::{Result, bail};
use generator::{Generator, Until, Written};

use super::input::stock::Stock;
use super::measure::{Cost, Run};
use crate::repo;

/// One size of a capture and what it cost.
struct Step {
    written: Written,
    cost: Cost,
}

/// `--quick` takes the small sizes only; `--all` one more, of 20 GB.
pub(super) fn run(words: &[&str]) -> Result<()> {
    let (mut quick, mut all) = (false, false);
    for word in words {
        match *word {
            "--quick" => quick = true,
            "--all" => all = true,
            other => bail!("bench growth takes --quick and --all, not {other}"),
        }
    }
    let ours = super::ours()?;
    let stock = Stock::read(&repo::root().join("corpus"))?;
    println!("# Growth\n\n- {}\n- {}", super::machine(), super::version(&ours)?);
    let sizes: &[u64] = match (quick, all) {
        (true, _) => &[10, 100],
        (false, false) => &[10, 100, 1_000, 10_000],
        (false, true) => &[10, 100, 1_000, 10_000, 20_000],
    };
    let sizes: Vec<_> = sizes.iter().map(|size| Until::Bytes(size * 1_000_000)).collect();
    println!("\n## Bulk, from 10 MB on\n");
    curve(&ours, &Generator::bulk(&stock), &sizes)?;
    let last = if quick { 4 } else { 7 };
    let sizes: Vec<_> = (3..=last).map(|zeros| Until::Connections(10_u64.pow(zeros))).collect();
    for (what, with_failing) in [("three in ten refused", true), ("all established", false)] {
        println!("## Short connections one after the other, {what}\n");
        curve(&ours, &Generator::short(&stock, with_failing), &sizes)?;
    }
    Ok(())
}

/// The table of a generator at several sizes, and whether it stays flat.
fn curve(ours: &str, generator: &Generator, sizes: &[Until]) -> Result<()> {
    println!(
        "| capture | packets | connections | CPU s | ns a packet | ns a connection | wall s | peak MB |"
    );
    println!("|---|---:|---:|---:|---:|---:|---:|---:|");
    let mut steps = Vec::new();
    for size in sizes {
        let step = Step::measured(&[ours, "-"], generator, *size)?;
        step.print("");
        steps.push(step);
    }
    // The floor, at the size before the largest: who only reads what comes through the pipe.
    if let Some(size) = sizes.iter().nth_back(1) {
        Step::measured(&["cat"], generator, *size)?.print(", `cat` alone");
    }
    println!("\n{}", Flatness::of(&steps));
    Ok(())
}

impl Step {
    fn measured(words: &[&str], generator: &Generator, size: Until) -> Result<Self> {
        let mut written = Written::default();
        let cost = Run::new(words.iter().copied()).measure_fed(|pipe| {
            written = generator.write(size, pipe)?;
            Ok(())
        })?;
        Ok(Self { written, cost })
    }

    fn print(&self, note: &str) {
        let Self { written, cost } = self;
        println!(
            "| {:.0} MB{note} | {} | {} | {:.3} | {:.0} | {:.0} | {:.3} | {:.0} |",
            written.bytes as f64 / 1e6,
            written.packets,
            written.connections,
            cost.cpu,
            self.a_packet(),
            cost.cpu * 1e9 / written.connections as f64,
            cost.wall,
            cost.peak as f64 / 1024.0,
        );
    }

    /// Nanoseconds of processor time.
    fn a_packet(&self) -> f64 {
        self.cost.cpu * 1e9 / self.written.packets as f64
    }
}

/// How cost and memory of the largest capture compare with those of smaller ones.
struct Flatness {
    /// Time a packet, largest to smallest.
    time: f64,
    /// Peak memory, largest to smallest, and largest to the one before.
    memory: f64,
    last: f64,
}

impl Flatness {
    fn of(steps: &[Step]) -> Self {
        let time = |step: &Step| step.a_packet();
        let memory = |step: &Step| step.cost.peak as f64;
        let ratio = |value: &dyn Fn(&Step) -> f64, from: Option<&Step>| {
            steps.last().map_or(1.0, value) / from.map_or(1.0, value)
        };
        Self {
            time: ratio(&time, steps.first()),
            memory: ratio(&memory, steps.first()),
            last: ratio(&memory, steps.iter().nth_back(1)),
        }
    }

    fn is_flat(&self) -> bool {
        self.time <= MORE_TIME && self.last <= MORE_MEMORY
    }
}

impl std::fmt::Display for Flatness {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { time, memory, last } = self;
        let verdict = if self.is_flat() { "flat" } else { "**it grows**" };
        writeln!(
            f,
            "- largest to smallest: {time:.2} times the time a packet, {memory:.2} times the memory; \
             largest to the one before: {last:.2} times the memory: {verdict}"
        )
    }
}

/// Time a packet may differ by as much without any growth: a shared machine.
const MORE_TIME: f64 = 1.25;
/// Memory of the largest capture over that of the one before it, a tenth of its size. The tables
/// that have a limit are full in both.
const MORE_MEMORY: f64 = 1.1;

#[cfg(test)]
mod tests {
    use super::super::measure::Ending;
    use super::*;

    fn steps(costs: &[(f64, u64)]) -> Vec<Step> {
        let step = |(place, (cpu, peak)): (usize, &(f64, u64))| {
            let packets = 1000 * 10_u64.pow(place as u32);
            let written = Written { bytes: 0, packets, connections: 1 };
            let ending = Ending::Code(1);
            Step { written, cost: Cost { cpu: *cpu, wall: 0.0, peak: *peak, anonymous: 0, ending } }
        };
        costs.iter().enumerate().map(step).collect()
    }

    /// Ten times the packets for ten times the time is flat; a table without a limit is not, and a
    /// cost that rises is not.
    #[test]
    fn growth_is_seen() {
        assert!(Flatness::of(&steps(&[(0.1, 10), (1.0, 40), (10.0, 41)])).is_flat());
        assert!(!Flatness::of(&steps(&[(0.1, 10), (1.0, 40), (10.0, 400)])).is_flat());
        assert!(!Flatness::of(&steps(&[(0.1, 10), (1.0, 40), (20.0, 40)])).is_flat());
    }
}
