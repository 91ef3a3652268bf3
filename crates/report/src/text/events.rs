//! What event logs of Windows tell, as lines of a screen.

use super::group::most_frequent;
use super::{BODY, FOOT, INDENT, MOST_NAME, labelled};
use crate::events::EventLog;
use crate::group::Peers;
use crate::hours::Hours;
use crate::input::Input;
use crate::log::LogGroup;
use crate::number::{grouped, plural};
use crate::paint::{Line, Page, Tone, row, safe};
use crate::timeline::sparkline;
use crate::{Kind, Report, wanted};

/// Events of SChannel that are told apart in the line of their counts.
const MOST_EVENTS: usize = 6;
/// Certificates of the machine itself that are named.
const MOST_CREDENTIALS: usize = 3;
/// Machines that are named in the line of a log.
const MOST_COMPUTERS: usize = 3;

/// What is known of an event log, for its line in the header.
pub(super) fn facts(input: &Input) -> Vec<String> {
    let log = &input.events;
    let mut facts = Vec::new();
    let computers = log.computers.by_count();
    if !computers.is_empty() {
        let names = computers.iter().take(MOST_COMPUTERS).map(|(name, _)| safe(name, MOST_NAME));
        let mut names = names.collect::<Vec<_>>().join(", ");
        if let Some(more @ 1..) = computers.len().checked_sub(MOST_COMPUTERS) {
            names = format!("{names} and {more} more");
        }
        facts.push(names);
    }
    if !log.form.is_empty() {
        facts.push(log.form.to_owned());
    }
    facts.push(plural(log.records, "record"));
    facts
}

/// The events of SChannel by their number, in one line.
pub(super) fn count(page: &mut Page<'_>, report: &Report) {
    let logs = || report.inputs.iter().map(|input| &input.events);
    let total: u64 = logs().map(|log| log.schannel_events()).sum();
    if total == 0 {
        // Some give the log of another channel, or one in which errors alone are left out.
        let is_bare = |input: &&Input| input.kind == Kind::Evtx && input.counts.failed == 0;
        if let Some(input) = report.inputs.iter().find(is_bare) {
            page.wrapped(Line::new().dim("note"), FOOT, Tone::Plain, &bare(input), "");
        }
        return;
    }
    let mut all: Vec<(u32, u64)> = Vec::new();
    for (id, count) in logs().flat_map(|log| &log.schannel) {
        match all.iter_mut().find(|(known, _)| known == id) {
            Some((_, sum)) => *sum += count,
            None => all.push((*id, *count)),
        }
    }
    all.sort_by_key(|(id, count)| (std::cmp::Reverse(*count), *id));
    let mut items: Vec<String> = all
        .iter()
        .take(MOST_EVENTS)
        .map(|(id, count)| match meaning(*id) {
            "" => format!("{id} {}×", grouped(*count)),
            meaning => format!("{id} {meaning} {}×", grouped(*count)),
        })
        .collect();
    if let Some(more @ 1..) = all.len().checked_sub(MOST_EVENTS) {
        items.push(format!("{more} more kinds"));
    }
    let line = Line::new().add(Tone::Verdict, plural(total, "SChannel event"));
    page.flowing(line.plain("   "), FOOT, Tone::Plain, &row(&items));
    beside(page, report);
}

/// What went well beside it, and with which certificates this machine speaks TLS: EventLogging tells.
fn beside(page: &mut Page<'_>, report: &Report) {
    let sum = |several: fn(&EventLog) -> &Peers<String>| {
        let mut all = Peers::default();
        report.inputs.iter().for_each(|input| all.merge(several(&input.events).clone()));
        all.by_count()
    };
    let protocols = sum(|log| &log.protocols);
    if !protocols.is_empty() {
        let text = format!("handshakes that succeeded: {}", most_frequent(&protocols));
        page.wrapped(Line::new().dim("beside"), FOOT, Tone::Plain, &text, "");
    }
    for (certificate, _) in sum(|log| &log.credentials).iter().take(MOST_CREDENTIALS) {
        page.wrapped(Line::new().dim("uses"), FOOT, Tone::Plain, &safe(certificate, MOST_FACT), "");
    }
}

/// What is said where there is nothing of SChannel: what stands beside it says something with it.
fn bare(input: &Input) -> String {
    let beside = [
        (input.events.connections, "connection of a process"),
        (input.events.chains, "judged certificate"),
    ];
    let beside: Vec<String> = beside
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| match (count, what.split_once(' ')) {
            (2.., Some(("connection", rest))) => format!("{} connections {rest}", grouped(count)),
            _ => plural(count, what),
        })
        .collect();
    match &beside[..] {
        [] => NO_SCHANNEL.to_owned(),
        beside => format!(
            "no event of SChannel, but {}: give it together with System.evtx of the same time",
            beside.join(" and ")
        ),
    }
}

/// What is said of an event log in which SChannel wrote nothing.
const NO_SCHANNEL: &str = "no event of SChannel: it writes to the log System (System.evtx), and only \
                           what EventLogging under ...\\Control\\SecurityProviders\\SCHANNEL asks \
                           for";

/// What the two events mean that nobody can tell apart, and the one that is no failure.
fn meaning(id: u32) -> &'static str {
    match id {
        36880 => "handshakes that succeeded",
        36887 => "they refused us",
        36888 => "we refused them",
        _ => "",
    }
}

/// The event of a group, in front of its alerts: `36888 state 1205`.
pub(super) fn code(group: &LogGroup) -> Option<String> {
    group.event.map(|(id, state)| match state {
        Some(state) => format!("{id} state {state}"),
        None => id.to_string(),
    })
}

