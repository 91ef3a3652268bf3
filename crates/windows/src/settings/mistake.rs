//! What is set and does not do what it was meant to do.

use alert::Side;
use wire::ProtocolVersion;

use super::algorithm::KINDS;
use super::protocol::{VERSIONS, key};
use super::{PROTOCOLS, SCHANNEL, Setting, Settings, Source, Standing, SwitchKind, short};
use crate::Place;
use crate::registry::{Data, Key, Registry};

/// One mistake, in a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// What is wrong, and what would be right. It may hold bytes of the input.
    pub says: String,
    /// Where it stands, if it is in one place.
    pub place: Option<Place>,
    /// The key it is about, for finding its input; empty where it is about none.
    pub path: String,
    /// The value that has another type than it is read in, and the number that it was meant to be.
    pub meant: Option<(&'static str, u32)>,
}

/// Mistakes that are told: a registry that holds more is no registry.
const MAX_MISTAKES: usize = 64;
/// Characters that the policy's editor takes; what is longer was cut.
const POLICY_LENGTH: usize = 1_023;
/// Keys below `Protocols` that SChannel knows beside those of versions.
const OTHER_PROTOCOLS: &[&str] = &["Multi-Protocol Unified Hello", "PCT 1.0"];
/// The values of a protocol.
const VALUES: &[&str] = &["Enabled", "DisabledByDefault"];

/// All of them, the gravest first.
pub(super) fn all(registry: &Registry, settings: &Settings) -> Vec<Mistake> {
    let mut found = Found(Vec::new());
    nothing_left(settings, &mut found);
    cipher_order(settings, &mut found);
    keys(registry, &mut found);
    pairs(registry, settings, &mut found);
    algorithms(registry, &mut found);
    views(settings, &mut found);
    found.0.truncate(MAX_MISTAKES);
    found.0
}

struct Found(Vec<Mistake>);

impl Found {
    fn say(&mut self, says: impl Into<String>) {
        self.0.push(Mistake { says: says.into(), place: None, path: String::new(), meant: None });
    }

    fn at(&mut self, key: &Key, place: Place, says: impl Into<String>) {
        let path = key.path.clone();
        self.0.push(Mistake { says: says.into(), place: Some(place), path, meant: None });
    }

    fn of(&mut self, setting: &Setting, says: impl Into<String>) {
        let (place, path) = (Some(setting.place), setting.path.clone());
        self.0.push(Mistake { says: says.into(), place, path, meant: None });
    }
}

/// No protocol on a side, or a hole between two.
fn nothing_left(settings: &Settings, found: &mut Found) {
    for side in [Side::Client, Side::Server] {
        if !settings.versions(side, Standing::Unknown).is_empty() {
            continue;
        }
        let on = settings.versions(side, Standing::On);
        if on.is_empty() {
            found.say(format!(
                "no version of TLS is on as a {side}: programs fail with event 36871, state 10013"
            ));
        }
        let (Some(first), Some(last)) = (on.first(), on.last()) else { continue };
        let hole = |version: &ProtocolVersion| {
            version > first && version < last && !on.contains(version) && !version.is_dtls()
        };
        let versions = settings.protocols.iter().map(|protocol| protocol.version);
        if let Some(hole) = versions.filter(|_| side == Side::Client).find(hole) {
            found.say(format!(
                "{hole} is off as a client between {first} and {last}, which are on: a ClientHello \
                 without supported_versions cannot say that"
            ));
        }
    }
}

/// An order that is empty, cut, or has names that nobody knows.
fn cipher_order(settings: &Settings, found: &mut Found) {
    let order = &settings.order;
    let Some(setting) = &order.setting else { return };
    if order.suites.is_empty() {
        return found.of(setting, "the order of cipher suites is empty");
    }
    let unknown: Vec<&str> = order
        .suites
        .iter()
        .filter(|suite| suite.number.is_none() && !suite.name.starts_with("SSL_CK_"))
        .map(|suite| suite.name.as_str())
        .collect();
    let length = setting.data.trim_matches('"').len();
    let cut = order.source == Source::Policy
        && length >= POLICY_LENGTH - 1
        && order.suites.last().is_some_and(|suite| suite.number.is_none());
    match unknown.as_slice() {
        [] => {}
        [one] if cut => found.of(setting, format!(
            "the order of cipher suites was cut at {length} characters, inside {one}: the editor of \
             the policy takes {POLICY_LENGTH}"
        )),
        [one] => found.of(setting, format!("{one} in the order is no cipher suite")),
        [one, more @ ..] => {
            let more = more.len();
            found.of(setting, format!("{one} and {more} more in the order are no cipher suites"));
        }
    }
    for version in [ProtocolVersion::TLS_1_2, ProtocolVersion::TLS_1_3] {
        let on = settings.protocol(version).is_some_and(|protocol| {
            [Side::Client, Side::Server]
                .iter()
                .any(|side| protocol.on(*side).standing == Standing::On)
        });
        if on && settings.suites(version).next().is_none() {
            found.of(
                setting,
                format!("{version} is on, and no suite of the order can be used with it"),
            );
        }
    }
    let blank = order.suites.iter().any(|suite| suite.name.contains(' '));
    if blank {
        found.of(setting, "a suite of the order has a blank in its name");
    }
}

