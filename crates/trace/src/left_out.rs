//! What leads to no conversation, counted by what it is.

use std::collections::BTreeMap;

use wire::Unread;

/// Packets in which nothing was read, counted by the reason.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LeftOut {
    counts: BTreeMap<Unread, u64>,
    further: u64,
}

impl LeftOut {
    /// The reasons and their packets, in no order that means anything.
    pub fn reasons(&self) -> impl Iterator<Item = (Unread, u64)> + '_ {
        self.counts.iter().map(|(unread, packets)| (*unread, *packets))
    }

    /// Packets of further reasons, beyond the bound.
    #[must_use]
    pub fn further(&self) -> u64 {
        self.further
    }

    /// Adds what another capture left out.
    pub fn merge(&mut self, other: &Self) {
        for (unread, packets) in other.reasons() {
            self.add(unread, packets);
        }
        self.further += other.further;
    }

    pub(crate) fn add(&mut self, unread: Unread, packets: u64) {
        if let Some(count) = self.counts.get_mut(&unread) {
            *count += packets;
        } else if self.counts.len() < MOST_REASONS {
            self.counts.insert(unread, packets);
        } else {
            self.further += packets;
        }
    }
}

/// Reasons that are told apart. A busy network shows a dozen; noise could show 65 536 EtherTypes.
const MOST_REASONS: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    /// Reasons are counted one by one up to the bound, and together beyond it.
    #[test]
    fn further_reasons_are_counted_together() {
        let mut left_out = LeftOut::default();
        for number in 0..100 {
            left_out.add(Unread::EtherType(number), 1);
        }
        left_out.add(Unread::EtherType(0), 2);
        assert_eq!(left_out.reasons().count(), MOST_REASONS);
        assert_eq!(left_out.further(), 100 - 64);
        let mut twice = left_out.clone();
        twice.merge(&left_out);
        assert_eq!(twice.reasons().next(), Some((Unread::EtherType(0), 6)));
        assert_eq!(twice.further(), 72);
    }
}
