//! LDAP: a request and a response of BER in front of TLS (RFC 4511, 4.14).

use super::{Answer, Denial, Denied};

/// Whether a client speaks LDAP, its first bytes being a message with a request, or a server that
/// was addressed in something else says so.
pub(super) fn speaks(client: &[u8], server: &[u8]) -> bool {
    let is = |own, operations: &[u8]| {
        message(own).is_some_and(|(message, _)| operations.contains(&message.operation))
    };
    is(client, &REQUESTS) || (client.is_empty() && is(server, &[RESPONSE]))
}

/// Whether these are LDAP messages to their end, of which the last is about StartTLS: the request
/// with its name, or an extended response.
pub(super) fn ends(own: &[u8]) -> bool {
    let (messages, rest) = messages(own);
    let about = |last: &Message<'_>| starts_tls(last) || last.operation == RESPONSE;
    rest.is_empty() && messages.last().is_some_and(about)
}

/// What is wrong, in the first words of a server that was addressed in something else.
pub(super) fn greeting(server: &[u8]) -> Option<Answer<'_>> {
    message(server)?.0.result().map(Answer::Ldap)
}

/// An error in answer to StartTLS, and a client that only unbinds; or an error that says that the
/// server wants it.
pub(super) fn denial<'a>(client: &'a [u8], server: &'a [u8]) -> Option<Denial<'a>> {
    let (asks, rest) = messages(client);
    let answers = messages(server).0;
    let Some(asked) = asks.iter().position(starts_tls) else {
        let demands = |it: &Message<'a>| it.denial(Denied::Demanded, |code| code == REQUIRED);
        return answers.iter().find_map(demands);
    };
    let left = |it: &Message<'_>| matches!(it.operation, UNBIND | ABANDON);
    let leaves = asks.iter().skip(asked + 1).all(left) && rest.is_empty();
    let mut answers = answers.iter().filter(|it| it.operation == RESPONSE);
    let refusal = answers.find_map(|it| it.denial(Denied::Refused, |code| code != 0))?;
    leaves.then_some(refusal)
}

/// What a server says to a request (RFC 4511, 4.1.9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LdapResult<'a> {
    /// resultCode, 0 for success.
    pub code: u8,
    /// diagnosticMessage, UTF-8 and often empty.
    pub message: &'a [u8],
}

/// The messages in front of what is none, and that.
fn messages(mut own: &[u8]) -> (Vec<Message<'_>>, &[u8]) {
    let mut all = Vec::new();
    while let Some((message, rest)) = message(own) {
        all.push(message);
        own = rest;
    }
    (all, own)
}

fn starts_tls(message: &Message<'_>) -> bool {
    message.operation == REQUEST && names_start_tls(message.body)
}

struct Message<'a> {
    whole: &'a [u8],
    operation: u8,
    body: &'a [u8],
}

impl<'a> Message<'a> {
    /// The result that it gives; none if it is no answer.
    fn result(&self) -> Option<LdapResult<'a>> {
        if self.operation & 0xe0 != APPLICATION {
            return None;
        }
        let (ENUMERATED, &[code], rest) = element(self.body)? else { return None };
        let (_, _, rest) = element(rest)?;
        let (_, message, _) = element(rest)?;
        Some(LdapResult { code, message })
    }

    /// What it denies, if its result is such a one.
    fn denial(&self, how: Denied, is: fn(u8) -> bool) -> Option<Denial<'a>> {
        let result = self.result().filter(|result| is(result.code))?;
        Some(Denial { how, words: self.whole, answer: Answer::Ldap(result) })
    }
}

/// A sequence of a number and an operation.
fn message(bytes: &[u8]) -> Option<(Message<'_>, &[u8])> {
    let (SEQUENCE, body, rest) = element(bytes)? else { return None };
    let (INTEGER, _, operation) = element(body)? else { return None };
    let (operation, body, _) = element(operation)?;
    let whole = bytes.get(..bytes.len() - rest.len())?;
    Some((Message { whole, operation, body }, rest))
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
const ENUMERATED: u8 = 0x0a;
/// The bits that every operation with a body has.
const APPLICATION: u8 = 0x60;
/// ExtendedRequest and ExtendedResponse.
const REQUEST: u8 = 0x77;
const RESPONSE: u8 = 0x78;
const UNBIND: u8 = 0x42;
const ABANDON: u8 = 0x50;
/// Bind, unbind, search, and the extended request.
const REQUESTS: [u8; 4] = [0x60, UNBIND, 0x63, REQUEST];
const START_TLS: &[u8] = b"1.3.6.1.4.1.1466.20037";
/// confidentialityRequired.
const REQUIRED: u8 = 13;
