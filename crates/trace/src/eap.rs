//! One EAP authentication: lock-step packets, of which some hold a part of a TLS flight.
//!
//! The server asks and the station answers (RFC 3748, 4). Each message of a method that carries TLS
//! is a run of whole records, cut into fragments that the other side acknowledges one by one
//! (RFC 5216, 2.1.5), so what arrives is in order and goes to the records of its direction at once.
//! What the capture lost shows in an answer without a question, or a question without an answer.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::SocketAddr;

use alert::Side;
use wire::{EapCode, EapMethod, EapPacket, EapTlsFragment, KeyLog, Time};

use crate::access::{self, Access, Nak, Unanswered, Verdict};
use crate::carrier::Carrier;
use crate::course::Course;
use crate::ending;
use crate::endpoint::{Endpoint, Mac};
use crate::records::Records;
use crate::session::{Message, Roles, Session, Transport};
use crate::story::Story;
use crate::stream::{Mark, Stream};
use crate::tally::Rank;

/// An authentication that is not told yet.
#[derive(Debug)]
pub(crate) struct Authentication {
    pub(crate) number: u64,
    /// The station, as soon as it is known.
    pub(crate) station: Option<Mac>,
    /// The port that it asks, over EAPOL.
    pub(crate) port: Option<Mac>,
    /// The RADIUS client and the server, over RADIUS.
    pub(crate) sockets: Option<(SocketAddr, SocketAddr)>,
    pub(crate) access: Access,
    pub(crate) last: Mark,
    started: Mark,
    story: Story,
    ends: [End; 2],
    /// Who spoke last.
    turn: Option<Side>,
}

/// One direction.
#[derive(Debug)]
struct End {
    records: Records,
    stream: Stream,
    /// The packet that came last.
    latest: Option<Sent>,
    /// A later one of which only the first IP fragment was captured so far.
    begun: Option<Sent>,
    /// The longest packet that was answered.
    answered: u32,
    /// Fragments of a message of which more are to come: its length if that was told, and what has
    /// come of it.
    message: Option<(Option<u32>, u32)>,
}

/// A packet, as far as it is needed to know it again.
#[derive(Clone, Copy, Debug)]
struct Sent {
    identifier: u8,
    print: u64,
    mark: Mark,
    length: u32,
    more: bool,
    last_fragment: bool,
    repeated: u32,
    /// The last time that it was repeated.
    again: Option<Mark>,
}

/// A packet that comes again within this time, in nanoseconds, was captured twice and not repeated:
/// no timer of EAP or RADIUS is shorter (RFC 3748, 4.3; RFC 5080, 2.2.1).
const TWICE: i64 = 200_000_000;
/// Methods that are kept of those that a station asks for instead.
const MAX_WANTED: usize = 16;

impl Authentication {
    pub(crate) fn new(number: u64, mark: Mark) -> Self {
        Self {
            number,
            station: None,
            port: None,
            sockets: None,
            access: Access::default(),
            last: mark,
            started: mark,
            story: Story::new(Roles::Handshake),
            ends: [End::new(), End::new()],
            turn: None,
        }
    }

    /// Whether a method has begun, so that another question for the identity begins anew.
    pub(crate) fn is_under_way(&self) -> bool {
        self.access.method.is_some() || self.access.verdict.is_some()
    }

    /// Whether the end was seen.
    pub(crate) fn is_over(&self) -> bool {
        self.access.verdict.is_some()
    }

    /// How far it has come: a question for the identity, and what answers it, is a beginning.
    pub(crate) fn rank(&self) -> Rank {
        let [client, server] = &self.ends;
        if self.is_over() {
            Rank::Settled
        } else if client.records.is_tls() || server.records.is_tls() {
            Rank::Unfinished
        } else if self.access.method.is_some() {
            Rank::Plain
        } else {
            Rank::HalfOpen
        }
    }

    /// Bytes that are kept of it.
    pub(crate) fn kept(&self) -> usize {
        let [client, server] = &self.ends;
        let partial = client.records.kept() + server.records.kept();
        size_of::<Self>() + self.story.footprint() + partial + self.access.footprint()
    }

