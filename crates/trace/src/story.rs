//! Remembers what was said in one conversation.
//!
//! Until the first message that only one side can send, the side that opened the connection is
//! taken to be the client; [`Story::swapped`] says that it was the other way round.

use std::sync::Arc;

use alert::Side;
use wire::{
    ContentType, HandshakeHeader, HandshakeType, KeyLog, ProtocolVersion, RecordHeader, ServerHello,
};

use crate::chains::Chains;
use crate::oddity::Oddity;
use crate::opening::Opening;
use crate::session::{Event, Message, Roles};
use crate::stream::Mark;

/// What one conversation has told so far.
#[derive(Clone, Debug)]
pub(crate) struct Story {
    pub(crate) events: Vec<Event>,
    pub(crate) oddities: Vec<Oddity>,
    /// Events left out.
    pub(crate) dropped: u32,
    pub(crate) roles: Roles,
    /// The side taken for the client turned out to be the server.
    pub(crate) swapped: bool,
    /// Records of application data by side.
    pub(crate) application: [u64; 2],
    version: Option<ProtocolVersion>,
    /// Bytes of messages that are kept.
    pub(crate) kept: usize,
    /// The latest frame of an event so far.
    latest: u64,
    /// Some event was told after one with a later frame.
    disorder: bool,
    /// The first plaintext of each side, for its event.
    plaintext: Option<Box<[Vec<u8>; 2]>>,
    /// What a key log opens.
    opening: Option<Box<Opening>>,
    /// A ClientHello was told since [`Story::learn`].
    asks: bool,
    /// What is told now was opened.
    tells_opened: bool,
}

/// Events of a first flight: who only says hello, as floods and scans do, needs no more.
const FIRST_EVENTS: usize = 4;
/// Events of a usual handshake with its end. So many fit the largest block that allocators keep at
/// hand for reuse (glibc: 1032 bytes).
const USUAL_EVENTS: usize = 21;
/// Events kept of one conversation: a handshake with client certificate has 15.
const MAX_EVENTS: usize = 96;
/// Room above [`MAX_EVENTS`] for alerts and the end of the connection, which are told whatever
/// came before.
const MAX_LAST_EVENTS: usize = 160;
/// Oddities kept of one conversation.
const MAX_ODDITIES: usize = 16;
/// Encrypted records of one side that are kept one by one: a TLS 1.3 flight has at most five, and
/// what follows the handshake says no more than its number.
const MAX_ENCRYPTED: u64 = 24;
/// Plaintext kept of a side: what a mail server can do, and its answer to STARTTLS behind that.
const KEPT_PLAIN: usize = 1024;
/// Bytes of messages kept of one conversation: two hellos and two chains.
const MAX_KEPT: usize = 160 << 10;

impl Story {
    pub(crate) fn new(roles: Roles) -> Self {
        Self {
            events: Vec::new(),
            oddities: Vec::new(),
            dropped: 0,
            roles,
            swapped: false,
            application: [0; 2],
            version: None,
            kept: 0,
            latest: 0,
            disorder: false,
            plaintext: None,
            opening: None,
            asks: false,
            tells_opened: false,
        }
    }

    /// The same with room for so many events, and more only if they come.
    pub(crate) fn expecting(mut self, events: usize) -> Self {
        self.events.reserve_exact(events);
        self
    }

    /// Whether the server took TLS 1.3: then ChangeCipherSpec means nothing and an alert record
    /// is in the clear.
    pub(crate) fn is_tls13(&self) -> bool {
        self.version.is_some_and(ProtocolVersion::is_tls13)
    }

    /// Bytes of messages that are kept, with what is allocated for events.
    #[inline]
    pub(crate) fn footprint(&self) -> usize {
        self.kept + self.events.capacity() * size_of::<Event>()
    }

    /// Shares the chains of certificates with other stories, which saves what they take here.
    pub(crate) fn share(&mut self, chains: &mut Chains) {
        for event in &mut self.events {
            if let Message::Handshake { kind: HandshakeType::CERTIFICATE, body } =
                &mut event.message
            {
                self.kept = self.kept.saturating_sub(chains.share(body));
            }
        }
    }

