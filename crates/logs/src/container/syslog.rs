//! What syslog, and those who write like it, put in front of a message.
//!
//! Three things come in many arrangements: a priority, a time with a host, and a tag with a process
//! (RFC 3164, RFC 5424, `journalctl -o short` in its variants, rsyslog's files). Other programs
//! write a time and two words too; so the looser the time, the stricter the tag must be.

use std::borrow::Cow;

use super::Entry;
use super::fields::text_of;
use crate::stamp;

/// The longest tag that is read. RFC 3164 says 32, Kubernetes and systemd write longer ones.
const MAX_TAG: usize = 128;

/// Takes off what stands in front of a message; `None` for a line that is not of this kind.
pub(super) fn entry(line: &[u8], written: Option<i64>) -> Option<Entry<'_>> {
    let without_count = without_count(line);
    let (has_priority, rest) = match priority(without_count) {
        Some(rest) => (true, rest),
        None => (false, line),
    };
    if let Some(entry) = version_1(rest, written) {
        return Some(entry);
    }
    let Some((time, end)) = stamp::leading(rest, written) else {
        // syslog(3) writes no time into its socket, and people paste lines without it.
        let tag = tag(rest)?;
        return (has_priority || tag.process.is_some()).then(|| tag.entry());
    };
    let (told, behind) = rest.split_at_checked(end)?;
    // RFC 3164 has no year; others that write a month in words are programs of their own kind.
    let clock = told.split(|byte| *byte == b'.').next()?;
    let has_year = clock.windows(4).any(|part| part.iter().all(u8::is_ascii_digit));
    let is_short = told.first().is_some_and(u8::is_ascii_alphabetic) && !has_year;
    let is_strict = !is_short && !told.contains(&b'T');
    let behind = behind.strip_prefix(b" ")?;
    match host_and_tag(behind, is_strict) {
        Some(tag) => Some(Entry { time, ..tag.entry() }),
        None => has_priority.then(|| Entry { time, ..Entry::of(behind) }),
    }
}

/// The host, perhaps, the tag and the message behind a time.
fn host_and_tag(text: &[u8], is_strict: bool) -> Option<Tag<'_>> {
    if let Some(tag) = tag(text) {
        return (!is_strict).then_some(tag);
    }
    let (host, rest) = word(text)?;
    let is_host = host.iter().all(|byte| byte.is_ascii_alphanumeric() || b"._-:".contains(byte));
    if !is_host || is_level(host) {
        return None;
    }
    let tag = tag(rest)?;
    (!is_strict || tag.process.is_some()).then_some(Tag { host: Some(host), ..tag })
}

/// The length in front of a message on a stream (RFC 6587): `123 <134>`.
fn without_count(line: &[u8]) -> &[u8] {
    let digits = line.iter().take(7).take_while(|byte| byte.is_ascii_digit()).count();
    match line.split_at(digits).1 {
        [b' ', rest @ ..] if digits > 0 && rest.starts_with(b"<") => rest,
        _ => line,
    }
}

/// What is behind `<134>`.
fn priority(line: &[u8]) -> Option<&[u8]> {
    let rest = line.strip_prefix(b"<")?;
    let digits = rest.iter().take(4).take_while(|byte| byte.is_ascii_digit()).count();
    if !(1..=3).contains(&digits) {
        return None;
    }
    rest.get(digits..)?.strip_prefix(b">")
}

/// RFC 5424: version, time, host, program, process, message id, structured data, message.
fn version_1(rest: &[u8], written: Option<i64>) -> Option<Entry<'_>> {
    let rest = rest.strip_prefix(b"1 ")?;
    let (time, rest) = word(rest)?;
    let time = match time {
        b"-" => None,
        time => Some(stamp::leading(time, written)?.0?),
    };
    let (host, rest) = word(rest)?;
    let (program, rest) = word(rest)?;
    let (process, rest) = word(rest)?;
    let (_, rest) = word(rest)?;
    let rest = behind_structured_data(rest);
    let message = rest.strip_prefix(b" ").unwrap_or(rest);
    let message = message.strip_prefix(b"\xef\xbb\xbf").unwrap_or(message);
    let told = |word| (word != b"-").then(|| text_of(Cow::Borrowed(word)));
    Some(Entry {
        time,
        host: told(host),
        program: told(program),
        process: told(process),
        ..Entry::of(message)
    })
}

