//! One failure after the other, looked for among what another witness shows.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use foldhash::fast::RandomState;
use trace::Host;

use super::alone::Alone;
use super::clock::{Fit, QUARTER, RANGE, tolerance};
use super::lanes::{Candidate, Candidates, Lanes, MAX_LOOKS, Pick};
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
    /// What fits where clocks could not be compared.
    alone: Alone,
}

/// Parties that are named where several fit.
const MAX_NAMED: usize = 8;
/// How far the two times of a failure may always be apart: an event is written some milliseconds
/// after the alert.
const LEAST_NEAR: i64 = 100_000_000;
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
        // A local time without its zone is of any hour.
        let alone = match fits {
            [] if zone => Alone::new(told, scene, book, tolerance(step)),
            _ => Alone::default(),
        };
        let wanted = |stand: &Stand| fits.iter().any(|fit| fit.stand == *stand);
        let mut sockets: HashMap<_, Vec<_>, RandomState> = HashMap::default();
        let ports = told.iter().any(|told| told.port.is_some());
        for (stand, views) in &scene.stands {
            if wanted(stand) {
                lanes.insert(*stand, Lanes::new(views));
            }
            for (place, view) in (0..).zip(views).filter(|_| ports) {
                if let (Some(peer), Some(port)) = (view.peer, view.port) {
                    sockets.entry((peer, port)).or_default().push((*stand, place));
                }
            }
        }
        let tolerance = tolerance(step);
        Self { told, index, scene, book, fits, tolerance, step, lanes, sockets, zone, alone }
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
            let found = self.alone.of(told).and_then(|(means, view, single)| {
                self.found(view, means, Sight::Alert, Confidence::Likely, single)
            });
            return found.unwrap_or_else(|| Answer::Missing(self.missing(told)));
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

    /// By the peer's address and port, which both witnesses name: times need only be of about the same
    /// minute. Ports come back, on a busy machine within the hour.
    fn by_socket(&self, told: &Told) -> Option<Answer> {
        let views = self.sockets.get(&(told.peer?, told.port?))?;
        let offset = self.fits.first().map(|fit| fit.offset);
        let at = told.time.saturating_add(offset.unwrap_or(0));
        let late = LATE.max(self.tolerance);
        let near = |view: &View| {
            let far = view.time.saturating_sub(at);
            match (offset, self.zone) {
                (Some(_), _) => far.abs() <= late,
                (None, true) => far.abs() <= MARGIN,
                // A local time is whole quarters of an hour away.
                (None, false) => {
                    let quarter = (far.saturating_add(QUARTER / 2)).rem_euclid(QUARTER);
                    far.abs() <= RANGE && (quarter - QUARTER / 2).abs() <= late
                }
            }
        };
        let mut candidates = Candidates::default();
        for (stand, place) in views.iter().take(MAX_LOOKS) {
            let view = self.scene.stands.get(stand)?.get(*place as usize)?;
            let fits = match (view.kind, told.alert) {
                (Kind::Clear(shown), Some(told)) => shown == told,
                _ => true,
            };
            if fits && told.agrees(view, self.book) && near(view) {
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

    /// Failures that this machine tells within reach of this one, itself included, and that are of
    /// the same kind: as many must be shown.
    fn rivals(&self, told: &Told) -> usize {
        let until = told.time.saturating_add(self.tolerance);
        let from = told.time.saturating_sub(self.tolerance);
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
        self.fits.iter().all(|fit| fit.offset.abs_diff(first) <= self.tolerance.unsigned_abs())
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
