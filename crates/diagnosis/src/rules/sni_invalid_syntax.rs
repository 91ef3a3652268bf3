//! The name in the ClientHello is none that a host can have.

use alert::Alert;
use trace::{Seen, Side};
use wire::{ClientHello, Fault};

use super::hello::{Refusal, served};
use super::malformed_clienthello;
use super::protocol::quote;
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "sni-invalid-syntax",
    because: "a server name in the ClientHello that is no host name",
    page: include_str!("sni-invalid-syntax.md"),
    judge,
};

/// What servers send to a hello that they cannot read.
const OF_FORM: [Alert; 4] = [
    Alert::ILLEGAL_PARAMETER,
    Alert::DECODE_ERROR,
    Alert::UNEXPECTED_MESSAGE,
    Alert::UNRECOGNIZED_NAME,
];

/// Most servers overlook it: it is the cause where nothing graver is wrong with the hello, and likely
/// where the server complains of the hello or of the name.
fn judge(case: &Case<'_>) -> Option<Finding> {
    let refusal = Refusal::of(case)?;
    let hello = refusal.hello;
    let name = hello.what.server_name()?;
    let says = fault(&hello, name)?;
    if malformed_clienthello::problem(case, &hello).is_some() {
        return None;
    }
    let confidence = match refusal.alert {
        Some(alert) if OF_FORM.contains(&alert) => Confidence::Likely,
        Some(Alert::INTERNAL_ERROR | Alert::HANDSHAKE_FAILURE | Alert::ACCESS_DENIED) | None => {
            Confidence::Possible
        }
        Some(_) => return None,
    };
    // Only GnuTLS and Java mind an underscore, and they say so.
    if says == UNDERSCORE && refusal.alert != Some(Alert::ILLEGAL_PARAMETER) {
        return None;
    }
    let finding = Finding::new(&CAUSE, confidence, Some(Side::Server)).at(
        "client asks for",
        &hello,
        format!("{}: {says}", quote(name)),
    );
    let finding = match refusal.alert {
        Some(alert) => finding.fact("server says", alert.to_string()),
        None => finding,
    };
    let names = case.server().map(|server| server.names.as_slice()).unwrap_or_default();
    let proper = names.iter().find(|(known, _)| &known[..] != name);
    Some(
        served(finding, proper).tell(
            "the same client gets in with a plain host name: openssl s_client -servername NAME",
        ),
    )
}

/// What is wrong with the name in a hello.
fn fault(hello: &Seen<ClientHello<'_>>, name: &[u8]) -> Option<&'static str> {
    let problems = hello.what.problems();
    let fault = problems.iter().map(|problem| problem.fault).find(|fault| is_of_name(*fault));
    match fault {
        Some(Fault::ServerNameIsAddress) => Some("an address, which RFC 6066 forbids"),
        Some(_) if name.ends_with(b".") => Some("a dot at its end, which RFC 6066 forbids"),
        Some(_) => Some("characters that no host name has"),
        None => name.contains(&b'_').then_some(UNDERSCORE),
    }
}

/// By the letter no host name has it (RFC 952), and nearly all servers take it.
const UNDERSCORE: &str = "an underscore, which no host name has";

/// Whether a fault of a hello is in the spelling of its name.
pub(super) fn is_of_name(fault: Fault) -> bool {
    matches!(fault, Fault::ServerNameIsAddress | Fault::ServerNameSpelling)
}

#[cfg(test)]
mod tests {
    use super::super::story::{Hello, Story};
    use super::*;

    fn asks_for(name: &'static str) -> Story {
        Story::new().client_hello(&Hello { name: Some(name), ..Hello::default() })
    }

    /// A dot at the end, an address or a port in the name is what a server complains of; a proper
    /// name is not.
    #[test]
    fn a_name_that_is_none() {
        for name in ["www.example.test.", "192.0.2.7", "www.example.test:443"] {
            let found = asks_for(name).alert(Side::Server, Alert::UNEXPECTED_MESSAGE).judge();
            assert_eq!(found[0].cause.slug, CAUSE.slug, "{name}");
            assert_eq!(found[0].confidence, Confidence::Likely);
        }
        let named = |alert| {
            let found = asks_for("www_1.example.test").alert(Side::Server, alert).judge();
            found.iter().any(|found| found.cause.slug == CAUSE.slug)
        };
        assert!(named(Alert::ILLEGAL_PARAMETER) && !named(Alert::DECODE_ERROR));
        let proper = asks_for("www.example.test").alert(Side::Server, Alert::ILLEGAL_PARAMETER);
        assert!(proper.judge().iter().all(|found| found.cause.slug != CAUSE.slug));
    }

    /// What servers say of other things says nothing of the name.
    #[test]
    fn other_words_mean_something_else() {
        let old = asks_for("192.0.2.7").alert(Side::Server, Alert::PROTOCOL_VERSION);
        assert!(old.judge().iter().all(|found| found.cause.slug != CAUSE.slug));
    }
}
