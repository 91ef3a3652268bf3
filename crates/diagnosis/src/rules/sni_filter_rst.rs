//! Something between the two cuts the connection because of the name in the hello.

use trace::{Outcome, Seen, Side, Step};
use wire::ClientHello;

use super::lb_or_server_rst::cut;
use super::speaker::{Origin, Speaker};
use crate::{Case, Cause, Confidence, Finding, Offer};

pub(super) const CAUSE: Cause = Cause {
    slug: "sni-filter-rst",
    because: "a filter on the way that cuts connections to this name",
    page: include_str!("sni-filter-rst.md"),
    judge,
};

/// Who cut the connection was not the server, and the name is what such filters look at. That
/// another name gets through with the same kind of hello leaves nothing else. Where that is all that
/// is known, because who spoke cannot be told from the server, it may be a filter's work.
fn judge(case: &Case<'_>) -> Option<Finding> {
    let hello = case.client_hello.as_ref()?;
    let name = case.server_name()?;
    let unclear = case.forged().is_none();
    if unclear && !may_be_forged(case) {
        return None;
    }
    if case.step > Step::CertificateRequest || is_served(case, &name) {
        return None;
    }
    let cut = cut(case)?;
    let other = case.server().and_then(|server| {
        server.names.iter().find(|(known, _)| !known.eq_ignore_ascii_case(name.as_bytes()))
    });
    let same_kind = same_kind(case, hello);
    if unclear && (other.is_none() || same_kind.is_none()) {
        return None;
    }
    let confidence = match (case.surely_forged(), other.is_some(), same_kind.is_some()) {
        _ if unclear => Confidence::Possible,
        (true, true, true) => Confidence::Certain,
        (true, ..) | (_, true, _) => Confidence::Likely,
        _ => Confidence::Possible,
    };
    let finding = Finding::new(&CAUSE, confidence, None)
        .at("client asks", hello, format!("for {name}"))
        .frame(cut.label, cut.frame, cut.says);
    let finding = match &case.origin {
        Some(origin) => origin.told(finding),
        None => finding,
    };
    let finding = match (other, same_kind) {
        (Some((known, frame)), _) if known.is_empty() => {
            finding.frame("control", *frame, "without a name the same server answers")
        }
        (Some((known, _)), Some(offer)) => finding.frame(
            "control",
            offer.frame,
            format!(
                "the same client, with the same kind of hello, is served as {}",
                String::from_utf8_lossy(known)
            ),
        ),
        (Some((known, frame)), None) => finding.frame(
            "control",
            *frame,
            format!("for {} the same server answers", String::from_utf8_lossy(known)),
        ),
        (None, _) => finding,
    };
    Some(match confidence {
        Confidence::Certain => finding,
        _ => finding.tell("the same address with another name: openssl s_client -servername NAME"),
    })
}

/// Whether the hello was answered with a reset that nobody proves to be the server's.
fn may_be_forged(case: &Case<'_>) -> bool {
    let reset = case.session.outcome == Outcome::Reset(Side::Server);
    let own = |origin: &Origin| {
        origin.speaker == Speaker::Itself && origin.confidence == Confidence::Certain
    };
    reset && case.server_left_in_silence() && case.origin.as_ref().is_some_and(|it| !own(it))
}

/// Whether somebody got through with this name.
fn is_served(case: &Case<'_>, name: &str) -> bool {
    case.server().is_some_and(|server| {
        server.names.iter().any(|(known, _)| known.eq_ignore_ascii_case(name.as_bytes()))
    })
}

/// A hello of the same client that was taken and has the same traits.
fn same_kind<'a>(case: &Case<'a>, hello: &Seen<ClientHello<'_>>) -> Option<&'a Offer> {
    let mine = Offer::of(case.session, hello);
    case.server()?.offers.iter().find(|offer| offer.is_like(&mine))
}

/// Whether somebody else than the server cut the connection and this cause says why, so that what is
/// said of any reset says less.
pub(super) fn is_sure(case: &Case<'_>) -> bool {
    case.forged().is_some() && judge(case).is_some()
}

