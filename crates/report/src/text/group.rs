//! One group, or one failure, as lines of a screen.

use diagnosis::{CONTROL, Confidence, Evidence, Finding, Stack};
use trace::{Carrier, Session};

use super::remedy::{Who, remedies, remedy};
use super::{BODY, Detail, FOOT, INDENT, MOST_NAME, labelled};
use crate::failure::{Ending, Failure, Severity, UNKNOWN};
use crate::group::Group;
use crate::input::Input;
use crate::number::grouped;
use crate::paint::{Line, Page, Tone, row, safe};
use crate::timeline::{Timeline, clock, sparkline};
use crate::{Report, access, ladder, sentence};

/// Lines of evidence shown without `-v`.
const MOST_EVIDENCE: usize = 5;
/// Other explanations shown without `-v`.
pub(super) const MOST_OTHERS: usize = 2;
/// Characters of one piece of evidence that are shown.
pub(super) const MOST_TEXT: usize = 400;

/// The first line of a group, or two where one is too short. How it ended is left to the sentence
/// below where there is no room and only one way.
pub(super) fn headline(page: &mut Page<'_>, number: usize, group: &Group) {
    let columns = page.columns();
    let line = Line::new()
        .add(tone(group), mark(group))
        .plain(format!(" {number:<2} "))
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
pub(super) fn whole_group(
    page: &mut Page<'_>,
    report: &Report,
    number: usize,
    group: &Group,
    detail: &Detail,
) {
    headline(page, number, group);
    let sample = &group.sample;
    page.wrapped(Line::indent(INDENT), INDENT, Tone::Plain, &sentence(&sample.failure), "");
    if let Some(access) = &sample.failure.access {
        labelled(page, "network access", Tone::Dim, &row(&access::parties(access)), "");
        if let Some(reply) = &access.reply {
            let text = format!("\"{}\"", safe(reply, MOST_TEXT));
            labelled(page, "server says", Tone::Dim, &text, "");
        }
    }
    if detail.ladder {
        page.blank();
        // The evidence below names the file; of several, the ladder does.
        ladder::draw(page, &sample.session, &|frame| report.locate(sample.input, frame));
        page.blank();
    }
    if let Some(best) = sample.failure.best() {
        let most = if detail.ladder { usize::MAX } else { MOST_EVIDENCE };
        let said =
            |at: usize, label: &str| at < most || [diagnosis::SETTINGS, CONTROL].contains(&label);
        let shown = best.evidence.iter().enumerate().filter(|(at, it)| said(*at, it.label));
        for (_, evidence) in shown {
            let at = evidence.frame.map(|frame| report.place(sample.input, frame));
            let says = safe(&of_all(group, evidence), MOST_TEXT);
            let at = at.as_deref().unwrap_or_default();
            labelled(page, &label(evidence.label, &sample.failure), Tone::Dim, &says, at);
        }
    }
    recovered(page, report, group);
    super::joined::echoes(page, report, &group.echoes, group.count);
    if group.targets.count() > 1 {
        let text = most_frequent(&group.targets.by_count());
        labelled(page, "servers", Tone::Dim, &text, "");
    }
    if group.clients.count() > 1 && (detail.ladder || detail.group.is_some()) {
        let text = most_frequent(&group.clients.by_count());
        labelled(page, "clients", Tone::Dim, &text, "");
    }
    when(page, report, sample.failure.best(), group.count, &group.timeline);
    // What nobody can explain has no remedy either: its page says how to find out.
    if sample.failure.slug() != UNKNOWN || detail.ladder {
        explanations(page, &sample.failure, detail);
        if let Some(best) = sample.failure.best() {
            remedies(page, best, &who(&sample.failure, &sample.session));
        }
    }
}

/// What a piece of evidence says, of all of the group if it is true of all.
fn of_all(group: &Group, evidence: &Evidence) -> String {
    let own = group.sample.failure.difference.as_ref().map(|it| it.says(1));
    match &group.contrast {
        Some(contrast) if evidence.label == CONTROL && own.as_ref() == Some(&evidence.says) => {
            contrast.says(group.count)
        }
        _ => evidence.says.clone(),
    }
}

/// A group that all clients made up for, as far as somebody wants to know who has no loss: the cause,
/// how they made up for it, and what to do.
pub(super) fn recovered_group(page: &mut Page<'_>, report: &Report, number: usize, group: &Group) {
    headline(page, number, group);
    let failure = &group.sample.failure;
    page.wrapped(Line::indent(INDENT), INDENT, Tone::Plain, &sentence(failure), "");
    recovered(page, report, group);
    if let Some(best) = failure.best().filter(|_| failure.slug() != UNKNOWN) {
        remedy(page, best, &who(failure, &group.sample.session));
    }
}

/// How the clients made up for it, or how the server did.
fn recovered(page: &mut Page<'_>, report: &Report, group: &Group) {
    if let Some((begun, place)) = group.relief() {
        let time = clock(begun, 0);
        let text = format!("since {time}, when the server sent another certificate");
        labelled(page, "over", Tone::Good, &text, &report.place(place.input, place.frame));
    }
    let recovery = group.sample.failure.recovery.as_ref();
    let (text, at) = match (group.recovered, recovery) {
        (0, _) => return,
        (1, Some(recovery)) if group.count == 1 => {
            (recovery.says(), report.place(group.sample.input, recovery.frame))
        }
        (all, Some(recovery)) if all == group.count => {
            let first = report.place(group.sample.input, recovery.frame);
            (format!("all {} at once; the first {}", grouped(all), recovery.says()), first)
        }
        (some, _) => (format!("{} of them recovered at once", grouped(some)), String::new()),
    };
    labelled(page, "recovered", Tone::Good, &text, &at);
}

/// A label, with the word for its party that the sentence has: the client of network access is a
/// station, and what is called a client there is the switch.
fn label(label: &str, failure: &Failure) -> String {
    match label.strip_prefix("client").filter(|_| failure.access.is_some()) {
        Some(rest) => format!("station{rest}"),
        None => label.to_owned(),
    }
}

/// What is known of the two sides.
fn who(failure: &Failure, session: &Session) -> Who {
    let spoken = spoken(session);
    let of = |side| {
        let stack = failure.stack(side).map_or(&[][..], names);
        spoken.into_iter().chain(stack.iter().copied()).collect()
    };
    Who {
        access: failure.access.is_some(),
        client: of(trace::Side::Client),
        server: of(trace::Side::Server),
        refused_by: failure.refused_by,
    }
}

/// The name under which pages list remedies for what is spoken inside TLS or in front of it, by the
/// words or else by the port.
fn spoken(session: &Session) -> Option<&'static str> {
    let said = |words: &[u8]| {
        let first = session.plaintext(trace::Side::Client);
        first.is_some_and(|seen| {
            seen.what.get(..words.len()).is_some_and(|it| it.eq_ignore_ascii_case(words))
        })
    };
    match session.carrier {
        Carrier::Smtp => Some("smtp"),
        Carrier::Imap => Some("imap"),
        Carrier::Pop3 => Some("pop3"),
        Carrier::Ftp => Some("ftp"),
        Carrier::Ldap => Some("ldap"),
        Carrier::Xmpp => Some("xmpp"),
        _ if said(b"EHLO") || said(b"HELO") => Some("smtp"),
        _ => match session.server.port() {
            Some(25 | 465 | 587) => Some("smtp"),
            Some(143 | 993) => Some("imap"),
            Some(110 | 995) => Some("pop3"),
            Some(21 | 990) => Some("ftp"),
            Some(389 | 636) => Some("ldap"),
            Some(5222 | 5223) => Some("xmpp"),
            _ => None,
        },
    }
}

