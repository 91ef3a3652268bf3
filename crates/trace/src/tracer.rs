//! Finds the conversation of each packet.

use std::cmp::Reverse;
use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;

use wire::{
    Datagram, EapolFrame, Fragmented, Fragments, KeyLog, Packet, Segment, Skipped, Time, TooBig,
    Unread, UserDatagram,
};

use crate::authentications::Authentications;
use crate::datagrams::Datagrams;
use crate::flow::Flow;
use crate::key::Key;
use crate::left_out::LeftOut;
use crate::session::{Roles, Session};
use crate::stream::{Mark, Refused};
use crate::told::Told;

/// Takes packets in the order of the capture and gives back ended conversations.
///
/// One tracer reads one capture in one thread. Memory follows the number of open conversations,
/// not the size of the capture.
#[derive(Debug)]
pub struct Tracer {
    places: HashMap<Key, usize, foldhash::fast::RandomState>,
    flows: Vec<Option<Flow>>,
    free: Vec<usize>,
    /// Open conversations by age, with some that have ended since.
    ages: VecDeque<(usize, u64)>,
    /// Conversations that are over and wait for stragglers.
    closing: VecDeque<(usize, u64, Time)>,
    /// Conversations that were told: what still comes is a straggler, not a new conversation.
    buried: VecDeque<(Key, Time)>,
    fragments: Fragments,
    datagrams: Datagrams,
    authentications: Authentications,
    done: VecDeque<Box<Session>>,
    /// Conversations that were open when the capture ended, the first at the end.
    last: Vec<Flow>,
    /// Bytes that all directions together may still keep waiting.
    room: i64,
    /// Bytes of messages that all conversations together keep.
    kept: usize,
    keys: KeyLog,
    /// How often keys were added.
    keys_added: u32,
    now: Time,
    tally: Tally,
    left_out: LeftOut,
}

/// What a capture held, in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Packets given to the tracer.
    pub packets: u64,
    /// Packets with a TCP segment that was read.
    pub tcp: u64,
    /// Packets with a UDP datagram that was read and is no tunnel.
    pub udp: u64,
    /// Packets with an EAPOL frame.
    pub eapol: u64,
    /// Packets in which nothing was read: [`Tracer::left_out`] says why.
    pub left_out: u64,
    /// Packets whose headers are cut or wrong.
    pub malformed: u64,
    /// IP fragments whose datagram did not become whole, or not yet.
    pub fragments: u64,
    /// Conversations begun: all of TCP, and those over UDP that speak a protocol known here.
    pub conversations: u64,
    /// Packets that came after the end of their conversation had been told.
    pub stragglers: u64,
    /// Conversations told before their end because too many were open.
    pub evicted: u64,
}

/// Conversations open at once; the oldest is told early when there are more.
const MAX_OPEN: usize = 1 << 16;
/// Conversations that wait for stragglers.
const MAX_CLOSING: usize = 4096;
/// How long a closed conversation waits for stragglers, in nanoseconds of the capture: an alert
/// may pass a RST of the other side.
const STRAGGLERS: i64 = 1_000_000_000;
/// How long retransmissions into a closed connection are expected, in nanoseconds: TCP gives up
/// after about two minutes (RFC 9293, 3.8.3: at least 100 seconds).
const BURIED: i64 = 120_000_000_000;
/// Closed conversations that are remembered.
const MAX_BURIED: usize = 16_384;
/// The most datagrams in one another of which each came in fragments. A tunnel's and what is in it
/// make two; the bound keeps a chain of them from going on and on.
const MOST_PUT_TOGETHER: usize = 4;
/// The place of a conversation that was told.
const GONE: usize = usize::MAX;
/// Bytes of early segments that all conversations together may keep.
const MAX_ROOM: i64 = 32 << 20;
/// Bytes of messages that all conversations together may keep; the oldest is told early when there
/// are more. Some 25 000 open conversations with a chain each.
const MAX_KEPT: usize = 128 << 20;

impl Default for Tracer {
    fn default() -> Self {
        Self::new()
    }
}

impl Tracer {
    /// A tracer that has seen nothing.
    #[must_use]
    pub fn new() -> Self {
        Self {
            places: HashMap::default(),
            flows: Vec::new(),
            free: Vec::new(),
            ages: VecDeque::new(),
            closing: VecDeque::new(),
            buried: VecDeque::new(),
            fragments: Fragments::default(),
            datagrams: Datagrams::default(),
            authentications: Authentications::default(),
            done: VecDeque::new(),
            last: Vec::new(),
            room: MAX_ROOM,
            kept: 0,
            keys: KeyLog::default(),
            keys_added: 0,
            now: Time(0),
            tally: Tally::default(),
            left_out: LeftOut::default(),
        }
    }

