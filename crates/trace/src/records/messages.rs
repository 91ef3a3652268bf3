//! Cuts handshake messages and alerts out of what records hold, in the clear or opened.

use alert::Side;
use wire::{HANDSHAKE_HEADER, HandshakeHeader};

use crate::session::Message;
use crate::story::Story;
use crate::stream::Mark;

/// The messages of one direction.
#[derive(Clone, Debug)]
pub(super) struct Messages {
    /// A handshake message that is not complete yet.
    partial: Vec<u8>,
    alerts: alert::Decoder,
    /// Bytes of a handshake message that are stepped over because its start was lost or because
    /// it is too long.
    left: u32,
    /// A sealed record was lost: whether the next one begins inside of a message is not known.
    adrift: bool,
}

/// Bytes kept of one message; larger ones are cut, which is said. A certificate chain that a
/// server really sends fits well (the RFC's own bound is 2^24).
const MAX_MESSAGE: usize = 64 << 10;

impl Messages {
    pub(super) fn new() -> Self {
        let alerts = alert::Decoder::new(alert::Version::Tls12);
        Self { partial: Vec::new(), alerts, left: 0, adrift: false }
    }

    /// What is allocated for messages that are not complete yet.
    #[inline]
    pub(super) fn kept(&self) -> usize {
        self.partial.capacity()
    }

    /// Tells an alert record. `length` is that of its body on the wire.
    pub(super) fn alert(
        &mut self,
        side: Side,
        content: &[u8],
        length: u32,
        mark: Mark,
        story: &mut Story,
    ) {
        for message in self.alerts.record(content) {
            match message {
                Ok(message) => story.push(side, mark, length, Message::Alert(message)),
                Err(_) => story.oddity(side, mark, "an alert record of the wrong length"),
            }
        }
    }

    /// Cuts handshake messages out of the bodies of their records (RFC 9846, 5.1: a message may
    /// span records and a record may hold several). `false` where no message begins like this.
    pub(super) fn handshake(
        &mut self,
        side: Side,
        bytes: &[u8],
        mark: Mark,
        story: &mut Story,
    ) -> bool {
        let stepped = bytes.len().min(self.left as usize);
        self.left -= stepped as u32;
        let bytes = bytes.get(stepped..).unwrap_or_default();
        if self.partial.is_empty() {
            let Some(used) = self.messages(side, bytes, mark, story) else { return false };
            self.partial.extend_from_slice(bytes.get(used..).unwrap_or_default());
        } else {
            self.partial.extend_from_slice(bytes);
            let mut partial = std::mem::take(&mut self.partial);
            let Some(used) = self.messages(side, &partial, mark, story) else { return false };
            // Nothing is left, mostly; then what the message took is given back.
            if used < partial.len() {
                partial.drain(..used);
                self.partial = partial;
            }
        }
        true
    }

    /// The same for an opened record. Behind a loss it counts only if it holds whole messages.
    pub(super) fn opened(&mut self, side: Side, content: &[u8], mark: Mark, story: &mut Story) {
        if self.adrift && !is_whole(content) {
            return;
        }
        self.adrift = false;
        self.handshake(side, content, mark, story);
    }

    /// Tells the complete messages at the start of `bytes` and says how many bytes they took;
    /// `None` if they cannot be messages.
    fn messages(
        &mut self,
        side: Side,
        bytes: &[u8],
        mark: Mark,
        story: &mut Story,
    ) -> Option<usize> {
        let mut used = 0;
        loop {
            let rest = bytes.get(used..).unwrap_or_default();
            let Some(header) = HandshakeHeader::read(rest) else { return Some(used) };
            header.kind.name()?;
            let whole = HANDSHAKE_HEADER + header.length as usize;
            if let Some(message) = rest.get(..whole) {
                story.handshake(side, mark, header, message.get(HANDSHAKE_HEADER..));
                used += whole;
            } else if whole > MAX_MESSAGE && rest.len() >= MAX_MESSAGE {
                story.oddity(side, mark, "a handshake message of more than 64 KiB, cut");
                story.handshake(side, mark, header, rest.get(HANDSHAKE_HEADER..));
                self.left = (whole - rest.len()) as u32;
                return Some(bytes.len());
            } else {
                return Some(used);
            }
        }
    }

    /// So many bytes in the clear are missing: the message they belong to is told as far as it
    /// came. `rest` is what is still to come of the record.
    pub(super) fn lose(
        &mut self,
        side: Side,
        length: u64,
        rest: u32,
        mark: Mark,
        story: &mut Story,
    ) {
        match self.cut(side, mark, story) {
            Some(missing) => {
                self.left = u32::try_from(missing.saturating_sub(length)).unwrap_or(0);
            }
            // What is lost may hold the end of one message and the start of the next: the rest of
            // this record cannot be cut.
            None => self.left = if length > 0 { rest } else { 0 },
        }
    }

    /// A sealed record is missing, or stays closed: what is inside of it is not known.
    pub(super) fn lose_sealed(&mut self, side: Side, mark: Mark, story: &mut Story) {
        self.cut(side, mark, story);
        (self.left, self.adrift) = (0, true);
    }

    /// Tells the message that was begun, and says how many bytes of it are missing.
    fn cut(&mut self, side: Side, mark: Mark, story: &mut Story) -> Option<u64> {
        let partial = std::mem::take(&mut self.partial);
        let header = HandshakeHeader::read(&partial)?;
        let whole = HANDSHAKE_HEADER + header.length as usize;
        story.oddity(side, mark, "a handshake message of which the capture lacks a part");
        story.handshake(side, mark, header, partial.get(HANDSHAKE_HEADER..));
        Some(whole.saturating_sub(partial.len()) as u64)
    }

    /// The thread was lost and found again: what was begun is forgotten.
    pub(super) fn forget(&mut self) {
        self.partial.clear();
        self.left = 0;
    }
}

/// Whether these are whole handshake messages.
fn is_whole(mut bytes: &[u8]) -> bool {
    while let Some(header) = HandshakeHeader::read(bytes) {
        let whole = HANDSHAKE_HEADER + header.length as usize;
        match bytes.get(whole..) {
            Some(rest) if header.kind.name().is_some() => bytes = rest,
            _ => return false,
        }
    }
    bytes.is_empty()
}
