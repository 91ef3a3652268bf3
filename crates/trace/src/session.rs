//! The story of one conversation, as it leaves this crate.
//!
//! Handshake messages are kept as the bytes that travelled and are read on demand: a session that
//! went well costs no more than a copy of its hellos. Every accessor that reads a message returns
//! it as [`Seen`], with the frame in which it was seen, so that no claim loses its place.

use std::sync::Arc;

use alert::Side;
use wire::{
    CertificateMessage, CertificateRequest, CipherSuite, ClientHello, HANDSHAKE_HEADER,
    HandshakeType, ProtocolVersion, ServerHello, ServerKeyExchange, Time,
};

use crate::access::Access;
use crate::carrier::{self, Answer, Carrier, Denial, Denied, Request};
use crate::close::{Close, VersionNegotiation};
use crate::endpoint::Endpoint;
use crate::oddity::Oddity;
use crate::outcome::Outcome;
use crate::stream::Stream;

/// One conversation from its first frame to its last, read as TLS.
#[derive(Clone, Debug)]
pub struct Session {
    /// Position among the conversations of the capture, from 1, by first frame.
    pub number: u64,
    /// The side that sent the ClientHello, or would have.
    pub client: Endpoint,
    /// The side that answers it.
    pub server: Endpoint,
    /// How it is known which side is which.
    pub roles: Roles,
    /// Time of the first frame.
    pub started: Time,
    /// Time of the last frame.
    pub ended: Time,
    /// Number of the first frame.
    pub first_frame: u64,
    /// Number of the last frame.
    pub last_frame: u64,
    /// How its bytes travelled.
    pub transport: Transport,
    /// What carries the TLS.
    pub carrier: Carrier,
    /// What else is known of an authentication for network access; `None` of all else.
    pub access: Option<Box<Access>>,
    /// What was said, in the order of the capture.
    pub events: Vec<Event>,
    /// How it ended.
    pub outcome: Outcome,
    /// TCP facts of the bytes that the client sent.
    pub from_client: Stream,
    /// TCP facts of the bytes that the server sent.
    pub from_server: Stream,
    /// What could not be read, and what was unusual.
    pub oddities: Vec<Oddity>,
    /// Events left out because a conversation holds too many.
    pub dropped: u32,
    /// Records that were opened with the key log; `None` where it does not know the conversation.
    pub opened: Option<u32>,
}

/// How the bytes of a conversation travelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Transport {
    /// As a stream, which is in order and says when it ends.
    Tcp,
    /// As datagrams: who leaves need not say so.
    Udp,
    /// As EAP packets, in EAPOL frames or in RADIUS: one side asks and the other answers.
    Eap,
}

/// How it is known which side is the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Roles {
    /// A ClientHello, a ServerHello or another message that only one side sends.
    Handshake,
    /// The TCP SYN.
    Syn,
    /// Neither was captured: the lower port is taken to be the server's.
    Guess,
}

/// Something one side did.
#[derive(Clone, Debug)]
pub struct Event {
    /// When the frame was captured.
    pub time: Time,
    /// The frame that completed it.
    pub frame: u64,
    /// Who did it.
    pub side: Side,
    /// Its length on the wire in bytes: of the record's body, of a handshake message with its
    /// header, of a gap, of the plaintext that was kept; 0 for TCP events.
    pub length: u32,
    /// It travelled encrypted and was opened with the key log.
    pub opened: bool,
    /// What it was.
    pub message: Message,
}

