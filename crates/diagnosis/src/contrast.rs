//! The control group: what each server was seen to accept, and from whom.
//!
//! A rule that knows only the failed session can say *likely*. When the same server took another
//! client's offer in the same capture, the difference between the two hellos is the proof
//! (`difference.rs`).
//!
//! Most handshakes that go well are like others before them: they are recognised by their
//! [`Fields`], and only counted. Of each kind the first is remembered.

use std::collections::HashMap;

use foldhash::fast::RandomState;
use trace::{Endpoint, Host, Outcome, Session, Side, Transport};
use wire::{Certificate, CipherSuite, Group, ProtocolVersion};

use crate::Offer;
use crate::accepted::Accepted;
use crate::field::{Fields, Front};
use crate::glance::Glance;
use crate::probes::Probes;
use crate::recovery::Failures;
use crate::success::{MAX_KINDS, MAX_LEAF, Met, Success, meet};

/// What was seen of all servers in one capture.
#[derive(Debug)]
pub struct Contrast {
    places: HashMap<Key, usize, RandomState>,
    servers: Vec<Server>,
    /// Which handshakes each client completed.
    met: HashMap<Host, Vec<Met>, RandomState>,
    /// Handshakes that failed.
    pub(crate) failures: Failures,
    /// The certificates that clients showed, whatever was said to them.
    shown: HashMap<Host, Vec<Shown>, RandomState>,
    /// Which authorities each program was seen to accept.
    pub(crate) accepted: Accepted,
    /// Clients that try servers out.
    pub(crate) probes: Probes,
    /// Bytes that may still be remembered of all servers together.
    room: usize,
    /// Completed handshakes of a new kind, of a new client or at a new server, for which there was no
    /// room.
    pub(crate) left_out: u64,
}

/// A server: what answers over TCP says nothing of the same port over UDP.
type Key = (Transport, Endpoint);

/// What was seen of one server.
#[derive(Debug, Default)]
pub struct Server {
    /// Handshakes that were completed.
    pub established: u64,
    /// Conversations in which this server sent a TLS record.
    pub spoke_tls: u64,
    /// Conversations in which this server answered with a ServerHello.
    pub answered: u64,
    /// Conversations in which this server sent a fatal alert instead of a ServerHello.
    pub turned_away: u64,
    /// Frame of the first TLS record of this server in a conversation that was TLS from the first
    /// byte on (no STARTTLS, no proxy); 0 if there was none.
    pub first_tls: u64,
    /// Frame of its first TLS record behind a dialogue such as STARTTLS; 0 if there was none.
    pub first_behind: u64,
    /// Versions it took, each with the first frame and the client.
    pub versions: Vec<(ProtocolVersion, u64, Host)>,
    /// Cipher suites it took, each with the first frame.
    pub cipher_suites: Vec<(CipherSuite, u64)>,
    /// Groups it took, each with the first frame.
    pub groups: Vec<(Group, u64)>,
    /// Protocols it took by ALPN where that was visible, each with the first frame.
    pub protocols: Vec<(Box<[u8]>, u64)>,
    /// Names that were asked for in completed handshakes; the empty name for none.
    pub names: Vec<(Box<[u8]>, u64)>,
    /// Traits of the ClientHellos with which handshakes were completed, each kind of each client
    /// once.
    pub offers: Vec<Offer>,
    /// Protocols that clients of completed handshakes offered.
    pub offered_protocols: Vec<(Box<[u8]>, u64)>,
    /// Kinds of public key in its own certificates ("RSA 2048"), each with the first frame.
    pub keys: Vec<(String, u64)>,
    /// Serial numbers of its own certificates (hex), each with the first frame.
    pub serials: Vec<(String, u64)>,
    /// Clients with completed handshakes, as far as counted.
    pub clients: Vec<Host>,
    /// Completed handshakes in which the client showed a certificate in the clear.
    pub client_certificates: u64,
    /// The kinds of handshakes that were completed.
    pub(crate) successes: Vec<Success>,
    /// The number of each of them, side by side, so that they are looked through fast.
    fingerprints: Vec<u64>,
    /// The first of its [`Fields`], likewise: what is far from a failure is passed over by them.
    pub(crate) fronts: Vec<Front>,
    /// Numbers of its own certificates that were read.
    leaves: Vec<u64>,
}

