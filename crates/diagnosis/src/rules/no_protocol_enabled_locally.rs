//! A client whose own settings leave it nothing to offer.

use alert::Alert;
use trace::{Seen, Side};

use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "no-protocol-enabled-locally",
    because: "settings of the program's own machine that leave it no version or suite to offer",
    page: include_str!("no-protocol-enabled-locally.md"),
    judge,
};

/// A client that finds nothing to offer speaks before it has said hello, and says one of these:
/// OpenSSL 3.0 says 70 without a version (measured), its older releases 80 by their source. Java,
/// Go and Windows leave without a byte, as a probe does.
const WORDS: [Alert; 3] =
    [Alert::PROTOCOL_VERSION, Alert::INTERNAL_ERROR, Alert::HANDSHAKE_FAILURE];

fn judge(case: &Case<'_>) -> Option<Finding> {
    let alert = in_place_of_hello(case)?;
    let code = alert.what.1.alert;
    let says = format!("{code}, and no ClientHello before it");
    let finding = Finding::new(&CAUSE, Confidence::Likely, Some(Side::Client));
    Some(
        finding
            .at("client says", &alert, says)
            .tell("the client's log says that no protocol or no cipher suite is available"),
    )
}

/// The alert that a client sent before it had said anything else.
pub(super) fn in_place_of_hello(case: &Case<'_>) -> Option<Seen<(Side, alert::Message)>> {
    // The beginning must have been captured: without it there may have been a hello.
    case.session.from_client.syn?;
    let first = case.session.events.iter().find(|event| event.message.is_tls())?;
    let alert = case.session.alerts().next()?;
    let alone = first.frame == alert.frame && alert.what.0 == Side::Client;
    (alone && case.client_hello.is_none() && WORDS.contains(&alert.what.1.alert)).then_some(alert)
}

#[cfg(test)]
mod tests {
    use super::super::story::{Hello, Story};
    use super::*;

    /// An alert in place of a ClientHello is a client at odds with itself; after one it is not.
    #[test]
    fn the_alert_comes_in_place_of_a_hello() {
        let alone = Story::new().alert(Side::Client, Alert::PROTOCOL_VERSION).judge();
        assert_eq!(alone[0].cause.slug, CAUSE.slug);
        assert_eq!(alone[0].confidence, Confidence::Likely);
        let story = Story::new().client_hello(&Hello::default());
        let after = story.alert(Side::Client, Alert::PROTOCOL_VERSION).judge();
        assert!(after.iter().all(|it| it.cause.slug != CAUSE.slug));
    }

    /// A capture that begins in the middle of a connection shows no missing hello, and a server
    /// that speaks first is another matter.
    #[test]
    fn nothing_is_missed_that_was_not_captured() {
        let story = Story::new().with(|session| session.from_client.syn = None);
        let middle = story.alert(Side::Client, Alert::PROTOCOL_VERSION).judge();
        assert!(middle.iter().all(|it| it.cause.slug != CAUSE.slug));
        let server = Story::new().alert(Side::Server, Alert::PROTOCOL_VERSION).judge();
        assert!(server.iter().all(|it| it.cause.slug != CAUSE.slug));
    }
}
