//! QUIC packets and their headers (RFC 8999, 5; RFC 9000, 17; RFC 9369, 3.2).

use super::{QuicVersion, varint, vector};
use crate::{Malformed, Reader};

/// One QUIC packet as the datagram carried it, still protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuicPacket<'a> {
    /// Which packet it is.
    pub kind: QuicPacketType,
    /// The version in its long header; [`QuicVersion::NEGOTIATION`] also where there is none.
    pub version: QuicVersion,
    /// The connection id of the receiver; empty with a short header, which does not tell its length.
    pub destination: &'a [u8],
    /// The connection id of the sender; empty with a short header.
    pub source: &'a [u8],
    /// The token of an Initial or Retry packet, or the list of a Version Negotiation packet.
    pub token: &'a [u8],
    /// The whole packet from its first byte, as far as captured.
    pub bytes: &'a [u8],
    /// Where in `bytes` the packet number begins, which with a short header is where the connection
    /// id does. The end where there is none.
    pub number_at: usize,
    /// Whether the capture or the datagram ends before the packet does.
    pub is_cut: bool,
    /// Whether the bit is set that tells QUIC from other protocols on the same port. A peer may
    /// leave it out once the other has allowed it (RFC 9287), so in the first packet it is set.
    pub has_fixed_bit: bool,
}

/// Which QUIC packet it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum QuicPacketType {
    /// The hellos, under keys that follow from the packet (RFC 9000, 17.2.2).
    Initial,
    /// Early data (RFC 9000, 17.2.3).
    ZeroRtt,
    /// The rest of the handshake (RFC 9000, 17.2.4).
    Handshake,
    /// A server's request to show a token first (RFC 9000, 17.2.5).
    Retry,
    /// A server's list of the versions it speaks (RFC 9000, 17.2.1).
    VersionNegotiation,
    /// A packet with a short header: data, and what comes after the handshake (RFC 9000, 17.3).
    OneRtt,
    /// A packet with a long header in a version that is not read here.
    Unknown,
}

/// The packets of one datagram, in order (RFC 9000, 12.2). It ends at the first byte that begins
/// none: padding, or another protocol.
#[derive(Clone, Copy, Debug)]
pub struct QuicPackets<'a> {
    rest: &'a [u8],
}

impl<'a> QuicPackets<'a> {
    /// Walks a datagram.
    #[must_use]
    pub fn new(datagram: &'a [u8]) -> Self {
        Self { rest: datagram }
    }
}

impl<'a> Iterator for QuicPackets<'a> {
    type Item = QuicPacket<'a>;

    fn next(&mut self) -> Option<QuicPacket<'a>> {
        let packet = QuicPacket::read(self.rest).ok()?;
        self.rest = self.rest.get(packet.bytes.len()..).unwrap_or_default();
        Some(packet)
    }
}

impl<'a> QuicPacket<'a> {
    /// Whether bytes begin like a packet that names both connection ids: one of the handshake.
    #[inline]
    #[must_use]
    pub fn has_long_header(bytes: &[u8]) -> bool {
        bytes.first().is_some_and(|first| first & LONG != 0)
    }

    /// Reads the first packet of `bytes`.
    ///
    /// # Errors
    /// When its header is cut, or is none of QUIC.
    pub fn read(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::new(bytes);
        let first = reader.u8("QUIC header")?;
        let has_fixed_bit = first & FIXED != 0;
        if first & LONG == 0 {
            // Some pad a datagram behind its packets with zeros.
            if first == 0 {
                return Err(Reader::new(bytes).malformed("QUIC header", 1));
            }
            return Ok(Self {
                kind: QuicPacketType::OneRtt,
                version: QuicVersion::NEGOTIATION,
                destination: &[],
                source: &[],
                token: &[],
                bytes,
                number_at: 1,
                is_cut: false,
                has_fixed_bit,
            });
        }
        let version = QuicVersion(reader.u32("QUIC version")?);
        let destination = reader.vec8("QUIC destination connection id")?;
        let source = reader.vec8("QUIC source connection id")?;
        let packet = |kind, token| Self {
            kind,
            version,
            destination,
            source,
            token,
            bytes,
            number_at: bytes.len(),
            is_cut: false,
            has_fixed_bit,
        };
        if version == QuicVersion::NEGOTIATION {
            return Ok(packet(QuicPacketType::VersionNegotiation, reader.rest()));
        }
        if !version.is_known() {
            return Ok(packet(QuicPacketType::Unknown, &[]));
        }
        if destination.len().max(source.len()) > LONGEST_ID {
            return Err(Reader::new(bytes).malformed("QUIC long header", 1));
        }
        let kind = QuicPacketType::long(version, first);
        if kind == QuicPacketType::Retry {
            let rest = reader.rest();
            let token = rest.get(..rest.len().saturating_sub(INTEGRITY_TAG)).unwrap_or_default();
            return Ok(packet(kind, token));
        }
        let token = match kind {
            QuicPacketType::Initial => vector(&mut reader, "QUIC token")?,
            _ => &[],
        };
        let length = usize::try_from(varint(&mut reader, "QUIC length")?).unwrap_or(usize::MAX);
        let number_at = reader.at();
        let end = number_at.saturating_add(length);
        let whole = bytes.get(..end);
        let bytes = whole.unwrap_or(bytes);
        Ok(Self { bytes, number_at, is_cut: whole.is_none(), ..packet(kind, token) })
    }

