//! A hello over QUIC without the parameters of QUIC.

use alert::Alert;
use trace::{Carrier, Side};
use wire::ExtensionType;

use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "quic-transport-parameters-missing",
    because: "a handshake without quic_transport_parameters",
    page: include_str!("quic-transport-parameters-missing.md"),
    judge,
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    let alert = case.alert.as_ref()?;
    let (side, message) = alert.what;
    // ngtcp2 with GnuTLS has no better word than 80.
    let vague = side == Side::Server && message.alert == Alert::INTERNAL_ERROR;
    let says_so = message.alert == Alert::MISSING_EXTENSION || vague;
    if case.session.carrier != Carrier::Quic || !says_so {
        return None;
    }
    let label = match side {
        Side::Client => "client says",
        Side::Server => "server says",
    };
    let error = 0x100 + u32::from(message.alert.code());
    let says = format!("{} (QUIC error {error:#x})", message.alert);
    let hello = case.client_hello?;
    let draft = ExtensionType::QUIC_TRANSPORT_PARAMETERS_DRAFT;
    let parameters = [ExtensionType::QUIC_TRANSPORT_PARAMETERS, draft];
    let has = parameters.into_iter().any(|kind| hello.what.has(kind));
    let (confidence, finding) = match side {
        // It says that any extension is missing; that this one is can be seen.
        Side::Server if !has && case.is_whole(hello.event) => (
            Confidence::Certain,
            Finding::new(&CAUSE, Confidence::Certain, Some(side)).at(
                "client sends",
                &hello,
                "a ClientHello without extension 57 quic_transport_parameters",
            ),
        ),
        Side::Client => {
            let finding = Finding::new(&CAUSE, Confidence::Possible, Some(side));
            let answer = case.server_hello.as_ref()?;
            (Confidence::Possible, finding.at("server sends", answer, "its extensions, encrypted"))
        }
        Side::Server => return None,
    };
    let finding = finding.at(label, alert, says);
    Some(match confidence {
        Confidence::Certain => finding,
        _ => finding.tell("the client's log names the extension that it missed"),
    })
}

#[cfg(test)]
mod tests {
    use super::super::story::{Hello, Story};
    use super::*;

    /// What is missing can be seen in the client's hello; where it is there, something else is.
    #[test]
    fn the_extension_is_missing_or_not() {
        let refused = |extensions| {
            let hello = Hello { extensions, ..Hello::default() };
            let story = Story::quic().client_hello(&hello);
            story.alert(Side::Server, Alert::MISSING_EXTENSION).judge()
        };
        let findings = refused(Vec::new());
        assert_eq!(findings[0].cause.slug, CAUSE.slug);
        assert_eq!(findings[0].confidence, Confidence::Certain);
        assert!(refused(vec![(57, Vec::new())]).iter().all(|it| it.cause.slug != CAUSE.slug));
    }
}
