//! The ClientHello does not say which signatures the client can check.

use alert::Alert;
use trace::{Message, Side};
use wire::{ExtensionType, Fault, ProtocolVersion};

use super::hello::{Refusal, suites};
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "sigalg-ext-missing",
    because: "a ClientHello without signature_algorithms",
    page: include_str!("sigalg-ext-missing.md"),
    judge,
};

/// TLS 1.3 demands the extension (RFC 9846, 9.2); in TLS 1.2 its absence means that the client can
/// check SHA-1 alone (RFC 5246, 7.4.1.4.1), which servers of today do not sign with.
fn judge(case: &Case<'_>) -> Option<Finding> {
    let (hello, alert, answered) = match (Refusal::of(case), Refusal::hidden(case)) {
        (Some(refusal), _) => (refusal.hello, refusal.alert, false),
        // Java finds out after its ServerHello.
        (_, Some(refusal)) => (refusal.hello, refusal.alert, true),
        _ => (case.client_hello?, Some(late_alert(case)?), true),
    };
    let what = hello.what;
    let highest = what.highest_version().settled();
    if what.cut.is_some()
        || !case.is_whole(hello.event)
        || what.has(ExtensionType::SIGNATURE_ALGORITHMS)
        || what.has(ExtensionType::PRE_SHARED_KEY)
        || highest < ProtocolVersion::TLS_1_2
        || suites(&what).is_empty()
    {
        return None;
    }
    let tls13 = what.offers_tls13();
    // A hello that lacks more was not written for TLS 1.3: that is what is wrong with it then.
    let alone = what.problems().iter().all(|problem| is_missing(problem.fault));
    let confidence = match alert {
        Some(Alert::MISSING_EXTENSION) if alone && tls13 => Confidence::Certain,
        _ if !alone => return None,
        Some(Alert::MISSING_EXTENSION | Alert::HANDSHAKE_FAILURE) => Confidence::Likely,
        Some(Alert::INSUFFICIENT_SECURITY | Alert::ILLEGAL_PARAMETER | Alert::INTERNAL_ERROR) => {
            Confidence::Likely
        }
        None if answered => Confidence::Likely,
        None => Confidence::Possible,
        Some(_) => return None,
    };
    let says = match tls13 {
        true => "TLS 1.3 without signature_algorithms, which it demands",
        false => "TLS 1.2 without signature_algorithms: SHA-1 signatures alone",
    };
    let finding =
        Finding::new(&CAUSE, confidence, Some(Side::Server)).at("client offers", &hello, says);
    let finding = match (alert, case.alert) {
        (Some(alert), Some(seen)) => finding.at("server says", &seen, alert.to_string()),
        _ => finding,
    };
    Some(match confidence {
        Confidence::Certain => finding,
        _ => finding
            .tell("a client that sends the extension gets in: openssl s_client -connect HOST:PORT"),
    })
}

/// The server's alert after a ServerHello to which the client had nothing to say.
fn late_alert(case: &Case<'_>) -> Option<Alert> {
    let hello = case.client_hello?.event;
    let alert = case.alert_from(Side::Server)?;
    let more = case.events(Side::Client).any(|(index, event)| {
        index > hello && !matches!(event.message, Message::Fin | Message::Reset)
    });
    (!more).then_some(alert)
}

/// Whether a fault of a hello is that it lacks the extension.
pub(super) fn is_missing(fault: Fault) -> bool {
    fault == Fault::Missing(ExtensionType::SIGNATURE_ALGORITHMS)
}

#[cfg(test)]
mod tests {
    use super::super::story::{Hello, Story};
    use super::*;

    fn without(hello: Hello) -> Story {
        Story::new().client_hello(&Hello { schemes: Vec::new(), ..hello })
    }

    /// 109 to a hello of TLS 1.3 that lacks this alone is proof; 40 to one of TLS 1.2 is likely.
    #[test]
    fn the_extension_is_missed() {
        let new = without(Hello::default()).alert(Side::Server, Alert::MISSING_EXTENSION).judge();
        assert_eq!((new[0].cause.slug, new[0].confidence), (CAUSE.slug, Confidence::Certain));
        let old = without(Hello::tls12()).alert(Side::Server, Alert::HANDSHAKE_FAILURE).judge();
        assert!(old.iter().any(|found| found.cause.slug == CAUSE.slug));
    }

    /// A hello that lacks more is another case, and so is a client that is older than the extension.
    #[test]
    fn more_is_missing() {
        let hello = Hello { groups: Vec::new(), ..Hello::default() };
        let bare = without(hello).alert(Side::Server, Alert::MISSING_EXTENSION).judge();
        assert_eq!(bare[0].cause.slug, "malformed-clienthello");
        let old = Hello { version: 0x0302, ..Hello::tls12() };
        let old = without(old).alert(Side::Server, Alert::HANDSHAKE_FAILURE).judge();
        assert!(old.iter().all(|found| found.cause.slug != CAUSE.slug));
    }
}
