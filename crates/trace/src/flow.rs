//! One TCP conversation: two directions and the story they tell together.

use alert::Side;
use wire::{KeyLog, Segment, Time};

use crate::chains::Chains;
use crate::course::Course;
use crate::ending;
use crate::endpoint::Endpoint;
use crate::half_open::Knock;
use crate::reassembly::{Arrival, Order, Part, Piece};
use crate::records::Records;
use crate::session::{Message, Roles, Session, Transport};
use crate::story::Story;
use crate::stream::{Mark, Refused, Stream, Teardown};
use crate::tally::Rank;

/// A conversation that is not over yet.
#[derive(Clone, Debug)]
pub(crate) struct Flow {
    /// Bytes that it keeps beside itself, but for those that wait.
    pub(crate) kept: usize,
    over: bool,
    ends: [End; 2],
    story: Story,
    /// The state of the key log that was asked last.
    asked: u32,
    started: Mark,
    last: Mark,
}

/// Records of application data that a handshake of TLS 1.3 may be hidden in: five messages of the
/// server, and three of the client (RFC 9846, 2).
const HANDSHAKE: u64 = 8;
/// No state of the key log.
const NEVER: u32 = u32::MAX;

/// One direction.
#[derive(Clone, Debug)]
struct End {
    order: Order,
    records: Records,
    stream: Stream,
    /// Sequence number of the SYN.
    syn: Option<u32>,
    /// The highest byte that the other side acknowledged.
    acknowledged: Option<u32>,
    /// A FIN that came before its predecessors.
    fin: Option<(u32, Mark)>,
}

impl Flow {
    /// A conversation that begins with this segment.
    pub(crate) fn new(roles: Roles, mark: Mark) -> Self {
        let ends = [End::new(), End::new()];
        let story = Story::new(roles);
        Self { kept: 0, over: false, ends, story, asked: NEVER, started: mark, last: mark }
    }

    /// Whether a SYN with this number begins another conversation between the same ports.
    pub(crate) fn is_reused(&self, side: Side, sequence: u32) -> bool {
        let [client, server] = &self.ends;
        let end = if side == Side::Client { client } else { server };
        match end.syn {
            Some(syn) => syn != sequence,
            None => end.stream.frames > 0,
        }
    }

    /// Whether both sides have closed, or one has torn the connection down.
    #[inline]
    pub(crate) fn is_over(&self) -> bool {
        self.over
    }

    /// Whether it has not asked this state of the key log.
    #[inline]
    pub(crate) fn asks(&self, state: u32) -> bool {
        self.asked != state
    }

    /// Asks the key log, which is in this state, for its secrets.
    #[cold]
    pub(crate) fn ask(&mut self, log: &KeyLog, state: u32) {
        self.asked = state;
        self.story.learn(log);
    }

    /// The place of its last segment.
    pub(crate) fn last(&self) -> Mark {
        self.last
    }

    /// Whether segments wait for others in front of them.
    #[inline]
    pub(crate) fn is_waiting(&self) -> bool {
        let [client, server] = &self.ends;
        client.order.is_waiting() || server.order.is_waiting()
    }

    /// Waits no more for what is missing in front of segments that came.
    #[cold]
    pub(crate) fn give_up(&mut self, room: &mut i64) {
        for (side, end) in [Side::Client, Side::Server].into_iter().zip(&mut self.ends) {
            let End { order, records, stream, .. } = end;
            let story = &mut self.story;
            order.flush(room, |piece, mark| deliver(piece, mark, side, records, stream, story));
            end.settle_fin(side, &mut self.story);
        }
        self.settle();
    }

    /// How far it has come, for all that can be seen now: what was seen before stays.
    #[inline]
    pub(crate) fn rank(&self) -> Rank {
        let [client, server] = &self.ends;
        let data: u64 = self.story.application.iter().sum();
        if self.over || data > HANDSHAKE || (client.records.is_deaf() && server.records.is_deaf()) {
            Rank::Settled
        } else if client.records.is_tls() || server.records.is_tls() {
            Rank::Unfinished
        } else {
            Rank::Plain
        }
    }

    /// Takes the next segment of this conversation. Returns whether it changed nothing but counts and
    /// places: bulk data, and what acknowledges it.
    #[inline]
    pub(crate) fn segment(
        &mut self,
        side: Side,
        segment: &Segment<'_>,
        mark: Mark,
        room: &mut i64,
    ) -> bool {
        self.last = mark;
        let [client, server] = &mut self.ends;
        let (end, other) = if side == Side::Client { (client, server) } else { (server, client) };
        end.stream.frames = end.stream.frames.saturating_add(1);
        let mut plain = true;
        if segment.flags.ack() && other.acknowledge(segment.acknowledgement) {
            other.give_up_lost(side.other(), mark, room, &mut self.story);
            plain = false;
        }
        let length = segment.length as u32;
        if segment.flags.0 & (FIN | SYN | RST) == 0 {
            if end.stream.plain.is_none() {
                end.stream.plain = Some(mark);
            }
            if length == 0 {
                if !plain {
                    self.settle();
                }
                return plain;
            }
            // Bulk data inside a known record: arithmetic, and nothing is touched.
            if end.records.unread() >= u64::from(length)
                && end.order.step_over(segment.sequence, length)
            {
                end.records.step_over(length);
                end.stream.bytes += u64::from(length);
                end.stream.last_data = Some(mark);
                if !plain {
                    self.settle();
                }
                return plain;
            }
        }
        end.accept(side, segment, mark, room, &mut self.story);
        self.settle();
        false
    }

