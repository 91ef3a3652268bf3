//! An event log of Windows: records in, failures out, and what stands beside them.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::io::Read;

use diagnosis::join::{Testimony, Witness};
use logs::{More, Sighting};
use windows::{Events, Evtx, Told};
use wire::Time;

use crate::group::Peers;
use crate::input::Input;
use crate::intake::{Intake, Watch};
use crate::log::{Sighted, named};
use crate::window::Window;

/// What an event log held beside its failures.
#[derive(Clone, Debug, Default)]
pub struct EventLog {
    /// The form in which the records came, in words: `Event Viewer's CSV`; empty for a log file.
    pub form: &'static str,
    /// Records that the log holds, with those that were passed over.
    pub records: u64,
    /// SChannel's events by their number, failures or not.
    pub schannel: BTreeMap<u32, u64>,
    /// The machines that wrote them.
    pub computers: Peers<String>,
    /// Handshakes that succeeded, where the log tells of them.
    pub handshakes: u64,
    /// The protocols of those that name one.
    pub protocols: Peers<String>,
    /// The certificates with which this machine speaks TLS (36868).
    pub credentials: Peers<String>,
    /// Certificates that were judged beside them.
    pub chains: u64,
    /// Connections of processes beside them.
    pub connections: u64,
    /// Certificates that were refused, as failures by themselves.
    refused: Vec<Sighting>,
}

/// Refused certificates that are kept until it is clear whether SChannel tells of them, some 500
/// bytes each.
const MAX_REFUSED: usize = 10_000;

impl EventLog {
    /// Whether anything in it was read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.records == 0
    }

    /// How many events of SChannel there are.
    #[must_use]
    pub fn schannel_events(&self) -> u64 {
        self.schannel.values().sum()
    }

    /// Takes what is no failure.
    fn add(&mut self, told: &Told) {
        match told {
            Told::Failure(_) | Told::Notice(_) => {}
            Told::Credential(credential) => {
                if let Some(certificate) = &credential.certificate {
                    self.credentials.add(named(certificate), 1);
                }
            }
            Told::Handshake(handshake) => {
                self.handshakes += 1;
                if let Some(protocol) = &handshake.protocol {
                    self.protocols.add(protocol.clone(), 1);
                }
            }
            Told::Chain(chain) => {
                self.chains += 1;
                if chain.is_refused() && self.refused.len() < MAX_REFUSED {
                    self.refused.push(chain.sighting());
                }
            }
            Told::Connection(_) => self.connections += 1,
        }
    }
}

impl Intake<'_> {
    /// Reads an event log's file to the end.
    pub(crate) fn evtx(&mut self, from: &mut dyn Read, taken: &Cell<u64>, watch: Watch<'_>) {
        let mut window = Window::new();
        let mut log = Evtx::new();
        let mut events = Events::new();
        loop {
            let more = self.fill(&mut window, from);
            // Chunk by chunk, until there is none that is whole.
            loop {
                let done = log.window(window.held(), more);
                window.discard(done);
                let mut records = 0;
                while let Some(record) = log.record() {
                    records += 1;
                    events.record(&record);
                    while let Some(told) = events.told(More::Coming) {
                        self.told(told, More::Over);
                    }
                }
                if done == 0 && records == 0 {
                    break;
                }
            }
            if self.is_enough(more, taken, watch) {
                break;
            }
        }
        while let Some(told) = events.told(More::Over) {
            self.told(told, More::Over);
        }
        let counts = log.counts();
        self.input.events.records = counts.records;
        for time in counts.first.into_iter().chain(counts.last) {
            self.input.saw(Time(time));
        }
        self.input.more_problems += counts.more_problems;
        self.input.events.schannel = events.counts().clone();
        self.refused_certificates();
        while let Some(problem) = log.problem() {
            let what = record_problem(problem.record, problem.what);
            self.input.problem(problem.offset, what, false);
        }
        if counts.chunks == 0 && !self.input.is_damaged() {
            let (size, what) = (self.input.size, "the event log ends here, without a single chunk");
            self.input.problem(size, what.to_owned(), true);
        }
    }

    /// Where SChannel tells nothing, as in the log of CAPI2, a refused certificate is the failure.
    pub(crate) fn refused_certificates(&mut self) {
        let refused = std::mem::take(&mut self.input.events.refused);
        if self.input.events.schannel_events() == 0 {
            for sighting in refused {
                self.told(Told::Failure(Box::new(sighting)), More::Over);
            }
        }
    }

    /// Takes what a record tells.
    pub(crate) fn told(&mut self, told: Told, more: More) {
        match told {
            Told::Failure(sighting) => {
                if let Some(host) = &sighting.host {
                    self.input.events.computers.add(host.clone(), 1);
                }
                self.sighted(*sighting, more);
            }
            told => {
                let event_log = || Testimony::new(Witness::EventLog);
                let testimony = self.input.testimony.get_or_insert_with(event_log);
                match &told {
                    Told::Chain(chain) => testimony.chain(chain),
                    Told::Connection(connection) => testimony.connection(connection),
                    _ => {}
                }
                self.input.events.add(&told);
            }
        }
    }
}

/// Where one of several logs has SChannel's events, those of CAPI2 stand beside them and are no
/// failures of their own.
pub(crate) fn stand_beside(inputs: &mut [Input]) {
    if inputs.iter().all(|input| input.events.schannel_events() == 0) {
        return;
    }
    for input in inputs {
        let judgements = input.log_groups.leave_out(Sighted::is_judgement);
        input.counts.failed = input.counts.failed.saturating_sub(judgements);
        input.sightings.retain(|found| !found.is_judgement());
    }
}

/// A problem with a record, which is named where its number is known.
pub(crate) fn record_problem(record: Option<u64>, what: impl std::fmt::Display) -> String {
    match record {
        Some(record) => format!("record {record}: {what}"),
        None => what.to_string(),
    }
}
