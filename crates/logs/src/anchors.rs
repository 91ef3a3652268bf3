//! The literals that refuse nearly every line, searched for at memory speed.

use aho_corasick::{AhoCorasick, AhoCorasickKind, packed};

use crate::stack::ANCHORS;

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
        let plain = plain.build(ANCHORS.iter().chain([&NUMBERS]));
        // It is refused when it would not fit into memory, which some dozens of words do.
        Self { plain: plain.ok().filter(|_| fast.is_none()), fast }
    }

    /// Where the first anchor begins.
    #[inline]
    pub(crate) fn find(&self, text: &[u8]) -> Option<usize> {
        match &self.fast {
            Some(fast) => fast.find(text).map(|found| found.start()),
            None => self.plain.as_ref()?.find(text).map(|found| found.start()),
        }
    }
}
