//! More authorities stand in the server's chain than one of them allows below it.

use ::chain::Flaw;
use alert::Alert;
use trace::Side;

use super::chain;
use super::refusal::{self, Words};
use crate::dialect::Defect;
use crate::{Case, Cause, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "path-length-exceeded",
    because: "more authorities in the server's chain than one of them allows",
    page: include_str!("path-length-exceeded.md"),
    judge,
};

const WORDS: Words = Words {
    just: &[],
    maybe: &[Alert::UNKNOWN_CA, Alert::BAD_CERTIFICATE, Alert::CERTIFICATE_UNKNOWN],
    usual: false,
    plain: true,
    tell: "openssl verify -untrusted chain.pem leaf.pem says path length constraint exceeded",
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    let refusal = refusal::of_server(case)?;
    let too_long = |flaw: &Flaw| matches!(flaw, Flaw::PathTooLong { .. });
    let (authority, flaw) = chain::flaw(case, Side::Server, too_long)?;
    let Flaw::PathTooLong { most, has } = flaw else { return None };
    let confidence = refusal.because_of_chain(case, Defect::Authority, &WORDS, too_long)?;
    let most = match most {
        0 => "no authority".to_owned(),
        1 => "1 authority".to_owned(),
        more => format!("{more} authorities"),
    };
    let finding = chain::told(case, Side::Server, refusal.against(&CAUSE, confidence))
        .frame(
            "its authority",
            case.server_chain_frame,
            format!("{}, allows {most} below it and has {has}", chain::subject(authority)),
        )
        .tell(WORDS.tell);
    Some(refusal.told(case, Defect::Authority, finding))
}
