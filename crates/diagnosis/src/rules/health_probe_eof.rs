//! Somebody opened the port and left without a byte.

use trace::{Outcome, Side};

use super::port;
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "health-probe-eof",
    because: "a probe or a spare connection that left without a byte",
    page: include_str!("health-probe-eof.md"),
    judge,
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    let session = case.session;
    let (client, server) = (&session.from_client, &session.from_server);
    // GnuTLS and OpenSSL complain about the end with an alert: 10 or 50.
    let complaint = session.alerts().find(|seen| seen.what.0 == Side::Server);
    let expected = match session.outcome {
        Outcome::NotTls => server.bytes == 0,
        Outcome::Alert(_) | Outcome::Truncated | Outcome::Plaintext(_) => complaint.is_some(),
        _ => false,
    };
    if !expected || client.bytes > 0 {
        return None;
    }
    // The connection must have been open, and the client must have been the first to leave.
    let open = client.syn.is_some() && server.syn.is_some();
    let left = client.fin.or(client.reset)?;
    let mut first = [server.fin, server.reset, server.first_data].into_iter().flatten();
    if !open || first.any(|mark| mark.frame < left.frame) {
        return None;
    }
    let known = case.speaks_tls();
    let confidence = match known {
        Some(_) => Confidence::Likely,
        None if port::is_tls(session.server) => Confidence::Possible,
        None => return None,
    };
    let how = if client.fin.is_some() { "a TCP FIN" } else { "a TCP reset" };
    let stay = left.time.since(session.started) / 1_000_000;
    let finding = Finding::new(&CAUSE, confidence, None).frame(
        "client sends",
        left.frame,
        format!("{how} after {stay} ms, not a byte before it"),
    );
    let finding = match (complaint, known) {
        (Some(alert), _) => {
            let code = alert.what.1.alert;
            finding.at("server sends", &alert, format!("{code}, because the client left"))
        }
        (None, Some(frame)) => {
            finding.frame("control", frame, "the same port speaks TLS with others")
        }
        (None, None) => {
            let port = session.server.port().unwrap_or_default();
            finding.fact("port", format!("{port} is a TLS port"))
        }
    };
    Some(finding.tell("a fixed interval and the address tell who probes"))
}

#[cfg(test)]
mod tests {
    use super::super::story::Story;
    use super::*;
    use trace::Message;

    /// Nothing but a FIN from the client is a probe; a server that closes first is not.
    #[test]
    fn only_the_client_can_be_a_probe() {
        let probe = |side| Story::new().says(side, Message::Fin).ends(Outcome::NotTls).judge();
        assert_eq!(probe(Side::Client)[0].cause.slug, CAUSE.slug);
        assert!(probe(Side::Server).is_empty());
    }
}
