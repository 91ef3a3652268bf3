//! The order of the anchors, which decides how fast they are searched for.
//!
//! The search looks at the first four bytes of all anchors at once. It keeps them in sixteen
//! buckets, one after the other, and of each bucket it only knows which half bytes occur in which
//! place: what mixes the half bytes of two anchors of one bucket has to be compared as well. So
//! anchors that together look like ordinary text are kept apart here.

use std::collections::{BTreeMap, HashMap};

use crate::anchors::ANCHOR;

/// Buckets of the search (aho-corasick's Teddy, with 256 bits).
const BUCKETS: usize = 16;

/// The same anchors, so that few places of an ordinary text look like one of them.
pub(crate) fn ordered(
    anchors: Vec<[u8; ANCHOR]>,
    places: &HashMap<[u8; ANCHOR], usize>,
) -> Vec<[u8; ANCHOR]> {
    // Anchors that agree in their low half bytes share a bucket whatever their order is.
    let mut groups: BTreeMap<Vec<u8>, Vec<[u8; ANCHOR]>> = BTreeMap::new();
    for anchor in anchors {
        let low = anchor.iter().map(|byte| byte & 15).collect();
        groups.entry(low).or_default().push(anchor);
    }
    let mut groups: Vec<Vec<[u8; ANCHOR]>> = groups.into_values().collect();
    groups
        .sort_by_cached_key(|group| std::cmp::Reverse(Bucket::default().with(group).cost(places)));
    // Every bucket is as full as the others, or holds one more.
    let (least, mut fuller) = (groups.len() / BUCKETS, groups.len() % BUCKETS);
    let mut buckets = vec![Bucket::default(); BUCKETS];
    for group in groups {
        let open = buckets.iter_mut().filter(|bucket| {
            bucket.groups.len() < least || (bucket.groups.len() == least && fuller > 0)
        });
        let best = open.min_by_key(|bucket| bucket.with(&group).cost(places) - bucket.cost);
        let Some(best) = best else { continue };
        fuller -= usize::from(best.groups.len() == least);
        *best = best.with(&group);
        best.cost = best.cost(places);
        best.groups.push(group);
    }
    buckets.sort_by_key(|bucket| std::cmp::Reverse(bucket.groups.len()));
    let mut order = Vec::new();
    for row in 0..=least {
        let groups = buckets.iter().filter_map(|bucket| bucket.groups.get(row)?.first());
        order.extend(groups.cloned());
    }
    let rest =
        buckets.iter().flat_map(|bucket| &bucket.groups).flat_map(|group| group.iter().skip(1));
    order.extend(rest.copied());
    order
}

/// What the search knows of the anchors of one bucket.
#[derive(Clone, Default)]
struct Bucket {
    groups: Vec<Vec<[u8; ANCHOR]>>,
    /// The low and the high half bytes of each place, a bit each.
    halves: [(u16, u16); ANCHOR],
    /// Places of the ordinary text that look like one of them.
    cost: usize,
}

impl Bucket {
    fn with(&self, group: &[[u8; ANCHOR]]) -> Self {
        let mut bucket = self.clone();
        for anchor in group {
            for ((low, high), byte) in bucket.halves.iter_mut().zip(anchor) {
                *low |= 1 << (byte & 15);
                *high |= 1 << (byte >> 4);
            }
        }
        bucket
    }

    fn cost(&self, places: &HashMap<[u8; ANCHOR], usize>) -> usize {
        let looks_like = |place: &[u8; ANCHOR]| {
            let mut bytes = self.halves.iter().zip(place);
            bytes.all(|((low, high), byte)| low >> (byte & 15) & high >> (byte >> 4) & 1 == 1)
        };
        let alike = places.iter().filter(|(place, _)| looks_like(place));
        alike.map(|(_, count)| count).sum()
    }
}
