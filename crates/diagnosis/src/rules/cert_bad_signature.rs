//! A signature in the server's chain does not fit its issuer's key.

use ::chain::{Flaw, Signature};
use alert::Alert;
use trace::Side;

use super::chain::End;
use super::refusal::{self, Refusal, Words};
use super::{chain, proof};
use crate::dialect::Defect;
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "cert-bad-signature",
    because: "a certificate whose signature does not fit its issuer",
    page: include_str!("cert-bad-signature.md"),
    judge,
};

const WORDS: Words = Words {
    just: &[Alert::DECRYPT_ERROR],
    maybe: &[Alert::BAD_CERTIFICATE],
    usual: false,
    plain: false,
    tell: "openssl verify -partial_chain -trusted ISSUER.pem LEAF.pem fails",
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    let refusal = refusal::any(case)?;
    let shown = refusal.by.other();
    if let Some(finding) = proved(case, &refusal) {
        return Some(finding);
    }
    if shown == Side::Client {
        return None;
    }
    let Some(leaf) = case.server_leaf() else {
        return refusal.unseen(case, &CAUSE, Defect::Signature, &WORDS);
    };
    // The issuer's name fits but its key does not: an authority that was made anew.
    let other_key = chain::flaw(case, shown, |flaw| *flaw == Flaw::OtherKeyNumber).is_some();
    // Every signature that was sent fits: what is left is a root that the client knows under the
    // same name with another key, and the server's own signature.
    let good = case.judgement(shown)?.is_verified();
    let confidence = match refusal.code() {
        Some(Alert::DECRYPT_ERROR) if good && own_is_bad(case) => return None,
        // rustls says 51 to what it does not know how to verify, too.
        Some(Alert::DECRYPT_ERROR) if good && chain::is_flawed(case) => Confidence::Possible,
        Some(Alert::DECRYPT_ERROR) => Confidence::Likely,
        Some(Alert::BAD_CERTIFICATE) if other_key => Confidence::Likely,
        Some(Alert::BAD_CERTIFICATE) if refusal.speaks_of(case, Defect::Signature) && !good => {
            Confidence::Likely
        }
        Some(Alert::BAD_CERTIFICATE) => Confidence::Possible,
        None if other_key => Confidence::Possible,
        _ => return None,
    };
    let vague = refusal.code() != Some(Alert::DECRYPT_ERROR);
    if vague && (chain::is_flawed(case) || chain::end(case, Side::Server) == Some(End::Leaf)) {
        return None;
    }
    let confidence = refusal.weighed(case, Defect::Signature, confidence);
    let finding = refusal.against(&CAUSE, confidence);
    let finding = if other_key {
        finding.frame(
            "server sends",
            case.server_chain_frame,
            format!("{} under the right name, but with another key", chain::issuer(leaf)),
        )
    } else {
        chain::told(case, shown, finding)
    };
    let finding = finding.tell(WORDS.tell);
    Some(refusal.told(case, Defect::Signature, finding))
}

/// The chain itself shows it: a signature was verified, and is not of the issuer's key.
fn proved(case: &Case<'_>, refusal: &Refusal) -> Option<Finding> {
    let shown = refusal.by.other();
    let (forged, _) = chain::flaw(case, shown, |flaw| *flaw == Flaw::BadSignature)?;
    let alone = chain::is_fine_but(case.judgement(shown)?, |flaw| *flaw == Flaw::BadSignature);
    let fits = match (refusal.code(), case.stack(refusal.by)) {
        (Some(Alert::DECRYPT_ERROR), _) => true,
        (Some(code), Some(guess)) => {
            guess.stack.says(refusal.by, Defect::Signature, refusal.tls13) == Some(code)
        }
        // Who speaks is not known, and many say this to it.
        (Some(code), None) => code == Alert::BAD_CERTIFICATE,
        (None, _) => false,
    };
    let confidence = match refusal.code() {
        Some(Alert::DECRYPT_ERROR) => Confidence::Certain,
        Some(_) if fits && alone => Confidence::Certain,
        // Whoever looks for the issuer by its key number does not find it.
        Some(Alert::UNKNOWN_CA | Alert::BAD_CERTIFICATE | Alert::CERTIFICATE_UNKNOWN) => {
            Confidence::Likely
        }
        Some(_) => return None,
        None => Confidence::Likely,
    };
    let frame = match shown {
        Side::Server => case.server_chain_frame,
        Side::Client => case.client_chain_frame,
    };
    let sends = if shown == Side::Server { "server sends" } else { "client gives" };
    let finding = refusal.against(&CAUSE, confidence).frame(
        sends,
        frame,
        format!(
            "{}, not signed with the key of the {} that is sent with it",
            chain::subject(forged),
            chain::issuer(forged)
        ),
    );
    Some(refusal.told(case, Defect::Signature, finding.tell(WORDS.tell)))
}

/// Whether the server's own signature is the one that does not fit.
fn own_is_bad(case: &Case<'_>) -> bool {
    proof::of_server(case).is_some_and(|proof| proof.signature == Signature::Bad)
}
