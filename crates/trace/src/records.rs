//! Cuts one direction into TLS records and its handshake into messages.
//!
//! Only what travels in the clear is looked at. The bodies of application data and of encrypted
//! records are stepped over: their length and place are all that can be known of them.

use alert::Side;
use wire::{ContentType, HANDSHAKE_HEADER, HandshakeHeader, HandshakeType, RecordHeader};

use crate::carrier::{self, LOOKED_AT, Preface, SNIFFED, Unwrapped, Verdict};
use crate::session::{Mark, Message};
use crate::story::Story;

/// Where one direction stands.
#[derive(Debug)]
pub(crate) struct Records {
    state: State,
    /// The first bytes of a header, or of the direction.
    header: [u8; SNIFFED],
    have: u8,
    record: Record,
    /// Body bytes of the present record that are still to come.
    left: u32,
    /// A handshake message, or an alert record, that is not complete yet.
    partial: Vec<u8>,
    alerts: alert::Decoder,
    /// Bytes of a handshake message that are stepped over because its start was lost or because
    /// it is too long.
    message_left: u32,
    /// A ChangeCipherSpec was sent: what follows is encrypted, unless TLS 1.3 is spoken.
    changed_cipher: bool,
    /// Plaintext seen so far.
    plain: u32,
    /// All of it was text.
    text: bool,
    /// Segments looked at in vain since the thread was lost.
    searched: u8,
    /// The start of this direction was not captured.
    joined: bool,
    /// The records travel in packets of another protocol.
    packets: Option<carrier::Packets>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Nothing known yet.
    Start,
    /// Inside a chain of records.
    Records,
    /// A ClientHello in SSLv2 format is being read.
    Sslv2,
    /// Something else is spoken; TLS may still begin.
    Plain,
    /// The place in the chain of records was lost with the bytes that held it.
    Lost,
    /// Nothing more is expected.
    Deaf,
}

#[derive(Clone, Copy, Debug)]
struct Record {
    kind: ContentType,
    length: u16,
    body: Body,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Body {
    /// Stepped over.
    Unread,
    /// Handshake messages in the clear.
    Handshake,
    /// Alerts in the clear.
    Alert,
}

/// Bytes kept of one message; larger ones are cut, which is said. A certificate chain that a
/// server really sends fits well (the RFC's own bound is 2^24).
const MAX_MESSAGE: usize = 64 << 10;
/// Plaintext after which TLS is no longer expected to begin: more than any STARTTLS dialogue.
const MAX_PLAIN: u32 = 64 << 10;
/// The same where it is not text: another protocol, of which the first bytes are kept.
const MAX_BINARY: u32 = 4 << 10;
/// Segments in which the thread is searched after a loss before the direction is given up.
const MAX_SEARCH: u8 = 200;

impl Records {
    /// The start of a direction.
    pub(crate) fn new() -> Self {
        Self {
            state: State::Start,
            header: [0; SNIFFED],
            have: 0,
            record: Record { kind: ContentType(0), length: 0, body: Body::Unread },
            left: 0,
            partial: Vec::new(),
            alerts: alert::Decoder::new(alert::Version::Tls12),
            message_left: 0,
            changed_cipher: false,
            plain: 0,
            text: true,
            searched: 0,
            joined: false,
            packets: None,
        }
    }

    /// The start of this direction was not captured: what comes may be the middle of a record.
    pub(crate) fn join(&mut self) {
        if self.state == State::Start && self.have == 0 {
            self.joined = true;
        }
    }

    /// Bytes of messages that are not complete yet, with what is allocated for them.
    #[inline]
    pub(crate) fn kept(&self) -> usize {
        self.partial.capacity()
    }

    /// How many bytes from here on nobody wants to read.
    #[inline]
    pub(crate) fn unread(&self) -> u64 {
        match self.state {
            State::Records if self.record.body == Body::Unread && self.packets.is_none() => {
                u64::from(self.left.saturating_sub(1))
            }
            State::Deaf => u64::MAX,
            _ => 0,
        }
    }

    /// Steps over bytes of which [`Records::unread`] said that nobody wants them.
    #[inline]
    pub(crate) fn step_over(&mut self, length: u32) {
        if self.state == State::Records {
            self.left = self.left.saturating_sub(length);
        }
    }

    /// Reads the next bytes of this direction.
    pub(crate) fn read(&mut self, side: Side, mut bytes: &[u8], mark: Mark, story: &mut Story) {
        while let Some(packets) = &mut self.packets {
            match packets.next(&mut bytes) {
                Unwrapped::Body(body) => self.records(side, body, mark, story),
                Unwrapped::Nothing => return,
                Unwrapped::Over => self.packets = None,
            }
        }
        self.records(side, bytes, mark, story);
    }

