//! The control group in small: what proves, what acquits, and that no order of sessions matters.

use alert::{Alert, Side};
use trace::Outcome;

use super::*;
use crate::rules::story::{Hello, Story};
use crate::{Finding, Judged};

/// A client of TLS 1.2 that is refused.
fn refused(hello: &Hello, alert: Alert) -> Story {
    Story::new().client_hello(hello).alert(Side::Server, alert)
}

/// One that is served, by its address.
fn served(hello: &Hello, suite: u16, from: u8) -> Story {
    let story = Story::new().client_hello(hello).server_hello(0x0303, suite, &[(0xff01, vec![0])]);
    story.ends(Outcome::Established).from(from)
}

fn narrow() -> Hello {
    Hello { suites: vec![0xc02b, 0xc009], ..Hello::tls12() }
}

fn first(findings: &[Finding]) -> (&'static str, Confidence) {
    findings.first().map(|it| (it.cause.slug, it.confidence)).unwrap()
}

fn control(findings: &[Finding]) -> Option<&str> {
    let evidence = &findings.first()?.evidence;
    evidence.iter().find(|it| it.label == CONTROL).map(|it| &*it.says)
}

/// The same refusal is possibly one for the suites alone, and certainly one where others get in who
/// differ in nothing but their suites.
#[test]
fn one_difference_is_the_proof() {
    let story = || refused(&narrow(), Alert::HANDSHAKE_FAILURE);
    assert_eq!(first(&story().judge()).1, Confidence::Possible);
    let wide = Hello { suites: vec![0xc030, 0xc02f], ..Hello::tls12() };
    let narrow = Hello { suites: vec![0xc009], ..Hello::tls12() };
    let findings =
        refused(&narrow, Alert::HANDSHAKE_FAILURE).judge_among([served(&wide, 0xc02f, 9)]);
    assert_eq!(first(&findings), ("no-shared-cipher", Confidence::Certain));
    assert_eq!(
        control(&findings),
        Some(
            "another succeeds on this server with TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256; this one \
             has TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA alone"
        )
    );
}

/// Who differs in two things proves nothing about either.
#[test]
fn two_differences_prove_nothing() {
    let other = Hello { suites: vec![0xc02f], alpn: vec!["h2"], ..Hello::tls12() };
    let findings = refused(&narrow(), Alert::HANDSHAKE_FAILURE)
        .judged_among([served(&other, 0xc02f, 9)])
        .unwrap();
    assert_eq!(findings.difference, None);
    assert!(findings.findings.iter().all(|it| it.confidence > Confidence::Certain));
}

/// A success with the same suites, which differs elsewhere, is one that the suites did not stop.
#[test]
fn what_others_have_too_is_not_the_reason() {
    let about_suites = |findings: &[Finding]| {
        findings.iter().any(|finding| finding.cause.slug == "server-cert-type-mismatch")
    };
    let rsa = Hello { suites: vec![0xc02f, 0xc030], ..Hello::tls12() };
    let story = || refused(&rsa, Alert::HANDSHAKE_FAILURE);
    assert!(about_suites(&story().judge()));
    let same =
        Hello { alpn: vec!["h2"], ..Hello { suites: vec![0xc02f, 0xc030], ..Hello::tls12() } };
    assert!(!about_suites(&story().judge_among([served(&same, 0xc02f, 9)])));
    // Under another name there may be another certificate.
    let elsewhere = Hello { name: Some("a.example.test"), ..same };
    assert!(about_suites(&story().judge_among([served(&elsewhere, 0xc02f, 9)])));
}

/// The same client with the same offer at another time: nothing in the offer is the reason.
#[test]
fn what_comes_and_goes_is_told() {
    let hello = Hello::tls12();
    let findings = refused(&hello, Alert::INTERNAL_ERROR).judge_among([served(&hello, 0xc02f, 5)]);
    assert_eq!(
        control(&findings),
        Some("the same client succeeds at other times with the same offer")
    );
}

