//! The server names as many authorities as fit, and the client's is not among them.

use super::answer::{self, Answer};
use super::refusal;
use crate::dialect::Defect;
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "issuer-list-too-long",
    because: "a list of client authorities that is too long and was cut",
    page: include_str!("issuer-list-too-long.md"),
    judge,
};

/// The longest lists that Windows sends: 12 228 bytes up to Server 2003, then 16 KiB (Microsoft's
/// knowledge base, 933430 and 2880390).
const LIMITS: [usize; 2] = [12_228, 16_384];
/// A list that was cut misses its limit by less than the name that did not fit: names of real
/// authorities have 30 to 250 bytes.
const NAME: usize = 256;

fn judge(case: &Case<'_>) -> Option<Finding> {
    let (refusal, given) = refusal::of_client(case)?;
    if given != Answer::Empty || !is_cut(case) {
        return None;
    }
    let request = case.session.certificate_request()?;
    let finding = answer::gives(case, refusal.against(&CAUSE, Confidence::Likely));
    let says = format!("a list of {} bytes, as long as Windows lets it become", length(case)?);
    let finding = finding
        .at("server names", &request, says)
        .tell("event 36885 on the server; with SendTrustedIssuerList=0 the client gets in");
    Some(refusal.told(case, Defect::Missing, finding))
}

/// Whether the list of authorities is as long as one that was cut.
pub(super) fn is_cut(case: &Case<'_>) -> bool {
    let at = |length: usize| LIMITS.iter().any(|limit| (limit - NAME..=*limit).contains(&length));
    length(case).is_some_and(at)
}

/// The bytes of the list of authorities, with the two of each length.
fn length(case: &Case<'_>) -> Option<usize> {
    let request = case.session.certificate_request()?;
    Some(request.what.authorities().map(|name| name.0.len() + 2).sum())
}

#[cfg(test)]
mod tests {
    use trace::Side;
    use wire::HandshakeType;

    use super::super::story::{Hello, Story};
    use super::*;
    use alert::Alert;

    /// What is found when the server names `names` authorities of 200 bytes each.
    fn found(names: usize) -> Vec<Finding> {
        let length = |bytes: usize| u16::try_from(bytes).unwrap().to_be_bytes();
        let name = [&[0x30, 0x81, 197][..], &[0; 197]].concat();
        let list = [&length(name.len())[..], &name].concat().repeat(names);
        let body = [&[1, 1, 0, 2, 4, 1], &length(list.len())[..], &list].concat();
        Story::new()
            .client_hello(&Hello::tls12())
            .server_hello(0x0303, 0xc02f, &[(0xff01, vec![0])])
            .handshake(Side::Server, HandshakeType::CERTIFICATE_REQUEST, &body)
            .handshake(Side::Client, HandshakeType::CERTIFICATE, &[0, 0, 0])
            .alert(Side::Server, Alert::HANDSHAKE_FAILURE)
            .judge()
    }

    /// A list just below either limit was cut; a shorter one, and a longer one, were not.
    #[test]
    fn a_list_at_the_limit_was_cut() {
        let first = |names| found(names)[0].cause.slug;
        for cut in [60, 81] {
            assert_eq!(first(cut), CAUSE.slug, "{cut}");
        }
        for whole in [1, 58, 62, 79, 82, 120] {
            assert_eq!(first(whole), "client-cert-missing", "{whole}");
        }
    }
}
