//! A Diffie-Hellman prime that is long enough, and that nobody has published.

use alert::Alert;
use trace::{Seen, Side, Step};
use wire::{KeyParameters, ServerKeyExchange};

use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "nonstandard-dh-group",
    because: "a Diffie-Hellman group of the server's own, which the client does not accept",
    page: include_str!("nonstandard-dh-group.md"),
    judge,
};

/// Clients that take published groups alone refuse after ServerKeyExchange, with an alert about
/// parameters; a client that dislikes the certificate sends others.
fn judge(case: &Case<'_>) -> Option<Finding> {
    let (exchange, bits) = own_prime(case)?;
    if case.step > Step::CertificateRequest || case.refuser() != Some(Side::Client) {
        return None;
    }
    let other_reason = case.server_hello.is_some_and(|hello| !hello.what.has_renegotiation_info());
    let confidence = match case.alert_from(Side::Client) {
        // Too short primes are refused with this as well, but this one is not too short.
        Some(Alert::INSUFFICIENT_SECURITY) => Confidence::Likely,
        Some(Alert::HANDSHAKE_FAILURE) if other_reason => Confidence::Possible,
        Some(Alert::HANDSHAKE_FAILURE | Alert::ILLEGAL_PARAMETER) => Confidence::Likely,
        _ => return None,
    };
    let finding = Finding::new(&CAUSE, confidence, Some(Side::Client)).at(
        "server sends",
        &exchange,
        format!("a Diffie-Hellman prime of {bits} bits that is in neither RFC 3526 nor RFC 7919"),
    );
    let finding = match case.alert {
        Some(seen) => finding.at("client says", &seen, seen.what.1.alert.to_string()),
        None => finding,
    };
    Some(finding.tell(
        "openssl s_client -tls1_2 -cipher DHE connects: it takes any group that is long enough",
    ))
}

/// The server's prime and its bits, if it is long enough for clients of today and in no RFC.
fn own_prime<'a>(case: &Case<'a>) -> Option<(Seen<ServerKeyExchange<'a>>, u32)> {
    let exchange = case.session.server_key_exchange()?;
    let KeyParameters::Dhe { prime, .. } = exchange.what.parameters else { return None };
    let bits = exchange.what.bits()?;
    (bits >= 2048 && !is_published(prime)).then_some((exchange, bits))
}

/// Whether a prime has the form of those that were published: 64 one bits, the digits of pi (RFC
/// 2409, 3526) or of e (RFC 7919), and 64 one bits at the end.
fn is_published(prime: &[u8]) -> bool {
    let prime = prime.iter().position(|byte| *byte != 0).map_or(&[][..], |at| &prime[at..]);
    let digits = prime.strip_prefix(&ONES).and_then(|rest| rest.strip_suffix(&ONES));
    digits.is_some_and(|digits| digits.starts_with(&PI) || digits.starts_with(&E))
}

/// 64 one bits.
const ONES: [u8; 8] = [0xff; 8];
/// The first 64 bits of pi behind its integer part and two bits, as the primes have them.
const PI: [u8; 8] = [0xc9, 0x0f, 0xda, 0xa2, 0x21, 0x68, 0xc2, 0x34];
/// The same of e.
const E: [u8; 8] = [0xad, 0xf8, 0x54, 0x58, 0xa2, 0xbb, 0x4a, 0x9a];

#[cfg(test)]
mod tests {
    use super::super::story::{Hello, Story};
    use super::*;
    use wire::HandshakeType;

    fn refused(prime: &[u8], alert: Alert) -> Option<Confidence> {
        let number = |bytes: &[u8]| [&(bytes.len() as u16).to_be_bytes()[..], bytes].concat();
        let signed = vec![4, 1, 0, 0];
        let body = [number(prime), number(&[2]), number(&[7; 256]), signed].concat();
        let story = Story::new()
            .client_hello(&Hello { suites: vec![0x009e], ..Hello::tls12() })
            .server_hello(0x0303, 0x009e, &[(0xff01, vec![0])])
            .handshake(Side::Server, HandshakeType::SERVER_KEY_EXCHANGE, &body)
            .alert(Side::Client, alert);
        let found = story.judge();
        found.iter().find(|it| it.cause.slug == CAUSE.slug).map(|it| it.confidence)
    }

    /// A long prime that is in no RFC is what a client complains of; a published one is not.
    #[test]
    fn a_prime_of_ones_own() {
        let own = [&[0xd5][..], &[0x33; 254], &[0xe7]].concat();
        assert_eq!(refused(&own, Alert::INSUFFICIENT_SECURITY), Some(Confidence::Likely));
        assert_eq!(refused(&own, Alert::UNKNOWN_CA), None);
        let published = [&ONES[..], &E, &[0x55; 232], &ONES].concat();
        assert_eq!(published.len(), 256);
        assert_eq!(refused(&published, Alert::INSUFFICIENT_SECURITY), None);
        assert_eq!(refused(&own[..128], Alert::INSUFFICIENT_SECURITY), None);
    }
}