/// Keys and values that SChannel does not read.
fn keys(registry: &Registry, found: &mut Found) {
    for key in registry.below(PROTOCOLS) {
        let rest = key.path.get(PROTOCOLS.len() + 1..).unwrap_or_default();
        let (name, side) = rest.split_once('\\').unwrap_or((rest, ""));
        let known = VERSIONS.iter().map(|(name, _)| *name).chain(OTHER_PROTOCOLS.iter().copied());
        if !known.clone().any(|known| known.eq_ignore_ascii_case(name)) {
            if side.is_empty() || registry.key(&format!("{PROTOCOLS}\\{name}")).is_none() {
                let plain =
                    |text: &str| text.replace([' ', '_', 'v', 'V'], "").to_ascii_lowercase();
                let meant = known.clone().find(|known| plain(known) == plain(name));
                let meant =
                    meant.map_or(String::new(), |meant| format!(": it is spelled \"{meant}\""));
                found.at(key, key.place, format!("the key \"{name}\" is not read{meant}"));
            }
            continue;
        }
        let sided = ["Client", "Server"].iter().any(|known| known.eq_ignore_ascii_case(side));
        if !sided {
            let values = key
                .entries
                .iter()
                .any(|entry| VALUES.iter().any(|known| known.eq_ignore_ascii_case(&entry.name)));
            if values || !side.is_empty() {
                let says = format!(
                    "the values of Protocols\\{rest} are not read: they belong into its Client and \
                     Server"
                );
                found.at(key, key.place, says);
            }
            continue;
        }
        for entry in &key.entries {
            let known = VALUES.iter().find(|known| known.eq_ignore_ascii_case(&entry.name));
            match (known, &entry.data) {
                (Some(_), Data::Dword(_) | Data::Qword(_)) | (None, _) if entry.name.is_empty() => {
                }
                (Some(_), Data::Dword(_) | Data::Qword(_)) => {}
                (Some(name), data) => {
                    let says = format!(
                        "{name} of {rest} is {data} and no DWORD: it is not read",
                        rest = short(&key.path)
                    );
                    found.at(key, entry.place, says);
                    let meant = match data {
                        Data::Text(text) => text.trim().parse().ok(),
                        _ => None,
                    };
                    if let (Some(last), Some(number)) = (found.0.last_mut(), meant) {
                        last.meant = Some((name, number));
                    }
                }
                (None, _) => {
                    let says = format!(
                        "the value \"{}\" of {} is not read: the names are Enabled and \
                         DisabledByDefault",
                        entry.name,
                        short(&key.path)
                    );
                    found.at(key, entry.place, says);
                }
            }
        }
    }
}