/// A certificate that a client showed to some server in the clear.
#[derive(Debug)]
pub(crate) struct Shown {
    /// The first frame that held it.
    pub(crate) frame: u64,
    /// The certificate itself, so that it is read once.
    leaf: Box<[u8]>,
    /// The names of its issuer, and of the issuers of what came with it.
    pub(crate) names: Vec<Box<[u8]>>,
}

/// Certificates remembered for each client; a program has one, and a host few programs that have
/// any.
const MAX_SHOWN: usize = 4;
/// Issuers remembered of a chain.
const MAX_ISSUERS: usize = 4;
/// Servers remembered; later ones are judged without contrast.
const MAX_SERVERS: usize = 20_000;
/// Distinct values remembered for each server and kind: enough for any real server, and a bound
/// for hostile captures.
const MAX_VALUES: usize = 64;
/// A longer name is not remembered: a host name has at most 253 bytes (RFC 1035, 2.3.4), a protocol
/// 255 (RFC 7301, 3.1).
const MAX_NAME: usize = 255;
/// Clients remembered with what they completed.
const MAX_CLIENTS: usize = 200_000;
/// Bytes of values remembered of all servers together; a server takes some 500, a kind of handshake
/// about a kilobyte, and each handshake 16 bytes.
const MAX_ROOM: usize = 24 << 20;

impl Default for Contrast {
    fn default() -> Self {
        Self {
            places: HashMap::default(),
            servers: Vec::new(),
            met: HashMap::default(),
            failures: Failures::default(),
            shown: HashMap::default(),
            accepted: Accepted::default(),
            probes: Probes::default(),
            room: MAX_ROOM,
            left_out: 0,
        }
    }
}

impl Contrast {
    /// Takes note of a session, failed or not.
    pub fn observe(&mut self, session: &Session) {
        self.glanced(&Glance::of(session));
    }

    /// The same with what was read of it.
    pub(crate) fn glanced(&mut self, glance: &Glance<'_>) {
        let session = glance.session;
        // Who leaves right after the handshake has accepted nothing yet.
        let established = session.outcome == Outcome::Established && !glance.left_at_once;
        if !established {
            self.probes.observe(glance);
        }
        if session.outcome != Outcome::Established {
            self.failures.observe(glance);
        }
        self.note_shown(glance);
        if glance.server_spoke.is_none() && !established {
            return;
        }
        let key = (session.transport, session.server);
        let place = match self.places.get(&key) {
            Some(place) => *place,
            None if self.servers.len() >= MAX_SERVERS => {
                self.left_out += u64::from(established);
                return;
            }
            None => {
                self.places.insert(key, self.servers.len());
                self.servers.push(Server::default());
                self.servers.len() - 1
            }
        };
        let Some(server) = self.servers.get_mut(place) else { return };
        server.spoke_tls += 1;
        let answered = glance.server_hello.is_some();
        server.answered += u64::from(answered);
        server.turned_away += u64::from(glance.refused && !answered);
        let first = if glance.plain { &mut server.first_behind } else { &mut server.first_tls };
        if *first == 0 {
            *first = glance.server_spoke.unwrap_or(session.first_frame);
        }
        if established {
            server.established += 1;
            let client = session.client.host();
            let known = self.met.len() < MAX_CLIENTS || self.met.contains_key(&client);
            // Most clients complete one kind of handshake.
            let met =
                known.then(|| self.met.entry(client).or_insert_with(|| Vec::with_capacity(1)));
            let noted = server.note(glance, place, met, &mut self.room);
            self.left_out += u64::from(!known || !noted);
            self.accepted.observe(glance);
        }
    }

    /// Which handshakes a client completed.
    pub(crate) fn met(&self, client: Host) -> &[Met] {
        self.met.get(&client).map_or(&[], Vec::as_slice)
    }

    /// The kind of handshakes that a client met with, and whether it was with this server.
    pub(crate) fn success(&self, met: &Met, of: &Session) -> Option<(&Success, bool)> {
        let here = self.places.get(&(of.transport, of.server)) == Some(&met.server);
        Some((self.servers.get(met.server)?.successes.get(met.success)?, here))
    }

