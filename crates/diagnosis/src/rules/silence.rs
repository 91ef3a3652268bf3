//! A ClientHello that was never answered, and the signs of packets too large for the path.

use trace::{Outcome, Side, Stream};

use crate::Case;

impl Case<'_> {
    /// Whether the handshake stopped because one side waited in vain.
    pub(super) fn stalled(&self) -> bool {
        matches!(self.session.outcome, Outcome::Silent(_) | Outcome::GaveUp(_))
    }

    /// The side whose full-size segments do not get through: repeated and never acknowledged, or
    /// missing in front of later bytes.
    pub(super) fn too_large_for_the_path(&self) -> Option<Side> {
        if !self.stalled() {
            return None;
        }
        [Side::Server, Side::Client].into_iter().find(|side| {
            let stream = self.session.stream(*side);
            repeated(stream) || stream.lost >= u64::from(FULL_SIZE)
        })
    }
}

/// Whether full-size segments were repeated and still not acknowledged.
pub(super) fn repeated(stream: &Stream) -> bool {
    stream.retransmissions > 0
        && stream.largest_retransmitted >= FULL_SIZE
        && stream.unacknowledged >= u64::from(stream.largest_retransmitted)
}

/// Payload of a segment, in bytes, from which on it may be too large for a path: a tunnel that
/// carries 1280 bytes leaves 1220 to TCP over IPv6.
const FULL_SIZE: u32 = 1200;
