//! The server's RSA key is too short for this client.

use alert::Alert;
use wire::PublicKey;

use super::{chain, refusal};
use crate::dialect::{Defect, Stack};
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "rsa-1024-rejected",
    because: "an RSA key of less than 2048 bits",
    page: include_str!("rsa-1024-rejected.md"),
    judge,
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    let refusal = refusal::of_server(case)?;
    let finding = match case.server_leaf() {
        Some(_) => {
            let (owner, bits) =
                case.server_chain.iter().take(8).find_map(|it| match it.public_key() {
                    PublicKey::Rsa(bits @ 1..2048) | PublicKey::RsaPss(bits @ 1..2048) => {
                        Some((it, bits))
                    }
                    _ => None,
                })?;
            let mut confidence = refusal
                .because_of(&[Alert::BAD_CERTIFICATE, Alert::UNSUPPORTED_CERTIFICATE])?
                .max(Confidence::Likely);
            // These were seen to accept 1024 bits.
            let lenient = [Stack::GnuTls, Stack::Go, Stack::Java];
            if case.stack(refusal.by).is_some_and(|guess| lenient.contains(&guess.stack)) {
                confidence = Confidence::Possible;
            }
            refusal
                .against(&CAUSE, confidence)
                .frame(
                    "server sends",
                    case.server_chain_frame,
                    format!("{}, with an RSA key of {bits} bits", chain::subject(owner)),
                )
                .tell("openssl verify -auth_level 2 refuses the chain")
        }
        None => refusal.unseen(&CAUSE, &[], &[Alert::BAD_CERTIFICATE], false)?,
    };
    Some(chain::control(case, refusal.told(case, Defect::Weak, finding)))
}
