//! The screen for captures: groups, each answered in its first line.
//!
//! First what was read, then the groups that failed, largest first, then what survived or was left
//! out, and last what to type next. Everything between the first line of a group and its remedy is
//! evidence with its place.

use std::time::Duration;

use diagnosis::{Confidence, Finding, Fix, Stack};
use wire::Time;

use crate::failure::{Ending, Failure, Severity, UNKNOWN};
use crate::group::Group;
use crate::intake::Input;
use crate::paint::{Line, Page, Tone, row, safe};
use crate::timeline::{clock, duration, sparkline};
use crate::{Look, Report, ladder, sentence};

/// How much of a report to show.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Detail {
    /// One line per group and nothing else (`-q`).
    pub quiet: bool,
    /// One line per failure instead of groups (`--by none`); needs [`crate::Options::failures`].
    pub each: bool,
    /// The handshake ladder under each group, and all remedies (`-v`).
    pub ladder: bool,
    /// Only the group with this number, from 1 (`g=2`).
    pub group: Option<usize>,
    /// How long the reading took, for the first line.
    pub elapsed: Option<Duration>,
}

/// Where a group's text begins.
const INDENT: usize = 5;
/// Where evidence begins, behind its label.
const BODY: usize = 20;
/// Groups shown with all their lines; the rest gets one line each.
const FULL_GROUPS: usize = 20;
/// Groups shown at all; the JSON form holds every one.
const MOST_GROUPS: usize = 200;
/// Inputs named in the header; a folder may hold thousands.
const MOST_INPUTS: usize = 8;
/// Lines of evidence shown without `-v`.
const MOST_EVIDENCE: usize = 5;
/// Other explanations shown without `-v`.
const MOST_OTHERS: usize = 2;
/// Characters of one piece of evidence that are shown.
const MOST_TEXT: usize = 400;
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
            page.line(one_line(number, group));
        }
        return page.done();
    }
    if detail.each {
        for (place, input) in report.inputs.iter().enumerate() {
            for failure in &input.failures {
                page.line(failure_line(report, place, failure));
            }
        }
        return page.done();
    }
    header(&mut page, report, detail);
    let mut was_full = true;
    let groups = numbered().filter(|(number, _)| chosen(*number)).take(MOST_GROUPS);
    for (shown, (number, group)) in groups.enumerate() {
        let failed = group.severity == Severity::Failed;
        let full = detail.group.is_some() || detail.ladder || (failed && shown < FULL_GROUPS);
        if full || was_full {
            page.blank();
        }
        if full {
            whole_group(&mut page, report, number, group, detail);
        } else {
            headline(&mut page, number, group);
        }
        was_full = full;
    }
    if detail.group.is_some_and(|wanted| wanted == 0 || wanted > report.groups.len()) {
        page.blank();
        page.line(Line::new().plain(format!("There are {} groups.", report.groups.len())));
    }
    footer(&mut page, report, detail);
    page.done()
}

/// What was read, and the count of everything.
fn header(page: &mut Page<'_>, report: &Report, detail: &Detail) {
    for (place, input) in report.inputs.iter().take(MOST_INPUTS).enumerate() {
        let last = place + 1 == report.inputs.len();
        input_line(page, input, detail.elapsed.filter(|_| last));
    }
    if let Some(more @ 1..) = report.inputs.len().checked_sub(MOST_INPUTS) {
        let time = detail.elapsed.map(|time| format!(" · {}", seconds(time))).unwrap_or_default();
        page.line(Line::new().dim(format!("and {} more inputs{time}", grouped(more as u64))));
    }
    let counts = report.counts();
    let failed_groups = report.failed().count();
    let seen = counts.good + counts.failed + counts.warned + counts.filtered;
    let handshakes = seen + counts.one_sided + counts.truncated;
    let mut line = Line::new().add(Tone::Verdict, plural(handshakes, "handshake"));
    if counts.good > 0 {
        line = line.plain("   ").add(Tone::Good, format!("{} ok", grouped(counts.good)));
    }
    line = match counts.failed {
        0 => line.plain("   ").add(Tone::Good, "none failed"),
        failed => {
            let groups = plural(failed_groups as u64, "group");
            let text = format!("{} failed in {groups}", grouped(failed));
            line.plain("   ").add(Tone::Fail, text)
        }
    };
    if report.inputs.iter().any(|input| input.stopped) {
        line = line.plain("   ").add(Tone::Warn, "! stopped before the end");
    }
    page.line(line);
}

