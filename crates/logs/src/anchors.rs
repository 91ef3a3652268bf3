//! The literals that refuse nearly every line, searched for at memory speed.

use aho_corasick::{AhoCorasick, AhoCorasickKind, Input, Span, packed};

use crate::stack::{ANCHORS, STEMS};

/// Finds the next anchor in a text.
#[derive(Debug)]
pub(crate) struct Anchors {
    /// Sixteen or more bytes at a time, where the processor can.
    fast: Option<packed::Searcher>,
    /// Byte by byte, where it cannot.
    plain: Option<AhoCorasick>,
}

/// In front of a message that journald writes as an array of its bytes, because it has colours or
/// is no UTF-8. Its words can only be looked for in what it means.
const NUMBERS: &str = "\"MESSAGE\":[";

impl Anchors {
    pub(crate) fn new() -> Self {
        // Left to itself the search gives up where it has more than 64 literals, which costs more than
        // what it fears: it is fast as long as their first bytes are rare.
        let mut fast = packed::Config::new().heuristic_pattern_limits(false).builder();
        let fast = fast.extend(ANCHORS).add(NUMBERS).build();
        let mut plain = AhoCorasick::builder();
        let plain = plain.kind(Some(AhoCorasickKind::ContiguousNFA));
        let all = ANCHORS.iter().map(<[u8; 4]>::as_slice).chain([NUMBERS.as_bytes()]);
        let plain = plain.build(all);
        // It is refused when it would not fit into memory, which some dozens of words do.
        Self { plain: plain.ok().filter(|_| fast.is_none()), fast }
    }

    /// Where the first anchor at or behind `from` stands that is part of some form.
    ///
    /// An anchor alone is a word that ordinary lines hold as well; the literal around it is not, and
    /// comparing it costs less than looking at the line.
    #[inline]
    pub(crate) fn find(&self, text: &[u8], mut from: usize) -> Option<usize> {
        while from < text.len() {
            let (number, at) = self.next(text, from)?;
            let stems = STEMS.get(number);
            if stems.is_none_or(|stems| stems.iter().any(|stem| stands(text, at, *stem))) {
                return Some(at);
            }
            from = at + 1;
        }
        None
    }

    /// The next anchor, by its number and where it begins.
    #[inline]
    fn next(&self, text: &[u8], from: usize) -> Option<(usize, usize)> {
        let found = match &self.fast {
            Some(fast) => fast.find_in(text, Span::from(from..text.len())),
            None => self.plain.as_ref()?.find(Input::new(text).range(from..)),
        };
        found.map(|found| (found.pattern().as_usize(), found.start()))
    }
}

/// Whether a stem stands around an anchor that begins at `at`.
#[inline]
fn stands(text: &[u8], at: usize, (front, stem): (usize, &str)) -> bool {
    let around = at.checked_sub(front).and_then(|start| text.get(start..));
    around.is_some_and(|text| text.starts_with(stem.as_bytes()))
}
