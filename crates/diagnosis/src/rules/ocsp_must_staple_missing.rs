//! The certificate promises a stapled OCSP response, and none came, or a bad one.

use alert::Alert;
use trace::Side;
use wire::{ExtensionType, HandshakeType};

use super::chain;
use super::refusal::{self, Voice};
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "ocsp-must-staple-missing",
    because: "a stapled OCSP response that is missing, or is not good",
    page: include_str!("ocsp-must-staple-missing.md"),
    judge,
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    if let Some(alert) = case
        .alert
        .as_ref()
        .filter(|_| case.refused_with(Side::Client, &[Alert::BAD_CERTIFICATE_STATUS_RESPONSE]))
    {
        let finding = Finding::new(&CAUSE, Confidence::Certain, Some(Side::Client)).at(
            "client says",
            alert,
            "113 bad_certificate_status_response",
        );
        return Some(stapled(case, finding));
    }
    let refusal = refusal::of_server(case)?;
    let confidence = match refusal.voice {
        Voice::Alert(Alert::BAD_CERTIFICATE | Alert::CERTIFICATE_UNKNOWN) => Confidence::Likely,
        Voice::Silent => Confidence::Likely,
        _ => return None,
    };
    let (hello, leaf) = (case.client_hello.as_ref()?, case.server_leaf()?);
    let status = HandshakeType::CERTIFICATE_STATUS;
    let stapled = case.session.handshakes(Side::Server, status).next().is_some();
    // TLS 1.3 puts the response into the Certificate message, which is read as far as its
    // certificates here.
    if refusal.tls13
        || stapled
        || !leaf.must_staple()
        || !hello.what.has(ExtensionType::STATUS_REQUEST)
        || chain::is_flawed(case)
    {
        return None;
    }
    let finding = refusal
        .against(&CAUSE, confidence)
        .frame(
            "server sends",
            case.server_chain_frame,
            format!("{}, which must come with an OCSP response", chain::subject(leaf)),
        )
        .fact("server sends", "no CertificateStatus, though the client asked for one")
        .tell("openssl s_client -status shows whether a response is stapled");
    Some(refusal.told(case, None, finding))
}

/// Adds whether a response was seen.
fn stapled(case: &Case<'_>, finding: Finding) -> Finding {
    let response = case.session.handshakes(Side::Server, HandshakeType::CERTIFICATE_STATUS).next();
    match response {
        Some(seen) => finding.at(
            "server sends",
            &seen,
            format!("a CertificateStatus of {} bytes", seen.what.len()),
        ),
        None => finding,
    }
}

#[cfg(test)]
mod tests {
    use super::super::story::{Hello, Story};
    use super::*;

    /// 113 says by itself what it is about.
    #[test]
    fn the_alert_says_it() {
        let findings = Story::new()
            .client_hello(&Hello::tls12())
            .server_hello(0x0303, 0xc02f, &[(0xff01, vec![0])])
            .handshake(Side::Server, HandshakeType::CERTIFICATE, &[0, 0, 0])
            .alert(Side::Client, Alert::BAD_CERTIFICATE_STATUS_RESPONSE)
            .judge();
        assert_eq!(findings[0].cause.slug, CAUSE.slug);
        assert_eq!(findings[0].confidence, Confidence::Certain);
    }
}
