//! Sessions in, judged cases out.
//!
//! A case is judged when everything has been heard, because the control group may come after the
//! failure. What waits is bounded: when it grows too large, the oldest cases are judged with what
//! is known so far.

use std::collections::{HashMap, VecDeque};
use std::ops::Range;
use std::sync::Arc;

use foldhash::fast::RandomState;
use trace::{Carrier, Endpoint, Event, Message, Outcome, Seen, Session, Side, Sizes, Step};
use wire::{HandshakeType, ProtocolVersion};

use crate::flawed::flawed;
use crate::glance::Glance;
use crate::rules::{refused_renegotiation, unanswered};
use crate::{Case, Contrast, Difference, Finding, Flawed, Recovery, Relief, Stack, Trust, judge};

/// Collects the sessions of one capture and judges those that failed.
#[derive(Debug, Default)]
pub struct Docket {
    contrast: Contrast,
    trust: Trust,
    /// The cases that wait, each with the bytes it takes.
    waiting: VecDeque<(usize, Box<Session>)>,
    /// How many no longer wait.
    done: u64,
    waiting_bytes: usize,
    chains: Chains,
    strangers: HashMap<Endpoint, u32, RandomState>,
    judged: VecDeque<Judged>,
    /// Sessions whose handshake was completed and that raise no question.
    pub good: u64,
    /// Conversations that are not TLS and on no port that speaks it.
    pub not_tls: u64,
    /// Cases judged before the end of the capture, for lack of room.
    pub judged_early: u64,
}

/// A session that failed, or that holds a warning, and what was found.
#[derive(Debug)]
pub struct Judged {
    /// The story.
    pub session: Box<Session>,
    /// What explains it, best first; empty only if nothing needs an explanation.
    pub findings: Vec<Finding>,
    /// What the refusing side had in hand.
    pub step: Step,
    /// The side that ended it, by an alert, a reset or a close.
    pub refuser: Option<Side>,
    /// The side in whose name somebody else ended it.
    pub forged: Option<Side>,
    /// Which stack the client and the server speak like.
    pub stacks: [Option<Stack>; 2],
    /// What is wrong with the certificates that were shown.
    pub flaws: Vec<Flawed>,
    /// How it differs from the success that is most like it, if in one field at most.
    pub difference: Option<Difference>,
    /// How the client made up for it at once.
    pub recovery: Option<Recovery>,
    /// How the outage ended that it is part of, if another certificate ended it.
    pub relief: Option<Relief>,
}

/// Bytes of sessions that may wait for the end of the capture.
const MAX_WAITING: usize = 40 << 20;
/// Chains that are looked at for one that was seen before.
const CHAINS: usize = 64;
/// Conversations without any TLS that are kept for each server address: one that turns out to
/// speak TLS with others makes them failures; more of the same add nothing.
const MAX_STRANGERS: u32 = 256;
/// Server addresses for which such conversations are kept.
const MAX_STRANGE_SERVERS: usize = 4096;

impl Docket {
    /// The same, where it is known whom those trust who refuse certificates, and when they looked.
    #[must_use]
    pub fn trusting(mut self, trust: Trust) -> Self {
        self.trust = trust;
        self
    }

    /// Takes a session that has ended.
    pub fn add(&mut self, mut session: Box<Session>) {
        let glance = Glance::of(&session);
        self.contrast.glanced(&glance);
        if !self.worth_judging(&glance) {
            return;
        }
        let shared = self.chains.share(&mut session);
        let bytes = session.footprint().saturating_sub(shared);
        self.waiting_bytes += bytes;
        self.waiting.push_back((bytes, session));
        while self.waiting_bytes > MAX_WAITING {
            self.judged_early += 1;
            self.judge_oldest();
        }
    }

    /// Judges everything that waits: nothing more will be heard.
    pub fn finish(&mut self) {
        while !self.waiting.is_empty() {
            self.judge_oldest();
        }
    }

    /// A judged case, in the order in which the sessions ended.
    pub fn judged(&mut self) -> Option<Judged> {
        self.judged.pop_front()
    }

    /// Completed handshakes with which no failure was compared, for lack of room.
    #[must_use]
    pub fn not_compared(&self) -> u64 {
        self.contrast.left_out
    }

    /// The numbers of the cases that wait, in the order in which they came.
    #[must_use]
    pub fn waiting(&self) -> Range<u64> {
        self.done..self.done + self.waiting.len() as u64
    }

