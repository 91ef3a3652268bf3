//! The key of the server's certificate may not do what the handshake needs.

use alert::Alert;
use wire::{Certificate, KeyExchange};

use super::chain;
use super::refusal::{self, Words};
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "key-usage-mismatch",
    because: "a server certificate whose key may not be used like this (keyUsage)",
    page: include_str!("key-usage-mismatch.md"),
    judge,
};

const WORDS: Words = Words {
    just: &[],
    maybe: &[
        Alert::UNSUPPORTED_CERTIFICATE,
        Alert::BAD_CERTIFICATE,
        Alert::CERTIFICATE_UNKNOWN,
        Alert::ILLEGAL_PARAMETER,
        Alert::HANDSHAKE_FAILURE,
        // GnuTLS.
        Alert::INTERNAL_ERROR,
    ],
    usual: false,
    plain: false,
    tell: "openssl x509 -noout -ext keyUsage of what is served",
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    let refusal = refusal::of_server(case);
    // Certificates are read only where a client complains that may mean this.
    let complains = match &refusal {
        Some(refusal) => refusal.because_of(&WORDS).is_some(),
        None => case.refused_with(trace::Side::Client, WORDS.maybe),
    };
    if !complains {
        return None;
    }
    let leaf = case.server_leaf()?;
    let (needed, suite) = lacks(case, leaf)?;
    let frame = case.server_chain_frame;
    let says = |finding: Finding| {
        finding
            .frame("server sends", frame, format!("{}, not for {needed}", chain::subject(leaf)))
            .fact("needed for", suite.clone())
            .tell(WORDS.tell)
    };
    if let Some(refusal) = refusal {
        let confidence = refusal.because_of(&WORDS)?;
        let finding = says(refusal.against(&CAUSE, confidence));
        return Some(refusal.told(case, None, finding));
    }
    // Some take it for a fault of the handshake and not of the certificate.
    let alert = case.alert.as_ref().filter(|seen| seen.frame >= frame)?;
    let (side, message) = alert.what;
    let finding = says(Finding::new(&CAUSE, Confidence::Likely, Some(side)));
    Some(finding.at("client says", alert, message.alert.to_string()))
}

/// The usage that the handshake needs and the certificate denies, and the suite that needs it.
fn lacks(case: &Case<'_>, leaf: &Certificate<'_>) -> Option<(&'static str, String)> {
    let usage = leaf.key_usage()?;
    let answer = case.server_hello.as_ref()?;
    let suite = answer.what.cipher_suite;
    let encrypts = suite.key_exchange() == Some(KeyExchange::Rsa);
    let signs = answer.what.version().is_tls13()
        || matches!(suite.key_exchange(), Some(KeyExchange::Ecdhe | KeyExchange::Dhe));
    if signs && !usage.digital_signature {
        return Some(("digitalSignature", suite.to_string()));
    }
    (encrypts && !usage.key_encipherment).then(|| ("keyEncipherment", suite.to_string()))
}
