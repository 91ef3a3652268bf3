//! TCP segments, RFC 9293, 3.1.

use crate::{Datagram, Malformed, Reader};

/// One TCP segment as the frame carried it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment<'a> {
    /// The port it was sent from.
    pub source: u16,
    /// The port it was sent to.
    pub destination: u16,
    /// The number of the first payload byte, or of the SYN.
    pub sequence: u32,
    /// The next number that the sender expects; means something with ACK only.
    pub acknowledgement: u32,
    /// The control bits.
    pub flags: Flags,
    /// The receive window, not scaled.
    pub window: u16,
    /// What the capture kept of the payload.
    pub payload: &'a [u8],
    /// The payload length on the wire; more than `payload.len()` when the capture cut it.
    pub length: usize,
    options: &'a [u8],
}

/// The control bits of a segment, as they stand in the header.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags(pub u8);

/// Reads the segment that a datagram carries. That it is one (protocol [`Segment::PROTOCOL`], not
/// a later fragment) is for the caller to know.
///
/// # Errors
/// When the fixed header is cut or the header claims more than the datagram has. Offsets count from
/// the start of the datagram's payload.
#[inline]
pub fn segment<'a>(datagram: &Datagram<'a>) -> Result<Segment<'a>, Malformed> {
    let mut bytes = Reader::new(datagram.payload);
    let header = bytes.array::<20>("TCP header")?;
    let [s0, s1, d0, d1, q0, q1, q2, q3, a0, a1, a2, a3, offset, flags, w0, w1, ..] = header;
    let header_length = usize::from(offset >> 4) * 4;
    if header_length < 20 || header_length > datagram.length {
        let (needed, had) = (header_length.max(20), datagram.length.min(header_length));
        return Err(Malformed { what: "TCP data offset", at: 12, needed, had });
    }
    // The snap length may have cut the header; then there is no payload, only its length.
    let rest = bytes.rest();
    let (options, payload) = rest.split_at_checked(header_length - 20).unwrap_or((rest, &[]));
    Ok(Segment {
        source: u16::from_be_bytes([s0, s1]),
        destination: u16::from_be_bytes([d0, d1]),
        sequence: u32::from_be_bytes([q0, q1, q2, q3]),
        acknowledgement: u32::from_be_bytes([a0, a1, a2, a3]),
        flags: Flags(flags),
        window: u16::from_be_bytes([w0, w1]),
        payload,
        length: datagram.length - header_length,
        options,
    })
}

impl<'a> Segment<'a> {
    /// The number of TCP among the protocols of IP.
    pub const PROTOCOL: u8 = 6;

    /// The options by kind, each with its value, without padding; see [`Options`].
    #[inline]
    pub fn options(&self) -> Options<'a> {
        Options { rest: self.options }
    }

    /// The largest segment that the sender can receive, in payload bytes; stands in SYNs only.
    #[inline]
    pub fn mss(&self) -> Option<u16> {
        let (_, value) = self.options().find(|(kind, _)| *kind == Options::MSS)?;
        value.try_into().ok().map(u16::from_be_bytes)
    }
}

impl Flags {
    /// The sender has no more to say.
    #[inline]
    pub fn fin(self) -> bool {
        self.0 & 0x01 != 0
    }

    /// A connection begins.
    #[inline]
    pub fn syn(self) -> bool {
        self.0 & 0x02 != 0
    }

    /// The connection is torn down.
    #[inline]
    pub fn rst(self) -> bool {
        self.0 & 0x04 != 0
    }

    /// The acknowledgement number means something.
    #[inline]
    pub fn ack(self) -> bool {
        self.0 & 0x10 != 0
    }
}

/// The options of a segment, RFC 9293, 3.1: pairs of kind and value. Stops at the end-of-list
/// option, and at the first one that is cut.
#[derive(Clone, Debug)]
pub struct Options<'a> {
    rest: &'a [u8],
}

impl Options<'_> {
    /// Maximum segment size.
    pub const MSS: u8 = 2;
}

impl<'a> Iterator for Options<'a> {
    type Item = (u8, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        while let [NO_OPERATION, rest @ ..] = self.rest {
            self.rest = rest;
        }
        let [kind, length, ..] = *self.rest else { return None };
        if kind == END_OF_LIST {
            return None;
        }
        // The length counts kind and length themselves.
        let (option, rest) = self.rest.split_at_checked(usize::from(length))?;
        self.rest = rest;
        Some((kind, option.get(2..)?))
    }
}

const END_OF_LIST: u8 = 0;
const NO_OPERATION: u8 = 1;

#[cfg(test)]
mod tests {
    use core::net::{IpAddr, Ipv4Addr};

    use super::*;

    const SYN: &[u8] = &[
        0x01, 0xbb, 0xc0, 0x00, 0, 0, 0, 1, 0, 0, 0, 2, 0x80, 0x12, 0x10, 0x00, 0, 0, 0,
        0, // header
        1, 2, 4, 0x05, 0xb4, 4, 2, 0, 0, 0, 0, 0, // NOP, MSS, SACK permitted, end of list
        b'h', b'i',
    ];

    fn carried(payload: &[u8], length: usize) -> Datagram<'_> {
        let nobody = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
        Datagram {
            source: nobody,
            destination: nobody,
            protocol: Segment::PROTOCOL,
            ttl: 64,
            id: None,
            payload,
            length,
            fragment: None,
        }
    }

    /// Every field of a header with options, and what follows it.
    #[test]
    fn a_header_with_options() {
        let segment = segment(&carried(SYN, SYN.len())).unwrap();
        assert_eq!((segment.source, segment.destination), (443, 49152));
        assert_eq!((segment.sequence, segment.acknowledgement, segment.window), (1, 2, 4096));
        let flags = segment.flags;
        assert_eq!(
            (flags.syn(), flags.ack(), flags.fin(), flags.rst()),
            (true, true, false, false)
        );
        assert_eq!((segment.payload, segment.length), (&b"hi"[..], 2));
        assert_eq!(segment.mss(), Some(1460));
        let kinds: Vec<u8> = segment.options().map(|(kind, _)| kind).collect();
        assert_eq!(kinds, [2, 4]);
    }

    /// However much the capture cut, the length on the wire stays, and no cut panics.
    #[test]
    fn a_cut_segment_keeps_its_length() {
        for end in 0..SYN.len() {
            match segment(&carried(&SYN[..end], 1000)) {
                Ok(segment) => {
                    assert!(end >= 20);
                    assert_eq!(
                        (segment.length, segment.payload.len()),
                        (968, end.saturating_sub(32))
                    );
                    segment.options().for_each(drop);
                }
                Err(malformed) => assert!(end < 20 && malformed.is_short()),
            }
        }
    }

    /// A header that claims to be longer than its datagram, or too short to be one, is refused.
    #[test]
    fn impossible_data_offsets_are_refused() {
        assert!(segment(&carried(SYN, 31)).is_err());
        let mut short = SYN.to_vec();
        short[12] = 0x40;
        assert!(segment(&carried(&short, short.len())).is_err());
    }

    /// Options of length 0 and 1 end the list instead of looping.
    #[test]
    fn options_without_progress_end_the_list() {
        for length in [0, 1] {
            let mut bytes = SYN.to_vec();
            bytes[21..].fill(length);
            bytes[20] = 9;
            assert_eq!(segment(&carried(&bytes, bytes.len())).unwrap().options().count(), 0);
        }
    }
}
