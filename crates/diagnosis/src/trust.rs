//! What is known of those who refuse certificates beside what a capture shows: whom they trust, and
//! when they looked.

use std::sync::Arc;

use chain::Anchors;
use wire::Time;

use crate::judgements::Judgements;

/// What is known of those who refuse certificates.
#[derive(Debug, Default)]
pub struct Trust {
    /// What they trust; `None` where nobody said so, as for any capture from elsewhere.
    pub anchors: Option<Arc<Anchors>>,
    /// When they looked at the dates; `None` for the time of the capture.
    pub now: Option<Time>,
    /// The chains that were judged by it.
    pub(crate) judgements: Judgements,
}

impl Trust {
    /// Whoever refused trusted these, and looked at this moment.
    #[must_use]
    pub fn new(anchors: Option<Arc<Anchors>>, now: Option<Time>) -> Self {
        Self { anchors, now, judgements: Judgements::default() }
    }
}
