//! Tunnels, tunnels in tunnels, and fragments.

use crate::header::*;
use crate::links::bare;
use crate::way::{BOTH, Cargo, Way, way};

pub(crate) const TUNNELS: &[Way] = &[
    way!("IP in IP, 6in4", 101, BOTH, |c| ipv4(c.protocol(), &c.ip)),
    way!("IP in IPv6", 101, BOTH, |c| ipv6(c.protocol(), &c.ip)),
    way!("AH, transport", 101, BOTH, |c| {
        // RFC 4302: the header stands between IP and TCP.
        let (header, next) = (c.one_of(20, 40), c.one_of(9, 6));
        let mut ip = c.ip.clone();
        ip[next] = 51;
        let length = c.one_of(2, 4);
        let claimed = u16::from_be_bytes([ip[length], ip[length + 1]]) + 24;
        ip[length..length + 2].copy_from_slice(&claimed.to_be_bytes());
        join(&[&ip[..header], &authentication(6), &ip[header..]])
    }),
    way!("AH, tunnel", 101, BOTH, |c| ipv4(51, &join(&[&authentication(c.protocol()), &c.ip]))),
    way!("GRE", 101, BOTH, |c| ipv4(47, &gre(c.kind(), &c.ip))),
    way!("GRE with checksum, key and sequence", 101, BOTH, |c| {
        let fields = [0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 1];
        ipv4(47, &join(&[&[0xb0, 0], &c.kind().to_be_bytes(), &fields, &c.ip]))
    }),
    way!("GRE over IPv6", 101, BOTH, |c| ipv6(47, &gre(c.kind(), &c.ip))),
    way!("GRE over UDP", 101, BOTH, |c| over_udp(4754, &[], &gre(c.kind(), &c.ip))),
    way!("NVGRE", 101, BOTH, |c| {
        ipv4(47, &join(&[&[0x20, 0, 0x65, 0x58, 0, 0, 5, 0], &bare(c)]))
    }),
    way!("MPLS over GRE", 101, BOTH, |c| ipv4(47, &gre(0x8847, &label(16, true, &c.ip)))),
    way!("PPTP", 101, BOTH, |c| {
        let length = u16::try_from(c.ip.len() + 4).unwrap().to_be_bytes();
        let header = join(&[&[0x30, 1, 0x88, 0x0b], &length, &[0, 9, 0, 0, 0, 1, 0xff, 3]]);
        ipv4(47, &join(&[&header, &c.ppp().to_be_bytes(), &c.ip]))
    }),
    way!("EoIP of MikroTik", 101, BOTH, |c| {
        let frame = bare(c);
        let length = u16::try_from(frame.len()).unwrap().to_be_bytes();
        ipv4(47, &join(&[&[0x20, 1, 0x64, 0], &length, &[9, 0], &frame]))
    }),
    way!("WCCP", 101, &[4], |c| ipv4(47, &join(&[&[0, 0, 0x88, 0x3e, 0, 0, 0, 0], &c.ip]))),
    way!("ERSPAN I", 101, BOTH, |c| ipv4(47, &gre(0x88be, &bare(c)))),
    way!("ERSPAN II", 101, BOTH, |c| {
        let header = [0x10, 0, 0x88, 0xbe, 0, 0, 0, 1, 0x10, 5, 0, 9, 0, 0, 0, 0];
        ipv4(47, &join(&[&header, &bare(c)]))
    }),
    way!("ERSPAN III", 101, BOTH, |c| {
        let header = [0x10, 0, 0x22, 0xeb, 0, 0, 0, 1, 0x20, 5, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0];
        ipv4(47, &join(&[&header, &bare(c)]))
    }),
    way!("EtherIP", 101, BOTH, |c| ipv4(97, &join(&[&[0x30, 0], &bare(c)]))),
    way!("Ethernet in IPv6 (SRv6)", 101, BOTH, |c| ipv6(143, &bare(c))),
    way!("MPLS in IP", 101, BOTH, |c| ipv4(137, &label(16, true, &c.ip))),
    way!("MPLS in UDP", 101, BOTH, |c| over_udp(6635, &[], &label(16, true, &c.ip))),
    way!("VXLAN", 101, BOTH, |c| vxlan(&bare(c))),
    way!("VXLAN on the port of Linux", 101, BOTH, |c| {
        over_udp(8472, &[8, 0, 0, 0, 0, 0, 5, 0], &bare(c))
    }),
    way!("VXLAN over IPv6", 101, BOTH, |c| {
        ipv6(17, &udp(4789, &join(&[&[8, 0, 0, 0, 0, 0, 5, 0], &bare(c)])))
    }),
    way!("VXLAN-GPE with IP", 101, BOTH, |c| {
        over_udp(4790, &[0x0c, 0, 0, c.one_of(1, 2), 0, 0, 5, 0], &c.ip)
    }),
    way!("VXLAN-GPE with NSH and Ethernet", 101, BOTH, |c| {
        let headers = [0x0c, 0, 0, 4, 0, 0, 5, 0, 0, 2, 2, 3, 0, 0, 1, 0xff];
        over_udp(4790, &headers, &bare(c))
    }),
    way!("Geneve", 101, BOTH, |c| over_udp(6081, &[0, 0, 0x65, 0x58, 0, 0, 5, 0], &bare(c))),
    way!("Geneve with options", 101, BOTH, |c| {
        let header = [2, 0, 0x65, 0x58, 0, 0, 5, 0, 1, 2, 1, 1, 0, 0, 0, 9];
        over_udp(6081, &header, &bare(c))
    }),
    way!("GUE", 101, BOTH, |c| over_udp(6080, &[0, c.protocol(), 0, 0], &c.ip)),
    way!("LISP", 101, BOTH, |c| over_udp(4341, &[0xc0, 1, 2, 3, 0, 0, 0, 1], &c.ip)),
    way!("GTP-U", 101, BOTH, |c| gtp(&c.ip)),
    way!("GTP-U of 5G, with extensions", 101, BOTH, |c| {
        let length = u16::try_from(c.ip.len() + 8).unwrap().to_be_bytes();
        let header = join(&[&[0x34, 0xff], &length, &[0, 0, 0, 9, 0, 0, 0, 0x85, 1, 0x10, 9, 0]]);
        over_udp(2152, &header, &c.ip)
    }),
    way!("GTP-U with Ethernet", 101, BOTH, |c| gtp(&bare(c))),
    way!("L2TP", 101, BOTH, |c| {
        over_udp(1701, &join(&[&[0, 2, 0, 1, 0, 2, 0xff, 3], &c.ppp().to_be_bytes()]), &c.ip)
    }),
    way!("L2TPv3 over IP", 101, BOTH, |c| {
        ipv4(115, &join(&[&[0, 0, 0, 9, 0, 0, 0, 0], &bare(c)]))
    }),
    way!("L2TPv3 over UDP, with a cookie", 101, BOTH, |c| {
        over_udp(1701, &join(&[&[0, 3, 0, 0, 0, 0, 0, 9], &[0xc5; 8]]), &bare(c))
    }),
    way!("CAPWAP with IEEE 802.11", 101, BOTH, |c| {
        capwap(0, 0, 0, &wifi(8, 1, &[], &snap(c.kind(), &c.ip)))
    }),
    way!("CAPWAP with Ethernet", 101, BOTH, |c| {
        over_udp(5247, &[0, 0x10, 2, 0, 0, 0, 0, 0], &bare(c))
    }),
    way!("TZSP", 101, BOTH, |c| over_udp(37_008, &[1, 0, 0, 1, 1], &bare(c))),
    way!("Teredo", 101, &[6], |c| {
        let mut ip = c.ip.clone();
        // The conversation's own addresses are not Teredo's: there is another IPv6 around it.
        ip = ipv6(41, &ip);
        ip[8..12].copy_from_slice(&[0x20, 1, 0, 0]);
        over_udp(3544, &[0, 0, 0xc0, 0, 0xf6, 0xff, 0xfe, 0xfd], &ip)
    }),
];

