//! Two points of view, brought to one: what an end tells, and what another witness shows of it as
//! seen from where that end may stand.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use alert::{Alert, Side};
use foldhash::fast::RandomState;
use trace::Host;

use super::testimony::{Account, Ending, Sender, Testimony, Witness};
use super::{Party, Verdict};

/// Which way an alert went, seen from the machine that tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Direction {
    Received,
    Sent,
    Unknown,
}

/// One failure as an end tells it.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub(super) time: i64,
    pub(super) alert: Option<Alert>,
    pub(super) direction: Direction,
    pub(super) role: Option<Side>,
    pub(super) peer: Option<Host>,
    pub(super) port: Option<u16>,
    pub(super) name: Option<Arc<str>>,
    pub(super) process: Option<u32>,
    /// The record or line.
    pub(super) place: u64,
    /// The testimony, and the account in it.
    pub(super) from: (usize, usize),
}

/// One failure of another witness, seen from one place.
#[derive(Clone, Debug)]
pub(super) struct View {
    pub(super) time: i64,
    pub(super) kind: Kind,
    pub(super) direction: Direction,
    /// The role of whoever stands there.
    pub(super) side: Option<Side>,
    pub(super) peer: Option<Host>,
    pub(super) port: Option<u16>,
    /// A place in [`Book::parties`].
    pub(super) party: u32,
    pub(super) place: u64,
    pub(super) group: Option<u32>,
    pub(super) verdict: Option<Verdict>,
}

/// What a view shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Kind {
    Clear(Alert),
    Sealed,
    Cut,
    Other,
}

/// Where an end may stand, seen from another witness.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Stand {
    /// At this address.
    At(Host),
    /// At the machine that wrote the other log.
    Same,
    /// At the other end of the connections of which the other log tells.
    Opposite,
}

/// What one witness shows, from each place from which it may be seen.
#[derive(Debug)]
pub(super) struct Scene {
    /// Position of the testimony.
    pub(super) input: usize,
    pub(super) witness: Witness,
    /// For each place the views from there, in the order of time.
    pub(super) stands: BTreeMap<Stand, Vec<View>>,
    /// From when until when it would show a failure.
    pub(super) covers: (i64, i64),
    /// How finely its clock tells.
    pub(super) resolution: i64,
}

/// The parties of all testimonies, each once and in an order that no order of inputs changes.
#[derive(Debug, Default)]
pub(super) struct Book {
    pub(super) parties: Vec<Arc<Party>>,
    /// For each testimony the place of each of its parties.
    places: Vec<Vec<u32>>,
}

/// The steps in which clocks tell.
const RESOLUTIONS: [i64; 4] = [60_000_000_000, 1_000_000_000, 1_000_000, 100];

impl Book {
    pub(super) fn new(testimonies: &[&Testimony]) -> Self {
        let mut order: BTreeMap<PartyKey, (u32, Arc<Party>)> = BTreeMap::new();
        for testimony in testimonies {
            for party in testimony.parties.all() {
                let known = order.entry(key(party)).or_insert_with(|| (0, Arc::clone(party)));
                // Two captures of one connection: the one that shows the certificate says more.
                if richness(party) > richness(&known.1) {
                    known.1 = Arc::clone(party);
                }
            }
        }
        for (place, (number, _)) in (0..).zip(order.values_mut()) {
            *number = place;
        }
        let place = |party: &Arc<Party>| order.get(&key(party)).map_or(0, |(place, _)| *place);
        let places =
            testimonies.iter().map(|it| it.parties.all().iter().map(place).collect()).collect();
        Self { places, parties: order.into_values().map(|(_, party)| party).collect() }
    }

    /// The place of a party of a testimony.
    fn place(&self, input: usize, party: u32) -> u32 {
        let places = self.places.get(input);
        places.and_then(|places| places.get(party as usize)).copied().unwrap_or_default()
    }

    /// The party at a place.
    pub(super) fn get(&self, place: u32) -> Option<&Arc<Party>> {
        self.parties.get(place as usize)
    }
}

/// What makes two parties one, in an order.
type PartyKey = (Option<Host>, Option<Host>, Option<u16>, Option<Arc<str>>);

fn key(party: &Party) -> PartyKey {
    (party.client, party.server, party.port, party.name.clone())
}

/// How much is known of a party, and, among equals, what.
fn richness(party: &Party) -> impl Ord + use<> {
    (party.certificate.clone(), party.stack.map(crate::Stack::name))
}

