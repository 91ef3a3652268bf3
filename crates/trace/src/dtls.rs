//! DTLS: records that may be lost, doubled and out of order (RFC 6347, RFC 9147).
//!
//! Whatever order the datagrams come in, the story is that of the order in which they were sent:
//! each event has a number, by the epoch of its record and by its place within, and at the end the
//! events of each side are put in the order of these numbers. What is sent again is counted and told
//! once. Nothing on the wire says that a side has left, so much of what goes wrong with DTLS shows
//! as a flight that is sent again and again.

mod beginning;
mod half;
mod handshake;
mod messages;
mod opening;
mod records;
mod sealed;

use alert::Side;
use wire::{
    CipherSuite, ClientHello, DtlsFragmentHeader, DtlsHeader, DtlsRecord, HandshakeType, KeyLog,
    ProtocolVersion, Reader,
};

use crate::carrier::Carrier;
use crate::story::Story;
use crate::stream::{Mark, Stream};
use beginning::{CAPWAP, begins, is_plain_handshake, unwrap};
use half::Half;
use opening::Opening;

/// One DTLS conversation.
#[derive(Debug, Default)]
pub(crate) struct Dtls {
    /// Each datagram begins with a CAPWAP preamble.
    capwap: bool,
    /// The client would use the keys for RTP (RFC 5764).
    srtp: bool,
    /// The random of the first ClientHello.
    random: Option<[u8; 32]>,
    version: Option<ProtocolVersion>,
    suite: Option<CipherSuite>,
    halves: [Half; 2],
    /// For each event of the story, its number within its side.
    order: Vec<u64>,
    /// What a key log opens.
    opening: Option<Box<Opening>>,
    /// The epoch of the record that is being read, 0 in the clear, and its number therein.
    reading: (u16, u64),
    /// Sealed records that came before the ServerHello without which no key opens them.
    early: Vec<(Side, Vec<u8>, Mark)>,
    /// A HelloVerifyRequest was seen.
    asked_for_cookie: bool,
    /// Encrypted records of DTLS 1.3 so far: their own numbers are hidden.
    arrivals: u64,
}

/// What a datagram was to a conversation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Heard {
    /// Something that had not been said before.
    pub(crate) new: bool,
    /// Something was sent again.
    pub(crate) again: bool,
    /// It was what the flight begins with: the flight was sent again.
    pub(crate) flight: bool,
}

/// Records in one datagram that are looked at: more than a full one has of the shortest.
const MAX_RECORDS: usize = 64;

impl Dtls {
    /// A conversation, if a datagram begins one whose beginning tells something: a handshake record
    /// or an alert whose every length fits. A conversation that was joined at its application data
    /// is passed over: there is nothing to be told of it.
    pub(crate) fn begin(payload: &[u8], length: usize) -> Option<Self> {
        let capwap = payload.starts_with(&CAPWAP);
        let (payload, length) = unwrap(capwap, payload, length)?;
        begins(payload, length).then(|| Self { capwap, ..Self::default() })
    }

    /// What carries the conversation.
    pub(crate) fn carrier(&self) -> Carrier {
        match (self.capwap, self.srtp) {
            (true, _) => Carrier::Capwap,
            (_, true) => Carrier::DtlsSrtp,
            _ => Carrier::Dtls,
        }
    }

    /// Bytes kept of messages that are not whole, and of records that wait for their keys.
    pub(crate) fn kept(&self) -> usize {
        let early = self.early.iter().map(|(_, bytes, _)| bytes.len());
        early.chain(self.halves.iter().map(|half| half.messages.kept())).sum()
    }

    /// Whether a datagram begins another conversation between the same two sockets: a first
    /// ClientHello with another random.
    pub(crate) fn is_over(&self, payload: &[u8], length: usize) -> bool {
        let Some((payload, _)) = unwrap(self.capwap, payload, length) else { return false };
        let Ok(record) = DtlsRecord::read(&mut Reader::new(payload), 0) else { return false };
        let mut body = Reader::new(record.body);
        let first = |header: &DtlsFragmentHeader| {
            header.kind == HandshakeType::CLIENT_HELLO && (header.message, header.offset) == (0, 0)
        };
        let plain = is_plain_handshake(&record);
        let hello = DtlsFragmentHeader::read(&mut body).is_ok_and(|it| first(&it)) && plain;
        let random = ClientHello::read_cut(body.rest()).random;
        hello && random.len() == 32 && self.random.is_some_and(|known| known != random)
    }

