//! The server takes the request and ends the connection instead of an answer.

use trace::{Carrier, Event, Message, Outcome, Seen, Session, Side};

use crate::docket::cut_at_request;
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "backend-down-behind-lb",
    because: "a server behind the one that speaks TLS, which is not there to answer",
    page: include_str!("backend-down-behind-lb.md"),
    judge,
};

/// Who ends TLS for others has completed the handshake before it finds out that nobody is behind it.
/// A program that dies at the request looks the same.
fn judge(case: &Case<'_>) -> Option<Finding> {
    let (request, end) = unanswered(case.session)?;
    let what = match end.what.message {
        Message::Reset => "a TCP reset and no answer",
        // A bare FIN ends good conversations too, and those of programs that wanted a certificate
        // (post-handshake-auth-unsupported).
        Message::Fin => return None,
        _ => "an alert, by its size a close_notify, and no answer",
    };
    let finding = Finding::new(&CAUSE, Confidence::Possible, Some(Side::Server));
    let finding = match request.what.side {
        Side::Client => finding.at(
            "client sends",
            &request,
            format!("its request, {} bytes", request.what.length),
        ),
        Side::Server => finding.at("server sends", &request, "its Finished, and no data"),
    };
    let finding = finding.at("server sends", &end, what);
    let finding = match case.server().filter(|server| server.established > 1) {
        Some(server) => finding.fact(
            "control",
            format!(
                "{} connections with this server went well, as far as was seen",
                server.established
            ),
        ),
        None => finding,
    };
    Some(finding.tell("the log of whoever ends TLS says that it found no server behind it (HAProxy SC, nginx connect() failed)"))
}

/// The client's first request and the end of the connection that came in place of an answer; in front
/// of a request the server's Finished and an end that came at once.
pub(crate) fn unanswered(session: &Session) -> Option<(Seen<&Event>, Seen<&Event>)> {
    session.from_server.fin.or(session.from_server.reset)?;
    // In TDS nothing but the login is encrypted: what answers it is no TLS.
    if session.outcome != Outcome::Established
        || session.from_client.application_records > FEW
        || session.carrier == Carrier::Tds
    {
        return None;
    }
    if session.version()?.is_tls13() {
        let (request, end) = cut_at_request(session)?;
        // What it says in front of its FIN is an alert, by its size; the request may cross it.
        let said = session.events.iter().enumerate().take(end.event).rfind(|(_, event)| {
            event.side == Side::Server
                && matches!(event.message, Message::Encrypted)
                && matches!(event.length, 19 | 35)
        });
        let end = said.map_or(end, |(index, event)| event.seen(index, event));
        return soon(request, end);
    }
    if session.from_server.application_records > 0 {
        return None;
    }
    let is_end = |event: &Event| {
        matches!(event.message, Message::Fin | Message::Reset | Message::EncryptedAlert)
    };
    let events = || session.events.iter().enumerate();
    let (at, end) = events().find(|(_, event)| is_end(event))?;
    let (before, last) = events().take(at).rfind(|(_, event)| is_last(event))?;
    let (last, end) = (last.seen(before, last), end.seen(at, end));
    match (&last.what.message, last.what.side, end.what.side) {
        (Message::ApplicationData, Side::Client, Side::Server) => soon(last, end),
        (Message::EncryptedHandshake, Side::Server, Side::Server) => {
            let both = events().take(before).any(|(_, event)| {
                event.side == Side::Client && matches!(event.message, Message::EncryptedHandshake)
            });
            (both && end.time.since(last.time) <= AT_ONCE).then_some((last, end))
        }
        _ => None,
    }
}

/// Whether an event is the end of a handshake, or data behind it.
fn is_last(event: &Event) -> bool {
    matches!(event.message, Message::ApplicationData | Message::EncryptedHandshake)
}

/// Both, if the end came while somebody was waiting for an answer.
fn soon<'a>(
    request: Seen<&'a Event>,
    end: Seen<&'a Event>,
) -> Option<(Seen<&'a Event>, Seen<&'a Event>)> {
    (end.time.since(request.time) <= PATIENCE).then_some((request, end))
}

/// How soon a balancer says that there is nobody, in nanoseconds, where the client has said nothing
/// yet; a server that is tired of waiting for a request takes longer.
const AT_ONCE: i64 = 1_000_000_000;
/// Records of one request: a connection that only ever sends, as of syslog, has more.
const FEW: u64 = 12;
/// How long balancers look for a server behind them, in nanoseconds: three tries of ten seconds, or
/// one of a minute.
const PATIENCE: i64 = 61_000_000_000;

#[cfg(test)]
mod tests {
    use super::super::story::{Hello, Story};
    use super::*;

    fn asks() -> Story {
        Story::new()
            .client_hello(&Hello::tls12())
            .server_hello(0x0303, 0xc02f, &[(0xff01, vec![0])])
            .says(Side::Client, Message::EncryptedHandshake)
            .says(Side::Server, Message::EncryptedHandshake)
            .says(Side::Client, Message::ApplicationData)
    }

    fn names(story: Story) -> bool {
        let found = story.ends(Outcome::Established).judge();
        found.iter().any(|found| found.cause.slug == CAUSE.slug)
    }

    /// The end in place of an answer is a question; an answer, or a client that leaves, is none.
    #[test]
    fn no_answer_to_the_first_request() {
        assert!(names(asks().says(Side::Server, Message::Reset)));
        assert!(names(
            asks().says(Side::Server, Message::EncryptedAlert).says(Side::Server, Message::Fin)
        ));
        let answered = asks().with(|session| session.from_server.application_records = 1);
        assert!(!names(answered.says(Side::Server, Message::Fin)));
        assert!(!names(asks().says(Side::Client, Message::Fin).says(Side::Server, Message::Fin)));
    }

    /// A server that leaves right behind its Finished has nobody to pass the connection on to; one
    /// that waited for a request has.
    #[test]
    fn no_patience_for_a_request() {
        let greeted = || {
            Story::new()
                .client_hello(&Hello::tls12())
                .server_hello(0x0303, 0xc02f, &[(0xff01, vec![0])])
                .says(Side::Client, Message::EncryptedHandshake)
                .says(Side::Server, Message::EncryptedHandshake)
                .says(Side::Server, Message::EncryptedAlert)
                .says(Side::Server, Message::Fin)
        };
        assert!(names(greeted()));
        let later = greeted().with(|session| {
            let alert = session.events.len() - 2;
            session.events[alert].time.0 += 5_000_000_000;
        });
        assert!(!names(later));
    }
}
