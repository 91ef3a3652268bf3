//! A table of conversations, found by their two ends.
//!
//! A capture may hold a million conversations, and each packet looks for its own: what the search
//! touches must be small. So there are two arrays. The *slots* are what is searched: eight bytes each,
//! 32 bits of the hash beside the place, at most three quarters of them taken, and a conversation
//! stands in the first free slot from where its hash points to. The *places* hold what is known; one
//! keeps its number until it is given back, so that others may write the number down.
//!
//! The hash is seeded, so that nobody can choose addresses that all meet in one slot. A key is hashed
//! once for a packet, found or not. What grew in a flood shrinks again with what is left.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;

use crate::key::{Ends, Key};

/// Places with something in each, found by keys.
#[derive(Debug)]
pub(crate) struct Table<T> {
    /// As many as a power of two.
    slots: Vec<Slot>,
    places: Vec<Place<T>>,
    /// The last place that was given back, which knows the one before.
    free: u32,
    taken: usize,
    hashes: RandomState,
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    /// The lower half of the hash, which says where the search begins.
    hash: u32,
    /// [`NOBODY`] if the slot is free.
    place: u32,
}

#[derive(Debug)]
enum Place<T> {
    Taken(Name, T),
    Free { next: u32 },
}

/// A key as it is kept: the long ones elsewhere.
#[derive(Debug)]
enum Name {
    V4(Ends<u32>),
    V6(Box<Ends<u128>>),
}

/// What a search for a key brought: the place, if it is there, and what helps to put it there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sought {
    pub(crate) place: Option<u32>,
    hash: u32,
}

/// No place.
const NOBODY: u32 = u32::MAX;
/// Slots of the smallest table: what most captures have open at once, in one page.
const FEWEST: usize = 512;
const EMPTY: Slot = Slot { hash: 0, place: NOBODY };

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self {
            slots: vec![EMPTY; FEWEST],
            places: Vec::new(),
            free: NOBODY,
            taken: 0,
            hashes: RandomState::default(),
        }
    }
}

impl<T> Table<T> {
    /// Looks for a key.
    #[inline]
    pub(crate) fn seek(&self, key: &Key) -> Sought {
        let hash = self.hashes.hash_one(key) as u32;
        let mut at = hash as usize;
        loop {
            let slot = self.slot(at);
            if slot.place == NOBODY {
                return Sought { place: None, hash };
            }
            if slot.hash == hash
                && let Some(Place::Taken(name, _)) = self.places.get(slot.place as usize)
                && name.is(key)
            {
                return Sought { place: Some(slot.place), hash };
            }
            at = at.wrapping_add(1);
        }
    }

    /// What stands at a place.
    #[inline]
    pub(crate) fn get(&self, place: u32) -> Option<&T> {
        match self.places.get(place as usize)? {
            Place::Taken(_, it) => Some(it),
            Place::Free { .. } => None,
        }
    }

    /// The same, to be changed.
    #[inline]
    pub(crate) fn get_mut(&mut self, place: u32) -> Option<&mut T> {
        match self.places.get_mut(place as usize)? {
            Place::Taken(_, it) => Some(it),
            Place::Free { .. } => None,
        }
    }

    /// The key of what stands at a place.
    pub(crate) fn key(&self, place: u32) -> Option<Key> {
        match self.places.get(place as usize)? {
            Place::Taken(name, _) => Some(name.key()),
            Place::Free { .. } => None,
        }
    }

