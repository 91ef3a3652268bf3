//! The server's certificate bears a name for which an authority above it may not issue.

use ::chain::Flaw;
use alert::Alert;
use trace::Side;

use super::chain;
use super::refusal::{self, Words};
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "name-constraint-violated",
    because: "a name for which an authority of the server's certificate may not issue",
    page: include_str!("name-constraint-violated.md"),
    judge,
};

const WORDS: Words = Words {
    just: &[],
    maybe: &[
        Alert::CERTIFICATE_UNKNOWN,
        Alert::BAD_CERTIFICATE,
        Alert::UNKNOWN_CA,
        Alert::UNSUPPORTED_CERTIFICATE,
    ],
    usual: false,
    plain: true,
    tell: "openssl verify -untrusted chain.pem leaf.pem says permitted subtree violation",
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    let refusal = refusal::of_server(case)?;
    let broken = |flaw: &Flaw| matches!(flaw, Flaw::NotPermitted { .. } | Flaw::Excluded { .. });
    let (bearer, flaw) = chain::flaw(case, Side::Server, broken)?;
    let (by, name, rule) = match flaw {
        Flaw::NotPermitted { by, name, only } => (by, name, format!("for {only} only")),
        Flaw::Excluded { by, name, within } => (by, name, format!("not for {within}")),
        _ => return None,
    };
    // Every verifier must refuse it. What remains is an authority that the client does not trust:
    // that is excluded where the stack was measured to say something else to it.
    let alone = chain::is_fine_but(case.judgement(Side::Server)?, broken);
    let confidence = match refusal.because_of(&WORDS)? {
        Confidence::Likely if alone && refusal.is_no_distrust(case) => Confidence::Certain,
        confidence => confidence,
    };
    let finding = refusal.against(&CAUSE, confidence).frame(
        "server sends",
        case.server_chain_frame,
        format!("{}, for {}", chain::subject(bearer), chain::cut(name)),
    );
    let finding = match chain::sent(case, Side::Server, *by) {
        Some(authority) => finding.frame(
            "its authority",
            case.server_chain_frame,
            format!("{}, may issue {rule} (nameConstraints)", chain::subject(authority)),
        ),
        None => finding.fact("its authority", format!("may issue {rule} (nameConstraints)")),
    };
    Some(refusal.told(case, None, finding.tell(WORDS.tell)))
}
