//! Link types, and layers between a link and IP.

use crate::header::*;
use crate::way::{BOTH, Cargo, Way, way};

pub(crate) const LINKS: &[Way] = &[
    way!("Ethernet", 1, BOTH, bare),
    way!("Ethernet, IEEE 802.3 with SNAP", 1, BOTH, |c| {
        let snap = snap(c.kind(), &c.ip);
        ethernet(u16::try_from(snap.len()).unwrap(), &snap)
    }),
    way!("BSD loopback, little-endian", 0, BOTH, |c| join(&[
        &c.one_of([2, 0, 0, 0], [30, 0, 0, 0]),
        &c.ip
    ])),
    way!("BSD loopback, big-endian", 0, BOTH, |c| join(&[
        &c.one_of([0, 0, 0, 2], [0, 0, 0, 24]),
        &c.ip
    ])),
    way!("OpenBSD loopback", 108, BOTH, |c| join(&[&c.one_of([0, 0, 0, 2], [0, 0, 0, 24]), &c.ip])),
    way!("raw IP (12)", 12, BOTH, |c| c.ip.clone()),
    way!("raw IP (14)", 14, BOTH, |c| c.ip.clone()),
    way!("raw IP", 101, BOTH, |c| c.ip.clone()),
    way!("raw IPv4", 228, &[4], |c| c.ip.clone()),
    way!("raw IPv6", 229, &[6], |c| c.ip.clone()),
    way!("Linux cooked", 113, BOTH, |c| join(&[
        &[0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0],
        &c.kind().to_be_bytes(),
        &c.ip
    ])),
    way!("Linux cooked, version 2", 276, BOTH, |c| join(&[
        &c.kind().to_be_bytes(),
        &[0, 0, 0, 0, 0, 2, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0],
        &c.ip
    ])),
    way!("Linux cooked with radiotap", 113, BOTH, |c| join(&[
        &[0, 0, 3, 0x23, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 0, 4],
        &radiotap(&wifi(8, 1, &[], &snap(c.kind(), &c.ip)))
    ])),
    way!("PPP", 9, BOTH, |c| join(&[&c.ppp().to_be_bytes(), &c.ip])),
    way!("PPP over HDLC", 50, BOTH, |c| join(&[&[0xff, 3], &c.ppp().to_be_bytes(), &c.ip])),
    way!("PPP with a direction", 204, BOTH, |c| join(&[
        &[1, 0xff, 3],
        &c.ppp().to_be_bytes(),
        &c.ip
    ])),
    way!("PPP of pppd", 166, BOTH, |c| join(&[&[1, 0xff, 3], &c.ppp().to_be_bytes(), &c.ip])),
    way!("PPPoE", 51, BOTH, |c| pppoe(c.ppp(), &c.ip)),
    way!("Cisco HDLC", 104, BOTH, |c| join(&[&[0x0f, 0], &c.kind().to_be_bytes(), &c.ip])),
    way!("Cisco HDLC with a direction", 205, BOTH, |c| join(&[
        &[1, 0x0f, 0],
        &c.kind().to_be_bytes(),
        &c.ip
    ])),
    way!("Frame Relay", 107, BOTH, |c| join(&[&[0x18, 0x41, 3], &[c.one_of(0xcc, 0x8e)], &c.ip])),
    way!("Frame Relay with a direction", 206, BOTH, |c| join(&[
        &[1, 0x18, 0x41, 3, 0x80, 0, 0, 0],
        &c.kind().to_be_bytes(),
        &c.ip
    ])),
    way!("ATM, RFC 2684", 100, BOTH, |c| snap(c.kind(), &c.ip)),
    way!("MPLS", 219, BOTH, |c| label(16, false, &label(17, true, &c.ip))),
    way!("IEEE 802.11", 105, BOTH, |c| wifi(8, 1, &[], &snap(c.kind(), &c.ip))),
    way!("IEEE 802.11 with radiotap", 127, BOTH, |c| {
        radiotap(&wifi(0x88, 1, &[0, 0], &snap(c.kind(), &c.ip)))
    }),
    way!("IEEE 802.11 with Prism", 119, BOTH, |c| join(&[
        &[0x44, 0, 0, 0, 144, 0, 0, 0],
        &[0; 136],
        &wifi(8, 1, &[], &snap(c.kind(), &c.ip))
    ])),
    way!("IEEE 802.11 with AVS", 163, BOTH, |c| join(&[
        &[0x80, 0x21, 0x10, 1, 0, 0, 0, 64],
        &[0; 56],
        &wifi(8, 1, &[], &snap(c.kind(), &c.ip))
    ])),
    way!("IEEE 802.11, aggregated (A-MSDU)", 105, BOTH, |c| {
        // ARP first, so that the packet is the second payload.
        let arp = snap(0x0806, &join(&[&[0, 1, 8, 0, 6, 4, 0, 1], &[0; 20]]));
        let packet = snap(c.kind(), &c.ip);
        wifi(0x88, 1, &[0x80, 0], &join(&[&subframe(&arp), &subframe(&packet)]))
    }),
    way!("PPI", 192, BOTH, |c| join(&[&[0, 0, 8, 0, 1, 0, 0, 0], &bare(c)])),
    way!("PPI with IEEE 802.11", 192, BOTH, |c| join(&[
        &[0, 0, 8, 0, 105, 0, 0, 0],
        &wifi(8, 1, &[], &snap(c.kind(), &c.ip))
    ])),
    way!("netfilter log", 239, BOTH, |c| {
        let length = u16::try_from(c.ip.len() + 4).unwrap().to_le_bytes();
        let prefix = [5, 0, 10, 0, 0, 0, 0, 0];
        join(&[&[c.one_of(2, 10), 0, 0, 5], &prefix, &length, &[9, 0], &c.ip])
    }),
    way!("netfilter log, big-endian", 239, BOTH, |c| {
        let length = u16::try_from(c.ip.len() + 4).unwrap().to_be_bytes();
        let prefix = [0, 5, 0, 10, 0, 0, 0, 0];
        join(&[&[c.one_of(2, 10), 0, 0, 5], &prefix, &length, &[0, 9], &c.ip])
    }),
    way!("pf log", 117, BOTH, |c| join(&[&[61, c.one_of(2, 24)], &[0; 62], &c.ip])),
    way!("IPsec device of BSD (enc)", 109, BOTH, |c| join(&[
        &c.one_of([2, 0, 0, 0], [24, 0, 0, 0]),
        &[0, 0, 0, 9, 0, 0, 0, 0],
        &c.ip
    ])),
    way!("IP device of Solaris (ipnet)", 226, BOTH, |c| join(&[
        &[1, c.one_of(2, 26), 0, 0],
        &u32::try_from(c.ip.len()).unwrap().to_be_bytes(),
        &[0; 16],
        &c.ip
    ])),
    way!("pktap of macOS", 258, BOTH, |c| join(&[&pktap(1), &bare(c)])),
    way!("pktap of macOS, as USER2", 149, BOTH, |c| join(&[&pktap(12), &c.ip])),
    way!("ERF with Ethernet", 197, BOTH, |c| join(&[&erf(2, c), &[0, 0], &bare(c)])),
    way!("ERF with PPP", 197, BOTH, |c| join(&[
        &erf(1, c),
        &[0xff, 3],
        &c.ppp().to_be_bytes(),
        &c.ip
    ])),
    way!("Junos with Ethernet", 178, BOTH, |c| join(&[b"MGC", &[1], &bare(c)])),
    way!("Junos with PPP", 179, BOTH, |c| join(&[
        b"MGC",
        &[1, 0xff, 3],
        &c.ppp().to_be_bytes(),
        &c.ip
    ])),
    way!("netANALYZER", 240, BOTH, |c| join(&[&[0; 4], &bare(c), &[0; 4]])),
    way!("netANALYZER, transparent", 241, BOTH, |c| join(&[
        &[0; 4],
        &[0x55; 7],
        &[0xd5],
        &bare(c),
        &[0; 4]
    ])),
    way!("IP over FireWire", 138, BOTH, |c| join(&[&[7; 16], &c.kind().to_be_bytes(), &c.ip])),
    way!("switch tag of Broadcom", 281, BOTH, |c| tagged(&[0x20, 0, 0, 1], c)),
    way!("switch tag of Broadcom in front", 282, BOTH, |c| join(&[&[0x20, 0, 0, 1], &bare(c)])),
    way!("switch tag of Marvell (DSA)", 284, BOTH, |c| tagged(&[0xc0, 8, 0, 1], c)),
    way!("switch tag of Marvell (EDSA)", 285, BOTH, |c| {
        tagged(&[0xda, 0xda, 0, 0, 0xc0, 8, 0, 1], c)
    }),
];

