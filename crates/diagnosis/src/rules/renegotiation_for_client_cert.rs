//! The server asked for a client certificate after the request, and the client does not renegotiate.

use alert::Alert;
use trace::{Message, Outcome, Seen, Side};
use wire::HandshakeType;

use super::label::sends;
use super::renegotiation_refused::{answers, refused_renegotiation};
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "renegotiation-for-client-cert",
    because: "a client certificate that the server wants after the request, by a second handshake \
              that the client refuses",
    page: include_str!("renegotiation-for-client-cert.md"),
    judge,
};

/// Up to TLS 1.2 a server that learns only from the request that it needs a certificate asks for a
/// new handshake (HelloRequest; RFC 5246, 7.4.1.1). Why it asks stays hidden: no server that is
/// known has another reason to ask in front of its answer.
fn judge(case: &Case<'_>) -> Option<Finding> {
    let late = late_request(case)?;
    let ended = match case.session.outcome {
        Outcome::Alert(index) => index != late.refusal && answers(case, late.refusal, index),
        _ => case.event(Side::Server, is_end).is_some_and(|end| end.event > late.refusal),
    };
    let confidence = if ended { Confidence::Likely } else { Confidence::Possible };
    let finding = Finding::new(&CAUSE, confidence, Some(Side::Client))
        .frame("client sends", late.request.0, "its request")
        .at(sends(Side::Server), &late.asked, late.asked.what)
        .frame(sends(Side::Client), late.said.0, late.said.1);
    Some(finding.tell(
        "curl, which renegotiates, gets an answer: curl -v --tls-max 1.2 --cert client.pem URL",
    ))
}

/// What is seen when a client refuses to renegotiate after its request.
pub(super) struct LateRequest {
    /// The client's request: frame.
    request: (u64,),
    /// The server's HelloRequest, and how it is known.
    asked: Seen<&'static str>,
    /// The client's refusal: its event,
    refusal: usize,
    /// its frame and its words.
    said: (u64, String),
}

/// The client's request, the server's call for a new handshake, and the client's refusal; `None` if
/// one of them is missing.
pub(super) fn late_request(case: &Case<'_>) -> Option<LateRequest> {
    let request = case.event(Side::Client, |m| matches!(m, Message::ApplicationData))?;
    let warned = case.session.alerts().find(|seen| {
        seen.what == (Side::Client, alert::Message::new(seen.what.1.level, Alert::NO_RENEGOTIATION))
    });
    let (asked, refusal, said) = match warned {
        Some(alert) => {
            let hello = |message: &Message| match message {
                Message::Handshake { kind, .. } => *kind == HandshakeType::HELLO_REQUEST,
                message => matches!(message, Message::EncryptedHandshake),
            };
            let before =
                |(at, event): &(usize, &trace::Event)| *at < alert.event && hello(&event.message);
            let (at, event) = case.events(Side::Server).filter(before).last()?;
            (event.seen(at, "a HelloRequest"), alert.event, (alert.frame, alert.what.1.to_string()))
        }
        None => {
            let (asked, answered) = refused_renegotiation(&case.session.events)?;
            (answered.what.side == Side::Client).then_some(())?;
            let asked = asked.with("one more handshake record, by its place a HelloRequest");
            let says = "an encrypted alert instead of a handshake".to_owned();
            (asked, answered.event, (answered.frame, says))
        }
    };
    (request.event < asked.event).then_some(LateRequest {
        request: (request.frame,),
        asked,
        refusal,
        said,
    })
}

fn is_end(message: &Message) -> bool {
    matches!(message, Message::Fin | Message::Reset | Message::Alert(_) | Message::EncryptedAlert)
}

#[cfg(test)]
mod tests {
    use super::super::story::{Hello, Story};
    use super::*;

    fn established() -> Story {
        Story::new()
            .client_hello(&Hello::tls12())
            .server_hello(0x0303, 0xc02f, &[(0xff01, vec![0])])
            .says(Side::Client, Message::EncryptedHandshake)
            .says(Side::Server, Message::EncryptedHandshake)
    }

    fn refused(story: Story) -> Story {
        story
            .says(Side::Server, Message::EncryptedHandshake)
            .says(Side::Client, Message::EncryptedAlert)
            .says(Side::Server, Message::Fin)
            .ends(Outcome::Established)
    }

    /// A server that asks for a new handshake in front of its answer wants a certificate; one that
    /// asks before there was a request has another reason.
    #[test]
    fn the_request_comes_first() {
        let asked = refused(established().says(Side::Client, Message::ApplicationData)).judge();
        assert_eq!(asked[0].cause.slug, CAUSE.slug);
        assert_eq!(asked[0].confidence, Confidence::Likely);
        assert_eq!(asked.len(), 1);
        let early = refused(established()).judge();
        assert_eq!(early[0].cause.slug, "renegotiation-refused");
    }
}
