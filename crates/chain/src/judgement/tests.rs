//! What names and keys of a list decide, and what looking at them may cost.

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, GeneralSubtree, IsCa, Issuer,
    KeyIdMethod, KeyPair, NameConstraints, SerialNumber,
};
use wire::Time;

use super::*;
use crate::Exchange;

fn question() -> Question<'static> {
    Question {
        host: None,
        moment: Time::from_parts(1_793_491_200, 0),
        purpose: Purpose::Server,
        exchange: Exchange::Signs,
        anchors: None,
    }
}

fn named(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params
}

fn authority(name: &str, serial: u64) -> CertificateParams {
    let mut params = named(name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.serial_number = Some(SerialNumber::from(serial));
    params
}

/// May issue for `count` directory names, none of which fits.
fn constrained(serial: u64, count: usize) -> CertificateParams {
    let mut params = authority("Root", serial);
    let base = |number| {
        let mut name = DistinguishedName::new();
        name.push(DnType::CommonName, format!("B\u{fc}ro {number}"));
        GeneralSubtree::DirectoryName(name)
    };
    params.name_constraints = Some(NameConstraints {
        permitted_subtrees: (0..count).map(base).collect(),
        excluded_subtrees: Vec::new(),
    });
    params
}

/// A leaf with a long subject, five authorities of one name above it, and above each of them two
/// roots of one name: ten ways up.
fn tangle(subject: usize, constraints: usize) -> Vec<Vec<u8>> {
    let keys: [KeyPair; 3] = std::array::from_fn(|_| KeyPair::generate().unwrap());
    let middle = authority("Middle", 1);
    let root = authority("Root", 1);
    let leaf = named(&"\u{e9}".repeat(subject));
    let issuer = Issuer::from_params(&middle, &keys[1]);
    let mut list = vec![leaf.signed_by(&keys[0], &issuer).unwrap().der().to_vec()];
    let issuer = Issuer::from_params(&root, &keys[2]);
    list.extend(
        (10..15)
            .map(|at| authority("Middle", at).signed_by(&keys[1], &issuer).unwrap().der().to_vec()),
    );
    list.extend(
        (20..22)
            .map(|at| constrained(at, constraints).self_signed(&keys[2]).unwrap().der().to_vec()),
    );
    list
}

/// What holding names against constraints costs is paid in their bytes, once for each certificate
/// below each authority, however many ways lead through both.
#[test]
fn names_are_paid_for_once() {
    const PLENTY: usize = usize::MAX;
    let list = tangle(1_000, 10);
    let read: Vec<_> = list.iter().map(|der| Certificate::read(der).unwrap()).collect();
    let mut names = Names::new(PLENTY);
    let judgement = judge_for(&read, &question(), &Notary::default(), &mut names).unwrap();
    assert!(judgement.find(|flaw| matches!(flaw, Flaw::NotPermitted { .. })).is_some());
    let bases = read[6].name_constraints().unwrap().permitted;
    let cost = |name: usize| bases.iter().map(|base| base.size() + name + 8).sum::<usize>();
    let subject = |at: usize| read[at].subject().0.len();
    let expected: usize = (0..6).map(|at| 2 * cost(subject(at))).sum();
    assert_eq!(PLENTY - names.purse.0, expected);
}

/// Long names below many constraints are not held against each other beyond what is allowed for the
/// whole list, and that is said.
#[test]
fn long_names_are_too_dear() {
    let list = tangle(15_000, 190);
    let read: Vec<_> = list.iter().map(|der| Certificate::read(der).unwrap()).collect();
    let mut names = Names::new(MAX_COMPARED);
    let judgement = judge_for(&read, &question(), &Notary::default(), &mut names).unwrap();
    assert_eq!(names.purse.0, 0);
    assert!(judgement.find(|flaw| *flaw == Flaw::UncheckedNames).is_some());
}

/// A name as long as a message is cut before it is kept.
#[test]
fn long_texts_are_cut() {
    let list = tangle(30_000, 2);
    let read: Vec<_> = list.iter().map(|der| Certificate::read(der).unwrap()).collect();
    let judgement = judge(&read, &question(), &Notary::default()).unwrap();
    let found = judgement.find(|flaw| matches!(flaw, Flaw::NotPermitted { .. })).unwrap();
    assert!(read[0].subject().0.len() > 60_000);
    assert!(found.flaw.to_string().chars().count() < 700, "{}", found.flaw);
}

/// A leaf that bears the name of its authority is not signed by itself: its key tells, and where no
/// key number is given its signature.
#[test]
fn the_key_decides_who_signed() {
    for number in [KeyIdMethod::Sha256, KeyIdMethod::PreSpecified(vec![7])] {
        let keys: [KeyPair; 2] = std::array::from_fn(|_| KeyPair::generate().unwrap());
        let mut above = authority("a.test", 1);
        above.key_identifier_method = number.clone();
        let mut leaf = named("a.test");
        leaf.use_authority_key_identifier_extension = true;
        leaf.is_ca = IsCa::ExplicitNoCa;
        leaf.key_identifier_method = number;
        let signed = leaf.signed_by(&keys[0], &Issuer::from_params(&above, &keys[1])).unwrap();
        let alone = Certificate::read(signed.der()).unwrap();
        assert!(alone.is_self_issued());
        let question = question();
        let judgement = judge(&[alone], &question, &Notary::default()).unwrap();
        assert_eq!((judgement.end, judgement.top), (End::Open(0), End::Open(0)));
        let own = leaf.self_signed(&keys[0]).unwrap();
        let own = Certificate::read(own.der()).unwrap();
        let judgement = judge(&[own], &question, &Notary::default()).unwrap();
        assert_eq!((judgement.end, judgement.top), (End::Leaf, End::Leaf));
    }
}
