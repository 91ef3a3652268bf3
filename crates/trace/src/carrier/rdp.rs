//! RDP: a connection request of X.224 with the protections that the client offers, and a
//! confirmation with the one that the server takes (MS-RDPBCGR, 2.2.1.1 and 2.2.1.2).

use super::{Answer, Denial, Denied, Request};

/// Whether a client requests a connection in a packet of TPKT (RFC 1006, 6; RFC 905, 13.3).
pub(super) fn speaks(client: &[u8], _: &[u8]) -> bool {
    matches!(client, [3, 0, _, _, _, 0xe0, ..])
}

/// Whether this is one packet with a request or its confirmation.
pub(super) fn ends(own: &[u8]) -> bool {
    matches!(own, [3, 0, _, _, _, 0xe0 | 0xd0, ..])
        && packet(own).is_some_and(|packet| packet.len() == own.len())
}

/// The protections that a client offers, if its request has a negotiation in it.
pub(super) fn request(client: &[u8]) -> Option<Request<'_>> {
    offer(client).map(Request::Rdp)
}

/// A failure, or a confirmation without TLS to a client that offered nothing less and leaves.
pub(super) fn denial<'a>(client: &'a [u8], server: &'a [u8]) -> Option<Denial<'a>> {
    if let Some(code) = failure(server) {
        let answer = Answer::Rdp(code);
        return Some(Denial { how: Denied::Refused, words: server, answer });
    }
    let leaves = packet(client)?.len() == client.len();
    let offered = offer(client).unwrap_or(0) != 0;
    let plain = choice(server) == Some(0);
    (leaves && offered && plain).then(|| Denial::bare(Denied::NotOffered, server))
}

/// The code of an RDP negotiation failure (MS-RDPBCGR, 2.2.1.2.2).
fn failure(server: &[u8]) -> Option<u32> {
    let [3, 0, _, _, _, 0xd0, _, _, _, _, _, 3, _, 8, 0, code @ ..] = server else { return None };
    code.first_chunk().map(|code| u32::from_le_bytes(*code))
}

/// The protection that a server confirms: 0 is RDP's own, also of a server that knows no other
/// (MS-RDPBCGR, 2.2.1.2.1). `None` for anything but a whole confirmation.
fn choice(server: &[u8]) -> Option<u32> {
    match packet(server)? {
        [3, 0, _, _, _, 0xd0, _, _, _, _, _, 2, _, 8, 0, choice @ ..] => {
            choice.first_chunk().map(|choice| u32::from_le_bytes(*choice))
        }
        [3, 0, _, _, _, 0xd0, _, _, _, _, _] => Some(0),
        _ => None,
    }
}

/// The protections that a client offers; none in a request without negotiation. They stand in the
/// last eight bytes, behind a cookie.
fn offer(client: &[u8]) -> Option<u32> {
    match packet(client)?.last_chunk::<8>()? {
        [1, _, 8, 0, offer @ ..] => Some(u32::from_le_bytes(*offer)),
        _ => None,
    }
}

/// The first packet, if it is there to its end.
fn packet(own: &[u8]) -> Option<&[u8]> {
    let [3, 0, high, low, ..] = own else { return None };
    own.get(..usize::from(u16::from_be_bytes([*high, *low])))
}