    /// Whether this is the question, or the answer, that was captured last from its side.
    pub(crate) fn knows(&self, packet: &EapPacket<'_>) -> bool {
        let latest = self.end(side_of(packet)).latest;
        latest.is_some_and(|sent| sent.print == print_of(packet))
    }

    /// The identifier of the last question.
    pub(crate) fn asked(&self) -> Option<u8> {
        self.end(Side::Server).latest.map(|sent| sent.identifier)
    }

    /// Takes the next packet; `length` is that of the RADIUS packet around it, or its own.
    pub(crate) fn packet(
        &mut self,
        packet: &EapPacket<'_>,
        length: usize,
        mark: Mark,
        keys: &KeyLog,
    ) {
        // A side waits for the other, so that the hello is told before what answers it.
        if self.story.asks() {
            self.story.learn(keys);
        }
        let side = side_of(packet);
        let length = u32::try_from(length).unwrap_or(u32::MAX);
        self.last = mark;
        let print = print_of(packet);
        let end = self.end_mut(side);
        end.stream.frames = end.stream.frames.saturating_add(1);
        end.begun = None;
        if let Some(sent) = end.latest.as_mut().filter(|sent| sent.print == print) {
            if mark.time.since(sent.mark.time) >= TWICE {
                sent.repeated += 1;
                sent.again = Some(mark);
                end.stream.retransmissions = end.stream.retransmissions.saturating_add(1);
                let largest = end.stream.largest_retransmitted;
                end.stream.largest_retransmitted = largest.max(length);
                if end.stream.first_retransmission == 0 {
                    end.stream.first_retransmission = mark.frame;
                }
            }
            return;
        }
        if matches!(packet.code, EapCode::SUCCESS | EapCode::FAILURE) {
            return self.content(side, packet, None, mark);
        }
        self.notice_loss(side, packet.identifier, mark);
        let fragment = packet.tls();
        let end = self.end_mut(side);
        let stream = &mut end.stream;
        stream.largest = stream.largest.max(length);
        stream.first_data.get_or_insert(mark);
        stream.last_data = Some(mark);
        let more = fragment.is_some_and(|fragment| fragment.more);
        end.latest = Some(Sent {
            identifier: packet.identifier,
            print,
            mark,
            length,
            more,
            last_fragment: end.message.is_some() && !more,
            repeated: 0,
            again: None,
        });
        let other = self.end_mut(side.other());
        if let Some(sent) = other.latest {
            other.answered = other.answered.max(sent.length);
        }
        self.turn = Some(side);
        self.content(side, packet, fragment, mark);
    }

    /// Takes note of the first IP fragment of a packet from the station; it may be all that comes.
    pub(crate) fn first_part(&mut self, length: usize, mark: Mark) {
        let length = u32::try_from(length).unwrap_or(u32::MAX);
        let end = self.end_mut(Side::Client);
        match end.begun.as_mut() {
            Some(sent) => sent.repeated += u32::from(mark.time.since(sent.mark.time) >= TWICE),
            None => {
                end.begun = Some(Sent {
                    identifier: 0,
                    print: 0,
                    mark,
                    length,
                    more: false,
                    last_fragment: false,
                    repeated: 0,
                    again: None,
                });
                end.stream.last_data = Some(mark);
            }
        }
        self.last = mark;
        self.turn = Some(Side::Client);
    }

    /// RADIUS says how it ended: that counts, whatever EAP says.
    pub(crate) fn decided(&mut self, granted: bool, mark: Mark) {
        self.last = mark;
        self.end_with(Verdict { granted, radius: true, frame: mark.frame, time: mark.time }, mark);
    }

