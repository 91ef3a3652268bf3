//! How QUIC packets are protected, and opened (RFC 9001, 5; RFC 9369, 3.3).

use super::{QuicPacket, QuicPacketType, QuicVersion};
use crate::{CipherSuite, Hash, Labels, Secret, TrafficKeys};

/// What one side seals the packets of one encryption level with.
#[derive(Clone, Debug)]
pub struct QuicKeys {
    keys: TrafficKeys,
    /// The Key Phase bit that goes with these keys (RFC 9001, 6).
    phase: bool,
    /// The keys after the next update, once somebody seems to use them.
    next: Option<Box<TrafficKeys>>,
}

/// A packet without its protection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenedPacket {
    /// The packet number.
    pub number: u64,
    /// The frames.
    pub content: Vec<u8>,
}

impl QuicKeys {
    /// The keys of the Initial packets of the client and of the server, which follow from the first
    /// Destination Connection ID of the client (RFC 9001, 5.2): they protect against nobody who
    /// saw that. `None` for versions that are not known, and without the feature `decrypt`.
    #[must_use]
    pub fn initial(version: QuicVersion, destination: &[u8]) -> Option<[Self; 2]> {
        let common = Hash::Sha256.extract(version.salt()?, destination);
        let common = Hash::Sha256.expander(common.as_ref());
        let keys = |label| {
            let length = Hash::Sha256.length() as u16;
            let secret = common.expand_label("tls13 ", label, &[], length);
            Self::new(version, INITIAL_SUITE, &secret)
        };
        Some([keys("client in")?, keys("server in")?])
    }

    /// The keys of a traffic secret. `None` where the suite is none of TLS 1.3 or cannot be opened
    /// here.
    #[must_use]
    pub fn new(version: QuicVersion, suite: CipherSuite, secret: &Secret) -> Option<Self> {
        let labels = if version == QuicVersion::V2 { Labels::Quic2 } else { Labels::Quic };
        Some(Self { keys: TrafficKeys::new(suite, labels, secret)?, phase: false, next: None })
    }

    /// Takes the protection off a packet. `id_length` is how many bytes the connection id in a short
    /// header has, `expected` the number behind the largest that was seen in this packet number
    /// space, 0 at first. A packet under the next keys (RFC 9001, 6) makes those the present ones.
    /// `None` where the packet is cut, or was not sealed with these keys.
    #[must_use]
    pub fn open(
        &mut self,
        packet: &QuicPacket<'_>,
        id_length: usize,
        expected: u64,
    ) -> Option<OpenedPacket> {
        let short = packet.kind == QuicPacketType::OneRtt;
        let number_at = packet.number_at + if short { id_length } else { 0 };
        let sample = packet.bytes.get(number_at + LONGEST_NUMBER..)?.get(..SAMPLE)?;
        let [mask, number_mask @ ..] = self.keys.mask(sample)?;
        let first = packet.bytes.first()? ^ mask & if short { 0x1f } else { 0x0f };
        let number_length = usize::from(first & 0x03) + 1;
        let (header, sealed) = packet.bytes.split_at_checked(number_at + number_length)?;
        let mut header = header.to_vec();
        *header.first_mut()? = first;
        let mut truncated = 0;
        for (byte, mask) in header.iter_mut().skip(number_at).zip(number_mask) {
            *byte ^= mask;
            truncated = truncated << 8 | u64::from(*byte);
        }
        let number = whole_number(truncated, number_length, expected);
        if short && (first & KEY_PHASE != 0) != self.phase {
            let next = match self.next.take() {
                Some(next) => next,
                None => Box::new(self.keys.next()),
            };
            let Some(content) = next.open(number, &header, sealed) else {
                self.next = Some(next);
                return None;
            };
            (self.keys, self.phase) = (*next, !self.phase);
            return Some(OpenedPacket { number, content });
        }
        Some(OpenedPacket { number, content: self.keys.open(number, &header, sealed)? })
    }
}

/// The packet number of which the header holds the lowest bytes: the one nearest to what is expected
/// (RFC 9000, A.3).
fn whole_number(truncated: u64, length: usize, expected: u64) -> u64 {
    let window = 1_u64 << (8 * length);
    let candidate = expected & !(window - 1) | truncated;
    if candidate + window / 2 <= expected && candidate + window < LARGEST_NUMBER {
        candidate + window
    } else if candidate > expected + window / 2 && candidate >= window {
        candidate - window
    } else {
        candidate
    }
}

