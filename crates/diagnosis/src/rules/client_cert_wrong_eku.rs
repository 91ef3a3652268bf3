//! The client's certificate is not meant for clients.

use alert::Alert;

use super::chain;
use super::refusal::{self, Answer};
use crate::dialect::Defect;
use crate::{Case, Cause, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "client-cert-wrong-eku",
    because: "a client certificate that is not meant for clients",
    page: include_str!("client-cert-wrong-eku.md"),
    judge,
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    let (refusal, answer) = refusal::of_client(case)?;
    if answer == Answer::Empty {
        return None;
    }
    let vague = [Alert::BAD_CERTIFICATE, Alert::CERTIFICATE_UNKNOWN];
    let Some(leaf) = case.client_leaf() else {
        let finding = refusal.unseen(&CAUSE, &[Alert::UNSUPPORTED_CERTIFICATE], &vague, true)?;
        return Some(refusal.told(case, Defect::Purpose, refusal::gives(case, finding)));
    };
    if chain::may_be_client(leaf) {
        return None;
    }
    let [bad, unknown] = vague;
    let confidence = refusal.because_of(&[
        Alert::UNSUPPORTED_CERTIFICATE,
        bad,
        unknown,
        Alert::ACCESS_DENIED,
    ])?;
    let usage = match leaf.extended_key_usage() {
        Some(usage) if usage.server_auth => "serverAuth",
        _ => "other purposes",
    };
    let finding = refusal.against(&CAUSE, confidence).frame(
        "client gives",
        case.client_chain_frame,
        format!("{}, for {usage}, not for clientAuth", chain::subject(leaf)),
    );
    Some(refusal.told(case, Defect::Purpose, finding))
}