    /// A case that waits, judged with what is known so far; it waits on. `None` if nothing of it needs
    /// an explanation by now, or it does not wait.
    #[must_use]
    pub fn preview(&self, number: u64) -> Option<Judged> {
        let place = usize::try_from(number.checked_sub(self.done)?).ok()?;
        let (_, session) = self.waiting.get(place)?;
        self.preview_of(session.clone())
    }

    /// A session that was not added, judged with what is known so far.
    #[must_use]
    pub fn preview_of(&self, session: Box<Session>) -> Option<Judged> {
        self.look(session).ok()
    }

    /// What was seen of all servers.
    #[must_use]
    pub fn contrast(&self) -> &Contrast {
        &self.contrast
    }

    /// Sorts the ordinary sessions out and counts them.
    fn worth_judging(&mut self, glance: &Glance<'_>) -> bool {
        let session = glance.session;
        match session.outcome {
            Outcome::Established => {
                let cut = || match glance.version.is_some_and(ProtocolVersion::is_tls13) {
                    true => cut_at_request(session).is_some(),
                    false => unanswered(session).is_some(),
                };
                let ask = glance.warned
                    || glance.left_at_once
                    || cut()
                    || refused_renegotiation(&session.events).is_some();
                self.good += u64::from(!ask);
                ask
            }
            Outcome::NotTls => {
                let full = self.strangers.len() >= MAX_STRANGE_SERVERS
                    && !self.strangers.contains_key(&session.server);
                let keep = !full && {
                    let count = self.strangers.entry(session.server).or_default();
                    *count += 1;
                    *count <= MAX_STRANGERS
                };
                self.not_tls += u64::from(!keep);
                keep
            }
            _ => true,
        }
    }

    fn judge_oldest(&mut self) {
        let Some((bytes, session)) = self.waiting.pop_front() else { return };
        self.waiting_bytes = self.waiting_bytes.saturating_sub(bytes);
        self.done += 1;
        match self.look(session) {
            Ok(judged) => self.judged.push_back(judged),
            Err(Outcome::NotTls) => self.not_tls += 1,
            Err(_) => self.good += 1,
        }
    }

    /// Judges a session with what is known so far; one that needs no explanation is its outcome.
    fn look(&self, session: Box<Session>) -> Result<Judged, Outcome> {
        let case = Case::new(&session, &self.contrast).trusting(&self.trust);
        let findings = judge(&case);
        let (step, refuser, forged) = (case.step, case.refuser(), case.forged());
        let stacks = [Side::Client, Side::Server].map(|side| case.stack(side).map(|it| it.stack));
        let best = findings.first();
        let (recovery, relief, flaws) = (case.recovery(best), case.relief(), flawed(&case));
        let difference = case.difference.into_inner().flatten();
        // What cannot be the reason is no difference worth telling.
        let difference = difference.filter(|it| best.is_none_or(|best| it.may_explain(best)));
        if findings.is_empty() && matches!(session.outcome, Outcome::NotTls | Outcome::Established)
        {
            return Err(session.outcome);
        }
        Ok(Judged {
            session,
            findings,
            step,
            refuser,
            forged,
            stacks,
            flaws,
            difference,
            recovery,
            relief,
        })
    }
}

/// The certificate messages seen last. Most servers send the same chain to everybody; the cases
/// that wait then share its bytes.
#[derive(Debug)]
struct Chains([Arc<[u8]>; CHAINS]);

impl Default for Chains {
    fn default() -> Self {
        Self(std::array::from_fn(|_| Arc::default()))
    }
}

impl Chains {
    /// Lets a session share the chains that were seen before; returns the bytes that it saves.
    fn share(&mut self, session: &mut Session) -> usize {
        let mut saved = 0;
        for event in &mut session.events {
            let Message::Handshake { kind: HandshakeType::CERTIFICATE, body } = &mut event.message
            else {
                continue;
            };
            let end = body.iter().rev().take(4).fold(body.len(), |sum, byte| {
                sum.wrapping_mul(31).wrapping_add(usize::from(*byte))
            });
            let Some(known) = self.0.get_mut(end % CHAINS) else { continue };
            if known == body {
                saved += body.len();
                *body = Arc::clone(known);
            } else {
                *known = Arc::clone(body);
            }
        }
        saved
    }
}

