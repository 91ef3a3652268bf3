//! How far two clocks are apart, and where in a capture a machine stands.
//!
//! Each failure that one witness tells and each that the other shows of the same kind vote for the
//! difference of their times. Where many votes fall together, that is the difference of the clocks;
//! the votes around say how many would have fallen together by chance. A capture is looked at from
//! each address in it, and the machine stands where the votes are surest.
//!
//! The rule is this: with λ votes expected by chance within the window, k that are there, and n
//! windows that were looked at, a difference holds when the chance of k or more (a Poisson tail),
//! times n, is below [`CHANCE`]. Differences that are plainer count as fewer windows: clocks that
//! agree, then clocks some minutes apart, then whole quarters of an hour (a local time without its
//! zone), then any. What repeats with a period holds at many differences; those that have nearly as
//! many votes are kept beside the best, and all that fits one of them is a candidate.

use std::cmp::Reverse;

use super::scene::{Book, Index, Scene, Stand, Told, View};
use super::votes::{Ballot, Vote};

/// A difference of clocks, and where the machine stands with it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Fit {
    pub(super) stand: Stand,
    /// What is added to the time of the end to have the other's, in nanoseconds.
    pub(super) offset: i64,
    /// Failures, apart from one another, that agree in it.
    pub(super) agree: usize,
    /// Half of the width in which nine of ten of the votes lie.
    pub(super) spread: i64,
    /// The logarithm of how likely so many are by chance.
    chance: f64,
    /// The width of the window.
    width: i64,
}

/// Differences of one plainness.
struct Plain {
    /// The ranges that they lie in.
    ranges: Vec<(i64, i64)>,
    /// How wide all of these are together.
    room: i64,
}

const SECOND: i64 = 1_000_000_000;
const MINUTE: i64 = 60 * SECOND;
/// Clocks on the wall are at most 14 hours from UTC, and clocks differ a little.
pub(super) const RANGE: i64 = 15 * 60 * MINUTE;
/// Zones are whole quarters of an hour apart.
pub(super) const QUARTER: i64 = 15 * MINUTE;
/// How far clocks are apart that set themselves right.
const EVEN: i64 = SECOND;
/// How far they are apart that somebody keeps right.
const CLOSE: i64 = 10 * SECOND;
/// How far they are apart where nobody does.
const NEAR: i64 = 10 * MINUTE;
/// The chance that all that is found together is nothing: one of a thousand.
const CHANCE: f64 = 0.001;
/// How much surer a difference must be than another one to be the only one.
const ODDS: f64 = 1000.0;
/// Addresses from which a capture is looked at, those with most failures first.
const MAX_STANDS: usize = 1024;
/// Votes of one pair of witnesses for differences of one plainness. More failures than that are
/// thinned out: a difference that holds does so among a part of them.
const MAX_VOTES: usize = 1 << 20;
/// Votes that each address has at least.
const LEAST_VOTES: usize = 1 << 12;
/// Differences that are kept beside the best.
const MAX_FITS: usize = 16;
/// Addresses of one machine.
const MAX_ADDRESSES: usize = 8;
/// The window for clocks that tell parts of a second: writing an event takes some milliseconds.
const FINE: i64 = 200_000_000;
/// Clocks that tell as finely as this are looked at through the narrow window too.
const FINE_CLOCK: i64 = 20_000_000;
/// Windows on each side of one, by which chance is measured.
const AROUND: i64 = 4;

