//! Numbers without chance: the same ones each time.

/// A sequence that looks like chance (xorshift64*).
pub(crate) struct Dice(u64);

impl Dice {
    /// Begins with a number that is not zero.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number below `limit`.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        (self.next() >> 33) % limit
    }

    /// One of these.
    pub(crate) fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len() as u64) as usize]
    }

    /// Bytes without a pattern that a reader could profit from.
    pub(crate) fn noise(&mut self, length: usize) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(length + 8);
        while bytes.len() < length {
            bytes.extend(self.next().to_le_bytes());
        }
        bytes.truncate(length);
        bytes
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same seed gives the same numbers, below their limit, and one in a hundred is rare.
    #[test]
    fn numbers_are_the_same_each_time() {
        let numbers = |seed| {
            let mut dice = Dice::new(seed);
            (0..10_000).map(|_| dice.below(100)).collect::<Vec<_>>()
        };
        let first = numbers(7);
        assert_eq!(first, numbers(7));
        assert_ne!(first, numbers(8));
        assert!(first.iter().all(|number| *number < 100));
        let rare = first.iter().filter(|number| **number == 0).count();
        assert!((60..140).contains(&rare), "{rare}");
    }
}
