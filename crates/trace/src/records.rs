//! Cuts one direction into TLS records and its handshake into messages.
//!
//! Only what travels in the clear is looked at, and what a key log opens. The bodies of application
//! data and of other encrypted records are stepped over: their length and place are all that can be
//! known of them.

mod messages;
mod plaintext;

use alert::Side;
use wire::{
    ContentType, HANDSHAKE_HEADER, HandshakeHeader, HandshakeType, ProtocolVersion, RecordHeader,
};

use self::messages::Messages;

use crate::carrier::{self, SNIFFED, Unwrapped, Verdict};
use crate::session::Message;
use crate::story::Story;
use crate::stream::Mark;

/// Where one direction stands.
#[derive(Clone, Debug)]
pub(crate) struct Records {
    state: State,
    /// The first bytes of a header, or of the direction.
    header: [u8; SNIFFED],
    have: u8,
    record: Record,
    /// Body bytes of the present record that are still to come.
    left: u32,
    /// An alert or a sealed record that is not complete yet, a hello in SSLv2 format, or the end of
    /// plaintext.
    held: Vec<u8>,
    messages: Messages,
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
    header: RecordHeader,
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
    /// Something that a key log may open.
    Sealed,
}

/// No record yet.
const NOTHING: RecordHeader =
    RecordHeader { content_type: ContentType(0), version: ProtocolVersion(0), length: 0 };
/// Segments in which the thread is searched after a loss before the direction is given up.
const MAX_SEARCH: u8 = 200;

