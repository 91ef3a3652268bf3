//! A ClientHello in the format of SSL 2.0.

use trace::{Message, Outcome, Side};
use wire::{ProtocolVersion, sslv2_client_hello, sslv2_server_hello};

use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "sslv2-hello",
    because: "a ClientHello in the format of SSL 2.0",
    page: include_str!("sslv2-hello.md"),
    judge,
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    let event =
        case.event(Side::Client, |message| matches!(message, Message::Sslv2ClientHello(_)))?;
    let Message::Sslv2ClientHello(bytes) = &event.what.message else { return None };
    if case.server_hello.is_some() {
        return None;
    }
    let answer = case.session.plaintext(Side::Server);
    let answered = answer.is_some_and(|seen| sslv2_server_hello(seen.what).is_some());
    let version = sslv2_client_hello(bytes).map(|hello| hello.version);
    // Some servers still read this format, so where it offers more than SSL 2.0 the alert may mean
    // the version or the suites.
    let only = version.is_some_and(|version| version < ProtocolVersion::SSL_3_0);
    let confidence = match case.session.outcome {
        Outcome::Alert(_) if case.alert_from(Side::Server).is_some() && only => Confidence::Certain,
        Outcome::Alert(_) if case.alert_from(Side::Server).is_some() => Confidence::Likely,
        Outcome::Reset(Side::Server) | Outcome::Closed(Side::Server) => Confidence::Likely,
        Outcome::Silent(Side::Server) | Outcome::GaveUp(Side::Client) => Confidence::Likely,
        Outcome::Plaintext(_) if !answered => return None,
        _ => Confidence::Possible,
    };
    let says = match version {
        Some(version) => format!("an SSL 2.0 ClientHello that offers up to {version}"),
        None => "an SSL 2.0 ClientHello".into(),
    };
    let first: Vec<String> = bytes.iter().take(5).map(|byte| format!("{byte:02x}")).collect();
    let finding = Finding::new(&CAUSE, confidence, case.refuser()).at(
        "client sends",
        &event,
        format!("{says}: bytes {}", first.join(" ")),
    );
    let finding = match answer {
        Some(seen) if answered => finding.at("server sends", &seen, "an SSL 2.0 ServerHello"),
        _ => finding,
    };
    Some(match confidence {
        Confidence::Certain => finding,
        _ => finding.tell("a current client on the same port shows whether the server is well"),
    })
}

#[cfg(test)]
mod tests {
    use super::super::story::Story;
    use super::*;
    use alert::Alert;

    /// An SSL 2.0 hello that offers TLS 1.0, and 70 from the server: the version may be too low for
    /// it in any format. One that offers SSL 2.0 alone leaves no doubt.
    #[test]
    fn the_format_and_the_version_are_named() {
        let mut hello = vec![0x80, 31, 1, 3, 1, 0, 6, 0, 0, 0, 16, 0, 0, 0x2f, 1, 0, 0x80];
        hello.extend([7; 16]);
        let refused = |hello: &[u8]| {
            Story::new()
                .says(Side::Client, Message::Sslv2ClientHello(hello.into()))
                .alert(Side::Server, Alert::PROTOCOL_VERSION)
                .judge()
        };
        let findings = refused(&hello);
        assert_eq!(findings[0].cause.slug, CAUSE.slug);
        assert_eq!(findings[0].confidence, Confidence::Likely);
        assert!(findings[0].evidence[0].says.contains("up to TLS 1.0: bytes 80 1f 01 03 01"));
        hello[3..5].copy_from_slice(&[0, 2]);
        assert_eq!(refused(&hello)[0].confidence, Confidence::Certain);
    }
}
