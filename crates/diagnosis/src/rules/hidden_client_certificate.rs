//! The server refused a certificate that TLS 1.3 hides, by an alert that does not say why.

use alert::Alert;

use super::answer::{self, Answer};
use super::refusal;
use crate::{Case, Cause, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "hidden-client-certificate",
    because: "something about the client's certificate, which TLS 1.3 encrypts",
    page: include_str!("hidden-client-certificate.md"),
    judge,
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    let (refusal, answer) = refusal::of_client(case)?;
    let vague = [Alert::BAD_CERTIFICATE, Alert::CERTIFICATE_UNKNOWN, Alert::ACCESS_DENIED];
    // A key log may show it.
    let shown = case.client_leaf().is_some();
    if answer == Answer::Empty || shown || !refusal.is_dark(&vague) {
        return None;
    }
    let finding = answer::gives(case, refusal.against(&CAUSE, refusal.sure()))
        .tell("the server's log names the reason");
    Some(refusal.told(case, None, finding))
}
