//! A ClientHello that was never answered, and the signs of packets too large for the path.

use trace::{Outcome, Seen, Side, Stream};
use wire::{ClientHello, Time};

use crate::Case;

impl<'a> Case<'a> {
    /// The ClientHello, if the server never said a byte and did not leave either.
    pub(super) fn unanswered(&self) -> Option<Seen<ClientHello<'a>>> {
        let waiting = match self.session.outcome {
            Outcome::Silent(side) => side == Side::Server,
            Outcome::GaveUp(side) | Outcome::Closed(side) | Outcome::Reset(side) => {
                side == Side::Client
            }
            _ => false,
        };
        if self.access().is_some() {
            return None;
        }
        let mute = self.session.stream(Side::Server).bytes == 0;
        self.client_hello.filter(|_| waiting && mute)
    }

    /// The frame in which the other side repeated its flight, if this side has spoken over datagrams
    /// and then says no more: it may have refused in silence, as GnuTLS does and as RFC 6347,
    /// 4.1.2.7 wants it for a record that does not decrypt.
    pub(super) fn fell_silent(&self, side: Side) -> Option<u64> {
        let other = self.session.stream(side.other());
        let silent = self.is_dtls() && self.session.outcome == Outcome::Silent(side);
        let repeated = silent && self.session.spoke_tls(side) && other.retransmissions > 0;
        (repeated && other.hole == 0).then_some(other.first_retransmission)
    }

    /// How often, and over how long, a side sent its last flight over datagrams, in words.
    pub(super) fn persisted(&self, side: Side) -> String {
        let times = self.session.stream(side).retransmissions + 1;
        let since = self.session.stream(side).last_data.map_or(self.session.started, |it| it.time);
        let seconds = self.session.ended.since(since) / 1_000_000_000;
        format!("its last flight {times} times in {seconds} s")
    }

    /// How long the client waited from then on, in nanoseconds: until it left, or up to the end.
    pub(super) fn waited_since(&self, then: Time) -> i64 {
        let client = self.session.stream(Side::Client);
        let left = client.fin.or(client.reset).map_or(self.session.ended, |mark| mark.time);
        left.since(then)
    }
}

impl Case<'_> {
    /// The side whose full-size segments do not get through: repeated and never acknowledged, or
    /// missing in front of later bytes.
    pub(super) fn too_large_for_the_path(&self) -> Option<Side> {
        let unfinished = matches!(
            self.session.outcome,
            Outcome::Silent(_) | Outcome::GaveUp(_) | Outcome::Closed(_) | Outcome::Reset(_)
        );
        if !unfinished || self.access().is_some() {
            return None;
        }
        [Side::Server, Side::Client].into_iter().find(|side| {
            let stream = self.session.stream(*side);
            let waited = self.session.ended.since(self.session.started) >= PATIENCE;
            let lost = match self.is_dtls() {
                true => self.lost_in_flight(*side),
                false => repeated(stream) || stream.hole >= u64::from(FULL_SIZE),
            };
            waited && lost
        })
    }
}

impl Case<'_> {
    /// Over datagrams: the same part of a side's flight is missing each time it is sent again, or
    /// the other side goes on repeating what the flight answers.
    fn lost_in_flight(&self, side: Side) -> bool {
        let (stream, other) = (self.session.stream(side), self.session.stream(side.other()));
        let holes = stream.hole > 0 && stream.retransmissions > 0;
        let large = stream.retransmissions >= 2 && stream.largest_retransmitted >= FULL_SIZE;
        let unheard = self.session.outcome == Outcome::Silent(side.other());
        holes || (large && unheard && other.retransmissions >= 2)
    }
}

/// Whether full-size segments were repeated and still not acknowledged.
pub(super) fn repeated(stream: &Stream) -> bool {
    stream.retransmissions >= 2
        && stream.largest_retransmitted >= FULL_SIZE
        && stream.unacknowledged >= u64::from(stream.largest_retransmitted)
}

/// A wait in words: milliseconds below ten seconds.
pub(super) fn waited(milliseconds: i64, left: bool) -> String {
    let end = if left { "then the client left" } else { "up to the end of the capture" };
    match milliseconds.max(0) {
        ms @ 0..10_000 => format!("{ms} ms, {end}"),
        ms => format!("{} s, {end}", ms / 1000),
    }
}

/// A handshake that takes less, in nanoseconds, does not show that anything is missing.
const PATIENCE: i64 = 1_500_000_000;

/// Payload of a segment, in bytes, from which on it may be too large for a path: a tunnel that
/// carries 1280 bytes leaves 1220 to TCP over IPv6.
const FULL_SIZE: u32 = 1200;
