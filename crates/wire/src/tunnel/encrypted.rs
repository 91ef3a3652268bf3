//! What over UDP is encrypted as a whole, told by the shape of its packets.

use crate::Encryption;

/// Which encryption a UDP payload shows, if any. A handshake that is in the clear is none.
pub(super) fn over_udp(source: u16, destination: u16, payload: &[u8]) -> Option<Encryption> {
    let either = |port| source == port || destination == port;
    match payload {
        // RFC 5415, 4.2: the preamble says that DTLS follows, whose data records have type 23.
        [1, _, _, _, 23, ..] if either(CAPWAP_DATA) => Some(Encryption::Capwap),
        // RFC 3948, 2: IKE has four zero bytes in front, a keep-alive is one byte.
        [a, b, c, d, _, _, _, _, _, ..] if either(ESP) && [a, b, c, d] != [&0; 4] => {
            Some(Encryption::Esp)
        }
        // The opcodes of data, version 1 and 2, in the upper five bits.
        [first, ..] if either(OPENVPN) && matches!(first >> 3, 6 | 9) && payload.len() > 16 => {
            Some(Encryption::OpenVpn)
        }
        // It has no port of its own; DNS is the one other protocol that may begin like it.
        _ if is_wireguard(payload) && !either(DNS) => Some(Encryption::WireGuard),
        _ => None,
    }
}

/// WireGuard's paper, 5.4: a type of one byte and three zero bytes, and fixed lengths; data is padded
/// to 16 bytes.
fn is_wireguard(payload: &[u8]) -> bool {
    let &[kind, 0, 0, 0, ..] = payload else { return false };
    match (kind, payload.len()) {
        // DTLS behind the preamble of CAPWAP may have that length too.
        (1, _) if matches!(payload.get(4..6), Some([20..=26, 0xfe])) => false,
        (1, length) => length == 148,
        (2, length) => length == 92,
        (3, length) => length == 64,
        (4, length) => length >= 32 && length.is_multiple_of(16),
        _ => false,
    }
}

const DNS: u16 = 53;
const OPENVPN: u16 = 1194;
const ESP: u16 = 4500;
const CAPWAP_DATA: u16 = 5247;
