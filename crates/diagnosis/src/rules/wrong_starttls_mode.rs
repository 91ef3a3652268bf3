//! TLS from the first byte, on a port where it begins with a command.

use trace::{Carrier, Side};

use super::tls_to_plaintext_port::judge_as;
use crate::{Case, Cause, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "wrong-starttls-mode",
    because: "a client that begins TLS where the server wants STARTTLS first",
    page: include_str!("wrong-starttls-mode.md"),
    judge,
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    if wants_starttls(case) { judge_as(&CAUSE, case) } else { None }
}

/// Whether the server greets in a protocol that has a command for TLS, and the client has said
/// nothing in it.
pub(super) fn wants_starttls(case: &Case<'_>) -> bool {
    let greets = matches!(
        case.session.carrier,
        Carrier::Smtp
            | Carrier::Lmtp
            | Carrier::Imap
            | Carrier::Pop3
            | Carrier::Ftp
            | Carrier::Sieve
    );
    greets && case.session.plaintext(Side::Client).is_none()
}

#[cfg(test)]
mod tests {
    use super::super::story::{Hello, Story};
    use super::*;
    use trace::{Message, Outcome};

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
