//! The server's certificate has not begun.

use alert::Alert;

use super::chain;
use super::refusal::{self, Words};
use crate::dialect::Defect;
use crate::{Case, Cause, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "not-yet-valid",
    because: "a server certificate that is not valid yet",
    page: include_str!("not-yet-valid.md"),
    judge,
};

const WORDS: Words = Words {
    just: &[],
    maybe: &[Alert::BAD_CERTIFICATE, Alert::CERTIFICATE_UNKNOWN, Alert::CERTIFICATE_EXPIRED],
    usual: false,
    plain: true,
    tell: "openssl x509 -noout -dates, and the clocks of both sides",
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    let refusal = refusal::of_server(case)?;
    let now = case.now();
    let finding = match case.server_leaf() {
        Some(_) => {
            let early = case.server_chain().iter().take(8).find(|it| it.not_before() > now)?;
            let confidence = refusal.because_of(&WORDS)?;
            refusal.against(&CAUSE, confidence).tell(WORDS.tell).frame(
                "server sends",
                case.server_chain_frame,
                format!(
                    "{}, begins {}, {} after this",
                    chain::subject(early),
                    chain::date(early.not_before()),
                    chain::span(now, early.not_before())
                ),
            )
        }
        None => return refusal.unseen(case, &CAUSE, Defect::NotYetValid, &WORDS),
    };
    Some(refusal.told(case, Defect::NotYetValid, finding))
}
