//! Diffie-Hellman parameters that are too small for the client.

use alert::Alert;
use trace::{Seen, Side, Step};
use wire::{KeyParameters, ServerKeyExchange};

use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "weak-dh",
    because: "a Diffie-Hellman prime that is too small for the client",
    page: include_str!("weak-dh.md"),
    judge,
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    let (exchange, bits) = weak_prime(case)?;
    let in_time = case.step <= Step::CertificateRequest;
    if !in_time || case.refuser() != Some(Side::Client) {
        return None;
    }
    let other_reason = case.server_hello.is_some_and(|hello| !hello.what.has_renegotiation_info());
    let confidence = match case.alert_from(Side::Client) {
        // These two speak of parameters; a client that dislikes the certificate sends others.
        Some(Alert::HANDSHAKE_FAILURE | Alert::INSUFFICIENT_SECURITY)
            if bits <= 1024 && !other_reason =>
        {
            Confidence::Certain
        }
        Some(
            Alert::HANDSHAKE_FAILURE | Alert::INSUFFICIENT_SECURITY | Alert::ILLEGAL_PARAMETER,
        ) => Confidence::Likely,
        None if bits <= 1024 => Confidence::Likely,
        None => Confidence::Possible,
        Some(_) => return None,
    };
    let finding = Finding::new(&CAUSE, confidence, Some(Side::Client)).at(
        "server sends",
        &exchange,
        format!("a Diffie-Hellman prime of {bits} bits; clients want 2048"),
    );
    Some(match confidence {
        Confidence::Certain => finding,
        _ => finding.tell("the client's log says that the DH key is too small"),
    })
}

/// The server's Diffie-Hellman prime and its bits, if they are fewer than clients want today.
pub(super) fn weak_prime<'a>(case: &Case<'a>) -> Option<(Seen<ServerKeyExchange<'a>>, u32)> {
    let exchange = case.session.server_key_exchange()?;
    let KeyParameters::Dhe { .. } = exchange.what.parameters else { return None };
    let bits = exchange.what.bits()?;
    (bits < 2048).then_some((exchange, bits))
}

#[cfg(test)]
mod tests {
    use super::super::story::{Hello, Story};
    use super::*;
    use wire::HandshakeType;

    /// A prime of 1024 bits, and 40 from the client.
    #[test]
    fn a_prime_of_1024_bits_is_refused() {
        let number = |bytes: usize| [&[0, bytes as u8][..], &vec![0xff; bytes]].concat();
        let body = [number(128), vec![0, 1, 2], number(128), vec![4, 1, 0, 0]].concat();
        let story = Story::new()
            .client_hello(&Hello { suites: vec![0x009e], ..Hello::tls12() })
            .server_hello(0x0303, 0x009e, &[(0xff01, vec![0])])
            .handshake(Side::Server, HandshakeType::SERVER_KEY_EXCHANGE, &body)
            .alert(Side::Client, Alert::HANDSHAKE_FAILURE);
        let findings = story.judge();
        assert_eq!(findings[0].cause.slug, CAUSE.slug);
        assert_eq!(findings[0].confidence, Confidence::Certain);
    }
}