/// The client finished the handshake and was the first to leave, at once and without data: some
/// stacks check the certificate or its name only then, and monitors do it as well. A close_notify
/// is no data; a browser that keeps a spare connection keeps it longer; and who resumes a session
/// checks no certificate.
pub(crate) fn left_at_once(session: &Session) -> bool {
    // Sizes of QUIC packets tell nothing, and a connection ends without a word when it is idle.
    if session.carrier == Carrier::Quic {
        return false;
    }
    let mut finished = None;
    let mut goodbye = None;
    let mut certificate = false;
    let left = session.events.iter().find_map(|event| {
        let client = event.side == Side::Client;
        match &event.message {
            Message::Encrypted if client && finished.is_none() => finished = Some(event.time),
            // After its Finished alone, a last record as short as an alert is one; anything else
            // is data, or the rest of a flight with a certificate.
            Message::Encrypted if client => {
                let short = matches!(event.length, 11 | 19 | 35);
                if !short || goodbye.is_some() {
                    return Some((event, false));
                }
                goodbye = Some(event);
            }
            // An answer that is no ticket: what looked like an alert was a short request.
            Message::Encrypted if goodbye.is_some() && event.length > LONGEST_TICKET => {
                return Some((event, false));
            }
            Message::EncryptedHandshake => finished = Some(event.time),
            Message::Handshake { kind, .. } if *kind == HandshakeType::CERTIFICATE => {
                certificate = true
            }
            Message::ApplicationData | Message::Alert(_) => return Some((event, false)),
            Message::EncryptedAlert | Message::Fin | Message::Reset => {
                return Some((event, client));
            }
            _ => {}
        }
        None
    });
    let left = left.or(goodbye.map(|event| (event, true)));
    let at_once = |left: &Event| finished.is_some_and(|time| left.time.since(time) <= AT_ONCE);
    let resumed = || match session.version().is_some_and(ProtocolVersion::is_tls13) {
        true => session.server_hello().is_some_and(|hello| hello.what.has_pre_shared_key()),
        false => !certificate,
    };
    left.is_some_and(|(event, without_data)| without_data && at_once(event)) && !resumed()
}

/// How soon a client leaves, in nanoseconds, if something displeases it.
const AT_ONCE: i64 = 1_000_000_000;

/// The client's first request after a TLS 1.3 handshake and how the server ended the connection
/// instead of an answer: by an alert, a FIN or a reset, with nothing in between but its tickets.
pub(crate) fn cut_at_request(session: &Session) -> Option<(Seen<&Event>, Seen<&Event>)> {
    // Most conversations end in good order, and long after this.
    session.from_server.fin.or(session.from_server.reset)?;
    if session.from_server.application_records > FEW || session.outcome != Outcome::Established {
        return None;
    }
    let hello = session.server_hello().filter(|hello| hello.what.version().is_tls13())?;
    let sizes = Sizes::of(hello.what.cipher_suite, hello.what.version())?;
    let alert = |event: &Event| [sizes.alert, sizes.padded_alert()].contains(&event.length);
    let (mut finished, mut request) = (false, None);
    // Tickets may cross the request; they are all of one length, and an answer is not.
    let mut tickets: (u32, u32, bool) = (0, 0, false);
    for (index, event) in session.events.iter().enumerate().skip(hello.event) {
        match (&event.message, event.side) {
            (Message::Encrypted, Side::Client) if !finished => {
                finished =
                    [0, Sizes::PADDING].iter().any(|pad| event.length == sizes.finished + pad);
            }
            (Message::Encrypted, Side::Client) if alert(event) => return None,
            (Message::Encrypted, Side::Client) => {
                request = request.or(Some(event.seen(index, event)));
            }
            (Message::Fin | Message::Reset, Side::Client) => return None,
            (Message::Fin | Message::Reset, Side::Server) => {
                let (count, _, crossed) = tickets;
                let answered = crossed && count < 2;
                return request
                    .filter(|_| !answered)
                    .map(|request| (request, event.seen(index, event)));
            }
            (Message::Encrypted, Side::Server) if finished && !alert(event) => {
                let (count, length, crossed) = tickets;
                if (count > 0 && length != event.length) || event.length > LONGEST_TICKET {
                    return None;
                }
                tickets = (count + 1, event.length, crossed || request.is_some());
            }
            _ => {}
        }
    }
    None
}

/// A longer record in bytes is no ticket, which holds a state of some 200 bytes, or a certificate.
const LONGEST_TICKET: u32 = 2048;
/// Encrypted records of a server that has sent its flight, some tickets and an alert.
const FEW: u64 = 12;
