//! What a client offered that a server took: the few traits of a ClientHello that boxes on the way,
//! and some servers, stumble over.

use trace::{Host, Seen, Session, Side};
use wire::{ClientHello, ExtensionType, RECORD_HEADER};

/// The traits of a ClientHello with which a handshake was completed.
#[derive(Clone, Copy, Debug)]
pub struct Offer {
    /// Who sent it.
    pub client: Host,
    /// The frame in which it was complete.
    pub frame: u64,
    /// Its length in bytes, with the header of the message.
    pub length: u32,
    /// Whether TLS 1.3 was on offer.
    pub tls13: bool,
    /// Whether it brought the key share of a group that withstands quantum computers.
    pub post_quantum: bool,
    /// Whether it asked for an earlier session to go on.
    pub resumes: bool,
    /// Whether the client would show its certificate after the handshake (RFC 9846, 4.2.6).
    pub post_handshake_auth: bool,
}

impl Offer {
    /// Reads the traits of a session's ClientHello.
    pub(crate) fn of(session: &Session, hello: &Seen<ClientHello<'_>>) -> Self {
        let what = &hello.what;
        Self {
            client: session.client.host(),
            frame: hello.frame,
            length: session.events.get(hello.event).map_or(0, |event| event.length),
            tls13: what.offers_tls13(),
            post_quantum: what.key_shares().any(|(group, _)| group.is_post_quantum()),
            resumes: resumes(what),
            post_handshake_auth: what.has(ExtensionType::POST_HANDSHAKE_AUTH),
        }
    }

    /// Whether two offers differ in nothing but their frame and their length.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        self.client == other.client
            && self.tls13 == other.tls13
            && self.post_quantum == other.post_quantum
            && self.resumes == other.resumes
            && self.post_handshake_auth == other.post_handshake_auth
    }
}

/// Whether a hello asks for an earlier session, by a ticket or a pre-shared key. A session
/// identifier alone says nothing: many send one for the sake of old boxes (RFC 9846, D.4).
pub(crate) fn resumes(hello: &ClientHello<'_>) -> bool {
    hello.has_pre_shared_key() || hello.session_ticket().is_some_and(|ticket| !ticket.is_empty())
}

/// Whether a handshake message of this length does not fit into one packet between these two: as
/// both said what they take in one, or on Ethernet. Options may leave a little less.
pub(crate) fn is_split(session: &Session, length: u32) -> bool {
    let mss = |side| session.stream(side).mss;
    let least = mss(Side::Client).into_iter().chain(mss(Side::Server)).min();
    length + RECORD_HEADER as u32 > least.map_or(ONE_SEGMENT, u32::from)
}

/// Payload of one TCP segment over Ethernet and IPv4, in bytes.
const ONE_SEGMENT: u32 = 1460;
