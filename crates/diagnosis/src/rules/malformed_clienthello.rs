//! A ClientHello that breaks the rules.

use alert::Alert;
use trace::{Message, Outcome, Seen, Side};
use wire::{ClientHello, Fault};

use super::hello::Refusal;
use super::sigalg_ext_missing::is_missing;
use super::sni_invalid_syntax::is_of_name;
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "malformed-clienthello",
    because: "a ClientHello that breaks the rules of the protocol",
    page: include_str!("malformed-clienthello.md"),
    judge,
};

/// What a server sends to a hello it cannot read, or does not want to.
const CODES: [Alert; 5] = [
    Alert::ILLEGAL_PARAMETER,
    Alert::DECODE_ERROR,
    Alert::MISSING_EXTENSION,
    Alert::UNEXPECTED_MESSAGE,
    Alert::UNSUPPORTED_EXTENSION,
];

fn judge(case: &Case<'_>) -> Option<Finding> {
    let (hello, alert) = match Refusal::of(case) {
        Some(refusal) => (refusal.hello, refusal.alert),
        // Java sends its ServerHello first and looks at the key shares then.
        None => (case.client_hello?, refused_at_once(case)?),
    };
    let problem = problem(case, &hello);
    let confidence = match (&problem, alert) {
        (Some((_, true)), Some(alert)) if CODES.contains(&alert) => Confidence::Certain,
        (Some(_), Some(alert)) if CODES.contains(&alert) => Confidence::Likely,
        (Some(_), Some(Alert::HANDSHAKE_FAILURE | Alert::PROTOCOL_VERSION)) => Confidence::Likely,
        (Some((_, grave)), None) if *grave || case.server_hello.is_none() => Confidence::Possible,
        (None, Some(Alert::MISSING_EXTENSION)) => Confidence::Likely,
        _ => return None,
    };
    let says = problem.map_or("nothing that looks wrong from here".into(), |(says, _)| says);
    let finding =
        Finding::new(&CAUSE, confidence, Some(Side::Server)).at("client offers", &hello, says);
    Some(match confidence {
        Confidence::Certain => finding,
        _ => finding.tell("the server's log names the field it did not like"),
    })
}

/// How it ended after a ServerHello to which the client had nothing to say: with an alert of the
/// server, or without any.
fn refused_at_once(case: &Case<'_>) -> Option<Option<Alert>> {
    let hello = case.client_hello?.event;
    let more = case.events(Side::Client).any(|(index, event)| {
        index > hello && !matches!(event.message, Message::Fin | Message::Reset)
    });
    match case.session.outcome {
        _ if more => None,
        Outcome::Alert(_) => Some(Some(case.alert_from(Side::Server)?)),
        Outcome::Closed(_) | Outcome::Reset(_) => Some(None),
        _ => None,
    }
}

/// The gravest rule that the hello breaks, in words, and whether no server could overlook it.
pub(super) fn problem(case: &Case<'_>, hello: &Seen<ClientHello<'_>>) -> Option<(String, bool)> {
    if let Some(cut) = hello.what.cut.filter(|_| case.is_whole(hello.event)) {
        return Some((cut.to_string(), true));
    }
    let mut problems = hello.what.problems();
    problems.retain(|problem| !is_of_name(problem.fault));
    // These two are causes of their own, unless more is wrong.
    if problems.iter().all(|problem| is_missing(problem.fault)) {
        return None;
    }
    let grave = problems.iter().find(|problem| is_grave(problem.fault));
    let problem = grave.or(problems.first())?;
    let says = format!("{}, at byte {}", problem.fault, problem.at);
    Some((says, is_grave(problem.fault)))
}

/// Many servers overlook the other fault, so it may be there and mean nothing.
fn is_grave(fault: Fault) -> bool {
    fault != Fault::Compression
}

#[cfg(test)]
mod tests {
    use super::super::story::{Hello, Story};
    use super::*;
    use wire::HandshakeType;

    /// A hello whose list of suites runs past its end, and 50 from the server.
    #[test]
    fn a_length_that_does_not_fit_is_named() {
        let mut body = Hello::default().body();
        body[35] = 0xff;
        let story = Story::new()
            .handshake(Side::Client, HandshakeType::CLIENT_HELLO, &body)
            .alert(Side::Server, Alert::DECODE_ERROR);
        let findings = story.judge();
        assert_eq!(findings[0].cause.slug, CAUSE.slug);
        assert_eq!(findings[0].confidence, Confidence::Certain);
    }

    /// A client that leaves in the middle of its hello has not written a wrong length.
    #[test]
    fn half_a_hello_breaks_no_rule() {
        let body = Hello::default().body();
        let story = Story::new()
            .handshake(Side::Client, HandshakeType::CLIENT_HELLO, &body[..60])
            .with(|session| session.events.last_mut().unwrap().length = 4 + body.len() as u32)
            .alert(Side::Server, Alert::DECODE_ERROR);
        assert!(story.judge().iter().all(|found| found.confidence != Confidence::Certain));
    }

    /// A sound hello is not blamed for a 47.
    #[test]
    fn a_sound_hello_is_not_blamed() {
        let story = Story::new()
            .client_hello(&Hello::default())
            .alert(Side::Server, Alert::ILLEGAL_PARAMETER);
        assert!(story.judge().iter().all(|found| found.cause.slug != CAUSE.slug));
    }
}
