//! The protocol versions whose rules differ.
//!
//! What peers put on the wire may be any two bytes; this is the closed list of versions that an RFC
//! gives rules for. DTLS 1.0 follows TLS 1.1, and DTLS 1.2 and 1.3 the TLS of the same number.

use core::fmt;

/// A version of SSL, TLS or DTLS with alert rules of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// SSL 3.0 (RFC 6101).
    Ssl30,
    /// TLS 1.0 (RFC 2246).
    Tls10,
    /// TLS 1.1 (RFC 4346).
    Tls11,
    /// TLS 1.2 (RFC 5246).
    Tls12,
    /// TLS 1.3 (RFC 9846, before it RFC 8446).
    Tls13,
    /// DTLS 1.0 (RFC 4347), which is TLS 1.1 over datagrams.
    Dtls10,
    /// DTLS 1.2 (RFC 6347), which is TLS 1.2 over datagrams.
    Dtls12,
    /// DTLS 1.3 (RFC 9147), which is TLS 1.3 over datagrams.
    Dtls13,
}

impl Version {
    /// All of them: streams first, then datagrams, each from old to new.
    pub const ALL: [Self; 8] = [
        Self::Ssl30,
        Self::Tls10,
        Self::Tls11,
        Self::Tls12,
        Self::Tls13,
        Self::Dtls10,
        Self::Dtls12,
        Self::Dtls13,
    ];

    /// The version with this number on the wire. For TLS 1.3 it is the number in
    /// `supported_versions`: its records and hellos say 0x0303 like those of TLS 1.2.
    pub const fn from_wire(wire: u16) -> Option<Self> {
        Some(match wire {
            0x0300 => Self::Ssl30,
            0x0301 => Self::Tls10,
            0x0302 => Self::Tls11,
            0x0303 => Self::Tls12,
            0x0304 => Self::Tls13,
            0xfeff => Self::Dtls10,
            0xfefd => Self::Dtls12,
            0xfefc => Self::Dtls13,
            _ => return None,
        })
    }

    /// The number on the wire.
    pub const fn wire(self) -> u16 {
        match self {
            Self::Ssl30 => 0x0300,
            Self::Tls10 => 0x0301,
            Self::Tls11 => 0x0302,
            Self::Tls12 => 0x0303,
            Self::Tls13 => 0x0304,
            Self::Dtls10 => 0xfeff,
            Self::Dtls12 => 0xfefd,
            Self::Dtls13 => 0xfefc,
        }
    }

    /// Whether it runs over datagrams, where records may be lost or swapped.
    pub const fn is_dtls(self) -> bool {
        matches!(self, Self::Dtls10 | Self::Dtls12 | Self::Dtls13)
    }

    /// Whether the alert's code alone decides and the level is ignored: TLS 1.3 and DTLS 1.3.
    pub const fn ignores_level(self) -> bool {
        matches!(self, Self::Tls13 | Self::Dtls13)
    }
}

/// `SSL 3.0`, `TLS 1.2`, `DTLS 1.3`.
impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ssl30 => "SSL 3.0",
            Self::Tls10 => "TLS 1.0",
            Self::Tls11 => "TLS 1.1",
            Self::Tls12 => "TLS 1.2",
            Self::Tls13 => "TLS 1.3",
            Self::Dtls10 => "DTLS 1.0",
            Self::Dtls12 => "DTLS 1.2",
            Self::Dtls13 => "DTLS 1.3",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The list is complete and ordered, and each version survives the trip to the wire and back.
    #[test]
    fn versions_survive_the_wire() {
        assert!(Version::ALL.is_sorted());
        for version in Version::ALL {
            assert_eq!(Version::from_wire(version.wire()), Some(version));
        }
        let known = (0..=u16::MAX).filter_map(Version::from_wire).count();
        assert_eq!(known, Version::ALL.len());
    }
}
