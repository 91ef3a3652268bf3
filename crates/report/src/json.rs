//! NDJSON, schema `tlswhy/1`: inputs, settings of machines, failures, sightings in logs, groups of both, a summary.
//!
//! The types here are the schema and nothing else uses them: the inside of the program may change
//! while these names may only be added to. Text from the wire keeps every character; those that a
//! terminal obeys or that cannot be seen go out as JSON escapes.

mod event;
mod failure;
mod group;
mod input;
mod joined;
mod settings;
mod sighting;

use serde::Serialize;
use trace::Evicted;

use crate::Report;
use crate::failure::Failure;
use crate::input::{Input, Sent};
use crate::log::Sighted;
use crate::paint::is_hidden;
use failure::FailureLine;
use group::GroupLine;
use input::InputLine;
use joined::{ClocksLine, NotComparedLine, RepeatLine};
use settings::SettingsLine;
use sighting::{LogGroupLine, SightingLine};

/// The report as JSON, one object per line without the line's end: inputs, failures (if kept),
/// groups, and last a summary.
pub fn json_lines(report: &Report) -> impl Iterator<Item = String> + '_ {
    let inputs = report.inputs.iter().map(|input| line(&InputLine::of(input)));
    let machines = report.machines.iter().map(|machine| line(&SettingsLine::of(report, machine)));
    let failures = report.inputs.iter().flat_map(move |input| {
        input
            .failures
            .iter()
            .map(move |failure| line(&FailureLine::of(Some(report), input, failure)))
    });
    let sightings = report.inputs.iter().flat_map(|input| {
        input.sightings.iter().map(move |found| sighting_line(&input.name, found))
    });
    let groups = (1..).zip(&report.groups).map(|(n, group)| line(&GroupLine::of(report, n, group)));
    let of_logs = (report.groups.len() + 1..).zip(&report.log_groups);
    let of_logs = of_logs.map(|(n, group)| line(&LogGroupLine::of(report, n, group)));
    let summary = std::iter::once_with(|| line(&SummaryLine::of(report)));
    let clocks = report.clocks.iter().map(|clocks| line(&ClocksLine::of(report, clocks)));
    let repeats = report.repeats.iter().map(|repeat| line(&RepeatLine::of(report, repeat)));
    let not_compared = report.not_compared.iter();
    let not_compared = not_compared.map(|it| line(&NotComparedLine::of(report, *it)));
    inputs
        .chain(machines)
        .chain(clocks)
        .chain(repeats)
        .chain(not_compared)
        .chain(failures)
        .chain(sightings)
        .chain(groups)
        .chain(of_logs)
        .chain(summary)
}

/// A failure of which a log tells, as one JSON object without the line's end.
#[must_use]
pub fn sighting_line(input: &str, found: &Sighted) -> String {
    line(&SightingLine::of(input, found))
}

/// A failure of a capture that is still read, as one JSON object without the line's end: a `failure`
/// but for its kind, and of no group. The `failure` of the same `id` follows at the end.
#[must_use]
pub fn early_failure_line(input: &Input, failure: &Failure) -> String {
    line(&FailureLine::of(None, input, failure))
}

/// Every alert that can be read, one JSON object per line without the line's end; needs
/// [`crate::Options::alerts`].
pub fn alert_lines(report: &Report) -> impl Iterator<Item = String> + '_ {
    let several = report.inputs.len() > 1;
    report.inputs.iter().flat_map(move |input| {
        let path = several.then_some(input.name.as_str());
        input.alerts.iter().map(move |sent| line(&SentLine::of(path, input, sent)))
    })
}

const SCHEMA: &str = "tlswhy/1";

/// One line. The types here hold nothing that JSON cannot express.
fn line(object: &impl Serialize) -> String {
    let plain = serde_json::to_string(object).unwrap_or_default();
    if plain.contains(is_hidden) { escaped(&plain) } else { plain }
}

/// JSON in which hidden characters are escaped; none of them has a meaning outside of strings. JSON
/// itself asks for that below 0x20 only, but people look at it in terminals.
fn escaped(json: &str) -> String {
    let mut out = String::with_capacity(json.len() + 64);
    for letter in json.chars() {
        if is_hidden(letter) {
            for unit in letter.encode_utf16(&mut [0; 2]) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            out.push(letter);
        }
    }
    out
}

