//! IRC: STARTTLS among the commands in front of a registration (IRCv3, `tls`).

use super::text::{begins, first_word, holds, lines, says};
use super::{Denial, Denied};

/// Whether a client begins to register with a server that speaks in IRC's lines.
pub(super) fn speaks(client: &[u8], server: &[u8]) -> bool {
    let mut commands = COMMANDS.iter();
    let registers = commands.any(|command| says(client, command));
    let prefix =
        server.starts_with(b":") || begins(server, b"NOTICE ") || begins(server, b"ERROR ");
    let greets = server.starts_with(b":") && holds(server, b" NOTICE ");
    prefix && (registers || (client.is_empty() && greets))
}

/// A numeric that refuses STARTTLS, or a list of capabilities without `tls`, and a client that
/// leaves.
pub(super) fn denial<'a>(client: &'a [u8], server: &'a [u8]) -> Option<Denial<'a>> {
    let goes_on =
        |line: &[u8]| !IDLE.iter().any(|idle| first_word(line).eq_ignore_ascii_case(idle));
    if let Some(asked) = lines(client).position(|line| begins(line, b"STARTTLS")) {
        let refused = lines(server).find(|line| REFUSED.contains(&numeric(line)))?;
        let left = !lines(client).skip(asked + 1).any(goes_on);
        return left.then(|| Denial::text(Denied::Refused, refused));
    }
    let mut listed = lines(server).filter(|line| holds(line, b" CAP ") && holds(line, b" LS "));
    let list = listed.clone().last()?;
    let offers = |line: &[u8]| {
        let mut words = line.split(|byte| matches!(byte, b' ' | b':'));
        words.any(|word| word == b"tls" || word == b"starttls")
    };
    // A list of several lines has an asterisk in all but the last.
    let more = holds(list, b" LS * ");
    let left = !lines(client).any(goes_on);
    (left && !more && !listed.any(offers)).then(|| Denial::text(Denied::NotOffered, list))
}

/// The second word of a line of the server.
fn numeric(line: &[u8]) -> &[u8] {
    line.split(|byte| *byte == b' ').nth(1).unwrap_or_default()
}

const COMMANDS: &[&[u8]] = &[b"CAP", b"NICK", b"USER", b"PASS", b"STARTTLS"];
/// Commands of a client that has not begun to register.
const IDLE: &[&[u8]] = &[b"CAP", b"QUIT", b"PING", b"PONG"];
/// ERR_STARTTLS, and what servers say that do not know the command or want a registration first.
const REFUSED: &[&[u8]] = &[b"691", b"421", b"451"];