/// What is behind `-` or `[id name="value"][...]`; a `]` inside of a value is escaped.
fn behind_structured_data(text: &[u8]) -> &[u8] {
    if let Some(rest) = text.strip_prefix(b"-") {
        return rest;
    }
    let mut rest = text;
    while let Some(element) = rest.strip_prefix(b"[") {
        let (mut quoted, mut escaped) = (false, false);
        let end = element.iter().position(|byte| {
            let ends = *byte == b']' && !quoted;
            quoted ^= *byte == b'"' && !escaped;
            escaped = *byte == b'\\' && !escaped;
            ends
        });
        match end.and_then(|end| element.get(end + 1..)) {
            Some(behind) => rest = behind,
            None => return &[],
        }
    }
    rest
}

/// `postfix/smtpd[123]: message`, perhaps with a host in front.
struct Tag<'a> {
    host: Option<&'a [u8]>,
    program: &'a [u8],
    process: Option<&'a [u8]>,
    message: &'a [u8],
}

impl<'a> Tag<'a> {
    fn entry(self) -> Entry<'a> {
        let told = |word| text_of(Cow::Borrowed(word));
        Entry {
            host: self.host.map(told),
            program: Some(told(self.program)),
            process: self.process.map(told),
            ..Entry::of(self.message)
        }
    }
}

/// The tag at the beginning of a text.
fn tag(text: &[u8]) -> Option<Tag<'_>> {
    let front = text.get(..text.len().min(MAX_TAG))?;
    let names = |byte: &u8| byte.is_ascii_alphanumeric() || b"._-/+@()".contains(byte);
    let length = front.iter().take_while(|byte| names(byte)).count();
    let (program, rest) = text.split_at_checked(length)?;
    if !program.first()?.is_ascii_alphabetic() || is_level(program) {
        return None;
    }
    let (process, rest) = match rest.strip_prefix(b"[") {
        Some(inside) => {
            let end = front.get(length + 1..)?.iter().position(|byte| *byte == b']')?;
            let process = inside.get(..end)?;
            if process.is_empty() || !process.iter().all(|byte| byte.is_ascii_graphic()) {
                return None;
            }
            (Some(process), inside.get(end + 1..)?)
        }
        None => (None, rest),
    };
    // macOS puts the level between tag and colon.
    let rest = match rest.strip_prefix(b" <") {
        Some(level) if process.is_some() => {
            let end = level.iter().take(16).position(|byte| *byte == b'>')?;
            level.get(end + 1..)?
        }
        _ => rest,
    };
    let message = rest.strip_prefix(b":")?;
    let message = match message.split_first() {
        None => message,
        Some((b' ' | b'\t', message)) => message,
        Some(_) => return None,
    };
    Some(Tag { host: None, program, process, message })
}

/// The word at the beginning of a text, and what follows the space behind it.
fn word(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = text.iter().take(256).position(|byte| *byte == b' ').or_else(|| {
        // The last word of a line, where the rest is missing.
        (!text.is_empty() && text.len() < 256).then_some(text.len())
    })?;
    let (word, rest) = text.split_at_checked(end)?;
    (!word.is_empty()).then_some((word, rest.get(1..).unwrap_or_default()))
}

/// Whether a word is a level, and so no host and no program.
pub(super) fn is_level(word: &[u8]) -> bool {
    LEVELS.iter().any(|level| word.eq_ignore_ascii_case(level.as_bytes()))
}

const LEVELS: [&str; 22] = [
    "alert",
    "crit",
    "critical",
    "debug",
    "debug1",
    "debug2",
    "debug3",
    "emerg",
    "err",
    "error",
    "fatal",
    "fine",
    "finer",
    "info",
    "information",
    "log",
    "notice",
    "panic",
    "severe",
    "trace",
    "warn",
    "warning",
];
