//! A strict verifier as the oracle: what rustls-webpki refuses, there is an objection for of the
//! same kind, and what it accepts, nobody objects to who follows RFC 5280.
#![allow(missing_docs, clippy::unwrap_used)] // Tests build what they need.

use std::time::Duration;

use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, CustomExtension, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose as Eku, GeneralSubtree, IsCa, Issuer, KeyPair, KeyUsagePurpose as Ku,
    NameConstraints, SanType, date_time_ymd,
};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use tlswhy_chain::{Anchors, Exchange, Flaw, Notary, Purpose, Question, Weight, judge};
use webpki::{EndEntityCert, Error, KeyUsage, anchor_from_trusted_cert};
use wire::{Certificate, Time};

/// One thing to change in a certificate.
type Change = (&'static str, fn(&mut CertificateParams));

const LEAVES: &[Change] = &[
    ("good", |_| {}),
    ("expired", |it| it.not_after = date_time_ymd(2026, 2, 1)),
    ("not yet valid", |it| it.not_before = date_time_ymd(2027, 1, 1)),
    ("client", |it| it.extended_key_usages = vec![Eku::ClientAuth]),
    ("any purpose of none", |it| it.extended_key_usages.clear()),
    ("other name", |it| it.subject_alt_names = dns(&["other.contoso.test"])),
    ("wildcard", |it| it.subject_alt_names = dns(&["*.contoso.test"])),
    ("no name", |it| it.subject_alt_names.clear()),
    ("names of two domains", |it| {
        it.subject_alt_names = dns(&["www.contoso.test", "www.fabrikam.test"]);
    }),
    ("an address", |it| {
        it.subject_alt_names.push(SanType::IpAddress([192, 0, 2, 7].into()));
    }),
    ("an authority", |it| it.is_ca = IsCa::Ca(BasicConstraints::Unconstrained)),
    ("a critical extension", |it| {
        let mut unknown =
            CustomExtension::from_oid_content(&[1, 3, 6, 1, 4, 1, 99999, 1], vec![5, 0]);
        unknown.set_criticality(true);
        it.custom_extensions.push(unknown);
    }),
    ("no number of its issuer", |it| it.use_authority_key_identifier_extension = false),
];

const AUTHORITIES: &[Change] = &[
    ("good", |_| {}),
    ("expired", |it| it.not_after = date_time_ymd(2026, 2, 1)),
    ("no authority", |it| it.is_ca = IsCa::ExplicitNoCa),
    ("no constraints", |it| it.is_ca = IsCa::NoCa),
    ("none below it", |it| it.is_ca = IsCa::Ca(BasicConstraints::Constrained(0))),
    ("may not sign", |it| it.key_usages = vec![Ku::DigitalSignature]),
    ("for clients", |it| it.extended_key_usages = vec![Eku::ClientAuth]),
    ("for servers", |it| it.extended_key_usages = vec![Eku::ServerAuth]),
    ("its domain", |it| permit(it, &["contoso.test"])),
    ("another domain", |it| permit(it, &["fabrikam.test"])),
    ("below a domain", |it| permit(it, &[".contoso.test"])),
    ("not its domain", |it| exclude(it, GeneralSubtree::DnsName("contoso.test".into()))),
    ("its network", |it| {
        let net = CidrSubnet::V4([192, 0, 2, 0], [255, 255, 255, 0]);
        it.name_constraints = Some(NameConstraints {
            permitted_subtrees: vec![GeneralSubtree::IpAddress(net)],
            excluded_subtrees: Vec::new(),
        });
    }),
    ("not its network", |it| {
        exclude(it, GeneralSubtree::IpAddress(CidrSubnet::V4([192, 0, 2, 0], [255, 255, 255, 0])));
    }),
];

fn dns(names: &[&str]) -> Vec<SanType> {
    names.iter().map(|name| SanType::DnsName((*name).try_into().unwrap())).collect()
}

fn permit(it: &mut CertificateParams, names: &[&str]) {
    let subtrees = names.iter().map(|name| GeneralSubtree::DnsName((*name).into())).collect();
    let constraints =
        NameConstraints { permitted_subtrees: subtrees, excluded_subtrees: Vec::new() };
    it.name_constraints = Some(constraints);
}

fn exclude(it: &mut CertificateParams, subtree: GeneralSubtree) {
    let constraints =
        NameConstraints { permitted_subtrees: Vec::new(), excluded_subtrees: vec![subtree] };
    it.name_constraints = Some(constraints);
}

fn named(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.use_authority_key_identifier_extension = true;
    params.not_before = date_time_ymd(2026, 1, 1);
    params.not_after = date_time_ymd(2027, 6, 1);
    params
}

fn authority(name: &str) -> CertificateParams {
    let mut params = named(name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![Ku::KeyCertSign, Ku::CrlSign];
    params
}

fn leaf() -> CertificateParams {
    let mut params = named("www.contoso.test");
    params.subject_alt_names = dns(&["www.contoso.test"]);
    params.extended_key_usages = vec![Eku::ServerAuth];
    params.key_usages = vec![Ku::DigitalSignature];
    params
}

/// 2026-11-01.
const NOW: i64 = 1_793_491_200;

/// What the oracle says: of the path, and if that is fine of the name.
fn oracle(sent: &[Vec<u8>], root: &[u8]) -> Result<(), Error> {
    let sent: Vec<CertificateDer<'_>> = sent.iter().map(|der| der.as_slice().into()).collect();
    let root = CertificateDer::from(root);
    let leaf = EndEntityCert::try_from(&sent[0])?;
    leaf.verify_for_usage(
        webpki::ALL_VERIFICATION_ALGS,
        &[anchor_from_trusted_cert(&root)?],
        &sent[1..],
        UnixTime::since_unix_epoch(Duration::from_secs(NOW.unsigned_abs())),
        KeyUsage::server_auth(),
        None,
        None,
    )?;
    leaf.verify_is_valid_for_subject_name(&ServerName::try_from("www.contoso.test").unwrap())
}

/// Whether a flaw is of the kind that the oracle complains of.
fn is_kin(flaw: &Flaw, error: &Error) -> bool {
    match error {
        Error::CertExpired { .. } => matches!(flaw, Flaw::Expired(_)),
        Error::CertNotValidYet { .. } => matches!(flaw, Flaw::NotYetValid(_)),
        Error::RequiredEkuNotFoundContext(_) => {
            matches!(flaw, Flaw::WrongPurpose | Flaw::OtherAuthority)
        }
        Error::CertNotValidForName(_) => {
            matches!(flaw, Flaw::WrongName(_) | Flaw::NoAlternativeName)
        }
        Error::CaUsedAsEndEntity => matches!(flaw, Flaw::AuthorityAsLeaf),
        Error::EndEntityUsedAsCa => matches!(flaw, Flaw::NotAnAuthority),
        Error::PathLenConstraintViolated => matches!(flaw, Flaw::PathTooLong { .. }),
        Error::NameConstraintViolation => {
            matches!(flaw, Flaw::NotPermitted { .. } | Flaw::Excluded { .. })
        }
        Error::UnsupportedCriticalExtension => matches!(flaw, Flaw::UnknownCritical(_)),
        Error::InvalidSignatureForPublicKey => matches!(flaw, Flaw::BadSignature),
        Error::UnknownIssuer => {
            matches!(flaw, Flaw::IssuerMissing | Flaw::NotTrusted | Flaw::SelfSigned)
        }
        _ => false,
    }
}

struct Pki {
    root_key: KeyPair,
    upper_key: KeyPair,
    lower_key: KeyPair,
    leaf_key: KeyPair,
    other_key: KeyPair,
    root: CertificateParams,
}

impl Pki {
    fn new() -> Self {
        let key = || KeyPair::generate().unwrap();
        Self {
            root_key: key(),
            upper_key: key(),
            lower_key: key(),
            leaf_key: key(),
            other_key: key(),
            root: authority("Root"),
        }
    }

    fn root(&self) -> Vec<u8> {
        self.root.self_signed(&self.root_key).unwrap().der().to_vec()
    }

    /// Leaf, lower and upper authority.
    fn chain(&self, leaf: &CertificateParams, upper: &CertificateParams) -> [Vec<u8>; 3] {
        let lower = authority("Lower");
        let root = Issuer::from_params(&self.root, &self.root_key);
        let above = Issuer::from_params(upper, &self.upper_key);
        let below = Issuer::from_params(&lower, &self.lower_key);
        [
            leaf.signed_by(&self.leaf_key, &below).unwrap().der().to_vec(),
            lower.signed_by(&self.lower_key, &above).unwrap().der().to_vec(),
            upper.signed_by(&self.upper_key, &root).unwrap().der().to_vec(),
        ]
    }
}

/// Holds one chain against the oracle; what it says in words, for the failure.
fn compare(sent: &[Vec<u8>], root: &[u8], notary: &Notary, what: &str) -> bool {
    let mut anchors = Anchors::new();
    anchors.add(root).unwrap();
    let certificates: Vec<_> = sent.iter().map(|der| Certificate::read(der).unwrap()).collect();
    let question = Question {
        host: Some("www.contoso.test"),
        moment: Time::from_parts(NOW, 0),
        purpose: Purpose::Server,
        exchange: Exchange::Unknown,
        anchors: Some(&anchors),
    };
    let judgement = judge(&certificates, &question, notary).unwrap();
    // The oracle does not ask whether the key of an authority may sign, as RFC 5280, 6.1.4 (n) does.
    let refused = |weight| judgement.of_weight(weight).any(|it| it.flaw != Flaw::MayNotSign);
    let verdict = oracle(sent, root);
    match &verdict {
        Ok(()) => assert!(
            !refused(Weight::Every) && !refused(Weight::Distrust),
            "{what}: accepted, and {:?}",
            judgement.objections
        ),
        Err(error) => assert!(
            judgement.find(|flaw| is_kin(flaw, error)).is_some(),
            "{what}: refused with {error:?}, and {:?}",
            judgement.objections
        ),
    }
    verdict.is_ok()
}

/// Every leaf below every authority, in order, out of order, with a gap, and below another root.
#[test]
fn the_oracle_agrees() {
    let (pki, notary) = (Pki::new(), Notary::default());
    let (root, stranger) = (pki.root(), authority("Stranger").self_signed(&pki.other_key).unwrap());
    let (mut accepted, mut refused) = (0, 0);
    for (leaf_name, change_leaf) in LEAVES {
        for (upper_name, change_upper) in AUTHORITIES {
            let (mut leaf, mut upper) = (leaf(), authority("Upper"));
            change_leaf(&mut leaf);
            change_upper(&mut upper);
            let [leaf, lower, upper] = pki.chain(&leaf, &upper);
            let lists = [
                ("in order", vec![&leaf, &lower, &upper], &root),
                ("out of order", vec![&leaf, &upper, &root, &lower], &root),
                ("with a double", vec![&leaf, &lower, &lower, &upper], &root),
                ("with a gap", vec![&leaf, &upper], &root),
                ("alone", vec![&leaf], &root),
                ("below another root", vec![&leaf, &lower, &upper], &stranger.der().to_vec()),
            ];
            for (list_name, list, root) in lists {
                let what = format!("leaf {leaf_name}, authority {upper_name}, {list_name}");
                let list: Vec<Vec<u8>> = list.into_iter().cloned().collect();
                match compare(&list, root, &notary, &what) {
                    true => accepted += 1,
                    false => refused += 1,
                }
            }
        }
    }
    assert!(accepted > 50 && refused > 500, "{accepted} accepted, {refused} refused");
}

/// An authority that was made anew under its old name, without key numbers: only the signature
/// tells.
#[test]
fn another_key_under_the_same_name_is_found() {
    let (pki, notary) = (Pki::new(), Notary::default());
    for numbered in [false, true] {
        let mut leaf = leaf();
        leaf.use_authority_key_identifier_extension = numbered;
        let [leaf, _, upper] = pki.chain(&leaf, &authority("Upper"));
        let above = authority("Upper");
        let above = Issuer::from_params(&above, &pki.upper_key);
        let anew = authority("Lower").signed_by(&pki.other_key, &above).unwrap().der().to_vec();
        assert!(!compare(&[leaf, anew, upper], &pki.root(), &notary, "an authority made anew"));
    }
}

/// A root that another one has signed too: the way that leads to what is trusted is found, whichever
/// of the two that is.
#[test]
fn a_cross_signed_root_is_walked() {
    let (pki, notary) = (Pki::new(), Notary::default());
    let old = authority("Old root");
    let old_root = old.self_signed(&pki.other_key).unwrap().der().to_vec();
    let cross = pki.root.signed_by(&pki.root_key, &Issuer::from_params(&old, &pki.other_key));
    let cross = cross.unwrap().der().to_vec();
    let [leaf, lower, upper] = pki.chain(&leaf(), &authority("Upper"));
    let root = pki.root();
    let with_both = [leaf.clone(), lower.clone(), upper.clone(), root.clone(), cross.clone()];
    let with_cross = [leaf, lower, upper, cross];
    for list in [&with_both[..], &with_cross[..]] {
        assert!(compare(list, &root, &notary, "to the new root"));
        assert!(compare(list, &old_root, &notary, "to the old root"));
    }
}
