//! The client does not send the certificate that signed its own.

use alert::Alert;
use trace::Side;

use super::answer::{self, Answer};
use super::chain::{Absent, End};
use super::refusal::{self, Words};
use super::{chain, server_does_not_trust_client_ca};
use crate::dialect::Defect;
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "missing-client-intermediate",
    because: "an intermediate certificate that the client does not send",
    page: include_str!("missing-client-intermediate.md"),
    judge,
};

const WORDS: Words = Words {
    just: &[],
    maybe: &[
        Alert::UNKNOWN_CA,
        Alert::BAD_CERTIFICATE,
        Alert::CERTIFICATE_UNKNOWN,
        Alert::ACCESS_DENIED,
    ],
    usual: true,
    plain: false,
    tell: "with the intermediate in the client's chain it gets in",
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    let (refusal, answer) = refusal::of_client(case)?;
    if answer == Answer::Empty {
        return None;
    }
    let Some(leaf) = case.client_leaf() else {
        return refusal.unseen(case, &CAUSE, Defect::Authority, &WORDS);
    };
    let suspected = match is_suspected(case) {
        true => Confidence::Likely,
        false if is_possible(case) => Confidence::Possible,
        false => return None,
    };
    let confidence = refusal.because_of(&WORDS)?.max(suspected);
    let confidence = refusal.weighed(case, Defect::Authority, confidence);
    let finding = answer::gives(case, refusal.against(&CAUSE, confidence))
        .frame(
            "its issuer",
            case.client_chain_frame,
            format!("{} was not sent, and the server does not name it", chain::issuer(leaf)),
        )
        .tell(WORDS.tell);
    Some(refusal.told(case, Defect::Authority, finding))
}

/// Whether an intermediate may be what is missing: one certificate came, and its issuer is neither
/// one that the server names nor called a root.
fn is_possible(case: &Case<'_>) -> bool {
    chain::end(case, Side::Client) == Some(End::Open(0))
        && server_does_not_trust_client_ca::is_named(case) == Some(false)
        && !server_does_not_trust_client_ca::is_out_of_order(case)
        && case.client_leaf().is_some_and(|leaf| chain::absent(leaf) == Absent::Unclear)
}

/// Whether an intermediate is what is missing, rather than trust in a root: one certificate came,
/// its issuer is none that the server names, and it looks like an intermediate or like a relative
/// of an authority that the server names.
pub(super) fn is_suspected(case: &Case<'_>) -> bool {
    let Some(leaf) = case.client_leaf() else { return false };
    if chain::end(case, Side::Client) != Some(End::Open(0))
        || server_does_not_trust_client_ca::is_named(case) == Some(true)
        || server_does_not_trust_client_ca::is_out_of_order(case)
    {
        return false;
    }
    matches!(chain::absent(leaf), Absent::Named | Absent::Fetched)
}
