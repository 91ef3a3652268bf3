//! The order of cipher suites, and that of elliptic curves.
//!
//! A policy's order replaces the machine's own, and what is in no order is not used. Before Windows
//! 10 a suite's name ends with the curve that it is used with.

use std::collections::BTreeMap;

use wire::{CipherSuite, ProtocolVersion};

use super::windows::Family;
use super::{Setting, Settings};
use crate::registry::{Data, Registry};

/// The cipher suites in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// Where it comes from.
    pub source: Source,
    /// The value that holds it.
    pub setting: Option<Setting>,
    /// The suites, the first choice first; empty where the order is not known.
    pub suites: Vec<Suite>,
    /// Whether a policy might replace it: the input does not tell.
    pub may_be_replaced: bool,
}

/// Where an order comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// From a policy.
    Policy,
    /// From the machine's own configuration.
    Local,
    /// From this version of Windows.
    Default,
    /// That is not known.
    Unknown,
}

/// A cipher suite of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suite {
    /// Its name, as the value spells it. Bytes of the input.
    pub name: String,
    /// Its number; `None` for a name that nobody registered.
    pub number: Option<CipherSuite>,
}

/// Where a policy puts orders.
const POLICY: &str = r"HKLM\SOFTWARE\Policies\Microsoft\Cryptography\Configuration\SSL\00010002";
/// Where the machine's own are.
const LOCAL: &str =
    r"HKLM\SYSTEM\CurrentControlSet\Control\Cryptography\Configuration\Local\SSL\00010002";
/// Suites that are kept of an order; Windows knows some sixty, with their curves twice as many.
const MAX_SUITES: usize = 512;
/// What a suite's name may end with: the curve.
const CURVES: &[&str] = &["_P256", "_P384", "_P521"];

impl Order {
    /// The suites of an order, each once, without those whose names nobody registered.
    pub fn numbers(&self) -> impl Iterator<Item = CipherSuite> + '_ {
        self.suites.iter().enumerate().filter_map(|(place, suite)| {
            let number = suite.number?;
            let before = self.suites.get(..place).unwrap_or_default();
            (!before.iter().any(|known| known.number == Some(number))).then_some(number)
        })
    }
}

impl Settings {
    /// The suites that this machine uses with a version, the first choice first; none where its
    /// order is not known.
    pub fn suites(&self, version: ProtocolVersion) -> impl Iterator<Item = CipherSuite> + '_ {
        self.order.numbers().filter(move |suite| fits(*suite, version)).filter(|suite| {
            self.algorithms.iter().all(|algorithm| algorithm.takes_away(*suite).is_none())
        })
    }
}

/// Whether a suite can be used with a version.
pub(super) fn fits(suite: CipherSuite, version: ProtocolVersion) -> bool {
    let version = version.settled();
    // RFC 5246, A.5: suites with these hashes are of TLS 1.2.
    let name = suite.name().unwrap_or_default();
    let new = name.ends_with("_SHA256") || name.ends_with("_SHA384") || suite.is_aead();
    match suite.is_tls13() {
        true => version == ProtocolVersion::TLS_1_3,
        false if new => version == ProtocolVersion::TLS_1_2,
        false => version <= ProtocolVersion::TLS_1_2,
    }
}

/// The order in force.
pub(super) fn order(registry: &Registry, families: &[Family]) -> Order {
    let found = |path: &str| {
        let found = registry.value(path, "Functions")?;
        matches!(found.1.data, Data::Text(_) | Data::Texts(_)).then_some(found)
    };
    let may_be_replaced = !registry.is_whole(POLICY);
    let of = |source: Source, path: &str| {
        let (key, entry) = found(path)?;
        let known = names();
        let suites = entry.data.list().take(MAX_SUITES).map(|name| Suite::named(name, &known));
        let suites = suites.collect();
        let setting = Some(Setting::of((key, entry)));
        let may_be_replaced = may_be_replaced && source != Source::Policy;
        Some(Order { source, setting, suites, may_be_replaced })
    };
    let default = || {
        let [family] = families else { return None };
        let suites = family.order()?.iter().map(|number| Suite::numbered(*number)).collect();
        Some(Order { source: Source::Default, setting: None, suites, may_be_replaced })
    };
    let known = of(Source::Policy, POLICY).or_else(|| of(Source::Local, LOCAL)).or_else(default);
    known.unwrap_or(Order {
        source: Source::Unknown,
        setting: None,
        suites: Vec::new(),
        may_be_replaced,
    })
}

/// The order of curves, where one is set.
pub(super) fn curves(registry: &Registry) -> Option<(Vec<String>, Setting)> {
    let found = [POLICY, LOCAL].iter().find_map(|path| registry.value(path, "EccCurves"))?;
    let curves = found.1.data.list().take(MAX_SUITES).map(str::to_owned).collect();
    Some((curves, Setting::of(found)))
}

/// Every registered suite by its name.
fn names() -> BTreeMap<&'static str, CipherSuite> {
    let all = (0..=u16::MAX).map(CipherSuite);
    all.filter_map(|suite| suite.name().map(|name| (name, suite))).collect()
}

impl Suite {
    fn named(name: &str, known: &BTreeMap<&'static str, CipherSuite>) -> Self {
        let bare = CURVES.iter().find_map(|curve| name.strip_suffix(curve)).unwrap_or(name);
        Self { name: name.to_owned(), number: known.get(bare).copied() }
    }

    fn numbered(number: u16) -> Self {
        let suite = CipherSuite(number);
        Self { name: suite.to_string(), number: Some(suite) }
    }
}
