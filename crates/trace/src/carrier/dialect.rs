//! Protocols of commands and replies in lines of text: mail, files and news.

use super::text::{begins, first_line, first_word, holds, is_overwritten, lines, says, wants_tls};
use super::{Answer, Denial, Denied, Protocol, TEXT};

pub(super) const SMTP: Protocol = Protocol {
    speaks: |client, server| {
        let greets = says(client, b"EHLO") || says(client, b"HELO") || says(client, b"STARTTLS");
        let named = holds(first_line(server), b"SMTP");
        server.starts_with(b"220") && !says(client, b"LHLO") && (greets || named)
    },
    denial: |client, server| MAIL.denial(client, server),
    ..TEXT
};

pub(super) const LMTP: Protocol = Protocol {
    speaks: |client, server| {
        let named = client.is_empty() && holds(first_line(server), b"LMTP");
        server.starts_with(b"220") && (says(client, b"LHLO") || named)
    },
    denial: |client, server| Dialect { inquires: b"LHLO", ..MAIL }.denial(client, server),
    ..TEXT
};

pub(super) const FTP: Protocol = Protocol {
    speaks: |client, server| {
        let mut commands = FTP_COMMANDS.iter();
        let mail = holds(first_line(server), b"SMTP") || holds(first_line(server), b"LMTP");
        let named = holds(first_line(server), b"FTP");
        let greets = commands.any(|command| says(client, command));
        server.starts_with(b"220") && !mail && (greets || named)
    },
    denial: |client, server| FILES.denial(client, server),
    ..TEXT
};

pub(super) const IMAP: Protocol = Protocol {
    speaks: |_, server| {
        ["* OK", "* PREAUTH", "* BYE"].iter().any(|start| server.starts_with(start.as_bytes()))
    },
    denial: |client, server| MAILBOX.denial(client, server),
    ..TEXT
};

pub(super) const POP3: Protocol = Protocol {
    speaks: |_, server| server.starts_with(b"+OK"),
    denial: |client, server| POST.denial(client, server),
    ..TEXT
};

pub(super) const NNTP: Protocol = Protocol {
    speaks: |client, server| {
        let mut commands = NEWS_COMMANDS.iter();
        let named =
            holds(first_line(server), b"NNTP") || holds(first_line(server), b"InterNetNews");
        let greeted = server.starts_with(b"200 ") || server.starts_with(b"201 ");
        greeted && (named || commands.any(|command| says(client, command)))
    },
    denial: |client, server| NEWS.denial(client, server),
    ..TEXT
};

pub(super) const SIEVE: Protocol = Protocol {
    speaks: |_, server| begins(server, b"\"IMPLEMENTATION\""),
    denial: |client, server| SCRIPTS.denial(client, server),
    ..TEXT
};

const FTP_COMMANDS: &[&[u8]] = &[b"AUTH", b"USER", b"FEAT"];
const NEWS_COMMANDS: &[&[u8]] = &[b"CAPABILITIES", b"MODE", b"STARTTLS", b"AUTHINFO"];

/// How a protocol asks for TLS, and how it is answered.
struct Dialect {
    /// The commands that ask for TLS.
    asks: &'static [&'static [u8]],
    /// What a reply that agrees begins with.
    agrees: &'static [&'static [u8]],
    /// What a reply that denies begins with.
    denies: &'static [&'static [u8]],
    /// The command that asks what the server can do; empty where the server says it at once.
    inquires: &'static [u8],
    /// The word for TLS in what the server can do.
    offers: &'static [u8],
    /// What ends the list of what the server can do.
    ends: fn(line: &[u8]) -> bool,
    replies: Replies,
}

/// Which lines of the server are replies, one for each command.
#[derive(Clone, Copy)]
enum Replies {
    /// Three digits and a blank, and the greeting is one.
    Codes,
    /// Lines that begin with one of these words, and the greeting is one.
    Words(&'static [&'static [u8]]),
    /// Lines that begin with the tag of the command.
    Tagged,
}

const MAIL: Dialect = Dialect {
    asks: &[b"STARTTLS"],
    agrees: &[b"2"],
    denies: &[b"4", b"5"],
    inquires: b"EHLO",
    offers: b"STARTTLS",
    ends: |line| line.starts_with(b"250 "),
    replies: Replies::Codes,
};

const FILES: Dialect = Dialect {
    asks: &[b"AUTH TLS", b"AUTH SSL", b"AUTH TLS-C", b"AUTH TLS-P"],
    agrees: &[b"2", b"334"],
    inquires: b"FEAT",
    offers: b"AUTH",
    ends: |line| line.starts_with(b"211 "),
    ..MAIL
};

const NEWS: Dialect =
    Dialect { agrees: &[b"382"], inquires: b"CAPABILITIES", ends: |line| line == b".", ..MAIL };

const POST: Dialect = Dialect {
    asks: &[b"STLS"],
    agrees: &[b"+OK"],
    denies: &[b"-ERR"],
    inquires: b"CAPA",
    offers: b"STLS",
    ends: |line| line == b".",
    replies: Replies::Words(&[b"+OK", b"-ERR"]),
};

const MAILBOX: Dialect = Dialect {
    asks: &[b"STARTTLS"],
    agrees: &[b"OK"],
    denies: &[b"NO", b"BAD"],
    inquires: b"CAPABILITY",
    offers: b"STARTTLS",
    ends: |line| begins(line, b"* CAPABILITY"),
    replies: Replies::Tagged,
};

