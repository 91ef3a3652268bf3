//! A certificate that only lenient verifiers take.

use alert::Alert;
use trace::Side;
use wire::Certificate;

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

/// What keeps a certificate from a verifier that is strict.
enum Flaw {
    /// A critical extension that verifiers do not know: all of them must refuse.
    Critical(String),
    /// No authorityKeyIdentifier: only strict verifiers refuse.
    NoAuthorityKey,
}

fn judge(case: &Case<'_>) -> Option<Finding> {
    let refusal = refusal::of_server(case)?;
    match refusal.voice {
        Voice::Silent | Voice::Alert(Alert::CERTIFICATE_UNKNOWN | Alert::BAD_CERTIFICATE) => {}
        _ => return None,
    }
    let (flawed, flaw) = flaw(case.server_chain())?;
    if chain::is_flawed(case) {
        return None;
    }
    let openssl = case.stack(Side::Client).is_some_and(|guess| guess.stack == Stack::OpenSsl);
    let confidence = match (&flaw, refusal.voice) {
        (_, Voice::Alert(Alert::CERTIFICATE_UNKNOWN)) => Confidence::Likely,
        (Flaw::Critical(_), Voice::Alert(Alert::BAD_CERTIFICATE)) if !openssl => Confidence::Likely,
        (Flaw::Critical(_), Voice::Silent) => Confidence::Possible,
        _ => return None,
    };
    // OpenSSL, told to be strict, says 46 to this and to little else; others overlook it.
    if matches!(flaw, Flaw::NoAuthorityKey) && !openssl {
        return None;
    }
    let says = match flaw {
        Flaw::Critical(oid) => format!("an unknown critical extension, {oid}"),
        Flaw::NoAuthorityKey => "no authorityKeyIdentifier".to_owned(),
    };
    let finding = refusal
        .against(&CAUSE, confidence)
        .frame(
            "server sends",
            case.server_chain_frame,
            format!("{}, with {says}", chain::subject(flawed)),
        )
        .tell("openssl verify -x509_strict names the rule");
    Some(refusal.told(case, None, finding))
}

/// The first flaw in a chain; a root is trusted for itself.
fn flaw<'c, 'a>(chain: &'c [Certificate<'a>]) -> Option<(&'c Certificate<'a>, Flaw)> {
    let looked_at = || chain.iter().take(8).filter(|it| !it.is_self_issued());
    let critical = looked_at().find_map(|it| {
        it.unknown_critical().into_iter().next().map(|oid| (it, Flaw::Critical(oid)))
    });
    critical.or_else(|| {
        let bare = looked_at().find(|it| it.authority_key_id().is_none())?;
        Some((bare, Flaw::NoAuthorityKey))
    })
}