/// Where the machine may stand, and how far its clock is from the other's; the surest first, empty
/// where nothing holds.
pub(super) fn fits(
    (told, index): (&[Told], &Index),
    scene: &Scene,
    book: &Book,
    step: i64,
    may_stand: impl Fn(&Stand) -> bool,
) -> Vec<Fit> {
    let stands = scene.stands.iter().filter(|(stand, _)| may_stand(stand));
    let mut ballots: Vec<(usize, Stand, Ballot<'_>)> = stands
        .map(|(stand, views)| (*stand, Ballot { told, index, views, book }))
        .map(|(stand, ballot)| (ballot.pairs((-RANGE, RANGE), 1), stand, ballot))
        .filter(|(pairs, ..)| *pairs > 0)
        .collect();
    ballots.sort_by_key(|(_, stand, ballot)| (Reverse(ballot.views.len()), *stand));
    ballots.truncate(MAX_STANDS);
    let total: usize = ballots.iter().map(|(pairs, ..)| *pairs).fold(0, usize::saturating_add);
    let tried = (ballots.len().max(1) as f64).ln();
    let mut found: Vec<Fit> = Vec::new();
    for (pairs, stand, ballot) in &ballots {
        let share = (MAX_VOTES as f64 * (*pairs as f64 / total.max(1) as f64)) as usize;
        let fits = peaks(ballot, *pairs, share.max(LEAST_VOTES), *stand, step);
        found.extend(fits.into_iter().map(|fit| Fit { chance: fit.chance + tried, ..fit }));
    }
    found.retain(|fit| fit.chance < CHANCE.ln());
    found.sort_by(|one, other| {
        let by_chance = one.chance.total_cmp(&other.chance);
        by_chance.then(one.offset.abs().cmp(&other.offset.abs())).then(one.stand.cmp(&other.stand))
    });
    let Some(best) = found.first().copied() else { return found };
    // As many votes as chance could take from the best, or nearly as sure.
    let few = 3.0 * (best.agree as f64).sqrt();
    found.retain(|fit| {
        fit.width == best.width && fit.agree as f64 + few >= best.agree as f64
            || fit.chance < best.chance + ODDS.ln()
    });
    found.truncate(MAX_FITS);
    let others = others(scene, &ballots, &found, tolerance(step));
    found.extend(others);
    found
}

/// How far two times may be apart that are of one moment, for clocks that tell in these steps.
pub(super) fn tolerance(step: i64) -> i64 {
    step.max(SECOND)
}

impl Plain {
    /// From the plainest on.
    fn all() -> [Self; 5] {
        let around =
            |shift: i64, reach: i64| (shift.saturating_sub(reach), shift.saturating_add(reach));
        let quarters = RANGE / QUARTER;
        let shifts = (-quarters..=quarters).filter(|quarter| *quarter != 0);
        let shifted = shifts.map(|quarter| around(quarter * QUARTER, CLOSE));
        [
            Self::new(vec![around(0, EVEN)]),
            Self::new(vec![around(0, CLOSE)]),
            Self::new(vec![around(0, NEAR)]),
            Self::new(shifted.collect()),
            Self::new(vec![around(0, RANGE)]),
        ]
    }

    fn new(ranges: Vec<(i64, i64)>) -> Self {
        Self { room: ranges.iter().map(|(least, most)| most - least).sum(), ranges }
    }
}

/// The differences at which most votes fall together from one place, each with its chance.
fn peaks(ballot: &Ballot<'_>, pairs: usize, room: usize, stand: Stand, step: i64) -> Vec<Fit> {
    let tolerance = tolerance(step);
    // A clock that tells whole seconds spreads over one, and what it tells comes a little later.
    let wide = if step >= SECOND { step + step / 2 } else { SECOND };
    let widths: &[i64] = if step <= FINE_CLOCK { &[wide, FINE] } else { &[wide] };
    // Where there are too many votes for all differences, each plainness has votes of its own: the
    // plain ones are few, and need not be thinned out.
    let all = (pairs <= room).then(|| ballot.votes(&[(-RANGE, RANGE)], room));
    let mut fits: Vec<Fit> = Vec::new();
    for plain in Plain::all() {
        let margin = 2 * (AROUND + 1) * wide;
        let wider: Vec<(i64, i64)> =
            plain.ranges.iter().map(|(least, most)| (least - margin, most + margin)).collect();
        let own = all.is_none().then(|| ballot.votes(&wider, room));
        let Some(votes) = all.as_ref().or(own.as_ref()) else { continue };
        let span = if own.is_some() { plain.room } else { votes.span() };
        for width in widths {
            // Where no vote lies, nothing can fall together.
            let windows = (plain.room.min(votes.span()) / width + 1) as f64;
            let others = ballot.apart_in(votes, *width, tolerance);
            for start in votes.fullest(&plain.ranges, *width) {
                let within = votes.between(start, start + width);
                let agree = ballot.apart(within, tolerance);
                let around = (1..=AROUND).flat_map(|far| [-far, far]).map(|far| {
                    let start = start + 2 * far * width;
                    ballot.apart(votes.between(start, start + width), tolerance)
                });
                let around = around.sum::<usize>() as f64 / (2 * AROUND) as f64;
                let rest = others.saturating_sub(agree).max(1) as f64;
                let sparse = rest * *width as f64 / span.max(MINUTE) as f64;
                let expected = if around >= 1.0 { around } else { around.max(sparse.min(1.0)) };
                let at = |part: usize| within.get(part).map_or(start, |vote: &Vote| vote.0);
                let edge = within.len() / 20;
                let fit = Fit {
                    stand,
                    offset: at(within.len() / 2),
                    agree,
                    spread: (at(within.len().saturating_sub(1 + edge)) - at(edge)) / 2,
                    chance: tail(agree, expected) + windows.ln(),
                    width: *width,
                };
                // The same difference through several windows is one: the surest.
                let same = |known: &&mut Fit| {
                    known.offset.abs_diff(fit.offset) <= tolerance.unsigned_abs()
                };
                match fits.iter_mut().find(same) {
                    Some(known) if known.chance > fit.chance => *known = fit,
                    Some(_) => {}
                    None => fits.push(fit),
                }
            }
        }
    }
    fits
}

/// Further addresses of the same machine: those at which failures happened, at the same difference,
/// that the first does not show.
fn others(
    scene: &Scene,
    ballots: &[(usize, Stand, Ballot<'_>)],
    found: &[Fit],
    tolerance: i64,
) -> Vec<Fit> {
    let (Some(best), Some((_, _, one))) = (found.first(), ballots.first()) else {
        return Vec::new();
    };
    let mut taken = vec![false; one.told.len()];
    let mut own: Vec<(Stand, &Ballot<'_>, Vec<Vote>)> = Vec::new();
    for (_, stand, ballot) in ballots {
        let reach = (best.offset.saturating_sub(tolerance), best.offset.saturating_add(tolerance));
        if found.iter().any(|fit| fit.stand == *stand) {
            for (_, _, place) in ballot.collect(reach, 1) {
                if let Some(taken) = taken.get_mut(place as usize) {
                    *taken = true;
                }
            }
        } else {
            let stride = ballot.pairs(reach, 1).div_ceil(LEAST_VOTES).max(1);
            own.push((*stand, ballot, ballot.collect(reach, stride)));
        }
    }
    let (first, last) = scene.covers;
    let shown = |told: &Told| (first..=last).contains(&told.time.saturating_add(best.offset));
    let free = taken.iter().zip(one.told).filter(|(taken, told)| !**taken && shown(told)).count();
    let mut fits: Vec<Fit> = Vec::new();
    own.retain(|(_, _, votes)| !votes.is_empty());
    let tried = (own.len().max(1) as f64).ln();
    for (stand, ballot, mut votes) in own {
        votes.retain(|vote| taken.get(vote.2 as usize) == Some(&false));
        let agree = ballot.apart(&votes, tolerance);
        // At a difference that is known two are enough, where it is not busy: among the other
        // failures of that address they would be there by chance so often.
        let views = ballot.views;
        let busy = views.len() as f64 * 2.0 * tolerance as f64 / span(views).max(MINUTE) as f64;
        let chance = tail(agree, busy.min(1.0) * free as f64) + tried;
        if agree >= 2 && chance < CHANCE.ln() && fits.len() < MAX_ADDRESSES {
            fits.push(Fit { stand, agree, chance, ..*best });
        }
    }
    fits
}

/// From the first view to the last.
fn span(views: &[View]) -> i64 {
    match (views.first(), views.last()) {
        (Some(first), Some(last)) => last.time.saturating_sub(first.time),
        _ => 0,
    }
}

/// The logarithm of the chance of so many or more where so many are expected: the tail of a Poisson
/// distribution, from above, as the geometric series that its terms lie under.
fn tail(agree: usize, expected: f64) -> f64 {
    let (agree, expected) = (agree as f64, expected.max(f64::MIN_POSITIVE));
    if agree <= expected {
        return 0.0;
    }
    let series = -(1.0 - expected / (agree + 1.0)).ln();
    (agree * expected.ln() - expected - ln_factorial(agree) + series).min(0.0)
}

/// The logarithm of a factorial, by Stirling's series.
fn ln_factorial(of: f64) -> f64 {
    if of < 2.0 {
        return 0.0;
    }
    of * of.ln() - of + (std::f64::consts::TAU * of).ln() / 2.0 + 1.0 / (12.0 * of)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is expected is no surprise; each one more than that is.
    #[test]
    fn many_are_rarely_chance() {
        assert_eq!(tail(3, 5.0), 0.0);
        assert!(tail(4, 0.1) < tail(3, 0.1));
        assert!(tail(3, 0.01) < tail(3, 0.1));
        // Four of four, where one of a hundred would be there by chance.
        assert!(tail(4, 0.04) + 20_f64.ln() < CHANCE.ln());
        assert!(tail(2, 0.2) + 20_f64.ln() > CHANCE.ln());
        // 1 - e^-0.1 * (1 + 0.1)
        assert!((tail(2, 0.1).exp() - 0.004_68).abs() < 0.000_1);
        assert!((ln_factorial(5.0) - 120_f64.ln()).abs() < 0.001);
    }
}