pub(crate) const NESTED: &[Way] = &[
    way!("VLAN in VXLAN in GRE in MPLS in QinQ", 1, BOTH, |c| {
        let tagged = ethernet(0x8100, &vlan(9, c.kind(), &c.ip));
        let gre = ipv4(47, &gre(0x0800, &vxlan(&tagged)));
        ethernet(0x88a8, &vlan(5, 0x8100, &vlan(6, 0x8847, &label(16, true, &gre))))
    }),
    way!("6in4 in GTP-U in VXLAN in ERSPAN", 1, BOTH, |c| {
        let user = ipv4(c.protocol(), &c.ip);
        let overlay = vxlan(&ethernet(0x0800, &gtp(&user)));
        ethernet(0x0800, &ipv4(47, &gre(0x88be, &ethernet(0x0800, &overlay))))
    }),
    way!("PPPoE in CAPWAP in Linux cooked", 113, BOTH, |c| {
        let body = snap(0x8864, &pppoe(c.ppp(), &c.ip));
        let outer = capwap(0, 0, 0, &wifi(8, 1, &[], &body));
        join(&[&[0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 8, 0], &outer])
    }),
    way!("Wi-Fi in PPI around L2TP around Geneve", 192, BOTH, |c| {
        let geneve = over_udp(6081, &[0, 0, 0x65, 0x58, 0, 0, 5, 0], &bare(c));
        let l2tp = over_udp(1701, &[0, 2, 0, 1, 0, 2, 0, 0x21], &geneve);
        join(&[&[0, 0, 8, 0, 105, 0, 0, 0], &wifi(8, 1, &[], &snap(0x0800, &l2tp))])
    }),
    way!("eight tunnels in one another", 101, BOTH, |c| {
        (0..4).fold(c.ip.clone(), |inner, _| {
            let kind = if inner[0] >> 4 == 6 { 0x86dd } else { 0x0800 };
            vxlan(&ethernet(0x0800, &ipv4(47, &gre(kind, &inner))))
        })
    }),
];

