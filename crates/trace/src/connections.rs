//! Finds the conversation of each TCP segment.
//!
//! A connection begins with its SYN, or with the first payload if that was not captured. It ends when
//! both sides have closed, or one has torn it down, and a second has passed for what is still on the
//! way. Nothing else ends it, so that too many may be open, or keep too much: then the one is told
//! early that loses the least by it ([`Rank`]), and among its like the one that has been silent
//! longest.

use std::cmp::Reverse;
use std::collections::VecDeque;
use std::net::SocketAddr;

use alert::Side;
use wire::{Datagram, Segment, Time};

use crate::chains::Chains;
use crate::endpoint::Endpoint;
use crate::flow::Flow;
use crate::half_open::{HalfOpen, Knock};
use crate::key::Key;
use crate::lines::{Known, Lines};
use crate::session::{Roles, Session};
use crate::stream::{Mark, Refused};
use crate::table::Table;
use crate::tally::Rank;
use crate::told::Told;

/// The connections that are not told yet.
#[derive(Debug)]
pub(crate) struct Connections {
    table: Table<Connection>,
    lines: Lines<Found>,
    /// Those that have only begun.
    half_open: usize,
    /// Those that have said more.
    open: usize,
    /// Those that are over and wait for stragglers.
    closing: VecDeque<(u32, u64, Time)>,
    /// Those that were told: what still comes is a straggler, not a new conversation.
    buried: VecDeque<(u32, u64, Time)>,
    /// Bytes that all directions together may still keep waiting.
    room: i64,
    /// Those in which segments wait for others in front of them, the first at first, with some in
    /// which none does any more.
    waiting: VecDeque<Found>,
    /// Bytes that all of them take, but for what waits and what they share.
    kept: usize,
    chains: Chains,
    /// Those that were open when the capture ended, the first at the end.
    last: Vec<(Key, Connection)>,
}

/// One connection. Its number tells it from others that had the same place.
#[derive(Debug)]
struct Connection {
    number: u64,
    stand: Stand,
}

/// What there is of a connection.
#[derive(Debug)]
enum Stand {
    HalfOpen(HalfOpen),
    Open(Open),
    /// It was told.
    Gone,
}

/// A connection that has said something.
#[derive(Clone, Debug)]
struct Open {
    flow: Box<Flow>,
    /// Whether the second end of the key is taken for the client.
    turned: bool,
    rank: Rank,
    /// Whether it is among those in which segments wait.
    waits: bool,
}

/// Where a connection is found: its place, and what of its number tells it from others that had it.
type Found = (u32, u32);

/// Connections open at once that have said something, of 2 KiB each and their messages.
const MAX_OPEN: usize = 1 << 16;
/// Connections at once that have only begun, of some 100 bytes each. A flood pushes an honest one out
/// only if more than these come between its SYN and its ClientHello, which then begins it anew.
const MAX_HALF_OPEN: usize = 1 << 17;
/// Connections that wait for stragglers.
const MAX_CLOSING: usize = 4096;
/// How long a closed connection waits for stragglers, in nanoseconds of the capture: an alert may
/// pass a RST of the other side.
const STRAGGLERS: i64 = 1_000_000_000;
/// How long retransmissions into a closed connection are expected, in nanoseconds: TCP gives up
/// after about two minutes (RFC 9293, 3.8.3: at least 100 seconds).
const BURIED: i64 = 120_000_000_000;
/// Closed connections that are remembered.
const MAX_BURIED: usize = 16_384;
/// Bytes of early segments that all connections together may keep.
const MAX_ROOM: i64 = 32 << 20;
/// Bytes of it below which those who have waited longest wait no more, so that there is always room
/// for what is merely out of order: a gap that was not filled until then hardly ever is.
const LITTLE_ROOM: i64 = 4 << 20;
/// Entries that are not worth a look through those in which segments wait.
const FEW: usize = 1024;
/// Bytes that all connections together may take, with what they keep of messages: some 13 000 in the
/// middle of a handshake with a chain each, or 55 000 that have only said hello.
const MAX_KEPT: usize = 96 << 20;

impl Default for Connections {
    fn default() -> Self {
        Self {
            table: Table::default(),
            lines: Lines::default(),
            half_open: 0,
            open: 0,
            closing: VecDeque::new(),
            buried: VecDeque::new(),
            room: MAX_ROOM,
            waiting: VecDeque::new(),
            kept: 0,
            chains: Chains::default(),
            last: Vec::new(),
        }
    }
}