/// What one side said.
#[derive(Clone, Debug)]
pub enum Message {
    /// A handshake message, in the clear or opened. `body` lacks the 4-byte header; it is empty for messages
    /// that no reading needs (tickets, Finished), and shorter than announced if it was cut off.
    Handshake {
        /// The type of the message.
        kind: HandshakeType,
        /// The body, as far as it was captured and is worth keeping.
        body: Arc<[u8]>,
    },
    /// A ClientHello in SSLv2 format (RFC 5246, E.2), from its first byte.
    Sslv2ClientHello(Arc<[u8]>),
    /// A ChangeCipherSpec record.
    ChangeCipherSpec,
    /// An alert, in the clear or opened.
    Alert(alert::Message),
    /// A record of type 21 whose content stays encrypted (TLS 1.2 and before).
    EncryptedAlert,
    /// A record of type 22 after ChangeCipherSpec that stays encrypted: a Finished, or a
    /// renegotiation.
    EncryptedHandshake,
    /// A record of type 23 that belongs to a TLS 1.3 handshake or comes shortly after it: the real
    /// content type stays hidden.
    Encrypted,
    /// The first record of application data from this side (in TLS 1.3 only if it was opened).
    ApplicationData,
    /// The first bytes of a side that does not speak TLS, as far as kept.
    Plaintext(Arc<[u8]>),
    /// Bytes that the capture does not hold.
    Gap,
    /// The side closed its direction (TCP FIN); where the transport is EAP, the server denied access.
    Fin,
    /// The side tore the connection down (TCP RST).
    Reset,
    /// A CONNECTION_CLOSE of QUIC. One that stands for an alert is followed by that alert.
    Close(Arc<Close>),
    /// The server wants its token back before it goes on (QUIC Retry; RFC 9000, 8.1).
    Retry,
    /// The server does not speak this version of QUIC, and lists those that it does.
    VersionNegotiation(Arc<VersionNegotiation>),
    /// The server took the client's Finished (QUIC HANDSHAKE_DONE).
    HandshakeDone,
}

/// Something read, with the place where it was seen.
#[derive(Clone, Copy, Debug)]
pub struct Seen<T> {
    /// The frame.
    pub frame: u64,
    /// When it was captured.
    pub time: Time,
    /// Position of the event in [`Session::events`].
    pub event: usize,
    /// What was read.
    pub what: T,
}

impl Session {
    /// The TCP facts of a side.
    #[must_use]
    pub fn stream(&self, side: Side) -> &Stream {
        match side {
            Side::Client => &self.from_client,
            Side::Server => &self.from_server,
        }
    }

    /// The address and port of a side.
    #[must_use]
    pub fn address(&self, side: Side) -> Endpoint {
        match side {
            Side::Client => self.client,
            Side::Server => self.server,
        }
    }

