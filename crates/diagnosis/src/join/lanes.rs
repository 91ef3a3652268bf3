//! What is shown from one place, found by kind and time.

use std::collections::HashMap;

use foldhash::fast::RandomState;
use trace::Host;

use super::scene::{Book, Direction, Kind, Told, View};

/// The views from one place, found by what is known of a failure.
pub(super) struct Lanes<'a> {
    views: &'a [View],
    by_kind: HashMap<(Kind, Direction), Lane, RandomState>,
    by_peer: HashMap<Host, Lane, RandomState>,
}

/// Views in the order of time, and for each where the next one of another kind is.
#[derive(Default)]
struct Lane {
    places: Vec<u32>,
    ends: Vec<u32>,
}

/// The views that one failure could be, by party.
#[derive(Default)]
pub(super) struct Candidates {
    pub(super) parties: Vec<Candidate>,
    /// There are more than were looked at.
    pub(super) more: bool,
}

/// The views of one party that one failure could be.
#[derive(Clone)]
pub(super) struct Candidate {
    pub(super) count: usize,
    /// The one that is nearest in time.
    pub(super) view: View,
    /// How far it is.
    pub(super) far: i64,
}

/// Kinds of views that are looked at for one failure: so many clients do not fail in one second and
/// leave it open which of them was one.
pub(super) const MAX_LOOKS: usize = 64;
/// Which views are looked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Pick {
    /// The same alert, or, for a failure without one, any of the same peer.
    Clear,
    /// An alert that stays encrypted.
    Sealed,
    /// A connection that this side tore down.
    Cut,
}

impl<'a> Lanes<'a> {
    pub(super) fn new(views: &'a [View]) -> Self {
        let mut lanes = Self { views, by_kind: HashMap::default(), by_peer: HashMap::default() };
        for (place, view) in (0..).zip(views) {
            let lane = lanes.by_kind.entry((view.kind, view.direction)).or_default();
            lane.places.push(place);
            if let Some(peer) = view.peer {
                lanes.by_peer.entry(peer).or_default().places.push(place);
            }
        }
        for lane in lanes.by_kind.values_mut().chain(lanes.by_peer.values_mut()) {
            lane.close(views);
        }
        lanes
    }

    /// Adds the views within reach of a moment that a failure could be.
    pub(super) fn gather(
        &self,
        told: &Told,
        pick: Pick,
        reach: (i64, i64),
        book: &Book,
        found: &mut Candidates,
    ) {
        let wanted = |view: &View| match (pick, view.kind) {
            (Pick::Clear, Kind::Clear(alert)) => told.alert.is_none_or(|told| told == alert),
            (Pick::Clear, _) => told.alert.is_none(),
            (Pick::Sealed, kind) => kind == Kind::Sealed,
            (Pick::Cut, kind) => kind == Kind::Cut,
        };
        if let Some(peer) = told.peer {
            if let Some(lane) = self.by_peer.get(&peer) {
                let wanted = |view: &View| wanted(view) && told.agrees(view, book);
                lane.gather(self.views, reach, wanted, found);
            }
            return;
        }
        let kind = match (pick, told.alert) {
            (Pick::Clear, Some(alert)) => Kind::Clear(alert),
            (Pick::Clear, None) => return,
            (Pick::Sealed, _) => Kind::Sealed,
            (Pick::Cut, _) => Kind::Cut,
        };
        for direction in [Direction::Received, Direction::Sent, Direction::Unknown] {
            if let Some(lane) = self.by_kind.get(&(kind, direction)) {
                lane.gather(self.views, reach, |view| told.agrees(view, book), found);
            }
        }
    }
}

impl Lane {
    /// Finds where the runs of equal views end.
    fn close(&mut self, views: &[View]) {
        let kind = |place: &u32| {
            let view = views.get(*place as usize)?;
            Some((view.party, view.side, view.kind, view.direction))
        };
        self.ends = vec![0; self.places.len()];
        let (mut end, mut next) = (self.places.len() as u32, None);
        for (at, place) in self.places.iter().enumerate().rev() {
            let this = kind(place);
            if next.is_some_and(|next| next != this) {
                end = at as u32 + 1;
            }
            next = Some(this);
            if let Some(slot) = self.ends.get_mut(at) {
                *slot = end;
            }
        }
    }

    /// Adds the runs within reach whose views are wanted.
    fn gather(
        &self,
        views: &[View],
        (at, tolerance): (i64, i64),
        wanted: impl Fn(&View) -> bool,
        found: &mut Candidates,
    ) {
        let time = |place: &u32| views.get(*place as usize).map_or(i64::MAX, |view| view.time);
        let first = self.places.partition_point(|place| time(place) < at.saturating_sub(tolerance));
        let last = self.places.partition_point(|place| time(place) <= at.saturating_add(tolerance));
        let mut here = first;
        for _ in 0..MAX_LOOKS {
            if here >= last {
                return;
            }
            let end = self.ends.get(here).map_or(last, |end| (*end as usize).min(last));
            let view = self.places.get(here).and_then(|place| views.get(*place as usize));
            if let Some(view) = view.filter(|view| wanted(view)) {
                let run = self.places.get(here..end).unwrap_or_default();
                let later = run.partition_point(|place| time(place) < at);
                let nearest = [later.checked_sub(1), Some(later)].into_iter().flatten();
                let nearest = nearest.filter_map(|place| views.get(*run.get(place)? as usize));
                let nearest = nearest.min_by_key(|view| view.time.abs_diff(at));
                found.add(Candidate::new(nearest.unwrap_or(view), run.len(), at));
            }
            here = end.max(here + 1);
        }
        found.more |= here < last;
    }
}

impl Candidate {
    pub(super) fn new(view: &View, count: usize, at: i64) -> Self {
        Self { count, view: view.clone(), far: view.time.saturating_sub(at).saturating_abs() }
    }
}

impl Candidates {
    pub(super) fn add(&mut self, new: Candidate) {
        let known = self.parties.iter_mut().find(|it| it.view.party == new.view.party);
        let Some(known) = known else { return self.parties.push(new) };
        known.count += new.count;
        if (new.far, new.view.time, new.view.place) < (known.far, known.view.time, known.view.place)
        {
            (known.view, known.far) = (new.view, new.far);
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.more |= other.more;
        for candidate in other.parties {
            self.add(candidate);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.parties.is_empty() && !self.more
    }

    pub(super) fn has(&self, party: u32) -> bool {
        self.parties.iter().any(|it| it.view.party == party)
    }

    /// How many views of all parties.
    pub(super) fn count(&self) -> usize {
        self.parties.iter().map(|it| it.count).sum()
    }
}
