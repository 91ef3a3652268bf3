//! Reads from a finished conversation how it ended.

use alert::{Alert, Level, Side};
use wire::{CipherSuite, HandshakeType, ProtocolVersion, Time, encrypted_alert_length};

use crate::outcome::Outcome;
use crate::session::{Event, Message, Session};

/// Waiting longer than this for an answer is no ordinary handshake: it is a side that gave up, or
/// one that is silent. Longer than a round trip to anywhere with a retransmission.
const PATIENCE: i64 = 2_500_000_000;

/// Reads the outcome from everything else in a session; `now` is the end of the capture.
pub(crate) fn outcome(session: &Session, now: Time) -> Outcome {
    if let Some(index) = fatal_alert(session) {
        return Outcome::Alert(index);
    }
    let spoke = |side| session.spoke_tls(side);
    if !spoke(Side::Client) && !spoke(Side::Server) {
        return Outcome::NotTls;
    }
    for side in [Side::Client, Side::Server] {
        if session.stream(side).frames == 0 {
            return Outcome::OneSided(side.other());
        }
    }
    if let Some(side) = plaintext(session) {
        return Outcome::Plaintext(side);
    }
    if let Some(index) = likely_alert(session) {
        return Outcome::AlertLikely(index);
    }
    if is_established(session) {
        return Outcome::Established;
    }
    let hello = session.events.iter().find(|event| is_client_hello(event));
    let from_start = hello.is_some() && session.from_client.lost == 0;
    if !from_start {
        return Outcome::Truncated;
    }
    let asked = hello.map_or(session.started, |event| event.time);
    match session.events.iter().find(|e| matches!(e.message, Message::Fin | Message::Reset)) {
        Some(end) => ended_by(session, end, asked),
        None => unanswered(session, now),
    }
}

/// The first fatal alert that is not the consequence of something else.
fn fatal_alert(session: &Session) -> Option<usize> {
    let tls13 = session.version().is_some_and(ProtocolVersion::is_tls13);
    session.alerts().find_map(|seen| {
        let (side, message) = seen.what;
        let fatal = match message.alert {
            Alert::CLOSE_NOTIFY => false,
            // OpenSSL 3 answers a connection that ends without close_notify with 50: it says
            // nothing about why the peer left.
            Alert::DECODE_ERROR => !has_left(session, side.other(), seen.event),
            Alert::USER_CANCELED => message.level == Level::Fatal && !tls13,
            _ => tls13 || message.level == Level::Fatal,
        };
        fatal.then_some(seen.event)
    })
}

/// Whether a side had closed before the event at this position.
fn has_left(session: &Session, side: Side, before: usize) -> bool {
    let end = |event: &Event| matches!(event.message, Message::Fin | Message::Reset);
    session.events.iter().take(before).any(|event| event.side == side && end(event))
}

/// One side speaks TLS, the other answers in plaintext, or was addressed in it.
fn plaintext(session: &Session) -> Option<Side> {
    let spoke = |side| session.spoke_tls(side);
    if !spoke(Side::Client) && session.plaintext(Side::Client).is_some() {
        return Some(Side::Client);
    }
    if spoke(Side::Server) {
        return None;
    }
    let hello = session.events.iter().position(is_client_hello)?;
    let answered = session
        .events
        .iter()
        .skip(hello)
        .any(|e| e.side == Side::Server && matches!(e.message, Message::Plaintext(_)));
    // A server that greets first (SMTP, SSH) has spoken before the hello reached it: then it is
    // plaintext too, unless a dialogue such as STARTTLS came before.
    let greeted = session.plaintext(Side::Server).is_some();
    let dialogue = session.plaintext(Side::Client).is_some();
    (answered || (greeted && !dialogue)).then_some(Side::Server)
}

