//! What was used last: a map of bounded size.

use std::collections::HashMap;
use std::hash::Hash;

use foldhash::fast::RandomState;

/// A map that forgets what has not been used for longest: of all that was used, it has at least the
/// last `most`, and at most twice as many.
///
/// What is used moves into the young half; when that is full the old half is forgotten and takes its
/// place. No list is kept in order, and nothing is looked through.
#[derive(Debug)]
pub(crate) struct Recent<K, V> {
    young: HashMap<K, V, RandomState>,
    old: HashMap<K, V, RandomState>,
    most: usize,
}

impl<K: Eq + Hash, V> Recent<K, V> {
    /// One that has nothing yet.
    pub(crate) fn new(most: usize) -> Self {
        Self { young: HashMap::default(), old: HashMap::default(), most }
    }

    /// What is remembered under a key, which is thereby used.
    pub(crate) fn get(&mut self, key: &K) -> Option<&mut V> {
        if !self.young.contains_key(key) {
            let (key, value) = self.old.remove_entry(key)?;
            self.insert(key, value);
        }
        self.young.get_mut(key)
    }

    /// Remembers a value, in the place of an earlier one.
    pub(crate) fn insert(&mut self, key: K, value: V) {
        if self.young.len() >= self.most {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is used stays, whatever else comes; of the rest the latest stay.
    #[test]
    fn what_is_used_is_kept() {
        let mut recent = Recent::new(4);
        for number in 0..100 {
            recent.insert(number, number);
            assert_eq!(recent.get(&0), Some(&mut 0));
            assert!(recent.young.len() <= 4 && recent.old.len() <= 4);
        }
        assert!((97..100).all(|number| recent.get(&number) == Some(&mut { number })));
        assert_eq!(recent.get(&50), None);
    }
}
