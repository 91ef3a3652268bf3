//! What the other witnesses say to one failure, and to a group of them.

use std::net::IpAddr;
use std::sync::Arc;

use alert::Side;

use super::Party;
use crate::{Confidence, Finding, cause, rules};

/// What the other witnesses say to one failure.
#[derive(Clone, Debug)]
pub enum Answer {
    /// They show it, and with whom it was.
    Found(Found),
    /// They show failures of several parties that it could be; it is one of them, or none.
    Ambiguous(Vec<Arc<Party>>),
    /// They do not show it.
    Missing(Missing),
}

/// A failure in the testimony of another witness.
#[derive(Clone, Debug)]
pub struct Found {
    /// Position of that testimony among those that were joined.
    pub input: usize,
    /// Who was in the connection.
    pub party: Arc<Party>,
    /// By what it was recognised.
    pub means: Means,
    /// What of it the other witness shows.
    pub sight: Sight,
    /// Certain where nothing else fits; likely where one input is hidden.
    pub confidence: Confidence,
    /// Its frame, line or record; `None` where several connections of the same party fit, and it is
    /// one of them.
    pub place: Option<u64>,
    /// What the caller counts it under there; where several connections fit, the first of them.
    pub group: Option<u32>,
    /// What explains it there; where several connections fit, the first of them.
    pub verdict: Option<Verdict>,
}

/// What explains a failure, as far as it takes to say it elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Verdict {
    /// The name of the cause.
    pub cause: &'static str,
    /// How sure it is.
    pub confidence: Confidence,
    /// The side that refused.
    pub refused_by: Option<Side>,
}

/// By what a failure was recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Means {
    /// The address and the port of the peer, which both name.
    Address,
    /// The clocks, whose difference follows from many failures.
    Clock,
    /// Nothing but the time: it is the only one of its kind within some seconds.
    TimeAlone,
    /// The party: the clocks cannot be compared, because it never pauses, and all failures of its
    /// kind that the other witness shows, about as many, are of the same party.
    OnlyParty,
    /// The connections of its process, in the log of the same machine: several fit by the clock.
    Process,
    /// Nothing else is there: the log tells of one failure, without a time, and all captures together
    /// show one.
    Single,
}

/// What another witness shows of a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sight {
    /// The same alert, sent the same way; of a failure without an alert, the same connection.
    Alert,
    /// An alert sent the same way that stays encrypted.
    Sealed,
    /// No alert: the side that had generated one tore the connection down or closed it, or answered
    /// in plaintext to bytes that are no TLS.
    Unsent,
}

/// Why a failure is not found elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Missing {
    /// It tells no time.
    Untimed,
    /// It tells of no alert, and of no peer: there is nothing to compare.
    NothingToCompare,
    /// Its clock and those of the others could not be compared: too little happened that both saw,
    /// or they tell of different days or machines.
    NoClock,
    /// It happened before or after all that the others tell of.
    OtherTime,
    /// The others tell of that moment, and of nothing like it.
    NotSeen,
    /// There are more failures than are compared.
    TooMany,
}

/// What the logs of the same machine say of the moment of a failure, where it is one thing and not
/// several. They have one clock, but nothing else ties them to it: it is likely, and no more.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Nearby {
    /// The program that had the connection, or for which the certificate was judged.
    pub program: Option<Arc<str>>,
    /// The peer of the connections that fit.
    pub contact: Option<Contact>,
    /// The certificate that was judged.
    pub judged: Option<JudgedCertificate>,
}

/// A peer that a process had a connection with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contact {
    /// Its address.
    pub address: IpAddr,
    /// Its port, where only one connection fits.
    pub port: Option<u16>,
    /// The number of the record.
    pub record: Option<u64>,
}

/// A certificate that was judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JudgedCertificate {
    /// Its subject. Bytes of the input: escape it before it is shown.
    pub subject: Arc<str>,
    /// What is wrong with it, in plain words, if anything is.
    pub fault: Option<Arc<str>>,
    /// The number of the record.
    pub record: Option<u64>,
}

