//! Reads from a finished conversation over QUIC how it ended.

use alert::Side;
use wire::{HandshakeType, Time};

use crate::outcome::Outcome;
use crate::session::{Event, Message, Session};

/// What the packets told beyond the events.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Signs {
    /// The handshake was confirmed: by HANDSHAKE_DONE, or because both sides went on with data.
    pub(super) confirmed: bool,
    /// The client sent data: it took the server's certificate and Finished.
    pub(super) client_data: bool,
    /// The server sent data after the client had.
    pub(super) server_answered: bool,
    /// One packet was all that it sent, and that is short enough to be a close.
    pub(super) server_ended: bool,
    /// The client repeated what it had said.
    pub(super) repeated: bool,
}

/// Waiting longer than this, in nanoseconds, is no ordinary handshake: the first repetition comes
/// after a second at most (RFC 9002, 6.2.2).
const PATIENCE: i64 = 2_500_000_000;
/// How long, in nanoseconds, nobody says anything after a close; a client that goes on acknowledges
/// within 25 ms (RFC 9000, 18.2).
const QUIET: i64 = 1_000_000_000;

/// Reads the outcome; `now` is the end of the capture.
pub(super) fn outcome(session: &Session, signs: &Signs, now: Time) -> Outcome {
    if let Some(alert) = session.alerts().next() {
        return Outcome::Alert(alert.event);
    }
    if signs.confirmed {
        return Outcome::Established;
    }
    let mute = |side| session.stream(side).frames == 0;
    if mute(Side::Client) {
        return Outcome::OneSided(Side::Server);
    }
    // A client that goes on beyond its first flight was answered by somebody.
    let goes_on = signs.client_data || hidden(session, Side::Client).next().is_some();
    if mute(Side::Server) && goes_on {
        return Outcome::OneSided(Side::Client);
    }
    let close = session.events.iter().find(|event| matches!(event.message, Message::Close(_)));
    if let Some(close) = close {
        let in_vain = close.side == Side::Client && mute(Side::Server);
        return if in_vain { Outcome::GaveUp(Side::Client) } else { Outcome::Closed(close.side) };
    }
    // A client whose version the server does not speak ends the attempt without a word
    // (RFC 9000, 6.2): it is the server that refused.
    let refused = |event: &Event| matches!(event.message, Message::VersionNegotiation(_));
    if session.events.iter().rev().take_while(|event| !is_hello(event)).any(refused) {
        return Outcome::Closed(Side::Server);
    }
    // One packet alone may be a close as well as the end of a handshake. After a close nobody says
    // anything any more.
    let quiet = now.since(session.ended) >= QUIET;
    match hidden(session, Side::Server).last() {
        Some(index) if signs.server_ended && quiet => return Outcome::AlertLikely(index),
        _ if signs.server_ended => return Outcome::Truncated,
        _ if signs.server_answered => return Outcome::Established,
        _ => {}
    }
    // A client that has what it needs for its Finished, and says nothing but another Handshake
    // packet: it closes.
    let answered = hidden(session, Side::Server).next();
    if let (Some(index), Some(answer)) = (hidden(session, Side::Client).last(), answered)
        && index > answer
        && !signs.client_data
    {
        return Outcome::AlertLikely(index);
    }
    let Some(asked) = session.events.iter().find(|event| is_hello(event)) else {
        return Outcome::Truncated;
    };
    let last = |side: Side| session.stream(side).last_data.map_or(asked.time, |mark| mark.time);
    // Who is not answered repeats (RFC 9002, 6.2): a capture in which it does not is filtered, and
    // cannot show a silence.
    let waited =
        |side: Side| now.since(last(side)) >= PATIENCE && session.stream(side).retransmissions > 0;
    match (mute(Side::Server), last(Side::Client) >= last(Side::Server)) {
        // A client that gets no answer repeats itself within seconds: one packet and nothing more
        // is a capture that does not hold the rest.
        (true, _) if signs.repeated => Outcome::Silent(Side::Server),
        (true, _) => Outcome::Truncated,
        (false, true) if waited(Side::Client) => Outcome::Silent(Side::Server),
        (false, false) if waited(Side::Server) => Outcome::Silent(Side::Client),
        _ => Outcome::Truncated,
    }
}

/// The packets of a side whose content is hidden and that are no data: their positions.
fn hidden(session: &Session, side: Side) -> impl Iterator<Item = usize> {
    let events = session.events.iter().enumerate();
    let is = move |event: &Event| event.side == side && matches!(event.message, Message::Encrypted);
    events.filter(move |(_, event)| is(event)).map(|(index, _)| index)
}

fn is_hello(event: &Event) -> bool {
    let kind = HandshakeType::CLIENT_HELLO;
    matches!(event.message, Message::Handshake { kind: it, .. } if it == kind)
}
