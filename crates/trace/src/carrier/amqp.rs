//! AMQP: a header of eight bytes asks for TLS, and the same bytes agree (AMQP 1.0, 5.2.1).

use super::{Answer, Denial, Denied};

/// A protocol header (AMQP 1.0, 2.2 and 5.2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AmqpHeader {
    /// The protocol id: 0 for AMQP, 2 for TLS, 3 for SASL.
    pub protocol: u8,
    /// Major, minor, revision. AMQP 0-9-1 has 0, 9, 1 there.
    pub version: [u8; 3],
}

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
    let words = server.first_chunk::<8>()?;
    let [b'A', b'M', b'Q', b'P', protocol, version @ ..] = *words else { return None };
    let answer = Answer::Amqp(AmqpHeader { protocol, version });
    let other = words != TLS && client == TLS;
    other.then_some(Denial { how: Denied::Refused, words, answer })
}

/// The protocol header for TLS, version 1.0.0.
const TLS: &[u8] = b"AMQP\x02\x01\0\0";
