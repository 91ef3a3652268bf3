//! A certificate that only lenient verifiers take.

use ::chain::{Flaw, Weight};
use alert::Alert;
use trace::Side;

use super::chain;
use super::refusal::{self, Voice};
use crate::dialect::Stack;
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "x509-strict",
    because: "a server certificate that breaks a rule of RFC 5280, which this client checks",
    page: include_str!("x509-strict.md"),
    judge,
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    let refusal = refusal::of_server(case)?;
    match refusal.voice {
        Voice::Silent
        | Voice::Alert(
            Alert::CERTIFICATE_UNKNOWN | Alert::BAD_CERTIFICATE | Alert::UNSUPPORTED_CERTIFICATE,
        ) => {}
        _ => return None,
    }
    // The one that all verifiers refuse, and else the first of those that strict ones do.
    let strict = |flaw: &Flaw| flaw.weight() == Weight::Strict;
    let (flawed, flaw) = chain::flaw(case, Side::Server, is_critical)
        .or_else(|| chain::flaw(case, Side::Server, strict))?;
    if chain::is_flawed(case) {
        return None;
    }
    let openssl = case.stack(Side::Client).is_some_and(|guess| guess.stack == Stack::OpenSsl);
    let confidence = match (flaw, refusal.voice) {
        (_, Voice::Alert(Alert::CERTIFICATE_UNKNOWN)) => Confidence::Likely,
        (Flaw::UnknownCritical(_), Voice::Alert(_)) if !openssl => Confidence::Likely,
        (Flaw::UnknownCritical(_), Voice::Silent) => Confidence::Possible,
        _ => return None,
    };
    // OpenSSL, told to be strict, says 46 to this and to little else; others overlook it.
    if !is_critical(flaw) && !openssl {
        return None;
    }
    let finding = refusal
        .against(&CAUSE, confidence)
        .frame(
            "server sends",
            case.server_chain_frame,
            format!("{}: it {flaw}", chain::subject(flawed)),
        )
        .tell("openssl verify -x509_strict names the rule");
    Some(refusal.told(case, None, finding))
}

/// A critical extension that verifiers do not know: all of them must refuse.
fn is_critical(flaw: &Flaw) -> bool {
    matches!(flaw, Flaw::UnknownCritical(_))
}
