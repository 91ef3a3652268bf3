//! The answer for one word: a code, a name, a cause.
//!
//! What the RFCs say comes from the `alert` crate; what people need beside it (who refuses what,
//! where to look, how logs spell it, which causes are behind it) stands in the tables under this
//! module.

use alert::{Alert, Assignment, LevelRule, Senders, Status, Version};

use crate::Look;
use crate::near::{letters, nearest};
use crate::paint::{Line, Page, Tone, row, safe, wrap};

mod causes;
mod lines;
mod page;
mod rows;

/// What is said about a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The screen, or the message for stderr when the word is not known.
    pub text: String,
    /// Whether the word is known; if not, `text` says what may have been meant.
    pub known: bool,
}

impl Explanation {
    /// What the command exits with: 0 when the word is known, 2 when not.
    #[must_use]
    pub fn exit(&self) -> u8 {
        if self.known { 0 } else { 2 }
    }
}

/// Explains a code (`48`, `0x30`), an alert's name in any spelling, a constant
/// (`SSL_AD_UNKNOWN_CA`) or the slug of a cause.
#[must_use]
pub fn explain(word: &str, look: &Look) -> Explanation {
    let word = word.trim();
    let mut page = Page::new(look);
    let known = match Meaning::of(word) {
        Meaning::Code(alert) => {
            draw(&mut page, alert);
            true
        }
        Meaning::Cause(cause) => {
            page::draw(&mut page, cause);
            true
        }
        Meaning::Later(slug) => {
            let codes = codes_of(slug);
            let text = format!("{slug}: a cause of {codes}; its page is not written yet");
            page.wrapped(Line::new(), 0, Tone::Plain, &text, "");
            true
        }
        Meaning::OutOfRange => {
            let known = safe(word, MOST_WORD);
            let text = match crypto_error(word) {
                Some(alert) => {
                    let code = alert.code();
                    format!(
                        "{known}: CRYPTO_ERROR of QUIC, which stands for alert {alert}: tlswhy {code}"
                    )
                }
                None => format!("{known}: an alert code is one byte, 0 to 255"),
            };
            page.wrapped(Line::new(), 0, Tone::Plain, &text, "");
            if EVENTS.contains(&word) {
                let text = "it is the number of a Windows SChannel event: 36887 means that the \
                            other side sent an alert, 36888 that this machine did; give the \
                            alert code that stands in the event";
                page.wrapped(Line::new(), 0, Tone::Plain, text, "");
            }
            false
        }
        Meaning::Unknown => {
            unknown(&mut page, word);
            false
        }
    };
    Explanation { text: page.done(), known }
}

