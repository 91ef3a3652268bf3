//! The client waited for something between the certificate and its refusal.

use alert::Alert;
use trace::Side;

use super::{chain, refusal};
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
    let finding = refusal.against(&CAUSE, Confidence::Possible);
    let mut finding = chain::told(case, Side::Server, finding)
        .fact("wait", format!("{} after the server's hello", chain::span(shown, refusal.time)));
    if let Some(leaf) = case.server_leaf()
        && let Some(place) = leaf.ocsp().first().or(leaf.revocation_lists().first())
    {
        finding = finding.frame("asks at", case.server_chain_frame, chain::cut(place));
    }
    let finding = finding.tell("connections from this client to that address in the same seconds");
    Some(refusal.told(case, None, finding))
}

/// Nanoseconds that no ordinary verdict takes.
const PATIENCE: i64 = 4_000_000_000;
