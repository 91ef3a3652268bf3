//! The certificates are in order, and the server denies access all the same.

use trace::{Outcome, Side};
use wire::EapMethod;

use super::chain;
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "eap-access-denied",
    because: "a policy of the server, which took the certificate and denied access",
    page: include_str!("eap-access-denied.md"),
    judge,
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    let access = case.access()?;
    let verdict = access.verdict?;
    if case.session.outcome != Outcome::Denied || access.method? != EapMethod::TLS {
        return None;
    }
    let hello = case.server_hello?;
    let finding = Finding::new(&CAUSE, Confidence::Likely, Some(Side::Server)).at(
        "handshake",
        &hello,
        format!("completed in {}: both sides agreed", hello.what.version()),
    );
    let finding = chain::told(case, Side::Client, finding);
    let finding = finding.frame("server sends", verdict.frame, verdict.name());
    Some(finding.tell("the server's log: which account the certificate stands for, and its policy"))
}
