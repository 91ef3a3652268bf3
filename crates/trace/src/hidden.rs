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
    /// They travel as datagrams, where records acknowledge records.
    datagrams: bool,
}

impl Sizes {
    /// Bytes of padding that JSSE adds to each record.
    pub const PADDING: u32 = 16;

    /// The lengths under a cipher suite of TLS 1.3, spoken in this version, which may be DTLS;
    /// `None` for any other suite.
    #[must_use]
    pub fn of(suite: CipherSuite, version: ProtocolVersion) -> Option<Self> {
        let datagrams = version.is_dtls();
        let alert = u32::from(encrypted_alert_length(suite, ProtocolVersion::TLS_1_3, false)?);
        let hash = if suite.name()?.ends_with("SHA384") { 48 } else { 32 };
        // An alert is two bytes; what is added to them is added to all.
        let sealed = |plain: u32| (alert + plain).saturating_sub(2);
        let header = if datagrams { wire::DTLS_FRAGMENT_HEADER as u32 } else { HEADER };
        let (finished, empty_certificate) = (sealed(header + hash), sealed(header + 1 + 3));
        Some(Self { alert, finished, empty_certificate, datagrams })
    }

    /// An alert as JSSE pads it. Over datagrams, which JSSE does not speak in TLS 1.3, it is the
    /// plain one: what is longer acknowledges a record.
    #[must_use]
    pub fn padded_alert(&self) -> u32 {
        if self.datagrams { self.alert } else { self.alert + Self::PADDING }
    }

    /// Whether a record may be an ACK: two bytes, and 16 for each record that arrived (RFC 9147,
    /// 7). An empty one is as long as an alert.
    #[must_use]
    pub fn may_be_ack(&self, length: u32) -> bool {
        self.datagrams && length > self.alert && (length - self.alert).is_multiple_of(ACK_ENTRY)
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
        let Some(sizes) = Sizes::of(hello.what.cipher_suite, hello.what.version()) else {
            return Vec::new();
        };
        let records = |side: Side| {
            let events = self.events.iter().enumerate().skip(hello.event);
            events.filter(move |(_, e)| {
                let encrypted = matches!(e.message, Message::Encrypted);
                e.side == side && encrypted && !sizes.may_be_ack(e.length)
            })
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
            // A Certificate in two fragments looks like a request and a Certificate.
            if sizes.datagrams && flight.len() == LONGEST_FLIGHT {
                continue;
            }
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
/// Bytes of a record's number in an ACK.
const ACK_ENTRY: u32 = 16;
/// Bytes in front of a handshake message.
const HEADER: u32 = 4;

#[cfg(test)]
mod tests {
    use super::*;

    /// The lengths that OpenSSL, GnuTLS and Go were seen to send (19, 25, and 69 or 53), and those
    /// of the short tag.
    #[test]
    fn lengths_follow_from_the_suite() {
        let of = |suite| Sizes::of(CipherSuite(suite), ProtocolVersion::TLS_1_3);
        let sizes = |suite| of(suite).map(|s| (s.alert, s.finished));
        assert_eq!(sizes(0x1302), Some((19, 69)));
        assert_eq!(sizes(0x1301), Some((19, 53)));
        assert_eq!(sizes(0x1305), Some((11, 45)));
        assert_eq!(of(0x1301).unwrap().empty_certificate, 25);
    }

    /// DTLS writes eight bytes more in front of a message, and acknowledges records: with one entry
    /// an ACK is as long as an alert that JSSE would pad.
    #[test]
    fn datagrams_have_other_lengths() {
        let sizes = Sizes::of(CipherSuite(0x1301), ProtocolVersion::DTLS_1_3).unwrap();
        assert_eq!((sizes.alert, sizes.finished, sizes.empty_certificate), (19, 61, 33));
        assert!(sizes.may_be_ack(35) && sizes.may_be_ack(51));
        assert!(![19, 33, 61].into_iter().any(|length| sizes.may_be_ack(length)));
        assert_eq!(sizes.padded_alert(), 19);
        let stream = Sizes::of(CipherSuite(0x1301), ProtocolVersion::TLS_1_3).unwrap();
        assert!(!stream.may_be_ack(35));
    }
}