    /// The versions that a Version Negotiation packet lists.
    pub fn versions(&self) -> impl Iterator<Item = QuicVersion> + use<'a> {
        let listed = self.kind == QuicPacketType::VersionNegotiation;
        let list = if listed { self.token } else { &[] };
        list.as_chunks::<4>().0.iter().map(|version| QuicVersion(u32::from_be_bytes(*version)))
    }
}

impl QuicPacketType {
    /// The packet that the first byte of a long header announces; version 2 counts from elsewhere.
    fn long(version: QuicVersion, first: u8) -> Self {
        let place = first >> 4 & 3;
        match if version == QuicVersion::V2 { place.wrapping_sub(1) & 3 } else { place } {
            0 => Self::Initial,
            1 => Self::ZeroRtt,
            2 => Self::Handshake,
            _ => Self::Retry,
        }
    }
}

/// The bit of a long header.
const LONG: u8 = 0x80;
/// The bit that is set in every packet of versions 1 and 2, unless a peer allows otherwise.
const FIXED: u8 = 0x40;
/// Bytes of the longest connection id (RFC 9000, 17.2).
const LONGEST_ID: usize = 20;
/// Bytes at the end of a Retry packet (RFC 9001, 5.8).
const INTEGRITY_TAG: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    /// An Initial with a token, a Handshake packet and a short one in one datagram, then padding.
    fn coalesced() -> Vec<u8> {
        let mut bytes = vec![0xc3, 0, 0, 0, 1, 2, 7, 7, 1, 8, 1, 9, 5];
        bytes.extend([1; 5]);
        bytes.extend([0xe0, 0, 0, 0, 1, 0, 0, 0x40, 4, 2, 2, 2, 2]);
        bytes.extend([0x41, 3, 3, 3]);
        bytes
    }

    /// Packets that share a datagram are told apart by their lengths.
    #[test]
    fn packets_share_a_datagram() {
        let bytes = coalesced();
        let packets: Vec<_> = QuicPackets::new(&bytes).collect();
        let kinds: Vec<_> = packets.iter().map(|packet| packet.kind).collect();
        let expected = [QuicPacketType::Initial, QuicPacketType::Handshake, QuicPacketType::OneRtt];
        assert_eq!(kinds, expected);
        let initial = packets[0];
        assert_eq!((initial.destination, initial.source), (&[7, 7][..], &[8][..]));
        assert_eq!((initial.token, initial.number_at), (&[9][..], 13));
        assert_eq!(packets[1].bytes.len() - packets[1].number_at, 4);
        assert!(packets.iter().all(|packet| !packet.is_cut));
        assert_eq!(QuicPackets::new(&[0; 40]).count(), 0);
    }

    /// Version 2 gives the same packets other numbers.
    #[test]
    fn version_2_counts_from_elsewhere() {
        let kind = |version, first| QuicPacketType::long(version, first);
        assert_eq!(kind(QuicVersion::V1, 0xc0), QuicPacketType::Initial);
        assert_eq!(kind(QuicVersion::V2, 0xd0), QuicPacketType::Initial);
        assert_eq!(kind(QuicVersion::V2, 0xe0), QuicPacketType::ZeroRtt);
        assert_eq!(kind(QuicVersion::V2, 0xf0), QuicPacketType::Handshake);
        assert_eq!(kind(QuicVersion::V2, 0xc0), QuicPacketType::Retry);
    }

    /// A Version Negotiation packet lists versions; one that is unknown keeps its ids.
    #[test]
    fn versions_are_listed() {
        let list = [0x80, 0, 0, 0, 0, 1, 5, 1, 6, 0, 0, 0, 1, 0x6b, 0x33, 0x43, 0xcf, 9];
        let packet = QuicPacket::read(&list).unwrap();
        assert_eq!(packet.versions().collect::<Vec<_>>(), [QuicVersion::V1, QuicVersion::V2]);
        let other = [0xc0, 0x1a, 0x2a, 0x3a, 0x4a, 1, 5, 1, 6, 1];
        let packet = QuicPacket::read(&other).unwrap();
        assert_eq!((packet.kind, packet.source), (QuicPacketType::Unknown, &[6][..]));
        assert_eq!(packet.versions().count(), 0);
    }

    /// Cut anywhere, a datagram is read as far as it goes and each step goes on.
    #[test]
    fn any_cut_is_survived() {
        let bytes = coalesced();
        for length in 0..bytes.len() {
            let packets = QuicPackets::new(&bytes[..length]);
            assert!(packets.map(|packet| packet.bytes.len()).sum::<usize>() <= length);
        }
    }
}
