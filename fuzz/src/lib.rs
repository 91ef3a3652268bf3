//! The fuzz targets, one for each way in: a plain function of bytes that asserts what must hold of any.
//!
//! Two doors call them. `libfuzzer/any.rs` is libFuzzer's, for hours: `cargo xtask fuzz run`.
//! [`hunt`] is a small mutator of our own, the same on every machine, for each check:
//! `cargo xtask fuzz --short`. Both begin with [seeds](Corpus) made from the recorded corpus.
#![forbid(unsafe_code)]

mod corpus;
mod frames;
mod holds;
mod hunt;
mod mutation;
mod steps;
mod targets;

use arbitrary::{Arbitrary, Unstructured};
use peak_alloc::PeakAlloc;

pub use corpus::Corpus;
pub use hunt::{Find, Hunt, hunt};
pub use targets::TARGETS;

/// Counts what is allocated, so that a target can be held to its bound.
#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// One way in.
#[derive(Clone, Copy)]
pub struct Target {
    /// Its name, which is that of its file.
    pub name: &'static str,
    /// What is done with the bytes, and asserted.
    run: fn(&[u8]),
    /// Inputs to begin with.
    seeds: fn(&Corpus) -> Vec<Vec<u8>>,
    /// Mutations in the short run: as many as take a few seconds.
    pub rounds: u64,
}

/// What a run may have allocated at once, beside [`PER_BYTE`]: the largest window of the readers, a
/// chunk or a dictionary, a few times over, because targets compare several readings.
const MOST_MEMORY: usize = 96 << 20;
/// What a byte of input may cost: an event, a line or a key that is kept, several times over.
const PER_BYTE: usize = 1 << 10;

impl Target {
    /// The target with this name.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        TARGETS.iter().find(|target| target.name == name).copied()
    }

    /// Runs it.
    ///
    /// # Panics
    /// If something does not hold of these bytes.
    pub fn check(&self, bytes: &[u8]) {
        MEMORY.reset_peak_usage();
        let before = MEMORY.current_usage();
        (self.run)(bytes);
        let used = MEMORY.peak_usage().saturating_sub(before);
        let most = MOST_MEMORY + PER_BYTE * bytes.len();
        assert!(used <= most, "{used} bytes of memory for {} of input", bytes.len());
    }

    /// Inputs to begin with, none of them twice.
    #[must_use]
    pub fn seeds(&self, corpus: &Corpus) -> Vec<Vec<u8>> {
        let mut seeds = (self.seeds)(corpus);
        seeds.sort_by(|one, other| (one.len(), one).cmp(&(other.len(), other)));
        seeds.dedup();
        seeds
    }
}

/// Bytes as the values that a target works on; `None` if there are too few of them.
fn typed<'a, T: Arbitrary<'a>>(bytes: &'a [u8]) -> Option<T> {
    T::arbitrary_take_rest(Unstructured::new(bytes)).ok()
}
