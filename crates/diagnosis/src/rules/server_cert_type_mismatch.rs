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
            finding.frame("server sends", *frame, format!("a certificate with this key: {text}"))
        }
        None => finding,
    };
    Some(finding.tell("look at the key in the certificate that the server shows to others"))
}

#[cfg(test)]
mod tests {
    use super::super::story::{Hello, Story};
    use super::*;

    /// A client that can use RSA certificates alone is suspect; one that can use both is not.
    #[test]
    fn a_client_with_rsa_suites_alone_is_suspect() {
        let refused = |suites: Vec<u16>| {
            let hello = Hello { suites, ..Hello::tls12() };
            Story::new().client_hello(&hello).alert(Side::Server, Alert::HANDSHAKE_FAILURE).judge()
        };
        let found = refused(vec![0xc02f, 0xc030]);
        assert_eq!(found[0].cause.slug, CAUSE.slug);
        assert_eq!(found[0].confidence, Confidence::Possible);
        assert!(refused(vec![0xc02f, 0xc02b]).iter().all(|f| f.cause.slug != CAUSE.slug));
    }
}
