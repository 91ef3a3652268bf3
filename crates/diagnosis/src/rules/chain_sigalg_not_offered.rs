//! A signature in the server's chain is of a kind that the client did not offer.

use alert::Alert;
use trace::Side;
use wire::SignatureScheme;

use super::chain;
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "chain-sigalg-not-offered",
    because: "a certificate signed with an algorithm that the client does not offer",
    page: include_str!("chain-sigalg-not-offered.md"),
    judge,
};

/// What clients were seen to say to it.
const CODES: [Alert; 5] = [
    Alert::HANDSHAKE_FAILURE,
    Alert::UNSUPPORTED_CERTIFICATE,
    Alert::BAD_CERTIFICATE,
    Alert::CERTIFICATE_UNKNOWN,
    Alert::ILLEGAL_PARAMETER,
];

fn judge(case: &Case<'_>) -> Option<Finding> {
    let hello = case.client_hello.as_ref().filter(|hello| hello.what.cut.is_none())?;
    let alert = case.alert.as_ref().filter(|_| case.refused_with(Side::Client, &CODES))?;
    let code = alert.what.1.alert;
    let mut offered: Vec<SignatureScheme> = hello.what.signature_algorithms_cert().collect();
    if offered.is_empty() {
        offered = hello.what.signature_algorithms().collect();
    }
    if offered.is_empty() || case.server_chain_frame == 0 || alert.frame < case.server_chain_frame {
        return None;
    }
    // A digest that is too old has a cause of its own.
    let strange = case.server_chain().iter().take(8).find_map(|it| {
        let algorithm = it.signature_algorithm();
        let scheme = algorithm.scheme?;
        let strange = !it.is_self_issued() && !algorithm.is_weak() && !offered.contains(&scheme);
        strange.then_some((it, algorithm))
    });
    let (certificate, algorithm) = strange?;
    // What else may be wrong with a certificate is said with 42 and 46 as well.
    let vague = matches!(code, Alert::BAD_CERTIFICATE | Alert::CERTIFICATE_UNKNOWN);
    if vague && chain::is_flawed(case) {
        return None;
    }
    Some(
        Finding::new(&CAUSE, Confidence::Likely, Some(Side::Client))
            .at("client offers", hello, format!("{} signature algorithms", offered.len()))
            .frame(
                "server sends",
                case.server_chain_frame,
                format!(
                    "{}, signed with {algorithm}: not one of them",
                    chain::subject(certificate)
                ),
            )
            .at("client says", alert, code.to_string())
            .tell("a client that offers it connects"),
    )
}
