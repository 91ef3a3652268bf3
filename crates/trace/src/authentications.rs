//! Finds the authentication of each EAP packet, over EAPOL and over RADIUS.
//!
//! Over EAPOL it is the station's MAC address that tells, or, where both speak to the group address,
//! the port's. Over RADIUS many stations share the socket of their switch or access point: a request
//! belongs to the challenge whose State it returns (RFC 2865, 5.24), an answer to the request whose
//! identifier it has. A question for the identity, or a request without State, begins anew.

use std::collections::{HashMap, VecDeque};
use std::net::{IpAddr, SocketAddr};

use foldhash::fast::RandomState;
use wire::{
    EapCode, EapMethod, EapPacket, EapolFrame, EapolType, RadiusAttribute, RadiusCode,
    RadiusPacket, Time,
};

use crate::access;
use crate::eap::{Authentication, GROUP};
use crate::endpoint::Mac;
use crate::lines::{Known, Lines};
use crate::stream::Mark;
use crate::tally::Rank;
use crate::told::Told;

/// The authentications that are not told yet.
#[derive(Debug, Default)]
pub(crate) struct Authentications {
    open: HashMap<u64, Place, RandomState>,
    keys: HashMap<Key, u64, RandomState>,
    lines: Lines<u64>,
    /// Those that are over and wait for stragglers.
    closing: VecDeque<(u64, Time)>,
    /// Bytes that all of them keep.
    kept: usize,
    /// How many of them are half-open.
    half_open: usize,
}

/// One authentication, and under which keys it is found.
#[derive(Debug)]
struct Place {
    talk: Authentication,
    rank: Rank,
    keys: Vec<Key>,
    kept: usize,
}

/// What leads to an authentication.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    /// EAPOL: the station.
    Station(Mac),
    /// EAPOL: the port that speaks to the group address.
    Port(Mac),
    /// EAPOL: a question whose station is not known yet.
    Anybody,
    /// RADIUS: the request that waits for an answer: client, server, identifier.
    Request(SocketAddr, SocketAddr, u8),
    /// RADIUS: what the client will return: client, server, State.
    State(IpAddr, IpAddr, Box<[u8]>),
    /// RADIUS: client, server, and the station.
    Caller(IpAddr, IpAddr, Mac),
}

/// Authentications open at once; when there are more, who loses least is told early, and among its
/// like who has been silent longest.
const MAX_OPEN: usize = 16_384;
/// Bytes that all of them may keep, some 8000 with two chains each.
const MAX_KEPT: usize = 64 << 20;
/// How long, in nanoseconds of the capture, one that is over waits for what else is captured of its
/// end: a packet may be captured twice.
const STRAGGLERS: i64 = 1_000_000_000;
/// How long one may be silent, in nanoseconds, before what follows is another: longer than any
/// timer (RFC 3748, 4.3: 5 tries; IEEE 802.1X: 30 seconds each at most).
const SILENCE: i64 = 180_000_000_000;

impl Authentications {
    /// Takes an EAPOL frame.
    pub(crate) fn eapol(&mut self, frame: &EapolFrame<'_>, mark: Mark, told: &mut Told<'_>) {
        self.let_go(mark.time, told);
        let source = Mac(frame.source);
        let other = frame.destination.map(Mac).filter(|mac| mac.0[0] & 1 == 0);
        if matches!(frame.kind, EapolType::START | EapolType::LOGOFF) {
            return self.restart(&Key::Station(source), told);
        }
        if frame.kind != EapolType::EAP_PACKET {
            return;
        }
        let Ok(packet) = EapPacket::read(frame.body) else { return };
        let response = packet.code == EapCode::RESPONSE;
        let (station, port) = if response { (Some(source), other) } else { (other, Some(source)) };
        let known = self.eapol_place(station, port, &packet, mark);
        let number = match known {
            Some(number) => number,
            // An end without a beginning tells nothing.
            None if matches!(packet.code, EapCode::SUCCESS | EapCode::FAILURE) => return,
            None => {
                let before = station.map(Key::Station).or(port.map(Key::Port));
                if let Some(before) = before {
                    self.restart(&before, told);
                }
                self.begin(mark, told)
            }
        };
        let Some(place) = self.open.get_mut(&number) else { return };
        place.talk.station = place.talk.station.or(station);
        place.talk.port = place.talk.port.or(port);
        let (station, port) = (place.talk.station, place.talk.port);
        place.talk.packet(&packet, packet.length + EAP_HEADER, mark, told.keys);
        let key = station.map_or(Key::Anybody, Key::Station);
        self.name(number, key);
        if let Some(port) = port {
            self.name(number, Key::Port(port));
        }
        self.settle(number, told);
    }

