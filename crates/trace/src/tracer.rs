//! Finds the conversation of each packet.

use std::collections::VecDeque;
use std::net::SocketAddr;

use wire::{
    Datagram, EapolFrame, Fragmented, Fragments, KeyLog, Packet, Skipped, Time, TooBig, Unread,
    UserDatagram,
};

use crate::authentications::Authentications;
use crate::connections::Connections;
use crate::datagrams::Datagrams;
use crate::left_out::LeftOut;
use crate::session::Session;
use crate::stream::{Mark, Refused};
use crate::tally::Tally;
use crate::told::Told;

/// Takes packets in the order of the capture and gives back ended conversations.
///
/// One tracer reads one capture in one thread. Memory follows the number of open conversations,
/// not the size of the capture.
#[derive(Debug)]
pub struct Tracer {
    connections: Connections,
    fragments: Fragments,
    datagrams: Datagrams,
    authentications: Authentications,
    done: VecDeque<Box<Session>>,
    /// The capture is over.
    finished: bool,
    keys: KeyLog,
    /// How often keys were added.
    keys_added: u32,
    now: Time,
    tally: Tally,
    left_out: LeftOut,
}

/// The most datagrams in one another of which each came in fragments. A tunnel's and what is in it
/// make two; the bound keeps a chain of them from going on and on.
const MOST_PUT_TOGETHER: usize = 4;
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
            connections: Connections::default(),
            fragments: Fragments::default(),
            datagrams: Datagrams::default(),
            authentications: Authentications::default(),
            done: VecDeque::new(),
            finished: false,
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
        let (connections, _, _, mut told) = self.parts();
        connections.take(datagram, &segment, mark, &mut told);
        connections.let_go(&mut told);
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
        if said.protocol == TCP {
            let (mark, router) = (mark(datagram, packet), datagram.source);
            let refused = Refused { mark, router, mtu: said.mtu };
            let (connections, _, _, mut told) = self.parts();
            connections.too_big((said.source, said.destination), refused, &mut told);
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
        let (connections, datagrams, authentications, mut told) = self.parts();
        let radius = wire::RadiusPacket::read(udp.payload, udp.length);
        let taken = radius.is_ok_and(|radius| {
            let ends = udp_ends(datagram, &udp);
            authentications.radius(ends, &radius, udp.length, mark, &mut told)
        });
        if !taken {
            datagrams.take(datagram, &udp, mark, &mut told);
        }
        connections.let_go(&mut told);
    }

    /// Who takes packets, and where what they tell goes.
    #[inline]
    fn parts(&mut self) -> (&mut Connections, &mut Datagrams, &mut Authentications, Told<'_>) {
        let Self { connections, datagrams, authentications, .. } = self;
        let (now, keys, keys_added) = (self.now, &self.keys, self.keys_added);
        let told = Told { now, keys, keys_added, tally: &mut self.tally, done: &mut self.done };
        (connections, datagrams, authentications, told)
    }

    /// The next conversation that has ended, in the order of their ends.
    #[inline]
    pub fn ended(&mut self) -> Option<Box<Session>> {
        let done = self.done.pop_front();
        if done.is_some() || !self.finished {
            return done;
        }
        let last = self.datagrams.ended(self.now);
        last.or_else(|| self.connections.ended(self.now))
    }

    /// The TCP conversations that are over and wait for stragglers, as they would be told now. They
    /// will be told as they then are, by [`Tracer::ended`] and with the same number.
    pub fn closing(&self) -> impl Iterator<Item = Box<Session>> {
        self.connections.closing(self.now)
    }

    /// The capture is over: every open conversation is told as far as it came.
    pub fn finish(&mut self) {
        self.finished = true;
        let (connections, datagrams, authentications, mut told) = self.parts();
        connections.finish();
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
        let (_, _, authentications, mut told) = self.parts();
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
