//! The screen for captures: groups, each answered in its first line.
//!
//! First what was read, then the groups that failed, largest first, then what survived or was left
//! out, and last what to type next. Everything between the first line of a group and its remedy is
//! evidence with its place.

use std::time::Duration;

use wire::Time;

use crate::failure::{Failure, Severity};
use crate::group::Group;
use crate::input::{Counts, Input};
use crate::log::{LogGroup, Sighted};
use crate::number::{bytes, grouped, plural, seconds};
use crate::paint::{Line, Page, Tone, row, safe};
use crate::timeline::clock;
use crate::{Look, Report};
use early::told_early;
use group::{failure_line, headline, one_line, recovered_group, whole_group};
use unread::unread;

mod early;
mod events;
mod group;
mod joined;
mod log;
mod remedy;
mod settings;
mod unread;

/// How much of a report to show.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Detail {
    /// One line per group and nothing else (`-q`).
    pub quiet: bool,
    /// One line per failure instead of groups (`--by none`); needs [`crate::Options::failures`].
    pub each: bool,
    /// The handshake ladder in each group, and all evidence (`-v`).
    pub ladder: bool,
    /// Only the group with this number, from 1 (`g=2`).
    pub group: Option<usize>,
    /// The filters and key logs of the command, each as it was typed: a group keeps its number
    /// only with them.
    pub again: Vec<String>,
    /// How long the reading took, for the first line.
    pub elapsed: Option<Duration>,
}

/// Where a group's text begins.
const INDENT: usize = 5;
/// What stands between two counts.
const GAP: &str = "   ";
/// Where evidence begins, behind its label.
const BODY: usize = 20;
/// Groups shown with all their lines; the rest gets one line each.
const FULL_GROUPS: usize = 20;
/// Groups of a log shown with all their lines, below a table of all, if there are more.
const FULL_LOG_GROUPS: usize = 3;
/// Warnings shown with all their lines, if there is nothing worse.
const FULL_WARNINGS: usize = 3;
/// Groups shown at all; the JSON form holds every one.
const MOST_GROUPS: usize = 200;
/// Inputs named in the header, if there are no more; a folder may hold thousands.
const MOST_INPUTS: usize = 8;
/// Characters of a name that are shown.
const MOST_NAME: usize = 64;
/// Characters of a path that are shown: as many as a path may have.
const MOST_PATH: usize = 4_096;

/// Draws a report for a terminal or a pipe.
#[must_use]
pub fn screen(report: &Report, detail: &Detail, look: &Look) -> String {
    let mut page = Page::new(look);
    let numbered = || (1..).zip(&report.groups);
    let chosen = |number: usize| detail.group.is_none_or(|wanted| wanted == number);
    if detail.quiet {
        for (number, group) in numbered().filter(|(number, _)| chosen(*number)) {
            page.item(one_line(number, group));
        }
        for (number, group) in of_logs(report).filter(|(number, _)| chosen(*number)) {
            page.item(log::one_line(number, group));
        }
        return page.done();
    }
    if detail.each {
        for (place, input) in report.inputs.iter().enumerate() {
            for failure in &input.failures {
                page.item(failure_line(report, place, failure));
            }
            for found in &input.sightings {
                page.item(log::failure_line(&log::place(report, place, found), found));
            }
        }
        return page.done();
    }
    header(&mut page, report, detail);
    settings::nothing(&mut page, report);
    for machine in &report.machines {
        settings::machine(&mut page, report, machine);
    }
    let nothing_failed = report.failed().all(Group::is_made_up_for);
    let mut was_full = true;
    let groups = numbered().filter(|(number, _)| chosen(*number)).take(MOST_GROUPS);
    for (shown, (number, group)) in groups.enumerate() {
        let failed = group.severity == Severity::Failed && !group.is_made_up_for();
        let most = if failed { FULL_GROUPS } else { FULL_WARNINGS };
        let worth = (failed || nothing_failed) && shown < most;
        let full = detail.group.is_some() || detail.ladder || worth;
        let recovered = group.severity == Severity::Failed && shown < FULL_GROUPS;
        if full || recovered || was_full {
            page.blank();
        }
        if full {
            whole_group(&mut page, report, number, group, detail);
        } else if recovered {
            recovered_group(&mut page, report, number, group);
        } else {
            headline(&mut page, number, group);
        }
        was_full = full || recovered;
    }
    let of_logs: Vec<_> = of_logs(report).filter(|it| chosen(it.0)).take(MOST_GROUPS).collect();
    // What a capture shows is explained there; a line says where.
    let asked = detail.group.is_some() || detail.ladder;
    let is_open = |group: &LogGroup| asked || !joined::is_shown_elsewhere(report, group);
    let open: Vec<_> = of_logs.iter().filter(|it| is_open(it.1)).collect();
    if !asked && (open.len() > FULL_LOG_GROUPS || open.len() < of_logs.len()) {
        page.blank();
        log::table(&mut page, report, &of_logs);
    }
    for (number, group) in open.iter().take(if asked { MOST_GROUPS } else { FULL_LOG_GROUPS }) {
        page.blank();
        log::whole_group(&mut page, report, *number, group, detail);
    }
    events::who_is_it(&mut page, report, &of_logs);
    footer(&mut page, report, detail);
    page.done()
}