pub(crate) const FRAGMENTS: &[Way] = &[
    Way { name: "IPv4 fragments", link: 101, versions: &[4], frames: |c| pieces(c, IN_ORDER) },
    Way {
        name: "IPv4 fragments, the last first",
        link: 101,
        versions: &[4],
        frames: |c| pieces(c, BACKWARDS),
    },
    Way {
        name: "IPv4 fragments, overlapping and sent twice",
        link: 101,
        versions: &[4],
        frames: |c| pieces(c, OVERLAPPING),
    },
    Way { name: "IPv6 fragments", link: 101, versions: &[6], frames: |c| pieces(c, IN_ORDER) },
    Way {
        name: "IPv6 fragments, the last first",
        link: 101,
        versions: &[6],
        frames: |c| pieces(c, BACKWARDS),
    },
    Way {
        name: "IPv6 fragments, overlapping and sent twice",
        link: 101,
        versions: &[6],
        frames: |c| pieces(c, OVERLAPPING),
    },
    Way {
        name: "fragments in VXLAN",
        link: 1,
        versions: BOTH,
        frames: |c| {
            let inside = |ip: Vec<u8>| ethernet(0x0800, &vxlan(&ethernet(c.kind(), &ip)));
            pieces(c, BACKWARDS).into_iter().map(inside).collect()
        },
    },
    Way {
        name: "VXLAN in fragments",
        link: 1,
        versions: BOTH,
        frames: |c| {
            let outer = vxlan(&bare(c));
            cut(&outer[20..], BACKWARDS)
                .map(|(at, more, part)| ethernet(0x0800, &outer_part(17, c, at, more, &part)))
                .collect()
        },
    },
    Way {
        name: "fragments in a GRE tunnel in fragments",
        link: 1,
        versions: BOTH,
        frames: |c| {
            let around = |(place, ip): (usize, Vec<u8>)| {
                let outer = gre(c.kind(), &ip);
                let number = c.number * 8 + u16::try_from(place).unwrap();
                let cargo = Cargo { ip: outer.clone(), number };
                cut(&outer, IN_ORDER)
                    .map(|(at, more, part)| {
                        ethernet(0x0800, &outer_part(47, &cargo, at, more, &part))
                    })
                    .collect::<Vec<_>>()
            };
            pieces(c, BACKWARDS).into_iter().enumerate().flat_map(around).collect()
        },
    },
    Way {
        name: "CAPWAP fragments",
        link: 101,
        versions: BOTH,
        frames: |c| {
            let frame = wifi(8, 1, &[], &snap(c.kind(), &c.ip));
            cut(&frame, BACKWARDS)
                .map(|(at, more, part)| {
                    let flags = if more { 0x80 } else { 0xc0 };
                    capwap(flags, c.number, u16::try_from(at).unwrap(), &part)
                })
                .collect()
        },
    },
];