fn input_line(page: &mut Page<'_>, input: &Input, elapsed: Option<Duration>) {
    let mut facts = vec![bytes(input.size), plural(input.packets, "packet")];
    if !input.packed.is_empty() {
        let packed: Vec<_> = input.packed.iter().map(|kind| kind.name()).collect();
        facts.push(packed.join(" in "));
    }
    if let (Some(first), Some(last)) = (input.first, input.last) {
        facts.push(times(first, last));
    }
    facts.extend(elapsed.map(seconds));
    let facts = facts.join(" · ");
    let mark = if input.is_damaged() { " !" } else { "" };
    let name = safe(&input.name, MOST_PATH);
    let line = Line::new().add(Tone::Verdict, name).add(Tone::Warn, mark);
    if line.width() + 2 + facts.chars().count() <= page.columns() {
        page.line(line.plain("  ").dim(facts));
    } else {
        page.uncut(line);
        page.line(Line::indent(2).dim(facts));
    }
}

/// From when to when, with the date once where one is enough.
fn times(first: Time, last: Time) -> String {
    let date = |time: Time| time.to_string().get(..10).unwrap_or_default().to_owned();
    let (from, to) = (clock(first, 0), clock(last, 0));
    match (date(first), date(last)) {
        (day, same) if day == same && from == to => format!("{day} {from} UTC"),
        (day, same) if day == same => format!("{day} {from} → {to} UTC"),
        (day, other) => format!("{day} {from} → {other} {to} UTC"),
    }
}

/// The first line of a group, or two where one is too short. How it ended is left to the sentence
/// below where there is no room and only one way.
fn headline(page: &mut Page<'_>, number: usize, group: &Group) {
    let columns = page.columns();
    let line = Line::new()
        .add(tone(group), mark(group))
        .plain(format!(" {number}"))
        .to(INDENT)
        .add(Tone::Verdict, group.slug())
        .plain(format!("  {}×", grouped(group.count)));
    let who = format!("{} → {}", clients(group), targets(group));
    let how = endings(group);
    let (who_width, how_width) = (who.chars().count(), how.chars().count());
    if line.width() + 2 + who_width + 2 + how_width <= columns {
        page.line(line.plain("  ").add(Tone::Wire, who).ending_at(columns, Tone::Plain, how));
    } else if line.width() + 2 + who_width <= columns {
        page.line(line.plain("  ").add(Tone::Wire, who));
        if group.endings.len() > 1 {
            page.line(Line::indent(INDENT).plain(how));
        }
    } else {
        page.line(line);
        let line = Line::indent(INDENT).add(Tone::Wire, who);
        if line.width() + 2 + how_width <= columns {
            page.line(line.ending_at(columns, Tone::Plain, how));
        } else {
            page.line(line);
            if group.endings.len() > 1 {
                page.line(Line::indent(INDENT).plain(how));
            }
        }
    }
}

/// A group with its sentence, its evidence, its time and its remedies.
fn whole_group(
    page: &mut Page<'_>,
    report: &Report,
    number: usize,
    group: &Group,
    detail: &Detail,
) {
    headline(page, number, group);
    let sample = &group.sample;
    page.wrapped(Line::indent(INDENT), INDENT, Tone::Plain, &sentence(&sample.failure), "");
    if let Some(best) = sample.failure.best() {
        let most = if detail.ladder { usize::MAX } else { MOST_EVIDENCE };
        for evidence in best.evidence.iter().take(most) {
            let at = evidence.frame.map(|frame| report.place(sample.input, frame));
            let says = safe(&evidence.says, MOST_TEXT);
            labelled(page, evidence.label, Tone::Dim, &says, at.as_deref().unwrap_or_default());
        }
    }
    if group.targets.count() > 1 {
        let text = most_frequent(&group.targets.by_count());
        labelled(page, "servers", Tone::Dim, &text, "");
    }
    if group.clients.count() > 1 && (detail.ladder || detail.group.is_some()) {
        let text = most_frequent(&group.clients.by_count());
        labelled(page, "clients", Tone::Dim, &text, "");
    }
    when(page, report, group);
    if detail.ladder {
        page.blank();
        ladder::draw(page, &sample.session, &|frame| report.place(sample.input, frame));
        page.blank();
    }
    // What nobody can explain has no remedy either: its page says how to find out.
    if sample.failure.slug() != UNKNOWN || detail.ladder {
        explanations(page, &sample.failure, detail);
        remedies(page, &sample.failure, detail);
    }
}

