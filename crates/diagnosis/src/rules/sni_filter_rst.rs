//! Something between the two cuts the connection because of the name in the hello.

use trace::{Outcome, Side};

use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "sni-filter-rst",
    because: "a filter on the way that cuts connections to this name",
    page: include_str!("sni-filter-rst.md"),
    judge,
};

/// A reset that did not come as far as the server's packets was not sent by the server.
fn judge(case: &Case<'_>) -> Option<Finding> {
    let hello = case.client_hello.as_ref()?;
    let name = case.server_name()?;
    if !case.server_left_in_silence() || !matches!(case.session.outcome, Outcome::Reset(_)) {
        return None;
    }
    let stream = case.session.stream(Side::Server);
    let reset = stream.reset?;
    let usual = stream.syn.map_or(stream.ttl, |mark| mark.ttl);
    if usual == 0 || reset.ttl == usual || reset.ttl == stream.ttl {
        return None;
    }
    let other = case.server().and_then(|server| {
        server.names.iter().find(|(known, _)| !known.eq_ignore_ascii_case(name.as_bytes()))
    });
    let served = case.server().is_some_and(|server| {
        server.names.iter().any(|(known, _)| known.eq_ignore_ascii_case(name.as_bytes()))
    });
    if served {
        return None;
    }
    let confidence = if other.is_some() { Confidence::Likely } else { Confidence::Possible };
    let finding = Finding::new(&CAUSE, confidence, None)
        .at("client asks", hello, format!("for {name}"))
        .frame(
            "who",
            reset.frame,
            format!("not the server: a reset with TTL {}, its SYN-ACK had {usual}", reset.ttl),
        );
    let finding = match other {
        Some((known, frame)) if known.is_empty() => {
            finding.frame("control", *frame, "without a name the same server answers")
        }
        Some((known, frame)) => finding.frame(
            "control",
            *frame,
            format!("for {} the same server answers", String::from_utf8_lossy(known)),
        ),
        None => finding,
    };
    Some(finding.tell("the same address with another name: openssl s_client -servername NAME"))
}

#[cfg(test)]
mod tests {
    use super::super::story::{Hello, Story};
    use super::*;

    /// A reset from elsewhere is a filter's if another name gets through; one that came from the
    /// server is none.
    #[test]
    fn another_name_gets_through() {
        let cut = |ttl| {
            let hello = Hello { name: Some("blocked.example.test"), ..Hello::default() };
            let story = Story::new().client_hello(&hello).resets(Side::Server);
            story.with(|session| session.from_server.reset.as_mut().unwrap().ttl = ttl)
        };
        let taken = || {
            let story = Story::new().client_hello(&Hello::default());
            story.server_hello(0x0304, 0x1301, &[]).ends(Outcome::Established)
        };
        let findings = cut(61).judge_among([taken()]);
        assert_eq!(findings[0].cause.slug, CAUSE.slug);
        assert_eq!(findings[0].confidence, Confidence::Likely);
        assert!(cut(64).judge_among([taken()]).iter().all(|it| it.cause.slug != CAUSE.slug));
        let alone = cut(61).judge();
        let found = alone.iter().find(|it| it.cause.slug == CAUSE.slug);
        assert_eq!(found.unwrap().confidence, Confidence::Possible);
    }
}
