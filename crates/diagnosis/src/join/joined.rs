//! All witnesses together.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use trace::Host;

use super::clock::{self, Fit};
use super::matching::Matching;
use super::nearby::Neighbours;
use super::scene::{Book, Index, Scene, Stand, Told, resolution};
use super::testimony::{Testimony, Witness};
use super::twice::{Repeat, Twice};
use super::{Answer, Company, Found, Means, Missing, Nearby, Verdict, single};
use crate::rules;
use crate::{Confidence, Finding, cause};

/// What several witnesses say together.
#[derive(Clone, Debug, Default)]
pub struct Joined {
    /// How the clock of each machine that tells of failures compares with that of each witness that
    /// may show them, in the order of the witnesses.
    pub clocks: Vec<Comparison>,
    /// The inputs that tell failures again which an earlier one tells: each counts its own.
    pub repeats: Vec<Repeat>,
    answers: Vec<Vec<Option<Answer>>>,
    nearby: BTreeMap<(usize, usize), Nearby>,
    companies: BTreeMap<(usize, u32), Company>,
    told: BTreeMap<(usize, u32), Vec<Echo>>,
}

/// How the clock of a machine compares with that of another witness.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// Positions of the testimonies that this machine wrote.
    pub inputs: Vec<usize>,
    /// The machine, in lower case, where the log names it.
    pub machine: Option<Arc<str>>,
    /// Position of the other witness.
    pub other: usize,
    /// The difference; `None` where too little fell together.
    pub offset: Option<Offset>,
    /// At which addresses of the other witness the machine stands, the surest first.
    pub addresses: Vec<Host>,
    /// Further differences that hold nearly as well, as where something fails with a period; all
    /// that fits one of them is a candidate.
    pub rivals: usize,
    /// Failures that the machine tells.
    pub told: u64,
    /// Those of them that happened while the other witness was there, as far as is known.
    pub during: u64,
    /// Those of them that were found.
    pub found: u64,
}

/// A difference of two clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offset {
    /// What is added to the machine's time to have the other's, in nanoseconds.
    pub nanoseconds: i64,
    /// Failures, apart from one another, that agree in it.
    pub agree: u64,
    /// How far nine of ten of them are from it at most, in nanoseconds.
    pub spread: i64,
}

/// A group of a capture, or of a program's log, of which another log tells too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Echo {
    /// Position of the testimony that tells it.
    pub input: usize,
    /// How many failures.
    pub count: u64,
    /// The record or line of the first of them.
    pub place: u64,
    /// What explains the first of them there.
    pub verdict: Option<Verdict>,
}

/// One machine that tells of failures by one clock.
struct Machine {
    name: Option<Arc<str>>,
    witness: Witness,
    zone: bool,
    inputs: Vec<usize>,
    told: Vec<Told>,
    twice: Twice,
    index: Index,
    /// How finely its clock tells.
    step: i64,
    neighbours: Neighbours,
    /// Its addresses, as its logs name them.
    addresses: Vec<IpAddr>,
}

/// Pairs of a machine and another witness that are compared: a folder of logs and captures may hold
/// hundreds, and each pair takes as long as it takes to read both again.
const MAX_COMPARISONS: usize = 256;

