//! Puts the handshake messages of one direction together from their fragments.
//!
//! A fragment names its message by number and says where in it it belongs, so they may come in any
//! order, overlap, and come again in other pieces (RFC 9147, 5.5). A message is told when its last
//! byte is there, and only once.

use wire::{DtlsFragmentHeader, HandshakeType};

use crate::stream::Mark;

/// The messages of one direction.
#[derive(Debug, Default)]
pub(super) struct Messages {
    /// Those that are not whole yet.
    waiting: Vec<Partial>,
    /// Those that were told, and where: positions among the events of the story.
    told: Vec<Told>,
}

/// A message of which some bytes are there.
#[derive(Debug)]
pub(super) struct Partial {
    pub(super) kind: HandshakeType,
    pub(super) length: u32,
    /// Which handshake of the conversation it belongs to, from 0.
    pub(super) round: u16,
    /// Its number within the handshake.
    pub(super) number: u16,
    /// From the first byte to the last that is there, with holes.
    bytes: Vec<u8>,
    /// What is there: where each run begins and ends, in order and apart from one another.
    runs: Vec<(u32, u32)>,
    /// Where the newest fragment was seen.
    pub(super) mark: Mark,
}

#[derive(Clone, Copy, Debug)]
struct Told {
    round: u16,
    number: u16,
    kind: HandshakeType,
    length: u32,
    event: Option<usize>,
}

/// What a fragment did.
#[derive(Debug)]
pub(super) enum Added {
    /// It completed its message.
    Whole(Partial),
    /// It brought bytes of a message that is not whole yet.
    Part,
    /// All of it was there already: sent again.
    Again,
    /// It began a message that is too long, or one more than can wait.
    TooMuch,
}

/// Bytes kept of one message; longer ones are told without their body. A certificate chain that
/// a server really sends fits well.
const MAX_MESSAGE: u32 = 64 << 10;
/// Messages that may wait for fragments: the longest flight of a handshake has seven.
const MAX_WAITING: usize = 12;
/// Bytes that all of them may keep before another begins: two chains. A few bytes that claim to be
/// the last of a long message cost the room of all of it.
const MAX_KEPT: usize = 2 * MAX_MESSAGE as usize;
/// Runs of bytes of one message that wait for what lies between them: a chain of 64 KiB in
/// fragments of 1 KiB of which each second one came late.
const MAX_RUNS: usize = 32;
/// Messages that are remembered as told: a handshake with a cookie and client certificate has
/// eight in one direction, and each that follows under a key log as many.
const MAX_TOLD: usize = 48;

impl Messages {
    /// Takes a fragment. `repeats` tells whether bytes repeat what was told at an event: a second
    /// message may have the number of the first where a server keeps no state before the cookie.
    pub(super) fn add(
        &mut self,
        round: u16,
        header: DtlsFragmentHeader,
        bytes: &[u8],
        mark: Mark,
        repeats: impl Fn(usize) -> bool,
    ) -> Added {
        let (number, kind) = (header.message, header.kind);
        let same = |told: &&Told| {
            (told.round, told.number) == (round, number)
                && told.kind == kind
                && told.length == header.length
                && told.event.is_none_or(&repeats)
        };
        if self.told.iter().any(|told| same(&told)) {
            return Added::Again;
        }
        let found = self.waiting.iter().position(|partial| {
            (partial.round, partial.number) == (round, number)
                && (partial.kind, partial.length) == (kind, header.length)
        });
        let at = match found {
            Some(at) => at,
            None if self.waiting.len() >= MAX_WAITING || self.told.len() >= MAX_TOLD => {
                return Added::TooMuch;
            }
            None if header.length > MAX_MESSAGE => {
                self.told.push(Told { round, number, kind, length: header.length, event: None });
                return Added::TooMuch;
            }
            None if self.kept() >= MAX_KEPT => return Added::TooMuch,
            None => {
                self.waiting.push(Partial {
                    kind,
                    length: header.length,
                    round,
                    number,
                    bytes: Vec::new(),
                    runs: Vec::new(),
                    mark,
                });
                self.waiting.len() - 1
            }
        };
        let Some(partial) = self.waiting.get_mut(at) else { return Added::TooMuch };
        let new = partial.put(header.offset, bytes);
        if new {
            partial.mark = mark;
        }
        if partial.is_whole() {
            return Added::Whole(self.waiting.swap_remove(at));
        }
        if new { Added::Part } else { Added::Again }
    }

    /// Remembers that a message was told, at which event if it was not one too many.
    pub(super) fn told(&mut self, message: &Partial, event: Option<usize>) {
        let &Partial { round, number, kind, length, .. } = message;
        self.told.push(Told { round, number, kind, length, event });
    }

    /// Whether some message of this handshake and number has been seen, in part at least.
    pub(super) fn knows(&self, round: u16, number: u16) -> bool {
        self.seen().any(|seen| seen == (round, number))
    }

    /// The lowest and the highest number seen in the first handshake.
    pub(super) fn numbers(&self) -> Option<(u16, u16)> {
        let numbers = || self.seen().filter(|(round, _)| *round == 0).map(|(_, number)| number);
        Some((numbers().min()?, numbers().max()?))
    }

