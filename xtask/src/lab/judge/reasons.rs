//! Why the program cannot be right, case by case: `corpus/misses.md`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::case::{Case, Evidence};

/// The reasons, by evidence and case.
pub(super) struct Reasons(BTreeMap<(Evidence, String), String>);

impl Reasons {
    /// Reads `## evidence`, `### reason` and `- case` lines.
    pub(super) fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
        Self::of(&text)
    }

    fn of(text: &str) -> Result<Self> {
        let (mut evidence, mut reason) = (None, "");
        let mut all = BTreeMap::new();
        for line in text.lines() {
            if let Some(words) = line.strip_prefix("### ") {
                reason = words;
            } else if let Some(name) = line.strip_prefix("## ") {
                evidence = Evidence::ALL.into_iter().find(|kind| kind.name() == name);
                evidence.with_context(|| format!("no such evidence: {name}"))?;
            } else if let (Some(case), Some(evidence)) = (line.strip_prefix("- "), evidence)
                && all.insert((evidence, case.to_owned()), reason.to_owned()).is_some()
            {
                bail!("twice: {case}");
            }
        }
        Ok(Self(all))
    }

    /// Why this case is missed.
    pub(super) fn of_case(&self, case: &Case) -> Option<&str> {
        self.0.get(&(case.evidence, case.name.clone())).map(String::as_str)
    }

    /// The cases that are listed and do not exist.
    pub(super) fn unused(&self, cases: &[Case]) -> Vec<String> {
        let exists = |evidence: Evidence, name: &str| {
            cases.iter().any(|case| case.evidence == evidence && case.name == name)
        };
        let gone = self.0.keys().filter(|(evidence, name)| !exists(*evidence, name));
        gone.map(|(evidence, name)| format!("{}: {name}", evidence.name())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A reason holds for the cases under it, and for its kind of evidence alone.
    #[test]
    fn reasons_are_read() {
        let text =
            "# t\n\n## capture alone\n### why\n- a/b\n- c/d\n## one line alone\n### so\n- a/b\n";
        let reasons = Reasons::of(text).unwrap();
        assert_eq!(reasons.0[&(Evidence::Capture, "c/d".to_owned())], "why");
        assert_eq!(reasons.0[&(Evidence::Line, "a/b".to_owned())], "so");
        assert!(Reasons::of("## dreams\n").is_err());
        assert!(Reasons::of("## capture alone\n### x\n- a\n- a\n").is_err());
    }
}
