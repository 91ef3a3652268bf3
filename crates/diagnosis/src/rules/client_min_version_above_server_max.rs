//! The server is too old for the client.

use alert::Alert;
use trace::{Seen, Side, Step};
use wire::{ProtocolVersion, ServerHello};

use super::hello::{Refusal, is_wide, versions_offered};
use crate::{CONTROL, Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "client-min-version-above-server-max",
    because: "a server whose newest TLS version is older than the client's oldest",
    page: include_str!("client-min-version-above-server-max.md"),
    judge,
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    match case.server_hello {
        Some(hello) => refused_by_client(case, hello),
        None => refused_by_server(case),
    }
}

/// The server answered with an old version, and the client would not have it.
fn refused_by_client(case: &Case<'_>, answer: Seen<ServerHello<'_>>) -> Option<Finding> {
    let hello = case.client_hello?;
    let chosen = answer.what.version();
    let version = chosen.settled();
    let listed = hello.what.offered_versions().any(|offered| offered.settled() == version);
    let silently = hello.what.lowest_version().is_none();
    let older = version < hello.what.highest_version().settled();
    if case.refuser() != Some(Side::Client) || case.step > Step::CertificateRequest {
        return None;
    }
    if !older || listed {
        return None;
    }
    let confidence = if case.refused_with(Side::Client, &[Alert::PROTOCOL_VERSION]) {
        Confidence::Certain
    } else if !silently {
        // The version is not among those that the client listed: whatever it says, it must go.
        Confidence::Likely
    } else if version < ProtocolVersion::TLS_1_2 && case.alert.is_none() {
        Confidence::Possible
    } else {
        return None;
    };
    let finding = Finding::new(&CAUSE, confidence, Some(Side::Client))
        .at("client offers", &hello, versions_offered(&hello.what))
        .at("server takes", &answer, format!("{chosen}, in its ServerHello"));
    Some(match confidence {
        Confidence::Certain => finding,
        _ => finding.tell("the client's log names the version it will not take"),
    })
}

/// The server understood that the client wants nothing as old as what it has.
fn refused_by_server(case: &Case<'_>) -> Option<Finding> {
    let refusal = Refusal::of(case)?;
    let hello = refusal.hello.what;
    let lowest = hello.lowest_version()?;
    let least = lowest.settled();
    let taken = case.server().map(|server| server.versions.as_slice()).unwrap_or_default();
    let best = taken.iter().max_by_key(|(version, ..)| version.settled());
    let older = best.is_some_and(|(version, ..)| version.settled() < least);
    if best.is_some() && !older {
        return None;
    }
    let only_newest = least == ProtocolVersion::TLS_1_3;
    // TLS 1.3 is the newest there is: a server that says 70 to it is older, or has no certificate
    // for it (Java 25 says so then).
    let confidence = match refusal.alert {
        // Some RADIUS servers send EAP-Failure and keep their alert to themselves.
        None if case.access().is_some() && only_newest => Confidence::Likely,
        Some(Alert::PROTOCOL_VERSION) if older => Confidence::Certain,
        Some(Alert::PROTOCOL_VERSION) if only_newest => Confidence::Likely,
        Some(Alert::PROTOCOL_VERSION) if least < ProtocolVersion::TLS_1_2 => return None,
        Some(Alert::PROTOCOL_VERSION) if hello.offers_tls13() => Confidence::Likely,
        // With TLS 1.2 alone on offer, the server may also be too new; that is likelier, because
        // servers that read the list are no old ones.
        Some(Alert::PROTOCOL_VERSION) => Confidence::Possible,
        Some(Alert::HANDSHAKE_FAILURE | Alert::INSUFFICIENT_SECURITY) | None if older => {
            Confidence::Likely
        }
        // A server that does not know TLS 1.3 sees TLS 1.2 without a usable suite.
        Some(Alert::HANDSHAKE_FAILURE) if only_newest && is_wide(&hello) => Confidence::Possible,
        _ => return None,
    };
    let mut finding = Finding::new(&CAUSE, confidence, Some(Side::Server)).at(
        "client offers",
        &refusal.hello,
        format!("nothing older than {lowest}: {}", versions_offered(&hello)),
    );
    if let Some((version, frame, client)) = best {
        finding = finding.frame(
            CONTROL,
            *frame,
            format!("{version} at most, so far as seen; {client} got it"),
        );
    } else if refusal.is(&[Alert::PROTOCOL_VERSION]) && only_newest {
        finding = finding.fact("server takes", format!("nothing as new as {lowest}, it seems"));
    }
    Some(match confidence {
        Confidence::Certain => finding,
        _ if case.is_dtls() => {
            finding.tell("try the server with an older version: openssl s_client -dtls1")
        }
        _ => finding.tell("try the server with an older version: openssl s_client -tls1_2"),
    })
}

#[cfg(test)]
mod tests {
    use trace::Outcome;

    use super::super::story::{Hello, Story};
    use super::*;

    /// A client that wants TLS 1.3 only, a server that says 70: that alone does not prove that the
    /// server is older, what it took from another client does.
    #[test]
    fn only_the_newest_version_is_refused() {
        let hello = Hello { versions: vec![0x0304], suites: vec![0x1301], ..Hello::default() };
        let story = Story::new().client_hello(&hello).alert(Side::Server, Alert::PROTOCOL_VERSION);
        let findings = story.judge();
        assert_eq!(findings[0].cause.slug, CAUSE.slug);
        assert_eq!(findings[0].confidence, Confidence::Likely);
        let story = Story::new().client_hello(&hello).alert(Side::Server, Alert::PROTOCOL_VERSION);
        let other = Story::new()
            .client_hello(&Hello::tls12())
            .server_hello(0x0303, 0xc02f, &[])
            .ends(Outcome::Established);
        let findings = story.judge_among([other]);
        assert_eq!(findings[0].cause.slug, CAUSE.slug);
        assert_eq!(findings[0].confidence, Confidence::Certain);
    }

    /// An old server answers with TLS 1.0, and the client says 70.
    #[test]
    fn an_old_answer_is_refused() {
        let story = Story::new()
            .client_hello(&Hello::default())
            .server_hello(0x0301, 0xc014, &[])
            .alert(Side::Client, Alert::PROTOCOL_VERSION);
        let findings = story.judge();
        assert_eq!(findings[0].cause.slug, CAUSE.slug);
        assert_eq!(findings[0].confidence, Confidence::Certain);
        assert_eq!(findings[0].refused_by, Some(Side::Client));
    }
}
