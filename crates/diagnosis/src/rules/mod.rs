//! The causes, in the order in which they are asked: what the first bytes prove comes before what
//! the end suggests. Among findings of equal confidence the earlier cause wins.
//!
//! To add a cause: one file here, one page beside it, one `mod` line and one line in [`CAUSES`].

use trace::Session;

use crate::{Case, Cause, Contrast, Finding};

mod no_shared_cipher;
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
