//! Telnet: the option START_TLS, number 46, which each side follows with FOLLOWS.

use super::{Denial, Denied};

/// Whether either side speaks of the option in negotiating options.
pub(super) fn speaks(client: &[u8], server: &[u8]) -> bool {
    let negotiates = |own: &[u8]| matches!(own, [] | [IAC, SB..=DONT, ..]);
    let named = |own| [SB, WILL, WONT, DO, DONT].iter().any(|command| says(own, *command));
    negotiates(client) && negotiates(server) && (named(client) || named(server))
}

/// Whether a side has said that TLS follows.
pub(super) fn ends(own: &[u8]) -> bool {
    own.first() == Some(&IAC) && own.ends_with(&[IAC, SB, START_TLS, FOLLOWS, IAC, SE])
}

/// The server asked and the client declined, or the other way round, and the client does not go on
/// all the same.
pub(super) fn denial<'a>(client: &'a [u8], server: &'a [u8]) -> Option<Denial<'a>> {
    if types(client) {
        return None;
    }
    let refused =
        |own: &'a [u8]| own.windows(3).find(|words| matches!(words, [IAC, WONT | DONT, START_TLS]));
    let by = |own, how| refused(own).map(|words| Denial::bare(how, words));
    by(server, Denied::Refused).or_else(|| by(client, Denied::Demanded))
}

fn says(own: &[u8], command: u8) -> bool {
    own.windows(3).any(|words| words == [IAC, command, START_TLS])
}

/// Whether a side says something beside commands and options (RFC 854, RFC 855).
fn types(mut own: &[u8]) -> bool {
    loop {
        own = match own {
            [IAC, SB, rest @ ..] => {
                let end = rest.windows(2).position(|words| words == [IAC, SE]);
                end.and_then(|end| rest.get(end + 2..)).unwrap_or_default()
            }
            [IAC, WILL..=DONT, _, rest @ ..] | [IAC, _, rest @ ..] => rest,
            [] | [IAC] => return false,
            _ => return true,
        }
    }
}

const IAC: u8 = 0xff;
const SE: u8 = 0xf0;
const SB: u8 = 0xfa;
const WILL: u8 = 0xfb;
const WONT: u8 = 0xfc;
const DO: u8 = 0xfd;
const DONT: u8 = 0xfe;
const START_TLS: u8 = 46;
const FOLLOWS: u8 = 1;
