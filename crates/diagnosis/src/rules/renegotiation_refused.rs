//! A second handshake was asked for, and refused.

use alert::Alert;
use trace::{Event, Message, Outcome, Seen, Side};

use super::label::sends;
use super::renegotiation_for_client_cert::late_request;
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "renegotiation-refused",
    because: "a second handshake (renegotiation) that was refused",
    page: include_str!("renegotiation-refused.md"),
    judge,
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    // Why the server asked is then known.
    if late_request(case).is_some() {
        return None;
    }
    let said = case.session.alerts().find(|seen| seen.what.1.alert == Alert::NO_RENEGOTIATION);
    if let Some(alert) = said {
        let (side, message) = alert.what;
        // Another fatal alert decided it: then this one was only a warning on the way. But who had
        // asked for the handshake may answer the refusal with 40.
        let confidence = match case.session.outcome {
            Outcome::Alert(index) if index != alert.event && !answers(case, alert.event, index) => {
                Confidence::Possible
            }
            _ => Confidence::Certain,
        };
        let finding = Finding::new(&CAUSE, confidence, Some(side));
        return Some(finding.at(sends(side), &alert, message.to_string()));
    }
    let (asked, answered) = refused_renegotiation(&case.session.events)?;
    let refuser = answered.what.side;
    let says = match refuser {
        Side::Client => "one more handshake record, by its place a HelloRequest",
        Side::Server => "one more handshake record, by its place a ClientHello",
    };
    // A side that ignores the request and closes in good order sends an alert too, and then leaves.
    let next = case.events(refuser).find(|(index, _)| *index > answered.event);
    let leaves = next.is_some_and(|(_, event)| matches!(event.message, Message::Fin));
    let confidence = if leaves { Confidence::Possible } else { Confidence::Likely };
    Some(
        Finding::new(&CAUSE, confidence, Some(refuser))
            .at(sends(asked.what.side), &asked, says)
            .at(sends(refuser), &answered, "an encrypted alert instead of a handshake")
            .tell("the server's configuration tells whether it asks for a certificate late"),
    )
}

/// Whether the alert at `index` is what the other side says next after the refusal at `refusal`.
pub(super) fn answers(case: &Case<'_>, refusal: usize, index: usize) -> bool {
    let Some(refuser) = case.session.events.get(refusal).map(|event| event.side) else {
        return false;
    };
    let next = case.events(refuser.other()).find(|(at, _)| *at > refusal);
    let is_answer = |message: &Message| matches!(message, Message::Alert(said) if said.alert == Alert::HANDSHAKE_FAILURE);
    next.is_some_and(|(at, event)| at == index && is_answer(&event.message))
}

/// A handshake record after both sides had sent their Finished, and the encrypted alert of the
/// other side that answers it, with no handshake record in between (TLS 1.2 and before).
pub(crate) fn refused_renegotiation(events: &[Event]) -> Option<(Seen<&Event>, Seen<&Event>)> {
    let mut finished = [false; 2];
    let mut asked: Option<(usize, &Event)> = None;
    for (index, event) in events.iter().enumerate() {
        match (&event.message, asked) {
            (Message::EncryptedHandshake, None) if finished == [true; 2] => {
                asked = Some((index, event));
            }
            (Message::EncryptedHandshake, None) => {
                finished[usize::from(event.side == Side::Server)] = true;
            }
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
            .says(Side::Server, Message::EncryptedHandshake)
            .ends(Outcome::Established)
    }

    /// A warning that a renegotiation is refused does not explain another alert after it.
    #[test]
    fn another_alert_decides() {
        let warned = || established().warning(Side::Client, Alert::NO_RENEGOTIATION);
        let first = |story: Story| story.judge()[0].confidence;
        assert_eq!(first(warned().ends(Outcome::Established)), Confidence::Certain);
        let answered = warned().alert(Side::Server, Alert::HANDSHAKE_FAILURE);
        assert_eq!(first(answered), Confidence::Certain);
        let refused = warned().alert(Side::Client, Alert::UNKNOWN_CA).judge();
        let found = refused.iter().find(|found| found.cause.slug == CAUSE.slug);
        assert!(found.is_none_or(|found| found.confidence == Confidence::Possible));
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
