//! Puts one direction of a TCP connection in order.
//!
//! Segments that come early wait, within bounds; bytes that the capture lost become a gap with a
//! size. Bytes that nobody wants to read (the body of an application data record) wait as a length
//! only.

use crate::stream::Mark;

/// A stretch of one direction, in order.
pub(crate) enum Piece<'a> {
    /// Bytes as captured.
    Bytes(&'a [u8]),
    /// Bytes that were captured and that nobody wanted to read.
    Unread(u32),
    /// Bytes that the capture does not hold.
    Gap(u64),
}

/// What a segment turned out to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Arrival {
    /// It brought new bytes, or nothing at all.
    New,
    /// It brought only bytes that were seen before.
    Retransmission,
    /// A probe of one old byte that keeps the connection alive (RFC 9293, 3.8.4).
    KeepAlive,
    /// It came before its predecessors and waits.
    Early,
}

/// A TCP segment as this module needs it.
#[derive(Clone, Copy)]
pub(crate) struct Part<'a> {
    pub(crate) sequence: u32,
    pub(crate) bytes: &'a [u8],
    /// Bytes on the wire, more than `bytes` holds if the snapshot length cut it.
    pub(crate) length: u32,
    pub(crate) mark: Mark,
}

/// The order of one direction.
#[derive(Clone, Debug, Default)]
pub(crate) struct Order {
    next: u32,
    started: bool,
    strays: u8,
    waiting: Vec<Waiting>,
    waiting_bytes: usize,
}

#[derive(Clone, Debug)]
struct Waiting {
    sequence: u32,
    length: u32,
    /// Nobody wants the bytes: they were not kept.
    unread: bool,
    bytes: Box<[u8]>,
    mark: Mark,
}

impl Waiting {
    /// Bytes that it takes: tiny segments cost more than what they hold.
    fn cost(&self) -> i64 {
        (size_of::<Self>() + ALLOCATION + self.bytes.len()) as i64
    }
}

/// What an allocation takes beside its bytes, roughly.
const ALLOCATION: usize = 32;
/// Segments that may wait in one direction: more than any real reordering, and what a window of
/// lost and retransmitted bulk data needs.
const MAX_WAITING: usize = 512;
/// Bytes that may wait in one direction: two of the largest TLS flights that occur.
const MAX_WAITING_BYTES: usize = 256 << 10;
/// A capture that mixes its packets up does so by less than this, in nanoseconds.
const LATE: i64 = 10_000_000;
/// A segment further ahead than this belongs to something else: no TCP window is larger
/// (RFC 7323, 2.3).
const MAX_AHEAD: u32 = 1 << 30;
/// So many strays in a row, and the capture has missed more than a window: start again there.
const MAX_STRAYS: u8 = 8;

impl Order {
    /// Sets the first sequence number from a SYN.
    pub(crate) fn begin(&mut self, sequence: u32) {
        self.next = sequence;
        self.started = true;
    }

    /// Whether the start of this direction is known.
    pub(crate) fn started(&self) -> bool {
        self.started
    }

    /// The sequence number of the next byte.
    pub(crate) fn next(&self) -> u32 {
        self.next
    }

    /// Steps over a segment that comes in order, if nothing waits behind it.
    #[inline]
    pub(crate) fn step_over(&mut self, sequence: u32, length: u32) -> bool {
        let plain = self.started && sequence == self.next && self.waiting.is_empty();
        if plain {
            self.next = self.next.wrapping_add(length);
        }
        plain
    }

