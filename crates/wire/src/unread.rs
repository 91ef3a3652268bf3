//! What stays unread: why nothing is seen in a packet, and what it is called.
//!
//! A reader who finds no failure must know what was not looked into. So each packet that leads to
//! neither TCP nor UDP has a name and a number here, and so has a tunnel that hides what is in it.

/// Why no datagram of a known kind was found in a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unread {
    /// It is encrypted, and no keys are at hand.
    Encrypted(Encryption),
    /// Frames of this link type are not looked into, by its number in the tcpdump.org registry.
    Link(u16),
    /// It carries another protocol than IP, by its EtherType: ARP is 0x0806.
    EtherType(u16),
    /// PPP carries another protocol than IP, by its number at IANA: LCP is 0xc021.
    Ppp(u16),
    /// IEEE 802.2 without SNAP, by the access point it is for: spanning tree is 0x42.
    Llc(u8),
    /// A protocol family of a host that is not IP, by its number there.
    Family(u8),
    /// IP carries another protocol than TCP, UDP and the tunnels, by its number at IANA: ICMP is 1.
    IpProtocol(u8),
    /// It manages a link and carries no data: a beacon or an acknowledgment of Wi-Fi, the associated
    /// channel of an MPLS path (RFC 5586).
    Management,
    /// A part of a Wi-Fi frame that was sent in several.
    WifiPart,
    /// More layers or tunnels in one another than are followed.
    TooDeep,
}

/// What encrypts whole packets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Encryption {
    /// IEEE 802.11, 9.2.4.1.9: the Protected bit is set.
    Wifi,
    /// IPsec, RFC 4303, also over UDP (RFC 3948).
    Esp,
    /// WireGuard, section 5.4 of its paper.
    WireGuard,
    /// The data channel of OpenVPN.
    OpenVpn,
    /// IEEE 802.1AE, 9.5: the bits for encryption or changed text are set.
    Macsec,
    /// The data channel of an access point in DTLS, RFC 5415, 4.2.
    Capwap,
    /// PPP that is encrypted (MPPE, RFC 3078) or compressed (RFC 1962).
    Ppp,
    /// What is compressed by IP itself, RFC 3173; unreadable in the same way.
    IpCompression,
}

impl Unread {
    /// Its name where it has one, as people write it.
    #[must_use]
    pub fn name(self) -> Option<&'static str> {
        let named = |table: &[(u16, &'static str)], number: u16| {
            table.iter().find(|(of, _)| *of == number).map(|(_, name)| *name)
        };
        match self {
            Self::Encrypted(encryption) => Some(encryption.name()),
            Self::Link(number) => named(LINKS, number),
            Self::EtherType(number) => named(ETHER_TYPES, number),
            Self::Ppp(number) => named(PPP_CONTROL, number).or_else(|| named(PPP_DATA, number)),
            Self::Llc(number) => named(LLC, number.into()),
            Self::IpProtocol(number) => {
                named(IP_CONTROL, number.into()).or_else(|| named(IP_DATA, number.into()))
            }
            Self::Management => Some("link management"),
            Self::WifiPart => Some("Wi-Fi fragment"),
            Self::Family(_) | Self::TooDeep => None,
        }
    }

    /// Its number, where it has one.
    #[must_use]
    pub fn number(self) -> Option<u16> {
        match self {
            Self::Link(number) | Self::EtherType(number) | Self::Ppp(number) => Some(number),
            Self::Llc(number) | Self::Family(number) | Self::IpProtocol(number) => {
                Some(number.into())
            }
            Self::Encrypted(_) | Self::Management | Self::WifiPart | Self::TooDeep => None,
        }
    }

    /// Whether TLS may be in it, as far as anybody can tell. A protocol that is known, and known to
    /// carry none, hides nothing.
    #[must_use]
    pub fn may_hide_tls(self) -> bool {
        let is_in = |table: &[(u16, &str)], number| table.iter().any(|(of, _)| *of == number);
        match self {
            Self::Encrypted(_) | Self::Link(_) | Self::WifiPart | Self::TooDeep => true,
            Self::EtherType(number) => !is_in(ETHER_TYPES, number),
            Self::Ppp(number) => !is_in(PPP_CONTROL, number),
            Self::IpProtocol(number) => !is_in(IP_CONTROL, number.into()),
            Self::Llc(_) | Self::Family(_) | Self::Management => false,
        }
    }
}

