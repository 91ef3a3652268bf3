//! The client is too old for the server.

use alert::Alert;
use trace::Side;
use wire::ProtocolVersion;

use super::hello::{Refusal, is_wide, versions_offered};
use crate::{CONTROL, Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "client-max-version-below-server-min",
    because: "a client whose newest TLS version is older than the server's oldest",
    page: include_str!("client-max-version-below-server-min.md"),
    judge,
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    let refusal = Refusal::of(case)?;
    let codes = [Alert::PROTOCOL_VERSION, Alert::HANDSHAKE_FAILURE, Alert::INTERNAL_ERROR];
    if !refusal.is_or_silent(&codes) {
        return None;
    }
    let hello = refusal.hello.what;
    // The versions may be in what is missing.
    if hello.cut.is_some() {
        return None;
    }
    let most = hello.highest_version().settled();
    let said_so = refusal.is(&[Alert::PROTOCOL_VERSION]);
    let old = most < ProtocolVersion::TLS_1_2;
    let below_newest = most < ProtocolVersion::TLS_1_3;
    let taken = case.server().map(|server| server.versions.as_slice()).unwrap_or_default();
    let least = taken.iter().min_by_key(|(version, ..)| version.settled());
    let newer = least.is_some_and(|(version, ..)| version.settled() > most);
    if least.is_some() && !newer {
        return None;
    }
    // Without supported_versions the client takes anything up to its version, so a server that
    // says 70 can only be above it. With the list, it could also be below.
    let confidence = match (said_so, newer) {
        (true, true) => Confidence::Certain,
        (true, false) if hello.lowest_version().is_none() && old => Confidence::Certain,
        (true, false) if hello.lowest_version().is_none() => Confidence::Likely,
        (true, false) if old => Confidence::Likely,
        (true, false) if below_newest => Confidence::Possible,
        (false, _) if old => Confidence::Likely,
        (false, true) => Confidence::Possible,
        // GnuTLS says 40 where it wants TLS 1.3; an offer that fits otherwise leaves the version.
        (false, false)
            if below_newest && refusal.is(&[Alert::HANDSHAKE_FAILURE]) && is_wide(&hello) =>
        {
            Confidence::Possible
        }
        _ => return None,
    };
    let mut finding = Finding::new(&CAUSE, confidence, Some(Side::Server)).at(
        "client offers",
        &refusal.hello,
        versions_offered(&hello),
    );
    finding = match least {
        Some((version, frame, client)) => {
            let place =
                if case.access().is_some() { "from the same server" } else { "on the same port" };
            let says = format!("{client} got {version} {place}");
            finding.frame(CONTROL, *frame, says)
        }
        None if said_so => {
            finding.fact("server takes", format!("nothing as old as {}", hello.highest_version()))
        }
        None => finding,
    };
    Some(match confidence {
        Confidence::Certain => finding,
        _ if case.is_dtls() => {
            finding.tell("try the server with a newer client: openssl s_client -dtls1_2")
        }
        _ => finding.tell("try the server with a newer client: openssl s_client -tls1_2"),
    })
}

#[cfg(test)]
mod tests {
    use super::super::story::{Hello, Story};
    use super::*;
    use wire::HandshakeType;

    fn old_client() -> Story {
        let hello = Hello { version: 0x0301, ..Hello::tls12() };
        Story::new().client_hello(&hello)
    }

    /// The server says 70 to a client that takes anything up to TLS 1.0.
    #[test]
    fn a_refused_old_client_is_certain() {
        let findings = old_client().alert(Side::Server, Alert::PROTOCOL_VERSION).judge();
        assert_eq!(findings[0].cause.slug, CAUSE.slug);
        assert_eq!(findings[0].confidence, Confidence::Certain);
    }

    /// A hello that ends before its versions is not one of an old client.
    #[test]
    fn a_cut_hello_has_no_version() {
        for length in [0, 1, 34] {
            let body = Hello { version: 0x0301, ..Hello::default() }.body();
            let story = Story::new()
                .handshake(Side::Client, HandshakeType::CLIENT_HELLO, &body[..length])
                .alert(Side::Server, Alert::PROTOCOL_VERSION);
            assert!(story.judge().iter().all(|found| found.cause.slug != CAUSE.slug));
        }
    }

    /// A server that answers 40 may have another reason: likely at most.
    #[test]
    fn another_code_is_no_proof() {
        let findings = old_client().alert(Side::Server, Alert::HANDSHAKE_FAILURE).judge();
        assert_eq!(findings[0].cause.slug, CAUSE.slug);
        assert_eq!(findings[0].confidence, Confidence::Likely);
    }
}