    /// Adds secrets, with which conversations are opened from here on: those of a key log before
    /// the first packet, and those that the capture holds where they stand. Records that came
    /// before their secrets stay closed.
    pub fn add_keys(&mut self, keys: KeyLog) {
        if self.keys.is_empty() {
            self.keys = keys;
        } else {
            self.keys.add(keys);
        }
        self.keys_added = self.keys_added.wrapping_add(1);
    }

    /// The secrets so far.
    #[must_use]
    pub fn keys(&self) -> &KeyLog {
        &self.keys
    }

    /// Takes the next packet of the capture.
    #[inline]
    pub fn packet(&mut self, packet: &Packet<'_>) {
        self.tally.packets += 1;
        self.now = self.now.max(packet.time);
        let datagram = match wire::datagram(packet.link, packet.bytes) {
            Ok(datagram) => datagram,
            Err(skipped) => return self.skip(&skipped, packet),
        };
        if datagram.protocol == TCP && datagram.fragment.is_none() {
            self.tcp(&datagram, packet);
        } else {
            self.other(&datagram, packet, 0);
        }
    }

    #[inline]
    fn tcp(&mut self, datagram: &Datagram<'_>, packet: &Packet<'_>) {
        let Ok(segment) = wire::segment(datagram) else {
            self.tally.malformed += 1;
            return;
        };
        self.tally.tcp += 1;
        let mark = Mark { window: segment.window, ..mark(datagram, packet) };
        self.segment(datagram, &segment, mark);
        self.let_go();
    }

    /// Takes what is not TCP, or is a part of a datagram, or came out of `put_together` others. The
    /// packet that completes a datagram stands for all of it.
    #[cold]
    fn other(&mut self, datagram: &Datagram<'_>, packet: &Packet<'_>, put_together: usize) {
        if datagram.fragment.is_none() {
            match (datagram.protocol, wire::unread(datagram)) {
                (_, Some(unread)) => {
                    if let Some(too_big) = wire::too_big(datagram) {
                        self.too_big(&too_big, datagram, packet);
                    }
                    self.leave_out(unread);
                }
                (TCP, None) => self.tcp(datagram, packet),
                (_, None) => self.udp(datagram, packet),
            }
            return;
        }
        self.tally.fragments += 1;
        if put_together == MOST_PUT_TOGETHER {
            return;
        }
        let Some(whole) = self.fragments.add(datagram, self.now) else {
            return self.first_part(datagram, packet);
        };
        self.tally.fragments = self.tally.fragments.saturating_sub(whole.fragments());
        match whole.datagram() {
            Ok(datagram) => self.other(&datagram, packet, put_together + 1),
            Err(skipped) => self.skip(&skipped, packet),
        }
    }

    /// Takes note of what a router says of a segment; it is no part of the conversation itself.
    fn too_big(&mut self, said: &TooBig, datagram: &Datagram<'_>, packet: &Packet<'_>) {
        let Some(place) = self.places.get(&Key::new(said.source, said.destination)) else { return };
        let Some(flow) = self.flows.get_mut(*place).and_then(Option::as_mut) else { return };
        if said.protocol == TCP {
            let (mark, router) = (mark(datagram, packet), datagram.source);
            flow.too_big(flow.side(said.source), Refused { mark, router, mtu: said.mtu });
        }
    }

    /// Takes the first of several IP fragments: those that follow may have been lost on the way,
    /// which is what large RADIUS requests suffer from.
    fn first_part(&mut self, datagram: &Datagram<'_>, packet: &Packet<'_>) {
        let first =
            datagram.fragment.is_some_and(|part| part.offset == 0 && part.of == Fragmented::Ip);
        if datagram.protocol != UserDatagram::PROTOCOL || !first {
            return;
        }
        let Ok((udp, length)) = wire::first_part_of_user_datagram(datagram) else { return };
        let mark = mark(datagram, packet);
        if let Ok(radius) = wire::RadiusPacket::read(udp.payload, length) {
            self.authentications.first_part(udp_ends(datagram, &udp), &radius, length, mark);
        }
    }

