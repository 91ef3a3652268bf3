//! A server of RDP and its client do not agree on how to protect the connection.

use trace::{Answer, Carrier, Request, Side};

use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "rdp-negotiation-failure",
    because: "RDP sides that do not agree on their protection",
    page: include_str!("rdp-negotiation-failure.md"),
    judge,
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    let session = case.session;
    if session.carrier != Carrier::Rdp {
        return None;
    }
    let denial = case.denial()?;
    let offered = match session.request() {
        Some(Request::Rdp(protections)) => protections,
        // Old clients know no negotiation.
        _ => 0,
    };
    let (asks, answer) = (session.plaintext(Side::Client)?, session.plaintext(Side::Server)?);
    let (confidence, says, remedy) = match denial.answer {
        Answer::Rdp(code) => {
            let (name, remedy) = explain(code);
            (Confidence::Certain, format!("code {code}, {name}"), remedy)
        }
        // A client that is content with that goes on.
        _ => (
            Confidence::Likely,
            "RDP's own encryption, and the client leaves".to_owned(),
            "let the server offer TLS: Windows policy \"Require use of specific security layer\"",
        ),
    };
    let finding = Finding::new(&CAUSE, confidence, Some(Side::Server))
        .at("client offers", &asks, offer(offered))
        .at("server says", &answer, says)
        .fact("remedy", remedy);
    Some(match confidence {
        Confidence::Certain => finding,
        _ => finding.tell("the client's log says whether it insists on TLS"),
    })
}

/// The name of a code, what it means, and what helps (MS-RDPBCGR, 2.2.1.2.2).
fn explain(code: u32) -> (&'static str, &'static str) {
    match code {
        1 => (
            "SSL_REQUIRED_BY_SERVER: the server wants TLS, the client did not offer it",
            "let the client offer TLS (FreeRDP: /sec:tls, or no /sec at all)",
        ),
        2 => (
            "SSL_NOT_ALLOWED_BY_SERVER: the server takes only RDP's own encryption",
            "let the server take TLS (security layer Negotiate), or the client do without",
        ),
        3 => (
            "SSL_CERT_NOT_ON_SERVER: the server has no certificate",
            "give Remote Desktop a certificate with a key that it may read",
        ),
        4 => (
            "INCONSISTENT_FLAGS: the client's offer contradicts itself",
            "update the client: it offers NLA without TLS, or flags that it may not set",
        ),
        5 => (
            "HYBRID_REQUIRED_BY_SERVER: the server wants Network Level Authentication",
            "let the client offer NLA (FreeRDP: /sec:nla), or the server do without it",
        ),
        6 => (
            "SSL_WITH_USER_AUTH_REQUIRED_BY_SERVER: the server wants TLS with a client certificate",
            "give the client a certificate that the server maps to a user",
        ),
        _ => ("which MS-RDPBCGR does not know", "look into the server's log"),
    }
}

/// The protections that a client offers (MS-RDPBCGR, 2.2.1.1.1).
fn offer(protections: u32) -> String {
    let names = [(1, "TLS"), (2, "CredSSP (NLA)"), (4, "RDSTLS"), (8, "CredSSP with early result")];
    let offered: Vec<&str> =
        names.iter().filter(|(bit, _)| protections & bit != 0).map(|(_, name)| *name).collect();
    if offered.is_empty() { "RDP's own encryption only".to_owned() } else { offered.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::super::story::Story;
    use super::*;
    use trace::{Message, Outcome};

    /// The code is explained, beside what the client offered.
    #[test]
    fn the_code_is_explained() {
        let request = b"\x03\0\0\x13\x0e\xe0\0\0\0\0\0\x01\0\x08\0\x01\0\0\0";
        let failure = b"\x03\0\0\x13\x0e\xd0\0\0\x12\x34\0\x03\0\x08\0\x05\0\0\0";
        let findings = Story::new()
            .says(Side::Client, Message::Plaintext(request.as_slice().into()))
            .says(Side::Server, Message::Plaintext(failure.as_slice().into()))
            .with(|session| session.carrier = Carrier::Rdp)
            .ends(Outcome::NotTls)
            .judge();
        assert_eq!(findings[0].cause.slug, CAUSE.slug);
        assert_eq!(findings[0].evidence[0].says, "TLS");
        assert!(findings[0].evidence[1].says.starts_with("code 5, HYBRID_REQUIRED_BY_SERVER"));
    }

    /// Each code has its own meaning and remedy; a server without TLS is likely why a client leaves
    /// that offered TLS, and a client that offered none has lost nothing.
    #[test]
    fn each_code_has_a_remedy() {
        for code in 1..=6 {
            let (name, remedy) = explain(code);
            assert!(name.contains(": ") && !remedy.is_empty());
            assert!((1..code).all(|other| explain(other) != (name, remedy)));
        }
        let plain = b"\x03\0\0\x13\x0e\xd0\0\0\x12\x34\0\x02\0\x08\0\0\0\0\0";
        let request = |offer: u8| {
            [&b"\x03\0\0\x13\x0e\xe0\0\0\0\0\0\x01\0\x08\0"[..], &[offer, 0, 0, 0]].concat()
        };
        let wants_tls = Story::dialogue(Carrier::Rdp, &request(3), plain).judge();
        assert_eq!(wants_tls[0].confidence, Confidence::Likely);
        assert!(Story::dialogue(Carrier::Rdp, &request(0), plain).judge().is_empty());
    }

    /// A request without negotiation, as old clients send it, offers no TLS; of several protections
    /// each has its name.
    #[test]
    fn an_old_request_offers_nothing() {
        let old = b"\x03\0\0\x0b\x06\xe0\0\0\0\0\0";
        let failure = b"\x03\0\0\x13\x0e\xd0\0\0\x12\x34\0\x03\0\x08\0\x01\0\0\0";
        let findings = Story::dialogue(Carrier::Rdp, old, failure).judge();
        assert_eq!(findings[0].evidence[0].says, "RDP's own encryption only");
        assert_eq!(offer(3), "TLS, CredSSP (NLA)");
    }
}
