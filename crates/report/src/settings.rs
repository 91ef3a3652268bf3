//! Registries in, one machine's settings out.
//!
//! What is set on one machine may come in several files: two hives, or exports of several keys.
//! Files that hold no tree in common, and no other machine's name, are taken for parts of one.

use std::cell::Cell;
use std::io::Read;

use logs::More;
use windows::{Registry, RegistryReader, Setting, Settings, hive};

use crate::input::Input;
use crate::intake::{Intake, Progress, Watch};
use crate::window::Window;
use crate::{Kind, Report};

/// A machine of which settings are known.
#[derive(Clone, Debug)]
pub struct Machine {
    /// What is in force.
    pub settings: Settings,
    /// All that is known of its registry.
    pub registry: Registry,
    /// Where in the report the inputs are that it was read from.
    pub inputs: Vec<usize>,
}

/// A hive is a tree in no order, and held as a whole. `SOFTWARE` has some 100 MB on a server that
/// has seen years of updates; what is longer than five times that is none.
const MAX_HIVE: u64 = 512 << 20;
/// Bytes of a hive that are read between two looks at the progress.
const BLOCK: u64 = 8 << 20;

impl Machine {
    /// Puts the registries of inputs together, in their order.
    pub(crate) fn all(inputs: &[Input]) -> Vec<Self> {
        let mut machines: Vec<Self> = Vec::new();
        for (place, input) in inputs.iter().enumerate() {
            let Some(registry) = input.registry.as_deref().filter(|it| !it.is_empty()) else {
                continue;
            };
            let settings = Settings::of(registry);
            let is_part = |machine: &&mut Self| {
                let names = [&machine.settings.computer, &settings.computer];
                let differ = matches!(names, [Some(one), Some(other)] if one != other);
                !differ && machine.registry.is_apart_from(registry)
            };
            if let Some(machine) = machines.iter_mut().find(is_part) {
                machine.registry.add(registry);
                machine.settings = Settings::of(&machine.registry);
                machine.inputs.push(place);
            } else {
                let registry = registry.clone();
                machines.push(Self { settings, registry, inputs: vec![place] });
            }
        }
        machines
    }

    /// What it is called in sentences: by its first input.
    pub(crate) fn name(&self, report: &Report) -> String {
        self.inputs.first().map_or_else(String::new, |input| report.label(*input))
    }

    /// A value with its place: `Protocols\TLS 1.2\Client Enabled=0 (server.reg:12)`.
    pub(crate) fn cite(&self, report: &Report, setting: &Setting) -> String {
        let value = setting.to_string();
        match (self.input(&report.inputs, setting), setting.place.line) {
            (Some(input), line @ 1..) => format!("{value} ({})", report.line(input, line)),
            (Some(input), 0) => format!("{value} ({})", report.label(input)),
            (None, _) => value,
        }
    }

    /// The input that holds a key.
    pub(crate) fn input_of(&self, inputs: &[Input], path: &str) -> Option<usize> {
        let holds = |place: &&usize| {
            let registry = inputs.get(**place).and_then(|input| input.registry.as_deref());
            registry.is_some_and(|registry| registry.key(path).is_some())
        };
        self.inputs.iter().find(holds).copied()
    }

    /// The input that holds a value.
    pub(crate) fn input(&self, inputs: &[Input], setting: &Setting) -> Option<usize> {
        self.input_of(inputs, &setting.path)
    }
}

impl Intake<'_> {
    /// Reads a registry to its end.
    pub(crate) fn registry(&mut self, from: &mut dyn Read, taken: &Cell<u64>, watch: Watch<'_>) {
        let registry = match self.input.kind {
            Kind::Hive => self.hive(from, taken, watch),
            _ => self.registry_text(from, taken, watch),
        };
        let (faults, more) = registry.faults();
        for fault in faults {
            let what = match fault.place.line {
                0 => fault.what.clone(),
                line => format!("line {line}: {}", fault.what),
            };
            self.input.problem(fault.place.offset, what, false);
        }
        self.input.more_problems += more;
        if registry.left_out() > 0 {
            let what = format!("{} keys more than are kept", registry.left_out());
            self.input.problem(self.input.size, what, false);
        }
        self.input.registry = Some(Box::new(registry));
    }

    fn registry_text(
        &mut self,
        from: &mut dyn Read,
        taken: &Cell<u64>,
        watch: Watch<'_>,
    ) -> Registry {
        let mut window = Window::new();
        let mut reader = RegistryReader::default();
        loop {
            let more = match self.fill(&mut window, from) {
                // A pause of a pipe ends nothing.
                More::Quiet => More::Coming,
                more => more,
            };
            let done = reader.window(window.held(), more);
            window.discard(done);
            let progress = Progress { bytes: taken.get(), packets: 0, failing: 0 };
            if more == More::Over {
                break;
            }
            if watch(progress).is_break() {
                self.input.stopped = true;
                break;
            }
        }
        self.input.log.lines = reader.lines();
        reader.finish()
    }

    fn hive(&mut self, from: &mut dyn Read, taken: &Cell<u64>, watch: Watch<'_>) -> Registry {
        let mut bytes = Vec::new();
        loop {
            match from.take(BLOCK).read_to_end(&mut bytes) {
                Ok(0) => break,
                Ok(_) => {}
                Err(error) => {
                    self.input.problem(bytes.len() as u64, error.to_string(), true);
                    break;
                }
            }
            let progress = Progress { bytes: taken.get(), packets: 0, failing: 0 };
            if watch(progress).is_break() {
                self.input.stopped = true;
                break;
            }
            if bytes.len() as u64 > MAX_HIVE {
                let what = "the hive is longer than any is: what follows was not read";
                self.input.problem(MAX_HIVE, what.into(), true);
                break;
            }
        }
        self.input.size = bytes.len() as u64;
        hive(&bytes)
    }
}
