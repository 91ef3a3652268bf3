//! An orderly close in the middle of the handshake.

use alert::Alert;
use trace::{Message, Outcome, Step};

use super::label::sends;
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "close-notify-during-handshake",
    because: "a side that closed in good order before the handshake was complete",
    page: include_str!("close-notify-during-handshake.md"),
    judge,
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    let close = case.session.alerts().find(|seen| seen.what.1.alert == Alert::CLOSE_NOTIFY)?;
    let failed = match case.session.outcome {
        // What the other side says to that is no more than an answer.
        Outcome::Alert(index) => close.event < index && case.alert?.what.0 != close.what.0,
        Outcome::Closed(_) | Outcome::Reset(_) => true,
        _ => false,
    };
    // A goodbye to somebody who has left already says nothing.
    let left = case.events(close.what.0.other()).take_while(|(at, _)| *at < close.event);
    let late = left.into_iter().any(|(_, it)| matches!(it.message, Message::Fin | Message::Reset));
    if late || !failed || case.step >= Step::ApplicationData {
        return None;
    }
    let side = close.what.0;
    let step = case.session.step(Some(close.event));
    Some(
        Finding::new(&CAUSE, Confidence::Possible, Some(side))
            .at(sends(side), &close, format!("0 close_notify while {}", step.phrase()))
            .tell("the log of the side that closed has the reason"),
    )
}

#[cfg(test)]
mod tests {
    use super::super::story::{Hello, Story};
    use super::*;
    use trace::Side;

    /// close_notify after the ServerHello, then FIN.
    #[test]
    fn an_early_close_is_found() {
        let story = Story::new()
            .client_hello(&Hello::tls12())
            .server_hello(0x0303, 0xc02f, &[(0xff01, vec![0])])
            .warning(Side::Client, Alert::CLOSE_NOTIFY)
            .closes(Side::Client);
        assert!(story.judge().iter().any(|found| found.cause.slug == CAUSE.slug));
    }

    /// Who says goodbye to a server that has closed without a word has closed nothing.
    #[test]
    fn a_late_goodbye_is_only_polite() {
        let story = Story::new()
            .client_hello(&Hello::tls12())
            .says(Side::Server, Message::Fin)
            .warning(Side::Client, Alert::CLOSE_NOTIFY)
            .ends(Outcome::Closed(Side::Server));
        assert!(story.judge().iter().all(|found| found.cause.slug != CAUSE.slug));
    }
}