/// What a word stands for.
enum Meaning {
    Code(Alert),
    Cause(&'static diagnosis::Cause),
    /// A cause that has a name and no page yet.
    Later(&'static str),
    OutOfRange,
    Unknown,
}

impl Meaning {
    fn of(word: &str) -> Self {
        let number = match word.strip_prefix("0x").or_else(|| word.strip_prefix("0X")) {
            Some(hex) if !hex.is_empty() && hex.bytes().all(|b| b.is_ascii_hexdigit()) => {
                Some(u32::from_str_radix(hex, 16).ok())
            }
            None if !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit()) => {
                Some(word.parse::<u32>().ok())
            }
            _ => None,
        };
        if let Some(number) = number {
            let code = number.and_then(|number| u8::try_from(number).ok());
            return code.map_or(Self::OutOfRange, |code| Self::Code(Alert(code)));
        }
        if let Some(alert) = named(word) {
            return Self::Code(alert);
        }
        let slug = word.to_ascii_lowercase().replace(['_', ' '], "-");
        match diagnosis::cause(&slug) {
            Some(cause) => Self::Cause(cause),
            None => causes::LATER
                .iter()
                .find(|later| **later == slug)
                .map_or(Self::Unknown, |later| Self::Later(later)),
        }
    }
}

/// The alert of a name, a constant, or the text that a stack writes for it.
fn named(word: &str) -> Option<Alert> {
    if word.len() > MOST_WORD {
        return None;
    }
    let by_text = |word: &str| {
        let wanted = letters(word);
        let spelled = |text: &str| !text.is_empty() && letters(text) == wanted;
        let other = ALIASES.iter().find(|(name, _)| spelled(name)).map(|(_, code)| *code);
        let stack = lines::SPELLINGS.iter().find(|spelling| {
            [spelling.openssl, spelling.gnutls, spelling.go].into_iter().any(spelled)
        });
        other.or(stack.map(|spelling| spelling.code)).map(Alert)
    };
    let upper = word.to_ascii_uppercase();
    let stripped = PREFIXES.iter().find_map(|prefix| upper.strip_prefix(prefix));
    let bare = stripped.map(|rest| rest.strip_suffix("_ALERT").unwrap_or(rest));
    Alert::from_name(word)
        .or_else(|| by_text(word))
        .or_else(|| bare.and_then(Alert::from_name))
        .or_else(|| bare.and_then(by_text))
}

/// What stands before an alert's name in the constants of the stacks; longer ones first.
const PREFIXES: &[&str] = &[
    "MBEDTLS_SSL_ALERT_MSG_",
    "SSL_R_TLSV13_ALERT_",
    "SSL_R_TLSV1_ALERT_",
    "SSL_R_SSLV3_ALERT_",
    "SSL_R_TLSV1_",
    "TLSV13_ALERT_",
    "TLSV1_ALERT_",
    "SSLV3_ALERT_",
    "SSL_ERROR_RX_",
    "SSL_ERROR_",
    "TLS_ALERT_",
    "TLS1_AD_",
    "SSL3_AD_",
    "SSL_AD_",
    "GNUTLS_A_",
    "TLSV1_",
    "ALERT_",
];

/// Names that the stacks use and the registry does not.
const ALIASES: &[(&str, u8)] = &[
    ("bad_mac", 20),
    ("bad_cert", 42),
    ("unsupported_cert", 43),
    ("revoked_cert", 44),
    ("cert_revoked", 44),
    ("expired_cert", 45),
    ("cert_expired", 45),
    ("cert_unknown", 46),
    ("no_cert", 41),
    ("no_cypher_overlap", 40),
    ("handshake_unexpected", 10),
    ("user_cancelled", 90),
    ("unrecognised_name", 112),
    ("bad_cert_status_response", 113),
    ("bad_cert_hash_value", 114),
    ("next_protocol_no_protocol", 120),
    ("no_app_protocol", 120),
    ("encrypted_client_hello_required", 121),
];

/// The SChannel events that people take for codes.
const EVENTS: [&str; 2] = ["36887", "36888"];

/// Longer words than this are no names.
const MOST_WORD: usize = 100;
/// Where text begins.
const INDENT: usize = 2;

/// The screen for a code.
fn draw(page: &mut Page<'_>, alert: Alert) {
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
    let label = |page: &mut Page<'_>, label: &str, text: &str| {
        if !text.is_empty() {
            let line = Line::indent(INDENT).dim(label.to_owned());
            page.wrapped(line, LABELLED, Tone::Plain, text, "");
        }
    };
    if let Some(entry) = entry {
        label(page, "same cause, other code", entry.other);
        label(page, "not this", entry.not_this);
    }
    label(page, "causes", &row(&causes_of(alert)));
    next(page, alert);
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
            facts.extend(alert.references().last().map(ToString::to_string));
        }
    }
    let column = line.width() + 3;
    page.wrapped(line, column, Tone::Dim, &row(&facts), "");
}

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

