//! Failures with the same cause, at the same server, refused by the same side, are one group.
//!
//! A capture may hold a hundred thousand failures; a person reads six lines. Everything here is
//! bounded, and what did not fit is counted.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use diagnosis::join::Echo;
use diagnosis::{Cause, Difference};
use foldhash::fast::RandomState;
use trace::{Endpoint, Host, Message, Session, Side, Step};
use wire::Time;

use crate::failure::{Ending, Failure, Severity, UNKNOWN};
use crate::input::Counts;
use crate::timeline::Timeline;

/// Failures that belong together.
#[derive(Clone, Debug)]
pub struct Group {
    /// What makes them fail; `None` where no rule knows.
    pub cause: Option<&'static Cause>,
    /// The server they went to.
    pub server: Endpoint,
    /// The name they asked for.
    pub name: Option<String>,
    /// The side that refused.
    pub refused_by: Option<Side>,
    /// Whether they failed or survived.
    pub severity: Severity,
    /// How many there are.
    pub count: u64,
    /// Who tried.
    pub clients: Peers<Host>,
    /// Where they went, as people write it. One, but for unexplained failures: a row of servers
    /// with the same unexplained ending is one line, not many.
    pub targets: Peers<String>,
    /// How they ended, most frequent first once the report is made.
    pub endings: Vec<(Ending, u64)>,
    /// The first frame of the first of them, and the input that holds it.
    pub first: Place,
    /// The last frame of the last of them, and the input that holds it.
    pub last: Place,
    /// When they happened.
    pub timeline: Timeline,
    /// How all of them differ from those that succeed, if they do in the same way.
    pub contrast: Option<Difference>,
    /// How many of them the client made up for at once.
    pub recovered: u64,
    /// Handshakes that went well after one of them because the server had sent another certificate,
    /// the last of them: when they began, and where.
    reliefs: Vec<(Time, Place)>,
    /// The one that is shown: the first of those with the best confidence.
    pub sample: Box<Sample>,
    /// Logs that tell of the same failures.
    pub echoes: Vec<Echo>,
    /// Which groups of which inputs it was put together from.
    pub(crate) members: Vec<Member>,
}

/// A group of one input: the position of the input, and the place of the group in it.
pub(crate) type Member = (usize, u32);

/// A frame of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Position of the input in the report.
    pub input: usize,
    /// The frame, from 1.
    pub frame: u64,
}

/// One failure of a group, with its story.
#[derive(Clone, Debug)]
pub struct Sample {
    /// Position of its input in the report.
    pub input: usize,
    /// What is said about it.
    pub failure: Failure,
    /// The whole story, for the ladder.
    pub session: Box<Session>,
}

/// Who took part, with how often: a set of bounded size.
#[derive(Clone, Debug, Default)]
pub struct Peers<K> {
    known: HashMap<K, u64, RandomState>,
    more: u64,
}

/// The groups of one input while they grow.
#[derive(Debug, Default)]
pub(crate) struct Groups {
    places: HashMap<Key, usize, RandomState>,
    list: Vec<Group>,
    dropped: u64,
    tally: Counts,
}

/// What failures of one group have in common.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    slug: &'static str,
    /// Unexplained failures are told apart by their ending instead.
    server: Option<Endpoint>,
    name: Option<String>,
    ending: Option<(&'static str, Step)>,
    refused_by: Option<Side>,
    severity: Severity,
}

/// Groups that are kept. Each holds one session whole, a few kilobytes; failures that would open
/// another group are counted.
const MAX_GROUPS: usize = 2_000;
/// Bytes of one sample's story: two hellos and two long chains. With [`MAX_GROUPS`] of them memory
/// stays below 50 MB.
const MAX_STORY: usize = 24 << 10;
/// Clients, and servers, that are told apart in a group.
const MAX_PEERS: usize = 1_024;
/// Ways to end that are told apart in a group: more than there are of any one kind.
const MAX_ENDINGS: usize = 32;
/// Ends of an outage that are remembered: those of some clients, which try again at other times.
const MAX_RELIEFS: usize = 16;

impl Group {
    fn new(failure: Failure, session: Box<Session>) -> Self {
        Self {
            cause: failure.best().map(|finding| finding.cause),
            server: failure.server,
            name: failure.name.clone(),
            refused_by: failure.refused_by,
            severity: failure.severity,
            count: 1,
            clients: Peers::of(failure.client.host()),
            targets: Peers::of(failure.target()),
            endings: vec![(failure.ending, 1)],
            first: Place { input: 0, frame: failure.first_frame },
            last: Place { input: 0, frame: failure.frame },
            timeline: Timeline::new(failure.time),
            contrast: failure.difference.clone(),
            recovered: u64::from(failure.recovery.is_some()),
            reliefs: reliefs(&failure),
            sample: Box::new(Sample::new(failure, session)),
            echoes: Vec::new(),
            members: Vec::new(),
        }
    }

