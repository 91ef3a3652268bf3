//! Labels of evidence that several rules share.

use trace::Side;

/// The label of something that a side sent, or did.
pub(super) fn sends(side: Side) -> &'static str {
    match side {
        Side::Client => "client sends",
        Side::Server => "server sends",
    }
}
