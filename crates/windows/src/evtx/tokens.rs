//! Binary XML, as event logs hold it: a stream of tokens, in place of text.
//!
//! A record names a template and brings values for its gaps. The template is defined inside the
//! first record of the chunk that uses it, and so are names: everything else points back to them by
//! its place in the chunk. All of it is [MS-EVEN6] section 2.2.12 and what libevtx found out.

use std::ops::Range;

use super::stored::{self, Utf16};

/// One token.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Token<'c> {
    /// An element begins. It is left out if it depends on a value that is not there.
    Open { name: Utf16<'c>, dependency: Option<u16> },
    /// An attribute begins; its value follows, in any number of tokens.
    Attribute(Utf16<'c>),
    /// The start tag is over.
    StartOver,
    /// The element is over.
    Close,
    /// A text.
    Text(Utf16<'c>),
    /// A character by its number.
    Character(u16),
    /// A character by its name: `amp`.
    Entity(Utf16<'c>),
    /// A gap, for the value with this index.
    Gap(u16),
    /// A template, with values for its gaps.
    Instance(Instance<'c>),
}

/// A template that is used.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Instance<'c> {
    /// Where its definition stands in the chunk.
    pub(crate) definition: usize,
    /// The kinds and lengths of the values, four bytes each.
    described: &'c [[u8; 4]],
    /// Where the first value stands.
    first: usize,
}

/// A value for a gap.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Given<'c> {
    /// What it is: see [`super::value`].
    pub(crate) kind: u8,
    pub(crate) bytes: &'c [u8],
    /// Where it stands in the chunk.
    pub(crate) at: usize,
}

/// Something that cannot be read, and where in the chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) at: usize,
    pub(crate) what: &'static str,
}

/// A stream of tokens.
#[derive(Clone, Debug)]
pub(crate) struct Tokens<'c> {
    chunk: &'c [u8],
    at: usize,
    end: usize,
    /// In a definition, elements say what they depend on.
    definition: bool,
}

/// What a value is that holds binary XML itself.
pub(crate) const BINARY_XML: u8 = 0x21;
/// What a value is that is not there.
pub(crate) const NOTHING: u8 = 0;
/// The token of a template.
const INSTANCE: u8 = 0x0c;
/// The token of the head of a fragment.
const FRAGMENT: u8 = 0x0f;
/// The only kind of a text that stands in the stream itself.
const TEXT: u8 = 1;
/// What an element depends on that depends on nothing.
const INDEPENDENT: u16 = 0xffff;
/// Bytes in front of a definition's tokens: the place of the next one, a GUID, the length.
const DEFINITION_HEADER: usize = 24;

impl<'c> Tokens<'c> {
    /// The stream that stands there, in a record or in a value.
    pub(crate) fn new(chunk: &'c [u8], tokens: Range<usize>) -> Self {
        let end = tokens.end.min(chunk.len());
        Self { chunk, at: tokens.start, end, definition: false }
    }

    /// The stream of a template.
    pub(crate) fn of_definition(chunk: &'c [u8], definition: usize) -> Result<Self, Fault> {
        let fault = Fault { at: definition, what: "a template that is not inside of its chunk" };
        let (at, end) = definition_span(chunk, definition).ok_or(fault)?;
        if end > chunk.len() {
            return Err(fault);
        }
        Ok(Self { chunk, at, end, definition: true })
    }

    /// The template with which a stream begins, seen without reading its values.
    pub(crate) fn template(&self) -> Option<usize> {
        let front = self.chunk.get(self.at..self.end)?;
        let instance = match front {
            [FRAGMENT, _, _, _, rest @ ..] => rest,
            _ => front,
        };
        if instance.first() == Some(&INSTANCE) { stored::place(instance, 6) } else { None }
    }

