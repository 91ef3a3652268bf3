//! A client that tries the server out and wants to be refused.

use trace::Side;

use super::label::sends;
use crate::probes::refused_key;
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "scanner-noise",
    because: "a scanner that tries out how the server refuses",
    page: include_str!("scanner-noise.md"),
    judge,
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    let frame = refused_key(case.session)?;
    let (count, span) = series(case)?;
    let span = span / 1_000_000_000;
    let finding = Finding::new(&CAUSE, Confidence::Likely, Some(Side::Server))
        .frame("client sends", frame, "a key encrypted with RSA; its Finished does not decrypt")
        .fact(
            "how often",
            format!("{count} handshakes of this client end like this within {span} s"),
        );
    let finding = match &case.alert {
        Some(alert) => finding.at(sends(Side::Server), alert, alert.what.1.alert.to_string()),
        None => finding.fact("server sends", "no alert"),
    };
    Some(finding.tell("whose address it is: a scanner of your own, or a stranger's"))
}

/// How many handshakes of this client ended like this one, and in how many nanoseconds, if that is
/// no accident.
fn series(case: &Case<'_>) -> Option<(u32, i64)> {
    refused_key(case.session)?;
    let series = case.contrast.probes.of(case.session.client.host())?;
    let span = series.last.since(series.first).max(0);
    let often = series.count >= MANY && span / i64::from(series.count) <= PACE;
    often.then_some((series.count, span))
}

/// Whether this handshake is one of a scanner's.
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
}
