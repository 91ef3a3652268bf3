//! The server's certificate holds a kind of key that the client cannot use.

use alert::Alert;
use trace::Side;

use super::hello::{Refusal, schemes, suites};
use super::key::Key;
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "server-cert-type-mismatch",
    because: "a server certificate with a kind of key that the client cannot use",
    page: include_str!("server-cert-type-mismatch.md"),
    judge,
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    let refusal = Refusal::of(case)?;
    if !refusal.is(&[Alert::HANDSHAKE_FAILURE, Alert::INSUFFICIENT_SECURITY]) {
        return None;
    }
    let hello = refusal.hello.what;
    let (suites, schemes) = (suites(&hello), schemes(&hello));
    let usable = |key: Key| {
        suites.iter().any(|suite| key.authenticates(*suite))
            && (schemes.is_empty() || schemes.iter().any(|scheme| key.is_family_of(*scheme)))
    };
    let (rsa, ec) = (usable(Key::Rsa), usable(Key::P256));
    let keys = Key::of(case.server());
    if keys.iter().any(|(key, ..)| usable(*key)) {
        return None;
    }
    let confidence = match (keys.is_empty(), rsa, ec) {
        (false, ..) => Confidence::Likely,
        (true, true, false) | (true, false, true) => Confidence::Possible,
        _ => return None,
    };
    let says = match (rsa, ec) {
        (true, false) => "only RSA certificates fit its suites and signature algorithms",
        (false, true) => "only EC certificates fit its suites and signature algorithms",
        _ => "neither RSA nor EC certificates fit its suites and signature algorithms",
    };
    let finding = Finding::new(&CAUSE, confidence, Some(Side::Server)).at(
        "client offers",
        &refusal.hello,
        says,
    );
    let finding = match keys.first() {
        Some((_, text, frame)) => {
            finding.frame("server sends", *frame, format!("a certificate with an {text} key"))
        }
        None => finding,
    };
    Some(finding.tell("look at the key in the certificate that the server shows to others"))
}
