//! Whose event a record holds, and which: told from its first tokens, without reading it.
//!
//! Nearly every record of a log is passed over. What a template says of the provider and of the
//! event's number stands in its first elements, and is the same for every record that uses it.

use std::ops::Range;

use super::stored::Utf16;
use super::tokens::{BINARY_XML, Given, Instance, NOTHING, Token, Tokens};
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
    let given = |index: u16| -> Option<Given<'_>> {
        let value = instance?.given(chunk).nth(usize::from(index))?;
        // What is not there, or is more than a value, is left to the reading.
        (value.kind != NOTHING && value.kind != BINARY_XML).then_some(value)
    };
    let provider = match provider {
        Part::Said(provider) => provider,
        Part::Gap(index) => match given(index) {
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
        Part::Gap(index) => match given(index).and_then(|value| value::number(value.bytes)) {
            Some(number) => provider.wants(without_qualifiers(number)),
            None => true,
        },
    }
}

/// The number of an event, without what old sources put above its sixteen bits.
pub(crate) fn without_qualifiers(number: u64) -> u32 {
    u32::try_from(number & 0xffff).unwrap_or_default()
}

/// What the first tokens of an event tell: `Event`, `System`, `Provider`, `EventID`.
fn glance(mut tokens: Tokens<'_>) -> Glance {
    let mut provider = None;
    let mut inside = Inside::Event;
    for _ in 0..TOKENS {
        let Ok(Some(token)) = tokens.next() else { return Glance::Unclear };
        inside = match (inside, token) {
            (_, Token::Open { name, .. }) if name.is("Provider") => Inside::Provider,
            (_, Token::Open { name, .. }) if name.is("EventID") => Inside::Id,
            (_, Token::Open { .. }) => Inside::Event,
            (Inside::Provider | Inside::Name, Token::Attribute(name)) => {
                if name.is("Name") {
                    Inside::Name
                } else {
                    Inside::Provider
                }
            }
            (Inside::Name, Token::Text(name)) => {
                match Provider::named(name) {
                    None => return Glance::Never,
                    Some(known) => provider = Some(Part::Said(known)),
                }
                Inside::Name
            }
            (Inside::Name, Token::Gap(index)) => {
                provider = Some(Part::Gap(index));
                Inside::Name
            }
            (Inside::Id, Token::StartOver) => Inside::Number,
            (Inside::Number, token) => {
                let id = match token {
                    Token::Gap(index) => Part::Gap(index),
                    Token::Text(digits) => match digits.text().trim().parse() {
                        Ok(number) => Part::Said(without_qualifiers(number)),
                        Err(_) => return Glance::Unclear,
                    },
                    _ => return Glance::Unclear,
                };
                return provider.map_or(Glance::Unclear, |provider| Glance::Of { provider, id });
            }
            (inside, _) => inside,
        };
    }
    Glance::Unclear
}

/// Where the tokens of an event are.
#[derive(Clone, Copy, Debug)]
enum Inside {
    Event,
    Provider,
    Name,
    Id,
    Number,
}

/// A text up to the zero that ends it.
fn until_zero(bytes: &[u8]) -> Utf16<'_> {
    Utf16(bytes).parts().next().unwrap_or_default()
}
