//! What the same client did before and after a failure: the attempt that it is a second one of, and
//! the one that succeeded at once.
//!
//! Who is refused and comes back another way has lost a moment and nothing else; and a refusal of
//! the second way has its reason in what stopped the first. Behind one address there may be many
//! programs: a second attempt is one that changes nothing, or only that in which the cause lies. No
//! offer makes a certificate good that was refused: where the server sends another one and it is
//! taken, that is no second attempt but the end of an outage.

use std::collections::HashMap;

use foldhash::fast::RandomState;
use trace::{Endpoint, Host, Message, Outcome, Session, Side, Transport};
use wire::{ProtocolVersion, Time};

use crate::difference::{is_of, is_of_server_certificate};
use crate::field::{Field, FieldSet, Fields};
use crate::glance::Glance;
use crate::success::Success;
use crate::{Case, Finding};

/// A success of the same client at the same server, for the same name, right after a failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovery {
    /// The frame of its ClientHello.
    pub frame: u64,
    /// How long after the failure it began, in nanoseconds.
    pub after: i64,
    /// The version that was spoken then.
    pub version: Option<ProtocolVersion>,
    /// The fields in which its offer differs; none if it offered the same.
    pub changed: Vec<Field>,
}

/// The end of an outage: the same client, with the same offer and for the same name, got in when
/// the server had sent another certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Relief {
    /// When that handshake began.
    pub begun: Time,
    /// The frame of its ClientHello.
    pub frame: u64,
}

/// Handshakes that failed, of each client at each server.
#[derive(Debug, Default)]
pub(crate) struct Failures(HashMap<(Host, Transport, Endpoint), Vec<Attempt>, RandomState>);

/// A handshake that failed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Attempt {
    /// When it began.
    pub(crate) begun: Time,
    /// The frame of its ClientHello.
    pub(crate) frame: u64,
    /// The highest version on offer.
    pub(crate) version: ProtocolVersion,
    /// How it ended.
    pub(crate) outcome: Outcome,
    /// The alert that ended it, if one did.
    pub(crate) alert: Option<alert::Alert>,
}

/// How soon who comes back after a failure comes back because of it, in nanoseconds.
const AT_ONCE: i64 = 5_000_000_000;
/// Pairs of client and server of which failures are remembered.
const MAX_PAIRS: usize = 20_000;
/// Failures remembered of each pair: the first show what all of them do.
const MAX_ATTEMPTS: usize = 64;

impl Failures {
    /// Takes note of a session that failed.
    pub(crate) fn observe(&mut self, glance: &Glance<'_>) {
        let session = glance.session;
        if matches!(session.outcome, Outcome::NotTls | Outcome::OneSided(_) | Outcome::Truncated) {
            return;
        }
        let Some(hello) = &glance.client_hello else { return };
        let key = (session.client.host(), session.transport, session.server);
        if self.0.len() >= MAX_PAIRS && !self.0.contains_key(&key) {
            return;
        }
        // Most clients fail once.
        let attempts = self.0.entry(key).or_insert_with(|| Vec::with_capacity(1));
        if attempts.len() >= MAX_ATTEMPTS {
            return;
        }
        let alert = match session.outcome {
            Outcome::Alert(at) => session.events.get(at).and_then(|event| match event.message {
                Message::Alert(message) => Some(message.alert),
                _ => None,
            }),
            _ => None,
        };
        attempts.push(Attempt {
            begun: session.started,
            frame: hello.frame,
            version: hello.what.highest_version(),
            outcome: session.outcome,
            alert,
        });
    }

    /// The last attempt of the same client at the same server before this one, if it was shortly
    /// before and offered a higher version.
    pub(crate) fn before(&self, session: &Session) -> Option<Attempt> {
        let version = session.client_hello()?.what.highest_version().settled();
        let attempts =
            self.0.get(&(session.client.host(), session.transport, session.server))?.iter();
        let shortly = |attempt: &&Attempt| {
            let passed = session.started.since(attempt.begun);
            (1..=AT_ONCE).contains(&passed) && attempt.version.settled() > version
        };
        attempts.filter(shortly).max_by_key(|attempt| (attempt.begun, attempt.frame)).copied()
    }
}

