//! Gathers the fields of a structured record into an entry.

use std::borrow::Cow;

use memchr::memmem;

use super::Entry;
use super::role::Role;
use crate::Stamp;

/// What has been told of one record.
#[derive(Default)]
pub(super) struct Fields<'a> {
    texts: Vec<Text<'a>>,
    /// Bytes of a message that is written as an array of numbers, as journald does.
    bytes: Vec<u8>,
    time: Option<Stamp>,
    host: Option<Cow<'a, str>>,
    program: Option<Cow<'a, str>>,
    process: Option<Cow<'a, str>>,
    peer: Option<Cow<'a, str>>,
    peer_port: Option<Cow<'a, str>>,
    upstream: Option<Cow<'a, str>>,
    server_name: Option<Cow<'a, str>>,
    has_level: bool,
}

struct Text<'a> {
    role: Role,
    text: Cow<'a, [u8]>,
}

/// Texts of one record that are kept. A stack trace in an array has its message in its first ones,
/// and each text is compared to all others.
const MAX_TEXTS: usize = 24;

impl<'a> Fields<'a> {
    /// Adds a field: the keys that lead to it, and its value.
    pub(super) fn add(&mut self, keys: &[&[u8]], value: Cow<'a, [u8]>, written: Option<i64>) {
        if value.is_empty() {
            return;
        }
        let role = Role::of(keys);
        match role {
            Role::Message | Role::Trouble | Role::Class | Role::UpstreamTrouble => {
                self.text(role, value);
            }
            Role::Other => {
                // A record without a known name for its message says it in some text of words.
                if value.contains(&b' ') {
                    self.text(role, value);
                }
            }
            Role::Time => self.time = self.time.or_else(|| Stamp::of_field(&value, written)),
            Role::Host => keep(&mut self.host, value),
            Role::Program => keep(&mut self.program, value),
            Role::Process => keep(&mut self.process, value),
            Role::Peer if is_address(&value) => keep(&mut self.peer, value),
            Role::Upstream if is_address(&value) => keep(&mut self.upstream, value),
            Role::Peer | Role::Upstream => {}
            Role::PeerPort => keep(&mut self.peer_port, value),
            Role::ServerName => keep(&mut self.server_name, value),
            Role::Level => self.has_level = true,
        }
    }

    /// Adds a number, or a word without quotation marks.
    pub(super) fn add_bare(&mut self, keys: &[&[u8]], bare: &'a [u8], written: Option<i64>) {
        match Role::of(keys) {
            Role::Message => {
                let byte: Option<u8> =
                    std::str::from_utf8(bare).ok().and_then(|bare| bare.parse().ok());
                self.bytes.extend(byte);
            }
            Role::Time | Role::Process | Role::PeerPort | Role::Level => {
                self.add(keys, Cow::Borrowed(bare), written);
            }
            _ => {}
        }
    }

    /// Whether the record has a message or a trouble beside a time or a level.
    pub(super) fn is_record(&self) -> bool {
        let speaks = self.texts.iter().any(|text| text.role != Role::Other);
        speaks && (self.has_level || self.time.is_some())
    }

    /// The entry, if anything in it speaks; and whether what speaks is its one message.
    pub(super) fn entry(mut self) -> Option<(Entry<'a>, bool)> {
        if !self.bytes.is_empty() {
            let text = Cow::Owned(std::mem::take(&mut self.bytes));
            self.texts.push(Text { role: Role::Message, text });
        }
        let about_upstream = self.texts.iter().any(|text| {
            text.role == Role::UpstreamTrouble
                || self.upstream.is_some() && text.text.starts_with(b"upstream ")
        });
        let (message, only) = spoken(self.texts)?;
        let peer = match (about_upstream, self.upstream, self.peer, self.peer_port) {
            (true, upstream, _, _) => upstream,
            (false, _, Some(peer), Some(port)) if !has_port(&peer) => Some(join(&peer, &port)),
            (false, _, peer, _) => peer,
        };
        let entry = Entry {
            message,
            time: self.time,
            host: self.host,
            program: self.program,
            process: self.process,
            peer,
            server_name: self.server_name,
            is_upstream: about_upstream,
        };
        Some((entry, only))
    }