fn labelled(page: &mut Page<'_>, label: &str, tone: Tone, text: &str, at: &str) {
    let line = Line::indent(INDENT).add(tone, label.to_owned());
    let column = BODY.max(line.width() + 1);
    page.wrapped(line, column, Tone::Plain, text, at);
}

/// How sure it is, and when it happened.
fn when(page: &mut Page<'_>, report: &Report, group: &Group) {
    let best = group.sample.failure.best();
    let known = best.filter(|finding| finding.cause.slug != UNKNOWN);
    let (word, tone) = match known.map(|finding| finding.confidence) {
        Some(Confidence::Certain) => ("certain", Tone::Good),
        Some(Confidence::Likely) => ("likely", Tone::Warn),
        Some(Confidence::Possible) => ("possible", Tone::Warn),
        None => ("unexplained", Tone::Warn),
    };
    let from = report.inputs.iter().filter_map(|input| input.first).min();
    let to = report.inputs.iter().filter_map(|input| input.last).max();
    let (Some(from), Some(to)) = (from, to) else { return };
    let span = to.since(from);
    let line = Line::indent(INDENT).add(tone, word).to(BODY);
    if group.count == 1 {
        page.line(line.dim(format!("once, at {}", clock(group.timeline.first(), span))));
        return;
    }
    let mut words = group.timeline.words(from, to);
    if words.is_empty() {
        words = format!("last at {}", clock(group.timeline.last(), span));
    }
    let room = page.columns().saturating_sub(BODY + 2 + words.chars().count());
    let cells = room.clamp(NARROW_LINE, WIDE_LINE);
    let drawn = sparkline(&group.timeline.cells(from, to, cells), page.look().ascii);
    page.line(line.add(Tone::Fail, drawn).plain("  ").dim(words));
}

/// Cells of a sparkline, at least and at most.
const NARROW_LINE: usize = 12;
const WIDE_LINE: usize = 30;

/// How to settle what is open, and what else it may be.
fn explanations(page: &mut Page<'_>, failure: &Failure, detail: &Detail) {
    if let Some(best) = failure.best().filter(|best| !best.tell.is_empty()) {
        labelled(page, "to be sure", Tone::Dim, best.tell, "");
    }
    let most = if detail.ladder { usize::MAX } else { MOST_OTHERS };
    for other in failure.findings.iter().skip(1).take(most) {
        labelled(page, "or", Tone::Dim, &other_text(other), "");
    }
}

fn other_text(other: &Finding) -> String {
    let (slug, confidence) = (other.cause.slug, other.confidence);
    let evidence = other.evidence.first().map(|fact| safe(&fact.says, MOST_NAME));
    match (other.tell, evidence) {
        ("", None) => format!("{slug}, {confidence}"),
        ("", Some(fact)) => format!("{slug}, {confidence}: {fact}"),
        (tell, _) => format!("{slug}, {confidence}: {tell}"),
    }
}

/// What to do, on each side: the remedy for the stack that was asked for or is seen, else the one
/// for any stack.
fn remedies(page: &mut Page<'_>, failure: &Failure, detail: &Detail) {
    let Some(best) = failure.best() else { return };
    let all: Vec<Fix> = best.cause.fixes().collect();
    let wanted = page.look().stack.clone();
    let mut sides: Vec<trace::Side> = Vec::new();
    for fix in &all {
        if !sides.contains(&fix.side) {
            sides.push(fix.side);
        }
    }
    for side in sides {
        let here: Vec<&Fix> = all.iter().filter(|fix| fix.side == side).collect();
        let chosen: Vec<&Fix> = if detail.ladder {
            here
        } else {
            let asked = wanted.as_deref().and_then(|name| here.iter().find(|f| f.stack == name));
            let seen = failure.stack(side).map_or(&[][..], names);
            let by_stack = || here.iter().find(|fix| seen.contains(&fix.stack));
            let any = || here.iter().find(|fix| fix.stack == ANY);
            asked
                .or_else(by_stack)
                .or_else(any)
                .or(here.first())
                .map(|fix| vec![*fix])
                .unwrap_or_default()
        };
        for fix in chosen {
            let text = match fix.stack {
                ANY => fix.text.to_owned(),
                stack => format!("{stack}: {}", fix.text),
            };
            labelled(page, &format!("fix {side}"), Tone::Good, &text, "");
        }
    }
}

