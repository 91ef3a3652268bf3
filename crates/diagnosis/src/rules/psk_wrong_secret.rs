//! Client and server hold different keys under the same identity.

use alert::Alert;
use trace::{Side, Step};
use wire::KeyExchange;

use super::hello::Refusal;
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "psk-wrong-secret",
    because: "pre-shared keys that differ between client and server",
    page: include_str!("psk-wrong-secret.md"),
    judge,
};

const CODES: [Alert; 4] = [
    Alert::BAD_RECORD_MAC,
    Alert::DECRYPT_ERROR,
    Alert::ILLEGAL_PARAMETER,
    Alert::DECRYPTION_FAILED,
];

fn judge(case: &Case<'_>) -> Option<Finding> {
    let refused = refused(case, Finding::new(&CAUSE, Confidence::Likely, Some(Side::Server)))?;
    Some(refused.tell("compare the two keys byte by byte: hex or text, trailing newline"))
}

/// Adds to a finding how the server refused what the client made of its key; nothing if it did not.
pub(super) fn refused(case: &Case<'_>, finding: Finding) -> Option<Finding> {
    let Some(answer) = case.server_hello else {
        let refusal = Refusal::of(case)?;
        let offered = refusal.hello.what.has_pre_shared_key();
        if !offered || !refusal.is(&CODES) || !refusal.hello.what.problems().is_empty() {
            return None;
        }
        return Some(
            finding
                .at("client offers", &refusal.hello, "a pre-shared key, with a proof (binder)")
                .at("server says", &case.alert?, "the proof does not fit a key it knows"),
        );
    };
    let suite = answer.what.cipher_suite;
    let psk = matches!(
        suite.key_exchange(),
        Some(KeyExchange::Psk | KeyExchange::DhePsk | KeyExchange::EcdhePsk | KeyExchange::RsaPsk)
    );
    if !psk || case.step < Step::ClientFinished {
        return None;
    }
    let finding =
        finding.at("server takes", &answer, format!("{suite}: both sides need the same key"));
    if let Some(frame) = case.fell_silent(Side::Server) {
        let says = format!("{}, with its Finished", case.persisted(Side::Client));
        let finding = finding.frame("client sends", frame, says);
        return Some(finding.fact("server sends", "nothing: what does not decrypt is dropped"));
    }
    if !case.refused_with(Side::Server, &CODES) {
        return None;
    }
    Some(finding.at("server says", &case.alert?, "the client's Finished does not decrypt"))
}

#[cfg(test)]
mod tests {
    use super::super::story::{Hello, Story};
    use super::*;
    use trace::Message;
    use wire::HandshakeType;

    /// 20 at the client's Finished of a PSK suite.
    #[test]
    fn a_finished_that_does_not_decrypt() {
        let story = Story::new()
            .client_hello(&Hello { suites: vec![0x00a8], ..Hello::tls12() })
            .server_hello(0x0303, 0x00a8, &[(0xff01, vec![0])])
            .handshake(Side::Server, HandshakeType::SERVER_HELLO_DONE, &[])
            .handshake(Side::Client, HandshakeType::CLIENT_KEY_EXCHANGE, &[])
            .says(Side::Client, Message::ChangeCipherSpec)
            .says(Side::Client, Message::EncryptedHandshake)
            .alert(Side::Server, Alert::BAD_RECORD_MAC);
        let findings = story.judge();
        assert_eq!(findings[0].cause.slug, CAUSE.slug);
        assert_eq!(findings[0].confidence, Confidence::Likely);
    }
}