impl Told {
    /// What an end tells in one account; `None` where it tells no time.
    pub(super) fn new(
        testimony: &Testimony,
        from: (usize, usize),
        account: &Account,
    ) -> Option<Self> {
        let party = testimony.parties.get(account.party)?;
        let (alert, direction) = spoken(account.ending);
        let (peer, port) = match account.role {
            Some(Side::Client) => (party.server, party.port),
            _ => (party.client, account.client_port),
        };
        Some(Self {
            time: account.time?,
            alert,
            direction,
            role: account.role,
            peer,
            port: port.filter(|_| peer.is_some()),
            name: party.name.clone(),
            process: account.process,
            place: account.place,
            from,
        })
    }

    /// Whether there is anything to compare.
    pub(super) fn is_comparable(&self) -> bool {
        self.alert.is_some() || self.peer.is_some()
    }

    /// Whether a view may be of this failure, but for the time.
    pub(super) fn fits(&self, view: &View, book: &Book) -> bool {
        let kind = match (view.kind, self.alert) {
            (Kind::Clear(shown), Some(told)) => shown == told,
            // A connection that is lost has no alert, or one that did not arrive.
            (_, None) => self.peer.is_some(),
            (Kind::Sealed, Some(_)) => true,
            (Kind::Cut | Kind::Other, Some(_)) => false,
        };
        kind && self.agrees(view, book)
    }

    /// The same without the alert.
    pub(super) fn agrees(&self, view: &View, book: &Book) -> bool {
        let unknown = [self.direction, view.direction].contains(&Direction::Unknown);
        let direction = unknown || self.direction == view.direction;
        direction
            && agree(self.role, view.side)
            && agree(self.peer, view.peer)
            && agree(self.port, view.port)
            && self.name.as_ref().is_none_or(|name| {
                let party = book.get(view.party);
                party.is_none_or(|party| party.name.as_ref().is_none_or(|asked| asked == name))
            })
    }
}

/// Whether two things that may be unknown do not differ.
pub(super) fn agree<T: PartialEq>(one: Option<T>, other: Option<T>) -> bool {
    one.is_none() || other.is_none() || one == other
}

/// The alert of an account of an end, and which way it went.
fn spoken(ending: Ending) -> (Option<Alert>, Direction) {
    match ending {
        Ending::Alert(alert, sender) => {
            let direction = match sender {
                Sender::Me => Direction::Sent,
                Sender::Other => Direction::Received,
                Sender::Side(_) | Sender::Unknown => Direction::Unknown,
            };
            (Some(alert), direction)
        }
        _ => (None, Direction::Unknown),
    }
}

impl Scene {
    /// What a capture shows, seen from each address in it.
    pub(super) fn of_capture(input: usize, testimony: &Testimony, book: &Book) -> Self {
        let mut stands: BTreeMap<Stand, Vec<View>> = BTreeMap::new();
        for account in &testimony.accounts {
            let Some(party) = testimony.parties.get(account.party) else { continue };
            let Some(time) = account.time else { continue };
            let by = match account.ending {
                Ending::Alert(_, Sender::Side(side)) | Ending::Sealed(side) | Ending::Cut(side) => {
                    Some(side)
                }
                _ => None,
            };
            let kind = match account.ending {
                Ending::Alert(alert, _) => Kind::Clear(alert),
                Ending::Sealed(_) => Kind::Sealed,
                Ending::Cut(_) => Kind::Cut,
                Ending::Other => Kind::Other,
            };
            for side in [Side::Client, Side::Server] {
                let (own, peer, port) = match side {
                    Side::Client => (party.client, party.server, party.port),
                    Side::Server => (party.server, party.client, account.client_port),
                };
                let Some(own) = own else { continue };
                let direction = match by {
                    Some(by) if by == side => Direction::Sent,
                    Some(_) => Direction::Received,
                    None => Direction::Unknown,
                };
                stands.entry(Stand::At(own)).or_default().push(View {
                    time,
                    kind,
                    direction,
                    side: Some(side),
                    peer,
                    port,
                    party: book.place(input, account.party),
                    place: account.place,
                    group: account.group,
                    verdict: account.verdict,
                });
            }
        }
        Self::new(input, testimony, stands)
    }

