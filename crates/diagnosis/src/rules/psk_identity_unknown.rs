//! The server does not know the identity of the client's pre-shared key.

use alert::Alert;
use trace::Side;

use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "psk-identity-unknown",
    because: "an identity of a pre-shared key that the server does not know",
    page: include_str!("psk-identity-unknown.md"),
    judge,
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    if !case.refused_with(Side::Server, &[Alert::UNKNOWN_PSK_IDENTITY]) {
        return None;
    }
    let alert = case.alert?;
    let finding = Finding::new(&CAUSE, Confidence::Certain, Some(Side::Server));
    let finding = match (case.server_hello, case.client_hello) {
        (Some(answer), _) if !answer.what.version().is_tls13() => {
            finding.at("server takes", &answer, format!("{}", answer.what.cipher_suite))
        }
        (_, Some(hello)) if hello.what.has_pre_shared_key() => {
            finding.at("client offers", &hello, "a pre-shared key (pre_shared_key)")
        }
        _ => finding,
    };
    Some(finding.at("server says", &alert, "115: it does not know the identity"))
}
