//! A good client certificate that the server's own rules do not let in.

use alert::Alert;

use super::answer::{self, Answer};
use super::refusal::{self, Words};
use super::server_does_not_trust_client_ca::{is_named, is_out_of_order};
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "client-cert-policy-denied",
    because: "a client certificate that is good, and that the server's access rules do not let in",
    page: include_str!("client-cert-policy-denied.md"),
    judge,
};

const WORDS: Words = Words {
    just: &[],
    maybe: &[Alert::ACCESS_DENIED, Alert::BAD_CERTIFICATE, Alert::CERTIFICATE_UNKNOWN],
    usual: false,
    plain: false,
    tell: "the server's log names the rule; a certificate of the same authority with another name gets in",
};

/// Rules are never visible. What is: the certificate is in date, for clients, and from an authority
/// that the server asked for; then trust is hardly the question.
fn judge(case: &Case<'_>) -> Option<Finding> {
    let (refusal, answer) = refusal::of_client(case)?;
    let shown = answer == Answer::Certificate && case.client_leaf().is_some();
    if !shown || is_out_of_order(case) {
        return None;
    }
    let confidence = match is_named(case) {
        Some(true) => Confidence::Likely,
        None => Confidence::Possible,
        Some(false) => return None,
    };
    let confidence = refusal.because_of(&WORDS)?.max(confidence);
    let finding = answer::gives(case, refusal.against(&CAUSE, confidence));
    let finding = match case.session.certificate_request().filter(|_| is_named(case).is_some()) {
        Some(request) => {
            finding.at("server takes", &request, "certificates of just this authority")
        }
        None => finding,
    };
    Some(refusal.told(case, None, finding.tell(WORDS.tell)))
}