const SCRIPTS: Dialect = Dialect {
    agrees: &[b"OK"],
    denies: &[b"NO", b"BYE"],
    inquires: b"",
    ends: |line| begins(line, b"OK"),
    replies: Replies::Words(&[b"OK", b"NO", b"BYE"]),
    ..MAIL
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
    b"MODE",
    b"NOOP",
    b"RSET",
    b"QUIT",
    b"LOGOUT",
];

/// Replies that know no such command (RFC 5321, 4.2.2; RFC 959, 4.2; RFC 3977, 3.2.1).
const UNRECOGNIZED: [&[u8]; 2] = [b"500", b"502"];

impl Dialect {
    /// The refusal in a dialogue.
    fn denial<'a>(&self, client: &'a [u8], server: &'a [u8]) -> Option<Denial<'a>> {
        let commands = || lines(client).map(|line| self.command(line));
        let replies = self.replies_of(server);
        let (mut refused, mut stripped, mut demanded, mut rest) = (None, None, None, 0);
        for (index, (tag, command)) in commands().enumerate() {
            let reply = self.reply(&replies, index, tag);
            let denies = reply.filter(|reply| self.says(reply, tag, self.denies));
            if self.asks.iter().any(|ask| command.eq_ignore_ascii_case(ask)) {
                let reply = reply?;
                if self.says(reply, tag, self.agrees) {
                    return None;
                }
                (refused, rest) = (refused.or(Some(reply)), index + 1);
            } else if is_overwritten(command) {
                (stripped, rest) = (stripped.or(denies), index + 1);
            } else if wants_tls(denies.unwrap_or_default()) {
                (demanded, rest) = (demanded.or(denies), index + 1);
            }
        }
        if let Some(reply) = stripped.or(refused.filter(|reply| is_overwritten(reply))) {
            return Some(Denial::text(Denied::Stripped, reply));
        }
        let idle = |(_, command): (&[u8], &[u8])| {
            IDLE.iter().any(|idle| first_word(command).eq_ignore_ascii_case(idle))
        };
        if let (None, Some(reply)) = (refused, demanded) {
            return Some(Denial::text(Denied::Demanded, reply));
        }
        if !commands().skip(rest).all(idle) {
            return None;
        }
        if let Some(words) = refused {
            let unknown = UNRECOGNIZED.iter().any(|code| words.starts_with(code));
            let answer = if unknown { Answer::Unrecognized(words) } else { Answer::Text(words) };
            return Some(Denial { how: Denied::Refused, words, answer });
        }
        self.not_offered(server, || {
            commands()
                .map(|(_, command)| command)
                .any(|it| first_word(it).eq_ignore_ascii_case(self.inquires))
        })
    }

    /// What the server can do, if TLS is not among it. IMAP may say it with the greeting.
    fn not_offered<'a>(
        &self,
        server: &'a [u8],
        inquired: impl FnOnce() -> bool,
    ) -> Option<Denial<'a>> {
        let greeting = first_line(server);
        let unasked = self.inquires.is_empty()
            || (matches!(self.replies, Replies::Tagged) && holds(greeting, b"[CAPABILITY"));
        if holds(server, self.offers) || !(unasked || inquired()) {
            return None;
        }
        if let Some(line) = lines(server).skip(1).find(|line| is_overwritten(line)) {
            return Some(Denial::text(Denied::Stripped, line));
        }
        let end = lines(server).skip(1).find(|line| (self.ends)(line));
        let greeting = lines(server).next().filter(|_| unasked);
        end.or(greeting).map(|words| Denial::text(Denied::NotOffered, words))
    }

    /// A line of the client as its tag, empty where the protocol has none, and its command.
    fn command<'a>(&self, line: &'a [u8]) -> (&'a [u8], &'a [u8]) {
        match self.replies {
            Replies::Tagged => {
                let tag = first_word(line);
                (tag, line.get(tag.len()..).unwrap_or_default().trim_ascii())
            }
            Replies::Codes | Replies::Words(_) => (&[], line.trim_ascii_end()),
        }
    }

    /// Whether a reply begins with one of these words.
    fn says(&self, reply: &[u8], tag: &[u8], words: &[&[u8]]) -> bool {
        let text = reply.strip_prefix(tag).unwrap_or(reply).trim_ascii_start();
        words.iter().any(|word| begins(text, word))
    }

    /// The lines of the server that answer something.
    fn replies_of<'a>(&self, server: &'a [u8]) -> Vec<&'a [u8]> {
        let replies = self.replies;
        let is_reply = move |line: &&[u8]| match replies {
            Replies::Codes => {
                let code = line.get(..3).is_some_and(|code| code.iter().all(u8::is_ascii_digit));
                code && matches!(line.get(3), None | Some(b' '))
            }
            Replies::Words(words) => words.iter().any(|word| begins(line, word)),
            Replies::Tagged => !line.starts_with(b"* "),
        };
        lines(server).filter(is_reply).collect()
    }

    /// The reply to the client's line at this position, or with this tag.
    fn reply<'a>(&self, replies: &[&'a [u8]], index: usize, tag: &[u8]) -> Option<&'a [u8]> {
        match self.replies {
            Replies::Tagged => {
                // In the order of the commands, if each has a line.
                let here = replies.get(index).filter(|line| first_word(line) == tag);
                here.or_else(|| replies.iter().find(|line| first_word(line) == tag)).copied()
            }
            Replies::Codes | Replies::Words(_) => replies.get(index + 1).copied(),
        }
    }
}
