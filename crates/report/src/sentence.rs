//! The one sentence: who refused what, while doing what, because of what.

use crate::Failure;

/// Says a failure in one sentence.
#[must_use]
pub fn sentence(failure: &Failure) -> String {
    let _ = failure;
    String::new()
}
