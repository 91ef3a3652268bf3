//! Carriers that speak in binary: their lengths say where their own words end.

use super::{Carrier, Denial, Speaks, ldap, socks, tds};

/// The binary protocols, each with what it looks like.
pub(super) const CARRIERS: &[(Carrier, Speaks)] = &[
    (Carrier::Postgres, |client, _| postgres_requests(client).is_some()),
    (Carrier::Mysql, |_, server| mysql_greeting(server).is_some()),
    (Carrier::Rdp, |client, _| matches!(client, [3, 0, _, _, _, 0xe0, ..])),
    (Carrier::Tds, tds::speaks),
    (Carrier::Ldap, ldap::speaks),
    (Carrier::Socks, socks::speaks),
    (Carrier::ProxyProtocol, |client, _| {
        client.starts_with(b"PROXY ") || client.starts_with(PROXY_2)
    }),
    (Carrier::Amqp, |client, _| client.starts_with(AMQP_TLS)),
    (Carrier::OpenVpn, |client, _| {
        // A length and the opcode of a client's first packet with key 0 (versions 2 and 3), and
        // 64 bits of session at least.
        matches!(client, [0, 14..=255, 0x38 | 0x50, rest @ ..] if rest.len() >= 8)
    }),
];

/// Whether these bytes, all that a side said so far, are the whole preface of some carrier: TLS
/// begins with the next one.
pub(super) fn ends_preface(own: &[u8]) -> bool {
    postgres_requests(own).is_some_and(<[u8]>::is_empty)
        || mysql_greeting(own).is_some_and(<[u8]>::is_empty)
        || is_mysql_request(own)
        || is_x224(own)
        || own == AMQP_TLS
        || ldap::ends_preface(own)
        || socks::ends_preface(own)
        || proxy_2(own).is_some_and(<[u8]>::is_empty)
}

/// The refusal of a binary protocol. A client that says more than its request goes on without TLS.
pub(super) fn denial<'a>(
    carrier: Carrier,
    client: &'a [u8],
    server: &'a [u8],
) -> Option<Denial<'a>> {
    let words = match carrier {
        Carrier::Postgres => {
            // One byte answers each request; an error message stands for all that follow.
            let asked = client.len() / SSL_REQUEST.len();
            let answer = server.get(asked.checked_sub(1)?..)?;
            let refused = matches!(answer, [b'N'] | [b'E', ..]);
            (refused && postgres_requests(client)?.is_empty()).then_some(answer)
        }
        Carrier::Rdp => rdp_failure(server).map(|_| server),
        Carrier::Ldap => (ldap::ends_preface(client) && ldap::refused(server)).then_some(server),
        Carrier::Socks => socks::refused(server),
        _ => None,
    };
    words.map(Denial::Refused)
}

/// The code of an RDP negotiation failure (MS-RDPBCGR, 2.2.1.2.2).
pub fn rdp_failure(server: &[u8]) -> Option<u32> {
    let [3, 0, _, _, _, 0xd0, _, _, _, _, _, 3, _, 8, 0, code @ ..] = server else { return None };
    code.first_chunk().map(|code| u32::from_le_bytes(*code))
}

/// What follows the requests for encryption, of which the last asks for TLS: a client that would
/// like GSSAPI better asks for it first (PostgreSQL, 54.2.10 and 54.2.11).
fn postgres_requests(client: &[u8]) -> Option<&[u8]> {
    let rest = client.strip_prefix(GSS_REQUEST).unwrap_or(client);
    rest.strip_prefix(SSL_REQUEST)
}

/// What follows a server's greeting: three bytes of length, number 0, protocol 10.
fn mysql_greeting(server: &[u8]) -> Option<&[u8]> {
    let [low, middle, 0, 0, 10, ..] = server else { return None };
    let length = usize::from(u16::from_le_bytes([*low, *middle]));
    // A version, a connection and eight bytes of salt at least.
    if length < 24 { None } else { server.get(4 + length..) }
}

/// A client's SSLRequest: a packet of 32 bytes with the flag CLIENT_SSL.
fn is_mysql_request(client: &[u8]) -> bool {
    matches!(client, [32, 0, 0, 1, _, flags, ..] if flags & 8 != 0 && client.len() == 36)
}

/// One TPKT packet with a connection request or its confirmation (RFC 905, 13.3; RFC 1006, 6).
fn is_x224(own: &[u8]) -> bool {
    matches!(own, [3, 0, high, low, _, 0xe0 | 0xd0, ..]
        if usize::from(u16::from_be_bytes([*high, *low])) == own.len())
}

/// What follows a header of the PROXY protocol, version 2.
fn proxy_2(client: &[u8]) -> Option<&[u8]> {
    let [_, _, high, low, rest @ ..] = client.strip_prefix(PROXY_2)? else { return None };
    rest.get(usize::from(u16::from_be_bytes([*high, *low]))..)
}

const SSL_REQUEST: &[u8] = &[0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f];
const GSS_REQUEST: &[u8] = &[0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x30];
const PROXY_2: &[u8] = b"\r\n\r\n\0\r\nQUIT\n";
/// The protocol header for TLS, version 1.0.0.
const AMQP_TLS: &[u8] = b"AMQP\x02\x01\0\0";