    /// Tells an event.
    pub(crate) fn push(&mut self, side: Side, mark: Mark, length: u32, message: Message) {
        let last = matches!(
            message,
            Message::Alert(_) | Message::Fin | Message::Reset | Message::Close(_)
        );
        if self.events.len() >= if last { MAX_LAST_EVENTS } else { MAX_EVENTS } {
            self.dropped = self.dropped.saturating_add(1);
            return;
        }
        if let Message::Sslv2ClientHello(_) = message {
            self.client_is(side);
        }
        let (time, frame) = (mark.time, mark.frame);
        self.disorder |= frame < self.latest;
        self.latest = self.latest.max(frame);
        if self.events.len() == self.events.capacity() && self.events.len() < USUAL_EVENTS {
            let few = self.events.capacity() < FIRST_EVENTS;
            let room = if few { FIRST_EVENTS } else { USUAL_EVENTS };
            self.events.reserve_exact(room - self.events.len());
        }
        let opened = self.tells_opened;
        self.events.push(Event { time, frame, side, length, opened, message });
    }

    /// Tells a handshake message, and learns from it who is who and which version is spoken.
    pub(crate) fn handshake(
        &mut self,
        side: Side,
        mark: Mark,
        header: HandshakeHeader,
        body: Option<&[u8]>,
    ) {
        let body = body.unwrap_or_default();
        match header.kind {
            HandshakeType::CLIENT_HELLO | HandshakeType::CLIENT_KEY_EXCHANGE => {
                self.client_is(side);
                self.asks |= header.kind == HandshakeType::CLIENT_HELLO;
            }
            HandshakeType::SERVER_HELLO => {
                self.client_is(side.other());
                let whole = body.len() == header.length as usize;
                if let (true, Ok(hello)) = (whole, ServerHello::read(body)) {
                    self.version = Some(hello.version());
                    self.answered(&hello);
                }
            }
            HandshakeType::SERVER_KEY_EXCHANGE
            | HandshakeType::CERTIFICATE_REQUEST
            | HandshakeType::SERVER_HELLO_DONE
            | HandshakeType::HELLO_VERIFY_REQUEST
            | HandshakeType::HELLO_REQUEST => self.client_is(side.other()),
            _ => {}
        }
        if let (true, Some(opening)) = (self.tells_opened, &mut self.opening) {
            opening.heard(side, header.kind);
        }
        let kept = is_kept(header.kind) || self.is_signed(side, header.kind);
        let body: Arc<[u8]> = if kept && self.kept + body.len() <= MAX_KEPT {
            self.kept += body.len();
            body.into()
        } else {
            Arc::default()
        };
        let length = header.length + wire::HANDSHAKE_HEADER as u32;
        self.push(side, mark, length, Message::Handshake { kind: header.kind, body });
    }

    /// Whether somebody signs this message and no reading needs it but whoever verifies that: the
    /// key exchange of a client that was asked for a certificate, and of TLS 1.3 what was opened.
    fn is_signed(&self, side: Side, kind: HandshakeType) -> bool {
        match kind {
            HandshakeType::CLIENT_KEY_EXCHANGE => self.events.iter().any(|event| {
                let request = HandshakeType::CERTIFICATE_REQUEST;
                event.side != side
                    && matches!(&event.message, Message::Handshake { kind, .. } if *kind == request)
            }),
            HandshakeType::ENCRYPTED_EXTENSIONS | HandshakeType::FINISHED => self.tells_opened,
            _ => false,
        }
    }

    /// Tells a record of application data, or counts it where no reading depends on it.
    pub(crate) fn application_data(&mut self, side: Side, mark: Mark, length: u32) {
        let Some(count) = self.application.get_mut(side as usize) else { return };
        *count += 1;
        if self.is_tls13() && self.application.get(side as usize) <= Some(&MAX_ENCRYPTED) {
            self.push(side, mark, length, Message::Encrypted);
        } else if self.application.get(side as usize) == Some(&1) {
            self.push(side, mark, length, Message::ApplicationData);
        }
    }

