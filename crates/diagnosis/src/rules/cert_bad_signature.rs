//! A signature in the server's chain does not fit its issuer's key.

use alert::Alert;
use trace::Side;

use super::chain;
use super::chain::End;
use super::refusal::{self, Words};
use crate::dialect::Defect;
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "cert-bad-signature",
    because: "a certificate whose signature does not fit its issuer",
    page: include_str!("cert-bad-signature.md"),
    judge,
};

const WORDS: Words = Words {
    just: &[Alert::DECRYPT_ERROR],
    maybe: &[Alert::BAD_CERTIFICATE],
    usual: false,
    plain: false,
    tell: "openssl verify -partial_chain -trusted ISSUER.pem LEAF.pem fails",
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    let refusal = refusal::of_server(case)?;
    let Some(leaf) = case.server_leaf() else {
        return refusal.unseen(case, &CAUSE, Defect::Signature, &WORDS);
    };
    // The issuer's name fits but its key does not: an authority that was made anew.
    let other_key = case
        .server_chain()
        .iter()
        .skip(1)
        .take(8)
        .any(|above| leaf.issuer().matches(&above.subject()) && !leaf.is_issued_by(above));
    let confidence = match refusal.code() {
        Some(Alert::DECRYPT_ERROR) => Confidence::Likely,
        Some(Alert::BAD_CERTIFICATE) if other_key || refusal.speaks_of(case, Defect::Signature) => {
            Confidence::Likely
        }
        Some(Alert::BAD_CERTIFICATE) => Confidence::Possible,
        None if other_key => Confidence::Possible,
        _ => return None,
    };
    let vague = refusal.code() != Some(Alert::DECRYPT_ERROR);
    if vague && (chain::is_flawed(case) || chain::end(case, Side::Server) == Some(End::Leaf)) {
        return None;
    }
    let confidence = refusal.weighed(case, Defect::Signature, confidence);
    let finding = refusal.against(&CAUSE, confidence);
    let finding = if other_key {
        finding.frame(
            "server sends",
            case.server_chain_frame,
            format!("{} under the right name, but with another key", chain::issuer(leaf)),
        )
    } else {
        chain::told(case, refusal.by.other(), finding)
    };
    let finding = finding.tell(WORDS.tell);
    Some(refusal.told(case, Defect::Signature, finding))
}
