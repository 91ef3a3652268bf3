//! The server's certificate has ended.

use alert::Alert;

use super::chain;
use super::refusal::{self, Words};
use crate::dialect::Defect;
use crate::{Case, Cause, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "expired-leaf",
    because: "a server certificate that has expired",
    page: include_str!("expired-leaf.md"),
    judge,
};

const WORDS: Words = Words {
    just: &[Alert::CERTIFICATE_EXPIRED],
    maybe: &[Alert::BAD_CERTIFICATE, Alert::CERTIFICATE_UNKNOWN],
    usual: true,
    plain: true,
    tell: "openssl s_client | openssl x509 -noout -dates shows what is served",
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    let refusal = refusal::of_server(case)?;
    let now = case.now();
    let finding = match case.server_leaf() {
        Some(leaf) if leaf.not_after() < now => {
            let confidence = refusal.because_of(&WORDS)?;
            refusal.against(&CAUSE, confidence).tell(WORDS.tell).frame(
                "server sends",
                case.server_chain_frame,
                format!(
                    "{}, ended {}, {} before this",
                    chain::subject(leaf),
                    chain::date(leaf.not_after()),
                    chain::span(leaf.not_after(), now)
                ),
            )
        }
        Some(_) => return None,
        None => return refusal.unseen(case, &CAUSE, Defect::Expired, &WORDS),
    };
    Some(refusal.told(case, Defect::Expired, finding))
}
