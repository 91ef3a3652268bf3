//! What QUIC says at the end of a connection, as evidence.

use trace::{Close, Seen, Side};

use super::protocol::quote;
use crate::{Case, Confidence, Finding};

/// Adds to a finding how the side that refused closed the connection: the error, the reason in its
/// own words, and whether anybody else could have said it.
pub(super) fn told(case: &Case<'_>, finding: Finding) -> Finding {
    let refuser = finding.refused_by.or(case.refuser());
    let Some((side, close)) = refuser.and_then(|side| Some((side, case.session.close(side)?)))
    else {
        return finding;
    };
    let label = match side {
        Side::Client => "client closes",
        Side::Server => "server closes",
    };
    finding.at(label, &close, said(&close))
}

/// Believes the words of whoever closed: causes that they name come before those that nothing speaks
/// for. They were written by a program for its own people, and nobody vouches for them, so they
/// make a cause likely and never certain.
pub(super) fn heard(case: &Case<'_>, findings: &mut [Finding]) {
    let Some(close) = case.refuser().and_then(|side| case.session.close(side)) else { return };
    let reason = close.what.reason.to_lowercase();
    let named: Vec<&str> = WORDS
        .iter()
        .filter(|(words, _)| reason.contains(words))
        .flat_map(|(_, causes)| causes.iter().copied())
        .collect();
    let place = |finding: &Finding| named.iter().position(|slug| *slug == finding.cause.slug);
    for finding in findings.iter_mut().filter(|finding| place(finding) == Some(0)) {
        finding.confidence = finding.confidence.min(Confidence::Likely);
    }
    findings.sort_by_key(|it| (it.confidence, place(it).unwrap_or(usize::MAX)));
}

/// What stacks were heard to say, in lower case, and what they mean, the likeliest first: aioquic and
/// OpenSSL, rustls, Go, BoringSSL.
const WORDS: &[(&str, &[&str])] = &[
    ("unable to get local issuer certificate", &["untrusted-root", "missing-intermediate"]),
    ("unknownissuer", &["untrusted-root", "missing-intermediate"]),
    ("unknown issuer", &["untrusted-root", "missing-intermediate"]),
    ("signed by unknown authority", &["untrusted-root", "missing-intermediate"]),
    ("self-signed certificate", &["self-signed-server", "untrusted-root"]),
    ("self signed certificate", &["self-signed-server", "untrusted-root"]),
    ("notvalidforname", &["hostname-mismatch"]),
    ("not valid for name", &["hostname-mismatch"]),
    ("doesn't match", &["hostname-mismatch"]),
    ("certificate is valid for", &["hostname-mismatch"]),
    ("has expired", &["expired-leaf", "expired-chain-member", "client-cert-expired"]),
    ("certificate is no longer valid", &["expired-leaf", "client-cert-expired"]),
    ("expired", &["expired-leaf", "client-cert-expired"]),
    ("not yet valid", &["not-yet-valid", "clock-skew"]),
    ("is not valid yet", &["not-yet-valid", "clock-skew"]),
];

/// A close in words.
pub(super) fn said(close: &Seen<&Close>) -> String {
    let close = close.what;
    let error = match (close.frame_type, close.name) {
        (None, _) => format!("error {:#x} of the application", close.error),
        (_, Some(name)) => format!("{:#06x} {name}", close.error),
        (_, None) => format!("error {:#x}", close.error),
    };
    let reason = match &*close.reason {
        "" => String::new(),
        reason => format!(": {}", quote(reason.as_bytes())),
    };
    let sure =
        if close.authenticated { "" } else { " (unauthenticated, as all Initial packets are)" };
    format!("{error}{reason}{sure}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::Time;

    /// The error has its number and its name, the reason stands in quotes, and what nobody signed is
    /// called so.
    #[test]
    fn a_close_is_quoted() {
        let close = |error, frame_type, name, reason: &str, authenticated| {
            let close = Close { error, frame_type, name, reason: reason.into(), authenticated };
            said(&Seen { frame: 1, time: Time(0), event: 0, what: &close })
        };
        let words = close(0x178, Some(6), Some("CRYPTO_ERROR"), "no", false);
        assert_eq!(
            words,
            "0x0178 CRYPTO_ERROR: \"no\" (unauthenticated, as all Initial packets are)"
        );
        assert_eq!(close(0x100, None, None, "", true), "error 0x100 of the application");
        assert_eq!(close(0x99, Some(0), None, "", true), "error 0x99");
    }
}
