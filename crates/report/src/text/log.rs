//! What logs tell, as lines of a screen.

use alert::Side;
use logs::{Peer, Voice};

use super::group::{COUNT, MOST_OTHERS, MOST_TEXT, NARROW_LINE, WIDE_LINE, most_frequent, when};
use super::remedy::{Who, remedies};
use super::{Detail, FOOT, INDENT, MOST_NAME, labelled};
use crate::Report;
use crate::failure::UNKNOWN;
use crate::input::Input;
use crate::log::{LogGroup, Sighted};
use crate::number::{grouped, plural};
use crate::paint::{Line, Page, Tone, safe};
use crate::sentence::sighted_sentence;
use crate::timeline::sparkline;
use crate::wanted;

/// The count of everything in logs, in one line.
pub(super) fn count(page: &mut Page<'_>, report: &Report) {
    let inputs = || report.inputs.iter().filter(|input| input.kind.is_written());
    if inputs().next().is_none() {
        return;
    }
    super::events::count(page, report);
    let failures: u64 = inputs().map(|input| input.counts.failed).sum();
    // What a capture shows too is counted there.
    let (told, groups_told) = super::joined::told_again(report);
    let again = format!("{} in both a log and a capture, told twice", plural(told, "failure"));
    let line = match failures.saturating_sub(told) {
        0 if told > 0 => Line::new().dim(again.clone()),
        0 if inputs().any(|input| input.counts.filtered > 0) => {
            Line::new().plain("no failure that was asked for")
        }
        0 if inputs().any(Input::is_damaged) => {
            Line::new().add(Tone::Warn, "no failure of TLS in what could be read")
        }
        0 if inputs().all(|input| input.log.lines == 0) => {
            Line::new().add(Tone::Good, "no failure of TLS in these events")
        }
        0 => Line::new().add(Tone::Good, "no failure of TLS in these lines"),
        failures => {
            let groups = report.log_groups.len().saturating_sub(groups_told);
            let groups = plural(groups as u64, "group");
            let failed = plural(failures, "failure");
            let line = Line::new().add(Tone::Fail, format!("{failed} in {groups}"));
            match inputs().any(|input| input.events.handshakes > 0) {
                true => line,
                false if told > 0 => line.dim(format!("   and {again}")),
                false => line.dim("   (a log tells of failures alone)"),
            }
        }
    };
    page.line(line);
}

/// What is known of a log, for its line in the header.
pub(super) fn facts(input: &Input) -> Vec<String> {
    let mut facts = Vec::new();
    let mut writers = input.log.writers.clone();
    writers.sort_by_key(|(stack, count)| (!stack.program, std::cmp::Reverse(*count)));
    if !input.events.is_empty() {
        facts.extend(super::events::facts(input));
    }
    // Whoever reads an event log knows who wrote it.
    if !writers.is_empty() && input.events.is_empty() {
        let names = writers.iter().take(MOST_WRITERS).map(|(stack, _)| stack.name);
        facts.push(names.collect::<Vec<_>>().join(", "));
    }
    if input.log.lines > 0 {
        facts.push(plural(input.log.lines, "line"));
    }
    facts
}

/// The first line of a group, or two where one is too short.
pub(super) fn headline(page: &mut Page<'_>, number: usize, group: &LogGroup) {
    let line = start(number)
        .add(Tone::Verdict, group.slug())
        .plain(format!("  {}×", grouped(group.count)));
    let (who, how) = (who(group), codes(group));
    let width = line.width() + 2 + who.chars().count();
    if width + 2 + how.chars().count() <= page.columns() {
        let columns = page.columns();
        page.line(line.plain("  ").add(Tone::Wire, who).ending_at(columns, Tone::Plain, how));
    } else {
        page.line(line);
        page.wrapped(Line::indent(INDENT), INDENT, Tone::Wire, &format!("{who}  {how}"), "");
    }
}

/// A group in one line.
pub(super) fn one_line(number: usize, group: &LogGroup) -> Line {
    start(number)
        .ending_at(COUNT, Tone::Plain, format!("{}×", grouped(group.count)))
        .plain("  ")
        .add(Tone::Verdict, group.slug())
        .plain("  ")
        .add(Tone::Wire, who(group))
        .plain("  ")
        .plain(codes(group))
}

fn start(number: usize) -> Line {
    Line::new().add(Tone::Fail, "✗").plain(format!(" {number:<2} "))
}

