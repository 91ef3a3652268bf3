//! A header of the PROXY protocol, sent to a server that expects TLS.

use alert::Alert;
use trace::{Carrier, Outcome, Side};

use super::plaintext_http_on_tls_port::judge_as;
use super::protocol::describe;
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "proxy-protocol-mismatch",
    because: "a PROXY header that the server does not expect",
    page: include_str!("proxy-protocol-mismatch.md"),
    judge,
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    if case.session.carrier != Carrier::ProxyProtocol {
        return None;
    }
    passed_on(case).or_else(|| judge_as(&CAUSE, case))
}

/// A balancer that passes a client's TLS on behind its header, and a server that never answers in
/// kind.
fn passed_on(case: &Case<'_>) -> Option<Finding> {
    let hello = case.client_hello.as_ref()?;
    let header = case.session.plaintext(Side::Client)?;
    let answer = case.session.plaintext(Side::Server);
    let confidence = match case.session.outcome {
        _ if case.server_hello.is_some() => return None,
        Outcome::Plaintext(Side::Server) if case.speaks_tls().is_some() => Confidence::Certain,
        Outcome::Plaintext(Side::Server) => Confidence::Likely,
        Outcome::Closed(Side::Server) if answer.is_some() => Confidence::Likely,
        // Codes for bytes that are no TLS. A server that had taken the header off would have read
        // a ClientHello.
        Outcome::Alert(_) if case.refused_with(Side::Server, NO_TLS) => Confidence::Likely,
        Outcome::Closed(Side::Server) | Outcome::Reset(Side::Server) => Confidence::Possible,
        _ => return None,
    };
    let finding = Finding::new(&CAUSE, confidence, Some(Side::Server))
        .at("client sends", &header, describe(header.what))
        .at("then", hello, "a ClientHello");
    let finding = match (answer, &case.alert) {
        (Some(answer), _) => finding.at("server says", &answer, describe(answer.what)),
        (_, Some(alert)) => {
            finding.at("server sends", alert, format!("a TLS alert, {}", alert.what.1.alert))
        }
        _ => finding.fact("server", "leaves without a word of TLS"),
    };
    Some(match case.speaks_tls() {
        Some(frame) => finding.frame("control", frame, "the same port speaks TLS with others"),
        None => finding.tell("the server's setup says whether it expects a PROXY header"),
    })
}

/// What servers say to bytes that are no TLS record, as measured.
const NO_TLS: &[Alert] = &[Alert::UNEXPECTED_MESSAGE, Alert::RECORD_OVERFLOW, Alert::DECODE_ERROR];

#[cfg(test)]
mod tests {
    use super::super::story::Hello;
    use super::super::story::Story;
    use super::*;
    use trace::Message;

    /// A ClientHello behind the header, and an alert for bytes that are no TLS: the header is what
    /// the server read.
    #[test]
    fn a_hello_behind_the_header_is_not_to_blame() {
        let header = b"PROXY TCP4 192.0.2.7 192.0.2.10 50000 443\r\n".as_slice();
        let story = |alert| {
            Story::new()
                .says(Side::Client, Message::Plaintext(header.into()))
                .client_hello(&Hello::default())
                .with(|session| session.carrier = Carrier::ProxyProtocol)
                .alert(Side::Server, alert)
                .judge()
        };
        let findings = story(Alert::UNEXPECTED_MESSAGE);
        assert_eq!(findings[0].cause.slug, CAUSE.slug);
        assert_eq!(findings[0].confidence, Confidence::Likely);
        let other = story(Alert::UNRECOGNIZED_NAME);
        assert!(other.iter().all(|finding| finding.cause.slug != CAUSE.slug));
    }

    /// The header is named, and it is not taken for any other plaintext.
    #[test]
    fn the_header_is_named() {
        let header = b"PROXY TCP4 192.0.2.7 192.0.2.10 50000 443\r\n".as_slice();
        let findings = Story::new()
            .says(Side::Client, Message::Plaintext(header.into()))
            .with(|session| session.carrier = Carrier::ProxyProtocol)
            .ends(Outcome::NotTls)
            .judge();
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].cause.slug, CAUSE.slug);
    }
}