#[cfg(test)]
mod tests {
    use super::super::story::{Hello, Story};
    use super::*;
    use alert::Alert;

    fn blocked() -> Hello {
        Hello { name: Some("blocked.example.test"), ..Hello::default() }
    }

    fn taken() -> Story {
        let story = Story::new().client_hello(&Hello::default());
        story.server_hello(0x0304, 0x1301, &[]).ends(Outcome::Established)
    }

    /// A reset from elsewhere is a filter's if another name gets through; one that may come from the
    /// server is possibly one, and one that surely does is none.
    #[test]
    fn another_name_gets_through() {
        let cut = |ttl| {
            let story = Story::new().client_hello(&blocked()).resets(Side::Server);
            story.with(|session| session.from_server.reset.as_mut().unwrap().ttl = ttl)
        };
        let findings = cut(61).judge_among([taken()]);
        assert_eq!(findings[0].cause.slug, CAUSE.slug);
        assert_eq!(findings[0].confidence, Confidence::Likely);
        let unclear = cut(64).judge_among([taken()]);
        let found = |all: &[Finding]| all.iter().find(|it| it.cause.slug == CAUSE.slug).cloned();
        assert_eq!(found(&unclear).unwrap().confidence, Confidence::Possible);
        assert!(found(&cut(64).judge()).is_none());
        let own = cut(64).with(|session| {
            let reset = session.from_server.reset.as_mut().unwrap();
            reset.id = Some(12);
            session.from_server.plain = Some(trace::Mark { frame: 4, id: Some(11), ..*reset });
        });
        assert!(found(&own.judge_among([taken()])).is_none());
        let alone = cut(61).judge();
        assert_eq!((alone[0].cause.slug, alone[0].confidence), (CAUSE.slug, Confidence::Possible));
        assert_eq!(alone[0].refused_by, None);
    }

    /// Two signs prove that it was not the server, and the same kind of hello with another name that
    /// it was the name.
    #[test]
    fn two_signs_and_a_control_are_certain() {
        let cut = || {
            Story::new().client_hello(&blocked()).resets(Side::Server).with(|session| {
                let far = |time: wire::Time, ms: i64| wire::Time(time.0 + ms * 1_000_000);
                let answer = session.from_server.syn.as_mut().unwrap();
                // The round trip takes 31 ms, and the rest follows it.
                answer.time = far(answer.time, 30);
                for mark in [&mut session.from_client.first_data, &mut session.from_server.reset] {
                    let mark = mark.as_mut().unwrap();
                    mark.time = far(mark.time, 30);
                }
                session.from_server.reset.as_mut().unwrap().ttl = 61;
            })
        };
        let alone = cut().judge();
        assert_eq!((alone[0].cause.slug, alone[0].confidence), (CAUSE.slug, Confidence::Likely));
        let who = alone[0].evidence.iter().find(|fact| fact.label == "who").unwrap();
        assert!(who.says.starts_with("not the server: TTL 61, its SYN-ACK had 64; 1 ms after"));
        let findings = cut().judge_among([taken()]);
        assert_eq!(findings[0].confidence, Confidence::Certain);
        assert!(findings[0].tell.is_empty());
    }

    /// An alert that came from elsewhere is the filter's, and no rule takes it for the server's.
    #[test]
    fn a_forged_alert_is_not_the_servers() {
        let story = Story::new().client_hello(&blocked());
        let story = story.alert(Side::Server, Alert::UNRECOGNIZED_NAME);
        let findings = story
            .with(|session| {
                let stream = &mut session.from_server;
                let alert = *stream.first_data.as_ref().unwrap();
                let own = trace::Mark { frame: 3, ttl: 64, id: Some(100), ..alert };
                stream.plain = Some(own);
                stream.syn.as_mut().unwrap().id = Some(99);
                for mark in [&mut stream.first_data, &mut stream.last_data] {
                    *mark = Some(trace::Mark { ttl: 61, id: Some(40_000), ..alert });
                }
            })
            .judge();
        assert_eq!(findings[0].cause.slug, CAUSE.slug, "{findings:?}");
        assert!(findings.iter().all(|finding| finding.refused_by != Some(Side::Server)));
    }
}
