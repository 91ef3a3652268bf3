//! What the certificate rules say to sessions written by hand, with two real certificates.

use super::*;
use crate::rules::story::{Hello, Story};

/// CN=mail.contoso.test by CN=Contoso Test Root, from 2026-11-25 for a year, any TLS purpose.
const LEAF: &[u8] = include_bytes!("../../../../wire/src/testdata/leaf.der");
/// Its root.
const ROOT: &[u8] = include_bytes!("../../../../wire/src/testdata/root.der");
/// CN=www.example.test by CN=mitmproxy, from 2026-11-25 for a year; made with openssl x509 -req.
const PROXY: &[u8] = include_bytes!("testdata/proxy.der");
/// 2026-11-25T20:56:35Z, when the leaf begins to be valid.
const BEGIN: i64 = 1_795_640_195;
/// 2027-01-01, when all are valid.
const VALID: i64 = 1_798_761_600;
const YEAR: i64 = 365 * 86_400;

/// A TLS 1.2 handshake up to the server's certificates.
fn shown(name: &'static str, chain: &[&[u8]], now: i64) -> Story {
    let story = Story::new()
        .client_hello(&Hello { name: Some(name), ..Hello::tls12() })
        .server_hello(0x0303, 0xc02b, &[])
        .with(|session| session.started = Time::from_parts(now, 0));
    certificates(story, Side::Server, chain)
}

/// A Certificate message of TLS 1.2: a list of lists, each with three bytes of length.
fn certificates(story: Story, side: Side, chain: &[&[u8]]) -> Story {
    let long = |bytes: &[u8]| {
        let length = u32::try_from(bytes.len()).unwrap().to_be_bytes();
        [&length[1..], bytes].concat()
    };
    let list: Vec<u8> = chain.iter().flat_map(|der| long(der)).collect();
    story.handshake(side, HandshakeType::CERTIFICATE, &long(&list))
}

/// A TLS 1.3 handshake up to the server's flight, with a request for a client certificate.
fn hidden() -> Story {
    let story = Story::new().client_hello(&Hello::default()).server_hello(0x0304, 0x1302, &[]);
    [23, 119, 1052, 96, 69]
        .into_iter()
        .fold(story, |story, length| encrypted(story, Side::Server, length))
}

fn encrypted(story: Story, side: Side, length: u32) -> Story {
    story.says(side, Message::Encrypted).with(|session| {
        if let Some(event) = session.events.last_mut() {
            event.length = length;
        }
    })
}

/// The last event is the alert that decides.
fn decides(story: Story) -> Story {
    story.with(|session| session.outcome = Outcome::AlertLikely(session.events.len() - 1))
}

/// The causes found, with their confidence, best first.
fn found(story: Story) -> Vec<(&'static str, Confidence)> {
    story.judge().iter().map(|finding| (finding.cause.slug, finding.confidence)).collect()
}

/// An ended certificate is the reason whatever stack refused it, but not of an alert that speaks of
/// something else; it is proven only by the alert that says just this.
#[test]
fn an_expired_certificate_is_told() {
    let story = || shown("mail.contoso.test", &[LEAF, ROOT], VALID + YEAR);
    let all = found(story().alert(Side::Client, Alert::CERTIFICATE_EXPIRED));
    assert_eq!(all, [("expired-leaf", Confidence::Certain)]);
    for code in [Alert::BAD_CERTIFICATE, Alert::CERTIFICATE_UNKNOWN] {
        let all = found(story().alert(Side::Client, code));
        assert_eq!(all, [("expired-leaf", Confidence::Likely)], "{code}");
    }
    let all = found(story().alert(Side::Client, Alert::UNKNOWN_CA));
    assert_eq!(all, [("untrusted-root", Confidence::Likely)]);
}

/// Before its time, the same.
#[test]
fn a_future_certificate_is_likely() {
    let story = shown("mail.contoso.test", &[LEAF, ROOT], VALID - YEAR);
    let all = found(story.alert(Side::Client, Alert::BAD_CERTIFICATE));
    assert_eq!(all.first(), Some(&("not-yet-valid", Confidence::Likely)));
}

