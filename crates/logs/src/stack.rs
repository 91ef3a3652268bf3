//! What a TLS library, or a program around one, writes.

use alert::Side;

use crate::hole::eats;
use crate::{Sure, Suspect, Voice};

/// A TLS library, or a program with words of its own around a library's.
#[derive(Debug)]
pub struct Stack {
    /// The name of its file.
    pub slug: &'static str,
    /// Its name, as people write it.
    pub name: &'static str,
    /// Whether it is a program: what it writes tells of the peer; what a library writes, of the
    /// failure.
    pub program: bool,
    /// The word under which the pages of causes have remedies for it; `any` for none.
    pub remedy: &'static str,
    pub(crate) forms: &'static [Form],
    /// Forms of lines that stand near a failure and tell more about it.
    pub(crate) beside: &'static [Form],
}

/// One form of line.
#[derive(Debug)]
pub(crate) struct Form {
    /// Literals and holes in turn.
    pub(crate) parts: &'static [Part],
    /// Position of the literal by which the form is looked for.
    pub(crate) key: usize,
    /// Versions that write it, in words; may be empty.
    pub(crate) version: &'static str,
    pub(crate) meaning: Meaning,
}

impl Form {
    /// The literal by which it is looked for.
    pub(crate) fn literal(&self) -> &'static str {
        match self.parts.get(self.key) {
            Some(Part::Text(literal)) => literal,
            _ => "",
        }
    }
}

#[derive(Debug)]
pub(crate) enum Part {
    Text(&'static str),
    Hole(Hole),
}

/// What stands where texts differ. Each is as long as its characters go on, but for `Any`, which
/// ends where the next literal begins.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Hole {
    Any,
    /// Neither space nor comma nor quote.
    Word,
    Number,
    /// What lines of one connection or process have in common.
    Id,
    /// The other end: an address, a name, or both.
    Peer,
    /// This end.
    Here,
    /// The name that was asked for.
    Name,
    /// An alert by name: the library's own name or the registered one.
    Alert(&'static [(u8, &'static str)]),
    /// An alert by its decimal number.
    Code,
    /// An alert by its number in hex.
    Hex,
    /// Level and alert in one number: 256 times the level, and the alert.
    Level,
    /// A packed error code of OpenSSL, in hex or decimal.
    Packed(&'static [Entry]),
    /// A word of a list.
    WordOf(&'static [Entry]),
    /// The code of a word of a list.
    CodeOf(&'static [Entry]),
}

/// A word with a meaning.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) text: &'static str,
    pub(crate) code: Option<i64>,
    pub(crate) meaning: Meaning,
}

impl Entry {
    /// Whether a text is this word and nothing else.
    pub(crate) fn is_spelled(&self, text: &str) -> bool {
        eats(self.text, text.as_bytes()) == Some(text.len())
    }
}

/// What a form or a word tells.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Meaning {
    pub(crate) alert: Option<u8>,
    /// The alert that goes out with such a refusal, where the text names none.
    pub(crate) sent: Option<u8>,
    pub(crate) voice: Option<Voice>,
    /// The role of the program that wrote it.
    pub(crate) role: Option<Side>,
    /// It only says that something failed, and belongs to a line that says what.
    pub(crate) weak: bool,
    /// It is debug output: what the program itself says of the failure follows.
    pub(crate) dump: bool,
    /// It is an error, and no failure of a connection.
    pub(crate) innocent: bool,
    pub(crate) suspects: &'static [Suspect],
}

include!(concat!(env!("OUT_DIR"), "/stacks.rs"));

impl Stack {
    /// Every stack that is known, in the order of the names of their files.
    #[must_use]
    pub fn all() -> &'static [Self] {
        STACKS
    }

    /// What writes records of connections and no words.
    pub(crate) const fn monitor(slug: &'static str, name: &'static str) -> Self {
        Self { slug, name, program: true, remedy: "any", forms: &[], beside: &[] }
    }

    /// The words of its lists.
    pub(crate) fn words(&self) -> impl Iterator<Item = &'static Entry> {
        let parts = self.forms.iter().flat_map(|form| form.parts);
        let lists = parts.filter_map(|part| match part {
            Part::Hole(Hole::WordOf(words)) => Some(words.iter()),
            _ => None,
        });
        lists.flatten()
    }

    /// The causes that its words point at, each perhaps several times.
    pub fn suspects(&self) -> impl Iterator<Item = &'static str> {
        let parts = self.forms.iter().flat_map(|form| form.parts);
        let of_words = parts.filter_map(|part| match part {
            Part::Hole(Hole::WordOf(words) | Hole::CodeOf(words) | Hole::Packed(words)) => {
                Some(words.iter().map(|word| &word.meaning))
            }
            _ => None,
        });
        let of_forms = self.forms.iter().map(|form| &form.meaning);
        let all = of_forms.chain(of_words.flatten());
        all.flat_map(|meaning| meaning.suspects.iter().map(|suspect| suspect.cause))
    }
}

impl Meaning {
    /// What tells nothing.
    pub(crate) const NOTHING: Self = Self {
        alert: None,
        sent: None,
        voice: None,
        role: None,
        weak: false,
        dump: false,
        innocent: false,
        suspects: &[],
    };

    /// An alert, whoever sent it.
    pub(crate) const fn of_alert(code: u8) -> Self {
        Self { alert: Some(code), ..Self::NOTHING }
    }

    /// Fills what this does not say with what another says.
    pub(crate) fn or(self, other: Self) -> Self {
        Self {
            alert: self.alert.or(other.alert),
            sent: self.sent.or(other.sent),
            voice: self.voice.or(other.voice),
            role: self.role.or(other.role),
            weak: self.weak || other.weak,
            dump: self.dump || other.dump,
            innocent: self.innocent || other.innocent,
            suspects: if self.suspects.is_empty() { other.suspects } else { self.suspects },
        }
    }
}

#[cfg(test)]
mod tests;
