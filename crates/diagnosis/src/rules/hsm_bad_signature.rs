//! The client proves its certificate with a signature that does not fit it.

use ::chain::{Judgement, Signature, Weight};
use alert::Alert;
use trace::Side;
use wire::HandshakeType;

use super::answer::{self, Answer};
use super::{proof, refusal};
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "hsm-bad-signature",
    because: "a signature of the client that does not fit its certificate",
    page: include_str!("hsm-bad-signature.md"),
    judge,
};

/// What servers say to a signature that is not of the certificate's key: 51 most, Java 40, Erlang 42
/// (measured). All look at the certificate first, and have other codes for what is wrong with it.
const REFUSES: [Alert; 3] =
    [Alert::DECRYPT_ERROR, Alert::HANDSHAKE_FAILURE, Alert::BAD_CERTIFICATE];

/// 51 to a client that has signed: the certificate itself was not refused, which has alerts of its
/// own. Only a certificate with a bad signature of its issuer is refused with the same.
fn judge(case: &Case<'_>) -> Option<Finding> {
    let (refusal, given) = refusal::of_client(case)?;
    let code = refusal.code()?;
    // Verifying takes longer than all other rules together.
    if given != Answer::Certificate || !REFUSES.contains(&code) {
        return None;
    }
    // Most say this of the certificate itself.
    let fine = |it: &Judgement| it.of_weight(Weight::Every).next().is_none();
    if code == Alert::BAD_CERTIFICATE && !case.judgement(Side::Client).is_none_or(fine) {
        return None;
    }
    let signed = case.session.handshakes(Side::Client, HandshakeType::CERTIFICATE_VERIFY).next();
    let proof = proof::of_client(case).map(|proof| proof.signature);
    let confidence = match (code, proof) {
        (_, Some(Signature::Good)) => return None,
        (Alert::DECRYPT_ERROR | Alert::HANDSHAKE_FAILURE, Some(Signature::Bad)) => {
            Confidence::Certain
        }
        (_, Some(Signature::Bad)) => Confidence::Likely,
        (Alert::DECRYPT_ERROR, _) => Confidence::Likely,
        // Java says this, and others say it when a rule of their own is broken.
        (Alert::HANDSHAKE_FAILURE, _) if signed.is_some() => Confidence::Possible,
        _ => return None,
    };
    let finding = answer::gives(case, refusal.against(&CAUSE, confidence));
    let finding = match signed {
        Some(seen) if proof == Some(Signature::Bad) => {
            finding.at("client signs", &seen, "the handshake, not with the key of its certificate")
        }
        Some(seen) => finding.at(
            "client signs",
            &seen,
            "the handshake, with the key that belongs to it or should",
        ),
        None => finding,
    };
    let finding =
        finding.tell("compare the public keys: openssl x509 -pubkey, openssl pkey -pubout");
    Some(refusal.told(case, None, finding))
}
