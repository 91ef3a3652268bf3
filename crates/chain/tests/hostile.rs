//! Lists that a stranger made to cost time, and bytes that are no certificates any more.
#![allow(missing_docs, clippy::unwrap_used)] // Tests build what they need.

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, GeneralSubtree, IsCa, Issuer,
    KeyPair, NameConstraints, SanType,
};
use tlswhy_chain::{
    Anchors, End, Exchange, Flaw, MAX_CERTIFICATES, Notary, Place, Purpose, Question, Signature,
    judge,
};
use wire::{Certificate, Time};

fn authority(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
}

fn question(anchors: Option<&Anchors>) -> Question<'_> {
    Question {
        host: None,
        moment: Time::from_parts(1_793_491_200, 0),
        purpose: Purpose::Server,
        exchange: Exchange::Signs,
        anchors,
    }
}

/// Authorities that have all signed each other, and no root: every order of them is a way up, and
/// the look for them ends all the same.
#[test]
fn a_tangle_ends() {
    let keys: Vec<KeyPair> = (0..4).map(|_| KeyPair::generate().unwrap()).collect();
    let name = |at: usize| authority(["A", "B", "C", "D"][at]);
    let mut list = Vec::new();
    for below in 0..4 {
        for above in 0..4 {
            let (below_params, above_params) = (name(below), name(above));
            let issuer = Issuer::from_params(&above_params, &keys[above]);
            let made = below_params.signed_by(&keys[below], &issuer).unwrap();
            if below != above {
                list.push(made.der().to_vec());
            }
        }
    }
    let read: Vec<_> = list.iter().map(|der| Certificate::read(der).unwrap()).collect();
    let judgement = judge(&read, &question(None), &Notary::default()).unwrap();
    assert!(matches!(judgement.end, End::Open(_)), "{judgement:?}");
    assert!(judgement.path.len() >= 4 && judgement.is_verified());
    let many: Vec<_> = read.iter().cycle().take(5_000).cloned().collect();
    let judgement = judge(&many, &question(None), &Notary::default()).unwrap();
    assert!(judgement.path.len() <= MAX_CERTIFICATES + 1);
}

/// Thousands of names below thousands of constraints are not held against each other one by one.
#[test]
fn names_and_constraints_do_not_multiply() {
    let (root_key, key) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
    let names = |count: usize| (0..count).map(|number| format!("h{number}.test"));
    let mut root = authority("Root");
    root.name_constraints = Some(NameConstraints {
        permitted_subtrees: Vec::new(),
        excluded_subtrees: names(2_000)
            .map(|name| GeneralSubtree::DnsName(format!("x{name}")))
            .collect(),
    });
    let mut leaf = authority("Leaf");
    leaf.is_ca = IsCa::NoCa;
    leaf.subject_alt_names =
        names(2_000).map(|name| SanType::DnsName(name.try_into().unwrap())).collect();
    let issuer = Issuer::from_params(&root, &root_key);
    let list = [leaf.signed_by(&key, &issuer).unwrap(), root.self_signed(&root_key).unwrap()];
    let read: Vec<_> = list.iter().map(|it| Certificate::read(it.der()).unwrap()).collect();
    let judgement = judge(&read, &question(None), &Notary::default()).unwrap();
    assert!(judgement.find(|flaw| *flaw == Flaw::UncheckedNames).is_some());
}

/// A chain in which any one byte is another is judged or refused, never worse, and a changed
/// signature or a changed certificate is never good.
#[test]
fn any_byte_may_be_another() {
    let (root_key, key) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
    let root = authority("Root");
    let issuer = Issuer::from_params(&root, &root_key);
    let leaf = authority("Leaf").signed_by(&key, &issuer).unwrap().der().to_vec();
    let root = root.self_signed(&root_key).unwrap().der().to_vec();
    let mut anchors = Anchors::new();
    anchors.add(&root).unwrap();
    let notary = Notary::default();
    let whole = Certificate::read(&leaf).unwrap();
    let (signed, signature) = (whole.signed().len(), whole.signature().len());
    for at in 0..leaf.len() {
        let mut changed = leaf.clone();
        changed[at] ^= 0x11;
        let Ok(certificate) = Certificate::read(&changed) else { continue };
        let judgement = judge(&[certificate], &question(Some(&anchors)), &notary).unwrap();
        // What stands between the two, the algorithm's name, has a double inside what is signed.
        let covered = at < 4 + signed || at >= leaf.len() - signature;
        let good = judgement.signatures.first() == Some(&Signature::Good);
        assert!(!(good && covered), "byte {at}: {judgement:?}");
    }
    let leaf = Certificate::read(&leaf).unwrap();
    let judgement = judge(&[leaf], &question(Some(&anchors)), &notary).unwrap();
    assert_eq!(judgement.end, End::Anchor(Place::Trusted(0)));
    assert!(judgement.is_verified());
}

/// Each objection names the certificate and the field.
#[test]
fn objections_point_at_the_field() {
    let (root_key, key) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
    let mut middle = authority("Middle");
    middle.is_ca = IsCa::ExplicitNoCa;
    let root = authority("Root");
    let root = Issuer::from_params(&root, &root_key);
    let leaf = authority("Leaf").signed_by(&key, &Issuer::from_params(&middle, &key)).unwrap();
    let middle = middle.signed_by(&key, &root).unwrap();
    let list = [leaf, middle];
    let read: Vec<_> = list.iter().map(|it| Certificate::read(it.der()).unwrap()).collect();
    let judgement = judge(&read, &question(None), &Notary::default()).unwrap();
    let found = judgement.find(|flaw| *flaw == Flaw::NotAnAuthority).unwrap();
    assert_eq!((found.at, found.flaw.field()), (Place::Sent(1), "basicConstraints"));
    assert_eq!(judgement.end, End::Open(1));
    let found = judgement.find(|flaw| *flaw == Flaw::IssuerMissing).unwrap();
    assert_eq!((found.at, found.flaw.field()), (Place::Sent(1), "issuer"));
    assert!(judge(&[], &question(None), &Notary::default()).is_none());
}
