//! Headers, written from the documents of their protocols. Nothing here knows the code under test.

/// Bytes one behind the other.
pub(crate) fn join(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}

/// Ethernet between two addresses that nobody owns.
pub(crate) fn ethernet(kind: u16, inner: &[u8]) -> Vec<u8> {
    join(&[&[2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2], &kind.to_be_bytes(), inner])
}

/// What stands behind one EtherType: four bits of priority, twelve of the number, the next one.
pub(crate) fn vlan(number: u16, kind: u16, inner: &[u8]) -> Vec<u8> {
    join(&[&number.to_be_bytes(), &kind.to_be_bytes(), inner])
}

/// One MPLS label, RFC 3032, 2.1.
pub(crate) fn label(number: u32, last: bool, inner: &[u8]) -> Vec<u8> {
    join(&[&((number << 12) | (u32::from(last) << 8) | 64).to_be_bytes(), inner])
}

/// PPPoE in session 1 with a PPP protocol, RFC 2516, 4.
pub(crate) fn pppoe(protocol: u16, inner: &[u8]) -> Vec<u8> {
    let length = u16::try_from(inner.len() + 2).unwrap().to_be_bytes();
    join(&[&[0x11, 0, 0, 1], &length, &protocol.to_be_bytes(), inner])
}

/// SNAP with an EtherType, RFC 1042.
pub(crate) fn snap(kind: u16, inner: &[u8]) -> Vec<u8> {
    join(&[&[0xaa, 0xaa, 3, 0, 0, 0], &kind.to_be_bytes(), inner])
}

/// A Wi-Fi data frame to the access point, IEEE 802.11, 9.3.2, with these bytes behind the sequence.
pub(crate) fn wifi(kind: u8, flags: u8, more: &[u8], body: &[u8]) -> Vec<u8> {
    let addresses = [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 3];
    join(&[&[kind, flags, 0x2c, 0], &addresses, &[0x10, 0], more, body])
}

/// A radiotap header with the flag that says nothing special.
pub(crate) fn radiotap(inner: &[u8]) -> Vec<u8> {
    join(&[&[0, 0, 9, 0, 2, 0, 0, 0, 0], inner])
}

/// IPv4 from 10.9.0.1 to 10.9.0.2, RFC 791, 3.1, with the place of a fragment as in the header.
pub(crate) fn ipv4_part(protocol: u8, id: u16, place: u16, inner: &[u8]) -> Vec<u8> {
    let length = u16::try_from(20 + inner.len()).unwrap().to_be_bytes();
    let mut header = join(&[&[0x45, 0], &length, &id.to_be_bytes(), &place.to_be_bytes()]);
    header.extend([64, protocol, 0, 0, 10, 9, 0, 1, 10, 9, 0, 2]);
    let sum: u32 =
        header.chunks(2).map(|pair| u32::from(u16::from_be_bytes([pair[0], pair[1]]))).sum();
    let folded = (sum & 0xffff) + (sum >> 16);
    let sum = !u16::try_from((folded & 0xffff) + (folded >> 16)).unwrap();
    header[10..12].copy_from_slice(&sum.to_be_bytes());
    join(&[&header, inner])
}

pub(crate) fn ipv4(protocol: u8, inner: &[u8]) -> Vec<u8> {
    ipv4_part(protocol, 7, 0x4000, inner)
}

/// IPv6 from 2001:db8::1 to 2001:db8::2, RFC 8200, 3.
pub(crate) fn ipv6(next: u8, inner: &[u8]) -> Vec<u8> {
    let length = u16::try_from(inner.len()).unwrap().to_be_bytes();
    let address = |last| [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last];
    join(&[&[0x60, 0, 0, 0], &length, &[next, 64], &address(1), &address(2), inner])
}

/// UDP without a checksum, RFC 768.
pub(crate) fn udp(port: u16, inner: &[u8]) -> Vec<u8> {
    let length = u16::try_from(8 + inner.len()).unwrap().to_be_bytes();
    join(&[&50_000_u16.to_be_bytes(), &port.to_be_bytes(), &length, &[0, 0], inner])
}

/// A tunnel over UDP over IPv4: its header, and what is in it.
pub(crate) fn over_udp(port: u16, header: &[u8], inner: &[u8]) -> Vec<u8> {
    ipv4(17, &udp(port, &join(&[header, inner])))
}

/// GRE without any field, RFC 2784, 2.1.
pub(crate) fn gre(kind: u16, inner: &[u8]) -> Vec<u8> {
    join(&[&[0, 0], &kind.to_be_bytes(), inner])
}

/// VXLAN in network 5, RFC 7348, 5.
pub(crate) fn vxlan(inner: &[u8]) -> Vec<u8> {
    over_udp(4789, &[8, 0, 0, 0, 0, 0, 5, 0], inner)
}

/// A user's packet in GTP-U, 3GPP TS 29.281, 5.1.
pub(crate) fn gtp(inner: &[u8]) -> Vec<u8> {
    let length = u16::try_from(inner.len()).unwrap().to_be_bytes();
    over_udp(2152, &join(&[&[0x30, 0xff], &length, &[0, 0, 0, 9]]), inner)
}

/// CAPWAP data in front of a Wi-Fi frame or a part of one, RFC 5415, 4.3.
pub(crate) fn capwap(flags: u8, id: u16, offset: u16, inner: &[u8]) -> Vec<u8> {
    let (id, offset) = (id.to_be_bytes(), offset.to_be_bytes());
    over_udp(5247, &join(&[&[0, 0x10, 3, flags], &id, &offset]), inner)
}
