//! The settings of a machine as lines of a screen: what is in force and why, what it would refuse,
//! and how to change it.

use alert::Side;
use windows::{
    AlgorithmKind, Place, Protocol, Registry, Setting, Settings, Source, Standing, State, Switch,
};
use wire::ProtocolVersion;

use super::labelled;
use crate::Report;
use crate::input::Input;
use crate::number::{bytes, plural};
use crate::paint::{Line, Page, Tone, row, safe};
use crate::settings::Machine;

mod refusals;

use refusals::{changes, refusals};

/// What is said of a registry without settings.
const NOTHING: &str = "nothing that TLS depends on is in it: export HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL";
/// Where the columns of the table begin.
const CLIENT: usize = 15;
const SERVER: usize = 31;
const BECAUSE: usize = 47;
/// Characters of a text of the registry that are shown.
const MOST_TEXT: usize = 300;
/// Mistakes that are shown; the JSON form holds all.
const MOST_MISTAKES: usize = 12;
/// Names of a list that are shown.
const MOST_NAMES: usize = 24;

/// Registries that hold nothing of what TLS depends on.
pub(super) fn nothing(page: &mut Page<'_>, report: &Report) {
    for (place, input) in report.inputs.iter().enumerate() {
        let Some(registry) = input.registry.as_deref().filter(|it| it.is_empty()) else { continue };
        page.blank();
        page.wrapped(
            Line::new().add(Tone::Warn, "!"),
            2,
            Tone::Plain,
            NOTHING,
            &report.label(place),
        );
        for note in registry.notes() {
            page.wrapped(Line::indent(2), 2, Tone::Dim, &safe(note, MOST_TEXT), "");
        }
    }
}

/// All that is known of a machine.
pub(super) fn machine(page: &mut Page<'_>, report: &Report, machine: &Machine) {
    let settings = &machine.settings;
    page.blank();
    page.line(title(settings));
    if settings.is_empty() {
        page.wrapped(Line::indent(2), 2, Tone::Warn, NOTHING, "");
    } else {
        table(page, report, machine);
        details(page, report, machine);
    }
    for mistake in settings.mistakes.iter().take(MOST_MISTAKES) {
        let place = mistake
            .place
            .map(|place| at(report, machine.input_of(&report.inputs, &mistake.path), place));
        let label = Line::new().add(Tone::Warn, "!").plain(" ");
        let text = safe(&mistake.says, MOST_TEXT);
        page.wrapped(label, 2, Tone::Plain, &text, place.as_deref().unwrap_or_default());
    }
    let more = settings.mistakes.len().saturating_sub(MOST_MISTAKES);
    if more > 0 {
        page.line(Line::indent(2).dim(plural(more as u64, "more mistake")));
    }
    for note in machine.registry.notes() {
        page.wrapped(Line::new().dim("note "), 5, Tone::Dim, &safe(note, MOST_TEXT), "");
    }
    if !settings.is_empty() {
        what_it_refuses(page, settings);
    }
}

/// What is known of an input, for its line in the header.
pub(super) fn facts(input: &Input) -> Vec<String> {
    let keys = input.registry.as_deref().map_or(0, Registry::count);
    let matter = if keys == 1 { "matters" } else { "matter" };
    let keys = format!("{} that {matter} here", plural(keys as u64, "key"));
    vec![input.kind.looks_like().to_owned(), bytes(input.size), keys]
}

/// Which machine it is, as far as that is known.
fn title(settings: &Settings) -> Line {
    let windows = match &settings.windows {
        Some(windows) => format!("{}, build {}", safe(&windows.name, 60), windows.build),
        None => "Windows of unknown version".to_owned(),
    };
    let line = match &settings.computer {
        Some(name) => Line::new().add(Tone::Verdict, safe(name, 64)).plain("  ").plain(windows),
        None => Line::new().add(Tone::Verdict, windows),
    };
    let addresses: Vec<String> =
        settings.addresses.iter().take(3).map(ToString::to_string).collect();
    if addresses.is_empty() { line } else { line.plain("  ").add(Tone::Wire, addresses.join(" ")) }
}