pub(crate) const LAYERS: &[Way] = &[
    way!("VLAN", 1, BOTH, |c| ethernet(0x8100, &vlan(5, c.kind(), &c.ip))),
    way!("QinQ (802.1ad)", 1, BOTH, |c| {
        ethernet(0x88a8, &vlan(5, 0x8100, &vlan(6, c.kind(), &c.ip)))
    }),
    way!("QinQ (0x9100)", 1, BOTH, |c| {
        ethernet(0x9100, &vlan(5, 0x8100, &vlan(6, c.kind(), &c.ip)))
    }),
    way!("MPLS, two labels", 1, BOTH, |c| {
        ethernet(0x8847, &label(16, false, &label(17, true, &c.ip)))
    }),
    way!("Ethernet over MPLS", 1, BOTH, |c| {
        ethernet(0x8847, &label(16, true, &join(&[&[0, 0, 0, 1], &bare(c)])))
    }),
    way!("PPPoE over Ethernet", 1, BOTH, |c| ethernet(0x8864, &pppoe(c.ppp(), &c.ip))),
    way!("provider backbone (802.1ah)", 1, BOTH, |c| {
        ethernet(0x88e7, &join(&[&[0, 0, 0, 5], &bare(c)]))
    }),
    way!("Cisco security group tag", 1, BOTH, |c| {
        ethernet(0x8909, &join(&[&[1, 1, 0, 1, 0, 9], &c.kind().to_be_bytes(), &c.ip]))
    }),
    way!("Cisco VN-Tag", 1, BOTH, |c| {
        ethernet(0x8926, &join(&[&[0, 1, 0, 2], &c.kind().to_be_bytes(), &c.ip]))
    }),
    way!("E-Tag (802.1BR)", 1, BOTH, |c| {
        ethernet(0x893f, &join(&[&[0, 1, 0, 2, 0, 0], &c.kind().to_be_bytes(), &c.ip]))
    }),
    way!("Cisco FabricPath", 1, BOTH, |c| ethernet(0x8903, &join(&[&[0, 0x60], &bare(c)]))),
    way!("TRILL", 1, BOTH, |c| ethernet(0x22f3, &join(&[&[0, 0x3f, 0, 1, 0, 2], &bare(c)]))),
    way!("NSH", 1, BOTH, |c| {
        let header = [0, 2, 2, c.one_of(1, 2), 0, 0, 1, 0xff];
        ethernet(0x894f, &join(&[&header, &c.ip]))
    }),
    way!("MACsec, only authenticated", 1, BOTH, |c| {
        let header = [0x20, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 1, 0, 1];
        ethernet(0x88e5, &join(&[&header, &c.kind().to_be_bytes(), &c.ip, &[7; 16]]))
    }),
];

