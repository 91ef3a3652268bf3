//! A server that does not speak the client's version of QUIC.

use trace::Side;

use super::hello::listing;
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "quic-version-mismatch",
    because: "versions of QUIC that do not overlap",
    page: include_str!("quic-version-mismatch.md"),
    judge,
};

/// The error of a client that finds no version, or another than was promised (RFC 9368, 8).
const VERSION_NEGOTIATION_ERROR: u64 = 0x11;

fn judge(case: &Case<'_>) -> Option<Finding> {
    let session = case.session;
    let closed =
        session.close(Side::Client).filter(|close| close.what.error == VERSION_NEGOTIATION_ERROR);
    let Some(refusal) = session.version_negotiation() else {
        let close = closed?;
        return Some(
            Finding::new(&CAUSE, Confidence::Likely, Some(Side::Client))
                .at("client says", &close, "that the server's version is not what was negotiated")
                .tell("both sides' logs: which versions each of them has enabled"),
        );
    };
    // Whoever goes on after it had another version to offer.
    let later = |it: &trace::Seen<_>| it.event < refusal.event;
    if case.server_hello.is_some() || case.alert.as_ref().is_some_and(|seen| !later(&seen.with(())))
    {
        return None;
    }
    let speaks: Vec<String> = refusal.what.speaks.iter().map(ToString::to_string).collect();
    let asked = refusal.what.asked;
    // A packet that lists the version it refuses is none of the server's (RFC 9000, 6.2).
    let confidence = match refusal.what.speaks.contains(&asked) {
        true => Confidence::Possible,
        false => Confidence::Certain,
    };
    let finding = Finding::new(&CAUSE, confidence, Some(Side::Server));
    let finding = match case.client_hello {
        Some(hello) => finding.at("client speaks", &hello, asked.to_string()),
        None => finding.fact("client speaks", asked.to_string()),
    };
    Some(finding.at("server speaks", &refusal, listing(&speaks, 6)))
}

#[cfg(test)]
mod tests {
    use super::super::story::{Hello, Story};
    use super::*;
    use trace::{Message, Outcome, VersionNegotiation};
    use wire::QuicVersion;

    fn refused(speaks: &[QuicVersion]) -> Vec<Finding> {
        let asked = QuicVersion::V2;
        let refusal = VersionNegotiation { asked, speaks: speaks.into() };
        Story::quic()
            .client_hello(&Hello::default())
            .says(Side::Server, Message::VersionNegotiation(refusal.into()))
            .ends(Outcome::Closed(Side::Server))
            .judge()
    }

    /// The list does not hold what was asked for: that is proof. A list that does is somebody else's.
    #[test]
    fn a_list_without_the_version_is_proof() {
        let findings = refused(&[QuicVersion::V1]);
        assert_eq!(findings[0].cause.slug, CAUSE.slug);
        assert_eq!(findings[0].confidence, Confidence::Certain);
        assert_eq!(findings[0].evidence[1].says, "QUIC v1");
        assert_eq!(refused(&[QuicVersion::V2])[0].confidence, Confidence::Possible);
    }
}
