//! TLS from the first byte, on a port where it begins with a command, and the other way round.

use trace::{Carrier, Outcome, Side};

use super::port;
use super::tls_to_plaintext_port::judge_as;
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "wrong-starttls-mode",
    because: "a client that begins TLS at another moment than the server expects",
    page: include_str!("wrong-starttls-mode.md"),
    judge,
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    if wants_starttls(case) {
        return judge_as(&CAUSE, case);
    }
    unanswered(case).or_else(|| both_wait(case))
}

/// Whether the server speaks a protocol that has a command for TLS, and the client has said nothing
/// in it.
pub(super) fn wants_starttls(case: &Case<'_>) -> bool {
    let server = case.session.plaintext(Side::Server);
    let greets = match case.session.carrier {
        Carrier::Smtp
        | Carrier::Lmtp
        | Carrier::Imap
        | Carrier::Pop3
        | Carrier::Ftp
        | Carrier::Nntp
        | Carrier::Sieve
        | Carrier::Irc
        | Carrier::Nats
        | Carrier::Xmpp
        | Carrier::Ldap
        | Carrier::Mysql
        | Carrier::Vnc => true,
        // SMTP or FTP, which greet alike; NNTP (RFC 3977, section 5.1).
        Carrier::Unknown => server.is_some_and(|seen| {
            ["220", "200 ", "201 "].iter().any(|code| seen.what.starts_with(code.as_bytes()))
        }),
        _ => false,
    };
    greets && server.is_some() && case.session.plaintext(Side::Client).is_none()
}

/// A ClientHello that is not answered by a word, where servers wait for something else first: the
/// port says so, or ALPN names a way to begin that not all versions of the server know.
fn unanswered(case: &Case<'_>) -> Option<Finding> {
    let session = case.session;
    let hello = case.client_hello.as_ref()?;
    let (how, frame) = match session.outcome {
        Outcome::Closed(Side::Server) => ("closes", session.from_server.fin?.frame),
        Outcome::Reset(Side::Server) => ("resets", session.from_server.reset?.frame),
        _ => return None,
    };
    if session.carrier != Carrier::Bare || session.from_server.bytes > 0 {
        return None;
    }
    // Who speaks TLS with others from the first byte on expects it.
    if case.speaks_tls().is_some() {
        return None;
    }
    let named = session.carried_by();
    let (confidence, server, tell) = match named {
        Carrier::Postgres => (
            Confidence::Likely,
            "PostgreSQL before 17 wants SSLRequest first",
            "SELECT version() says whether the server is older than 17",
        ),
        Carrier::Tds => (
            Confidence::Likely,
            "SQL Server before 2022 wants PRELOGIN first",
            "SELECT @@VERSION says whether the server is older than 2022",
        ),
        _ => (
            Confidence::Possible,
            port::starts_tls(session.server)?,
            "openssl s_client -starttls shows whether the server wants a command first",
        ),
    };
    let offer = match named {
        Carrier::Postgres => "a ClientHello with ALPN postgresql, and no SSLRequest",
        Carrier::Tds => "a ClientHello with ALPN tds/8.0, and no PRELOGIN",
        _ => "a ClientHello as its first bytes",
    };
    Some(
        Finding::new(&CAUSE, confidence, Some(Side::Server))
            .at("client sends", hello, offer)
            .frame("server", frame, format!("{how} the connection without a word"))
            .fact("expected", server)
            .tell(tell),
    )
}