    /// Reads bytes that nothing is wrapped around.
    fn records(&mut self, side: Side, mut bytes: &[u8], mark: Mark, story: &mut Story) {
        while !bytes.is_empty() {
            match self.state {
                State::Deaf => return,
                State::Plain => return self.plain(side, bytes, mark, story),
                State::Lost => {
                    if !self.find_thread(&mut bytes) {
                        return;
                    }
                }
                State::Start => self.begin(&mut bytes, side, mark, story),
                State::Sslv2 => {
                    let taken = bytes.len().min(self.left as usize);
                    let (body, rest) = bytes.split_at(taken);
                    bytes = rest;
                    self.partial.extend_from_slice(body);
                    self.left -= taken as u32;
                    if self.left == 0 {
                        let hello = std::mem::take(&mut self.partial);
                        let length = hello.len() as u32;
                        story.push(side, mark, length, Message::Sslv2ClientHello(hello.into()));
                        self.state = State::Records;
                        self.have = 0;
                    }
                }
                State::Records if self.left > 0 => {
                    let taken = bytes.len().min(self.left as usize);
                    let (body, rest) = bytes.split_at(taken);
                    bytes = rest;
                    self.left -= taken as u32;
                    self.body(side, body, mark, story);
                    if self.left == 0 {
                        self.end_record(side, mark, story);
                    }
                }
                State::Records => {
                    let Some(first) = self.gather(&mut bytes) else { return };
                    self.have = 0;
                    match RecordHeader::read(&first) {
                        Some(header) => self.begin_record(header, bytes, story),
                        None => {
                            story.oddity(side, mark, "bytes that are no TLS record");
                            self.state = State::Lost;
                            self.searched = 1;
                            return;
                        }
                    }
                    if self.left == 0 {
                        self.end_record(side, mark, story);
                    }
                }
            }
        }
    }

    /// Takes note of bytes that the capture does not hold.
    pub(crate) fn gap(&mut self, side: Side, length: u64, mark: Mark, story: &mut Story) {
        if self.packets.take().is_some() {
            // Where the next packet begins is lost with the bytes.
            self.left = 0;
        }
        match self.state {
            State::Records if u64::from(self.left) > length => {
                self.left -= length as u32;
                if self.record.body != Body::Unread {
                    self.lose(side, length, mark, story);
                }
            }
            State::Records if self.left > 0 && u64::from(self.left) == length => {
                self.left = 0;
                self.lose(side, length, mark, story);
                self.end_record(side, mark, story);
            }
            State::Records | State::Start | State::Sslv2 => {
                self.lose(side, length, mark, story);
                self.state = State::Lost;
                (self.have, self.searched) = (0, 0);
            }
            State::Plain | State::Lost | State::Deaf => {}
        }
        if self.record.body != Body::Unread || self.state == State::Lost {
            let kept = u32::try_from(length).unwrap_or(u32::MAX);
            story.push(side, mark, kept, Message::Gap);
        }
    }

    /// The direction is over: what was begun is told as far as it came.
    pub(crate) fn end(&mut self, side: Side, mark: Mark, story: &mut Story) {
        match self.state {
            State::Start if self.have > 0 => self.not_tls(side, mark, story),
            State::Records => self.lose(side, 0, mark, story),
            _ => {}
        }
        self.state = State::Deaf;
    }

    /// After a loss: a record may begin right behind it, or with a segment.
    fn find_thread(&mut self, bytes: &mut &[u8]) -> bool {
        if self.searched > 0 {
            self.have = 0;
        }
        let Some(first) = self.gather(bytes) else { return false };
        self.have = 0;
        if carrier::goes_on(&first) {
            self.state = State::Records;
            (self.searched, self.left, self.message_left) = (0, 0, 0);
            self.partial.clear();
            // The header is read again, as the first of a new chain.
            (self.header, self.have) = (first, SNIFFED as u8);
            return true;
        }
        self.searched = self.searched.saturating_add(1);
        if self.searched >= MAX_SEARCH {
            self.state = State::Deaf;
        }
        false
    }

    /// Collects five bytes; `None` while there are fewer.
    fn gather(&mut self, bytes: &mut &[u8]) -> Option<[u8; SNIFFED]> {
        if self.have == 0
            && let Some((first, rest)) = bytes.split_first_chunk::<SNIFFED>()
        {
            *bytes = rest;
            return Some(*first);
        }
        while usize::from(self.have) < SNIFFED {
            let (&byte, rest) = bytes.split_first()?;
            *bytes = rest;
            *self.header.get_mut(usize::from(self.have))? = byte;
            self.have += 1;
        }
        Some(self.header)
    }

