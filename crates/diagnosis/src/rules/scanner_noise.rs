//! A client that tries the server out and wants to be refused.

use trace::{Outcome, Side};

use super::label::sends;
use crate::docket::left_at_once;
use crate::probes::{MANY_OFFERS, Series, refused_key};
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "scanner-noise",
    because: "a scanner that tries out how the server refuses",
    page: include_str!("scanner-noise.md"),
    judge,
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    let finding = Finding::new(&CAUSE, Confidence::Likely, Some(Side::Server));
    let often = |finding: Finding, series: Series, what: &str| {
        let span = series.span() / 1_000_000_000;
        finding.fact("how often", format!("{} {what} within {span} s", series.count))
    };
    let finding = match (refused_key(case.session).zip(series(case)), trial(case)) {
        (Some((frame, series)), _) => {
            let says = "a key encrypted with RSA; its Finished does not decrypt";
            let finding = finding.frame("client sends", frame, says);
            often(finding, series, "handshakes of this client end like this")
        }
        (None, Some(series)) => {
            let hello = case.client_hello.as_ref()?;
            let says = format!("one of {MANY_OFFERS} different offers, or more");
            let finding = finding.at("client offers", hello, says);
            often(finding, series, "handshakes of this client with this server lead to nothing")
        }
        (None, None) => return None,
    };
    let finding = match &case.alert {
        Some(alert) => finding.at(sends(alert.what.0), alert, alert.what.1.alert.to_string()),
        None => finding.fact("server sends", "no alert"),
    };
    Some(finding.tell("whose address it is: a scanner of your own, or a stranger's"))
}

/// What a scanner sends is no mistake, and that it is refused is what it wants to know: nothing else
/// is the cause of it.
pub(super) fn heard(findings: &mut Vec<Finding>) {
    let scan = findings.iter().position(|finding| finding.cause.slug == CAUSE.slug);
    if let Some(scan) = scan {
        findings.swap(0, scan);
        findings.truncate(1);
    }
}

/// How many handshakes of this client ended like this one, if that is no accident.
fn series(case: &Case<'_>) -> Option<Series> {
    refused_key(case.session)?;
    let series = case.contrast.probes.of(case.session.client.host())?;
    (series.count >= MANY && is_quick(series)).then_some(series)
}

/// How many handshakes of this client led to nothing, if it tries out what the server takes.
fn trial(case: &Case<'_>) -> Option<Series> {
    let failed = match case.session.outcome {
        Outcome::Established => left_at_once(case.session),
        outcome => outcome != Outcome::NotTls,
    };
    let series = case.contrast.probes.trial(case.session).filter(|_| failed)?;
    is_quick(series).then_some(series)
}

/// Whether one follows the other sooner than a client that cannot connect tries again.
fn is_quick(series: Series) -> bool {
    series.span() / i64::from(series.count.max(1)) <= PACE
}

/// Whether this handshake is one of a scanner's that sends keys.
pub(super) fn is_series(case: &Case<'_>) -> bool {
    series(case).is_some()
}

/// Failed handshakes of one client from which on they are no accident.
const MANY: u32 = 10;
/// Nanoseconds between two of them at most, on average: a client that cannot connect waits longer
/// before it tries again.
const PACE: i64 = 2_000_000_000;

#[cfg(test)]
mod tests {
    use super::super::story::{Hello, Story};
    use super::*;
    use alert::Alert;
    use trace::Message;
    use wire::HandshakeType;

    fn refused(suite: u16) -> Story {
        Story::new()
            .client_hello(&Hello { suites: vec![suite], ..Hello::tls12() })
            .server_hello(0x0303, suite, &[(0xff01, vec![0])])
            .handshake(Side::Client, HandshakeType::CLIENT_KEY_EXCHANGE, &[])
            .says(Side::Client, Message::ChangeCipherSpec)
            .says(Side::Client, Message::EncryptedHandshake)
            .alert(Side::Server, Alert::BAD_RECORD_MAC)
    }

    /// One Finished that does not decrypt says nothing about its sender; ten in a row under the RSA
    /// key exchange do, and under another they do not.
    #[test]
    fn many_make_a_scanner() {
        let first = |suite, times| {
            let others = (0..times).map(|_| refused(suite));
            refused(suite).judge_among(others)[0].cause.slug
        };
        assert_eq!(first(0x0035, 9), CAUSE.slug);
        assert_ne!(first(0x0035, 8), CAUSE.slug);
        assert_ne!(first(0xc02f, 20), CAUSE.slug);
    }

    /// Every suite by itself, one after the other: that each is refused is no mistake of anybody's.
    /// Many clients with the same offer are not a scanner, and neither is one that tries for hours.
    #[test]
    fn every_suite_by_itself_is_a_scan() {
        let offer = |suite: u16| Hello { suites: vec![suite], version: 0x0301, ..Hello::tls12() };
        let refused = |suite: u16| {
            Story::new().client_hello(&offer(suite)).alert(Side::Server, Alert::PROTOCOL_VERSION)
        };
        let others = |count: u16| (1..count).map(|n| refused(0xc000 + n).later(u64::from(n)));
        let findings = refused(0xc000).judge_among(others(36));
        assert_eq!(findings[0].cause.slug, CAUSE.slug);
        assert_eq!(findings.len(), 1);
        assert_ne!(refused(0xc000).judge_among(others(35))[0].cause.slug, CAUSE.slug);
        let same = (1..60).map(|_| refused(0xc000));
        assert_ne!(refused(0xc000).judge_among(same)[0].cause.slug, CAUSE.slug);
        let slow = (1..60).map(|n| refused(0xc000 + n).later(3_000 * u64::from(n)));
        assert_ne!(refused(0xc000).judge_among(slow)[0].cause.slug, CAUSE.slug);
    }
}