    /// The authentication that an EAPOL packet goes on with.
    fn eapol_place(
        &self,
        station: Option<Mac>,
        port: Option<Mac>,
        packet: &EapPacket<'_>,
        mark: Mark,
    ) -> Option<u64> {
        let response = packet.code == EapCode::RESPONSE;
        let find = |key: Key| {
            let number = *self.keys.get(&key)?;
            let talk = &self.open.get(&number)?.talk;
            let same = |one: Option<Mac>, other: Option<Mac>| {
                one.is_none_or(|one| other.is_none_or(|other| one == other))
            };
            let fits = same(talk.station, station) && same(talk.port, port);
            (fits && goes_on(talk, packet, mark)).then_some(number)
        };
        // An answer goes to who asked: one that does not know yet whom it asked waits for the
        // identifier of its question.
        let asked = |number: &u64| {
            let talk = self.open.get(number).map(|place| &place.talk);
            talk.is_some_and(|it| !response || it.asked() == Some(packet.identifier))
        };
        station
            .and_then(|station| find(Key::Station(station)))
            .or_else(|| find(Key::Port(port?)).filter(asked))
            .or_else(|| find(Key::Anybody).filter(asked))
    }

    /// Takes a RADIUS packet. Returns whether it belongs to an authentication by EAP.
    pub(crate) fn radius(
        &mut self,
        (source, destination): (SocketAddr, SocketAddr),
        packet: &RadiusPacket<'_>,
        length: usize,
        mark: Mark,
        told: &mut Told<'_>,
    ) -> bool {
        self.let_go(mark.time, told);
        let message = packet.eap_message();
        let message = message.as_deref().and_then(|bytes| EapPacket::read(bytes).ok());
        let number = if packet.code == RadiusCode::ACCESS_REQUEST {
            let Some(message) = message else { return false };
            let parties = (source, destination);
            let known = self.radius_place(parties, packet, &message, mark);
            let number = known.unwrap_or_else(|| self.begin_radius(parties, packet, mark, told));
            self.name(number, Key::Request(source, destination, packet.identifier));
            number
        } else {
            let key = Key::Request(destination, source, packet.identifier);
            let Some(number) = self.keys.get(&key).copied() else { return false };
            if let Some(state) = packet.attribute(RadiusAttribute::STATE) {
                self.name(number, Key::State(destination.ip(), source.ip(), state.into()));
            }
            number
        };
        let Some(place) = self.open.get_mut(&number) else { return true };
        note(&mut place.talk, packet);
        if let Some(message) = message {
            place.talk.packet(&message, length, mark, told.keys);
        }
        match packet.code {
            RadiusCode::ACCESS_ACCEPT => place.talk.decided(true, mark),
            RadiusCode::ACCESS_REJECT => place.talk.decided(false, mark),
            _ => {}
        }
        self.settle(number, told);
        true
    }

    /// Takes the first IP fragment of a RADIUS request, whose others may never come.
    pub(crate) fn first_part(
        &mut self,
        (source, destination): (SocketAddr, SocketAddr),
        packet: &RadiusPacket<'_>,
        length: usize,
        mark: Mark,
    ) {
        let (client, server) = (source.ip(), destination.ip());
        let state = packet.attribute(RadiusAttribute::STATE);
        let state = state.map(|state| Key::State(client, server, state.into()));
        let caller = caller(packet).map(|mac| Key::Caller(client, server, mac));
        let known = [state, caller].into_iter().flatten().find_map(|key| self.keys.get(&key));
        let place = known.and_then(|number| self.open.get_mut(number));
        if let (RadiusCode::ACCESS_REQUEST, Some(place)) = (packet.code, place)
            && !place.talk.is_over()
        {
            place.talk.first_part(length, mark);
        }
    }

