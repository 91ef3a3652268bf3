//! AMQP: a header of eight bytes asks for TLS, and the same bytes agree (AMQP 1.0, 5.2.1).

use super::Denial;

/// Whether a client asks for TLS.
pub(super) fn speaks(client: &[u8], _: &[u8]) -> bool {
    client.starts_with(TLS)
}

/// Whether this is the request, or the agreement.
pub(super) fn ends(own: &[u8]) -> bool {
    own == TLS
}

/// Another header: that of the protocol that the server speaks instead.
pub(super) fn denial<'a>(client: &'a [u8], server: &'a [u8]) -> Option<Denial<'a>> {
    let header = server.first_chunk::<8>()?;
    let other = header.starts_with(b"AMQP") && header != TLS;
    (other && client == TLS).then_some(Denial::Refused(header))
}

/// The protocol header for TLS, version 1.0.0.
const TLS: &[u8] = b"AMQP\x02\x01\0\0";
