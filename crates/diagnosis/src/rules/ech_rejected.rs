//! The client hid the name it wants, and the server could not read it.

use alert::Alert;
use trace::{Message, Outcome, Side, Sizes};
use wire::{ClientHello, ExtensionType};

use crate::docket::left_at_once;
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "ech-rejected",
    because: "an Encrypted ClientHello that the server could not open",
    page: include_str!("ech-rejected.md"),
    judge,
};

/// The alert 121 says it. Where TLS 1.3 hides it, a client that completes the handshake of the outer
/// hello and leaves with one alert may have done so for another reason, and the extension may be
/// filled with noise (RFC 9849, 6.2): nobody can tell from outside.
fn judge(case: &Case<'_>) -> Option<Finding> {
    let hello = case.client_hello.as_ref()?;
    let said =
        case.alert.as_ref().filter(|_| case.refused_with(Side::Client, &[Alert::ECH_REQUIRED]));
    let confidence = match said {
        Some(_) => Confidence::Certain,
        None => Confidence::Possible,
    };
    if said.is_none()
        && (!is_outer(&hello.what) || hello.what.cipher_suites().any(|s| s.is_grease()))
    {
        return None;
    }
    let finding = Finding::new(&CAUSE, confidence, Some(Side::Client));
    let finding = match is_outer(&hello.what) {
        true => finding.at(
            "client offers",
            hello,
            "an encrypted ClientHello inside this one; the name it wants is hidden in it",
        ),
        false => finding,
    };
    let finding = match case.server_name() {
        Some(name) => {
            finding.at("outer name", hello, format!("{name}, of whoever serves the hidden one"))
        }
        None => finding,
    };
    Some(match said {
        Some(alert) => finding.at("client says", alert, "121 ech_required"),
        None => {
            let (frame, length) = farewell(case)?;
            finding
                .frame(
                    "client sends",
                    frame,
                    format!("{length}-byte record after its Finished, an alert by size and place"),
                )
                .tell("the client's log; without ECH it connects")
        }
    })
}

/// Whether the hello is an outer one (RFC 9849, 5): the extension's first byte is 0.
fn is_outer(hello: &ClientHello<'_>) -> bool {
    hello
        .extension(ExtensionType::ENCRYPTED_CLIENT_HELLO)
        .is_some_and(|extension| extension.body.first() == Some(&0))
}

/// The record that the client sent after its Finished and before it left at once, if that is an
/// alert by its size: its frame and its length.
fn farewell(case: &Case<'_>) -> Option<(u64, u32)> {
    let answer = case.server_hello.as_ref()?;
    if case.session.outcome != Outcome::Established || !left_at_once(case.session) {
        return None;
    }
    let sizes = Sizes::of(answer.what.cipher_suite, answer.what.version())?;
    let mut records = case
        .events(Side::Client)
        .filter(|(at, event)| *at > answer.event && matches!(event.message, Message::Encrypted));
    let (finished, last) = (records.next()?.1, records.next()?.1);
    let alert = last.length == sizes.alert || last.length == sizes.padded_alert();
    (finished.length >= sizes.finished && alert).then_some((last.frame, last.length))
}

#[cfg(test)]
mod tests {
    use super::super::story::{Hello, Story};
    use super::*;

    fn asks(kind: u8) -> Story {
        let hello = Hello { extensions: vec![(0xfe0d, vec![kind, 0, 1])], ..Hello::default() };
        Story::new().client_hello(&hello).server_hello(0x0304, 0x1301, &[])
    }

    fn record(story: Story, side: Side, length: u32) -> Story {
        story
            .says(side, Message::Encrypted)
            .with(|session| session.events.last_mut().unwrap().length = length)
    }

    /// 121 says it; a farewell that nobody can read is one of several reasons, and no reason at all
    /// without the extension.
    #[test]
    fn the_alert_decides() {
        let said = asks(0).alert(Side::Client, Alert::ECH_REQUIRED).judge();
        assert_eq!((said[0].cause.slug, said[0].confidence), (CAUSE.slug, Confidence::Certain));
        let leaves = |kind| {
            let story = record(asks(kind), Side::Server, 900);
            let story = record(record(story, Side::Client, 53), Side::Client, 19);
            story.says(Side::Client, Message::Fin).ends(Outcome::Established).judge()
        };
        let found = |findings: Vec<Finding>| {
            findings.iter().find(|it| it.cause.slug == CAUSE.slug).map(|it| it.confidence)
        };
        assert_eq!(found(leaves(0)), Some(Confidence::Possible));
        assert_eq!(found(leaves(1)), None);
    }

    /// The hidden name is never guessed: what is shown is called the outer one.
    #[test]
    fn the_outer_name_is_called_so() {
        let said = asks(0).alert(Side::Client, Alert::ECH_REQUIRED).judge();
        let named = said[0].evidence.iter().find(|fact| fact.says.contains("www.example.test"));
        assert_eq!(named.unwrap().label, "outer name");
    }
}
