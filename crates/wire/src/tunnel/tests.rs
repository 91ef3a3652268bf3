//! Every tunnel, by hand: what is inside is found, what only looks like a tunnel is left alone.

use super::*;
use crate::Fragmented;

/// An IPv4 datagram of this protocol.
fn ip4(protocol: u8, payload: &[u8]) -> Vec<u8> {
    let length = u16::try_from(20 + payload.len()).unwrap().to_be_bytes();
    let rest = [0, 1, 0, 0, 64, protocol, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2];
    [&[0x45, 0][..], &length, &rest, payload].concat()
}

/// An IPv6 datagram of this protocol, from a Teredo client.
fn ip6(protocol: u8, payload: &[u8]) -> Vec<u8> {
    let length = u16::try_from(payload.len()).unwrap().to_be_bytes();
    let header = [&[0x60, 0, 0, 0][..], &length, &[protocol, 63]].concat();
    [&header[..], &[0x20, 1, 0, 0], &[7; 12], &[0x20, 1, 0xd, 0xb8], &[9; 12], payload].concat()
}

fn udp(port: u16, payload: &[u8]) -> Vec<u8> {
    let length = u16::try_from(8 + payload.len()).unwrap().to_be_bytes();
    [&[0xc0, 0][..], &port.to_be_bytes(), &length, &[0, 0], payload].concat()
}

fn ethernet(kind: u16, payload: &[u8]) -> Vec<u8> {
    [&[2; 12][..], &kind.to_be_bytes(), payload].concat()
}

/// What travels in each tunnel of these tests.
fn cargo() -> Vec<u8> {
    ip4(6, b"the segment")
}

/// The cargo is found behind `outer`, in which it stands last; no cut of it panics, and a cut in
/// front of the cargo finds no TCP.
fn check(outer: &[u8]) {
    let found = datagram(Link::Raw, outer).unwrap();
    assert_eq!((found.protocol, found.payload), (6, &b"the segment"[..]), "{outer:x?}");
    for end in 0..outer.len() {
        if let Ok(cut) = datagram(Link::Raw, &outer[..end]) {
            assert!(cut.protocol != 6 || end + 11 >= outer.len(), "{end} of {outer:x?}");
            assert!(cut.payload.len() <= cut.length);
        }
    }
}

/// Nothing is found in `outer` but itself.
fn check_refused(outer: &[u8]) {
    let found = datagram(Link::Raw, outer).unwrap();
    assert_ne!(found.protocol, 6, "{outer:x?}");
    assert_eq!(found, frame::datagram(Link::Raw, Reader::new(outer)).unwrap());
}

/// RFC 2003, 4213, 2473, and Ethernet (RFC 3378) and MPLS (RFC 4023) over IP.
#[test]
fn ip_in_ip() {
    check(&ip4(4, &cargo()));
    check(&ip6(4, &cargo()));
    check(&ip4(41, &ip6(6, b"the segment")));
    check(&ip6(41, &ip6(6, b"the segment")));
    check(&ip4(97, &[&[0x30, 0][..], &ethernet(0x0800, &cargo())].concat()));
    check(&ip4(137, &[&[0, 1, 1, 64][..], &cargo()].concat()));
    check_refused(&ip4(97, &[&[0x20, 0][..], &ethernet(0x0800, &cargo())].concat()));
}

