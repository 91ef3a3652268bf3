//! No cipher suite in common.

use crate::{Case, Cause, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "no-shared-cipher",
    because: "no cipher suite in common",
    page: include_str!("no-shared-cipher.md"),
    judge,
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    let _ = case;
    None
}
