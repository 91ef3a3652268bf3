//! What reading a chunk may cost, so that a few bytes cannot stand for very many.

/// Units that are left for the records of a chunk: one for a byte of text, some for a token.
///
/// A few bytes can use a large template many times, and a template a value many times. Honest
/// chunks need up to sixteen units for each of their bytes; this is twice that.
#[derive(Debug)]
pub(crate) struct Effort(usize);

/// Units for a token.
pub(crate) const TOKEN: usize = 16;

/// Units for a field, beside its name and its text.
pub(crate) const FIELD: usize = 64;

impl Effort {
    /// For one chunk.
    pub(crate) fn for_chunk() -> Self {
        Self(2 << 20)
    }

    /// Takes units; whether they were left. If not, none is left.
    pub(crate) fn spend(&mut self, units: usize) -> bool {
        let left = self.0.checked_sub(units);
        self.0 = left.unwrap_or_default();
        left.is_some()
    }
}
