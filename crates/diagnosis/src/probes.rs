//! Clients that try a server out: handshake after handshake whose Finished does not decrypt.
//!
//! Whoever looks for Bleichenbacher's oracle sends a key that it did not encrypt as the RFC wants,
//! many times over, and watches how the server refuses each (RFC 5246, 7.4.7.1).

use std::collections::HashMap;

use alert::Side;
use foldhash::fast::RandomState;
use trace::{Host, Message, Outcome, Session};
use wire::{HandshakeType, KeyExchange, Time};

/// What was seen of all clients that failed like this.
#[derive(Debug, Default)]
pub(crate) struct Probes(HashMap<Host, Series, RandomState>);

/// The failed handshakes of one client.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Series {
    /// How many.
    pub(crate) count: u32,
    /// When the first began.
    pub(crate) first: Time,
    /// When the last began.
    pub(crate) last: Time,
}

/// Clients remembered; more of them at once are no scan from one place.
const MAX_CLIENTS: usize = 4096;

impl Probes {
    /// Takes note of a session.
    pub(crate) fn observe(&mut self, session: &Session) {
        if refused_key(session).is_none() {
            return;
        }
        let client = session.client.host();
        if self.0.len() >= MAX_CLIENTS && !self.0.contains_key(&client) {
            return;
        }
        let now = session.started;
        let series = self.0.entry(client).or_insert(Series { count: 0, first: now, last: now });
        series.count = series.count.saturating_add(1);
        series.first = series.first.min(now);
        series.last = series.last.max(now);
    }

    /// What was seen of one client.
    pub(crate) fn of(&self, client: Host) -> Option<Series> {
        self.0.get(&client).copied()
    }
}

/// The frame of the key that the client encrypted with RSA, where the server ended the handshake
/// over it or over what was made of it: by an alert in the clear, or without a word.
pub(crate) fn refused_key(session: &Session) -> Option<u64> {
    let by_server = match session.outcome {
        Outcome::Alert(index) => session.events.get(index)?.side == Side::Server,
        Outcome::Closed(side) | Outcome::Reset(side) => side == Side::Server,
        _ => false,
    };
    if !by_server || session.cipher_suite()?.key_exchange() != Some(KeyExchange::Rsa) {
        return None;
    }
    let answered =
        |m: &Message| matches!(m, Message::ChangeCipherSpec | Message::EncryptedHandshake);
    if session.events.iter().any(|event| event.side == Side::Server && answered(&event.message)) {
        return None;
    }
    // Who shows a certificate may be refused for that.
    let mut shown = session.handshakes(Side::Client, HandshakeType::CERTIFICATE);
    if shown.next().is_some() {
        return None;
    }
    let mut keys = session.handshakes(Side::Client, HandshakeType::CLIENT_KEY_EXCHANGE);
    keys.next().map(|seen| seen.frame)
}
