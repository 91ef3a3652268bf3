//! What a side signs to prove that the key of its certificate is its own, and whether it was signed
//! with that key.

use ::chain::{Notary, Signature, Transcript, Who};
use trace::{Message, Side};
use wire::{Certificate, CertificateVerify, HandshakeType, SignatureScheme};

use super::chain;
use crate::Case;

/// A proof, as far as it can be verified.
#[derive(Clone, Copy)]
pub(crate) struct Proof {
    /// Whether it was made with the key of the certificate.
    pub(super) signature: Signature,
    /// The event that holds it.
    pub(super) event: usize,
    /// Its frame.
    pub(super) frame: u64,
    /// What was signed, in a few words.
    pub(super) what: &'static str,
}

/// A signature, and what it is held against.
///
/// Each is verified that is asked for, however many of the same key were good: behind one address may
/// stand one machine of several that has the wrong key.
struct Signed<'s> {
    leaf: &'s Certificate<'s>,
    scheme: Option<SignatureScheme>,
    message: Vec<u8>,
    signature: &'s [u8],
}

impl Signed<'_> {
    fn verified(&self) -> Signature {
        Notary::signed(self.leaf, self.scheme, &self.message, self.signature)
    }
}

/// The proof of the server: before TLS 1.3 it signs the key exchange and both randoms (RFC 5246,
/// 7.4.3), from then on the handshake, which a key log opens.
pub(super) fn of_server(case: &Case<'_>) -> Option<Proof> {
    *case.server_proof.get_or_init(|| verified(case))
}

fn verified(case: &Case<'_>) -> Option<Proof> {
    let leaf = case.server_leaf()?;
    let (hello, answer) = (case.client_hello.as_ref()?, case.server_hello.as_ref()?);
    if answer.what.version().is_tls13() {
        return of_handshake(case, Side::Server);
    }
    let exchange = case.session.server_key_exchange()?;
    let signed = Signed {
        leaf,
        scheme: exchange.what.scheme,
        message: [hello.what.random, answer.what.random, exchange.what.signed].concat(),
        signature: exchange.what.signature?,
    };
    Some(Proof {
        signature: signed.verified(),
        event: exchange.event,
        frame: exchange.frame,
        what: "its key exchange",
    })
}

/// The proof of the client: it signs the handshake.
pub(super) fn of_client(case: &Case<'_>) -> Option<Proof> {
    of_handshake(case, Side::Client)
}

/// The proof that a CertificateVerify is; `None` where a message that it signs was not captured as a
/// whole, or not opened.
fn of_handshake(case: &Case<'_>, side: Side) -> Option<Proof> {
    // Of DTLS other headers are signed, and of a HelloVerifyRequest nothing.
    if case.is_dtls() {
        return None;
    }
    let version = case.server_hello.as_ref()?.what.version();
    let suite = case.session.cipher_suite()?.name().unwrap_or_default();
    let hash = if suite.ends_with("SHA384") { "sha384" } else { "sha256" };
    let leaf = chain::of(case, side).first()?;
    let mut transcript = Transcript::default();
    for (at, event) in case.session.events.iter().enumerate() {
        let (kind, body) = match &event.message {
            Message::Handshake { kind, body } => (*kind, body),
            Message::Sslv2ClientHello(_) => return None,
            _ => continue,
        };
        if kind == HandshakeType::CERTIFICATE_VERIFY && event.side == side {
            let proof = CertificateVerify::read(body, version).ok()?;
            let message = match (version.is_tls13(), side) {
                (false, _) => transcript.messages().to_vec(),
                (true, Side::Client) => transcript.content(Who::Client, hash)?,
                (true, Side::Server) => transcript.content(Who::Server, hash)?,
            };
            let (scheme, signature) = (proof.scheme, proof.signature);
            return Some(Proof {
                signature: Signed { leaf, scheme, message, signature }.verified(),
                event: at,
                frame: event.frame,
                what: "the handshake",
            });
        }
        if event.length as usize != wire::HANDSHAKE_HEADER + body.len() {
            return None;
        }
        let retry = case.session.hello_retry_request().filter(|seen| seen.event == at);
        if retry.is_some() && !transcript.retry(hash) {
            return None;
        }
        transcript.add(kind.0, body);
    }
    None
}
