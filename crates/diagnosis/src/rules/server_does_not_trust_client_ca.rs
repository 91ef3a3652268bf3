//! The server does not accept the authority behind the client's certificate.

use alert::Alert;
use trace::Side;

use super::answer::{self, Answer};
use super::chain::End;
use super::refusal::{self, Words};
use super::{chain, missing_client_intermediate};
use crate::dialect::Defect;
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "server-does-not-trust-client-ca",
    because: "a client certificate from an authority that the server does not accept",
    page: include_str!("server-does-not-trust-client-ca.md"),
    judge,
};

const WORDS: Words = Words {
    just: &[Alert::UNKNOWN_CA],
    maybe: &[Alert::BAD_CERTIFICATE, Alert::CERTIFICATE_UNKNOWN, Alert::ACCESS_DENIED],
    usual: true,
    plain: false,
    tell: "openssl verify -CAfile SERVER_CLIENT_CA.pem client.pem fails too",
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    let (refusal, answer) = refusal::of_client(case)?;
    if answer == Answer::Empty {
        return None;
    }
    if case.client_leaf().is_none() {
        return refusal.unseen(case, &CAUSE, Defect::Authority, &WORDS);
    }
    // An alert that fits any fault is explained by a fault that can be seen.
    if is_out_of_order(case) && refusal.code() != Some(Alert::UNKNOWN_CA) {
        return None;
    }
    let named = is_named(case);
    let suspected = match named {
        _ if missing_client_intermediate::is_suspected(case) => Confidence::Possible,
        // Where the root was not sent, it may be one that the server names, with an authority
        // between the two missing.
        Some(false) if refusal.code() == Some(Alert::UNKNOWN_CA) && ends_at_root(case) => {
            Confidence::Certain
        }
        Some(true) => Confidence::Possible,
        _ => Confidence::Likely,
    };
    let confidence = refusal.because_of(&WORDS)?.max(suspected);
    let confidence = refusal.weighed(case, Defect::Authority, confidence);
    let mut finding = answer::gives(case, refusal.against(&CAUSE, confidence));
    if named == Some(false)
        && let Some(request) = case.session.certificate_request()
        && let Some(first) = request.what.authorities().next()
    {
        let more = request.what.authorities().count().saturating_sub(1);
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        finding = finding.at(
            "server takes",
            &request,
            match ends_at_root(case) {
                true => format!("{}{more}: not the client's", chain::short(&first)),
                false => format!("{}{more}: not in what the client gives", chain::short(&first)),
            },
        );
    }
    let finding = match chain::is_trusted(case, Side::Client) {
        Some(true) => finding.fact("trust", "the given anchors hold its root; the server's do not"),
        Some(false) => finding.fact("trust", "none of the given anchors is at its end"),
        None => finding,
    };
    let finding = finding.tell(WORDS.tell);
    Some(refusal.told(case, Defect::Authority, finding))
}

/// Whether the root of the client's chain was sent, be it the client's certificate itself.
fn ends_at_root(case: &Case<'_>) -> bool {
    matches!(chain::end(case, Side::Client), Some(End::Leaf | End::Root(_)))
}

/// Whether the authorities that the server names include one that stands in the client's chain;
/// `None` where it names none.
pub(super) fn is_named(case: &Case<'_>) -> Option<bool> {
    let request = case.session.certificate_request()?;
    let named: Vec<_> = request.what.authorities().take(MAX_AUTHORITIES).collect();
    let chain = case.client_chain().get(..MAX_CHAIN).unwrap_or(case.client_chain());
    (!named.is_empty()).then(|| {
        chain.iter().any(|certificate| {
            let (issuer, subject) = (certificate.issuer(), certificate.subject());
            named.iter().any(|name| name.matches(&issuer) || name.matches(&subject))
        })
    })
}

/// Whether the client's certificate has a flaw of its own: a date or a purpose.
pub(super) fn is_out_of_order(case: &Case<'_>) -> bool {
    case.client_leaf()
        .is_some_and(|leaf| chain::is_out_of_date(leaf, case.now()) || !chain::may_be_client(leaf))
}

/// Authorities of one request that are looked at: 16 KiB hold a few hundred.
const MAX_AUTHORITIES: usize = 512;
/// Certificates of the client that are looked at.
const MAX_CHAIN: usize = 8;