    /// How many there are.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.taken
    }

    /// Puts in what was sought and is not there, and returns its place.
    pub(crate) fn insert(&mut self, sought: Sought, key: &Key, it: T) -> u32 {
        if (self.taken + 1) * 4 > self.slots.len() * 3 {
            self.resize(self.slots.len() * 2);
        }
        let taken = Place::Taken(Name::of(key), it);
        let place = self.free;
        if let Some(free) = self.places.get_mut(place as usize) {
            if let Place::Free { next } = std::mem::replace(free, taken) {
                self.free = next;
            }
        } else {
            self.places.push(taken);
        }
        let place = if place == NOBODY { self.places.len() as u32 - 1 } else { place };
        self.taken += 1;
        self.put(Slot { hash: sought.hash, place });
        place
    }

    /// Takes out what stands at a place.
    pub(crate) fn remove(&mut self, place: u32) -> Option<(Key, T)> {
        let slot = self.places.get_mut(place as usize)?;
        if matches!(slot, Place::Free { .. }) {
            return None;
        }
        let Place::Taken(name, it) = std::mem::replace(slot, Place::Free { next: self.free })
        else {
            return None;
        };
        self.free = place;
        self.taken -= 1;
        let key = name.key();
        self.clear(self.hashes.hash_one(key) as u32, place);
        if self.taken == 0 {
            (self.places, self.free) = (Vec::new(), NOBODY);
        }
        if self.slots.len() > FEWEST && self.taken * 8 < self.slots.len() {
            self.resize(self.slots.len() / 2);
        }
        Some((key, it))
    }

    /// Everything that is in it, in no order that means anything.
    pub(crate) fn drain(&mut self) -> impl Iterator<Item = (Key, T)> + use<T> {
        let places = std::mem::take(self).places;
        places.into_iter().filter_map(|place| match place {
            Place::Taken(name, it) => Some((name.key(), it)),
            Place::Free { .. } => None,
        })
    }

    #[inline]
    fn slot(&self, at: usize) -> Slot {
        let mask = self.slots.len() - 1;
        self.slots.get(at & mask).copied().unwrap_or(EMPTY)
    }

    fn set(&mut self, at: usize, slot: Slot) {
        let mask = self.slots.len() - 1;
        if let Some(known) = self.slots.get_mut(at & mask) {
            *known = slot;
        }
    }

    /// Writes a place into the first free slot from where its hash points to.
    fn put(&mut self, new: Slot) {
        let mut at = new.hash as usize;
        while self.slot(at).place != NOBODY {
            at = at.wrapping_add(1);
        }
        self.set(at, new);
    }

    /// Frees the slot of a place, and lets those behind it move up that a search would not reach any
    /// more: all up to the next free slot that do not stand between where they begin and the gap.
    fn clear(&mut self, hash: u32, place: u32) {
        let mask = self.slots.len() - 1;
        let mut gap = hash as usize;
        while self.slot(gap).place != place {
            if self.slot(gap).place == NOBODY {
                return;
            }
            gap = gap.wrapping_add(1);
        }
        let mut at = gap;
        loop {
            at = at.wrapping_add(1);
            let slot = self.slot(at);
            if slot.place == NOBODY {
                break;
            }
            let from_start = at.wrapping_sub(slot.hash as usize) & mask;
            if from_start >= at.wrapping_sub(gap) & mask {
                self.set(gap, slot);
                gap = at;
            }
        }
        self.set(gap, EMPTY);
    }

    fn resize(&mut self, slots: usize) {
        let old = std::mem::replace(&mut self.slots, vec![EMPTY; slots]);
        for slot in old.into_iter().filter(|slot| slot.place != NOBODY) {
            self.put(slot);
        }
    }
}

impl Name {
    fn of(key: &Key) -> Self {
        match *key {
            Key::V4(ends) => Self::V4(ends),
            Key::V6(ends) => Self::V6(Box::new(ends)),
        }
    }

    fn key(&self) -> Key {
        match self {
            Self::V4(ends) => Key::V4(*ends),
            Self::V6(ends) => Key::V6(**ends),
        }
    }

    #[inline]
    fn is(&self, key: &Key) -> bool {
        match (self, key) {
            (Self::V4(mine), Key::V4(other)) => mine == other,
            (Self::V6(mine), Key::V6(other)) => **mine == *other,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

    use super::*;

    fn key(number: u32) -> Key {
        let four = |bits: u32| IpAddr::V4(Ipv4Addr::from_bits(bits));
        let six = |bits: u32| IpAddr::V6(Ipv6Addr::from_bits(u128::from(bits)));
        let (from, to) = ((number >> 8, number as u16), (7, 443));
        let address = if number.is_multiple_of(3) { six } else { four };
        Key::between((address(from.0), from.1), (address(to.0), to.1)).0
    }

    /// Whatever is put in and taken out, in whatever order, the table holds what a map holds, and
    /// when the most of it is gone, its slots are too.
    #[test]
    fn it_holds_what_a_map_holds() {
        let (mut table, mut map) = (Table::default(), HashMap::new());
        let mut random = 7_u64;
        for round in 0..200_000_u32 {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let number = (random >> 33) as u32 % 5_000;
            let sought = table.seek(&key(number));
            assert_eq!(sought.place, map.get(&number).map(|(place, _)| *place), "{number}");
            match sought.place {
                Some(place) => {
                    assert_eq!(table.get(place), map.get(&number).map(|(_, round)| round));
                    let (named, _) = table.remove(place).unwrap();
                    assert_eq!(named, key(number));
                    map.remove(&number);
                }
                None => {
                    let place = table.insert(sought, &key(number), round);
                    map.insert(number, (place, round));
                }
            }
            assert_eq!(table.len(), map.len());
        }
        assert!(table.slots.len() <= 8_192 && table.places.len() <= 5_000);
        for (number, (place, round)) in map {
            assert_eq!(table.remove(place), Some((key(number), round)));
        }
        assert_eq!((table.slots.len(), table.places.capacity()), (FEWEST, 0));
    }
}
