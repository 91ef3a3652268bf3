//! Finds the conversation of each UDP datagram.
//!
//! UDP says neither that a conversation begins nor that it ends. One begins with the first datagram
//! that a protocol known here would begin with, whatever the port; all others cost a look at their
//! first bytes and are forgotten. It ends when it has been silent for long, or when too many are
//! open, or keep too much, and it is the one that loses least.

use std::cmp::Reverse;
use std::net::SocketAddr;

use alert::Side;
use wire::{Datagram, KeyLog, Time, UserDatagram};

use crate::carrier::Carrier;
use crate::course::Course;
use crate::dtls::{Dtls, Heard};
use crate::ending;
use crate::key::Key;
use crate::lines::{Known, Lines};
use crate::openvpn::OpenVpn;
use crate::outcome::Outcome;
use crate::quic::Quic;
use crate::session::{Roles, Session, Transport};
use crate::story::Story;
use crate::stream::{Mark, Stream};
use crate::table::Table;
use crate::tally::Rank;
use crate::told::Told;

/// The open conversations over UDP.
#[derive(Debug, Default)]
pub(crate) struct Datagrams {
    table: Table<Box<Exchange>>,
    /// How many there are.
    open: usize,
    /// How many of them are half-open.
    half_open: usize,
    lines: Lines<Found>,
    /// Bytes that all of them take.
    kept: usize,
    /// Conversations that were open when the capture ended, the first at the end.
    #[expect(clippy::vec_box, reason = "they come boxed from the table and are not moved again")]
    last: Vec<Box<Exchange>>,
}

/// Where a conversation is found: its place, and what of its number tells it from others that had it.
type Found = (u32, u32);

/// Two sockets that speak.
#[derive(Debug)]
struct Exchange {
    number: u64,
    rank: Rank,
    /// Bytes that it takes.
    kept: usize,
    client: SocketAddr,
    server: SocketAddr,
    ends: [Stream; 2],
    story: Story,
    talk: Talk,
    started: Mark,
    last: Mark,
    /// The last datagram of all, also of what else the two sockets speak.
    alive: Mark,
}

/// What is spoken. Each knows where its own datagrams begin, and reads them.
#[derive(Debug)]
enum Talk {
    Dtls(Box<Dtls>),
    Quic(Box<Quic>),
    OpenVpn(Box<OpenVpn>),
}

/// Conversations open at once; when there are more, who loses least is told early, and among its like
/// who has been silent longest.
const MAX_OPEN: usize = 16_384;
/// How long a conversation may be silent, in nanoseconds of the capture, before what follows is
/// another one: longer than any handshake waits (RFC 9147, 5.8.2: 60 seconds at most).
const SILENCE: i64 = 120_000_000_000;
/// Bytes that all conversations together may take, with what they keep of messages. Some 8000 with a
/// chain each.
const MAX_KEPT: usize = 64 << 20;
/// Records of application data that a handshake of DTLS 1.3 may be hidden in: five messages of the
/// server, and three of the client (RFC 9147, 5).
const HANDSHAKE: u64 = 8;
/// Events of a first flight over QUIC, with the answer to it: such conversations stay open until the
/// end of the capture, and most memory goes into them.
const FIRST_EVENTS: usize = 10;

impl Talk {
    /// The protocol that a first datagram begins, if it is one.
    fn begin(udp: &UserDatagram<'_>) -> Option<Self> {
        if let Some(dtls) = Dtls::begin(udp.payload, udp.length) {
            return Some(Self::Dtls(Box::new(dtls)));
        }
        if Quic::begins(udp.payload) {
            return Some(Self::Quic(Box::default()));
        }
        OpenVpn::begin(udp.payload).map(|talk| Self::OpenVpn(Box::new(talk)))
    }

    fn carrier(&self) -> Carrier {
        match self {
            Self::Dtls(dtls) => dtls.carrier(),
            Self::Quic(_) => Carrier::Quic,
            Self::OpenVpn(_) => Carrier::OpenVpn,
        }
    }

    /// Whether a datagram begins another conversation between the same two sockets.
    fn is_over(&self, udp: &UserDatagram<'_>) -> bool {
        match self {
            Self::Dtls(dtls) => dtls.is_over(udp.payload, udp.length),
            Self::Quic(quic) => quic.begins_another(udp.payload),
            Self::OpenVpn(_) => false,
        }
    }

    /// Bytes that it takes.
    fn kept(&self) -> usize {
        match self {
            Self::Dtls(dtls) => size_of::<Dtls>() + dtls.kept(),
            Self::Quic(quic) => size_of::<Quic>() + quic.kept(),
            Self::OpenVpn(talk) => size_of::<OpenVpn>() + talk.kept(),
        }
    }

    /// Whether it is known that the handshake is done, otherwise than by the data that follows.
    fn is_settled(&self) -> bool {
        matches!(self, Self::Quic(quic) if quic.is_settled())
    }

