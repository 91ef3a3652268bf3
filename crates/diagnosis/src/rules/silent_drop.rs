//! A ClientHello that never reached the server.

use trace::{Outcome, Side, Transport};

use super::silence::waited;
use super::{pq_clienthello_split, pq_group_blocked_by_ips, version_intolerant_middlebox};
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "silent-drop",
    because: "a ClientHello that vanished on the way",
    page: include_str!("silent-drop.md"),
    judge,
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    let hello = case.unanswered()?;
    let stream = case.session.stream(Side::Client);
    if case.too_large_for_the_path().is_some()
        || stream.unacknowledged == 0
        || case.session.transport == Transport::Udp
    {
        return None;
    }
    let repeated = stream.retransmissions;
    let confidence = if repeated > 0 { Confidence::Likely } else { Confidence::Possible };
    if pq_clienthello_split::explains(case)
        || pq_group_blocked_by_ips::explains(case)
        || version_intolerant_middlebox::explains(case)
    {
        return None;
    }
    let finding = Finding::new(&CAUSE, confidence, None).at(
        "client sends",
        &hello,
        format!("a ClientHello of {} bytes", stream.bytes),
    );
    let finding = match repeated {
        0 => finding.fact("network", "TCP never acknowledged it"),
        n => finding.frame(
            "network",
            stream.first_retransmission,
            format!("repeated {n} times, never acknowledged"),
        ),
    };
    let wait = case.waited_since(hello.time) / 1_000_000;
    let left = !matches!(case.session.outcome, Outcome::Silent(_));
    let finding = finding.fact("wait", waited(wait, left));
    let finding = match case.speaks_tls() {
        Some(frame) => finding.frame("control", frame, "the same port speaks TLS with others"),
        None => finding,
    };
    Some(finding.tell("try from another network, and with another name"))
}

#[cfg(test)]
mod tests {
    use super::super::story::{Hello, Story};
    use super::*;

    /// A ClientHello that was repeated and never acknowledged.
    #[test]
    fn a_hello_without_acknowledgement_was_lost() {
        let story = Story::new()
            .client_hello(&Hello::default())
            .ends(Outcome::GaveUp(Side::Client))
            .with(|session| {
                session.from_client.unacknowledged = 300;
                session.from_client.retransmissions = 5;
                session.from_client.first_retransmission = 5;
            });
        let findings = story.judge();
        assert_eq!(findings[0].cause.slug, CAUSE.slug);
        assert_eq!(findings[0].confidence, Confidence::Likely);
    }
}
