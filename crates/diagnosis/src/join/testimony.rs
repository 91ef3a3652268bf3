//! What one input knows of failures, as compact as it takes to find the same failure elsewhere.

use std::net::IpAddr;
use std::sync::Arc;

use alert::{Alert, Side};
use logs::{Sighting, Voice};
use trace::{Message, Outcome, Session, Sizes};
use windows::{Chain, Connection};

use super::Verdict;
use super::party::{Parties, Party, bounded, name};
use crate::{Finding, Judged};

/// What one input tells: failures in the order in which they are added, and what stands beside them.
#[derive(Clone, Debug)]
pub struct Testimony {
    /// What kind of witness it is.
    pub witness: Witness,
    /// Failures that are not compared, because there are too many.
    pub left_out: u64,
    /// When the input begins and ends, in nanoseconds since 1970; as far as it was told.
    pub(super) covers: Option<(i64, i64)>,
    pub(super) accounts: Vec<Account>,
    /// Where those begin that were added last: a conversation may have several alerts.
    last: usize,
    pub(super) parties: Parties,
    pub(super) clocks: Clocks,
    pub(super) connections: Vec<Link>,
    pub(super) chains: Vec<Judgement>,
}

/// What kind of witness an input is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Witness {
    /// A capture: it shows both ends.
    Capture,
    /// A program's log: one end, which names the other as a rule.
    Log,
    /// An event log of Windows: one end, which does not name the other.
    EventLog,
}

/// One failure as a witness tells it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Account {
    /// When, in nanoseconds since 1970 by its own clock.
    pub(super) time: Option<i64>,
    /// The frame, the line or the record.
    pub(super) place: u64,
    /// What the caller groups it by.
    pub(super) group: Option<u32>,
    /// Whose clock it is: a place in [`Testimony::clocks`].
    pub(super) clock: u16,
    /// Who was in it: a place in [`Testimony::parties`].
    pub(super) party: u32,
    /// The client's port, where it is known.
    pub(super) client_port: Option<u16>,
    /// The end that tells it.
    pub(super) role: Option<Side>,
    /// How it ended.
    pub(super) ending: Ending,
    /// The number of the process that speaks TLS.
    pub(super) process: Option<u32>,
    /// What explains it.
    pub(super) verdict: Option<Verdict>,
}

/// How a failure ended, as far as a witness can say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Ending {
    /// An alert that can be read, and the side that sent it.
    Alert(Alert, Sender),
    /// An alert that stays encrypted.
    Sealed(Side),
    /// The side tore the connection down, or closed it, without an alert.
    Cut(Side),
    /// There is no alert in it.
    Other,
}

/// Who sent an alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Sender {
    /// This side.
    Side(Side),
    /// The machine that tells it.
    Me,
    /// The other end.
    Other,
    /// It is not told.
    Unknown,
}

/// A process had a connection: what is kept of [`Connection`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Link {
    pub(super) time: i64,
    pub(super) clock: u16,
    pub(super) process: Option<u32>,
    pub(super) inbound: Option<bool>,
    pub(super) local: (IpAddr, u16),
    pub(super) peer: (IpAddr, u16),
    pub(super) image: Option<Arc<str>>,
    pub(super) record: Option<u64>,
}

/// A certificate was judged: what is kept of [`Chain`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Judgement {
    pub(super) time: i64,
    pub(super) clock: u16,
    pub(super) process: Option<u32>,
    pub(super) subject: Arc<str>,
    pub(super) fault: Option<Arc<str>>,
    pub(super) image: Option<Arc<str>>,
    pub(super) record: Option<u64>,
}

/// The machines whose clocks one input tells the time by, each once.
#[derive(Clone, Debug, Default)]
pub(super) struct Clocks(pub(super) Vec<Clock>);

/// One clock.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Clock {
    /// The machine, in lower case, where the input names it.
    pub(super) machine: Option<Arc<str>>,
    /// Whether its times have a zone.
    pub(super) zone: bool,
}

/// Failures that are kept of one input: as many as a report keeps otherwise, some 100 bytes each.
const MAX_ACCOUNTS: usize = 200_000;
/// Connections and judged chains that are kept of one input.
const MAX_NEIGHBOURS: usize = 100_000;
/// Machines in one log: a collector of forwarded events may have hundreds, and each is compared
/// with each capture.
const MAX_CLOCKS: usize = 64;
/// Alerts of one conversation that are compared: the refusal, and what the other side says to it.
const MAX_ALERTS: usize = 4;

impl Testimony {
    /// Nothing yet.
    #[must_use]
    pub fn new(witness: Witness) -> Self {
        Self {
            witness,
            left_out: 0,
            covers: None,
            accounts: Vec::new(),
            last: 0,
            parties: Parties::default(),
            clocks: Clocks::default(),
            connections: Vec::new(),
            chains: Vec::new(),
        }
    }