    fn content(
        &mut self,
        side: Side,
        packet: &EapPacket<'_>,
        fragment: Option<EapTlsFragment<'_>>,
        mark: Mark,
    ) {
        let (frame, time) = (mark.frame, mark.time);
        match (packet.code, packet.method) {
            (EapCode::SUCCESS | EapCode::FAILURE, _) => {
                let granted = packet.code == EapCode::SUCCESS;
                self.end_with(Verdict { granted, radius: false, frame, time }, mark);
            }
            (EapCode::RESPONSE, Some(EapMethod::IDENTITY)) => {
                self.access.identity = access::text(packet.data);
            }
            (EapCode::RESPONSE, Some(EapMethod::NAK)) => {
                if let Some(method) = self.access.method {
                    let wanted = packet.data.iter().filter(|method| **method != 0);
                    let wanted = wanted.take(MAX_WANTED).map(|method| EapMethod(*method));
                    self.access.refusal = Some(Nak { frame, method, wanted: wanted.collect() });
                }
            }
            (_, Some(EapMethod::IDENTITY | EapMethod::NOTIFICATION | EapMethod::NAK)) => {}
            (_, Some(method)) => {
                if !self.has_tls() {
                    self.access.method = Some(method);
                }
                if let Some(fragment) = fragment.filter(|fragment| !fragment.start) {
                    self.fragment(side, &fragment, mark);
                }
            }
            _ => {}
        }
    }

    fn fragment(&mut self, side: Side, fragment: &EapTlsFragment<'_>, mark: Mark) {
        let Self { ends, story, .. } = self;
        let Some(end) = ends.get_mut(side as usize) else { return };
        let length = u32::try_from(fragment.length).unwrap_or(u32::MAX);
        let (total, had) = end.message.take().unwrap_or((fragment.total, 0));
        let had = had.saturating_add(length);
        end.stream.bytes += fragment.data.len() as u64;
        end.records.read(side, fragment.data, mark, story);
        let cut = fragment.length.saturating_sub(fragment.data.len()) as u64;
        if cut > 0 {
            end.lose(side, cut, mark, story);
        }
        if fragment.more {
            end.message = Some((total, had));
            return;
        }
        match total.and_then(|total| total.checked_sub(had)) {
            Some(missing @ 1..) => {
                story.oddity(side, mark, "an EAP message that is shorter than it says");
                end.lose(side, u64::from(missing), mark, story);
            }
            None if total.is_some() => {
                story.oddity(side, mark, "an EAP message that is longer than it says");
            }
            _ => {}
        }
    }

    /// A question that was not answered before the next, or an answer to what nobody asked: the
    /// capture lacks a packet. In the middle of the other side's message that was an
    /// acknowledgement, which holds nothing.
    fn notice_loss(&mut self, side: Side, identifier: u8, mark: Mark) {
        let lost = match side {
            Side::Server if self.turn == Some(Side::Server) => Side::Client,
            Side::Client if self.asked().is_some_and(|asked| asked != identifier) => Side::Server,
            _ => return,
        };
        let acknowledges = self.end(lost.other()).message.is_some();
        if acknowledges || !self.has_tls() || self.is_over() {
            return;
        }
        let Self { ends, story, .. } = self;
        if let Some(end) = ends.get_mut(lost as usize) {
            story.oddity(lost, mark, "an EAP packet before this one was not captured");
            end.message = None;
            end.lose(lost, UNKNOWN_LENGTH, mark, story);
        }
    }

    fn end_with(&mut self, verdict: Verdict, mark: Mark) {
        let known = self.access.verdict.replace(verdict);
        if let Some(known) = known {
            let Verdict { frame, time, .. } = known;
            self.access.verdict = Some(Verdict { frame, time, ..verdict });
        }
        let told = known.is_some_and(|known| known.granted == verdict.granted);
        if !verdict.granted && !told {
            self.end_mut(Side::Server).stream.fin = Some(mark);
            self.story.push(Side::Server, mark, 0, Message::Fin);
        }
    }

    fn has_tls(&self) -> bool {
        self.ends.iter().any(|end| end.stream.bytes > 0)
    }

    fn end(&self, side: Side) -> &End {
        let [client, server] = &self.ends;
        if side == Side::Client { client } else { server }
    }

    fn end_mut(&mut self, side: Side) -> &mut End {
        let [client, server] = &mut self.ends;
        if side == Side::Client { client } else { server }
    }

