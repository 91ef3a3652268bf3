//! What the inputs say to one another, as lines of a screen.

use alert::Side;
use diagnosis::join::{Company, Comparison, Echo, Nearby, Party, Share, Verdict};

use super::{FOOT, MOST_NAME, labelled};
use crate::input::Input;
use crate::joined::Clocks;
use crate::log::LogGroup;
use crate::number::{grouped, plural};
use crate::paint::{Line, Page, Tone, safe};
use crate::timeline::duration;
use crate::{Detail, Report};

/// Parties of a group that are named without `-v`.
const MOST_PARTIES: usize = 3;
/// Clocks that are compared in the header; a folder may hold very many inputs.
const MOST_CLOCKS: usize = 4;
/// A difference below this, in nanoseconds, is none: a log is written after the packet.
const NO_DIFFERENCE: u64 = 500_000_000;

/// How the clocks compare, one line for each pair.
pub(super) fn clocks(page: &mut Page<'_>, report: &Report) {
    let known =
        |clocks: &&Clocks| clocks.comparison.offset.is_some() && clocks.comparison.found > 0;
    for clocks in report.clocks.iter().filter(known).take(MOST_CLOCKS) {
        page.wrapped(Line::new().dim("clocks"), FOOT, Tone::Plain, &compared(report, clocks), "");
    }
}

/// Which inputs tell what others tell: whoever gives a log and its export sees all counts doubled.
pub(super) fn repeats(page: &mut Page<'_>, report: &Report) {
    for repeat in report.repeats.iter().take(MOST_CLOCKS) {
        let text = format!(
            "{} in {} are also in {}, and count twice",
            plural(repeat.count, "failure"),
            report.label(repeat.input),
            report.label(repeat.of)
        );
        page.wrapped(Line::new().add(Tone::Warn, "twice"), FOOT, Tone::Plain, &text, "");
    }
    let same = (0..report.inputs.len()).filter_map(|input| Some((input, same(report, input)?)));
    for (input, of) in same.take(MOST_CLOCKS) {
        let (input, of) = (report.label(input), report.label(of));
        let text = match input == of {
            true => format!("{input} was given twice: all of it counts twice"),
            false => format!("{input} and {of} are the same capture: all of it counts twice"),
        };
        page.wrapped(Line::new().add(Tone::Warn, "twice"), FOOT, Tone::Plain, &text, "");
    }
}

/// The first capture in front of an input that holds the same: as many bytes and packets, from the
/// same moment to the same moment, and the same conversations.
fn same(report: &Report, input: usize) -> Option<usize> {
    let facts = |input: &Input| {
        let span = (input.first?, input.last?);
        input.kind.is_capture().then_some((input.size, input.packets, span, input.counts))
    };
    let own = facts(report.inputs.get(input)?)?;
    report.inputs.iter().take(input).position(|other| facts(other) == Some(own))
}

/// The failures of logs that stand in a capture too, which counts them, and their groups.
pub(super) fn told_again(report: &Report) -> (u64, usize) {
    let groups = || report.log_groups.iter().filter(|group| is_shown_elsewhere(report, group));
    (groups().map(|group| group.count).sum(), groups().count())
}

/// Which failures were not compared with other inputs.
pub(super) fn not_compared(page: &mut Page<'_>, report: &Report) {
    for (input, count) in report.not_compared.iter().take(MOST_CLOCKS) {
        let text = format!(
            "{} of {} could not be compared with the other inputs: they are too many, or of too \
             many machines",
            plural(*count, "failure"),
            report.label(*input)
        );
        page.wrapped(Line::new().add(Tone::Warn, "clocks"), FOOT, Tone::Plain, &text, "");
    }
}

