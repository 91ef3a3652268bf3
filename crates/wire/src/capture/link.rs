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
    /// PPP, or Cisco's HDLC, with and without the address bytes of HDLC (9, 50, 104).
    Ppp,
    /// PPP behind a byte that says who sent it (166, 204).
    DirectedPpp,
    /// PPPoE without its Ethernet header (51).
    Pppoe,
    /// Frame Relay, RFC 2427 (107).
    FrameRelay,
    /// IEEE 802.11 right away (105).
    Wifi,
    /// IEEE 802.11 behind a Prism header, or an AVS header in its place (119).
    Prism,
    /// IEEE 802.11 behind a radiotap header (127).
    Radiotap,
    /// IEEE 802.11 behind an AVS header (163).
    Avs,
    /// Per-packet information: a header that names the link type of what follows it (192).
    Ppi,
    /// What netfilter of Linux logged (239).
    Nflog,
    /// What the packet filter of BSD logged (117).
    Pflog,
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
            9 | 50 | 104 => Self::Ppp,
            51 => Self::Pppoe,
            105 => Self::Wifi,
            107 => Self::FrameRelay,
            108 => Self::Loop,
            113 => Self::LinuxSll,
            117 => Self::Pflog,
            119 => Self::Prism,
            127 => Self::Radiotap,
            163 => Self::Avs,
            166 | 204 => Self::DirectedPpp,
            192 => Self::Ppi,
            239 => Self::Nflog,
            276 => Self::LinuxSll2,
            other => Self::Other(other),
        }
    }
}
