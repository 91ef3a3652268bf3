//! A certificate in the chain was issued by one that may not issue any.

use alert::Alert;
use wire::Certificate;

use super::chain;
use super::refusal::{self, Words};
use crate::dialect::Defect;
use crate::{Case, Cause, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "issuer-not-a-ca",
    because: "an issuer in the server's chain that may not issue certificates",
    page: include_str!("issuer-not-a-ca.md"),
    judge,
};

const WORDS: Words = Words {
    just: &[],
    maybe: &[
        Alert::UNKNOWN_CA,
        Alert::BAD_CERTIFICATE,
        Alert::CERTIFICATE_UNKNOWN,
        Alert::UNSUPPORTED_CERTIFICATE,
    ],
    usual: false,
    plain: true,
    tell: "openssl verify -untrusted chain.pem leaf.pem says invalid CA certificate",
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    let refusal = refusal::of_server(case)?;
    let (issuer, why) = unfit(case.server_chain())?;
    let confidence = refusal.because_of(&WORDS)?;
    let finding = refusal
        .against(&CAUSE, confidence)
        .frame(
            "server sends",
            case.server_chain_frame,
            format!("the issuer {}, {why}", chain::subject(issuer)),
        )
        .tell(WORDS.tell);
    Some(refusal.told(case, Defect::Authority, finding))
}

/// The first certificate that issued another of the chain and may not (RFC 5280, 4.2.1.3 and
/// 4.2.1.9), and why. A root is trusted for itself, and verifiers overlook its extensions.
fn unfit<'c, 'a>(chain: &'c [Certificate<'a>]) -> Option<(&'c Certificate<'a>, String)> {
    let pairs = chain.iter().zip(chain.iter().skip(1)).take(MAX_WALK).enumerate();
    pairs
        .filter(|(_, (below, above))| {
            below.issuer().matches(&above.subject()) && !above.is_self_issued()
        })
        .find_map(|(between, (_, above))| {
            let why = match above.basic_constraints() {
                Some(it) if it.ca => match it.path_length {
                    Some(most) if (most as usize) < between => {
                        format!("which allows {most} authorities below it and has {between}")
                    }
                    _ if above.key_usage().is_some_and(|usage| !usage.cert_sign) => {
                        "whose key may not sign certificates (keyUsage)".to_owned()
                    }
                    _ => return None,
                },
                _ => "which is no authority (basicConstraints)".to_owned(),
            };
            Some((above, why))
        })
}

/// Certificates of one chain that are looked at.
const MAX_WALK: usize = 8;
