//! The connection ids of a conversation: whom its packets are for (RFC 9000, 5.1 and 7.2).

use alert::Side;
use wire::{QuicPacket, QuicPacketType};

/// A connection id, of 20 bytes at most (RFC 9000, 17.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Id {
    bytes: [u8; LONGEST],
    length: u8,
}

/// The ids that the handshake used. Those that are given out later are for data, which nobody reads.
#[derive(Debug, Default)]
pub(super) struct Ids {
    /// What the client made up for the server, after Retry what that gave: Initial keys follow from
    /// it.
    origin: Id,
    /// What was the origin before Retry.
    earlier: Id,
    /// What each side calls itself.
    own: [Option<Id>; 2],
}

const LONGEST: usize = 20;

impl Id {
    fn new(bytes: &[u8]) -> Self {
        let mut id = Self::default();
        for (place, byte) in id.bytes.iter_mut().zip(bytes) {
            *place = *byte;
            id.length += 1;
        }
        id
    }

    fn bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.length)).unwrap_or_default()
    }
}

impl Ids {
    /// The client's keys follow from this id now.
    pub(super) fn begin(&mut self, destination: &[u8]) {
        self.earlier = self.origin;
        self.origin = Id::new(destination);
    }

    /// The id that the Initial keys follow from.
    pub(super) fn origin(&self) -> &[u8] {
        self.origin.bytes()
    }

    /// Notes what the sender of a packet with a long header calls itself. After Retry a server may
    /// give itself another name.
    pub(super) fn meet(&mut self, side: Side, packet: &QuicPacket<'_>) {
        let own = self.own.get_mut(side as usize);
        if let Some(own) = own
            && (own.is_none() || packet.kind != QuicPacketType::Retry)
        {
            *own = Some(Id::new(packet.source));
        }
    }

    /// Bytes of the id in the short headers of packets to this side.
    pub(super) fn length_of(&self, side: Side) -> usize {
        let own = self.own.get(side as usize).copied().flatten();
        own.map_or(0, |id| usize::from(id.length))
    }

    /// Whether a packet may be for this side, as far as it has said what it calls itself.
    pub(super) fn may_be_for(&self, side: Side, packet: &QuicPacket<'_>) -> bool {
        let own = self.own.get(side as usize).and_then(Option::as_ref);
        own.is_none_or(|id| id.bytes() == packet.destination)
    }

    /// Whether this conversation has used an id.
    pub(super) fn is_known(&self, id: &[u8]) -> bool {
        let own = self.own.iter().flatten();
        own.chain([&self.origin, &self.earlier]).any(|known| known.bytes() == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An id that the handshake used is known, another is not, and a side's own id tells the length of
    /// what is sent to it.
    #[test]
    fn ids_are_remembered() {
        let mut ids = Ids::default();
        ids.begin(&[1; 8]);
        ids.begin(&[2; 8]);
        let bytes = [0xe0, 0, 0, 0, 1, 1, 9, 3, 7, 7, 7, 1, 0];
        ids.meet(Side::Server, &QuicPacket::read(&bytes).unwrap());
        assert_eq!((ids.origin(), ids.length_of(Side::Server)), (&[2; 8][..], 3));
        for known in [&[1; 8][..], &[2; 8], &[7; 3]] {
            assert!(ids.is_known(known));
        }
        assert!(!ids.is_known(&[9]) && ids.length_of(Side::Client) == 0);
    }
}
