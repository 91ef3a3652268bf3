//! The server chose no protocol, and the client does not go on without.

use trace::{Outcome, Side};

use super::hello::listing;
use crate::docket::left_at_once;
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "alpn-not-selected",
    because: "a server that chose none of the offered protocols (ALPN), which the client insists on",
    page: include_str!("alpn-not-selected.md"),
    judge,
};

/// Only TLS 1.2 shows whether a protocol was chosen.
fn judge(case: &Case<'_>) -> Option<Finding> {
    let (hello, answer) = (case.client_hello.as_ref()?, case.server_hello.as_ref()?);
    let protocols: Vec<&[u8]> = hello.what.alpn().collect();
    if case.session.outcome != Outcome::Established
        || answer.what.version().is_tls13()
        || answer.what.alpn().is_some()
        || protocols.is_empty()
        || !left_at_once(case.session)
    {
        return None;
    }
    // Who uses this server at other times does not insist.
    let client = case.session.client.host();
    if case.server().is_some_and(|server| server.clients.contains(&client)) {
        return None;
    }
    // Who would also speak HTTP/1.1 does not need an answer, who speaks HTTP/2 alone does.
    let insists = protocols.iter().all(|name| *name == b"h2");
    let confidence = if insists { Confidence::Likely } else { Confidence::Possible };
    let offered: Vec<_> = protocols.iter().map(|name| String::from_utf8_lossy(name)).collect();
    let finding = Finding::new(&CAUSE, confidence, Some(Side::Client))
        .at("client offers", hello, format!("ALPN {}", listing(&offered, 3)))
        .at("server takes", answer, "none of them, and goes on")
        .fact("client sends", "nothing: it leaves right after the handshake");
    let finding = match case.server().and_then(|server| server.protocols.first()) {
        Some((protocol, frame)) => finding.frame(
            "control",
            *frame,
            format!("the server chose {} in another", String::from_utf8_lossy(protocol)),
        ),
        None => finding,
    };
    Some(finding.tell("openssl s_client -alpn h2 | grep ALPN"))
}

#[cfg(test)]
mod tests {
    use super::super::story::{Hello, Story};
    use super::*;
    use trace::Message;
    use wire::HandshakeType;

    fn leaves(offered: &[&'static str], chosen: &[(u16, Vec<u8>)]) -> Option<Confidence> {
        let findings = Story::new()
            .client_hello(&Hello { alpn: offered.to_vec(), ..Hello::tls12() })
            .server_hello(0x0303, 0xc02f, chosen)
            .handshake(Side::Server, HandshakeType::CERTIFICATE, &[0, 0, 0])
            .says(Side::Client, Message::EncryptedHandshake)
            .says(Side::Server, Message::EncryptedHandshake)
            .says(Side::Client, Message::Fin)
            .ends(Outcome::Established)
            .judge();
        findings.iter().find(|it| it.cause.slug == CAUSE.slug).map(|it| it.confidence)
    }

    /// A client of HTTP/2 alone that leaves without a protocol insists on one; where one was chosen,
    /// or none was offered, that is not why it left.
    #[test]
    fn who_offers_one_protocol_insists_on_it() {
        assert_eq!(leaves(&["h2"], &[]), Some(Confidence::Likely));
        assert_eq!(leaves(&["h2", "http/1.1"], &[]), Some(Confidence::Possible));
        assert_eq!(leaves(&["h2"], &[(16, vec![0, 3, 2, b'h', b'2'])]), None);
        assert_eq!(leaves(&[], &[]), None);
    }
}