    /// The handshakes and numbers of all messages seen.
    fn seen(&self) -> impl Iterator<Item = (u16, u16)> {
        let told = self.told.iter().map(|told| (told.round, told.number));
        told.chain(self.waiting.iter().map(|partial| (partial.round, partial.number)))
    }

    /// The messages that never became whole, in order.
    pub(super) fn rest(&mut self) -> Vec<Partial> {
        let mut rest = std::mem::take(&mut self.waiting);
        rest.sort_by_key(|partial| (partial.round, partial.number));
        rest
    }

    /// Bytes of messages that are not whole yet.
    pub(super) fn kept(&self) -> usize {
        self.waiting.iter().map(|partial| partial.bytes.capacity()).sum()
    }
}

impl Partial {
    /// Puts bytes where they belong. Returns whether some of them were new.
    fn put(&mut self, offset: u32, bytes: &[u8]) -> bool {
        let end = offset.saturating_add(bytes.len() as u32).min(self.length);
        let covered = self.runs.iter().any(|(from, to)| *from <= offset && end <= *to);
        let touches = self.runs.iter().any(|(from, to)| *from <= end && offset <= *to);
        let room = touches || self.runs.len() < MAX_RUNS;
        if covered || !room || (end == offset && self.length > 0) {
            return false;
        }
        if self.bytes.len() < end as usize {
            self.bytes.resize(end as usize, 0);
        }
        if let Some(place) = self.bytes.get_mut(offset as usize..end as usize) {
            place.copy_from_slice(bytes.get(..place.len()).unwrap_or_default());
        }
        let (mut from, mut to) = (offset, end);
        self.runs.retain(|(start, stop)| {
            let apart = *stop < from || to < *start;
            if !apart {
                (from, to) = (from.min(*start), to.max(*stop));
            }
            apart
        });
        let place = self.runs.partition_point(|(start, _)| *start < from);
        self.runs.insert(place, (from, to));
        true
    }

    fn is_whole(&self) -> bool {
        self.runs.first() == Some(&(0, self.length))
    }

    /// The bytes from the first one on, up to the first hole.
    pub(super) fn beginning(&self) -> &[u8] {
        match self.runs.first() {
            Some((0, end)) => self.bytes.get(..*end as usize).unwrap_or_default(),
            _ => &[],
        }
    }

    /// Bytes that never came.
    pub(super) fn missing(&self) -> u32 {
        let have: u32 = self.runs.iter().map(|(from, to)| to - from).sum();
        self.length.saturating_sub(have)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::Time;

    fn mark(frame: u64) -> Mark {
        Mark::at(frame, Time(0))
    }

    fn part(message: u16, length: u32, offset: u32, fragment: u32) -> DtlsFragmentHeader {
        let kind = HandshakeType::CERTIFICATE;
        DtlsFragmentHeader { kind, length, message, offset, fragment }
    }

    /// Fragments in any order, overlapping, make the message that was sent.
    #[test]
    fn fragments_in_any_order() {
        let body: Vec<u8> = (0..100).collect();
        let cuts = [(60, 100), (0, 10), (40, 70), (5, 30), (20, 45)];
        let mut messages = Messages::default();
        for (count, (from, to)) in cuts.into_iter().enumerate() {
            let header = part(3, 100, from, to - from);
            let bytes = &body[from as usize..to as usize];
            match messages.add(0, header, bytes, mark(count as u64), |_| true) {
                Added::Part => assert!(count < 4),
                Added::Whole(whole) => {
                    assert_eq!((count, whole.beginning(), whole.missing()), (4, &body[..], 0));
                    messages.told(&whole, Some(0));
                }
                other => panic!("{other:?}"),
            }
        }
        let again = messages.add(0, part(3, 100, 7, 9), &body[7..16], mark(9), |_| true);
        assert!(matches!(again, Added::Again));
        assert_eq!(messages.numbers(), Some((3, 3)));
    }

    /// A message without a body is whole at once.
    #[test]
    fn an_empty_message_is_whole() {
        let mut messages = Messages::default();
        let added = messages.add(0, part(1, 0, 0, 0), &[], mark(1), |_| true);
        assert!(matches!(added, Added::Whole(_)));
    }

    /// A liar who sends single bytes of ever new messages, or of one, fills a bounded place.
    #[test]
    fn what_waits_is_bounded() {
        let mut messages = Messages::default();
        for number in 0..1000 {
            messages.add(0, part(number, MAX_MESSAGE, 65_000, 1), &[7], mark(1), |_| true);
        }
        for offset in 0..40_000 {
            messages.add(0, part(0, MAX_MESSAGE, offset * 2, 1), &[7], mark(1), |_| true);
        }
        assert!(messages.kept() < MAX_KEPT + MAX_MESSAGE as usize);
        let too_long = messages.add(0, part(0, MAX_MESSAGE + 1, 0, 1), &[7], mark(1), |_| true);
        assert!(matches!(too_long, Added::TooMuch));
    }
}
