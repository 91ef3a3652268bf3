//! The station stops answering when it has the server's certificate.

use trace::Side;

use super::{chain, refusal};
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "eap-station-silent",
    because: "a station that said nothing more once it had the server's certificate",
    page: include_str!("eap-station-silent.md"),
    judge,
};

/// Supplicants that do not trust a network, or wait for their user to say so, often send nothing.
fn judge(case: &Case<'_>) -> Option<Finding> {
    let waiting = case.access()?.unanswered?;
    refusal::of_server(case).filter(|_| waiting.side == Side::Server)?;
    let again = match waiting.repeated {
        0 => "the end of its flight, not answered".to_owned(),
        times => format!("the end of its flight, repeated {times}×, not answered"),
    };
    let finding = Finding::new(&CAUSE, Confidence::Likely, Some(Side::Client));
    let finding = match case.server_leaf() {
        Some(_) => chain::told(case, Side::Server, finding),
        None => finding,
    };
    Some(
        finding
            .frame("server sends", waiting.frame, again)
            .tell("the station's own log; whether its user was asked to trust a certificate"),
    )
}