    /// Decides what the direction carries, with the first byte that tells.
    fn begin(&mut self, bytes: &mut &[u8], side: Side, mark: Mark, story: &mut Story) {
        while usize::from(self.have) < SNIFFED {
            let Some((&byte, rest)) = bytes.split_first() else { return };
            let Some(place) = self.header.get_mut(usize::from(self.have)) else { return };
            *place = byte;
            *bytes = rest;
            self.have += 1;
            let first = self.header.get(..usize::from(self.have)).unwrap_or_default();
            if !carrier::may_be_tls(first) {
                break;
            }
        }
        let first = self.header;
        match carrier::sniff(first) {
            _ if usize::from(self.have) < SNIFFED => self.not_tls(side, mark, story),
            Verdict::Records => {
                self.have = 0;
                self.state = State::Records;
                if let Some(header) = RecordHeader::read(&first) {
                    self.begin_record(header, bytes, story);
                }
                if self.left == 0 {
                    self.end_record(side, mark, story);
                }
            }
            Verdict::Sslv2(length) => {
                self.have = 0;
                self.partial.extend_from_slice(&first);
                // Three of the five bytes belong to the body.
                self.left = u32::from(length).saturating_sub(3);
                self.state = State::Sslv2;
            }
            Verdict::NotTls => self.not_tls(side, mark, story),
        }
    }

    /// What was gathered so far is plaintext, or the middle of a record if the start of the
    /// direction was not captured.
    fn not_tls(&mut self, side: Side, mark: Mark, story: &mut Story) {
        let first = self.header;
        let first = first.get(..usize::from(self.have)).unwrap_or_default();
        self.have = 0;
        if self.joined {
            self.state = State::Lost;
            self.searched = 1;
        } else {
            self.state = State::Plain;
            self.plain(side, first, mark, story);
        }
    }

    /// Plaintext, in which TLS may still begin (STARTTLS, a proxy's CONNECT and their like).
    fn plain(&mut self, side: Side, bytes: &[u8], mark: Mark, story: &mut Story) {
        let held = self.partial.len();
        self.partial.extend_from_slice(bytes);
        let begin = carrier::find(&self.partial, story.has_tls_of(side.other()));
        let decided = begin.unwrap_or(self.partial.len().saturating_sub(LOOKED_AT - 1));
        let before = self.partial.get(..decided).unwrap_or_default();
        self.text &= before.iter().all(|byte| matches!(byte, b' '..=b'~' | b'\r' | b'\n' | b'\t'));
        let length = (self.plain as usize + decided).saturating_sub(held);
        // Behind other bytes than text it must begin where the preface of a carrier ends, or else
        // with a segment: tunnels such as OpenVPN's put their own header in front of each part.
        if begin.is_some() {
            let preface =
                if self.text { Preface::Whole } else { preface(story, side, length, before) };
            if self.text || decided == held || preface != Preface::None {
                if let Preface::Packets(packets) = preface {
                    self.packets = Some(packets);
                }
                let seen = std::mem::take(&mut self.partial);
                let (text, tls) = seen.split_at(decided);
                story.plaintext(side, text.get(held..).unwrap_or_default(), mark);
                story.cut_plaintext(side, length);
                story.oddity(side, mark, "TLS begins after plaintext");
                self.state = State::Records;
                return self.read(side, tls, mark, story);
            }
        }
        story.plaintext(side, bytes, mark);
        self.plain = self.plain.saturating_add(bytes.len() as u32);
        self.partial.drain(..self.partial.len().saturating_sub(LOOKED_AT - 1));
        if self.plain > if self.text { MAX_PLAIN } else { MAX_BINARY } {
            self.partial = Vec::new();
            self.state = State::Deaf;
        }
    }

    /// Decides what to do with the body of a record; `rest` is what follows the header so far.
    fn begin_record(&mut self, header: RecordHeader, rest: &[u8], story: &Story) {
        let length = header.length;
        let encrypted = self.changed_cipher && !story.is_tls13();
        let body = match header.content_type {
            ContentType::HANDSHAKE if !encrypted || is_client_hello(rest, length) => {
                Body::Handshake
            }
            ContentType::ALERT if !encrypted || length == 2 => {
                // An encrypted alert is never shorter than its authentication tag.
                if length <= 8 { Body::Alert } else { Body::Unread }
            }
            _ => Body::Unread,
        };
        if body == Body::Alert {
            self.partial.clear();
        }
        self.left = u32::from(length);
        self.record = Record { kind: header.content_type, length, body };
    }

    fn body(&mut self, side: Side, bytes: &[u8], mark: Mark, story: &mut Story) {
        match self.record.body {
            Body::Unread => {}
            Body::Handshake => self.handshake(side, bytes, mark, story),
            Body::Alert => self.partial.extend_from_slice(bytes),
        }
    }