/// TLS_AES_128_GCM_SHA256, which protects Initial packets whatever is agreed on.
const INITIAL_SUITE: CipherSuite = CipherSuite(0x1301);
/// Bytes of the longest packet number: the sample lies behind so many (RFC 9001, 5.4.2).
const LONGEST_NUMBER: usize = 4;
/// Bytes of ciphertext from which the mask is made.
const SAMPLE: usize = 16;
/// The bit of a short header that says which keys (RFC 9000, 17.3.1).
const KEY_PHASE: u8 = 0x04;
/// Packet numbers are below this (RFC 9000, 12.3).
const LARGEST_NUMBER: u64 = 1 << 62;

#[cfg(test)]
#[cfg(feature = "decrypt")]
mod tests {
    use super::super::{QuicFrame, QuicFrames};
    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        let digits: Vec<u8> = text.chars().filter_map(|c| Some(c.to_digit(16)? as u8)).collect();
        digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
    }

    /// The server's Initial of RFC 9001, A.3, and that of RFC 9369, A.3: both acknowledge and hold a
    /// ServerHello. The keys of another connection do not open them.
    #[test]
    fn the_initials_of_the_rfcs_are_opened() {
        for (version, text) in [(QuicVersion::V1, SERVER_1), (QuicVersion::V2, SERVER_2)] {
            let bytes = hex(text);
            let packet = QuicPacket::read(&bytes).unwrap();
            assert_eq!((packet.kind, packet.version), (QuicPacketType::Initial, version));
            let [mut client, mut server] =
                QuicKeys::initial(version, &hex("8394c8f03e515708")).unwrap();
            let opened = server.open(&packet, 0, 0).unwrap();
            assert_eq!(opened.number, 1);
            let frames: Vec<_> = QuicFrames::new(&opened.content).map(Result::unwrap).collect();
            let QuicFrame::Crypto { offset: 0, data } = frames[1] else { panic!("{frames:?}") };
            assert_eq!(data[..4], [2, 0, 0, 0x56]);
            assert_eq!(client.open(&packet, 0, 0), None);
            for length in 0..bytes.len() {
                if let Ok(packet) = QuicPacket::read(&bytes[..length]) {
                    assert_eq!(server.open(&packet, 0, 0), None);
                }
            }
        }
    }

    /// The packet of RFC 9001, A.5, with its short header; after an update of the keys it is opened
    /// no more, and what comes with the other phase is not taken unless it is sealed so.
    #[test]
    fn a_short_header_is_opened() {
        let secret = hex("9ac312a7f877468ebe69422748ad00a15443f18203a07d6060f688f30f21632b");
        let suite = CipherSuite(0x1303);
        let mut keys = QuicKeys::new(QuicVersion::V1, suite, &secret.into()).unwrap();
        let bytes = hex("4cfe4189655e5cd55c41f69080575d7999c25a5bfb");
        let packet = QuicPacket::read(&bytes).unwrap();
        let opened = keys.open(&packet, 0, 654_360_000).unwrap();
        assert_eq!((opened.number, &opened.content[..]), (654_360_564, &[1][..]));
        let mut other = bytes.clone();
        other[0] ^= KEY_PHASE;
        assert_eq!(keys.open(&QuicPacket::read(&other).unwrap(), 0, 654_360_000), None);
        assert!(keys.open(&packet, 0, 654_360_000).is_some());
    }

    /// The example of RFC 9000, A.3, and the ends of the range.
    #[test]
    fn a_number_is_the_nearest() {
        assert_eq!(whole_number(0x9b32, 2, 0xa82f_30eb), 0xa82f_9b32);
        assert_eq!(whole_number(0xff, 1, 0), 0xff);
        assert_eq!(whole_number(0x02, 1, 0xff), 0x102);
        assert_eq!(whole_number(0xfe, 1, 0x101), 0xfe);
        assert!(whole_number(0, 4, LARGEST_NUMBER - 1) < LARGEST_NUMBER);
    }

    const SERVER_1: &str = "cf000000010008f067a5502a4262b5004075c0d95a482cd0991cd25b0aac406a
        5816b6394100f37a1c69797554780bb38cc5a99f5ede4cf73c3ec2493a1839b3dbcba3f6ea46c5b7684df354
        8e7ddeb9c3bf9c73cc3f3bded74b562bfb19fb84022f8ef4cdd93795d77d06edbb7aaf2f58891850abbdca3d
        20398c276456cbc42158407dd074ee";
    const SERVER_2: &str = "dc6b3343cf0008f067a5502a4262b5004075d92faaf16f05d8a4398c47089698
        baeea26b91eb761d9b89237bbf87263017915358230035f7fd3945d88965cf17f9af6e16886c61bfc703106f
        baf3cb4cfa52382dd16a393e42757507698075b2c984c707f0a0812d8cd5a6881eaf21ceda98f4bd23f6fe1a
        3e2c43edd9ce7ca84bed8521e2e140";
}
