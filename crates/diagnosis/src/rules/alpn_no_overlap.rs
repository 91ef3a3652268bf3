//! No application protocol in common.

use alert::Alert;
use trace::{Carrier, Message, Side};

use super::hello::{Refusal, listing};
use crate::{CONTROL, Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "alpn-no-overlap",
    because: "application protocols (ALPN) that do not overlap",
    page: include_str!("alpn-no-overlap.md"),
    judge,
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    let quic = case.session.carrier == Carrier::Quic;
    // Over QUIC the client says so, too: where the server goes on without a protocol (RFC 9001, 8.1).
    let codes = [Alert::NO_APPLICATION_PROTOCOL];
    let by_client = quic && case.refused_with(Side::Client, &codes);
    let said = case.refused_with(Side::Server, &codes) || by_client;
    // Go looks at ALPN after its ServerHello: then the alert is its first encrypted record.
    let hidden = Refusal::hidden(case).is_some() && first_encrypted(case);
    let hello = case.client_hello?;
    let offered: Vec<String> = hello.what.alpn().map(text).collect();
    let confidence = match (said, offered.is_empty()) {
        (true, false) => Confidence::Certain,
        (true, true) => Confidence::Possible,
        (false, false) if hidden => Confidence::Likely,
        _ => return None,
    };
    let says = match offered.as_slice() {
        [] => "no ALPN at all".into(),
        list => format!("ALPN {}", listing(list, 5)),
    };
    let by = if by_client { Side::Client } else { Side::Server };
    let mut finding = Finding::new(&CAUSE, confidence, Some(by)).at("client offers", &hello, says);
    // What a server takes over TCP says nothing of QUIC.
    let server = case.server().filter(|_| !quic);
    if let Some((protocol, frame)) = server.and_then(|server| server.protocols.first()) {
        finding =
            finding.frame(CONTROL, *frame, format!("it takes {} from others", text(protocol)));
    } else if by_client {
        finding = finding.fact("server takes", "none of these: alert 120 of the client says so");
    } else if said {
        finding = finding.fact("server takes", "none of these: its alert 120 says so");
    }
    if let Some(alert) = case.likely_alert {
        finding =
            finding.at("server sends", &alert, "an encrypted alert right after its ServerHello");
    }
    Some(match confidence {
        Confidence::Certain => finding,
        _ => finding.tell("the client's log has the code: 120 means this"),
    })
}

/// Whether the alert is the first thing that the server encrypted.
fn first_encrypted(case: &Case<'_>) -> bool {
    let first = case.event(Side::Server, |message| matches!(message, Message::Encrypted));
    first.zip(case.likely_alert).is_some_and(|(first, alert)| first.event == alert.event)
}

fn text(protocol: &[u8]) -> String {
    String::from_utf8_lossy(protocol).into_owned()
}

#[cfg(test)]
mod tests {
    use super::super::story::{Hello, Story};
    use super::*;

    /// Alert 120 speaks for itself; the offer is quoted.
    #[test]
    fn the_offer_is_quoted() {
        let hello = Hello { alpn: vec!["h1"], ..Hello::default() };
        let story =
            Story::new().client_hello(&hello).alert(Side::Server, Alert::NO_APPLICATION_PROTOCOL);
        let findings = story.judge();
        assert_eq!(findings[0].cause.slug, CAUSE.slug);
        assert_eq!(findings[0].confidence, Confidence::Certain);
        assert_eq!(findings[0].evidence[0].says, "ALPN h1");
    }
}
