//! Protocol versions: on, off, or off unless a program asks.
//!
//! `Enabled` 0 is off, whatever else is set. `Enabled` other than 0 with `DisabledByDefault` 0 is
//! on; with `DisabledByDefault` other than 0 only programs that ask for the version get it. A value
//! that is missing is what this Windows has in its place (Microsoft, "TLS registry settings").

use alert::Side;
use wire::ProtocolVersion;

use super::windows::Family;
use super::{PROTOCOLS, Setting, Settings};
use crate::registry::Registry;

/// A protocol version on both sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Protocol {
    /// Which.
    pub version: ProtocolVersion,
    /// When this machine is the client.
    pub client: State,
    /// When this machine is the server.
    pub server: State,
}

/// What becomes of a protocol version on one side, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// What becomes of it.
    pub standing: Standing,
    /// The values that decide it; empty where the default of this Windows does.
    pub because: Vec<Setting>,
}

/// What becomes of a protocol version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// It is used.
    On,
    /// It is used by programs that ask for it by name, and by no other.
    OffByDefault,
    /// Nobody can use it.
    Off,
    /// This Windows does not have it.
    Missing,
    /// It depends on the version of Windows, which is not known.
    Unknown,
}

/// The versions that SChannel has keys for, by the names of these, in the order of a report.
pub(super) const VERSIONS: &[(&str, ProtocolVersion)] = &[
    ("SSL 2.0", ProtocolVersion::SSL_2),
    ("SSL 3.0", ProtocolVersion::SSL_3_0),
    ("TLS 1.0", ProtocolVersion::TLS_1_0),
    ("TLS 1.1", ProtocolVersion::TLS_1_1),
    ("TLS 1.2", ProtocolVersion::TLS_1_2),
    ("TLS 1.3", ProtocolVersion::TLS_1_3),
    ("DTLS 1.0", ProtocolVersion::DTLS_1_0),
    ("DTLS 1.2", ProtocolVersion::DTLS_1_2),
];

impl Protocol {
    /// What becomes of it on a side.
    #[must_use]
    pub fn on(&self, side: Side) -> &State {
        match side {
            Side::Client => &self.client,
            Side::Server => &self.server,
        }
    }
}

impl Standing {
    /// The word for it: `on`, `off by default`, `off`, `none`, `unknown`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::On => "on",
            Self::OffByDefault => "off by default",
            Self::Off => "off",
            Self::Missing => "none",
            Self::Unknown => "unknown",
        }
    }
}

impl Settings {
    /// What becomes of a version by default, from the oldest Windows that may be meant: the name of
    /// the first of those that do the same, and what they do.
    #[must_use]
    pub fn defaults(&self, version: ProtocolVersion, side: Side) -> Vec<(&'static str, Standing)> {
        let mut defaults: Vec<(&'static str, Standing)> = Vec::new();
        for family in &self.families {
            let standing = family.standing(version, side);
            if defaults.last().is_none_or(|(_, last)| *last != standing) {
                defaults.push((family.name, standing));
            }
        }
        defaults
    }
}

/// All versions, as they stand.
pub(super) fn all(registry: &Registry, families: &[Family]) -> Vec<Protocol> {
    let each = |(name, version): &(&str, ProtocolVersion)| Protocol {
        version: *version,
        client: state(registry, families, name, *version, Side::Client),
        server: state(registry, families, name, *version, Side::Server),
    };
    VERSIONS.iter().map(each).collect()
}

/// The key of a version on one side.
pub(super) fn key(name: &str, side: Side) -> String {
    let side = match side {
        Side::Client => "Client",
        Side::Server => "Server",
    };
    format!("{PROTOCOLS}\\{name}\\{side}")
}

fn state(
    registry: &Registry,
    families: &[Family],
    name: &str,
    version: ProtocolVersion,
    side: Side,
) -> State {
    let path = key(name, side);
    let value = |name: &str| {
        let found = registry.value(&path, name)?;
        // SChannel reads numbers alone.
        found.1.data.integer().map(|number| (number, Setting::of(found)))
    };
    let (enabled, not_by_default) = (value("Enabled"), value("DisabledByDefault"));
    let number = |value: &Option<(u64, Setting)>| value.as_ref().map(|(number, _)| *number);
    let numbers = (number(&enabled), number(&not_by_default));
    let all = families.iter().map(|family| standing(numbers, family.standing(version, side)));
    let standing = all.reduce(either).unwrap_or(Standing::Unknown);
    // Where it is off for good, the other value changes nothing.
    let values = match numbers {
        (Some(0), _) => [enabled, None],
        (Some(_), Some(1..)) => [not_by_default, enabled],
        _ => [enabled, not_by_default],
    };
    State { standing, because: values.into_iter().flatten().map(|(_, setting)| setting).collect() }
}

/// What is known where it is one of two. Off is off, whether a Windows has the version or not.
fn either(one: Standing, other: Standing) -> Standing {
    match (one, other) {
        (one, other) if one == other => one,
        (Standing::On | Standing::Unknown, _) | (_, Standing::On | Standing::Unknown) => {
            Standing::Unknown
        }
        (Standing::Missing, set) | (set, _) => set,
    }
}

/// What two values make of what Windows would do without them.
fn standing(values: (Option<u64>, Option<u64>), default: Standing) -> Standing {
    match (default, values) {
        (Standing::Missing, _) => Standing::Missing,
        (_, (Some(0), _)) => Standing::Off,
        (_, (_, Some(0))) => Standing::On,
        (_, (_, Some(_))) => Standing::OffByDefault,
        // What is off by default stays so until that is taken back.
        (default, (_, None)) => default,
    }
}
