//! A Diffie-Hellman secret that begins with a zero, which one side drops and the other keeps.

use alert::Alert;
use trace::Step;
use wire::KeyExchange;

use super::label::sends;
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "dhe-leading-zero",
    because: "a Diffie-Hellman secret that begins with a zero and is computed in two ways",
    page: include_str!("dhe-leading-zero.md"),
    judge,
};

const CODES: [Alert; 3] = [Alert::BAD_RECORD_MAC, Alert::DECRYPT_ERROR, Alert::DECRYPTION_FAILED];

fn judge(case: &Case<'_>) -> Option<Finding> {
    let alert = case.alert.as_ref()?;
    let (side, message) = alert.what;
    let answer = case.server_hello.as_ref()?;
    let suite = answer.what.cipher_suite;
    let finished = matches!(case.step, Step::ClientFinished | Step::ServerFinished);
    if suite.key_exchange() != Some(KeyExchange::Dhe)
        || !finished
        || !CODES.contains(&message.alert)
    {
        return None;
    }
    // Where the same two succeed at other times with the same, what differs is chance.
    let works = case.difference().is_some_and(|it| it.field.is_none() && !it.other_server);
    let confidence = if works { Confidence::Likely } else { Confidence::Possible };
    let finding = Finding::new(&CAUSE, confidence, Some(side))
        .at("server takes", answer, format!("{suite}: an ephemeral Diffie-Hellman key"))
        .at(sends(side), alert, format!("{} while {}", message.alert, case.step.phrase()));
    Some(finding.tell("one handshake in 256 fails, with DHE suites alone"))
}

#[cfg(test)]
mod tests {
    use super::super::story::{Hello, Story};
    use super::*;
    use trace::{Message, Outcome, Side};

    fn story(suite: u16) -> Story {
        Story::new()
            .client_hello(&Hello { suites: vec![suite], ..Hello::tls12() })
            .server_hello(0x0303, suite, &[(0xff01, vec![0])])
            .says(Side::Client, Message::ChangeCipherSpec)
            .says(Side::Client, Message::EncryptedHandshake)
    }

    /// A Finished that does not decrypt after DHE raises the question; when the same two succeed at
    /// other times, it is the answer. Elliptic curves do not have the fault.
    #[test]
    fn what_comes_and_goes_is_chance() {
        let refused = |suite| story(suite).alert(Side::Server, Alert::BAD_RECORD_MAC);
        let found = |findings: Vec<Finding>| {
            findings.iter().find(|it| it.cause.slug == CAUSE.slug).map(|it| it.confidence)
        };
        assert_eq!(found(refused(0x009e).judge()), Some(Confidence::Possible));
        assert_eq!(found(refused(0xc02f).judge()), None);
        let works = story(0x009e).ends(Outcome::Established);
        assert_eq!(found(refused(0x009e).judge_among([works])), Some(Confidence::Likely));
    }
}
