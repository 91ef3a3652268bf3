//! The answer for one word: a code, a name, a cause.
//!
//! What the RFCs say comes from the `alert` crate; what people need beside it (who refuses what,
//! where to look, how logs spell it, which causes are behind it) stands in the tables under this
//! module.

use alert::{Alert, Assignment, LevelRule, Senders, Status, Version};
use logs::{Spelled, constants, meanings, spelled};

use crate::Look;
use crate::near::nearest;
use crate::paint::{Line, Page, Tone, row, safe, wrap};

mod causes;
mod lines;
mod page;
mod plain;
mod question;
mod rows;
mod word;

pub use question::{phrase, question};

/// What is said about a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The screen, or the message for stderr when the word is not known.
    pub text: String,
    /// Whether the word is known; if not, `text` says what may have been meant.
    pub known: bool,
    /// Whether a name was meant by a word that is not known: it is a slip, or a part of names. Then
    /// it is no message of a program.
    pub is_name: bool,
}

impl Explanation {
    /// What the command exits with: 0 when the word is known, 2 when not.
    #[must_use]
    pub fn exit(&self) -> u8 {
        if self.known { 0 } else { 2 }
    }
}

/// Explains a code (`48`), an alert's name or any other spelling of it (`0A000418`,
/// `SEC_E_UNTRUSTED_ROOT`, `-12195`), a code that is a refusal without an alert, or the slug of a
/// cause.
#[must_use]
pub fn explain(word: &str, look: &Look) -> Explanation {
    let word = word.trim();
    if question::is_event(word)
        && let Some(answer) = question(word, look)
    {
        return answer;
    }
    let mut page = Page::new(look);
    let mut is_name = false;
    let known = match Meaning::of(word) {
        Meaning::Cause(cause) => {
            page::draw(&mut page, cause);
            true
        }
        Meaning::Spelled(first, others) => {
            word::draw(&mut page, &first, &others);
            true
        }
        Meaning::Plain(plain) => {
            plain::draw(&mut page, plain);
            true
        }
        Meaning::Unknown => {
            is_name = unknown(&mut page, word);
            false
        }
    };
    Explanation { text: page.done(), known, is_name }
}

/// Whether a word is a name or a number that there is something to say about. Plain words are none:
/// they may be part of a sentence.
#[must_use]
pub fn is_known(word: &str) -> bool {
    let is_named = matches!(Meaning::of(word.trim()), Meaning::Cause(_) | Meaning::Spelled(..));
    is_named || question::is_event(word.trim())
}

