//! A connection that has shown nothing but its beginning: SYNs, and what acknowledges them.
//!
//! Scans and floods begin connections by the million and never say a word in them. Such a one is kept
//! as the few segments that were seen, and becomes a flow with the first that is more than that;
//! the segments are then given to it, so that it is as if it had been there from the start.

use alert::Side;
use wire::Segment;

use crate::stream::Mark;

/// The segments of a connection so far.
#[derive(Debug)]
pub(crate) struct HalfOpen {
    /// Most have only this one: what is behind it is kept elsewhere.
    first: Knock,
    others: Option<Box<Others>>,
}

/// The segments behind the first.
#[derive(Debug)]
struct Others {
    knocks: [Knock; MOST - 1],
    count: u8,
}

/// A segment without payload.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Knock {
    pub(crate) mark: Mark,
    pub(crate) sequence: u32,
    pub(crate) acknowledgement: u32,
    pub(crate) mss: Option<u16>,
    pub(crate) syn: bool,
    pub(crate) ack: bool,
    /// Whether it comes from the second end of the key.
    turned: bool,
}

/// Segments that one may show and be no more than half open: SYN, SYN-ACK and ACK, and two that are
/// sent again.
const MOST: usize = 5;

impl Knock {
    /// A segment that may belong to a beginning and no more; `turned` says that it comes from the
    /// second end of the key.
    #[inline]
    pub(crate) fn of(segment: &Segment<'_>, mark: Mark, turned: bool) -> Option<Self> {
        let flags = segment.flags;
        if segment.length > 0 || flags.fin() || flags.rst() {
            return None;
        }
        let mss = if flags.syn() { segment.mss() } else { None };
        let (sequence, acknowledgement) = (segment.sequence, segment.acknowledgement);
        let (syn, ack) = (flags.syn(), flags.ack());
        Some(Self { mark, sequence, acknowledgement, mss, syn, ack, turned })
    }
}

impl HalfOpen {
    /// A connection of which this is the first segment, a SYN.
    #[inline]
    pub(crate) fn new(first: Knock) -> Self {
        Self { first, others: None }
    }

    /// Keeps a segment; `false` if there are too many.
    #[inline]
    pub(crate) fn add(&mut self, knock: Knock) -> bool {
        let others = self
            .others
            .get_or_insert_with(|| Box::new(Others { knocks: [knock; MOST - 1], count: 0 }));
        let Some(free) = others.knocks.get_mut(usize::from(others.count)) else { return false };
        (*free, others.count) = (knock, others.count + 1);
        true
    }

    /// The place of the first segment.
    pub(crate) fn started(&self) -> Mark {
        self.first.mark
    }

    /// Whether a SYN with this number from the same end begins another connection.
    pub(crate) fn is_reused(&self, turned: bool, sequence: u32) -> bool {
        let mut mine = self.knocks().filter(|knock| knock.turned == turned).peekable();
        match mine.clone().find(|knock| knock.syn) {
            Some(syn) => syn.sequence != sequence,
            None => mine.peek().is_some(),
        }
    }

    /// Whether the second end of the key is the client: whoever sends a SYN that acknowledges none is.
    pub(crate) fn turned(&self) -> bool {
        self.first.turned != self.first.ack
    }

    /// The segments in their order, each with the side that sent it.
    pub(crate) fn segments(&self) -> impl Iterator<Item = (Side, &Knock)> {
        let turned = self.turned();
        let side = move |knock: &Knock| match knock.turned == turned {
            true => Side::Client,
            false => Side::Server,
        };
        self.knocks().map(move |knock| (side(knock), knock))
    }

    fn knocks(&self) -> impl Iterator<Item = &Knock> + Clone {
        let others = self.others.iter().flat_map(|it| it.knocks.iter().take(it.count.into()));
        std::iter::once(&self.first).chain(others)
    }
}
