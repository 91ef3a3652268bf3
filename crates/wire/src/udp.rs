//! UDP, RFC 768.

use crate::{Datagram, Malformed, Reader};

/// One UDP datagram as the frame carried it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UserDatagram<'a> {
    /// The port it was sent from.
    pub source: u16,
    /// The port it was sent to.
    pub destination: u16,
    /// What the capture kept of the payload.
    pub payload: &'a [u8],
    /// The payload length on the wire in bytes; more than `payload.len()` when the capture cut it.
    pub length: usize,
}

impl UserDatagram<'_> {
    /// The IP protocol number of UDP.
    pub const PROTOCOL: u8 = 17;
}

/// Reads the UDP datagram that an IP datagram carries. That it is one (protocol
/// [`UserDatagram::PROTOCOL`], not a later fragment) is for the caller to know.
///
/// # Errors
/// When the header is cut. Offsets count from the start of the datagram's payload.
pub fn user_datagram<'a>(datagram: &Datagram<'a>) -> Result<UserDatagram<'a>, Malformed> {
    let mut bytes = Reader::new(datagram.payload);
    let [s0, s1, d0, d1, l0, l1, ..] = bytes.array::<8>("UDP header")?;
    // A length of 0 is that of a jumbogram (RFC 2675, 4), or of a careless network card.
    let claimed = match usize::from(u16::from_be_bytes([l0, l1])) {
        0 => datagram.length,
        length => length.min(datagram.length),
    };
    let length = claimed.saturating_sub(8);
    let payload = bytes.rest();
    Ok(UserDatagram {
        source: u16::from_be_bytes([s0, s1]),
        destination: u16::from_be_bytes([d0, d1]),
        payload: payload.get(..length).unwrap_or(payload),
        length,
    })
}

/// Reads the first IP fragment of a UDP datagram, with the length in bytes that the payload of the
/// whole has.
///
/// # Errors
/// When the header is cut.
pub fn first_part_of_user_datagram<'a>(
    datagram: &Datagram<'a>,
) -> Result<(UserDatagram<'a>, usize), Malformed> {
    let mut bytes = Reader::new(datagram.payload);
    let [.., l0, l1] = bytes.array::<6>("UDP header")?;
    let length = usize::from(u16::from_be_bytes([l0, l1]));
    Ok((user_datagram(datagram)?, length.saturating_sub(8)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The header says where the payload ends; what the capture cut is known by its length.
    #[test]
    fn the_header_says_where_the_payload_ends() {
        let ip = |payload, length| Datagram {
            source: [10, 0, 0, 1].into(),
            destination: [10, 0, 0, 2].into(),
            protocol: UserDatagram::PROTOCOL,
            ttl: 64,
            id: None,
            payload,
            length,
            fragment: None,
        };
        let bytes = [0x11, 0x22, 0x33, 0x44, 0, 10, 0, 0, 7, 8, 9];
        let read = user_datagram(&ip(&bytes, 11)).unwrap();
        assert_eq!((read.source, read.destination), (0x1122, 0x3344));
        assert_eq!((read.payload, read.length), (&[7, 8][..], 2));
        let cut = user_datagram(&ip(&bytes[..9], 11)).unwrap();
        assert_eq!((cut.payload, cut.length), (&[7][..], 2));
        assert!(user_datagram(&ip(&bytes[..7], 11)).is_err());
    }
}
