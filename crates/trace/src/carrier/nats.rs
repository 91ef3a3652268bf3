//! NATS: the server's first line says whether TLS follows.

use super::text::{begins, first_line, holds, lines};
use super::{Denial, Denied};

/// Whether a server introduces itself.
pub(super) fn speaks(_: &[u8], server: &[u8]) -> bool {
    server.starts_with(b"INFO {")
}

/// A server that has no TLS and a client that leaves without a word, or one that wants TLS and a
/// client that goes on without.
pub(super) fn denial<'a>(client: &'a [u8], server: &'a [u8]) -> Option<Denial<'a>> {
    let offers = |word: &[u8]| {
        let mut fields = first_line(server).split(|byte| matches!(byte, b'{' | b',' | b'}'));
        fields.any(|field| begins(field, word) && holds(field, b"true"))
    };
    let introduction = lines(server).next()?;
    if offers(b"\"tls_required\"") || offers(b"\"tls_available\"") {
        let error = |line: &&[u8]| begins(line, b"-ERR") && holds(line, b"TLS");
        return lines(server).find(error).map(|words| Denial::text(Denied::Demanded, words));
    }
    client.is_empty().then(|| Denial::text(Denied::NotOffered, introduction))
}
