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
        self.always("System")?;
        self.start_over()?;
        self.always("Provider")?;
        let provider = match self.provider()? {
            Part::Gap(index) => Part::Gap(index),
            Part::Said(name) => match Provider::named(until_zero(name.0)) {
                Some(provider) => Part::Said(provider),
                None => return Some(Glance::Never),
            },
        };
        let dependency = self.open("EventID")?;
        self.start_over()?;
        let id = match self.next()? {
            // A number that is not there is left to the reading.
            Token::Gap(index) if dependency.is_none_or(|it| it == index) => Part::Gap(index),
            // More digits than a number has are no number.
            Token::Text(digits) if dependency.is_none() && digits.0.len() <= 2 * DIGITS => {
                Part::Said(without_qualifiers(digits.text().trim().parse().ok()?))
            }
            _ => return None,
        };
        matches!(self.next()?, Token::Close).then_some(Glance::Of { provider, id })
    }

    /// An element begins; gives what it depends on.
    fn open(&mut self, element: &str) -> Option<Option<u16>> {
        match self.next()? {
            Token::Open { name, dependency } if name.is(element) => Some(dependency),
            _ => None,
        }
    }

    /// An element begins that depends on nothing.
    fn always(&mut self, element: &str) -> Option<()> {
        self.open(element)?.is_none().then_some(())
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Where the tokens of the record begin.
    const AT: usize = 64;

    /// Tokens that stand at a place, because names stand where they are used first.
    struct Built(Vec<u8>);

    impl Built {
        fn name(mut self, name: &str) -> Self {
            let place = u32::try_from(self.0.len() + 4).unwrap();
            self.0.extend(place.to_le_bytes());
            self.0.extend([0; 6]);
            self.0.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
            self.0.extend(name.encode_utf16().flat_map(u16::to_le_bytes));
            self.0.extend([0, 0]);
            self
        }

        fn bytes(mut self, bytes: &[u8]) -> Self {
            self.0.extend(bytes);
            self
        }

        fn open(self, name: &str, dependency: u16) -> Self {
            self.bytes(&[0x01]).bytes(&dependency.to_le_bytes()).bytes(&[0; 4]).name(name)
        }

        fn text(self, text: &str) -> Self {
            let length = u16::try_from(text.len()).unwrap().to_le_bytes();
            let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            self.bytes(&[0x05, 0x01]).bytes(&length).bytes(&units)
        }
    }

    /// Whether a record is wanted whose template says this of provider and number, each as a gap
    /// where it is empty, and that has these values for the gaps.
    fn wanted(provider: &str, id: &str, dependency: u16, values: &[(u8, &[u8])]) -> bool {
        let mut built = Built(vec![0; AT]).bytes(&[0x0c, 1, 0, 0, 0, 0]);
        let definition = built.0.len() + 4;
        built = built.bytes(&u32::try_from(definition).unwrap().to_le_bytes()).bytes(&[0; 24]);
        built = built.open("Event", 9).bytes(&[0x02]).open("System", NONE).bytes(&[0x02]);
        built = built.open("Provider", NONE).bytes(&[0x06]).name("Name");
        built =
            if provider.is_empty() { built.bytes(&[0x0d, 0, 0, 1]) } else { built.text(provider) };
        built = built.bytes(&[0x03]).open("EventID", dependency).bytes(&[0x02]);
        built = if id.is_empty() { built.bytes(&[0x0d, 1, 0, 6]) } else { built.text(id) };
        built = built.bytes(&[0x04, 0x00]);
        let length = u32::try_from(built.0.len() - definition - 24).unwrap().to_le_bytes();
        built.0[definition + 20..definition + 24].copy_from_slice(&length);
        built = built.bytes(&u32::try_from(values.len()).unwrap().to_le_bytes());
        for (kind, value) in values {
            let length = u16::try_from(value.len()).unwrap().to_le_bytes();
            built = built.bytes(&length).bytes(&[*kind, 0]);
        }
        for (_, value) in values {
            built = built.bytes(value);
        }
        let mut glances = Glances::new();
        let wanted = glances.wants(&built.0, AT..built.0.len());
        assert_eq!(glances.wants(&built.0, AT..built.0.len()), wanted, "a template that is known");
        wanted
    }

    const NONE: u16 = 0xffff;
    const SCHANNEL: (u8, &[u8]) = (1, b"S\0c\0h\0a\0n\0n\0e\0l\0\0\0");
    const SECURITY: &str = "Microsoft-Windows-Security-Auditing";

    /// A provider is known whether its template says it or the record, and so is the number of
    /// those of whose events only some are read.
    #[test]
    fn what_tells_of_tls_is_wanted() {
        assert!(wanted("Schannel", "36887", NONE, &[]));
        assert!(wanted("SCHANNEL", "", NONE, &[]));
        assert!(wanted("", "", NONE, &[SCHANNEL, (6, &[0x17, 0x90])]));
        assert!(wanted(SECURITY, "5156", NONE, &[]));
        assert!(wanted(SECURITY, "", 1, &[SCHANNEL, (6, &[0x24, 0x14])]));
        // With the qualifiers of old sources above it.
        assert!(wanted(SECURITY, "", NONE, &[SCHANNEL, (8, &[0x24, 0x14, 0, 0x80])]));
    }

    /// Everything else is passed over.
    #[test]
    fn other_events_are_passed_over() {
        assert!(!wanted("Service Control Manager", "7036", NONE, &[]));
        assert!(!wanted("Schannels", "36887", NONE, &[]));
        assert!(!wanted("", "", NONE, &[(1, b"D\0N\0S\0"), (6, &[0x17, 0x90])]));
        assert!(!wanted(SECURITY, "4624", NONE, &[]));
        assert!(!wanted(SECURITY, "", 1, &[SCHANNEL, (6, &[0x10, 0x12])]));
    }

    /// What a glance cannot tell is read: values of another kind, or that are not there, and
    /// templates that are built in another way.
    #[test]
    fn what_is_not_clear_is_wanted() {
        assert!(wanted("", "", NONE, &[]));
        assert!(wanted("", "7036", NONE, &[(2, b"Schannel")]));
        assert!(wanted("", "7036", NONE, &[(0, b"")]));
        assert!(wanted(SECURITY, "", NONE, &[SCHANNEL, (1, b"5\x001\x005\x006\0")]));
        assert!(wanted(SECURITY, "", NONE, &[SCHANNEL, (6, b"")]));
        assert!(wanted(SECURITY, "", 0, &[(0, b""), (6, &[0x10, 0x12])]));
        assert!(wanted(SECURITY, "99999999999999999999", NONE, &[]));
    }
}
