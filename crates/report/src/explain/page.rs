//! The page of a cause, for a terminal.

use diagnosis::{Cause, Fix};

use crate::paint::{Line, Page, Tone};

/// Draws the page: headings, paragraphs, and the remedies side by side with their stacks. Where a
/// stack was asked for, the remedies are its own and those of every stack.
pub(super) fn draw(page: &mut Page<'_>, cause: &Cause) {
    let asked = page.look().stack.clone();
    let asked = asked.as_deref();
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
            let has = |stack: &str| cause.fixes().any(|fix| fix.stack == stack);
            if let Some(stack) = asked.filter(|stack| heading == REMEDIES && !has(stack)) {
                page.wrapped(Line::indent(INDENT), INDENT, Tone::Warn, &none_for(stack), "");
            }
        } else if let Some((side, stack, text)) = remedy(line) {
            if asked.is_some_and(|asked| stack != asked && stack != ANY) {
                continue;
            }
            let line = Line::indent(INDENT).add(Tone::Good, side).to(STACK).plain(stack);
            let column = REMEDY.max(line.width() + 1);
            text_with_places(page, line, column, &bare(text));
        } else if let Some(item) = line.strip_prefix("- ") {
            text_with_places(page, Line::indent(INDENT).plain("·"), INDENT + 2, &bare(item));
        } else if let Some(how) = line.strip_prefix(SETTLE) {
            settle(page, how);
        } else if line.trim().is_empty() {
            page.blank();
        } else {
            text_with_places(page, Line::new(), INDENT, &bare(line));
        }
    }
    sources(page, cause);
}

/// What is said where a page has no remedy for the software that was asked for.
fn none_for(stack: &str) -> String {
    format!("No remedy for {stack} on this page; what fits any software:")
}

/// How to settle it: below its label, and a command in front on a line of its own.
fn settle(page: &mut Page<'_>, how: &str) {
    page.line(Line::indent(INDENT).add(Tone::Good, SETTLE.trim_end()));
    let command = how.strip_prefix('`').and_then(|rest| rest.split_once('`'));
    let (command, rest) = command.unwrap_or(("", how));
    if !command.is_empty() {
        text_with_places(page, Line::new(), SETTLED, command);
    }
    let rest = rest.trim_start_matches([',', ':', ';', ' ']);
    if !rest.is_empty() {
        text_with_places(page, Line::new(), SETTLED, &bare(rest));
    }
}

/// A text behind its label, wrapped to the width, in which addresses are never broken nor cut: one
/// that does not fit stands on a line of its own, however long that is.
fn text_with_places(page: &mut Page<'_>, label: Line, column: usize, text: &str) {
    let room = |column: usize| page.columns().saturating_sub(column);
    let (room, all) = (room(column), room(INDENT));
    let is_long = |word: &str| word.contains(SCHEME) && word.chars().count() > room;
    let (mut label, mut words) = (label, Vec::new());
    for word in text.split(' ') {
        if !is_long(word) {
            words.push(word);
            continue;
        }
        match words.is_empty() {
            true if label.width() == 0 => {}
            true => page.line(std::mem::take(&mut label)),
            false => page.flowing(label, column, Tone::Plain, &words.join(" ")),
        }
        (label, words) = (Line::new(), Vec::new());
        // Further to the left there is more room.
        let left = if word.chars().count() <= all { INDENT } else { 0 };
        page.uncut(Line::indent(left).plain(word));
    }
    if !words.is_empty() {
        page.flowing(label, column, Tone::Plain, &words.join(" "));
    }
}

/// What the keys in the remedies that are shown stand for. It comes last, under the page's own
/// sources.
fn sources(page: &mut Page<'_>, cause: &Cause) {
    let asked = page.look().stack.clone();
    let is_shown = |stack: &str| asked.as_deref().is_none_or(|it| stack == it || stack == ANY);
    let shown: Vec<_> = cause.fixes().filter(|fix| is_shown(fix.stack)).collect();
    let of_shown =
        |key: &str| shown.iter().flat_map(Fix::sources).flatten().any(|it| it.key == key);
    let sources: Vec<_> = cause.sources().into_iter().filter(|it| of_shown(it.key)).collect();
    if sources.is_empty() {
        return;
    }
    if cause.section(SOURCES).next().is_none() {
        page.blank();
        page.line(Line::new().add(Tone::Verdict, SOURCES));
    }
    for source in sources {
        let label = Line::indent(INDENT).plain(format!("[{}]", source.key));
        let text = format!("{}, {}", source.title, source.place);
        text_with_places(page, label, INDENT + 2, &text);
    }
}

/// The heading of the remedies, as pages have it.
const REMEDIES: &str = "What to do";
/// What begins the lines that say how to settle it.
const SETTLE: &str = "Settle it: ";
/// What every address has in it.
const SCHEME: &str = "://";
/// The remedy of every stack.
const ANY: &str = "any";
/// Where the ways to settle it stand.
const SETTLED: usize = 4;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Look;

    fn drawn(look: &Look, slug: &str) -> String {
        let mut page = Page::new(look);
        draw(&mut page, diagnosis::cause(slug).unwrap());
        page.done()
    }

    /// Every address of every page stands there whole, at any width.
    #[test]
    fn addresses_are_whole() {
        for width in [40, 80, 100] {
            let look = Look { width, ..Look::default() };
            for cause in diagnosis::CAUSES {
                let page = drawn(&look, cause.slug);
                let whole: Vec<&str> = page.split_whitespace().collect();
                let is_address = |source: &diagnosis::Source| source.place.contains(SCHEME);
                for source in cause.sources().into_iter().filter(is_address) {
                    assert!(whole.contains(&source.place), "{} at {width}: {page}", source.place);
                }
            }
        }
    }

    /// For a stack there are its own remedies and those of any; where it has none, that is said.
    #[test]
    fn a_stack_has_its_own_remedies() {
        let look = Look { stack: Some("iis".to_owned()), ..Look::default() };
        let page = drawn(&look, "weak-dh");
        assert!(page.contains("  server  iis        Get-TlsCipherSuite"), "{page}");
        assert!(page.contains("  server  any        drop the DHE suites"), "{page}");
        assert!(!page.contains("nginx") && !page.contains("No remedy"), "{page}");
        let look = Look { stack: Some("tpm2-pkcs11".to_owned()), ..Look::default() };
        assert!(drawn(&look, "weak-dh").contains(&none_for("tpm2-pkcs11")));
    }

    /// A name that is longer than its column keeps a blank, and the way to settle it has its lines.
    #[test]
    fn columns_keep_a_blank() {
        let page = drawn(&Look::default(), "hsm-bad-signature");
        assert!(page.contains("tpm2-pkcs11 update it"), "{page}");
        let page = drawn(&Look::default(), "weak-dh");
        assert!(page.contains("\n  Settle it:\n    openssl s_client"), "{page}");
    }
}
