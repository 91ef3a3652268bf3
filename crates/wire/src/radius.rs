//! RADIUS, RFC 2865, as far as it carries EAP (RFC 3579).

use crate::{Malformed, Reader};

/// One RADIUS packet (RFC 2865, 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RadiusPacket<'a> {
    /// What it is.
    pub code: RadiusCode,
    /// Links an answer to its request.
    pub identifier: u8,
    /// In a request a random value, which a repeated request repeats.
    pub authenticator: [u8; 16],
    /// The attributes, as far as they were captured.
    attributes: &'a [u8],
}

/// What a RADIUS packet is (RFC 2865, 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RadiusCode(pub u8);

/// An attribute of a RADIUS packet (RFC 2865, 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RadiusAttribute(pub u8);

impl RadiusCode {
    /// The RADIUS client asks for access.
    pub const ACCESS_REQUEST: Self = Self(1);
    /// The server grants it.
    pub const ACCESS_ACCEPT: Self = Self(2);
    /// The server denies it.
    pub const ACCESS_REJECT: Self = Self(3);
    /// The server wants to know more.
    pub const ACCESS_CHALLENGE: Self = Self(11);
}

impl RadiusAttribute {
    /// Who asks for access.
    pub const USER_NAME: Self = Self(1);
    /// The address of the RADIUS client.
    pub const NAS_IP_ADDRESS: Self = Self(4);
    /// A text for the user.
    pub const REPLY_MESSAGE: Self = Self(18);
    /// What the server wants to have back with the next request.
    pub const STATE: Self = Self(24);
    /// Where the station is: an access point's MAC address and SSID (RFC 3580, 3.20).
    pub const CALLED_STATION_ID: Self = Self(30);
    /// Who the station is: its MAC address (RFC 3580, 3.21).
    pub const CALLING_STATION_ID: Self = Self(31);
    /// The name of the RADIUS client.
    pub const NAS_IDENTIFIER: Self = Self(32);
    /// A part of an EAP packet (RFC 3579, 3.1).
    pub const EAP_MESSAGE: Self = Self(79);
    /// The name of the RADIUS client's port (RFC 2869, 5.17).
    pub const NAS_PORT_ID: Self = Self(87);
}

impl<'a> RadiusPacket<'a> {
    /// Reads a packet that fills a datagram of `length` bytes, of which `bytes` were captured. Any
    /// other protocol is refused as well as can be: a port proves nothing.
    ///
    /// # Errors
    /// When it is no part of an authentication, does not fill the datagram, or its attributes are
    /// not what their lengths say.
    #[inline]
    pub fn read(bytes: &'a [u8], length: usize) -> Result<Self, Malformed> {
        match bytes {
            [1..=3 | 11, _, high, low, ..]
                if usize::from(u16::from_be_bytes([*high, *low])) == length =>
            {
                Self::checked(bytes, length)
            }
            _ => Err(Reader::new(bytes).malformed("RADIUS code and length", 0)),
        }
    }

    fn checked(bytes: &'a [u8], length: usize) -> Result<Self, Malformed> {
        let mut bytes = Reader::new(bytes);
        let code = RadiusCode(bytes.u8("RADIUS code")?);
        let identifier = bytes.u8("RADIUS identifier")?;
        bytes.take(2, "RADIUS length")?;
        let authenticator = bytes.array("RADIUS authenticator")?;
        let packet = Self { code, identifier, authenticator, attributes: bytes.rest() };
        let cut = bytes.at() + bytes.left() < length;
        while !bytes.is_empty() {
            let start = bytes;
            let body = bytes.u8("RADIUS attribute type").and_then(|_| {
                let length = usize::from(bytes.u8("RADIUS attribute length")?);
                let Some(length) = length.checked_sub(2) else {
                    return Err(start.malformed("RADIUS attribute length", 0));
                };
                bytes.take(length, "RADIUS attribute")
            });
            match body {
                Err(short) if cut && short.is_short() => break,
                Err(other) => return Err(other),
                Ok(_) => {}
            }
        }
        Ok(packet)
    }

    /// The attributes in their order; the last may be cut with the capture.
    pub fn attributes(&self) -> impl Iterator<Item = (RadiusAttribute, &'a [u8])> + use<'a> {
        let mut rest = self.attributes;
        core::iter::from_fn(move || {
            let ([kind, length], behind) = rest.split_first_chunk::<2>()?;
            let length = usize::from(*length).checked_sub(2)?;
            let (value, behind) = behind.split_at(length.min(behind.len()));
            rest = behind;
            Some((RadiusAttribute(*kind), value))
        })
    }

    /// The value of the first attribute of a kind.
    #[must_use]
    pub fn attribute(&self, kind: RadiusAttribute) -> Option<&'a [u8]> {
        self.attributes().find(|(it, _)| *it == kind).map(|(_, value)| value)
    }

    /// The EAP packet that the EAP-Message attributes carry, one behind the other (RFC 3579, 3.1);
    /// `None` if there are none.
    #[must_use]
    pub fn eap_message(&self) -> Option<Vec<u8>> {
        let mut message = None;
        for (kind, value) in self.attributes() {
            if kind == RadiusAttribute::EAP_MESSAGE {
                message.get_or_insert_with(Vec::new).extend_from_slice(value);
            }
        }
        message
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(code: u8, attributes: &[u8]) -> Vec<u8> {
        let length = u8::try_from(20 + attributes.len()).unwrap();
        [&[code, 7, 0, length][..], &[9; 16], attributes].concat()
    }

    /// Attributes are read, and an EAP packet is put together from all that carry it.
    #[test]
    fn an_eap_packet_is_put_together() {
        let bytes = packet(1, &[1, 4, b'm', b'e', 79, 4, 2, 1, 24, 3, 5, 79, 5, 0, 5, 1]);
        let read = RadiusPacket::read(&bytes, bytes.len()).unwrap();
        assert_eq!((read.code, read.identifier), (RadiusCode::ACCESS_REQUEST, 7));
        assert_eq!(read.attribute(RadiusAttribute::USER_NAME), Some(&b"me"[..]));
        assert_eq!(read.attribute(RadiusAttribute::STATE), Some(&[5][..]));
        assert_eq!(read.eap_message(), Some(vec![2, 1, 0, 5, 1]));
    }

    /// What does not fill its datagram, or has attributes that do not add up, is something else.
    #[test]
    fn something_else_is_refused() {
        let good = packet(11, &[79, 3, 1]);
        assert!(RadiusPacket::read(&good, good.len()).is_ok());
        assert!(RadiusPacket::read(&good, good.len() + 1).is_err());
        for attributes in [&[79, 1][..], &[79, 0, 0], &[79, 4, 1], &[79]] {
            let bytes = packet(11, attributes);
            assert!(RadiusPacket::read(&bytes, bytes.len()).is_err(), "{attributes:?}");
        }
        assert!(RadiusPacket::read(&packet(4, &[]), 20).is_err());
    }

    /// What the capture cut is read as far as it goes.
    #[test]
    fn a_cut_packet_is_read() {
        let bytes = packet(1, &[1, 3, b'a', 79, 200]);
        let mut long = bytes.clone();
        long[3] = 250;
        let read = RadiusPacket::read(&long, 250).unwrap();
        assert_eq!(read.attribute(RadiusAttribute::USER_NAME), Some(&b"a"[..]));
        assert_eq!(read.eap_message(), Some(Vec::new()));
        for end in 0..bytes.len() {
            let _ = RadiusPacket::read(&bytes[..end], bytes.len());
        }
    }
}