impl Records {
    /// The start of a direction.
    pub(crate) fn new() -> Self {
        Self {
            state: State::Start,
            header: [0; SNIFFED],
            have: 0,
            record: Record { header: NOTHING, body: Body::Unread },
            left: 0,
            held: Vec::new(),
            messages: Messages::new(),
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
        self.held.capacity() + self.messages.kept()
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

    /// Whether it speaks TLS, as far as it can be followed.
    #[inline]
    pub(crate) fn is_tls(&self) -> bool {
        matches!(self.state, State::Records | State::Sslv2)
    }

    /// Whether nothing more is expected of it.
    #[inline]
    pub(crate) fn is_deaf(&self) -> bool {
        self.state == State::Deaf
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
                    self.held.extend_from_slice(body);
                    self.left -= taken as u32;
                    if self.left == 0 {
                        let hello = std::mem::take(&mut self.held);
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
                        Some(header) => self.begin_record(side, header, bytes, story),
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
                story.lose(side, length);
                self.state = State::Lost;
                (self.have, self.searched) = (0, 0);
            }
            State::Plain | State::Lost | State::Deaf => {}
        }
        if self.record.body != Body::Unread || self.state == State::Lost {
            // Nobody knows how long a gap without a number is.
            let kept = u32::try_from(length).unwrap_or(0);
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
            (self.searched, self.left) = (0, 0);
            self.held.clear();
            self.messages.forget();
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
            if !(carrier::may_be_tls(first) || self.joined && carrier::may_open(first)) {
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
                    self.begin_record(side, header, bytes, story);
                }
                if self.left == 0 {
                    self.end_record(side, mark, story);
                }
            }
            Verdict::Sslv2(length) => {
                self.have = 0;
                self.held.extend_from_slice(&first);
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
        let opens = first.len() == SNIFFED && carrier::may_open(first);
        if self.joined && !opens {
            self.state = State::Lost;
            self.searched = 1;
        } else {
            self.state = State::Plain;
            self.plain(side, first, mark, story);
        }
    }

    /// Decides what to do with the body of a record; `rest` is what follows the header so far.
    fn begin_record(&mut self, side: Side, header: RecordHeader, rest: &[u8], story: &Story) {
        let length = header.length;
        let encrypted = self.changed_cipher && !story.is_tls13();
        let body = match header.content_type {
            ContentType::HANDSHAKE if !encrypted || is_client_hello(rest, length) => {
                Body::Handshake
            }
            // An encrypted alert is never shorter than its authentication tag.
            ContentType::ALERT if length <= 8 && (!encrypted || length == 2) => Body::Alert,
            _ if story.may_open(side, header) => Body::Sealed,
            _ => Body::Unread,
        };
        if matches!(body, Body::Alert | Body::Sealed) {
            self.held.clear();
        }
        self.left = u32::from(length);
        self.record = Record { header, body };
    }

    fn body(&mut self, side: Side, bytes: &[u8], mark: Mark, story: &mut Story) {
        match self.record.body {
            Body::Unread => {}
            Body::Handshake => {
                if !self.messages.handshake(side, bytes, mark, story) {
                    // It is encrypted, and the ChangeCipherSpec was not captured.
                    self.changed_cipher = true;
                    self.record.body = Body::Unread;
                }
            }
            Body::Alert | Body::Sealed => self.held.extend_from_slice(bytes),
        }
    }

    /// Bytes of a body that somebody wants to read are missing.
    fn lose(&mut self, side: Side, length: u64, mark: Mark, story: &mut Story) {
        match self.record.body {
            Body::Handshake => self.messages.lose(side, length, self.left, mark, story),
            Body::Sealed => {
                self.messages.lose_sealed(side, mark, story);
                // What is there of it cannot be opened, and it counts as one all the same.
                self.record.body = Body::Unread;
            }
            Body::Alert | Body::Unread => {}
        }
        self.held = Vec::new();
    }

    fn end_record(&mut self, side: Side, mark: Mark, story: &mut Story) {
        let header = self.record.header;
        let length = u32::from(header.length);
        if self.record.body == Body::Sealed {
            let sealed = std::mem::take(&mut self.held);
            if let Some((kind, content)) = story.open(side, header, &sealed) {
                return self.opened(side, kind, &content, mark, story);
            }
            self.messages.lose_sealed(side, mark, story);
        } else {
            story.step_over(side, header.content_type);
        }
        match (header.content_type, self.record.body) {
            (ContentType::CHANGE_CIPHER_SPEC, _) => {
                self.changed_cipher = true;
                story.change_cipher(side, mark, length);
            }
            (ContentType::HANDSHAKE, Body::Unread | Body::Sealed) => {
                story.push(side, mark, length, Message::EncryptedHandshake);
            }
            (ContentType::ALERT, Body::Alert) => {
                let content = std::mem::take(&mut self.held);
                self.messages.alert(side, &content, length, mark, story);
            }
            (ContentType::ALERT, _) => {
                story.push(side, mark, length, Message::EncryptedAlert);
            }
            (ContentType::APPLICATION_DATA, _) => story.application_data(side, mark, length),
            _ => {}
        }
    }

    /// Tells what a record holds that was opened.
    fn opened(
        &mut self,
        side: Side,
        kind: ContentType,
        content: &[u8],
        mark: Mark,
        story: &mut Story,
    ) {
        let length = u32::from(self.record.header.length);
        story.tells_opened(true);
        match kind {
            ContentType::HANDSHAKE => self.messages.opened(side, content, mark, story),
            ContentType::ALERT => self.messages.alert(side, content, length, mark, story),
            ContentType::CHANGE_CIPHER_SPEC => story.change_cipher(side, mark, length),
            ContentType::APPLICATION_DATA => story.opened_data(side, mark, length),
            _ => {}
        }
        story.tells_opened(false);
    }
}

/// Whether the record holds a ClientHello in the clear: after a HelloRetryRequest the second one
/// follows the client's ChangeCipherSpec (RFC 9846, D.4).
fn is_client_hello(rest: &[u8], length: u16) -> bool {
    HandshakeHeader::read(rest).is_some_and(|header| {
        header.kind == HandshakeType::CLIENT_HELLO
            && header.length + HANDSHAKE_HEADER as u32 == u32::from(length)
    })
}
