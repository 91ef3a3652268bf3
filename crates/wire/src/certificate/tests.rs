//! The three certificates of `testdata`, whole, cut and damaged.

use x509_parser::certificate::X509Certificate;

use super::*;
use crate::group::Group;
use crate::scheme::SignatureScheme;

const ROOT: &[u8] = include_bytes!("../testdata/root.der");
const LEAF: &[u8] = include_bytes!("../testdata/leaf.der");
const OLD: &[u8] = include_bytes!("../testdata/old.der");

/// Every field of the leaf is what the request asked for.
#[test]
fn the_leaf_is_read() {
    let leaf = Certificate::read(LEAF).unwrap();
    assert_eq!(leaf.version(), 3);
    assert_eq!(leaf.serial(), "a1b2c3d4e5f6");
    assert_eq!(leaf.subject().text().unwrap(), "CN=mail.contoso.test, O=Contoso\\, Ltd");
    assert_eq!(leaf.issuer().text().unwrap(), "CN=Contoso Test Root, O=Contoso Trust, C=DE");
    assert_eq!(leaf.common_name().as_deref(), Some("mail.contoso.test"));
    assert_eq!(leaf.not_before().to_string(), "2026-11-25T20:56:35.000000Z");
    assert_eq!(leaf.not_after().to_string(), "2027-11-25T20:56:35.000000Z");
    assert_eq!(
        leaf.alternative_names(),
        [
            AlternativeName::Dns("mail.contoso.test"),
            AlternativeName::Dns("*.web.contoso.test"),
            AlternativeName::Ip("192.0.2.7".parse().unwrap()),
            AlternativeName::Ip("2001:db8::7".parse().unwrap()),
            AlternativeName::Email("a@contoso.test"),
        ]
    );
    let usage = ExtendedKeyUsage { server_auth: true, client_auth: true, ..Default::default() };
    assert_eq!(leaf.extended_key_usage(), Some(usage));
    let usage = KeyUsage { digital_signature: true, key_encipherment: true, ..Default::default() };
    assert_eq!(leaf.key_usage(), Some(usage));
    assert_eq!(
        leaf.basic_constraints(),
        Some(BasicConstraints { critical: false, ca: false, path_length: None })
    );
    assert_eq!(leaf.public_key(), PublicKey::Rsa(2048));
    let algorithm = leaf.signature_algorithm();
    assert_eq!(algorithm.to_string(), "ecdsa-with-SHA256");
    assert_eq!(algorithm.scheme, Some(SignatureScheme::ECDSA_SECP256R1_SHA256));
    assert!(!algorithm.is_weak());
    assert_eq!(leaf.ca_issuers(), ["http://pki.contoso.test/ca.crt"]);
    assert_eq!(leaf.ocsp(), ["http://ocsp.contoso.test"]);
    assert_eq!(leaf.revocation_lists(), ["http://pki.contoso.test/ca.crl"]);
    assert!(leaf.must_staple());
    assert_eq!(leaf.unknown_critical(), ["1.2.3.4.5"]);
    assert_eq!(leaf.der(), LEAF);
}

/// The root is an authority that issued itself and the leaf, and nothing else.
#[test]
fn links_of_a_chain_are_known() {
    let (root, leaf) = (Certificate::read(ROOT).unwrap(), Certificate::read(LEAF).unwrap());
    let old = Certificate::read(OLD).unwrap();
    assert_eq!(
        root.basic_constraints(),
        Some(BasicConstraints { critical: true, ca: true, path_length: Some(1) })
    );
    assert!(root.basic_constraints().unwrap().ca && root.is_self_issued());
    assert!(leaf.basic_constraints().is_none_or(|it| !it.ca) && !leaf.is_self_issued());
    assert!(leaf.is_issued_by(&root) && root.is_issued_by(&root));
    assert!(!leaf.is_issued_by(&leaf) && !root.is_issued_by(&leaf) && !old.is_issued_by(&root));
    assert_eq!(leaf.authority_key_id(), root.subject_key_id());
    assert_eq!(root.public_key(), PublicKey::Ec(Some(Group::SECP256R1)));
}

/// A certificate of version 1 has no extensions; every question about them has an answer.
#[test]
fn version_1_is_read() {
    let old = Certificate::read(OLD).unwrap();
    assert_eq!((old.version(), old.serial().as_str()), (1, "07"));
    assert_eq!(old.public_key(), PublicKey::Ed25519);
    assert_eq!(old.signature_algorithm().hash, None);
    assert_eq!(old.extended_key_usage(), None);
    assert_eq!(old.basic_constraints(), None);
    assert!(old.alternative_names().is_empty() && !old.must_staple());
    assert!(!old.matches_host("old.contoso.test"));
    assert!(old.common_name_matches_host("old.contoso.test"));
}