/// A server of which nothing else is known, and a client that others serve with the same offer.
#[test]
fn the_client_succeeds_elsewhere() {
    let hello = Hello::tls12();
    let elsewhere = served(&hello, 0xc02f, 5).with(|session| {
        session.server = "10.0.0.21:443".parse::<std::net::SocketAddr>().unwrap().into()
    });
    let findings = refused(&hello, Alert::INTERNAL_ERROR).judge_among([elsewhere]);
    let says = control(&findings).unwrap();
    assert_eq!(says, "the same client succeeds at other servers with the same offer");
}

/// Who comes back with another offer made up for a refusal of the suites, and not for one of the
/// certificate; and another certificate of the server is the end of an outage.
#[test]
fn only_what_mends_the_cause_makes_up_for_it() {
    let later = || served(&Hello { suites: vec![0xc02f], ..Hello::tls12() }, 0xc02f, 5).later(500);
    let old = Hello { suites: vec![0xc009], ..Hello::tls12() };
    let recovered = |story: Story| story.judged_among([later()]).unwrap().recovery.is_some();
    assert!(recovered(refused(&old, Alert::HANDSHAKE_FAILURE)));
    let certificate = |hello: &Hello| {
        let story = Story::new().client_hello(hello);
        let story = story.server_hello(0x0303, 0xc009, &[(0xff01, vec![0])]);
        story.alert(Side::Client, Alert::UNKNOWN_CA)
    };
    assert!(!recovered(certificate(&old)));
    assert!(!recovered(refused(&old, Alert::DECODE_ERROR)));
}

/// The order in which sessions end changes neither the difference nor the recovery, and what is
/// random in a hello makes none.
#[test]
fn order_changes_nothing() {
    let grease = Hello { suites: vec![0x1a1a, 0xc02f, 0xc030], ..Hello::tls12() };
    let others = || {
        let mut all = vec![
            served(&grease, 0xc02f, 9).later(40),
            served(&Hello { suites: vec![0x2a2a, 0xc030, 0xc02f], ..Hello::tls12() }, 0xc030, 8)
                .later(20),
            served(&Hello { alpn: vec!["h2"], ..Hello::tls12() }, 0xc02f, 7),
            served(&Hello { suites: vec![0xc02f], ..Hello::tls12() }, 0xc02f, 5).later(3000),
            served(&Hello { suites: vec![0xc02f], ..Hello::tls12() }, 0xc02f, 5).later(1000),
            served(&Hello { name: Some("b.example.test"), ..narrow() }, 0xc02f, 4),
        ];
        for story in &mut all {
            *story = std::mem::replace(story, Story::new());
        }
        all
    };
    let judged = |order: &mut dyn FnMut(&mut Vec<Story>)| {
        let mut all = others();
        order(&mut all);
        let hello = Hello { suites: vec![0xc009], ..Hello::tls12() };
        let it: Judged = refused(&hello, Alert::HANDSHAKE_FAILURE).judged_among(all).unwrap();
        (it.difference.unwrap(), it.recovery.unwrap())
    };
    let usual = judged(&mut |_| ());
    assert!(usual.0.same_address && !usual.0.same_client);
    assert_eq!(usual.0.field, Some(Field::CipherSuites));
    assert_eq!((usual.0.frame, usual.1.frame), (1004, 1004));
    for turn in 0..6 {
        assert_eq!(judged(&mut |all| all.rotate_left(turn)), usual);
        assert_eq!(judged(&mut |all| all.reverse()), usual);
        assert_eq!(judged(&mut |all| all.swap(0, turn)), usual);
    }
}

/// Every cause in the tables exists.
#[test]
fn the_tables_name_causes() {
    let fields = LIES_IN.iter().chain(MENDED_BY).map(|(slug, _)| *slug);
    let certificates = OF_SERVER_CERTIFICATE.iter().chain(OF_CLIENT_CERTIFICATE).copied();
    assert!(fields.chain(certificates).all(|slug| crate::cause(slug).is_some()));
}

/// Numbers are read in groups of three digits.
#[test]
fn numbers_are_grouped() {
    let says = [(0, "0"), (999, "999"), (3870, "3 870"), (1_204_551, "1 204 551")];
    assert!(says.into_iter().all(|(number, text)| grouped(number) == text));
}
