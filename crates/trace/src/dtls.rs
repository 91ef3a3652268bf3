//! DTLS: records that may be lost, doubled and out of order (RFC 6347, RFC 9147).
//!
//! Whatever order the datagrams come in, the story is that of the order in which they were sent:
//! each event has a number, by the epoch of its record and by its place within, and at the end the
//! events of each side are put in the order of these numbers. What is sent again is counted and told
//! once. Nothing on the wire says that a side has left, so much of what goes wrong with DTLS shows
//! as a flight that is sent again and again.

mod beginning;
mod half;
mod messages;
mod opening;

use alert::Side;
use wire::{
    CipherSuite, ClientHello, ContentType, DtlsFragmentHeader, DtlsHeader, DtlsRecord,
    DtlsRecordHeader, ExtensionType, HandshakeHeader, HandshakeType, HelloVerifyRequest, KeyLog,
    ProtocolVersion, Reader, ServerHello, encrypted_alert_length,
};

use crate::carrier::Carrier;
use crate::session::{Mark, Message, Stream};
use crate::story::Story;
use beginning::{CAPWAP, begins, is_plain_handshake, unwrap};
use half::{Half, MAX_WINDOWS, Sealed};
use messages::{Added, Partial};
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
    /// The epoch of the record that is being read: 0 in the clear.
    epoch: u16,
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
/// Alerts in the clear of a side that are told; who sends more says nothing new.
const MAX_ALERTS: usize = 16;
/// An encrypted record as long as one before is that record sent again if so many nanoseconds lie
/// between: no stack waits less before it sends a flight again, none waits so long within one
/// (RFC 9147, 5.8.2: 100 milliseconds at the very least).
const PAUSE: i64 = 80_000_000;
/// The place of a ChangeCipherSpec among the numbers of its epoch: behind all messages.
const CHANGE: u64 = 1 << 20;
/// The place of an alert in the clear: behind that.
const ALERT: u64 = 1 << 21;
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

    /// Bytes kept of messages that are not whole.
    pub(crate) fn kept(&self) -> usize {
        self.halves.iter().map(|half| half.messages.kept()).sum()
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
        let mut heard = None;
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
            let whole: &mut Heard = heard.get_or_insert_default();
            if let Some(said) = self.opens(side, &record, mark, keys, story) {
                whole.new |= said.new;
                whole.again |= said.again;
                whole.flight |= said.flight;
                continue;
            }
            let said = match record.header {
                DtlsHeader::Plain(header) => self.plain(side, &header, &record, mark, story),
                DtlsHeader::Unified { epoch, .. } => {
                    let has_id = record.head.first().is_some_and(|first| first & 0x10 != 0);
                    if has_id && id.is_none() {
                        story.oddity(side, mark, UNKNOWN_ID);
                        break;
                    }
                    self.unified(side, epoch, record.body.len() as u32, mark, story)
                }
            };
            whole.new |= said.new;
            whole.again |= said.again;
            whole.flight |= said.flight;
        }
        heard
    }

    /// Nothing more comes: tells what never became whole, and puts the events in order.
    pub(crate) fn finish(&mut self, story: &mut Story, ends: &mut [Stream; 2]) {
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

    fn plain(
        &mut self,
        side: Side,
        header: &DtlsRecordHeader,
        record: &DtlsRecord<'_>,
        mark: Mark,
        story: &mut Story,
    ) -> Heard {
        let half = self.half(side);
        let length = u32::from(header.length);
        let clear = header.epoch == 0;
        // A server that keeps no state yet numbers all its records 0.
        if !clear && !half.is_first(header.epoch, header.sequence) {
            return Heard::default();
        }
        let number = u64::from(header.epoch) << 48 | header.sequence;
        match header.content_type {
            ContentType::HANDSHAKE if clear => self.handshake(side, record.body, mark, story),
            ContentType::HANDSHAKE => self.sealed(side, header.epoch, length, number, mark, story),
            ContentType::CHANGE_CIPHER_SPEC => {
                let place = u64::from(header.epoch) << 48 | CHANGE;
                if half.changed.contains(&header.epoch) || half.changed.len() >= MAX_WINDOWS {
                    return half.again(place);
                }
                half.changed.push(header.epoch);
                self.says_new(side, place);
                self.push(side, place, mark, length, Message::ChangeCipherSpec, story)
            }
            ContentType::ALERT if clear => self.alert(side, header, record.body, mark, story),
            ContentType::ALERT => {
                self.says_new(side, number);
                self.push(side, number, mark, length, Message::EncryptedAlert, story)
            }
            ContentType::TLS12_CID => self.with_id(side, header, number, mark, story),
            ContentType::APPLICATION_DATA => {
                self.application_data(side, number, mark, length, story)
            }
            _ => Heard::default(),
        }
    }

    /// Opens a record with the key log and tells what it holds; `None` where it stays closed.
    fn opens(
        &mut self,
        side: Side,
        record: &DtlsRecord<'_>,
        mark: Mark,
        keys: &KeyLog,
        story: &mut Story,
    ) -> Option<Heard> {
        let epoch = match record.header {
            DtlsHeader::Plain(header) => header.epoch,
            DtlsHeader::Unified { epoch, .. } => u16::from(epoch),
        };
        if epoch == 0 {
            return None;
        }
        if self.opening.is_none() {
            self.opening = opening(keys, self.random?, story).map(Box::new);
        }
        let (kind, content) = self.opening.as_mut()?.open(side, record)?;
        self.arrivals += 1;
        let number = u64::from(epoch) << 48 | 1 << 40 | self.arrivals;
        let length = record.body.len() as u32;
        self.epoch = epoch;
        story.tells_opened(true);
        let heard = match kind {
            ContentType::HANDSHAKE => self.handshake(side, &content, mark, story),
            ContentType::ALERT => self.opened_alert(side, number, &content, mark, length, story),
            ContentType::APPLICATION_DATA => {
                self.says_new(side, number);
                let before = story.events.len();
                story.opened_data(side, mark, length);
                if story.events.len() > before {
                    self.order.push(number);
                }
                Heard { new: true, ..Heard::default() }
            }
            _ => Heard::default(),
        };
        story.tells_opened(false);
        self.epoch = 0;
        Some(heard)
    }

    fn opened_alert(
        &mut self,
        side: Side,
        number: u64,
        content: &[u8],
        mark: Mark,
        length: u32,
        story: &mut Story,
    ) -> Heard {
        match alert::Message::decode(content) {
            Ok(message) => {
                self.says_new(side, number);
                self.push(side, number, mark, length, Message::Alert(message), story)
            }
            Err(_) => Heard::default(),
        }
    }

    /// Records that were opened; `None` where the key log does not know the conversation.
    pub(crate) fn opened(&self) -> Option<u32> {
        self.opening.as_ref().map(|opening| opening.opened)
    }

    /// Handshake messages in the clear, or opened.
    fn handshake(&mut self, side: Side, body: &[u8], mark: Mark, story: &mut Story) -> Heard {
        let mut bytes = Reader::new(body);
        let mut heard = Heard::default();
        while let Ok(header) = DtlsFragmentHeader::read(&mut bytes) {
            let length = (header.fragment as usize).min(bytes.left());
            let Ok(fragment) = bytes.take(length, "DTLS fragment") else { break };
            let number = u64::from(self.epoch) << 48 | u64::from(header.message);
            let half = self.half(side);
            let known = half.messages.knows(header.message);
            let repeats = |event: usize| repeats(story, event, &header, fragment);
            match half.messages.add(header, fragment, mark, repeats) {
                Added::Whole(message) => {
                    self.says_new(side, number);
                    // Another request for a cookie is no step ahead.
                    let request = message.kind == HandshakeType::HELLO_VERIFY_REQUEST;
                    heard.new |= !(request && self.asked_for_cookie);
                    self.asked_for_cookie |= request;
                    self.tell(side, &message, message.mark, story);
                }
                Added::Part => {
                    if !known {
                        self.says_new(side, number);
                    }
                    heard.new = true;
                }
                Added::Again => {
                    heard.again = true;
                    heard.flight |= header.offset == 0 && half.again(number).flight;
                }
                Added::TooMuch => {
                    story.oddity(side, mark, "handshake messages too long or too many to keep");
                }
            }
        }
        heard
    }

    /// Tells a message, whole or as far as it came, and learns from it.
    fn tell(&mut self, side: Side, message: &Partial, mark: Mark, story: &mut Story) {
        let before = story.events.len();
        let header = HandshakeHeader { kind: message.kind, length: message.length };
        let body = message.beginning();
        story.handshake(side, mark, header, Some(body));
        let told = story.events.len() > before;
        if told {
            self.order.push(u64::from(self.epoch) << 48 | u64::from(message.number));
        }
        self.half(side).messages.told(message, told.then_some(before));
        match message.kind {
            HandshakeType::CLIENT_HELLO => {
                let hello = ClientHello::read_cut(body);
                self.random = self.random.or(hello.random.try_into().ok());
                self.srtp |= hello.has(ExtensionType::USE_SRTP);
                self.half(side).asks(hello.extensions());
            }
            HandshakeType::SERVER_HELLO => {
                let Ok(hello) = ServerHello::read(body) else { return };
                self.version = Some(hello.version());
                self.suite = Some(hello.cipher_suite);
                if !hello.is_hello_retry_request() {
                    self.half(side).asks(hello.extensions());
                }
            }
            HandshakeType::HELLO_VERIFY_REQUEST if HelloVerifyRequest::read(body).is_err() => {
                story.oddity(side, mark, "a HelloVerifyRequest that cannot be read");
            }
            _ => {}
        }
    }

    /// A handshake record whose content is hidden. It comes again with another number and the same
    /// length.
    fn sealed(
        &mut self,
        side: Side,
        epoch: u16,
        length: u32,
        number: u64,
        mark: Mark,
        story: &mut Story,
    ) -> Heard {
        let sealed = Sealed { epoch, length, time: mark.time, number };
        if let Some(again) = self.half(side).seals(sealed, 0) {
            return again;
        }
        self.says_new(side, number);
        self.push(side, number, mark, length, Message::EncryptedHandshake, story)
    }

    /// A record of DTLS 1.3 that is encrypted: its epoch tells the handshake from what follows.
    fn unified(
        &mut self,
        side: Side,
        epoch: u8,
        length: u32,
        mark: Mark,
        story: &mut Story,
    ) -> Heard {
        if self.version.is_some_and(|version| !version.is_tls13()) {
            story.oddity(side, mark, "a record of DTLS 1.3 where another version was chosen");
            return Heard::default();
        }
        self.arrivals += 1;
        let number = u64::from(epoch) << 48 | self.arrivals;
        if epoch != HANDSHAKE_EPOCH {
            // Behind the handshake the two bits go round; what comes first is epoch 3.
            let number = u64::from(u16::MAX) << 48 | self.arrivals;
            return self.application_data(side, number, mark, length, story);
        }
        let sealed = Sealed { epoch: u16::from(epoch), length, time: mark.time, number };
        if let Some(again) = self.half(side).seals(sealed, PAUSE) {
            return again;
        }
        self.says_new(side, number);
        self.push(side, number, mark, length, Message::Encrypted, story)
    }

    /// A record that hides its type behind a connection id (RFC 9146, 4): the first one of a side is
    /// its Finished, unless it is as short as an alert.
    fn with_id(
        &mut self,
        side: Side,
        header: &DtlsRecordHeader,
        number: u64,
        mark: Mark,
        story: &mut Story,
    ) -> Heard {
        if self.id_length(side).is_none() {
            story.oddity(side, mark, UNKNOWN_ID);
        }
        let version = self.version.unwrap_or(ProtocolVersion::DTLS_1_2);
        let alert = self.suite.and_then(|suite| encrypted_alert_length(suite, version, false));
        // The true type is one byte more.
        let is_alert = alert.is_some_and(|alert| header.length == alert + 1);
        let first = !std::mem::replace(&mut self.half(side).with_id, true);
        let length = u32::from(header.length);
        match (is_alert, first) {
            (true, _) => {
                self.says_new(side, number);
                self.push(side, number, mark, length, Message::EncryptedAlert, story)
            }
            (_, true) => self.sealed(side, header.epoch, length, number, mark, story),
            _ => self.application_data(side, number, mark, length, story),
        }
    }

    fn alert(
        &mut self,
        side: Side,
        header: &DtlsRecordHeader,
        body: &[u8],
        mark: Mark,
        story: &mut Story,
    ) -> Heard {
        let length = u32::from(header.length);
        let place = ALERT + header.sequence.min(ALERT);
        let mut heard = Heard::default();
        for message in alert::Decoder::new(alert::Version::Dtls12).record(body) {
            match message {
                Ok(message) => {
                    let alert = (header.sequence, message.encode());
                    let half = self.half(side);
                    if half.alerts.contains(&alert) || half.alerts.len() >= MAX_ALERTS {
                        return Heard::default();
                    }
                    half.alerts.push(alert);
                    self.says_new(side, place);
                    heard = self.push(side, place, mark, length, Message::Alert(message), story);
                }
                Err(_) => story.oddity(side, mark, "an alert record of the wrong length"),
            }
        }
        heard
    }

    fn application_data(
        &mut self,
        side: Side,
        number: u64,
        mark: Mark,
        length: u32,
        story: &mut Story,
    ) -> Heard {
        self.says_new(side, number);
        let before = story.events.len();
        story.application_data(side, mark, length);
        if story.events.len() > before {
            self.order.push(number);
        }
        Heard { new: true, ..Heard::default() }
    }

    fn push(
        &mut self,
        side: Side,
        number: u64,
        mark: Mark,
        length: u32,
        message: Message,
        story: &mut Story,
    ) -> Heard {
        let before = story.events.len();
        story.push(side, mark, length, message);
        if story.events.len() > before {
            self.order.push(number);
        }
        Heard { new: true, ..Heard::default() }
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

    /// Tells the messages of a side that never became whole, and those of which nothing came.
    fn tell_rest(&mut self, side: Side, stream: &mut Stream, story: &mut Story) {
        let half = self.half(side);
        let first_is_known = half.messages.knows(0);
        let absent = half.messages.numbers().and_then(|(low, high)| {
            let low = if side == Side::Client && !first_is_known { 0 } else { low };
            (low..high).find(|number| !half.messages.knows(*number))
        });
        let rest = half.messages.rest();
        // Where the other side went on, it had what the capture has not.
        let went_on = half.answered || half.cut;
        for message in rest {
            let missing = u64::from(message.missing());
            if went_on {
                stream.lost += missing;
            } else {
                stream.hole += missing;
            }
            story.oddity(side, message.mark, "a handshake message of which a part is missing");
            if !message.beginning().is_empty() {
                self.tell(side, &message, message.mark, story);
            }
        }
        if let Some(number) = absent {
            stream.lost += u64::from(went_on);
            stream.hole += u64::from(!went_on);
            let behind = story
                .events
                .iter()
                .zip(&self.order)
                .find(|(event, order)| event.side == side && **order > u64::from(number));
            let Some((event, _)) = behind else { return };
            let mark = Mark { frame: event.frame, time: event.time, ttl: 0 };
            story.oddity(side, mark, "a handshake message before this one is missing");
        }
    }
}

/// What a key log holds of a conversation, once the server has answered.
fn opening(keys: &KeyLog, random: [u8; 32], story: &Story) -> Option<Opening> {
    let hello = |wanted| {
        story.events.iter().rev().find_map(move |event| match &event.message {
            Message::Handshake { kind, body } if *kind == wanted => Some((event.side, body)),
            _ => None,
        })
    };
    let (client, _) = hello(HandshakeType::CLIENT_HELLO)?;
    let (_, body) = hello(HandshakeType::SERVER_HELLO)?;
    let answer = ServerHello::read(body).ok().filter(|it| !it.is_hello_retry_request())?;
    Opening::new(keys, client, &random, &answer)
}

/// Whether a fragment repeats the message that was told at an event, as far as its body was kept.
/// Only a hello and a request for a cookie may come anew under the number of another.
fn repeats(story: &Story, event: usize, header: &DtlsFragmentHeader, fragment: &[u8]) -> bool {
    let anew =
        matches!(header.kind, HandshakeType::CLIENT_HELLO | HandshakeType::HELLO_VERIFY_REQUEST);
    let Some(Message::Handshake { body, .. }) = story.events.get(event).map(|it| &it.message)
    else {
        return true;
    };
    let offset = header.offset as usize;
    let told = body.get(offset..offset.saturating_add(fragment.len()));
    !anew || told.is_none_or(|told| told == fragment)
}

/// The epoch in which DTLS 1.3 encrypts its handshake (RFC 9147, 6.1).
const HANDSHAKE_EPOCH: u8 = 2;
/// A hello that would tell was not captured.
const UNKNOWN_ID: &str = "a connection id of unknown length: a hello is missing";
