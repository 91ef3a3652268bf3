//! One failure after the other, looked for among what another witness shows.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use foldhash::fast::RandomState;
use trace::Host;

use super::clock::{Fit, RANGE, tolerance};
use super::scene::{Book, Direction, Index, Kind, Scene, Stand, Told, View};
use super::votes::between;
use super::{Answer, Found, Means, Missing, Party, Sight};
use crate::Confidence;

/// Looks for what one machine tells in what one other witness shows.
pub(super) struct Matching<'a> {
    told: &'a [Told],
    index: &'a Index,
    scene: &'a Scene,
    book: &'a Book,
    /// Each place where the machine may stand, with a difference of the clocks.
    fits: &'a [Fit],
    tolerance: i64,
    step: i64,
    lanes: BTreeMap<Stand, Lanes<'a>>,
    /// The views from all places by the socket of the peer.
    sockets: HashMap<(Host, u16), Vec<(Stand, u32)>, RandomState>,
    /// Whether times have a zone, so that clocks which cannot be compared are close all the same.
    zone: bool,
    /// What fits by nothing but the time, where clocks could not be compared.
    alone: Vec<((usize, usize), Candidate)>,
}

/// The views from one place, found by what is known of a failure.
struct Lanes<'a> {
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
struct Candidates {
    parties: Vec<Candidate>,
    /// There are more than were looked at.
    more: bool,
}

/// The views of one party that one failure could be.
#[derive(Clone)]
struct Candidate {
    count: usize,
    /// The one that is nearest in time.
    view: View,
    /// How far it is.
    far: i64,
}

/// Kinds of views that are looked at for one failure: so many clients do not fail in one second and
/// leave it open which of them was one.
const MAX_LOOKS: usize = 64;
/// Parties that are named where several fit.
const MAX_NAMED: usize = 8;
/// How far the two times of a failure may always be apart: an event is written some milliseconds
/// after the alert.
const LEAST_NEAR: i64 = 100_000_000;
/// How far a clock that cannot be compared is taken to be off: that of a machine somebody keeps.
const ALONE: i64 = 5_000_000_000;
/// Failures that are joined by the time alone: with more of them, the clocks can be compared, and
/// if they could not, the time proves nothing.
const MAX_ALONE: usize = 3;
/// How late a program writes what it saw, where address and port are the same.
const LATE: i64 = 60_000_000_000;
/// Around what a capture covers, where clocks could not be compared.
const MARGIN: i64 = 300_000_000_000;

impl<'a> Matching<'a> {
    pub(super) fn new(
        (told, index): (&'a [Told], &'a Index),
        scene: &'a Scene,
        book: &'a Book,
        fits: &'a [Fit],
        (step, zone): (i64, bool),
    ) -> Self {
        let mut lanes = BTreeMap::new();
        let lonely = if fits.is_empty() && zone { lonely(told, scene) } else { Vec::new() };
        let wanted = |stand: &Stand| fits.iter().any(|fit| fit.stand == *stand);
        let mut sockets: HashMap<_, Vec<_>, RandomState> = HashMap::default();
        let ports = told.iter().any(|told| told.port.is_some());
        for (stand, views) in &scene.stands {
            if wanted(stand) || !lonely.is_empty() {
                lanes.insert(*stand, Lanes::new(views));
            }
            for (place, view) in (0..).zip(views).filter(|_| ports) {
                if let (Some(peer), Some(port)) = (view.peer, view.port) {
                    sockets.entry((peer, port)).or_default().push((*stand, place));
                }
            }
        }
        let tolerance = tolerance(step);
        let alone = Vec::new();
        let mut matching =
            Self { told, index, scene, book, fits, tolerance, step, lanes, sockets, zone, alone };
        matching.alone = matching.by_time(&lonely);
        matching
    }

    /// What this witness says to a failure.
    pub(super) fn answer(&self, told: &Told) -> Answer {
        if told.port.is_some()
            && let Some(answer) = self.by_socket(told)
        {
            return answer;
        }
        if !told.is_comparable() {
            return Answer::Missing(Missing::NothingToCompare);
        }
        if self.fits.is_empty() {
            return self.alone(told);
        }
        let near = |fit: &Fit, pick: Pick| {
            let mut candidates = Candidates::default();
            let at = told.time.saturating_add(fit.offset);
            if let Some(lanes) = self.lanes.get(&fit.stand) {
                lanes.gather(told, pick, (at, self.tolerance), self.book, &mut candidates);
            }
            candidates
        };
        let all = |pick: Pick| {
            let mut all = Candidates::default();
            for fit in self.fits {
                all.merge(near(fit, pick));
            }
            all
        };
        let (clear, sealed) = (all(Pick::Clear), all(Pick::Sealed));
        let (found, sight) = if !clear.is_empty() {
            (&clear, Sight::Alert)
        } else if !sealed.is_empty() {
            (&sealed, Sight::Sealed)
        } else {
            let cut = all(Pick::Cut);
            let generated = told.direction == Direction::Sent && !cut.is_empty();
            return match generated {
                true => self.say(told, &cut, Sight::Unsent, Confidence::Likely),
                false => Answer::Missing(self.missing(told)),
            };
        };
        // What is encrypted may be the same alert, and then it is another failure that nobody told.
        let hidden = sealed.parties.iter().any(|it| !clear.has(it.view.party));
        // More were told than are shown: one of them is of a connection that was not captured.
        let short = self.rivals(told) > found.count();
        let near = found.parties.iter().any(|it| it.far <= self.near());
        if short && !near {
            return Answer::Missing(Missing::NotSeen);
        }
        let sure = sight == Sight::Alert && !hidden && !short && near;
        let confidence = if sure { Confidence::Certain } else { Confidence::Likely };
        self.say(told, found, sight, confidence)
    }

