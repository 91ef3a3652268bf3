//! The server's RSA key is too short for this client.

use alert::Alert;

use super::chain;
use super::refusal::{self, Words};
use crate::dialect::Defect;
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "rsa-1024-rejected",
    because: "an RSA key of less than 2048 bits",
    page: include_str!("rsa-1024-rejected.md"),
    judge,
};

const WORDS: Words = Words {
    just: &[],
    maybe: &[Alert::BAD_CERTIFICATE, Alert::UNSUPPORTED_CERTIFICATE, Alert::DECRYPT_ERROR],
    usual: false,
    plain: false,
    tell: "openssl verify -auth_level 2 refuses the chain",
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    let refusal = refusal::of_server(case)?;
    let finding = match case.server_leaf() {
        Some(_) => {
            let (owner, bits) = chain::short_key(case)?;
            let suspected =
                if chain::is_lenient(case) { Confidence::Possible } else { Confidence::Likely };
            let confidence = refusal.because_of(&WORDS)?.max(suspected);
            refusal
                .against(&CAUSE, confidence)
                .frame(
                    "server sends",
                    case.server_chain_frame,
                    format!("{}, with an RSA key of {bits} bits", chain::subject(owner)),
                )
                .tell(WORDS.tell)
        }
        None => return refusal.unseen(case, &CAUSE, Defect::Weak, &WORDS),
    };
    Some(refusal.told(case, Defect::Weak, finding))
}
