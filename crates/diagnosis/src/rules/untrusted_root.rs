//! A root that the client does not trust.

use crate::{Case, Cause, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "untrusted-root",
    because: "a certificate authority that the client does not trust",
    page: include_str!("untrusted-root.md"),
    judge,
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    let _ = case;
    None
}