    /// Shares its chains of certificates with others that are open.
    #[cold]
    pub(crate) fn share(&mut self, chains: &mut Chains) {
        self.story.share(chains);
        self.settle();
    }

    /// Takes note of what it keeps, and whether it is over, after something was told.
    fn settle(&mut self) {
        if self.story.asks() {
            self.asked = NEVER;
        }
        let [client, server] = &self.ends;
        self.kept = self.story.footprint() + client.records.kept() + server.records.kept();
        self.over = client.stream.reset.is_some()
            || server.stream.reset.is_some()
            || (client.stream.fin.is_some() && server.stream.fin.is_some());
    }

    /// Takes a segment that was kept while there was nothing more.
    pub(crate) fn knock(&mut self, side: Side, knock: &Knock) {
        self.last = knock.mark;
        let [client, server] = &mut self.ends;
        let (end, other) = if side == Side::Client { (client, server) } else { (server, client) };
        end.stream.frames = end.stream.frames.saturating_add(1);
        if knock.ack {
            other.acknowledge(knock.acknowledgement);
        }
        if knock.syn {
            end.synchronize(knock.sequence, knock.mss, knock.mark);
        } else {
            end.stream.plain.get_or_insert(knock.mark);
        }
    }

    /// Takes note of what a side sends after it has torn the conversation down: its own TCP would
    /// send nothing.
    #[cold]
    pub(crate) fn later(&mut self, side: Side, segment: &Segment<'_>, mark: Mark) {
        if let Some(teardown) = &mut self.end(side).stream.teardown {
            teardown.later(segment, mark);
        }
    }

    /// Takes note of what a router says of a datagram that `side` had sent. The smallest size
    /// counts: it is that of the narrowest link.
    #[cold]
    pub(crate) fn too_big(&mut self, side: Side, refused: Refused) {
        let known = &mut self.end(side).stream.too_big;
        if known.as_ref().is_none_or(|known| refused.mtu < known.mtu) {
            *known = Some(Box::new(refused));
        }
    }

    fn end(&mut self, side: Side) -> &mut End {
        let [client, server] = &mut self.ends;
        if side == Side::Client { client } else { server }
    }

    /// The conversation with this number between these two, the one taken for the client first, is
    /// over, or the capture: what it told. `now` is the time of the capture's last packet so far.
    pub(crate) fn finish(
        mut self: Box<Self>,
        number: u64,
        ends: [Endpoint; 2],
        now: Time,
        room: &mut i64,
    ) -> Box<Session> {
        for (side, end) in [Side::Client, Side::Server].into_iter().zip(&mut self.ends) {
            end.finish(side, self.last, room, &mut self.story);
        }
        let course = Course {
            number,
            ends,
            streams: self.ends.map(|end| end.stream),
            started: self.started,
            last: self.last,
            transport: Transport::Tcp,
        };
        let mut session = course.session(self.story);
        session.recognise();
        session.outcome = ending::outcome(&session, now);
        session
    }
}

impl End {
    fn new() -> Self {
        Self {
            order: Order::default(),
            records: Records::new(),
            stream: Stream::default(),
            syn: None,
            acknowledged: None,
            fin: None,
        }
    }

    /// The other side has everything before this number. Returns whether early segments wait.
    #[inline]
    fn acknowledge(&mut self, number: u32) -> bool {
        let newer = self.acknowledged.is_none_or(|known| (number.wrapping_sub(known) as i32) > 0);
        if newer {
            self.acknowledged = Some(number);
        }
        self.order.is_waiting()
    }

    /// What the other side has acknowledged and the capture has not shown was lost by the capture,
    /// not by the network: nobody will send it again.
    fn give_up_lost(&mut self, side: Side, mark: Mark, room: &mut i64, story: &mut Story) {
        let Some(acknowledged) = self.acknowledged else { return };
        let Self { order, records, stream, .. } = self;
        order.give_up(acknowledged, mark, room, |piece, mark| {
            deliver(piece, mark, side, records, stream, story);
        });
        self.settle_fin(side, story);
    }