/// The codes as which a cause shows, as text.
fn codes_of(slug: &str) -> String {
    let codes: Vec<String> = causes::CAUSES_OF
        .iter()
        .filter(|(_, slugs)| slugs.contains(&slug))
        .map(|(code, _)| Alert(*code).to_string())
        .collect();
    codes.join(", ")
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

/// The alert that an error of QUIC stands for: 0x0100 and the code of the alert (RFC 9001,
/// section 4.8).
fn crypto_error(word: &str) -> Option<Alert> {
    let hex = word.strip_prefix("0x").or_else(|| word.strip_prefix("0X"))?;
    let code = u32::from_str_radix(hex, 16).ok()?.checked_sub(0x0100)?;
    u8::try_from(code).ok().map(Alert)
}

/// The word is not known: what may have been meant.
fn unknown(page: &mut Page<'_>, word: &str) {
    let slugs = diagnosis::CAUSES.iter().map(|cause| cause.slug);
    let alerts = Alert::all().chain(Alert::unregistered());
    let names = alerts.clone().filter_map(Alert::name);
    let texts = lines::SPELLINGS.iter().map(|spelling| spelling.nss);
    let near = nearest(word, names.chain(slugs).chain(texts));
    let described: Vec<String> = near
        .iter()
        .map(|name| match named(name) {
            Some(alert) => format!("{name} ({})", alert.code()),
            None => (*name).to_owned(),
        })
        .collect();
    let word = safe(word, MOST_WORD);
    let named: Vec<&str> = match described.is_empty() {
        true => causes_with(&word),
        false => Vec::new(),
    };
    let text = match (described.is_empty(), named.is_empty()) {
        (false, _) => format!("{word}: no such alert or cause; nearest: {}", described.join(", ")),
        (true, false) => format!("{word}: no such alert or cause; causes: {}", named.join(", ")),
        (true, true) => format!("{word}: no such alert, cause or file"),
    };
    page.wrapped(Line::new(), 0, Tone::Plain, &text, "");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(word: &str) -> Option<u8> {
        match Meaning::of(word) {
            Meaning::Code(alert) => Some(alert.code()),
            _ => None,
        }
    }

    /// Numbers in both bases, names in any spelling, and the constants of the stacks.
    #[test]
    fn all_spellings_of_a_code_are_read() {
        for word in [
            "48",
            "0x30",
            "0X30",
            "048",
            "unknown_ca",
            "Unknown CA",
            "UNKNOWN-CA",
            "UnknownCA",
            "SSL_AD_UNKNOWN_CA",
            "TLS1_AD_UNKNOWN_CA",
            "TLSV1_ALERT_UNKNOWN_CA",
            "SSL_R_TLSV1_ALERT_UNKNOWN_CA",
            "SSL_ERROR_UNKNOWN_CA_ALERT",
            "GNUTLS_A_UNKNOWN_CA",
            "MBEDTLS_SSL_ALERT_MSG_UNKNOWN_CA",
            "tlsv1 alert unknown ca",
            "CA is unknown",
            "unknown certificate authority",
        ] {
            assert_eq!(code(word), Some(48), "{word}");
        }
        assert_eq!(code("SSL_ERROR_BAD_CERT_ALERT"), Some(42));
        assert_eq!(code("unknown certificate"), Some(46));
        assert_eq!(code("no_renegotiation"), Some(100));
        assert_eq!(code("user_cancelled"), Some(90));
        assert_eq!(code("0x"), None);
        assert_eq!(code(""), None);
        assert_eq!(code("ünknown"), None);
    }

    /// Every constant of NSS that names an alert is read as that alert.
    #[test]
    fn constants_of_nss_are_read() {
        for spelling in lines::SPELLINGS.iter().filter(|s| s.nss.starts_with("SSL_ERROR")) {
            if spelling.nss != "SSL_ERROR_RX_UNKNOWN_ALERT" {
                assert_eq!(code(spelling.nss), Some(spelling.code), "{}", spelling.nss);
            }
        }
    }

    /// A slip of the finger is answered with what was meant, and the exit code says so.
    #[test]
    fn slips_are_answered() {
        let look = Look::default();
        let slip = explain("certifcate_expired", &look);
        assert_eq!(slip.exit(), 2);
        assert!(slip.text.contains("no such alert or cause; nearest: certificate_expired (45)"));
        assert!(explain("mising-intermediate", &look).text.contains("missing-intermediate"));
        assert!(explain("qwertz", &look).text.contains("no such alert, cause or file"));
        assert!(explain("quic", &look).text.contains("causes: quic-"));
        let error = explain("0x0178", &look).text;
        assert!(error.contains("no_application_protocol: tlswhy 120"), "{error}");
    }

    /// Numbers that are no codes are refused, and the famous event numbers are told apart.
    #[test]
    fn numbers_that_are_no_codes_are_refused() {
        let look = Look::default();
        for word in ["256", "0x100", "99999999999999999999", "36887"] {
            assert_eq!(explain(word, &look).exit(), 2, "{word}");
        }
        assert!(explain("36888", &look).text.contains("SChannel"));
        assert_eq!(explain("255", &look).exit(), 0);
    }

    /// All 256 codes and all causes have a screen that keeps any width.
    #[test]
    fn every_screen_keeps_the_width() {
        for width in [40, 80, 100] {
            let look = Look { width, ..Look::default() };
            let words = (0..=255).map(|code: u32| code.to_string());
            let slugs = diagnosis::CAUSES.iter().map(|cause| cause.slug.to_owned());
            for word in words.chain(slugs) {
                let screen = explain(&word, &look);
                assert!(screen.known, "{word}");
                for line in screen.text.lines() {
                    assert!(line.chars().count() <= width, "{word} at {width}: {line}");
                }
            }
        }
    }
}
