//! Who has to go when too much is open.
//!
//! What is open stands in a line with its like, by its [`Rank`], in the order in which it came. Nobody
//! leaves a line when there is news of it, which would cost each packet something: who is first when
//! room is needed, and has been heard of since it took its place, goes to the end again. So a line holds
//! some that have ended or risen by now, and is cleared of them when they are too many.

use std::collections::VecDeque;

use crate::tally::Rank;

/// The lines, one for each rank. `K` is by what a conversation is found again; it must tell those apart
/// that come after one another in one place.
#[derive(Debug)]
pub(crate) struct Lines<K>([VecDeque<Waiting<K>>; Rank::ALL.len()]);

/// One that stands in a line.
#[derive(Clone, Copy, Debug)]
struct Waiting<K> {
    key: K,
    /// The frame of its last sign of life, of which 32 bits are enough to see a difference.
    frame: u32,
}

/// What is known of a conversation that is still there: its rank, and the frame of its last sign of
/// life.
pub(crate) type Known = Option<(Rank, u64)>;

/// Entries of a line that are not worth a look through it.
const FEW: usize = 1024;

impl<K> Default for Lines<K> {
    fn default() -> Self {
        Self(Default::default())
    }
}

impl<K: Copy> Lines<K> {
    /// Puts one at the end of its line, in which there are `open` at most that belong there.
    pub(crate) fn push(
        &mut self,
        (rank, frame): (Rank, u64),
        key: K,
        open: usize,
        known: impl Fn(K) -> Known,
    ) {
        let Some(line) = self.0.get_mut(rank as usize) else { return };
        if line.len() > 2 * open + FEW {
            line.retain(|it| known(it.key).is_some_and(|(now, _)| now == rank));
            line.shrink_to(2 * line.len() + FEW);
        }
        line.push_back(Waiting { key, frame: frame as u32 });
    }

    /// Takes out who has been silent longest among those of the first of these ranks that anybody has.
    pub(crate) fn next(&mut self, ranks: &[Rank], known: impl Fn(K) -> Known) -> Option<(Rank, K)> {
        for rank in ranks {
            let Some(line) = self.0.get_mut(*rank as usize) else { continue };
            while let Some(it) = line.pop_front() {
                match known(it.key) {
                    Some((now, frame)) if now == *rank && frame as u32 == it.frame => {
                        return Some((*rank, it.key));
                    }
                    Some((now, frame)) if now == *rank => {
                        line.push_back(Waiting { frame: frame as u32, ..it });
                    }
                    _ => {}
                }
            }
        }
        None
    }

    /// How many stand in all lines.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.0.iter().map(VecDeque::len).sum()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    /// The ranks go in the order that is asked for; within one, who was heard of goes to the end, who
    /// has risen stands in another line, and who has ended in none.
    #[test]
    fn who_was_silent_longest_goes_first() {
        let mut lines = Lines::default();
        let mut open: HashMap<u32, (Rank, u64)> = HashMap::new();
        for key in 0..6 {
            let rank = if key == 5 { Rank::HalfOpen } else { Rank::Unfinished };
            open.insert(key, (rank, u64::from(key)));
            lines.push((rank, u64::from(key)), key, 6, |key| open.get(&key).copied());
        }
        open.insert(0, (Rank::Unfinished, 100));
        open.remove(&1);
        open.insert(2, (Rank::Settled, 7));
        lines.push((Rank::Settled, 7), 2, 6, |key| open.get(&key).copied());
        let mut order = Vec::new();
        while let Some((rank, key)) =
            lines.next(&Rank::in_order(1, 1), |key| open.get(&key).copied())
        {
            assert_eq!(open.remove(&key).map(|(rank, _)| rank), Some(rank));
            order.push(key);
        }
        assert_eq!((order, open.len()), (vec![5, 2, 3, 4, 0], 0));
    }

    /// Conversations that end one after another leave no more behind than a few.
    #[test]
    fn who_has_ended_leaves_the_line() {
        let mut lines = Lines::default();
        for key in 0..100_000_u32 {
            let known = |it: u32| (it + 10 > key).then_some((Rank::Plain, u64::from(it)));
            lines.push((Rank::Plain, u64::from(key)), key, 10, known);
            assert!(lines.len() <= 20 + FEW + 1);
        }
    }
}
