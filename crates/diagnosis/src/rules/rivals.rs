//! What several explanations of one failure make of each other: none is surer than what it rests on,
//! and what one has shown leaves less room for the rest.

use trace::Message;

use super::is_open;
use super::speaker::BEHIND;
use crate::{Case, Confidence, Finding};

/// Lowers what is called certain and rests on nothing but the sizes and places of encrypted records:
/// another message may have the same size.
pub(super) fn doubted(case: &Case<'_>, findings: &mut [Finding]) {
    for finding in findings.iter_mut() {
        if finding.confidence == Confidence::Certain && rests_on_sizes(case, finding) {
            finding.confidence = Confidence::Likely;
            if finding.tell.is_empty() {
                finding.tell = "with a key log (--keylog FILE) the records can be read";
            }
        }
    }
}

/// Whether one of the frames that a finding names shows encrypted records and nothing else.
fn rests_on_sizes(case: &Case<'_>, finding: &Finding) -> bool {
    let guessed = case.likely_alert.filter(|alert| {
        let event = case.session.events.get(alert.event);
        event.is_some_and(|event| matches!(event.message, Message::Encrypted))
    });
    // What the headers of a packet show does not rest on what is in it.
    let sealed = finding.evidence.iter().filter(|it| !BEHIND.contains(&it.label));
    sealed.filter_map(|evidence| evidence.frame).any(|frame| {
        let mut there = case.session.events.iter().filter(|event| event.frame == frame).peekable();
        let hidden = there.peek().is_some()
            && there.all(|event| matches!(event.message, Message::Encrypted));
        hidden || guessed.is_some_and(|alert| alert.frame == frame)
    })
}

/// Drops and lowers, of findings in their order, what the first of them leaves no room for.
pub(super) fn settled(findings: &mut Vec<Finding>) {
    let Some(first) = findings.first() else { return };
    let (slug, confidence, refused_by) = (first.cause.slug, first.confidence, first.refused_by);
    let excluded = RULED_OUT.iter().find(|(by, _)| *by == slug).map_or(&[][..], |(_, out)| out);
    let mut is_first = true;
    findings.retain_mut(|other| {
        if std::mem::take(&mut is_first) {
            return true;
        }
        if excluded.contains(&other.cause.slug) {
            return false;
        }
        match (confidence, other.confidence) {
            // What merely may be gives way to what is, where both explain the same refusal.
            (Confidence::Certain, Confidence::Possible) => other.refused_by != refused_by,
            (Confidence::Likely, Confidence::Likely) => {
                let vague = is_open(other.cause.slug) && !is_open(slug);
                if vague || SHOWN.contains(&slug) && !SHOWN.contains(&other.cause.slug) {
                    other.confidence = Confidence::Possible;
                }
                true
            }
            _ => true,
        }
    });
}

/// Causes, each with those that its own proof rules out: a program that has accepted another
/// certificate of the same authority trusts that authority, and a device that makes certificates on
/// the way has them from no authority that could be sent along.
const RULED_OUT: &[(&str, &[&str])] = &[
    ("pinning", &["untrusted-root", "missing-intermediate", "self-signed-server"]),
    ("tls-interception-untrusted", &["missing-intermediate", "self-signed-server"]),
];

/// Causes whose proof is a flaw that the certificates, or a stapled answer, show to everybody, or the
/// issuer's own name.
const SHOWN: &[&str] = &[
    "chain-sigalg-not-offered",
    "client-cert-expired",
    "client-cert-wrong-eku",
    "expired-chain-member",
    "expired-leaf",
    "hostname-mismatch",
    "issuer-not-a-ca",
    "key-usage-mismatch",
    "name-constraint-violated",
    "not-yet-valid",
    "ocsp-must-staple-missing",
    "path-length-exceeded",
    "revoked",
    "rsa-1024-rejected",
    "san-missing",
    "sha1-signature-rejected",
    "tls-interception-untrusted",
    "wrong-eku-server",
    "x509-strict",
];

#[cfg(test)]
mod tests {
    use alert::Side;

    use super::*;
    use crate::cause;

    fn left(all: &[(&str, Confidence)]) -> Vec<(&'static str, Confidence)> {
        let finding = |(slug, confidence): &(&str, Confidence)| {
            Finding::new(cause(slug).unwrap(), *confidence, Some(Side::Client))
        };
        let mut findings: Vec<Finding> = all.iter().map(finding).collect();
        settled(&mut findings);
        findings.iter().map(|it| (it.cause.slug, it.confidence)).collect()
    }

    /// Certainty leaves no room for what merely may be, a flaw in sight makes a guess of what else
    /// is likely, and a proof rules out what it contradicts.
    #[test]
    fn the_first_leaves_less_room() {
        use Confidence::{Certain, Likely, Possible};
        let root = |confidence| ("untrusted-root", confidence);
        let others = [root(Likely), ("crl-missing", Possible)];
        let after = |first| left(&[&[first][..], &others].concat())[1..].to_vec();
        assert_eq!(after(("expired-leaf", Certain)), [root(Likely)]);
        assert_eq!(after(("x509-strict", Likely))[0], root(Possible));
        assert_eq!(after(("missing-intermediate", Likely)), others);
        assert_eq!(after(("pinning", Likely)), [("crl-missing", Possible)]);
    }

    /// Every cause in the tables exists.
    #[test]
    fn the_tables_name_causes() {
        let ruled = RULED_OUT.iter().flat_map(|(by, out)| [*by].into_iter().chain(out.to_vec()));
        assert!(ruled.chain(SHOWN.iter().copied()).all(|slug| cause(slug).is_some()));
    }
}
