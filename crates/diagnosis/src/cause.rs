//! What makes TLS fail: a name, a sentence, a page, and the rule that recognises it.

use trace::Side;

use crate::sources::source;
use crate::{Case, Finding, Source};

/// A cause of failure. One constant in one file of `rules/`, with its page beside it.
#[derive(Debug)]
pub struct Cause {
    /// Stable name in kebab-case; also the name of the page.
    pub slug: &'static str,
    /// Fits after "because of": a noun phrase, no final period.
    pub because: &'static str,
    /// The page, in Markdown.
    pub page: &'static str,
    /// Recognises it in a case.
    pub judge: fn(&Case<'_>) -> Option<Finding>,
}

/// One remedy, read from the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fix {
    /// The side to change.
    pub side: Side,
    /// The stack or product it is for, in lower case; `any` for all.
    pub stack: &'static str,
    /// What to do, in one line.
    pub text: &'static str,
    /// The keys of its sources, separated by commas (see [`Source`]); empty if it has none.
    sources: &'static str,
}

impl Cause {
    /// The remedies: the list items under "What to do", each `- side, stack: text [source]`.
    pub fn fixes(&self) -> impl Iterator<Item = Fix> + use<> {
        self.section("What to do").filter_map(|line| {
            let (who, text) = line.strip_prefix("- ")?.split_once(": ")?;
            let (side, stack) = who.split_once(", ")?;
            let side = match side {
                "client" => Side::Client,
                "server" => Side::Server,
                _ => return None,
            };
            let (text, sources) = cited(text.trim());
            Some(Fix { side, stack, text, sources })
        })
    }

    /// The lines of one part of the page, by its heading: as they stand there, without empty ones.
    pub fn section(&self, heading: &str) -> impl Iterator<Item = &'static str> + use<> {
        let page: &'static str = self.page;
        let mut parts = page.split("\n## ").filter_map(|part| part.split_once('\n'));
        let found = parts.find(|(name, _)| *name == heading).map_or("", |(_, lines)| lines);
        found.lines().filter(|line| !line.trim().is_empty())
    }

    /// How this failure shows: the lines under "How we know" that do not say how to settle it.
    pub fn shows(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.section(KNOW).take_while(|line| !line.starts_with(SETTLE))
    }

    /// How to settle whether it is this cause: the lines under "How we know" from "Settle it:" on.
    pub fn settle(&self) -> impl Iterator<Item = &'static str> + use<> {
        let lines = self.section(KNOW).skip_while(|line| !line.starts_with(SETTLE));
        lines.map(|line| line.strip_prefix(SETTLE).unwrap_or(line))
    }

    /// Where its remedies were read, each once, in the order of the remedies.
    #[must_use]
    pub fn sources(&self) -> Vec<Source> {
        let mut all: Vec<Source> = Vec::new();
        for source in self.fixes().flat_map(|fix| fix.sources()).flatten() {
            if !all.contains(&source) {
                all.push(source);
            }
        }
        all
    }
}

impl Fix {
    /// Whether it says that this side has nothing to do.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.text.starts_with("nothing")
    }

    /// Where it was read: each key that the page gives, looked up; `None` for one that is unknown.
    pub fn sources(&self) -> impl Iterator<Item = Option<Source>> + use<> {
        self.sources.split(',').map(str::trim).filter(|key| !key.is_empty()).map(source)
    }
}

/// A text without the sources in brackets at its end, and their keys.
fn cited(text: &str) -> (&str, &str) {
    let split = text.strip_suffix(']').and_then(|rest| rest.rsplit_once(" ["));
    match split {
        Some((text, keys)) if !keys.is_empty() && keys.chars().all(is_of_key) => (text, keys),
        _ => (text, ""),
    }
}

fn is_of_key(character: char) -> bool {
    character.is_ascii_lowercase() || character.is_ascii_digit() || "-., ".contains(character)
}

/// The heading of the part that says how a cause is known.
const KNOW: &str = "How we know";
/// What begins the lines that say how to settle it.
const SETTLE: &str = "Settle it: ";

#[cfg(test)]
mod tests {
    use super::*;

    const CAUSE: Cause = Cause {
        slug: "x",
        because: "x",
        page: "# x\n\n## How we know\nA.\nB.\nSettle it: C.\nD.\n\n## What to do\n\
               - server, any: set a [b] to c\n- client, go: d [rfc5246, rfc8446]\n\n## Cases\n- e\n",
        judge: |_| None,
    };

    /// The parts of a page are found by their headings, and what settles it is told apart.
    #[test]
    fn a_page_has_parts() {
        assert_eq!(CAUSE.shows().collect::<Vec<_>>(), ["A.", "B."]);
        assert_eq!(CAUSE.settle().collect::<Vec<_>>(), ["C.", "D."]);
        assert_eq!(CAUSE.section("Cases").collect::<Vec<_>>(), ["- e"]);
        assert_eq!(CAUSE.section("Sources").count(), 0);
    }

    /// Sources are keys in brackets at the end, and other brackets are text.
    #[test]
    fn remedies_have_sources() {
        let fixes: Vec<Fix> = CAUSE.fixes().collect();
        assert_eq!((fixes[0].text, fixes[0].sources().count()), ("set a [b] to c", 0));
        assert_eq!((fixes[1].text, fixes[1].stack, fixes[1].side), ("d", "go", Side::Client));
        let keys: Vec<&str> = CAUSE.sources().iter().map(|source| source.key).collect();
        assert_eq!(keys, ["rfc5246", "rfc8446"]);
    }
}
