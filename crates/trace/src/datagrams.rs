//! Finds the conversation of each UDP datagram.
//!
//! UDP says neither that a conversation begins nor that it ends. One begins with the first datagram
//! that a protocol known here would begin with, whatever the port; all others cost a look at their
//! first bytes and are forgotten. It ends when it has been silent for long, or when too many are
//! open.

use std::cmp::Reverse;
use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;

use alert::Side;
use foldhash::fast::RandomState;
use wire::{Datagram, KeyLog, Time, UserDatagram};

use crate::carrier::Carrier;
use crate::course::Course;
use crate::dtls::{Dtls, Heard};
use crate::ending;
use crate::key::Key;
use crate::openvpn::OpenVpn;
use crate::outcome::Outcome;
use crate::quic::Quic;
use crate::session::{Roles, Session, Transport};
use crate::story::Story;
use crate::stream::{Mark, Stream};
use crate::told::Told;

/// The open conversations over UDP.
#[derive(Debug, Default)]
pub(crate) struct Datagrams {
    places: HashMap<Key, Box<Exchange>, RandomState>,
    /// Conversations by their last sign of life as it was when they were put here, with some that
    /// have ended since.
    ages: VecDeque<Age>,
    /// Bytes of messages that they keep.
    kept: usize,
    /// Conversations that were open when the capture ended, the first at the end.
    #[expect(clippy::vec_box, reason = "they come boxed from the table and are not moved again")]
    last: Vec<Box<Exchange>>,
}

/// A conversation, and the frame of its last sign of life so far.
#[derive(Clone, Copy, Debug)]
struct Age {
    key: Key,
    number: u64,
    frame: u64,
}

/// Two sockets that speak.
#[derive(Debug)]
struct Exchange {
    number: u64,
    /// Bytes of messages that it keeps.
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

/// Conversations open at once; the one that has been silent longest is told early when there are
/// more.
const MAX_OPEN: usize = 16_384;
/// How long a conversation may be silent, in nanoseconds of the capture, before what follows is
/// another one: longer than any handshake waits (RFC 9147, 5.8.2: 60 seconds at most).
const SILENCE: i64 = 120_000_000_000;
/// Bytes of messages that all conversations together may keep; the one that has been silent longest
/// is told early when there are more. Some 10 000 with a chain each.
const MAX_KEPT: usize = 64 << 20;
/// Ends of conversations that are not worth a look through all that are remembered.
const FEW: usize = 1024;
/// Events of a usual handshake over QUIC with the first data: such conversations stay open until the
/// end of the capture, and most memory goes into them.
const USUAL_EVENTS: usize = 10;

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

    /// Bytes kept of what is not told yet.
    fn kept(&self) -> usize {
        match self {
            Self::Dtls(dtls) => dtls.kept(),
            Self::Quic(quic) => quic.kept(),
            Self::OpenVpn(talk) => talk.kept(),
        }
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
        if let Some(exchange) = self.places.get_mut(&key) {
            let silent = mark.time.since(exchange.alive.time) > SILENCE;
            if !silent && !exchange.talk.is_over(udp) {
                self.kept -= exchange.kept;
                exchange.datagram(source, udp, mark, told.keys);
                self.kept += exchange.kept;
                while self.kept > MAX_KEPT && self.evict(told) {}
                return;
            }
            // Nobody says anything more in it.
            let now = Time(exchange.last.time.0.saturating_add(SILENCE));
            self.tell(key, now, told);
        }
        let Some(talk) = Talk::begin(udp) else { return };
        while self.places.len() >= MAX_OPEN && self.evict(told) {}
        told.tally.conversations += 1;
        let mut exchange = Box::new(Exchange {
            number: told.tally.conversations,
            kept: 0,
            client: source,
            server: destination,
            ends: [Stream::default(), Stream::default()],
            story: Story::new(Roles::Guess).expecting(USUAL_EVENTS),
            talk,
            started: mark,
            last: mark,
            alive: mark,
        });
        exchange.datagram(source, udp, mark, told.keys);
        self.kept += exchange.kept;
        self.ages.push_back(Age { key, number: exchange.number, frame: mark.frame });
        self.places.insert(key, exchange);
        if self.ages.len() > 2 * self.places.len() + FEW {
            let places = &self.places;
            self.ages.retain(|age| is_open(places, age));
        }
        while self.kept > MAX_KEPT && self.evict(told) {}
    }

    /// The capture is over: every open conversation is to be told, the first at first.
    pub(crate) fn finish(&mut self) {
        self.last = self.places.drain().map(|(_, exchange)| exchange).collect();
        self.last.sort_unstable_by_key(|exchange| Reverse(exchange.number));
    }

    /// The next conversation that was open when the capture ended. One at a time, so that each takes
    /// the memory that the one before it gave back.
    pub(crate) fn ended(&mut self, now: Time) -> Option<Box<Session>> {
        Some(self.last.pop()?.finish(now))
    }

    /// Tells the conversation that has been silent longest. Returns whether there was one.
    fn evict(&mut self, told: &mut Told<'_>) -> bool {
        while let Some(age) = self.ages.pop_front() {
            let exchange = self.places.get(&age.key);
            let Some(exchange) = exchange.filter(|it| it.number == age.number) else { continue };
            let frame = exchange.alive.frame;
            if frame == age.frame {
                told.tally.evicted.unfinished += 1;
                self.tell(age.key, told.now, told);
                return true;
            }
            self.ages.push_back(Age { frame, ..age });
        }
        false
    }

    /// Ends a conversation; `now` is until when it was listened to.
    fn tell(&mut self, key: Key, now: Time, told: &mut Told<'_>) {
        if let Some(exchange) = self.places.remove(&key) {
            self.kept -= exchange.kept;
            told.done.push_back(exchange.finish(now));
        }
    }
}

/// Whether the conversation is the one that its sockets still have.
fn is_open(places: &HashMap<Key, Box<Exchange>, RandomState>, age: &Age) -> bool {
    places.get(&age.key).is_some_and(|exchange| exchange.number == age.number)
}

impl Exchange {
    fn datagram(&mut self, source: SocketAddr, udp: &UserDatagram<'_>, mark: Mark, keys: &KeyLog) {
        self.alive = mark;
        let side = if source == self.client { Side::Client } else { Side::Server };
        let heard = self.talk.datagram(side, udp, mark, keys, &mut self.story);
        self.kept = self.story.kept + self.talk.kept();
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
        assert!(datagrams.ages.len() <= 3 + FEW, "{}", datagrams.ages.len());
    }
}
