//! The client waited for something between the certificate and its refusal.

use alert::Alert;
use trace::Side;

use super::chain;
use super::refusal::{self, Voice};
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "revocation-unreachable",
    because: "a revocation service that does not answer",
    page: include_str!("revocation-unreachable.md"),
    judge,
};

/// A verdict on a certificate takes milliseconds; seconds are spent on the network.
fn judge(case: &Case<'_>) -> Option<Finding> {
    let refusal = refusal::of_server(case)?;
    let shown = case.session.from_server.first_data?.time;
    let waited = refusal.time.since(shown);
    let vague = [Alert::CERTIFICATE_UNKNOWN, Alert::BAD_CERTIFICATE, Alert::UNKNOWN_CA];
    if waited < PATIENCE || refusal.code().is_some_and(|code| !vague.contains(&code)) {
        return None;
    }
    let place = case
        .server_leaf()
        .and_then(|leaf| leaf.ocsp().first().or(leaf.revocation_lists().first()).copied());
    // There is somebody to ask, nothing else to dislike, and no word about the authority.
    let apt = place.is_some()
        && matches!(refusal.voice, Voice::Alert(code) if code != Alert::UNKNOWN_CA)
        && !chain::is_flawed(case);
    let confidence = if apt { Confidence::Likely } else { Confidence::Possible };
    let finding = refusal.against(&CAUSE, confidence);
    let mut finding = chain::told(case, Side::Server, finding)
        .fact("wait", format!("{} after the server's hello", chain::span(shown, refusal.time)));
    if let Some(place) = place {
        finding = finding.frame("asks at", case.server_chain_frame, chain::cut(place));
    }
    let finding = finding.tell("connections from this client to that address in the same seconds");
    Some(refusal.told(case, None, finding))
}

/// Nanoseconds that no ordinary verdict takes.
const PATIENCE: i64 = 4_000_000_000;