    /// What was said last and not answered.
    fn unanswered(&self) -> Option<Unanswered> {
        // The end answers the station, and shows that the server does not wait any more.
        let side = self.turn.filter(|side| !self.is_over() || *side == Side::Server)?;
        if self.access.is_granted() {
            return None;
        }
        let end = self.end(side);
        let other = self.end(side.other()).latest;
        let sent = end.begun.or(end.latest)?;
        Some(Unanswered {
            side,
            frame: sent.mark.frame,
            length: sent.length,
            answered: end.answered,
            more: sent.more,
            last_fragment: sent.last_fragment,
            repeated: sent.repeated,
            asked_again: other.map_or(0, |other| other.repeated_after(sent.mark)),
            first_part: end.begun.map(|begun| begun.mark.frame),
        })
    }

    /// The authentication is over, or the capture: what it told. `now` is the time up to which
    /// nothing more came.
    pub(crate) fn finish(mut self, now: Time) -> Box<Session> {
        self.access.unanswered = self.unanswered();
        for (side, end) in [Side::Client, Side::Server].into_iter().zip(&mut self.ends) {
            end.records.end(side, self.last, &mut self.story);
        }
        if let Some(Unanswered { side, length, repeated: 1.., .. }) = self.access.unanswered {
            self.end_mut(side).stream.unacknowledged = u64::from(length);
        }
        let course = Course {
            number: self.number,
            ends: self.parties(),
            streams: self.ends.map(|end| end.stream),
            started: self.started,
            last: self.last,
            transport: Transport::Eap,
        };
        let mut session = course.session(self.story);
        session.carrier = self.access.method.map_or(Carrier::Unknown, carrier);
        session.access = Some(Box::new(self.access));
        session.outcome = ending::outcome(&session, now);
        session
    }

    /// Both ends: the station, else who speaks for it; the RADIUS server, else the port.
    fn parties(&self) -> [Endpoint; 2] {
        let station = self.station.map(Endpoint::Station);
        let port = Endpoint::Station(self.port.unwrap_or(GROUP));
        match self.sockets {
            Some((client, server)) => [station.unwrap_or(client.into()), server.into()],
            None => [station.unwrap_or(Endpoint::Station(GROUP)), port],
        }
    }
}

impl Sent {
    /// How often it was repeated, if that was so even after this place.
    fn repeated_after(&self, mark: Mark) -> u32 {
        let after = self.again.is_some_and(|again| again.frame > mark.frame);
        if after { self.repeated } else { 0 }
    }
}

impl End {
    fn new() -> Self {
        Self {
            records: Records::new(),
            stream: Stream::default(),
            latest: None,
            begun: None,
            answered: 0,
            message: None,
        }
    }

    /// The capture does not hold this many bytes.
    fn lose(&mut self, side: Side, length: u64, mark: Mark, story: &mut Story) {
        self.stream.lost = self.stream.lost.saturating_add(length.min(1 << 32));
        self.records.gap(side, length, mark, story);
    }
}

fn side_of(packet: &EapPacket<'_>) -> Side {
    if packet.code == EapCode::RESPONSE { Side::Client } else { Side::Server }
}

/// A number by which a packet is known again.
fn print_of(packet: &EapPacket<'_>) -> u64 {
    let mut hasher = DefaultHasher::new();
    (packet.code.0, packet.identifier, packet.method, packet.length, packet.data).hash(&mut hasher);
    hasher.finish()
}

fn carrier(method: EapMethod) -> Carrier {
    match method {
        EapMethod::TLS => Carrier::EapTls,
        EapMethod::TTLS => Carrier::EapTtls,
        EapMethod::PEAP => Carrier::Peap,
        EapMethod::FAST => Carrier::EapFast,
        EapMethod::TEAP => Carrier::Teap,
        _ => Carrier::Unknown,
    }
}

/// Stands for a number of bytes that nobody knows.
const UNKNOWN_LENGTH: u64 = u64::MAX;
/// Where stations and ports find each other without knowing an address (IEEE 802.1X, 7.8).
pub(crate) const GROUP: Mac = Mac([0x01, 0x80, 0xc2, 0, 0, 0x03]);
