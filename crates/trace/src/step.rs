//! Where in the handshake something happened.

use alert::{Alert, Side};
use wire::{HandshakeType, ProtocolVersion};

use crate::carrier::Carrier;
use crate::outcome::Outcome;
use crate::session::{Event, Message, Session};

/// What the acting side had in hand when it acted: the step at which a handshake failed.
///
/// [`Step::phrase`] fits after "while": "the client ... while *reading the server's certificate*".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    /// Nothing of TLS had been said yet.
    Connect,
    /// The server had the ClientHello.
    ClientHello,
    /// The client had the ServerHello or a HelloRetryRequest.
    ServerHello,
    /// The client had the server's certificate.
    ServerCertificate,
    /// The client had the server's ephemeral key.
    ServerKeyExchange,
    /// The client had the request for its certificate.
    CertificateRequest,
    /// The server had the client's certificate, or its empty answer.
    ClientCertificate,
    /// The server had the client's key and its Finished.
    ClientFinished,
    /// The client had the server's Finished, or had sent its own and waited for it.
    ServerFinished,
    /// The handshake was complete.
    ApplicationData,
}

impl Step {
    /// Fits after "while".
    #[must_use]
    pub fn phrase(self) -> &'static str {
        match self {
            Self::Connect => "waiting for the other side to speak TLS",
            Self::ClientHello => "reading the ClientHello",
            Self::ServerHello => "reading the ServerHello",
            Self::ServerCertificate => "checking the server's certificate",
            Self::ServerKeyExchange => "checking the server's key exchange",
            Self::CertificateRequest => "answering the request for a client certificate",
            Self::ClientCertificate => "checking the client's certificate",
            Self::ClientFinished => "checking the client's Finished",
            Self::ServerFinished => "completing the handshake",
            Self::ApplicationData => "exchanging application data",
        }
    }

    /// Stable name for machines.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::ClientHello => "client_hello",
            Self::ServerHello => "server_hello",
            Self::ServerCertificate => "server_certificate",
            Self::ServerKeyExchange => "server_key_exchange",
            Self::CertificateRequest => "certificate_request",
            Self::ClientCertificate => "client_certificate",
            Self::ClientFinished => "client_finished",
            Self::ServerFinished => "server_finished",
            Self::ApplicationData => "application_data",
        }
    }
}

impl Session {
    /// What the side that acted at `event` had in hand; for `None`, what the side that the
    /// outcome names had at the end.
    #[must_use]
    pub fn step(&self, event: Option<usize>) -> Step {
        if self.outcome == Outcome::Denied && event.is_none() {
            return Step::ApplicationData;
        }
        let acting = match (event.and_then(|at| self.events.get(at)), self.outcome) {
            (Some(event), _) => event.side,
            (None, Outcome::Reset(side) | Outcome::Closed(side) | Outcome::GaveUp(side)) => side,
            (None, Outcome::Silent(side)) => side,
            (None, Outcome::Plaintext(side)) => side.other(),
            (None, _) => Side::Server,
        };
        // What arrived after a side had left played no part.
        let left = |event: &Event| {
            event.side == acting && matches!(event.message, Message::Fin | Message::Reset)
        };
        let end = event.or_else(|| self.events.iter().position(left));
        let end = end.unwrap_or(self.events.len());
        let alert = event.and_then(|at| match self.events.get(at)?.message {
            Message::Alert(message) => Some(message.alert),
            _ => None,
        });
        match acting {
            Side::Client => client_step(self, end, alert),
            Side::Server => server_step(self, end, alert),
        }
    }
}

/// What the client had from the server before the event at `end`.
fn client_step(session: &Session, end: usize, alert: Option<Alert>) -> Step {
    let had = |wanted: fn(&Message) -> bool| has(session, Side::Server, end, wanted);
    let finished = |side| {
        session.events.iter().take(end).any(|event| event.side == side && event.is_finished())
    };
    let tls13 = session.version().is_some_and(ProtocolVersion::is_tls13);
    let hidden =
        had(|m| matches!(m, Message::Encrypted) || is(m, HandshakeType::CERTIFICATE_VERIFY));
    let shown = had(|m| is(m, HandshakeType::CERTIFICATE));
    // In TLS 1.3 the client's Finished is the last word of the handshake; before it, the server's
    // certificate and Finished are one flight.
    if is_complete(session, end) || (tls13 && finished(Side::Client)) {
        return Step::ApplicationData;
    }
    if !tls13 && finished(Side::Server) {
        return if alert.is_some() { Step::ServerFinished } else { Step::ApplicationData };
    }
    // Up to TLS 1.2 a client sends its Finished only when all before it was to its taste.
    if !tls13 && alert.is_none() && finished(Side::Client) {
        return Step::ServerFinished;
    }
    let exchanged = had(|m| is(m, HandshakeType::SERVER_KEY_EXCHANGE));
    // With 40 a client refuses the key; with 51, where TLS 1.3 hides the key's signature, that.
    if exchanged && alert == Some(Alert::HANDSHAKE_FAILURE) {
        return Step::ServerKeyExchange;
    }
    if hidden && alert == Some(Alert::DECRYPT_ERROR) {
        return Step::ServerCertificate;
    }
    if (shown || hidden) && alert.is_none_or(concerns_certificate) {
        return Step::ServerCertificate;
    }
    if exchanged && alert.is_none_or(concerns_key) {
        return Step::ServerKeyExchange;
    }
    if had(|m| is(m, HandshakeType::SERVER_HELLO)) {
        return Step::ServerHello;
    }
    Step::Connect
}