/// All groups, one line each: number, count, codes, cause, others, and when.
pub(super) fn table(page: &mut Page<'_>, report: &Report, groups: &[(usize, &LogGroup)]) {
    let from = report.inputs.iter().filter_map(|input| input.first).min();
    let to = report.inputs.iter().filter_map(|input| input.last).max();
    let widest = |text: &dyn Fn(&LogGroup) -> String| {
        groups.iter().map(|(_, group)| text(group).chars().count()).max().unwrap_or(0)
    };
    // The one machine of an event log stands in its header.
    let mut machines: Vec<String> = groups
        .iter()
        .map(|(_, group)| super::events::on(group))
        .filter(|on| !on.is_empty())
        .collect();
    machines.dedup();
    let those = |group: &LogGroup| match super::joined::is_shown_elsewhere(report, group) {
        true => super::joined::shown(report, group),
        false if machines.first() == Some(&who(group)) && machines.len() == 1 => String::new(),
        false => who(group),
    };
    let cause = COUNT + 2 + widest(&numbers) + 2;
    let others = cause + widest(&|group| group.slug().to_owned()) + 2;
    let when = others + widest(&those) + 2;
    let room = page.columns().saturating_sub(when).min(WIDE_LINE);
    for (number, group) in groups {
        let count = format!("{}×", grouped(group.count));
        let start = match super::joined::is_shown_elsewhere(report, group) {
            true => Line::new().dim("=").plain(format!(" {number:<2} ")),
            false => start(*number),
        };
        let line = start.ending_at(COUNT, Tone::Plain, count).plain("  ");
        let line = line.plain(numbers(group)).to(cause).add(Tone::Verdict, group.slug());
        let line = line.to(others).add(Tone::Wire, those(group));
        if super::joined::is_shown_elsewhere(report, group) {
            page.item(line);
            continue;
        }
        page.item(match (&group.timeline, from, to) {
            (Some(timeline), Some(from), Some(to)) if room >= NARROW_LINE => {
                let cells = timeline.cells(from, to, room);
                line.to(when).add(Tone::Fail, sparkline(&cells, page.look().ascii))
            }
            _ => line,
        });
    }
}

/// A group with its sentence, its evidence, its time and its remedies.
pub(super) fn whole_group(
    page: &mut Page<'_>,
    report: &Report,
    number: usize,
    group: &LogGroup,
    detail: &Detail,
) {
    headline(page, number, group);
    let sample = &group.sample;
    let sentence = sighted_sentence(sample);
    page.wrapped(Line::indent(INDENT), INDENT, Tone::Plain, &sentence, "");
    let at = super::events::records(report, group);
    let at = at.unwrap_or_else(|| report.line(group.input, sample.sighting.line));
    words(page, sample, &at, if detail.ladder { MOST_TEXT } else { MOST_WORDS });
    if detail.ladder {
        labelled(page, "that is", Tone::Dim, voice(sample), "");
    }
    if group.event.is_none() {
        labelled(page, "written by", Tone::Dim, &written_by(sample), "");
    }
    evidence(page, sample, group.alerts.len() == 1);
    super::events::evidence(page, group);
    settings(page, sample);
    super::joined::company(page, report, group, detail);
    super::joined::echoes(page, report, &group.echoes, group.count);
    if group.peers.count() > 1 || (group.peers.count() == 1 && group.unnamed > 0) {
        let peers = match group.role {
            Some(Side::Server) => "clients",
            Some(Side::Client) => "servers",
            None => "peers",
        };
        let mut text = most_frequent(&group.peers.by_count());
        if group.unnamed > 0 {
            text = format!("{text} · not named {}×", grouped(group.unnamed));
        }
        labelled(page, peers, Tone::Dim, &text, "");
    }
    if let Some(timeline) = &group.timeline {
        when(page, report, sample.best(), group.count, timeline);
    }
    super::events::hours(page, &group.recorded.hours);
    explanation(page, sample, detail);
}

/// One failure of one line, without a time or a count.
pub(super) fn message(page: &mut Page<'_>, sample: &Sighted, detail: &Detail) {
    let sighting = &sample.sighting;
    let read_as = match sighting.program.or(sighting.library) {
        Some(_) => format!("log line, {}", written_by(sample)),
        None => "a reason, without the line that it stood in".to_owned(),
    };
    page.line(Line::new().dim("read as: ").plain(read_as));
    page.blank();
    let peer = sample.sighting.peer.as_ref().map(Peer::to_string).unwrap_or_default();
    let line = Line::new().add(Tone::Fail, "✗ ").add(Tone::Verdict, sample.slug());
    page.line(line.plain("  ").add(Tone::Wire, safe(&peer, MOST_NAME)));
    let sentence = sighted_sentence(sample);
    page.wrapped(Line::indent(INDENT), INDENT, Tone::Plain, &sentence, "");
    words(page, sample, "", MOST_TEXT);
    labelled(page, "that is", Tone::Dim, voice(sample), "");
    evidence(page, sample, true);
    if let Some(best) = sample.best() {
        let (word, tone) = super::group::confidence(best.confidence);
        labelled(page, word, tone, best.cause.because, "");
    }
    explanation(page, sample, detail);
}

