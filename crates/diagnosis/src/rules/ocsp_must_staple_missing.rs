//! The certificate promises a stapled OCSP response, and none came, or a bad one.

use alert::Alert;
use trace::Side;
use wire::ExtensionType;

use super::refusal::{self, Voice};
use super::{chain, staple};
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
    if !hello.what.has(ExtensionType::STATUS_REQUEST) || chain::is_flawed(case) {
        return None;
    }
    let must = leaf.must_staple();
    let response = staple::of(case);
    let confidence = match &response {
        None if !must => return None,
        Some(seen) if !staple::is_unfit(case, &seen.what) => return None,
        // Few clients mind a response that is of no use where none is needed.
        Some(_) if !must => Confidence::Possible,
        _ => confidence,
    };
    let says = match must {
        true => format!("{}, which must come with an OCSP response", chain::subject(leaf)),
        false => format!("{}, which comes with an OCSP response", chain::subject(leaf)),
    };
    let finding = refusal.against(&CAUSE, confidence);
    let finding = finding.frame("server sends", case.server_chain_frame, says);
    let finding = match response {
        Some(_) => stapled(case, finding),
        None => {
            finding.fact("server sends", "no CertificateStatus, though the client asked for one")
        }
    };
    let finding = finding.tell("openssl s_client -status shows whether a response is stapled");
    Some(refusal.told(case, None, finding))
}

/// Adds the response that was seen, and what is wrong with it.
fn stapled(case: &Case<'_>, finding: Finding) -> Finding {
    match staple::of(case) {
        Some(seen) => finding.at("server sends", &seen, staple::told(case, &seen.what)),
        None => finding,
    }
}

#[cfg(test)]
mod tests {
    use super::super::story::{Hello, Story};
    use wire::HandshakeType;

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