/// With whom the failures of one group were, as far as other witnesses tell.
#[derive(Clone, Debug, Default)]
pub struct Company {
    /// Failures of the group that were compared.
    pub total: u64,
    /// Those of which the party is known, by party, the most frequent first.
    pub parties: Vec<Share>,
    /// Failures whose party is known and found no room in the list.
    pub more: u64,
    /// Failures that could be of several parties.
    pub ambiguous: u64,
    /// Parties that those could be of, as far as kept.
    pub candidates: Vec<Arc<Party>>,
    /// Failures that are not found elsewhere, by the reason; the most frequent first.
    pub missing: Vec<(Missing, u64)>,
    /// What the logs of the same machine say of their moments, each with how often: the first of
    /// those that differ in nothing but the record and the peer's port.
    pub nearby: Vec<(Nearby, u64)>,
}

/// The failures of a group that were of one party.
#[derive(Clone, Debug)]
pub struct Share {
    /// The first of them, as the other witness shows it.
    pub first: Found,
    /// The place of the first of them in the group's own input: a record or a line.
    pub own: u64,
    /// How many there are.
    pub count: u64,
    /// How many of them are certain.
    pub certain: u64,
    /// How many of them are one connection that is known.
    pub single: u64,
    /// How many of them are known by an encrypted alert alone.
    pub sealed: u64,
    /// How many of them were generated and never sent.
    pub unsent: u64,
    /// What explains them there, each with how often.
    pub verdicts: Vec<(Verdict, u64)>,
}

/// Parties that are told apart in a group: a screen shows a handful.
const MAX_PARTIES: usize = 256;
/// Candidates of failures that could be of several parties.
const MAX_CANDIDATES: usize = 8;
/// Parties of a group that are shown as evidence.
const MAX_SHOWN: usize = 3;
/// Causes, and neighbours, that are told apart in one group.
const MAX_KINDS: usize = 16;

impl Means {
    /// By what, in words that fit behind "the same failure".
    #[must_use]
    pub fn says(self) -> &'static str {
        match self {
            Self::Address => "by the peer's address and port",
            Self::Clock => "by the clocks, the alert and who sent it",
            Self::TimeAlone => "by the time alone: the only one within some seconds",
            Self::OnlyParty => "by the only one that fails like this, and as often",
            Self::Process => "by the connections of its process",
            Self::Single => "as the only one that is told, and the only one that is shown",
        }
    }
}

impl Missing {
    /// Why, as the end of a sentence that begins with how many failures.
    #[must_use]
    pub fn says(self) -> &'static str {
        match self {
            Self::Untimed => "tell no time",
            Self::NothingToCompare => "name neither an alert nor a peer",
            Self::NoClock => "could not be compared: no common clock was found",
            Self::OtherTime => "happened when nothing was captured",
            Self::NotSeen => "are not in what was captured at that moment",
            Self::TooMany => "are beyond the number that is compared",
        }
    }

    /// How to get what is missing.
    #[must_use]
    pub fn remedy(self) -> &'static str {
        match self {
            Self::Untimed => "export the log with its times: as .evtx or as XML",
            Self::NothingToCompare => "set EventLogging to 7: the alerts are then written too",
            Self::NoClock | Self::OtherTime => "capture while it fails, on this very machine",
            Self::NotSeen => {
                "capture all interfaces of this very machine; TLS 1.3 hides alerts: add a key log"
            }
            Self::TooMany => "give the minutes that matter: since= and until=",
        }
    }
}

impl Nearby {
    /// Whether both are the same but for the places where they are told.
    fn is_like(&self, other: &Self) -> bool {
        let address = |it: &Self| it.contact.map(|contact| contact.address);
        let judged =
            |it: &Self| it.judged.clone().map(|it| JudgedCertificate { record: None, ..it });
        self.program == other.program
            && address(self) == address(other)
            && judged(self) == judged(other)
    }
}

