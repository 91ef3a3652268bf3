//! What CAPI2 writes about certificates: `Microsoft-Windows-CAPI2/Operational`.
//!
//! The log is off by default, and one verification leaves a dozen events in it: what was fetched (53),
//! whether each certificate is revoked (41), the chain that was built (11), whether it is good for the
//! purpose (30), and what all these certificates are (90). They share a task, or the reference of the
//! chain, and are told as one [`Chain`] when nothing more can belong to them.

mod reading;
mod trust;

use std::collections::VecDeque;

use alert::Side;
use logs::{Certificate, More, Process, Sure, Suspect};

use crate::{Chain, Place, Record};
use reading::{Purpose, Reading};
pub(crate) use trust::by_result;

/// The provider of what Windows writes about certificates.
pub const PROVIDER: &str = "Microsoft-Windows-CAPI2";

/// Verifications that are not complete, the oldest first.
#[derive(Debug, Default)]
pub(crate) struct Verifications {
    open: VecDeque<Open>,
    /// The time of the last record, in nanoseconds since 1970. Some forms have the newest first.
    now: Option<i64>,
}

/// Verifications that are open at once: as many threads of a busy server check certificates.
const MAX_OPEN: usize = 64;

/// How long a verification may be silent, in nanoseconds: Windows waits 15 s for a list of revoked
/// certificates and 20 s for all of them, unless it is told otherwise.
const SILENCE: i64 = 60_000_000_000;

/// Chains of one verification, descriptions, and addresses that did not answer.
const MAX_PARTS: usize = 64;

/// What is known of one verification.
#[derive(Debug, Default)]
struct Open {
    task: Option<String>,
    chains: Vec<String>,
    /// The event that says most, and how much that is.
    first: Option<(Weight, Head)>,
    time: Option<i64>,
    computer: Option<String>,
    process: Option<Process>,
    thumbprint: String,
    subject: String,
    /// The errors of each certificate of the chain, by its name.
    links: Vec<(String, u32)>,
    whole: u32,
    /// What building the chain (11) came to, and the policy (30).
    built: Option<u32>,
    judged: Option<u32>,
    /// What another event failed with.
    failed: Option<u32>,
    purpose: Purpose,
    name: Option<String>,
    cache_only: bool,
    /// What else is wrong, in words.
    beside: Vec<String>,
    key: Option<u32>,
    described: Vec<(String, Certificate)>,
}

/// How much an event says of a verification, most first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Weight {
    PolicyFailed,
    ChainFailed,
    KeyFailed,
    OtherFailed,
    Policy,
    Chain,
    Other,
}

/// The event that stands for a verification.
#[derive(Clone, Copy, Debug)]
struct Head {
    place: Place,
    record: Option<u64>,
    id: u32,
}

/// The events that are read. Of what begins (10, 40, 50, 52, 80) nothing is known yet.
const CHAIN: u32 = 11;
const POLICY: u32 = 30;
const REVOCATION: u32 = 41;
const FETCHED: u32 = 53;
const KEY: u32 = 70;
const TRUST: u32 = 81;
const DESCRIBED: u32 = 90;

impl Verifications {
    /// Takes a record of CAPI2.
    pub(crate) fn record(&mut self, record: &Record) {
        let ids = [CHAIN, POLICY, REVOCATION, FETCHED, KEY, TRUST, DESCRIBED];
        if !ids.contains(&record.id) {
            return;
        }
        let reading = Reading::of(record);
        self.now = record.time.map_or(self.now, |time| Some(time.nanoseconds));
        let now = self.now;
        if record.id == DESCRIBED {
            // One event describes the certificates of all that a task judges.
            let same = |open: &&mut Open| open.is_task(reading.task) && !open.is_silent(now);
            let mut all = self.open.iter_mut().filter(same).peekable();
            if all.peek().is_some() {
                all.for_each(|open| open.take(record, &reading));
                return;
            }
        }
        let place = self
            .open
            .iter()
            .rposition(|open| open.takes(record.id, &reading) && !open.is_silent(now));
        let open = match place.and_then(|place| self.open.get_mut(place)) {
            Some(open) => open,
            None => {
                self.open.push_back(Open::default());
                let Some(last) = self.open.back_mut() else { return };
                last
            }
        };
        open.take(record, &reading);
    }

    /// The next verification that is complete and concerns TLS, or may.
    pub(crate) fn told(&mut self, more: More) -> Option<Chain> {
        loop {
            let oldest = self.open.front()?;
            let is_complete =
                more != More::Coming || self.open.len() > MAX_OPEN || oldest.is_silent(self.now);
            if !is_complete {
                return None;
            }
            if let Some(chain) = self.open.pop_front()?.told() {
                return Some(chain);
            }
        }
    }
}