/// Puts the witnesses together. Their order is the one in which [`Found::input`] counts them; it
/// changes nothing else.
#[must_use]
pub fn join(testimonies: &[&Testimony]) -> Joined {
    let book = Book::new(testimonies);
    let mut joined = Joined {
        answers: testimonies.iter().map(|it| vec![None; it.accounts.len()]).collect(),
        ..Joined::default()
    };
    let machines = machines(testimonies);
    let mut compared = 0;
    for (name, scene) in scenes(testimonies, &book) {
        for machine in machines.iter().filter(|machine| machine.is_shown_by(&scene)) {
            compared += 1;
            if compared > MAX_COMPARISONS {
                joined.say(&machine.told, |_| Answer::Missing(Missing::TooMany));
                continue;
            }
            let step = machine.step.max(scene.resolution);
            let of = (&machine.told[..], &machine.index);
            let fits =
                clock::fits(of, &scene, &book, step, machine.stands(&scene, name.as_deref()));
            let matching = Matching::new(of, &scene, &book, &fits, (step, machine.zone));
            let answer = |told: &Told| machine.settle(told, &scene, matching.answer(told));
            joined.say(&machine.told, answer);
            joined.clocks.push(machine.comparison(&scene, &fits, step, &joined.answers));
        }
    }
    joined.clocks.sort_by(|one, other| (&one.inputs, one.other).cmp(&(&other.inputs, other.other)));
    for machine in &machines {
        for told in &machine.told {
            if let Some(nearby) = machine.neighbours.of(told) {
                joined.nearby.insert(told.from, nearby);
            }
        }
        joined.say_again(&machine.twice);
    }
    joined.say_single(testimonies);
    let twice: Vec<&Twice> = machines.iter().map(|machine| &machine.twice).collect();
    joined.repeats = Twice::repeats(&twice);
    joined.count(testimonies);
    joined
}

impl Joined {
    /// What the others say to a failure: the testimony, and the number that it was given there.
    #[must_use]
    pub fn answer(&self, input: usize, number: usize) -> Option<&Answer> {
        self.answers.get(input)?.get(number)?.as_ref()
    }

    /// What the log of the same machine says of the moment of a failure.
    #[must_use]
    pub fn nearby(&self, input: usize, number: usize) -> Option<&Nearby> {
        self.nearby.get(&(input, number))
    }

    /// With whom the failures were that are counted as this group in this testimony.
    #[must_use]
    pub fn company(&self, input: usize, group: u32) -> Option<&Company> {
        self.companies.get(&(input, group))
    }

    /// The logs that tell of failures which are counted as this group in this testimony.
    #[must_use]
    pub fn echoes(&self, input: usize, group: u32) -> &[Echo] {
        self.told.get(&(input, group)).map_or(&[], Vec::as_slice)
    }

    /// Whether anything was compared.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.clocks.is_empty() && self.nearby.is_empty()
    }

    /// Takes what one witness says to all that a machine tells; of several the one that says most.
    fn say(&mut self, all: &[Told], say: impl Fn(&Told) -> Answer) {
        for told in all {
            let (input, number) = told.from;
            let slot = self.answers.get_mut(input).and_then(|answers| answers.get_mut(number));
            let Some(slot) = slot else { continue };
            let new = say(told);
            if slot.as_ref().is_none_or(|known| new.rank() < known.rank()) {
                *slot = Some(new);
            }
        }
    }

    /// Finds the one failure that a log tells without a time, where the captures show one.
    fn say_single(&mut self, testimonies: &[&Testimony]) {
        for (input, found) in single::found(testimonies) {
            if let Some(slot) = self.answers.get_mut(input).and_then(|answers| answers.first_mut())
            {
                *slot = Some(Answer::Found(found));
            }
        }
    }

    /// Says the same to what is told twice.
    fn say_again(&mut self, twice: &Twice) {
        for (again, first) in &twice.0 {
            let answer = self.answers.get(first.0).and_then(|answers| answers.get(first.1));
            let answer = answer.cloned().flatten();
            let slot = self.answers.get_mut(again.0).and_then(|it| it.get_mut(again.1));
            if let Some(slot) = slot {
                *slot = answer;
            }
            if let Some(nearby) = self.nearby.get(first).cloned() {
                self.nearby.insert(*again, nearby);
            }
        }
    }

    /// Counts all by the groups of the caller.
    fn count(&mut self, testimonies: &[&Testimony]) {
        for (input, testimony) in testimonies.iter().enumerate() {
            for (number, account) in testimony.accounts.iter().enumerate() {
                let slot = self.answers.get_mut(input).and_then(|it| it.get_mut(number));
                let Some(slot) = slot else { continue };
                if slot.is_none()
                    && account.time.is_none()
                    && self.clocks.iter().any(|it| it.inputs.contains(&input))
                {
                    *slot = Some(Answer::Missing(Missing::Untimed));
                }
                let Some(group) = account.group else { continue };
                if let Some(answer) = slot {
                    let company = self.companies.entry((input, group)).or_default();
                    company.add(account.place, answer);
                    if let Answer::Found(Found { input: other, group: Some(theirs), .. }) = answer {
                        let echoes = self.told.entry((*other, *theirs)).or_default();
                        echo(echoes, input, account.place, account.verdict);
                    }
                }
                if let Some(nearby) = self.nearby.get(&(input, number)) {
                    self.companies.entry((input, group)).or_default().add_nearby(nearby, 1);
                }
            }
        }
        for company in self.companies.values_mut() {
            company.rank();
        }
    }
}

