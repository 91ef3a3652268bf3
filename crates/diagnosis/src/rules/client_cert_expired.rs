//! The client's certificate is outside its dates.

use alert::Alert;

use super::answer::Answer;
use super::chain;
use super::refusal::{self, Words};
use crate::dialect::Defect;
use crate::{Case, Cause, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "client-cert-expired",
    because: "a client certificate that is out of date",
    page: include_str!("client-cert-expired.md"),
    judge,
};

const WORDS: Words = Words {
    just: &[Alert::CERTIFICATE_EXPIRED],
    maybe: &[Alert::BAD_CERTIFICATE, Alert::CERTIFICATE_UNKNOWN, Alert::ACCESS_DENIED],
    usual: true,
    plain: true,
    tell: "openssl x509 -noout -dates -in client.pem",
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    let (refusal, answer) = refusal::of_client(case)?;
    if answer == Answer::Empty {
        return None;
    }
    let now = case.now();
    let Some(leaf) = case.client_leaf() else {
        return refusal.unseen(case, &CAUSE, Defect::Expired, &WORDS);
    };
    if !chain::is_out_of_date(leaf, now) {
        return None;
    }
    let confidence = refusal.because_of(&WORDS)?;
    let (defect, says) = if leaf.not_after() < now {
        let (ended, ago) = (chain::date(leaf.not_after()), chain::span(leaf.not_after(), now));
        (Defect::Expired, format!("{}, ended {ended}, {ago} before this", chain::subject(leaf)))
    } else {
        let (begins, wait) = (chain::date(leaf.not_before()), chain::span(now, leaf.not_before()));
        (
            Defect::NotYetValid,
            format!("{}, begins {begins}, {wait} after this", chain::subject(leaf)),
        )
    };
    let finding = refusal.against(&CAUSE, confidence).tell(WORDS.tell);
    let finding = finding.frame("client gives", case.client_chain_frame, says);
    Some(refusal.told(case, defect, finding))
}
