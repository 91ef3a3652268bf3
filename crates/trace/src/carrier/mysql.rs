//! MySQL and MariaDB: the server greets with what it can do, the client asks with the first half of
//! its answer.

use super::{Answer, Denial, Denied};

/// Whether a server greets.
pub(super) fn speaks(_: &[u8], server: &[u8]) -> bool {
    Greeting::read(server).is_some()
}

/// Whether these bytes are a greeting, or a request for TLS.
pub(super) fn ends(own: &[u8]) -> bool {
    Greeting::read(own).is_some_and(|greeting| greeting.rest.is_some_and(<[u8]>::is_empty))
        || is_request(own)
}

/// The version that a server greets with.
pub(super) fn greeting(server: &[u8]) -> Option<Answer<'_>> {
    Greeting::read(server).map(|greeting| Answer::Version(greeting.version))
}

/// A server without TLS and a client that leaves without a word, or one that refuses whoever comes
/// without TLS.
pub(super) fn denial<'a>(client: &'a [u8], server: &'a [u8]) -> Option<Denial<'a>> {
    let greeting = Greeting::read(server)?;
    let rest = greeting.rest?;
    if client.is_empty() {
        let (words, answer) = (greeting.version, Answer::Version(greeting.version));
        return (!greeting.offers_tls && rest.is_empty()).then_some(Denial {
            how: Denied::NotOffered,
            words,
            answer,
        });
    }
    let [_, _, _, _, 0xff, code @ ..] = rest else { return None };
    let wanted = code.first_chunk() == Some(&INSECURE.to_le_bytes());
    // A mark and five characters of SQL state stand before the text.
    let words = code.get(8..).unwrap_or(rest);
    (wanted && !is_request(client)).then(|| Denial::text(Denied::Demanded, words))
}

/// The first packet of a server: three bytes of length, number 0, protocol 10.
struct Greeting<'a> {
    version: &'a [u8],
    offers_tls: bool,
    /// What follows it, once it is there to its end.
    rest: Option<&'a [u8]>,
}

impl<'a> Greeting<'a> {
    fn read(server: &'a [u8]) -> Option<Self> {
        let [low, middle, 0, 0, 10, body @ ..] = server else { return None };
        let length = usize::from(u16::from_le_bytes([*low, *middle]));
        // A version, a connection and eight bytes of salt at least.
        if length < 24 {
            return None;
        }
        let end = body.iter().position(|byte| *byte == 0)?;
        // Behind the version: its zero, a connection (4), salt (8), a zero, the capabilities.
        let capabilities = body.get(end + 15).is_some_and(|high| high & 8 != 0);
        let version = body.get(..end)?;
        Some(Self { version, offers_tls: capabilities, rest: server.get(4 + length..) })
    }
}

/// A client's SSLRequest: a packet of 32 bytes with the flag CLIENT_SSL, or one of four from before
/// MySQL 4.1.
fn is_request(client: &[u8]) -> bool {
    matches!(client, [32, 0, 0, 1, _, flags, ..] if flags & 8 != 0 && client.len() == 36)
        || matches!(client, [5, 0, 0, 1, _, flags, _, _, _] if flags & 8 != 0)
}

/// ER_SECURE_TRANSPORT_REQUIRED.
const INSECURE: u16 = 3159;
