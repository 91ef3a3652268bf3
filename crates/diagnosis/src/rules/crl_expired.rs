//! The certificate is in date, but the verifier's revocation list is not.

use alert::Alert;

use super::chain;
use super::refusal::{self, Words};
use crate::dialect::{Defect, Stack};
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "crl-expired",
    because: "a revocation list that is out of date",
    page: include_str!("crl-expired.md"),
    judge,
};

const WORDS: Words = Words {
    just: &[],
    maybe: &[Alert::CERTIFICATE_EXPIRED],
    usual: false,
    plain: false,
    tell: "openssl crl -noout -nextupdate -in LIST.pem, on the side that refused",
};

/// OpenSSL says 45 to an outdated list too; then no certificate it was shown is out of date.
fn judge(case: &Case<'_>) -> Option<Finding> {
    let refusal = refusal::any(case)?;
    let shown = chain::of(case, refusal.by.other());
    if shown.is_empty() {
        return refusal.unseen(case, &CAUSE, Defect::Expired, &WORDS);
    }
    // Others say 45 to a certificate alone.
    let other = case.stack(refusal.by).is_some_and(|guess| guess.stack != Stack::OpenSsl);
    if other
        || refusal.code() != Some(Alert::CERTIFICATE_EXPIRED)
        || !chain::is_in_date(case, shown)
    {
        return None;
    }
    let finding = refusal.against(&CAUSE, Confidence::Possible);
    let finding = chain::told(case, refusal.by.other(), finding)
        .fact("dates", "all certificates that were shown are in date")
        .tell(WORDS.tell);
    Some(refusal.told(case, None, finding))
}
