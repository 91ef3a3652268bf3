//! What one direction of a conversation shows below TLS: its packets, and the marks of those that
//! begin and end something.
//!
//! A mark has more of its packet than the place: whoever speaks in another's name seldom gets all of
//! TTL, identification and window right.

use std::net::IpAddr;

use wire::Time;

use crate::teardown::Teardown;

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
    /// Frame and time of the first byte of payload.
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
