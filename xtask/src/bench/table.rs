//! Programs that are measured in turn on one input, and the table of what they cost.

use std::fmt;

use anyhow::{Result, ensure};

use super::measure::{Cost, Ending, Run};

/// The rows of a table, in the order in which they run. One row is ours, the first is the floor.
#[derive(Default)]
pub(super) struct Table {
    rows: Vec<Row>,
}

/// One program on the input.
struct Row {
    /// A short name, by which others find the row.
    name: &'static str,
    /// The command as a person would type it.
    shown: String,
    run: Run,
    costs: Vec<Cost>,
}

/// How many times as much one program needs as another, pair by pair: each round gives one ratio.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Ratio {
    pub(super) median: f64,
    pub(super) least: f64,
    pub(super) most: f64,
}

impl Table {
    /// One program more.
    pub(super) fn add(&mut self, name: &'static str, shown: impl Into<String>, run: Run) {
        self.rows.push(Row { name, shown: shown.into(), run, costs: Vec::new() });
    }

    /// Run all programs in turn, so that what else the machine does meets each of them alike. Ours
    /// ends with 1 when it has explained a failure, as grep does when it has found nothing; 2 is
    /// "could not read".
    pub(super) fn measure(&mut self, rounds: usize) -> Result<()> {
        for _ in 0..rounds {
            for row in &mut self.rows {
                let cost = row.run.measure()?;
                let well = matches!(cost.ending, Ending::Code(0 | 1));
                ensure!(well, "`{}` ended with {:?}", row.shown, cost.ending);
                row.costs.push(cost);
            }
        }
        Ok(())
    }

    /// How many times the processor time of the program `of` the program `is` needs.
    pub(super) fn cpu(&self, is: &str, of: &str) -> Option<Ratio> {
        self.ratio(is, of, |cost| cost.cpu)
    }

    /// The same of the time from start to end.
    pub(super) fn wall(&self, is: &str, of: &str) -> Option<Ratio> {
        self.ratio(is, of, |cost| cost.wall)
    }

    /// The median of something that the runs of a program cost, and the highest. 0 without a run.
    pub(super) fn middle(&self, name: &str, value: impl Fn(&Cost) -> f64) -> (f64, f64) {
        let costs = self.row(name).map_or(&[][..], |row| &row.costs);
        let values = || costs.iter().map(&value);
        (median(values()), values().fold(0.0, f64::max))
    }

    fn ratio(&self, is: &str, of: &str, value: impl Fn(&Cost) -> f64) -> Option<Ratio> {
        let (is, of) = (self.row(is)?, self.row(of)?);
        Ratio::of(is.costs.iter().map(&value).zip(of.costs.iter().map(&value)))
    }

    fn row(&self, name: &str) -> Option<&Row> {
        self.rows.iter().find(|row| row.name == name)
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let floor = self.rows.first().map_or("", |row| row.name);
        writeln!(
            f,
            "| command | CPU s | x {floor} | CPU against ours, each round | wall s | peak MB |"
        )?;
        writeln!(f, "|---|---:|---:|---:|---:|---:|")?;
        for row in &self.rows {
            let times = |ratio: Option<Ratio>| ratio.map_or("-".into(), |ratio| ratio.to_string());
            let above = self.cpu(row.name, floor).map_or(0.0, |ratio| ratio.median);
            writeln!(
                f,
                "| `{}` | {:.3} | {above:.1} | {} | {:.3} | {:.0} |",
                row.shown,
                median(row.costs.iter().map(|cost| cost.cpu)),
                times(self.cpu(row.name, OURS).filter(|_| row.name != OURS)),
                median(row.costs.iter().map(|cost| cost.wall)),
                row.costs.iter().map(|cost| cost.peak).max().unwrap_or(0) as f64 / 1024.0,
            )?;
        }
        Ok(())
    }
}

impl Ratio {
    /// The ratios of these pairs. `None` where there are none.
    fn of(pairs: impl Iterator<Item = (f64, f64)>) -> Option<Self> {
        let ratios: Vec<f64> = pairs.map(|(is, of)| is / of).collect();
        let least = ratios.iter().copied().reduce(f64::min)?;
        let most = ratios.iter().copied().reduce(f64::max)?;
        Some(Self { median: median(ratios), least, most })
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = usize::from(self.median < 100.0) + usize::from(self.median < 10.0);
        let Self { median, least, most } = self;
        write!(f, "{median:.digits$} ({least:.digits$} to {most:.digits$})")
    }
}

/// The middle one; of an even number the higher of the two in the middle, 0 of none.
pub(super) fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// The name of our row.
pub(super) const OURS: &str = "tlswhy";

#[cfg(test)]
mod tests {
    use super::*;

    fn table(costs: &[(&'static str, &[f64])]) -> Table {
        let mut table = Table::default();
        for (name, cpu) in costs {
            table.add(name, *name, Run::new([*name]));
            let cost = Cost { cpu: 0.0, wall: 1.0, peak: 0, anonymous: 0, ending: Ending::Code(0) };
            let costs = cpu.iter().map(|cpu| Cost { cpu: *cpu, ..cost });
            table.rows.last_mut().unwrap().costs = costs.collect();
        }
        table
    }

    /// Each round is a pair: a machine that is slow for one round slows both, and the ratio of that
    /// round stays. The ratio of the medians would be another one.
    #[test]
    fn ratios_are_made_pair_by_pair() {
        let table =
            table(&[("cat", &[1.0; 3]), ("tshark", &[30.0, 10.0, 60.0]), (OURS, &[1.0, 0.5, 6.0])]);
        let ratio = table.cpu("tshark", OURS).unwrap();
        assert_eq!(ratio, Ratio { median: 20.0, least: 10.0, most: 30.0 });
        assert_eq!(ratio.to_string(), "20.0 (10.0 to 30.0)");
        assert_eq!(table.cpu("rg", OURS), None);
    }

    /// A program that fails is no figure.
    #[test]
    fn ratios_of_nothing_are_none() {
        assert_eq!(table(&[("cat", &[]), (OURS, &[])]).cpu("cat", OURS), None);
        assert_eq!(median([3.0, 1.0, 2.0, 9.0]), 3.0);
    }
}
