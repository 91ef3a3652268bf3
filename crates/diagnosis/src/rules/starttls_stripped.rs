//! Somebody between client and server takes TLS out of their dialogue.

use trace::{Answer, Denied, Side};

use super::denial;
use super::protocol::quote;
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "starttls-stripped",
    because: "somebody on the way who takes STARTTLS out of the dialogue",
    page: include_str!("starttls-stripped.md"),
    judge,
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    let session = case.session;
    let others = case.begins_tls();
    let denial = case.denial()?;
    let finding = match (denial.how, denial.answer) {
        // No server writes X over its own words.
        (Denied::Stripped, _) => {
            let finding = Finding::new(&CAUSE, Confidence::Certain, None);
            let finding = denial::says(finding, "server says", session, denial);
            finding.fact("on the way", overwritten(session.plaintext(Side::Client)?.what))
        }
        (Denied::NotOffered, _) => {
            others?;
            let finding = Finding::new(&CAUSE, Confidence::Likely, None);
            denial::says(finding, "server says", session, denial)
                .fact("server offers", format!("no TLS in {} here", denial::place(session)))
                .tell("ask the server from its own network: the offer is there, or it is not")
        }
        // The server, or somebody in its place, does not know a command that others use.
        (Denied::Refused, Answer::Unrecognized(_)) => {
            others?;
            let finding = Finding::new(&CAUSE, Confidence::Likely, None);
            denial::says(finding, "server says", session, denial)
                .fact("client asks", denial::request(session))
                .tell("ask the server from its own network: it knows the command, or it does not")
        }
        _ => return None,
    };
    Some(match others {
        Some(frame) => finding.frame("control", frame, "the same server begins TLS with others"),
        None => finding,
    })
}

/// What was written over: the client's words, if they came to the server so, or the server's.
fn overwritten(client: &[u8]) -> String {
    let mut lines = client.split(|byte| matches!(byte, b'\r' | b'\n'));
    let is_x = |line: &&[u8]| line.len() >= 4 && line.iter().all(|byte| *byte == b'X');
    match lines.find(is_x) {
        Some(line) => format!("the client's command was written over: {}", quote(line)),
        None => "a word was written over with X".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::story::{Hello, Story};
    use super::*;
    use trace::{Carrier, Message, Outcome};

    fn dialogue(client: &[u8], server: &[u8]) -> Story {
        Story::dialogue(Carrier::Smtp, client, server)
    }

    /// A word of X in the offer, in the answer, or in the command is no accident.
    #[test]
    fn an_overwritten_word_is_certain() {
        let offer = b"220 x\r\n250-x\r\n250-XXXXXXXA\r\n250 HELP\r\n";
        let answer = b"220 x\r\n250 STARTTLS\r\n500 5.5.1 unknown: \"XXXXXXXX\"\r\n";
        let command = b"220 x\r\n250 STARTTLS\r\n502 5.5.2 not implemented\r\n";
        for (client, server) in [
            (&b"EHLO a\r\nQUIT\r\n"[..], &offer[..]),
            (b"EHLO a\r\nSTARTTLS\r\nQUIT\r\n", answer),
            (b"EHLO a\r\nXXXXXXXX\r\nQUIT\r\n", command),
        ] {
            let findings = dialogue(client, server).judge();
            assert_eq!(findings[0].cause.slug, CAUSE.slug);
            assert_eq!(findings[0].confidence, Confidence::Certain);
            assert_eq!(findings.len(), 1);
        }
    }

    /// An offer that is missing here and was there for others is likely taken out; alone it is only
    /// missing.
    #[test]
    fn what_others_are_offered_is_taken_out() {
        let missing = || dialogue(b"EHLO a\r\nQUIT\r\n", b"220 x\r\n250-x\r\n250 HELP\r\n");
        let words = |text: &[u8]| Message::Plaintext(text.into());
        let other = Story::new()
            .says(Side::Server, words(b"220 x\r\n250 STARTTLS\r\n220 go\r\n"))
            .says(Side::Client, words(b"EHLO a\r\nSTARTTLS\r\n"))
            .with(|session| session.carrier = Carrier::Smtp)
            .client_hello(&Hello::default())
            .server_hello(0x0304, 0x1301, &[])
            .ends(Outcome::Established);
        let findings = missing().judge_among([other]);
        assert_eq!(findings[0].cause.slug, CAUSE.slug);
        assert_eq!(findings[0].confidence, Confidence::Likely);
        assert_eq!(missing().judge()[0].cause.slug, "starttls-missing");
    }
}