/// The words by which it was recognised.
fn words(page: &mut Page<'_>, sample: &Sighted, at: &str, most: usize) {
    let words = safe(&sample.sighting.words, most);
    match sample.sighting.event {
        // What a record says is put together from its fields.
        Some(_) => labelled(page, "event", Tone::Dim, &words, at),
        None => labelled(page, "the log says", Tone::Dim, &format!("\"{words}\""), at),
    }
}

/// What the line tells beside its words. Whose habit an alert is, is said where there is one alone.
fn evidence(page: &mut Page<'_>, sample: &Sighted, one_alert: bool) {
    let sighting = &sample.sighting;
    if let Some(name) = sighting.name.as_ref().filter(|_| sighting.event.is_none()) {
        labelled(page, "server name", Tone::Dim, &safe(name, MOST_NAME), "");
    }
    if let Some(dialect) = diagnosis::dialect_of(sighting).filter(|_| one_alert) {
        let side = sighting.refused_by().map_or("other side", Side::name);
        labelled(page, side, Tone::Dim, dialect, "");
    }
}

/// What the settings of a machine say of it.
fn settings(page: &mut Page<'_>, sample: &Sighted) {
    let evidence = sample.best().map_or(&[][..], |best| &best.evidence);
    for said in evidence.iter().filter(|said| said.label == diagnosis::SETTINGS) {
        labelled(page, said.label, Tone::Dim, &safe(&said.says, MOST_TEXT), "");
    }
}

/// How the words are read: whose they are.
fn voice(sample: &Sighted) -> &'static str {
    match sample.sighting.voice {
        Voice::Heard => "an alert that came over the wire: the other side sent it",
        Voice::Said => "an alert that this side sent",
        Voice::Unclear => "an alert; the words do not tell who sent it",
        Voice::Refused => "this side's own refusal; the words name no alert",
        Voice::Lost => "an end without an alert: nobody said why",
    }
}

/// The program and the library, as far as they are known by their words.
fn written_by(sample: &Sighted) -> String {
    let sighting = &sample.sighting;
    let mut text = match (sighting.program, sighting.library) {
        (Some(program), Some(library)) => format!("{} around {}", program.name, library.name),
        (Some(only), None) | (None, Some(only)) => only.name.to_owned(),
        (None, None) => "a program that is not known by its words".to_owned(),
    };
    if !sighting.version.is_empty() {
        text = format!("{text}, {}", sighting.version);
    }
    text
}

/// How to settle what is open, what else it may be, and what to do.
fn explanation(page: &mut Page<'_>, sample: &Sighted, detail: &Detail) {
    let most = if detail.ladder { usize::MAX } else { MOST_OTHERS + 1 };
    for other in sample.findings.iter().skip(1).take(most) {
        let text = format!("{}, {}: {}", other.cause.slug, other.confidence, other.cause.because);
        labelled(page, "or", Tone::Dim, &text, "");
    }
    // How to capture on Windows is said once, below all groups.
    let is_open = sample.confidence() != Some(diagnosis::Confidence::Certain);
    if is_open && sample.sighting.event.is_none() {
        let host = sample.sighting.peer.as_ref().and_then(|peer| peer.address);
        let what = host.map_or(String::new(), |address| format!(" host {address}"));
        let [begin, end, convert] = wanted::CAPTURE;
        let text = if sample.is_of_windows() {
            format!("{begin}; {end}; {convert}; and then: tlswhy tls.pcapng")
        } else {
            format!("tcpdump -i any -w tls.pcap{what}, and then: tlswhy tls.pcap")
        };
        labelled(page, "settle it", Tone::Dim, &text, "");
    }
    if let Some(best) = sample.best().filter(|_| sample.slug() != UNKNOWN || detail.ladder) {
        remedies(page, best, &sides(sample));
    }
}

/// What is known of the two sides: the one that wrote the line.
fn sides(sample: &Sighted) -> Who {
    let sighting = &sample.sighting;
    if let Some(event) = &sighting.event {
        let image = event.process.as_ref().and_then(|process| process.image.as_deref());
        let mine = image.map_or(super::events::WINDOWS, super::events::products).to_vec();
        let (client, server) = match sample.role() {
            Some(Side::Client) => (mine, Vec::new()),
            Some(Side::Server) => (Vec::new(), mine),
            None => (mine.clone(), mine),
        };
        return Who { access: false, client, server, refused_by: None };
    }
    let writer = [sighting.program, sighting.library];
    let known = writer.into_iter().flatten().map(|stack| stack.remedy);
    // A program has settings of its own in place of its library's; Java is set up from outside,
    // whatever runs in it.
    let is_own = |(place, remedy): &(usize, &str)| *place == 0 || *remedy == "java";
    let mine: Vec<&'static str> = known.enumerate().filter(is_own).map(|(_, it)| it).collect();
    let (client, server) = match sighting.role {
        Some(Side::Client) => (mine, Vec::new()),
        Some(Side::Server) => (Vec::new(), mine),
        // Whichever side it was, it was Windows.
        None if sample.is_of_windows() => (mine.clone(), mine),
        None => (Vec::new(), Vec::new()),
    };
    let refused_by = sample.best().and_then(|best| best.refused_by);
    Who { access: false, client, server, refused_by }
}