    /// Takes a segment and delivers what it puts in order. `unread` is the number of bytes from
    /// here on that nobody wants to read; `room` is what all directions together may still keep:
    /// below zero, nothing waits here any more.
    pub(crate) fn accept(
        &mut self,
        part: Part<'_>,
        unread: u64,
        room: &mut i64,
        mut deliver: impl FnMut(Piece<'_>, Mark),
    ) -> Arrival {
        if part.length == 0 {
            return Arrival::New;
        }
        if !self.started {
            self.begin(part.sequence);
        }
        let ahead = part.sequence.wrapping_sub(self.next);
        if ahead == 0 {
            self.strays = 0;
            self.hand_over(part, &mut deliver);
            self.release(room, &mut deliver);
            return Arrival::New;
        }
        if (ahead as i32) < 0 {
            let seen = self.next.wrapping_sub(part.sequence);
            if part.length <= seen {
                let probe = part.length == 1 && seen == 1;
                return if probe { Arrival::KeepAlive } else { Arrival::Retransmission };
            }
            self.hand_over(part.without(seen), &mut deliver);
            self.release(room, &mut deliver);
            return Arrival::New;
        }
        if ahead > MAX_AHEAD {
            self.strays += 1;
            if self.strays >= MAX_STRAYS {
                self.flush(room, &mut deliver);
                deliver(Piece::Gap(u64::from(MAX_AHEAD)), part.mark);
                self.begin(part.sequence);
                self.strays = 0;
                self.hand_over(part, &mut deliver);
            }
            return Arrival::Early;
        }
        self.wait(part, u64::from(ahead), unread, room);
        if *room < 0 {
            self.flush(room, &mut deliver);
        } else if self.waiting.len() > MAX_WAITING || self.waiting_bytes > MAX_WAITING_BYTES {
            self.skip_hole(&mut deliver);
            self.release(room, &mut deliver);
        }
        Arrival::Early
    }

    /// Whether early segments wait.
    #[inline]
    pub(crate) fn is_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Bytes missing in front of the first early segment, unless the other side acknowledged them.
    pub(crate) fn hole(&self, acknowledged: Option<u32>) -> u64 {
        let Some(first) = self.waiting.first() else { return 0 };
        let received =
            acknowledged.is_some_and(|number| (number.wrapping_sub(first.sequence) as i32) >= 0);
        if received { 0 } else { u64::from(first.sequence.wrapping_sub(self.next)) }
    }

    /// Stops waiting for bytes that were acknowledged although the capture does not show them,
    /// once it is clear that they do not merely come late.
    pub(crate) fn give_up(
        &mut self,
        acknowledged: u32,
        now: Mark,
        room: &mut i64,
        mut deliver: impl FnMut(Piece<'_>, Mark),
    ) {
        while let Some(first) = self.waiting.first() {
            let received = (acknowledged.wrapping_sub(first.sequence) as i32) >= 0;
            if !received || now.time.since(first.mark.time) < LATE {
                return;
            }
            self.skip_hole(&mut deliver);
            self.release(room, &mut deliver);
        }
    }

    /// Delivers everything that waits; what is missing in between becomes gaps.
    pub(crate) fn flush(&mut self, room: &mut i64, mut deliver: impl FnMut(Piece<'_>, Mark)) {
        while !self.waiting.is_empty() {
            self.skip_hole(&mut deliver);
            self.release(room, &mut deliver);
        }
        self.waiting = Vec::new();
    }

    /// Keeps an early segment in its place.
    fn wait(&mut self, part: Part<'_>, ahead: u64, unread: u64, room: &mut i64) {
        let wanted = ahead.saturating_add(u64::from(part.length)) > unread;
        let kept: Box<[u8]> = if wanted { part.bytes.into() } else { Box::default() };
        let distance = |sequence: u32| sequence.wrapping_sub(self.next);
        let at = self.waiting.partition_point(|w| distance(w.sequence) <= distance(part.sequence));
        if let Some(before) = at.checked_sub(1).and_then(|at| self.waiting.get_mut(at)) {
            let end = before.sequence.wrapping_add(before.length);
            if before.sequence == part.sequence && before.length >= part.length {
                return;
            }
            if !wanted && before.unread && end == part.sequence {
                before.length = before.length.saturating_add(part.length);
                return;
            }
        }
        self.waiting_bytes += kept.len();
        let (sequence, length, mark) = (part.sequence, part.length, part.mark);
        let waiting = Waiting { sequence, length, unread: !wanted, bytes: kept, mark };
        *room -= waiting.cost();
        self.waiting.insert(at, waiting);
    }

    /// Gives up on the bytes before the first waiting segment.
    fn skip_hole(&mut self, deliver: &mut impl FnMut(Piece<'_>, Mark)) {
        let Some(first) = self.waiting.first() else { return };
        let missing = first.sequence.wrapping_sub(self.next);
        if (missing as i32) > 0 {
            deliver(Piece::Gap(u64::from(missing)), first.mark);
            self.next = first.sequence;
        }
    }

    /// Delivers the waiting segments that are in order by now.
    fn release(&mut self, room: &mut i64, deliver: &mut impl FnMut(Piece<'_>, Mark)) {
        if self.waiting.is_empty() {
            return;
        }
        let ready = self
            .waiting
            .iter()
            .scan(self.next, |next, w| {
                let fits = (w.sequence.wrapping_sub(*next) as i32) <= 0;
                let end = w.sequence.wrapping_add(w.length);
                if fits && (end.wrapping_sub(*next) as i32) > 0 {
                    *next = end;
                }
                fits.then_some(())
            })
            .count();
        let ready: Vec<Waiting> = self.waiting.drain(..ready).collect();
        for waiting in ready {
            self.waiting_bytes -= waiting.bytes.len();
            *room += waiting.cost();
            let seen = self.next.wrapping_sub(waiting.sequence);
            let (sequence, length, mark) = (waiting.sequence, waiting.length, waiting.mark);
            if seen >= length {
                continue;
            }
            if waiting.unread {
                self.next = sequence.wrapping_add(length);
                deliver(Piece::Unread(length - seen), mark);
            } else {
                let part = Part { sequence, length, bytes: &waiting.bytes, mark };
                self.hand_over(part.without(seen), deliver);
            }
        }
    }

    /// Delivers a segment that is next.
    fn hand_over(&mut self, part: Part<'_>, deliver: &mut impl FnMut(Piece<'_>, Mark)) {
        self.next = part.sequence.wrapping_add(part.length);
        if !part.bytes.is_empty() {
            deliver(Piece::Bytes(part.bytes), part.mark);
        }
        let cut = u64::from(part.length).saturating_sub(part.bytes.len() as u64);
        if cut > 0 {
            deliver(Piece::Gap(cut), part.mark);
        }
    }
}

impl Part<'_> {
    /// Without its first `seen` bytes.
    fn without(self, seen: u32) -> Self {
        Part {
            sequence: self.sequence.wrapping_add(seen),
            bytes: self.bytes.get(seen as usize..).unwrap_or_default(),
            length: self.length.saturating_sub(seen),
            mark: self.mark,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::Time;

    fn mark(frame: u64) -> Mark {
        Mark::at(frame, Time(0))
    }

    /// Feeds `(sequence, bytes)` in the given order and writes gaps as `[n]`.
    fn order(start: u32, parts: &[(u32, &str)]) -> String {
        let mut order = Order::default();
        order.begin(start);
        let mut room = 1 << 20;
        let mut out = String::new();
        let mut write = |piece: Piece<'_>, _: Mark| match piece {
            Piece::Bytes(bytes) => out.push_str(std::str::from_utf8(bytes).unwrap()),
            Piece::Unread(length) => out.push_str(&".".repeat(length as usize)),
            Piece::Gap(length) => out.push_str(&format!("[{length}]")),
        };
        for (frame, (sequence, text)) in parts.iter().enumerate() {
            let (bytes, length) = (text.as_bytes(), text.len() as u32);
            let part = Part { sequence: *sequence, bytes, length, mark: mark(frame as u64) };
            order.accept(part, 0, &mut room, &mut write);
        }
        order.flush(&mut room, &mut write);
        assert_eq!(room, 1 << 20, "everything kept was given back");
        out
    }

    /// Disorder, overlap and retransmission all give the bytes once and in order.
    #[test]
    fn disorder_is_put_right() {
        assert_eq!(order(10, &[(10, "abc"), (13, "def")]), "abcdef");
        assert_eq!(order(10, &[(13, "def"), (10, "abc")]), "abcdef");
        assert_eq!(order(10, &[(10, "abc"), (10, "abc"), (11, "bcd"), (14, "ef")]), "abcdef");
        assert_eq!(
            order(10, &[(16, "g"), (13, "defg"), (12, "cd"), (10, "ab"), (17, "h")]),
            "abcdefgh"
        );
    }

    /// A sequence number that wraps around changes nothing.
    #[test]
    fn numbers_wrap() {
        assert_eq!(order(u32::MAX - 1, &[(1, "def"), (u32::MAX - 1, "abc")]), "abcdef");
    }

    /// What never came is a gap of the right size.
    #[test]
    fn losses_are_named() {
        assert_eq!(order(10, &[(10, "ab"), (15, "fg"), (20, "k")]), "ab[3]fg[3]k");
    }

    /// Unread bytes wait without being copied, and are not taken for lost ones.
    #[test]
    fn unread_bytes_are_not_kept() {
        let mut order = Order::default();
        order.begin(0);
        let (mut room, mut unread, mut read) = (1 << 20, 0, 0);
        let mut count = |piece: Piece<'_>, _: Mark| match piece {
            Piece::Unread(length) => unread += length,
            Piece::Bytes(bytes) => read += bytes.len(),
            Piece::Gap(_) => panic!("nothing was lost"),
        };
        let part = |sequence| Part { sequence, bytes: &[0; 100], length: 100, mark: mark(1) };
        order.accept(part(100), 1000, &mut room, &mut count);
        order.accept(part(200), 1000, &mut room, &mut count);
        assert_eq!((order.waiting_bytes, order.waiting.len()), (0, 1));
        order.accept(part(0), 1000, &mut room, &mut count);
        assert_eq!((unread, read, order.next, room), (200, 100, 300, 1 << 20));
    }

    /// When all directions together keep too much, one that would keep more waits for nothing, and
    /// gives back just what it took: tiny segments count with all that they cost.
    #[test]
    fn no_room_means_no_waiting() {
        let (mut one, mut other) = (Order::default(), Order::default());
        one.begin(0);
        other.begin(0);
        let mut room = 1000;
        let part =
            |index: u32| Part { sequence: 10 * index, bytes: b"x", length: 1, mark: mark(1) };
        for index in 1..10 {
            one.accept(part(index), 0, &mut room, |_, _| {});
        }
        for index in 1..400 {
            other.accept(part(index), 0, &mut room, |_, _| {});
            assert!(room >= 0);
        }
        one.flush(&mut room, |_, _| {});
        other.flush(&mut room, |_, _| {});
        assert_eq!(room, 1000);
    }

    /// A hole that is never filled does not hold more than the bound.
    #[test]
    fn waiting_is_bounded() {
        let mut order = Order::default();
        order.begin(0);
        let mut room = 64 << 20;
        for index in 0..5000_u32 {
            let part = Part {
                sequence: 10 + index * 2000,
                bytes: &[7; 1000],
                length: 1000,
                mark: mark(1),
            };
            order.accept(part, 0, &mut room, |_, _| {});
            assert!(order.waiting.len() <= MAX_WAITING + 1);
            assert!(order.waiting_bytes <= MAX_WAITING_BYTES + 1000);
        }
    }
}
