//! A root that the client does not trust.

use alert::Alert;
use trace::Side;

use super::chain::{Absent, End};
use super::refusal::{self, Words};
use super::{chain, tls_interception_untrusted};
use crate::dialect::Defect;
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "untrusted-root",
    because: "a certificate authority that the client does not trust",
    page: include_str!("untrusted-root.md"),
    judge,
};

const WORDS: Words = Words {
    just: &[Alert::UNKNOWN_CA],
    maybe: &[Alert::BAD_CERTIFICATE, Alert::CERTIFICATE_UNKNOWN],
    usual: true,
    plain: false,
    tell: "with the root in its trust store the client connects",
};

/// The last explanation: the trust store of the client is never visible, so everything that is
/// must be fine first.
fn judge(case: &Case<'_>) -> Option<Finding> {
    let refusal = refusal::of_server(case)?;
    let Some(leaf) = case.server_leaf() else {
        return refusal.unseen(case, &CAUSE, Defect::Authority, &WORDS);
    };
    let vague = refusal.code() != Some(Alert::UNKNOWN_CA);
    if tls_interception_untrusted::interceptor(case).is_some() || (vague && chain::is_flawed(case))
    {
        return None;
    }
    let suspected = match chain::end(case, Side::Server)? {
        End::Leaf => return None,
        End::Open(0) if case.server_chain().len() > 1 => Confidence::Possible,
        End::Open(0) if chain::absent(leaf) == Absent::Intermediate => Confidence::Possible,
        End::Open(_) | End::Root(_) => Confidence::Likely,
    };
    let confidence = refusal.because_of(&WORDS)?.max(suspected);
    let confidence = refusal.weighed(case, Defect::Authority, confidence);
    let finding = chain::told(case, refusal.by.other(), refusal.against(&CAUSE, confidence));
    let finding = match chain::end(case, Side::Server) {
        Some(End::Root(at)) => match case.server_chain().get(at) {
            Some(root) => finding.frame(
                "its root",
                case.server_chain_frame,
                format!("{}, sent along, so its place is known", chain::subject(root)),
            ),
            None => finding,
        },
        Some(End::Open(at)) if at > 0 => match case.server_chain().get(at) {
            Some(last) => finding.frame(
                "its root",
                case.server_chain_frame,
                format!("{}, not sent, as is usual", chain::issuer(last)),
            ),
            None => finding,
        },
        _ => finding,
    };
    let finding = finding.tell(WORDS.tell);
    Some(refusal.told(case, Defect::Authority, finding))
}
