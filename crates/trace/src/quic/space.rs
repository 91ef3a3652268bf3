//! One direction of one encryption level: its keys, its packet numbers and its CRYPTO stream
//! (RFC 9000, 12.3; RFC 9001, 2.1).

use wire::{OpenedPacket, QuicKeys, QuicPacket};

use super::crypto::CryptoStream;

/// An encryption level. Early data has none here: it is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    /// The hellos.
    Initial,
    /// The rest of the handshake.
    Handshake,
    /// Data, and the end of the connection.
    OneRtt,
}

impl Level {
    /// All of them, in the order of a handshake.
    pub(super) const ALL: [Self; 3] = [Self::Initial, Self::Handshake, Self::OneRtt];
}

/// What one side has sent at one level.
#[derive(Debug)]
pub(super) struct Space {
    keys: QuicKeys,
    /// The number behind the largest that was opened, 0 at first.
    expected: u64,
    /// The handshake messages.
    pub(super) stream: CryptoStream,
}

impl Space {
    /// A space with its keys.
    pub(super) fn new(keys: QuicKeys) -> Self {
        Self { keys, expected: 0, stream: CryptoStream::default() }
    }

    /// Whether any packet was opened.
    pub(super) fn was_opened(&self) -> bool {
        self.expected > 0
    }

    /// Opens a packet; `None` where the keys do not fit.
    pub(super) fn open(
        &mut self,
        packet: &QuicPacket<'_>,
        id_length: usize,
    ) -> Option<OpenedPacket> {
        let opened = self.keys.open(packet, id_length, self.expected)?;
        self.expected = self.expected.max(opened.number + 1);
        Some(opened)
    }
}
