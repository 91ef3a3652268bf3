//! The server does not offer TLS, and the client leaves.

use trace::{Carrier, Denied, Side};

use super::denial;
use super::protocol::quote;
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "starttls-missing",
    because: "a server that does not offer TLS in its protocol",
    page: include_str!("starttls-missing.md"),
    judge,
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    let session = case.session;
    let denial = case.denial().filter(|denial| denial.how == Denied::NotOffered)?;
    // Whom others get TLS from takes the offer back on the way here.
    if session.carrier == Carrier::Rdp || case.begins_tls().is_some() {
        return None;
    }
    let offers = session.plaintext(Side::Server)?;
    let says = match session.carrier {
        Carrier::Mysql | Carrier::Vnc => denial::words(session, denial),
        _ => quote(offers.what),
    };
    Some(
        Finding::new(&CAUSE, Confidence::Possible, None)
            .at("server says", &offers, says)
            .fact("server offers", format!("no TLS in {}", denial::place(session)))
            .fact("client leaves", "as soon as it knows that")
            .tell("the client's log says whether it wanted TLS; a monitor leaves like this too"),
    )
}

#[cfg(test)]
mod tests {
    use super::super::story::Story;
    use super::*;

    fn dialogue(offers: &[u8]) -> Vec<Finding> {
        Story::dialogue(Carrier::Smtp, b"EHLO a\r\nQUIT\r\n", offers).judge()
    }

    /// An offer without TLS is possible by itself; one with it is none.
    #[test]
    fn an_offer_without_tls_is_possible() {
        let missing = dialogue(b"220 x\r\n250-x\r\n250 HELP\r\n");
        assert_eq!(missing[0].cause.slug, CAUSE.slug);
        assert_eq!(missing[0].confidence, Confidence::Possible);
        assert!(dialogue(b"220 x\r\n250-x\r\n250 STARTTLS\r\n").is_empty());
    }
}
