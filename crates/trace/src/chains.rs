//! The certificate messages of open connections, each kept once.
//!
//! A server sends the same chain to everybody, and of what a connection keeps while it carries data
//! most is that chain. So connections that stay open behind their handshake share it.

use std::sync::Arc;

/// Chains that are in use, found by their last bytes, which belong to a signature.
#[derive(Debug)]
pub(crate) struct Chains([Arc<[u8]>; CHAINS]);

/// Chains that are kept for sharing: those of the servers that a machine speaks with most. A prime, so
/// that all bits say which is which.
const CHAINS: usize = 61;
/// The longest that is shared, in bytes. All of them take at most one MiB, which nobody counts.
const LONGEST: usize = 16 << 10;

impl Default for Chains {
    fn default() -> Self {
        Self(std::array::from_fn(|_| Arc::default()))
    }
}

impl Chains {
    /// Lets a message share its bytes with an equal one. Returns how many bytes that saves.
    ///
    /// A chain gives way to another only when nobody else has it: so what is shared is always here,
    /// and what is not counted elsewhere is bounded.
    pub(crate) fn share(&mut self, message: &mut Arc<[u8]>) -> usize {
        let last = message.last_chunk().map_or(0, |last| u64::from_be_bytes(*last));
        let Some(known) = self.0.get_mut((last % CHAINS as u64) as usize) else { return 0 };
        if message.is_empty() || Arc::ptr_eq(known, message) {
            return 0;
        }
        if known == message {
            message.clone_from(known);
            return message.len();
        }
        let free = known.is_empty() || Arc::strong_count(known) == 1;
        if free && message.len() <= LONGEST {
            known.clone_from(message);
        }
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Equal chains become one, and a chain that somebody has does not give way to another.
    #[test]
    fn equal_chains_are_one() {
        let chain = |byte: u8| -> Arc<[u8]> { vec![byte; 3000].into() };
        let mut chains = Chains::default();
        let (mut first, mut second) = (chain(1), chain(1));
        assert_eq!(chains.share(&mut first), 0);
        assert_eq!(chains.share(&mut second), 3000);
        assert!(Arc::ptr_eq(&first, &second));
        // So many others that some of them meet in the place of the first.
        let others: Vec<_> = (2..=255).map(chain).collect();
        for other in &others {
            assert_eq!(chains.share(&mut other.clone()), 0);
        }
        assert_eq!(chains.share(&mut chain(1)), 3000);
        drop((first, second));
        let taken = others.iter().filter(|it| Arc::strong_count(it) > 1).count();
        assert_eq!(taken, CHAINS - 1);
    }
}