/// The protocols, each with what decides it.
fn table(page: &mut Page<'_>, report: &Report, machine: &Machine) {
    let settings = &machine.settings;
    page.blank();
    let head = Line::new().dim("protocol").to(CLIENT).dim("as a client").to(SERVER);
    page.line(head.dim("as a server").to(BECAUSE).dim("because of"));
    let is_told = |protocol: &&Protocol| {
        let set = [&protocol.client, &protocol.server].iter().any(|it| !it.because.is_empty());
        set || !protocol.version.is_dtls()
    };
    for protocol in settings.protocols.iter().filter(is_told) {
        let line = Line::new().plain(protocol.version.to_string()).to(CLIENT);
        let line = standing(line, protocol.client.standing).to(SERVER);
        let line = standing(line, protocol.server.standing).to(BECAUSE);
        let mut reasons = reasons(report, machine, protocol).into_iter();
        let (text, at) = reasons.next().unwrap_or_default();
        page.wrapped(line, BECAUSE, Tone::Dim, &text, &at);
        for (text, at) in reasons {
            page.wrapped(Line::new(), BECAUSE, Tone::Dim, &text, &at);
        }
    }
    if !settings.is_complete {
        let text =
            "the input does not hold SCHANNEL\\Protocols as a whole: what is not in it may be set";
        page.wrapped(Line::indent(2), 2, Tone::Warn, text, "");
    }
}

fn standing(line: Line, standing: Standing) -> Line {
    let tone = match standing {
        Standing::On => Tone::Good,
        Standing::Off => Tone::Fail,
        Standing::OffByDefault | Standing::Unknown => Tone::Warn,
        Standing::Missing => Tone::Dim,
    };
    line.add(tone, standing.name())
}

/// What decides a protocol, with its place, side by side where the sides agree.
fn reasons(report: &Report, machine: &Machine, protocol: &Protocol) -> Vec<(String, String)> {
    let values = |state: &State| -> Vec<String> {
        state.because.iter().map(|it| format!("{}={}", it.name, safe(&it.data, 24))).collect()
    };
    let (client, server) = (values(&protocol.client), values(&protocol.server));
    let place = |state: &State| {
        let setting = state.reason();
        setting.map_or(String::new(), |it| place(report, machine, it))
    };
    let default = |side: Side| default(&machine.settings, protocol.version, side);
    let mut all = Vec::new();
    match (client.is_empty(), server.is_empty()) {
        (true, true) => {
            let (client, server) = (default(Side::Client), default(Side::Server));
            if client == server {
                all.push((client, String::new()));
            } else {
                all.push((format!("client: {client}"), String::new()));
                all.push((format!("server: {server}"), String::new()));
            }
        }
        (false, false) if client == server => {
            all.push((format!("both {}", client.join(" ")), place(&protocol.client)));
        }
        _ => {
            for (name, values, state, side) in [
                ("client", client, &protocol.client, Side::Client),
                ("server", server, &protocol.server, Side::Server),
            ] {
                match values.is_empty() {
                    true => all.push((format!("{name} {}", default(side)), String::new())),
                    false => all.push((format!("{name} {}", values.join(" ")), place(state))),
                }
            }
        }
    }
    all
}

/// What Windows does without a value.
fn default(settings: &Settings, version: ProtocolVersion, side: Side) -> String {
    let defaults = settings.defaults(version, side);
    match (defaults.as_slice(), &settings.windows) {
        ([(_, Standing::Missing)], Some(_)) if version == ProtocolVersion::TLS_1_3 => {
            "from Server 2022 and 11 on".into()
        }
        ([(_, Standing::Missing)], _) => "not in this Windows".into(),
        ([_], Some(_)) => "default of this Windows".into(),
        ([_], None) => "default of every Windows".into(),
        (several, _) => {
            let last = several.last().map_or("", |(name, _)| *name);
            let standing = several.last().map_or(Standing::Unknown, |(_, standing)| *standing);
            format!("{} since {last}", standing.name())
        }
    }
}

