//! What was to be reached, and whether it was.

use std::fmt;

use super::table::Ratio;

/// The goals of a run of the bench, in the order in which they were looked at.
#[derive(Default)]
pub(super) struct Goals {
    rows: Vec<Goal>,
}

/// One goal and what came of it.
struct Goal {
    work: &'static str,
    goal: String,
    measured: String,
    /// `None`: it could not be measured here.
    reached: Option<bool>,
}

impl Goals {
    /// A ratio that must be this high: how many times as much the peer needs.
    pub(super) fn at_least(
        &mut self,
        work: &'static str,
        what: &str,
        ratio: Option<Ratio>,
        limit: f64,
    ) {
        let reached = ratio.map(|ratio| ratio.median >= limit);
        self.ratio(work, format!("{what} at least {limit}"), ratio, reached);
    }

    /// A ratio that must be no higher: how many times as much ours needs.
    pub(super) fn at_most(
        &mut self,
        work: &'static str,
        what: &str,
        ratio: Option<Ratio>,
        limit: f64,
    ) {
        let reached = ratio.map(|ratio| ratio.median <= limit);
        self.ratio(work, format!("{what} at most {limit}"), ratio, reached);
    }

    /// Any other goal.
    pub(super) fn add(
        &mut self,
        work: &'static str,
        goal: impl Into<String>,
        measured: impl Into<String>,
        reached: bool,
    ) {
        let (goal, measured, reached) = (goal.into(), measured.into(), Some(reached));
        self.rows.push(Goal { work, goal, measured, reached });
    }

    fn ratio(
        &mut self,
        work: &'static str,
        goal: String,
        ratio: Option<Ratio>,
        reached: Option<bool>,
    ) {
        let measured = ratio.map_or("the peer is missing".into(), |ratio| ratio.to_string());
        self.rows.push(Goal { work, goal, measured, reached });
    }
}

impl fmt::Display for Goals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| work | goal | measured | |\n|---|---|---:|---|")?;
        for Goal { work, goal, measured, reached } in &self.rows {
            let verdict = match reached {
                Some(true) => "reached",
                Some(false) => "**missed**",
                None => "not measured",
            };
            writeln!(f, "| {work} | {goal} | {measured} | {verdict} |")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The median decides, and a peer that is not there decides nothing.
    #[test]
    fn the_median_decides() {
        let ratio = Some(Ratio { median: 99.0, least: 80.0, most: 120.0 });
        let mut goals = Goals::default();
        goals.at_least("bulk", "tshark : ours", ratio, 100.0);
        goals.at_most("bulk", "ours : tcpdump", ratio, 100.0);
        goals.at_least("bulk", "suricata : ours", None, 6.0);
        let reached: Vec<_> = goals.rows.iter().map(|goal| goal.reached).collect();
        assert_eq!(reached, [Some(false), Some(true), None]);
        assert!(
            goals
                .to_string()
                .contains("| tshark : ours at least 100 | 99.0 (80.0 to 120.0) | **missed** |")
        );
    }
}