fn compared(report: &Report, clocks: &Clocks) -> String {
    let name = |input| report.label(input);
    let (this, that) = (name(clocks.input), name(clocks.other));
    let Some(offset) = clocks.comparison.offset else { return String::new() };
    let apart = match offset.nanoseconds {
        difference if difference.unsigned_abs() < NO_DIFFERENCE => {
            format!("{this} and {that} agree")
        }
        // What is added to the machine's time is what it lacks.
        behind @ 0.. => format!("{this} is {} behind {that}", duration(behind)),
        ahead => format!("{this} is {} ahead of {that}", duration(ahead.saturating_neg())),
    };
    let Comparison { found, told, addresses, .. } = &clocks.comparison;
    let mut text = format!("{apart}; {} of {} failures found", grouped(*found), grouped(*told));
    if let Some(host) = addresses.first() {
        text = format!("{text}, with this machine at {host}");
    }
    if clocks.comparison.rivals > 0 {
        text = format!("{text}; other differences fit as well");
    }
    text
}

/// With whom the failures of a group were, what is open, and how to get what is missing.
pub(super) fn company(page: &mut Page<'_>, report: &Report, group: &LogGroup, detail: &Detail) {
    let company = &group.company;
    let most = if detail.ladder { usize::MAX } else { MOST_PARTIES };
    for share in company.parties.iter().take(most) {
        let at = share.first.place.map(|place| report.at(share.first.input, place));
        let text = with(share, company, group.slug());
        labelled(page, "it was", Tone::Good, &text, &at.unwrap_or_default());
    }
    if let Some(more @ 1..) = company.parties.len().checked_sub(most) {
        labelled(page, "", Tone::Dim, &format!("and {more} others: -v shows them"), "");
    }
    if company.ambiguous > 0 {
        let text = format!(
            "{} of {}: at that moment several failed alike, and nothing tells which one it was:",
            grouped(company.ambiguous),
            grouped(company.total)
        );
        labelled(page, "ambiguous", Tone::Warn, &text, "");
        for party in &company.candidates {
            labelled(page, "", Tone::Warn, &this(party), "");
        }
    }
    for (missing, count) in &company.missing {
        let text = format!("{} of {} {}", grouped(*count), grouped(company.total), missing.says());
        labelled(page, "not found", Tone::Warn, &format!("{text}; {}", missing.remedy()), "");
    }
    for (nearby, count) in company.nearby.iter().take(most) {
        let text = format!("{}×: {}", grouped(*count), beside(nearby, *count == 1));
        labelled(page, "beside it", Tone::Dim, &text, "");
    }
}

/// Whether all failures of a group stand in a capture, which shows more of each.
pub(super) fn is_shown_elsewhere(report: &Report, group: &LogGroup) -> bool {
    let company = &group.company;
    let is_capture =
        |input: usize| report.inputs.get(input).is_some_and(|input| input.kind.is_capture());
    company.more == 0
        && company.found() == group.count
        && company.parties.iter().all(|share| is_capture(share.first.input))
}

/// Who it was and where that is shown, in a few words: `198.51.100.2 (Java) trace.pcapng#34`.
pub(super) fn shown(report: &Report, group: &LogGroup) -> String {
    let parties = &group.company.parties;
    let Some(share) = parties.first() else { return String::new() };
    let at = share.first.place.map(|place| report.at(share.first.input, place));
    let who = match (&share.first.party.client, parties.len()) {
        (Some(client), 1) => format!("{client} at"),
        (_, several) => format!("{several} others, the first at"),
    };
    format!("{who} {}", at.unwrap_or_default())
}

/// The logs that tell of a group of so many failures, with the words of the first of them.
pub(super) fn echoes(page: &mut Page<'_>, report: &Report, echoes: &[Echo], count: u64) {
    for echo in echoes {
        let at = report.at(echo.input, echo.place);
        let mut text = match words(report, echo) {
            Some(words) => words,
            None => "by a line of this log".to_owned(),
        };
        if count > 1 {
            text = format!("{} of {}: {text}", grouped(echo.count), grouped(count));
        }
        labelled(page, "also told", Tone::Dim, &text, &at);
    }
}

/// The words by which a log tells of a failure, and how it is known that they are of this one.
fn words(report: &Report, echo: &Echo) -> Option<String> {
    let is_it = |group: &&LogGroup| {
        let sighting = &group.sample.sighting;
        let record = sighting.event.as_ref().and_then(|event| event.records.first().copied());
        group.input == echo.input && record.unwrap_or(sighting.line) == echo.place
    };
    let group = report.log_groups.iter().find(is_it)?;
    let sighting = &group.sample.sighting;
    let words = safe(&sighting.words, MOST_WORDS);
    // What a record says is put together from its fields.
    let words = if sighting.event.is_some() { words } else { format!("\"{words}\"") };
    let shares = &group.company.parties;
    let unsure = shares.iter().find(|share| share.certain < share.count);
    Some(match unsure {
        Some(share) => format!("{words}; likely this one, {}", share.first.means.says()),
        None => words,
    })
}