    /// Cuts handshake messages out of the bodies of their records (RFC 9846, 5.1: a message may
    /// span records and a record may hold several).
    fn handshake(&mut self, side: Side, bytes: &[u8], mark: Mark, story: &mut Story) {
        let stepped = bytes.len().min(self.message_left as usize);
        self.message_left -= stepped as u32;
        let bytes = bytes.get(stepped..).unwrap_or_default();
        if self.partial.is_empty() {
            let used = self.messages(side, bytes, mark, story);
            self.partial.extend_from_slice(bytes.get(used..).unwrap_or_default());
        } else {
            self.partial.extend_from_slice(bytes);
            let mut partial = std::mem::take(&mut self.partial);
            let used = self.messages(side, &partial, mark, story);
            // Nothing is left, mostly; then what the message took is given back.
            if used < partial.len() {
                partial.drain(..used);
                self.partial = partial;
            }
        }
    }

    /// Tells the complete messages at the start of `bytes` and says how many bytes they took.
    fn messages(&mut self, side: Side, bytes: &[u8], mark: Mark, story: &mut Story) -> usize {
        let mut used = 0;
        loop {
            let rest = bytes.get(used..).unwrap_or_default();
            let Some(header) = HandshakeHeader::read(rest) else { return used };
            if header.kind.name().is_none() {
                // No message begins like this: it is encrypted, and the ChangeCipherSpec was
                // not captured.
                self.changed_cipher = true;
                self.record.body = Body::Unread;
                return bytes.len();
            }
            let whole = HANDSHAKE_HEADER + header.length as usize;
            if let Some(message) = rest.get(..whole) {
                story.handshake(side, mark, header, message.get(HANDSHAKE_HEADER..));
                used += whole;
            } else if whole > MAX_MESSAGE && rest.len() >= MAX_MESSAGE {
                story.oddity(side, mark, "a handshake message of more than 64 KiB, cut");
                story.handshake(side, mark, header, rest.get(HANDSHAKE_HEADER..));
                self.message_left = (whole - rest.len()) as u32;
                return bytes.len();
            } else {
                return used;
            }
        }
    }

    /// Bytes of a clear body are missing: the message they belong to is told as far as it came.
    fn lose(&mut self, side: Side, length: u64, mark: Mark, story: &mut Story) {
        if self.record.body == Body::Handshake {
            if let Some(header) = HandshakeHeader::read(&self.partial) {
                let whole = HANDSHAKE_HEADER + header.length as usize;
                story.oddity(side, mark, "a handshake message of which the capture lacks a part");
                story.handshake(side, mark, header, self.partial.get(HANDSHAKE_HEADER..));
                let missing = (whole - self.partial.len()) as u64;
                self.message_left = u32::try_from(missing.saturating_sub(length)).unwrap_or(0);
            } else {
                // What is lost may hold the end of one message and the start of the next: the
                // rest of this record cannot be cut.
                self.message_left = if length > 0 { self.left } else { 0 };
            }
        }
        self.partial = Vec::new();
    }

    fn end_record(&mut self, side: Side, mark: Mark, story: &mut Story) {
        let length = u32::from(self.record.length);
        match (self.record.kind, self.record.body) {
            (ContentType::CHANGE_CIPHER_SPEC, _) => {
                self.changed_cipher = true;
                story.push(side, mark, length, Message::ChangeCipherSpec);
            }
            (ContentType::HANDSHAKE, Body::Unread) => {
                story.push(side, mark, length, Message::EncryptedHandshake);
            }
            (ContentType::ALERT, Body::Alert) => {
                let content = std::mem::take(&mut self.partial);
                for message in self.alerts.record(&content) {
                    match message {
                        Ok(message) => story.push(side, mark, length, Message::Alert(message)),
                        Err(_) => story.oddity(side, mark, "an alert record of the wrong length"),
                    }
                }
            }
            (ContentType::ALERT, _) => {
                story.push(side, mark, length, Message::EncryptedAlert);
            }
            (ContentType::APPLICATION_DATA, _) => story.application_data(side, mark, length),
            _ => {}
        }
    }
}

/// What the first bytes of a side, so many, are to a carrier. `last` are the last of them; those
/// before have been told.
fn preface(story: &Story, side: Side, length: usize, last: &[u8]) -> Preface {
    let told = story.said(side);
    let told = told.get(..length.saturating_sub(last.len())).unwrap_or_default();
    let said = [told, last].concat();
    if said.len() == length { carrier::preface(&said) } else { Preface::None }
}

/// Whether the record holds a ClientHello in the clear: after a HelloRetryRequest the second one
/// follows the client's ChangeCipherSpec (RFC 9846, D.4).
fn is_client_hello(rest: &[u8], length: u16) -> bool {
    HandshakeHeader::read(rest).is_some_and(|header| {
        header.kind == HandshakeType::CLIENT_HELLO
            && header.length + HANDSHAKE_HEADER as u32 == u32::from(length)
    })
}