    /// The authentication that a request goes on with.
    fn radius_place(
        &self,
        (source, destination): (SocketAddr, SocketAddr),
        packet: &RadiusPacket<'_>,
        message: &EapPacket<'_>,
        mark: Mark,
    ) -> Option<u64> {
        let (client, server) = (source.ip(), destination.ip());
        let state = packet.attribute(RadiusAttribute::STATE);
        let by_state = state.map(|state| Key::State(client, server, state.into()));
        let station = caller(packet);
        let by_station = station.map(|mac| Key::Caller(client, server, mac));
        let find = |key: Key| {
            let number = *self.keys.get(&key)?;
            let talk = &self.open.get(&number)?.talk;
            let same = station.is_none() || talk.station.is_none() || talk.station == station;
            // What was asked again is known by its bytes; else a request without State is the first.
            let goes_on = same && (talk.knows(message) || state.is_some());
            (goes_on && self::goes_on(talk, message, mark)).then_some(number)
        };
        let request = Key::Request(source, destination, packet.identifier);
        let again = find(request)
            .filter(|number| self.open.get(number).is_some_and(|place| place.talk.knows(message)));
        again.or_else(|| find(by_state?)).or_else(|| find(by_station?))
    }

    fn begin_radius(
        &mut self,
        (source, destination): (SocketAddr, SocketAddr),
        packet: &RadiusPacket<'_>,
        mark: Mark,
        told: &mut Told<'_>,
    ) -> u64 {
        let station = caller(packet);
        let key = station.map(|mac| Key::Caller(source.ip(), destination.ip(), mac));
        if let Some(key) = &key {
            self.restart(key, told);
        }
        let number = self.begin(mark, told);
        if let Some(place) = self.open.get_mut(&number) {
            place.talk.sockets = Some((source, destination));
            place.talk.station = station;
            place.talk.access.radius_client = Some(source);
        }
        if let Some(key) = key {
            self.name(number, key);
        }
        number
    }

    /// The capture is over: tells everything, the first at first.
    pub(crate) fn finish(&mut self, told: &mut Told<'_>) {
        let mut open: Vec<Place> = self.open.drain().map(|(_, place)| place).collect();
        open.sort_unstable_by_key(|place| place.talk.number);
        told.done.extend(open.into_iter().map(|place| place.talk.finish(told.now)));
        *self = Self::default();
    }

    fn begin(&mut self, mark: Mark, told: &mut Told<'_>) -> u64 {
        while (self.open.len() >= MAX_OPEN || self.kept > MAX_KEPT) && self.evict(told) {}
        told.tally.conversations += 1;
        let number = told.tally.conversations;
        let talk = Authentication::new(number, mark);
        self.half_open += 1;
        self.open.insert(number, Place { talk, rank: Rank::HalfOpen, keys: Vec::new(), kept: 0 });
        self.queue(number);
        number
    }

    /// From now on the key leads here; it replaces an earlier one of the same kind.
    fn name(&mut self, number: u64, key: Key) {
        let Some(place) = self.open.get_mut(&number) else { return };
        if self.keys.get(&key) != Some(&number) {
            self.keys.insert(key.clone(), number);
        }
        let kind = std::mem::discriminant(&key);
        match place.keys.iter_mut().find(|known| std::mem::discriminant(*known) == kind) {
            Some(known) if *known == key => {}
            Some(known) => {
                let old = std::mem::replace(known, key);
                forget(&mut self.keys, &old, number);
            }
            None => place.keys.push(key),
        }
    }

    /// The station begins anew: what went on until now is over.
    fn restart(&mut self, key: &Key, told: &mut Told<'_>) {
        let Some(number) = self.keys.get(key).copied() else { return };
        if self.open.get(&number).is_some_and(|place| place.talk.is_under_way()) {
            self.tell(number, told);
        }
    }

    /// Takes note of what an authentication keeps, and whether it is over.
    fn settle(&mut self, number: u64, told: &mut Told<'_>) {
        let Some(place) = self.open.get_mut(&number) else { return };
        let kept = place.talk.kept();
        self.kept = self.kept + kept - place.kept;
        place.kept = kept;
        let rank = place.talk.rank();
        if rank > place.rank {
            self.half_open -= usize::from(place.rank == Rank::HalfOpen);
            place.rank = rank;
            self.queue(number);
        }
        let Some(place) = self.open.get(&number) else { return };
        if place.talk.is_over() {
            let deadline = Time(place.talk.last.time.0.saturating_add(STRAGGLERS));
            if self.closing.back().is_none_or(|(last, _)| *last != number) {
                self.closing.push_back((number, deadline));
            }
        }
        while self.kept > MAX_KEPT && self.evict(told) {}
    }