fn echo(echoes: &mut Vec<Echo>, input: usize, place: u64, verdict: Option<Verdict>) {
    match echoes.iter_mut().find(|echo| echo.input == input) {
        Some(echo) => {
            echo.count += 1;
            if place < echo.place {
                (echo.place, echo.verdict) = (place, verdict);
            }
        }
        None => echoes.push(Echo { input, count: 1, place, verdict }),
    }
}

impl Echo {
    /// What the log knows better than a capture that shows no cause, or only what is possible:
    /// never more than likely, because another input than the capture says it. `place` is where
    /// it stands, in words.
    #[must_use]
    pub fn finding(&self, known: Option<&Finding>, place: &str) -> Option<Finding> {
        let told = self.verdict.filter(|it| it.confidence < Confidence::Possible)?;
        let open = known.is_none_or(|it| {
            it.confidence == Confidence::Possible || rules::is_open(it.cause.slug)
        });
        let by = known.and_then(|known| known.refused_by);
        let same_side = by.is_none() || told.refused_by.is_none() || by == told.refused_by;
        if !open || !same_side || rules::is_open(told.cause) {
            return None;
        }
        let cause = cause(told.cause)?;
        let says = format!("{place} tells the same failure, and its reason: {}", cause.because);
        Some(Finding::new(cause, Confidence::Likely, told.refused_by.or(by)).fact("the log", says))
    }
}

impl Answer {
    /// The one that says most comes first.
    fn rank(&self) -> impl Ord + use<> {
        match self {
            Self::Found(found) => {
                let Found { confidence, means, input, .. } = found;
                (0, *confidence as usize, *means as usize, *input)
            }
            Self::Ambiguous(parties) => (1, parties.len(), 0, 0),
            Self::Missing(why) => {
                let weight = match why {
                    Missing::NotSeen => 0,
                    Missing::NoClock => 1,
                    Missing::OtherTime => 2,
                    Missing::NothingToCompare => 3,
                    Missing::TooMany => 4,
                    Missing::Untimed => 5,
                };
                (2, weight, 0, 0)
            }
        }
    }
}

