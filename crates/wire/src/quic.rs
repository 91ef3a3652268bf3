//! QUIC: packets, frames and their protection (RFC 8999, RFC 9000, RFC 9001, RFC 9369).
//!
//! A datagram holds one or more [`QuicPacket`]s. All but a few say nothing in the clear but who they
//! are for; with the right keys, of which those of Initial packets follow from the packet itself, a
//! packet becomes a series of [`QuicFrame`]s.

mod frame;
mod packet;
mod protection;
mod version;

pub use frame::{QuicClose, QuicFrame, QuicFrames};
pub use packet::{QuicPacket, QuicPacketType, QuicPackets};
pub use protection::{OpenedPacket, QuicKeys};
pub use version::QuicVersion;

use crate::{Malformed, Reader};

/// Reads a variable-length integer (RFC 9000, 16): two bits of length, up to 62 of value.
#[inline]
fn varint(bytes: &mut Reader<'_>, what: &'static str) -> Result<u64, Malformed> {
    let mut ahead = *bytes;
    let first = ahead.u8(what)?;
    let mut value = u64::from(first & 0x3f);
    for &byte in ahead.take((1 << (first >> 6)) - 1, what)? {
        value = value << 8 | u64::from(byte);
    }
    *bytes = ahead;
    Ok(value)
}

/// Reads a variable-length integer, and as many bytes.
#[inline]
fn vector<'a>(bytes: &mut Reader<'a>, what: &'static str) -> Result<&'a [u8], Malformed> {
    let mut ahead = *bytes;
    let length = varint(&mut ahead, what)?;
    // More than any machine can address is more than there is.
    let vector = ahead.take(usize::try_from(length).unwrap_or(usize::MAX), what)?;
    *bytes = ahead;
    Ok(vector)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of RFC 9000, A.1; what is cut moves nothing.
    #[test]
    fn integers_have_four_lengths() {
        let read = |bytes: &[u8]| varint(&mut Reader::new(bytes), "");
        let longest = [0xc2, 0x19, 0x7c, 0x5e, 0xff, 0x14, 0xe8, 0x8c];
        assert_eq!(read(&longest), Ok(151_288_809_941_952_652));
        assert_eq!(read(&[0x9d, 0x7f, 0x3e, 0x7d]), Ok(494_878_333));
        assert_eq!(read(&[0x7b, 0xbd]), Ok(15_293));
        assert_eq!((read(&[0x25]), read(&[0x40, 0x25])), (Ok(37), Ok(37)));
        let mut cut = Reader::new(&longest[..7]);
        assert!(varint(&mut cut, "").is_err());
        assert_eq!(cut.left(), 7);
        assert_eq!(vector(&mut Reader::new(&[2, 7, 8, 9]), ""), Ok(&[7, 8][..]));
        assert!(vector(&mut Reader::new(&[0xff; 9]), "").is_err());
    }
}