impl Connections {
    /// Takes the next segment of the capture.
    #[inline]
    pub(crate) fn take(
        &mut self,
        datagram: &Datagram<'_>,
        segment: &Segment<'_>,
        mark: Mark,
        told: &mut Told<'_>,
    ) {
        let source = (datagram.source, segment.source);
        let (key, turned) = Key::between(source, (datagram.destination, segment.destination));
        let sought = self.table.seek(&key);
        let Some(place) = sought.place else {
            if segment.length > 0 || segment.flags.syn() {
                let nothing = Connection { number: 0, stand: Stand::Gone };
                let place = self.table.insert(sought, &key, nothing);
                self.begin(place, turned, segment, mark, told);
            }
            return;
        };
        let Some(known) = self.table.get_mut(place) else { return };
        let opens = segment.flags.syn() && !segment.flags.ack();
        match &mut known.stand {
            Stand::Open(open) if !opens || !open.is_reused(turned, segment.sequence) => {
                self.go_on(place, turned, segment, mark, told);
            }
            Stand::HalfOpen(half) if !opens || !half.is_reused(turned, segment.sequence) => {
                let knock = Knock::of(segment, mark, turned);
                if !knock.is_some_and(|knock| half.add(knock)) {
                    self.speak(place, told);
                    self.go_on(place, turned, segment, mark, told);
                }
            }
            Stand::Gone if !segment.flags.syn() => told.tally.stragglers += 1,
            _ => {
                self.tell(place, told);
                self.begin(place, turned, segment, mark, told);
            }
        }
    }

    /// Takes note of what a router says of a segment that the first of these had sent to the second; it
    /// is no part of the conversation itself.
    #[cold]
    pub(crate) fn too_big(
        &mut self,
        (source, destination): (SocketAddr, SocketAddr),
        said: Refused,
        told: &mut Told<'_>,
    ) {
        let ends = ((source.ip(), source.port()), (destination.ip(), destination.port()));
        let (key, turned) = Key::between(ends.0, ends.1);
        let Some(place) = self.table.seek(&key).place else { return };
        self.speak(place, told);
        if let Some(Connection { stand: Stand::Open(open), .. }) = self.table.get_mut(place) {
            open.flow.too_big(open.side(turned), said);
        }
    }

    /// Tells the closed connections that have waited long enough.
    #[inline]
    pub(crate) fn let_go(&mut self, told: &mut Told<'_>) {
        while let Some(&(place, number, deadline)) = self.closing.front() {
            if deadline > told.now && self.closing.len() <= MAX_CLOSING {
                return;
            }
            self.closing.pop_front();
            if self.table.get(place).is_some_and(|known| known.number == number) {
                self.tell(place, told);
            }
        }
    }

    /// The closed connections that wait for stragglers, as they would be told now.
    pub(crate) fn closing(&self, now: Time) -> impl Iterator<Item = Box<Session>> {
        self.closing.iter().filter_map(move |&(place, number, _)| {
            let known = self.table.get(place).filter(|known| known.number == number)?;
            let open = match &known.stand {
                Stand::Open(open) => open.clone(),
                Stand::HalfOpen(half) => Open::from(half),
                Stand::Gone => return None,
            };
            // What it keeps waiting is kept by the connection itself.
            let mut room = self.room;
            Some(open.finish(number, &self.table.key(place)?, now, &mut room))
        })
    }

    /// The capture is over: every open connection is to be told, the first at first.
    pub(crate) fn finish(&mut self) {
        let room = self.room;
        let Self { mut table, .. } = std::mem::take(self);
        self.room = room;
        self.last = table.drain().filter(|(_, it)| !matches!(it.stand, Stand::Gone)).collect();
        self.last.sort_unstable_by_key(|(_, it)| Reverse(it.number));
    }

    /// The next connection that was open when the capture ended. One at a time, so that each takes the
    /// memory that the one before it gave back.
    pub(crate) fn ended(&mut self, now: Time) -> Option<Box<Session>> {
        let (key, it) = self.last.pop()?;
        let open = match it.stand {
            Stand::Open(open) => open,
            Stand::HalfOpen(half) => Open::from(&half),
            Stand::Gone => return None,
        };
        Some(open.finish(it.number, &key, now, &mut self.room))
    }

