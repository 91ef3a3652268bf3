//! The server's certificate vouches for itself.

use alert::Alert;
use trace::Side;

use super::chain;
use super::chain::End;
use super::refusal::{self, Words};
use crate::dialect::Defect;
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "self-signed-server",
    because: "a self-signed server certificate",
    page: include_str!("self-signed-server.md"),
    judge,
};

const WORDS: Words = Words {
    just: &[],
    maybe: &[Alert::UNKNOWN_CA, Alert::BAD_CERTIFICATE, Alert::CERTIFICATE_UNKNOWN],
    usual: false,
    plain: true,
    tell: "with this very certificate installed as trusted it connects",
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    let refusal = refusal::of_server(case)?;
    let finding = match case.server_leaf() {
        Some(leaf) => {
            if chain::end(case, Side::Server) != Some(End::Leaf) {
                return None;
            }
            // Only 48 says that it is the missing authority and nothing else.
            let confidence = match refusal.code() {
                Some(Alert::UNKNOWN_CA) => Confidence::Certain,
                _ => refusal.because_of(&WORDS)?,
            };
            refusal
                .against(&CAUSE, confidence)
                .frame(
                    "server sends",
                    case.server_chain_frame,
                    format!("{}, issued by itself", chain::subject(leaf)),
                )
                .tell(WORDS.tell)
        }
        None => return refusal.unseen(case, &CAUSE, Defect::Authority, &WORDS),
    };
    Some(refusal.told(case, Defect::Authority, finding))
}
