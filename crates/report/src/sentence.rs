//! The one sentence: who refused what, while doing what, because of what.
//!
//! Three grammars meet here, and a test holds them together: what an alert *says* fits after "the
//! client", a step fits after "while", a cause fits after "because of".

use diagnosis::Confidence;
use trace::{Side, Step};

use logs::{Sighting, Voice};

use crate::failure::{Ending, Failure, Severity, UNKNOWN};
use crate::log::Sighted;

/// Says a failure in one sentence, without addresses.
#[must_use]
pub fn sentence(failure: &Failure) -> String {
    // A handshake that was completed is ended by whoever objects to it.
    let objects = failure.best().and_then(|best| best.refused_by);
    let by = failure.ended_by.or(objects.filter(|_| failure.ending == Ending::Established));
    let who = Parties::of(failure).name(by);
    let forged = failure.forged.and_then(|side| did_in_name(failure.ending, side, failure.step));
    let mut text = forged.unwrap_or_else(|| did(failure.ending, who, by, failure.step));
    match failure.best() {
        Some(best) if best.cause.slug != UNKNOWN => {
            text.push_str(&because(best.confidence, best.cause.because));
        }
        _ if failure.severity == Severity::Failed => {
            text.push_str(", and the capture does not show why");
        }
        _ => {}
    }
    text.push('.');
    text
}

/// Says in one sentence what a log tells.
#[must_use]
pub fn sighted_sentence(found: &Sighted) -> String {
    let sighting = &found.sighting;
    let this = sighting.role.map_or("This side".to_owned(), |role| format!("This {role}"));
    let other = match sighting.role.map(Side::other) {
        Some(Side::Client) => "the client",
        Some(Side::Server) => "the server",
        None => "the other side",
    };
    let said = |who: &str| match sighting.alert {
        Some(alert) => format!("{who} {} ({alert})", alert.says()),
        None => format!("{who} sent an alert that the log does not name"),
    };
    let mut text = match sighting.voice {
        Voice::Heard => said(&format!("The{}", other.trim_start_matches("the"))),
        Voice::Said => said(&this),
        Voice::Unclear => said("One side, the log does not tell which,"),
        Voice::Refused => match (event_says(sighting), sighting.sent) {
            (Some(says), _) => format!("{this} {says}"),
            (None, Some(alert)) => format!("{this} refused {other}, and sends {alert}"),
            (None, None) => format!("{this} refused {other}"),
        },
        Voice::Lost => match event_says(sighting) {
            Some(says) => format!("{this} {says}"),
            None => format!("{this} lost {other}, and nobody sent an alert"),
        },
    };
    match found.best() {
        Some(best) => text.push_str(&because(best.confidence, best.cause.because)),
        None => text.push_str(", and the log does not tell why"),
    }
    text.push('.');
    text
}

/// What an event of SChannel says that its machine did, and one of CAPI2. Some of them are about its
/// own settings, and no connection was refused.
fn event_says(sighting: &Sighting) -> Option<&'static str> {
    let event = sighting.event.as_ref()?;
    if event.provider == windows::CAPI2 {
        return Some(match event.id {
            OPEN_KEY => "could not open the private key of a certificate",
            _ => "did not accept a certificate",
        });
    }
    // Nobody else has events of these numbers.
    Some(logs::schannel_event(event.id)?.refusal?.says)
}

/// CAPI2's event about the private key of a certificate.
const OPEN_KEY: u32 = 70;

/// What the parties are called.
#[derive(Clone, Copy)]
enum Parties {
    /// Client and server.
    Usual,
    /// A station, and the server that lets it into a network.
    Access,
    /// The same, where the server is seen to speak RADIUS.
    Radius,
}

impl Parties {
    fn of(failure: &Failure) -> Self {
        match &failure.access {
            None => Self::Usual,
            Some(access) if access.radius_client.is_some() => Self::Radius,
            Some(_) => Self::Access,
        }
    }

    fn name(self, side: Option<Side>) -> &'static str {
        match (self, side) {
            (_, None) => "One side",
            (Self::Usual, Some(Side::Client)) => "The client",
            (_, Some(Side::Client)) => "The station",
            (Self::Radius, Some(Side::Server)) => "The RADIUS server",
            (_, Some(Side::Server)) => "The server",
        }
    }
}

/// Who did what while doing what, without a full stop.
fn did(ending: Ending, who: &str, by: Option<Side>, step: Step) -> String {
    let at = step.phrase();
    match ending {
        Ending::Alert(message) => {
            format!("{who} {} ({}) while {at}", message.alert.says(), message.alert)
        }
        Ending::AlertLikely => format!("{who} sent an encrypted alert while {at}"),
        Ending::Reset => format!("{who} reset the connection while {at}"),
        Ending::Close(error) if step == Step::Connect => {
            format!("{who} closed the connection (QUIC error {error:#04x}) before TLS began")
        }
        Ending::Close(error) => {
            format!("{who} closed the connection (QUIC error {error:#04x}) while {at}")
        }
        Ending::VersionNegotiation => {
            format!("{who} answered with a list of the versions of QUIC that it speaks")
        }
        Ending::Closed => format!("{who} closed the connection without an alert while {at}"),
        Ending::Denied if step == Step::ApplicationData => {
            format!("{who} denied access without an alert, after a complete handshake")
        }
        Ending::Denied => format!("{who} denied access without an alert while {at}"),
        Ending::Silent if who == "The station" => format!("{who} stopped answering while {at}"),
        Ending::Silent if step > Step::ClientHello => format!("{who} fell silent while {at}"),
        Ending::Silent => format!("{who} never answered"),
        Ending::GaveUp => format!("{who} gave up waiting for an answer"),
        Ending::Plaintext => format!("{who} spoke plaintext to a peer that speaks TLS"),
        Ending::NotTls => "No TLS was spoken".to_owned(),
        Ending::Truncated => "The capture does not show how it ended".to_owned(),
        Ending::OneSided => match by {
            Some(Side::Client) => "Only the client's side was captured".to_owned(),
            Some(Side::Server) => "Only the server's side was captured".to_owned(),
            None => "Only one side was captured".to_owned(),
        },
        Ending::Established if by == Some(Side::Server) => {
            format!("{who} ended the connection after the handshake")
        }
        Ending::Established if by.is_none() => {
            "The client left right after the handshake".to_owned()
        }
        Ending::Established => format!("{who} left right after the handshake"),
    }
}