/// An encrypted record that can only be an alert, by its size and its place.
fn likely_alert(session: &Session) -> Option<usize> {
    if session.version().is_some_and(ProtocolVersion::is_tls13) {
        return likely_alert_13(session);
    }
    // Up to TLS 1.2 the record type is visible: an alert before the handshake is complete. Without
    // a hello it is the end of a conversation whose beginning was not captured.
    session.client_hello()?;
    let finished = is_established(session);
    let (index, _) = session
        .events
        .iter()
        .enumerate()
        .find(|(_, event)| matches!(event.message, Message::EncryptedAlert))?;
    (!finished).then_some(index)
}

/// TLS 1.3 hides the type; what remains is that no other record of the handshake is this short.
fn likely_alert_13(session: &Session) -> Option<usize> {
    let hello = session.server_hello()?;
    let sizes = Sizes::of(hello.what.cipher_suite)?;
    let encrypted = |side: Side| {
        let events = session.events.iter().enumerate().skip(hello.event);
        events.filter(move |(_, e)| e.side == side && matches!(e.message, Message::Encrypted))
    };
    // The client's first encrypted record should be a certificate or a Finished.
    let first_client = encrypted(Side::Client).next();
    if let Some((index, event)) = first_client
        && (event.length == sizes.alert || event.length == sizes.padded_alert())
    {
        return Some(index);
    }
    // A server that gives up inside its own flight: EncryptedExtensions comes first, and it is
    // never shorter than an alert, but may be as long as a padded one.
    let client_flight = first_client.map_or(usize::MAX, |(index, _)| index);
    let own_flight = encrypted(Side::Server).take_while(|(index, _)| *index < client_flight);
    let gave_up = own_flight.enumerate().find(|(place, (_, event))| {
        event.length == sizes.alert || (*place > 0 && event.length == sizes.padded_alert())
    });
    if let Some((_, (index, _))) = gave_up
        && !has_left(session, Side::Client, index)
    {
        return Some(index);
    }
    let (_, first) = first_client?;
    // The server's first record after the client's flight, when nothing follows it and the client
    // had not closed before.
    let pads = |side| !encrypted(side).any(|(_, event)| event.length == sizes.finished);
    let is_alert = |side, event: &Event| {
        event.length == sizes.alert || (pads(side) && event.length == sizes.padded_alert())
    };
    let mut after = encrypted(Side::Server).filter(|(index, _)| *index > client_flight);
    let (index, event) = after.next()?;
    // A close_notify may follow the alert, nothing else.
    if !is_alert(Side::Server, event) || after.any(|(_, event)| event.length != sizes.alert) {
        return None;
    }
    let client_last = encrypted(Side::Client).take_while(|(at, _)| *at < index).last();
    let client_closed = client_last
        .is_some_and(|(at, e)| at != client_flight && is_alert(Side::Client, e))
        || has_left(session, Side::Client, index);
    // After a fatal alert the server closes; an answer of two bytes is followed by a dialogue. Where
    // the client showed a certificate, an alert is so much likelier that its request may cross it.
    let plain = first.length == sizes.finished || first.length == sizes.finished + PADDING;
    let rest = session.events.get(index + 1..).unwrap_or_default();
    let next = rest.iter().find(|e| {
        matches!(e.message, Message::Fin | Message::Reset)
            || (e.side == Side::Client && matches!(e.message, Message::Encrypted))
    });
    let closes = !plain || next.is_some_and(|e| e.side == Side::Server);
    (closes && !client_closed).then_some(index)
}

/// Lengths of TLS 1.3 records, in bytes, by cipher suite.
struct Sizes {
    /// An alert: 2 bytes, the content type, and the tag.
    alert: u32,
    /// A Finished: 4 bytes of header, a hash, the content type, and the tag.
    finished: u32,
}

impl Sizes {
    fn of(suite: CipherSuite) -> Option<Self> {
        let alert = encrypted_alert_length(suite, ProtocolVersion::TLS_1_3, false)?;
        let alert = u32::from(alert);
        let hash = if suite.name()?.ends_with("SHA384") { 48 } else { 32 };
        Some(Self { alert, finished: (alert + 4 + hash).saturating_sub(2) })
    }

    fn padded_alert(&self) -> u32 {
        self.alert + PADDING
    }
}