    /// Where it is.
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    /// The next token; `None` where the stream ends.
    pub(crate) fn next(&mut self) -> Result<Option<Token<'c>>, Fault> {
        while self.at < self.end {
            let begin = self.at;
            let [token] = self.take()?;
            return Ok(Some(match token {
                0x00 => return Ok(None),
                0x01 | 0x41 => self.open(token & 0x40 != 0)?,
                0x02 => Token::StartOver,
                0x03 | 0x04 => Token::Close,
                0x05 | 0x45 => {
                    if self.take()? != [TEXT] {
                        return Err(Fault { at: begin, what: "a text of an unknown kind" });
                    }
                    Token::Text(self.text()?)
                }
                0x06 | 0x46 => Token::Attribute(self.name()?),
                0x07 | 0x47 => Token::Text(self.text()?),
                0x08 | 0x48 => Token::Character(u16::from_le_bytes(self.take()?)),
                0x09 | 0x49 => Token::Entity(self.name()?),
                // Processing instructions tell nothing of an event.
                0x0a => {
                    self.name()?;
                    continue;
                }
                0x0b => {
                    self.text()?;
                    continue;
                }
                INSTANCE => Token::Instance(self.instance()?),
                0x0d | 0x0e => {
                    let index = u16::from_le_bytes(self.take()?);
                    let [_kind] = self.take()?;
                    Token::Gap(index)
                }
                // The head of a fragment: a version and flags.
                FRAGMENT => {
                    let [_, _, _] = self.take()?;
                    continue;
                }
                _ => return Err(Fault { at: begin, what: "an unknown token of binary XML" }),
            }));
        }
        Ok(None)
    }

    fn open(&mut self, attributes: bool) -> Result<Token<'c>, Fault> {
        let mut dependency = None;
        if self.definition {
            let index = u16::from_le_bytes(self.take()?);
            dependency = (index != INDEPENDENT).then_some(index);
        }
        let [_, _, _, _] = self.take()?;
        let name = self.name()?;
        if attributes {
            let [_, _, _, _] = self.take()?;
        }
        Ok(Token::Open { name, dependency })
    }

    /// A name: the place where it stands, which is here if it is used for the first time.
    fn name(&mut self) -> Result<Utf16<'c>, Fault> {
        let begin = self.at;
        let place = u32::from_le_bytes(self.take()?);
        let fault = Fault { at: begin, what: "a name that is not inside of its chunk" };
        // In front of the letters stand the place of the next name, a hash and their number.
        let place = usize::try_from(place).map_err(|_| fault)?;
        let letters = stored::u16(self.chunk, place.saturating_add(6)).ok_or(fault)?;
        let first = place.saturating_add(8);
        let last = first.saturating_add(2 * usize::from(letters));
        let name = self.chunk.get(first..last).ok_or(fault)?;
        if place == self.at {
            // Behind them is a zero.
            self.at = last.saturating_add(2);
        }
        Ok(Utf16(name))
    }

    /// A text with its length in front.
    fn text(&mut self) -> Result<Utf16<'c>, Fault> {
        let begin = self.at;
        let letters = u16::from_le_bytes(self.take()?);
        let end = self.at.saturating_add(2 * usize::from(letters));
        let text = self.chunk.get(self.at..end).filter(|_| end <= self.end);
        self.at = end;
        text.map(Utf16).ok_or(Fault { at: begin, what: "a text that ends outside of its record" })
    }

    fn instance(&mut self) -> Result<Instance<'c>, Fault> {
        let begin = self.at;
        let [_] = self.take()?;
        let [_, _, _, _] = self.take()?;
        let place = u32::from_le_bytes(self.take()?);
        let outside = Fault { at: begin, what: "a template that is not inside of its chunk" };
        let definition = usize::try_from(place).map_err(|_| outside)?;
        if definition == self.at {
            self.at = definition_span(self.chunk, definition).ok_or(outside)?.1;
        }
        let count = u32::from_le_bytes(self.take()?);
        let values = Fault { at: begin, what: "values that end outside of their record" };
        let first = usize::try_from(count)
            .ok()
            .and_then(|count| count.checked_mul(4))
            .and_then(|length| self.at.checked_add(length))
            .filter(|first| *first <= self.end)
            .ok_or(values)?;
        let described = self.chunk.get(self.at..first).ok_or(values)?.as_chunks().0;
        let instance = Instance { definition, described, first };
        let lengths = described.iter().map(|[low, high, ..]| u16::from_le_bytes([*low, *high]));
        self.at = first.saturating_add(lengths.map(usize::from).sum());
        if self.at > self.end { Err(values) } else { Ok(instance) }
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], Fault> {
        let end = self.at.saturating_add(N);
        let taken = stored::array(self.chunk, self.at).filter(|_| end <= self.end);
        let fault = Fault { at: self.at.min(self.end), what: "a record that ends too early" };
        self.at = end;
        taken.ok_or(fault)
    }
}

impl<'c> Instance<'c> {
    /// The values, in the order of their indexes.
    pub(crate) fn given(self, chunk: &'c [u8]) -> impl Iterator<Item = Given<'c>> {
        let mut at = self.first;
        self.described.iter().map(move |[low, high, kind, _]| {
            let begin = at;
            at = at.saturating_add(usize::from(u16::from_le_bytes([*low, *high])));
            let bytes = chunk.get(begin..at).unwrap_or_default();
            Given { kind: *kind, bytes, at: begin }
        })
    }
}

/// From where to where the tokens of a definition go, if its head is inside of the chunk.
fn definition_span(chunk: &[u8], definition: usize) -> Option<(usize, usize)> {
    let length = stored::place(chunk, definition.checked_add(DEFINITION_HEADER - 4)?)?;
    let begin = definition + DEFINITION_HEADER;
    Some((begin, begin.checked_add(length)?))
}