impl Open {
    fn is_task(&self, task: Option<&str>) -> bool {
        self.task.is_some() && self.task.as_deref() == task
    }

    /// Whether nothing more belongs to it. Newer events may have come before, so that it is how far
    /// the times are apart that counts.
    fn is_silent(&self, now: Option<i64>) -> bool {
        let apart = |(now, time): (i64, i64)| now.saturating_sub(time).saturating_abs();
        now.zip(self.time).is_some_and(|both| apart(both) > SILENCE)
    }

    /// Whether an event is of this verification. One task may judge several certificates, as those
    /// of a program's signer and of who stamped its time.
    fn takes(&self, id: u32, reading: &Reading<'_>) -> bool {
        let is_judged = matches!(id, CHAIN | POLICY | KEY);
        let is_other = is_judged
            && !self.thumbprint.is_empty()
            && !reading.leaf.thumbprint.is_empty()
            && self.thumbprint != reading.leaf.thumbprint;
        let is_linked =
            reading.chain.is_some_and(|chain| self.chains.iter().any(|own| own == chain));
        (is_linked || self.is_task(reading.task)) && !is_other
    }

    fn take(&mut self, record: &Record, reading: &Reading<'_>) {
        let weight = weight(record.id, reading.result.unwrap_or_default());
        let head = Head { place: record.place, record: record.number, id: record.id };
        if self.first.is_none_or(|(known, _)| weight < known) {
            self.first = Some((weight, head));
        }
        let time = record.time.map(|time| time.nanoseconds);
        self.time = time.max(self.time);
        set(&mut self.task, reading.task);
        set(&mut self.computer, record.computer.as_deref());
        set(&mut self.name, reading.name);
        if let Some(chain) = reading.chain.filter(|_| self.chains.len() < MAX_PARTS) {
            self.chains.push(chain.to_owned());
        }
        if let Some(image) = reading.process {
            // CAPI2 runs inside of the process that asks.
            let process = Process { id: record.process, image: Some(image.to_owned()) };
            self.process.get_or_insert(process);
        }
        match reading.purpose {
            Purpose::Unknown => {}
            // Two calls judge one chain: what either judged it for counts, and TLS most.
            purpose if matches!(self.purpose, Purpose::Tls(_)) && purpose == Purpose::Other => {}
            purpose => self.purpose = purpose,
        }
        let result = reading.result;
        match record.id {
            CHAIN => {
                self.about(reading);
                self.built = result;
                self.cache_only = reading.cache_only;
                self.whole = reading.whole;
                let link = |link: &reading::Link<'_>| {
                    (link.certificate.subject.to_owned(), link.errors.unwrap_or_default())
                };
                self.links = reading.links.iter().map(link).collect();
            }
            POLICY => {
                self.about(reading);
                // Of several policies the one that refuses counts.
                self.judged = self.judged.filter(|judged| *judged != 0).or(result);
            }
            KEY => {
                self.about(reading);
                self.key = result.filter(|result| *result != 0);
            }
            REVOCATION => self.failed_beside(result, |code| {
                let of = if reading.leaf.subject.is_empty() { "" } else { ": " };
                format!("{}{of}{}", reading.leaf.subject, says(code))
            }),
            FETCHED => self.failed_beside(result, |code| {
                let url = reading.url.unwrap_or("an address");
                format!("{url} could not be fetched: {}", says(code))
            }),
            TRUST => self.failed_beside(result, says),
            _ => {}
        }
        let room = MAX_PARTS.saturating_sub(self.described.len());
        let described = reading.described.iter().filter(|_| record.id == DESCRIBED).take(room);
        self.described.extend(described.map(|(file, of)| ((*file).to_owned(), of.clone())));
    }

    /// Which certificate is judged.
    fn about(&mut self, reading: &Reading<'_>) {
        for (own, told) in [
            (&mut self.subject, reading.leaf.subject),
            (&mut self.thumbprint, reading.leaf.thumbprint),
        ] {
            if own.is_empty() {
                told.clone_into(own);
            }
        }
    }

    fn failed_beside(&mut self, result: Option<u32>, words: impl Fn(u32) -> String) {
        let Some(code) = result.filter(|code| *code != 0) else { return };
        self.failed.get_or_insert(code);
        if self.beside.len() < MAX_PARTS {
            self.beside.push(words(code));
        }
    }

    /// What it tells; `None` where it is not about TLS, or may not be and nothing failed.
    fn told(self) -> Option<Chain> {
        let (_, head) = self.first?;
        // What only the cache was asked for has not failed when the cache does not know.
        let unasked =
            self.cache_only && trust::all(&self.links, self.whole) & !trust::REVOCATION == 0;
        let of_chain = self.judged.or(self.built.map(|built| if unasked { 0 } else { built }));
        let result = self.key.or(of_chain).or(self.failed);
        let side = match self.purpose {
            Purpose::Other => return None,
            Purpose::Unknown if result.unwrap_or_default() == 0 => return None,
            Purpose::Unknown => None,
            Purpose::Tls(side) => Some(side),
        };
        let described = self.described.iter().find(|(file, _)| *file == self.thumbprint);
        let suspects = match result {
            Some(code @ 1..) => self.suspects(code, described.map(|(_, certificate)| certificate)),
            _ => Vec::new(),
        };
        let mut faults = trust::faults(&self.links, self.whole, result.unwrap_or_default());
        if let Some(code) = self.key {
            faults.insert(0, format!("its private key could not be opened: {}", says(code)));
        }
        // What the policy refuses beside the chain's own faults: the name, as a rule.
        if let Some(code) = self.judged.filter(|code| *code != 0)
            && (faults.is_empty() || code == NO_MATCH)
        {
            faults.insert(0, says(code));
        }
        for fault in &self.beside {
            if !faults.contains(fault) {
                faults.push(fault.clone());
            }
        }
        let certificate = described.map_or_else(
            || Certificate { subject: self.subject.clone(), ..Certificate::default() },
            |(_, certificate)| certificate.clone(),
        );
        let is_named = !certificate.subject.is_empty();
        Some(Chain {
            place: head.place,
            record: head.record,
            id: head.id,
            time: self.time,
            computer: self.computer,
            process: self.process,
            certificate: is_named.then_some(certificate),
            result,
            faults,
            name: self.name,
            suspects,
            of: side,
            thumbprint: Some(self.thumbprint).filter(|thumbprint| !thumbprint.is_empty()),
            task: self.task,
        })
    }

    /// The causes behind a failure, where it is known whose certificate it was.
    fn suspects(&self, result: u32, certificate: Option<&Certificate>) -> Vec<Suspect> {
        if self.key.is_some() {
            return vec![Suspect { cause: PRIVATE_KEY, sure: Sure::Likely }];
        }
        let Purpose::Tls(side) = self.purpose else { return Vec::new() };
        if result == NO_MATCH {
            return vec![Suspect { cause: NAME, sure: Sure::Certain }];
        }
        let mut suspects = trust::suspects(&self.links, self.whole, result, side);
        // Whether it is too late or too early is known where the certificate is described.
        let is_leaf =
            self.links.first().is_some_and(|(_, errors)| errors & trust::NOT_TIME_VALID != 0);
        if is_leaf
            && side == Side::Server
            && let Some((from, until)) = certificate.and_then(|certificate| certificate.validity)
            && let Some(now) = self.time.map(|time| time.div_euclid(1_000_000_000))
        {
            let dated = [(now > until, EXPIRED), (now < from, NOT_YET_VALID)];
            suspects.retain(|suspect| dated.iter().all(|(_, cause)| suspect.cause != *cause));
            let told = dated.into_iter().filter(|(is_so, _)| *is_so);
            let told = told.map(|(_, cause)| Suspect { cause, sure: Sure::Certain });
            suspects.splice(0..0, told);
        }
        if suspects.is_empty() { trust::by_result(result, side) } else { suspects }
    }
}

