//! The client goes on without TLS, and the server does not.

use trace::{Carrier, Denied, Side};

use super::denial;
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "starttls-required",
    because: "a client that does not begin TLS where the server demands it",
    page: include_str!("starttls-required.md"),
    judge,
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    let session = case.session;
    let denial = case.denial().filter(|denial| denial.how == Denied::Demanded)?;
    // PostgreSQL lists what the client came with; the rule that it lacks may want something else.
    let confidence = match session.carrier {
        Carrier::Postgres => Confidence::Possible,
        _ => Confidence::Certain,
    };
    let finding = Finding::new(&CAUSE, confidence, Some(Side::Server))
        .fact("client", format!("goes on in {} without TLS", denial::place(session)));
    let finding = denial::says(finding, "server says", session, denial);
    let finding = match case.begins_tls() {
        Some(frame) => finding.frame("control", frame, "the same server begins TLS with others"),
        None => finding,
    };
    Some(match confidence {
        Confidence::Certain => finding,
        _ => finding.tell("pg_hba.conf says whether this user and host have a line of hostssl"),
    })
}

#[cfg(test)]
mod tests {
    use super::super::story::Story;
    use super::*;

    /// The demand is quoted, of text and of a code.
    #[test]
    fn the_demand_is_quoted() {
        let mail = Story::dialogue(
            Carrier::Smtp,
            b"EHLO a\r\nMAIL FROM:<a@example.test>\r\nQUIT\r\n",
            b"220 x\r\n250 STARTTLS\r\n530 5.7.0 Must issue a STARTTLS command first\r\n",
        );
        let findings = mail.judge();
        assert_eq!(findings[0].cause.slug, CAUSE.slug);
        assert_eq!(
            findings[0].evidence[1].says,
            "\"530 5.7.0 Must issue a STARTTLS command first\""
        );
        let directory = Story::dialogue(
            Carrier::Ldap,
            b"0\x0c\x02\x01\x01`\x07\x02\x01\x03\x04\0\x80\0",
            b"0\x0c\x02\x01\x01a\x07\x0a\x01\x0d\x04\0\x04\0",
        );
        let says = &directory.judge()[0].evidence[1].says;
        assert_eq!(says, "resultCode 13 confidentialityRequired");
    }
}
