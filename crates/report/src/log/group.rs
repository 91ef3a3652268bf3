//! Failures of which logs tell, put together: the same cause, refused by the same side.

use std::cmp::Reverse;
use std::collections::HashMap;

use alert::{Alert, Side};
use diagnosis::Cause;
use diagnosis::join::{Company, Echo};
use foldhash::fast::RandomState;
use logs::Voice;

use super::{Recorded, Sighted};
use crate::failure::UNKNOWN;
use crate::group::{Member, Peers, Place};
use crate::timeline::Timeline;

/// Failures of which a log tells, and that belong together.
#[derive(Clone, Debug)]
pub struct LogGroup {
    /// What makes them fail; `None` where the words point at no cause.
    pub cause: Option<&'static Cause>,
    /// The side that refused, where the words tell it.
    pub refused_by: Option<Side>,
    /// The role of the program that wrote the log.
    pub role: Option<Side>,
    /// How many there are.
    pub count: u64,
    /// The other ends that the log names.
    pub peers: Peers<String>,
    /// Failures of which the log names no other end.
    pub unnamed: u64,
    /// The alerts, named or sent with such a refusal, and failures without one; most frequent first
    /// once the report is made.
    pub alerts: Vec<(Option<Alert>, u64)>,
    /// The line of the first of them, and the input that holds it.
    pub first: Place,
    /// The line of the last of them.
    pub last: Place,
    /// When they happened, where the log tells.
    pub timeline: Option<Timeline>,
    /// The event and its error state, where records of an event log tell it.
    pub event: Option<(u32, Option<u32>)>,
    /// What those records tell beside.
    pub recorded: Recorded,
    /// The one that is shown: the first of those with the best confidence.
    pub sample: Box<Sighted>,
    /// Position of its input in the report.
    pub input: usize,
    /// With whom these failures were, as far as other inputs tell.
    pub company: Company,
    /// Logs that tell of the same failures.
    pub echoes: Vec<Echo>,
    /// Which groups of which inputs it was put together from.
    pub(crate) members: Vec<Member>,
}

/// The groups of a log while they grow.
#[derive(Clone, Debug, Default)]
pub(crate) struct LogGroups {
    places: HashMap<Key, usize, RandomState>,
    list: Vec<LogGroup>,
    dropped: u64,
}

/// What failures of one group have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Key {
    slug: &'static str,
    refused_by: Option<Side>,
    role: Option<Side>,
    /// What is not explained is told apart by what was said.
    said: Option<(Voice, Option<Alert>)>,
    /// Events are told apart as Event Viewer does: by number, alert and state.
    event: Option<(u32, Option<u32>, Option<Alert>)>,
}

/// Groups that are kept: there are fewer kinds of failures, whatever a log holds.
const MAX_GROUPS: usize = 1_000;

/// Alerts that are told apart in a group.
const MAX_ALERTS: usize = 16;

impl LogGroup {
    fn new(found: Sighted) -> Self {
        let place = Place { input: 0, frame: found.number() };
        let mut group = Self {
            cause: found.best().map(|finding| finding.cause),
            refused_by: found.sighting.refused_by(),
            role: found.sighting.role,
            count: 0,
            peers: Peers::default(),
            unnamed: 0,
            alerts: Vec::new(),
            first: place,
            last: place,
            timeline: None,
            event: found.sighting.event.as_ref().map(|event| (event.id, event.state)),
            recorded: Recorded::default(),
            sample: Box::new(found.clone()),
            input: 0,
            company: Company::default(),
            echoes: Vec::new(),
            members: Vec::new(),
        };
        group.add(found);
        group
    }

