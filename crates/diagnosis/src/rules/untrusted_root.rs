//! A root that the client does not trust.

use ::chain::Flaw;
use alert::Alert;
use trace::Side;

use super::chain::{Absent, End};
use super::refusal::{self, Words};
use super::{chain, hostname_mismatch, tls_interception_untrusted};
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
    tell: "on the client: openssl s_client -connect HOST:PORT -CAfile ROOT.pem says OK where only the root was missing",
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
    let end = chain::end(case, Side::Server)?;
    let trusted = chain::is_trusted(case, Side::Server);
    let missing = match end {
        End::Leaf => return None,
        End::Open(0) => {
            case.server_chain().len() > 1
                || matches!(chain::absent(leaf), Absent::Named | Absent::Fetched)
        }
        End::Open(_) | End::Root(_) => false,
    };
    let suspected = match trusted {
        // Whoever refused trusts nothing at the end of this chain, and nothing else is wrong.
        Some(false) if !missing && is_known(case, end) => Confidence::Certain,
        // What every verifier refuses comes before what one does not trust.
        _ if missing || is_broken(case) => Confidence::Possible,
        _ if vague && hostname_mismatch::dialled(case).is_some() => Confidence::Possible,
        _ => Confidence::Likely,
    };
    let confidence = refusal.because_of(&WORDS)?.max(suspected);
    let confidence = refusal.weighed(case, Defect::Authority, confidence);
    let finding = chain::told(case, refusal.by.other(), refusal.against(&CAUSE, confidence));
    let finding = match end {
        End::Root(at) => match case.server_chain().get(at) {
            Some(root) => finding.frame(
                "its root",
                case.server_chain_frame,
                format!("{}, sent along, so its place is known", chain::subject(root)),
            ),
            None => finding,
        },
        End::Open(at) if at > 0 => match case.server_chain().get(at) {
            Some(last) => finding.frame(
                "its root",
                case.server_chain_frame,
                format!("{}, not sent, as is usual", chain::issuer(last)),
            ),
            None => finding,
        },
        _ => finding,
    };
    let finding = match trusted {
        Some(true) => finding.fact("trust", "the given anchors hold its root; the client's do not"),
        Some(false) => finding.fact("trust", "none of the given anchors is at its end"),
        None => finding,
    };
    let finding = chain::ordered(case, Side::Server, finding).tell(WORDS.tell);
    Some(refusal.told(case, Defect::Authority, finding))
}

/// Whether the root was sent and nothing else is wrong with the chain. What an authority is called
/// is no proof that it is a root.
fn is_known(case: &Case<'_>, end: End) -> bool {
    matches!(end, End::Root(_)) && !is_broken(case)
}

/// Whether every verifier must refuse the chain for a flaw that some call an unknown authority too.
fn is_broken(case: &Case<'_>) -> bool {
    let broken = |flaw: &Flaw| {
        matches!(
            flaw,
            Flaw::BadSignature
                | Flaw::NotAnAuthority
                | Flaw::MayNotSign
                | Flaw::OtherAuthority
                | Flaw::PathTooLong { .. }
                | Flaw::NotPermitted { .. }
                | Flaw::Excluded { .. }
        )
    };
    chain::flaw(case, Side::Server, broken).is_some()
}
