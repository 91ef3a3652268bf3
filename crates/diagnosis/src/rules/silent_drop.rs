//! A ClientHello that was never answered.

use trace::{Outcome, Side};

use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "silent-drop",
    because: "a ClientHello that was never answered",
    page: include_str!("silent-drop.md"),
    judge,
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    let hello = case.client_hello?;
    let stalled = case.stalled() && case.too_large_for_the_path().is_none();
    if !stalled || case.server_spoke() || case.session.plaintext(Side::Server).is_some() {
        return None;
    }
    let stream = case.session.stream(Side::Client);
    let lost = stream.unacknowledged > 0 && stream.retransmissions > 0;
    let waited = case.session.ended.since(hello.time) / 1_000_000;
    let gave_up = matches!(case.session.outcome, Outcome::GaveUp(_));
    let confidence = if gave_up || lost || waited >= LONG_MS {
        Confidence::Likely
    } else {
        Confidence::Possible
    };
    let finding = Finding::new(&CAUSE, confidence, None).at(
        "client sends",
        &hello,
        format!("a ClientHello of {} bytes", stream.bytes),
    );
    let finding = match lost {
        true => finding.frame(
            "network",
            stream.first_retransmission,
            format!("repeated {} times, never acknowledged", stream.retransmissions),
        ),
        false => finding.fact("server takes", "the bytes (TCP acknowledged them) and says nothing"),
    };
    let left = if gave_up { "then the client left" } else { "up to the end" };
    let finding = finding.fact("wait", format!("{} {left}", seconds(waited)));
    let finding = match case.server() {
        Some(server) => {
            finding.frame("control", server.first_tls, "the same port speaks TLS with others")
        }
        None => finding,
    };
    Some(finding.tell("try from another network, and with another name"))
}

/// A span in words: milliseconds below ten seconds.
fn seconds(milliseconds: i64) -> String {
    match milliseconds {
        0..10_000 => format!("{milliseconds} ms"),
        _ => format!("{} s", milliseconds / 1000),
    }
}

/// A wait in milliseconds that no working server needs.
const LONG_MS: i64 = 3000;

#[cfg(test)]
mod tests {
    use super::super::story::{Hello, Story};
    use super::*;

    /// The client left after waiting: the silence is the finding.
    #[test]
    fn a_client_that_gave_up_was_not_answered() {
        let story = Story::new()
            .client_hello(&Hello::default())
            .says(Side::Client, trace::Message::Fin)
            .ends(Outcome::GaveUp(Side::Client));
        let findings = story.judge();
        assert_eq!(findings[0].cause.slug, CAUSE.slug);
        assert_eq!(findings[0].refused_by, None);
    }
}