    /// The certificates that a client showed, the first at the front.
    pub(crate) fn shown_by(&self, client: Host) -> &[Shown] {
        self.shown.get(&client).map_or(&[], Vec::as_slice)
    }

    /// Takes note of who issued the certificate that the client showed, if it showed one.
    fn note_shown(&mut self, glance: &Glance<'_>) {
        let Some(list) = glance.certificates(Side::Client) else { return };
        let Some(leaf) = glance.leaf(Side::Client) else { return };
        let client = glance.session.client.host();
        let known = self.shown.get(&client).map_or(&[][..], Vec::as_slice);
        let full = known.len() >= MAX_SHOWN || self.shown.len() >= MAX_SERVERS;
        if full || leaf.len() > MAX_LEAF || known.iter().any(|one| &one.leaf[..] == leaf) {
            return;
        }
        let chain = list.what.certificates().take(MAX_ISSUERS);
        let read = chain.filter_map(|entry| Certificate::read(entry.der).ok());
        let names: Vec<Box<[u8]>> = read.map(|one| one.issuer().0.into()).collect();
        let bytes: usize = names.iter().map(|name| name.len() + size_of::<Box<[u8]>>()).sum();
        let bytes = bytes + leaf.len() + size_of::<Shown>();
        let Some(left) = self.room.checked_sub(bytes) else { return };
        if !names.is_empty() {
            self.room = left;
            let shown = Shown { frame: list.frame, leaf: leaf.into(), names };
            self.shown.entry(client).or_default().push(shown);
        }
    }

    /// What was seen of the server of a session, if it spoke TLS at all.
    #[must_use]
    pub fn server(&self, session: &Session) -> Option<&Server> {
        self.servers.get(*self.places.get(&(session.transport, session.server))?)
    }
}

impl Server {
    /// Takes note of a handshake that was completed: of one like others before only the number.
    /// Answers whether there was room for its kind.
    fn note(
        &mut self,
        glance: &Glance<'_>,
        place: usize,
        met: Option<&mut Vec<Met>>,
        room: &mut usize,
    ) -> bool {
        let session = glance.session;
        let Some(hello) = &glance.client_hello else {
            self.learn(glance, 0, room);
            return true;
        };
        let fields = Fields::of(glance);
        let fingerprint = fields.as_ref().map(Fields::fingerprint);
        let known = fingerprint
            .and_then(|wanted| self.fingerprints.iter().position(|known| *known == wanted));
        let kind = known.or_else(|| {
            self.learn(glance, fields.as_ref().map_or(0, Fields::leaf), room);
            let fields = fields.filter(|_| self.successes.len() < MAX_KINDS)?;
            let front = fields.front();
            self.successes.push(Success::of(glance, hello, fields, room)?);
            self.fingerprints.extend(fingerprint);
            self.fronts.push(front);
            Some(self.successes.len() - 1)
        });
        let success = kind.and_then(|kind| self.successes.get_mut(kind));
        let shown = success.map_or_else(
            || glance.certificates(Side::Client).is_some_and(|list| !list.what.is_empty()),
            |success| {
                success.count += 1;
                if hello.frame < success.frame {
                    let length = session.events.get(hello.event).map_or(0, |event| event.length);
                    (success.frame, success.length) = (hello.frame, length);
                }
                success.issuer.is_some()
            },
        );
        self.client_certificates += u64::from(shown);
        let begun = (session.started, hello.frame);
        let new = match (met, kind) {
            (Some(met), Some(kind)) => meet(met, (place, kind), begun, room),
            _ => true,
        };
        // Reading an offer takes longer than all else here.
        if new {
            add(&mut self.clients, session.client.host(), room, |known, new| known == new);
            if self.offers.len() < MAX_VALUES {
                add(&mut self.offers, Offer::of(session, hello), room, Offer::is_like);
            }
        }
        // A hello that was cut is of no kind.
        kind.is_some() || hello.what.cut.is_some()
    }