/// The names under which pages list remedies for a stack.
fn names(stack: Stack) -> &'static [&'static str] {
    match stack.name() {
        "OpenSSL" => &["openssl"],
        "GnuTLS" => &["gnutls"],
        "Go" => &["go"],
        "Java" => &["java"],
        "Node.js" => &["node"],
        "Windows SChannel" => &["windows"],
        "NSS" => &["nss", "firefox"],
        "BoringSSL" => &["boringssl", "chrome"],
        "rustls" => &["rustls"],
        "Mbed TLS" => &["mbedtls"],
        _ => &[],
    }
}

/// How sure it is, and when it happened.
pub(super) fn when(
    page: &mut Page<'_>,
    report: &Report,
    best: Option<&Finding>,
    count: u64,
    timeline: &Timeline,
) {
    let known = best.filter(|finding| finding.cause.slug != UNKNOWN);
    let (word, tone) =
        known.map_or(("unexplained", Tone::Warn), |finding| confidence(finding.confidence));
    let from = report.inputs.iter().filter_map(|input| input.first).min();
    let to = report.inputs.iter().filter_map(|input| input.last).max();
    let (Some(from), Some(to)) = (from, to) else { return };
    let span = to.since(from);
    let line = Line::indent(INDENT).add(tone, word).to(BODY);
    if count == 1 {
        page.line(line.dim(format!("once, at {}", clock(timeline.first(), span))));
        return;
    }
    let mut words = timeline.words(from, to);
    if words.is_empty() {
        words = format!("last at {}", clock(timeline.last(), span));
    }
    let room = page.columns().saturating_sub(BODY + 2 + words.chars().count());
    let cells = room.clamp(NARROW_LINE, WIDE_LINE);
    let drawn = sparkline(&timeline.cells(from, to, cells), page.look().ascii);
    page.line(line.add(Tone::Fail, drawn).plain("  ").dim(words));
}

/// The word for how sure a finding is, and its colour.
pub(super) fn confidence(confidence: Confidence) -> (&'static str, Tone) {
    match confidence {
        Confidence::Certain => ("certain", Tone::Good),
        Confidence::Likely => ("likely", Tone::Warn),
        Confidence::Possible => ("possible", Tone::Warn),
    }
}