/// Characters of a log's words that are shown beside a capture.
const MOST_WORDS: usize = 160;

/// A party and what of a group was with it.
fn with(share: &Share, company: &Company, cause: &str) -> String {
    // Where the server refused, what it had shown itself is no part of the reason.
    let by_server = |it: &(Verdict, u64)| it.0.refused_by == Some(Side::Server);
    let mut text = match share.verdicts.iter().any(by_server) {
        true => this(&Party { certificate: None, ..(*share.first.party).clone() }),
        false => this(&share.first.party),
    };
    if company.total > 1 {
        text = format!("{} of {}: {text}", grouped(share.count), grouped(company.total));
    }
    // One number of an event may stand for failures of several kinds.
    if let Some((verdict, _)) = share.verdicts.first().filter(|it| it.0.cause != cause) {
        text = format!("{text}; there it is {}, {}", verdict.cause, verdict.confidence);
    }
    if share.unsent > 0 {
        text = format!(
            "{text}; {} generated and never sent: the connection was torn down instead",
            plural(share.unsent, "alert")
        );
    }
    if share.sealed > 0 {
        text = format!("{text}; {} by the size of an encrypted alert alone", grouped(share.sealed));
    }
    if share.certain < share.count {
        text = format!("{text}; likely, {}", share.first.means.says());
    }
    text
}

/// Who it is: `10.0.8.14 (Java) asks webmail.contoso.com at 10.0.0.9:443, which shows CN=EXCH01`.
fn this(party: &Party) -> String {
    let host = |host: &Option<trace::Host>| host.map(|host| host.to_string());
    let mut text = host(&party.client).unwrap_or_else(|| "a client".to_owned());
    if let Some(stack) = party.stack {
        text = format!("{text} ({})", stack.name());
    }
    let server = match (host(&party.server), party.port) {
        (Some(server), Some(port)) if server.contains(':') => format!("[{server}]:{port}"),
        (Some(server), Some(port)) => format!("{server}:{port}"),
        (Some(server), None) => server,
        (None, Some(port)) => format!("port {port}"),
        (None, None) => String::new(),
    };
    match (&party.name, server.is_empty()) {
        (Some(name), true) => text = format!("{text} asks {}", safe(name, MOST_NAME)),
        (Some(name), false) => text = format!("{text} asks {} at {server}", safe(name, MOST_NAME)),
        (None, true) => {}
        (None, false) => text = format!("{text} → {server}"),
    }
    if let Some(certificate) = &party.certificate {
        text = format!("{text}, gets {}", safe(certificate, MOST_NAME));
    }
    text
}

/// What the logs of the same machine say of that moment.
fn beside(nearby: &Nearby, one: bool) -> String {
    let mut parts = Vec::new();
    let program = nearby.program.as_deref().map(|program| safe(program, MOST_NAME));
    if let Some(contact) = nearby.contact {
        let whose = program.clone().unwrap_or_else(|| "a process".to_owned());
        // Each of several connections has a port of its own.
        let port = contact.port.filter(|_| one);
        let port = port.map(|port| format!(" port {port}")).unwrap_or_default();
        parts.push(format!("{whose} had a connection with {}{port}", contact.address));
    }
    if let Some(judged) = &nearby.judged {
        let fault = judged.fault.as_deref().map(|fault| format!(": {}", safe(fault, 200)));
        let subject = safe(&judged.subject, MOST_NAME);
        let fault = fault.unwrap_or_else(|| ", and found nothing wrong".to_owned());
        parts.push(format!("the certificate {subject} was judged{fault}"));
    }
    if let (Some(program), true) = (program, parts.is_empty() || nearby.contact.is_none()) {
        parts.push(format!("by {program}"));
    }
    parts.join(", ")
}
