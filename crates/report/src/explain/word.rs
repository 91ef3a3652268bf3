//! The answer for a word that is not an alert's own name or code: how it was read, and what follows.

use alert::Alert;
use logs::{AlertSet, Dialect, Refusal, Spelled, Sure, Voice, spellings};

use super::{INDENT, draw as draw_alert, label};
use crate::paint::{Line, Page, Tone, row};

/// Draws how a word was read, and the page of the alert, or of the alerts, or of the refusal that
/// it stands for. `others` are the less likely meanings.
pub(super) fn draw(page: &mut Page<'_>, first: &Spelled, others: &[Spelled]) {
    let also: Vec<String> = others.iter().map(|other| other.says.to_string()).collect();
    if first.dialect != Dialect::Registry {
        page.wrapped(Line::new().dim("read as"), READ_AS, Tone::Plain, &first.says, "");
        page.blank();
    }
    if let Some(alert) = first.alerts.single() {
        draw_alert(page, alert, &also);
        return;
    }
    let mut next: Vec<String> = Vec::new();
    if !first.alerts.is_empty() {
        page.line(Line::indent(INDENT).dim("if the other side sent an alert"));
        alerts(page, first.alerts);
        page.blank();
    } else if let Some(Voice::Heard | Voice::Said) = first.voice {
        let text = "Which alert it was stands beside this code: its number or its name, given to \
                    tlswhy, says what it means.";
        page.wrapped(Line::indent(INDENT), INDENT, Tone::Plain, text, "");
        page.blank();
        next.push("tlswhy CODE".to_owned());
    }
    if let Some(refusal) = first.refusal {
        if first.alerts.is_empty() {
            next.extend(refusal.sends.single().map(|alert| format!("tlswhy {}", alert.code())));
        } else {
            let text = format!("if this side refused: it {}", refusal.says);
            page.wrapped(Line::indent(INDENT), INDENT, Tone::Dim, &text, "");
        }
        next.extend(refused(page, first, &refusal));
    }
    self::others(page, &also);
    next.push("tlswhy trace.pcapng".to_owned());
    label(page, "next", &row(&next));
}

/// What each of several alerts says.
fn alerts(page: &mut Page<'_>, alerts: AlertSet) {
    let said = |alert: Alert| {
        let name = Line::indent(INDENT).add(Tone::Verdict, alert.to_string());
        (name, format!("it {}", alert.says()))
    };
    columns(page, alerts.iter().map(said).collect());
}

/// What a refusal sends, where that is not one alert, and the causes behind it; gives back the first
/// that has a page.
fn refused(page: &mut Page<'_>, first: &Spelled, refusal: &Refusal) -> Option<String> {
    if first.alerts.is_empty() && refusal.sends.iter().count() > 1 {
        page.line(Line::indent(INDENT).dim("it then sends, by what it found"));
        alerts(page, refusal.sends);
        page.blank();
    }
    if refusal.causes.is_empty() {
        return None;
    }
    let mut last = None;
    let named = refusal.causes.iter().map(|suspect| {
        let sure = (last != Some(suspect.sure)).then_some(suspect.sure);
        last = Some(suspect.sure);
        let line = Line::indent(INDENT).dim(sure.map_or("", sure_word)).to(CAUSE);
        let because = diagnosis::cause(suspect.cause).map_or("", |cause| cause.because);
        (line.add(Tone::Verdict, suspect.cause), because.to_owned())
    });
    columns(page, named.collect());
    page.blank();
    let known = refusal.causes.iter().find_map(|suspect| diagnosis::cause(suspect.cause));
    known.map(|cause| format!("tlswhy {}", cause.slug))
}

/// Causes of which none is likelier than possible.
pub(super) fn possible(page: &mut Page<'_>, slugs: &[&'static str]) {
    let row = |(place, slug): (usize, &&'static str)| {
        let sure = if place == 0 { sure_word(Sure::Possible) } else { "" };
        let because = diagnosis::cause(slug).map_or("", |cause| cause.because);
        let line = Line::indent(INDENT).dim(sure).to(CAUSE);
        (line.add(Tone::Verdict, *slug), because.to_owned())
    };
    columns(page, slugs.iter().enumerate().map(row).collect());
}

/// Names and what is said of them, side by side where there is room for both.
fn columns(page: &mut Page<'_>, rows: Vec<(Line, String)>) {
    let widest = rows.iter().map(|(name, _)| name.width()).max().unwrap_or(0) + 2;
    let side_by_side = widest + LEAST <= page.columns();
    for (name, text) in rows {
        if side_by_side {
            page.wrapped(name, widest, Tone::Plain, &text, "");
        } else {
            page.line(name);
            if !text.is_empty() {
                page.wrapped(Line::indent(CAUSE), CAUSE, Tone::Plain, &text, "");
            }
        }
    }
}

fn sure_word(sure: Sure) -> &'static str {
    match sure {
        Sure::Certain => "certain",
        Sure::Likely => "likely",
        Sure::Possible => "possible",
    }
}

/// What else a word may be.
pub(super) fn others(page: &mut Page<'_>, also: &[String]) {
    for (place, other) in also.iter().enumerate() {
        label(page, if place == 0 { "it may also be" } else { "or" }, other);
    }
}

/// How the stacks write an alert as one word: a few of each.
pub(super) fn written(alert: Alert) -> String {
    let mut stacks: Vec<String> = Vec::new();
    for dialect in ORDER {
        let own = spellings(alert).filter(|(whose, text, _)| {
            // Texts, and what follows from the name, are met in the lines of logs above.
            let code = text.bytes().any(|byte| byte.is_ascii_digit()) && !text.contains(['_', ' ']);
            whose == dialect && (code || *dialect == Dialect::Windows)
        });
        let words: Vec<String> = own.map(|(_, text, _)| text.into_owned()).collect();
        if !words.is_empty() {
            stacks.push(format!("{} {}", dialect.name(), words.join(" ")));
        }
    }
    row(&stacks)
}

/// The stacks that write numbers of their own.
const ORDER: &[Dialect] = &[
    Dialect::OpenSsl,
    Dialect::BoringSsl,
    Dialect::Nss,
    Dialect::Windows,
    Dialect::SecureTransport,
    Dialect::Chromium,
];

/// Where the sentence on how a word was read begins.
const READ_AS: usize = 9;
/// Where causes begin.
const CAUSE: usize = 13;
/// The least room in which text beside a name can be read.
const LEAST: usize = 24;
