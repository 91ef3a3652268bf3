//! EAP, RFC 3748, and the methods that carry TLS in it: RFC 5216 and its relatives.

use core::fmt;

use crate::{Malformed, Reader};

/// One EAP packet (RFC 3748, 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EapPacket<'a> {
    /// What it is.
    pub code: EapCode,
    /// Links a response to its request; a repeated request has the same.
    pub identifier: u8,
    /// The method, in requests and responses.
    pub method: Option<EapMethod>,
    /// What the method says, as far as it was captured.
    pub data: &'a [u8],
    /// Length of `data` on the wire, in bytes; more than `data.len()` when the capture cut it.
    pub length: usize,
}

/// What an EAP packet is (RFC 3748, 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EapCode(pub u8);

/// An EAP method, or what takes the place of one (RFC 3748, 5; IANA "EAP Method Types").
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EapMethod(pub u8);

/// What one packet of a method that carries TLS holds (RFC 5216, 3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EapTlsFragment<'a> {
    /// Length of the whole message in bytes, where it is told: in the first fragment, by some in
    /// each.
    pub total: Option<u32>,
    /// Whether more fragments follow.
    pub more: bool,
    /// Whether the server begins the method; then `data` is no TLS.
    pub start: bool,
    /// TLS records, or a part of them, as far as captured.
    pub data: &'a [u8],
    /// Length of `data` on the wire, in bytes.
    pub length: usize,
}

impl EapCode {
    /// From the server.
    pub const REQUEST: Self = Self(1);
    /// From the station.
    pub const RESPONSE: Self = Self(2);
    /// Access is granted.
    pub const SUCCESS: Self = Self(3);
    /// Access is denied.
    pub const FAILURE: Self = Self(4);
}

impl EapMethod {
    /// Who the station is.
    pub const IDENTITY: Self = Self(1);
    /// A text for the user.
    pub const NOTIFICATION: Self = Self(2);
    /// The station refuses the method and may name others (RFC 3748, 5.3.1).
    pub const NAK: Self = Self(3);
    /// EAP-TLS (RFC 5216, RFC 9190).
    pub const TLS: Self = Self(13);
    /// EAP-TTLS (RFC 5281).
    pub const TTLS: Self = Self(21);
    /// PEAP (MS-PEAP).
    pub const PEAP: Self = Self(25);
    /// EAP-FAST (RFC 4851).
    pub const FAST: Self = Self(43);
    /// TEAP (RFC 7170).
    pub const TEAP: Self = Self(55);

    /// Whether the method carries TLS.
    #[must_use]
    pub fn carries_tls(self) -> bool {
        matches!(self, Self::TLS | Self::TTLS | Self::PEAP | Self::FAST | Self::TEAP)
    }

    /// The name in the registry, as people write it.
    #[must_use]
    pub fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            1 => "Identity",
            2 => "Notification",
            3 => "Nak",
            4 => "EAP-MD5",
            5 => "EAP-OTP",
            6 => "EAP-GTC",
            13 => "EAP-TLS",
            17 => "LEAP",
            18 => "EAP-SIM",
            21 => "EAP-TTLS",
            23 => "EAP-AKA",
            25 => "PEAP",
            26 => "EAP-MSCHAPv2",
            43 => "EAP-FAST",
            50 => "EAP-AKA'",
            52 => "EAP-pwd",
            55 => "TEAP",
            _ => return None,
        })
    }
}

impl<'a> EapPacket<'a> {
    /// Reads a packet; what follows its length is padding.
    ///
    /// # Errors
    /// When its header is cut, or the length leaves no room for the header.
    pub fn read(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let mut bytes = Reader::new(bytes);
        let code = EapCode(bytes.u8("EAP code")?);
        let identifier = bytes.u8("EAP identifier")?;
        let at = bytes;
        let total = usize::from(bytes.u16("EAP length")?);
        let Some(mut length) = total.checked_sub(4) else {
            return Err(at.malformed("EAP length", 0));
        };
        let mut rest = bytes.take(length.min(bytes.left()), "EAP data")?;
        let mut method = None;
        if matches!(code, EapCode::REQUEST | EapCode::RESPONSE) {
            let (first, behind) = rest.split_first().ok_or(bytes.malformed("EAP type", 1))?;
            (method, rest, length) = (Some(EapMethod(*first)), behind, length - 1);
        }
        Ok(Self { code, identifier, method, data: rest, length })
    }

