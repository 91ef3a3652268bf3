//! HTTP in front of TLS: a tunnel through a proxy (RFC 9110, 9.3.6), and an upgrade (RFC 2817).

use super::text::{begins, first_line, holds, lines};
use super::{Denial, Denied, Request};

/// Whether a client asks a proxy for a tunnel. NATS has a command of the same name, with JSON behind
/// it, and the server's introduction in front.
pub(super) fn connects(client: &[u8], server: &[u8]) -> bool {
    let named = client.starts_with(b"CONNECT ") && !client.starts_with(b"CONNECT {");
    named && !server.starts_with(b"INFO")
}

/// Whether a client asks for TLS with a request of HTTP, or a server wants it to.
pub(super) fn upgrades(client: &[u8], server: &[u8]) -> bool {
    let upgrade = |head| {
        let mut lines = lines(head);
        lines.any(|line| begins(line, b"Upgrade:") && holds(line, b"TLS/1."))
    };
    let request = holds(first_line(client), b" HTTP/1.") && !connects(client, server);
    request && (upgrade(client) || (status(server) == Some(*b"426") && upgrade(server)))
}

/// What follows a request for a tunnel, or an answer that opens it.
pub(super) fn behind(own: &[u8]) -> Option<&[u8]> {
    let opens = own.starts_with(b"CONNECT ") || status(own).is_some_and(|code| code[0] == b'2');
    let end = own.windows(4).position(|window| window == b"\r\n\r\n")?;
    if opens { own.get(end + 4..) } else { None }
}

/// The line that asks a proxy for a tunnel.
pub(super) fn connect_request(client: &[u8]) -> Option<Request<'_>> {
    Some(first_line(client)).filter(|line| line.starts_with(b"CONNECT ")).map(Request::Connect)
}

/// A status that opens no tunnel. A client may ask again, with a name and a password; then the
/// answer to its last request counts.
pub(super) fn connect_denial<'a>(client: &'a [u8], server: &'a [u8]) -> Option<Denial<'a>> {
    let mut asked = lines(client).filter(|line| line.starts_with(b"CONNECT ")).count();
    let mut rest = server;
    while asked > 1 {
        let next = rest.get(1..)?.windows(ANSWER.len()).position(|it| it == ANSWER)?;
        rest = rest.get(1 + next..)?;
        asked -= 1;
    }
    let code = status(rest)?;
    (code[0] != b'2').then(|| Denial::text(Denied::Refused, first_line(rest)))
}

/// An answer to a request that makes TLS a condition (RFC 2817, 3.2), other than 101, or one that
/// demands TLS of a client that did not ask. A client that asked in passing takes what it gets.
pub(super) fn upgrade_denial<'a>(client: &'a [u8], server: &'a [u8]) -> Option<Denial<'a>> {
    let words = first_line(server);
    match &status(server)? {
        b"101" => None,
        b"426" => Some(Denial::text(Denied::Demanded, words)),
        _ => client.starts_with(b"OPTIONS *").then(|| Denial::text(Denied::Refused, words)),
    }
}

/// The three digits of an answer.
fn status(server: &[u8]) -> Option<[u8; 3]> {
    let [_, b' ', code @ ..] = server.strip_prefix(ANSWER)? else { return None };
    code.first_chunk().copied()
}

/// What an answer begins with.
const ANSWER: &[u8] = b"HTTP/1.";
