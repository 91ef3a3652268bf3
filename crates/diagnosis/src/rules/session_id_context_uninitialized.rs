//! A server that trips over the session that the client wants to resume.

use alert::Alert;
use trace::Side;

use super::hello::Refusal;
use crate::offer::resumes;
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "session-id-context-uninitialized",
    because: "an earlier session that the server offered and then cannot resume",
    page: include_str!("session-id-context-uninitialized.md"),
    judge,
};

/// OpenSSL refuses with 80 to resume a session for which its application has set no context
/// identifier although it asks for client certificates.
fn judge(case: &Case<'_>) -> Option<Finding> {
    let refusal = Refusal::of(case)?;
    if !refusal.is(&[Alert::INTERNAL_ERROR]) || !resumes(&refusal.hello.what) {
        return None;
    }
    let what = match refusal.hello.what.has_pre_shared_key() {
        true => "to resume a session (pre_shared_key)",
        false => "to resume a session (session_ticket)",
    };
    let finding = Finding::new(&CAUSE, Confidence::Possible, Some(Side::Server))
        .at("client asks", &refusal.hello, what)
        .at("server says", case.alert.as_ref()?, "80 internal_error");
    Some(finding.tell("openssl s_client -sess_out f, then -sess_in f: only the second fails"))
}

#[cfg(test)]
mod tests {
    use super::super::story::{Hello, Story};
    use super::*;
    use trace::Outcome;

    /// 80 to a hello with a ticket, where the same client gets in without: the ticket is it.
    #[test]
    fn only_the_second_fails() {
        let both = || vec![(0xff01, vec![0]), (35, vec![7; 90])];
        let ticket = || Hello { extensions: both(), ..Hello::tls12() };
        let refused = |hello: &Hello| {
            Story::new().client_hello(hello).alert(Side::Server, Alert::INTERNAL_ERROR)
        };
        let taken = Story::new()
            .client_hello(&Hello::tls12())
            .server_hello(0x0303, 0xc02f, &[])
            .ends(Outcome::Established);
        let findings = refused(&ticket()).judge_among([taken]);
        assert_eq!(findings[0].cause.slug, CAUSE.slug);
        assert_eq!(findings[0].confidence, Confidence::Likely);
        let plain = refused(&Hello::tls12()).judge();
        assert!(plain.iter().all(|found| found.cause.slug != CAUSE.slug));
    }
}
