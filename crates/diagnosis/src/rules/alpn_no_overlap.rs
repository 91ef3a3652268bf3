//! No application protocol in common.

use alert::Alert;
use trace::Side;

use super::hello::{Refusal, listing};
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "alpn-no-overlap",
    because: "no application protocol (ALPN) in common",
    page: include_str!("alpn-no-overlap.md"),
    judge,
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    if !case.refused_with(Side::Server, &[Alert::NO_APPLICATION_PROTOCOL]) {
        return None;
    }
    let hello = case.client_hello?;
    let offered: Vec<String> = hello.what.alpn().map(text).collect();
    let confidence = if offered.is_empty() { Confidence::Possible } else { Confidence::Certain };
    let says = match offered.as_slice() {
        [] => "no ALPN at all".into(),
        list => format!("ALPN {}", listing(list, 5)),
    };
    let finding =
        Finding::new(&CAUSE, confidence, Some(Side::Server)).at("client offers", &hello, says);
    let taken = case.server().and_then(|server| server.protocols.first());
    let finding = match taken {
        Some((protocol, frame)) => {
            finding.frame("server takes", *frame, format!("{} from others", text(protocol)))
        }
        None if Refusal::of(case).is_some() => {
            finding.fact("server takes", "none of these: its alert 120 says so")
        }
        None => finding,
    };
    Some(match confidence {
        Confidence::Certain => finding,
        _ => finding.tell("ask the server's administrator which protocol it insists on"),
    })
}

fn text(protocol: &[u8]) -> String {
    String::from_utf8_lossy(protocol).into_owned()
}

#[cfg(test)]
mod tests {
    use super::super::story::{Hello, Story};
    use super::*;

    /// Alert 120 speaks for itself; the offer is quoted.
    #[test]
    fn the_offer_is_quoted() {
        let hello = Hello { alpn: vec!["h1"], ..Hello::default() };
        let story =
            Story::new().client_hello(&hello).alert(Side::Server, Alert::NO_APPLICATION_PROTOCOL);
        let findings = story.judge();
        assert_eq!(findings[0].cause.slug, CAUSE.slug);
        assert_eq!(findings[0].confidence, Confidence::Certain);
        assert_eq!(findings[0].evidence[0].says, "ALPN h1");
    }
}
