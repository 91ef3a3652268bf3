//! The server says no to a request to begin TLS.

use trace::{Carrier, Denial, Side};

use super::protocol::quote;
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "starttls-refused",
    because: "a server that refuses to begin TLS",
    page: include_str!("starttls-refused.md"),
    judge,
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    let session = case.session;
    let Denial::Refused(words) = session.denial()? else { return None };
    let asks = match session.carrier {
        Carrier::Rdp | Carrier::HttpConnect | Carrier::Socks => return None,
        Carrier::Postgres => "SSLRequest",
        Carrier::Tds => "PRELOGIN with encryption",
        Carrier::Ldap => "the extended request StartTLS",
        Carrier::Pop3 => "STLS",
        Carrier::Ftp => "AUTH TLS",
        _ => "STARTTLS",
    };
    let says = match session.carrier {
        Carrier::Postgres if words == b"N" => "\"N\": no TLS here".to_owned(),
        Carrier::Tds => "encryption is not supported".to_owned(),
        Carrier::Ldap => "an error to StartTLS".to_owned(),
        _ => quote(words),
    };
    let finding = Finding::new(&CAUSE, Confidence::Certain, Some(Side::Server))
        .fact("client asks", format!("{asks} ({})", session.carrier));
    let answer = session.plaintext(Side::Server)?;
    // The place of words that are not the server's first is not kept.
    Some(if answer.what.starts_with(words) {
        finding.at("server says", &answer, says)
    } else {
        finding.fact("server says", says)
    })
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

    /// A client that goes on without TLS has lost nothing.
    #[test]
    fn a_client_that_goes_on_is_no_failure() {
        let request = b"\0\0\0\x08\x04\xd2\x16\x2f\0\0\0\x09\0\x03\0\0\0";
        assert!(dialogue(Carrier::Postgres, request, b"NR\0\0\0\x08\0\0\0\0").is_empty());
    }
}
