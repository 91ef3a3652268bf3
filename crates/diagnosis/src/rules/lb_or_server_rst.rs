//! The connection was torn down right after the ClientHello, without a word.

use trace::{Outcome, Side};

use super::speaker::{Origin, Speaker};
use super::{pq_clienthello_split, pq_group_blocked_by_ips};
use super::{sni_filter_rst, version_intolerant_middlebox};
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "lb-or-server-rst",
    because: "a server, load balancer or firewall that cut the connection after the ClientHello",
    page: include_str!("lb-or-server-rst.md"),
    judge,
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    let hello = case.client_hello?;
    let silent = case.server_left_in_silence() || case.surely_forged();
    if !silent || case.access().is_some() || sni_filter_rst::is_sure(case) {
        return None;
    }
    let cut = cut(case)?;
    let origin = case.origin.as_ref();
    let finding = Finding::new(&CAUSE, confidence(case, origin), case.server_unless_forged()).at(
        "client sends",
        &hello,
        "a ClientHello",
    );
    let finding = finding.frame(cut.label, cut.frame, cut.says);
    let finding = match origin {
        Some(origin) => origin.told(finding),
        None => finding,
    };
    let finding = match case.speaks_tls() {
        Some(frame) => finding.frame("control", frame, "the same port speaks TLS with others"),
        None => finding,
    };
    Some(finding.tell("try another name, version or network, one change at a time"))
}

/// A server that is known to have sent the reset, or that says why, leaves one thing open: which of
/// its rules it was.
fn confidence(case: &Case<'_>, origin: Option<&Origin>) -> Confidence {
    let reset = matches!(case.session.outcome, Outcome::Reset(_));
    let explained = pq_clienthello_split::explains(case)
        || pq_group_blocked_by_ips::explains(case)
        || version_intolerant_middlebox::explains(case);
    match origin {
        _ if explained => Confidence::Possible,
        Some(origin) if origin.has_reason() || case.surely_forged() => Confidence::Likely,
        Some(Origin { speaker: Speaker::Itself, confidence: Confidence::Certain, .. }) if reset => {
            Confidence::Likely
        }
        _ => Confidence::Possible,
    }
}

/// How a connection was cut after the ClientHello.
pub(super) struct Cut {
    /// Whose doing it is, as a label.
    pub(super) label: &'static str,
    /// The frame.
    pub(super) frame: u64,
    /// What was done, and how fast.
    pub(super) says: String,
}

/// How the connection was cut, by the server or in somebody's name.
pub(super) fn cut(case: &Case<'_>) -> Option<Cut> {
    let hello = case.client_hello?;
    let forged = case.forged();
    let side = forged.unwrap_or(Side::Server);
    let stream = case.session.stream(side);
    let (mark, what, end) = match case.session.outcome {
        Outcome::Alert(_) if forged.is_some() && case.alert_from(side).is_some() => {
            let alert = case.alert?.what.1.alert;
            (stream.last_data?, alert.to_string(), "")
        }
        Outcome::Plaintext(_) => (stream.first_data?, "a page in plaintext".to_owned(), ""),
        Outcome::Reset(_) => (stream.reset?, "a TCP reset".to_owned(), ", no alert"),
        _ => match stream.fin {
            Some(fin) => (fin, "a TCP FIN".to_owned(), ", no alert"),
            None => (stream.reset?, "a TCP reset".to_owned(), ", no alert"),
        },
    };
    let wait = match mark.time.since(hello.time) / 1_000_000 {
        ..1 => "less than 1 ms".to_owned(),
        ms => format!("{ms} ms"),
    };
    let (label, name) = match forged {
        None => ("server sends", String::new()),
        Some(side) => ("cut off", format!(" in the {}'s name", side.name())),
    };
    Some(Cut { label, frame: mark.frame, says: format!("{what}{name} after {wait}{end}") })
}

#[cfg(test)]
mod tests {
    use super::super::story::{Hello, Story};
    use super::*;

    /// A reset with another TTL than the SYN-ACK, to a hello that names nobody.
    #[test]
    fn a_foreign_ttl_is_named() {
        let hello = Hello { name: None, ..Hello::default() };
        let story = Story::new().client_hello(&hello).resets(Side::Server);
        let findings =
            story.with(|session| session.from_server.reset.as_mut().unwrap().ttl = 61).judge();
        assert_eq!(findings[0].cause.slug, CAUSE.slug);
        assert_eq!(findings[0].refused_by, None);
        assert!(findings[0].evidence.iter().any(|fact| fact.says.contains("TTL 61")));
    }

    /// The same TTL is also that of a box at the same distance; the next IP id is the server's own.
    #[test]
    fn the_next_number_is_the_servers() {
        let cut = |id| {
            let story = Story::new().client_hello(&Hello::default()).resets(Side::Server);
            story.with(|session| {
                let reset = session.from_server.reset.as_mut().unwrap();
                reset.id = Some(id);
                let before = trace::Mark { frame: 4, id: Some(7000), ..*reset };
                session.from_server.plain = Some(before);
            })
        };
        let findings = cut(7001).judge();
        assert_eq!(findings[0].cause.slug, CAUSE.slug);
        assert_eq!(findings[0].confidence, Confidence::Likely);
        assert_eq!(findings[0].refused_by, Some(Side::Server));
        let says = |findings: &[Finding]| {
            let who = findings[0].evidence.iter().find(|fact| fact.label == "who");
            who.map(|fact| fact.says.clone()).unwrap()
        };
        assert_eq!(
            says(&findings),
            "the server itself, or a proxy that stands for it (TTL and IP id agree)"
        );
        let findings = cut(0).judge();
        assert_eq!(findings[0].confidence, Confidence::Possible);
        assert!(says(&findings).starts_with("not clear: TTL 64"), "{}", says(&findings));
    }

    /// What a balancer writes into its reset is its own word.
    #[test]
    fn a_balancer_says_why() {
        let story = Story::new().client_hello(&Hello::default()).resets(Side::Server);
        let findings = story
            .with(|session| {
                let first = *session.from_server.reset.as_ref().unwrap();
                session.from_server.teardown = Some(Box::new(trace::Teardown {
                    ahead: Some(0),
                    text: b"[0x2409b71:1147] No local listener".as_slice().into(),
                    resets: 1,
                    other: None,
                    goes_on: None,
                    sequence: 1,
                    first,
                }));
            })
            .judge();
        assert_eq!(findings[0].confidence, Confidence::Likely);
        let reason = findings[0].evidence.iter().find(|fact| fact.label == "its reason");
        assert_eq!(reason.unwrap().says, "\"[0x2409b71:1147] No local listener\"");
    }
}