/// What somebody between the two did in the name of `side`, without a full stop.
fn did_in_name(ending: Ending, side: Side, step: Step) -> Option<String> {
    let what = match ending {
        Ending::Alert(message) => format!("sent {}", message.alert),
        Ending::Reset => "reset the connection".to_owned(),
        Ending::Closed => "closed the connection".to_owned(),
        Ending::Plaintext => "answered in plaintext".to_owned(),
        _ => return None,
    };
    let (side, at) = (side.name(), step.phrase());
    Some(format!(
        "Somebody between client and server {what} in the {side}'s name, with the {side} still {at}"
    ))
}

/// The reason, as sure as it is.
fn because(confidence: Confidence, cause: &str) -> String {
    match confidence {
        Confidence::Certain => format!(", because of {cause}"),
        Confidence::Likely => format!(", most likely because of {cause}"),
        Confidence::Possible => format!(", possibly because of {cause}"),
    }
}

#[cfg(test)]
mod tests {
    use alert::{Alert, Level, Message};
    use diagnosis::CAUSES;

    use super::*;

    const STEPS: [Step; 10] = [
        Step::Connect,
        Step::ClientHello,
        Step::ServerHello,
        Step::ServerCertificate,
        Step::ServerKeyExchange,
        Step::CertificateRequest,
        Step::ClientCertificate,
        Step::ClientFinished,
        Step::ServerFinished,
        Step::ApplicationData,
    ];

    fn check(sentence: &str) {
        assert!(
            ["The ", "One side ", "No TLS ", "Somebody between "]
                .iter()
                .any(|start| sentence.starts_with(start)),
            "{sentence}"
        );
        assert!(!sentence.contains("  "), "{sentence}");
        assert!(!sentence.contains(['\n', '.']), "{sentence}");
        assert!(!sentence.ends_with(' '), "{sentence}");
    }

    /// Every code, at every step, from either side, for every cause makes a sentence.
    #[test]
    fn alerts_steps_and_causes_make_a_sentence() {
        let causes = CAUSES.iter().map(|cause| cause.because).collect::<Vec<_>>();
        for code in 0..=u8::MAX {
            let message = Message { level: Level::Fatal, alert: Alert(code) };
            for step in STEPS {
                let said = did(Ending::Alert(message), "The client", Some(Side::Client), step);
                check(&said);
                let start = message.alert.says().chars().next().unwrap();
                assert!(start.is_lowercase(), "{said}");
            }
        }
        for because_of in causes {
            let text = because(Confidence::Likely, because_of);
            assert!(!because_of.ends_with(['.', ' ', ',']), "{text}");
            let start = because_of.chars().next().unwrap();
            let word = because_of.split([' ', '\'']).next().unwrap();
            let name = word.chars().filter(|c| c.is_uppercase()).count() > 1;
            assert!(!start.is_uppercase() || name, "begins like a sentence of its own: {text}");
            assert!(!because_of.starts_with("because"), "{text}");
        }
    }

    /// Endings without an alert make sentences too.
    #[test]
    fn endings_without_an_alert_make_a_sentence() {
        for ending in
            [Ending::AlertLikely, Ending::Reset, Ending::Closed, Ending::NotTls, Ending::Denied]
        {
            check(&did(ending, "The server", Some(Side::Server), Step::ClientHello));
            check(&did(ending, "The station", Some(Side::Client), Step::ServerFinished));
            if let Some(said) = did_in_name(ending, Side::Server, Step::ClientHello) {
                check(&said);
            }
        }
        let said = did(Ending::Silent, "The server", Some(Side::Server), Step::ClientHello);
        assert_eq!(said, "The server never answered");
        assert_eq!(because(Confidence::Possible, "x"), ", possibly because of x");
    }

    /// An event says what its own machine did, which may be no refusal of anybody.
    #[test]
    fn an_event_says_what_its_machine_did() {
        let record = windows::Record {
            provider: "Schannel".to_owned(),
            id: 36875,
            ..windows::Record::default()
        };
        let mut events = windows::Events::new();
        events.record(&record);
        let Some(windows::Told::Failure(sighting)) = events.told(logs::More::Over) else {
            panic!("36875 is a failure")
        };
        let findings = diagnosis::sighted(&sighting);
        let said = sighted_sentence(&Sighted { sighting: *sighting, findings });
        let did = "This client was asked for a client certificate and found none that fits, most";
        assert!(said.starts_with(did), "{said}");
    }
}
