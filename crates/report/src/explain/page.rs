//! The page of a cause, for a terminal.

use diagnosis::Cause;

use crate::paint::{Line, Page, Tone};

/// Draws the page: headings, paragraphs, and the remedies side by side with their stacks.
pub(super) fn draw(page: &mut Page<'_>, cause: &Cause) {
    for line in cause.page.lines() {
        if let Some(title) = line.strip_prefix("# ") {
            let column = title.chars().count() + 3;
            page.wrapped(
                Line::new().add(Tone::Verdict, title),
                column,
                Tone::Dim,
                cause.because,
                "",
            );
        } else if let Some(heading) = line.strip_prefix("## ") {
            page.line(Line::new().add(Tone::Verdict, heading));
        } else if let Some((side, stack, text)) = remedy(line) {
            let line = Line::indent(INDENT).add(Tone::Good, side).to(STACK).plain(stack).to(REMEDY);
            let column = REMEDY.max(line.width());
            page.wrapped(line, column, Tone::Plain, &bare(text), "");
        } else if let Some(item) = line.strip_prefix("- ") {
            page.wrapped(
                Line::indent(INDENT).plain("· "),
                INDENT + 2,
                Tone::Plain,
                &bare(item),
                "",
            );
        } else if line.trim().is_empty() {
            page.blank();
        } else {
            page.wrapped(Line::indent(INDENT), INDENT, Tone::Plain, &bare(line), "");
        }
    }
    sources(page, cause);
}

/// What the keys in the remedies stand for. It comes last, under the page's own sources.
fn sources(page: &mut Page<'_>, cause: &Cause) {
    let sources = cause.sources();
    if sources.is_empty() {
        return;
    }
    if cause.section(SOURCES).next().is_none() {
        page.blank();
        page.line(Line::new().add(Tone::Verdict, SOURCES));
    }
    for source in sources {
        let line = Line::indent(INDENT).plain(format!("[{}] ", source.key));
        let text = format!("{}, {}", source.title, source.place);
        page.wrapped(line, INDENT + 2, Tone::Plain, &text, "");
    }
}

/// The heading of the last part.
const SOURCES: &str = "Sources";

/// `- side, stack: text`.
fn remedy(line: &str) -> Option<(&str, &str, &str)> {
    let (who, text) = line.strip_prefix("- ")?.split_once(": ")?;
    let (side, stack) = who.split_once(", ")?;
    matches!(side, "client" | "server").then_some((side, stack, text))
}

/// Without the marks that only a browser needs.
fn bare(text: &str) -> String {
    text.replace('`', "")
}

/// Where text begins.
const INDENT: usize = 2;
/// Where the stack of a remedy stands.
const STACK: usize = 10;
/// Where a remedy begins.
const REMEDY: usize = 21;
