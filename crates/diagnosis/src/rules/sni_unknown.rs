//! The server does not serve the host that the client wants.

use alert::Alert;
use trace::Side;

use super::hello::{self, Refusal};
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "sni-unknown",
    because: "a host name (SNI) that the server does not know",
    page: include_str!("sni-unknown.md"),
    judge,
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    let refusal = Refusal::of(case)?;
    let wanted = refusal.hello.what.server_name()?;
    let names = case.server().map(|server| server.names.as_slice()).unwrap_or_default();
    if names.iter().any(|(name, _)| name.eq_ignore_ascii_case(wanted)) {
        return None;
    }
    let served = names.first();
    let confidence = match (refusal.alert, served.is_some()) {
        (Some(Alert::UNRECOGNIZED_NAME), true) => Confidence::Certain,
        // A Go server without any certificate says the same to every name.
        (Some(Alert::UNRECOGNIZED_NAME), false) => Confidence::Likely,
        (Some(Alert::ACCESS_DENIED | Alert::INTERNAL_ERROR), true) => Confidence::Likely,
        (Some(Alert::ACCESS_DENIED | Alert::INTERNAL_ERROR), false) => Confidence::Possible,
        (Some(Alert::HANDSHAKE_FAILURE) | None, true) => Confidence::Possible,
        _ => return None,
    };
    let finding = Finding::new(&CAUSE, confidence, Some(Side::Server)).at(
        "client asks",
        &refusal.hello,
        format!("for {}", String::from_utf8_lossy(wanted)),
    );
    let finding = hello::served(finding, served);
    Some(match confidence {
        Confidence::Certain => finding,
        _ => finding.tell("try a name the server surely has: openssl s_client -servername NAME"),
    })
}

#[cfg(test)]
mod tests {
    use super::super::story::{Hello, Story};
    use super::*;

    /// With a second name that is served, 112 leaves no doubt; without, the server may have no
    /// certificate at all.
    #[test]
    fn another_name_makes_it_certain() {
        let refused = || {
            let hello = Hello { name: Some("old.example.test"), ..Hello::default() };
            Story::new().client_hello(&hello).alert(Side::Server, Alert::UNRECOGNIZED_NAME)
        };
        assert_eq!(refused().judge()[0].cause.slug, CAUSE.slug);
        assert_eq!(refused().judge()[0].confidence, Confidence::Likely);
        let served = Story::new()
            .client_hello(&Hello::default())
            .server_hello(0x0304, 0x1301, &[])
            .ends(trace::Outcome::Established);
        assert_eq!(refused().judge_among([served])[0].confidence, Confidence::Certain);
    }
}
