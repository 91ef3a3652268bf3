//! The protocol versions as the wire writes them.

use std::fmt;

use crate::names::is_grease;

/// A protocol version: two bytes on the wire, any value can be held.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProtocolVersion(pub u16);

impl ProtocolVersion {
    /// SSL 2.0, forbidden by RFC 6176.
    pub const SSL_2: Self = Self(0x0002);
    /// SSL 3.0 (RFC 6101), forbidden by RFC 7568.
    pub const SSL_3_0: Self = Self(0x0300);
    /// TLS 1.0 (RFC 2246), deprecated by RFC 8996.
    pub const TLS_1_0: Self = Self(0x0301);
    /// TLS 1.1 (RFC 4346), deprecated by RFC 8996.
    pub const TLS_1_1: Self = Self(0x0302);
    /// TLS 1.2 (RFC 5246).
    pub const TLS_1_2: Self = Self(0x0303);
    /// TLS 1.3 (RFC 9846, before it RFC 8446).
    pub const TLS_1_3: Self = Self(0x0304);

    /// DTLS 1.0 (RFC 4347), which is TLS 1.1 over datagrams; deprecated by RFC 8996.
    pub const DTLS_1_0: Self = Self(0xfeff);
    /// DTLS 1.2 (RFC 6347), which is TLS 1.2 over datagrams.
    pub const DTLS_1_2: Self = Self(0xfefd);
    /// DTLS 1.3 (RFC 9147), which is TLS 1.3 over datagrams.
    pub const DTLS_1_3: Self = Self(0xfefc);
    /// What OpenSSL spoke before DTLS 1.0 was finished (`DTLS1_BAD_VER`); Cisco's VPN still does.
    pub const DTLS_DRAFT: Self = Self(0x0100);

    /// Whether the value is one of RFC 8701's, sent to keep servers tolerant.
    #[inline]
    pub const fn is_grease(self) -> bool {
        is_grease(self.0)
    }

    /// Whether the peer speaks TLS 1.3, one of its drafts, or DTLS 1.3: the rules are the same.
    #[inline]
    pub const fn is_tls13(self) -> bool {
        matches!(self, Self::TLS_1_3 | Self::DTLS_1_3) || self.draft().is_some()
    }

    /// Whether it is a version of DTLS.
    #[inline]
    pub const fn is_dtls(self) -> bool {
        matches!(self, Self::DTLS_1_0 | Self::DTLS_1_2 | Self::DTLS_1_3 | Self::DTLS_DRAFT)
    }

    /// The number of the TLS 1.3 draft, for 0x7f00 to 0x7fff; Facebook's 0xfb00 range was the
    /// same drafts under another sign.
    #[inline]
    pub const fn draft(self) -> Option<u8> {
        match self.0 >> 8 {
            0x7f | 0xfb => Some((self.0 & 0xff) as u8),
            _ => None,
        }
    }

    /// The version of TLS whose rules it follows, for comparing two versions: drafts of TLS 1.3
    /// count as TLS 1.3, and DTLS, whose numbers fall where those of TLS rise, as the TLS that it
    /// is made from.
    #[inline]
    pub const fn settled(self) -> Self {
        match self {
            Self::DTLS_1_0 | Self::DTLS_DRAFT => Self::TLS_1_1,
            Self::DTLS_1_2 => Self::TLS_1_2,
            _ if self.is_tls13() => Self::TLS_1_3,
            _ => self,
        }
    }

    /// The version as the alert protocol knows it, drafts counted as what they became; `None` for
    /// SSL 2.0, which has no alerts, and for unknown values.
    #[inline]
    pub const fn alert_version(self) -> Option<alert::Version> {
        match self {
            Self::DTLS_DRAFT => Some(alert::Version::Dtls10),
            _ if self.is_dtls() => alert::Version::from_wire(self.0),
            _ => alert::Version::from_wire(self.settled().0),
        }
    }

    /// The name, "TLS 1.2", or `None` for a value that stands for no finished version.
    #[inline]
    pub const fn name(self) -> Option<&'static str> {
        match self.0 {
            0x0002 => Some("SSL 2.0"),
            0x0100 => Some("DTLS 1.0 draft"),
            0x0300 => Some("SSL 3.0"),
            0x0301 => Some("TLS 1.0"),
            0x0302 => Some("TLS 1.1"),
            0x0303 => Some("TLS 1.2"),
            0x0304 => Some("TLS 1.3"),
            0xfeff => Some("DTLS 1.0"),
            0xfefd => Some("DTLS 1.2"),
            0xfefc => Some("DTLS 1.3"),
            _ => None,
        }
    }
}

impl fmt::Display for ProtocolVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.draft() {
            Some(draft) => write!(f, "TLS 1.3 draft {draft}"),
            None => crate::names::show(f, self.name(), self.0),
        }
    }
}

impl fmt::Debug for ProtocolVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ProtocolVersion({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Known, draft, GREASE and unknown versions each have their own way of being shown.
    #[test]
    fn every_version_can_be_shown() {
        let shown = |v| ProtocolVersion(v).to_string();
        assert_eq!(shown(0x0303), "TLS 1.2");
        assert_eq!(shown(0x7f1c), "TLS 1.3 draft 28");
        assert_eq!(shown(0x2a2a), "GREASE 0x2a2a");
        assert_eq!(shown(0x0305), "0x0305");
        assert_eq!(ProtocolVersion(0x7f1c).settled(), ProtocolVersion::TLS_1_3);
        assert_eq!(ProtocolVersion(0x7f1c).alert_version(), Some(alert::Version::Tls13));
        assert_eq!(ProtocolVersion::SSL_2.alert_version(), None);
    }

    /// The numbers of DTLS fall; compared as what they are made from, they rise.
    #[test]
    fn dtls_is_compared_by_its_rules() {
        let old_to_new = [
            ProtocolVersion::DTLS_DRAFT,
            ProtocolVersion::DTLS_1_0,
            ProtocolVersion::DTLS_1_2,
            ProtocolVersion::DTLS_1_3,
        ];
        assert!(old_to_new.is_sorted_by_key(|version| version.settled()));
        assert!(old_to_new.iter().all(|version| version.is_dtls()));
        assert_eq!(ProtocolVersion::DTLS_1_0.settled(), ProtocolVersion::TLS_1_1);
        assert!(ProtocolVersion::DTLS_1_3.is_tls13());
        let alerts = old_to_new.map(|version| version.alert_version().unwrap());
        assert!(alerts.iter().all(|version| version.is_dtls()), "{alerts:?}");
    }
}