/// A complaint about dates that are fine is the verifier's clock or its list, never a certain one.
#[test]
fn dates_that_are_fine_are_not_expired() {
    let story = shown("mail.contoso.test", &[LEAF, ROOT], VALID);
    let all = found(story.alert(Side::Client, Alert::CERTIFICATE_EXPIRED));
    let possible = |slug| (slug, Confidence::Possible);
    assert_eq!(all, [possible("crl-expired"), possible("clock-skew")]);
}

/// The name is likely, never certain: which name a client checks cannot be seen.
#[test]
fn another_name_is_likely() {
    let story = || shown("www.contoso.test", &[LEAF, ROOT], VALID);
    let all = found(story().alert(Side::Client, Alert::BAD_CERTIFICATE));
    assert_eq!(all, [("hostname-mismatch", Confidence::Likely)]);
    let all = found(story().alert(Side::Client, Alert::UNKNOWN_CA));
    assert_eq!(all.first(), Some(&("untrusted-root", Confidence::Likely)));
    let wildcard = shown("a.web.contoso.test", &[LEAF, ROOT], VALID);
    let all = found(wildcard.alert(Side::Client, Alert::BAD_CERTIFICATE));
    assert!(all.iter().all(|(slug, _)| *slug != "hostname-mismatch"));
}

/// One certificate that vouches for itself; only 48 makes it certain.
#[test]
fn a_self_signed_certificate_is_told_from_a_root() {
    let story = || shown("mail.contoso.test", &[ROOT], VALID);
    let slug = "self-signed-server";
    let all = found(story().alert(Side::Client, Alert::UNKNOWN_CA));
    assert_eq!(all.first(), Some(&(slug, Confidence::Certain)));
    let story = || shown("mail.contoso.test", &[LEAF, ROOT], VALID);
    let all = found(story().alert(Side::Client, Alert::UNKNOWN_CA));
    assert!(all.iter().all(|(found, _)| *found != slug));
}

/// A leaf whose absent issuer is called a root lacks trust in it; where it says that it can be
/// fetched, that it is an intermediate is told beside.
#[test]
fn a_name_does_not_make_a_root() {
    let story = shown("mail.contoso.test", &[LEAF], VALID);
    let all = found(story.alert(Side::Client, Alert::UNKNOWN_CA));
    let both =
        [("untrusted-root", Confidence::Likely), ("missing-intermediate", Confidence::Possible)];
    assert_eq!(all, both);
}

/// 44 says it all, of whichever side.
#[test]
fn a_revoked_certificate_is_certain() {
    let story = shown("mail.contoso.test", &[LEAF, ROOT], VALID);
    let findings = story.alert(Side::Client, Alert::CERTIFICATE_REVOKED).judge();
    let first = findings.first().map(|it| (it.cause.slug, it.confidence, it.refused_by));
    assert_eq!(first, Some(("revoked", Confidence::Certain, Some(Side::Client))));
}

/// In TLS 1.3 an alert where the Finished belongs refuses a certificate that nobody sees; the same
/// record after the Finished refuses nothing.
#[test]
fn a_hidden_refusal_is_no_more_than_likely() {
    let all = found(decides(encrypted(hidden(), Side::Client, 19)));
    assert_eq!(all.first(), Some(&("hidden-server-certificate", Confidence::Likely)));
    assert!(all.iter().skip(1).all(|(_, confidence)| *confidence == Confidence::Possible));
    assert!(all.iter().any(|(slug, _)| *slug == "untrusted-root"));
    let finished = encrypted(hidden(), Side::Client, 69);
    let all = found(decides(encrypted(finished, Side::Client, 19)));
    assert!(all.iter().all(|(slug, _)| *slug != "hidden-server-certificate"), "{all:?}");
}

/// A client that says goodbye, or never got the certificate, has refused nothing.
#[test]
fn leaving_is_not_always_refusing() {
    let slugs = |story: Story| found(story).iter().map(|(slug, _)| *slug).collect::<Vec<_>>();
    let story = || shown("mail.contoso.test", &[LEAF, ROOT], VALID);
    assert!(slugs(story().closes(Side::Client)).contains(&"untrusted-root"));
    let polite = story().warning(Side::Client, Alert::CLOSE_NOTIFY).closes(Side::Client);
    assert!(!slugs(polite).contains(&"untrusted-root"));
    let lost = story().with(|session| session.from_server.retransmissions = 3);
    assert!(!slugs(lost.closes(Side::Client)).contains(&"untrusted-root"));
    // Who left before the certificate came has not refused it.
    let story = Story::new().client_hello(&Hello::tls12()).closes(Side::Client);
    let late = story.server_hello(0x0303, 0xc02b, &[(0xff01, vec![0])]).handshake(
        Side::Server,
        HandshakeType::CERTIFICATE,
        &[0, 0, 0],
    );
    let slugs = slugs(late.says(Side::Client, Message::Reset));
    assert!(!slugs.contains(&"untrusted-root") && !slugs.contains(&"missing-intermediate"));
}

