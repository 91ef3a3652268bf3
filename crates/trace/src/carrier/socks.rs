//! SOCKS 4, 4a and 5 (RFC 1928, RFC 1929): a dialogue of short binary messages.

use super::Denial;

/// Whether both sides speak SOCKS of the same version.
pub(super) fn speaks(client: &[u8], server: &[u8]) -> bool {
    match client {
        [5, methods @ 1..=255, rest @ ..] => {
            rest.len() >= usize::from(*methods) && matches!(server, [] | [5, ..])
        }
        [4, 1 | 2, ..] => matches!(server, [] | [0, 0x5a..=0x5d, ..]),
        _ => false,
    }
}

/// What follows all the words of a client, or of a server, up to a tunnel that is open.
pub(super) fn behind(own: &[u8]) -> Option<&[u8]> {
    client_5(own).or_else(|| server_5(own)).or_else(|| version_4(own))
}

/// The answer that refuses a tunnel.
pub(super) fn denial<'a>(_: &'a [u8], server: &'a [u8]) -> Option<Denial<'a>> {
    let words = match server {
        [5, 0xff, ..] => server.get(..2),
        [5, _, 1, 1..=255, ..] => server.get(2..4),
        [5, _, 1, 0, rest @ ..] | [5, _, rest @ ..] => match rest {
            [5, 1..=255, ..] => rest.get(..2),
            _ => None,
        },
        [0, 0x5b..=0x5d, ..] => server.get(..2),
        _ => None,
    };
    words.map(Denial::Refused)
}

/// Methods, name and password if asked for, and the request.
fn client_5(bytes: &[u8]) -> Option<&[u8]> {
    let [5, methods, rest @ ..] = bytes else { return None };
    let mut rest = rest.get(usize::from(*methods)..)?;
    if let [1, name, after @ ..] = rest {
        let [password, after @ ..] = after.get(usize::from(*name)..)? else { return None };
        rest = after.get(usize::from(*password)..)?;
    }
    address(rest)
}

/// The method, the verdict on name and password, and the reply.
fn server_5(bytes: &[u8]) -> Option<&[u8]> {
    match bytes {
        [5, _, 1, 0, rest @ ..] | [5, _, rest @ ..] => address(rest),
        _ => None,
    }
}

/// A request or a reply: version, command or code, reserved, and an address with a port.
fn address(bytes: &[u8]) -> Option<&[u8]> {
    let [5, _, 0, kind, rest @ ..] = bytes else { return None };
    let length = match kind {
        1 => 4,
        3 => 1 + usize::from(*rest.first()?),
        4 => 16,
        _ => return None,
    };
    rest.get(length + 2..)
}

/// A request with its user and, if the address is 0.0.0.x, its name; or a reply.
fn version_4(bytes: &[u8]) -> Option<&[u8]> {
    match bytes {
        [0, 0x5a..=0x5d, ..] => bytes.get(8..),
        [4, 1 | 2, _, _, address @ ..] => {
            let (address, rest) = address.split_at_checked(4)?;
            let rest = behind_zero(rest)?;
            if matches!(address, [0, 0, 0, 1..=255]) { behind_zero(rest) } else { Some(rest) }
        }
        _ => None,
    }
}

fn behind_zero(bytes: &[u8]) -> Option<&[u8]> {
    let end = bytes.iter().position(|byte| *byte == 0)?;
    bytes.get(end + 1..)
}