    /// The name of the cause; `unknown` where the words point at none.
    #[must_use]
    pub fn slug(&self) -> &'static str {
        self.cause.map_or(UNKNOWN, |cause| cause.slug)
    }

    fn add(&mut self, found: Sighted) {
        self.count += 1;
        match found.peer() {
            Some(peer) => self.peers.add(peer, 1),
            None => self.unnamed += 1,
        }
        self.sent(found.sighting.any_alert(), 1);
        if let Some(time) = found.time() {
            match &mut self.timeline {
                Some(timeline) => timeline.add(time),
                None => self.timeline = Some(Timeline::new(time)),
            }
        }
        if let Some(event) = &found.sighting.event {
            self.recorded.add(&found, event);
        }
        // Lines that belong together are told when the last of them is known.
        self.first.frame = self.first.frame.min(found.number());
        self.last.frame = self.last.frame.max(found.number());
        if rank(&found) < rank(&self.sample) {
            *self.sample = found;
        }
    }

    fn merge(&mut self, other: Self) {
        self.count += other.count;
        self.unnamed += other.unnamed;
        self.members.extend(other.members);
        self.peers.merge(other.peers);
        self.recorded.merge(other.recorded);
        for (alert, count) in other.alerts {
            self.sent(alert, count);
        }
        // Logs of which one tells no times stand in the order in which they were given.
        let (before, behind) = match (&self.timeline, &other.timeline) {
            (Some(mine), Some(theirs)) => {
                (theirs.first() < mine.first(), theirs.last() >= mine.last())
            }
            _ => (false, true),
        };
        if before {
            self.first = other.first;
        }
        if behind {
            self.last = other.last;
        }
        match (&mut self.timeline, other.timeline) {
            (Some(mine), Some(theirs)) => mine.merge(&theirs),
            (mine @ None, theirs) => *mine = theirs,
            _ => {}
        }
        if rank(&other.sample) < rank(&self.sample) {
            self.sample = other.sample;
            self.input = other.input;
        }
    }

    fn sent(&mut self, alert: Option<Alert>, count: u64) {
        if let Some((_, known)) = self.alerts.iter_mut().find(|(known, _)| *known == alert) {
            *known += count;
        } else if self.alerts.len() < MAX_ALERTS {
            self.alerts.push((alert, count));
        }
    }
}

impl LogGroups {
    /// Puts a failure where it belongs, and says which group that is.
    pub(crate) fn add(&mut self, found: Sighted) -> Option<u32> {
        let key = Key::of(&found);
        let known = self.places.get(&key).copied();
        if let Some(group) = known.and_then(|place| self.list.get_mut(place)) {
            group.add(found);
        } else {
            self.open(key, LogGroup::new(found));
        }
        self.places.get(&key).and_then(|place| u32::try_from(*place).ok())
    }

    /// Leaves the groups out whose failures are none after all, and says how many failures that is.
    pub(crate) fn leave_out(&mut self, is_none: impl Fn(&Sighted) -> bool) -> u64 {
        let mut left_out = 0;
        for group in self.list.iter_mut().filter(|group| is_none(&group.sample)) {
            left_out += group.count;
            // Others are known by their place, which stays what it was.
            group.count = 0;
        }
        left_out
    }

    /// Takes over the groups of an input that stands at `input` in the report.
    pub(crate) fn merge(&mut self, input: usize, other: Self) {
        self.dropped += other.dropped;
        for (place, mut group) in (0..).zip(other.list).filter(|(_, group)| group.count > 0) {
            group.first.input = input;
            group.last.input = input;
            group.input = input;
            group.members = vec![(input, place)];
            let key = Key::of(&group.sample);
            let known = self.places.get(&key).copied();
            if let Some(known) = known.and_then(|place| self.list.get_mut(place)) {
                known.merge(group);
            } else {
                self.open(key, group);
            }
        }
    }

    fn open(&mut self, key: Key, group: LogGroup) {
        if self.list.len() < MAX_GROUPS {
            self.places.insert(key, self.list.len());
            self.list.push(group);
        } else {
            self.dropped += group.count;
        }
    }

    /// The groups, the largest first and among equals the one that failed last; and the number of
    /// failures that found no room.
    pub(crate) fn ranked(mut self) -> (Vec<LogGroup>, u64) {
        for group in &mut self.list {
            group.alerts.sort_by_key(|&(alert, count)| (Reverse(count), alert));
        }
        self.list.sort_by_key(|group| {
            let last = group.timeline.as_ref().map(Timeline::last);
            (Reverse((group.count, last)), group.first)
        });
        (self.list, self.dropped)
    }
}

impl Key {
    fn of(found: &Sighted) -> Self {
        let sighting = &found.sighting;
        let unexplained = found.slug() == UNKNOWN;
        Self {
            slug: found.slug(),
            refused_by: sighting.refused_by(),
            role: sighting.role,
            said: unexplained.then(|| (sighting.voice, sighting.any_alert())),
            event: sighting.event.as_ref().map(|it| (it.id, it.state, sighting.any_alert())),
        }
    }
}

/// Which failure shows a group best: the surest explanation, then the first.
fn rank(found: &Sighted) -> impl Ord + use<> {
    let sure = found.confidence();
    (sure.is_none(), sure, found.sighting.peer.is_none(), found.number())
}
