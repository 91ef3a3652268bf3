//! What makes TLS fail: a name, a sentence, a page, and the rule that recognises it.

use trace::Side;

use crate::{Case, Finding};

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
}

impl Cause {
    /// The remedies: the list items under "What to do", each `- side, stack: text`.
    pub fn fixes(&self) -> impl Iterator<Item = Fix> + use<> {
        let page: &'static str = self.page;
        let section = page.split_once("## What to do").map_or("", |(_, rest)| rest);
        section.lines().filter_map(|line| {
            let (who, text) = line.strip_prefix("- ")?.split_once(": ")?;
            let (side, stack) = who.split_once(", ")?;
            let side = match side {
                "client" => Side::Client,
                "server" => Side::Server,
                _ => return None,
            };
            Some(Fix { side, stack, text: text.trim() })
        })
    }
}
