//! Chooses the anchors: four bytes each, one of which stands in every form.
//!
//! A line without an anchor is never looked at, so they are searched for in every byte of a log, all
//! at once. That is fast while they are few, and while ordinary lines hold none of them: both are
//! weighed here, with the innocent lines of the stack files and `ordinary.txt` for ordinary lines.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::form;
use crate::order;
use crate::stack::Stack;

/// Bytes of an anchor: as many as the search compares at once.
pub(crate) const ANCHOR: usize = 4;

/// What an anchor costs by itself, in hits of ordinary lines.
const OWN_COST: usize = 8;

/// Anchors that the packed search of aho-corasick takes; with more it would fall back to one that
/// looks at every byte by itself.
const MOST: usize = 128;

/// What ordinary logs hold.
const ORDINARY: &str = include_str!("ordinary.txt");

/// Four bytes, and the texts around them by which forms are found.
pub(crate) struct Anchor<'a> {
    pub(crate) bytes: [u8; ANCHOR],
    /// Bytes of the text in front of the anchor, and the text.
    pub(crate) stems: BTreeSet<(usize, &'a str)>,
}

/// The anchors of all forms.
///
/// # Errors
/// Names the forms in which no four bytes can be looked for; or there are too many anchors.
pub(crate) fn choose(stacks: &BTreeMap<String, Stack>) -> Result<Vec<Anchor<'_>>, String> {
    let forms: Vec<Vec<&str>> = stacks
        .values()
        .flat_map(|stack| &stack.forms)
        .map(|form| form::plain(&form.parts))
        .collect();
    let texts = stacks.values().flat_map(|stack| stack.forms.iter().map(|form| &form.text));
    let hidden = forms.iter().zip(texts).filter(|(pieces, _)| pieces.is_empty());
    let hidden: Vec<_> =
        hidden.map(|(_, text)| format!("{text:?}: no four bytes to look for")).collect();
    if !hidden.is_empty() {
        return Err(hidden.join("\n"));
    }
    let frequency = frequency(stacks);
    let cost = |bytes: &[u8; ANCHOR]| OWN_COST + frequency.get(bytes).copied().unwrap_or(0);
    let mut holders: BTreeMap<[u8; ANCHOR], BTreeSet<usize>> = BTreeMap::new();
    for (number, pieces) in forms.iter().enumerate() {
        for bytes in pieces.iter().flat_map(|piece| windows(piece)) {
            holders.entry(bytes).or_default().insert(number);
        }
    }
    // The one that finds most forms for its cost, again and again, until each form has one.
    let mut chosen = BTreeSet::new();
    let mut open: BTreeSet<usize> = (0..forms.len()).collect();
    while !open.is_empty() {
        let worth = |(bytes, forms): &(&[u8; ANCHOR], &BTreeSet<usize>)| {
            forms.intersection(&open).count() * 1_000 / cost(bytes)
        };
        let Some((best, found)) = holders.iter().max_by_key(worth) else { break };
        chosen.insert(*best);
        open.retain(|form| !found.contains(form));
    }
    if chosen.len() > MOST {
        return Err(format!("{} anchors are more than {MOST}: raise OWN_COST", chosen.len()));
    }
    let mut anchors: BTreeMap<_, _> =
        chosen.iter().map(|bytes| (*bytes, BTreeSet::new())).collect();
    for pieces in &forms {
        // Of several in one form that with the longest text around it, which refuses most; and of
        // that the rarest.
        let places = pieces.iter().flat_map(|piece| {
            windows(piece).enumerate().map(move |(at, bytes)| (bytes, (at, *piece)))
        });
        let known = places.filter(|(bytes, _)| chosen.contains(bytes));
        let best = known.max_by_key(|(bytes, (_, text))| (text.len(), Reverse(cost(bytes))));
        if let Some((bytes, stem)) = best {
            anchors.entry(bytes).or_default().insert(stem);
        }
    }
    anchors.retain(|_, stems| !stems.is_empty());
    let order = order::ordered(anchors.keys().copied().collect(), &frequency);
    let anchor = |bytes| {
        let stems = anchors.get(&bytes).map(shortest).unwrap_or_default();
        Anchor { bytes, stems }
    };
    Ok(order.into_iter().map(anchor).collect())
}

/// How often each four bytes stand in ordinary lines.
fn frequency(stacks: &BTreeMap<String, Stack>) -> HashMap<[u8; ANCHOR], usize> {
    let mut frequency = HashMap::new();
    let innocents = stacks.values().flat_map(|stack| &stack.innocents);
    let lines = innocents.map(|sample| sample.line.as_str()).chain([ORDINARY]);
    for bytes in lines.flat_map(windows) {
        *frequency.entry(bytes).or_default() += 1;
    }
    frequency
}

fn windows(text: &str) -> impl Iterator<Item = [u8; ANCHOR]> {
    text.as_bytes().windows(ANCHOR).filter_map(|bytes| bytes.try_into().ok())
}

/// The stems without those that begin with another one, which finds them as well.
fn shortest<'a>(stems: &BTreeSet<(usize, &'a str)>) -> BTreeSet<(usize, &'a str)> {
    let begins_with_another = |(front, stem): &(usize, &str)| {
        let mut others = stems.iter().filter(|(other, _)| other == front);
        others.any(|(_, other)| other != stem && stem.starts_with(other))
    };
    stems.iter().filter(|stem| !begins_with_another(stem)).copied().collect()
}