/// GRE with every field, NVGRE, MPLS and PPTP in it, and the three kinds of ERSPAN.
#[test]
fn gre_and_what_is_built_on_it() {
    let gre = |header: &[u8], inner: &[u8]| ip4(47, &[header, inner].concat());
    let frame = ethernet(0x0800, &cargo());
    check(&gre(&[0, 0, 8, 0], &cargo()));
    check(&gre(&[0xb0, 0, 8, 0, 1, 1, 0, 0, 2, 2, 2, 2, 3, 3, 3, 3], &cargo()));
    check(&gre(&[0, 0, 0x86, 0xdd], &ip6(6, b"the segment")));
    check(&gre(&[0x20, 0, 0x65, 0x58, 0, 0, 9, 0], &frame));
    check(&gre(&[0, 0, 0x88, 0x47, 0, 1, 1, 64], &cargo()));
    check(&gre(&[0x30, 0x81, 0x88, 0x0b, 0, 9, 0, 1, 0, 0, 0, 5, 0, 0, 0, 4, 0x21], &cargo()));
    check(&gre(&[0, 0, 0x88, 0xbe], &frame));
    check(&gre(&[0x10, 0, 0x88, 0xbe, 0, 0, 0, 1, 0x10, 0, 0, 0, 0, 0, 0, 0], &frame));
    let type_3 = [0x10, 0, 0x22, 0xeb, 0, 0, 0, 1, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    check(&gre(&[&type_3[..], &[0]].concat(), &frame));
    check(&gre(&[&type_3[..], &[1], &[0; 8]].concat(), &frame));
    check_refused(&gre(&[0x40, 0, 8, 0], &cargo()));
    check_refused(&gre(&[0, 2, 8, 0], &cargo()));
    check_refused(&gre(&[0x10, 0, 0x88, 0xbe, 0, 0, 0, 1, 0x70, 0, 0, 0, 0, 0, 0, 0], &frame));
}

/// RFC 7348 on its port and on that of Linux, with and without Group Policy, tagged inside.
#[test]
fn vxlan_is_followed() {
    let vxlan =
        |port, header: [u8; 8], inner: &[u8]| ip4(17, &udp(port, &[&header, inner].concat()));
    let frame = ethernet(0x0800, &cargo());
    check(&vxlan(4789, [8, 0, 0, 0, 0, 0, 5, 0], &frame));
    check(&vxlan(8472, [0x88, 0, 0, 9, 0, 0, 5, 0], &frame));
    check(&vxlan(
        4789,
        [8, 0, 0, 0, 0, 0, 5, 0],
        &ethernet(0x8100, &[&[0, 5, 8, 0], &cargo()[..]].concat()),
    ));
    check_refused(&vxlan(4789, [0, 0, 0, 0, 0, 0, 5, 0], &frame));
    check_refused(&vxlan(4789, [8, 0, 0, 0, 0, 0, 5, 1], &frame));
    check_refused(&vxlan(4788, [8, 0, 0, 0, 0, 0, 5, 0], &frame));
    check_refused(&vxlan(4789, [8, 0, 0, 0, 0, 0, 5, 0], &ethernet(0x0806, &cargo())));
}

/// RFC 8926 with options, with Ethernet and with IP inside.
#[test]
fn geneve_is_followed() {
    let geneve = |header: &[u8], inner: &[u8]| ip6(17, &udp(6081, &[header, inner].concat()));
    check(&geneve(&[0, 0, 0x65, 0x58, 0, 0, 5, 0], &ethernet(0x0800, &cargo())));
    check(&geneve(&[2, 0x40, 8, 0, 0, 0, 5, 0, 1, 2, 0x80, 1, 0, 0, 0, 1], &cargo()));
    check_refused(&geneve(&[0x40, 0, 8, 0, 0, 0, 5, 0], &cargo()));
    check_refused(&geneve(&[0, 1, 8, 0, 0, 0, 5, 0], &cargo()));
}

/// TS 29.281 bare, with a sequence number, and with the extension of a 5G session.
#[test]
fn gtp_u_is_followed() {
    let gtp = |flags: u8, kind: u8, more: &[u8]| {
        let body = [more, &cargo()].concat();
        let length = u16::try_from(body.len()).unwrap().to_be_bytes();
        ip4(17, &udp(2152, &[&[flags, kind][..], &length, &[0, 0, 0, 7], &body].concat()))
    };
    check(&gtp(0x30, 0xff, &[]));
    check(&gtp(0x32, 0xff, &[0, 1, 0, 0]));
    check(&gtp(0x34, 0xff, &[0, 0, 0, 0x85, 1, 0x10, 1, 0x40, 1, 0, 0, 0]));
    check_refused(&gtp(
        0x34,
        0xff,
        &[[0, 0, 0, 0x85].as_slice(), &[1, 0, 0, 0x85].repeat(90)].concat(),
    ));
    check_refused(&gtp(0x30, 0x1a, &[]));
    check_refused(&gtp(0x20, 0xff, &[]));
}

/// RFC 2661 with every field and with none.
#[test]
fn l2tp_is_followed() {
    let l2tp = |header: &[u8]| ip4(17, &udp(1701, &[header, &cargo()].concat()));
    check(&l2tp(&[0, 2, 0, 1, 0, 2, 0xff, 3, 0, 0x21]));
    let whole = u8::try_from(20 + cargo().len()).unwrap();
    check(&l2tp(&[0x4a, 2, 0, whole, 0, 1, 0, 2, 0, 9, 0, 8, 0, 2, 0, 0, 0xff, 3, 0, 0x21]));
    check_refused(&l2tp(&[0x80, 2, 0, 1, 0, 2, 0, 0x21]));
    check_refused(&l2tp(&[0x40, 2, 0, 9, 0, 1, 0, 2, 0, 0x21]));
}

/// RFC 3931 over IP and over UDP, with each length of cookie and sublayer; control is none.
#[test]
fn version_3_of_l2tp_is_followed() {
    let frame = ethernet(0x0800, &cargo());
    for words in 0..=3 {
        let header = [&[0, 0, 0, 9][..], &[0xc5; 12][..words * 4]].concat();
        check(&ip4(115, &[&header[..], &frame].concat()));
        check(&ip4(17, &udp(1701, &[&[0, 3, 0, 0][..], &header, &frame].concat())));
    }
    check_refused(&ip4(115, &[&[0, 0, 0, 0][..], &frame].concat()));
    check_refused(&ip4(115, &[&[0, 0, 0, 9][..], &[0; 16], &frame].concat()));
    check_refused(&ip4(17, &udp(1701, &[&[0, 4, 0, 0, 0, 0, 0, 9][..], &frame].concat())));
}

/// VXLAN-GPE, GUE, LISP, MPLS and GRE over UDP.
#[test]
fn other_overlays_are_followed() {
    let over = |port, header: &[u8], inner: &[u8]| ip4(17, &udp(port, &[header, inner].concat()));
    let frame = ethernet(0x0800, &cargo());
    check(&over(4790, &[0x0c, 0, 0, 1, 0, 0, 5, 0], &cargo()));
    check(&over(4790, &[0x0c, 0, 0, 3, 0, 0, 5, 0], &frame));
    let chain = [0, 2, 1, 1, 0, 0, 1, 0xff];
    check(&over(4790, &[&[0x0c, 0, 0, 4, 0, 0, 5, 0][..], &chain].concat(), &cargo()));
    check_refused(&over(4790, &[0x08, 0, 0, 1, 0, 0, 5, 0], &cargo()));
    check_refused(&over(4790, &[0x0c, 0, 0, 9, 0, 0, 5, 0], &cargo()));
    check(&over(6080, &[0, 4, 0, 0], &cargo()));
    check(&over(6080, &[1, 47, 0, 0, 9, 9, 9, 9, 0, 0, 8, 0], &cargo()));
    check(&over(6080, &[0, 6, 0, 0], b"the segment"));
    check(&over(6080, &[], &cargo()));
    check_refused(&over(6080, &[0x20, 4, 0, 0], &cargo()));
    check_refused(&over(6080, &[0, 17, 0, 0], &udp(4789, &cargo())));
    check(&over(4341, &[0x80, 1, 2, 3, 0, 0, 0, 1], &cargo()));
    check_refused(&over(4341, &[0x83, 1, 2, 3, 0, 0, 0, 1], &cargo()));
    check(&over(6635, &[0, 1, 1, 64], &cargo()));
    check(&over(4754, &[0x20, 0, 0x65, 0x58, 0, 0, 9, 0], &frame));
}

/// What a router streams, TZSP: Ethernet and Wi-Fi behind fields and padding.
#[test]
fn streamed_frames_are_followed() {
    let tzsp = |header: &[u8], inner: &[u8]| ip4(17, &udp(37_008, &[header, inner].concat()));
    check(&tzsp(&[1, 0, 0, 1, 1], &ethernet(0x0800, &cargo())));
    check(&tzsp(&[1, 0, 0, 18, 0, 10, 1, 0xc0, 1], &wifi()));
    check_refused(&tzsp(&[2, 0, 0, 1, 1], &ethernet(0x0800, &cargo())));
    check_refused(&tzsp(&[1, 4, 0, 1, 1], &ethernet(0x0800, &cargo())));
}

/// RFC 4302 in front of the segment, and Ethernet in IP.
#[test]
fn what_is_only_authenticated_is_read() {
    let header = [6, 4, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9];
    check(&ip4(51, &[&header[..], b"the segment"].concat()));
    let tunnel = [&[4][..], &header[1..], &cargo()].concat();
    check(&ip4(51, &tunnel));
    check(&ip4(143, &ethernet(0x0800, &cargo())));
}

/// MikroTik's EoIP, and a datagram that a router redirected to a proxy.
#[test]
fn what_vendors_put_into_gre_is_followed() {
    let gre = |header: &[u8], inner: &[u8]| ip4(47, &[header, inner].concat());
    check(&gre(&[0x20, 1, 0x64, 0, 0, 45, 9, 0], &ethernet(0x0800, &cargo())));
    check(&gre(&[0, 0, 0x88, 0x3e, 0, 0, 0, 0], &cargo()));
    check(&gre(&[0, 0, 0x88, 0x3e], &cargo()));
}

/// A Wi-Fi data frame with the cargo.
fn wifi() -> Vec<u8> {
    let header = [&[8, 1, 0, 0][..], &[2; 18], &[0, 0], &[0xaa, 0xaa, 3, 0, 0, 0, 8, 0]].concat();
    [header, cargo()].concat()
}

/// What is encrypted, and what a tunnel carries that is not read, has a name; UDP and TCP are read.
#[test]
fn what_stays_closed_is_named() {
    let of = |outer: &[u8]| unread(&datagram(Link::Raw, outer).unwrap());
    let encrypted = |encryption| Some(Unread::Encrypted(encryption));
    assert_eq!(of(&ip4(50, &[7; 40])), encrypted(Encryption::Esp));
    assert_eq!(of(&ip4(108, &[7; 40])), encrypted(Encryption::IpCompression));
    assert_eq!(of(&ip4(17, &udp(4500, &[7; 40]))), encrypted(Encryption::Esp));
    assert_eq!(of(&ip4(17, &udp(4500, &[0; 40]))), None);
    assert_eq!(of(&ip4(17, &udp(4500, &[0xff]))), None);
    let wireguard = |kind, length: usize| {
        of(&ip4(17, &udp(51_820, &[&[kind, 0, 0, 0][..], &vec![7; length - 4]].concat())))
    };
    for (kind, length) in [(1, 148), (2, 92), (3, 64), (4, 32), (4, 128)] {
        assert_eq!(wireguard(kind, length), encrypted(Encryption::WireGuard));
    }
    for (kind, length) in [(1, 149), (4, 33), (5, 64), (4, 16)] {
        assert_eq!(wireguard(kind, length), None);
    }
    let capwap = [&[1, 0, 0, 0, 22, 254, 253][..], &[7; 141]].concat();
    assert_eq!(of(&ip4(17, &udp(5246, &capwap))), None);
    assert_eq!(of(&ip4(17, &udp(1194, &[0x48; 40]))), encrypted(Encryption::OpenVpn));
    assert_eq!(of(&ip4(17, &udp(1194, &[0x38; 40]))), None);
    let capwap = [&[1, 0, 0, 0, 23, 254, 253][..], &[7; 40]].concat();
    assert_eq!(of(&ip4(17, &udp(5247, &capwap))), encrypted(Encryption::Capwap));
    // ARP in VXLAN, an unknown protocol in GRE, PPTP with MPPE.
    let vxlan = [&[8, 0, 0, 0, 0, 0, 5, 0][..], &ethernet(0x0806, &[0; 28])].concat();
    assert_eq!(of(&ip4(17, &udp(4789, &vxlan))), Some(Unread::EtherType(0x0806)));
    assert_eq!(of(&ip4(47, &[0, 0, 0x43, 5, 1, 2])), Some(Unread::EtherType(0x4305)));
    let pptp = [0x30, 1, 0x88, 0x0b, 0, 9, 0, 1, 0, 0, 0, 5, 0xfd, 0x90, 7, 7];
    assert_eq!(of(&ip4(47, &pptp)), encrypted(Encryption::Ppp));
    assert_eq!(of(&ip4(47, &[0x40, 0, 8, 0])), Some(Unread::IpProtocol(47)));
    assert_eq!(of(&ip4(1, &[8, 0])), Some(Unread::IpProtocol(1)));
    assert_eq!(of(&ip4(132, &[8, 0])), Some(Unread::IpProtocol(132)));
    assert_eq!(of(&ip4(17, &udp(443, &[7; 40]))), None);
    assert_eq!(of(&cargo()), None);
}

/// RFC 5415 with Wi-Fi and with Ethernet inside.
#[test]
fn capwap_data_is_followed() {
    let capwap = |header: &[u8], inner: &[u8]| ip4(17, &udp(5247, &[header, inner].concat()));
    let wifi = wifi();
    check(&capwap(&[0, 0x10, 3, 0, 0, 0, 0, 0], &wifi));
    check(&capwap(&[0, 0x20, 3, 0x10, 0, 0, 0, 0, 6, 1, 1, 1, 1, 1, 1, 0], &wifi));
    check(&capwap(&[0, 0x10, 2, 0, 0, 0, 0, 0], &ethernet(0x0800, &cargo())));
    check_refused(&capwap(&[1, 0x10, 3, 0, 0, 0, 0, 0], &wifi));
    check_refused(&capwap(&[0, 8, 3, 0, 0, 0, 0, 0], &wifi));
}

/// RFC 4380 bare and with both headers; IPv6 that is not Teredo's stays where it is.
#[test]
fn teredo_is_followed() {
    let teredo = |header: &[u8], inner: &[u8]| ip4(17, &udp(3544, &[header, inner].concat()));
    let inner = ip6(6, b"the segment");
    check(&teredo(&[], &inner));
    let authentication = [&[0, 1, 2, 3][..], b"idval", &[0; 9]].concat();
    check(&teredo(&[&authentication[..], &[0, 0, 1, 1, 2, 2, 2, 2]].concat(), &inner));
    let mut other = inner;
    other[8] = 0xfe;
    check_refused(&teredo(&[], &other));
    check_refused(&teredo(&[], &cargo()));
}

/// Tunnels are followed to the stated depth and no further.
#[test]
fn tunnels_in_tunnels_are_followed_to_the_limit() {
    let mut packet = cargo();
    for depth in 1..=MOST_TUNNELS + 3 {
        packet = match depth % 3 {
            0 => ip4(4, &packet),
            1 => ip4(47, &[&[0, 0, 8, 0], &packet[..]].concat()),
            _ => ip4(
                17,
                &udp(4789, &[&[8, 0, 0, 0, 0, 0, 5, 0], &ethernet(0x0800, &packet)[..]].concat()),
            ),
        };
        if depth <= MOST_TUNNELS {
            check(&packet);
        } else {
            let found = datagram(Link::Raw, &packet).unwrap();
            assert_ne!(found.protocol, 6);
            assert_eq!(unread(&found), Some(Unread::TooDeep));
        }
    }
}

/// A tunnel in a fragment waits until the datagram is whole; a fragment in a tunnel is the result.
#[test]
fn fragments_end_the_way() {
    let mut outer = ip4(4, &cargo());
    outer[6] = 0x20;
    let found = datagram(Link::Raw, &outer).unwrap();
    assert!(found.protocol == 4 && found.fragment.is_some());
    let mut inner = cargo();
    inner[6] = 0x20;
    let outer = ip4(4, &inner);
    let found = datagram(Link::Raw, &outer).unwrap();
    assert!(found.protocol == 6 && found.fragment.is_some());
}

/// RFC 5415, 3.4: a part of a frame is a fragment, told apart from those of IP and of other access
/// points.
#[test]
fn parts_of_frames_in_capwap_are_fragments() {
    let part = |source: u16, flags: u8, offset: u8, bytes: &[u8]| {
        let header = [0, 0x10, 3, flags, 0, 9, 0, offset];
        let mut udp = udp(5247, &[&header, bytes].concat());
        udp[..2].copy_from_slice(&source.to_be_bytes());
        ip4(17, &udp)
    };
    let first = part(0xc000, 0x80, 0, &wifi()[..24]);
    let found = datagram(Link::Raw, &first).unwrap();
    let fragment = found.fragment.unwrap();
    assert_eq!((fragment.offset, fragment.more), (0, true));
    assert_eq!((fragment.of, found.payload), (Fragmented::CapwapWifi, &wifi()[..24]));
    let last = part(0xc000, 0xc0, 24, &wifi()[24..]);
    let last = datagram(Link::Raw, &last).unwrap().fragment.unwrap();
    assert_eq!((last.id, last.offset, last.more), (fragment.id, 24, false));
    let other = part(0xc001, 0xc0, 24, &wifi()[24..]);
    assert_ne!(datagram(Link::Raw, &other).unwrap().fragment.unwrap().id, fragment.id);
}

/// What claims to be longer than the tunnel around it was never in a tunnel.
#[test]
fn what_is_inside_is_shorter_than_what_is_around_it() {
    let mut inner = cargo();
    inner[2] = 0x40;
    check_refused(&ip4(4, &inner));
}
