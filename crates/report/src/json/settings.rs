//! The line of a machine: what is in force, because of which values.

use alert::Side;
use serde::Serialize;
use windows::{Key, Place, Setting, Source, State};

use super::SCHEMA;
use crate::Report;
use crate::settings::Machine;

#[derive(Serialize)]
pub(super) struct SettingsLine<'a> {
    schema: &'static str,
    kind: &'static str,
    inputs: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    computer: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    windows: Option<WindowsPart<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    addresses: Vec<String>,
    complete: bool,
    protocols: Vec<ProtocolPart<'a>>,
    cipher_suites: OrderPart<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    curves: Option<CurvesPart<'a>>,
    algorithms: Vec<AlgorithmPart<'a>>,
    switches: Vec<SwitchPart<'a>>,
    mistakes: Vec<MistakePart<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<&'a str>,
    values: Vec<ValuePart<'a>>,
}

#[derive(Serialize)]
struct WindowsPart<'a> {
    name: &'a str,
    build: u32,
}

#[derive(Serialize)]
struct ProtocolPart<'a> {
    version: String,
    client: StatePart<'a>,
    server: StatePart<'a>,
}

#[derive(Serialize)]
struct StatePart<'a> {
    standing: &'static str,
    because: Vec<ValuePart<'a>>,
}

#[derive(Serialize)]
struct OrderPart<'a> {
    source: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    because: Option<ValuePart<'a>>,
    may_be_replaced: bool,
    order: Vec<&'a str>,
}

#[derive(Serialize)]
struct CurvesPart<'a> {
    because: ValuePart<'a>,
    order: &'a [String],
}

#[derive(Serialize)]
struct AlgorithmPart<'a> {
    sort: &'static str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    enabled: Option<bool>,
    because: Vec<ValuePart<'a>>,
}

#[derive(Serialize)]
struct SwitchPart<'a> {
    of: &'static str,
    name: &'a str,
    does: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    because: Option<ValuePart<'a>>,
}

#[derive(Serialize)]
struct MistakePart<'a> {
    says: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<PlacePart<'a>>,
}

/// A value, with its place.
#[derive(Serialize)]
struct ValuePart<'a> {
    key: &'a str,
    name: &'a str,
    data: String,
    #[serde(flatten)]
    place: PlacePart<'a>,
}

/// A line of a text, or a byte of a hive.
#[derive(Serialize)]
struct PlacePart<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    input: Option<&'a str>,
    #[serde(skip_serializing_if = "is_zero")]
    line: u64,
    offset: u64,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde asks with a reference.
pub(super) fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl<'a> SettingsLine<'a> {
    pub(super) fn of(report: &'a Report, machine: &'a Machine) -> Self {
        let settings = &machine.settings;
        let place = |path: &str, place: Place| PlacePart::of(report, machine, path, place);
        let value = |it: &'a Setting| ValuePart {
            key: &it.path,
            name: &it.name,
            data: it.data.clone(),
            place: place(&it.path, it.place),
        };
        let state = |state: &'a State| StatePart {
            standing: state.standing.name(),
            because: state.because.iter().map(value).collect(),
        };
        let order = &settings.order;
        Self {
            schema: SCHEMA,
            kind: "settings",
            inputs: machine.inputs.iter().filter_map(|at| name(report, *at)).collect(),
            computer: settings.computer.as_deref(),
            windows: settings
                .windows
                .as_ref()
                .map(|it| WindowsPart { name: &it.name, build: it.build }),
            addresses: settings.addresses.iter().map(ToString::to_string).collect(),
            complete: settings.is_complete,
            protocols: settings
                .protocols
                .iter()
                .map(|it| ProtocolPart {
                    version: it.version.to_string(),
                    client: state(it.on(Side::Client)),
                    server: state(it.on(Side::Server)),
                })
                .collect(),
            cipher_suites: OrderPart {
                source: match order.source {
                    Source::Policy => "policy",
                    Source::Local => "local",
                    Source::Default => "default",
                    Source::Unknown => "unknown",
                },
                because: order.setting.as_ref().map(value),
                may_be_replaced: order.may_be_replaced,
                order: order.suites.iter().map(|suite| suite.name.as_str()).collect(),
            },
            curves: settings
                .curves
                .as_ref()
                .map(|(order, it)| CurvesPart { because: value(it), order }),
            algorithms: settings
                .algorithms
                .iter()
                .map(|it| AlgorithmPart {
                    sort: it.kind.key(),
                    name: &it.name,
                    enabled: it.enabled.as_ref().map(|(enabled, _)| *enabled),
                    because: it
                        .enabled
                        .iter()
                        .map(|(_, it)| it)
                        .chain(&it.bits)
                        .map(value)
                        .collect(),
                })
                .collect(),
            switches: settings
                .switches
                .iter()
                .map(|it| SwitchPart {
                    of: it.kind.name(),
                    name: &it.name,
                    does: &it.does,
                    because: it.setting.as_ref().map(value),
                })
                .collect(),
            mistakes: settings
                .mistakes
                .iter()
                .map(|it| MistakePart {
                    says: &it.says,
                    place: it.place.map(|at| place(&it.path, at)),
                })
                .collect(),
            notes: machine.registry.notes().iter().map(String::as_str).collect(),
            values: machine.registry.keys().flat_map(|key| values(report, machine, key)).collect(),
        }
    }
}

/// All values of a key.
fn values<'a>(
    report: &'a Report,
    machine: &'a Machine,
    key: &'a Key,
) -> impl Iterator<Item = ValuePart<'a>> {
    key.entries.iter().map(move |entry| ValuePart {
        key: &key.path,
        name: &entry.name,
        data: entry.data.to_string(),
        place: PlacePart::of(report, machine, &key.path, entry.place),
    })
}

impl<'a> PlacePart<'a> {
    fn of(report: &'a Report, machine: &Machine, path: &str, place: Place) -> Self {
        let input = machine.input_of(&report.inputs, path).and_then(|at| name(report, at));
        Self { input, line: place.line, offset: place.offset }
    }
}

fn name(report: &Report, input: usize) -> Option<&str> {
    report.inputs.get(input).map(|input| input.name.as_str())
}