/// Where a failure is told: the record of an event log, or the line of another.
pub(super) fn place(report: &Report, input: usize, found: &Sighted) -> String {
    let event = found.sighting.event.as_ref();
    match event.and_then(|event| event.records.first()) {
        Some(record) => report.record(input, *record),
        None => report.line(input, found.sighting.line),
    }
}

/// A failure in one line.
pub(super) fn failure_line(place: &str, found: &Sighted) -> Line {
    let sighting = &found.sighting;
    let time = found.time().map(|time| time.to_string()).unwrap_or_default();
    let says = match sighting.any_alert() {
        Some(alert) => alert.to_string(),
        None => sighting.voice.name().to_owned(),
    };
    let apart = FOOT.saturating_sub(2 + place.chars().count()).max(1);
    Line::new()
        .add(Tone::Fail, "✗")
        .plain(" ")
        .dim(place.to_owned())
        .plain(" ".repeat(apart))
        .dim(time.get(11..19).unwrap_or_default().to_owned())
        .plain("  ")
        .add(Tone::Verdict, found.slug())
        .plain("  ")
        .plain(says)
        .plain("  ")
        .add(Tone::Wire, direction(sighting.role, &found.peer().unwrap_or_default()))
}

/// Who went where: the program that wrote the log is this side.
fn direction(role: Option<Side>, peer: &str) -> String {
    let peer = safe(peer, MOST_NAME);
    match (role, peer.is_empty()) {
        (Some(Side::Server), false) => format!("{peer} → this server"),
        (Some(Side::Client), false) => format!("this client → {peer}"),
        (Some(role), true) => format!("this {role}"),
        (None, _) => peer,
    }
}

/// Who went where, in a group.
fn who(group: &LogGroup) -> String {
    let others = match group.role {
        Some(Side::Server) => "clients",
        Some(Side::Client) => "servers",
        None => "peers",
    };
    let peer = match &group.peers.by_count()[..] {
        [] => String::new(),
        [(only, _)] if !group.peers.is_full() && group.unnamed == 0 => only.clone(),
        all if group.peers.is_full() => format!("over {} {others}", grouped(all.len() as u64)),
        all => format!("{} {others}", all.len()),
    };
    match super::events::on(group) {
        on if peer.is_empty() && !on.is_empty() => on,
        _ => direction(group.role, &peer),
    }
}

/// The alerts of a group: `48 unknown_ca`, `48 88× 42 6×`, `no alert`.
fn codes(group: &LogGroup) -> String {
    match (super::events::code(group), &group.alerts[..]) {
        (Some(event), [(None, _)]) => event,
        (Some(event), _) => format!("{event}  {}", alerts(group)),
        (None, _) => alerts(group),
    }
}

fn alerts(group: &LogGroup) -> String {
    let says = |alert: Option<alert::Alert>| match alert {
        Some(alert) => alert.code().to_string(),
        None => "no alert".to_owned(),
    };
    match &group.alerts[..] {
        [(Some(only), _)] => only.to_string(),
        [(None, _)] => "no alert".to_owned(),
        several => {
            let each = several.iter().take(MOST_CODES);
            let each = each.map(|(alert, count)| format!("{} {}×", says(*alert), grouped(*count)));
            each.collect::<Vec<_>>().join(" ")
        }
    }
}

/// Characters of a line that are shown of a group, without `-v`.
const MOST_WORDS: usize = 160;
/// The alerts of a group by their numbers, and a dash for none: `48 42 46`; of an event behind its
/// number and in front of its state: `36888 40 1205`.
fn numbers(group: &LogGroup) -> String {
    let each = group.alerts.iter().take(MOST_NUMBERS);
    let each = each.map(|(alert, _)| alert.map_or("-".to_owned(), |it| it.code().to_string()));
    let alerts = each.collect::<Vec<_>>().join(" ");
    match group.event {
        None => alerts,
        Some((id, Some(state))) => format!("{id} {alerts} {state}"),
        Some((id, None)) => format!("{id} {alerts}"),
    }
}

/// Alerts that are named in a group's line of the table.
const MOST_NUMBERS: usize = 3;
/// Alerts that are named in a group's first line.
const MOST_CODES: usize = 4;
/// Stacks that are named in the line of a log.
const MOST_WRITERS: usize = 4;