    fn udp(&mut self, datagram: &Datagram<'_>, packet: &Packet<'_>) {
        let Ok(udp) = wire::user_datagram(datagram) else {
            self.tally.malformed += 1;
            return;
        };
        self.tally.udp += 1;
        let mark = mark(datagram, packet);
        let (datagrams, authentications, mut told) = self.but_tcp();
        let radius = wire::RadiusPacket::read(udp.payload, udp.length);
        let taken = radius.is_ok_and(|radius| {
            let ends = udp_ends(datagram, &udp);
            authentications.radius(ends, &radius, udp.length, mark, &mut told)
        });
        if !taken {
            datagrams.take(datagram, &udp, mark, &mut told);
        }
        self.let_go();
    }

    /// Who takes what is not TCP, and where that is told.
    fn but_tcp(&mut self) -> (&mut Datagrams, &mut Authentications, Told<'_>) {
        let Self { now, keys, tally, done, datagrams, authentications, .. } = self;
        let Tally { conversations: begun, evicted, .. } = tally;
        (datagrams, authentications, Told { now: *now, keys, begun, evicted, done })
    }

    /// The next conversation that has ended, in the order of their ends.
    #[inline]
    pub fn ended(&mut self) -> Option<Box<Session>> {
        let done = self.done.pop_front().or_else(|| self.datagrams.ended(self.now));
        done.or_else(|| {
            let flow = self.last.pop()?;
            Some(flow.finish(self.now, &mut self.room))
        })
    }

    /// The capture is over: every open conversation is told as far as it came.
    pub fn finish(&mut self) {
        self.closing.clear();
        self.ages.clear();
        self.places.clear();
        self.last = std::mem::take(&mut self.flows).into_iter().flatten().collect();
        self.last.sort_unstable_by_key(|flow| Reverse(flow.number));
        let (datagrams, authentications, mut told) = self.but_tcp();
        datagrams.finish();
        authentications.finish(&mut told);
    }

    /// The numbers so far.
    #[must_use]
    pub fn tally(&self) -> Tally {
        self.tally
    }

    /// What was not read so far, by the reason.
    #[must_use]
    pub fn left_out(&self) -> &LeftOut {
        &self.left_out
    }

    fn segment(&mut self, datagram: &Datagram<'_>, segment: &Segment<'_>, mark: Mark) {
        let source = SocketAddr::new(datagram.source, segment.source);
        let destination = SocketAddr::new(datagram.destination, segment.destination);
        let key = Key::new(source, destination);
        let opens = segment.flags.syn() && !segment.flags.ack();
        let mut place = self.places.get(&key).copied();
        if let Some(at) = place
            && opens
            && self.flow(at).is_some_and(|flow| flow.is_reused(flow.side(source), segment.sequence))
        {
            self.tell(at);
            place = None;
        }
        let place = match place {
            Some(GONE) if !segment.flags.syn() => {
                self.tally.stragglers += 1;
                return;
            }
            Some(place) if place != GONE => place,
            _ => {
                if segment.length == 0 && !segment.flags.syn() {
                    return;
                }
                self.open(key, source, destination, segment, mark)
            }
        };
        let Self { flows, room, kept, closing, keys, keys_added, .. } = self;
        let Some(flow) = flows.get_mut(place).and_then(Option::as_mut) else { return };
        if flow.asks(*keys_added) && !keys.is_empty() {
            flow.ask(keys, *keys_added);
        }
        let was_over = flow.is_over();
        let side = flow.side(source);
        *kept -= flow.kept;
        if was_over {
            flow.later(side, segment, mark);
        }
        flow.segment(side, segment, mark, room);
        *kept += flow.kept;
        if flow.is_over() && !was_over {
            closing.push_back((place, flow.number, Time(mark.time.0.saturating_add(STRAGGLERS))));
        }
        while self.kept > MAX_KEPT && self.evict() {}
    }

    fn open(
        &mut self,
        key: Key,
        source: SocketAddr,
        destination: SocketAddr,
        segment: &Segment<'_>,
        mark: Mark,
    ) -> usize {
        while self.flows.len() - self.free.len() >= MAX_OPEN && self.evict() {}
        self.tally.conversations += 1;
        let number = self.tally.conversations;
        let (client, server, roles) = match (segment.flags.syn(), segment.flags.ack()) {
            (true, false) => (source, destination, Roles::Syn),
            (true, true) => (destination, source, Roles::Syn),
            _ if source.port() < destination.port() => (destination, source, Roles::Guess),
            _ => (source, destination, Roles::Guess),
        };
        let flow = Flow::new(number, client, server, roles, mark);
        let place = match self.free.pop() {
            Some(place) => {
                if let Some(slot) = self.flows.get_mut(place) {
                    *slot = Some(flow);
                }
                place
            }
            None => {
                self.flows.push(Some(flow));
                self.flows.len() - 1
            }
        };
        self.places.insert(key, place);
        if self.ages.len() > 2 * (self.flows.len() - self.free.len()) + 1024 {
            let flows = &self.flows;
            self.ages.retain(|(place, number)| {
                flows.get(*place).and_then(Option::as_ref).is_some_and(|f| f.number == *number)
            });
        }
        self.ages.push_back((place, number));
        place
    }