/// Pairs of values that contradict each other, and sides that were forgotten.
fn pairs(registry: &Registry, settings: &Settings, found: &mut Found) {
    for protocol in &settings.protocols {
        let version = protocol.version;
        let name = version.name().unwrap_or_default();
        for side in [Side::Client, Side::Server] {
            let state = protocol.on(side);
            let is = |name: &str, zero: bool| {
                state
                    .because
                    .iter()
                    .find(|it| it.name.eq_ignore_ascii_case(name) && (it.data == "0") == zero)
            };
            if let (Some(_), Some(setting)) = (is("Enabled", false), is("DisabledByDefault", false))
            {
                found.of(setting, format!(
                    "{version} is enabled and disabled by default as a {side}: only programs that ask \
                     for it by name get it"
                ));
            }
            if state.standing == Standing::Missing
                && let Some(setting) = is("Enabled", false).or(is("DisabledByDefault", true))
            {
                found.of(setting, format!(
                    "{version} is switched on as a {side}, and this Windows has none: the value does \
                     nothing{}",
                    if version == ProtocolVersion::TLS_1_3 { " (Windows 11 and Server 2022 have it)" } else { "" }
                ));
            }
            let half = matches!(state.standing, Standing::OffByDefault | Standing::Unknown);
            if let (true, Some(setting), [_]) =
                (half, is("Enabled", false), state.because.as_slice())
            {
                found.of(setting, format!(
                    "{version} has Enabled and no DisabledByDefault=0 as a {side}: before Windows 8 \
                     that does not switch it on"
                ));
            }
        }
        // One side was set, and the other is what Windows makes of it.
        let set = [Side::Client, Side::Server].map(|side| {
            registry
                .key(&key(name, side))
                .is_some_and(|key| !protocol.on(side).because.is_empty() && !key.entries.is_empty())
        });
        let standings = [protocol.client.standing, protocol.server.standing];
        let differ = standings[0] != standings[1] && !standings.contains(&Standing::Unknown);
        let forgotten = match set {
            [true, false] if differ => Some((Side::Server, &protocol.client)),
            [false, true] if differ => Some((Side::Client, &protocol.server)),
            _ => None,
        };
        // Windows itself sets SSL 2.0 for the client alone.
        if let Some((side, state)) = forgotten.filter(|_| version != ProtocolVersion::SSL_2)
            && let Some(setting) = state.reason()
        {
            let other = protocol.on(side).standing.name();
            found.of(
                setting,
                format!("{version} is set as a {} alone; as a {side} it is {other}", side.other()),
            );
        }
    }
}

/// Names of ciphers, hashes and key exchanges that SChannel does not know.
fn algorithms(registry: &Registry, found: &mut Found) {
    for kind in KINDS {
        for key in registry.below(&format!("{SCHANNEL}\\{}", kind.key())) {
            // The names of ciphers hold a slash, which some tools write as a level of its own.
            let rest = key.path.get(SCHANNEL.len() + kind.key().len() + 2..).unwrap_or_default();
            let known = kind.names();
            if key.entries.is_empty() || known.iter().any(|known| known.eq_ignore_ascii_case(rest))
            {
                continue;
            }
            let meant = known.iter().find(|known| {
                let start = |text: &str| {
                    text.split(['/', '\\']).next().unwrap_or_default().to_ascii_lowercase()
                };
                start(known) == start(rest)
            });
            let meant = meant.map_or(String::new(), |meant| format!(": it is spelled \"{meant}\""));
            found.at(key, key.place, format!("{}\\{rest} is not read{meant}", kind.key()));
        }
    }
}

/// Switches that are set for 64-bit programs and not for 32-bit ones, or the other way round.
fn views(settings: &Settings, found: &mut Found) {
    let set = |kind: SwitchKind, name: &str| {
        settings.switches.iter().find(|it| it.kind == kind && it.name == name)?.setting.as_ref()
    };
    let names = [
        (SwitchKind::DotNet, "4 ", "SchUseStrongCrypto"),
        (SwitchKind::DotNet, "4 ", "SystemDefaultTlsVersions"),
        (SwitchKind::DotNet, "2 ", "SchUseStrongCrypto"),
        (SwitchKind::DotNet, "2 ", "SystemDefaultTlsVersions"),
        (SwitchKind::WinHttp, "", "DefaultSecureProtocols"),
    ];
    for (kind, version, name) in names {
        let of = |view: &str| set(kind, &format!("{version}{view} {name}"));
        let (wide, narrow) = (of("64-bit"), of("32-bit"));
        let (setting, view) = match (wide, narrow) {
            (Some(setting), None) => (setting, "32-bit ones (Wow6432Node)"),
            (None, Some(setting)) => (setting, "64-bit ones"),
            (Some(wide), Some(narrow)) if wide.data != narrow.data => (narrow, "the other half"),
            _ => continue,
        };
        let what = if kind == SwitchKind::DotNet { ".NET " } else { "WinHTTP " };
        let says = match view {
            "the other half" => {
                format!("{what}{version}{name} differs between 64-bit and 32-bit programs")
            }
            view => format!(
                "{what}{version}{name} is set for one half of the programs and not for {view}"
            ),
        };
        found.of(setting, says);
    }
}
