//! The server answered with an extension that the client did not ask for.

use alert::Alert;
use trace::{Seen, Side};
use wire::{CipherSuite, ClientHello, ExtensionType};

use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "unsolicited-extension",
    because: "an extension in the ServerHello that the client did not ask for",
    page: include_str!("unsolicited-extension.md"),
    judge,
};

/// What clients say to it; 110 says just this.
const CODES: [Alert; 6] = [
    Alert::UNSUPPORTED_EXTENSION,
    Alert::ILLEGAL_PARAMETER,
    Alert::HANDSHAKE_FAILURE,
    Alert::UNEXPECTED_MESSAGE,
    Alert::DECODE_ERROR,
    Alert::INTERNAL_ERROR,
];

fn judge(case: &Case<'_>) -> Option<Finding> {
    let hello = case.client_hello.as_ref().filter(|hello| hello.what.cut.is_none())?;
    let answer = case.server_hello.as_ref()?;
    let alert = case.alert.as_ref().filter(|_| case.refused_with(Side::Client, &CODES))?;
    let code = alert.what.1.alert;
    let strange = answer.what.extensions().map(|it| it.kind).find(|kind| !asked(hello, *kind))?;
    let confidence = match code == Alert::UNSUPPORTED_EXTENSION {
        true => Confidence::Certain,
        false => Confidence::Likely,
    };
    let finding = Finding::new(&CAUSE, confidence, Some(Side::Client))
        .at("server takes", answer, format!("the extension {strange}, not asked for"))
        .at("client says", alert, code.to_string());
    Some(match confidence {
        Confidence::Certain => finding,
        _ => finding.tell("another client, or another version of the server, connects"),
    })
}

/// Whether the client asked for an extension; the signal among the suites asks for one too
/// (RFC 5746, 3.4).
fn asked(hello: &Seen<ClientHello<'_>>, kind: ExtensionType) -> bool {
    let signal = kind == ExtensionType::RENEGOTIATION_INFO
        && hello.what.cipher_suites().any(CipherSuite::is_scsv);
    signal || hello.what.has(kind)
}

#[cfg(test)]
mod tests {
    use super::super::story::{Hello, Story};
    use super::*;

    fn refused(extensions: &[(u16, Vec<u8>)], code: Alert) -> Option<Confidence> {
        let findings = Story::new()
            .client_hello(&Hello::tls12())
            .server_hello(0x0303, 0xc02f, extensions)
            .alert(Side::Client, code)
            .judge();
        findings.iter().find(|it| it.cause.slug == CAUSE.slug).map(|it| it.confidence)
    }

    /// What was not asked for and the alert for it leave no doubt; a vaguer alert leaves some; an
    /// answer that fits the hello is not blamed.
    #[test]
    fn the_answer_is_held_against_the_question() {
        let known = || (0xff01, vec![0]);
        let strange = || (16, vec![0, 3, 2, b'h', b'2']);
        let both = [known(), strange()];
        assert_eq!(refused(&both, Alert::UNSUPPORTED_EXTENSION), Some(Confidence::Certain));
        assert_eq!(refused(&both, Alert::ILLEGAL_PARAMETER), Some(Confidence::Likely));
        assert_eq!(refused(&[known()], Alert::UNSUPPORTED_EXTENSION), None);
    }
}