/// Names and addresses are looked for in subjectAltName, each in its own kind.
#[test]
fn hosts_match() {
    let leaf = Certificate::read(LEAF).unwrap();
    for host in ["mail.contoso.test", "a.web.contoso.test", "192.0.2.7", "[2001:db8::7]"] {
        assert!(leaf.matches_host(host), "{host}");
    }
    for host in ["contoso.test", "a.b.web.contoso.test", "192.0.2.8", "2001:db8::8", ""] {
        assert!(!leaf.matches_host(host), "{host}");
    }
}

/// A cut certificate is an error that says how much is missing.
#[test]
fn a_cut_is_measured() {
    let cut = Certificate::read(&LEAF[..100]).unwrap_err();
    assert_eq!(cut, Malformed { what: "Certificate", at: 0, needed: LEAF.len(), had: 100 });
    assert!(!Certificate::read(b"nonsense").unwrap_err().is_short());
}

/// No cut and no single changed byte makes any accessor panic.
#[test]
fn damage_is_survived() {
    for whole in [ROOT, LEAF, OLD] {
        for length in 0..whole.len() {
            assert!(Certificate::read(&whole[..length]).is_err());
        }
        for at in 0..whole.len() {
            for value in [0, 1, 0x7f, 0x80, 0xff, whole[at] ^ 1, whole[at].wrapping_add(1)] {
                let mut damaged = whole.to_vec();
                damaged[at] = value;
                ask_everything(&damaged);
            }
        }
    }
}

/// A reader that looks into every field finds the same in them, in whatever way a certificate is
/// damaged; and nearly all that one of the two refuses the other does as well. They differ in the
/// damage of names and parameters, which are not looked into here, and of the tags of object
/// identifiers, which are not looked at there.
#[test]
fn another_reader_agrees() {
    let (mut all, mut apart) = (0, 0);
    for whole in [ROOT, LEAF, OLD] {
        for at in 0..whole.len() {
            for value in [0, 1, 0x7f, 0x80, 0xff, whole[at] ^ 1, whole[at].wrapping_add(1)] {
                let mut damaged = whole.to_vec();
                damaged[at] = value;
                let other = X509Certificate::from_der(&damaged);
                all += 1;
                match (Certificate::read(&damaged), other) {
                    (Ok(ours), Ok((_, other))) => compare(&ours, &other),
                    (Err(_), Err(_)) => {}
                    _ => apart += 1,
                }
            }
        }
    }
    assert!(apart * 50 < all, "{apart} of {all}");
}

/// Holds the fields that are asked for most against those of the other reader.
fn compare(ours: &Certificate<'_>, other: &X509Certificate<'_>) {
    let time = |time: &ASN1Time| Time::from_parts(time.timestamp(), 0);
    assert_eq!(ours.version(), other.version.0 + 1);
    assert_eq!(ours.raw_serial(), other.raw_serial());
    assert_eq!(ours.not_before(), time(&other.validity.not_before));
    assert_eq!(ours.not_after(), time(&other.validity.not_after));
    assert!(ours.issuer().0.starts_with(other.issuer.as_raw()));
    assert!(ours.subject().0.starts_with(other.subject.as_raw()));
    assert!(ours.key_info().starts_with(other.subject_pki.raw));
    assert_eq!(ours.key_bytes(), &other.subject_pki.subject_public_key.data[..]);
    assert_eq!(ours.signed(), other.tbs_certificate.as_ref());
    assert_eq!(ours.signature(), &other.signature_value.data[..]);
    let both = ours.extensions.all().zip(other.extensions());
    assert_eq!(ours.extensions.all().count(), other.extensions().len());
    for (ours, other) in both {
        assert_eq!(ours.oid, other.oid.as_bytes());
        assert_eq!((ours.critical, ours.value), (other.critical, other.value));
        assert_eq!(ours.parsed().unwrap(), *other);
    }
}

/// Calls every accessor.
fn ask_everything(der: &[u8]) {
    let Ok(certificate) = Certificate::read(der) else { return };
    let _ = (certificate.version(), certificate.serial(), certificate.common_name());
    let _ = (certificate.subject().text(), certificate.issuer().text());
    let _ = (certificate.not_before(), certificate.not_after());
    let _ = (certificate.matches_host("a.test"), certificate.matches_host("192.0.2.1"));
    let _ = (certificate.common_name_matches_host("a.test"), certificate.key_usage());
    let _ = (certificate.extended_key_usage(), certificate.basic_constraints());
    let _ = (certificate.is_issued_by(&certificate), certificate.is_self_issued());
    let _ = (certificate.public_key().to_string(), certificate.signature_algorithm().to_string());
    let _ = (certificate.ca_issuers(), certificate.ocsp(), certificate.revocation_lists());
    let _ = (certificate.must_staple(), certificate.unknown_critical());
}
