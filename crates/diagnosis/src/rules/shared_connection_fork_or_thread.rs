//! Two writers on one connection: each has its own idea of the next record.

use alert::Alert;
use trace::Message;

use super::label::sends;
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "shared-connection-fork-or-thread",
    because: "two processes or threads that write on one TLS connection",
    page: include_str!("shared-connection-fork-or-thread.md"),
    judge,
};

/// A record that cannot be decrypted, after others that could. Without keys the alert is encrypted,
/// and looks as a goodbye does: then nothing is said.
fn judge(case: &Case<'_>) -> Option<Finding> {
    let alert = case.alert?;
    let (side, message) = alert.what;
    let meant = [Alert::BAD_RECORD_MAC, Alert::DECRYPTION_FAILED];
    let writer = case.session.stream(side.other());
    if !meant.contains(&message.alert) || writer.retransmissions > 0 {
        return None;
    }
    let said = |message: &Message| matches!(message, Message::ApplicationData);
    let data = case.event(side.other(), said).filter(|data| data.event < alert.event)?;
    let finding = Finding::new(&CAUSE, Confidence::Likely, Some(side))
        .at(sends(side.other()), &data, "application data, which was taken")
        .at(sends(side), &alert, format!("{message} in the middle of application data"))
        .fact("network", "no byte was lost or sent again");
    Some(
        finding.tell(
            "it is gone when each process or thread of the client opens a connection of its own",
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::super::story::{Hello, Story};
    use super::*;
    use trace::Side;

    fn talks() -> Story {
        Story::new()
            .client_hello(&Hello::tls12())
            .server_hello(0x0303, 0xc02f, &[(0xff01, vec![0])])
            .says(Side::Client, Message::EncryptedHandshake)
            .says(Side::Server, Message::EncryptedHandshake)
    }

    fn names(story: Story) -> bool {
        story.judge().iter().any(|found| found.cause.slug == CAUSE.slug)
    }

    /// 20 in the middle of data is likely to be this; in front of data, after another alert, or where
    /// the network sent something again, it is not.
    #[test]
    fn twenty_in_the_middle() {
        let data = || talks().says(Side::Client, Message::ApplicationData);
        let found = data().alert(Side::Server, Alert::BAD_RECORD_MAC).judge();
        assert_eq!((found[0].cause.slug, found[0].confidence), (CAUSE.slug, Confidence::Likely));
        assert!(!names(data().alert(Side::Server, Alert::INTERNAL_ERROR)));
        assert!(!names(talks().alert(Side::Server, Alert::BAD_RECORD_MAC)));
        let again = data().with(|session| session.from_client.retransmissions = 1);
        assert!(!names(again.alert(Side::Server, Alert::BAD_RECORD_MAC)));
    }
}
