//! A form meets a line: literals are compared, holes are filled, and what fills them has a meaning.
//!
//! A form is looked for by its longest literal. From there the line is compared to the right and to
//! the left, so that what stands in front of a form costs nothing. Each hole looks at a bounded
//! number of bytes once.

use std::ops::Range;

use memchr::memmem;

use crate::Voice;
use crate::hole;
use crate::packed;
use crate::stack::{Form, Hole, Meaning, Part, Stack};

/// A form that was found in a line.
#[derive(Clone, Debug)]
pub(crate) struct Match<'a> {
    pub(crate) stack: &'static Stack,
    pub(crate) form: &'static Form,
    /// Where it stands.
    pub(crate) span: Range<usize>,
    /// What the form and its words tell.
    pub(crate) meaning: Meaning,
    pub(crate) peer: Option<&'a [u8]>,
    pub(crate) name: Option<&'a [u8]>,
    pub(crate) id: Option<&'a [u8]>,
}

/// Bytes that a hole may stand for: what one line costs is bounded by it and by the number of forms.
const MAX_ANY: usize = 2_000;

/// Bytes that a word to the left of the key is looked for in.
const MAX_LEFT: usize = 200;

impl<'a> Match<'a> {
    /// Compares a form with a text in which its key stands at `at`.
    pub(crate) fn new(
        stack: &'static Stack,
        form: &'static Form,
        text: &'a [u8],
        at: usize,
    ) -> Option<Self> {
        let Some(Part::Text(key)) = form.parts.get(form.key) else { return None };
        let mut found = Self {
            stack,
            form,
            span: at..at + key.len(),
            meaning: form.meaning,
            peer: None,
            name: None,
            id: None,
        };
        found.right(text)?;
        found.left(text)?;
        Some(found)
    }

    /// Takes what another form of the same message tells and this one does not.
    pub(crate) fn complete(&mut self, other: &Self) {
        self.peer = self.peer.or(other.peer);
        self.name = self.name.or(other.name);
        self.id = self.id.or(other.id);
        self.meaning.role = self.meaning.role.or(other.meaning.role);
        // What was said of a refusal and what was refused are one failure.
        let of_one = (self.meaning.voice, other.meaning.voice);
        if of_one.0 == of_one.1 || of_one == (Some(Voice::Said), Some(Voice::Refused)) {
            self.meaning = self.meaning.or(Meaning { weak: false, dump: false, ..other.meaning });
        }
    }

    /// Goes from the key to the end of the form.
    fn right(&mut self, text: &'a [u8]) -> Option<()> {
        let parts = self.form.parts.get(self.form.key + 1..)?;
        for (place, part) in parts.iter().enumerate() {
            let rest = text.get(self.span.end..)?;
            let length = match part {
                Part::Text(literal) => {
                    rest.starts_with(literal.as_bytes()).then_some(literal.len())?
                }
                Part::Hole(hole) => {
                    let next = match parts.get(place + 1) {
                        Some(Part::Text(next)) => next.as_bytes(),
                        _ => &[],
                    };
                    let length = forward(*hole, rest, next)?;
                    self.fill(*hole, rest.get(..length)?)?;
                    length
                }
            };
            self.span.end += length;
        }
        Some(())
    }

    /// Goes from the key to the beginning of the form.
    fn left(&mut self, text: &'a [u8]) -> Option<()> {
        let parts = self.form.parts.get(..self.form.key)?;
        for (place, part) in parts.iter().enumerate().rev() {
            let rest = text.get(..self.span.start)?;
            let length = match part {
                Part::Text(literal) => {
                    rest.ends_with(literal.as_bytes()).then_some(literal.len())?
                }
                Part::Hole(hole) => {
                    let before = match place.checked_sub(1).and_then(|place| parts.get(place)) {
                        Some(Part::Text(before)) => before.as_bytes(),
                        _ => &[],
                    };
                    let length = backward(*hole, rest, before)?;
                    self.fill(*hole, rest.get(rest.len() - length..)?)?;
                    length
                }
            };
            self.span.start -= length;
        }
        Some(())
    }

