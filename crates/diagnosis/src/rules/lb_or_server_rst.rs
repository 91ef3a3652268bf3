//! The connection was torn down right after the ClientHello, without a word.

use trace::{Outcome, Side};

use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "lb-or-server-rst",
    because: "a server, load balancer or firewall that cut the connection after the ClientHello",
    page: include_str!("lb-or-server-rst.md"),
    judge,
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    let hello = case.client_hello?;
    if !case.server_left_in_silence() || case.access().is_some() {
        return None;
    }
    let stream = case.session.stream(Side::Server);
    let reset = matches!(case.session.outcome, Outcome::Reset(_)) || stream.fin.is_none();
    let end = if reset { stream.reset } else { stream.fin }?;
    let wait = match end.time.since(hello.time) / 1_000_000 {
        ..1 => "less than 1 ms".to_owned(),
        ms => format!("{ms} ms"),
    };
    let what = if reset { "a TCP reset" } else { "a TCP FIN" };
    let finding = Finding::new(&CAUSE, Confidence::Possible, Some(Side::Server))
        .at("client sends", &hello, "a ClientHello")
        .frame("server sends", end.frame, format!("{what} after {wait}, no alert"));
    let usual = stream.syn.map_or(stream.ttl, |mark| mark.ttl);
    let finding = match end.ttl != usual && end.ttl != stream.ttl && usual != 0 {
        true => finding.frame(
            "who",
            end.frame,
            format!("not the server: TTL {} where its SYN-ACK had {usual}", end.ttl),
        ),
        false => finding,
    };
    let finding = match case.speaks_tls() {
        Some(frame) => finding.frame("control", frame, "the same port speaks TLS with others"),
        None => finding,
    };
    Some(finding.tell("try another name, version or network, one change at a time"))
}

#[cfg(test)]
mod tests {
    use super::super::story::{Hello, Story};
    use super::*;

    /// A reset with another TTL than the SYN-ACK did not come from the server.
    #[test]
    fn a_foreign_ttl_is_named() {
        let story = Story::new().client_hello(&Hello::default()).resets(Side::Server);
        let findings =
            story.with(|session| session.from_server.reset.as_mut().unwrap().ttl = 61).judge();
        assert_eq!(findings[0].cause.slug, CAUSE.slug);
        assert!(findings[0].evidence.iter().any(|fact| fact.says.contains("TTL 61")));
    }
}
