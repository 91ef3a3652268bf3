//! A server of RDP and its client do not agree on how to protect the connection.

use trace::{Carrier, Denial, Side, rdp_failure};

use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "rdp-negotiation-failure",
    because: "RDP sides that do not agree on their protection",
    page: include_str!("rdp-negotiation-failure.md"),
    judge,
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    let session = case.session;
    let Denial::Refused(words) = session.denial()? else { return None };
    if session.carrier != Carrier::Rdp {
        return None;
    }
    let code = rdp_failure(words)?;
    let name = match code {
        1 => "SSL_REQUIRED_BY_SERVER: the server wants TLS, the client did not offer it",
        2 => "SSL_NOT_ALLOWED_BY_SERVER: the server takes only RDP's own encryption",
        3 => "SSL_CERT_NOT_ON_SERVER: the server has no certificate",
        4 => "INCONSISTENT_FLAGS: the client's offer contradicts itself",
        5 => "HYBRID_REQUIRED_BY_SERVER: the server wants Network Level Authentication",
        6 => "SSL_WITH_USER_AUTH_REQUIRED_BY_SERVER: TLS with a client certificate",
        _ => "a code that is not in the specification",
    };
    let asks = session.plaintext(Side::Client)?;
    let answer = session.plaintext(Side::Server)?;
    Some(
        Finding::new(&CAUSE, Confidence::Certain, Some(Side::Server))
            .at("client offers", &asks, offer(asks.what))
            .at("server refuses", &answer, format!("code {code}, {name}")),
    )
}

/// The protocols of the client's request, which stands in the last eight bytes of its packet
/// (MS-RDPBCGR, 2.2.1.1.1).
fn offer(request: &[u8]) -> String {
    let packet = match request {
        [_, _, high, low, ..] => request.get(..usize::from(u16::from_be_bytes([*high, *low]))),
        _ => None,
    };
    let Some([1, _, 8, 0, protocols, ..]) = packet.and_then(<[u8]>::last_chunk::<8>) else {
        return "RDP's own encryption only".to_owned();
    };
    let names = [(1, "TLS"), (2, "CredSSP (NLA)"), (4, "RDSTLS"), (8, "CredSSP with early result")];
    let offered: Vec<&str> =
        names.iter().filter(|(bit, _)| protocols & bit != 0).map(|(_, name)| *name).collect();
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

    /// A request without negotiation, as old clients send it, offers no TLS.
    #[test]
    fn an_old_request_offers_nothing() {
        assert_eq!(offer(b"\x03\0\0\x0b\x06\xe0\0\0\0\0\0"), "RDP's own encryption only");
    }
}
