//! Clients that try a server out: handshake after handshake whose Finished does not decrypt, or one
//! offer after the other.
//!
//! Whoever looks for Bleichenbacher's oracle sends a key that it did not encrypt as the RFC wants,
//! many times over, and watches how the server refuses each (RFC 5246, 7.4.7.1). Whoever wants to
//! know what a server takes offers every version, suite, group and signature algorithm by itself.

use std::collections::HashMap;

use alert::Side;
use foldhash::fast::RandomState;
use trace::{Endpoint, Host, Message, Outcome, Session, Transport};
use wire::{HandshakeType, KeyExchange, Time};

use crate::field::Fields;
use crate::glance::Glance;

/// What was seen of all clients that failed like this.
#[derive(Debug, Default)]
pub(crate) struct Probes {
    /// Clients whose keys were refused.
    keys: HashMap<Host, Series, RandomState>,
    /// What each client offered to each server in vain.
    trials: HashMap<(Host, Transport, Endpoint), Trial, RandomState>,
}

/// What one client offered to one server.
#[derive(Debug)]
struct Trial {
    series: Series,
    /// Different offers, as numbers, up to [`MANY_OFFERS`].
    offers: Vec<u64>,
}

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
/// Different offers, none of which led to a connection that was used, from which on one client is a
/// scanner: sslscan makes some fifty. Programs behind one address have ten or twenty together.
pub(crate) const MANY_OFFERS: usize = 32;
/// Failures of one client at one server that are no trial yet.
const FEW: u32 = 4;

impl Probes {
    /// Takes note of a session that failed, or was not used.
    pub(crate) fn observe(&mut self, glance: &Glance<'_>) {
        let session = glance.session;
        let client = session.client.host();
        if refused_key(session).is_some() && has_room(&self.keys, &client) {
            self.keys.entry(client).or_insert_with(|| Series::of(session)).add(session);
        }
        let pair = (client, session.transport, session.server);
        if has_room(&self.trials, &pair) {
            let new = || Trial { series: Series::of(session), offers: Vec::new() };
            let trial = self.trials.entry(pair).or_insert_with(new);
            trial.series.add(session);
            // Most clients fail a few times, and nobody need look at what they offer.
            if trial.series.count <= FEW || trial.offers.len() >= MANY_OFFERS {
                return;
            }
            let offer = Fields::of(glance).map(|fields| fields.trial());
            trial.offers.extend(offer.filter(|it| !trial.offers.contains(it)));
        }
    }

    /// How often keys of one client were refused.
    pub(crate) fn of(&self, client: Host) -> Option<Series> {
        self.keys.get(&client).copied()
    }

    /// How often the client of this session failed at its server, if it tried it out with many
    /// different offers.
    pub(crate) fn trial(&self, session: &Session) -> Option<Series> {
        let pair = (session.client.host(), session.transport, session.server);
        let trial = self.trials.get(&pair)?;
        (trial.offers.len() >= MANY_OFFERS).then_some(trial.series)
    }
}

impl Series {
    fn of(session: &Session) -> Self {
        Self { count: 0, first: session.started, last: session.started }
    }

    fn add(&mut self, session: &Session) {
        self.count = self.count.saturating_add(1);
        self.first = self.first.min(session.started);
        self.last = self.last.max(session.started);
    }

    /// The time between the first and the last, in nanoseconds.
    pub(crate) fn span(&self) -> i64 {
        self.last.since(self.first).max(0)
    }
}

/// Whether somebody is known already, or may still be remembered.
fn has_room<K: Eq + std::hash::Hash, V>(all: &HashMap<K, V, RandomState>, key: &K) -> bool {
    all.len() < MAX_CLIENTS || all.contains_key(key)
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