    /// The handshake messages of one type from one side, as bodies.
    pub fn handshakes(
        &self,
        side: Side,
        kind: HandshakeType,
    ) -> impl Iterator<Item = Seen<&[u8]>> + '_ {
        self.events.iter().enumerate().filter_map(move |(index, event)| match &event.message {
            Message::Handshake { kind: k, body } if event.side == side && *k == kind => {
                Some(event.seen(index, &body[..]))
            }
            _ => None,
        })
    }

    /// The first ClientHello, also one that the capture cut off.
    #[must_use]
    pub fn client_hello(&self) -> Option<Seen<ClientHello<'_>>> {
        let seen = self.handshakes(Side::Client, HandshakeType::CLIENT_HELLO).next()?;
        Some(seen.with(ClientHello::read_cut(seen.what)))
    }

    /// The ClientHello that answers a HelloRetryRequest.
    #[must_use]
    pub fn second_client_hello(&self) -> Option<Seen<ClientHello<'_>>> {
        self.hello_retry_request()?;
        let seen = self.handshakes(Side::Client, HandshakeType::CLIENT_HELLO).nth(1)?;
        Some(seen.with(ClientHello::read_cut(seen.what)))
    }

    /// The ServerHello (not a HelloRetryRequest).
    #[must_use]
    pub fn server_hello(&self) -> Option<Seen<ServerHello<'_>>> {
        self.server_hellos().find(|seen| !seen.what.is_hello_retry_request())
    }

    /// The HelloRetryRequest (RFC 9846, 4.1.4).
    #[must_use]
    pub fn hello_retry_request(&self) -> Option<Seen<ServerHello<'_>>> {
        self.server_hellos().find(|seen| seen.what.is_hello_retry_request())
    }

    /// The certificates that a side showed, in the clear or opened; an empty list is an answer too.
    #[must_use]
    pub fn certificates(&self, side: Side) -> Option<Seen<CertificateMessage<'_>>> {
        let seen = self.handshakes(side, HandshakeType::CERTIFICATE).next()?;
        Some(seen.with(CertificateMessage::read_cut(seen.what, self.version_or_tls12())))
    }

    /// The server's request for a client certificate, in the clear or opened.
    #[must_use]
    pub fn certificate_request(&self) -> Option<Seen<CertificateRequest<'_>>> {
        let seen = self.handshakes(Side::Server, HandshakeType::CERTIFICATE_REQUEST).next()?;
        Some(seen.with(CertificateRequest::read(seen.what, self.version_or_tls12()).ok()?))
    }

    /// The server's ephemeral key (TLS 1.2 and before).
    #[must_use]
    pub fn server_key_exchange(&self) -> Option<Seen<ServerKeyExchange<'_>>> {
        let seen = self.handshakes(Side::Server, HandshakeType::SERVER_KEY_EXCHANGE).next()?;
        let hello = self.server_hellos().next()?.what;
        let exchange = ServerKeyExchange::read(seen.what, hello.cipher_suite, hello.version());
        Some(seen.with(exchange.ok()?))
    }

    /// The version that the server took.
    #[must_use]
    pub fn version(&self) -> Option<ProtocolVersion> {
        self.server_hellos().next().map(|hello| hello.what.version())
    }

    /// The cipher suite that the server took.
    #[must_use]
    pub fn cipher_suite(&self) -> Option<CipherSuite> {
        self.server_hellos().next().map(|hello| hello.what.cipher_suite)
    }

    /// The alerts that travelled in the clear, and those that were opened.
    pub fn alerts(&self) -> impl Iterator<Item = Seen<(Side, alert::Message)>> + '_ {
        self.events.iter().enumerate().filter_map(|(index, event)| match event.message {
            Message::Alert(message) => Some(event.seen(index, (event.side, message))),
            _ => None,
        })
    }

    /// How a side closed a connection over QUIC, as far as it could be read.
    #[must_use]
    pub fn close(&self, side: Side) -> Option<Seen<&Close>> {
        self.events.iter().enumerate().find_map(|(index, event)| match &event.message {
            Message::Close(close) if event.side == side => Some(event.seen(index, &**close)),
            _ => None,
        })
    }

    /// What the server said to a version of QUIC that it does not speak.
    #[must_use]
    pub fn version_negotiation(&self) -> Option<Seen<&VersionNegotiation>> {
        self.events.iter().enumerate().find_map(|(index, event)| match &event.message {
            Message::VersionNegotiation(what) => Some(event.seen(index, &**what)),
            _ => None,
        })
    }

    /// Whether a side sent any record, in the clear or not.
    #[must_use]
    pub fn spoke_tls(&self, side: Side) -> bool {
        self.events.iter().any(|event| event.side == side && event.message.is_tls())
    }

    /// The first bytes of a side that does not speak TLS.
    #[must_use]
    pub fn plaintext(&self, side: Side) -> Option<Seen<&[u8]>> {
        self.events.iter().enumerate().find_map(|(index, event)| match &event.message {
            Message::Plaintext(bytes) if event.side == side => Some(event.seen(index, &bytes[..])),
            _ => None,
        })
    }

    /// What carries the TLS, also where it begins with the first byte and only ALPN names what is
    /// spoken in it: PostgreSQL and SQL Server, which have another way to begin as well.
    #[must_use]
    pub fn carried_by(&self) -> Carrier {
        let named = || {
            let hello = self.client_hello()?.what;
            Carrier::of_alpn(hello.alpn())
        };
        match self.carrier {
            Carrier::Bare => named().unwrap_or_default(),
            carrier => carrier,
        }
    }

    /// The proxy, or the PROXY header, in front of the carrier's own words.
    #[must_use]
    pub fn through(&self) -> Option<Carrier> {
        carrier::through(self.said(Side::Client), self.said(Side::Server))
    }

    /// What the client asks of the carrier, where that is more than TLS: a tunnel, a protection.
    #[must_use]
    pub fn request(&self) -> Option<Request<'_>> {
        carrier::request(self.carrier, self.said(Side::Client), self.said(Side::Server))
    }

    /// What a server of LDAP or MySQL says to a client that has not said a word of its protocol.
    #[must_use]
    pub fn greeting(&self) -> Option<Answer<'_>> {
        carrier::greeting(self.carrier, self.said(Side::Client), self.said(Side::Server))
    }

    /// How the server, or the proxy, refused to begin TLS or a tunnel for it, where the server spoke
    /// no TLS and the client did not go on without. Some clients ask, do not read the refusal, and
    /// begin TLS all the same.
    #[must_use]
    pub fn denial(&self) -> Option<Denial<'_>> {
        if self.spoke_tls(Side::Server) {
            return None;
        }
        let (client, server) = (self.said(Side::Client), self.said(Side::Server));
        let denial = carrier::denial(self.carrier, client, server)?;
        let refused = matches!(denial.how, Denied::Refused | Denied::Stripped);
        (refused || !self.spoke_tls(Side::Client)).then_some(denial)
    }

    /// Names the carrier by what each side said in the clear.
    pub(crate) fn recognise(&mut self) {
        self.carrier = carrier::recognise(self.said(Side::Client), self.said(Side::Server));
        if self.carrier == Carrier::OpenVpn && carrier::is_wrapped(self.said(Side::Client)) {
            let (frame, side) = (self.first_frame, Side::Client);
            self.oddities.push(Oddity { frame, side, what: carrier::WRAPPED });
        }
    }

    /// The first plaintext of a side, empty if there is none.
    fn said(&self, side: Side) -> &[u8] {
        self.plaintext(side).map_or(&[], |seen| seen.what)
    }

    /// Whether a handshake message was captured to its end.
    fn is_whole(&self, seen: &Seen<&[u8]>) -> bool {
        let length = self.events.get(seen.event).map_or(0, |event| event.length as usize);
        seen.what.len() + HANDSHAKE_HEADER == length
    }

    /// The version, where a message must be read although the ServerHello was not captured: what
    /// travels in the clear is TLS 1.2's form.
    fn version_or_tls12(&self) -> ProtocolVersion {
        self.version().unwrap_or(ProtocolVersion::TLS_1_2)
    }

    /// A hello that the capture cut off may lack the extension that makes it TLS 1.3: it says
    /// nothing.
    fn server_hellos(&self) -> impl Iterator<Item = Seen<ServerHello<'_>>> + '_ {
        self.handshakes(Side::Server, HandshakeType::SERVER_HELLO)
            .filter(|seen| self.is_whole(seen))
            .filter_map(|seen| Some(seen.with(ServerHello::read(seen.what).ok()?)))
    }
}