    /// Tells a record that was opened and holds application data: the first of each side.
    pub(crate) fn opened_data(&mut self, side: Side, mark: Mark, length: u32) {
        let Some(count) = self.application.get_mut(side as usize) else { return };
        *count += 1;
        let data = |event: &Event| matches!(event.message, Message::ApplicationData);
        if !self.events.iter().any(|event| event.side == side && data(event)) {
            self.push(side, mark, length, Message::ApplicationData);
        }
    }

    /// Tells a ChangeCipherSpec.
    pub(crate) fn change_cipher(&mut self, side: Side, mark: Mark, length: u32) {
        self.push(side, mark, length, Message::ChangeCipherSpec);
        if let Some(opening) = &mut self.opening {
            opening.change_cipher(side);
        }
    }

    /// Whether a ClientHello was told since the last [`Story::learn`].
    #[inline]
    pub(crate) fn asks(&self) -> bool {
        self.asks
    }

    /// Looks up what a key log holds of this conversation. It may be asked again, with a log that
    /// has grown, as long as it did not know the conversation.
    #[cold]
    pub(crate) fn learn(&mut self, log: &KeyLog) {
        if !self.asks && self.opening.is_some() {
            return;
        }
        self.asks = false;
        let is_hello = |event: &&Event| {
            let kind = HandshakeType::CLIENT_HELLO;
            matches!(&event.message, Message::Handshake { kind: k, .. } if *k == kind)
        };
        let Some(hello) = self.events.iter().rfind(is_hello) else { return };
        // The version, and then the random (RFC 9846, 4.1.2).
        let Message::Handshake { body, .. } = &hello.message else { return };
        let Some(random) = body.get(2..).and_then(|body| body.first_chunk()) else { return };
        if let Some(opening) = &mut self.opening {
            return opening.renew(log, *random);
        }
        self.opening = Opening::new(log, hello.side, *random).map(Box::new);
        self.catch_up();
    }

    /// The secrets came when the server had answered already.
    fn catch_up(&mut self) {
        let Self { opening: Some(opening), events, application, .. } = self else { return };
        for event in events.iter() {
            match &event.message {
                Message::Handshake { kind: HandshakeType::SERVER_HELLO, body } => {
                    if let Ok(hello) = ServerHello::read(body)
                        && !hello.is_hello_retry_request()
                    {
                        opening.server_hello(&hello, *application, true);
                    }
                }
                Message::ChangeCipherSpec => opening.change_cipher(event.side),
                _ => {}
            }
        }
    }

    fn answered(&mut self, hello: &ServerHello<'_>) {
        if let Some(opening) = &mut self.opening
            && !hello.is_hello_retry_request()
        {
            opening.server_hello(hello, self.application, false);
        }
    }

    /// Whether a record is worth opening, and may be opened.
    #[inline]
    pub(crate) fn may_open(&self, side: Side, header: RecordHeader) -> bool {
        self.opening.as_ref().is_some_and(|opening| opening.wants(side, header))
    }

    /// Opens a record: what it holds.
    pub(crate) fn open(
        &mut self,
        side: Side,
        header: RecordHeader,
        body: &[u8],
    ) -> Option<(ContentType, Vec<u8>)> {
        self.opening.as_mut()?.open(side, header, body)
    }

    /// Counts a record that nobody opens.
    #[inline]
    pub(crate) fn step_over(&mut self, side: Side, kind: ContentType) {
        if let Some(opening) = &mut self.opening {
            opening.step_over(side, kind);
        }
    }

    /// Takes note that records are missing.
    pub(crate) fn lose(&mut self, side: Side, bytes: u64) {
        if let Some(opening) = &mut self.opening {
            opening.lose(side, bytes);
        }
    }

    /// Whether what is told from here on was opened.
    pub(crate) fn tells_opened(&mut self, opened: bool) {
        self.tells_opened = opened;
    }

    /// How many records were opened; `None` where the key log does not know the conversation.
    pub(crate) fn opened(&self) -> Option<u32> {
        self.opening.as_ref().map(|opening| opening.opened)
    }

    /// Counts data that is told otherwise, or not at all.
    pub(crate) fn count_data(&mut self, side: Side) {
        if let Some(count) = self.application.get_mut(side as usize) {
            *count += 1;
        }
    }

