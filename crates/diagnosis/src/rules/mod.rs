//! The causes, in the order in which they are asked: what the first bytes prove comes before what
//! the end suggests. Among findings of equal confidence the earlier cause wins.
//!
//! To add a cause: one file here, one page beside it, one `mod` line and one line in [`CAUSES`].

use trace::Session;

use crate::{Case, Cause, Contrast, Finding};

mod no_shared_cipher;
#[cfg(test)]
mod story;
mod untrusted_root;

/// Every cause that is known.
pub const CAUSES: &[&Cause] = &[&no_shared_cipher::CAUSE, &untrusted_root::CAUSE];

/// Looks a cause up by its slug.
#[must_use]
pub fn cause(slug: &str) -> Option<&'static Cause> {
    CAUSES.iter().copied().find(|cause| cause.slug == slug)
}

/// What explains a session, best first.
#[must_use]
pub fn judge(session: &Session, contrast: &Contrast) -> Vec<Finding> {
    let case = Case::new(session, contrast);
    let mut findings: Vec<Finding> = CAUSES
        .iter()
        .filter_map(|cause| (cause.judge)(&case))
        .filter(|finding| !finding.evidence.is_empty())
        .collect();
    findings.sort_by_key(|finding| finding.confidence);
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every cause has a unique name, a page under that name with the four headings in order, a
    /// first remedy that can be read, and a noun phrase that fits after "because of".
    #[test]
    fn every_cause_has_its_page() {
        for (index, cause) in CAUSES.iter().enumerate() {
            let slug = cause.slug;
            assert!(CAUSES[..index].iter().all(|other| other.slug != slug), "{slug} twice");
            assert!(slug.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'));
            let headings: Vec<&str> = cause.page.lines().filter(|l| l.starts_with('#')).collect();
            let title = format!("# {slug}");
            let wanted = [
                title.as_str(),
                "## What it means",
                "## How it shows",
                "## How to tell",
                "## What to do",
            ];
            assert_eq!(headings, wanted, "{slug}");
            assert!(cause.page.lines().count() <= 60, "{slug}: page too long");
            assert!(cause.page.lines().all(|line| line.trim_end() == line), "{slug}: blanks");
            assert!(cause.fixes().next().is_some(), "{slug}: no remedy");
            let items = cause.page.lines().filter(|line| line.starts_with("- ")).count();
            assert_eq!(cause.fixes().count(), items, "{slug}: a remedy cannot be read");
            assert!(cause.fixes().all(|fix| fix.stack == fix.stack.to_lowercase()), "{slug}");
            let because = cause.because;
            assert!(!because.is_empty() && !because.ends_with('.'), "{slug}");
            let phrase = !because.starts_with(char::is_uppercase)
                || because.split(' ').next().is_some_and(|word| word == word.to_uppercase());
            assert!(phrase, "{slug}: {because}");
        }
    }

    /// A slug leads to its cause, and nothing else does.
    #[test]
    fn a_cause_is_found_by_its_slug() {
        for known in CAUSES {
            assert!(std::ptr::eq(cause(known.slug).unwrap(), *known));
        }
        assert!(cause("").is_none() && cause("No-Shared-Cipher").is_none());
    }
}
