//! TLS, spoken to a server that answers in plaintext.

use trace::{Answer, Carrier, Outcome, Side};
use wire::sslv2_server_hello;

use super::protocol::{describe, quote};
use super::wrong_starttls_mode::wants_starttls;
use super::{denial, no_protocol_enabled_locally};
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "tls-to-plaintext-port",
    because: "a server that does not speak TLS on this port",
    page: include_str!("tls-to-plaintext-port.md"),
    judge,
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    // What a server says to a PROXY header is not said to TLS.
    let header = case.session.carrier == Carrier::ProxyProtocol;
    // nginx answers an alert that comes first as it answers plaintext.
    let hello = no_protocol_enabled_locally::in_place_of_hello(case).is_none();
    if header || !hello || wants_starttls(case) { None } else { judge_as(&CAUSE, case) }
}

/// The same for a cause that knows what the server waits for.
pub(super) fn judge_as(cause: &'static Cause, case: &Case<'_>) -> Option<Finding> {
    let said = case.session.plaintext(Side::Server)?;
    let failed = match case.session.outcome {
        Outcome::Plaintext(side) => side == Side::Server,
        // GnuTLS and Java answer with an alert. After a dialogue such as STARTTLS the server has
        // agreed to TLS, and its first words prove nothing.
        Outcome::Alert(_) => {
            let dialogue = case.session.plaintext(Side::Client).is_some();
            case.alert_from(Side::Client).is_some() && !dialogue
        }
        _ => false,
    };
    if !failed
        || case.surely_forged()
        || case.server_spoke()
        || sslv2_server_hello(said.what).is_some()
    {
        return None;
    }
    let finding = Finding::new(cause, Confidence::Certain, None);
    let finding = match case.client_hello {
        Some(hello) => finding.at("client sends", &hello, "a ClientHello"),
        None => finding,
    };
    let finding = finding.at("server sends", &said, spoken(case, said.what));
    Some(match case.speaks_tls() {
        Some(frame) => finding.frame("control", frame, "the same port speaks TLS with others"),
        None => finding,
    })
}

/// What the server said, in words where it is binary.
fn spoken(case: &Case<'_>, said: &[u8]) -> String {
    match (case.session.greeting(), case.session.carrier) {
        (Some(Answer::Ldap(result)), _) => format!("LDAP: {}", denial::ldap(result)),
        (Some(Answer::Version(version)), _) => {
            format!("MySQL: its greeting, version {}", quote(version))
        }
        (_, Carrier::Ldap) => "LDAP: an error".to_owned(),
        (
            _,
            carrier @ (Carrier::Xmpp
            | Carrier::Nntp
            | Carrier::Sieve
            | Carrier::Irc
            | Carrier::Nats),
        ) => format!("{carrier}: {}", quote(said)),
        _ => describe(said),
    }
}

#[cfg(test)]
mod tests {
    use super::super::story::{Hello, Story};
    use super::*;
    use trace::Message;

    /// The server's first words are quoted.
    #[test]
    fn the_answer_is_quoted() {
        let greeting = Message::Plaintext(b"220 mail.example.test ESMTP\r\n".as_slice().into());
        let story = Story::new()
            .client_hello(&Hello::default())
            .says(Side::Server, greeting)
            .ends(Outcome::Plaintext(Side::Server));
        let findings = story.judge();
        assert_eq!(findings[0].cause.slug, CAUSE.slug);
        let says = &findings[0].evidence[1].says;
        assert_eq!(says, "SMTP or FTP: \"220 mail.example.test ESMTP\"");
    }
}
