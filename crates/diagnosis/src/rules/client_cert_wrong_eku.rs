//! The client's certificate is not meant for clients.

use alert::Alert;

use super::answer::Answer;
use super::chain;
use super::refusal::{self, Words};
use crate::dialect::Defect;
use crate::{Case, Cause, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "client-cert-wrong-eku",
    because: "a client certificate that is not meant for clients",
    page: include_str!("client-cert-wrong-eku.md"),
    judge,
};

const WORDS: Words = Words {
    just: &[Alert::UNSUPPORTED_CERTIFICATE],
    maybe: &[Alert::BAD_CERTIFICATE, Alert::CERTIFICATE_UNKNOWN, Alert::ACCESS_DENIED],
    usual: true,
    plain: true,
    tell: "openssl x509 -noout -ext extendedKeyUsage -in client.pem",
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    let (refusal, answer) = refusal::of_client(case)?;
    if answer == Answer::Empty {
        return None;
    }
    let Some(leaf) = case.client_leaf() else {
        return refusal.unseen(case, &CAUSE, Defect::Purpose, &WORDS);
    };
    if chain::may_be_client(leaf) {
        return None;
    }
    let confidence = refusal.because_of(&WORDS)?;
    let usage = match leaf.extended_key_usage() {
        Some(usage) if usage.server_auth => "serverAuth",
        _ => "other purposes",
    };
    let finding = refusal.against(&CAUSE, confidence).tell(WORDS.tell).frame(
        "client gives",
        case.client_chain_frame,
        format!("{}, for {usage}, not for clientAuth", chain::subject(leaf)),
    );
    Some(refusal.told(case, Defect::Purpose, finding))
}
