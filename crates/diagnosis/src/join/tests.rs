//! Worlds in which everything is known, and what the witnesses make of it.

mod cases;
mod properties;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use alert::{Alert, Side};
use trace::{Endpoint, Host};

use super::party::name;
use super::testimony::{Account, Ending, Sender};
use super::*;
use crate::Confidence;

const SECOND: i64 = 1_000_000_000;
const START: i64 = 1_790_000_000 * SECOND;
const HOST: u8 = 20;

/// A deterministic generator of numbers.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    fn between(&mut self, least: i64, most: i64) -> i64 {
        least + self.below((most - least + 1) as u64) as i64
    }

    fn is(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    fn shuffle<T>(&mut self, all: &mut [T]) {
        for place in (1..all.len()).rev() {
            all.swap(place, self.below(place as u64 + 1) as usize);
        }
    }
}

/// One failure as it really was.
#[derive(Clone, Debug)]
struct Fact {
    time: i64,
    alert: Alert,
    by: Side,
    client: u8,
    server: u8,
    port: u16,
    name: &'static str,
}

impl Fact {
    fn new(time: i64, alert: u8, by: Side, client: u8) -> Self {
        Self {
            time,
            alert: Alert(alert),
            by,
            client,
            server: HOST,
            port: 443,
            name: "mail.example",
        }
    }
}

fn address(last: u8) -> IpAddr {
    Ipv4Addr::new(10, 0, 0, last).into()
}

fn endpoint(last: u8, port: u16) -> Endpoint {
    SocketAddr::new(address(last), port).into()
}

/// A capture of these.
fn capture(facts: &[Fact], random: &mut Random) -> Testimony {
    let mut testimony = Testimony::new(Witness::Capture);
    let mut facts: Vec<(usize, &Fact)> = facts.iter().enumerate().collect();
    random.shuffle(&mut facts);
    for (place, fact) in facts {
        let port = 40_000 + (place % 20_000) as u16;
        shown(&mut testimony, fact, Ending::Alert(fact.alert, Sender::Side(fact.by)), place, port);
    }
    testimony
}

fn shown(testimony: &mut Testimony, fact: &Fact, ending: Ending, place: usize, port: u16) {
    let party = Party {
        name: name(fact.name),
        ..Party::seen(endpoint(fact.client, port), endpoint(fact.server, fact.port))
    };
    let party = testimony.parties.place(party, |_| {}).unwrap();
    let clock = testimony.clocks.place(None, true).unwrap();
    testimony.accounts.push(Account {
        time: Some(fact.time),
        place: place as u64,
        group: Some(fact.alert.0.into()),
        clock,
        party,
        client_port: Some(port),
        role: None,
        ending,
        process: None,
        verdict: None,
    });
}

/// An event log of the machine at [`HOST`], whose clock is behind by `offset` and tells in steps.
struct Events {
    offset: i64,
    step: i64,
    jitter: i64,
    roles: bool,
    zone: bool,
}

impl Events {
    fn log(&self, facts: &[Fact], random: &mut Random) -> Testimony {
        let mut testimony = Testimony::new(Witness::EventLog);
        for (place, fact) in facts.iter().enumerate() {
            let role = if fact.server == HOST { Side::Server } else { Side::Client };
            let time = fact.time - self.offset + random.between(0, self.jitter);
            let sender = if fact.by == role { Sender::Me } else { Sender::Other };
            let clock = testimony.clocks.place(Some("exch01"), self.zone).unwrap();
            let party = testimony.parties.place(Party::default(), |_| {}).unwrap();
            testimony.accounts.push(Account {
                time: Some(time.div_euclid(self.step) * self.step),
                place: place as u64,
                group: Some(fact.alert.0.into()),
                clock,
                party,
                client_port: None,
                role: self.roles.then_some(role),
                ending: Ending::Alert(fact.alert, sender),
                process: None,
                verdict: None,
            });
        }
        testimony
    }
}

const EXACT: Events = Events { offset: 0, step: 100, jitter: 20_000_000, roles: false, zone: true };

fn is_party(party: &Party, fact: &Fact) -> bool {
    party.client == Some(Host::Ip(address(fact.client)))
        && party.server == Some(Host::Ip(address(fact.server)))
        && party.port == Some(fact.port)
        && party.name == name(fact.name)
}

/// How the events fared.
#[derive(Debug, Default, PartialEq, Eq)]
struct Score {
    certain: usize,
    likely: usize,
    /// Wrong, and said to be certain.
    wrong: usize,
    /// Wrong, and said to be likely.
    unlikely: usize,
    ambiguous: usize,
    missing: usize,
}

fn score(joined: &Joined, input: usize, facts: &[Fact]) -> Score {
    let mut score = Score::default();
    for (number, fact) in facts.iter().enumerate() {
        match joined.answer(input, number).unwrap() {
            Answer::Found(found) => {
                let right = is_party(&found.party, fact);
                let count = match (right, found.confidence) {
                    (true, Confidence::Certain) => &mut score.certain,
                    (true, _) => &mut score.likely,
                    (false, Confidence::Certain) => &mut score.wrong,
                    (false, _) => &mut score.unlikely,
                };
                *count += 1;
            }
            Answer::Ambiguous(parties) => {
                assert!(parties.len() > 1);
                score.ambiguous += 1;
            }
            Answer::Missing(_) => score.missing += 1,
        }
    }
    score
}
