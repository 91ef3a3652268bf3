//! The server took the ClientHello and said nothing.

use trace::{Outcome, Side, Transport};

use super::silence::waited;
use super::{pq_clienthello_split, pq_group_blocked_by_ips, version_intolerant_middlebox};
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "silent-server",
    because: "a server that took the ClientHello and never answered",
    page: include_str!("silent-server.md"),
    judge,
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    let hello = case.unanswered()?;
    let stream = case.session.stream(Side::Client);
    let wait = case.waited_since(hello.time) / 1_000_000;
    let left = !matches!(case.session.outcome, Outcome::Silent(_));
    let acknowledges = case.session.transport == Transport::Tcp;
    if !acknowledges || stream.unacknowledged > 0 || wait < LONG_MS {
        return None;
    }
    if pq_clienthello_split::explains(case)
        || pq_group_blocked_by_ips::explains(case)
        || version_intolerant_middlebox::explains(case)
    {
        return None;
    }
    let finding = Finding::new(&CAUSE, Confidence::Likely, None)
        .at("client sends", &hello, format!("a ClientHello of {} bytes", stream.bytes))
        .fact("server takes", "the bytes (TCP acknowledged them) and says nothing")
        .fact("wait", waited(wait, left));
    let finding = match case.speaks_tls() {
        Some(frame) => finding.frame("control", frame, "the same port speaks TLS with others"),
        None => finding,
    };
    Some(finding.tell("the server's load and log; and whether this port speaks TLS at all"))
}

/// A wait in milliseconds that no working server needs.
const LONG_MS: i64 = 1000;

#[cfg(test)]
mod tests {
    use super::super::story::{Hello, Story};
    use super::*;

    /// The client left after waiting for two seconds; after a millisecond it proves nothing.
    #[test]
    fn a_client_that_gave_up_was_not_answered() {
        let story = || Story::new().client_hello(&Hello::default()).closes(Side::Client);
        assert!(story().judge().iter().all(|found| found.cause.slug != CAUSE.slug));
        let findings = story()
            .with(|session| {
                let left = wire::Time::from_parts(1_767_225_602, 500_000_000);
                session.from_client.fin.as_mut().unwrap().time = left;
                // What straggles in later is no part of the wait.
                session.ended = wire::Time::from_parts(1_767_225_700, 0);
            })
            .judge();
        assert_eq!(findings[0].cause.slug, CAUSE.slug);
        assert_eq!(findings[0].refused_by, None);
        assert!(findings[0].evidence.iter().any(|fact| fact.says.starts_with("2496 ms")));
    }
}