/// An empty list is read in TLS 1.2, and told by its size in TLS 1.3: alone, padded by Java, or
/// together with the Finished.
#[test]
fn an_empty_answer_is_seen() {
    let slug = "client-cert-missing";
    let request = [1, 64, 0, 2, 4, 3, 0, 0];
    let asked = shown("mail.contoso.test", &[LEAF], VALID).handshake(
        Side::Server,
        HandshakeType::CERTIFICATE_REQUEST,
        &request,
    );
    let clear = certificates(asked, Side::Client, &[]);
    let all = found(clear.alert(Side::Server, Alert::HANDSHAKE_FAILURE));
    assert_eq!(all.first(), Some(&(slug, Confidence::Certain)));
    for length in [25, 41, 77] {
        let story = encrypted(hidden(), Side::Client, length);
        let all = found(decides(encrypted(story, Side::Server, 19)));
        assert_eq!(all.first(), Some(&(slug, Confidence::Likely)), "{length}");
    }
    let story = encrypted(hidden(), Side::Client, 69);
    let all = found(decides(encrypted(story, Side::Server, 19)));
    assert!(all.iter().all(|(found, _)| *found != slug), "a Finished is no certificate");
}

/// A server that was captured alone and never came to its Finished: what its certificate lacks is
/// possible, and no more.
#[test]
fn one_side_alone_is_no_more_than_possible() {
    let story = || shown("mail.contoso.test", &[LEAF, ROOT], VALID + YEAR);
    let alone = Outcome::OneSided(Side::Server);
    let all = found(story().says(Side::Server, Message::Fin).ends(alone));
    assert_eq!(all, [("expired-leaf", Confidence::Possible)]);
    let done = story().says(Side::Server, Message::ChangeCipherSpec);
    assert_eq!(found(done.says(Side::Server, Message::Fin).ends(alone)), []);
}

/// An inspecting proxy gives itself away by the name of its authority, and is then no mere unknown
/// root.
#[test]
fn an_intercepting_proxy_is_named() {
    let story = shown("www.example.test", &[PROXY], VALID);
    let findings = story.alert(Side::Client, Alert::UNKNOWN_CA).judge();
    let first = findings.first().unwrap();
    assert_eq!(first.cause.slug, "tls-interception-untrusted");
    assert_eq!(first.confidence, Confidence::Likely);
    assert!(first.evidence.iter().any(|it| it.says.contains("mitmproxy")));
    assert!(findings.iter().all(|it| it.cause.slug != "untrusted-root"));
}

/// A certificate that is hours old and refused without a visible reason may meet a clock that is
/// behind; one that is weeks old hardly does.
#[test]
fn a_young_certificate_may_meet_a_wrong_clock() {
    let slugs = |now| {
        let story = shown("mail.contoso.test", &[LEAF, ROOT], now);
        found(story.alert(Side::Client, Alert::BAD_CERTIFICATE))
    };
    let clock = ("clock-skew", Confidence::Possible);
    assert!(slugs(BEGIN + 3_600).contains(&clock));
    assert!(!slugs(VALID).contains(&clock));
}

/// OpenSSL says 42 to dates, and 48 to an authority it does not know: if it says 42 to a good
/// certificate that is hours old, the clock is what is left.
#[test]
fn a_stack_that_speaks_of_dates_makes_the_clock_likely() {
    let openssl = Hello {
        groups: Vec::new(),
        schemes: Vec::new(),
        extensions: vec![(11, vec![1, 0]), (10, vec![0, 2, 0, 29]), (22, vec![]), (23, vec![])],
        name: Some("mail.contoso.test"),
        ..Hello::tls12()
    };
    let first = |now| {
        let story = Story::new().client_hello(&openssl).server_hello(0x0303, 0xc02b, &[]);
        let story = story.with(|session| session.started = Time::from_parts(now, 0));
        let story = certificates(story, Side::Server, &[LEAF, ROOT]);
        found(story.alert(Side::Client, Alert::BAD_CERTIFICATE)).first().copied()
    };
    assert_eq!(first(BEGIN + 3_600), Some(("clock-skew", Confidence::Likely)));
    assert_ne!(first(VALID).map(|(slug, _)| slug), Some("clock-skew"));
}