/// The causes that these events point at.
pub(crate) fn suspects() -> impl Iterator<Item = &'static str> {
    trust::causes().chain([EXPIRED, NOT_YET_VALID, NAME, PRIVATE_KEY])
}

/// What is neither of the chain nor of a table.
const EXPIRED: &str = "expired-leaf";
const NOT_YET_VALID: &str = "not-yet-valid";
const NAME: &str = "hostname-mismatch";
const PRIVATE_KEY: &str = "private-key-permission";

/// CERT_E_CN_NO_MATCH: the certificate is not for the name that was asked for.
const NO_MATCH: u32 = 0x800B_010F;

fn weight(id: u32, result: u32) -> Weight {
    match (id, result) {
        (POLICY, 1..) => Weight::PolicyFailed,
        (CHAIN, 1..) => Weight::ChainFailed,
        (KEY, 1..) => Weight::KeyFailed,
        (_, 1..) => Weight::OtherFailed,
        (POLICY, 0) => Weight::Policy,
        (CHAIN, 0) => Weight::Chain,
        (_, 0) => Weight::Other,
    }
}

/// What a result means, in words.
fn says(code: u32) -> String {
    let word = format!("0x{code:08X}");
    match logs::spelled(&word).and_then(|spelled| spelled.refusal) {
        Some(refusal) => format!("{word}, this machine {}", refusal.says),
        None => word,
    }
}

/// Sets what is not known yet.
fn set(own: &mut Option<String>, told: Option<&str>) {
    if own.is_none() {
        *own = told.map(str::to_owned);
    }
}

#[cfg(test)]
mod tests;