/// The machines that wrote a group: `on EXCH01`, `on 3 machines`.
pub(super) fn on(group: &LogGroup) -> String {
    match &group.recorded.computers.by_count()[..] {
        [] => String::new(),
        [(only, _)] => format!("on {}", safe(only, MOST_NAME)),
        all => format!("on {} machines", all.len()),
    }
}

/// Where the records of a group stand: `rec 81220`, `rec 81220 … 99321`.
pub(super) fn records(report: &Report, group: &LogGroup) -> Option<String> {
    let (first, last) = group.recorded.records?;
    let first = report.record(group.input, first);
    Some(if group.count == 1 { first } else { format!("{first} … {last}") })
}

/// What the records of a group tell.
pub(super) fn evidence(page: &mut Page<'_>, group: &LogGroup) {
    let Some(event) = &group.sample.sighting.event else { return };
    for (label, fact) in &event.facts {
        labelled(page, label, Tone::Dim, &safe(fact, super::group::MOST_TEXT), "");
    }
    let recorded = &group.recorded;
    for (label, several) in [
        ("certificate", &recorded.certificates),
        ("process", &recorded.processes),
        ("asked for", &recorded.names),
        ("protocol", &recorded.protocols),
        ("machines", &recorded.computers),
    ] {
        match &several.by_count()[..] {
            [] => {}
            // The first line of the group names the one machine.
            [_] if label == "machines" => {}
            [(only, _)] => labelled(page, label, Tone::Dim, &safe(only, MOST_FACT), ""),
            all => labelled(page, label, Tone::Dim, &most_frequent(all), ""),
        }
    }
}

/// On which hours and weekdays it happens, where that tells something.
pub(super) fn hours(page: &mut Page<'_>, hours: &Hours) {
    let habit = hours.habit();
    if habit.is_empty() {
        return;
    }
    let drawn = sparkline(&hours.by_hour(), page.look().ascii);
    let whose = if hours.without_zone { "its hours" } else { "hours, UTC" };
    let line = Line::indent(INDENT).dim(whose).to(BODY).dim("00 ").add(Tone::Fail, drawn);
    page.line(line.dim(" 24"));
    labelled(page, "", Tone::Dim, &habit, "");
}

/// The names under which pages list remedies for the program that an image is: the product first.
pub(super) fn products(image: &str) -> &'static [&'static str] {
    let name = image.rsplit(['\\', '/']).next().unwrap_or(image);
    let is = |begin: &str| name.get(..begin.len()).is_some_and(|it| it.eq_ignore_ascii_case(begin));
    let known = PRODUCTS.iter().find(|(begin, _)| is(begin));
    known.map_or(WINDOWS, |(_, stacks)| stacks)
}

/// How Windows' programs begin, and whose remedies are theirs.
const PRODUCTS: &[(&str, &[&str])] = &[
    ("w3wp", &["iis", "windows"]),
    ("MSExchange", &["exchange", "windows"]),
    ("EdgeTransport", &["exchange", "windows"]),
    ("Microsoft.Exchange", &["exchange", "windows"]),
    ("sqlservr", &["sqlserver", "windows"]),
    ("powershell", &["dotnet", "windows"]),
    ("dotnet", &["dotnet", "windows"]),
];

/// What is known of a program that has no remedies of its own.
pub(super) const WINDOWS: &[&str] = &["windows"];

/// How to find out who the other side is: Windows does not write it down.
pub(super) fn who_is_it(page: &mut Page<'_>, report: &Report, groups: &[(usize, &LogGroup)]) {
    let asked = |group: &LogGroup| {
        let seen = |clocks: &&crate::Clocks| clocks.input == group.input;
        let is_captured = |clocks: &crate::Clocks| clocks.comparison.offset.is_some();
        let alone = !report.clocks.iter().filter(seen).any(is_captured);
        // The other side of an alert is somewhere; other events are about this machine alone.
        let is_alert = matches!(group.event, Some((36887 | 36888, _)));
        alone && is_alert && group.unnamed > 0
    };
    let Some((_, group)) = groups.iter().find(|(_, group)| asked(group)) else { return };
    let log = report.inputs.get(group.input).map_or("System.evtx", |input| input.name.as_str());
    page.blank();
    let text = "Windows does not write the other side down. A capture on that machine while it \
                happens names it; in an elevated prompt:";
    page.wrapped(Line::new().dim("who is it?"), WHO, Tone::Plain, text, "");
    for command in wanted::CAPTURE {
        page.uncut(Line::indent(WHO + 2).plain(command));
    }
    page.uncut(Line::indent(WHO + 2).plain(format!("tlswhy {} tls.pcapng", super::quoted(log))));
    page.wrapped(Line::indent(WHO), WHO, Tone::Dim, "before Server 2019 and Windows 10 2004:", "");
    for command in wanted::OLD_CAPTURE {
        page.uncut(Line::indent(WHO).dim(command));
    }
}

/// Characters of a certificate's line.
const MOST_FACT: usize = 300;
/// Where the text of "who is it?" begins.
const WHO: usize = 14;

#[cfg(test)]
mod tests {
    use super::*;

    /// A program is known by how its name begins, whatever its path and case.
    #[test]
    fn programs_have_remedies() {
        assert_eq!(products("C:\\Windows\\System32\\inetsrv\\W3WP.exe")[0], "iis");
        assert_eq!(products("sqlservr.exe")[0], "sqlserver");
        assert_eq!(products("ldp"), WINDOWS);
        assert_eq!(products("é"), WINDOWS);
    }
}
