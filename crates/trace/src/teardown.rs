//! A reset, looked at closely: it may not come from the side in whose name it was sent.
//!
//! A TCP that resets says the number that it would have used next (RFC 9293, 3.10.7.1), and sends
//! nothing more. A filter on the way has to guess that number, and the side that it speaks for, of
//! which it was not asked, goes on.

use wire::Segment;

use crate::stream::Mark;

/// What is known of the resets of one side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Teardown {
    /// How far the sequence number of the first reset lies beyond the next byte of its side that
    /// the capture would show; negative for bytes that were sent already. `None` if the capture
    /// does not show where the side was.
    pub ahead: Option<i32>,
    /// What the first reset carried as payload, its first bytes: some balancers say why.
    pub text: Box<[u8]>,
    /// Resets of this side, as many as came within a second.
    pub resets: u32,
    /// The first of the others that had another TTL than the first reset.
    pub other: Option<Mark>,
    /// The first segment after the reset with which the side goes on as if there had been none: new
    /// bytes behind those that the reset counts, or its SYN again.
    pub goes_on: Option<Mark>,
    /// The sequence number of the first reset.
    pub sequence: u32,
    /// The first reset.
    pub first: Mark,
}

/// Bytes of a reset's payload that are kept; the longest reason of a balancer has fewer.
const MAX_TEXT: usize = 120;

impl Teardown {
    /// The first reset of a side that would send this number next, if that is known.
    pub(crate) fn new(segment: &Segment<'_>, mark: Mark, next: Option<u32>) -> Self {
        let text = segment.payload.get(..MAX_TEXT).unwrap_or(segment.payload);
        Self {
            ahead: next.map(|next| segment.sequence.wrapping_sub(next) as i32),
            text: text.into(),
            resets: 1,
            other: None,
            goes_on: None,
            sequence: segment.sequence,
            first: mark,
        }
    }

    /// What the same side sends after it.
    pub(crate) fn later(&mut self, segment: &Segment<'_>, mark: Mark) {
        if segment.flags.rst() {
            self.resets = self.resets.saturating_add(1);
            if mark.ttl != self.first.ttl {
                self.other.get_or_insert(mark);
            }
            return;
        }
        // What was sent before the reset and overtaken by it has smaller numbers.
        let new = segment.sequence.wrapping_sub(self.sequence) as i32 >= 0;
        if segment.flags.syn() || (segment.length > 0 && new) {
            self.goes_on.get_or_insert(mark);
        }
    }
}
