//! The CRYPTO stream of one encryption level, put in order (RFC 9000, 7.5 and 19.6).

use std::collections::BTreeMap;

use wire::{HANDSHAKE_HEADER, HandshakeHeader};

use crate::stream::Mark;

/// One direction of one encryption level: handshake messages in CRYPTO frames that come doubled, in
/// pieces and in any order.
#[derive(Debug, Default)]
pub(super) struct CryptoStream {
    /// Offset of the first byte that was not seen.
    next: u64,
    /// Bytes in order, of which the last message is not complete yet.
    partial: Vec<u8>,
    /// How many of them were taken off as messages.
    taken: usize,
    /// Where the message that is not complete begins.
    begun: Option<Mark>,
    /// What came last of the bytes in order.
    latest: Option<Mark>,
    /// Bytes behind a gap, by offset.
    early: BTreeMap<u64, (Mark, Box<[u8]>)>,
    /// How many those are.
    waiting: usize,
    /// A message longer than is kept, or more than may wait: nothing more is read.
    deaf: bool,
}

/// Bytes kept of one message, and bytes that wait behind a gap. A receiver need not take more than
/// 4096 of the latter (RFC 9000, 7.5); a chain with post-quantum signatures still fits the former.
const MAX_MESSAGE: usize = 64 << 10;
/// Pieces that wait behind a gap. Chromium cuts its ClientHello into dozens and shuffles them.
const MAX_PIECES: usize = 512;
/// What a piece that waits takes beside its bytes.
const PIECE: usize = 64;

impl CryptoStream {
    /// Takes the bytes of one frame; says whether any of them is new.
    pub(super) fn take(&mut self, offset: u64, data: &[u8], mark: Mark) -> bool {
        let end = offset.saturating_add(data.len() as u64);
        if self.deaf || data.is_empty() || end <= self.next {
            return false;
        }
        if offset > self.next {
            let known = self.early.get(&offset).is_some_and(|(_, it)| it.len() >= data.len());
            if known {
                return false;
            }
            if self.waiting + data.len() > MAX_MESSAGE || self.early.len() >= MAX_PIECES {
                self.deaf = true;
                return false;
            }
            self.waiting += data.len();
            if let Some((_, shorter)) = self.early.insert(offset, (mark, data.into())) {
                self.waiting -= shorter.len();
            }
            return true;
        }
        self.append(offset, data, mark);
        while let Some(piece) = self.early.first_entry() {
            if *piece.key() > self.next {
                break;
            }
            let (offset, (mark, piece)) = piece.remove_entry();
            self.waiting -= piece.len();
            self.append(offset, &piece, mark);
        }
        true
    }

    /// Takes the next whole message off: its header and its body.
    pub(super) fn message(&mut self) -> Option<(HandshakeHeader, Vec<u8>)> {
        let rest = self.partial.get(self.taken..).unwrap_or_default();
        let header = HandshakeHeader::read(rest);
        let end = HANDSHAKE_HEADER + header.map_or(0, |header| header.length as usize);
        let body = rest.get(HANDSHAKE_HEADER..end).map(<[u8]>::to_vec);
        if let (Some(header), Some(body), false) = (header, body, end > MAX_MESSAGE) {
            self.taken += end;
            return Some((header, body));
        }
        self.deaf |= end > MAX_MESSAGE;
        // What was taken off is given back once, and not for each message.
        if self.taken > 0 {
            self.partial = rest.to_vec();
            (self.taken, self.begun) = (0, self.latest);
        }
        None
    }

    /// What is there of a message whose rest never came: where it began, its header, and its body
    /// that far.
    pub(super) fn rest(&mut self) -> Option<(Mark, HandshakeHeader, Vec<u8>)> {
        let header = HandshakeHeader::read(&self.partial)?;
        let mut message = std::mem::take(&mut self.partial);
        message.drain(..HANDSHAKE_HEADER);
        Some((self.begun?, header, message))
    }

    /// Bytes that are missing in front of others that came, and where those came.
    pub(super) fn gap(&self) -> Option<(Mark, u64)> {
        let (first, (mark, _)) = self.early.first_key_value()?;
        Some((*mark, first - self.next))
    }

