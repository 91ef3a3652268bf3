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
    /// PPP, or Cisco's HDLC, behind a byte that says who sent it (166, 204, 205).
    DirectedPpp,
    /// PPPoE without its Ethernet header (51).
    Pppoe,
    /// Frame Relay, RFC 2427 (107).
    FrameRelay,
    /// The same behind a byte that says who sent it (206).
    DirectedFrameRelay,
    /// IEEE 802.2 right away, as over ATM, RFC 2684 (11, 100).
    AtmLlc,
    /// MPLS labels right away (219).
    Mpls,
    /// IP over FireWire, RFC 2734 (138).
    Firewire,
    /// Ethernet with a switch chip's tag of four bytes behind the addresses (281).
    BroadcomDsa,
    /// Ethernet behind such a tag (282).
    BroadcomFrontDsa,
    /// Ethernet with the tag of a Marvell switch (284).
    Dsa,
    /// Ethernet with that tag behind an EtherType of its own (285).
    EtherDsa,
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
    /// What the IPsec device of BSD took out of its tunnel (109).
    Encapsulation,
    /// What the IP device of Solaris saw (226).
    Ipnet,
    /// What macOS writes about device and program: a header that names the link type (258).
    Pktap,
    /// The same under a number that is everybody's (149).
    PktapUser,
    /// A record of Endace's cards, which names what follows it (197).
    Erf,
    /// Ethernet behind the header of a netANALYZER (240).
    Analyzer,
    /// The same with the preamble (241).
    AnalyzerTransparent,
    /// Ethernet behind the header of Junos (178).
    JuniperEthernet,
    /// PPP or HDLC behind it (179, 181).
    JuniperPpp,
    /// Frame Relay behind it (180).
    JuniperFrameRelay,
    /// IEEE 802.11 behind the header of Network Monitor, which has no number.
    NetMonWifi,
    /// What a capturing program wrote about itself, and no packet.
    Remark,
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
            11 | 100 => Self::AtmLlc,
            105 => Self::Wifi,
            107 => Self::FrameRelay,
            108 => Self::Loop,
            109 => Self::Encapsulation,
            113 => Self::LinuxSll,
            117 => Self::Pflog,
            119 => Self::Prism,
            127 => Self::Radiotap,
            138 => Self::Firewire,
            149 => Self::PktapUser,
            163 => Self::Avs,
            166 | 204 | 205 => Self::DirectedPpp,
            178 => Self::JuniperEthernet,
            179 | 181 => Self::JuniperPpp,
            180 => Self::JuniperFrameRelay,
            192 => Self::Ppi,
            197 => Self::Erf,
            206 => Self::DirectedFrameRelay,
            219 => Self::Mpls,
            226 => Self::Ipnet,
            239 => Self::Nflog,
            240 => Self::Analyzer,
            241 => Self::AnalyzerTransparent,
            258 => Self::Pktap,
            276 => Self::LinuxSll2,
            281 => Self::BroadcomDsa,
            282 => Self::BroadcomFrontDsa,
            284 => Self::Dsa,
            285 => Self::EtherDsa,
            other => Self::Other(other),
        }
    }
}

impl Link {
    /// Whether it is a header that names, or stands for, the link type of what follows it.
    pub(crate) fn is_wrapper(self) -> bool {
        matches!(
            self,
            Self::Ppi
                | Self::Pktap
                | Self::PktapUser
                | Self::Erf
                | Self::Analyzer
                | Self::AnalyzerTransparent
                | Self::JuniperEthernet
                | Self::JuniperPpp
                | Self::JuniperFrameRelay
                | Self::NetMonWifi
        )
    }
}
