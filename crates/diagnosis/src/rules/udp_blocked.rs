//! A handshake over UDP that nobody ever answered.

use trace::{Carrier, Outcome, Side, Transport};
use wire::Group;

use super::silence::waited;
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "udp-blocked",
    because: "UDP that gets no answer: it is blocked on the way, or nobody listens",
    page: include_str!("udp-blocked.md"),
    judge,
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    if case.session.transport != Transport::Udp {
        return None;
    }
    let hello = case.unanswered()?;
    let stream = case.session.stream(Side::Client);
    let wait = case.waited_since(hello.time) / 1_000_000;
    let left = !matches!(case.session.outcome, Outcome::Silent(_));
    let what = match case.session.carrier {
        Carrier::Quic => "a ClientHello in QUIC",
        _ => "a ClientHello in DTLS",
    };
    // A first packet is padded to 1200 bytes; a hello that takes two has a large key share.
    let packets = match case.session.events.get(hello.event).map_or(0, |event| event.length) {
        0..=1100 => String::new(),
        length => format!(" of {length} bytes, in several packets"),
    };
    let confidence =
        if stream.retransmissions > 0 { Confidence::Likely } else { Confidence::Possible };
    let finding = Finding::new(&CAUSE, confidence, None).at(
        "client sends",
        &hello,
        format!("{what}{packets}"),
    );
    let finding = match stream.retransmissions {
        0 => finding,
        times => finding.frame(
            "client sends",
            stream.first_retransmission,
            format!("the same again, in {times} datagrams"),
        ),
    };
    let finding = finding.fact("server sends", "not one datagram");
    let finding = finding.fact("wait", waited(wait, left));
    let finding = match case.speaks_tls() {
        Some(frame) => finding.frame("control", frame, "the same address and port answers others"),
        None => finding,
    };
    let large = !packets.is_empty()
        && hello.what.supported_groups().any(|group| group == Group::X25519MLKEM768);
    Some(finding.tell(match large {
        true => "the same without X25519MLKEM768: a hello of one packet may get through",
        false => "capture at the server: does anything arrive there?",
    }))
}

#[cfg(test)]
mod tests {
    use super::super::story::{Hello, Story};
    use super::*;

    fn silent(repeated: u32) -> Vec<Finding> {
        Story::quic()
            .client_hello(&Hello::default())
            .ends(Outcome::Silent(Side::Server))
            .with(|session| session.from_client.retransmissions = repeated)
            .judge()
    }

    /// A hello that was repeated and never answered; once is not enough to be sure.
    #[test]
    fn a_hello_without_answer_was_lost() {
        let findings = silent(3);
        assert_eq!(findings[0].cause.slug, CAUSE.slug);
        assert_eq!(findings[0].confidence, Confidence::Likely);
        assert_eq!(silent(0)[0].confidence, Confidence::Possible);
        assert_eq!(findings.len(), 1, "{findings:?}");
    }

    /// What answers on the same port over TCP shows nothing about UDP; what answers over UDP does.
    #[test]
    fn the_control_came_over_udp() {
        let controls = |transport| {
            let other = Story::quic()
                .client_hello(&Hello::default())
                .server_hello(0x0304, 0x1301, &[])
                .ends(Outcome::Established)
                .with(|session| session.transport = transport);
            let findings = Story::quic()
                .client_hello(&Hello::default())
                .ends(Outcome::Silent(Side::Server))
                .judge_among([other]);
            let evidence = &findings[0].evidence;
            evidence.iter().filter(|fact| fact.label == "control").count()
        };
        assert_eq!((controls(Transport::Tcp), controls(Transport::Udp)), (0, 1));
    }
}
