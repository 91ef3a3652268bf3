//! Every tunnel, by hand: what is inside is found, what only looks like a tunnel is left alone.

use super::*;

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
    check_refused(&l2tp(&[0, 3, 0, 1, 0, 2, 0, 0x21]));
    check_refused(&l2tp(&[0x40, 2, 0, 9, 0, 1, 0, 2, 0, 0x21]));
}

/// RFC 5415 with Wi-Fi and with Ethernet inside.
#[test]
fn capwap_data_is_followed() {
    let capwap = |header: &[u8], inner: &[u8]| ip4(17, &udp(5247, &[header, inner].concat()));
    let wifi = [&[8, 1, 0, 0][..], &[2; 18], &[0, 0], &[0xaa, 0xaa, 3, 0, 0, 0, 8, 0]].concat();
    let wifi = [wifi, cargo()].concat();
    check(&capwap(&[0, 0x10, 3, 0, 0, 0, 0, 0], &wifi));
    check(&capwap(&[0, 0x20, 3, 0x10, 0, 0, 0, 0, 6, 1, 1, 1, 1, 1, 1, 0], &wifi));
    check(&capwap(&[0, 0x10, 2, 0, 0, 0, 0, 0], &ethernet(0x0800, &cargo())));
    check_refused(&capwap(&[1, 0x10, 3, 0, 0, 0, 0, 0], &wifi));
    check_refused(&capwap(&[0, 0x10, 3, 0x80, 0, 0, 0, 0], &wifi));
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
            assert_ne!(datagram(Link::Raw, &packet).unwrap().protocol, 6);
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

/// What claims to be longer than the tunnel around it was never in a tunnel.
#[test]
fn what_is_inside_is_shorter_than_what_is_around_it() {
    let mut inner = cargo();
    inner[2] = 0x40;
    check_refused(&ip4(4, &inner));
}
