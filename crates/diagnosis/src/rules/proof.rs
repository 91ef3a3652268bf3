//! What a side signs to prove that the key of its certificate is its own, and whether it was signed
//! with that key.

use std::cell::RefCell;

use ::chain::{Notary, Signature, Transcript, Who};
use alert::Alert;
use trace::{Message, Side};
use wire::{Certificate, CertificateVerify, HandshakeType, SignatureScheme};

use super::chain;
use crate::Case;
use crate::recent::Recent;

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

/// How the proofs of each key came out.
///
/// Verifying one takes longer than all rules together, and nearly all fit. Whoever has a wrong key
/// signs wrongly each time, and everybody refuses it with the same few alerts: among those who refused
/// one key with one alert the first few show it, also where only one machine of several has the wrong
/// key. After them one of ever more is looked at, in case the key is changed; and where one proof was
/// bad, every other is verified. What is *bad* is thus always verified, and only a reason that nobody
/// gave may be missed.
#[derive(Debug)]
pub(crate) struct Proofs(RefCell<Recent<Refused, Tried>>);

/// A key, and the alert with which what it signed was refused.
type Refused = (Box<[u8]>, Option<Alert>);

/// The proofs of one key.
#[derive(Clone, Copy, Debug, Default)]
struct Tried {
    count: u32,
    bad: bool,
}

/// Keys that are remembered, of some hundred bytes each.
const MOST: usize = 1024;
/// A longer key is not remembered: one of RSA with 4096 bits has 550 bytes.
const LONGEST: usize = 2048;
/// Proofs of one key that are verified before any is taken for good.
const FIRST: u32 = 4;

impl Default for Proofs {
    fn default() -> Self {
        Self(RefCell::new(Recent::new(MOST)))
    }
}

impl Proofs {
    /// What a proof says, verified with `verify` unless it is one of many that were good.
    fn of(
        &self,
        key: &[u8],
        alert: Option<Alert>,
        verify: impl FnOnce() -> Signature,
    ) -> Signature {
        if key.len() > LONGEST {
            return verify();
        }
        let key = (key.into(), alert);
        let mut known = self.0.borrow_mut();
        let mut tried = known.get(&key).copied().unwrap_or_default();
        tried.count = tried.count.saturating_add(1);
        let look = tried.bad || tried.count <= FIRST || tried.count.is_power_of_two();
        let signature = if look { verify() } else { Signature::Good };
        tried.bad |= signature == Signature::Bad;
        known.insert(key, tried);
        signature
    }
}

/// A signature, and what it is held against.
struct Signed<'s> {
    leaf: &'s Certificate<'s>,
    scheme: Option<SignatureScheme>,
    message: Vec<u8>,
    signature: &'s [u8],
}

impl Signed<'_> {
    fn verified(&self, case: &Case<'_>) -> Signature {
        let verify = || Notary::signed(self.leaf, self.scheme, &self.message, self.signature);
        let alert = case.alert.map(|seen| seen.what.1.alert);
        match case.trust {
            Some(trust) => trust.proofs.of(self.leaf.key_info(), alert, verify),
            None => verify(),
        }
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
        signature: signed.verified(case),
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
                signature: Signed { leaf, scheme, message, signature }.verified(case),
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Of many good proofs of a key few are verified, of bad ones all, and each alert has its own.
    #[test]
    fn bad_proofs_are_always_verified() {
        let (proofs, mut verified) = (Proofs::default(), 0);
        let mut ask = |key: &[u8], alert, signature| {
            let verify = || {
                verified += 1;
                signature
            };
            (proofs.of(key, Some(alert), verify), verified)
        };
        for _ in 0..100 {
            ask(b"a", Alert::DECRYPT_ERROR, Signature::Good);
        }
        let (_, after) = ask(b"a", Alert::HANDSHAKE_FAILURE, Signature::Good);
        assert_eq!(after, 4 + 4 + 1);
        for count in 1..=27 {
            let (said, _) = ask(b"a", Alert::DECRYPT_ERROR, Signature::Bad);
            assert_eq!(said, Signature::Good, "{count}");
        }
        for _ in 0..10 {
            assert_eq!(ask(b"a", Alert::DECRYPT_ERROR, Signature::Bad).0, Signature::Bad);
            assert_eq!(ask(b"b", Alert::DECRYPT_ERROR, Signature::Bad).0, Signature::Bad);
        }
    }
}
