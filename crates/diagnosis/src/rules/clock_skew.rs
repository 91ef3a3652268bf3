//! The certificate is in date, but not by the clock of the side that refused it.

use alert::Alert;

use super::{chain, refusal};
use crate::dialect::Defect;
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "clock-skew",
    because: "a wrong clock",
    page: include_str!("clock-skew.md"),
    judge,
};

/// A clock is never visible; what suggests it is a complaint about dates that are fine, or about a
/// certificate that is only hours old.
fn judge(case: &Case<'_>) -> Option<Finding> {
    let refusal = refusal::any(case)?;
    let shown = chain::of(case, refusal.by.other());
    let leaf = shown.first()?;
    let age = case.session.started.since(leaf.not_before());
    let young = (0..YOUNG).contains(&age) && !chain::is_flawed(case);
    let confidence = match refusal.code()? {
        Alert::CERTIFICATE_EXPIRED => Confidence::Possible,
        // Some stacks say this to dates, but never to an authority that they do not know.
        Alert::BAD_CERTIFICATE if young && refusal.speaks_of(case, Defect::NotYetValid) => {
            Confidence::Likely
        }
        Alert::BAD_CERTIFICATE | Alert::CERTIFICATE_UNKNOWN if young => Confidence::Possible,
        _ => return None,
    };
    if !chain::is_in_date(case, shown) {
        return None;
    }
    let finding = refusal.against(&CAUSE, confidence);
    let finding = chain::told(case, refusal.by.other(), finding)
        .fact(
            "dates",
            format!(
                "in date, valid since {} before this",
                chain::span(leaf.not_before(), case.session.started)
            ),
        )
        .tell("date -u on the side that refused");
    Some(refusal.told(case, None, finding))
}

/// A certificate younger than a day, in nanoseconds, is in the future for many a wrong clock.
const YOUNG: i64 = 86_400 * 1_000_000_000;