/// Cells of a sparkline, at least and at most.
pub(super) const NARROW_LINE: usize = 12;

pub(super) const WIDE_LINE: usize = 30;

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

pub(super) fn other_text(other: &Finding) -> String {
    let (slug, confidence) = (other.cause.slug, other.confidence);
    let evidence = other.evidence.first().map(|fact| safe(&fact.says, MOST_NAME));
    match (other.tell, evidence) {
        ("", None) => format!("{slug}, {confidence}"),
        ("", Some(fact)) => format!("{slug}, {confidence}: {fact}"),
        (tell, _) => format!("{slug}, {confidence}: {tell}"),
    }
}

/// A group in one line.
pub(super) fn one_line(number: usize, group: &Group) -> Line {
    let who = format!("{} → {}", clients(group), targets(group));
    Line::new()
        .add(tone(group), mark(group))
        .plain(format!(" {number:<2} "))
        .ending_at(COUNT, Tone::Plain, format!("{}×", grouped(group.count)))
        .plain("  ")
        .add(Tone::Verdict, group.slug())
        .plain("  ")
        .add(Tone::Wire, who)
        .plain("  ")
        .plain(codes(group))
}

/// Where the count ends when groups stand under each other.
pub(super) const COUNT: usize = 12;

/// A failure in one line.
pub(super) fn failure_line(report: &Report, input: usize, failure: &Failure) -> Line {
    let (mark, tone) = mark_of(failure.severity);
    let target = safe(&failure.target(), MOST_NAME);
    let time = failure.time.to_string();
    Line::new()
        .add(tone, mark)
        .plain(" ")
        .dim(report.place(input, failure.frame))
        .to(FOOT)
        .dim(time.get(11..19).unwrap_or_default().to_owned())
        .plain("  ")
        .add(Tone::Verdict, failure.slug())
        .plain("  ")
        .plain(failure.ending.says())
        .plain("  ")
        .add(Tone::Wire, format!("{} → {target}", failure.client.host()))
}

/// A failure in one line, as far as it can be judged before all has been read.
pub(super) fn early_line(input: &Input, failure: &Failure) -> Line {
    let (mark, tone) = mark_of(failure.severity);
    let (file, frame) = input.locate(failure.frame);
    let time = failure.time.to_string();
    let who = ended_by(failure, false);
    let line = Line::new()
        .add(tone, mark)
        .plain(" ")
        .dim(format!("{}#{frame}", safe(file.unwrap_or_default(), MOST_NAME)))
        .to(FOOT)
        .dim(time.get(11..19).unwrap_or_default().to_owned())
        .plain("  ")
        .add(Tone::Verdict, failure.slug());
    let line = match failure.best() {
        Some(best) => line.plain(format!(" ({})", best.confidence.name())),
        None => line,
    };
    let target = safe(&failure.target(), MOST_NAME);
    line.plain(format!("  {who}{}  ", failure.ending.says()))
        .add(Tone::Wire, format!("{} → {target}", failure.client.host()))
}

fn mark(group: &Group) -> &'static str {
    if group.is_made_up_for() { MADE_UP_FOR.0 } else { mark_of(group.severity).0 }
}

fn tone(group: &Group) -> Tone {
    if group.is_made_up_for() { MADE_UP_FOR.1 } else { mark_of(group.severity).1 }
}

/// The mark of a group that all clients made up for: nobody lost more than a moment.
const MADE_UP_FOR: (&str, Tone) = ("!", Tone::Warn);

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
pub(super) fn most_frequent<K: ToString>(all: &[(K, u64)]) -> String {
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
    let who = ended_by(&group.sample.failure, group.clients.count() > 1);
    match &group.endings[..] {
        [(Ending::Alert(message), _)] => format!("{who}{}", message.alert),
        _ => format!("{who}{}", codes(group)),
    }
}

/// Who ended it, with a colon: one client or several.
fn ended_by(failure: &Failure, several: bool) -> &'static str {
    match failure.ended_by {
        Some(trace::Side::Client) if failure.access.is_some() => "station: ",
        Some(trace::Side::Client) if several => "clients: ",
        Some(trace::Side::Client) => "client: ",
        Some(trace::Side::Server) => "server: ",
        None if failure.forged.is_some() => "in between: ",
        None => "",
    }
}

/// How it ended, in numbers: `70`, `48 88× 42 6×`, `RST`.
fn codes(group: &Group) -> String {
    let several = &group.endings;
    if let [(only, _)] = &several[..] {
        return only.says();
    }
    let each = several.iter().take(MOST_ENDINGS);
    let text = each.map(|(ending, count)| format!("{} {}×", ending.says(), grouped(*count)));
    let text = text.collect::<Vec<_>>().join(" ");
    if several.len() > MOST_ENDINGS { format!("{text} …") } else { text }
}

/// Ways to end that are named in a group's first line.
const MOST_ENDINGS: usize = 4;