    /// Tells the oldest conversation early. Returns whether there was one.
    fn evict(&mut self) -> bool {
        while let Some((place, number)) = self.ages.pop_front() {
            if self.flow(place).is_some_and(|flow| flow.number == number) {
                self.tally.evicted += 1;
                self.tell(place);
                return true;
            }
        }
        false
    }

    /// Tells the closed conversations that have waited long enough.
    #[inline]
    fn let_go(&mut self) {
        while let Some(&(place, number, deadline)) = self.closing.front() {
            if deadline > self.now && self.closing.len() <= MAX_CLOSING {
                return;
            }
            self.closing.pop_front();
            if self.flow(place).is_some_and(|flow| flow.number == number) {
                self.tell(place);
            }
        }
    }

    /// Forgets the conversations that were told long ago.
    fn forget(&mut self) {
        while let Some((key, deadline)) = self.buried.front() {
            if *deadline > self.now && self.buried.len() <= MAX_BURIED {
                return;
            }
            if self.places.get(key) == Some(&GONE) {
                self.places.remove(key);
            }
            self.buried.pop_front();
        }
    }

    /// Ends a conversation.
    fn tell(&mut self, place: usize) {
        let Some(flow) = self.flows.get_mut(place).and_then(Option::take) else { return };
        let (client, server) = flow.addresses();
        let key = Key::new(client, server);
        self.places.insert(key, GONE);
        self.buried.push_back((key, Time(self.now.0.saturating_add(BURIED))));
        self.free.push(place);
        self.kept -= flow.kept;
        self.done.push_back(flow.finish(self.now, &mut self.room));
        self.forget();
    }

    fn flow(&self, place: usize) -> Option<&Flow> {
        self.flows.get(place).and_then(Option::as_ref)
    }

    #[cold]
    fn skip(&mut self, skipped: &Skipped, packet: &Packet<'_>) {
        const EAPOL: Unread = Unread::EtherType(EapolFrame::ETHERTYPE);
        const EARLY: Unread = Unread::EtherType(EapolFrame::PREAUTHENTICATION);
        match skipped {
            Skipped::Unread(unread @ (EAPOL | EARLY)) => self.eapol(*unread, packet),
            Skipped::Unread(unread) => self.leave_out(*unread),
            Skipped::Malformed(_) => self.tally.malformed += 1,
            Skipped::Aggregated => {
                for datagram in wire::aggregated(packet.link, packet.bytes) {
                    match datagram {
                        Ok(datagram) => self.other(&datagram, packet, 0),
                        Err(Skipped::Unread(unread)) => self.leave_out(unread),
                        Err(_) => self.tally.malformed += 1,
                    }
                }
            }
        }
    }

    /// Takes a frame of network access. One that is inside of something else stays unread.
    fn eapol(&mut self, unread: Unread, packet: &Packet<'_>) {
        let Ok(frame) = wire::eapol(packet.link, packet.bytes) else {
            return self.leave_out(unread);
        };
        self.tally.eapol += 1;
        let mark = Mark::at(packet.number, packet.time);
        let (_, authentications, mut told) = self.but_tcp();
        authentications.eapol(&frame, mark, &mut told);
    }

    fn leave_out(&mut self, unread: Unread) {
        self.tally.left_out += 1;
        self.left_out.add(unread, 1);
    }
}

/// The place of a datagram.
#[inline]
fn mark(datagram: &Datagram<'_>, packet: &Packet<'_>) -> Mark {
    let (frame, time) = (packet.number, packet.time);
    Mark { frame, time, ttl: datagram.ttl, id: datagram.id, window: 0 }
}

/// Where a datagram comes from and where it goes.
fn udp_ends(datagram: &Datagram<'_>, udp: &UserDatagram<'_>) -> (SocketAddr, SocketAddr) {
    let source = SocketAddr::new(datagram.source, udp.source);
    (source, SocketAddr::new(datagram.destination, udp.destination))
}

/// The IP protocol number of TCP.
const TCP: u8 = 6;
