//! Packets that are too large for the path vanish.

use std::net::IpAddr;

use trace::{Side, Stream};

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
    let finding = match refused(stream) {
        Some((router, frame, mtu)) => {
            let finding = finding.frame(
                "router says",
                frame,
                format!("{router}: {mtu} bytes are the most; the sender does not heed it"),
            );
            Finding { confidence: Confidence::Certain, ..finding }
        }
        None => finding,
    };
    let finding = finding
        .fact("small packets", "pass: the TCP handshake and short segments get through")
        .fact("wait", format!("{waited} s, then nothing more"));
    Some(match finding.confidence {
        Confidence::Certain => finding,
        _ => finding.tell("ping -M do -s 1472 HOST fails where -s 1300 works"),
    })
}

/// The router that said that the segments of this side are too large, where, and what it passes on:
/// then the only open question, whether it is their size, is answered.
fn refused(stream: &Stream) -> Option<(IpAddr, u64, u32)> {
    let said = stream.too_big.as_ref()?;
    let headers = if said.router.is_ipv6() { 60 } else { 40 };
    let size = stream.largest_retransmitted.max(stream.largest) + headers;
    (said.mtu > 0 && size > said.mtu).then_some((said.router, said.mark.frame, said.mtu))
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
        assert_eq!(findings[0].confidence, Confidence::Likely);
    }

    /// A router that says that the segments are too large is the proof; one that says so of larger
    /// packets than were sent has another matter in mind.
    #[test]
    fn a_router_that_says_so_is_the_proof() {
        let told = |mtu| {
            let story = Story::new().client_hello(&Hello::default());
            let story = story.ends(Outcome::GaveUp(Side::Client)).with(|session| {
                session.ended = wire::Time::from_parts(1_767_225_605, 0);
                let mark = trace::Mark::at(9, session.ended);
                let stream = &mut session.from_server;
                (stream.retransmissions, stream.unacknowledged) = (4, 2920);
                (stream.largest, stream.largest_retransmitted) = (1448, 1448);
                let router = [192, 0, 2, 1].into();
                stream.too_big = Some(Box::new(trace::Refused { mark, router, mtu }));
            });
            story.judge().remove(0)
        };
        let finding = told(1300);
        assert_eq!((finding.cause.slug, finding.confidence), (CAUSE.slug, Confidence::Certain));
        let said = finding.evidence.iter().find(|fact| fact.label == "router says").unwrap();
        assert_eq!(said.frame, Some(9));
        assert!(said.says.starts_with("192.0.2.1: 1300 bytes"), "{}", said.says);
        assert_eq!(told(1500).confidence, Confidence::Likely);
        assert_eq!(told(0).confidence, Confidence::Likely);
    }
}
