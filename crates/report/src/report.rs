//! Any number of inputs, one answer.

use std::collections::HashMap;

use crate::failure::{Failure, Severity};
use crate::group::{Group, Groups, Key};
use crate::intake::{Counts, Input};

/// What all inputs together say.
#[derive(Debug)]
pub struct Report {
    /// The inputs, in the order in which they were given.
    pub inputs: Vec<Input>,
    /// The groups, those that failed first, the largest first.
    pub groups: Vec<Group>,
    /// Failures that found no room in any group.
    pub ungrouped: u64,
    numbers: HashMap<Key, usize>,
}

impl Report {
    /// Puts the inputs together.
    #[must_use]
    pub fn new(mut inputs: Vec<Input>) -> Self {
        let mut all = Groups::default();
        for (place, input) in inputs.iter_mut().enumerate() {
            all.merge(place, std::mem::take(&mut input.groups));
        }
        let (groups, ungrouped) = all.ranked();
        let numbers = (1..).zip(&groups).map(|(number, group)| (group.key(), number)).collect();
        Self { inputs, groups, ungrouped, numbers }
    }

    /// The conversations of all inputs, counted.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.inputs.iter().fold(Counts::default(), |sum, input| sum.plus(input.counts))
    }

    /// What the command exits with: 2 when something could not be read, 1 when something failed,
    /// 0 when nothing did.
    #[must_use]
    pub fn exit(&self) -> u8 {
        if self.inputs.iter().any(Input::is_damaged) {
            2
        } else {
            u8::from(self.counts().failed > 0)
        }
    }

    /// How a frame is written: `#1187`, or `edge.pcapng#1187` when there are several inputs.
    #[must_use]
    pub fn place(&self, input: usize, frame: u64) -> String {
        match self.inputs.get(input) {
            Some(input) if self.inputs.len() > 1 => format!("{}#{frame}", input.short_name()),
            _ => format!("#{frame}"),
        }
    }

    /// The number of the group that a failure belongs to, from 1.
    #[must_use]
    pub fn group_of(&self, failure: &Failure) -> Option<usize> {
        self.numbers.get(&Key::of(failure)).copied()
    }

    /// The groups that failed.
    pub fn failed(&self) -> impl Iterator<Item = &Group> {
        self.groups.iter().filter(|group| group.severity == Severity::Failed)
    }
}
