//! What was unusual in a conversation, or could not be read.

use crate::Side;

/// Something that the story cannot explain, with its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Oddity {
    /// The frame in which it showed.
    pub frame: u64,
    /// Who sent the bytes.
    pub side: Side,
    /// What it is, as a short phrase.
    pub what: &'static str,
}