/// JSSE pads each record by so many bytes.
const PADDING: u32 = 16;

/// The shortest encrypted Finished of TLS 1.3: 4 bytes of header, a SHA-256 hash, the content
/// type and a tag of 8 bytes.
const SHORTEST_FINISHED: u32 = 45;

/// Whether both sides completed the handshake.
fn is_established(session: &Session) -> bool {
    let has = |side: Side, wanted: fn(&Message) -> bool| {
        session.events.iter().any(|event| event.side == side && wanted(&event.message))
    };
    let data = |side| has(side, |m| matches!(m, Message::ApplicationData));
    if session.version().is_some_and(ProtocolVersion::is_tls13) {
        return is_established_13(session);
    }
    let finished = |side| {
        has(side, |m| matches!(m, Message::ChangeCipherSpec))
            && has(side, |m| matches!(m, Message::EncryptedHandshake))
    };
    (finished(Side::Client) && finished(Side::Server)) || (data(Side::Client) && data(Side::Server))
}

fn is_established_13(session: &Session) -> bool {
    let Some(hello) = session.server_hello() else { return false };
    let records = || {
        let events = session.events.iter().enumerate().skip(hello.event);
        events.filter(|(_, event)| matches!(event.message, Message::Encrypted))
    };
    let finished = records()
        .find(|(_, e)| e.side == Side::Client && e.length >= SHORTEST_FINISHED)
        .map(|(at, _)| at);
    let Some(finished) = finished else { return false };
    let server_flight = records().any(|(at, e)| at < finished && e.side == Side::Server);
    let answered = records().any(|(at, e)| at > finished && e.side == Side::Server);
    // A reset before the server said anything more is a refusal of the client's flight.
    let reset = session
        .events
        .iter()
        .any(|event| event.side == Side::Server && matches!(event.message, Message::Reset));
    let shown = server_flight || session.from_server.lost > 0;
    shown && (answered || !reset)
}

/// A side ended it before the handshake was complete.
fn ended_by(session: &Session, end: &Event, asked: Time) -> Outcome {
    let silent = !session.spoke_tls(Side::Server);
    let waited = end.time.since(asked) >= PATIENCE;
    if end.side == Side::Client && silent && waited {
        return Outcome::GaveUp(Side::Client);
    }
    if end.side == Side::Server && waited && !silent {
        // The server waited for a flight of the client that never came.
        let last_server = session.from_server.last_data.map_or(asked, |mark| mark.time);
        let last_client = session.from_client.last_data.map_or(asked, |mark| mark.time);
        if last_server > last_client && end.time.since(last_server) >= PATIENCE {
            return Outcome::GaveUp(Side::Server);
        }
    }
    match end.message {
        Message::Reset => Outcome::Reset(end.side),
        _ => Outcome::Closed(end.side),
    }
}

/// Nobody ended it: who is waiting for whom?
fn unanswered(session: &Session, now: Time) -> Outcome {
    let last = |side: Side| session.stream(side).last_data;
    let speaker = match (last(Side::Client), last(Side::Server)) {
        (Some(client), Some(server)) if server.frame > client.frame => Side::Server,
        (None, Some(_)) => Side::Server,
        _ => Side::Client,
    };
    let waiting_since = last(speaker).map_or(session.started, |mark| mark.time);
    let waited = now.since(waiting_since) >= PATIENCE;
    let stream = session.stream(speaker);
    if stream.hole > 0 {
        // Bytes that never arrived: this direction is the broken one.
        return Outcome::Silent(speaker);
    }
    let holds_all = stream.lost == 0 && session.stream(speaker.other()).lost == 0;
    if holds_all && (waited || stream.retransmissions > 0) {
        Outcome::Silent(speaker.other())
    } else {
        Outcome::Truncated
    }
}

fn is_client_hello(event: &Event) -> bool {
    match event.message {
        Message::Handshake { kind, .. } => kind == HandshakeType::CLIENT_HELLO,
        Message::Sslv2ClientHello(_) => true,
        _ => false,
    }
}