/// The machines that tell of failures. Logs of Windows that name the same machine have one clock; a
/// program's log has one for each machine in it.
fn machines(testimonies: &[&Testimony]) -> Vec<Machine> {
    type Key = (Witness, bool, Option<Arc<str>>, Option<usize>);
    let names = Names::new(testimonies);
    let mut machines: BTreeMap<Key, Machine> = BTreeMap::new();
    for (input, testimony) in testimonies.iter().enumerate() {
        let witness = testimony.witness;
        if witness == Witness::Capture {
            continue;
        }
        for (number, clock) in (0..).zip(&testimony.clocks.0) {
            let name = clock.machine.as_ref().map(|name| names.of(name));
            let shared = witness == Witness::EventLog && name.is_some();
            let key = (witness, clock.zone, name.clone(), (!shared).then_some(input));
            let machine = machines.entry(key).or_insert_with(|| Machine {
                name,
                witness,
                zone: clock.zone,
                inputs: Vec::new(),
                told: Vec::new(),
                twice: Twice::default(),
                index: Index::default(),
                step: 0,
                neighbours: Neighbours::default(),
                addresses: Vec::new(),
            });
            if machine.inputs.last() != Some(&input) {
                machine.inputs.push(input);
            }
            let accounts = testimony.accounts.iter().enumerate();
            machine.told.extend(
                accounts
                    .filter(|(_, account)| account.clock == number)
                    .filter_map(|(place, account)| Told::new(testimony, (input, place), account)),
            );
            machine.neighbours.add(
                testimony.connections.iter().filter(|it| it.clock == number).cloned(),
                testimony.chains.iter().filter(|it| it.clock == number).cloned(),
            );
        }
    }
    let mut machines: Vec<Machine> = machines.into_values().collect();
    for machine in &mut machines {
        machine.told.sort_by_key(|told| (told.time, told.direction, told.alert, told.role));
        machine.twice = Twice::taken_from(&mut machine.told);
        machine.index = Index::new(&machine.told);
        machine.step = resolution(machine.told.iter().map(|told| told.time));
        machine.neighbours.sort();
        machine.addresses = machine.neighbours.addresses();
    }
    machines.retain(|machine| !machine.told.is_empty());
    machines
}

/// What the witnesses show that show more than one end, or another one, each with the machine that
/// it names. One is built after the other: each is as large as all that its witness tells.
fn scenes<'a>(
    testimonies: &'a [&Testimony],
    book: &'a Book,
) -> impl Iterator<Item = (Option<Arc<str>>, Scene)> + 'a {
    let all = testimonies.iter().enumerate().flat_map(move |(input, testimony)| {
        let clocks = match testimony.witness {
            Witness::Capture => testimony.clocks.0.get(..1),
            Witness::Log => Some(&testimony.clocks.0[..]),
            Witness::EventLog => None,
        };
        (0..).zip(clocks.unwrap_or_default()).map(move |(number, clock)| {
            let scene = match testimony.witness {
                Witness::Capture => Scene::of_capture(input, testimony, book),
                _ => Scene::of_log(input, number, testimony, book),
            };
            (clock.machine.clone(), scene)
        })
    });
    all.filter(|(_, scene)| !scene.stands.is_empty())
}

impl Machine {
    /// Whether a witness may show what this machine tells. Nobody is compared with himself, and
    /// programs' logs not with one another: each names its peer already.
    fn is_shown_by(&self, scene: &Scene) -> bool {
        match scene.witness {
            Witness::Capture => true,
            Witness::Log => self.witness == Witness::EventLog,
            Witness::EventLog => false,
        }
    }

    /// Where this machine may stand: where its own log says that its addresses are, if the capture
    /// has one of them; and not on the machine of a log that has another name.
    fn stands(&self, scene: &Scene, name: Option<&str>) -> impl Fn(&Stand) -> bool {
        let label = |name: &str| name.split('.').next().unwrap_or_default().to_owned();
        let (own, other) = (self.name.as_deref().map(label), name.map(label));
        let elsewhere = own.is_some() && other.is_some() && own != other;
        let there = |address: &&IpAddr| {
            let host = Host::Ip(address.to_canonical());
            let known = !address.is_loopback() && !address.is_unspecified();
            known && scene.stands.contains_key(&Stand::At(host))
        };
        let known: Vec<Host> =
            self.addresses.iter().filter(there).map(|it| Host::Ip(it.to_canonical())).collect();
        move |stand| match stand {
            Stand::At(host) if !known.is_empty() => {
                known.contains(host) || host.ip().is_some_and(|ip| ip.is_loopback())
            }
            Stand::At(_) | Stand::Opposite => true,
            Stand::Same => !elsewhere,
        }
    }