    /// Tells those that have been over for a while.
    fn let_go(&mut self, now: Time, told: &mut Told<'_>) {
        while let Some((number, deadline)) = self.closing.front().copied() {
            if deadline > now && self.closing.len() <= MAX_OPEN {
                return;
            }
            self.closing.pop_front();
            self.tell(number, told);
        }
    }

    /// Puts an authentication at the end of its line.
    fn queue(&mut self, number: u64) {
        let Self { open, lines, .. } = self;
        let Some((rank, frame)) = known(open, number) else { return };
        lines.push((rank, frame), number, open.len(), |number| known(open, number));
    }

    /// Tells one early. Returns whether there was one.
    fn evict(&mut self, told: &mut Told<'_>) -> bool {
        let Self { open, lines, .. } = self;
        let ranks = Rank::in_order(self.half_open, open.len());
        let next = lines.next(&ranks, |number| known(open, number));
        let Some((rank, number)) = next else { return false };
        told.tally.evicted.count(rank);
        self.tell_until(number, told.now, told);
        true
    }

    /// Ends an authentication that is over: who begins anew will not answer any more.
    fn tell(&mut self, number: u64, told: &mut Told<'_>) {
        let last = self.open.get(&number).map_or(told.now, |place| place.talk.last.time);
        self.tell_until(number, Time(last.0.saturating_add(SILENCE)), told);
    }

    /// Ends an authentication; `now` is until when it was listened to.
    fn tell_until(&mut self, number: u64, now: Time, told: &mut Told<'_>) {
        let Some(place) = self.open.remove(&number) else { return };
        for key in &place.keys {
            forget(&mut self.keys, key, number);
        }
        self.kept -= place.kept;
        self.half_open -= usize::from(place.rank == Rank::HalfOpen);
        told.done.push_back(place.talk.finish(now));
    }
}

/// What is known of an authentication, if it is not told yet.
fn known(open: &HashMap<u64, Place, RandomState>, number: u64) -> Known {
    open.get(&number).map(|place| (place.rank, place.talk.last.frame))
}

/// Whether a packet belongs to what went on before it.
fn goes_on(talk: &Authentication, packet: &EapPacket<'_>, mark: Mark) -> bool {
    let asks = packet.code == EapCode::REQUEST && packet.method == Some(EapMethod::IDENTITY);
    let anew = (asks && talk.is_under_way())
        || (talk.is_over() && matches!(packet.code, EapCode::REQUEST | EapCode::RESPONSE));
    talk.knows(packet) || !(anew || mark.time.since(talk.last.time) > SILENCE)
}

/// Keeps what the attributes of a RADIUS packet say.
fn note(talk: &mut Authentication, packet: &RadiusPacket<'_>) {
    let access = &mut talk.access;
    for (kind, value) in packet.attributes() {
        let place = match kind {
            RadiusAttribute::USER_NAME if packet.code == RadiusCode::ACCESS_REQUEST => {
                &mut access.identity
            }
            RadiusAttribute::NAS_IDENTIFIER => &mut access.nas_identifier,
            RadiusAttribute::NAS_PORT_ID => &mut access.nas_port,
            RadiusAttribute::CALLED_STATION_ID => &mut access.called_station,
            RadiusAttribute::REPLY_MESSAGE => &mut access.reply,
            _ => continue,
        };
        if place.is_none() {
            *place = access::text(value);
        }
    }
}

/// The station that a RADIUS packet is about.
fn caller(packet: &RadiusPacket<'_>) -> Option<Mac> {
    let mac = Mac::read(packet.attribute(RadiusAttribute::CALLING_STATION_ID)?)?;
    (mac != GROUP).then_some(mac)
}

/// Takes a key away, unless it leads somewhere else by now.
fn forget(keys: &mut HashMap<Key, u64, RandomState>, key: &Key, number: u64) {
    if keys.get(key) == Some(&number) {
        keys.remove(key);
    }
}

/// Bytes of an EAP packet that are not its method's: code, identifier, length, type.
const EAP_HEADER: usize = 5;
