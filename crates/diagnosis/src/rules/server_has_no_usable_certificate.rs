//! A server that refuses everybody for want of a certificate.

use alert::Alert;
use trace::Side;

use super::hello::{Refusal, is_wide};
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "server-has-no-usable-certificate",
    because: "a server that has no certificate it can use",
    page: include_str!("server-has-no-usable-certificate.md"),
    judge,
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    let refusal = Refusal::of(case)?;
    let codes = [Alert::HANDSHAKE_FAILURE, Alert::INTERNAL_ERROR, Alert::UNRECOGNIZED_NAME];
    let server = case.server()?;
    if !refusal.is(&codes) || server.answered > 0 || !is_wide(&refusal.hello.what) {
        return None;
    }
    // 40 to an offer that everybody takes leaves little else; 80 and 112 have other reasons, and so
    // has a refusal of one version alone.
    let hello = refusal.hello.what;
    let both = hello.offers_tls13() && hello.lowest_version().is_some_and(|v| !v.is_tls13());
    let confidence = match refusal.alert {
        Some(Alert::HANDSHAKE_FAILURE) if both => Confidence::Likely,
        _ => Confidence::Possible,
    };
    let finding = Finding::new(&CAUSE, confidence, Some(Side::Server)).at(
        "client offers",
        &refusal.hello,
        "what any server takes: usual suites, groups, RSA and EC signatures",
    );
    let finding = match server.turned_away {
        0 | 1 => finding,
        n => finding.fact("control", format!("it refused {n} ClientHellos and took none")),
    };
    Some(finding.tell("the server's log, or its keystore: a certificate with its private key"))
}

#[cfg(test)]
mod tests {
    use super::super::story::{Hello, Story};
    use super::*;

    /// 40 to an offer that fits everybody; a server that served somebody is acquitted.
    #[test]
    fn a_server_that_takes_nobody_has_no_certificate() {
        let refused = || {
            let hello = Hello::default();
            Story::new().client_hello(&hello).alert(Side::Server, Alert::HANDSHAKE_FAILURE)
        };
        let findings = refused().judge_among([refused()]);
        assert_eq!(findings[0].cause.slug, CAUSE.slug);
        assert_eq!(findings[0].confidence, Confidence::Likely);
        let served = Story::new()
            .client_hello(&Hello::default())
            .server_hello(0x0304, 0x1301, &[])
            .ends(trace::Outcome::Established);
        let findings = refused().judge_among([served]);
        assert!(findings.iter().all(|found| found.cause.slug != CAUSE.slug));
    }
}
