//! Any number of inputs, one answer.

use std::collections::HashMap;

use diagnosis::Host;
use diagnosis::join::Repeat;
use windows::Setting;

use crate::events::stand_beside;
use crate::failure::{Failure, Severity};
use crate::group::{Group, Groups, Key};
use crate::input::{Counts, Input};
use crate::joined::{Clocks, Together};
use crate::keys::Keys;
use crate::log::{LogGroup, LogGroups};
use crate::paint::safe;
use crate::settings::Machine;

/// What all inputs together say.
#[derive(Debug)]
pub struct Report {
    /// The inputs, in the order in which they were given.
    pub inputs: Vec<Input>,
    /// The groups, those that failed first, the largest first.
    pub groups: Vec<Group>,
    /// The groups of what logs tell, the largest first. Their numbers go on behind those of
    /// [`Report::groups`].
    pub log_groups: Vec<LogGroup>,
    /// The machines whose settings are known, in the order of their inputs.
    pub machines: Vec<Machine>,
    /// Failures that found no room in any group.
    pub ungrouped: u64,
    /// How the clocks of the inputs compare, where several tell of the same time.
    pub clocks: Vec<Clocks>,
    /// The inputs with failures that were not compared because there are too many of them, or of
    /// machines, and how many.
    pub not_compared: Vec<(usize, u64)>,
    /// The inputs that tell failures again which others tell, and count them again.
    pub repeats: Vec<Repeat>,
    numbers: HashMap<Key, usize>,
    labels: Vec<Label>,
}

impl Report {
    /// Puts the inputs together.
    #[must_use]
    pub fn new(mut inputs: Vec<Input>) -> Self {
        stand_beside(&mut inputs);
        let together = Together::new(&mut inputs);
        let mut all = Groups::default();
        let mut of_logs = LogGroups::default();
        for (place, input) in inputs.iter_mut().enumerate() {
            all.merge(place, std::mem::take(&mut input.groups));
            of_logs.merge(place, std::mem::take(&mut input.log_groups));
        }
        let (mut groups, mut ungrouped) = all.ranked();
        let (mut log_groups, more) = of_logs.ranked();
        ungrouped += more;
        let numbers = (1..).zip(&groups).map(|(number, group)| (group.key(), number)).collect();
        let labels = labels(&inputs);
        let machines = Machine::all(&inputs);
        let (clocks, repeats) = (together.clocks(), together.repeats());
        let mut report = Self {
            inputs,
            groups: Vec::new(),
            log_groups: Vec::new(),
            machines,
            ungrouped,
            clocks,
            repeats,
            not_compared: together.left_out(),
            numbers,
            labels,
        };
        together.tell(&mut groups, |input, place| report.at(input, place));
        report.groups = groups;
        together.tell_logs(&mut log_groups, |input, place| report.at(input, place));
        report.log_groups = log_groups;
        report.ask_machines();
        report
    }

    /// Lets the settings of each machine speak of what is shown of each group.
    fn ask_machines(&mut self) {
        let mut groups = std::mem::take(&mut self.groups);
        let mut log_groups = std::mem::take(&mut self.log_groups);
        for machine in &self.machines {
            let name = machine.name(self);
            let cite = |setting: &Setting| machine.cite(self, setting);
            let host = Host { settings: &machine.settings, name: &name, cite: &cite };
            for sample in groups.iter_mut().map(|group| &mut group.sample) {
                host.weigh(&mut sample.failure.findings, &sample.session);
            }
            for sample in log_groups.iter_mut().map(|group| &mut group.sample) {
                host.weigh_sighting(&mut sample.findings, &sample.sighting);
            }
        }
        self.groups = groups;
        self.log_groups = log_groups;
    }