impl Share {
    fn new(own: u64, first: Found) -> Self {
        let (count, certain, single, sealed, unsent) = Default::default();
        Self { first, own, count, certain, single, sealed, unsent, verdicts: Vec::new() }
    }

    fn add(&mut self, own: u64, found: &Found) {
        self.count += 1;
        self.certain += u64::from(found.confidence == Confidence::Certain);
        self.single += u64::from(found.place.is_some());
        self.sealed += u64::from(found.sight == Sight::Sealed);
        self.unsent += u64::from(found.sight == Sight::Unsent);
        if let Some(verdict) = &found.verdict {
            count(&mut self.verdicts, verdict, 1);
        }
        // The one that is shown is the one that says most.
        let rank = |found: &Found| (found.confidence, found.place.is_none());
        if (rank(found), own) < (rank(&self.first), self.own) {
            (self.first, self.own) = (found.clone(), own);
        }
    }
}

impl Company {
    /// Adds a failure of the group: its place in its own input, and what the others say to it.
    pub fn add(&mut self, own: u64, answer: &Answer) {
        self.total += 1;
        match answer {
            Answer::Found(found) => {
                let known = self.parties.iter_mut().find(|it| it.first.party == found.party);
                if let Some(share) = known {
                    share.add(own, found);
                } else if self.parties.len() < MAX_PARTIES {
                    let mut share = Share::new(own, found.clone());
                    share.add(own, found);
                    self.parties.push(share);
                } else {
                    self.more += 1;
                }
            }
            Answer::Ambiguous(parties) => {
                self.ambiguous += 1;
                for party in parties {
                    if self.candidates.len() < MAX_CANDIDATES && !self.candidates.contains(party) {
                        self.candidates.push(Arc::clone(party));
                    }
                }
            }
            Answer::Missing(why) => count(&mut self.missing, why, 1),
        }
    }

    /// Adds what the logs of the same machine say of the moments of some of them.
    pub fn add_nearby(&mut self, nearby: &Nearby, times: u64) {
        let known = self.nearby.iter_mut().find(|(known, _)| known.is_like(nearby));
        if let Some((_, count)) = known {
            *count += times;
        } else if self.nearby.len() < MAX_KINDS {
            self.nearby.push((nearby.clone(), times));
        }
    }

    /// Takes over the failures of the same group in another input.
    pub fn merge(&mut self, other: Self) {
        self.total += other.total;
        self.more += other.more;
        self.ambiguous += other.ambiguous;
        for share in other.parties {
            let known = self.parties.iter_mut().find(|it| it.first.party == share.first.party);
            if let Some(known) = known {
                known.count += share.count;
                known.certain += share.certain;
                known.single += share.single;
                known.sealed += share.sealed;
                known.unsent += share.unsent;
                for (verdict, times) in &share.verdicts {
                    count(&mut known.verdicts, verdict, *times);
                }
            } else if self.parties.len() < MAX_PARTIES {
                self.parties.push(share);
            } else {
                self.more += share.count;
            }
        }
        for party in other.candidates {
            if self.candidates.len() < MAX_CANDIDATES && !self.candidates.contains(&party) {
                self.candidates.push(party);
            }
        }
        for (why, times) in &other.missing {
            count(&mut self.missing, why, *times);
        }
        for (nearby, times) in &other.nearby {
            self.add_nearby(nearby, *times);
        }
        self.rank();
    }

    /// Puts the most frequent first.
    pub(super) fn rank(&mut self) {
        self.parties.sort_by_key(|share| (std::cmp::Reverse(share.count), share.own));
        self.missing.sort_by_key(|&(why, count)| (std::cmp::Reverse(count), why));
        self.nearby.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
    }