/// The remedy of every stack.
const ANY: &str = "any";

/// The names under which pages list remedies for a stack.
fn names(stack: Stack) -> &'static [&'static str] {
    match stack.name() {
        "OpenSSL" => &["openssl", "curl", "python"],
        "GnuTLS" => &["gnutls"],
        "Go" => &["go"],
        "Java" => &["java"],
        "Node.js" => &["node"],
        "Windows SChannel" => &["schannel", "windows", "iis", "dotnet"],
        "NSS" => &["nss", "firefox"],
        "BoringSSL" => &["boringssl", "chrome"],
        "rustls" => &["rustls"],
        "Mbed TLS" => &["mbedtls"],
        _ => &[],
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
    say(report.ungrouped, "failed in further groups");
    say(report.groups.len().saturating_sub(MOST_GROUPS) as u64, "groups (--json has all)");
    let sum = |count: fn(&Input) -> u64| report.inputs.iter().map(count).sum::<u64>();
    say(sum(|input| input.tally.unknown_link), "packets of a link type that is not read");
    say(sum(|input| input.tally.fragments), "IP fragments");
    say(sum(|input| input.tally.malformed), "packets with broken headers");
    if !left.is_empty() || detail.group.is_none() {
        page.blank();
    }
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
    let files: Vec<String> = report.inputs.iter().map(|input| quoted(&input.name)).collect();
    let files = match &files[..] {
        [one] if one == Input::STDIN => "-".to_owned(),
        [one] => one.clone(),
        [one, _] => format!("{one} …"),
        _ => "…".to_owned(),
    };
    if report.groups.is_empty() {
        let packets: u64 = report.inputs.iter().map(|input| input.packets).sum();
        let conversations = report.counts().conversations;
        if packets > 0 && conversations == 0 {
            let text = "no TCP conversation in it: TLS over UDP (QUIC, DTLS) is not read yet";
            page.wrapped(Line::new().dim("note"), FOOT, Tone::Plain, text, "");
        }
        return;
    }
    let first = detail.group.unwrap_or(1);
    if !detail.ladder {
        add(page, format!("tlswhy {files} g={first} -v"), "its handshake, message by message");
    }
    let slug = first.checked_sub(1).and_then(|at| report.groups.get(at)).map(Group::slug);
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

/// A group in one line.
fn one_line(number: usize, group: &Group) -> Line {
    let who = format!("{} → {}", clients(group), targets(group));
    Line::new()
        .add(tone(group), mark(group))
        .plain(format!(" {number}"))
        .to(INDENT)
        .add(Tone::Verdict, group.slug())
        .to(INDENT + SLUG)
        .plain(format!("{}×", grouped(group.count)))
        .plain("  ")
        .add(Tone::Wire, who)
        .plain("  ")
        .plain(endings(group))
}

/// Columns for a slug where slugs stand under each other.
const SLUG: usize = 24;

/// A failure in one line.
fn failure_line(report: &Report, input: usize, failure: &Failure) -> Line {
    let (mark, tone) = mark_of(failure.severity);
    let target = safe(&failure.target(), MOST_NAME);
    let time = failure.time.to_string();
    let confidence = failure.best().map_or("unexplained", |best| best.confidence.name());
    Line::new()
        .add(tone, mark)
        .plain(" ")
        .dim(report.place(input, failure.frame))
        .to(FOOT)
        .dim(time.get(11..23).unwrap_or_default().to_owned())
        .plain("  ")
        .add(Tone::Verdict, failure.slug())
        .plain(format!(", {confidence}  "))
        .add(Tone::Wire, format!("{} → {target}", failure.client))
        .plain("  ")
        .plain(match failure.ending {
            Ending::Alert(message) => message.alert.to_string(),
            ending => ending.says(),
        })
}

fn mark(group: &Group) -> &'static str {
    mark_of(group.severity).0
}

fn tone(group: &Group) -> Tone {
    mark_of(group.severity).1
}

fn mark_of(severity: Severity) -> (&'static str, Tone) {
    match severity {
        Severity::Failed => ("✗", Tone::Fail),
        Severity::Warning => ("!", Tone::Warn),
    }
}

/// One client by its address, several by their number.
fn clients(group: &Group) -> String {
    match &group.clients.by_count()[..] {
        [(client, _)] if !group.clients.is_full() => client.to_string(),
        all if group.clients.is_full() => format!("over {} clients", grouped(all.len() as u64)),
        all => format!("{} clients", all.len()),
    }
}

/// One server by its name, several by their number.
fn targets(group: &Group) -> String {
    match &group.targets.by_count()[..] {
        [(target, _)] if !group.targets.is_full() => safe(target, MOST_NAME),
        all if group.targets.is_full() => format!("over {} servers", grouped(all.len() as u64)),
        all => format!("{} servers", all.len()),
    }
}

/// The first few of many, each with its count.
fn most_frequent<K: ToString>(all: &[(K, u64)]) -> String {
    let mut items: Vec<String> = all
        .iter()
        .take(MOST_PEERS)
        .map(|(peer, count)| format!("{} {}×", safe(&peer.to_string(), MOST_NAME), grouped(*count)))
        .collect();
    if let Some(more @ 1..) = all.len().checked_sub(MOST_PEERS) {
        items.push(format!("{} more", grouped(more as u64)));
    }
    row(&items)
}

/// Clients or servers of a group that are named.
const MOST_PEERS: usize = 3;

/// Who ended it and how: `server: 70 protocol_version`, `clients: 48 88× 42 6×`.
fn endings(group: &Group) -> String {
    let who = match group.sample.failure.ended_by {
        Some(trace::Side::Client) if group.clients.count() > 1 => "clients: ",
        Some(trace::Side::Client) => "client: ",
        Some(trace::Side::Server) => "server: ",
        None => "",
    };
    let text = match &group.endings[..] {
        [(Ending::Alert(message), _)] => message.alert.to_string(),
        [(ending, _)] => ending.says(),
        several => {
            let each = several.iter().take(MOST_ENDINGS).map(|(ending, count)| {
                let count = grouped(*count);
                match ending {
                    Ending::Alert(message) => format!("{} {count}×", message.alert.code()),
                    ending => format!("{} {count}×", ending.says()),
                }
            });
            let text = each.collect::<Vec<_>>().join(" ");
            if several.len() > MOST_ENDINGS { format!("{text} …") } else { text }
        }
    };
    format!("{who}{text}")
}

/// Ways to end that are named in a group's first line.
const MOST_ENDINGS: usize = 4;

/// A number with a blank between thousands.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(' ');
        }
        out.push(digit);
    }
    out
}

fn plural(count: u64, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        count => format!("{} {what}s", grouped(count)),
    }
}

/// A size in the largest unit that says it well.
fn bytes(size: u64) -> String {
    const UNITS: [(&str, u64); 3] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];
    match UNITS.iter().find(|(_, unit)| size >= *unit) {
        Some((name, unit)) => {
            let tenths = size / (unit / 10).max(1);
            match (tenths / 10, tenths % 10) {
                (whole, 0) => format!("{whole} {name}"),
                (whole, tenth) => format!("{whole}.{tenth} {name}"),
            }
        }
        None => plural(size, "byte"),
    }
}

fn seconds(time: Duration) -> String {
    duration(i64::try_from(time.as_nanos()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers are grouped by thousands, sizes have one digit behind the point.
    #[test]
    fn numbers_are_easy_to_read() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(41_206), "41 206");
        assert_eq!(grouped(1_204_551), "1 204 551");
        assert_eq!(bytes(1), "1 byte");
        assert_eq!(bytes(1_536), "1.5 KiB");
        assert_eq!(bytes(u64::MAX).split(' ').next_back(), Some("GiB"));
        assert_eq!(plural(1, "group"), "1 group");
        assert_eq!(plural(2_000, "group"), "2 000 groups");
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
