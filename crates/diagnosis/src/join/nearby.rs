//! What else the logs of a machine say of a moment: they have one clock.

use std::net::IpAddr;

use alert::Side;
use trace::Host;

use super::scene::{Told, agree};
use super::testimony::{Judgement, Link};
use super::{Contact, JudgedCertificate, Nearby, Party};

/// The connections and judged certificates of one machine, in the order of time.
#[derive(Debug, Default)]
pub(super) struct Neighbours {
    links: Vec<Link>,
    judgements: Vec<Judgement>,
}

/// How long before or after a failure its connection is opened and its certificate judged.
const NEAR: i64 = 2_000_000_000;
/// Neighbours of one moment that are looked at: a busy machine has hundreds, and then none is the
/// only one.
const MAX_LOOKS: usize = 256;

impl Neighbours {
    /// Adds what one log says.
    pub(super) fn add(
        &mut self,
        links: impl Iterator<Item = Link>,
        judgements: impl Iterator<Item = Judgement>,
    ) {
        // All are of one machine, whatever number its clock has in each log.
        self.links.extend(links.map(|it| Link { clock: 0, ..it }));
        self.judgements.extend(judgements.map(|it| Judgement { clock: 0, ..it }));
    }

    /// Puts them in order. What a machine logs twice, because two of its logs were given, is one.
    pub(super) fn sort(&mut self) {
        self.links.sort_unstable();
        self.links.dedup();
        self.judgements.sort_unstable();
        self.judgements.dedup();
    }

    /// The addresses of the machine.
    pub(super) fn addresses(&self) -> Vec<IpAddr> {
        let mut addresses: Vec<IpAddr> = self.links.iter().map(|link| link.local.0).collect();
        addresses.sort_unstable();
        addresses.dedup();
        addresses
    }

    /// What is said of the moment of a failure, if it is one thing and not several.
    pub(super) fn of(&self, told: &Told) -> Option<Nearby> {
        let mut nearby = Nearby::default();
        let links = self.links(told);
        if let Some(links) = links.filter(|_| told.process.is_some() || told.role.is_some())
            && let Some(first) = links.first()
            && links.iter().all(|it| it.peer.0 == first.peer.0 && it.process == first.process)
        {
            nearby.program = first.image.clone();
            let port = (links.len() == 1).then_some(first.peer.1);
            nearby.contact = Some(Contact { address: first.peer.0, port, record: first.record });
        }
        let same = |it: &&Judgement| agree(told.process, it.process);
        let near: Vec<&Judgement> = near(&self.judgements, told.time, |it| it.time)
            .iter()
            .take(MAX_LOOKS)
            .filter(same)
            .collect();
        if let Some(first) = near.first()
            && near.len() < MAX_LOOKS
            && near.iter().all(|it| it.subject == first.subject)
        {
            let worst = near.iter().find(|it| it.fault.is_some()).unwrap_or(first);
            nearby.program = nearby.program.or_else(|| worst.image.clone());
            let (subject, fault) = (worst.subject.clone(), worst.fault.clone());
            nearby.judged = Some(JudgedCertificate { subject, fault, record: worst.record });
        }
        (nearby != Nearby::default()).then_some(nearby)
    }

    /// The only one of several parties that the process of a failure had a connection with at that
    /// moment.
    pub(super) fn choose(&self, told: &Told, parties: &[std::sync::Arc<Party>]) -> Option<usize> {
        told.process?;
        let links = self.links(told)?;
        let had = |party: &Party| {
            links.iter().any(|link| {
                let end = match link.inbound {
                    Some(true) => party.client,
                    Some(false) => party.server,
                    None => return [party.client, party.server].contains(&Some(host(link))),
                };
                end == Some(host(link))
            })
        };
        let mut fitting = parties.iter().enumerate().filter(|(_, party)| had(party));
        let (place, _) = fitting.next()?;
        fitting.next().is_none().then_some(place)
    }

    /// The connections that fit a failure; `None` where there are too many to look at.
    fn links(&self, told: &Told) -> Option<Vec<&Link>> {
        let near = near(&self.links, told.time, |link| link.time);
        let inbound = told.role.map(|role| role == Side::Server);
        let fits = |link: &&Link| agree(told.process, link.process) && agree(inbound, link.inbound);
        (near.len() <= MAX_LOOKS).then(|| near.iter().filter(fits).collect())
    }
}

fn host(link: &Link) -> Host {
    Host::Ip(link.peer.0.to_canonical())
}

/// What lies within reach of a moment.
fn near<T>(all: &[T], at: i64, time: impl Fn(&T) -> i64) -> &[T] {
    let first = all.partition_point(|it| time(it) < at.saturating_sub(NEAR));
    let last = all.partition_point(|it| time(it) <= at.saturating_add(NEAR));
    all.get(first..last.max(first)).unwrap_or_default()
}