impl Encryption {
    /// Its name, as people write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Wifi => "Wi-Fi encryption",
            Self::Esp => "ESP (IPsec)",
            Self::WireGuard => "WireGuard",
            Self::OpenVpn => "OpenVPN",
            Self::Macsec => "MACsec",
            Self::Capwap => "CAPWAP in DTLS",
            Self::Ppp => "PPP encryption (MPPE)",
            Self::IpCompression => "IP compression (IPComp)",
        }
    }
}

/// Link types that people have and that are not read, from the tcpdump.org registry.
const LINKS: &[(u16, &str)] = &[
    (6, "Token Ring"),
    (8, "SLIP"),
    (10, "FDDI"),
    (123, "SunATM"),
    (143, "DOCSIS"),
    (147, "USER0"),
    (148, "USER1"),
    (149, "USER2"),
    (150, "USER3"),
    (151, "USER4"),
    (152, "USER5"),
    (153, "USER6"),
    (154, "USER7"),
    (155, "USER8"),
    (156, "USER9"),
    (157, "USER10"),
    (158, "USER11"),
    (159, "USER12"),
    (160, "USER13"),
    (161, "USER14"),
    (162, "USER15"),
    (165, "BACnet MS/TP"),
    (177, "Linux LAPD"),
    (186, "USB of FreeBSD"),
    (187, "Bluetooth HCI"),
    (189, "USB of Linux"),
    (195, "IEEE 802.15.4"),
    (201, "Bluetooth HCI"),
    (212, "LIN"),
    (220, "USB of Linux"),
    (227, "CAN"),
    (230, "IEEE 802.15.4"),
    (231, "D-Bus"),
    (242, "IP over InfiniBand"),
    (243, "MPEG-2 transport stream"),
    (247, "InfiniBand"),
    (248, "SCTP"),
    (249, "USB of Windows"),
    (251, "Bluetooth LE"),
    (252, "Wireshark exported PDUs"),
    (253, "Netlink"),
    (254, "Bluetooth of Linux"),
    (256, "Bluetooth LE"),
    (259, "EPON"),
    (266, "USB of macOS"),
    (270, "LoRa"),
    (271, "vsock"),
    (272, "Bluetooth LE (Nordic)"),
    (274, "IEEE 802.3br"),
    (280, "VPP"),
    (283, "IEEE 802.15.4"),
    (288, "USB 2.0"),
];

/// EtherTypes, IEEE 802 Numbers at IANA, that carry no IP.
const ETHER_TYPES: &[(u16, &str)] = &[
    (0x0806, "ARP"),
    (0x0842, "Wake-on-LAN"),
    (0x22f0, "AVTP"),
    (0x22ea, "SRP"),
    (0x6002, "DECnet MOP"),
    (0x6003, "DECnet"),
    (0x8035, "RARP"),
    (0x809b, "AppleTalk"),
    (0x80f3, "AppleTalk ARP"),
    (0x8137, "IPX"),
    (0x8808, "Ethernet flow control"),
    (0x8809, "Ethernet slow protocols"),
    (0x8863, "PPPoE discovery"),
    (0x886d, "Intel teaming"),
    (0x887b, "HomePlug"),
    (0x888e, "EAPOL"),
    (0x8892, "PROFINET"),
    (0x8899, "Realtek loop detection"),
    (0x88a2, "ATA over Ethernet"),
    (0x88a4, "EtherCAT"),
    (0x88ab, "POWERLINK"),
    (0x88b8, "GOOSE"),
    (0x88b9, "GSE"),
    (0x88ba, "IEC 61850 sampled values"),
    (0x88c7, "802.11i preauthentication"),
    (0x88cc, "LLDP"),
    (0x88cd, "SERCOS III"),
    (0x88d9, "LLTD"),
    (0x88e1, "HomePlug AV"),
    (0x88e3, "MRP"),
    (0x88f5, "MVRP"),
    (0x88f6, "MMRP"),
    (0x88f7, "PTP"),
    (0x88f8, "NC-SI"),
    (0x88fb, "PRP"),
    (0x8902, "Ethernet OAM"),
    (0x8906, "Fibre Channel over Ethernet"),
    (0x890d, "802.11 TDLS"),
    (0x8914, "FCoE initialization"),
    (0x8915, "RoCE"),
    (0x892f, "HSR"),
    (0x893a, "IEEE 1905.1"),
    (0x8947, "GeoNetworking"),
    (0x9000, "Ethernet loopback test"),
];