    /// Takes what fills a hole; `None` if it cannot stand there.
    fn fill(&mut self, hole: Hole, value: &'a [u8]) -> Option<()> {
        let told = match hole {
            Hole::Any | Hole::Word | Hole::Number | Hole::Here => Meaning::NOTHING,
            Hole::Id => {
                self.id = Some(value);
                Meaning::NOTHING
            }
            Hole::Peer => {
                self.peer = Some(value);
                Meaning::NOTHING
            }
            Hole::Name => {
                self.name = Some(value);
                Meaning::NOTHING
            }
            Hole::Alert(names) => {
                let (code, length) = hole::alert(names, value)?;
                (length == value.len()).then(|| Meaning::of_alert(code))?
            }
            Hole::Code => Meaning::of_alert(hole::number(value, 10)?.try_into().ok()?),
            Hole::Hex => Meaning::of_alert(hole::number(value, 16)?.try_into().ok()?),
            Hole::Level => {
                let [level, alert] = u16::try_from(hole::number(value, 10)?).ok()?.to_be_bytes();
                [1, 2].contains(&level).then(|| Meaning::of_alert(alert))?
            }
            Hole::Packed(reasons) => packed::meaning(packed::code(value)?, reasons)?,
            Hole::WordOf(words) => {
                let (word, length) = hole::word(words, value)?;
                (length == value.len()).then_some(word.meaning)?
            }
            Hole::CodeOf(words) => {
                let code = hole::code(value)?;
                words.iter().find(|word| word.code.map(hole::bits) == Some(code))?.meaning
            }
        };
        self.meaning = self.meaning.or(told);
        Some(())
    }
}

/// How many bytes at the beginning of `rest` fill the hole; `next` is the literal behind it.
fn forward(hole: Hole, rest: &[u8], next: &[u8]) -> Option<usize> {
    let near = rest.get(..MAX_ANY).unwrap_or(rest);
    let line = memchr::memchr(b'\n', near).unwrap_or(near.len());
    match hole {
        Hole::Any if next.is_empty() => Some(line),
        Hole::Any => {
            let reach = (line + 1).min(MAX_ANY).saturating_add(next.len()).min(rest.len());
            // A line break may be the literal itself, and is not stepped over otherwise.
            memmem::find(rest.get(..reach)?, next).filter(|at| *at <= line)
        }
        Hole::Alert(names) => hole::alert(names, rest).map(|(_, length)| length),
        Hole::WordOf(words) => hole::word(words, rest).map(|(_, length)| length),
        hole => {
            let run = near.iter().take_while(|byte| holds(hole, **byte)).count();
            if next.is_empty() {
                return (run > 0).then_some(run);
            }
            (1..=run).find(|end| rest.get(*end..).is_some_and(|rest| rest.starts_with(next)))
        }
    }
}

/// How many bytes at the end of `rest` fill the hole; `before` is the literal in front of it.
fn backward(hole: Hole, rest: &[u8], before: &[u8]) -> Option<usize> {
    let reach = match hole {
        Hole::Any => MAX_ANY,
        _ => MAX_LEFT,
    };
    let near = rest.get(rest.len().saturating_sub(reach)..)?;
    let near = near.get(memchr::memrchr(b'\n', near).map_or(0, |at| at + 1)..)?;
    match hole {
        Hole::Any if before.is_empty() => Some(near.len()),
        Hole::Any => memmem::rfind(near, before).map(|at| near.len() - at - before.len()),
        Hole::Alert(_) | Hole::WordOf(_) => {
            let at = memmem::rfind(near, before).filter(|_| !before.is_empty())?;
            Some(near.len() - at - before.len())
        }
        hole => {
            let run = near.iter().rev().take_while(|byte| holds(hole, **byte)).count();
            if before.is_empty() {
                return (run > 0).then_some(run);
            }
            (1..=run).find(|length| {
                near.get(..near.len() - length).is_some_and(|rest| rest.ends_with(before))
            })
        }
    }
}

/// Whether a byte may stand in the hole.
fn holds(hole: Hole, byte: u8) -> bool {
    match hole {
        Hole::Number | Hole::Code | Hole::Level => byte.is_ascii_digit(),
        Hole::CodeOf(_) => byte.is_ascii_hexdigit() || matches!(byte, b'x' | b'X' | b'-'),
        Hole::Hex | Hole::Packed(_) => byte.is_ascii_hexdigit() || matches!(byte, b'x' | b'X'),
        Hole::Peer | Hole::Here => {
            byte.is_ascii_alphanumeric()
                || matches!(byte, b'.' | b':' | b'[' | b']' | b'-' | b'_' | b'%' | b'/' | b'#')
        }
        Hole::Name => byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'*'),
        Hole::Id => !byte.is_ascii_control() && byte != b']',
        _ => {
            !byte.is_ascii_whitespace()
                && !byte.is_ascii_control()
                && !matches!(byte, b',' | b'"' | b'\'')
        }
    }
}
