//! Numbers that look random and are not: the same damages from the same seed.

/// A sequence of numbers (splitmix64).
pub(super) struct Numbers(u64);

impl Numbers {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) fn any(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    /// One below this bound; 0 if there is none.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.any() % (bound.max(1) as u64)).unwrap_or(0)
    }
}
