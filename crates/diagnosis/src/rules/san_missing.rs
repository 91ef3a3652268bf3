//! The server's certificate has its name only where modern clients no longer look.

use alert::Alert;

use super::chain;
use super::refusal::{self, Words};
use crate::dialect::Defect;
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "san-missing",
    because: "a server certificate without subjectAltName",
    page: include_str!("san-missing.md"),
    judge,
};

const WORDS: Words = Words {
    just: &[],
    maybe: &[Alert::BAD_CERTIFICATE, Alert::CERTIFICATE_UNKNOWN],
    usual: false,
    plain: false,
    tell: "openssl s_client, which still looks at the common name, connects",
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    let refusal = refusal::of_server(case)?;
    let leaf = case.server_leaf()?;
    if !chain::is_nameless(case) {
        return None;
    }
    let suspected =
        if chain::reads_common_names(case) { Confidence::Possible } else { Confidence::Likely };
    let confidence = refusal.because_of(&WORDS)?.max(suspected);
    let finding = refusal
        .against(&CAUSE, confidence)
        .frame(
            "server sends",
            case.server_chain_frame,
            format!("{}, without subjectAltName", chain::subject(leaf)),
        )
        .tell(WORDS.tell);
    Some(refusal.told(case, Defect::Name, finding))
}