    /// Tells plaintext: one event at its first byte, which holds the first of what follows.
    pub(crate) fn plaintext(&mut self, side: Side, bytes: &[u8], mark: Mark) {
        let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        let told = self
            .events
            .iter_mut()
            .find(|event| event.side == side && matches!(event.message, Message::Plaintext(_)));
        match told {
            Some(event) => event.length = event.length.saturating_add(length),
            None if bytes.is_empty() => return,
            None => self.push(side, mark, length, Message::Plaintext(Arc::default())),
        }
        let plaintext = self.plaintext.get_or_insert_default();
        let Some(kept) = plaintext.get_mut(side as usize) else { return };
        let room = KEPT_PLAIN.saturating_sub(kept.len());
        kept.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
    }

    /// The first plaintext of a side, as far as kept.
    pub(crate) fn said(&self, side: Side) -> &[u8] {
        self.plaintext.as_ref().and_then(|it| it.get(side as usize)).map_or(&[], Vec::as_slice)
    }

    /// TLS turned out to begin behind this many bytes of plaintext.
    pub(crate) fn cut_plaintext(&mut self, side: Side, length: usize) {
        let plaintext = self.plaintext.as_mut().and_then(|it| it.get_mut(side as usize));
        if let Some(kept) = plaintext {
            kept.truncate(length);
        }
    }

    /// Whether a side has said anything in TLS.
    pub(crate) fn has_tls_of(&self, side: Side) -> bool {
        self.events.iter().any(|event| event.side == side && event.message.is_tls())
    }

    /// The events of a side may stand in another order than that of their frames.
    pub(crate) fn is_out_of_order(&mut self) {
        self.disorder = true;
    }

    /// Everything has been told: the events are put in the order of the capture. What waited for
    /// bytes that never came was told late.
    pub(crate) fn finish(&mut self) {
        if let Some(mut plaintext) = self.plaintext.take() {
            for event in &mut self.events {
                if let Message::Plaintext(bytes) = &mut event.message
                    && let Some(kept) = plaintext.get_mut(event.side as usize)
                {
                    event.length = kept.len() as u32;
                    *bytes = std::mem::take(kept).into();
                }
            }
        }
        if self.disorder {
            let mut read_by = [0; 2];
            let mut events: Vec<(u64, Event)> = Vec::with_capacity(self.events.len());
            for event in self.events.drain(..) {
                // An event could be read with its own frame, or with that of a predecessor that
                // came later.
                let Some(latest) = read_by.get_mut(event.side as usize) else { continue };
                *latest = event.frame.max(*latest);
                events.push((*latest, event));
            }
            events.sort_by_key(|(read_by, _)| *read_by);
            self.events.extend(events.into_iter().map(|(_, event)| event));
        }
    }

    /// The side taken for the client was the server: says everything of the other side.
    pub(crate) fn swap(&mut self) {
        for event in &mut self.events {
            event.side = event.side.other();
        }
        for oddity in &mut self.oddities {
            oddity.side = oddity.side.other();
        }
    }

    /// Tells something unusual.
    pub(crate) fn oddity(&mut self, side: Side, mark: Mark, what: &'static str) {
        if self.oddities.len() < MAX_ODDITIES {
            self.oddities.push(Oddity { frame: mark.frame, side, what });
        }
    }

    /// A message proves who the client is.
    fn client_is(&mut self, side: Side) {
        if self.roles != Roles::Handshake {
            self.roles = Roles::Handshake;
            self.swapped = side == Side::Server;
        }
    }
}

/// The messages that some reading asks for.
fn is_kept(kind: HandshakeType) -> bool {
    matches!(
        kind,
        HandshakeType::CLIENT_HELLO
            | HandshakeType::SERVER_HELLO
            | HandshakeType::HELLO_VERIFY_REQUEST
            | HandshakeType::CERTIFICATE
            | HandshakeType::CERTIFICATE_REQUEST
            | HandshakeType::CERTIFICATE_STATUS
            | HandshakeType::CERTIFICATE_VERIFY
            | HandshakeType::SERVER_KEY_EXCHANGE
    )
}