/// What the server had from the client before the event at `end`.
fn server_step(session: &Session, end: usize, alert: Option<Alert>) -> Step {
    let had = |wanted: fn(&Message) -> bool| has(session, Side::Client, end, wanted);
    if is_complete(session, end) {
        return Step::ApplicationData;
    }
    if had(|m| is(m, HandshakeType::CERTIFICATE)) && alert.is_none_or(concerns_client) {
        return Step::ClientCertificate;
    }
    let hello = session.server_hello().map_or(usize::MAX, |seen| seen.event);
    let flight = session
        .events
        .iter()
        .take(end)
        .skip(hello)
        .any(|event| event.side == Side::Client && matches!(event.message, Message::Encrypted));
    if flight {
        return match alert {
            Some(alert) if !concerns_client(alert) => Step::ClientFinished,
            _ => Step::ClientCertificate,
        };
    }
    let finished = |m: &Message| {
        matches!(m, Message::EncryptedHandshake | Message::ChangeCipherSpec)
            || is(m, HandshakeType::FINISHED)
    };
    if had(finished) {
        return Step::ClientFinished;
    }
    let hello = |m: &Message| {
        is(m, HandshakeType::CLIENT_HELLO) || matches!(m, Message::Sslv2ClientHello(_))
    };
    if has(session, Side::Client, end, hello) { Step::ClientHello } else { Step::Connect }
}

/// Whether the events before the one at `end` show that the handshake was over, where records were
/// opened: data, or in TLS 1.3 a ticket, which a server gives to a client that it has heard out.
fn is_complete(session: &Session, end: usize) -> bool {
    // Over QUIC the server may send data before it has heard the client out, and it says when it has.
    if session.carrier == Carrier::Quic {
        let done = |event: &Event| matches!(event.message, Message::HandshakeDone);
        return session.events.iter().take(end).any(done);
    }
    let mut finished = false;
    session.opened.is_some_and(|opened| opened > 0)
        && session.events.iter().take(end).any(|event| {
            finished |= event.side == Side::Client && event.is_finished();
            let ticket = is(&event.message, HandshakeType::NEW_SESSION_TICKET)
                && event.opened
                && event.side == Side::Server;
            matches!(event.message, Message::ApplicationData) || (finished && ticket)
        })
}

fn has(session: &Session, side: Side, end: usize, wanted: impl Fn(&Message) -> bool) -> bool {
    session.events.iter().take(end).any(|event| event.side == side && wanted(&event.message))
}

fn is(message: &Message, wanted: HandshakeType) -> bool {
    matches!(message, Message::Handshake { kind, .. } if *kind == wanted)
}

/// Alerts that speak of a certificate.
fn concerns_certificate(alert: Alert) -> bool {
    use alert::Stage;
    let stages = alert.stages();
    stages.contains(&Stage::Certificate)
        && !matches!(alert, Alert::ILLEGAL_PARAMETER | Alert::DECODE_ERROR | Alert::INTERNAL_ERROR)
}

/// Alerts that may speak of the server's ephemeral key or its signature.
fn concerns_key(alert: Alert) -> bool {
    alert != Alert::PROTOCOL_VERSION && alert != Alert::UNSUPPORTED_EXTENSION
}

/// Alerts that may speak of the client's certificate, or of its absence.
fn concerns_client(alert: Alert) -> bool {
    concerns_certificate(alert)
        || matches!(
            alert,
            Alert::HANDSHAKE_FAILURE
                | Alert::CERTIFICATE_REQUIRED
                | Alert::ACCESS_DENIED
                | Alert::DECODE_ERROR
        )
}
