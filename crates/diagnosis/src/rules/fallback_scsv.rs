//! The client came back with a lower version, and the server would have none of it.

use alert::Alert;
use trace::Side;

use super::hello::{Refusal, versions_offered};
use crate::{CONTROL, Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "fallback-scsv",
    because: "a client that came back with a lower version than it can speak",
    page: include_str!("fallback-scsv.md"),
    judge,
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    let refusal = Refusal::of(case)?;
    let hello = refusal.hello.what;
    let signalled = hello.has_fallback_scsv();
    let most = hello.highest_version().settled();
    let taken = case.server().map(|server| server.versions.as_slice()).unwrap_or_default();
    let better = taken.iter().find(|(version, ..)| version.settled() > most);
    // What stopped the first attempt is the reason for the second.
    let first = case.contrast.failures.before(case.session);
    let confidence = match refusal.alert {
        Some(Alert::INAPPROPRIATE_FALLBACK) if signalled => Confidence::Certain,
        Some(Alert::INAPPROPRIATE_FALLBACK) => Confidence::Likely,
        Some(Alert::HANDSHAKE_FAILURE) if signalled && better.is_some() => Confidence::Likely,
        _ => return None,
    };
    let mut finding = Finding::new(&CAUSE, confidence, Some(Side::Server)).at(
        "client offers",
        &refusal.hello,
        versions_offered(&hello),
    );
    if signalled {
        finding = finding.at(
            "client says",
            &refusal.hello,
            "suite 0x5600, TLS_FALLBACK_SCSV: it can speak a higher version",
        );
    }
    if let Some((version, frame, client)) = better {
        finding = finding.frame(CONTROL, *frame, format!("{client} got {version}"));
    }
    if let Some(first) = first {
        let says = format!("its offer of {} {}: look there first", first.version, first.ended());
        finding = finding.frame("just before", first.frame, says);
    }
    Some(match confidence {
        Confidence::Certain => finding,
        _ => finding.tell("send the same ClientHello without 0x5600, or with a higher version"),
    })
}

#[cfg(test)]
mod tests {
    use super::super::story::{Hello, Story};
    use super::*;

    /// The signal and alert 86 together leave no doubt.
    #[test]
    fn signal_and_alert_prove_it() {
        let mut hello = Hello::tls12();
        hello.suites.push(0x5600);
        let story =
            Story::new().client_hello(&hello).alert(Side::Server, Alert::INAPPROPRIATE_FALLBACK);
        let findings = story.judge();
        assert_eq!(findings[0].cause.slug, CAUSE.slug);
        assert_eq!(findings[0].confidence, Confidence::Certain);
    }

    /// The attempt that the client came back from is the root cause, and has its frame.
    #[test]
    fn the_first_attempt_is_pointed_at() {
        let mut hello = Hello::tls12();
        hello.suites.push(0x5600);
        let second = Story::new()
            .client_hello(&hello)
            .alert(Side::Server, Alert::INAPPROPRIATE_FALLBACK)
            .later(1000);
        let first = Story::new().client_hello(&Hello::default()).resets(Side::Server);
        let findings = second.judge_among([first]);
        assert_eq!(findings[0].cause.slug, CAUSE.slug);
        let before = findings[0].evidence.iter().find(|it| it.label == "just before").unwrap();
        assert_eq!(before.frame, Some(4));
        assert_eq!(before.says, "its offer of TLS 1.3 was reset: look there first");
    }
}
