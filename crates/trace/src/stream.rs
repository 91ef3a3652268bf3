//! What one direction of a conversation shows below TLS: its packets, and the marks of those that
//! begin and end something.
//!
//! A mark has more of its packet than the place: whoever speaks in another's name seldom gets all of
//! TTL, identification and window right.

use std::net::IpAddr;

use wire::{Segment, Time};

/// Facts of one direction below TLS; what only TCP has stays empty elsewhere.
#[derive(Clone, Debug, Default)]
pub struct Stream {
    /// The SYN (or SYN-ACK) of this side.
    pub syn: Option<Mark>,
    /// The first FIN.
    pub fin: Option<Mark>,
    /// The first RST.
    pub reset: Option<Mark>,
    /// The first frame that opened or tore down nothing: neither SYN nor FIN nor RST.
    pub plain: Option<Mark>,
    /// What is known of its resets, beside the place of the first.
    pub teardown: Option<Box<Teardown>>,
    /// The most payload that this side said it takes in one segment (RFC 9293, 3.7.1), in bytes.
    pub mss: Option<u16>,
    /// What a router said of a datagram of this side that was too large for it.
    pub too_big: Option<Box<Refused>>,
    /// Frames seen from this side, with or without payload.
    pub frames: u32,
    /// Payload bytes in order, gaps not counted.
    pub bytes: u64,
    /// How often the oldest byte that was not acknowledged was sent again; over datagrams, how often
    /// a flight was.
    pub retransmissions: u32,
    /// The frame of the first retransmission, 0 if there was none.
    pub first_retransmission: u64,
    /// Largest payload of one segment or datagram.
    pub largest: u32,
    /// Largest payload among the retransmitted segments.
    pub largest_retransmitted: u32,
    /// Bytes that the capture does not hold although later ones were seen.
    pub lost: u64,
    /// Bytes in front of others that were seen, which the other side never acknowledged: they did
    /// not arrive, so it is the network that lost them and not the capture.
    pub hole: u64,
    /// Bytes of this side that the other side never acknowledged, as far as acknowledgements were
    /// captured.
    pub unacknowledged: u64,
    /// Records of application data.
    pub application_records: u64,
    /// The first packet with payload, also one that came before those in front of it.
    pub first_data: Option<Mark>,
    /// Frame and time of the last new byte of payload.
    pub last_data: Option<Mark>,
}

/// A place in the capture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Frame number, from 1.
    pub frame: u64,
    /// When it was captured.
    pub time: Time,
    /// TTL (IPv4) or hop limit (IPv6) it arrived with.
    pub ttl: u8,
    /// The identification in its IPv4 header; none in IPv6, and of what came in several parts.
    pub id: Option<u16>,
    /// The receive window in its TCP header, not scaled; 0 where there is none.
    pub window: u16,
}

/// A router's word that a datagram was too large for the next link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The frame of the router's message.
    pub mark: Mark,
    /// Which router said it.
    pub router: IpAddr,
    /// The largest datagram that the next link takes, in bytes; 0 if the router does not say.
    pub mtu: u32,
}

impl Mark {
    /// A place of which no more is known.
    #[must_use]
    pub fn at(frame: u64, time: Time) -> Self {
        Self { frame, time, ttl: 0, id: None, window: 0 }
    }
}

/// What is known of the resets of one side, which may not come from the side in whose name they were
/// sent.
///
/// A TCP that resets says the number that it would have used next (RFC 9293, 3.10.7.1), and sends
/// nothing more. A filter on the way has to guess that number, and the side that it speaks for, of
/// which it was not asked, goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Teardown {
    /// How far the sequence number of the first reset lies beyond the next byte of its side that
    /// the capture would show; negative for bytes that were sent already. `None` if the capture
    /// does not show where the side was.
    pub ahead: Option<i32>,
    /// What the first reset carried as payload, its first bytes: some balancers say why.
    pub text: Box<[u8]>,
    /// Resets of this side, as many as came within a second.
    pub resets: u32,
    /// The first of the others that had another TTL than the first reset.
    pub other: Option<Mark>,
    /// The first segment after the reset with which the side goes on as if there had been none: new
    /// bytes behind those that the reset counts, or its SYN again.
    pub goes_on: Option<Mark>,
    /// The sequence number of the first reset.
    pub sequence: u32,
    /// The first reset.
    pub first: Mark,
}

/// Bytes of a reset's payload that are kept; the longest reason of a balancer has fewer.
const MAX_TEXT: usize = 120;

impl Teardown {
    /// The first reset of a side that would send this number next, if that is known.
    pub(crate) fn new(segment: &Segment<'_>, mark: Mark, next: Option<u32>) -> Self {
        let text = segment.payload.get(..MAX_TEXT).unwrap_or(segment.payload);
        Self {
            ahead: next.map(|next| segment.sequence.wrapping_sub(next) as i32),
            text: text.into(),
            resets: 1,
            other: None,
            goes_on: None,
            sequence: segment.sequence,
            first: mark,
        }
    }

    /// What the same side sends after it.
    pub(crate) fn later(&mut self, segment: &Segment<'_>, mark: Mark) {
        if segment.flags.rst() {
            self.resets = self.resets.saturating_add(1);
            if mark.ttl != self.first.ttl {
                self.other.get_or_insert(mark);
            }
            return;
        }
        // What was sent before the reset and overtaken by it has smaller numbers.
        let new = segment.sequence.wrapping_sub(self.sequence) as i32 >= 0;
        if segment.flags.syn() || (segment.length > 0 && new) {
            self.goes_on.get_or_insert(mark);
        }
    }
}
