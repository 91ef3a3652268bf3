//! The versions of QUIC.

use std::fmt;

/// A version of QUIC as its long header has it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QuicVersion(pub u32);

impl QuicVersion {
    /// What stands in place of a version in a Version Negotiation packet (RFC 9000, 17.2.1).
    pub const NEGOTIATION: Self = Self(0);
    /// Version 1 (RFC 9000).
    pub const V1: Self = Self(1);
    /// Version 2 (RFC 9369): version 1 with other numbers, so that nobody relies on them.
    pub const V2: Self = Self(0x6b33_43cf);

    /// The number of the draft of version 1.
    #[must_use]
    pub fn draft(self) -> Option<u32> {
        (self.0 >> 8 == 0xff_0000).then_some(self.0 & 0xff).filter(|draft| *draft <= LAST_DRAFT)
    }

    /// The number of the draft whose packets this version has, if it is no published version.
    /// Facebook gave its servers versions of their own before there was a standard.
    fn like_draft(self) -> Option<u32> {
        match self.0 {
            0xface_b001 => Some(22),
            0xface_b002 | 0xface_b00e => Some(27),
            _ => self.draft().filter(|draft| *draft >= FIRST_DRAFT),
        }
    }

    /// Whether the packets of this version can be read here: those of versions 1 and 2, and of the
    /// drafts that were like version 1 but for their keys.
    #[must_use]
    pub fn is_known(self) -> bool {
        self == Self::V1 || self == Self::V2 || self.like_draft().is_some()
    }

    /// Whether this version exists only to see who negotiates well: `0x?a?a?a?a` (RFC 9000, 15).
    #[must_use]
    pub fn is_reserved(self) -> bool {
        self.0 & 0x0f0f_0f0f == 0x0a0a_0a0a
    }

    /// The secret of all from which Initial keys are made (RFC 9001, 5.2; RFC 9369, 3.3.1).
    pub(super) fn salt(self) -> Option<&'static [u8; 20]> {
        match self.like_draft() {
            Some(33..) => Some(&SALT_1),
            Some(29..) => Some(&SALT_DRAFT_29),
            Some(23..) => Some(&SALT_DRAFT_23),
            Some(_) => Some(&SALT_DRAFT_22),
            None if self == Self::V1 => Some(&SALT_1),
            None if self == Self::V2 => Some(&SALT_2),
            None => None,
        }
    }
}

/// The first draft that is read: headers and frames are those of version 1 from here on.
const FIRST_DRAFT: u32 = 22;
/// The last draft; the next was RFC 9000.
const LAST_DRAFT: u32 = 34;
const SALT_1: [u8; 20] = [
    0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d, 0x17, 0x9a, 0xe6, 0xa4, 0xc8, 0x0c, 0xad,
    0xcc, 0xbb, 0x7f, 0x0a,
];
const SALT_2: [u8; 20] = [
    0x0d, 0xed, 0xe3, 0xde, 0xf7, 0x00, 0xa6, 0xdb, 0x81, 0x93, 0x81, 0xbe, 0x6e, 0x26, 0x9d, 0xcb,
    0xf9, 0xbd, 0x2e, 0xd9,
];
/// Drafts 29 to 32.
const SALT_DRAFT_29: [u8; 20] = [
    0xaf, 0xbf, 0xec, 0x28, 0x99, 0x93, 0xd2, 0x4c, 0x9e, 0x97, 0x86, 0xf1, 0x9c, 0x61, 0x11, 0xe0,
    0x43, 0x90, 0xa8, 0x99,
];
/// Drafts 23 to 28.
const SALT_DRAFT_23: [u8; 20] = [
    0xc3, 0xee, 0xf7, 0x12, 0xc7, 0x2e, 0xbb, 0x5a, 0x11, 0xa7, 0xd2, 0x43, 0x2b, 0xb4, 0x63, 0x65,
    0xbe, 0xf9, 0xf5, 0x02,
];
const SALT_DRAFT_22: [u8; 20] = [
    0x7f, 0xbc, 0xdb, 0x0e, 0x7c, 0x66, 0xbb, 0xe9, 0x19, 0x3a, 0x96, 0xcd, 0x21, 0x51, 0x9e, 0xbd,
    0x7a, 0x02, 0x64, 0x4a,
];

impl fmt::Display for QuicVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (*self, self.draft()) {
            (Self::V1, _) => f.write_str("QUIC v1"),
            (Self::V2, _) => f.write_str("QUIC v2"),
            (_, Some(draft)) => write!(f, "QUIC draft-{draft:02}"),
            _ => write!(f, "QUIC version {:#010x}", self.0),
        }
    }
}

impl fmt::Debug for QuicVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "QuicVersion({:#010x})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each version has its name; what is reserved or unknown is shown by its number.
    #[test]
    fn versions_have_names() {
        assert_eq!(QuicVersion(1).to_string(), "QUIC v1");
        assert_eq!(QuicVersion(0x6b33_43cf).to_string(), "QUIC v2");
        assert_eq!(QuicVersion(0xff00_001d).to_string(), "QUIC draft-29");
        assert_eq!(QuicVersion(0x1a2a_3a4a).to_string(), "QUIC version 0x1a2a3a4a");
        assert!(QuicVersion(0x1a2a_3a4a).is_reserved() && !QuicVersion(0x1a2a_3a4a).is_known());
        assert!(QuicVersion(0xff00_001b).is_known() && !QuicVersion(0xff00_0012).is_known());
        assert_eq!(QuicVersion(0xff00_0023).draft(), None);
    }
}
