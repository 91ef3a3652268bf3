//! The server says no to a request to begin TLS.

use trace::{Answer, Carrier, Denied, Side};

use super::denial;
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "starttls-refused",
    because: "a server that refuses to begin TLS",
    page: include_str!("starttls-refused.md"),
    judge,
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    let session = case.session;
    let denial = case.denial().filter(|denial| denial.how == Denied::Refused)?;
    if matches!(session.carrier, Carrier::Rdp | Carrier::HttpConnect | Carrier::Socks) {
        return None;
    }
    // A command that the server knows from others may have been changed on the way.
    let unrecognized = matches!(denial.answer, Answer::Unrecognized(_));
    let known = case.begins_tls().is_some() && unrecognized;
    let confidence = if known { Confidence::Likely } else { Confidence::Certain };
    let finding = Finding::new(&CAUSE, confidence, Some(Side::Server))
        .fact("client asks", denial::request(session));
    Some(denial::says(finding, "server says", session, denial))
}

#[cfg(test)]
mod tests {
    use super::super::story::Story;
    use super::*;

    fn dialogue(carrier: Carrier, client: &[u8], server: &[u8]) -> Vec<Finding> {
        Story::dialogue(carrier, client, server).judge()
    }

    /// The refusing words are quoted, of mail and of a database.
    #[test]
    fn the_refusal_is_quoted() {
        let mail = dialogue(
            Carrier::Smtp,
            b"EHLO a\r\nSTARTTLS\r\nQUIT\r\n",
            b"220 x\r\n250 STARTTLS\r\n454 4.7.0 TLS not available\r\n",
        );
        assert_eq!(mail[0].cause.slug, CAUSE.slug);
        assert_eq!(mail[0].evidence[1].says, "\"454 4.7.0 TLS not available\"");
        let database = dialogue(Carrier::Postgres, b"\0\0\0\x08\x04\xd2\x16\x2f", b"N");
        assert_eq!(database[0].cause.slug, CAUSE.slug);
        assert_eq!(database[0].evidence[1].frame, Some(5));
    }

    /// What is no text is put into words: a result of LDAP, a code of Diameter.
    #[test]
    fn codes_have_names() {
        let request = b"0\x1d\x02\x01\x01w\x18\x80\x161.3.6.1.4.1.1466.20037";
        let answer = b"0\x19\x02\x01\x01x\x14\x0a\x01\x34\x04\0\x04\x0dTLS not ready";
        let directory = dialogue(Carrier::Ldap, request, answer);
        assert_eq!(directory[0].evidence[1].says, "resultCode 52 unavailable: \"TLS not ready\"");
        let peer = dialogue(
            Carrier::Diameter,
            b"\x01\0\0\x20\x80\0\x01\x01\0\0\0\0\0\0\0\x01\0\0\0\x02\
              \0\0\x01\x2b\x40\0\0\x0c\0\0\0\x01",
            b"\x01\0\0\x20\0\0\x01\x01\0\0\0\0\0\0\0\x01\0\0\0\x02\
              \0\0\x01\x0c\x40\0\0\x0c\0\0\x13\x99",
        );
        let says = &peer[0].evidence[1].says;
        assert_eq!(says, "Result-Code 5017 DIAMETER_NO_COMMON_SECURITY");
    }

    /// A dialogue behind another is named with both.
    #[test]
    fn what_it_is_inside_of_is_named() {
        let mail = dialogue(
            Carrier::Smtp,
            b"PROXY TCP4 192.0.2.7 192.0.2.10 50000 25\r\nEHLO a\r\nSTARTTLS\r\nQUIT\r\n",
            b"220 x\r\n250 STARTTLS\r\n454 4.7.0 TLS not available\r\n",
        );
        assert_eq!(mail[0].evidence[0].says, "STARTTLS (SMTP through PROXY protocol)");
    }

    /// A client that goes on without TLS has lost nothing.
    #[test]
    fn a_client_that_goes_on_is_no_failure() {
        let request = b"\0\0\0\x08\x04\xd2\x16\x2f\0\0\0\x09\0\x03\0\0\0";
        assert!(dialogue(Carrier::Postgres, request, b"NR\0\0\0\x08\0\0\0\0").is_empty());
    }
}
