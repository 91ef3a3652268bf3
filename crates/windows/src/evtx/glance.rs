//! Whose event a record holds, and which: told from its first tokens, without reading it.
//!
//! Nearly every record of a log is passed over. What a template says of the provider and of the
//! event's number stands in its first elements, and is the same for every record that uses it.

use std::ops::Range;

use super::stored::Utf16;
use super::tokens::{Given, Instance, Token, Tokens};
use super::value;
use super::wanted::Provider;

/// What the beginning of a record, or of its template, tells.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Glance {
    /// No record of this template is read.
    Never,
    /// The records of this provider with this number may be.
    Of { provider: Part<&'static Provider>, id: Part<u32> },
    /// It is not built as events are: only reading it tells.
    Unclear,
}

/// Something that a template says itself, or leaves to the record.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Part<T> {
    /// The template says it.
    Said(T),
    /// The record's value with this index says it.
    Gap(u16),
}

/// Glances at the templates of one chunk, each once: a template is used by many records.
#[derive(Debug)]
pub(crate) struct Glances {
    /// Each template in the slot of its place; where two share one, they are looked at again.
    slots: [Option<(usize, Glance)>; SLOTS],
}

/// Templates of a chunk that are remembered. Most chunks have fewer than half of that.
const SLOTS: usize = 64;

/// Tokens that are looked at: those up to the number of an event are fewer than half of that.
const TOKENS: usize = 64;

/// Letters of a number, with room around it.
const DIGITS: usize = 16;

impl Glances {
    /// Prepares for a chunk.
    pub(crate) fn new() -> Self {
        Self { slots: [None; SLOTS] }
    }

    /// Whether the record that has these tokens may be one that is read.
    pub(crate) fn wants(&mut self, chunk: &[u8], tokens: Range<usize>) -> bool {
        let mut tokens = Tokens::new(chunk, tokens);
        let Some(definition) = tokens.template() else {
            // A record that has no template says all of it itself.
            return wants(glance(tokens), None, chunk);
        };
        match self.of_template(chunk, definition) {
            Glance::Never => false,
            glance => match tokens.next() {
                Ok(Some(Token::Instance(instance))) => wants(glance, Some(instance), chunk),
                _ => true,
            },
        }
    }

    fn of_template(&mut self, chunk: &[u8], definition: usize) -> Glance {
        // Definitions begin anywhere; most are farther from one another than this.
        let slot = self.slots.get_mut(definition / 8 % SLOTS);
        if let Some(Some((known, glance))) = slot
            && *known == definition
        {
            return *glance;
        }
        let tokens = Tokens::of_definition(chunk, definition);
        let glance = tokens.map_or(Glance::Unclear, glance);
        if let Some(slot) = slot {
            *slot = Some((definition, glance));
        }
        glance
    }
}

/// Whether a record is read that has these values.
fn wants(glance: Glance, instance: Option<Instance<'_>>, chunk: &[u8]) -> bool {
    let Glance::Of { provider, id } = glance else { return matches!(glance, Glance::Unclear) };
    // What is not there, or of another kind, is left to the reading.
    let given = |index: u16, kinds: &[u8]| -> Option<Given<'_>> {
        let value = instance?.given(chunk).nth(usize::from(index))?;
        kinds.contains(&value.kind).then_some(value)
    };
    let provider = match provider {
        Part::Said(provider) => provider,
        Part::Gap(index) => match given(index, &value::TEXTS) {
            None => return true,
            Some(value) => match Provider::named(until_zero(value.bytes)) {
                Some(provider) => provider,
                None => return false,
            },
        },
    };
    if provider.wholly() {
        return true;
    }
    match id {
        Part::Said(id) => provider.wants(id),
        Part::Gap(index) => {
            let number = given(index, &value::NUMBERS).and_then(|it| value::number(it.bytes));
            number.is_none_or(|number| provider.wants(without_qualifiers(number)))
        }
    }
}

/// The number of an event, without what old sources put above its sixteen bits.
pub(crate) fn without_qualifiers(number: u64) -> u32 {
    u32::try_from(number & 0xffff).unwrap_or_default()
}

/// What the first tokens of an event tell.
fn glance(tokens: Tokens<'_>) -> Glance {
    let mut beginning = Beginning { tokens, left: TOKENS };
    beginning.glance().unwrap_or(Glance::Unclear)
}

/// The beginning of an event: `<Event><System><Provider Name=...><EventID>`, and nothing else than
/// attributes between. What is built in any other way is not told here.
struct Beginning<'c> {
    tokens: Tokens<'c>,
    left: usize,
}

impl<'c> Beginning<'c> {
    fn next(&mut self) -> Option<Token<'c>> {
        self.left = self.left.checked_sub(1)?;
        self.tokens.next().ok()?
    }

    fn glance(&mut self) -> Option<Glance> {
        let Token::Open { .. } = self.next()? else { return None };
        self.start_over()?;
        self.open("System")?;
        self.start_over()?;
        self.open("Provider")?;
        let provider = match self.provider()? {
            Part::Gap(index) => Part::Gap(index),
            Part::Said(name) => match Provider::named(until_zero(name.0)) {
                Some(provider) => Part::Said(provider),
                None => return Some(Glance::Never),
            },
        };
        self.open("EventID")?;
        self.start_over()?;
        let id = match self.next()? {
            Token::Gap(index) => Part::Gap(index),
            // More digits than a number has are no number.
            Token::Text(digits) if digits.0.len() <= 2 * DIGITS => {
                Part::Said(without_qualifiers(digits.text().trim().parse().ok()?))
            }
            _ => return None,
        };
        matches!(self.next()?, Token::Close).then_some(Glance::Of { provider, id })
    }

    /// An element begins that stands there always.
    fn open(&mut self, element: &str) -> Option<()> {
        match self.next()? {
            Token::Open { name, dependency: None } if name.is(element) => Some(()),
            _ => None,
        }
    }

    /// Attributes, and the end of the start tag.
    fn start_over(&mut self) -> Option<()> {
        loop {
            match self.next()? {
                Token::Attribute(_) | Token::Text(_) | Token::Gap(_) => {}
                Token::StartOver => return Some(()),
                _ => return None,
            }
        }
    }

    /// The one value of the first attribute `Name`, and the rest of the element.
    fn provider(&mut self) -> Option<Part<Utf16<'c>>> {
        let mut provider = None;
        loop {
            match self.next()? {
                Token::Attribute(name) if name.is("Name") => {
                    let value = match self.next()? {
                        Token::Text(name) => Part::Said(name),
                        Token::Gap(index) => Part::Gap(index),
                        _ => return None,
                    };
                    if provider.replace(value).is_some() {
                        return None;
                    }
                }
                Token::Attribute(_) => match self.next()? {
                    Token::Text(_) | Token::Gap(_) => {}
                    _ => return None,
                },
                Token::Close => return provider,
                Token::StartOver => {}
                _ => return None,
            }
        }
    }
}

/// A text up to the zero that ends it.
fn until_zero(bytes: &[u8]) -> Utf16<'_> {
    Utf16(bytes).parts().next().unwrap_or_default()
}
