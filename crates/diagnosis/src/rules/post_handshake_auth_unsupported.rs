//! The server asks for a client certificate after the request, and the client cannot answer that.

use trace::{Message, Side};
use wire::ExtensionType;

use super::backend_down_behind_lb::unanswered;
use crate::docket::cut_at_request;
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "post-handshake-auth-unsupported",
    because: "a client certificate that the server wants after the request, which this client \
              cannot show",
    page: include_str!("post-handshake-auth-unsupported.md"),
    judge,
};

/// A server that wants a certificate for one page alone learns only from the request that it needs
/// one. In TLS 1.3 it may then ask none but a client that offered post_handshake_auth
/// (RFC 9846, 4.6.2); with any other it can only give up.
fn judge(case: &Case<'_>) -> Option<Finding> {
    let (hello, answer) = (case.client_hello.as_ref()?, case.server_hello.as_ref()?);
    if !answer.what.version().is_tls13()
        || hello.what.cut.is_some()
        || hello.what.has(ExtensionType::POST_HANDSHAKE_AUTH)
    {
        return None;
    }
    let (request, end) = cut_at_request(case.session)?;
    let offers = case.server().map(|server| server.offers.as_slice()).unwrap_or_default();
    // Who could be asked later got through: then it is not the server that is ill.
    let asked = offers.iter().find(|offer| offer.post_handshake_auth || !offer.tls13);
    // Programs that wanted a certificate were seen to drop the connection, and balancers without a
    // backend to say goodbye first.
    if asked.is_none() && says_goodbye(case) {
        return None;
    }
    let confidence = if asked.is_some() { Confidence::Likely } else { Confidence::Possible };
    let finding = Finding::new(&CAUSE, confidence, Some(Side::Server))
        .at("client offers", hello, "no post_handshake_auth in its ClientHello")
        .at("client sends", &request, format!("its request, {} bytes", request.what.length))
        .at("server sends", &end, "no answer: it ends the connection");
    let finding = match asked {
        Some(offer) => finding.frame(
            "control",
            offer.frame,
            match offer.post_handshake_auth {
                true => "a client that offers it got an answer",
                false => "a client without TLS 1.3 got an answer",
            },
        ),
        None => finding,
    };
    Some(finding.tell("with TLS 1.2 at most (curl --tls-max 1.2) the same request is answered"))
}

/// Whether the server's end is a close_notify, by its size, in front of its FIN.
fn says_goodbye(case: &Case<'_>) -> bool {
    let end = unanswered(case.session).map(|(_, end)| end);
    end.is_some_and(|end| matches!(end.what.message, Message::Encrypted))
}

#[cfg(test)]
mod tests {
    use super::super::story::{Hello, Story};
    use super::*;
    use trace::Outcome;

    fn record(story: Story, side: Side, length: u32) -> Story {
        story
            .says(side, Message::Encrypted)
            .with(|session| session.events.last_mut().unwrap().length = length)
    }

    fn asks(hello: &Hello) -> Story {
        let story = Story::new().client_hello(hello).server_hello(0x0304, 0x1301, &[]);
        let story = record(record(story, Side::Server, 900), Side::Client, 53);
        record(record(story, Side::Server, 250), Side::Client, 120)
    }

    fn found(findings: &[Finding]) -> Option<Confidence> {
        findings.iter().find(|it| it.cause.slug == CAUSE.slug).map(|it| it.confidence)
    }

    /// A server that ends the connection at the request may have wanted a certificate; one that
    /// answers did not, and a client that can be asked is not refused for that.
    #[test]
    fn no_answer_to_the_request() {
        let cut = |story: Story| story.says(Side::Server, Message::Fin).ends(Outcome::Established);
        assert_eq!(found(&cut(asks(&Hello::default())).judge()), Some(Confidence::Possible));
        let answered = record(asks(&Hello::default()), Side::Server, 500);
        assert_eq!(found(&cut(answered).judge()), None);
        let able = Hello { extensions: vec![(49, Vec::new())], ..Hello::default() };
        assert_eq!(found(&cut(asks(&able)).judge()), None);
        let answered = record(asks(&able), Side::Server, 500).ends(Outcome::Established);
        let among = cut(asks(&Hello::default())).judge_among([answered]);
        assert_eq!(found(&among), Some(Confidence::Likely));
    }
}
