//! The certificate is in date, but not by the clock of the side that refused it.

use alert::Alert;

use super::{chain, refusal};
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
    let fits = match refusal.code()? {
        Alert::CERTIFICATE_EXPIRED => true,
        Alert::BAD_CERTIFICATE | Alert::CERTIFICATE_UNKNOWN => {
            (0..YOUNG).contains(&age) && !chain::is_flawed(case)
        }
        _ => false,
    };
    if !fits || !chain::is_in_date(case, shown) {
        return None;
    }
    let finding = refusal.against(&CAUSE, Confidence::Possible);
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