/// Draws what one message tells, each failure in it with its explanation.
#[must_use]
pub fn message_screen(found: &[Sighted], detail: &Detail, look: &Look) -> String {
    let mut page = Page::new(look);
    for (place, found) in found.iter().enumerate() {
        if place > 0 {
            page.blank();
        }
        log::message(&mut page, found, detail);
    }
    page.done()
}

/// One failure of a log, in one line without the line's end.
#[must_use]
pub fn sighted_line(found: &Sighted, look: &Look) -> String {
    let mut page = Page::new(look);
    page.item(log::failure_line(&format!(":{}", found.sighting.line), found));
    page.done()
}

/// One failure of a capture that is still read, in one line without the line's end.
#[must_use]
pub fn early_line(input: &Input, failure: &Failure, look: &Look) -> String {
    let mut page = Page::new(look);
    page.item(group::early_line(input, failure));
    page.done()
}

/// The groups of logs with their numbers, which go on behind those of captures.
fn of_logs(report: &Report) -> impl Iterator<Item = (usize, &LogGroup)> {
    (report.groups.len() + 1..).zip(&report.log_groups)
}

/// A label and a text that may be longer than its line, with the place where it was seen.
fn labelled(page: &mut Page<'_>, label: &str, tone: Tone, text: &str, at: &str) {
    let line = Line::indent(INDENT).add(tone, label.to_owned());
    let column = BODY.max(line.width() + 1);
    page.wrapped(line, column, Tone::Plain, text, at);
}

/// What was read, and the count of everything.
fn header(page: &mut Page<'_>, report: &Report, detail: &Detail) {
    if report.inputs.len() > MOST_INPUTS {
        all_inputs(page, report, detail.elapsed);
    } else {
        for (place, input) in report.inputs.iter().enumerate() {
            let last = place + 1 == report.inputs.len();
            let is_of_it = |group: &&LogGroup| group.input == place;
            let mut groups = report.log_groups.iter().filter(is_of_it);
            let zone = match groups.any(|group| group.recorded.hours.without_zone) {
                true => LOCAL,
                false => UTC,
            };
            input_line(page, input, zone, detail.elapsed.filter(|_| last));
        }
    }
    log::count(page, report);
    if report.inputs.iter().any(|input| !input.kind.is_written() && !input.kind.is_settings()) {
        handshakes(page, report);
    }
    joined::clocks(page, report);
    joined::repeats(page, report);
    joined::not_compared(page, report);
    if let Some(sentence) = report.keys().sentence() {
        page.wrapped(Line::new().dim("keys"), FOOT, Tone::Plain, &sentence, "");
    }
}