/// What a word stands for.
enum Meaning {
    Cause(&'static diagnosis::Cause),
    /// The most likely meaning of a spelling, and the others.
    Spelled(Spelled, Vec<Spelled>),
    /// Words for what happened.
    Plain(&'static plain::Plain),
    Unknown,
}

impl Meaning {
    fn of(word: &str) -> Self {
        // Some causes have the names of refusals: their pages say more.
        let slug = word.to_ascii_lowercase().replace(['_', ' '], "-");
        if Alert::from_name(word).is_none()
            && let Some(cause) = diagnosis::cause(&slug)
        {
            return Self::Cause(cause);
        }
        let mut all = meanings(word);
        if all.is_empty() {
            return plain::plain(word).map_or(Self::Unknown, Self::Plain);
        }
        let first = all.remove(0);
        Self::Spelled(first, all)
    }
}

/// Longer words than this are no names.
const MOST_WORD: usize = 100;
/// Where text begins.
const INDENT: usize = 2;

/// The screen for a code; `also` says what else the word may be.
fn draw(page: &mut Page<'_>, alert: Alert, also: &[String]) {
    let entry = rows::row(alert.code());
    title(page, alert);
    page.blank();
    let sentence = |page: &mut Page<'_>, text: &str| {
        page.wrapped(Line::indent(INDENT), INDENT, Tone::Plain, text, "");
    };
    if alert.name().is_none() {
        let text = match alert.remark() {
            Some(remark) => remark.to_owned(),
            None => format!(
                "Nobody has assigned {}, and no stack is known to send it. From TLS 1.3 on an \
                 unknown code is an error like any other (RFC 9846 §6). A capture shows what was \
                 really sent.",
                alert.code()
            ),
        };
        sentence(page, &text);
        page.blank();
        word::others(page, also);
        next(page, alert);
        return;
    }
    sentence(page, &format!("The side that SENT it {}.", alert.says()));
    if let Some(entry) = entry {
        sentence(page, &format!("The side that RECEIVED it {}.", entry.received));
    } else {
        sentence(page, alert.meaning());
    }
    let remark = alert.remark();
    if let Some(remark) = remark {
        sentence(page, remark);
    }
    if let Some(entry) = entry {
        page.blank();
        refusals(page, entry.refusals);
    }
    page.blank();
    logs(page, alert);
    page.blank();
    label(page, "also written", &word::written(alert));
    if let Some(entry) = entry {
        label(page, "same cause, other code", entry.other);
        label(page, "not this", entry.not_this);
    }
    label(page, "causes", &row(&causes_of(alert)));
    word::others(page, also);
    next(page, alert);
}

/// A line of the last part: a label, and what belongs to it.
fn label(page: &mut Page<'_>, label: &str, text: &str) {
    if !text.is_empty() {
        let line = Line::indent(INDENT).dim(label.to_owned());
        page.wrapped(line, LABELLED, Tone::Plain, text, "");
    }
}

/// Where the texts of the last lines begin.
const LABELLED: usize = 27;

/// Number, name and the facts of the registry.
fn title(page: &mut Page<'_>, alert: Alert) {
    let name = alert.name().unwrap_or("unassigned");
    let line = Line::new().add(Tone::Verdict, format!("{} {name}", alert.code()));
    let mut facts = Vec::new();
    match alert.assignment() {
        Assignment::Field { from } => facts.push(format!("not registered; {from}")),
        Assignment::Unassigned => {}
        Assignment::Assigned | Assignment::Reserved => {
            facts.push(level(alert));
            facts.push(versions(alert));
            if let Senders::Client | Senders::Server = alert.senders(Version::Tls12) {
                facts.push(format!("sent by {}", alert.senders(Version::Tls12)));
            }
            facts.push(format!("QUIC 0x{:04x}", 0x100 + u32::from(alert.code())));
            let references = alert.references();
            // Where it came from, if no version of TLS itself brought it, and where it stands now.
            let first = references.first().filter(|first| !OF_TLS.contains(&first.rfc));
            let last = references.last().filter(|last| first.is_none_or(|first| first != *last));
            facts.extend(first.into_iter().chain(last).map(ToString::to_string));
        }
    }
    let column = line.width() + 3;
    page.wrapped(line, column, Tone::Dim, &row(&facts), "");
}

/// The RFCs of SSL 3.0, and of TLS 1.0 to 1.3.
const OF_TLS: &[u16] = &[6101, 2246, 4346, 5246, 8446, 9846];

/// How serious it is, over the versions that know it.
fn level(alert: Alert) -> String {
    let rules: Vec<LevelRule> = known_in(alert).map(|version| alert.level_rule(version)).collect();
    let all = |rule: LevelRule| rules.iter().all(|known| *known == rule);
    match rules.last() {
        _ if all(LevelRule::Fatal) => "always fatal".to_owned(),
        _ if all(LevelRule::Warning) => "always a warning".to_owned(),
        Some(LevelRule::Fatal) => "fatal in TLS 1.3, a choice before".to_owned(),
        Some(LevelRule::MostlyWarning) => "generally a warning".to_owned(),
        _ => "fatal or warning".to_owned(),
    }
}

/// Versions that define it, streams before datagrams, as spans.
fn versions(alert: Alert) -> String {
    let known: Vec<Version> = known_in(alert).collect();
    let streams: Vec<&Version> = known.iter().filter(|version| !version.is_dtls()).collect();
    let datagrams = known.iter().any(|version| version.is_dtls());
    let span = match (&streams[..], datagrams) {
        ([], _) => String::new(),
        ([one], _) => one.to_string(),
        ([first, .., last], _) => {
            let (first, last) = (first.to_string(), last.to_string());
            let short = if first.starts_with("TLS") { last.replace("TLS ", "") } else { last };
            format!("{first}–{short}")
        }
    };
    match (span.is_empty(), datagrams) {
        (true, true) if known == [Version::Dtls13] => "DTLS 1.3 only".to_owned(),
        (true, true) => "DTLS".to_owned(),
        (false, true) => format!("{span}, DTLS"),
        (false, false) => span,
        (true, false) => "withdrawn".to_owned(),
    }
}

/// The versions in which it may be sent.
fn known_in(alert: Alert) -> impl Iterator<Item = Version> {
    Version::ALL.into_iter().filter(move |version| {
        matches!(alert.status(*version), Status::Defined | Status::Extension)
    })
}

/// Who refuses what, whom to look at, and what to check there.
fn refusals(page: &mut Page<'_>, refusals: &[rows::Refusal]) {
    page.line(
        Line::indent(INDENT)
            .dim("sent by")
            .to(REFUSED)
            .dim("refused")
            .to(LOOK_AT)
            .dim("look at")
            .to(CHECK)
            .dim("first thing to check"),
    );
    for refusal in refusals {
        let mut what = wrap(refusal.what, LOOK_AT - REFUSED - 2).into_iter();
        let mut by = refusal.by;
        for (side, check) in refusal.checks {
            let line = Line::indent(INDENT)
                .plain(by)
                .to(REFUSED)
                .plain(what.next().unwrap_or_default())
                .to(LOOK_AT)
                .plain(*side)
                .to(CHECK);
            by = "";
            let room = page.columns().saturating_sub(CHECK);
            let mut parts = wrap(check, room).into_iter();
            page.line(line.plain(parts.next().unwrap_or_default()));
            for part in parts {
                let more = what.next().unwrap_or_default();
                page.line(Line::indent(REFUSED).plain(more).to(CHECK).plain(part));
            }
        }
        for more in what {
            page.line(Line::indent(REFUSED).plain(more));
        }
    }
}

/// Columns of the table of refusals.
const REFUSED: usize = 11;
const LOOK_AT: usize = 33;
const CHECK: usize = 42;

/// How logs spell it.
fn logs(page: &mut Page<'_>, alert: Alert) {
    let columns = page.columns();
    page.line(Line::indent(INDENT).dim("in the logs").ending_at(columns, Tone::Dim, "who sent it"));
    let mut last = "";
    for log in lines::lines(alert) {
        let stack = if log.stack == last { "" } else { log.stack };
        last = log.stack;
        let line = Line::indent(INDENT).plain(stack);
        page.wrapped(line, LOG, Tone::Wire, &log.text, log.sender);
    }
}

/// Where the lines of logs begin.
const LOG: usize = 13;

/// The slugs of the causes behind a code.
fn causes_of(alert: Alert) -> Vec<&'static str> {
    causes::CAUSES_OF
        .iter()
        .filter(|(code, _)| *code == alert.code())
        .flat_map(|(_, slugs)| slugs.iter().copied())
        .collect()
}