    /// The name of the cause; `unknown` where no rule knows one.
    #[must_use]
    pub fn slug(&self) -> &'static str {
        self.cause.map_or(UNKNOWN, |cause| cause.slug)
    }

    /// Whether the clients made up for all of it at once: nobody lost more than a moment.
    #[must_use]
    pub fn is_made_up_for(&self) -> bool {
        self.recovered == self.count
    }

    /// When it was over, and the handshake that shows it: the first after the last of them that
    /// went well with another certificate of the server.
    #[must_use]
    pub fn relief(&self) -> Option<(Time, Place)> {
        let last = self.timeline.last();
        self.reliefs.iter().copied().find(|(begun, _)| *begun >= last)
    }

    /// Remembers the last of them, whatever the order in which they come.
    fn relieved(&mut self, new: Vec<(Time, Place)>) {
        self.reliefs.extend(new);
        self.reliefs.sort_unstable();
        self.reliefs.dedup();
        let more = self.reliefs.len().saturating_sub(MAX_RELIEFS);
        self.reliefs.drain(..more);
    }

    fn add(&mut self, failure: Failure, session: Box<Session>) {
        self.count += 1;
        self.clients.add(failure.client.host(), 1);
        // What is explained is grouped by its server: there is only one.
        if self.slug() == UNKNOWN {
            self.targets.add(failure.target(), 1);
        }
        self.ended(failure.ending, 1);
        self.recovered += u64::from(failure.recovery.is_some());
        self.relieved(reliefs(&failure));
        self.contrast = self.contrast.take().filter(|it| it.is_like(failure.difference.as_ref()));
        if failure.time < self.timeline.first() {
            self.first.frame = failure.first_frame;
        }
        if failure.time >= self.timeline.last() {
            self.last.frame = failure.frame;
        }
        self.timeline.add(failure.time);
        if rank(&failure) < rank(&self.sample.failure) {
            *self.sample = Sample::new(failure, session);
        }
    }

    fn merge(&mut self, other: Self) {
        self.members.extend(&other.members);
        self.count += other.count;
        self.clients.merge(other.clients);
        self.targets.merge(other.targets);
        for (ending, count) in other.endings {
            self.ended(ending, count);
        }
        self.recovered += other.recovered;
        self.relieved(other.reliefs);
        self.contrast = self.contrast.take().filter(|it| it.is_like(other.contrast.as_ref()));
        if other.timeline.first() < self.timeline.first() {
            self.first = other.first;
        }
        if other.timeline.last() > self.timeline.last() {
            self.last = other.last;
        }
        self.timeline.merge(&other.timeline);
        if rank(&other.sample.failure) < rank(&self.sample.failure) {
            self.sample = other.sample;
        }
    }

    fn ended(&mut self, ending: Ending, count: u64) {
        if let Some((_, known)) = self.endings.iter_mut().find(|(known, _)| *known == ending) {
            *known += count;
        } else if self.endings.len() < MAX_ENDINGS {
            self.endings.push((ending, count));
        }
    }

    pub(crate) fn key(&self) -> Key {
        Key::of(&self.sample.failure)
    }
}

/// How the outage ended that a failure is part of.
fn reliefs(failure: &Failure) -> Vec<(Time, Place)> {
    let place = |frame| Place { input: 0, frame };
    failure.relief.iter().map(|relief| (relief.begun, place(relief.frame))).collect()
}

impl Sample {
    /// A sample whose story fits: of a conversation with huge messages only the events are kept.
    fn new(failure: Failure, mut session: Box<Session>) -> Self {
        if session.footprint() > MAX_STORY {
            for event in &mut session.events {
                if let Message::Handshake { body, .. } = &mut event.message {
                    *body = Arc::default();
                }
            }
        }
        Self { input: 0, failure, session }
    }
}

impl<K: Clone + Eq + Hash + Ord> Peers<K> {
    /// How many there are. When there were too many to tell apart, at least this many.
    #[must_use]
    pub fn count(&self) -> usize {
        self.known.len()
    }