    /// The conversations of all inputs, counted.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.inputs.iter().fold(Counts::default(), |sum, input| sum.plus(input.counts))
    }

    /// What secrets opened in all inputs.
    #[must_use]
    pub fn keys(&self) -> Keys {
        self.inputs.iter().fold(Keys::default(), |sum, input| sum.plus(input.keys))
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

    /// How a frame is written: `#1187`, or `edge.pcapng#1187` when there are several inputs, or when
    /// the input was written into several files. Of long names of such files only what tells them
    /// apart is written: `…00713…#17`.
    #[must_use]
    pub fn place(&self, input: usize, frame: u64) -> String {
        let (file, frame) = self.inputs.get(input).map_or((None, frame), |it| it.locate(frame));
        let label = self.labels.get(input).zip(file).map(|(label, file)| label.mark(file));
        format!("{}#{frame}", label.or_else(|| self.beside_others(input)).unwrap_or_default())
    }

    /// How a line of a log is written: `:801`, or `error.log:801` when there are several inputs.
    #[must_use]
    pub fn line(&self, input: usize, line: u64) -> String {
        format!("{}:{line}", self.beside_others(input).unwrap_or_default())
    }

    /// How a record of an event log is written: `rec 81220`, or `System.evtx rec 81220` when there
    /// are several inputs.
    #[must_use]
    pub fn record(&self, input: usize, record: u64) -> String {
        match self.beside_others(input) {
            Some(label) => format!("{label} rec {record}"),
            None => format!("rec {record}"),
        }
    }

    /// The name of an input, with as few folders as tell it from the others.
    #[must_use]
    pub fn label(&self, input: usize) -> String {
        let label = self.labels.get(input).zip(self.inputs.get(input));
        label.map(|(label, input)| shortened(&tail(&input.name, label.folders))).unwrap_or_default()
    }

    /// The file that holds a frame, with as few folders as tell it from others, where the input was
    /// written into several; and the number that the frame has there.
    pub(crate) fn locate(&self, input: usize, frame: u64) -> (Option<String>, u64) {
        let (file, frame) = self.inputs.get(input).map_or((None, frame), |it| it.locate(frame));
        let label = self.labels.get(input).zip(file);
        (label.map(|(label, file)| safe(&tail(file, label.folders), usize::MAX)), frame)
    }

    /// The name of an input, where there are others.
    fn beside_others(&self, input: usize) -> Option<String> {
        (self.inputs.len() > 1).then(|| self.label(input))
    }

    /// How a place of an input is written: a frame of a capture, a record of an event log, a line.
    #[must_use]
    pub fn at(&self, input: usize, place: u64) -> String {
        let kind = self.inputs.get(input).map(|input| (input.kind, input.events.is_empty()));
        match kind {
            Some((kind, _)) if kind.is_capture() => self.place(input, place),
            Some((_, false)) => self.record(input, place),
            _ => self.line(input, place),
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

/// A label that leaves room for what stands beside it: the end of a path tells more than its start.
fn shortened(label: &str) -> String {
    let whole = safe(label, usize::MAX);
    match whole.chars().count().checked_sub(MOST_LABEL) {
        Some(more @ 1..) => format!("…{}", whole.chars().skip(more + 1).collect::<String>()),
        _ => whole,
    }
}

/// How the files of an input are called.
#[derive(Clone, Copy, Debug)]
struct Label {
    /// How many parts of a path tell them from those of other inputs.
    folders: usize,
    /// How many bytes all of their names begin and end with, if the names are long.
    same: (usize, usize),
}

impl Label {
    /// What stands in front of a frame.
    fn mark(self, file: &str) -> String {
        let (front, back) = self.same;
        let name = tail(file, 1);
        let own = name.get(front..name.len().saturating_sub(back)).filter(|own| !own.is_empty());
        match own {
            Some(own) if front + back > 0 => {
                let folders = tail(file, self.folders);
                let folders = folders.strip_suffix(&name).unwrap_or_default();
                let dots = |bytes| if bytes > 0 { "…" } else { "" };
                shortened(&format!("{folders}{}{own}{}", dots(front), dots(back)))
            }
            _ => shortened(&tail(file, self.folders)),
        }
    }
}

/// How the inputs' files are called: with as few folders as tell them apart.
fn labels(inputs: &[Input]) -> Vec<Label> {
    let names = |input: &Input, parts: usize| -> Vec<String> {
        let files = input.parts.iter().map(|part| &part.name);
        files.chain([&input.name]).map(|name| tail(name, parts)).collect()
    };
    let label = |input| Label { folders: 1, same: same(input) };
    let mut labels: Vec<Label> = inputs.iter().map(label).collect();
    for parts in 2..=MOST_PARTS {
        let mut times: HashMap<String, usize> = HashMap::new();
        for (input, label) in inputs.iter().zip(&labels) {
            for name in names(input, label.folders) {
                *times.entry(name).or_default() += 1;
            }
        }
        for (input, label) in inputs.iter().zip(&mut labels) {
            let is_double = |name| times.get(name).is_some_and(|times| *times > 1);
            if names(input, label.folders).iter().any(is_double) {
                label.folders = parts;
            }
        }
    }
    labels
}

/// How many bytes the long names of an input's files have in common in front and behind: no part of
/// a number.
fn same(input: &Input) -> (usize, usize) {
    let mut names = input.parts.iter().map(|part| tail(&part.name, 1));
    let Some(first) = names.next().filter(|name| name.len() > LONG_NAME) else { return (0, 0) };
    let (mut front, mut back) = (first.len(), first.len());
    for name in names {
        let pairs = first.bytes().zip(name.bytes()).take(front);
        front = pairs.take_while(|(a, b)| a == b).count();
        let pairs = first.bytes().rev().zip(name.bytes().rev()).take(back);
        back = pairs.take_while(|(a, b)| a == b).count();
    }
    let bytes = first.as_bytes();
    let digits = |it: &&u8| it.is_ascii_digit();
    let in_front = bytes.get(..front).unwrap_or_default();
    let behind = bytes.get(bytes.len() - back..).unwrap_or_default();
    (
        front - in_front.iter().rev().take_while(digits).count(),
        back - behind.iter().take_while(digits).count(),
    )
}

/// The last parts of a path.
fn tail(path: &str, parts: usize) -> String {
    let parts: Vec<&str> = path.rsplit(['/', '\\']).filter(|p| !p.is_empty()).take(parts).collect();
    parts.into_iter().rev().collect::<Vec<_>>().join("/")
}

/// Parts of a path that are tried to tell inputs apart.
const MOST_PARTS: usize = 4;
/// Bytes of a file's name that are no hindrance in front of a frame.
const LONG_NAME: usize = 20;
/// Characters of an input's name in front of a frame.
const MOST_LABEL: usize = 28;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Part;

    /// A long label loses its beginning and never its frame.
    #[test]
    fn long_labels_keep_their_end() {
        assert_eq!(shortened("edge.pcap"), "edge.pcap");
        let short = shortened("a-folder-with-a-long-name/of-many-words/input.pcap");
        assert_eq!(short, "…me/of-many-words/input.pcap");
        assert_eq!(short.chars().count(), MOST_LABEL);
    }

    /// Inputs, and the files of one, are told apart by as few folders as it takes.
    #[test]
    fn labels_are_as_short_as_they_can_be() {
        let names = |names: &[&str]| -> Vec<String> {
            let inputs = names.iter().map(|n| Input::unreadable(*n, "gone")).collect();
            let report = Report::new(inputs);
            (0..names.len()).map(|input| report.label(input)).collect()
        };
        assert_eq!(names(&["x/a.pcap", "y/b.pcap"]), ["a.pcap", "b.pcap"]);
        assert_eq!(names(&["x/a.pcap", "y/a.pcap", "b"]), ["x/a.pcap", "y/a.pcap", "b"]);
        assert_eq!(names(&["c\\a.pcap", "-"]), ["a.pcap", "-"]);
        let set = |name: &str, parts: &[(&str, u64)]| {
            let mut input = Input::unreadable(name, "gone");
            let part =
                |(name, frames): &(&str, u64)| Part { name: (*name).into(), frames: *frames };
            input.parts = parts.iter().map(part).collect();
            input
        };
        let of_x = || set("x/a*.pcap", &[("x/a1.pcap", 0), ("x/a2.pcap", 7)]);
        let alone = Report::new(vec![of_x()]);
        assert_eq!([alone.place(0, 7), alone.place(0, 8)], ["a1.pcap#7", "a2.pcap#1"]);
        let ring = |number: u64| format!("x/ring_0071{number}_20261126120000.pcapng");
        let names = [3, 4].map(ring);
        let ring = set("x/ring_*", &[(&names[0], 0), (&names[1], 7)]);
        let input = Report::new(vec![ring]);
        assert_eq!([input.place(0, 7), input.place(0, 8)], ["…00713…#7", "…00714…#1"]);
        assert_eq!(input.locate(0, 8).0.as_deref(), names[1].strip_prefix("x/"));
        let both = Report::new(vec![of_x(), set("y/a2.pcap", &[])]);
        assert_eq!([both.place(0, 8), both.place(1, 8)], ["x/a2.pcap#1", "y/a2.pcap#8"]);
    }

    /// Something unreadable is trouble, whatever else was found.
    #[test]
    fn trouble_wins_over_failures() {
        assert_eq!(Report::new(Vec::new()).exit(), 0);
        assert_eq!(Report::new(vec![Input::unreadable("x", "gone")]).exit(), 2);
    }
}
