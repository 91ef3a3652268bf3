//! Carriers that speak lines of text: mail, files, news, chat, and HTTP.

use super::{Carrier, Denial, Speaks};

/// The text protocols, each with what it looks like.
pub(super) const CARRIERS: &[(Carrier, Speaks)] = &[
    (Carrier::HttpConnect, |client, _| client.starts_with(b"CONNECT ")),
    (Carrier::HttpUpgrade, |client, _| {
        let upgrades = |line: &[u8]| begins(line, b"Upgrade:") && holds(line, b"TLS/1.");
        holds(first_line(client), b" HTTP/1.") && lines(client).any(upgrades)
    }),
    (Carrier::Lmtp, |client, server| server.starts_with(b"220") && says(client, b"LHLO")),
    (Carrier::Smtp, |client, server| {
        let greets = says(client, b"EHLO") || says(client, b"HELO") || says(client, b"STARTTLS");
        server.starts_with(b"220") && (greets || holds(first_line(server), b"SMTP"))
    }),
    (Carrier::Ftp, |client, server| {
        let greets = says(client, b"AUTH") || says(client, b"USER") || says(client, b"FEAT");
        server.starts_with(b"220") && (greets || holds(first_line(server), b"FTP"))
    }),
    (Carrier::Imap, |_, server| {
        ["* OK", "* PREAUTH", "* BYE"].iter().any(|start| server.starts_with(start.as_bytes()))
    }),
    (Carrier::Pop3, |_, server| server.starts_with(b"+OK")),
    (Carrier::Nntp, |client, server| {
        let reader = says(client, b"CAPABILITIES") || says(client, b"MODE");
        let greeted = server.starts_with(b"200 ") || server.starts_with(b"201 ");
        greeted && (reader || says(client, b"STARTTLS"))
    }),
    (Carrier::Sieve, |_, server| begins(server, b"\"IMPLEMENTATION\"")),
    (Carrier::Xmpp, |client, _| holds(client, b"<stream:stream")),
    (Carrier::Irc, |client, server| {
        let registers = says(client, b"CAP") || says(client, b"NICK") || says(client, b"STARTTLS");
        server.starts_with(b":") && registers
    }),
];

/// How a protocol asks for TLS, and how it is answered.
struct Dialect {
    carrier: Carrier,
    /// The commands that ask for TLS.
    asks: &'static [&'static [u8]],
    /// What a reply that agrees begins with.
    agrees: &'static [&'static [u8]],
    /// The command that asks what the server can do.
    inquires: &'static [u8],
    /// The word for TLS in what the server can do.
    offers: &'static [u8],
    /// What ends the list of what the server can do.
    ends: fn(line: &[u8]) -> bool,
    replies: Replies,
}

/// Which lines of the server are replies, one for each command.
enum Replies {
    /// Three digits and a blank, and the greeting is one.
    Codes,
    /// Lines that begin with one of these words, and the greeting is one.
    Words(&'static [&'static [u8]]),
    /// Lines that begin with the tag of the command.
    Tagged,
}

const DIALECTS: &[Dialect] = &[
    SMTP,
    Dialect { carrier: Carrier::Lmtp, inquires: b"LHLO", ..SMTP },
    Dialect {
        carrier: Carrier::Ftp,
        asks: &[b"AUTH TLS", b"AUTH SSL"],
        agrees: &[b"2", b"334"],
        inquires: b"FEAT",
        offers: b"AUTH",
        ends: |line| line.starts_with(b"211 "),
        replies: Replies::Codes,
    },
    Dialect {
        carrier: Carrier::Nntp,
        agrees: &[b"382"],
        inquires: b"CAPABILITIES",
        ends: |line| line == b".",
        ..SMTP
    },
    Dialect {
        carrier: Carrier::Pop3,
        asks: &[b"STLS"],
        agrees: &[b"+OK"],
        inquires: b"CAPA",
        offers: b"STLS",
        ends: |line| line == b".",
        replies: Replies::Words(&[b"+OK", b"-ERR"]),
    },
    Dialect {
        carrier: Carrier::Imap,
        asks: &[b"STARTTLS"],
        agrees: &[b"OK"],
        inquires: b"CAPABILITY",
        offers: b"STARTTLS",
        ends: |line| holds(line, b"CAPABILITY"),
        replies: Replies::Tagged,
    },
    Dialect {
        carrier: Carrier::Sieve,
        agrees: &[b"OK"],
        inquires: b"CAPABILITY",
        ends: |line| begins(line, b"OK"),
        replies: Replies::Words(&[b"OK", b"NO", b"BYE"]),
        ..SMTP
    },
];

const SMTP: Dialect = Dialect {
    carrier: Carrier::Smtp,
    asks: &[b"STARTTLS"],
    agrees: &[b"2"],
    inquires: b"EHLO",
    offers: b"STARTTLS",
    ends: |line| line.starts_with(b"250 "),
    replies: Replies::Codes,
};