    /// By the peer's address and port, which both witnesses name: times need only be of one day, or
    /// of the same minute where the clocks can be compared.
    fn by_socket(&self, told: &Told) -> Option<Answer> {
        let views = self.sockets.get(&(told.peer?, told.port?))?;
        let offset = self.fits.first().map(|fit| fit.offset);
        let reach = if offset.is_some() { LATE.max(self.tolerance) } else { RANGE };
        let at = told.time.saturating_add(offset.unwrap_or(0));
        let mut candidates = Candidates::default();
        for (stand, place) in views.iter().take(MAX_LOOKS) {
            let view = self.scene.stands.get(stand)?.get(*place as usize)?;
            let fits = match (view.kind, told.alert) {
                (Kind::Clear(shown), Some(told)) => shown == told,
                _ => true,
            };
            if fits && told.agrees(view, self.book) && (view.time - at).abs() <= reach {
                candidates.add(Candidate::new(view, 1, at));
            }
        }
        candidates.more |= views.len() > MAX_LOOKS;
        let [candidate] = &candidates.parties[..] else { return None };
        let Candidate { count, view, far } = candidate;
        let close = offset.is_some() || *far <= LATE;
        let sure = close && !candidates.more;
        let confidence = if sure { Confidence::Certain } else { Confidence::Likely };
        let sight = if view.kind == Kind::Sealed { Sight::Sealed } else { Sight::Alert };
        self.found(view, Means::Address, sight, confidence, *count == 1)
    }

    /// Those of a few failures for which only one party fits within some seconds, where all of them
    /// have the clocks apart by the same.
    fn by_time(&self, lonely: &[&Told]) -> Vec<((usize, usize), Candidate)> {
        let fit = |told: &&Told| {
            let mut found = Candidates::default();
            for lanes in self.lanes.values() {
                let reach = (told.time, ALONE.max(self.tolerance));
                lanes.gather(told, Pick::Clear, reach, self.book, &mut found);
            }
            let more = found.more;
            let first = found.parties.pop().filter(|_| found.parties.is_empty() && !more)?;
            Some((told.time, told.from, first))
        };
        let all: Vec<_> = lonely.iter().filter_map(fit).collect();
        let apart = || all.iter().map(|(time, _, it)| it.view.time - time);
        let (least, most) = (apart().min().unwrap_or(0), apart().max().unwrap_or(0));
        if most - least > self.tolerance {
            return Vec::new();
        }
        all.into_iter().map(|(_, from, first)| (from, first)).collect()
    }

    /// By the time alone: nothing else of its kind within some seconds, on either side.
    fn alone(&self, told: &Told) -> Answer {
        let known = self.alone.iter().find(|(from, _)| *from == told.from);
        let found = known.and_then(|(_, Candidate { count, view, .. })| {
            let (means, likely) = (Means::TimeAlone, Confidence::Likely);
            self.found(view, means, Sight::Alert, likely, *count == 1)
        });
        found.unwrap_or_else(|| Answer::Missing(self.missing(told)))
    }

    /// Failures that this machine tells within reach of this one, itself included, and that are of
    /// the same kind: as many must be shown.
    fn rivals(&self, told: &Told) -> usize {
        let (from, until) = (told.time - self.tolerance, told.time + self.tolerance);
        match (told.peer, told.alert) {
            (Some(peer), _) => {
                let list = self.index.by_peer.get(&peer).map_or(&[][..], Vec::as_slice);
                let near = between(self.told, list, from, until).iter().take(MAX_LOOKS);
                let other = |place: &&u32| self.told.get(**place as usize);
                near.filter(|place| other(place).is_some_and(|it| it.alert == told.alert)).count()
            }
            (None, Some(alert)) => {
                let list = self.index.by_alert.get(&(told.direction, alert));
                between(self.told, list.map_or(&[][..], Vec::as_slice), from, until).len()
            }
            (None, None) => 0,
        }
    }

