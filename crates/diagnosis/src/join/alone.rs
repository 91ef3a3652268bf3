//! What can be said where clocks could not be compared: little, and never as certain.

use std::collections::HashMap;

use alert::Alert;
use foldhash::fast::RandomState;

use super::Means;
use super::lanes::{Candidate, Candidates, Lanes, Pick};
use super::scene::{Book, Direction, Kind, Scene, Told, View};

/// Failures that are found without a clock, taken to be right within some seconds.
#[derive(Default)]
pub(super) struct Alone {
    /// Those next to which nothing else happened, on either side.
    by_time: Vec<((usize, usize), Candidate)>,
    /// The kinds that one party alone has, and about as often: with failures that never pause, all
    /// differences fit, and each gives the same party.
    only: HashMap<(Direction, Alert), View, RandomState>,
    /// When the other witness was there.
    there: Option<(i64, i64)>,
}

/// How far a clock that cannot be compared is taken to be off: that of a machine somebody keeps.
const ALONE: i64 = 5_000_000_000;
/// Failures that are joined by the time alone: with more of them, the clocks can be compared, and
/// if they could not, the time proves nothing.
const MAX_ALONE: usize = 3;
/// Failures of one kind that both must have for one party to be the only one: fewer would have
/// shown a clock, or are chance.
const LEAST_ALIKE: usize = 8;

impl Alone {
    pub(super) fn new(told: &[Told], scene: &Scene, book: &Book, tolerance: i64) -> Self {
        let (first, last) = scene.covers;
        let there = (first.saturating_sub(ALONE), last.saturating_add(ALONE));
        let lonely = lonely(told, there);
        Self {
            by_time: by_time(&lonely, scene, book, tolerance),
            only: only(told, there, scene),
            there: Some(there),
        }
    }

    /// What is known of a failure: by what, the view, and whether that is the connection.
    pub(super) fn of(&self, told: &Told) -> Option<(Means, &View, bool)> {
        if let Some((_, it)) = self.by_time.iter().find(|(from, _)| *from == told.from) {
            return Some((Means::TimeAlone, &it.view, it.count == 1));
        }
        let (from, until) = self.there?;
        let there = (from..=until).contains(&told.time) && told.peer.is_none();
        let view = self.only.get(&(told.direction, told.alert?)).filter(|_| there)?;
        Some((Means::OnlyParty, view, false))
    }
}

/// Those of a few failures for which only one party fits within some seconds, where all of them have
/// the clocks apart by the same.
fn by_time(
    lonely: &[&Told],
    scene: &Scene,
    book: &Book,
    tolerance: i64,
) -> Vec<((usize, usize), Candidate)> {
    if lonely.is_empty() {
        return Vec::new();
    }
    let lanes: Vec<Lanes<'_>> = scene.stands.values().map(|views| Lanes::new(views)).collect();
    let fit = |told: &&Told| {
        if is_busy(told, scene, book) {
            return None;
        }
        let mut found = Candidates::default();
        for lanes in &lanes {
            lanes.gather(told, Pick::Clear, (told.time, ALONE.max(tolerance)), book, &mut found);
        }
        let more = found.more;
        let first = found.parties.pop().filter(|_| found.parties.is_empty() && !more)?;
        Some((told.time, told.from, first))
    };
    let all: Vec<_> = lonely.iter().filter_map(fit).collect();
    let apart = || all.iter().map(|(time, _, it)| it.view.time.saturating_sub(*time));
    let (least, most) = (apart().min().unwrap_or(0), apart().max().unwrap_or(0));
    if most.saturating_sub(least) > tolerance {
        return Vec::new();
    }
    all.into_iter().map(|(_, from, first)| (from, first)).collect()
}

/// Whether the other witness shows so many failures of this kind, of several parties, that one of
/// them would be near by chance.
fn is_busy(told: &Told, scene: &Scene, book: &Book) -> bool {
    let is_alike = |view: &&View| told.alert.map(Kind::Clear) == Some(view.kind);
    let alike = scene.stands.values().flatten().filter(is_alike);
    let mut places: Vec<(u64, u32)> =
        alike.filter(|view| told.agrees(view, book)).map(|view| (view.place, view.party)).collect();
    // Each is there once for each end from which it may be seen.
    places.sort_unstable();
    places.dedup();
    let first = places.first().map(|(_, party)| *party);
    places.len() > MAX_ALONE && places.iter().any(|(_, party)| Some(*party) != first)
}

/// The failures while the other witness was there, if they are few and each is alone.
fn lonely(told: &[Told], (from, until): (i64, i64)) -> Vec<&Told> {
    let shown = from..=until;
    let there = told.iter().filter(|told| shown.contains(&told.time) && told.alert.is_some());
    let there: Vec<&Told> = there.take(MAX_ALONE + 1).collect();
    let apart = |pair: &[&Told]| match pair {
        [one, other] => other.time.saturating_sub(one.time) > 2 * ALONE,
        _ => true,
    };
    let few = there.len() <= MAX_ALONE && there.windows(2).all(apart);
    if few { there } else { Vec::new() }
}

/// The kinds of failures of which the other witness shows those of one party alone, and about as
/// many as are told.
fn only(
    told: &[Told],
    (from, until): (i64, i64),
    scene: &Scene,
) -> HashMap<(Direction, Alert), View, RandomState> {
    let mut times: HashMap<(Direction, Alert), usize, RandomState> = HashMap::default();
    for told in told.iter().filter(|told| (from..=until).contains(&told.time)) {
        if let Some(alert) = told.alert {
            *times.entry((told.direction, alert)).or_default() += 1;
        }
    }
    // How many views there are of each kind, and one of them as long as all are of one party.
    let mut shown: HashMap<(Direction, Alert), (usize, Option<View>), RandomState> =
        HashMap::default();
    for view in scene.stands.values().flatten() {
        let Kind::Clear(alert) = view.kind else { continue };
        let first = || (0, Some(view.clone()));
        let (count, one) = shown.entry((view.direction, alert)).or_insert_with(first);
        *count += 1;
        if one.as_ref().is_some_and(|one| one.party != view.party) {
            *one = None;
        }
    }
    let alike = |kind: &(Direction, Alert), count: usize| {
        let told = times.get(kind).copied().unwrap_or(0);
        count >= LEAST_ALIKE && told <= count * 2 && count <= told * 2
    };
    shown
        .into_iter()
        .filter(|(kind, (count, _))| alike(kind, *count))
        .filter_map(|(kind, (_, view))| Some((kind, view?)))
        .collect()
}
