//! The authority has withdrawn the certificate.

use alert::Alert;
use trace::Side;
use wire::OcspState;

use super::refusal::{self, Words};
use super::{chain, staple};
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "revoked",
    because: "a certificate that its authority has revoked",
    page: include_str!("revoked.md"),
    judge,
};

const WORDS: Words = Words {
    just: &[Alert::BAD_CERTIFICATE_STATUS_RESPONSE],
    maybe: &[Alert::BAD_CERTIFICATE, Alert::CERTIFICATE_UNKNOWN, Alert::UNSUPPORTED_CERTIFICATE],
    usual: false,
    plain: true,
    tell: "openssl s_client -status shows what the server staples",
};

/// The alert says it in so many words; the certificate, if it was seen, says which. A server may
/// even pass on what the authority says of it.
fn judge(case: &Case<'_>) -> Option<Finding> {
    let Some(seen) = case.alert.as_ref().filter(|seen| {
        seen.what.1.alert == Alert::CERTIFICATE_REVOKED && case.server_hello.is_some()
    }) else {
        return by_staple(case);
    };
    let (by, _) = seen.what;
    let label = if by == Side::Client { "client says" } else { "server says" };
    let finding = Finding::new(&CAUSE, Confidence::Certain, Some(by));
    let finding = chain::told(case, by.other(), finding);
    let finding = match staple::of(case).filter(|_| by == Side::Client) {
        Some(response) => finding.at("server sends", &response, staple::told(case, &response.what)),
        None => finding,
    };
    Some(finding.at(label, seen, "44 certificate_revoked"))
}

/// The client refuses with another code, and the server has stapled that its certificate is revoked:
/// nobody who reads that goes on.
fn by_staple(case: &Case<'_>) -> Option<Finding> {
    let refusal = refusal::of_server(case)?;
    let response = staple::of(case)?;
    let answer = staple::answer(case, &response.what)?;
    if !matches!(answer.state, OcspState::Revoked(_)) {
        return None;
    }
    let confidence = refusal.because_of(&WORDS)?;
    let finding = chain::told(case, Side::Server, refusal.against(&CAUSE, confidence));
    let finding =
        finding.at("server sends", &response, staple::told(case, &response.what)).tell(WORDS.tell);
    Some(refusal.told(case, None, finding))
}
