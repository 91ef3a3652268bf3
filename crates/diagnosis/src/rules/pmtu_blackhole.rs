//! Packets that are too large for the path vanish.

use trace::Side;

use super::label::sends;
use super::silence::repeated;
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "pmtu-blackhole",
    because: "large packets that vanish on the way",
    page: include_str!("pmtu-blackhole.md"),
    judge,
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    let side = case.too_large_for_the_path()?;
    case.client_hello?;
    let stream = case.session.stream(side);
    let waited = case.session.ended.since(case.session.started) / 1_000_000_000;
    let finding = Finding::new(&CAUSE, Confidence::Likely, None);
    if case.is_dtls() {
        return Some(over_datagrams(case, side, finding));
    }
    let finding = if repeated(stream) {
        let (size, times) = (stream.largest_retransmitted, stream.retransmissions);
        finding.frame(
            sends(side),
            stream.first_retransmission,
            format!("{size}-byte segments, repeated {times} times, never acknowledged"),
        )
    } else {
        let lost = stream.hole;
        finding.fact(sends(side), format!("{lost} bytes that never arrive, though later ones do"))
    };
    Some(
        finding
            .fact("small packets", "pass: the TCP handshake and short segments get through")
            .fact("wait", format!("{waited} s, then nothing more"))
            .tell("ping -M do -s 1472 HOST fails where -s 1300 works"),
    )
}

/// A flight of which the large datagrams do not arrive, however often it is sent.
fn over_datagrams(case: &Case<'_>, side: Side, finding: Finding) -> Finding {
    let (stream, other) = (case.session.stream(side), case.session.stream(side.other()));
    let (frame, times) = (stream.first_retransmission, stream.retransmissions + 1);
    let finding = match stream.hole {
        0 => finding
            .frame(
                sends(side),
                frame,
                format!("{}-byte datagrams, {times} times", stream.largest_retransmitted),
            )
            .frame(
                sends(side.other()),
                other.first_retransmission,
                "again what it sent before, as if no answer had come",
            ),
        _ => finding.frame(
            sends(side),
            frame,
            format!("its flight {times} times, and each time a message is missing from it"),
        ),
    };
    finding
        .fact("small packets", "pass: shorter datagrams of both sides arrive")
        .fact(
            "wait",
            format!("{} s", case.session.ended.since(case.session.started) / 1_000_000_000),
        )
        .tell("with an MTU of 1200 or less in DTLS it connects: openssl s_client -mtu 1200")
}

#[cfg(test)]
mod tests {
    use super::super::story::{Hello, Story};
    use super::*;
    use trace::Outcome;

    /// The server's full segments are repeated and never acknowledged.
    #[test]
    fn full_segments_without_acknowledgement() {
        let story = Story::new()
            .client_hello(&Hello::default())
            .ends(Outcome::GaveUp(Side::Client))
            .with(|session| {
                session.ended = wire::Time::from_parts(1_767_225_605, 0);
                session.from_server.retransmissions = 4;
                session.from_server.largest = 1460;
                session.from_server.largest_retransmitted = 1460;
                session.from_server.unacknowledged = 2920;
            });
        let findings = story.judge();
        assert_eq!(findings[0].cause.slug, CAUSE.slug);
    }
}
