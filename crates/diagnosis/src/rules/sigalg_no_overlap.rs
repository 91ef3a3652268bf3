//! The server's key cannot sign in any way the client accepts.

use alert::Alert;
use trace::Side;

use super::hello::{Refusal, listing, schemes};
use super::key::Key;
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "sigalg-no-overlap",
    because: "no signature algorithm that the server's key can use and the client accepts",
    page: include_str!("sigalg-no-overlap.md"),
    judge,
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    let codes = [Alert::HANDSHAKE_FAILURE, Alert::INSUFFICIENT_SECURITY, Alert::ILLEGAL_PARAMETER];
    // Java looks for a signature only after its ServerHello.
    let told = Refusal::of(case).filter(|refusal| refusal.is(&codes));
    let refusal = told.or_else(|| Refusal::hidden(case))?;
    let hello = refusal.hello.what;
    let offered = schemes(&hello);
    if offered.is_empty() {
        return None;
    }
    let only_tls13 = hello.lowest_version().is_some_and(|version| version.is_tls13());
    let fits = |key: Key| {
        offered.iter().any(|scheme| key.signs(*scheme) && (!only_tls13 || scheme.signs_in_tls13()))
    };
    let keys = Key::of(case.server());
    if keys.iter().any(|(key, ..)| fits(*key)) {
        return None;
    }
    let confidence = match keys.is_empty() {
        false => Confidence::Likely,
        // Nearly every server has an RSA or a P-256 key: who accepts neither is refused often.
        true if !fits(Key::Rsa) && !fits(Key::P256) => Confidence::Likely,
        true if !fits(Key::Rsa) || !fits(Key::P256) => Confidence::Possible,
        true => return None,
    };
    let finding = Finding::new(&CAUSE, confidence, Some(Side::Server)).at(
        "client offers",
        &refusal.hello,
        format!("{} as signature_algorithms", listing(&offered, 3)),
    );
    let finding = match keys.first() {
        Some((_, text, frame)) => {
            finding.frame("server sends", *frame, format!("a certificate with this key: {text}"))
        }
        None => finding.fact("server sends", rest(fits(Key::Rsa), fits(Key::P256))),
    };
    Some(finding.tell("compare with the key in the server's certificate"))
}

/// What the client leaves out, in words.
fn rest(rsa: bool, p256: bool) -> &'static str {
    match (rsa, p256) {
        (false, false) => "neither an RSA nor a P-256 key could sign that way",
        (false, true) => "an RSA key could not sign that way",
        _ => "an EC key could not sign that way",
    }
}

#[cfg(test)]
mod tests {
    use super::super::story::{Hello, Story};
    use super::*;

    /// PKCS #1 alone is of no use in TLS 1.3.
    #[test]
    fn pkcs1_alone_is_not_enough_for_tls13() {
        let hello = Hello {
            versions: vec![0x0304],
            suites: vec![0x1301],
            schemes: vec![0x0401, 0x0501],
            ..Hello::default()
        };
        let story = Story::new().client_hello(&hello).alert(Side::Server, Alert::HANDSHAKE_FAILURE);
        let findings = story.judge();
        assert_eq!(findings[0].cause.slug, CAUSE.slug);
        assert_eq!(findings[0].confidence, Confidence::Likely);
    }
}
