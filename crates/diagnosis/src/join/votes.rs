//! The votes for a difference of clocks: each pair of what is told and what is shown is one.

use super::scene::{Book, Index, Told, View};

/// A vote: the difference, the place of the view, the place of what was told.
pub(super) type Vote = (i64, u32, u32);

/// Who may vote: what a machine tells, and what is shown from one place.
pub(super) struct Ballot<'a> {
    pub(super) told: &'a [Told],
    pub(super) index: &'a Index,
    pub(super) views: &'a [View],
    pub(super) book: &'a Book,
}

/// Votes in the order of the differences.
pub(super) struct Votes(Vec<Vote>);

/// Votes that are collected at once, whatever thinning out leaves of one view.
const MAX_COLLECTED: usize = 2 << 20;
/// Views by which votes are counted before they are collected.
const MAX_SAMPLED: usize = 1 << 16;
/// Windows that are looked at closely, for each place and plainness.
const MAX_PEAKS: usize = 6;

impl Ballot<'_> {
    /// How many votes there would be for differences in this range, by one view of so many.
    pub(super) fn pairs(&self, (least, most): (i64, i64), stride: usize) -> usize {
        let of = |view: &View| -> usize {
            let (from, until) = (view.time.saturating_sub(most), view.time.saturating_sub(least));
            let lists = self.index.lists(view);
            lists.map(|list| between(self.told, list, from, until).len()).sum()
        };
        let some = self.views.iter().step_by(stride).map(of).fold(0, usize::saturating_add);
        some.saturating_mul(stride)
    }

    /// The votes in these ranges, thinned out to about so many.
    pub(super) fn votes(&self, ranges: &[(i64, i64)], room: usize) -> Votes {
        // Looking takes time too, where nothing is found.
        let looks = self.views.len().saturating_mul(ranges.len());
        let least = looks.div_ceil(room.max(1)).max(1);
        let few = least.max(looks.div_ceil(MAX_SAMPLED));
        let pairs = ranges.iter().map(|range| self.pairs(*range, few));
        let pairs = pairs.fold(0, usize::saturating_add);
        let stride = pairs.div_ceil(room.max(1)).max(least);
        let collect = |range: &(i64, i64)| self.collect(*range, stride);
        let mut votes: Vec<Vote> = ranges.iter().flat_map(collect).collect();
        votes.sort_unstable();
        Votes(votes)
    }

    /// The votes in a range of each view so many apart, in the order of the views.
    pub(super) fn collect(&self, (least, most): (i64, i64), stride: usize) -> Vec<Vote> {
        let mut votes = Vec::new();
        for (place, view) in (0..).zip(self.views).step_by(stride) {
            let (from, until) = (view.time.saturating_sub(most), view.time.saturating_sub(least));
            for list in self.index.lists(view) {
                for at in between(self.told, list, from, until) {
                    if votes.len() >= MAX_COLLECTED {
                        return votes;
                    }
                    let told = self.told.get(*at as usize);
                    if let Some(told) = told.filter(|told| told.fits(view, self.book)) {
                        votes.push((view.time.saturating_sub(told.time), place, *at));
                    }
                }
            }
        }
        votes
    }

    /// The same of all votes, window by window.
    pub(super) fn apart_in(&self, votes: &Votes, width: i64, tolerance: i64) -> usize {
        if votes.len() > MAX_SAMPLED {
            return votes.len();
        }
        let (mut rest, mut sum) = (&votes.0[..], 0);
        while let Some(first) = rest.first() {
            let end = rest.partition_point(|vote| vote.0.saturating_sub(first.0) <= width);
            let (window, behind) = rest.split_at(end);
            sum += self.apart(window, tolerance);
            rest = behind;
        }
        sum
    }

    /// How many of these votes are of failures that lie apart, on both sides: a burst is one.
    pub(super) fn apart(&self, votes: &[Vote], tolerance: i64) -> usize {
        let time = |place: u32| self.told.get(place as usize).map_or(0, |told| told.time);
        let shown = |place: u32| self.views.get(place as usize).map_or(0, |view| view.time);
        let mut pairs: Vec<(i64, i64)> =
            votes.iter().map(|(_, view, told)| (shown(*view), time(*told))).collect();
        pairs.sort_unstable();
        let (mut count, mut last) = (0, None);
        for (view, told) in pairs {
            let is_apart = last.is_none_or(|(last_view, last_told): (i64, i64)| {
                view.saturating_sub(last_view) >= tolerance
                    && told.saturating_sub(last_told) >= tolerance
            });
            if is_apart {
                count += 1;
                last = Some((view, told));
            }
        }
        count
    }
}

impl Votes {
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// From the least difference to the greatest.
    pub(super) fn span(&self) -> i64 {
        match (self.0.first(), self.0.last()) {
            (Some(first), Some(last)) => last.0.saturating_sub(first.0),
            _ => 0,
        }
    }

    /// The votes for differences in a range.
    pub(super) fn between(&self, from: i64, until: i64) -> &[Vote] {
        let start = self.0.partition_point(|vote| vote.0 < from);
        let end = self.0.partition_point(|vote| vote.0 <= until);
        self.0.get(start..end.max(start)).unwrap_or_default()
    }

    /// Where the windows of this width begin that have most votes, apart from one another.
    pub(super) fn fullest(&self, ranges: &[(i64, i64)], width: i64) -> Vec<i64> {
        let mut tops: Vec<(usize, i64)> = Vec::new();
        for (from, until) in ranges {
            let votes = self.between(*from, *until);
            let mut end = 0;
            for (start, vote) in votes.iter().enumerate() {
                while votes.get(end).is_some_and(|other| other.0.saturating_sub(vote.0) <= width) {
                    end += 1;
                }
                let count = end - start;
                if let Some(top) = tops.iter_mut().find(|top| (top.1 - vote.0).abs() <= width) {
                    if count > top.0 {
                        *top = (count, vote.0);
                    }
                } else if tops.len() < MAX_PEAKS {
                    tops.push((count, vote.0));
                } else if let Some(least) = tops.iter_mut().min_by_key(|top| top.0)
                    && least.0 < count
                {
                    *least = (count, vote.0);
                }
            }
        }
        tops.into_iter().map(|(_, start)| start).collect()
    }
}

/// The part of a list of told failures that lies between two times.
pub(super) fn between<'a>(told: &[Told], list: &'a [u32], from: i64, until: i64) -> &'a [u32] {
    let time = |place: &u32| told.get(*place as usize).map_or(i64::MAX, |told| told.time);
    let first = list.partition_point(|place| time(place) < from);
    let last = list.partition_point(|place| time(place) <= until);
    list.get(first..last.max(first)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The fullest windows are found, each once.
    #[test]
    fn full_windows_are_found() {
        let votes = Votes([1, 2, 3, 50, 51, 52, 53, 90].iter().map(|at| (*at, 0, 0)).collect());
        let mut tops = votes.fullest(&[(0, 100)], 5);
        tops.sort_unstable();
        assert_eq!(tops, [1, 50, 90]);
    }
}
