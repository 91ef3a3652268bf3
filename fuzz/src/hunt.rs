//! A short hunt: a target over its seeds and over mutations of them, without a fuzzer.
//!
//! Nothing is measured and nothing learned: what is new in each check is the code, not the inputs.

use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::mutation::{Numbers, mutated};

/// What is tried.
pub struct Hunt<'a> {
    /// What is done with each input.
    pub check: &'a dyn Fn(&[u8]),
    /// Inputs to begin with.
    pub seeds: &'a [Vec<u8>],
    /// How many mutations of them are tried.
    pub rounds: u64,
    /// Where the sequence of mutations begins.
    pub number: u64,
    /// Called with each input before it is tried, for what ends the process and can't be caught.
    pub before: &'a dyn Fn(&[u8]),
}

/// An input of which something does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Find {
    /// The input, made shorter as far as it fails in the same place.
    pub bytes: Vec<u8>,
    /// What was said, with the place in the code.
    pub what: String,
}

/// Tries all seeds, then the mutations; ends with the first find.
///
/// # Errors
/// The first input of which something does not hold.
pub fn hunt(hunt: &Hunt<'_>) -> Result<u64, Find> {
    let quiet = Panics::caught();
    let found = first(hunt, &quiet);
    drop(quiet);
    found
}

fn first(hunt: &Hunt<'_>, panics: &Panics) -> Result<u64, Find> {
    let attempt = |bytes: &[u8]| {
        (hunt.before)(bytes);
        panics.of(|| (hunt.check)(bytes))
    };
    let found = |bytes: Vec<u8>, what: Said| {
        let bytes =
            shortened(bytes, &|bytes| attempt(bytes).is_some_and(|said| said.at == what.at));
        let what = attempt(&bytes).unwrap_or(what);
        Find { bytes, what: format!("{} ({})", what.text, what.at) }
    };
    for seed in hunt.seeds {
        if let Some(what) = attempt(seed) {
            return Err(found(seed.clone(), what));
        }
    }
    let nothing = [Vec::new()];
    let seeds = if hunt.seeds.is_empty() { &nothing[..] } else { hunt.seeds };
    let mut numbers = Numbers::new(hunt.number);
    for _ in 0..hunt.rounds {
        let seed = &seeds[numbers.below(seeds.len())];
        let other = &seeds[numbers.below(seeds.len())];
        let bytes = mutated(seed, other, &mut numbers);
        if let Some(what) = attempt(&bytes) {
            return Err(found(bytes, what));
        }
    }
    Ok(hunt.seeds.len() as u64 + hunt.rounds)
}

/// Attempts at making a find shorter.
const ATTEMPTS: usize = 2000;

/// The same failure from fewer bytes: parts are taken out, large ones first.
fn shortened(mut bytes: Vec<u8>, fails: &dyn Fn(&[u8]) -> bool) -> Vec<u8> {
    let mut left = ATTEMPTS;
    let mut part = bytes.len().div_ceil(2);
    while part > 0 {
        let mut at = 0;
        while at < bytes.len() && left > 0 {
            left -= 1;
            let end = bytes.len().min(at + part);
            let without = [&bytes[..at], &bytes[end..]].concat();
            if fails(&without) {
                bytes = without;
            } else {
                at = end;
            }
        }
        part = if part == 1 { 0 } else { part.div_ceil(2) };
    }
    bytes
}

/// What a panic said, and where.
#[derive(Clone, Debug, Default)]
struct Said {
    text: String,
    at: String,
}

type Hook = Box<dyn Fn(&panic::PanicHookInfo<'_>) + Sync + Send>;

/// Panics are kept and not printed, as long as this lives.
struct Panics {
    last: Arc<Mutex<Said>>,
    before: Option<Hook>,
    /// There is one hook for all threads: only one of them catches at a time.
    _alone: MutexGuard<'static, ()>,
}

static ALONE: Mutex<()> = Mutex::new(());

impl Panics {
    fn caught() -> Self {
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let last = Arc::<Mutex<Said>>::default();
        let before = Some(panic::take_hook());
        let kept = Arc::clone(&last);
        panic::set_hook(Box::new(move |info| {
            let text = info.payload_as_str().unwrap_or("a panic without words").to_owned();
            let at = info.location().map(ToString::to_string).unwrap_or_default();
            if let Ok(mut last) = kept.lock() {
                *last = Said { text, at };
            }
        }));
        Self { last, before, _alone: alone }
    }

    /// What is said if it panics.
    fn of(&self, run: impl FnOnce()) -> Option<Said> {
        panic::catch_unwind(AssertUnwindSafe(run)).err()?;
        Some(self.last.lock().map(|last| last.clone()).unwrap_or_default())
    }
}

impl Drop for Panics {
    fn drop(&mut self) {
        if let Some(before) = self.before.take() {
            panic::set_hook(before);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn planted(bytes: &[u8]) {
        let length = bytes.first().copied().unwrap_or(0);
        let after = bytes.get(1 + usize::from(length)..);
        // As an honest mistake is: a length that is believed.
        assert!(length == 0 || after.is_some(), "length {length} is believed");
    }

    fn hunted(check: &dyn Fn(&[u8]), rounds: u64) -> Result<u64, Find> {
        let seeds = [vec![3, 1, 2, 3], vec![0; 20]];
        hunt(&Hunt { check, seeds: &seeds, rounds, number: 1, before: &|_| {} })
    }

    /// A mistake that no seed shows is found by the mutations, is the same find each time, and is as
    /// short as can be.
    #[test]
    fn a_planted_panic_is_found() {
        assert_eq!(hunted(&planted, 0), Ok(2));
        let find = hunted(&planted, 2000).unwrap_err();
        assert_eq!(find.bytes.len(), 1, "{find:?}");
        assert!(find.what.contains("is believed") && find.what.contains("hunt.rs"), "{find:?}");
        assert_eq!(hunted(&planted, 2000), Err(find));
    }

    /// Where all is well, all seeds and all rounds are tried.
    #[test]
    fn nothing_is_found_where_nothing_is() {
        let tried = std::cell::Cell::new(0);
        assert_eq!(hunted(&|_| tried.set(tried.get() + 1), 500), Ok(502));
        assert_eq!(tried.get(), 502);
    }
}