    /// Begins a connection with its first segment, at the place of one that was told.
    fn begin(
        &mut self,
        place: u32,
        turned: bool,
        segment: &Segment<'_>,
        mark: Mark,
        told: &mut Told<'_>,
    ) {
        told.tally.conversations += 1;
        let number = told.tally.conversations;
        let begun = Knock::of(segment, mark, turned);
        if begun.is_some() {
            while self.half_open >= MAX_HALF_OPEN && self.evict(&[Rank::HalfOpen], told) {}
            self.half_open += 1;
        } else {
            self.make_room(told);
        }
        let (stand, rank) = match begun {
            Some(knock) => (Stand::HalfOpen(HalfOpen::new(knock)), Rank::HalfOpen),
            None => (Stand::Open(Open::begin(segment, mark, turned)), Rank::Plain),
        };
        let Some(known) = self.table.get_mut(place) else { return };
        *known = Connection { number, stand };
        self.queue(rank, place, number, mark);
        if rank != Rank::HalfOpen {
            self.go_on(place, turned, segment, mark, told);
        }
    }

    /// A connection that is half open has more to say.
    fn speak(&mut self, place: u32, told: &mut Told<'_>) {
        let Some(known) = self.table.get(place) else { return };
        let Stand::HalfOpen(half) = &known.stand else { return };
        let (open, number, mark) = (Open::from(half), known.number, half.started());
        self.half_open -= 1;
        self.make_room(told);
        self.queue(open.rank, place, number, mark);
        if let Some(known) = self.table.get_mut(place) {
            known.stand = Stand::Open(open);
        }
    }

    /// Makes room for one more that has something to say, and counts it.
    fn make_room(&mut self, told: &mut Told<'_>) {
        while self.open >= MAX_OPEN && self.evict(&Rank::OF_OPEN, told) {}
        self.open += 1;
        self.kept += size_of::<Flow>();
    }

    /// Gives a segment to the connection that it belongs to.
    #[inline]
    fn go_on(
        &mut self,
        place: u32,
        turned: bool,
        segment: &Segment<'_>,
        mark: Mark,
        told: &mut Told<'_>,
    ) {
        let Some(Connection { stand: Stand::Open(open), .. }) = self.table.get_mut(place) else {
            return;
        };
        let side = open.side(turned);
        let flow = &mut *open.flow;
        if flow.asks(told.keys_added) && !told.keys.is_empty() {
            flow.ask(told.keys, told.keys_added);
        }
        let was_over = flow.is_over();
        if was_over {
            flow.later(side, segment, mark);
        }
        let kept = flow.kept;
        if flow.segment(side, segment, mark, &mut self.room) {
            return;
        }
        self.settle(place, was_over, kept, mark);
        while self.kept > MAX_KEPT && self.evict(&Rank::OF_OPEN, told) {}
        while self.room < LITTLE_ROOM && self.give_up() {}
    }

    /// Takes note of what has changed with a connection that was, or was not, over, and took so many
    /// bytes.
    fn settle(&mut self, place: u32, was_over: bool, kept: usize, mark: Mark) {
        let Some(Connection { number, stand: Stand::Open(open) }) = self.table.get_mut(place)
        else {
            return;
        };
        let (number, rank) = (*number, open.promoted());
        let flow = &mut *open.flow;
        if rank == Some(Rank::Settled) && !flow.is_over() {
            flow.share(&mut self.chains);
        }
        self.kept = self.kept - kept + flow.kept;
        if flow.is_over() && !was_over {
            let deadline = Time(mark.time.0.saturating_add(STRAGGLERS));
            self.closing.push_back((place, number, deadline));
        }
        if flow.is_waiting() && !open.waits {
            open.waits = true;
            self.waits(place, number);
        }
        if let Some(rank) = rank {
            self.queue(rank, place, number, mark);
        }
    }

    /// Takes note of a connection in which segments wait.
    #[cold]
    fn waits(&mut self, place: u32, number: u64) {
        if self.waiting.len() > 2 * self.open + FEW {
            self.waiting.retain(|at| known(&self.table, *at).is_some());
        }
        self.waiting.push_back((place, number as u32));
    }

    /// Lets the connection that waits longest for segments wait no more. Returns whether there was one.
    #[cold]
    fn give_up(&mut self) -> bool {
        let Some((place, number)) = self.waiting.pop_front() else { return false };
        let known = self.table.get_mut(place).filter(|it| it.number as u32 == number);
        if let Some(Connection { stand: Stand::Open(open), .. }) = known {
            open.waits = false;
            let flow = &mut *open.flow;
            let (was_over, kept, mark) = (flow.is_over(), flow.kept, flow.last());
            flow.give_up(&mut self.room);
            self.settle(place, was_over, kept, mark);
        }
        true
    }

