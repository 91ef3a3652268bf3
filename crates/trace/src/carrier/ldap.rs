//! LDAP: a request and a response of BER in front of TLS (RFC 4511, 4.14).

/// Whether these are LDAP messages to their end, of which the last is about StartTLS: the request
/// with its name, or an extended response.
pub(super) fn ends_preface(mut own: &[u8]) -> bool {
    let mut starts_tls = false;
    while let Some((message, rest)) = message(own) {
        starts_tls = message.operation == REQUEST && names_start_tls(message.body)
            || message.operation == RESPONSE;
        own = rest;
    }
    starts_tls && own.is_empty()
}

/// Whether a client speaks LDAP: its first bytes are a message with a request.
pub(super) fn speaks(client: &[u8], _: &[u8]) -> bool {
    message(client).is_some_and(|(message, _)| REQUESTS.contains(&message.operation))
}

/// Whether the server answers with an extended response whose result code is an error.
pub(super) fn refused(server: &[u8]) -> bool {
    let Some((message, _)) = message(server) else { return false };
    let code = element(message.body).and_then(|(_, code, _)| code.first());
    message.operation == RESPONSE && code.is_some_and(|code| *code != 0)
}

struct Message<'a> {
    operation: u8,
    body: &'a [u8],
}

/// A sequence of a number and an operation.
fn message(bytes: &[u8]) -> Option<(Message<'_>, &[u8])> {
    let (SEQUENCE, body, rest) = element(bytes)? else { return None };
    let (INTEGER, _, operation) = element(body)? else { return None };
    let (operation, body, _) = element(operation)?;
    Some((Message { operation, body }, rest))
}

/// A tag, its content, and what follows (X.690, 8.1).
fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&[tag, length], mut rest) = bytes.split_first_chunk()?;
    let mut length = usize::from(length);
    if length > 0x80 {
        let (bytes, after) = rest.split_at_checked(length - 0x80)?;
        if bytes.len() > 4 {
            return None;
        }
        length = bytes.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte));
        rest = after;
    }
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

fn names_start_tls(body: &[u8]) -> bool {
    element(body).is_some_and(|(_, name, _)| name == START_TLS)
}

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
/// ExtendedRequest and ExtendedResponse.
const REQUEST: u8 = 0x77;
const RESPONSE: u8 = 0x78;
/// Bind, unbind, search, and the extended request.
const REQUESTS: [u8; 4] = [0x60, 0x42, 0x63, REQUEST];
const START_TLS: &[u8] = b"1.3.6.1.4.1.1466.20037";
