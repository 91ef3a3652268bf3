//! A ClientHello with a post-quantum key share, which is larger than one packet.

use alert::Alert;
use trace::{Outcome, Side};
use wire::RECORD_HEADER;

use super::hello::Refusal;
use crate::offer::is_split;
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
    if !is_split(case.session, length)
        || case.too_large_for_the_path().is_some()
        || takes_large(case)
    {
        return None;
    }
    let small = small(case);
    let rest = rest_lost(case, length);
    let known = small.is_some() || rest.is_some();
    let confidence = if known { Confidence::Likely } else { Confidence::Possible };
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
    let finding = match rest {
        Some(rest) => finding.frame(
            "network",
            case.session.from_client.first_retransmission,
            format!("its first packet arrives, the last {rest} bytes never do"),
        ),
        None => finding,
    };
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
    case.server()?.offers.iter().find(|offer| {
        offer.client == client && !offer.post_quantum && !is_split(case.session, offer.length)
    })
}

/// Whether the server took a hello of this client, or of anybody on the same path, that was split.
fn takes_large(case: &Case<'_>) -> bool {
    let client = case.session.client.host();
    let taken = |offer: &Offer| offer.client == client && is_split(case.session, offer.length);
    case.server().is_some_and(|server| server.offers.iter().any(taken))
}

/// Whether a failure is explained by this cause so well that "no answer" says less.
pub(super) fn explains(case: &Case<'_>) -> bool {
    judge(case).is_some_and(|finding| finding.confidence <= Confidence::Likely)
}

/// Bytes of the hello behind its first packet, if these alone were lost however often they were
/// sent again: what is too large for a path is lost in front.
fn rest_lost(case: &Case<'_>, length: u32) -> Option<u64> {
    let client = case.session.stream(Side::Client);
    let all = u64::from(length) + RECORD_HEADER as u64;
    let rest = client.unacknowledged;
    let lost = rest > 0 && rest < all && client.bytes == all && client.retransmissions >= 2;
    (lost && u64::from(client.largest_retransmitted) <= rest).then_some(rest)
}

/// The label of what the server did.
const SERVER: &str = "server sends";
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

    /// The first packet is acknowledged, and the rest never: that is no link that is too narrow.
    #[test]
    fn the_rest_alone_is_lost() {
        let lost = |rest| {
            let story = Story::new().client_hello(&large()).ends(Outcome::Silent(Side::Server));
            story.with(|session| {
                session.ended = wire::Time::from_parts(1_767_225_605, 0);
                let length = u64::from(session.events[0].length) + RECORD_HEADER as u64;
                let client = &mut session.from_client;
                (client.bytes, client.unacknowledged) = (length, rest);
                (client.retransmissions, client.largest_retransmitted) = (3, 90);
            })
        };
        assert_eq!(found(&lost(90).judge()), Some(Confidence::Likely));
        assert_eq!(found(&lost(0).judge()), Some(Confidence::Possible));
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
