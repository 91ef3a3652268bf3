//! QUIC: a handshake of TLS 1.3 without records, in packets that are protected from the first on
//! (RFC 9000, RFC 9001).
//!
//! Initial packets are opened with keys that follow from the client's first connection id; Handshake
//! and 1-RTT packets are opened where a key log has their secrets, and are told by size and place
//! where not. Data is never read: once the handshake is confirmed, only packets that are short
//! enough to be nothing but the end of the connection are still looked into.

mod crypto;
mod ending;
mod frames;
mod ids;
mod space;

use std::sync::Arc;

use alert::Side;
use wire::{
    CipherSuite, KeyLog, OpenedPacket, QuicKeys, QuicPacket, QuicPacketType, QuicPackets,
    QuicVersion, SecretLabel, Time,
};

use crate::close::{Close, VersionNegotiation};
use crate::outcome::Outcome;
use crate::session::{Message, Session};
use crate::story::Story;
use crate::stream::Mark;
use ids::Ids;
use space::{Level as Encryption, Space};

/// One conversation over QUIC.
#[derive(Debug)]
pub(crate) struct Quic {
    /// The version of the packets that were opened last.
    version: QuicVersion,
    ids: Ids,
    /// The side that the client's keys open. Until then, the one that spoke first.
    client: Side,
    /// Packet number spaces by level and side, as far as there are keys: without a key log for the
    /// first level alone.
    spaces: [[Option<Box<Space>>; 2]; 3],
    /// The version that the Initial keys are for.
    keyed: Option<QuicVersion>,
    /// Initial keys that were made.
    made: u32,
    /// What is known of each side beyond its events.
    seen: [Seen; 2],
    /// How far 1-RTT packets have answered one another: 1 when the client has sent one, 2 when
    /// the server has sent one after that, 3 when the client has sent another.
    answered: u8,
    /// Packets of data that the server sent before the client's second.
    answers: u64,
    /// The first of them.
    answer: Option<Answer>,
    /// HANDSHAKE_DONE was opened.
    confirmed: bool,
    /// The random of the ClientHello, by which a key log knows the connection.
    random: Option<[u8; 32]>,
    /// The suite that the server took.
    suite: Option<CipherSuite>,
    /// How often a key log was asked.
    asked: u32,
    /// Packets that a key log opened; `None` where it does not know the connection.
    opened: Option<u32>,
}

/// A packet of data, by its place, its length and how it begins: the same again is no other.
#[derive(Debug)]
struct Answer {
    mark: Mark,
    length: u32,
    start: [u8; ANSWER_START],
}

/// What is known of one side.
#[derive(Debug, Default)]
struct Seen {
    /// Handshake packets that could not be opened.
    hidden: u32,
    /// 1-RTT packets.
    one_rtt: u64,
    /// 1-RTT packets that were tried with keys.
    tried: u32,
    /// Closes that were told.
    closes: Vec<Arc<Close>>,
    /// Datagrams whose CRYPTO frames brought nothing new, and the frame of the first.
    repeated: (u32, u64),
    /// Bytes of the largest of these datagrams.
    largest_repeated: u32,
}

/// Initial keys made for one conversation: its own, those after Retry, after Version Negotiation and
/// of the version that the server chose. Keys cost more than anything else here.
const MAX_KEYS: u32 = 8;
/// Handshake packets of one side told one by one where they cannot be opened: a flight has a few.
const MAX_HIDDEN: u32 = 24;
/// 1-RTT packets of one side tried with keys before the handshake is confirmed: those of a first
/// flight (RFC 9002, 7.2: 10 packets) several times over.
const MAX_TRIED: u32 = 64;
/// The same after it, where the end of the connection is all that is expected: every packet that is
/// short enough, up to so many, which takes some milliseconds.
const MAX_TRIED_LATE: u32 = 4096;
/// Packets for which a key log is asked that does not know the connection.
const MAX_ASKED: u32 = 64;
/// Bytes of the longest 1-RTT packet that is tried after the handshake is confirmed: a close with
/// its reason is alone in its packet, or with an acknowledgement.
const LONGEST_END: usize = 300;
/// Versions kept of a list.
const MAX_VERSIONS: usize = 16;
/// Bytes of the shortest datagram with which a client begins (RFC 9000, 14.1).
const SHORTEST_FIRST: usize = 1200;
/// Bytes of the shortest connection id that a client makes up for a server (RFC 9000, 7.2).
const SHORTEST_FIRST_ID: usize = 8;

