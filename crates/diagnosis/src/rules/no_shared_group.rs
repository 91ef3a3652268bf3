//! No group in common for the key exchange.

use alert::Alert;
use trace::Side;
use wire::{ClientHello, Group, KeyExchange};

use super::hello::{Refusal, groups, listing, suites};
use crate::{CONTROL, Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "no-shared-group",
    because: "groups (elliptic curves) for the key exchange that do not overlap",
    page: include_str!("no-shared-group.md"),
    judge,
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    let refusal = Refusal::of(case)?;
    let codes = [Alert::HANDSHAKE_FAILURE, Alert::INSUFFICIENT_SECURITY, Alert::ILLEGAL_PARAMETER];
    let hello = refusal.hello.what;
    let offered = groups(&hello);
    if !refusal.is(&codes) || offered.is_empty() || !every_way_needs_a_group(&hello) {
        return None;
    }
    let taken = case.server().map(|server| server.groups.as_slice()).unwrap_or_default();
    if taken.iter().any(|(group, _)| offered.contains(group)) {
        return None;
    }
    let confidence = if !taken.is_empty() || !offered.iter().any(|group| USUAL.contains(group)) {
        Confidence::Likely
    } else if offered.len() == 1 {
        Confidence::Possible
    } else {
        return None;
    };
    let finding = Finding::new(&CAUSE, confidence, Some(Side::Server)).at(
        "client offers",
        &refusal.hello,
        format!("{} as supported_groups", listing(&offered, 6)),
    );
    let finding = match taken.first() {
        Some((group, frame)) => finding.frame(
            CONTROL,
            *frame,
            format!("it takes {group} from others: not offered here"),
        ),
        None => finding.fact("who", "most servers take x25519 and P-256"),
    };
    Some(finding.tell("try the server with one group: openssl s_client -groups P-256"))
}

/// Whether no suite on offer could do without a group: TLS 1.3 alone, or ECDHE alone.
fn every_way_needs_a_group(hello: &ClientHello<'_>) -> bool {
    suites(hello).into_iter().all(|suite| {
        matches!(
            suite.key_exchange(),
            Some(KeyExchange::Tls13 | KeyExchange::Ecdhe | KeyExchange::EcdhePsk)
        )
    })
}

/// Groups of which nearly every server takes one.
const USUAL: [Group; 3] = [Group::X25519, Group::SECP256R1, Group::SECP384R1];

#[cfg(test)]
mod tests {
    use super::super::story::{Hello, Story};
    use super::*;

    fn judge_groups(groups: Vec<u16>, suites: Vec<u16>) -> Vec<Finding> {
        let hello = Hello { groups, suites, ..Hello::default() };
        Story::new().client_hello(&hello).alert(Side::Server, Alert::HANDSHAKE_FAILURE).judge()
    }

    /// An exotic curve alone is suspect; a suite that needs no group takes the suspicion away.
    #[test]
    fn an_exotic_curve_alone_is_likely() {
        let findings = judge_groups(vec![28], vec![0x1301, 0xc02f]);
        assert_eq!(findings[0].cause.slug, CAUSE.slug);
        assert_eq!(findings[0].confidence, Confidence::Likely);
        let findings = judge_groups(vec![28], vec![0x1301, 0xc02f, 0x009c]);
        assert!(findings.iter().all(|found| found.cause.slug != CAUSE.slug));
    }
}