/// Commands that ask for nothing but what the server can do, or that say goodbye. A client that
/// says anything else after a refusal goes on without TLS.
const IDLE: &[&[u8]] = &[
    b"EHLO",
    b"HELO",
    b"LHLO",
    b"FEAT",
    b"CAPA",
    b"CAPABILITY",
    b"CAPABILITIES",
    b"ID",
    b"NOOP",
    b"RSET",
    b"QUIT",
    b"LOGOUT",
];

/// The refusal of a text protocol.
pub(super) fn denial<'a>(
    carrier: Carrier,
    client: &'a [u8],
    server: &'a [u8],
) -> Option<Denial<'a>> {
    match carrier {
        Carrier::HttpConnect => {
            let status = first_line(server);
            let code = status.strip_prefix(b"HTTP/1.")?.get(2..)?;
            return (!code.starts_with(b"2")).then_some(Denial::Refused(status));
        }
        Carrier::Xmpp => {
            let asked = holds(client, b"<starttls");
            return (asked && holds(server, b"<failure")).then_some(Denial::Refused(b"<failure/>"));
        }
        Carrier::Irc => {
            let refused = lines(server).find(|line| holds(line, b" 691 "))?;
            return Some(Denial::Refused(refused));
        }
        _ => {}
    }
    let dialect = DIALECTS.iter().find(|dialect| dialect.carrier == carrier)?;
    let commands = || lines(client).map(|line| dialect.command(line));
    let mut refused = None;
    let mut rest = 0;
    for (index, (tag, command)) in commands().enumerate() {
        if dialect.asks.iter().any(|ask| command.eq_ignore_ascii_case(ask)) {
            let reply = dialect.reply(server, index, tag)?;
            let text = reply.strip_prefix(tag).unwrap_or(reply).trim_ascii_start();
            if dialect.agrees.iter().any(|agrees| begins(text, agrees)) {
                return None;
            }
            (refused, rest) = (refused.or(Some(reply)), index + 1);
        }
    }
    let idle = |(_, command): (&[u8], &[u8])| {
        IDLE.iter().any(|idle| first_word(command).eq_ignore_ascii_case(idle))
    };
    if !commands().skip(rest).all(idle) {
        return None;
    }
    if let Some(reply) = refused {
        return Some(Denial::Refused(reply));
    }
    let inquired = commands().any(|(_, it)| first_word(it).eq_ignore_ascii_case(dialect.inquires));
    let end = lines(server).skip(1).find(|line| (dialect.ends)(line))?;
    (inquired && !holds(server, dialect.offers)).then_some(Denial::NotOffered(end))
}

impl Dialect {
    /// A line of the client as its tag, empty where the protocol has none, and its command.
    fn command<'a>(&self, line: &'a [u8]) -> (&'a [u8], &'a [u8]) {
        match self.replies {
            Replies::Tagged => {
                let tag = first_word(line);
                (tag, line.get(tag.len()..).unwrap_or_default().trim_ascii_start())
            }
            Replies::Codes | Replies::Words(_) => (&[], line),
        }
    }

    /// The reply to the client's line at this position.
    fn reply<'a>(&self, server: &'a [u8], index: usize, tag: &[u8]) -> Option<&'a [u8]> {
        let is_reply = |line: &&[u8]| match self.replies {
            Replies::Codes => {
                let code = line.get(..3).is_some_and(|code| code.iter().all(u8::is_ascii_digit));
                code && matches!(line.get(3), None | Some(b' '))
            }
            Replies::Words(words) => words.iter().any(|word| begins(line, word)),
            Replies::Tagged => first_word(line) == tag,
        };
        let mut replies = lines(server).filter(is_reply);
        if matches!(self.replies, Replies::Tagged) {
            return replies.next();
        }
        replies.nth(index + 1)
    }
}

/// The lines that have an end, without it.
fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes
        .split_inclusive(|byte| *byte == b'\n')
        .filter_map(|line| line.strip_suffix(b"\n"))
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
}

/// The first line, whether it has an end or not.
fn first_line(bytes: &[u8]) -> &[u8] {
    bytes.split(|byte| matches!(byte, b'\r' | b'\n')).next().unwrap_or_default()
}

fn first_word(line: &[u8]) -> &[u8] {
    line.split(|byte| *byte == b' ').next().unwrap_or_default()
}

/// Whether some line is this command.
fn says(client: &[u8], command: &[u8]) -> bool {
    lines(client).any(|line| first_word(line).eq_ignore_ascii_case(command))
}

fn begins(bytes: &[u8], start: &[u8]) -> bool {
    bytes.get(..start.len()).is_some_and(|first| first.eq_ignore_ascii_case(start))
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window.eq_ignore_ascii_case(part))
}

#[cfg(test)]
mod tests {
    use super::super::{denial, recognise};
    use super::*;