    /// Takes the next datagram; `None` if it is none of this protocol.
    fn datagram(
        &mut self,
        side: Side,
        udp: &UserDatagram<'_>,
        mark: Mark,
        keys: &KeyLog,
        story: &mut Story,
    ) -> Option<Heard> {
        match self {
            Self::Dtls(dtls) => dtls.datagram(side, udp.payload, udp.length, mark, keys, story),
            Self::Quic(quic) => {
                quic.datagram(side, udp.payload, mark, keys, story);
                Some(Heard { new: true, ..Heard::default() })
            }
            Self::OpenVpn(talk) => {
                talk.datagram(side, udp.payload, mark, story);
                Some(Heard { new: true, ..Heard::default() })
            }
        }
    }

    /// The conversation is over: tells what was begun, and what is known of the two directions.
    fn finish(&mut self, story: &mut Story, ends: &mut [Stream; 2], last: Mark) {
        match self {
            Self::Dtls(dtls) => dtls.finish(story, ends),
            Self::OpenVpn(talk) => {
                talk.finish(last, story);
                tell_repeated(ends, |side| talk.repeated(side));
            }
            Self::Quic(quic) => {
                quic.finish(story);
                tell_repeated(ends, |side| quic.repeated(side));
            }
        }
    }

    /// Packets or records that a key log opened; `None` where it does not know the conversation.
    fn opened(&self, story: &Story) -> Option<u32> {
        match self {
            Self::Dtls(dtls) => dtls.opened(),
            Self::OpenVpn(_) => story.opened(),
            Self::Quic(quic) => quic.opened(),
        }
    }

    fn outcome(&self, session: &Session, now: Time) -> Outcome {
        match self {
            Self::Dtls(_) | Self::OpenVpn(_) => ending::outcome(session, now),
            Self::Quic(quic) => quic.outcome(session, now),
        }
    }
}

/// What each side sent again: how often, the frame of the first, and the largest.
fn tell_repeated(ends: &mut [Stream; 2], of: impl Fn(Side) -> (u32, u64, u32)) {
    for (end, side) in ends.iter_mut().zip([Side::Client, Side::Server]) {
        (end.retransmissions, end.first_retransmission, end.largest_retransmitted) = of(side);
    }
}

impl Datagrams {
    /// Takes the next datagram of the capture.
    pub(crate) fn take(
        &mut self,
        datagram: &Datagram<'_>,
        udp: &UserDatagram<'_>,
        mark: Mark,
        told: &mut Told<'_>,
    ) {
        let source = SocketAddr::new(datagram.source, udp.source);
        let destination = SocketAddr::new(datagram.destination, udp.destination);
        let key = Key::new(source, destination);
        if let Some(place) = self.table.seek(&key).place
            && let Some(exchange) = self.table.get_mut(place)
        {
            let silent = mark.time.since(exchange.alive.time) > SILENCE;
            if !silent && !exchange.talk.is_over(udp) {
                return self.go_on(place, source, udp, mark, told);
            }
            // Nobody says anything more in it.
            let now = Time(exchange.last.time.0.saturating_add(SILENCE));
            self.tell(place, now, told);
        }
        let Some(talk) = Talk::begin(udp) else { return };
        while self.open >= MAX_OPEN && self.evict(told) {}
        told.tally.conversations += 1;
        self.open += 1;
        self.half_open += 1;
        let exchange = Box::new(Exchange {
            number: told.tally.conversations,
            rank: Rank::HalfOpen,
            kept: 0,
            client: source,
            server: destination,
            ends: [Stream::default(), Stream::default()],
            story: Story::new(Roles::Guess).expecting(FIRST_EVENTS),
            talk,
            started: mark,
            last: mark,
            alive: mark,
        });
        let place = self.table.insert(self.table.seek(&key), &key, exchange);
        self.queue(place);
        self.go_on(place, source, udp, mark, told);
    }

    /// Gives a datagram to the conversation that it belongs to.
    fn go_on(
        &mut self,
        place: u32,
        source: SocketAddr,
        udp: &UserDatagram<'_>,
        mark: Mark,
        told: &mut Told<'_>,
    ) {
        let Some(exchange) = self.table.get_mut(place) else { return };
        self.kept -= exchange.kept;
        exchange.datagram(source, udp, mark, told.keys);
        self.kept += exchange.kept;
        let rank = exchange.rank();
        if rank > exchange.rank {
            self.half_open -= usize::from(exchange.rank == Rank::HalfOpen);
            exchange.rank = rank;
            self.queue(place);
        }
        while self.kept > MAX_KEPT && self.evict(told) {}
    }

    /// Puts a conversation at the end of its line.
    fn queue(&mut self, place: u32) {
        let Self { table, lines, open, .. } = self;
        let Some(it) = table.get(place) else { return };
        let found = (place, it.number as u32);
        lines.push((it.rank, it.alive.frame), found, *open, |at| known(table, at));
    }

    /// The capture is over: every open conversation is to be told, the first at first.
    pub(crate) fn finish(&mut self) {
        self.last = self.table.drain().map(|(_, exchange)| exchange).collect();
        self.last.sort_unstable_by_key(|exchange| Reverse(exchange.number));
    }

    /// The next conversation that was open when the capture ended. One at a time, so that each takes
    /// the memory that the one before it gave back.
    pub(crate) fn ended(&mut self, now: Time) -> Option<Box<Session>> {
        Some(self.last.pop()?.finish(now))
    }

