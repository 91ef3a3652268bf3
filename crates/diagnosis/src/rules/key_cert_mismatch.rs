//! The server proves its certificate with a key that does not belong to it.

use ::chain::Signature;
use alert::Alert;
use trace::{Outcome, Side};
use wire::{ExtensionType, KeyExchange};

use super::chain;
use super::proof::{self, Proof};
use crate::dialect::Stack;
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "key-cert-mismatch",
    because: "a server key that does not belong to the server's certificate",
    page: include_str!("key-cert-mismatch.md"),
    judge,
};

const TELL: &str = "compare the public keys: openssl x509 -pubkey, openssl pkey -pubout";

/// What clients say to a signature that is not of the certificate's key: OpenSSL and GnuTLS 51, Java
/// 40, Go 10 or 51 (measured), others what they say to a certificate.
const REFUSES: [Alert; 5] = [
    Alert::DECRYPT_ERROR,
    Alert::HANDSHAKE_FAILURE,
    Alert::UNEXPECTED_MESSAGE,
    Alert::BAD_CERTIFICATE,
    Alert::ILLEGAL_PARAMETER,
];

fn judge(case: &Case<'_>) -> Option<Finding> {
    // Verifying takes longer than all other rules together: it is asked only where the client
    // refused, with a code that can mean it, and has nothing to say of the certificate, which it
    // looks at first.
    let alert = case.alert.filter(|seen| seen.what.0 == Side::Client);
    match alert.map(|seen| seen.what.1.alert) {
        Some(code) if !REFUSES.contains(&code) || is_said_of_another(case, code) => return None,
        Some(Alert::BAD_CERTIFICATE) if chain::is_flawed(case) => return None,
        None if !left(case) => return None,
        _ => {}
    }
    match proof::of_server(case) {
        Some(proof) if proof.signature == Signature::Bad => proved(case, &proof),
        Some(proof) if proof.signature == Signature::Good => None,
        _ => guessed(case),
    }
}

/// Whether the client speaks like a stack that says 51 alone to a bad signature.
fn is_said_of_another(case: &Case<'_>, code: Alert) -> bool {
    let stack = case.stack(Side::Client).map(|guess| guess.stack);
    code != Alert::DECRYPT_ERROR
        && matches!(stack, Some(Stack::OpenSsl | Stack::Node | Stack::GnuTls))
}

/// The capture holds the signature, and it was not made with the key of the certificate.
fn proved(case: &Case<'_>, proof: &Proof) -> Option<Finding> {
    let alert = case.alert.as_ref().filter(|seen| {
        seen.what.0 == Side::Client
            && seen.event > proof.event
            && REFUSES.contains(&seen.what.1.alert)
    });
    let confidence = match alert {
        Some(_) => Confidence::Certain,
        None if left(case) => Confidence::Likely,
        None => return None,
    };
    let finding = Finding::new(&CAUSE, confidence, Some(Side::Client));
    let leaf = case.server_leaf()?;
    let finding = chain::told(case, Side::Server, finding).frame(
        "server signs",
        proof.frame,
        format!("{}, not with the key of its certificate ({})", proof.what, leaf.public_key()),
    );
    let finding = match alert {
        Some(alert) => finding.at("client says", alert, alert.what.1.alert.to_string()),
        None => finding.tell(TELL),
    };
    Some(finding)
}

/// Whether the client ended it without a word that can be read.
fn left(case: &Case<'_>) -> bool {
    let end = case.session.outcome;
    matches!(end, Outcome::Closed(Side::Client) | Outcome::Reset(Side::Client))
        || case.likely_refused_by(Side::Client)
}

/// A signature that does not verify is refused with 51, be it the server's own or that of an issuer;
/// the latter is more frequent, because most servers do not start with a wrong key. Java says 40 and
/// Go 10 to this alone (measured).
fn guessed(case: &Case<'_>) -> Option<Finding> {
    let alert = case.alert.as_ref().filter(|seen| seen.what.0 == Side::Client)?;
    let code = alert.what.1.alert;
    let stack = case.stack(Side::Client).map(|guess| guess.stack);
    let confidence = match (code, stack) {
        (Alert::DECRYPT_ERROR, _) => Confidence::Possible,
        (Alert::HANDSHAKE_FAILURE, Some(Stack::Java)) if has_no_other_flaw(case) => {
            match has_extended_master_secret(case) {
                true => Confidence::Likely,
                false => Confidence::Possible,
            }
        }
        (Alert::UNEXPECTED_MESSAGE, Some(Stack::Go)) => Confidence::Likely,
        _ => return None,
    };
    let answer = case.server_hello.as_ref()?;
    let finding = Finding::new(&CAUSE, confidence, Some(Side::Client));
    let finding = match case.session.server_key_exchange() {
        Some(exchange) if exchange.event < alert.event => chain::told(case, Side::Server, finding)
            .at(
                "server signs",
                &exchange,
                "its key exchange, with the key that belongs to it or should",
            ),
        None if answer.what.version().is_tls13() => {
            finding.at("server signs", answer, "the handshake, encrypted")
        }
        _ => return None,
    };
    Some(finding.at("client says", alert, code.to_string()).tell(TELL))
}

/// Whether Java has nothing else to say 40 to: a prime that is too short, a hello without secure
/// renegotiation, a warning before it.
fn has_no_other_flaw(case: &Case<'_>) -> bool {
    case.server_hello.as_ref().is_some_and(|answer| {
        answer.what.cipher_suite.key_exchange() == Some(KeyExchange::Ecdhe)
            && answer.what.has_renegotiation_info()
            && case.session.alerts().count() == 1
    })
}

/// Whether the server knows the extended master secret, on which Java may insist.
fn has_extended_master_secret(case: &Case<'_>) -> bool {
    let ems = ExtensionType::EXTENDED_MASTER_SECRET;
    case.server_hello.as_ref().is_some_and(|answer| answer.what.has(ems))
}