    /// Puts a connection at the end of its line.
    fn queue(&mut self, rank: Rank, place: u32, number: u64, mark: Mark) {
        let Self { table, lines, half_open, open, .. } = self;
        let count = if rank == Rank::HalfOpen { *half_open } else { *open };
        lines.push((rank, mark.frame), (place, number as u32), count, |at| known(table, at));
    }

    /// Tells the connection early that has been silent longest among those of the first of these ranks
    /// that anything has. Returns whether there was one.
    #[cold]
    fn evict(&mut self, ranks: &[Rank], told: &mut Told<'_>) -> bool {
        let Self { table, lines, .. } = self;
        let Some((rank, (place, _))) = lines.next(ranks, |at| known(table, at)) else {
            return false;
        };
        told.tally.evicted.count(rank);
        self.tell(place, told);
        if rank == Rank::HalfOpen {
            // Nothing of it was told yet, and what comes is no straggler.
            self.table.remove(place);
        }
        true
    }

    /// Ends a connection.
    fn tell(&mut self, place: u32, told: &mut Told<'_>) {
        let Some(key) = self.table.key(place) else { return };
        let Some(known) = self.table.get_mut(place) else { return };
        let number = known.number;
        let open = match std::mem::replace(&mut known.stand, Stand::Gone) {
            Stand::Gone => return,
            Stand::HalfOpen(half) => {
                self.half_open -= 1;
                Open::from(&half)
            }
            Stand::Open(open) => {
                self.open -= 1;
                self.kept -= size_of::<Flow>() + open.flow.kept;
                open
            }
        };
        told.done.push_back(open.finish(number, &key, told.now, &mut self.room));
        self.buried.push_back((place, number, Time(told.now.0.saturating_add(BURIED))));
        self.forget(told.now);
    }

    /// Forgets the connections that were told long ago.
    fn forget(&mut self, now: Time) {
        while let Some(&(place, number, deadline)) = self.buried.front() {
            if deadline > now && self.buried.len() <= MAX_BURIED {
                return;
            }
            self.buried.pop_front();
            let known = self.table.get(place).filter(|known| known.number == number);
            if known.is_some_and(|known| matches!(known.stand, Stand::Gone)) {
                self.table.remove(place);
            }
        }
    }
}

impl Stand {
    /// How far it has come, and the frame of its last sign of life; of one that is half open, of its
    /// first. `None` if it was told.
    fn known(&self) -> Known {
        match self {
            Self::HalfOpen(half) => Some((Rank::HalfOpen, half.started().frame)),
            Self::Open(open) => Some((open.rank, open.flow.last().frame)),
            Self::Gone => None,
        }
    }
}

/// What is known of a connection, if it still has its place.
fn known(table: &Table<Connection>, (place, number): Found) -> Known {
    table.get(place).filter(|it| it.number as u32 == number)?.stand.known()
}

impl Open {
    /// A connection that begins with this segment. Without a SYN the lower port is taken for the
    /// server's.
    fn begin(segment: &Segment<'_>, mark: Mark, turned: bool) -> Self {
        let (roles, client) = match (segment.flags.syn(), segment.flags.ack()) {
            (true, false) => (Roles::Syn, turned),
            (true, true) => (Roles::Syn, !turned),
            _ => (Roles::Guess, turned != (segment.source < segment.destination)),
        };
        Self {
            flow: Box::new(Flow::new(roles, mark)),
            turned: client,
            rank: Rank::Plain,
            waits: false,
        }
    }

    /// Which side the sender of a segment is.
    #[inline]
    fn side(&self, turned: bool) -> Side {
        if turned == self.turned { Side::Client } else { Side::Server }
    }

    fn is_reused(&self, turned: bool, sequence: u32) -> bool {
        self.flow.is_reused(self.side(turned), sequence)
    }

    /// The rank that it has reached just now.
    #[inline]
    fn promoted(&mut self) -> Option<Rank> {
        let rank = self.flow.rank();
        (rank > self.rank).then(|| {
            self.rank = rank;
            rank
        })
    }

    fn finish(self, number: u64, key: &Key, now: Time, room: &mut i64) -> Box<Session> {
        let mut ends = key.ends();
        if self.turned {
            ends.reverse();
        }
        self.flow.finish(number, ends.map(Endpoint::from), now, room)
    }
}

impl From<&HalfOpen> for Open {
    fn from(half: &HalfOpen) -> Self {
        let mut flow = Box::new(Flow::new(Roles::Syn, half.started()));
        for (side, knock) in half.segments() {
            flow.knock(side, knock);
        }
        Self { flow, turned: half.turned(), rank: Rank::Plain, waits: false }
    }
}

#[cfg(test)]
mod tests;
