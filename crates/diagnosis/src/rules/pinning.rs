//! The client knows which key the server should have, and this is another one.

use alert::Alert;
use trace::Side;

use super::chain::End;
use super::refusal::{self, Words};
use super::{chain, tls_interception_untrusted};
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "pinning",
    because: "a certificate or key that is not the one which the client has pinned",
    page: include_str!("pinning.md"),
    judge,
};

const WORDS: Words = Words {
    just: &[],
    maybe: &[
        Alert::BAD_CERTIFICATE,
        Alert::CERTIFICATE_UNKNOWN,
        Alert::UNKNOWN_CA,
        Alert::HANDSHAKE_FAILURE,
    ],
    usual: false,
    plain: true,
    tell: "the client's log says pin, or its pins are not the key in: openssl x509 -noout -pubkey -in server.crt",
};

/// A pin is never visible. What is: nothing is wrong with the certificate, and the same program has
/// accepted another one of the same authority, so that trust is no question.
fn judge(case: &Case<'_>) -> Option<Finding> {
    let refusal = refusal::of_server(case)?;
    let leaf = case.server_leaf()?;
    // Where the issuer was not sent, the client may not have found it.
    let complete = matches!(chain::end(case, Side::Server), Some(End::Root(_) | End::Open(1..)));
    if !complete
        || chain::is_flawed(case)
        || tls_interception_untrusted::interceptor(case).is_some()
    {
        return None;
    }
    let hello = &case.client_hello.as_ref()?.what;
    let issuer = leaf.issuer().0;
    let client = case.session.client.host();
    let trusted = case.contrast.accepted.of_issuer(client, hello, leaf.der(), issuer)?;
    // A browser's spare connection is left right after the handshake as well: then it must have been
    // the same name that had another certificate before.
    let name = hello.server_name().unwrap_or_default();
    if refusal.code().is_none() && trusted.name() != name {
        return None;
    }
    let confidence = refusal.because_of(&WORDS)?.max(Confidence::Likely);
    let finding = chain::told(case, refusal.by.other(), refusal.against(&CAUSE, confidence));
    let whose = match trusted.name() {
        b"" => "its server".to_owned(),
        name => String::from_utf8_lossy(name).into_owned(),
    };
    let finding = finding.frame(
        "control",
        trusted.frame,
        format!("the same client accepts another certificate of this authority, for {whose}"),
    );
    Some(refusal.told(case, None, finding.tell(WORDS.tell)))
}

#[cfg(test)]
mod tests {
    use super::super::story::{Hello, Story};
    use super::*;

    /// Without a certificate that the same program took, there is nothing to say.
    #[test]
    fn nothing_without_a_control() {
        let story = Story::new()
            .client_hello(&Hello::tls12())
            .server_hello(0x0303, 0xc02f, &[(0xff01, vec![0])])
            .handshake(trace::Side::Server, wire::HandshakeType::CERTIFICATE, &[0, 0, 0])
            .alert(trace::Side::Client, Alert::BAD_CERTIFICATE);
        assert!(story.judge().iter().all(|found| found.cause.slug != CAUSE.slug));
    }
}
