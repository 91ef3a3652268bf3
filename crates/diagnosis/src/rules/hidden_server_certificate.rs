//! The client refused a certificate that TLS 1.3 hides, by an alert that does not say why.

use alert::Alert;

use super::refusal;
use crate::{Case, Cause, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "hidden-server-certificate",
    because: "something about the server's certificate, which TLS 1.3 encrypts",
    page: include_str!("hidden-server-certificate.md"),
    judge,
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    let refusal = refusal::of_server(case)?;
    let vague = [Alert::BAD_CERTIFICATE, Alert::CERTIFICATE_UNKNOWN];
    if case.server_leaf().is_some() || !refusal.is_dark(&vague) {
        return None;
    }
    let finding = refusal
        .against(&CAUSE, refusal.sure())
        .at("server sends", case.server_hello.as_ref()?, "its certificate, encrypted")
        .tell("the client's log, or its key log (SSLKEYLOGFILE) with --keylog; openssl s_client shows what is served");
    Some(refusal.told(case, None, finding))
}