    fn text(&mut self, role: Role, text: Cow<'a, [u8]>) {
        if self.texts.len() < MAX_TEXTS {
            self.texts.push(Text { role, text });
        }
    }
}

/// The texts that speak, joined by a space: the message, then the troubles, each with its class in
/// front, and nothing twice. Where there is neither, every text of words.
fn spoken(texts: Vec<Text<'_>>) -> Option<(Cow<'_, [u8]>, bool)> {
    let mut chosen: Vec<Text<'_>> = Vec::with_capacity(texts.len());
    let (mut others, mut troubles) = (Vec::new(), Vec::new());
    for text in texts {
        match text.role {
            Role::Message => chosen.push(text),
            Role::Other => others.push(text),
            _ => troubles.push(text),
        }
    }
    chosen.extend(with_classes(troubles));
    if chosen.is_empty() {
        chosen = others;
    }
    let mut speaking = vec![true; chosen.len()];
    for index in 0..chosen.len() {
        let Some(text) = chosen.get(index) else { continue };
        let finder = memmem::Finder::new(&text.text[..]);
        let told = chosen.iter().zip(&speaking).enumerate().any(|(other, (longer, speaks))| {
            // Of two equal ones the first stays.
            let beside = other != index && *speaks && longer.text.len() >= text.text.len();
            beside && finder.find(&longer.text).is_some()
        });
        if let Some(speaks) = speaking.get_mut(index) {
            *speaks = !told;
        }
    }
    let mut left = chosen.into_iter().zip(speaking).filter(|(_, speaks)| *speaks);
    let first = left.next()?.0;
    let mut only = first.role == Role::Message;
    let mut message = first.text;
    for (next, _) in left {
        only = false;
        let joined = message.to_mut();
        joined.push(b' ');
        joined.extend_from_slice(&next.text);
    }
    Some((message, only))
}

/// Puts the class of an exception in front of the text beside it, whichever comes first. Each goes
/// with one other.
fn with_classes(troubles: Vec<Text<'_>>) -> Vec<Text<'_>> {
    let mut joined: Vec<Text<'_>> = Vec::with_capacity(troubles.len());
    let mut last_is_free = false;
    for trouble in troubles {
        let is_class = trouble.role == Role::Class;
        match joined.last_mut() {
            Some(last) if last_is_free && is_class != (last.role == Role::Class) => {
                let (class, text) = if is_class {
                    (&trouble.text, &last.text)
                } else {
                    (&last.text, &trouble.text)
                };
                let both = [class, &b": "[..], text].concat();
                *last = Text { role: Role::Trouble, text: Cow::Owned(both) };
                last_is_free = false;
            }
            _ => {
                joined.push(trouble);
                last_is_free = true;
            }
        }
    }
    joined
}

/// Keeps the first value of a kind.
fn keep<'a>(place: &mut Option<Cow<'a, str>>, value: Cow<'a, [u8]>) {
    if place.is_none() {
        *place = Some(text_of(value));
    }
}

/// Bytes as text; what is no UTF-8 is replaced.
pub(crate) fn text_of(bytes: Cow<'_, [u8]>) -> Cow<'_, str> {
    match bytes {
        Cow::Borrowed(bytes) => String::from_utf8_lossy(bytes),
        Cow::Owned(bytes) => Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()),
    }
}

/// Whether a value may be an address or a name with a domain, and not a word such as `curl`.
fn is_address(value: &[u8]) -> bool {
    value.len() <= 255
        && value.iter().any(|byte| matches!(byte, b'.' | b':'))
        && value.iter().all(|byte| byte.is_ascii_graphic() && !b"\"'<>,;".contains(byte))
}

/// Whether an address has its port with it.
fn has_port(address: &str) -> bool {
    match address.rsplit_once(':') {
        Some((front, _)) => front.ends_with(']') || !front.contains(':'),
        None => false,
    }
}

fn join<'a>(address: &str, port: &str) -> Cow<'a, str> {
    if address.contains(':') && !address.starts_with('[') {
        return Cow::Owned(format!("[{address}]:{port}"));
    }
    Cow::Owned(format!("{address}:{port}"))
}