/// The packet in Ethernet and nothing else.
pub(crate) fn bare(cargo: &Cargo) -> Vec<u8> {
    ethernet(cargo.kind(), &cargo.ip)
}

/// Ethernet with a switch chip's tag behind the addresses.
fn tagged(tag: &[u8], cargo: &Cargo) -> Vec<u8> {
    let frame = bare(cargo);
    join(&[&frame[..12], tag, &frame[12..]])
}

/// One payload of an aggregate, IEEE 802.11, 9.3.2.2.2.
fn subframe(payload: &[u8]) -> Vec<u8> {
    let length = u16::try_from(payload.len()).unwrap();
    let mut bytes = ethernet(length, payload);
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    bytes
}

/// The header of macOS in front of a link type.
fn pktap(link: u8) -> Vec<u8> {
    let mut header = join(&[&[108, 0, 0, 0, 1, 0, 0, 0, link, 0, 0, 0], b"en0"]);
    header.resize(108, 0);
    header
}

/// A record of Endace's cards.
fn erf(kind: u8, cargo: &Cargo) -> Vec<u8> {
    let length = u16::try_from(cargo.ip.len() + 32).unwrap().to_be_bytes();
    join(&[&[0, 0, 0, 0, 0, 0, 0, 0x60], &[kind, 4], &length, &[0, 0], &length])
}
