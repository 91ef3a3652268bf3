//! What is known of those who refuse certificates beside what a capture shows: whom they trust, and
//! when they looked.

use std::sync::Arc;

use chain::{Anchors, Notary};
use wire::Time;

/// What is known of those who refuse certificates.
#[derive(Debug, Default)]
pub struct Trust {
    /// What they trust; `None` where nobody said so, as for any capture from elsewhere.
    pub anchors: Option<Arc<Anchors>>,
    /// When they looked at the dates; `None` for the time of the capture.
    pub now: Option<Time>,
    /// Signatures that were verified: most cases of a capture show the same chains.
    pub(crate) notary: Notary,
}

impl Trust {
    /// Whoever refused trusted these, and looked at this moment.
    #[must_use]
    pub fn new(anchors: Option<Arc<Anchors>>, now: Option<Time>) -> Self {
        Self { anchors, now, notary: Notary::default() }
    }
}
