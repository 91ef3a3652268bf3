//! Link types: what the first byte of a captured frame belongs to.

/// The link layer of a captured frame, by its number in the tcpdump.org registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Link {
    /// Ethernet with its header, without preamble and checksum (1).
    Ethernet,
    /// An IP header right away, its version in the first four bits (12, 14, 101, 228, 229).
    Raw,
    /// BSD loopback: the protocol family in the byte order of the capturing machine (0).
    Null,
    /// OpenBSD loopback: the protocol family in network order (108).
    Loop,
    /// Linux "any" device, first version (113).
    LinuxSll,
    /// Linux "any" device, second version (276).
    LinuxSll2,
    /// Anything else, by its number; not looked into.
    Other(u16),
}

impl From<u16> for Link {
    #[inline]
    fn from(number: u16) -> Self {
        match number {
            0 => Self::Null,
            1 => Self::Ethernet,
            // 12 and 14 are what BSD systems call raw IP in files; 228 and 229 say the version.
            12 | 14 | 101 | 228 | 229 => Self::Raw,
            108 => Self::Loop,
            113 => Self::LinuxSll,
            276 => Self::LinuxSll2,
            other => Self::Other(other),
        }
    }
}