fn next(page: &mut Page<'_>, alert: Alert) {
    let cause = causes_of(alert).into_iter().find(|slug| diagnosis::cause(slug).is_some());
    let text = match cause {
        Some(slug) => row(&["tlswhy trace.pcapng".to_owned(), format!("tlswhy {slug}")]),
        None => "tlswhy trace.pcapng".to_owned(),
    };
    page.wrapped(Line::indent(INDENT).dim("next"), LABELLED, Tone::Plain, &text, "");
}

/// The causes in whose names a word stands, as `quic` or `starttls` does.
fn causes_with(word: &str) -> Vec<&'static str> {
    let word = word.to_ascii_lowercase();
    let holds = |slug: &&str| slug.split('-').any(|part| part == word);
    diagnosis::CAUSES.iter().map(|cause| cause.slug).filter(holds).collect()
}

/// The word is not known: what may have been meant. Gives back whether that is a cause by a part of
/// its name, or by a slip.
fn unknown(page: &mut Page<'_>, word: &str) -> bool {
    let slugs = || diagnosis::CAUSES.iter().map(|cause| cause.slug);
    let alerts = Alert::all().chain(Alert::unregistered());
    let names = alerts.filter_map(Alert::name);
    let named = names.chain(slugs()).map(str::to_owned);
    let known: Vec<String> = named.chain(constants()).collect();
    let near = nearest(word, known.iter().map(String::as_str));
    let described: Vec<String> = near
        .iter()
        .map(|name| match spelled(name).and_then(|one| one.alerts.single()) {
            Some(alert) => format!("{name} ({})", alert.code()),
            None => (*name).to_owned(),
        })
        .collect();
    // Names of causes are typed in small letters; what programs write has others as well.
    let is_plain = word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    let mut meant: Vec<&str> = Vec::new();
    let near_slugs = nearest(word, slugs()).into_iter();
    for slug in near_slugs.filter(|_| is_plain).chain(causes_with(word)) {
        if !meant.contains(&slug) {
            meant.push(slug);
        }
    }
    let is_part = !causes_with(word).is_empty();
    let word = safe(word, MOST_WORD);
    let number = word.bytes().all(|byte| byte.is_ascii_hexdigit() || matches!(byte, b'x' | b'-'));
    let text = match described.is_empty() {
        _ if number && word.bytes().any(|byte| byte.is_ascii_digit()) => {
            format!("{word}: an alert code is one byte, 0 to 255, and no library has such a code")
        }
        _ if is_part => {
            format!("{word}: no such alert or cause; did you mean {}", meant.join(", "))
        }
        false => format!("{word}: no such alert or cause; nearest: {}", described.join(", ")),
        true => format!("{word}: no such alert, cause or file"),
    };
    page.wrapped(Line::new(), 0, Tone::Plain, &text, "");
    is_plain && !meant.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A slip of the finger is answered with what was meant, and the exit code says so.
    #[test]
    fn slips_are_answered() {
        let look = Look::default();
        let slip = explain("certifcate_expired", &look);
        assert_eq!(slip.exit(), 2);
        assert!(slip.text.contains("no such alert or cause; nearest: certificate_expired (45)"));
        assert!(explain("mising-intermediate", &look).text.contains("missing-intermediate"));
        assert!(explain("qwertz", &look).text.contains("no such alert, cause or file"));
        assert!(explain("quic", &look).text.contains("did you mean quic-"));
        let slip = explain("SEC_E_UNTRUSTED_ROT", &look).text;
        assert!(slip.contains("nearest: SEC_E_UNTRUSTED_ROOT (48)"), "{slip}");
        assert!(explain("CERT_HAS_EXPIRD", &look).text.contains("CERT_HAS_EXPIRED"));
    }

    /// A word that is a part of causes' names, or a slip, is a name and no message of a program.
    #[test]
    fn parts_of_names_are_names() {
        let part = explain("untrusted", &Look::default());
        assert_eq!((part.exit(), part.is_name), (2, true), "{}", part.text);
        let meant = "did you mean untrusted-root, tls-interception-untrusted";
        assert!(part.text.replace('\n', " ").contains(meant), "{}", part.text);
        let slip = explain("untrustedroot", &Look::default());
        assert_eq!((slip.exit(), slip.is_name), (2, true), "{}", slip.text);
        assert!(slip.text.contains("untrusted-root"), "{}", slip.text);
        assert!(!explain("a message of a program", &Look::default()).is_name);
    }

    /// Numbers that are nothing are refused.
    #[test]
    fn numbers_that_are_no_codes_are_refused() {
        let look = Look::default();
        for word in ["70000", "0xFFFF", "99999999999999999999", "-99999"] {
            let answer = explain(word, &look);
            assert_eq!(answer.exit(), 2, "{word}: {}", answer.text);
            assert!(answer.text.contains("one byte"), "{word}: {}", answer.text);
        }
        assert_eq!(explain("255", &look).exit(), 0);
    }

    /// Whatever the spelling, the page of the alert follows on how it was read.
    #[test]
    fn spellings_lead_to_the_page() {
        let look = Look::default();
        let page = explain("48", &look).text;
        assert!(page.starts_with("48 unknown_ca"));
        for word in
            ["0x0A000418", "SSL_ERROR_UNKNOWN_CA_ALERT", "-12195", "-9831", "560", "0x80090325"]
        {
            let text = explain(word, &look).text;
            assert!(text.starts_with("read as  "), "{word}: {text}");
            assert!(text.contains("\n\n48 unknown_ca"), "{word}: {text}");
        }
        assert_eq!(explain("unknown_ca", &look).text.lines().next(), page.lines().next());
    }

    /// A code that names no alert is answered with what is sent and why; one that stands for many
    /// with all of them; and one that says nothing with that.
    #[test]
    fn other_codes_have_their_page() {
        let look = Look::default();
        let refused = explain("CERT_HAS_EXPIRED", &look).text;
        assert!(refused.contains("and sends 45"), "{refused}");
        assert!(refused.contains("likely     expired-leaf"), "{refused}");
        let many = explain("net::ERR_SSL_VERSION_OR_CIPHER_MISMATCH", &look).text;
        assert!(many.contains("\n  40 handshake_failure"), "{many}");
        assert!(many.contains("\n  71 insufficient_security"), "{many}");
        let nothing = explain("140940E5", &look).text;
        assert!(nothing.contains("another line says why"), "{nothing}");
        assert!(!nothing.contains("handshake_failure"), "{nothing}");
        let event = explain("36887", &look).text;
        assert!(event.contains("the other side refused"), "{event}");
        // The cause has the name of a refusal: its page comes first.
        assert!(explain("no-shared-cipher", &look).text.starts_with("no-shared-cipher"));
    }

    /// Every cause that a spelling points at has a page.
    #[test]
    fn causes_of_refusals_are_known() {
        for constant in constants() {
            for refusal in meanings(&constant).iter().filter_map(|one| one.refusal) {
                for suspect in refusal.causes {
                    let page = diagnosis::cause(suspect.cause).is_some();
                    assert!(page, "{constant}: {}", suspect.cause);
                }
            }
        }
    }

    /// All 256 codes and all causes have a screen that keeps any width.
    #[test]
    fn every_screen_keeps_the_width() {
        for width in [40, 80, 100] {
            let look = Look { width, ..Look::default() };
            let words = (0..=255).map(|code: u32| code.to_string());
            let slugs = diagnosis::CAUSES.iter().map(|cause| cause.slug.to_owned());
            let spellings =
                constants().step_by(7).chain(["300", "140940E5", "-12"].map(str::to_owned));
            for word in words.chain(slugs).chain(spellings) {
                let screen = explain(&word, &look);
                assert!(screen.known, "{word}");
                // Addresses are whole, and stand by themselves where they are longer.
                let is_address = |line: &str| line.contains("://") && !line.trim().contains(' ');
                for line in screen.text.lines().filter(|line| !is_address(line)) {
                    assert!(line.chars().count() <= width, "{word} at {width}: {line}");
                }
            }
        }
    }
}