    /// Whether there were more than could be told apart.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.more > 0
    }

    /// Those with the most failures first, and among equals in their own order.
    #[must_use]
    pub fn by_count(&self) -> Vec<(K, u64)> {
        let mut all: Vec<_> =
            self.known.iter().map(|(peer, count)| (peer.clone(), *count)).collect();
        all.sort_by(|a, b| (Reverse(a.1), &a.0).cmp(&(Reverse(b.1), &b.0)));
        all
    }

    pub(crate) fn of(peer: K) -> Self {
        let mut known = HashMap::default();
        known.insert(peer, 1);
        Self { known, more: 0 }
    }

    pub(crate) fn add(&mut self, peer: K, count: u64) {
        if self.known.len() >= MAX_PEERS && !self.known.contains_key(&peer) {
            self.more += count;
        } else {
            *self.known.entry(peer).or_default() += count;
        }
    }

    pub(crate) fn merge(&mut self, other: Self) {
        // In order, so that what finds no room does not depend on chance.
        for (peer, count) in other.by_count() {
            self.add(peer, count);
        }
        self.more += other.more;
    }
}

impl Groups {
    /// Puts a case where it belongs, and says which group that is.
    pub(crate) fn add(&mut self, failure: Failure, session: Box<Session>) -> Option<u32> {
        let out_of_sight = failure.is_out_of_sight();
        let counter = match (failure.ending, failure.severity) {
            (Ending::OneSided, _) if out_of_sight => &mut self.tally.one_sided,
            (Ending::Truncated, _) if out_of_sight => &mut self.tally.truncated,
            (_, Severity::Failed) => &mut self.tally.failed,
            (_, Severity::Warning) => &mut self.tally.warned,
        };
        *counter += 1;
        let recovered = failure.recovery.is_some() && failure.severity == Severity::Failed;
        self.tally.recovered += u64::from(recovered && !out_of_sight);
        if out_of_sight {
            return None;
        }
        let key = Key::of(&failure);
        let known = self.places.get(&key).copied();
        if let Some(group) = known.and_then(|place| self.list.get_mut(place)) {
            group.add(failure, session);
        } else {
            self.open(key.clone(), Group::new(failure, session));
        }
        self.places.get(&key).and_then(|place| u32::try_from(*place).ok())
    }

    /// What was counted.
    pub(crate) fn tally(&self) -> Counts {
        self.tally
    }

    /// Takes over the groups of an input that stands at `input` in the report.
    pub(crate) fn merge(&mut self, input: usize, other: Self) {
        self.dropped += other.dropped;
        for (place, mut group) in (0..).zip(other.list) {
            group.first.input = input;
            group.last.input = input;
            group.sample.input = input;
            group.reliefs.iter_mut().for_each(|(_, place)| place.input = input);
            group.members = vec![(input, place)];
            let key = group.key();
            let known = self.places.get(&key).copied();
            if let Some(known) = known.and_then(|place| self.list.get_mut(place)) {
                known.merge(group);
            } else {
                self.open(key, group);
            }
        }
    }

    /// Takes a group that is not there yet, if there is room.
    fn open(&mut self, key: Key, group: Group) {
        if self.list.len() < MAX_GROUPS {
            self.places.insert(key, self.list.len());
            self.list.push(group);
        } else {
            self.dropped += group.count;
        }
    }

    /// The groups, those that failed before those that survived, and among the former those that
    /// somebody still suffers from before those that all clients made up for; then the largest
    /// first and among equals the one that failed last; and the number of failures that found no room.
    pub(crate) fn ranked(mut self) -> (Vec<Group>, u64) {
        for group in &mut self.list {
            group.endings.sort_by_key(|&(ending, count)| (Reverse(count), ending));
        }
        self.list.sort_by_key(|group| {
            let recent = Reverse((group.count, group.timeline.last()));
            (group.severity, group.is_made_up_for(), recent, group.first)
        });
        (self.list, self.dropped)
    }
}

impl Key {
    pub(crate) fn of(failure: &Failure) -> Self {
        let explained = failure.slug() != UNKNOWN;
        Self {
            slug: failure.slug(),
            server: explained.then_some(failure.server),
            name: failure.name.clone().filter(|_| explained),
            ending: (!explained).then_some((failure.ending.name(), failure.step)),
            refused_by: failure.refused_by,
            severity: failure.severity,
        }
    }
}

