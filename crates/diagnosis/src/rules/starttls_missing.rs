//! The server does not offer TLS, and the client leaves.

use trace::{Denial, Side};

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
    let Denial::NotOffered(_) = session.denial()? else { return None };
    let offers = session.plaintext(Side::Server)?;
    // A firewall that must read mail writes X over the word, so that all line up as before.
    let word = offers.what.windows(8).find(|word| word.iter().all(|byte| *byte == b'X'));
    let confidence = if word.is_some() { Confidence::Likely } else { Confidence::Possible };
    let finding = Finding::new(&CAUSE, confidence, None)
        .at("server says", &offers, quote(offers.what))
        .fact("server offers", format!("no TLS in {}", session.carrier))
        .fact("client leaves", "as soon as it knows that");
    let finding = match word {
        Some(_) => finding.fact("on the way", "a word was overwritten with X"),
        None => finding,
    };
    Some(
        finding.tell("the client's log says whether it wanted TLS; a monitor leaves like this too"),
    )
}

#[cfg(test)]
mod tests {
    use super::super::story::Story;
    use super::*;
    use trace::Carrier;

    fn dialogue(offers: &[u8]) -> Vec<Finding> {
        Story::dialogue(Carrier::Smtp, b"EHLO a\r\nQUIT\r\n", offers).judge()
    }

    /// An offer without TLS is possible by itself; one that was overwritten is likelier.
    #[test]
    fn an_overwritten_offer_is_stripped() {
        let missing = dialogue(b"220 x\r\n250-x\r\n250 HELP\r\n");
        assert_eq!(missing[0].cause.slug, CAUSE.slug);
        assert_eq!(missing[0].confidence, Confidence::Possible);
        let stripped = dialogue(b"220 x\r\n250-XXXXXXXA\r\n250-XXXXXXXX\r\n250 HELP\r\n");
        assert_eq!(stripped[0].confidence, Confidence::Likely);
        assert!(dialogue(b"220 x\r\n250-x\r\n250 STARTTLS\r\n").is_empty());
    }
}
