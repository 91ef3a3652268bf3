//! Carriers that speak in binary: their lengths say where their own words end.

use super::{Carrier, Denial, Speaks, ldap, openvpn, socks, tds};

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
    (Carrier::OpenVpn, openvpn::speaks),
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
        Carrier::Tds => tds::refused(client, server).then_some(server),
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

#[cfg(test)]
mod tests {
    use super::super::{denial, recognise};
    use super::*;

    /// A carrier, all that a client says, the answer, and what in it denies.
    type Said = (Carrier, &'static [u8], &'static [u8], &'static [u8]);

    const DENIED: &[Said] = &[
        (Carrier::Postgres, SSL_REQUEST, b"N", b"N"),
        (
            Carrier::Rdp,
            b"\x03\0\0\x13\x0e\xe0\0\0\0\0\0\x01\0\x08\0\x01\0\0\0",
            b"\x03\0\0\x13\x0e\xd0\0\0\x12\x34\0\x03\0\x08\0\x05\0\0\0",
            b"\x03\0\0\x13\x0e\xd0\0\0\x12\x34\0\x03\0\x08\0\x05\0\0\0",
        ),
        (
            Carrier::Ldap,
            b"0\x1d\x02\x01\x01w\x18\x80\x161.3.6.1.4.1.1466.20037",
            b"0\x0c\x02\x01\x01x\x07\x0a\x01\x35\x04\0\x04\0",
            b"0\x0c\x02\x01\x01x\x07\x0a\x01\x35\x04\0\x04\0",
        ),
        (
            Carrier::Tds,
            b"\x12\x01\0\x1a\0\0\x01\0\0\0\x0b\0\x06\x01\0\x11\0\x01\xff\x0b\0\x0c\x38\0\0\x01",
            b"\x04\x01\0\x1a\0\0\x01\0\0\0\x0b\0\x06\x01\0\x11\0\x01\xff\x0f\0\x07\xd0\0\0\x02",
            b"\x04\x01\0\x1a\0\0\x01\0\0\0\x0b\0\x06\x01\0\x11\0\x01\xff\x0f\0\x07\xd0\0\0\x02",
        ),
        (Carrier::Socks, b"\x05\x01\0", b"\x05\xff", b"\x05\xff"),
        (
            Carrier::Socks,
            b"\x05\x01\0\x05\x01\0\x01\x0a\0\0\x01\x01\xbb",
            b"\x05\0\x05\x05\0\x01\0\0\0\0\0\0",
            b"\x05\x05",
        ),
    ];

    /// A server's no is read from the bytes that say it, and a yes is none.
    #[test]
    fn a_no_in_binary_is_read() {
        for (carrier, client, server, words) in DENIED {
            assert_eq!(recognise(client, server), *carrier);
            assert_eq!(denial(*carrier, client, server), Some(Denial::Refused(words)));
        }
        assert_eq!(denial(Carrier::Postgres, SSL_REQUEST, b"S"), None);
        assert_eq!(rdp_failure(DENIED[1].2), Some(5));
    }

    /// Cut or with a lie in any of its bytes, a dialogue is read without harm, and nothing that was
    /// cut is taken for whole.
    #[test]
    fn cut_and_lying_words_do_no_harm() {
        for (carrier, client, server, _) in DENIED {
            for words in [client, server] {
                for end in 0..words.len() {
                    let cut = words.get(..end).unwrap();
                    let _ = (recognise(cut, server), denial(*carrier, cut, cut));
                    for lie in [0, 1, 0x7f, 0x84, 0xff] {
                        let mut lying = words.to_vec();
                        lying[end] = lie;
                        let _ = (recognise(&lying, &lying), denial(*carrier, &lying, &lying));
                        let _ = ends_preface(&lying);
                    }
                }
            }
            assert!((1..client.len()).all(|end| {
                let cut = client.get(..end).unwrap();
                *carrier == Carrier::Socks || !ends_preface(cut)
            }));
        }
    }
}