    /// Everything but the plainest data segment.
    fn accept(
        &mut self,
        side: Side,
        segment: &Segment<'_>,
        mark: Mark,
        room: &mut i64,
        story: &mut Story,
    ) {
        let mut sequence = segment.sequence;
        if segment.flags.syn() {
            self.synchronize(sequence, segment.mss(), mark);
            sequence = sequence.wrapping_add(1);
        }
        let length = segment.length as u32;
        // What a reset carries is its reason and no part of the stream (RFC 9293, 3.5.3).
        if length > 0 && !segment.flags.rst() {
            if !self.order.started() {
                self.records.join();
            }
            let part = Part { sequence, bytes: segment.payload, length, mark };
            self.data(side, part, room, story);
        }
        if segment.flags.fin() && self.fin.is_none() {
            self.fin = Some((sequence.wrapping_add(length), mark));
        }
        self.settle_fin(side, story);
        if segment.flags.rst() && self.stream.reset.is_none() {
            self.stream.reset = Some(mark);
            let next = self.order.started().then(|| self.order.next());
            self.stream.teardown = Some(Box::new(Teardown::new(segment, mark, next)));
            story.push(side, mark, 0, Message::Reset);
        }
    }

    /// Takes a SYN, or a copy of it.
    fn synchronize(&mut self, sequence: u32, mss: Option<u16>, mark: Mark) {
        if self.syn.is_some() {
            return self.retransmitted(0, mark);
        }
        self.syn = Some(sequence);
        self.stream.syn = Some(mark);
        self.stream.mss = mss;
        if !self.order.started() {
            self.order.begin(sequence.wrapping_add(1));
        }
    }

    fn data(&mut self, side: Side, part: Part<'_>, room: &mut i64, story: &mut Story) {
        let Self { order, records, stream, .. } = self;
        let Part { sequence, length, mark, .. } = part;
        let unread = records.unread();
        let arrival = order.accept(part, unread, room, |piece, mark| {
            deliver(piece, mark, side, records, stream, story);
        });
        match arrival {
            Arrival::New => stream.largest = stream.largest.max(length),
            // TCP sends the oldest unacknowledged byte again (RFC 6298, 5.4). Counted by that byte,
            // a retransmission is one however it is cut, and a packet captured twice is none.
            Arrival::Retransmission
                if self.acknowledged.is_none_or(|byte| byte.wrapping_sub(sequence) < length) =>
            {
                self.retransmitted(length, mark);
            }
            Arrival::Early => {
                stream.first_data.get_or_insert(mark);
            }
            Arrival::Retransmission | Arrival::KeepAlive => {}
        }
    }

    fn retransmitted(&mut self, length: u32, mark: Mark) {
        let stream = &mut self.stream;
        stream.retransmissions = stream.retransmissions.saturating_add(1);
        stream.largest_retransmitted = stream.largest_retransmitted.max(length);
        if stream.first_retransmission == 0 {
            stream.first_retransmission = mark.frame;
        }
    }

    /// Tells the FIN when everything before it has been told.
    fn settle_fin(&mut self, side: Side, story: &mut Story) {
        let Some((sequence, mark)) = self.fin else { return };
        let missing = sequence.wrapping_sub(self.order.next()) as i32 > 0;
        if self.stream.fin.is_none() && !(self.order.started() && missing) {
            self.stream.fin = Some(mark);
            story.push(side, mark, 0, Message::Fin);
        }
    }

    fn finish(&mut self, side: Side, last: Mark, room: &mut i64, story: &mut Story) {
        self.stream.hole = self.order.hole(self.acknowledged);
        let Self { order, records, stream, .. } = self;
        order.flush(room, |piece, mark| deliver(piece, mark, side, records, stream, story));
        records.end(side, last, story);
        if let (Some((_, mark)), None) = (self.fin, self.stream.fin) {
            self.stream.fin = Some(mark);
            story.push(side, mark, 0, Message::Fin);
        }
        if let (true, Some(acknowledged)) = (self.order.started(), self.acknowledged) {
            let open = self.order.next().wrapping_sub(acknowledged) as i32;
            self.stream.unacknowledged = u64::try_from(open).unwrap_or(0);
        }
    }
}

/// Hands a piece that is in order to the records of its direction.
fn deliver(
    piece: Piece<'_>,
    mark: Mark,
    side: Side,
    records: &mut Records,
    stream: &mut Stream,
    story: &mut Story,
) {
    match piece {
        Piece::Bytes(bytes) => {
            stream.bytes += bytes.len() as u64;
            stream.first_data.get_or_insert(mark);
            stream.last_data = Some(mark);
            records.read(side, bytes, mark, story);
        }
        Piece::Unread(length) => {
            stream.bytes += u64::from(length);
            stream.last_data = Some(mark);
            records.step_over(length);
        }
        Piece::Gap(length) => {
            stream.lost = stream.lost.saturating_add(length);
            records.gap(side, length, mark, story);
        }
    }
}

const FIN: u8 = 0x01;
const SYN: u8 = 0x02;
const RST: u8 = 0x04;