    /// What is said of the candidates.
    fn say(&self, told: &Told, found: &Candidates, sight: Sight, sure: Confidence) -> Answer {
        match &found.parties[..] {
            [Candidate { count, view, .. }] if !found.more => {
                let single = *count == 1 && self.rivals(told) <= 1 && self.is_single();
                self.found(view, Means::Clock, sight, sure, single)
                    .unwrap_or(Answer::Missing(Missing::NotSeen))
            }
            [] | [_] => Answer::Missing(Missing::TooMany),
            several => Answer::Ambiguous(self.named(several)),
        }
    }

    /// Whether only one difference of the clocks holds: where there are several, the party is the
    /// same by each of them, and the connection is not.
    fn is_single(&self) -> bool {
        let first = self.fits.first().map_or(0, |fit| fit.offset);
        self.fits.iter().all(|fit| (fit.offset - first).abs() <= self.tolerance)
    }

    /// How far the time of a view is from what was told, as a rule.
    fn near(&self) -> i64 {
        let spread = self.fits.iter().map(|fit| fit.spread).max().unwrap_or(0);
        spread.saturating_mul(4).max(self.step).clamp(LEAST_NEAR, self.tolerance)
    }

    fn named(&self, several: &[Candidate]) -> Vec<Arc<Party>> {
        let mut parties: Vec<u32> = several.iter().map(|it| it.view.party).collect();
        parties.sort_unstable();
        parties.truncate(MAX_NAMED);
        parties.into_iter().filter_map(|party| self.book.get(party).cloned()).collect()
    }

    fn found(
        &self,
        view: &View,
        means: Means,
        sight: Sight,
        confidence: Confidence,
        single: bool,
    ) -> Option<Answer> {
        Some(Answer::Found(Found {
            input: self.scene.input,
            party: Arc::clone(self.book.get(view.party)?),
            means,
            sight,
            confidence,
            place: single.then_some(view.place),
            group: view.group,
            verdict: view.verdict,
        }))
    }

    /// Why it is not there.
    fn missing(&self, told: &Told) -> Missing {
        let (first, last) = self.scene.covers;
        let offset = self.fits.first().map_or(0, |fit| fit.offset);
        let margin = match (self.fits.is_empty(), self.zone) {
            (false, _) => self.tolerance,
            (true, true) => MARGIN,
            (true, false) => RANGE,
        };
        let at = told.time.saturating_add(offset);
        if at < first.saturating_sub(margin) || at > last.saturating_add(margin) {
            Missing::OtherTime
        } else if self.fits.is_empty() {
            Missing::NoClock
        } else {
            Missing::NotSeen
        }
    }
}

/// The failures while the other witness was there, if they are few and each is alone.
fn lonely<'a>(told: &'a [Told], scene: &Scene) -> Vec<&'a Told> {
    let (first, last) = scene.covers;
    let shown = first.saturating_sub(ALONE)..=last.saturating_add(ALONE);
    let there = told.iter().filter(|told| shown.contains(&told.time) && told.alert.is_some());
    let there: Vec<&Told> = there.take(MAX_ALONE + 1).collect();
    let apart = |pair: &[&Told]| match pair {
        [one, other] => other.time - one.time > 2 * ALONE,
        _ => true,
    };
    let few = there.len() <= MAX_ALONE && there.windows(2).all(apart);
    if few { there } else { Vec::new() }
}

/// Which views are looked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pick {
    /// The same alert, or, for a failure without one, any of the same peer.
    Clear,
    /// An alert that stays encrypted.
    Sealed,
    /// A connection that this side tore down.
    Cut,
}

impl<'a> Lanes<'a> {
    fn new(views: &'a [View]) -> Self {
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
    fn gather(
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
                let nearest = nearest.min_by_key(|view| (view.time - at).abs());
                found.add(Candidate::new(nearest.unwrap_or(view), run.len(), at));
            }
            here = end.max(here + 1);
        }
        found.more |= here < last;
    }
}

impl Candidate {
    fn new(view: &View, count: usize, at: i64) -> Self {
        Self { count, view: view.clone(), far: (view.time - at).abs() }
    }
}

impl Candidates {
    fn add(&mut self, new: Candidate) {
        let known = self.parties.iter_mut().find(|it| it.view.party == new.view.party);
        let Some(known) = known else { return self.parties.push(new) };
        known.count += new.count;
        if (new.far, new.view.time, new.view.place) < (known.far, known.view.time, known.view.place)
        {
            (known.view, known.far) = (new.view, new.far);
        }
    }

    fn merge(&mut self, other: Self) {
        self.more |= other.more;
        for candidate in other.parties {
            self.add(candidate);
        }
    }

    fn is_empty(&self) -> bool {
        self.parties.is_empty() && !self.more
    }

    fn has(&self, party: u32) -> bool {
        self.parties.iter().any(|it| it.view.party == party)
    }

    /// How many views of all parties.
    fn count(&self) -> usize {
        self.parties.iter().map(|it| it.count).sum()
    }
}