    /// What explains the group, as its connections show it: the one cause that nearly all of those
    /// have which were found, where most of the group was. `place` writes a place of an input that was joined: a
    /// frame, a line, a record.
    #[must_use]
    pub fn finding(&self, place: impl Fn(usize, u64) -> String) -> Option<Finding> {
        let mut verdicts: Vec<(Verdict, u64)> = Vec::new();
        for (verdict, times) in self.parties.iter().flat_map(|share| &share.verdicts) {
            count(&mut verdicts, verdict, *times);
        }
        let (verdict, _) = verdicts.iter().max_by_key(|(_, times)| *times)?;
        // That the connection hides the cause is nothing that a log needs to hear.
        if rules::is_open(verdict.cause) {
            return None;
        }
        let same = |it: &&(Verdict, u64)| it.0.cause == verdict.cause;
        let times: u64 = verdicts.iter().filter(same).map(|(_, times)| times).sum();
        if times * 10 < self.found() * 9 || self.found() * 2 < self.total {
            return None;
        }
        let cause = cause(verdict.cause)?;
        // It is as sure as its weakest part.
        let weakest = verdicts.iter().filter(same).map(|(verdict, _)| verdict.confidence).max()?;
        let by_clock = self.parties.iter().all(|share| share.certain == share.count);
        let joined = if by_clock { Confidence::Certain } else { Confidence::Likely };
        let mut finding = Finding::new(cause, weakest.max(joined), verdict.refused_by);
        let shown = |share: &&Share| share.verdicts.iter().any(|(it, _)| it.cause == verdict.cause);
        for share in self.parties.iter().filter(shown).take(MAX_SHOWN) {
            let Found { input, place: at, means, .. } = &share.first;
            let at = at.map_or_else(String::new, |at| format!("{}: ", place(*input, at)));
            let says = format!("{at}the same failure, {}", means.says());
            finding = finding.frame("joined", share.own, says);
        }
        Some(finding)
    }

    /// Failures whose party is known.
    #[must_use]
    pub fn found(&self) -> u64 {
        self.parties.iter().map(|share| share.count).sum::<u64>() + self.more
    }
}

/// Adds to how often something was counted, if there is room for it.
fn count<T: PartialEq + Clone>(counts: &mut Vec<(T, u64)>, what: &T, times: u64) {
    if let Some((_, known)) = counts.iter_mut().find(|(known, _)| known == what) {
        *known += times;
    } else if counts.len() < MAX_KINDS {
        counts.push((what.clone(), times));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn party(port: u16) -> Arc<Party> {
        Arc::new(Party { port: Some(port), ..Party::default() })
    }

    fn found(port: u16, confidence: Confidence, place: Option<u64>) -> Answer {
        Answer::Found(Found {
            input: 1,
            party: party(port),
            means: Means::Clock,
            sight: Sight::Alert,
            confidence,
            place,
            group: None,
            verdict: Some(Verdict {
                cause: "expired-leaf",
                confidence: Confidence::Certain,
                refused_by: Some(Side::Client),
            }),
        })
    }

    /// Failures are counted by party, the surest one is shown, and the rest by the reason.
    #[test]
    fn a_group_is_counted_by_party() {
        let mut company = Company::default();
        company.add(7, &found(1, Confidence::Likely, None));
        company.add(8, &found(2, Confidence::Certain, Some(80)));
        company.add(9, &found(2, Confidence::Certain, Some(90)));
        company.add(10, &found(1, Confidence::Certain, Some(100)));
        company.add(11, &found(1, Confidence::Certain, Some(110)));
        company.add(12, &Answer::Ambiguous(vec![party(1), party(2)]));
        company.add(13, &Answer::Missing(Missing::NotSeen));
        let mut other = company.clone();
        other.merge(company);
        assert_eq!((other.total, other.found(), other.ambiguous), (14, 10, 2));
        assert_eq!(other.candidates.len(), 2);
        assert_eq!(other.missing, [(Missing::NotSeen, 2)]);
        let shares: Vec<_> =
            other.parties.iter().map(|it| (it.count, it.certain, it.own)).collect();
        assert_eq!(shares, [(6, 4, 10), (4, 4, 8)]);
        assert_eq!(other.parties[0].verdicts[0].1, 6);
    }
}