/// The handshakes of captures, in one line.
fn handshakes(page: &mut Page<'_>, report: &Report) {
    let is_capture = |input: &&Input| !input.kind.is_written() && !input.kind.is_settings();
    let captures = || report.inputs.iter().filter(is_capture);
    let counts = captures().fold(Counts::default(), |sum, input| sum.plus(input.counts));
    let failed_groups = report.failed().filter(|group| !group.is_made_up_for()).count();
    let seen = counts.good + counts.failed + counts.warned + counts.filtered;
    let handshakes = seen + counts.one_sided + counts.truncated;
    let mut facts = vec![(Tone::Verdict, plural(handshakes, "handshake"))];
    if counts.good > 0 {
        facts.push((Tone::Good, format!("{} ok", grouped(counts.good))));
    }
    // A group of which some are still out is one of failures.
    let made_up_for = report.failed().filter(|group| group.is_made_up_for());
    let recovered: u64 = made_up_for.map(|group| group.count).sum();
    match counts.failed.saturating_sub(recovered) {
        0 if recovered > 0 => {}
        // Of what could not be read nothing is claimed.
        0 if captures().any(Input::is_damaged) => {
            facts.push((Tone::Warn, "none failed in what could be read".to_owned()));
        }
        0 if counts.filtered > 0 => {
            facts.push((Tone::Plain, "no failure that was asked for".to_owned()));
        }
        0 => facts.push((Tone::Good, "none failed".to_owned())),
        failed => {
            let groups = plural(failed_groups as u64, "group");
            facts.push((Tone::Fail, format!("{} failed in {groups}", grouped(failed))));
        }
    }
    if recovered > 0 {
        facts.push((Tone::Warn, format!("{} failed, then recovered", grouped(recovered))));
    }
    if counts.warned > 0 {
        facts.push((Tone::Warn, format!("{} to look at", grouped(counts.warned))));
    }
    if report.inputs.iter().any(|input| input.stopped) {
        facts.push((Tone::Warn, "! stopped before the end".to_owned()));
    }
    let mut line = Line::new();
    for (tone, fact) in facts {
        // A number that is cut off is none.
        if line.width() > 0 && line.width() + GAP.len() + fact.chars().count() > page.columns() {
            page.line(std::mem::replace(&mut line, Line::indent(INDENT)));
        } else if line.width() > 0 {
            line = line.plain(GAP);
        }
        line = line.add(tone, fact);
    }
    page.line(line);
}

/// Many inputs in one line: their number, and what they are together.
fn all_inputs(page: &mut Page<'_>, report: &Report, elapsed: Option<Duration>) {
    let inputs = &report.inputs;
    let mut facts = vec![bytes(inputs.iter().map(|input| input.size).sum())];
    let files: usize = inputs.iter().map(|input| input.parts.len().max(1)).sum();
    if files > inputs.len() {
        facts.insert(0, plural(files as u64, "file"));
    }
    let packets = inputs.iter().map(|input| input.packets).sum();
    let lines = inputs.iter().map(|input| input.log.lines).sum();
    if packets > 0 || lines == 0 {
        facts.push(plural(packets, "packet"));
    }
    if lines > 0 {
        facts.push(plural(lines, "line"));
    }
    let first = inputs.iter().filter_map(|input| input.first).min();
    let last = inputs.iter().filter_map(|input| input.last).max();
    if let (Some(first), Some(last)) = (first, last) {
        facts.push(times(first, last, UTC));
    }
    facts.extend(elapsed.map(seconds));
    let line = Line::new().add(Tone::Verdict, plural(inputs.len() as u64, "input"));
    let line = match inputs.iter().filter(|input| input.is_damaged()).count() {
        0 => line,
        damaged => line.add(Tone::Warn, format!(" ! {} damaged", grouped(damaged as u64))),
    };
    page.line(line);
    page.wrapped(Line::indent(2), 2, Tone::Dim, &row(&facts), "");
}