    /// Says when the input begins and ends, in nanoseconds since 1970, failures or not: what lies
    /// outside cannot be found in it.
    pub fn covers(&mut self, first: i64, last: i64) {
        self.covers = Some((first.min(last), first.max(last)));
    }

    /// Adds a failure of a capture.
    pub fn judged(&mut self, judged: &Judged) {
        self.last = self.accounts.len();
        let session = &*judged.session;
        let hello = session.client_hello();
        let asked = hello.as_ref().and_then(|hello| hello.what.server_name());
        let asked = asked.and_then(|asked| name(&String::from_utf8_lossy(asked)));
        let party = Party { name: asked, ..Party::seen(session.client, session.server) };
        let [stack, _] = judged.stacks;
        let Some(party) = self.parties.place(party, |party| {
            party.certificate = subject(session);
            party.stack = stack;
        }) else {
            self.left_out += 1;
            return;
        };
        let Some(clock) = self.clocks.place(None, true) else { return };
        for (ending, time, frame) in ends(session) {
            self.add(Account {
                time: Some(time),
                place: frame,
                group: None,
                clock,
                party,
                client_port: session.client.port(),
                role: None,
                ending,
                process: None,
                verdict: judged.findings.first().map(verdict),
            });
        }
    }

    /// Adds a failure of which a log tells, with what explains it. Its number is what
    /// [`Joined::answer`] knows it by; there is none where there is no room.
    ///
    /// [`Joined::answer`]: crate::join::Joined::answer
    pub fn sighted(&mut self, sighting: &Sighting, findings: &[Finding]) -> Option<usize> {
        self.last = self.accounts.len();
        let zone = sighting.time.is_none_or(|stamp| stamp.zone);
        // What one of very many machines tells is not taken for that of another.
        let Some(clock) = self.clocks.place(sighting.host.as_deref(), zone) else {
            self.left_out += 1;
            return None;
        };
        let peer = sighting.peer.as_ref();
        let address = peer.and_then(|peer| peer.address);
        let port = peer.and_then(|peer| peer.port);
        let mut party = Party { name: sighting.name.as_deref().and_then(name), ..Party::default() };
        let mut client_port = None;
        match sighting.role {
            Some(Side::Client) => (party.server, party.port) = (address.map(host), port),
            // Without a role, the peer is named by servers as a rule, but that is a guess: its place
            // is only where it is looked for.
            _ => (party.client, client_port) = (address.map(host), port),
        }
        let Some(party) = self.parties.place(party, |_| {}) else {
            self.left_out += 1;
            return None;
        };
        let event = sighting.event.as_deref();
        let sender = match sighting.voice {
            Voice::Heard => Sender::Other,
            Voice::Said | Voice::Refused => Sender::Me,
            Voice::Unclear | Voice::Lost => Sender::Unknown,
        };
        let alert = sighting.any_alert().filter(|_| sighting.voice != Voice::Lost);
        self.add(Account {
            time: sighting.time.map(|stamp| stamp.nanoseconds),
            place: event.and_then(|event| event.records.first().copied()).unwrap_or(sighting.line),
            group: None,
            clock,
            party,
            client_port,
            role: sighting.role,
            ending: alert.map_or(Ending::Other, |alert| Ending::Alert(alert, sender)),
            process: event.and_then(|event| event.process.as_ref()?.id),
            verdict: findings.first().map(verdict),
        });
        (self.accounts.len() > self.last).then_some(self.last)
    }

    /// Says what the caller counts the failure under that was added last: [`Joined::company`]
    /// answers by it. One that was never counted is still found by others.
    ///
    /// [`Joined::company`]: crate::join::Joined::company
    pub fn grouped(&mut self, group: u32) {
        for account in self.accounts.get_mut(self.last..).unwrap_or_default() {
            account.group = Some(group);
        }
    }

    /// Adds a connection of a process, from the log of the same machine.
    pub fn connection(&mut self, connection: &Connection) {
        let Some(time) = connection.time else { return };
        let Some(clock) = self.clocks.place(connection.computer.as_deref(), true) else { return };
        if self.connections.len() < MAX_NEIGHBOURS {
            self.connections.push(Link {
                time,
                clock,
                process: connection.process.id,
                inbound: connection.inbound,
                local: connection.local,
                peer: connection.peer,
                image: connection.process.image.as_deref().map(program),
                record: connection.record,
            });
        }
    }

    /// Adds a certificate that was judged, from the log of the same machine.
    pub fn chain(&mut self, chain: &Chain) {
        let (Some(time), Some(certificate)) = (chain.time, &chain.certificate) else { return };
        let Some(clock) = self.clocks.place(chain.computer.as_deref(), true) else { return };
        let process = chain.process.as_ref();
        if self.chains.len() < MAX_NEIGHBOURS {
            self.chains.push(Judgement {
                time,
                clock,
                process: process.and_then(|process| process.id),
                subject: bounded(&certificate.subject).into(),
                fault: chain.faults.first().map(|fault| bounded(fault).into()),
                image: process.and_then(|process| process.image.as_deref().map(program)),
                record: chain.record,
            });
        }
    }

