//! The client has a certificate and keeps it to itself: the server names other authorities.

use wire::DistinguishedName;

use super::answer::{self, Answer};
use super::{chain, issuer_list_too_long, refusal};
use crate::contrast::Shown;
use crate::dialect::Defect;
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "client-cert-not-selected",
    because: "a client certificate that was kept back, since the server names other authorities",
    page: include_str!("client-cert-not-selected.md"),
    judge,
};

/// One host may hold several certificates, and several programs: likely, and not certain.
fn judge(case: &Case<'_>) -> Option<Finding> {
    let shown = kept_back(case)?;
    let (refusal, _) = refusal::of_client(case)?;
    let request = case.session.certificate_request()?;
    let issuer = shown.names.first().map(|name| chain::short(&DistinguishedName(name)))?;
    let finding = answer::gives(case, refusal.against(&CAUSE, Confidence::Likely));
    let finding = match request.what.authorities().next() {
        Some(first) => {
            let more = request.what.authorities().count().saturating_sub(1);
            let more = if more == 0 { String::new() } else { format!(" and {more} more") };
            finding.at("server takes", &request, format!("{}{more}", chain::short(&first)))
        }
        None => finding,
    };
    let finding = finding
        .frame("control", shown.frame, format!("elsewhere the client gives one of {issuer}"))
        .tell("with a certificate of an authority that the server names it gets in");
    Some(refusal.told(case, Defect::Missing, finding))
}

/// What the client showed elsewhere, where it kept that back because no authority of it is named
/// here.
pub(super) fn kept_back<'a>(case: &'a Case<'_>) -> Option<&'a Shown> {
    let request = case.session.certificate_request()?;
    let (_, given) = refusal::of_client(case)?;
    if given != Answer::Empty || issuer_list_too_long::is_cut(case) {
        return None;
    }
    let named: Vec<_> = request.what.authorities().take(MAX_AUTHORITIES).collect();
    let fits = |shown: &&Shown| {
        let held = || shown.names.iter().map(|name| DistinguishedName(name));
        named.iter().any(|name| held().any(|own| name.matches(&own)))
    };
    let shown = case.contrast.shown_by(case.session.client.host());
    (!named.is_empty() && !shown.is_empty() && !shown.iter().any(|one| fits(&one)))
        .then(|| shown.first())
        .flatten()
}

/// Authorities of one request that are looked at: 16 KiB hold a few hundred.
const MAX_AUTHORITIES: usize = 512;

#[cfg(test)]
mod tests {
    use trace::Side;
    use wire::HandshakeType;

    use super::super::story::{Hello, Story};
    use super::*;
    use alert::Alert;

    /// A distinguished name of one common name.
    fn name(common: &str) -> Vec<u8> {
        let text = [&[0x0c, u8::try_from(common.len()).unwrap()], common.as_bytes()].concat();
        let pair = [&[0x06, 3, 0x55, 4, 3], &text[..]].concat();
        let wrap =
            |tag: u8, inner: &[u8]| [&[tag, u8::try_from(inner.len()).unwrap()], inner].concat();
        wrap(0x30, &wrap(0x31, &wrap(0x30, &pair)))
    }

    /// A request that names this authority.
    fn request(authority: &str) -> Vec<u8> {
        let name = name(authority);
        let length = |bytes: usize| u16::try_from(bytes).unwrap().to_be_bytes();
        let head = [1, 1, 0, 2, 4, 1];
        [&head, &length(name.len() + 2)[..], &length(name.len()), &name].concat()
    }

    /// A client that was asked by a server that names `authority`, and gave nothing.
    fn empty_for(authority: &str) -> Story {
        Story::new()
            .client_hello(&Hello::tls12())
            .server_hello(0x0303, 0xc02f, &[(0xff01, vec![0])])
            .handshake(Side::Server, HandshakeType::CERTIFICATE_REQUEST, &request(authority))
            .handshake(Side::Client, HandshakeType::CERTIFICATE, &[0, 0, 0])
            .alert(Side::Server, Alert::HANDSHAKE_FAILURE)
    }

    /// Without another connection in which the client shows a certificate, it has none as far as
    /// anybody knows.
    #[test]
    fn one_connection_alone_does_not_show_it() {
        let findings = empty_for("Example CA").judge();
        assert_eq!(findings[0].cause.slug, "client-cert-missing");
        assert!(findings.iter().all(|found| found.cause.slug != CAUSE.slug));
    }
}
