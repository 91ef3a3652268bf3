//! The handshake went well, and the client left at once.

use trace::{Message, Outcome, Side};

use super::hello::listing;
use crate::docket::left_at_once;
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "client-left-after-handshake",
    because: "a certificate or a protocol that the client refused only after the handshake",
    page: include_str!("client-left-after-handshake.md"),
    judge,
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    let (hello, answer) = (case.client_hello?, case.server_hello?);
    if case.session.outcome != Outcome::Established || !left_at_once(case.session) {
        return None;
    }
    // Who uses this server at other times does not object to its certificate.
    let client = case.session.client.host();
    if case.server().is_some_and(|server| server.clients.contains(&client)) {
        return None;
    }
    let end =
        case.event(Side::Client, |message| matches!(message, Message::Fin | Message::Reset))?;
    let offered: Vec<_> = hello.what.alpn().map(String::from_utf8_lossy).collect();
    let unanswered =
        !offered.is_empty() && !answer.what.version().is_tls13() && answer.what.alpn().is_none();
    let how = if matches!(end.what.message, Message::Fin) { "a TCP FIN" } else { "a TCP reset" };
    let finding = Finding::new(&CAUSE, Confidence::Possible, Some(Side::Client)).at(
        "client sends",
        &end,
        format!("{how} after its Finished, no data in between"),
    );
    let finding = match unanswered {
        true => finding.at(
            "server takes",
            &answer,
            format!("no protocol, though the client offered ALPN {}", listing(&offered, 3)),
        ),
        false => finding,
    };
    Some(
        finding.tell(
            "the client's log says why it left: some programs check the certificate only now",
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::super::story::{Hello, Story};
    use super::*;
    use wire::HandshakeType;

    fn established() -> Story {
        Story::new()
            .client_hello(&Hello::tls12())
            .server_hello(0x0303, 0xc02f, &[(0xff01, vec![0])])
            .handshake(Side::Server, HandshakeType::CERTIFICATE, &[0, 0, 0])
            .says(Side::Client, Message::EncryptedHandshake)
            .says(Side::Server, Message::EncryptedHandshake)
    }

    /// A departure without data raises the question, in good order or not; data do not.
    #[test]
    fn only_a_silent_departure_counts() {
        let leaves = |story: Story| {
            let story = story.says(Side::Client, Message::Fin).ends(Outcome::Established);
            story.judge().iter().any(|found| found.cause.slug == CAUSE.slug)
        };
        assert!(leaves(established()));
        assert!(!leaves(established().says(Side::Client, Message::ApplicationData)));
        assert!(leaves(established().says(Side::Client, Message::EncryptedAlert)));
        assert!(!leaves(established().says(Side::Server, Message::EncryptedAlert)));
    }
}