impl Default for Quic {
    fn default() -> Self {
        Self {
            version: QuicVersion::V1,
            ids: Ids::default(),
            client: Side::Client,
            spaces: Default::default(),
            keyed: None,
            made: 0,
            seen: Default::default(),
            answered: 0,
            answers: 0,
            answer: None,
            confirmed: false,
            random: None,
            suite: None,
            asked: 0,
            opened: None,
        }
    }
}

impl Quic {
    /// Whether a first datagram is QUIC: an Initial packet of a version that is read here, or a
    /// packet of a version that exists to be refused, in a datagram as long as a first one must be.
    pub(crate) fn begins(payload: &[u8]) -> bool {
        let Ok(packet) = QuicPacket::read(payload) else { return false };
        match packet.kind {
            QuicPacketType::Initial => {
                packet.has_fixed_bit && packet.bytes.len() - packet.number_at >= SHORTEST_INITIAL
            }
            QuicPacketType::Unknown => {
                (packet.version.is_reserved() || packet.version.draft().is_some())
                    && packet.destination.len() >= SHORTEST_FIRST_ID
                    && payload.len() >= SHORTEST_FIRST
            }
            _ => false,
        }
    }

    /// Whether a datagram begins another conversation between the same sockets: an Initial packet
    /// for somebody else, which the keys that follow from it open.
    pub(crate) fn begins_another(&self, payload: &[u8]) -> bool {
        // Nearly all packets are data, whose header says nothing.
        if !QuicPacket::has_long_header(payload) {
            return false;
        }
        let Ok(packet) = QuicPacket::read(payload) else { return false };
        if packet.kind != QuicPacketType::Initial
            || packet.destination.len() < SHORTEST_FIRST_ID
            || !self.space(Encryption::Initial, self.client).is_some_and(Space::was_opened)
            || self.ids.is_known(packet.destination)
        {
            return false;
        }
        let keys = QuicKeys::initial(packet.version, packet.destination);
        keys.is_some_and(|[mut client, _]| client.open(&packet, 0, 0).is_some())
    }

    /// Reads the packets of one datagram.
    pub(crate) fn datagram(
        &mut self,
        side: Side,
        payload: &[u8],
        mark: Mark,
        log: &KeyLog,
        story: &mut Story,
    ) {
        let mut news = News::default();
        for packet in QuicPackets::new(payload) {
            if self.opened.is_none() && !log.is_empty() {
                self.learn(log);
            }
            match packet.kind {
                QuicPacketType::OneRtt => self.one_rtt(side, &packet, mark, story, &mut news),
                QuicPacketType::Initial => self.initial(side, &packet, mark, story, &mut news),
                QuicPacketType::Handshake => self.handshake(side, &packet, mark, story, &mut news),
                QuicPacketType::Retry => self.retry(side, &packet, mark, story),
                QuicPacketType::VersionNegotiation => self.negotiate(side, &packet, mark, story),
                QuicPacketType::Unknown => self.unknown(side, &packet, mark, story),
                QuicPacketType::ZeroRtt => self.ids.meet(side, &packet),
            }
        }
        if let (News { old: true, new: false }, Some(seen)) = (news, self.seen_mut(side)) {
            let length = u32::try_from(payload.len()).unwrap_or(u32::MAX);
            seen.largest_repeated = seen.largest_repeated.max(length);
            let (times, first) = &mut seen.repeated;
            *times += 1;
            if *first == 0 {
                *first = mark.frame;
            }
        }
    }