impl Event {
    /// This event's place, holding `what`.
    #[must_use]
    pub fn seen<T>(&self, event: usize, what: T) -> Seen<T> {
        Seen { frame: self.frame, time: self.time, event, what }
    }

    /// Whether it is a Finished: one that was opened, or, up to TLS 1.2, a handshake message that
    /// is encrypted, which nothing else is in a first handshake.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        match self.message {
            Message::Handshake { kind, .. } => kind == HandshakeType::FINISHED,
            Message::EncryptedHandshake => true,
            _ => false,
        }
    }
}

impl Message {
    /// Whether this is a TLS record or part of one, or what QUIC says in its place.
    #[must_use]
    pub fn is_tls(&self) -> bool {
        !matches!(self, Self::Plaintext(_) | Self::Gap | Self::Fin | Self::Reset)
    }
}

impl<T> Seen<T> {
    /// The same place, holding something else.
    #[must_use]
    pub fn with<U>(&self, what: U) -> Seen<U> {
        Seen { frame: self.frame, time: self.time, event: self.event, what }
    }
}

impl Session {
    /// Bytes that this session takes in memory, roughly.
    #[must_use]
    pub fn footprint(&self) -> usize {
        let bodies: usize = self
            .events
            .iter()
            .map(|event| match &event.message {
                Message::Handshake { body, .. } | Message::Sslv2ClientHello(body) => body.len(),
                Message::Plaintext(bytes) => bytes.len(),
                _ => 0,
            })
            .sum();
        let access = self.access.as_ref().map_or(0, |access| access.footprint());
        size_of::<Self>() + access + self.events.capacity() * size_of::<Event>() + bodies
    }
}
