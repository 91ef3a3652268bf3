//! A failure that no rule explains: what is known is said all the same.

use trace::{Outcome, Side};

use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "unknown",
    because: "a reason that the capture does not show",
    page: include_str!("unknown.md"),
    judge: |_| None,
};

/// What can be said of a failure for which there is no finding; `None` if it is no failure.
pub(super) fn unexplained(case: &Case<'_>) -> Option<Finding> {
    let finding = Finding::new(&CAUSE, Confidence::Possible, case.refuser());
    let step = case.step.phrase();
    let finding = match case.session.outcome {
        Outcome::Alert(_) => {
            let seen = case.alert?;
            let (side, message) = seen.what;
            let alert = message.alert;
            finding
                .at(says(side), &seen, format!("{alert} while {step}"))
                .fact("reads as", format!("the {side} {}", alert.says()))
        }
        Outcome::AlertLikely(_) => {
            let seen = case.likely_alert?;
            finding.at(says(seen.what), &seen, format!("an encrypted alert while {step}"))
        }
        Outcome::Reset(side) | Outcome::Closed(side) => {
            let stream = case.session.stream(side);
            let reset = matches!(case.session.outcome, Outcome::Reset(_));
            let mark = if reset { stream.reset } else { stream.fin };
            let what = if reset { "a TCP reset" } else { "a TCP FIN" };
            let frame = mark.map_or(case.session.last_frame, |mark| mark.frame);
            finding.frame(says(side), frame, format!("{what} while {step}, no alert"))
        }
        Outcome::Silent(side) => finding.fact(says(side), format!("nothing more, while {step}")),
        Outcome::GaveUp(side) => {
            finding.fact(says(side), format!("nothing more: it left while {step}"))
        }
        Outcome::Plaintext(side) => finding.fact(says(side), "plaintext to a peer that speaks TLS"),
        Outcome::Established | Outcome::NotTls | Outcome::Truncated | Outcome::OneSided(_) => {
            return None;
        }
    };
    Some(finding.tell("the log of the side that ended it has the reason"))
}

fn says(side: Side) -> &'static str {
    match side {
        Side::Client => "client sends",
        Side::Server => "server sends",
    }
}

#[cfg(test)]
mod tests {
    use super::super::story::{Hello, Story};
    use super::*;
    use alert::Alert;

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