    /// The capture or the conversation is over: what was begun is told as far as it came, and what is
    /// known of the two directions is added to them.
    pub(crate) fn finish(&mut self, story: &mut Story) {
        if let Some((mark, length)) = self.ending() {
            story.push(self.client.other(), mark, length, Message::Encrypted);
        }
        for level in Encryption::ALL {
            for side in [Side::Client, Side::Server] {
                let Some(space) = self.space_mut(level, side) else { continue };
                if let Some((mark, header, body)) = space.stream.rest() {
                    story.handshake(side, mark, header, Some(&body));
                }
                if let Some((mark, gap)) = space.stream.gap() {
                    let length = u32::try_from(gap).unwrap_or(u32::MAX);
                    story.push(side, mark, length, Message::Gap);
                }
            }
        }
    }

    /// The one packet with which the server answered, if it may be its close.
    fn ending(&self) -> Option<(Mark, u32)> {
        let answer = self.answer.as_ref()?;
        // What was opened has said itself what it is.
        let hidden = !self.confirmed && self.opened.is_none_or(|packets| packets == 0);
        let ends = self.answers == 1 && self.answered == 2 && hidden;
        (ends && answer.length as usize <= LONGEST_END).then_some((answer.mark, answer.length))
    }

    /// Looks up what a key log holds of this connection, once the server has taken a suite. Secrets
    /// may come after the packets, so it is asked again, up to a bound.
    #[cold]
    fn learn(&mut self, log: &KeyLog) {
        let (Some(random), Some(suite)) = (self.random, self.suite) else { return };
        if self.asked >= MAX_ASKED {
            return;
        }
        self.asked += 1;
        if !log.knows(&random) {
            return;
        }
        self.opened = Some(0);
        let (client, version) = (self.client, self.version);
        for (level, side, label) in [
            (Encryption::Handshake, client, SecretLabel::ClientHandshake),
            (Encryption::Handshake, client.other(), SecretLabel::ServerHandshake),
            (Encryption::OneRtt, client, SecretLabel::ClientApplication),
            (Encryption::OneRtt, client.other(), SecretLabel::ServerApplication),
        ] {
            let keys = log.secret(&random, label);
            let keys = keys.and_then(|secret| QuicKeys::new(version, suite, secret));
            let space =
                self.spaces.get_mut(level as usize).and_then(|it| it.get_mut(side as usize));
            if let (Some(space), Some(keys)) = (space, keys) {
                *space = Some(Box::new(Space::new(keys)));
            }
        }
    }

    /// Bytes kept of messages that are not complete.
    pub(crate) fn kept(&self) -> usize {
        let spaces = self.spaces.iter().flatten().flatten();
        spaces.map(|space| size_of::<Space>() + space.stream.kept()).sum()
    }

    /// Whether the handshake is known to be done, because the server said so or data goes to and fro.
    pub(crate) fn is_settled(&self) -> bool {
        self.confirmed || self.answered >= 3
    }

    /// Packets that a key log opened; `None` where it does not know the connection.
    pub(crate) fn opened(&self) -> Option<u32> {
        self.opened
    }

    /// How often a side repeated what it had said, the frame of the first time, and the bytes of the
    /// largest datagram.
    pub(crate) fn repeated(&self, side: Side) -> (u32, u64, u32) {
        self.seen
            .get(side as usize)
            .map_or((0, 0, 0), |seen| (seen.repeated.0, seen.repeated.1, seen.largest_repeated))
    }

    /// How the conversation ended.
    pub(crate) fn outcome(&self, session: &Session, now: Time) -> Outcome {
        let own = |side: Side| if self.client == Side::Client { side } else { side.other() };
        let one_rtt = |side| self.seen.get(own(side) as usize).map_or(0, |seen| seen.one_rtt);
        let signs = ending::Signs {
            confirmed: self.is_confirmed(),
            client_data: one_rtt(Side::Client) > 0,
            server_answered: self.answers > 0,
            server_ended: self.ending().is_some(),
            repeated: self.repeated(own(Side::Client)).0 > 0,
        };
        ending::outcome(session, &signs, now)
    }

