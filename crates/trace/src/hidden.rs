//! What can be known of the records that TLS 1.3 encrypts: their size and their place.
//!
//! The type of an encrypted record is hidden (RFC 9846, 5.2), its length is not. Three messages have
//! a length that follows from the cipher suite alone, and most stacks send each message of the
//! handshake in a record of its own, in an order that the RFC fixes (4.4): together they name most
//! records. What is named here is likely and never certain: a peer may pad.

use alert::Side;
use wire::{CipherSuite, HandshakeType, ProtocolVersion, encrypted_alert_length};

use crate::carrier::Carrier;
use crate::session::{Event, Message, Session};

/// Lengths of encrypted TLS 1.3 records, in bytes, as they follow from the cipher suite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// An alert: 2 bytes, the content type, and the tag.
    pub alert: u32,
    /// A Finished: 4 bytes of header, a hash, the content type, and the tag.
    pub finished: u32,
    /// A Certificate message without certificates (RFC 9846, 4.4.2).
    pub empty_certificate: u32,
}

impl Sizes {
    /// Bytes of padding that JSSE adds to each record.
    pub const PADDING: u32 = 16;

    /// The lengths under a cipher suite of TLS 1.3; `None` for any other.
    #[must_use]
    pub fn of(suite: CipherSuite) -> Option<Self> {
        let alert = u32::from(encrypted_alert_length(suite, ProtocolVersion::TLS_1_3, false)?);
        let hash = if suite.name()?.ends_with("SHA384") { 48 } else { 32 };
        // An alert is two bytes; what is added to them is added to all.
        let sealed = |plain: u32| (alert + plain).saturating_sub(2);
        let (finished, empty_certificate) = (sealed(HEADER + hash), sealed(HEADER + 1 + 3));
        Some(Self { alert, finished, empty_certificate })
    }

    /// An alert as JSSE pads it.
    #[must_use]
    pub fn padded_alert(&self) -> u32 {
        self.alert + Self::PADDING
    }
}

impl Session {
    /// The handshake messages inside the encrypted records of a TLS 1.3 handshake, as far as their
    /// size and place tell: positions in [`Session::events`] with what is there.
    #[must_use]
    pub fn hidden_messages(&self) -> Vec<(usize, HandshakeType)> {
        // QUIC packets hold several messages, or parts of one, and acknowledgements.
        if self.carrier == Carrier::Quic {
            return Vec::new();
        }
        let Some(hello) = self.server_hello().filter(|hello| hello.what.version().is_tls13())
        else {
            return Vec::new();
        };
        let Some(sizes) = Sizes::of(hello.what.cipher_suite) else { return Vec::new() };
        let records = |side: Side| {
            let events = self.events.iter().enumerate().skip(hello.event);
            events.filter(move |(_, e)| e.side == side && matches!(e.message, Message::Encrypted))
        };
        let answer = records(Side::Client).next().map_or(usize::MAX, |(at, _)| at);
        let flight = |side| -> Vec<(usize, &Event)> {
            let mut records = records(side).filter(|(at, _)| side == Side::Client || *at < answer);
            let mut flight: Vec<_> = records.by_ref().take(LONGEST_FLIGHT).collect();
            let end = flight.iter().position(|(_, e)| e.length == sizes.finished);
            flight.truncate(end.map_or(0, |end| end + 1));
            flight
        };
        let mut named = Vec::new();
        for (side, order) in [(Side::Server, SERVER), (Side::Client, CLIENT)] {
            // Where a part was opened, the rest is not in the places that are counted here.
            if self.events.iter().any(|event| event.side == side && event.opened) {
                continue;
            }
            let flight = flight(side);
            let Some(kinds) = order.iter().find(|kinds| kinds.len() == flight.len()) else {
                continue;
            };
            named.extend(flight.iter().zip(*kinds).map(|((at, _), kind)| (*at, *kind)));
        }
        named
    }
}

/// What a server sends after its ServerHello: resumed, with a certificate, and asking for one.
const SERVER: &[&[HandshakeType]] = &[
    &[HandshakeType::ENCRYPTED_EXTENSIONS, HandshakeType::FINISHED],
    &[
        HandshakeType::ENCRYPTED_EXTENSIONS,
        HandshakeType::CERTIFICATE,
        HandshakeType::CERTIFICATE_VERIFY,
        HandshakeType::FINISHED,
    ],
    &[
        HandshakeType::ENCRYPTED_EXTENSIONS,
        HandshakeType::CERTIFICATE_REQUEST,
        HandshakeType::CERTIFICATE,
        HandshakeType::CERTIFICATE_VERIFY,
        HandshakeType::FINISHED,
    ],
];
/// What a client answers: unasked, without a certificate, and with one.
const CLIENT: &[&[HandshakeType]] = &[
    &[HandshakeType::FINISHED],
    &[HandshakeType::CERTIFICATE, HandshakeType::FINISHED],
    &[HandshakeType::CERTIFICATE, HandshakeType::CERTIFICATE_VERIFY, HandshakeType::FINISHED],
];
/// Messages of the longest flight.
const LONGEST_FLIGHT: usize = 5;
/// Bytes in front of a handshake message.
const HEADER: u32 = 4;

#[cfg(test)]
mod tests {
    use super::*;

    /// The lengths that OpenSSL, GnuTLS and Go were seen to send (19, 25, and 69 or 53), and those
    /// of the short tag.
    #[test]
    fn lengths_follow_from_the_suite() {
        let sizes = |suite| Sizes::of(CipherSuite(suite)).map(|s| (s.alert, s.finished));
        assert_eq!(sizes(0x1302), Some((19, 69)));
        assert_eq!(sizes(0x1301), Some((19, 53)));
        assert_eq!(sizes(0x1305), Some((11, 45)));
        assert_eq!(Sizes::of(CipherSuite(0x1301)).unwrap().empty_certificate, 25);
    }
}