/// Suites, algorithms, curves and switches.
fn details(page: &mut Page<'_>, report: &Report, machine: &Machine) {
    let settings = &machine.settings;
    page.blank();
    suites(page, report, machine);
    switched_off(page, report, machine);
    for algorithm in &settings.algorithms {
        for setting in &algorithm.bits {
            let text =
                format!("{} {}={} bits", safe(&algorithm.name, 40), setting.name, setting.data);
            labelled(page, "keys", Tone::Dim, &text, &place(report, machine, setting));
        }
    }
    if let Some((curves, setting)) = &settings.curves {
        let names: Vec<String> = curves.iter().take(MOST_NAMES).map(|it| safe(it, 40)).collect();
        labelled(page, "curves", Tone::Dim, &row(&names), &place(report, machine, setting));
    }
    for (at_switch, switch) in settings.switches.iter().enumerate() {
        let others = settings.switches.get(..at_switch).unwrap_or_default();
        if others.iter().any(|other| is_same(other, switch)) {
            continue;
        }
        let both = settings.switches.iter().filter(|other| is_same(other, switch)).count() > 1;
        let name = match both {
            true => switch.name.replacen("64-bit ", "", 1),
            false => switch.name.clone(),
        };
        let at = switch.setting.as_ref().map_or(String::new(), |it| place(report, machine, it));
        let text = match &switch.setting {
            Some(setting) => {
                format!("{name}={}: {}", safe(&setting.data, 40), switch.does)
            }
            None => format!("{name} {}", switch.does),
        };
        labelled(page, switch.kind.name(), Tone::Dim, &text, &at);
    }
}

/// Whether two switches are one for 64-bit and for 32-bit programs, and set alike.
fn is_same(one: &Switch, other: &Switch) -> bool {
    let bare = |switch: &Switch| switch.name.replace("64-bit ", "").replace("32-bit ", "");
    let data = |switch: &Switch| switch.setting.as_ref().map(|setting| setting.data.clone());
    one.kind == other.kind && bare(one) == bare(other) && data(one) == data(other)
}

/// Ciphers, hashes and key exchanges that are switched off, a line for each sort.
fn switched_off(page: &mut Page<'_>, report: &Report, machine: &Machine) {
    for kind in [AlgorithmKind::Cipher, AlgorithmKind::Hash, AlgorithmKind::KeyExchange] {
        let mut names = Vec::new();
        let mut first = None;
        for algorithm in machine.settings.algorithms.iter().filter(|it| it.kind == kind) {
            if let Some((false, setting)) = &algorithm.enabled {
                names.push(safe(&algorithm.name, 40));
                first = first.or(Some(setting));
            }
        }
        if let Some(setting) = first {
            let text = format!("{}: {}", kind.key(), row(&names));
            labelled(page, "off", Tone::Dim, &text, &place(report, machine, setting));
        }
    }
}

fn suites(page: &mut Page<'_>, report: &Report, machine: &Machine) {
    let settings = &machine.settings;
    let order = &settings.order;
    let whose = match order.source {
        Source::Policy => "by policy",
        Source::Local => "of this machine",
        Source::Default => "of this Windows by default",
        Source::Unknown => "",
    };
    let text = match order.source {
        Source::Unknown => "the input does not hold their order".to_owned(),
        _ => {
            let usable: Vec<_> = settings.suites(ProtocolVersion::TLS_1_2).collect();
            let first = usable.first().map_or(String::new(), |suite| format!(", {suite} first"));
            let count = plural(usable.len() as u64, "suite");
            format!("{whose}, {count} for TLS 1.2{first}")
        }
    };
    let text =
        if order.may_be_replaced { format!("{text}; a policy may have another") } else { text };
    let at = order.setting.as_ref().map_or(String::new(), |it| place(report, machine, it));
    labelled(page, "suites", Tone::Dim, &text, &at);
}

fn what_it_refuses(page: &mut Page<'_>, settings: &Settings) {
    page.blank();
    page.line(Line::new().add(Tone::Verdict, "What it would refuse"));
    for text in refusals(settings) {
        page.wrapped(Line::indent(2).plain("·"), 4, Tone::Plain, &text, "");
    }
    let changes = changes(settings);
    if !changes.is_empty() {
        page.blank();
        page.line(Line::new().add(Tone::Verdict, "How to change it"));
        for (why, commands) in changes {
            page.wrapped(Line::indent(2).plain("·"), 4, Tone::Plain, &why, "");
            for command in commands {
                page.uncut(Line::indent(4).add(Tone::Wire, command));
            }
        }
    }
}

/// Where a value stands.
fn place(report: &Report, machine: &Machine, setting: &Setting) -> String {
    at(report, machine.input(&report.inputs, setting), setting.place)
}

/// A line of a text; the bytes of a hive are of no use to anybody without a tool.
fn at(report: &Report, input: Option<usize>, place: Place) -> String {
    match (input, place.line) {
        (Some(input), line @ 1..) => report.line(input, line),
        _ => String::new(),
    }
}
