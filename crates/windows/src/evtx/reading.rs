//! One record: its tokens, its template with the values in the gaps, and what is nested in those.

use std::ops::Range;

use super::draft::Draft;
use super::effort::{Effort, TOKEN};
use super::stored::Utf16;
use super::tokens::{BINARY_XML, Fault, Given, NOTHING, Token, Tokens};
use crate::Record;

/// Streams inside of one another: a record, its template, a value, the template of that, and the
/// same again where a collector wrapped the event.
const MAX_NESTED: usize = 12;

/// Reads the record whose tokens stand there. Where something cannot be read, what stands in front
/// of it is told.
pub(crate) fn read(
    chunk: &[u8],
    tokens: Range<usize>,
    record: Record,
    effort: &mut Effort,
) -> (Record, Option<Fault>) {
    let draft = Draft::new(record, effort);
    let mut reading = Reading { chunk, draft };
    let at = tokens.start;
    let read = reading.stream(Tokens::new(chunk, tokens), &[], 0);
    reading.draft.close_to(0);
    let cut = reading.draft.cut.then_some(Fault { at, what: "more fields than a record may have" });
    (reading.draft.record, read.err().or(cut))
}

struct Reading<'c, 'e> {
    chunk: &'c [u8],
    draft: Draft<'c, 'e>,
}

impl<'c> Reading<'c, '_> {
    /// Takes from what the chunk may cost.
    fn spend(&mut self, units: usize, at: usize) -> Result<(), Fault> {
        let fault = Fault { at, what: "templates that blow up far beyond the size of their chunk" };
        if self.draft.effort.spend(units) { Ok(()) } else { Err(fault) }
    }

    /// Reads a stream, with the values for its gaps.
    fn stream(
        &mut self,
        mut tokens: Tokens<'c>,
        given: &[Given<'c>],
        nested: usize,
    ) -> Result<(), Fault> {
        if nested > MAX_NESTED {
            let what = "templates too deep inside of one another";
            return Err(Fault { at: tokens.at(), what });
        }
        let outside = self.draft.depth();
        // Elements that are open inside of one that is left out, and that one.
        let mut left_out = 0_usize;
        loop {
            let at = tokens.at();
            let Some(token) = tokens.next()? else { break };
            self.spend(TOKEN, at)?;
            match token {
                Token::Open { .. } if left_out > 0 => left_out += 1,
                Token::Close if left_out > 0 => left_out -= 1,
                _ if left_out > 0 => {}
                // The root of a template has nothing that it could be left out of.
                Token::Open { dependency: Some(index), .. }
                    if self.draft.depth() > outside
                        && given.get(usize::from(index)).is_some_and(|it| it.kind == NOTHING) =>
                {
                    left_out = 1;
                }
                Token::Open { name, .. } => {
                    self.spend(name.0.len(), at)?;
                    self.draft.open(name);
                }
                Token::Attribute(name) => {
                    self.spend(name.0.len(), at)?;
                    self.draft.attribute(name);
                }
                Token::StartOver => self.draft.start_over(),
                Token::Close if self.draft.depth() <= outside => {
                    return Err(Fault { at, what: "an element that ends and did not begin" });
                }
                Token::Close => self.draft.close(),
                Token::Text(text) => {
                    self.spend(text.0.len(), at)?;
                    self.draft.text(|to| text.push_to(to));
                }
                Token::Character(number) => {
                    self.draft.text(|to| to.extend(char::from_u32(u32::from(number))));
                }
                Token::Entity(name) => self.draft.text(|to| to.extend(entity(name))),
                Token::Gap(index) => {
                    let Some(given) = given.get(usize::from(index)) else { continue };
                    self.spend(given.bytes.len(), at)?;
                    match given.kind {
                        NOTHING => {}
                        BINARY_XML => {
                            let end = given.at.saturating_add(given.bytes.len());
                            let inner = Tokens::new(self.chunk, given.at..end);
                            self.stream(inner, &[], nested + 1)?;
                        }
                        kind => self.draft.value(kind, given.bytes),
                    }
                }
                Token::Instance(instance) => {
                    let given: Vec<Given<'c>> = instance.given(self.chunk).collect();
                    self.spend(TOKEN * given.len(), at)?;
                    let definition = Tokens::of_definition(self.chunk, instance.definition);
                    let inner = definition.map_err(|fault| Fault { at, ..fault })?;
                    self.stream(inner, &given, nested + 1)?;
                }
            }
        }
        self.draft.close_to(outside);
        Ok(())
    }
}

/// The character that a name stands for; others than these five need a document type.
fn entity(name: Utf16<'_>) -> Option<char> {
    let known = [("amp", '&'), ("lt", '<'), ("gt", '>'), ("quot", '"'), ("apos", '\'')];
    known.iter().find(|(known, _)| name.is(known)).map(|(_, letter)| *letter)
}