    fn add(&mut self, account: Account) {
        if self.accounts.len() < MAX_ACCOUNTS {
            self.accounts.push(account);
        } else {
            self.left_out += 1;
        }
    }
}

impl Clocks {
    /// The number of a machine's clock; `None` where there are too many.
    pub(super) fn place(&mut self, machine: Option<&str>, zone: bool) -> Option<u16> {
        let same = |clock: &Clock| {
            let known = clock.machine.as_deref();
            clock.zone == zone
                && match (known, machine) {
                    (Some(known), Some(machine)) => known.eq_ignore_ascii_case(machine.trim()),
                    (known, machine) => known.is_none() && machine.is_none(),
                }
        };
        let place = self.0.iter().position(same).unwrap_or(self.0.len());
        if place == self.0.len() {
            // The last place is kept for what names no machine.
            if place >= MAX_CLOCKS + usize::from(machine.is_none()) {
                return None;
            }
            self.0.push(Clock { machine: machine.and_then(name), zone });
        }
        u16::try_from(place).ok()
    }
}

/// How a session ended: each alert that counts, with its time and frame; else what stood in its
/// place.
fn ends(session: &Session) -> Vec<(Ending, i64, u64)> {
    let ordinary = [Alert::CLOSE_NOTIFY, Alert::USER_CANCELED];
    let alerts = session.alerts().filter(|seen| !ordinary.contains(&seen.what.1.alert));
    let mut said = Vec::new();
    let mut ends: Vec<_> = alerts
        .filter(|seen| {
            // Said twice is said once.
            let what = (seen.what.0, seen.what.1.alert);
            let new = !said.contains(&what);
            said.extend(new.then_some(what));
            new
        })
        .take(MAX_ALERTS)
        .map(|seen| {
            let (side, message) = seen.what;
            (Ending::Alert(message.alert, Sender::Side(side)), seen.time.0, seen.frame)
        })
        .collect();
    let sizes = session
        .server_hello()
        .and_then(|hello| Sizes::of(hello.what.cipher_suite, hello.what.version()));
    let sealed = || {
        let at = match session.outcome {
            Outcome::AlertLikely(at) => Some(at),
            Outcome::Established => session.events.iter().rposition(|event| match event.message {
                Message::EncryptedAlert => true,
                Message::Encrypted => sizes.is_some_and(|sizes| event.length == sizes.alert),
                _ => false,
            }),
            _ => None,
        };
        let event = session.events.get(at?)?;
        Some((Ending::Sealed(event.side), event.time.0, event.frame))
    };
    let cut = || {
        let (side, mark) = match session.outcome {
            Outcome::Reset(side) => (side, session.stream(side).reset),
            Outcome::Closed(side) => (side, session.stream(side).fin),
            Outcome::Established => [Side::Client, Side::Server]
                .into_iter()
                .map(|side| (side, session.stream(side).reset.or(session.stream(side).fin)))
                .filter(|(_, mark)| mark.is_some())
                .min_by_key(|(_, mark)| mark.map(|mark| mark.time))?,
            _ => return None,
        };
        let (time, frame) =
            mark.map_or((session.ended, session.last_frame), |mark| (mark.time, mark.frame));
        Some((Ending::Cut(side), time.0, frame))
    };
    // Who meets bytes that are no TLS refuses them then, whatever becomes of the connection.
    let plain = || {
        let side = match session.outcome {
            Outcome::Plaintext(side) => side,
            Outcome::NotTls => Side::Client,
            _ => return None,
        };
        let seen = session.plaintext(side)?;
        Some((Ending::Cut(side.other()), seen.time.0, seen.frame))
    };
    if ends.is_empty() {
        let other = || (Ending::Other, session.ended.0, session.last_frame);
        ends.push(sealed().or_else(plain).or_else(cut).unwrap_or_else(other));
    }
    ends
}

/// The subject of the server's own certificate, if it was seen.
fn subject(session: &Session) -> Option<Arc<str>> {
    let shown = session.certificates(Side::Server)?;
    let leaf = shown.what.certificates().next()?;
    let leaf = wire::Certificate::read(leaf.der).ok()?;
    let subject = leaf.subject().text()?;
    (!subject.is_empty()).then(|| bounded(&subject).into())
}

/// The program of a path of Windows or of another system: its last part.
fn program(path: &str) -> Arc<str> {
    bounded(path.rsplit(['\\', '/']).next().unwrap_or(path)).into()
}

fn verdict(finding: &Finding) -> Verdict {
    let Finding { cause, confidence, refused_by, .. } = finding;
    Verdict { cause: cause.slug, confidence: *confidence, refused_by: *refused_by }
}

fn host(address: IpAddr) -> trace::Host {
    trace::Host::Ip(address.to_canonical())
}