fn input_line(page: &mut Page<'_>, input: &Input, zone: &str, elapsed: Option<Duration>) {
    let mut facts = match input.kind.is_written() {
        true => log::facts(input),
        false if input.kind.is_settings() => settings::facts(input),
        false => vec![bytes(input.size), plural(input.packets, "packet")],
    };
    if !input.parts.is_empty() {
        facts.insert(0, plural(input.parts.len() as u64, "file"));
    }
    if !input.packed.is_empty() {
        // The innermost first: `zstd in gzip` is a file `.zst.gz`.
        let packed: Vec<_> = input.packed.iter().rev().map(|kind| kind.name()).collect();
        facts.push(packed.join(" in "));
    }
    if let (Some(first), Some(last)) = (input.first, input.last) {
        facts.push(times(first, last, zone));
    }
    facts.extend(elapsed.map(seconds));
    let facts = row(&facts);
    let mark = if input.is_damaged() { " !" } else { "" };
    let name = safe(&input.name, MOST_PATH);
    let line = Line::new().add(Tone::Verdict, name).add(Tone::Warn, mark);
    if line.width() + 2 + facts.chars().count() <= page.columns() {
        page.line(line.plain("  ").dim(facts));
    } else {
        page.uncut(line);
        page.wrapped(Line::indent(2), 2, Tone::Dim, &facts, "");
    }
}

/// What stands behind the times of an input.
const UTC: &str = "UTC";
/// The same where an export has the times of its machine without a zone.
const LOCAL: &str = "local time";

/// From when to when, with the date once where one is enough.
fn times(first: Time, last: Time, zone: &str) -> String {
    let date = |time: Time| time.to_string().get(..10).unwrap_or_default().to_owned();
    let (from, to) = (clock(first, 0), clock(last, 0));
    match (date(first), date(last)) {
        (day, same) if day == same && from == to => format!("{day} {from} {zone}"),
        (day, same) if day == same => format!("{day} {from} → {to} {zone}"),
        (day, other) => format!("{day} {from} → {other} {to} {zone}"),
    }
}

/// What was not shown, and what to type next.
fn footer(page: &mut Page<'_>, report: &Report, detail: &Detail) {
    let counts = report.counts();
    let mut left = Vec::new();
    let mut say = |count: u64, what: &str| {
        if count > 0 {
            left.push(format!("{} {what}", grouped(count)));
        }
    };
    say(counts.filtered, "not asked for");
    say(counts.one_sided, "seen one way only");
    say(counts.truncated, "cut off by the capture");
    say(counts.not_tls, "not TLS");
    say(counts.judged_early, "judged before the end, for lack of room");
    say(counts.not_compared, "completed, but compared with no failure for lack of room");
    say(report.ungrouped, "failed in further groups");
    let more = report.groups.len().max(report.log_groups.len()).saturating_sub(MOST_GROUPS);
    say(more as u64, "groups (--json has all)");
    let sum = |count: fn(&Input) -> u64| report.inputs.iter().map(count).sum::<u64>();
    let mut say = |count: u64, what: &str, more: &str| {
        if count > 0 {
            left.push(format!("{}{more}", plural(count, what)));
        }
    };
    let evicted = report.evicted();
    say(evicted.total(), "conversation", &told_early(evicted));
    say(sum(|input| input.tally.fragments), "IP fragment", " without the rest");
    say(sum(|input| input.tally.malformed), "packet", " with broken headers");
    left.extend(unread(report));
    let closes = sum(|input| input.log.closes);
    if closes > 0 {
        left.push(plural(closes, "ordinary end"));
    }
    page.blank();
    if !left.is_empty() {
        page.wrapped(Line::new().dim("left out"), FOOT, Tone::Dim, &row(&left), "");
    }
    next(page, report, detail);
}

/// Where the text of the last lines begins.
const FOOT: usize = 10;

