//! What the inputs say to one another: the same failure in an event log, in a capture, in a log.

use diagnosis::Finding;
use diagnosis::join::{Comparison, Joined, Repeat, Testimony, join};

use crate::group::{Group, Member};
use crate::input::Input;
use crate::log::LogGroup;

/// How the clock of a machine compares with that of another input, in positions of the report.
#[derive(Clone, Debug)]
pub struct Clocks {
    /// Position of the input that the machine wrote; the first of several.
    pub input: usize,
    /// Position of the other.
    pub other: usize,
    /// What was found.
    pub comparison: Comparison,
}

/// The testimonies of the inputs put together.
pub(crate) struct Together {
    /// Positions of the inputs that testify.
    witnesses: Vec<usize>,
    /// Failures of each of them that were not compared.
    left_out: Vec<u64>,
    joined: Joined,
}

impl Together {
    /// Asks all inputs that have something to tell.
    pub(crate) fn new(inputs: &mut [Input]) -> Self {
        let mut witnesses = Vec::new();
        let mut testimonies: Vec<Testimony> = Vec::new();
        for (place, input) in inputs.iter_mut().enumerate() {
            if let Some(testimony) = input.testimony.take() {
                witnesses.push(place);
                testimonies.push(testimony);
            }
        }
        let all: Vec<&Testimony> = testimonies.iter().collect();
        let joined = if all.is_empty() { Joined::default() } else { join(&all) };
        let left_out = testimonies.iter().map(|testimony| testimony.left_out).collect();
        Self { witnesses, left_out, joined }
    }

    /// How many failures of which inputs were not compared, where others were.
    pub(crate) fn left_out(&self) -> Vec<(usize, u64)> {
        let all = self.witnesses.iter().copied().zip(self.left_out.iter().copied());
        all.filter(|(_, count)| *count > 0 && !self.joined.clocks.is_empty()).collect()
    }

    /// How the clocks compare.
    pub(crate) fn clocks(&self) -> Vec<Clocks> {
        let place = |witness: usize| self.witnesses.get(witness).copied();
        let all = self.joined.clocks.iter().filter_map(|comparison| {
            let input = place(*comparison.inputs.first()?)?;
            let other = place(comparison.other)?;
            Some(Clocks { input, other, comparison: comparison.clone() })
        });
        all.collect()
    }

    /// Which inputs tell failures again that others tell, in positions of the report.
    pub(crate) fn repeats(&self) -> Vec<Repeat> {
        let place = |witness: usize| self.witnesses.get(witness).copied();
        let all = self.joined.repeats.iter();
        all.filter_map(|it| Some(Repeat { input: place(it.input)?, of: place(it.of)?, ..*it }))
            .collect()
    }

    /// Tells the groups of captures which logs tell of them. Where a capture does not show the cause,
    /// and the log that tells most of them has a reason, that is the cause. `at` writes a place of an
    /// input.
    pub(crate) fn tell(&self, groups: &mut [Group], at: impl Fn(usize, u64) -> String) {
        for group in groups {
            group.echoes = self.echoes(&group.members);
            let most = group.echoes.iter().filter(|echo| echo.count * 2 > group.count);
            let findings = &mut group.sample.failure.findings;
            let reasons =
                most.filter_map(|it| it.finding(findings.first(), &at(it.input, it.place)));
            if let Some(finding) = reasons.min_by_key(|finding| finding.confidence) {
                group.cause = Some(finding.cause);
                group.refused_by = finding.refused_by;
                findings.retain(|other| other.cause.slug != finding.cause.slug);
                findings.insert(0, finding);
            }
        }
    }

    /// Tells the groups of logs with whom their failures were. What a capture shows to be the cause
    /// of most of them is their cause. `at` writes a place of an input.
    pub(crate) fn tell_logs(&self, groups: &mut [LogGroup], at: impl Fn(usize, u64) -> String) {
        for group in groups {
            for (input, place) in &group.members {
                let company = self.witness(*input).and_then(|it| self.joined.company(it, *place));
                if let Some(company) = company {
                    group.company.merge(company.clone());
                }
            }
            group.echoes = self.echoes(&group.members);
            for share in &mut group.company.parties {
                let input = self.witnesses.get(share.first.input).copied();
                share.first.input = input.unwrap_or(share.first.input);
            }
            // What a log is surer of than the capture, it keeps.
            let own = group.sample.best().map(|best| best.confidence);
            let better = |finding: &Finding| own.is_none_or(|own| finding.confidence <= own);
            if let Some(finding) = group.company.finding(&at).filter(better) {
                group.cause = Some(finding.cause);
                let findings = &mut group.sample.findings;
                findings.retain(|other| other.cause.slug != finding.cause.slug);
                findings.insert(0, finding);
            }
        }
    }

    fn echoes(&self, members: &[Member]) -> Vec<diagnosis::join::Echo> {
        let echoes = members.iter().filter_map(|(input, place)| {
            let echoes = self.joined.echoes(self.witness(*input)?, *place);
            let placed = echoes.iter().filter_map(|echo| {
                Some(diagnosis::join::Echo { input: *self.witnesses.get(echo.input)?, ..*echo })
            });
            Some(placed.collect::<Vec<_>>())
        });
        echoes.flatten().collect()
    }

    fn witness(&self, input: usize) -> Option<usize> {
        self.witnesses.iter().position(|witness| *witness == input)
    }
}
