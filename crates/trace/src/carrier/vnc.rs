//! VNC: the security type VeNCrypt, number 19, has subtypes that begin TLS (RFC 6143, 7.1; the
//! protocol's community text, 7.2.6).

use super::{Answer, Denial, Denied};

/// Whether both sides greet with a version of RFB.
pub(super) fn speaks(client: &[u8], server: &[u8]) -> bool {
    let greets = |own: &[u8]| own.starts_with(GREETING);
    greets(server) && (client.is_empty() || greets(client))
}

/// Whether these are all the words of a client, or of a server, in front of TLS.
pub(super) fn ends(own: &[u8]) -> bool {
    let Some(rest) = behind_greeting(own) else { return false };
    let chosen = |subtype: &[u8]| matches!(subtype, [0, 0, 1, 0..=8]);
    match rest {
        [VENCRYPT, 0, 2, subtype @ ..] if subtype.len() == 4 => chosen(subtype),
        [count, rest @ ..] => offer(*count, rest).is_some_and(|offer| offer.last == [1]),
        [] => false,
    }
}

/// Security types without VeNCrypt and a client that takes none, or a subtype that is refused.
pub(super) fn denial<'a>(client: &'a [u8], server: &'a [u8]) -> Option<Denial<'a>> {
    let [count, rest @ ..] = behind_greeting(server)? else { return None };
    let types = rest.get(..usize::from(*count))?;
    if !types.contains(&VENCRYPT) {
        let leaves = behind_greeting(client)?.is_empty();
        let (how, answer) = (Denied::NotOffered, Answer::SecurityTypes(types));
        return (leaves && *count > 0).then_some(Denial { how, words: types, answer });
    }
    let answer = offer(*count, rest)?.last;
    (answer == [0] && behind_greeting(client)?.len() == 7)
        .then(|| Denial::bare(Denied::Refused, answer))
}

/// What a server offers: security types, a version of VeNCrypt and its consent, subtypes.
struct Offer<'a> {
    /// What it says to the subtype that the client takes.
    last: &'a [u8],
}

fn offer(count: u8, rest: &[u8]) -> Option<Offer<'_>> {
    let (types, rest) = rest.split_at_checked(usize::from(count))?;
    let [0, 2, 0, subtypes, rest @ ..] = rest else { return None };
    let last = rest.get(4 * usize::from(*subtypes)..)?;
    types.contains(&VENCRYPT).then_some(Offer { last })
}

/// What follows the twelve bytes of the greeting.
fn behind_greeting(own: &[u8]) -> Option<&[u8]> {
    own.starts_with(GREETING).then(|| own.get(12..))?
}

const GREETING: &[u8] = b"RFB 00";
const VENCRYPT: u8 = 19;