    /// What a program's log tells, seen from its own machine and from the machines it spoke with.
    pub(super) fn of_log(input: usize, clock: u16, testimony: &Testimony, book: &Book) -> Self {
        let mut stands: BTreeMap<Stand, Vec<View>> = BTreeMap::new();
        let accounts = testimony.accounts.iter().enumerate();
        for (place, account) in accounts.filter(|(_, account)| account.clock == clock) {
            let Some(told) = Told::new(testimony, (input, place), account) else { continue };
            let turned = match told.direction {
                Direction::Received => Direction::Sent,
                Direction::Sent => Direction::Received,
                Direction::Unknown => Direction::Unknown,
            };
            let own = View {
                time: told.time,
                kind: told.alert.map_or(Kind::Other, Kind::Clear),
                direction: told.direction,
                side: told.role,
                peer: told.peer,
                port: told.port,
                party: book.place(input, account.party),
                place: account.place,
                group: account.group,
                verdict: account.verdict,
            };
            let other = View {
                direction: turned,
                side: told.role.map(Side::other),
                peer: None,
                port: None,
                ..own.clone()
            };
            stands.entry(Stand::Same).or_default().push(own);
            stands.entry(Stand::Opposite).or_default().push(other);
        }
        Self::new(input, testimony, stands)
    }

    fn new(input: usize, testimony: &Testimony, mut stands: BTreeMap<Stand, Vec<View>>) -> Self {
        for views in stands.values_mut() {
            views.sort_by_key(|view| {
                let View { time, kind, direction, side, party, port, place, .. } = *view;
                (time, kind, direction, side, party, port, place)
            });
        }
        // Each view is there once for each of the places from which it is seen.
        let times = || stands.values().flatten().map(|view| view.time);
        let (first, last) = (times().min().unwrap_or(0), times().max().unwrap_or(0));
        let resolution = resolution(times());
        // A log that ends has not stopped to be one, but nothing else tells how long it was kept.
        let (from, until) = testimony.covers.unwrap_or((first, last));
        Self {
            input,
            witness: testimony.witness,
            stands,
            covers: (from.min(first), until.max(last)),
            resolution,
        }
    }
}

/// How finely a clock tells, in nanoseconds: the coarsest step of which all its times are multiples.
pub(super) fn resolution(times: impl Iterator<Item = i64>) -> i64 {
    let [minute, second, milli, tick] = RESOLUTIONS;
    let mut steps = [minute, second, milli, tick].into_iter();
    let mut step = steps.next().unwrap_or(tick);
    for time in times {
        while time % step != 0 {
            let Some(finer) = steps.next() else { return tick };
            step = finer;
        }
    }
    step
}

/// The failures that ends tell, found by what is known of them.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// Those without a peer, by alert and direction, in the order of time.
    pub(super) by_alert: HashMap<(Direction, Alert), Vec<u32>, RandomState>,
    /// All of these with any alert.
    pub(super) by_direction: BTreeMap<Direction, Vec<u32>>,
    /// Those with a peer.
    pub(super) by_peer: HashMap<Host, Vec<u32>, RandomState>,
}

impl Index {
    /// Of failures in the order of time.
    pub(super) fn new(told: &[Told]) -> Self {
        let mut index = Self::default();
        for (place, told) in (0..).zip(told) {
            match (told.peer, told.alert) {
                (Some(peer), _) => index.by_peer.entry(peer).or_default().push(place),
                (None, Some(alert)) => {
                    index.by_alert.entry((told.direction, alert)).or_default().push(place);
                    index.by_direction.entry(told.direction).or_default().push(place);
                }
                (None, None) => {}
            }
        }
        index
    }

    /// The lists in which the failures are that a view may show.
    pub(super) fn lists<'a>(&'a self, view: &View) -> impl Iterator<Item = &'a [u32]> + use<'a> {
        let directions = match view.direction {
            Direction::Unknown => [Some(Direction::Received), Some(Direction::Sent), None],
            direction => [Some(direction), None, None],
        };
        let directions = directions.into_iter().flatten().chain([Direction::Unknown]);
        let (kind, peer) = (view.kind, view.peer);
        let by_alert = directions.filter_map(move |direction| match kind {
            Kind::Clear(alert) => self.by_alert.get(&(direction, alert)),
            Kind::Sealed => self.by_direction.get(&direction),
            Kind::Cut | Kind::Other => None,
        });
        // Nobody who names a peer is compared with a witness that does not: see `join`.
        let by_peer = peer.and_then(|peer| self.by_peer.get(&peer));
        by_alert.chain(by_peer).map(Vec::as_slice)
    }
}
