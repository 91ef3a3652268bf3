//! Why the program cannot be right: `corpus/misses.md`.
//!
//! A reason belongs to a pair: what was brought about, and what was said first instead.

use std::cell::Cell;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::case::{Case, Evidence};
use super::verdict::Verdict;

/// The reasons, in the order of the file.
pub(super) struct Reasons(Vec<Reason>);

struct Reason {
    evidence: Evidence,
    /// What was brought about; `*` for anything.
    cause: String,
    /// What was said first; `*` for anything.
    said: String,
    why: String,
    /// Whether a miss had this reason.
    used: Cell<bool>,
}

impl Reasons {
    /// Reads `## evidence`, `### reason` and `- cause: what was said first` lines.
    pub(super) fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
        Self::of(&text)
    }

    fn of(text: &str) -> Result<Self> {
        let (mut evidence, mut why) = (Vec::new(), "");
        let mut all: Vec<Reason> = Vec::new();
        for line in text.lines() {
            if let Some(words) = line.strip_prefix("### ") {
                why = words;
            } else if let Some(names) = line.strip_prefix("## ") {
                evidence.clear();
                for name in names.split("; ") {
                    let found = Evidence::ALL.into_iter().find(|kind| kind.name() == name);
                    evidence.push(found.with_context(|| format!("no such evidence: {name}"))?);
                }
            } else if let Some(pair) = line.strip_prefix("- ") {
                let Some((cause, said)) = pair.split_once(": ") else {
                    bail!("not `- cause: what was said first`: {line}");
                };
                let causes = cause.split(", ").flat_map(|c| said.split(", ").map(move |s| (c, s)));
                for (cause, said) in causes {
                    all.extend(evidence.iter().map(|&evidence| Reason {
                        evidence,
                        cause: cause.to_owned(),
                        said: said.to_owned(),
                        why: why.to_owned(),
                        used: Cell::new(false),
                    }));
                }
            }
        }
        Ok(Self(all))
    }

    /// Why this case is missed, by the first pair that fits.
    pub(super) fn of_miss(&self, case: &Case, verdict: &Verdict) -> Option<&str> {
        let is = |pattern: &str, word: &str| pattern == "*" || pattern == word;
        let reason = self.0.iter().find(|reason| {
            reason.evidence == case.evidence
                && is(&reason.cause, &case.cause)
                && is(&reason.said, &verdict.first)
        })?;
        reason.used.set(true);
        Some(&reason.why)
    }

    /// The pairs that no miss needed.
    pub(super) fn unused(&self) -> Vec<String> {
        let idle = self.0.iter().filter(|reason| !reason.used.get());
        idle.map(|it| format!("{}: {}: {}", it.evidence.name(), it.cause, it.said)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::verdict::Place;
    use super::*;

    /// A reason holds for its pairs and its evidence alone, and one that nothing needs is named.
    #[test]
    fn reasons_are_read() {
        let text =
            "# t\n\n## capture alone; one line alone\n### why\n- a, b: c\n### so\n- *: nothing\n";
        let reasons = Reasons::of(text).unwrap();
        let why = |evidence, cause: &str, said: &str| {
            let case = Case::about(evidence, cause);
            let (place, said, first) = (Place::Wrong, String::new(), said.to_owned());
            reasons.of_miss(&case, &Verdict { place, lies: false, said, first }).map(str::to_owned)
        };
        assert_eq!(why(Evidence::Capture, "b", "c").as_deref(), Some("why"));
        assert_eq!(why(Evidence::Line, "x", "nothing").as_deref(), Some("so"));
        assert_eq!(why(Evidence::Log, "a", "c"), None);
        assert_eq!(why(Evidence::Line, "a", "d"), None);
        let idle = ["capture alone: a: c", "one line alone: a: c", "one line alone: b: c"];
        let unused = reasons.unused();
        assert!(idle.iter().all(|pair| unused.iter().any(|it| it == pair)), "{unused:?}");
        assert_eq!(unused.len(), 4);
        assert!(Reasons::of("## dreams\n").is_err());
        assert!(Reasons::of("## capture alone\n### x\n- a\n").is_err());
    }
}
