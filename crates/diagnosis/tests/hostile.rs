//! Connections that tempt to be surer than the bytes are: what they show looks like one cause, and
//! another one, or two, would show the same.
#![allow(missing_docs, clippy::disallowed_methods, clippy::panic, clippy::unwrap_used)]

use std::fs;

use chain::Anchors;
use tlswhy_diagnosis::{Confidence, Docket, Judged, Trust};
use trace::Tracer;
use wire::{Next, Packets};

fn file(name: &str) -> Vec<u8> {
    fs::read(format!("tests/captures/{name}")).unwrap()
}

/// The first failure of a capture, with what the client trusts if that is given.
fn judged(name: &str, anchors: Option<&str>) -> Judged {
    let bytes = file(&format!("{name}.pcap"));
    let (mut packets, mut tracer) = (Packets::new(), Tracer::new());
    loop {
        match packets.next(&bytes, true) {
            Next::Packet(packet) => tracer.packet(&packet),
            Next::Damaged(damage) => panic!("{name}: {damage:?}"),
            Next::Secrets(_) => {}
            Next::NeedMore | Next::End => break,
        }
    }
    tracer.finish();
    let anchors = anchors.map(|name| {
        let mut all = Anchors::new();
        assert_eq!(all.read(&file(name)), Ok(1));
        all.into()
    });
    let mut docket = Docket::default().trusting(Trust::new(anchors, None));
    while let Some(session) = tracer.ended() {
        docket.add(session);
    }
    docket.finish();
    docket.judged().unwrap()
}

/// The causes with their confidence, best first.
fn found(name: &str, anchors: Option<&str>) -> Vec<(&'static str, Confidence)> {
    let findings = judged(name, anchors).findings;
    findings.iter().map(|finding| (finding.cause.slug, finding.confidence)).collect()
}

fn confidence(all: &[(&'static str, Confidence)], slug: &str) -> Option<Confidence> {
    all.iter().find(|(found, _)| *found == slug).map(|(_, confidence)| *confidence)
}

/// A client that sends its leaf alone may lack the authority between it and the root that the
/// server names: nothing is certain, and both are told.
#[test]
fn an_authority_that_is_not_sent_may_be_the_one() {
    let all = found("client-without-intermediate", None);
    let sure = |slug| confidence(&all, slug);
    assert_eq!(sure("server-does-not-trust-client-ca"), Some(Confidence::Likely), "{all:?}");
    assert!(sure("missing-client-intermediate").is_some(), "{all:?}");
}

/// A leaf that bears the name of its authority is not signed by itself, whatever is trusted.
#[test]
fn a_namesake_is_not_self_signed() {
    for anchors in [None, Some("namesake.pem")] {
        let all = found("namesake", anchors);
        assert!(!all.is_empty() && confidence(&all, "self-signed-server").is_none(), "{all:?}");
    }
}

/// What an authority is called makes nothing certain, and one that issues is no root.
#[test]
fn a_name_proves_nothing() {
    for name in ["grassroots", "root-issuing"] {
        for anchors in [None, Some("root.pem")] {
            let all = found(name, anchors);
            assert_eq!(all[0], ("missing-intermediate", Confidence::Likely), "{all:?}");
            assert!(all.iter().all(|(_, sure)| *sure != Confidence::Certain), "{all:?}");
        }
    }
}

/// 48 is what a client without the root says too, whatever else is wrong with the chain.
#[test]
fn distrust_is_not_excluded_by_a_flaw() {
    let all = found("name-not-permitted", None);
    assert_eq!(all[0], ("name-constraint-violated", Confidence::Likely), "{all:?}");
    assert!(confidence(&all, "untrusted-root").is_some(), "{all:?}");
}

/// Where the signature is proved to be of another key, 40 may be said to that.
#[test]
fn one_refusal_has_one_certain_cause() {
    let all = found("key-of-another", None);
    assert_eq!(all[0], ("key-cert-mismatch", Confidence::Certain), "{all:?}");
    assert_eq!(confidence(&all, "legacy-renegotiation-peer"), Some(Confidence::Likely), "{all:?}");
}

/// Names as long as a message come out as short ones: what a report lists of flaws is cut.
#[test]
fn flaws_are_short() {
    for name in ["name-not-permitted", "namesake", "key-of-another"] {
        for flawed in judged(name, None).flaws {
            assert!(flawed.what.chars().count() < 700 && flawed.subject.len() < 300);
        }
    }
}
