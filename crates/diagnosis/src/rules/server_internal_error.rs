//! The server failed at something of its own.

use alert::Alert;
use trace::Side;

use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "server-internal-error",
    because: "an error inside the server",
    page: include_str!("server-internal-error.md"),
    judge,
};

/// Nothing on the wire tells more: what does, other rules find first.
fn judge(case: &Case<'_>) -> Option<Finding> {
    case.refused_with(Side::Server, &[Alert::INTERNAL_ERROR]).then_some(())?;
    let finding = Finding::new(&CAUSE, Confidence::Possible, Some(Side::Server))
        .at(
            "server says",
            case.alert.as_ref()?,
            format!("80 internal_error while {}", case.step.phrase()),
        )
        .tell("the server's log at this second names the error");
    Some(match (&case.client_hello, case.server_name()) {
        (Some(hello), Some(name)) => finding.at("client asks", hello, format!("for {name}")),
        (Some(hello), None) => finding.at("client asks", hello, "for no name"),
        _ => finding,
    })
}
