//! One message against all forms: what a library says in it, and what a program says around it.

use std::collections::HashMap;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use crate::Voice;
use crate::form::Match;
use crate::stack::{Form, Part, STACKS, Stack};

/// All forms, found by their longest literals. They are the same for every reader, and put together
/// once.
#[derive(Debug)]
pub(crate) struct Matcher {
    /// `None` where no form is.
    keys: Option<AhoCorasick>,
    /// The forms that have the key of this number.
    forms: Vec<Vec<(&'static Stack, &'static Form)>>,
}

/// What one message tells.
#[derive(Clone, Debug)]
pub(crate) struct Reading<'a> {
    /// What a library says.
    pub(crate) words: Option<Match<'a>>,
    /// What a program says.
    pub(crate) frame: Option<Match<'a>>,
}

impl Reading<'_> {
    /// The stacks whose words these are.
    pub(crate) fn stacks(&self) -> impl Iterator<Item = &'static Stack> {
        [&self.words, &self.frame].into_iter().flatten().map(|found| found.stack)
    }
}

/// Forms that are compared with one message. A message in which more keys stand is a list of error
/// texts, and its first ones are enough.
const MAX_FORMS: usize = 500;

impl Matcher {
    /// The forms of failures.
    pub(crate) fn forms() -> &'static Self {
        static FORMS: LazyLock<Matcher> = LazyLock::new(|| Matcher::new(|stack| stack.forms));
        &FORMS
    }

    /// The forms of lines that stand beside a failure.
    pub(crate) fn beside() -> &'static Self {
        static BESIDE: LazyLock<Matcher> = LazyLock::new(|| Matcher::new(|stack| stack.beside));
        &BESIDE
    }

    fn new(of: impl Fn(&Stack) -> &'static [Form]) -> Self {
        let mut numbers = HashMap::new();
        let mut keys: Vec<&str> = Vec::new();
        let mut forms: Vec<Vec<(&Stack, &Form)>> = Vec::new();
        for stack in STACKS {
            for form in of(stack) {
                let Some(Part::Text(key)) = form.parts.get(form.key) else { continue };
                let number = *numbers.entry(*key).or_insert_with(|| {
                    keys.push(key);
                    forms.push(Vec::new());
                    keys.len() - 1
                });
                if let Some(list) = forms.get_mut(number) {
                    list.push((stack, form));
                }
            }
        }
        let keys = AhoCorasick::builder()
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .match_kind(MatchKind::Standard)
            .build(keys);
        Self { keys: keys.ok(), forms }
    }

    /// Reads a message; `None` if no form is in it, or one that says that it is no failure. A form
    /// begins in the message and may end in the block that begins with it.
    pub(crate) fn read<'a>(&self, message: &[u8], block: &'a [u8]) -> Option<Reading<'a>> {
        let mut reading = Reading { words: None, frame: None };
        let found = self.keys.as_ref()?.find_overlapping_iter(message);
        let forms = found.flat_map(|hit| {
            let forms = self.forms.get(hit.pattern().as_usize());
            forms.into_iter().flatten().map(move |(stack, form)| (*stack, *form, hit.start()))
        });
        for (stack, form, at) in forms.take(MAX_FORMS) {
            let Some(new) = Match::new(stack, form, block, at) else { continue };
            if new.meaning.innocent {
                return None;
            }
            let place = if stack.program { &mut reading.frame } else { &mut reading.words };
            match place {
                Some(old) if rank(old) >= rank(&new) => old.complete(&new),
                place => {
                    let old = place.replace(new);
                    if let (Some(old), Some(new)) = (old, place) {
                        new.complete(&old);
                    }
                }
            }
        }
        (reading.words.is_some() || reading.frame.is_some()).then_some(reading)
    }
}

/// Which of two forms of one message says more: a failure before none, what a side said before
/// what is unclear, and then the longer text.
pub(crate) fn rank(found: &Match<'_>) -> (u8, bool, usize) {
    let voice = match found.meaning.voice {
        _ if found.meaning.weak => 1,
        Some(Voice::Heard | Voice::Said) => 4,
        Some(Voice::Unclear) => 3,
        Some(Voice::Refused | Voice::Lost) => 2,
        None => 0,
    };
    (voice, !found.meaning.suspects.is_empty(), found.span.len())
}