/// Which failure shows a group best: the surest explanation, then the earliest.
fn rank(failure: &Failure) -> impl Ord + use<> {
    (failure.best().map(|best| best.confidence), failure.time, failure.first_frame)
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr, SocketAddr};

    use diagnosis::{Confidence, Finding};
    use trace::{Outcome, Roles, Stream};

    use super::*;

    /// A failure of one client at one server, second by second, with a cause or without.
    fn failure(client: u32, port: u16, second: i64, slug: Option<&str>) -> Failure {
        let time = Time::from_parts(1_795_640_000 + second, 0);
        let cause = slug.and_then(diagnosis::cause);
        let finding =
            |cause| Finding::new(cause, Confidence::Likely, Some(Side::Server)).fact("is", "so");
        Failure {
            time,
            first_frame: second.unsigned_abs() * 10 + 1,
            frame: second.unsigned_abs() * 10 + 4,
            client: SocketAddr::new(IpAddr::V4(Ipv4Addr::from(client)), 50_000).into(),
            server: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port).into(),
            name: None,
            carrier: trace::Carrier::Bare,
            transport: trace::Transport::Tcp,
            access: None,
            ending: Ending::Reset,
            opened: false,
            ended_by: Some(Side::Server),
            forged: None,
            severity: Severity::Failed,
            step: Step::ClientHello,
            refused_by: Some(Side::Server),
            versions: Vec::new(),
            cipher_suites: 0,
            protocols: Vec::new(),
            choice: None,
            stacks: [None, None],
            flaws: Vec::new(),
            findings: cause.map(finding).into_iter().collect(),
            difference: None,
            recovery: None,
            relief: None,
        }
    }

    fn session(failure: &Failure) -> Session {
        Session {
            number: 1,
            client: failure.client,
            server: failure.server,
            roles: Roles::Syn,
            started: failure.time,
            ended: failure.time,
            first_frame: failure.first_frame,
            last_frame: failure.frame,
            transport: trace::Transport::Tcp,
            carrier: trace::Carrier::Bare,
            access: None,
            events: Vec::new(),
            outcome: Outcome::Reset(Side::Server),
            from_client: Stream::default(),
            from_server: Stream::default(),
            oddities: Vec::new(),
            dropped: 0,
            opened: None,
        }
    }

    fn groups(failures: impl IntoIterator<Item = Failure>) -> Groups {
        let mut groups = Groups::default();
        for failure in failures {
            let session = session(&failure);
            groups.add(failure, session.into());
        }
        groups
    }

    const NAMED: Option<&str> = Some("lb-or-server-rst");

    /// The largest group comes first, and of two equal ones that which failed last.
    #[test]
    fn large_and_recent_groups_come_first() {
        let one = (0..3).map(|n| failure(1, 443, n, NAMED));
        let two = (0..2).map(|n| failure(1, 8443, n, NAMED));
        let three = (5..7).map(|n| failure(1, 9443, n, NAMED));
        let (ranked, dropped) = groups(one.chain(two).chain(three)).ranked();
        let order: Vec<_> =
            ranked.iter().map(|group| (group.server.port().unwrap(), group.count)).collect();
        assert_eq!(order, [(443, 3), (9443, 2), (8443, 2)]);
        assert_eq!(dropped, 0);
    }

    /// What nobody can explain is one row over all servers; what is explained is one each.
    #[test]
    fn unexplained_failures_share_a_row() {
        let (ranked, _) = groups((0..40).map(|n| failure(1, 1_000 + n, 0, None))).ranked();
        assert_eq!((ranked.len(), ranked[0].count, ranked[0].targets.count()), (1, 40, 40));
        let (ranked, _) = groups((0..40).map(|n| failure(1, 1_000 + n, 0, NAMED))).ranked();
        assert_eq!(ranked.len(), 40);
    }

    /// The first failure shows the group, in whatever order they come.
    #[test]
    fn the_first_failure_is_the_sample() {
        let (ranked, _) = groups([5, 2, 9].map(|n| failure(1, 443, n, NAMED))).ranked();
        let group = &ranked[0];
        assert_eq!(
            (group.sample.failure.first_frame, group.first.frame, group.last.frame),
            (21, 21, 94)
        );
    }

    /// However many clients and servers a capture names, what is kept is bounded, and what is not
    /// kept is counted.
    #[test]
    fn groups_and_peers_are_bounded() {
        let many = (0..5_000).map(|n| failure(n, 443, 0, NAMED));
        let (ranked, _) = groups(many).ranked();
        let clients = &ranked[0].clients;
        assert_eq!((clients.count(), clients.is_full(), ranked[0].count), (MAX_PEERS, true, 5_000));
        let servers = (0..3_000).map(|n| failure(1, n, 0, NAMED));
        let (ranked, dropped) = groups(servers).ranked();
        assert_eq!((ranked.len(), dropped), (MAX_GROUPS, 1_000));
    }

    /// Two inputs put together are one with both, and remember where each place is.
    #[test]
    fn inputs_are_merged() {
        let mut all = Groups::default();
        all.merge(0, groups((10..13).map(|n| failure(1, 443, n, NAMED))));
        all.merge(1, groups((0..2).map(|n| failure(2, 443, n, NAMED))));
        let (ranked, _) = all.ranked();
        let group = &ranked[0];
        assert_eq!((ranked.len(), group.count, group.clients.count()), (1, 5, 2));
        assert_eq!(group.first, Place { input: 1, frame: 1 });
        assert_eq!(group.last, Place { input: 0, frame: 124 });
        assert_eq!(group.sample.input, 1);
    }

    /// How a failure differs from others.
    fn differs(here: &str) -> Option<Difference> {
        Some(Difference {
            field: Some(diagnosis::Field::Versions),
            here: here.to_owned(),
            there: "TLS 1.2".to_owned(),
            frame: 4,
            successes: 3_870,
            same_client: false,
            same_address: false,
            other_server: false,
        })
    }

    /// What makes the difference is said of a group only if it is true of all of it, with its
    /// numbers, in whatever order and from whatever input they come.
    #[test]
    fn what_all_have_in_common_is_said_once() {
        let of = |heres: &[&str]| {
            let all = (0..).zip(heres).map(|(n, here)| {
                let difference = (!here.is_empty()).then(|| differs(here)).flatten();
                Failure { difference, ..failure(1, 443, n, NAMED) }
            });
            groups(all.collect::<Vec<_>>())
        };
        let (ranked, _) = of(&["TLS 1.1 at most"; 14]).ranked();
        let says = ranked[0].contrast.as_ref().map(|it| it.says(ranked[0].count));
        assert_eq!(
            says.unwrap(),
            "3 870 others succeed on this server with TLS 1.2; these 14 have TLS 1.1 at most"
        );
        for other in ["TLS 1.0 at most", ""] {
            for heres in [["TLS 1.1 at most", other], [other, "TLS 1.1 at most"]] {
                assert_eq!(of(&heres).ranked().0[0].contrast, None);
            }
            let mut all = Groups::default();
            all.merge(0, of(&["TLS 1.1 at most"]));
            all.merge(1, of(&[other]));
            assert_eq!(all.ranked().0[0].contrast, None);
        }
    }

    /// A group of which nobody suffers stands behind those of which somebody does, however large
    /// it is, and is counted apart.
    #[test]
    fn what_was_made_up_for_comes_later() {
        let recovery = Some(diagnosis::Recovery {
            frame: 9,
            after: 200_000_000,
            version: None,
            changed: Vec::new(),
        });
        let mild = |n| Failure { recovery: recovery.clone(), ..failure(1, 443, n, NAMED) };
        let mixed =
            [mild(1), mild(2)].map(|it| Failure { server: failure(1, 8443, 0, None).server, ..it });
        let grave = failure(1, 8443, 3, NAMED);
        let all = groups((0..9).map(mild).chain(mixed).chain([grave]));
        assert_eq!((all.tally().failed, all.tally().recovered), (12, 11));
        let (ranked, _) = all.ranked();
        let order: Vec<_> = ranked.iter().map(|it| (it.count, it.recovered)).collect();
        assert_eq!(order, [(3, 2), (9, 9)]);
        assert!(ranked[1].is_made_up_for() && !ranked[0].is_made_up_for());
    }

    /// An outage is over when the first client got in after the last failure, in whatever order they
    /// are told, and goes on where another failed later.
    #[test]
    fn an_outage_has_an_end() {
        let begun = |second| Time::from_parts(1_795_640_000 + second, 0);
        let out = |second, end: Option<i64>| Failure {
            relief: end.map(|end| diagnosis::Relief { begun: begun(end), frame: 7 }),
            ..failure(1, 443, second, NAMED)
        };
        let all = [out(1, Some(5)), out(2, Some(9)), out(4, None)];
        let over = |order: Vec<Failure>| groups(order).ranked().0[0].relief().map(|it| it.0);
        let mut order = all.to_vec();
        for _ in 0..3 {
            order.rotate_left(1);
            assert_eq!(over(order.clone()), Some(begun(5)));
        }
        order.push(out(12, None));
        assert_eq!(over(order), None);
    }

    /// A conversation with huge messages does not stay in memory with them; its events do.
    #[test]
    fn a_story_is_bounded() {
        let failure = failure(1, 443, 0, None);
        let mut session = session(&failure);
        let body = vec![0; 2 * MAX_STORY].into();
        session.events.push(trace::Event {
            time: failure.time,
            frame: 1,
            side: Side::Client,
            length: 1,
            opened: false,
            message: Message::Handshake { kind: wire::HandshakeType::CLIENT_HELLO, body },
        });
        let sample = Sample::new(failure, session.into());
        assert_eq!(sample.session.events.len(), 1);
        assert!(sample.session.footprint() <= MAX_STORY);
    }
}
