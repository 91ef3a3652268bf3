//! The server failed at something of its own.

use alert::Alert;
use trace::{Side, Step};

use crate::offer::resumes;
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "server-internal-error",
    because: "an error inside the server",
    page: include_str!("server-internal-error.md"),
    judge,
};

/// Nothing on the wire tells more: what does, other rules find first. That the server takes the same
/// name from others, or had come further than to names, leaves little else.
fn judge(case: &Case<'_>) -> Option<Finding> {
    case.refused_with(Side::Server, &[Alert::INTERNAL_ERROR]).then_some(())?;
    let name = case.server_name();
    let names = case.server().map(|server| server.names.as_slice()).unwrap_or_default();
    let wanted = name.as_deref().unwrap_or_default().as_bytes();
    let served = names.iter().find(|(known, _)| known.eq_ignore_ascii_case(wanted));
    let resumes = case.client_hello.as_ref().is_some_and(|hello| resumes(&hello.what));
    let confidence = match served {
        Some(_) if !resumes => Confidence::Likely,
        // What a client shows may be more than the server can take.
        None if case.step > Step::ClientHello
            && case.server_hello.is_some()
            && case.client_chain_frame == 0 =>
        {
            Confidence::Likely
        }
        _ => Confidence::Possible,
    };
    let finding = Finding::new(&CAUSE, confidence, Some(Side::Server))
        .at(
            "server says",
            case.alert.as_ref()?,
            format!("80 internal_error while {}", case.step.phrase()),
        )
        .tell("the server's log at this second names the error");
    let finding = match (&case.client_hello, name) {
        (Some(hello), Some(name)) => finding.at("client asks", hello, format!("for {name}")),
        (Some(hello), None) => finding.at("client asks", hello, "for no name"),
        _ => finding,
    };
    let server = case.server().filter(|server| server.answered == 0 && server.turned_away > 1);
    Some(match server {
        Some(server) => finding.fact(
            "control",
            format!("it refused {} ClientHellos and took none", server.turned_away),
        ),
        None => finding,
    })
}

#[cfg(test)]
mod tests {
    use super::super::story::{Hello, Story};
    use super::*;
    use trace::Outcome;

    /// A server that serves the same name at other times has no trouble with the name.
    #[test]
    fn the_name_is_not_it() {
        let refused = || {
            Story::new().client_hello(&Hello::default()).alert(Side::Server, Alert::INTERNAL_ERROR)
        };
        let taken = Story::new()
            .client_hello(&Hello::default())
            .server_hello(0x0304, 0x1301, &[])
            .ends(Outcome::Established);
        let findings = refused().judge_among([taken]);
        assert_eq!(findings[0].cause.slug, CAUSE.slug);
        assert_eq!(findings[0].confidence, Confidence::Likely);
        let alone = refused().judge();
        let found = alone.iter().find(|found| found.cause.slug == CAUSE.slug);
        assert_eq!(found.unwrap().confidence, Confidence::Possible);
    }
}
