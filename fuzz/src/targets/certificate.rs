//! Any bytes as a certificate, with every reading asked: names, times, uses, keys, where it points.

use wire::Certificate;

use crate::Corpus;

/// Runs the target.
pub(crate) fn run(bytes: &[u8]) {
    let Ok(certificate) = Certificate::read(bytes) else { return };
    read(&certificate);
    // The same bytes are the same certificate, and another host than those in it is none of its.
    let again = Certificate::read(bytes).expect("it was read once");
    assert_eq!(again.serial(), certificate.serial());
    assert_eq!(again.subject().text(), certificate.subject().text());
    assert!(!certificate.matches_host(""), "no host at all matches");
}

/// The certificates that sides have shown.
pub(crate) fn seeds(corpus: &Corpus) -> Vec<Vec<u8>> {
    corpus.chains().into_iter().flatten().collect()
}

/// Asks everything of a certificate.
pub(super) fn read(certificate: &Certificate<'_>) {
    let facts = (
        certificate.serial(),
        certificate.common_name(),
        certificate.not_before(),
        certificate.not_after(),
        certificate.matches_host("www.example.org"),
        certificate.common_name_matches_host("10.0.0.1"),
        certificate.is_issued_by(certificate),
    );
    let uses = (
        certificate.extended_key_usage().is_some(),
        certificate.key_usage().is_some(),
        certificate.basic_constraints().is_some(),
        certificate.must_staple(),
        certificate.unknown_critical(),
        (certificate.ca_issuers(), certificate.ocsp(), certificate.revocation_lists()),
    );
    let _ = format!("{facts:?} {uses:?} {} {}", certificate.serial(), certificate.version());
    let _ = (certificate.subject().text(), certificate.issuer().text());
    let _ = format!("{} {:?}", certificate.public_key(), certificate.signature_algorithm());
    for part in [certificate.signed(), certificate.signature(), certificate.key_bytes()] {
        assert!(part.len() <= certificate.der().len());
    }
    let names = certificate.alternative_names();
    if let Some(constraints) = certificate.name_constraints() {
        for tree in constraints.permitted.iter().chain(&constraints.excluded) {
            for name in &names {
                assert!(tree.is_about(name) || !tree.holds(name), "{tree:?} {name:?}");
            }
        }
    }
}
