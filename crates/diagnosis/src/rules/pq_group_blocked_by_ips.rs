//! A ClientHello with a post-quantum key share, which fits into one packet and is refused all the same.

use super::pq_clienthello_split::ends_unread;
use crate::offer::is_split;
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "pq-group-blocked-by-ips",
    because: "a firewall that takes the post-quantum key share for an attack",
    page: include_str!("pq-group-blocked-by-ips.md"),
    judge,
};

/// The size of the hello is no reason where one packet holds it. What is left is what the key share
/// says: without it the same client is served.
fn judge(case: &Case<'_>) -> Option<Finding> {
    let hello = case.client_hello.as_ref()?;
    let (group, share) = hello.what.key_shares().find(|(group, _)| group.is_post_quantum())?;
    let length = case.session.events.get(hello.event)?.length;
    let end = ends_unread(case)?;
    if is_split(case.session, length) || case.too_large_for_the_path().is_some() {
        return None;
    }
    let client = case.session.client.host();
    let mine = || {
        let offers = case.server().into_iter().flat_map(|server| &server.offers);
        offers.filter(|offer| offer.client == client)
    };
    if mine().any(|offer| offer.post_quantum) {
        return None;
    }
    let tls13 = hello.what.offers_tls13();
    let control = mine().find(|offer| offer.tls13 == tls13)?;
    let side = case.server_unless_forged().filter(|_| end.frame.is_some());
    let finding = Finding::new(&CAUSE, Confidence::Likely, side)
        .at("client sends", hello, format!("a ClientHello of {length} bytes, in one packet"))
        .at("client offers", hello, format!("{group}, a key share of {} bytes", share.len()));
    let finding = match end.frame {
        Some(frame) => finding.frame(end.label, frame, end.says),
        None => finding.fact(end.label, end.says),
    };
    let finding = case.who(finding).frame(
        "control",
        control.frame,
        format!("without {group} the same client is served"),
    );
    Some(finding.tell("the firewall's log of blocked attacks; openssl s_client -groups X25519"))
}

/// Whether a failure is explained by this cause so well that others say less.
pub(super) fn explains(case: &Case<'_>) -> bool {
    judge(case).is_some()
}

#[cfg(test)]
mod tests {
    use super::super::story::{Hello, Story};
    use super::*;
    use trace::{Outcome, Side};

    fn hybrid() -> Hello {
        let share = [&[0x11, 0xec, 4, 0xc0][..], &[9; 1216]].concat();
        let list = [&(share.len() as u16).to_be_bytes()[..], &share].concat();
        Hello { groups: Vec::new(), extensions: vec![(51, list)], ..Hello::default() }
    }

    fn taken(hello: &Hello) -> Story {
        let story = Story::new().client_hello(hello).server_hello(0x0304, 0x1301, &[]);
        story.ends(Outcome::Established)
    }

    fn found(findings: &[Finding]) -> Option<Confidence> {
        findings.iter().find(|it| it.cause.slug == CAUSE.slug).map(|it| it.confidence)
    }

    /// One packet holds the hello, and without the group the same client is served; where that is
    /// not known, or the server took the group from it, nothing is claimed.
    #[test]
    fn the_group_makes_the_difference() {
        let cut = || Story::new().client_hello(&hybrid()).resets(Side::Server);
        let findings = cut().judge_among([taken(&Hello::default())]);
        assert_eq!(findings[0].cause.slug, CAUSE.slug);
        assert_eq!(findings[0].confidence, Confidence::Likely);
        assert_eq!(found(&cut().judge()), None);
        assert_eq!(found(&cut().judge_among([taken(&Hello::default()), taken(&hybrid())])), None);
        // Between hosts that take less in one packet it is the size that differs.
        let narrow = cut().with(|session| session.from_server.mss = Some(1240));
        assert_eq!(found(&narrow.judge_among([taken(&Hello::default())])), None);
    }
}
