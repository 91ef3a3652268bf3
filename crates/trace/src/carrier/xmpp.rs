//! XMPP: elements in a stream, and `<starttls/>` among them (RFC 6120, 5).

use super::text::holds;
use super::{Denial, Denied};

/// Whether a stream is opened by either side; a server that is addressed in something else opens
/// one to say so.
pub(super) fn speaks(client: &[u8], server: &[u8]) -> bool {
    holds(client, STREAM) || (client.is_empty() && holds(server, STREAM))
}

/// `<failure/>`, a stream error, or features without TLS, and a client that leaves.
pub(super) fn denial<'a>(client: &'a [u8], server: &'a [u8]) -> Option<Denial<'a>> {
    if holds(client, b"<starttls") {
        let failure = element(server, b"<failure").or_else(|| element(server, ERROR));
        return failure.map(|words| Denial::text(Denied::Refused, words));
    }
    if let Some(error) = element(server, ERROR) {
        let required = holds(server, b"<required") || holds(error, b"policy-violation");
        return (required && holds(server, b"<starttls"))
            .then(|| Denial::text(Denied::Demanded, error));
    }
    let goes_on = GOES_ON.iter().any(|words| holds(client, words));
    let features = element(server, b"<stream:features")?;
    (!goes_on && !holds(server, b"<starttls")).then(|| Denial::text(Denied::NotOffered, features))
}

/// An element from its start on, up to the end of what it holds; none while its end is missing.
fn element<'a>(bytes: &'a [u8], start: &[u8]) -> Option<&'a [u8]> {
    let begin = bytes.windows(start.len()).position(|window| window == start)?;
    let bytes = bytes.get(begin..)?;
    let name = start.get(1..)?;
    let first = bytes.iter().position(|byte| *byte == b'>')? + 1;
    if bytes.get(..first)?.ends_with(b"/>") {
        return bytes.get(..first);
    }
    let close = [b"</", name, b">"].concat();
    let end = bytes.windows(close.len()).position(|window| window == close)?;
    bytes.get(..end + close.len())
}

/// How a client or another server begins to use a stream: SASL, a stanza, dialback (XEP-0220), the
/// handshake of a component (XEP-0114).
const GOES_ON: [&[u8]; 6] = [b"<auth", b"<iq", b"<message", b"<presence", b"<db:", b"<handshake"];
const STREAM: &[u8] = b"<stream:stream";
const ERROR: &[u8] = b"<stream:error";