    /// Bytes kept of messages that are not complete.
    pub(super) fn kept(&self) -> usize {
        self.partial.capacity() + self.waiting + PIECE * self.early.len()
    }

    /// Whether the stream was given up.
    pub(super) fn is_deaf(&self) -> bool {
        self.deaf
    }

    /// Appends what is new of a piece that begins at or before the gap.
    fn append(&mut self, offset: u64, data: &[u8], mark: Mark) {
        let known = usize::try_from(self.next - offset).unwrap_or(usize::MAX);
        let new = data.get(known..).unwrap_or_default();
        self.next += new.len() as u64;
        let room = (2 * MAX_MESSAGE).saturating_sub(self.partial.len());
        self.deaf |= new.len() > room;
        if self.partial.is_empty() {
            self.begun = Some(mark);
        }
        self.latest = Some(mark);
        self.partial.extend_from_slice(new.get(..room).unwrap_or(new));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::{HandshakeType, Time};

    fn mark(frame: u64) -> Mark {
        Mark::at(frame, Time(0))
    }

    /// Whatever the cut and the order, doubled or overlapping, the same messages come out.
    #[test]
    fn pieces_come_in_any_order() {
        let whole = [1, 0, 0, 3, 7, 8, 9, 2, 0, 0, 1, 5];
        for size in 1..=whole.len() {
            let mut stream = CryptoStream::default();
            let pieces: Vec<_> = whole.chunks(size).enumerate().collect();
            for (at, piece) in pieces.iter().rev().chain(&pieces) {
                stream.take((at * size) as u64, piece, mark(1));
            }
            stream.take(1, &whole[1..], mark(1));
            let (first, body) = stream.message().unwrap();
            assert_eq!((first.kind, body), (HandshakeType::CLIENT_HELLO, vec![7, 8, 9]));
            let (second, body) = stream.message().unwrap();
            assert_eq!((second.kind, body), (HandshakeType::SERVER_HELLO, vec![5]));
            assert_eq!((stream.message(), stream.gap()), (None, None));
        }
    }

    /// A gap is named, and what is in front of it can be read.
    #[test]
    fn a_gap_is_named() {
        let mut stream = CryptoStream::default();
        assert!(stream.take(0, &[1, 0, 0, 9, 7], mark(1)));
        assert!(stream.take(8, &[1, 2], mark(2)));
        assert!(!stream.take(8, &[1, 2], mark(3)));
        assert_eq!((stream.message(), stream.gap()), (None, Some((mark(2), 3))));
        let (begun, _, rest) = stream.rest().unwrap();
        assert_eq!((begun, &rest[..]), (mark(1), &[7][..]));
    }

    /// As many messages as fit are taken off one by one, and nothing of them is kept; what follows
    /// them began where it came.
    #[test]
    fn what_was_taken_off_is_given_back() {
        let mut stream = CryptoStream::default();
        let mut many = [0, 0, 0, 0].repeat(MAX_MESSAGE / 4);
        many.extend([1, 0, 0, 9, 7]);
        stream.take(0, &many, mark(4));
        let count = std::iter::from_fn(|| stream.message()).count();
        assert_eq!((count, stream.partial.len()), (MAX_MESSAGE / 4, 5));
        assert!(stream.kept() < 64);
        assert_eq!(stream.rest().unwrap().0, mark(4));
    }

    /// What waits is bounded in bytes and in pieces, and so is a message.
    #[test]
    fn what_waits_is_bounded() {
        let mut stream = CryptoStream::default();
        for at in 0..1000 {
            stream.take(10 + 2 * at, &[1], mark(1));
        }
        assert!(stream.is_deaf() && stream.early.len() <= MAX_PIECES);
        let mut stream = CryptoStream::default();
        stream.take(1, &[1; MAX_MESSAGE + 1], mark(1));
        assert!(stream.is_deaf() && stream.waiting == 0);
        let mut stream = CryptoStream::default();
        stream.take(0, &[1, 0xff, 0xff, 0xff, 1], mark(1));
        assert_eq!(stream.message(), None);
        assert!(stream.is_deaf());
        assert!(!stream.take(u64::MAX, &[1], mark(1)));
    }
}