    fn initial(
        &mut self,
        side: Side,
        packet: &QuicPacket<'_>,
        mark: Mark,
        story: &mut Story,
        news: &mut News,
    ) {
        let Some(opened) = self.open_initial(side, packet) else {
            self.ids.meet(side, packet);
            if self.keyed.is_none() {
                self.version = packet.version;
            }
            let what = if packet.is_cut {
                "a QUIC Initial packet that is cut"
            } else {
                "a QUIC Initial packet that does not open"
            };
            return story.oddity(side, mark, what);
        };
        self.version = packet.version;
        self.ids.meet(side, packet);
        self.frames(side, Encryption::Initial, &opened, mark, story, news);
    }

    /// Opens an Initial packet with the keys that are there, or with those that follow from it.
    fn open_initial(&mut self, side: Side, packet: &QuicPacket<'_>) -> Option<OpenedPacket> {
        if self.keyed == Some(packet.version)
            && let Some(opened) = self.space_mut(Encryption::Initial, side)?.open(packet, 0)
        {
            return Some(opened);
        }
        if packet.is_cut || self.made >= MAX_KEYS {
            return None;
        }
        self.made += 1;
        // A server that changes the version keeps the connection id (RFC 9369, 4.1).
        if self.keyed.is_some_and(|version| version != packet.version) && side != self.client {
            let origin = self.ids.origin().to_vec().into_boxed_slice();
            return self.adopt(self.client, side, &origin, packet);
        }
        let opened = self.adopt(side, side, packet.destination, packet)?;
        self.client = side;
        self.ids.begin(packet.destination);
        Some(opened)
    }

    /// Takes the Initial keys that follow from this id of the client's, if they open the packet.
    fn adopt(
        &mut self,
        client: Side,
        side: Side,
        id: &[u8],
        packet: &QuicPacket<'_>,
    ) -> Option<OpenedPacket> {
        let mut spaces = QuicKeys::initial(packet.version, id)?.map(Space::new);
        if client == Side::Server {
            spaces.reverse();
        }
        let opened = spaces.get_mut(side as usize)?.open(packet, 0)?;
        let [initial, ..] = &mut self.spaces;
        for (old, mut new) in initial.iter_mut().zip(spaces) {
            // Another version alone changes the keys and not the stream; after Retry and Version
            // Negotiation there is another id, and the ClientHello begins at its first byte again.
            if let Some(old) = old.as_mut().filter(|_| id == self.ids.origin()) {
                std::mem::swap(&mut new.stream, &mut old.stream);
            }
            *old = Some(Box::new(new));
        }
        self.keyed = Some(packet.version);
        Some(opened)
    }

    fn handshake(
        &mut self,
        side: Side,
        packet: &QuicPacket<'_>,
        mark: Mark,
        story: &mut Story,
        news: &mut News,
    ) {
        self.ids.meet(side, packet);
        let opened = self.space_mut(Encryption::Handshake, side).and_then(|it| it.open(packet, 0));
        if let Some(opened) = opened {
            return self.frames(side, Encryption::Handshake, &opened, mark, story, news);
        }
        let Some(seen) = self.seen_mut(side) else { return };
        seen.hidden += 1;
        if seen.hidden <= MAX_HIDDEN {
            story.push(side, mark, length_of(packet), Message::Encrypted);
        }
    }

