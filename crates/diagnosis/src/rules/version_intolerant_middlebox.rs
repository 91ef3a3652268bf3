//! Something cannot bear that TLS 1.3 is on offer.

use super::pq_clienthello_split::ends_unread;
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "version-intolerant-middlebox",
    because: "a box or a server that does not bear an offer of TLS 1.3",
    page: include_str!("version-intolerant-middlebox.md"),
    judge,
};

/// A server that does not know TLS 1.3 overlooks the offer (RFC 9846, D.1). Whoever breaks off
/// instead, and serves the same client when it offers less, stumbles over the offer itself.
fn judge(case: &Case<'_>) -> Option<Finding> {
    let hello = case.client_hello.as_ref()?;
    if !hello.what.offers_tls13() || hello.what.lowest_version().is_none_or(|v| v.is_tls13()) {
        return None;
    }
    let end = ends_unread(case)?;
    if case.too_large_for_the_path().is_some() {
        return None;
    }
    let client = case.session.client.host();
    let mine = || case.server().into_iter().flat_map(|server| &server.offers);
    let mine = || mine().filter(|offer| offer.client == client);
    let without = mine().find(|offer| !offer.tls13)?;
    if mine().any(|offer| offer.tls13) {
        return None;
    }
    let side = case.server_unless_forged().filter(|_| end.frame.is_some());
    let finding = Finding::new(&CAUSE, Confidence::Likely, side).at(
        "client offers",
        hello,
        "TLS 1.3 beside older versions",
    );
    let finding = match end.frame {
        Some(frame) => finding.frame(end.label, frame, end.says),
        None => finding.fact("server sends", end.says),
    };
    let finding = case.who(finding);
    Some(
        finding
            .frame(
                "control",
                without.frame,
                "the same client is served when it does not offer TLS 1.3",
            )
            .tell("openssl s_client -tls1_2 connects where -tls1_3 and the default do not"),
    )
}

/// Whether a failure is explained by this cause so well that "no answer" says less.
pub(super) fn explains(case: &Case<'_>) -> bool {
    judge(case).is_some()
}

#[cfg(test)]
mod tests {
    use super::super::story::{Hello, Story};
    use super::*;
    use trace::{Outcome, Side};

    /// The same client with less on offer is the control; with TLS 1.3 taken at other times, or
    /// without any control, nothing is claimed.
    #[test]
    fn the_offer_makes_the_difference() {
        let cut = || Story::new().client_hello(&Hello::default()).resets(Side::Server);
        let taken = |hello: &Hello, version, suite| {
            let story = Story::new().client_hello(hello).server_hello(version, suite, &[]);
            story.ends(Outcome::Established)
        };
        let old = || taken(&Hello::tls12(), 0x0303, 0xc02f);
        let findings = cut().judge_among([old()]);
        assert_eq!(findings[0].cause.slug, CAUSE.slug);
        let new = taken(&Hello::default(), 0x0304, 0x1301);
        let findings = cut().judge_among([old(), new]);
        assert!(findings.iter().all(|found| found.cause.slug != CAUSE.slug));
        assert!(cut().judge().iter().all(|found| found.cause.slug != CAUSE.slug));
    }
}