    /// A carrier, the client, the server, and its words of denial.
    type Said<'a> = (Carrier, &'a [u8], &'a [u8], &'a [u8]);

    /// Each protocol is known by the words that stand in front of its TLS, which were agreed on.
    #[test]
    fn each_dialogue_names_its_carrier() {
        let dialogues: &[(Carrier, &[u8], &[u8])] = &[
            (
                Carrier::Smtp,
                b"EHLO a.example.test\r\nSTARTTLS\r\n",
                b"220 mx.example.test ESMTP\r\n250-mx.example.test\r\n250 STARTTLS\r\n220 go\r\n",
            ),
            (
                Carrier::Lmtp,
                b"LHLO a.example.test\r\nSTARTTLS\r\n",
                b"220 mx LMTP\r\n250-mx\r\n250 STARTTLS\r\n220 go\r\n",
            ),
            (Carrier::Imap, b"a1 STARTTLS\r\n", b"* OK ready\r\na1 OK begin\r\n"),
            (Carrier::Pop3, b"STLS\r\n", b"+OK ready\r\n+OK begin\r\n"),
            (Carrier::Ftp, b"AUTH TLS\r\n", b"220 ready\r\n234 go\r\n"),
            (Carrier::Nntp, b"STARTTLS\r\n", b"200 ready\r\n382 go\r\n"),
            (Carrier::Sieve, b"STARTTLS\r\n", b"\"IMPLEMENTATION\" \"x\"\r\nOK\r\nOK go\r\n"),
            (
                Carrier::Xmpp,
                b"<?xml version='1.0'?><stream:stream to='a'><starttls/>",
                b"<stream:stream id='1'><proceed/>",
            ),
            (Carrier::Irc, b"CAP LS\r\nSTARTTLS\r\n", b":irc.example.test 670 * :go\r\n"),
            (Carrier::HttpConnect, b"CONNECT a:443 HTTP/1.1\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n"),
            (
                Carrier::HttpUpgrade,
                b"OPTIONS * HTTP/1.1\r\nUpgrade: TLS/1.0\r\n\r\n",
                b"HTTP/1.1 101 Switching Protocols\r\n\r\n",
            ),
            (Carrier::Unknown, b"hello\r\n", b"hello\r\n"),
            (Carrier::Bare, b"", b""),
        ];
        for (carrier, client, server) in dialogues {
            assert_eq!(recognise(client, server), *carrier);
            assert_eq!(denial(*carrier, client, server), None, "{carrier:?}");
        }
    }

    /// A refusal is the reply to the very command that asked, and counts only if the client leaves.
    #[test]
    fn a_refusal_is_the_reply_to_the_request() {
        let refused: &[Said<'_>] = &[
            (
                Carrier::Smtp,
                b"EHLO a\r\nSTARTTLS\r\nQUIT\r\n",
                b"220 x\r\n250-x\r\n250 STARTTLS\r\n454 4.7.0 TLS not available\r\n221 bye\r\n",
                b"454 4.7.0 TLS not available",
            ),
            (Carrier::Imap, b"a STARTTLS\r\n", b"* OK x\r\na BAD no such\r\n", b"a BAD no such"),
            (Carrier::Pop3, b"STLS\r\nQUIT\r\n", b"+OK x\r\n-ERR no\r\n+OK bye\r\n", b"-ERR no"),
            (
                Carrier::Ftp,
                b"AUTH TLS\r\nAUTH SSL\r\n",
                b"220 x\r\n530 no\r\n530 no\r\n",
                b"530 no",
            ),
            (
                Carrier::HttpConnect,
                b"CONNECT a:443 HTTP/1.1\r\n\r\n",
                b"HTTP/1.1 403 Forbidden\r\n\r\n",
                b"HTTP/1.1 403 Forbidden",
            ),
        ];
        for (carrier, client, server, words) in refused {
            assert_eq!(denial(*carrier, client, server), Some(Denial::Refused(words)));
        }
        let goes_on = b"EHLO a\r\nSTARTTLS\r\nMAIL FROM:<a@example.test>\r\n";
        let server = b"220 x\r\n250 STARTTLS\r\n454 no\r\n250 ok\r\n";
        assert_eq!(denial(Carrier::Smtp, goes_on, server), None);
    }

    /// A client that reads what the server can do, finds no TLS and leaves, wanted TLS or nothing.
    #[test]
    fn what_is_not_offered_is_no_offer() {
        let missing: &[Said<'_>] = &[
            (Carrier::Smtp, b"EHLO a\r\nQUIT\r\n", b"220 x\r\n250-x\r\n250 HELP\r\n", b"250 HELP"),
            (Carrier::Pop3, b"CAPA\r\nQUIT\r\n", b"+OK x\r\n+OK\r\nUSER\r\n.\r\n", b"."),
            (
                Carrier::Imap,
                b"a CAPABILITY\r\nb LOGOUT\r\n",
                b"* OK x\r\n* CAPABILITY IMAP4rev1\r\na OK\r\n",
                b"* CAPABILITY IMAP4rev1",
            ),
        ];
        for (carrier, client, server, words) in missing {
            assert_eq!(denial(*carrier, client, server), Some(Denial::NotOffered(words)));
        }
        let offered = b"220 x\r\n250 STARTTLS\r\n";
        assert_eq!(denial(Carrier::Smtp, b"EHLO a\r\nQUIT\r\n", offered), None);
    }
}