/// What IEEE 802.2 is for, by the destination access point.
const LLC: &[(u16, &str)] = &[
    (0x42, "spanning tree"),
    (0xaa, "SNAP of an organization"),
    (0xe0, "IPX"),
    (0xf0, "NetBIOS"),
    (0xfe, "OSI"),
    (0xff, "IPX"),
];

/// PPP protocols, IANA "PPP Numbers", that set a link up and carry nothing.
const PPP_CONTROL: &[(u16, &str)] = &[
    (0x8021, "IPCP"),
    (0x8057, "IPv6CP"),
    (0x8281, "MPLSCP"),
    (0x80fb, "CCP"),
    (0x80fd, "CCP"),
    (0x8053, "ECP"),
    (0xc021, "LCP"),
    (0xc023, "PAP"),
    (0xc025, "link quality report"),
    (0xc029, "callback control"),
    (0xc223, "CHAP"),
    (0xc227, "EAP"),
];

/// PPP protocols that carry packets and are not read.
const PPP_DATA: &[(u16, &str)] = &[
    (0x002d, "Van Jacobson compression"),
    (0x002f, "Van Jacobson compression"),
    (0x003d, "Multilink PPP"),
];

/// IP protocols, IANA "Assigned Internet Protocol Numbers", that carry nothing for an application.
const IP_CONTROL: &[(u16, &str)] = &[
    (1, "ICMP"),
    (2, "IGMP"),
    (3, "GGP"),
    (8, "EGP"),
    (9, "IGP"),
    (46, "RSVP"),
    (58, "ICMPv6"),
    (59, "no next header"),
    (88, "EIGRP"),
    (89, "OSPF"),
    (103, "PIM"),
    (112, "VRRP"),
    (113, "PGM"),
    (124, "IS-IS"),
];

/// IP protocols that carry something and are not read, and tunnels whose header is not understood.
const IP_DATA: &[(u16, &str)] = &[
    (4, "IPv4 in IP"),
    (33, "DCCP"),
    (41, "IPv6 in IP"),
    (47, "GRE"),
    (51, "AH (IPsec)"),
    (94, "IP in IP"),
    (97, "EtherIP"),
    (115, "L2TPv3"),
    (132, "SCTP"),
    (136, "UDP-Lite"),
    (137, "MPLS in IP"),
    (143, "Ethernet in IP"),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// What people know by a name has one; what may hide TLS is told, and what cannot is not.
    #[test]
    fn what_hides_tls_is_told() {
        for (unread, name, told) in [
            (Unread::Encrypted(Encryption::Esp), Some("ESP (IPsec)"), true),
            (Unread::Link(147), Some("USER0"), true),
            (Unread::Link(65_000), None, true),
            (Unread::EtherType(0x0806), Some("ARP"), false),
            (Unread::EtherType(0x4305), None, true),
            (Unread::Ppp(0xc021), Some("LCP"), false),
            (Unread::Ppp(0x003d), Some("Multilink PPP"), true),
            (Unread::IpProtocol(58), Some("ICMPv6"), false),
            (Unread::IpProtocol(132), Some("SCTP"), true),
            (Unread::IpProtocol(200), None, true),
            (Unread::Llc(0x42), Some("spanning tree"), false),
            (Unread::TooDeep, None, true),
        ] {
            assert_eq!((unread.name(), unread.may_hide_tls()), (name, told), "{unread:?}");
        }
    }

    /// No number has two names.
    #[test]
    fn no_number_stands_twice() {
        for tables in
            [&[LINKS][..], &[ETHER_TYPES], &[LLC], &[PPP_CONTROL, PPP_DATA], &[IP_CONTROL, IP_DATA]]
        {
            let mut numbers: Vec<u16> = tables.concat().iter().map(|(number, _)| *number).collect();
            let all = numbers.len();
            numbers.sort_unstable();
            numbers.dedup();
            assert_eq!(numbers.len(), all);
        }
    }
}