    fn one_rtt(
        &mut self,
        side: Side,
        packet: &QuicPacket<'_>,
        mark: Mark,
        story: &mut Story,
        news: &mut News,
    ) {
        let from_client = side == self.client;
        self.answered = match (self.answered, from_client) {
            (0 | 2, true) | (1, false) => self.answered + 1,
            (answered, _) => answered,
        };
        if self.answered == 2 && !from_client {
            let start = packet.bytes.first_chunk().copied().unwrap_or_default();
            if self.answer.as_ref().is_none_or(|answer| answer.start != start) {
                self.answers += 1;
            }
            let length = length_of(packet);
            self.answer.get_or_insert(Answer { mark, length, start });
        }
        let late = self.is_confirmed();
        let Some(seen) = self.seen_mut(side) else { return };
        seen.one_rtt += 1;
        if seen.one_rtt == 1 {
            story.push(side, mark, length_of(packet), Message::ApplicationData);
        }
        story.count_data(side);
        let short = packet.bytes.len() <= LONGEST_END && seen.tried < MAX_TRIED_LATE;
        let worth = short || (!late && seen.tried < MAX_TRIED);
        if !worth || self.space(Encryption::OneRtt, side).is_none() {
            return;
        }
        if let Some(seen) = self.seen_mut(side) {
            seen.tried += 1;
        }
        let id_length = self.ids.length_of(side.other());
        let space = self.space_mut(Encryption::OneRtt, side);
        if let Some(opened) = space.and_then(|space| space.open(packet, id_length)) {
            self.frames(side, Encryption::OneRtt, &opened, mark, story, news);
        }
    }

    fn retry(&mut self, side: Side, packet: &QuicPacket<'_>, mark: Mark, story: &mut Story) {
        if packet.token.is_empty() || !self.may_begin_again(side, packet) {
            return story.oddity(side, mark, "a QUIC Retry packet that no server sends");
        }
        self.ids.meet(side, packet);
        story.push(side, mark, length_of(packet), Message::Retry);
    }

    fn negotiate(&mut self, side: Side, packet: &QuicPacket<'_>, mark: Mark, story: &mut Story) {
        if !self.may_begin_again(side, packet) {
            return story.oddity(
                side,
                mark,
                "a QUIC Version Negotiation packet that no client takes",
            );
        }
        let speaks = packet.versions().take(MAX_VERSIONS).collect();
        let message = VersionNegotiation { asked: self.version, speaks };
        story.push(side, mark, length_of(packet), Message::VersionNegotiation(message.into()));
    }

    /// Whether a client takes a packet that makes it begin again: it is for it, and nothing else of
    /// the server came before (RFC 9000, 6.2 and 17.2.5.2). The packet itself proves nothing.
    fn may_begin_again(&self, side: Side, packet: &QuicPacket<'_>) -> bool {
        let answered = self.space(Encryption::Initial, side).is_some_and(Space::was_opened);
        side != self.client && !answered && self.ids.may_be_for(side.other(), packet)
    }

    /// A packet of a version that is not read here.
    fn unknown(&mut self, side: Side, packet: &QuicPacket<'_>, mark: Mark, story: &mut Story) {
        if self.keyed.is_none() && side == self.client {
            self.version = packet.version;
        }
        story.oddity(side, mark, "a packet of a QUIC version that is not read here");
    }

    /// Whether both sides know that the handshake is over (RFC 9001, 4.1.2), as far as one sees.
    fn is_confirmed(&self) -> bool {
        self.confirmed || self.answered == CONFIRMED
    }

    fn space(&self, level: Encryption, side: Side) -> Option<&Space> {
        self.spaces.get(level as usize)?.get(side as usize)?.as_deref()
    }

    fn space_mut(&mut self, level: Encryption, side: Side) -> Option<&mut Space> {
        self.spaces.get_mut(level as usize)?.get_mut(side as usize)?.as_deref_mut()
    }

    fn seen_mut(&mut self, side: Side) -> Option<&mut Seen> {
        self.seen.get_mut(side as usize)
    }
}

/// Whether the CRYPTO frames of a datagram brought anything that was not known.
#[derive(Clone, Copy, Debug, Default)]
struct News {
    new: bool,
    old: bool,
}

fn length_of(packet: &QuicPacket<'_>) -> u32 {
    u32::try_from(packet.bytes.len()).unwrap_or(u32::MAX)
}

/// The client has answered what the server answered: both have the keys of data and use them.
const CONFIRMED: u8 = 3;
/// Bytes by which a packet is known again: the id, and some that are encrypted.
const ANSWER_START: usize = 32;
/// Bytes of the shortest Initial packet behind its header: a number, a frame and the tag.
const SHORTEST_INITIAL: usize = 20;

#[cfg(test)]
mod tests;