    /// What a method that carries TLS says; `None` for any other.
    #[must_use]
    pub fn tls(&self) -> Option<EapTlsFragment<'a>> {
        let method = self.method.filter(|method| method.carries_tls())?;
        EapTlsFragment::read(method, self.data, self.length).ok()
    }
}

impl<'a> EapTlsFragment<'a> {
    fn read(method: EapMethod, bytes: &'a [u8], length: usize) -> Result<Self, Malformed> {
        let mut bytes = Reader::new(bytes);
        let flags = bytes.u8("EAP-TLS flags")?;
        let mut header = 1;
        let mut total = None;
        if flags & LENGTH_INCLUDED != 0 {
            total = Some(bytes.u32("EAP-TLS message length")?);
            header += 4;
        }
        let mut outer = 0;
        if method == EapMethod::TEAP && flags & OUTER_TLVS != 0 {
            // RFC 7170, 4.1: what is not TLS stands behind it.
            outer = usize::try_from(bytes.u32("TEAP outer TLV length")?).unwrap_or(usize::MAX);
            header += 4;
        }
        let length = length.saturating_sub(header).saturating_sub(outer);
        let rest = bytes.rest();
        let data = rest.get(..length).unwrap_or(rest);
        let (more, start) = (flags & MORE_FRAGMENTS != 0, flags & START != 0);
        Ok(Self { total, more, start, data, length })
    }
}

/// The name in the registry, or the number.
impl fmt::Display for EapMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.pad(name),
            None => write!(f, "EAP method {}", self.0),
        }
    }
}

impl fmt::Debug for EapMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

// RFC 5216, 3.1; the same places in RFC 5281, 9.1, RFC 4851, 4.1 and RFC 7170, 4.1.
const LENGTH_INCLUDED: u8 = 0x80;
const MORE_FRAGMENTS: u8 = 0x40;
const START: u8 = 0x20;
/// RFC 7170, 4.1.
const OUTER_TLVS: u8 = 0x10;

#[cfg(test)]
mod tests {
    use super::*;

    /// A fragment says what it is; what follows the packet's own length is padding.
    #[test]
    fn a_fragment_is_read() {
        let bytes = [1, 9, 0, 13, 25, 0xc1, 0, 0, 8, 0, 0x16, 3, 1, 0, 0, 0];
        let packet = EapPacket::read(&bytes).unwrap();
        assert_eq!((packet.code, packet.identifier), (EapCode::REQUEST, 9));
        assert_eq!(packet.method, Some(EapMethod::PEAP));
        let fragment = packet.tls().unwrap();
        assert_eq!((fragment.total, fragment.more, fragment.start), (Some(2048), true, false));
        assert_eq!((fragment.data, fragment.length), (&[0x16, 3, 1][..], 3));
    }

    /// What the capture cut is known by its length, and a length of nothing is refused.
    #[test]
    fn cut_packets_are_known() {
        let cut = EapPacket::read(&[2, 1, 0, 20, 13, 0, 0x16]).unwrap();
        let fragment = cut.tls().unwrap();
        assert_eq!((fragment.data, fragment.length), (&[0x16][..], 14));
        assert!(EapPacket::read(&[1, 1, 0, 3]).is_err());
        assert!(EapPacket::read(&[1, 1, 0, 4]).is_err());
        assert_eq!(EapPacket::read(&[4, 1, 0, 4]).unwrap().method, None);
        assert_eq!(EapPacket::read(&[1, 1, 0, 6, 13, 0x80]).unwrap().tls(), None);
    }

    /// The outer TLVs of TEAP are not TLS, whatever length they claim.
    #[test]
    fn outer_tlvs_are_left_out() {
        let bytes = [1, 1, 0, 14, 55, 0x11, 0, 0, 0, 2, 0x16, 3, 9, 9];
        assert_eq!(EapPacket::read(&bytes).unwrap().tls().unwrap().data, &[0x16, 3]);
        let bytes = [1, 1, 0, 12, 55, 0x11, 0xff, 0xff, 0xff, 0xff, 0x16, 3];
        assert_eq!(EapPacket::read(&bytes).unwrap().tls().unwrap().data, &[0_u8; 0]);
    }
}
