//! PostgreSQL: a request of eight bytes and an answer of one (PostgreSQL, 54.2.10 and 54.2.11).

use super::text::holds;
use super::{Denial, Denied};

/// Whether a client asks for encryption, or begins a session without.
pub(super) fn speaks(client: &[u8], _: &[u8]) -> bool {
    requests(client).is_some() || begins_session(client)
}

/// Whether these are requests to their end, or all answers to them.
pub(super) fn ends(own: &[u8]) -> bool {
    requests(own).is_some_and(<[u8]>::is_empty)
}

/// No, or an error of a server that does not know the request, and a client that leaves; or a
/// session that is refused for want of encryption.
pub(super) fn denial<'a>(client: &'a [u8], server: &'a [u8]) -> Option<Denial<'a>> {
    if begins_session(client) {
        let wanted = server.first() == Some(&b'E') && UNENCRYPTED.iter().any(|w| holds(server, w));
        return wanted.then(|| Denial::text(Denied::Demanded, message(server)));
    }
    // One byte answers each request; an error message stands for all that follow.
    let asked = client.len() / SSL_REQUEST.len();
    let answer = server.get(asked.checked_sub(1)?..)?;
    let denial = match answer {
        [b'N'] => Denial::bare(Denied::Refused, answer),
        [b'E'] => Denial::text(Denied::Refused, answer),
        [b'E', ..] => Denial::text(Denied::Refused, message(answer)),
        _ => return None,
    };
    requests(client)?.is_empty().then_some(denial)
}

/// What follows the requests for encryption, of which the last asks for TLS: a client that would
/// like GSSAPI better asks for it first.
fn requests(client: &[u8]) -> Option<&[u8]> {
    let rest = client.strip_prefix(GSS_REQUEST).unwrap_or(client);
    rest.strip_prefix(SSL_REQUEST)
}

/// A length, protocol 3.0 to 3.255, and the first parameter.
fn begins_session(client: &[u8]) -> bool {
    matches!(client, [0, 0, _, _, 0, 3, 0, _, b'a'..=b'z', ..])
}

/// The text of an error: its field M (PostgreSQL, 54.8); all of it from a server before 7.4.
fn message(error: &[u8]) -> &[u8] {
    let fields = error.get(5..).unwrap_or_default().split(|byte| *byte == 0);
    fields.into_iter().find_map(|field| field.strip_prefix(b"M")).unwrap_or(error)
}

/// How servers end "no pg_hba.conf entry for ...", since version 14 and before.
const UNENCRYPTED: [&[u8]; 2] = [b"no encryption", b"SSL off"];
const SSL_REQUEST: &[u8] = &[0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f];
const GSS_REQUEST: &[u8] = &[0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x30];
