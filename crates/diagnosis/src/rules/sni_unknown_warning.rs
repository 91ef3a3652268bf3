//! The server does not know the host, says so, and goes on.

use alert::Alert;
use trace::{Outcome, Side};

use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "sni-unknown-warning",
    because: "a host name (SNI) that the server does not know but serves all the same",
    page: include_str!("sni-unknown-warning.md"),
    judge,
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    let warning = case.warning(Side::Server, Alert::UNRECOGNIZED_NAME)?;
    let hello = case.client_hello?;
    case.server_hello?;
    // The client may have left for quite another reason; only a client that says nothing else
    // can have taken the warning for the end.
    let confidence = match case.session.outcome {
        Outcome::Established => Confidence::Certain,
        Outcome::Alert(_) if case.refused_with(Side::Client, &[Alert::UNRECOGNIZED_NAME]) => {
            Confidence::Certain
        }
        Outcome::Closed(Side::Client) | Outcome::Reset(Side::Client) => Confidence::Likely,
        _ => Confidence::Possible,
    };
    let name = case.server_name().unwrap_or_else(|| "no name".into());
    let refused_by = match case.session.outcome {
        Outcome::Established => None,
        _ => case.refuser(),
    };
    let finding = Finding::new(&CAUSE, confidence, refused_by)
        .at("client asks", &hello, format!("for {name}"))
        .at("server sends", &warning, "112 unrecognized_name as a warning, then its ServerHello");
    Some(match case.session.outcome {
        Outcome::Established => finding.fact("harm", "none: the handshake was completed"),
        _ if confidence == Confidence::Certain => finding,
        _ => finding.tell("connect by a name the server knows, and see whether it still fails"),
    })
}

#[cfg(test)]
mod tests {
    use super::super::story::{Hello, Story};
    use super::*;

    fn warned() -> Story {
        Story::new()
            .client_hello(&Hello::default())
            .warning(Side::Server, Alert::UNRECOGNIZED_NAME)
            .server_hello(0x0303, 0xc02f, &[(0xff01, vec![0])])
    }

    /// The warning is found in a handshake that went well, and does not hide another cause.
    #[test]
    fn a_warning_is_not_the_cause_of_everything() {
        let findings = warned().ends(Outcome::Established).judge();
        assert_eq!(findings[0].cause.slug, CAUSE.slug);
        assert_eq!(findings[0].refused_by, None);
        let findings = warned().alert(Side::Client, Alert::UNKNOWN_CA).judge();
        let found = findings.iter().find(|found| found.cause.slug == CAUSE.slug).unwrap();
        assert_eq!(found.confidence, Confidence::Possible);
    }
}