fn next(page: &mut Page<'_>, report: &Report, detail: &Detail) {
    let mut label = "next";
    let mut add = |page: &mut Page<'_>, command: String, what: &str| {
        let line = Line::new().dim(label).to(FOOT).plain(command);
        let column = (FOOT + COMMAND).max(line.width() + 2);
        let fits = column + what.chars().count() <= page.columns();
        page.uncut(if fits { line.to(column).dim(what) } else { line });
        label = "";
    };
    let name = |input: &Input| match input.parts.is_empty() {
        true => quoted(&input.name),
        // The stars are for the shell.
        false => input.name.split('*').map(quoted).collect::<Vec<_>>().join("*"),
    };
    let files: Vec<String> = report.inputs.iter().map(name).collect();
    let files = match &files[..] {
        [one] if one == Input::STDIN => "-".to_owned(),
        [one] => one.clone(),
        [one, _] => format!("{one} …"),
        _ => "…".to_owned(),
    };
    if report.groups.is_empty() && report.log_groups.is_empty() {
        let packets: u64 = report.inputs.iter().map(|input| input.packets).sum();
        let conversations = report.counts().conversations;
        if packets > 0 && conversations == 0 {
            let what = match unread(report).is_empty() {
                true => "no conversation in it",
                // What was left out may hold some.
                false => "no conversation in the rest of it",
            };
            let text = match report.inputs.iter().map(|input| input.tally.udp).sum::<u64>() {
                0 => format!("{what} that could hold TLS"),
                udp => format!(
                    "{what} that could hold TLS: no TCP, and neither QUIC nor DTLS in {}",
                    plural(udp, "UDP packet")
                ),
            };
            page.wrapped(Line::new().dim("note"), FOOT, Tone::Plain, &text, "");
        }
        return;
    }
    let first = detail.group.unwrap_or(1);
    if !detail.ladder && first <= report.groups.len() {
        let again: String = detail.again.iter().map(|word| format!(" {}", quoted(word))).collect();
        let command = format!("tlswhy {files}{again} g={first} -v");
        add(page, command, "its handshake, message by message");
    }
    let next_group = report.groups.len() + FULL_LOG_GROUPS + 1;
    if detail.group.is_none()
        && !detail.ladder
        && of_logs(report).any(|it| it.0 == next_group && !joined::is_shown_elsewhere(report, it.1))
    {
        add(page, format!("tlswhy {files} g={next_group}"), "the next group");
    }
    let of_capture = first.checked_sub(1).and_then(|at| report.groups.get(at)).map(Group::slug);
    let of_log = || of_logs(report).find(|(number, _)| *number == first).map(|it| it.1.slug());
    let slug = of_capture.or_else(of_log);
    if let Some(slug) = slug.filter(|slug| diagnosis::cause(slug).is_some()) {
        add(page, format!("tlswhy {slug}"), "what it means, all remedies");
    }
}

/// Columns for a command in the last lines.
const COMMAND: usize = 36;

/// A file's name as a shell takes it.
fn quoted(name: &str) -> String {
    let plain = |letter: char| letter.is_alphanumeric() || "/._-+:\\=@,".contains(letter);
    if safe(name, MOST_PATH) != name {
        // Nobody can type it back.
        "FILE".to_owned()
    } else if name.chars().all(plain) {
        name.to_owned()
    } else {
        format!("'{}'", name.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// However many lines a log has, the number of one stays apart from the time behind it.
    #[test]
    fn a_long_number_stays_apart() {
        let mut reader = logs::Reader::new();
        let text = "2026-11-22T10:00:00Z a: remote error: tls: bad certificate\n";
        reader.window(text.as_bytes(), logs::More::Over);
        let sighting = reader.sighting(logs::More::Over).unwrap();
        let mut found = Sighted { sighting, findings: Vec::new() };
        for digits in 1..12 {
            found.sighting.line = 10_u64.pow(digits) - 1;
            let line = sighted_line(&found, &Look::default());
            assert!(line.contains(&format!("{} ", found.sighting.line)), "{line}");
        }
    }

    /// A file's name can be pasted into a shell.
    #[test]
    fn names_are_quoted_for_a_shell() {
        assert_eq!(quoted("a/b-1.pcapng"), "a/b-1.pcapng");
        assert_eq!(quoted("my file.pcap"), "'my file.pcap'");
        assert_eq!(quoted("it's"), "'it'\\''s'");
        assert_eq!(quoted("a\nb"), "FILE");
    }
}