/// Nobody says a word: the client waits for a greeting, the server for a ClientHello.
fn both_wait(case: &Case<'_>) -> Option<Finding> {
    let session = case.session;
    let (client, server) = (&session.from_client, &session.from_server);
    let port = port::greets_behind_tls(session.server)?;
    let mut ends = [client.fin, client.reset, server.fin, server.reset].into_iter().flatten();
    let first = ends.clone().map(|mark| mark.frame).min()?;
    let left = ends.find(|mark| mark.frame == first)?;
    let open = client.syn.is_some() && server.syn.is_some();
    // OpenSSL and GnuTLS complain about the end with an alert.
    let spoke = server.first_data.is_some_and(|mark| mark.frame < left.frame);
    if !open || spoke || client.bytes + client.lost + server.lost > 0 {
        return None;
    }
    let stay = left.time.since(session.started);
    if stay < PATIENCE {
        return None;
    }
    let seconds = stay / 1_000_000_000;
    let known = case.speaks_tls();
    let confidence = if known.is_some() { Confidence::Likely } else { Confidence::Possible };
    let finding = Finding::new(&CAUSE, confidence, None)
        .fact("both wait", format!("{seconds} s without a byte, until one leaves"))
        .fact("expected", port);
    Some(match known {
        Some(frame) if (session.first_frame..=session.last_frame).contains(&frame) => {
            finding.frame("server sends", frame, "a TLS alert, when the client leaves")
        }
        Some(frame) => finding.frame("control", frame, "the same port speaks TLS with others"),
        None => finding.tell("the client's settings say \"STARTTLS\" where \"SSL/TLS\" is meant"),
    })
}

/// A probe that only looks whether the port is open leaves sooner, in nanoseconds.
const PATIENCE: i64 = 2_500_000_000;

#[cfg(test)]
mod tests {
    use super::super::story::{Hello, Story};
    use super::*;
    use trace::{Message, Outcome};

    /// A database that greets, and one that does not, are told as well; a server that speaks TLS
    /// with others from the first byte on is not to blame.
    #[test]
    fn databases_are_told_too() {
        let greeting =
            b"\x32\0\0\0\x0a8.0.1\0\x01\0\0\0saltsalt\0\xff\xff\x21\x02\0\xff\xc7".as_slice();
        let findings = Story::new()
            .says(Side::Server, Message::Plaintext(greeting.into()))
            .client_hello(&Hello::default())
            .with(|session| session.carrier = Carrier::Mysql)
            .ends(Outcome::Plaintext(Side::Server))
            .judge();
        assert_eq!(findings[0].cause.slug, CAUSE.slug);
        let direct = || {
            let hello = Hello { alpn: vec!["postgresql"], ..Hello::default() };
            Story::new().client_hello(&hello).closes(Side::Server)
        };
        let findings = direct().judge();
        assert_eq!(findings[0].cause.slug, CAUSE.slug);
        assert_eq!(findings[0].confidence, Confidence::Likely);
        let other = Story::new()
            .client_hello(&Hello::default())
            .server_hello(0x0304, 0x1301, &[])
            .ends(Outcome::Established);
        let findings = direct().judge_among([other]);
        assert!(findings.iter().all(|finding| finding.cause.slug != CAUSE.slug));
    }

    /// Two that wait for each other on a port of mail are told; a probe that leaves at once is not.
    #[test]
    fn two_that_wait_are_told() {
        let wait = |seconds: i64| {
            let story = Story::new().closes(Side::Client).with(|session| {
                session.server = "10.0.0.20:993".parse::<std::net::SocketAddr>().unwrap().into();
                let fin = session.from_client.fin.as_mut().unwrap();
                fin.time = wire::Time(session.started.0 + seconds * 1_000_000_000);
            });
            story.ends(Outcome::NotTls).judge()
        };
        assert_eq!(wait(30)[0].cause.slug, CAUSE.slug);
        assert!(wait(1).iter().all(|finding| finding.cause.slug != CAUSE.slug));
    }

    /// A greeting says that there is a command for TLS, and one cause is enough.
    #[test]
    fn the_greeting_tells() {
        let greeting = Message::Plaintext(b"* OK IMAP4rev1 ready\r\n".as_slice().into());
        let findings = Story::new()
            .client_hello(&Hello::default())
            .says(Side::Server, greeting)
            .with(|session| session.carrier = Carrier::Imap)
            .ends(Outcome::Plaintext(Side::Server))
            .judge();
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].cause.slug, CAUSE.slug);
        assert_eq!(findings[0].evidence[1].says, "IMAP: \"* OK IMAP4rev1 ready\"");
    }
}