/// A refusal that comes seconds after the certificate has waited for the network, if the
/// certificate names somebody to ask; a word about the authority makes that less sure.
#[test]
fn a_long_wait_is_for_revocation() {
    let slow = |chain: &[&[u8]], code, seconds| {
        let story = shown("mail.contoso.test", chain, VALID);
        let story = story.alert(Side::Client, code).with(|session| {
            if let Some(event) = session.events.last_mut() {
                event.time = Time::from_parts(event.time.seconds() + seconds, 0);
            }
        });
        let all = found(story);
        let at = all.iter().position(|(slug, _)| *slug == "revocation-unreachable")?;
        Some((at, all[at].1))
    };
    let vague = Alert::CERTIFICATE_UNKNOWN;
    assert_eq!(slow(&[LEAF, ROOT], vague, 15), Some((0, Confidence::Likely)));
    assert_eq!(slow(&[LEAF, ROOT], vague, 1), None);
    let possible = |found: Option<(usize, Confidence)>| found.map(|it| it.1);
    let unknown = slow(&[LEAF, ROOT], Alert::UNKNOWN_CA, 15);
    assert_eq!(possible(unknown), Some(Confidence::Possible));
    assert_eq!(possible(slow(&[ROOT], vague, 15)), Some(Confidence::Possible));
}

/// 80 after a hello with a name is the server's own trouble, as far as can be seen.
#[test]
fn an_internal_error_is_possible() {
    let story = Story::new().client_hello(&Hello::default());
    let all = found(story.alert(Side::Server, Alert::INTERNAL_ERROR));
    assert!(all.contains(&("server-internal-error", Confidence::Possible)));
}

/// What is found of an unknown authority where it is known what the client trusts.
fn found_trusting(story: Story, anchors: &[&[u8]]) -> Vec<Finding> {
    let mut all = ::chain::Anchors::new();
    anchors.iter().for_each(|der| all.add(der).unwrap());
    let trust = crate::Trust::new(Some(all.into()), None);
    let session = story.session();
    crate::judge(&Case::new(&session, &crate::Contrast::default()).trusting(&trust))
}

/// With what the client trusts, an unknown authority is certain, and a known one is told: then the
/// client has another store.
#[test]
fn anchors_settle_the_root() {
    let story = || {
        let story = shown("www.example.test", &[PROXY], VALID);
        story.alert(Side::Client, Alert::UNKNOWN_CA)
    };
    let trust = |findings: &[Finding]| {
        let root = findings.iter().find(|finding| finding.cause.slug == "untrusted-root").unwrap();
        root.evidence.iter().find(|it| it.label == "trust").map(|it| it.says.clone())
    };
    let leaf = || shown("mail.contoso.test", &[LEAF], VALID).alert(Side::Client, Alert::UNKNOWN_CA);
    assert_eq!(trust(&leaf().judge()), None);
    let known = trust(&found_trusting(leaf(), &[ROOT])).unwrap();
    assert!(known.contains("the client's do not"), "{known}");
    let unknown = trust(&found_trusting(leaf(), &[PROXY])).unwrap();
    assert!(unknown.contains("none of the given anchors"), "{unknown}");
    // A product that makes its own certificates is told before the root.
    assert_eq!(found_trusting(story(), &[ROOT])[0].cause.slug, "tls-interception-untrusted");
}

/// The dates are those of the moment that is given.
#[test]
fn a_moment_can_be_given() {
    let story = shown("mail.contoso.test", &[LEAF, ROOT], VALID);
    let session = story.alert(Side::Client, Alert::CERTIFICATE_EXPIRED).session();
    let contrast = crate::Contrast::default();
    let slug = |now| {
        let trust = crate::Trust::new(None, now);
        crate::judge(&Case::new(&session, &contrast).trusting(&trust))[0].cause.slug
    };
    assert_ne!(slug(None), "expired-leaf");
    assert_eq!(slug(Some(Time::from_parts(VALID + 2 * YEAR, 0))), "expired-leaf");
}
