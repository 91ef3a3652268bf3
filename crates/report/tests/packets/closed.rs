//! What is not read, and what is encrypted.

use crate::header::*;
use crate::links::bare;
use crate::way::{BOTH, Way, way};

pub(crate) const CLOSED: &[Way] = &[
    way!("link type without a name", 298, BOTH, bare),
    way!("link type USER0", 147, BOTH, bare),
    way!("USB of Linux", 220, BOTH, bare),
    way!("Bluetooth", 187, BOTH, bare),
    way!("EtherType that nobody knows", 1, BOTH, |c| ethernet(0x4305, &c.ip)),
    way!("PPP protocol that is not read", 9, BOTH, |c| join(&[&[0, 0x3d, 0xc0, 0, 0, 1], &c.ip])),
    way!("SCTP", 101, BOTH, |c| ipv4(132, &c.ip)),
    way!("IP protocol without a name", 101, BOTH, |c| ipv4(222, &c.ip)),
    way!("GRE with source routing", 101, BOTH, |c| ipv4(47, &join(&[&[0x40, 0, 8, 0], &c.ip]))),
    way!("unknown protocol in GRE", 101, BOTH, |c| ipv4(47, &gre(0x4305, &c.ip))),
    way!("more than eight tunnels", 101, BOTH, |c| {
        (0..10).fold(c.ip.clone(), |inner, _| {
            let kind = if inner[0] >> 4 == 6 { 0x86dd } else { 0x0800 };
            ipv4(47, &gre(kind, &inner))
        })
    }),
    way!("Wi-Fi, encrypted", 105, BOTH, |c| {
        wifi(0x88, 0x41, &[0, 0], &join(&[&[1, 0, 0, 0x20, 0, 0, 0, 0], &scrambled(&c.ip)]))
    }),
    way!("Wi-Fi, in parts", 105, BOTH, |c| wifi(8, 5, &[], &snap(c.kind(), &c.ip))),
    way!("ESP (IPsec)", 101, BOTH, |c| {
        ipv4(50, &join(&[&[0, 0, 0, 9, 0, 0, 0, 1], &scrambled(&c.ip)]))
    }),
    way!("ESP over UDP", 101, BOTH, |c| {
        over_udp(4500, &[0, 0, 0, 9, 0, 0, 0, 1], &scrambled(&c.ip))
    }),
    way!("IPComp", 101, BOTH, |c| ipv4(108, &join(&[&[4, 0, 0, 2], &scrambled(&c.ip)]))),
    way!("WireGuard", 101, BOTH, |c| {
        let mut data =
            join(&[&[4, 0, 0, 0, 0, 0, 0, 9, 1, 0, 0, 0, 0, 0, 0, 0], &scrambled(&c.ip)]);
        data.resize(data.len().next_multiple_of(16) + 16, 7);
        over_udp(51_820, &[], &data)
    }),
    way!("OpenVPN over UDP, data", 101, BOTH, |c| {
        over_udp(1194, &[0x48, 0, 0, 0], &scrambled(&c.ip))
    }),
    way!("MACsec, encrypted", 1, BOTH, |c| {
        let header = [0x2c, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 1, 0, 1];
        ethernet(0x88e5, &join(&[&header, &scrambled(&c.ip)]))
    }),
    way!("CAPWAP data in DTLS", 101, BOTH, |c| {
        over_udp(5247, &[1, 0, 0, 0, 23, 254, 253, 0, 1, 0, 0], &scrambled(&c.ip))
    }),
    way!("PPTP with MPPE", 101, BOTH, |c| {
        let header = [0x30, 1, 0x88, 0x0b, 0, 9, 0, 9, 0, 0, 0, 1, 0xff, 3, 0, 0xfd, 0x90, 1];
        ipv4(47, &join(&[&header, &scrambled(&c.ip)]))
    }),
];

/// What no longer looks like a packet.
fn scrambled(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().map(|byte| byte ^ 0xa5).collect()
}
