//! A second handshake was asked for, and refused.

use alert::Alert;
use trace::{Event, Message, Seen, Side};

use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "no-renegotiation",
    because: "a second handshake (renegotiation) that the other side refused",
    page: include_str!("no-renegotiation.md"),
    judge,
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    let said = case.session.alerts().find(|seen| seen.what.1.alert == Alert::NO_RENEGOTIATION);
    if let Some(alert) = said {
        let (side, message) = alert.what;
        return Some(Finding::new(&CAUSE, Confidence::Certain, Some(side)).at(
            label(side),
            &alert,
            message.to_string(),
        ));
    }
    let (asked, answered) = refused_renegotiation(&case.session.events)?;
    let refuser = answered.what.side;
    let says = match refuser {
        Side::Client => "one more handshake record after data: a HelloRequest by its place",
        Side::Server => "one more handshake record after data: a ClientHello by its place",
    };
    Some(
        Finding::new(&CAUSE, Confidence::Likely, Some(refuser))
            .at(label(asked.what.side), &asked, says)
            .at(label(refuser), &answered, "an encrypted alert instead of a handshake")
            .tell("the server's configuration tells whether it asks for a certificate late"),
    )
}

/// A handshake record after application data, and the encrypted alert of the other side that
/// answers it, with no handshake record in between (TLS 1.2 and before).
pub(crate) fn refused_renegotiation(events: &[Event]) -> Option<(Seen<&Event>, Seen<&Event>)> {
    let mut data = false;
    let mut asked: Option<(usize, &Event)> = None;
    for (index, event) in events.iter().enumerate() {
        match (&event.message, asked) {
            (Message::ApplicationData, _) => data = true,
            (Message::EncryptedHandshake, None) if data => asked = Some((index, event)),
            (Message::EncryptedHandshake, Some((_, first))) if event.side != first.side => {
                return None;
            }
            (Message::EncryptedAlert, Some((at, first))) if event.side != first.side => {
                return Some((first.seen(at, first), event.seen(index, event)));
            }
            _ => {}
        }
    }
    None
}

fn label(side: Side) -> &'static str {
    match side {
        Side::Client => "client sends",
        Side::Server => "server sends",
    }
}

#[cfg(test)]
mod tests {
    use super::super::story::{Hello, Story};
    use super::*;
    use trace::Outcome;

    fn established() -> Story {
        Story::new()
            .client_hello(&Hello::tls12())
            .server_hello(0x0303, 0xc02f, &[(0xff01, vec![0])])
            .says(Side::Client, Message::EncryptedHandshake)
            .says(Side::Server, Message::EncryptedHandshake)
            .says(Side::Client, Message::ApplicationData)
            .says(Side::Server, Message::EncryptedHandshake)
            .ends(Outcome::Established)
    }

    /// An alert in answer to a late handshake record is a refusal, a handshake is none.
    #[test]
    fn an_alert_in_answer_to_a_late_handshake() {
        let findings = established().says(Side::Client, Message::EncryptedAlert).judge();
        assert_eq!(findings[0].cause.slug, CAUSE.slug);
        assert_eq!(findings[0].refused_by, Some(Side::Client));
        let went_on = established()
            .says(Side::Client, Message::EncryptedHandshake)
            .says(Side::Client, Message::EncryptedAlert);
        assert!(went_on.judge().iter().all(|found| found.cause.slug != CAUSE.slug));
    }
}
