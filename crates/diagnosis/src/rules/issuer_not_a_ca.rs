//! A certificate in the chain was issued by one that may not issue any.

use ::chain::Flaw;
use alert::Alert;
use trace::Side;

use super::chain;
use super::refusal::{self, Words};
use crate::dialect::Defect;
use crate::{Case, Cause, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "issuer-not-a-ca",
    because: "an issuer in the server's chain that may not issue certificates",
    page: include_str!("issuer-not-a-ca.md"),
    judge,
};

const WORDS: Words = Words {
    just: &[],
    maybe: &[
        Alert::UNKNOWN_CA,
        Alert::BAD_CERTIFICATE,
        Alert::CERTIFICATE_UNKNOWN,
        Alert::UNSUPPORTED_CERTIFICATE,
        Alert::HANDSHAKE_FAILURE,
    ],
    usual: false,
    plain: true,
    tell: "openssl verify -untrusted chain.pem leaf.pem says invalid CA certificate",
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    let refusal = refusal::of_server(case)?;
    let unfit = |flaw: &Flaw| matches!(flaw, Flaw::NotAnAuthority | Flaw::MayNotSign);
    let (issuer, flaw) = chain::flaw(case, Side::Server, unfit)?;
    let why = match flaw {
        Flaw::MayNotSign => "whose key may not sign certificates (keyUsage)",
        _ => "which is no authority (basicConstraints)",
    };
    let confidence = refusal.because_of_chain(case, Defect::Authority, &WORDS, unfit)?;
    let finding = refusal
        .against(&CAUSE, confidence)
        .frame(
            "server sends",
            case.server_chain_frame,
            format!("the issuer {}, {why}", chain::subject(issuer)),
        )
        .tell(WORDS.tell);
    Some(refusal.told(case, Defect::Authority, finding))
}
