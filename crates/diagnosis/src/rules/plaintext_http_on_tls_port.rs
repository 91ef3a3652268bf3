//! Plaintext, sent to a server that expects TLS.

use trace::{Carrier, Outcome, Seen, Side};

use super::port;
use super::protocol::{describe, protocol, quote};
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "plaintext-http-on-tls-port",
    because: "a client that speaks plaintext to a TLS port",
    page: include_str!("plaintext-http-on-tls-port.md"),
    judge,
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    if case.session.carrier == Carrier::ProxyProtocol { None } else { judge_as(&CAUSE, case) }
}

/// The same for a cause that knows what the plaintext is for.
pub(super) fn judge_as(cause: &'static Cause, case: &Case<'_>) -> Option<Finding> {
    let said = case.session.plaintext(Side::Client)?;
    let answer = case.session.plaintext(Side::Server);
    let told = answer.and_then(|seen| Some(seen.with(complaint(seen.what)?)));
    let known = port::is_tls(case.session.server);
    let confidence = match case.session.outcome {
        // After an answer in plaintext (SOCKS, STARTTLS) the TLS is another conversation.
        Outcome::Plaintext(Side::Client) if answer.is_none() => Confidence::Certain,
        Outcome::Alert(_) if answer.is_none() && !case.session.spoke_tls(Side::Client) => {
            Confidence::Certain
        }
        Outcome::Alert(_) | Outcome::NotTls if told.is_some() => Confidence::Certain,
        Outcome::NotTls if answer.is_some_and(|seen| is_refusal(seen.what)) && known => {
            Confidence::Likely
        }
        // Any other plaintext answer means that they understand each other (STARTTLS, a proxy).
        Outcome::NotTls if answer.is_some() => return None,
        Outcome::NotTls if case.speaks_tls().is_some() => Confidence::Certain,
        // Many a protocol of its own uses 443 to pass firewalls.
        Outcome::NotTls if known && protocol(said.what).is_some() => Confidence::Possible,
        _ => return None,
    };
    let finding = Finding::new(cause, confidence, Some(Side::Server)).at(
        "client sends",
        &said,
        describe(said.what),
    );
    Some(match confidence {
        Confidence::Certain => expectation(case, finding, told),
        _ => reaction(finding, answer).tell("openssl s_client shows whether this port speaks TLS"),
    })
}

/// What the server did, where that proves nothing.
fn reaction(finding: Finding, answer: Option<Seen<&[u8]>>) -> Finding {
    match answer {
        Some(seen) => finding.at("server says", &seen, quote(seen.what)),
        None => finding.fact("server sends", "no answer"),
    }
}

/// How it is known that the server wants TLS.
fn expectation(case: &Case<'_>, finding: Finding, told: Option<Seen<&str>>) -> Finding {
    if let Some(seen) = told {
        return finding.at("server says", &seen, format!("HTTP 400: \"{}\"", seen.what));
    }
    if let Some(alert) = case.session.alerts().find(|seen| seen.what.0 == Side::Server) {
        return finding.at("server sends", &alert, format!("a TLS alert, {}", alert.what.1.alert));
    }
    match case.speaks_tls() {
        Some(frame) => finding.frame("control", frame, "the same port speaks TLS with others"),
        None => finding,
    }
}

/// Whether an answer in plaintext refuses the request as such.
fn is_refusal(answer: &[u8]) -> bool {
    answer.starts_with(b"HTTP/1.1 400") || answer.starts_with(b"HTTP/1.0 400")
}

/// The words of an answer in plaintext that say that the port wants TLS: nginx, Apache, Go and
/// Tomcat have each their own.
fn complaint(answer: &[u8]) -> Option<&'static str> {
    let text = String::from_utf8_lossy(answer);
    let refused = is_refusal(answer);
    COMPLAINTS.iter().copied().find(|words| refused && text.contains(words))
}

const COMPLAINTS: [&str; 4] = [
    "plain HTTP request was sent to HTTPS port",
    "speaking plain HTTP to an SSL-enabled server port",
    "sent an HTTP request to an HTTPS server",
    "requires TLS",
];

#[cfg(test)]
mod tests {
    use super::super::story::{Hello, Story};
    use super::*;
    use alert::Alert;
    use trace::Message;

    fn request() -> Story {
        Story::new()
            .says(Side::Client, Message::Plaintext(b"GET / HTTP/1.1\r\n".as_slice().into()))
            .ends(Outcome::NotTls)
    }

    /// The port alone makes it possible, another client that speaks TLS makes it certain.
    #[test]
    fn the_control_group_makes_it_certain() {
        assert_eq!(request().judge()[0].confidence, Confidence::Possible);
        let other = Story::new()
            .client_hello(&Hello::default())
            .server_hello(0x0304, 0x1301, &[])
            .ends(Outcome::Established);
        let findings = request().judge_among([other]);
        assert_eq!(findings[0].cause.slug, CAUSE.slug);
        assert_eq!(findings[0].confidence, Confidence::Certain);
    }

    /// A conversation in which both understand each other is no failure.
    #[test]
    fn an_answer_in_plaintext_acquits() {
        let answer = Message::Plaintext(b"HTTP/1.1 200 OK\r\n".as_slice().into());
        let answered = || request().says(Side::Server, answer.clone());
        assert!(answered().ends(Outcome::NotTls).judge().is_empty());
        let alert = answered().alert(Side::Server, Alert::HANDSHAKE_FAILURE).judge();
        assert!(alert.iter().all(|found| found.cause.slug != CAUSE.slug));
    }
}