    /// Takes note of every value in a handshake of a new kind.
    fn learn(&mut self, glance: &Glance<'_>, leaf: u64, room: &mut usize) {
        let session = glance.session;
        if let Some(hello) = &glance.client_hello {
            let name = hello.what.server_name().unwrap_or_default();
            add_bytes(&mut self.names, name, hello.frame, room);
            for protocol in hello.what.alpn() {
                add_bytes(&mut self.offered_protocols, protocol, hello.frame, room);
            }
        }
        if let Some(hello) = &glance.server_hello {
            let version = (hello.what.version(), hello.frame, session.client.host());
            add(&mut self.versions, version, room, |known, new| known.0 == new.0);
            let suite = (hello.what.cipher_suite, hello.frame);
            add(&mut self.cipher_suites, suite, room, |known, new| known.0 == new.0);
            if let Some(group) = hello.what.group() {
                add(&mut self.groups, (group, hello.frame), room, |known, new| known.0 == new.0);
            }
            if let Some(protocol) = hello.what.alpn() {
                add_bytes(&mut self.protocols, protocol, hello.frame, room);
            }
        }
        if let Some(exchange) = session.server_key_exchange()
            && let Some(group) = exchange.what.group()
        {
            add(&mut self.groups, (group, exchange.frame), room, |known, new| known.0 == new.0);
        }
        // Reading a certificate costs more than all else here.
        if leaf == 0 || self.leaves.contains(&leaf) || self.leaves.len() >= MAX_VALUES {
            return;
        }
        self.leaves.push(leaf);
        if let Some(list) = glance.certificates(Side::Server)
            && let Some(leaf) = glance.leaf(Side::Server)
            && leaf.len() <= MAX_LEAF
            && let Ok(leaf) = Certificate::read(leaf)
        {
            let key = (leaf.public_key().to_string(), list.frame);
            add(&mut self.keys, key, room, |known, new| known.0 == new.0);
            let serial = (leaf.serial(), list.frame);
            add(&mut self.serials, serial, room, |known, new| known.0 == new.0);
        }
    }
}

/// Adds a value that is not there yet, up to the bounds.
fn add<T>(values: &mut Vec<T>, new: T, room: &mut usize, same: impl Fn(&T, &T) -> bool) {
    if values.len() < MAX_VALUES
        && !values.iter().any(|known| same(known, &new))
        && let Some(left) = room.checked_sub(size_of::<T>())
    {
        *room = left;
        values.push(new);
    }
}

fn add_bytes(values: &mut Vec<(Box<[u8]>, u64)>, new: &[u8], frame: u64, room: &mut usize) {
    let known = values.len() >= MAX_VALUES || values.iter().any(|(known, _)| &known[..] == new);
    if known || new.len() > MAX_NAME {
        return;
    }
    let Some(left) = room.checked_sub(size_of::<(Box<[u8]>, u64)>() + new.len()) else { return };
    *room = left;
    values.push((new.into(), frame));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::story::{Hello, Story};

    /// Handshakes of more kinds than are remembered of one server are counted, and those of a known
    /// kind are not.
    #[test]
    fn what_is_not_remembered_is_counted() {
        let mut contrast = Contrast::default();
        let mut complete = |number: usize| {
            let name = Some(&*format!("{number}.example.test").leak());
            let story = Story::new().client_hello(&Hello { name, ..Hello::tls12() });
            let story = story.server_hello(0x0303, 0xc02f, &[]).ends(Outcome::Established);
            contrast.observe(&story.session());
            contrast.left_out
        };
        for number in 0..MAX_KINDS {
            assert_eq!(complete(number), 0, "{number}");
        }
        let counts = [MAX_KINDS, 0, MAX_KINDS + 1].map(complete);
        assert_eq!(counts, [1, 1, 2]);
    }

    /// Names of any number and length take no more than the bounds, and a name that is known costs
    /// nothing.
    #[test]
    fn what_is_remembered_is_bounded() {
        let (mut names, mut room) = (Vec::new(), 1000);
        add_bytes(&mut names, &[b'a'; 256], 1, &mut room);
        assert_eq!((names.len(), room), (0, 1000));
        for index in 0..100 {
            add_bytes(&mut names, &[b'a' + index % 20; 50], 1, &mut room);
        }
        assert_eq!((names.len(), room), (1000 / 74, 1000 % 74));
    }
}