    /// Tells a conversation early. Returns whether there was one.
    fn evict(&mut self, told: &mut Told<'_>) -> bool {
        let Self { table, lines, .. } = self;
        let ranks = Rank::in_order(self.half_open, self.open);
        let next = lines.next(&ranks, |at| known(table, at));
        let Some((rank, (place, _))) = next else { return false };
        told.tally.evicted.count(rank);
        self.tell(place, told.now, told);
        true
    }

    /// Ends a conversation; `now` is until when it was listened to.
    fn tell(&mut self, place: u32, now: Time, told: &mut Told<'_>) {
        if let Some((_, exchange)) = self.table.remove(place) {
            self.open -= 1;
            self.half_open -= usize::from(exchange.rank == Rank::HalfOpen);
            self.kept -= exchange.kept;
            told.done.push_back(exchange.finish(now));
        }
    }
}

/// What is known of a conversation, if it still has its place.
fn known(table: &Table<Box<Exchange>>, (place, number): Found) -> Known {
    let exchange = table.get(place).filter(|it| it.number as u32 == number)?;
    Some((exchange.rank, exchange.alive.frame))
}

impl Exchange {
    fn datagram(&mut self, source: SocketAddr, udp: &UserDatagram<'_>, mark: Mark, keys: &KeyLog) {
        self.alive = mark;
        let side = if source == self.client { Side::Client } else { Side::Server };
        let heard = self.talk.datagram(side, udp, mark, keys, &mut self.story);
        self.kept = size_of::<Self>() + self.story.footprint() + self.talk.kept();
        let Some(heard) = heard else { return };
        self.last = mark;
        let [client, server] = &mut self.ends;
        let end = if side == Side::Client { client } else { server };
        let size = u32::try_from(udp.length).unwrap_or(u32::MAX);
        end.frames = end.frames.saturating_add(1);
        end.plain.get_or_insert(mark);
        if heard.new {
            end.bytes += udp.length as u64;
            end.largest = end.largest.max(size);
            end.first_data.get_or_insert(mark);
            end.last_data = Some(mark);
        }
        if heard.again {
            end.largest_retransmitted = end.largest_retransmitted.max(size);
        }
        if heard.flight {
            end.retransmissions = end.retransmissions.saturating_add(1);
            if end.first_retransmission == 0 {
                end.first_retransmission = mark.frame;
            }
        }
    }

    /// How far it has come: who is not answered has only begun, and is what floods are made of.
    fn rank(&self) -> Rank {
        let data: u64 = self.story.application.iter().sum();
        if data > HANDSHAKE || self.talk.is_settled() {
            Rank::Settled
        } else if self.ends.iter().all(|end| end.frames > 0) {
            Rank::Unfinished
        } else {
            Rank::HalfOpen
        }
    }

    /// The conversation is over, or the capture: what it told.
    fn finish(mut self, now: Time) -> Box<Session> {
        self.talk.finish(&mut self.story, &mut self.ends, self.last);
        let opened = self.talk.opened(&self.story);
        let course = Course {
            number: self.number,
            ends: [self.client.into(), self.server.into()],
            streams: self.ends,
            started: self.started,
            last: self.last,
            transport: Transport::Udp,
        };
        let mut session = course.session(self.story);
        (session.carrier, session.opened) = (self.talk.carrier(), opened);
        session.outcome = self.talk.outcome(&session, now);
        session
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use super::*;
    use crate::tally::Tally;
    use wire::Link;

    /// The same two sockets begin again and again: what is remembered of the conversations that are
    /// over does not grow with their number.
    #[test]
    fn what_is_over_is_forgotten() {
        let body = [&[0xfe, 0xfd][..], &[7; 32], &[0, 0, 0, 2, 0xc0, 0x2b, 1, 0]].concat();
        let message = [&[1, 0, 0, 42, 0, 0, 0, 0, 0, 0, 0, 42][..], &body].concat();
        let hello = [&[22, 0xfe, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 54][..], &message].concat();
        let mut bytes = vec![0x45, 0, 0, 95, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2];
        bytes.extend([0x13, 0x88, 1, 0xbb, 0, 75, 0, 0]);
        bytes.extend(&hello);
        assert_eq!(bytes.len(), 95);
        let datagram = wire::datagram(Link::Raw, &bytes).unwrap();
        let udp = wire::user_datagram(&datagram).unwrap();
        let (mut datagrams, keys, mut done) =
            (Datagrams::default(), KeyLog::default(), VecDeque::new());
        let mut tally = Tally::default();
        for frame in 1..=3000 {
            let now = Time(frame as i64 * 2 * SILENCE);
            let (keys_added, tally, done) = (0, &mut tally, &mut done);
            let mut told = Told { now, keys: &keys, keys_added, tally, done };
            datagrams.take(&datagram, &udp, Mark::at(frame, now), &mut told);
        }
        assert_eq!((tally.conversations, tally.evicted.total(), done.len()), (3000, 0, 2999));
        assert!(datagrams.lines.len() <= 2_000, "{}", datagrams.lines.len());
    }
}
