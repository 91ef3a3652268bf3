//! `cargo xtask bench growth`: whether a packet and a connection cost the same in a large capture
//! as in a small one, and whether memory stays where it is.
//!
//! The captures come through a pipe from a generator, so that no disk is filled. Processor time is
//! that of ours alone; it includes what the kernel needs to hand the bytes over, which a row for
//! `cat` shows.

mod generator;

use anyhow::{Context, Result, bail};
use generator::{Generator, Until, Written};

use super::input::stock::Stock;
use super::measure::{Cost, Run};
use crate::repo;

/// One size of a capture and what it cost.
struct Step {
    written: Written,
    cost: Cost,
}

/// `--quick` takes the small sizes only; `--all` one more, of 20 GB; `--with PROGRAM` takes that
/// for ours.
pub(super) fn run(words: &[&str]) -> Result<()> {
    let (mut quick, mut all, mut with) = (false, false, None);
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match *word {
            "--quick" => quick = true,
            "--all" => all = true,
            "--with" => with = Some(*words.next().context("--with needs a program")?),
            other => bail!("bench growth takes --quick, --all and --with PROGRAM, not {other}"),
        }
    }
    let ours = with.map_or_else(super::ours, |program| Ok(program.to_owned()))?;
    let stock = Stock::read(&repo::root().join("corpus"))?;
    println!("# Growth\n\n- {}\n- {}", super::machine(), super::version(&ours)?);
    let sizes: &[u64] = match (quick, all) {
        (true, _) => &[10, 100],
        (false, false) => &[10, 100, 1_000, 10_000],
        (false, true) => &[10, 100, 1_000, 10_000, 20_000],
    };
    let sizes: Vec<_> = sizes.iter().map(|size| Until::Bytes(size * 1_000_000)).collect();
    println!("\n## Bulk\n");
    curve(&ours, &Generator::bulk(&stock), &sizes, Memory::Below(BULK_MEMORY))?;
    let last = if quick { 4 } else { 7 };
    let sizes: Vec<_> = (3..=last).map(|zeros| Until::Connections(10_u64.pow(zeros))).collect();
    for (what, with_failing) in [("three in ten refused", true), ("all established", false)] {
        println!("## Short connections one after the other, {what}\n");
        // Fewer connections do not fill what has a limit.
        let memory = if quick { Memory::Below(SHORT_MEMORY) } else { Memory::Still };
        curve(&ours, &Generator::short(&stock, with_failing), &sizes, memory)?;
    }
    Ok(())
}

/// The table of a generator at several sizes, and whether it stays flat.
fn curve(ours: &str, generator: &Generator, sizes: &[Until], memory: Memory) -> Result<()> {
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
    println!("\n{}", Flatness::of(&steps, memory));
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

/// What memory must do.
#[derive(Clone, Copy)]
enum Memory {
    /// Stay below this many MB in the largest capture.
    Below(u64),
    /// Stay where it was in the capture before the largest, a tenth of its size: all that has a
    /// limit is full in both.
    Still,
}

/// How cost and memory of the largest capture compare with those of smaller ones.
struct Flatness {
    /// Time a packet, largest to smallest, and largest to the one where it was cheapest. The
    /// smallest pays for the start.
    time: f64,
    cheapest: f64,
    /// Peak memory of the largest in MB, to that of the smallest, and to that of the one before.
    peak: f64,
    memory: f64,
    last: f64,
    rule: Memory,
}

impl Flatness {
    fn of(steps: &[Step], rule: Memory) -> Self {
        let times: Vec<f64> = steps.iter().map(Step::a_packet).collect();
        let peaks: Vec<f64> = steps.iter().map(|step| step.cost.peak as f64 / 1024.0).collect();
        let ratio = |values: &[f64], from: Option<&f64>| {
            values.last().copied().unwrap_or(1.0) / from.copied().unwrap_or(1.0)
        };
        Self {
            time: ratio(&times, times.first()),
            cheapest: ratio(&times, times.iter().min_by(|one, two| one.total_cmp(two))),
            peak: ratio(&peaks, None),
            memory: ratio(&peaks, peaks.first()),
            last: ratio(&peaks, peaks.iter().nth_back(1)),
            rule,
        }
    }

    fn time_is_flat(&self) -> bool {
        self.cheapest <= MORE_TIME
    }

    fn memory_is_flat(&self) -> bool {
        match self.rule {
            Memory::Below(limit) => self.peak <= limit as f64,
            Memory::Still => self.last <= MORE_MEMORY,
        }
    }
}

impl std::fmt::Display for Flatness {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { time, cheapest, memory, last, .. } = self;
        let verdict = |flat| if flat { "flat" } else { "**grows**" };
        writeln!(
            f,
            "- time a packet: largest to smallest {time:.2}, to the cheapest {cheapest:.2}: {}",
            verdict(self.time_is_flat())
        )?;
        let rule = match self.rule {
            Memory::Below(limit) => format!("below {limit} MB"),
            Memory::Still => "no more than before".into(),
        };
        writeln!(
            f,
            "- memory: largest to smallest {memory:.2}, to the one before {last:.2}; {rule}: {}",
            verdict(self.memory_is_flat())
        )
    }
}

/// What time a packet may differ by without any growth: the machine is shared.
const MORE_TIME: f64 = 1.25;
/// The same for memory, whose pages are counted in whole.
const MORE_MEMORY: f64 = 1.1;
/// Megabytes that bulk may take, and many short connections: the goals of the bench.
const BULK_MEMORY: u64 = 64;
const SHORT_MEMORY: u64 = 150;

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

    /// Ten times the packets for ten times the time is flat, also behind a start that costs; a cost
    /// that rises behind it is not.
    #[test]
    fn a_rising_cost_is_seen() {
        let flat = |costs: &[(f64, u64)]| Flatness::of(&steps(costs), Memory::Still).time_is_flat();
        assert!(flat(&[(0.3, 10), (1.0, 10), (10.0, 10)]));
        assert!(!flat(&[(0.3, 10), (1.0, 10), (14.0, 10)]));
        assert!(!flat(&[(0.1, 10), (1.0, 10), (20.0, 10)]));
    }

    /// A table that fills up to its limit is flat, one without a limit is not, and neither is one
    /// that is larger than it may be.
    #[test]
    fn rising_memory_is_seen() {
        let flat = |peaks: [u64; 3], rule| {
            let costs = peaks.map(|peak| (1.0, peak * 1024));
            Flatness::of(&steps(&costs), rule).memory_is_flat()
        };
        assert!(flat([10, 40, 41], Memory::Still));
        assert!(!flat([10, 40, 400], Memory::Still));
        assert!(flat([10, 20, 30], Memory::Below(64)));
        assert!(!flat([10, 20, 65], Memory::Below(64)));
    }
}
