//! The authority has withdrawn the certificate.

use alert::Alert;
use trace::Side;

use super::chain;
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "revoked",
    because: "a certificate that its authority has revoked",
    page: include_str!("revoked.md"),
    judge,
};

/// The alert says it in so many words; the certificate, if it was seen, says which.
fn judge(case: &Case<'_>) -> Option<Finding> {
    let seen = case.alert.as_ref()?;
    let (by, message) = seen.what;
    if message.alert != Alert::CERTIFICATE_REVOKED || case.server_hello.is_none() {
        return None;
    }
    let label = if by == Side::Client { "client says" } else { "server says" };
    let finding = Finding::new(&CAUSE, Confidence::Certain, Some(by));
    let finding = chain::told(case, by.other(), finding);
    Some(finding.at(label, seen, "44 certificate_revoked"))
}