/// Where fragments start and end, in thirds of the whole, and in which order they are sent.
type Cuts = &'static [(usize, usize)];
const IN_ORDER: Cuts = &[(0, 1), (1, 2), (2, 3)];
const BACKWARDS: Cuts = &[(2, 3), (1, 2), (0, 1)];
const OVERLAPPING: Cuts = &[(0, 2), (0, 1), (1, 3)];

/// The fragments of some bytes: the offset, whether more follow, the bytes.
fn cut(bytes: &[u8], cuts: Cuts) -> impl Iterator<Item = (usize, bool, Vec<u8>)> {
    let place = |thirds: usize| match thirds {
        3 => bytes.len(),
        thirds => bytes.len() * thirds / 3 / 8 * 8,
    };
    let of = |(from, to): &(usize, usize)| {
        (place(*from), *to < 3, bytes[place(*from)..place(*to)].to_vec())
    };
    cuts.iter().map(of).collect::<Vec<_>>().into_iter()
}

/// The conversation's own packet in fragments.
fn pieces(cargo: &Cargo, cuts: Cuts) -> Vec<Vec<u8>> {
    let header = cargo.one_of(20, 40);
    let (head, payload) = cargo.ip.split_at(header);
    cut(payload, cuts)
        .map(|(at, more, part)| {
            let mut ip = head.to_vec();
            let (at, id) = (u16::try_from(at).unwrap(), cargo.number.to_be_bytes());
            if cargo.is_ipv6() {
                let length = u16::try_from(8 + part.len()).unwrap();
                ip[4..6].copy_from_slice(&length.to_be_bytes());
                ip[6] = 44;
                let place = (at | u16::from(more)).to_be_bytes();
                ip.extend(join(&[&[6, 0], &place, &[0, 0], &id]));
            } else {
                let length = u16::try_from(20 + part.len()).unwrap();
                ip[2..4].copy_from_slice(&length.to_be_bytes());
                ip[4..6].copy_from_slice(&id);
                let place = (at / 8) | (u16::from(more) << 13);
                ip[6..8].copy_from_slice(&place.to_be_bytes());
            }
            join(&[&ip, &part])
        })
        .collect()
}

/// A fragment of the datagram around the conversation's packet.
fn outer_part(protocol: u8, cargo: &Cargo, at: usize, more: bool, part: &[u8]) -> Vec<u8> {
    let place = u16::try_from(at / 8).unwrap() | (u16::from(more) << 13);
    ipv4_part(protocol, cargo.number, place, part)
}

/// RFC 4302, 2, with a check value of 12 bytes.
fn authentication(next: u8) -> Vec<u8> {
    join(&[&[next, 4, 0, 0, 0, 0, 0, 9, 0, 0, 0, 1], &[7; 12]])
}
