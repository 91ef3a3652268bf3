//! The verifier checks revocation, and has no list for one of the authorities.

use alert::Alert;

use super::chain::End;
use super::{chain, refusal};
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "crl-missing",
    because: "a revocation list that the verifier does not have",
    page: include_str!("crl-missing.md"),
    judge,
};

/// OpenSSL says 48 to a missing list too; then the chain it was shown is complete.
fn judge(case: &Case<'_>) -> Option<Finding> {
    let refusal = refusal::any(case)?;
    let shown = chain::of(case, refusal.by.other());
    if refusal.code() != Some(Alert::UNKNOWN_CA) || !chain::is_in_date(case, shown) {
        return None;
    }
    let complete = match chain::end(case, refusal.by.other())? {
        End::Root(_) => true,
        End::Open(at) => at > 0,
        End::Leaf => false,
    };
    complete.then_some(())?;
    let finding = refusal.against(&CAUSE, Confidence::Possible);
    let finding = chain::told(case, refusal.by.other(), finding)
        .tell("does the side that refused check revocation, and has it every list?");
    Some(refusal.told(case, None, finding))
}
