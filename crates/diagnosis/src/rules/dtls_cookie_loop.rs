//! The server does not take the cookie back that it gave.

use trace::{Outcome, Seen, Side};
use wire::{ClientHello, HandshakeType, HelloVerifyRequest};

use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "dtls-cookie-loop",
    because: "a cookie that the server does not take back",
    page: include_str!("dtls-cookie-loop.md"),
    judge,
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    let lost = matches!(case.session.outcome, Outcome::Silent(_) | Outcome::Truncated);
    let refused = matches!(case.session.outcome, Outcome::Alert(_));
    if case.server_hello.is_some() || !(lost || refused) {
        return None;
    }
    let requests: Vec<Seen<HelloVerifyRequest<'_>>> = case
        .session
        .handshakes(Side::Server, HandshakeType::HELLO_VERIFY_REQUEST)
        .filter_map(|seen| Some(seen.with(HelloVerifyRequest::read(seen.what).ok()?)))
        .collect();
    let shown: Vec<Seen<ClientHello<'_>>> = case
        .session
        .handshakes(Side::Client, HandshakeType::CLIENT_HELLO)
        .map(|seen| seen.with(ClientHello::read_cut(seen.what)))
        .filter(|seen| !seen.what.cookie.is_empty())
        .collect();
    // The cookie that the client shows is one that the server gave, and the answer is another.
    let hello = shown.iter().find(|hello| {
        requests
            .iter()
            .any(|request| request.event < hello.event && request.what.cookie == hello.what.cookie)
    })?;
    let others: Vec<_> = requests
        .iter()
        .filter(|it| it.event > hello.event && it.what.cookie != hello.what.cookie)
        .collect();
    let request = others.first()?;
    // A ClientHello without a cookie that was sent twice is answered twice, and the second answer
    // may come late.
    let repeated = case.session.stream(Side::Client).first_retransmission;
    let asked_once = repeated == 0 || repeated > hello.frame;
    let confidence = match others.len() {
        2.. if asked_once => Confidence::Certain,
        _ => Confidence::Likely,
    };
    let bytes = hello.what.cookie.len();
    let finding = Finding::new(&CAUSE, confidence, Some(Side::Server))
        .at("server asks", requests.first()?, "for a cookie (HelloVerifyRequest)")
        .at("client shows", hello, format!("the cookie of {bytes} bytes that it was given"))
        .at("server asks", *request, format!("for another; {} requests in all", requests.len()));
    Some(match confidence {
        Confidence::Certain => finding,
        _ => finding.tell("past the load balancer, straight to one server, it connects"),
    })
}

#[cfg(test)]
mod tests {
    use super::super::story::Story;
    use super::*;

    fn request(story: Story, cookie: u8) -> Story {
        let body = [0xfe, 0xff, 1, cookie];
        story.handshake(Side::Server, HandshakeType::HELLO_VERIFY_REQUEST, &body)
    }

    fn hello(story: Story, cookie: &[u8]) -> Story {
        let mut body = vec![0xfe, 0xfd];
        body.extend([7; 32]);
        body.push(0);
        body.push(cookie.len() as u8);
        body.extend(cookie);
        body.extend([0, 2, 0xc0, 0x2f, 1, 0]);
        story.handshake(Side::Client, HandshakeType::CLIENT_HELLO, &body)
    }

    fn found(story: Story) -> Option<Confidence> {
        let silent = Outcome::Silent(Side::Client);
        let findings = story.ends(silent).with(|it| it.carrier = trace::Carrier::Dtls).judge();
        let own = findings.iter().find(|found| found.cause.slug == CAUSE.slug);
        own.map(|found| found.confidence)
    }

    /// Two more cookies for one that was given are proof; one may be an answer to a hello
    /// that was sent twice; a cookie that was asked for once is usual.
    #[test]
    fn a_cookie_is_not_taken_back() {
        let once = || hello(request(hello(Story::new(), &[]), 1), &[1]);
        assert_eq!(found(once()), None);
        let again = || request(once(), 2);
        assert_eq!(found(again()), Some(Confidence::Likely));
        let third = request(hello(again(), &[2]), 3);
        assert_eq!(found(third), Some(Confidence::Certain));
    }

    /// A client that shows a cookie which nobody gave it has itself to blame.
    #[test]
    fn an_invented_cookie_is_no_loop() {
        let story = request(hello(request(hello(Story::new(), &[]), 1), &[9]), 2);
        assert_eq!(found(story), None);
    }
}