impl Attempt {
    /// How it ended, in words that fit after "it".
    pub(crate) fn ended(&self) -> String {
        match (self.outcome, self.alert) {
            (Outcome::Alert(_), Some(alert)) => format!("ended with {alert}"),
            (Outcome::AlertLikely(_), _) => "ended with an encrypted alert".to_owned(),
            (Outcome::Reset(_), _) => "was reset".to_owned(),
            (Outcome::Closed(Side::Server), _) => "was closed by the server".to_owned(),
            (Outcome::Silent(_) | Outcome::GaveUp(_), _) => "got no answer".to_owned(),
            _ => "failed".to_owned(),
        }
    }
}

impl Case<'_> {
    /// How the client made up for this failure, if it did so at once, by nothing but what can mend
    /// the cause that was found.
    #[must_use]
    pub fn recovery(&self, best: Option<&Finding>) -> Option<Recovery> {
        // A certificate that was refused is not made up for by another one.
        let mine = self.fields().filter(|mine| !mine.shows_certificate())?;
        if best.is_some_and(is_of_server_certificate) {
            return None;
        }
        let end = self.end();
        let until = Time(end.0.saturating_add(AT_ONCE));
        let mends = |changed: FieldSet| match changed.single() {
            Some(field) => best.is_some_and(|best| is_of(best, field)),
            None => changed.is_empty(),
        };
        let (begun, frame, success) = self.later(mine, until, mends)?;
        Some(Recovery {
            frame,
            after: begun.since(end),
            version: success.choice.map(|(version, _)| version),
            changed: mine.differing(&success.fields).fields(),
        })
    }

    /// How the outage ended that this failure is part of, if another certificate ended it.
    #[must_use]
    pub fn relief(&self) -> Option<Relief> {
        let mine = self.fields()?;
        // The key of another certificate may need another suite.
        let renewed = |mut changed: FieldSet| {
            changed.remove(Field::Choice);
            changed.single() == Some(Field::Certificate)
        };
        let (begun, frame, _) = self.later(mine, Time(i64::MAX), renewed)?;
        Some(Relief { begun, frame })
    }

    /// The first handshake that the same client completed at the same server for the same name
    /// between the end of this one and a moment, and in which only such fields differ.
    fn later(
        &self,
        mine: &Fields,
        until: Time,
        fits: impl Fn(FieldSet) -> bool,
    ) -> Option<(Time, u64, &Success)> {
        let (session, end) = (self.session, self.end());
        let met = self.contrast.met(session.client.host()).iter();
        let later = met.filter_map(|met| {
            let (success, here) = self.contrast.success(met, session)?;
            let same = here && mine.agree(&success.fields, Field::ServerName);
            let same = same && fits(mine.differing(&success.fields));
            let (begun, frame) = met.begun_within(end, until).filter(|_| same)?;
            Some((begun, frame, success))
        });
        later.min_by_key(|(begun, frame, _)| (*begun, *frame))
    }

    /// The moment of the failure: that of what ended it, or, where nothing did, that of the first
    /// frame, because who waits in vain may begin anew without giving up.
    fn end(&self) -> Time {
        let session = self.session;
        let of = |at: usize| session.events.get(at).map(|event| event.time);
        let mark = |side| {
            let stream = session.stream(side);
            stream.reset.or(stream.fin).map(|mark| mark.time)
        };
        let end = match session.outcome {
            Outcome::Alert(at) | Outcome::AlertLikely(at) => of(at),
            Outcome::Reset(side) | Outcome::Closed(side) => mark(side),
            Outcome::Silent(_) | Outcome::GaveUp(_) => {
                Some(Time(session.started.0.saturating_add(1)))
            }
            _ => None,
        };
        end.unwrap_or(session.ended)
    }
}

impl Recovery {
    /// In words: `0.2 s later the same address got in with TLS 1.2`.
    #[must_use]
    pub fn says(&self) -> String {
        let tenths = (self.after / 100_000_000).max(0);
        let changed = |field| self.changed.contains(&field);
        // What offers something else may be another program.
        let (who, how) = match self.version {
            _ if self.changed.is_empty() => ("client", "the same offer".to_owned()),
            _ if changed(Field::ClientCertificate) => ("client", "a certificate".to_owned()),
            Some(version) if changed(Field::Versions) => ("address", version.to_string()),
            _ => ("address", "another offer".to_owned()),
        };
        format!("{}.{} s later the same {who} got in with {how}", tenths / 10, tenths % 10)
    }
}
