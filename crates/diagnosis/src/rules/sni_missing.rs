//! The client did not say which host it wants.

use alert::Alert;
use trace::Side;

use super::hello::{self, Refusal};
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "sni-missing",
    because: "a client that does not name the host it wants (no SNI)",
    page: include_str!("sni-missing.md"),
    judge,
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    let refusal = Refusal::of(case)?;
    // Where the hello was cut, the name may have been in what is missing.
    // No station asks a RADIUS server by name.
    if case.access().is_some()
        || refusal.hello.what.has_server_name_extension()
        || refusal.hello.what.cut.is_some()
    {
        return None;
    }
    let names = case.server().map(|server| server.names.as_slice()).unwrap_or_default();
    if names.iter().any(|(name, _)| name.is_empty()) {
        return None;
    }
    let served = names.first();
    let confidence = match refusal.alert {
        Some(Alert::UNRECOGNIZED_NAME) if served.is_some() => Confidence::Certain,
        Some(
            Alert::UNRECOGNIZED_NAME
            | Alert::INTERNAL_ERROR
            | Alert::ACCESS_DENIED
            | Alert::MISSING_EXTENSION,
        ) => Confidence::Likely,
        Some(Alert::HANDSHAKE_FAILURE) | None if served.is_some() => Confidence::Likely,
        Some(Alert::HANDSHAKE_FAILURE) | None => Confidence::Possible,
        Some(_) => return None,
    };
    let finding = Finding::new(&CAUSE, confidence, Some(Side::Server)).at(
        "client offers",
        &refusal.hello,
        "no server_name in its ClientHello",
    );
    let finding = hello::served(finding, served);
    Some(match confidence {
        Confidence::Certain => finding,
        _ => finding.tell("compare openssl s_client -servername NAME with -noservername"),
    })
}

#[cfg(test)]
mod tests {
    use super::super::story::{Hello, Story};
    use super::*;

    fn nameless() -> Story {
        let hello = Hello { name: None, ..Hello::default() };
        Story::new().client_hello(&hello).alert(Side::Server, Alert::UNRECOGNIZED_NAME)
    }

    fn served(hello: &Hello) -> Story {
        Story::new()
            .client_hello(hello)
            .server_hello(0x0304, 0x1301, &[])
            .ends(trace::Outcome::Established)
    }

    /// Alone it is likely; a client that gives a name and is served makes it certain; one that
    /// gives none and is served acquits.
    #[test]
    fn the_control_group_decides() {
        assert_eq!(nameless().judge()[0].confidence, Confidence::Likely);
        let findings = nameless().judge_among([served(&Hello::default())]);
        assert_eq!(findings[0].cause.slug, CAUSE.slug);
        assert_eq!(findings[0].confidence, Confidence::Certain);
        let findings = nameless().judge_among([served(&Hello { name: None, ..Hello::default() })]);
        assert!(findings.iter().all(|found| found.cause.slug != CAUSE.slug));
    }
}
