//! A ClientHello with a post-quantum key share, which is larger than one packet.

use alert::Alert;
use trace::{Outcome, Side};
use wire::RECORD_HEADER;

use super::hello::Refusal;
use crate::{Case, Cause, Confidence, Finding, Offer};

pub(super) const CAUSE: Cause = Cause {
    slug: "pq-clienthello-split",
    because: "a ClientHello in two packets, of which the other side reads only one",
    page: include_str!("pq-clienthello-split.md"),
    judge,
};

/// What a server says that takes the first segment for the whole hello.
const CODES: [Alert; 3] = [Alert::DECODE_ERROR, Alert::UNEXPECTED_MESSAGE, Alert::RECORD_OVERFLOW];

fn judge(case: &Case<'_>) -> Option<Finding> {
    let hello = case.client_hello.as_ref()?;
    let (group, share) = hello.what.key_shares().find(|(group, _)| group.is_post_quantum())?;
    let length = case.session.events.get(hello.event)?.length;
    let end = ends_unread(case)?;
    if !is_split(length) || case.too_large_for_the_path().is_some() || takes_large(case) {
        return None;
    }
    let small = small(case);
    let confidence = if small.is_some() { Confidence::Likely } else { Confidence::Possible };
    let side = case.server_unless_forged().filter(|_| end.frame.is_some());
    let finding = Finding::new(&CAUSE, confidence, side)
        .at(
            "client sends",
            hello,
            format!("a ClientHello of {length} bytes, more than a packet holds"),
        )
        .at("client offers", hello, format!("{group}, a key share of {} bytes", share.len()));
    let finding = match end.frame {
        Some(frame) => finding.frame(end.label, frame, end.says),
        None => finding.fact("server sends", end.says),
    };
    let finding = case.who(finding);
    let finding = match small {
        Some(offer) => finding.frame(
            "control",
            offer.frame,
            format!("the same client is served with a ClientHello of {} bytes", offer.length),
        ),
        None => finding,
    };
    Some(finding.tell("openssl s_client -groups X25519 connects where the default does not"))
}

/// How a ClientHello ended that was never read to its end.
pub(super) struct Unread {
    /// The frame in which the server left or complained, if it did.
    pub(super) frame: Option<u64>,
    /// What it did, in words.
    pub(super) says: String,
    /// The label for it.
    pub(super) label: &'static str,
}

/// How it ended, if no byte of TLS answered the ClientHello but a complaint that it was not whole.
pub(super) fn ends_unread(case: &Case<'_>) -> Option<Unread> {
    // EAP has each part of a hello acknowledged before the next, and knows no TCP.
    if case.access().is_some() {
        return None;
    }
    let stream = case.session.stream(Side::Server);
    if case.server_left_in_silence() {
        let reset = matches!(case.session.outcome, Outcome::Reset(_)) || stream.fin.is_none();
        let (mark, how) = if reset { (stream.reset, "reset") } else { (stream.fin, "FIN") };
        let (label, name) = match case.forged() {
            Some(side) => ("cut off", format!(" in the {}'s name", side.name())),
            None => (SERVER, String::new()),
        };
        let says = format!("a TCP {how}{name}, no alert");
        return Some(Unread { frame: Some(mark?.frame), says, label });
    }
    if let Some(refusal) = Refusal::of(case) {
        let code = refusal.alert.filter(|code| CODES.contains(code))?;
        let says = code.to_string();
        return Some(Unread { frame: Some(case.alert.as_ref()?.frame), says, label: SERVER });
    }
    let hello = case.unanswered()?;
    let waited = case.waited_since(hello.time) >= LONG;
    let nothing = || "nothing, up to the end".to_owned();
    waited.then(|| Unread { frame: None, says: nothing(), label: SERVER })
}

/// The same client's hello that fits in one packet and that the server took.
fn small<'a>(case: &Case<'a>) -> Option<&'a Offer> {
    let client = case.session.client.host();
    case.server()?
        .offers
        .iter()
        .find(|offer| offer.client == client && !offer.post_quantum && !is_split(offer.length))
}

/// Whether the server took a hello of this client, or of anybody on the same path, that was split.
fn takes_large(case: &Case<'_>) -> bool {
    let client = case.session.client.host();
    let taken = |offer: &Offer| offer.client == client && is_split(offer.length);
    case.server().is_some_and(|server| server.offers.iter().any(taken))
}

/// Whether a failure is explained by this cause so well that "no answer" says less.
pub(super) fn explains(case: &Case<'_>) -> bool {
    judge(case).is_some_and(|finding| finding.confidence <= Confidence::Likely)
}

/// Whether a message of this length does not fit into one packet of 1500 bytes.
fn is_split(length: u32) -> bool {
    length + RECORD_HEADER as u32 > ONE_SEGMENT
}

/// The label of what the server did.
const SERVER: &str = "server sends";
/// Payload of one TCP segment over Ethernet and IPv4, in bytes; options leave a little less.
const ONE_SEGMENT: u32 = 1460;
/// A wait in nanoseconds that no working server needs.
const LONG: i64 = 1_000_000_000;

#[cfg(test)]
mod tests {
    use super::super::story::{Hello, Story};
    use super::*;

    fn large() -> Hello {
        let share = [&[0x11, 0xec, 4, 0xc0][..], &[9; 1216]].concat();
        let list = [&(share.len() as u16).to_be_bytes()[..], &share].concat();
        Hello {
            groups: Vec::new(),
            extensions: vec![(51, list), (21, vec![0; 200])],
            ..Hello::default()
        }
    }

    fn found(findings: &[Finding]) -> Option<Confidence> {
        findings.iter().find(|it| it.cause.slug == CAUSE.slug).map(|it| it.confidence)
    }

    fn taken(hello: &Hello) -> Story {
        Story::new()
            .client_hello(hello)
            .server_hello(0x0304, 0x1301, &[])
            .ends(Outcome::Established)
    }

    /// The size alone is one of several reasons; a small hello of the same client that is taken
    /// makes it the likely one, and a large one that is taken acquits.
    #[test]
    fn the_size_makes_the_difference() {
        let cut = || Story::new().client_hello(&large()).resets(Side::Server);
        assert_eq!(found(&cut().judge()), Some(Confidence::Possible));
        let among = cut().judge_among([taken(&Hello::default())]);
        assert_eq!(among[0].cause.slug, CAUSE.slug);
        assert_eq!(found(&among), Some(Confidence::Likely));
        assert_eq!(found(&cut().judge_among([taken(&large())])), None);
        let small = Story::new().client_hello(&Hello::default()).resets(Side::Server);
        assert_eq!(found(&small.judge()), None);
    }

    /// In EAP a hello travels in as many parts as it likes.
    #[test]
    fn parts_of_eap_are_not_split() {
        let cut = Story::new().client_hello(&large()).closes(Side::Server);
        let denied = cut.with(|session| session.access = Some(Box::default()));
        assert_eq!(found(&denied.judge()), None);
        let closed = Story::new().client_hello(&large()).closes(Side::Server);
        assert_eq!(found(&closed.judge()), Some(Confidence::Possible));
    }

    /// Full segments that are repeated are lost on the way: the network, not a reader.
    #[test]
    fn what_is_lost_is_not_unread() {
        let lost = Story::new().client_hello(&large()).ends(Outcome::GaveUp(Side::Client)).with(
            |session| {
                session.ended = wire::Time::from_parts(1_767_225_605, 0);
                session.from_client.retransmissions = 4;
                session.from_client.largest_retransmitted = 1400;
                session.from_client.unacknowledged = 1600;
            },
        );
        assert_eq!(found(&lost.judge()), None);
    }
}