    /// Reads the records of one datagram, of which `payload` was captured; `None` if it is none of
    /// DTLS.
    pub(crate) fn datagram(
        &mut self,
        side: Side,
        payload: &[u8],
        length: usize,
        mark: Mark,
        keys: &KeyLog,
        story: &mut Story,
    ) -> Option<Heard> {
        let (payload, length) = unwrap(self.capwap, payload, length)?;
        let mut bytes = Reader::new(payload);
        let mut heard: Option<Heard> = None;
        for _ in 0..MAX_RECORDS {
            if bytes.is_empty() {
                break;
            }
            let missing = length.saturating_sub(payload.len());
            self.half(side).cut |= missing > 0;
            let id = self.id_length(side);
            let Ok(record) = DtlsRecord::read_cut(&mut bytes, id.unwrap_or(0), missing) else {
                if heard.is_some() {
                    story.oddity(side, mark, "bytes behind a record that are none");
                }
                break;
            };
            if record.head.first().is_some_and(|first| first & 0xf0 == 0x30) && id.is_none() {
                heard.get_or_insert_default();
                story.oddity(side, mark, UNKNOWN_ID);
                break;
            }
            let said = self.record(side, &record, mark, keys, story);
            heard.get_or_insert_default().add(said);
        }
        self.catch_up(keys, story);
        heard
    }

    /// Reads one record.
    fn record(
        &mut self,
        side: Side,
        record: &DtlsRecord<'_>,
        mark: Mark,
        keys: &KeyLog,
        story: &mut Story,
    ) -> Heard {
        if self.is_early(record, keys) {
            self.early.push((side, [record.head, record.body].concat(), mark));
            return Heard { new: true, ..Heard::default() };
        }
        if let Some(said) = self.opens(side, record, mark, keys, story) {
            return said;
        }
        match record.header {
            DtlsHeader::Plain(header) => self.plain(side, &header, record, mark, story),
            DtlsHeader::Unified { epoch, .. } => {
                self.unified(side, epoch, record.body.len() as u32, mark, story)
            }
        }
    }

    /// Nothing more comes: tells what never became whole, and puts the events in order.
    pub(crate) fn finish(&mut self, story: &mut Story, ends: &mut [Stream; 2]) {
        let none = KeyLog::default();
        for (side, bytes, mark) in std::mem::take(&mut self.early) {
            if let Ok(record) = DtlsRecord::read(&mut Reader::new(&bytes), 0) {
                self.record(side, &record, mark, &none, story);
            }
        }
        for (side, stream) in [Side::Client, Side::Server].into_iter().zip(ends) {
            self.tell_rest(side, stream, story);
        }
        let order = &self.order;
        for side in [Side::Client, Side::Server] {
            let places: Vec<usize> = (0..story.events.len().min(order.len()))
                .filter(|at| story.events.get(*at).is_some_and(|event| event.side == side))
                .collect();
            let mut sorted = places.clone();
            sorted.sort_by_key(|at| order.get(*at));
            let events: Vec<_> =
                sorted.iter().filter_map(|at| story.events.get(*at).cloned()).collect();
            for (at, event) in places.into_iter().zip(events) {
                if let Some(place) = story.events.get_mut(at) {
                    *place = event;
                }
            }
        }
        story.is_out_of_order();
    }

    /// Records that were opened; `None` where the key log does not know the conversation.
    pub(crate) fn opened(&self) -> Option<u32> {
        self.opening.as_ref().map(|opening| opening.opened)
    }

    fn half(&mut self, side: Side) -> &mut Half {
        let [client, server] = &mut self.halves;
        if side == Side::Client { client } else { server }
    }

    /// A side goes on: with its next flight, if the other side has spoken since.
    fn says_new(&mut self, side: Side, number: u64) {
        let half = self.half(side);
        half.flight = if half.answered { number } else { half.flight.min(number) };
        half.answered = false;
        self.half(side.other()).answered = true;
    }

    /// The length of the connection ids in the records of a side; `None` if a hello is missing that
    /// would tell.
    fn id_length(&self, side: Side) -> Option<usize> {
        let [client, server] = &self.halves;
        let (own, other) = if side == Side::Client { (client, server) } else { (server, client) };
        own.asked?;
        Some(if own.negotiates { other.asked? } else { other.asked.map(|_| 0)? })
    }
}

impl Heard {
    fn add(&mut self, said: Self) {
        self.new |= said.new;
        self.again |= said.again;
        self.flight |= said.flight;
    }
}

/// The number of an event within its side: by the epoch, by the place of its record therein, and by
/// the number of its handshake message.
fn place(epoch: u16, record: u64, message: u16) -> u64 {
    u64::from(epoch) << 48 | record.min(u32::MAX.into()) << 16 | u64::from(message)
}

/// A hello that would tell was not captured.
const UNKNOWN_ID: &str = "a connection id of unknown length: a hello is missing";
