//! A server without secure renegotiation.

use alert::Alert;
use trace::{Side, Step};

use super::weak_dh::weak_prime;
use crate::dialect::Stack;
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "legacy-renegotiation-peer",
    because: "a server that does not know secure renegotiation",
    page: include_str!("legacy-renegotiation-peer.md"),
    judge,
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    let (hello, answer) = (case.client_hello?, case.server_hello?);
    let asked = hello.what.has_renegotiation_info();
    if !asked || answer.what.version().is_tls13() || answer.what.has_renegotiation_info() {
        return None;
    }
    // Of a ServerHello that was cut, the extension may be in what is missing, and the version too.
    if !case.is_whole(answer.event) {
        return None;
    }
    if case.step > Step::CertificateRequest || case.refuser() != Some(Side::Client) {
        return None;
    }
    let confidence = match case.alert_from(Side::Client) {
        // A prime that is too short is refused with 40 too, a bad signature with 51.
        Some(Alert::HANDSHAKE_FAILURE) if insists(case) && weak_prime(case).is_none() => {
            Confidence::Certain
        }
        Some(Alert::HANDSHAKE_FAILURE) => Confidence::Likely,
        None => Confidence::Possible,
        Some(_) => return None,
    };
    let version = answer.what.version();
    let finding = Finding::new(&CAUSE, confidence, Some(Side::Client))
        .at("client asks", &hello, "for secure renegotiation (RFC 5746)")
        .at(
            "server takes",
            &answer,
            format!("{version}, no renegotiation_info in its ServerHello"),
        );
    Some(match confidence {
        Confidence::Certain => finding,
        _ => finding.tell("openssl s_client -legacy_server_connect gets further"),
    })
}

/// Whether the client speaks like OpenSSL, or Node.js on it, which refuse such a server by default.
fn insists(case: &Case<'_>) -> bool {
    let stack = case.stack(Side::Client).map(|guess| guess.stack);
    matches!(stack, Some(Stack::OpenSsl | Stack::Node))
}

#[cfg(test)]
mod tests {
    use super::super::story::{Hello, Story};
    use super::*;

    fn answered(extensions: &[(u16, Vec<u8>)]) -> Vec<Finding> {
        Story::new()
            .client_hello(&Hello::tls12())
            .server_hello(0x0303, 0xc02f, extensions)
            .alert(Side::Client, Alert::HANDSHAKE_FAILURE)
            .judge()
    }

    /// A ServerHello of which the capture lacks the end may hold the extension there.
    #[test]
    fn a_cut_answer_proves_nothing() {
        let story = Story::new()
            .client_hello(&Hello::tls12())
            .server_hello(0x0303, 0xc02f, &[])
            .with(|session| session.events.last_mut().unwrap().length += 5)
            .alert(Side::Client, Alert::HANDSHAKE_FAILURE);
        assert!(story.judge().iter().all(|found| found.cause.slug != CAUSE.slug));
    }

    /// OpenSSL refuses such a server by default, and says 40.
    #[test]
    fn a_stack_that_insists_makes_it_certain() {
        let schemes = vec![0, 4, 4, 3, 8, 4];
        let hello = Hello {
            extensions: vec![(0xff01, vec![0]), (22, vec![]), (23, vec![]), (13, schemes)],
            schemes: Vec::new(),
            ..Hello::tls12()
        };
        let findings = Story::new()
            .client_hello(&hello)
            .server_hello(0x0303, 0xc02f, &[])
            .alert(Side::Client, Alert::HANDSHAKE_FAILURE)
            .judge();
        assert_eq!(findings[0].cause.slug, CAUSE.slug);
        assert_eq!(findings[0].confidence, Confidence::Certain);
    }

    /// 40 after a ServerHello without the extension, and only without it.
    #[test]
    fn the_missing_extension_decides() {
        let findings = answered(&[]);
        assert_eq!(findings[0].cause.slug, CAUSE.slug);
        // The hello is of no stack that is known to insist.
        assert_eq!(findings[0].confidence, Confidence::Likely);
        let findings = answered(&[(0xff01, vec![0])]);
        assert!(findings.iter().all(|found| found.cause.slug != CAUSE.slug));
    }
}
