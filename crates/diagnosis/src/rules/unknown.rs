//! A failure that no rule explains: what is known is said all the same.

use trace::{Carrier, Outcome};

use super::label::sends;
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "unknown",
    because: "a reason that the capture does not show",
    page: include_str!("unknown.md"),
    judge: |_| None,
};

/// The causes that the alert points at by itself, by the side that sent it, where the capture has no
/// hello that the rules could have looked at.
pub(super) fn pointed_at(case: &Case<'_>) -> Vec<Finding> {
    let Some(seen) = case.alert.filter(|_| case.client_hello.is_none()) else { return Vec::new() };
    let (side, message) = seen.what;
    let causes =
        crate::pointed_at(message.alert, side).iter().filter_map(|slug| super::cause(slug));
    let finding = |cause| Finding::new(cause, Confidence::Possible, Some(side));
    causes.map(|cause| finding(cause).at(sends(side), &seen, message.alert.to_string())).collect()
}

/// What can be said of a failure for which there is no finding; `None` if it is no failure.
pub(super) fn unexplained(case: &Case<'_>) -> Option<Finding> {
    let finding = Finding::new(&CAUSE, Confidence::Possible, case.refuser());
    let step = case.step.phrase();
    let finding = match case.session.outcome {
        Outcome::Alert(_) => {
            let seen = case.alert?;
            let (side, message) = seen.what;
            finding.at(sends(side), &seen, format!("{} while {step}", message.alert))
        }
        Outcome::AlertLikely(_) => {
            let seen = case.likely_alert?;
            finding.at(sends(seen.what), &seen, format!("an encrypted alert while {step}"))
        }
        Outcome::Closed(side) if case.session.carrier == Carrier::Quic => {
            let close = case.session.close(side).map_or(case.session.last_frame, |it| it.frame);
            finding.frame(sends(side), close, format!("a CONNECTION_CLOSE while {step}, no alert"))
        }
        Outcome::Reset(side) | Outcome::Closed(side) => {
            let stream = case.session.stream(side);
            let reset = matches!(case.session.outcome, Outcome::Reset(_));
            let mark = if reset { stream.reset } else { stream.fin };
            let verdict = case.access().and_then(|access| access.verdict);
            let what = match verdict {
                Some(verdict) => verdict.name(),
                None if reset => "a TCP reset",
                None => "a TCP FIN",
            };
            let frame = mark.map_or(case.session.last_frame, |mark| mark.frame);
            finding.frame(sends(side), frame, format!("{what} while {step}, no alert"))
        }
        // A capture that ends soon after the last word does not show that nothing followed.
        Outcome::Silent(_) if case.session.ended.since(case.session.started) < PATIENCE => {
            return None;
        }
        Outcome::Silent(side) => finding.fact(sends(side), format!("nothing more, while {step}")),
        Outcome::GaveUp(side) => {
            finding.fact(sends(side), format!("nothing more: it left while {step}"))
        }
        Outcome::Plaintext(side) => {
            finding.fact(sends(side), "plaintext to a peer that speaks TLS")
        }
        Outcome::Denied => {
            let verdict = case.access()?.verdict?;
            let what = format!("{} after the handshake", verdict.name());
            finding.frame("server sends", verdict.frame, what)
        }
        Outcome::Established | Outcome::NotTls | Outcome::Truncated | Outcome::OneSided(_) => {
            return None;
        }
    };
    Some(finding.tell("the log of the side that ended it has the reason"))
}

/// How long a handshake must last, in nanoseconds, before silence means something.
const PATIENCE: i64 = 1_500_000_000;

#[cfg(test)]
mod tests {
    use super::super::story::{Hello, Story};
    use super::*;
    use alert::Alert;
    use trace::Side;

    /// An alert that no rule understands is still told, with its place.
    #[test]
    fn a_strange_alert_is_told() {
        let story = Story::new().client_hello(&Hello::default()).alert(Side::Server, Alert(99));
        let findings = story.judge();
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].cause.slug, CAUSE.slug);
        assert_eq!(findings[0].evidence[0].frame, Some(5));
    }

    /// A session that went well has no finding.
    #[test]
    fn success_needs_no_explanation() {
        assert!(Story::new().ends(Outcome::Established).judge().is_empty());
    }
}
