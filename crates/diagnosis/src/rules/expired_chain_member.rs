//! A certificate above the server's own has ended.

use alert::Alert;

use super::chain;
use super::refusal::{self, Words};
use crate::dialect::Defect;
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "expired-chain-member",
    because: "an expired certificate further up in the server's chain",
    page: include_str!("expired-chain-member.md"),
    judge,
};

const WORDS: Words = Words {
    just: &[],
    maybe: &[Alert::CERTIFICATE_EXPIRED, Alert::BAD_CERTIFICATE, Alert::CERTIFICATE_UNKNOWN],
    usual: false,
    plain: false,
    tell: "a client with a new root store and library connects",
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    let refusal = refusal::of_server(case)?;
    let now = case.now();
    let finding = match case.server_leaf() {
        Some(leaf) => {
            if leaf.not_after() < now {
                return None;
            }
            let ended =
                case.server_chain().iter().skip(1).take(8).find(|it| it.not_after() < now)?;
            // The client may know a way around the expired one: never certain.
            let confidence = refusal.because_of(&WORDS)?.max(Confidence::Likely);
            refusal
                .against(&CAUSE, confidence)
                .frame(
                    "server sends",
                    case.server_chain_frame,
                    format!(
                        "{}, ended {}, beside a leaf that is in date",
                        chain::subject(ended),
                        chain::date(ended.not_after())
                    ),
                )
                .tell(WORDS.tell)
        }
        None => return refusal.unseen(case, &CAUSE, Defect::Expired, &WORDS),
    };
    Some(refusal.told(case, Defect::Expired, finding))
}
