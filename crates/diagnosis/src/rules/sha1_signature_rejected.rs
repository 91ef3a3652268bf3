//! A certificate in the server's chain is signed with a digest of the past.

use alert::Alert;

use super::chain;
use super::refusal::{self, Words};
use crate::dialect::Defect;
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "sha1-signature-rejected",
    because: "a certificate signed with SHA-1 or MD5",
    page: include_str!("sha1-signature-rejected.md"),
    judge,
};

const WORDS: Words = Words {
    just: &[],
    maybe: &[
        Alert::BAD_CERTIFICATE,
        Alert::UNSUPPORTED_CERTIFICATE,
        Alert::CERTIFICATE_UNKNOWN,
        Alert::DECRYPT_ERROR,
    ],
    usual: false,
    plain: false,
    tell: "openssl verify -auth_level 2 refuses the chain",
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    let refusal = refusal::of_server(case)?;
    let finding = match case.server_leaf() {
        Some(_) => {
            // Nobody checks the signature of a root.
            let weak = case
                .server_chain()
                .iter()
                .take(8)
                .find(|it| !it.is_self_issued() && it.signature_algorithm().is_weak())?;
            let confidence = refusal.because_of(&WORDS)?.max(Confidence::Likely);
            let algorithm = weak.signature_algorithm().name.unwrap_or("an old digest");
            refusal
                .against(&CAUSE, confidence)
                .frame(
                    "server sends",
                    case.server_chain_frame,
                    format!("{}, signed with {algorithm}", chain::subject(weak)),
                )
                .tell(WORDS.tell)
        }
        None => return refusal.unseen(case, &CAUSE, Defect::Weak, &WORDS),
    };
    Some(refusal.told(case, Defect::Weak, finding))
}