/// A frame: its number in its file and, where an input was written into several, the file.
#[derive(Serialize)]
struct FramePart<'a> {
    frame: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a str>,
}

impl<'a> FramePart<'a> {
    fn of(input: Option<&'a Input>, frame: u64) -> Self {
        let (file, frame) = input.map_or((None, frame), |input| input.locate(frame));
        Self { frame, file }
    }
}

#[derive(Serialize)]
struct SummaryLine {
    schema: &'static str,
    kind: &'static str,
    conversations: u64,
    ok: u64,
    failed: u64,
    recovered: u64,
    warned: u64,
    one_sided: u64,
    truncated: u64,
    not_tls: u64,
    groups: usize,
    ungrouped: u64,
    failures_not_listed: u64,
    judged_early: u64,
    /// Completed handshakes with which no failure was compared, for lack of room.
    #[serde(skip_serializing_if = "settings::is_zero")]
    not_compared: u64,
    told_early: u64,
    /// The same by how far they had come.
    #[serde(skip_serializing_if = "Option::is_none")]
    told_early_by: Option<ToldEarly>,
    filtered: u64,
    complete: bool,
    exit: u8,
}

impl SummaryLine {
    fn of(report: &Report) -> Self {
        let counts = report.counts();
        let evicted = report.evicted();
        Self {
            schema: SCHEMA,
            kind: "summary",
            conversations: counts.conversations,
            ok: counts.good,
            failed: counts.failed,
            recovered: counts.recovered,
            warned: counts.warned,
            one_sided: counts.one_sided,
            truncated: counts.truncated,
            not_tls: counts.not_tls,
            groups: report.groups.len() + report.log_groups.len(),
            ungrouped: report.ungrouped,
            failures_not_listed: report.inputs.iter().map(|input| input.more_failures).sum(),
            judged_early: counts.judged_early,
            not_compared: counts.not_compared,
            told_early: evicted.total(),
            told_early_by: (evicted.total() > 0).then(|| ToldEarly::from(evicted)),
            filtered: counts.filtered,
            complete: report.inputs.iter().all(|i| !i.is_damaged() && !i.stopped),
            exit: report.exit(),
        }
    }
}

/// Conversations told before their end, by how far they had come.
#[derive(Serialize)]
struct ToldEarly {
    half_open: u64,
    settled: u64,
    plain: u64,
    unfinished: u64,
}

impl From<Evicted> for ToldEarly {
    fn from(evicted: Evicted) -> Self {
        let Evicted { half_open, settled, plain, unfinished } = evicted;
        Self { half_open, settled, plain, unfinished }
    }
}

#[derive(Serialize)]
struct SentLine<'a> {
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'a str>,
    #[serde(flatten)]
    at: FramePart<'a>,
    time: String,
    level: u8,
    code: u8,
    name: Option<&'static str>,
    from: String,
    to: String,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    opened: bool,
}

impl<'a> SentLine<'a> {
    fn of(path: Option<&'a str>, input: &'a Input, sent: &Sent) -> Self {
        Self {
            kind: "alert",
            path,
            at: FramePart::of(Some(input), sent.frame),
            time: sent.time.to_string(),
            level: sent.message.level.code(),
            code: sent.message.alert.code(),
            name: sent.message.alert.name(),
            from: sent.from.to_string(),
            to: sent.to.to_string(),
            opened: sent.opened,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// No character that a terminal obeys or that turns the direction of writing leaves as it is,
    /// and a reader of JSON gets back what was sent.
    #[test]
    fn hidden_characters_are_escaped() {
        let sent = "a\x1b[2J\u{9b}\u{7f}\u{202e}\u{e0041}é\"\\";
        let written = line(&[sent]);
        assert!(!written.contains(is_hidden), "{written}");
        assert!(written.contains("\\u202e\\udb40\\udc41é"), "{written}");
        assert_eq!(serde_json::from_str::<Vec<String>>(&written).unwrap(), [sent]);
    }
}