    /// Of several parties the one that the process had a connection with, if that is known.
    fn settle(&self, told: &Told, scene: &Scene, answer: Answer) -> Answer {
        let Answer::Ambiguous(parties) = &answer else { return answer };
        let chosen = self.neighbours.choose(told, parties).and_then(|place| parties.get(place));
        match chosen {
            Some(party) => Answer::Found(Found {
                input: scene.input,
                party: Arc::clone(party),
                means: Means::Process,
                sight: super::Sight::Alert,
                confidence: Confidence::Likely,
                place: None,
                group: None,
                verdict: None,
            }),
            None => answer,
        }
    }

    fn comparison(
        &self,
        scene: &Scene,
        fits: &[Fit],
        step: i64,
        answers: &[Vec<Option<Answer>>],
    ) -> Comparison {
        let first = fits.first();
        let offset = first.map(|fit| Offset {
            nanoseconds: fit.offset,
            agree: fit.agree as u64,
            spread: fit.spread,
        });
        let mut addresses = Vec::new();
        for fit in fits {
            if let Stand::At(host) = fit.stand
                && !addresses.contains(&host)
            {
                addresses.push(host);
            }
        }
        let shift = first.map_or(0, |fit| fit.offset);
        let tolerance = clock::tolerance(step);
        let rivals =
            fits.iter().filter(|fit| fit.offset.abs_diff(shift) > tolerance.unsigned_abs()).count();
        let (from, until) = scene.covers;
        let there = |told: &&Told| {
            let at = told.time.saturating_add(shift);
            at >= from.saturating_sub(tolerance) && at <= until.saturating_add(tolerance)
        };
        let found = |told: &&Told| {
            let (input, number) = told.from;
            let answer = answers.get(input).and_then(|answers| answers.get(number));
            matches!(answer, Some(Some(Answer::Found(found))) if found.input == scene.input)
        };
        Comparison {
            inputs: self.inputs.clone(),
            machine: self.name.clone(),
            other: scene.input,
            offset,
            addresses,
            rivals,
            told: self.told.len() as u64,
            during: self.told.iter().filter(there).count() as u64,
            found: self.told.iter().filter(found).count() as u64,
        }
    }
}

/// The names by which the event logs call their machines, in their order: some with the domain, some
/// without.
struct Names(Vec<Arc<str>>);

impl Names {
    fn new(testimonies: &[&Testimony]) -> Self {
        let clocks = testimonies.iter().flat_map(|testimony| &testimony.clocks.0);
        let mut names: Vec<Arc<str>> = clocks.filter_map(|clock| clock.machine.clone()).collect();
        names.sort();
        names.dedup();
        Self(names)
    }

    /// One name for a machine: the bare one, if it is there too and only one name with a domain
    /// begins with it.
    fn of(&self, name: &Arc<str>) -> Arc<str> {
        let label = name.split('.').next().unwrap_or_default();
        // In their order all that begin with a label and a dot stand together.
        let bare = self.0.binary_search_by(|it| (**it).cmp(label)).ok();
        let prefix = format!("{label}.");
        let first = self.0.partition_point(|it| **it < *prefix);
        let behind = self.0.get(first..).unwrap_or_default().iter().take(2);
        let long = behind.filter(|it| it.starts_with(&prefix)).count();
        match (bare.and_then(|at| self.0.get(at)), long) {
            (Some(bare), 1) => Arc::clone(bare),
            _ => Arc::clone(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The bare name stands for the one with a domain, unless several domains have it.
    #[test]
    fn a_machine_has_one_name() {
        let all = ["a-b.x", "a.x", "a", "b", "b.x", "b.y", "c.x"].map(Arc::from);
        let mut names = Names(all.to_vec());
        names.0.sort();
        let of = |name: &str| names.of(&Arc::from(name)).to_string();
        assert_eq!((of("a.x"), of("a"), of("a-b.x")), ("a".into(), "a".into(), "a-b.x".into()));
        assert_eq!((of("b.x"), of("b.y"), of("c.x")), ("b.x".into(), "b.y".into(), "c.x".into()));
    }
}
