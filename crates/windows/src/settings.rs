//! What is in force on a Windows machine, for TLS as client and as server, and because of which
//! value.
//!
//! SChannel asks the registry for each protocol on each side, and where it finds nothing goes by
//! what its Windows does. Where the input does not tell which Windows it is, only what all of them
//! do is known. A program may ask for less than SChannel allows; nothing here knows that.

mod algorithm;
mod answer;
mod mistake;
mod order;
mod protocol;
mod switch;
mod windows;

use std::fmt;
use std::net::IpAddr;

use crate::Place;
use crate::registry::{Entry, Key, Registry};

pub use algorithm::{Algorithm, AlgorithmKind};
pub use answer::{Answer, Offer};
pub use mistake::Mistake;
pub use order::{Order, Source, Suite};
pub use protocol::{Protocol, Standing, State};
pub use switch::{Switch, SwitchKind};
pub use windows::Windows;

use windows::Family;

/// What is in force on one machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Which Windows it is, where the registry tells.
    pub windows: Option<Windows>,
    /// The machine's name, where the registry has it. Bytes of the input.
    pub computer: Option<String>,
    /// The addresses of its interfaces, where the registry has them.
    pub addresses: Vec<IpAddr>,
    /// Whether the input holds SChannel's protocols as a whole: what is not there is not set.
    pub is_complete: bool,
    /// SSL and TLS from the oldest version to the newest, then DTLS.
    pub protocols: Vec<Protocol>,
    /// Ciphers, hashes and key exchanges that a value speaks of.
    pub algorithms: Vec<Algorithm>,
    /// The cipher suites in their order.
    pub order: Order,
    /// The elliptic curves in their order, where one is set, and by which value.
    pub curves: Option<(Vec<String>, Setting)>,
    /// The switches beside: .NET, WinHTTP, logging, client certificates, limits.
    pub switches: Vec<Switch>,
    /// What is set and does not do what it was meant to do.
    pub mistakes: Vec<Mistake>,
    /// The defaults that may apply: one, or those of every Windows.
    families: Vec<Family>,
}

/// A value that decides something: evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The key's path: `HKLM\SYSTEM\...`. Bytes of the input.
    pub path: String,
    /// The value's name.
    pub name: String,
    /// What it holds, as an administrator writes it.
    pub data: String,
    /// Where it stands in the input that holds it.
    pub place: Place,
}

/// SChannel's own key.
const SCHANNEL: &str = r"HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL";
/// Where protocols are switched.
const PROTOCOLS: &str =
    r"HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols";
/// Where the machine's name is.
const NAMES: &[(&str, &str)] = &[
    (r"HKLM\SYSTEM\CurrentControlSet\Control\ComputerName\ComputerName", "ComputerName"),
    (r"HKLM\SYSTEM\CurrentControlSet\Control\ComputerName\ActiveComputerName", "ComputerName"),
    (r"HKLM\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters", "Hostname"),
];
/// Where the addresses of its interfaces are.
const INTERFACES: &str = r"HKLM\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters\Interfaces";
/// What the paths of orders have in front, in small letters.
const ORDERS: &str = r"\cryptography\configuration\";
/// Characters of data that a sentence has room for.
const MOST_DATA: usize = 60;
/// Addresses that are kept: a server has a few, a host of containers some hundred.
const MAX_ADDRESSES: usize = 256;

impl Settings {
    /// Reads what is in force.
    #[must_use]
    pub fn of(registry: &Registry) -> Self {
        let windows = Windows::of(registry);
        let families = match &windows {
            Some(windows) => vec![windows.family()],
            None => Family::all().to_vec(),
        };
        let name = |(path, name): &(&str, &str)| registry.value(path, name)?.1.data.text();
        let mut settings = Self {
            windows,
            computer: NAMES.iter().find_map(name).map(str::to_owned),
            addresses: addresses(registry),
            is_complete: is_complete(registry),
            protocols: protocol::all(registry, &families),
            algorithms: algorithm::all(registry),
            order: order::order(registry, &families),
            curves: order::curves(registry),
            switches: switch::all(registry, &families),
            mistakes: Vec::new(),
            families,
        };
        settings.mistakes = mistake::all(registry, &settings);
        settings
    }

    /// Whether the input speaks of TLS at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        !self.is_complete
            && self.algorithms.is_empty()
            && self.switches.is_empty()
            && self.mistakes.is_empty()
            && self.curves.is_none()
            && self.order.setting.is_none()
            && self.protocols.iter().all(|protocol| {
                protocol.client.because.is_empty() && protocol.server.because.is_empty()
            })
    }
}

impl Setting {
    fn of((key, entry): (&Key, &Entry)) -> Self {
        Self {
            path: key.path.clone(),
            name: entry.name.clone(),
            data: entry.data.to_string(),
            place: entry.place,
        }
    }

    /// The path without what every path of SChannel begins with: `Protocols\TLS 1.2\Client`; of an
    /// order of suites its end.
    #[must_use]
    pub fn short_path(&self) -> &str {
        let folded = self.path.to_ascii_lowercase();
        match folded.find(ORDERS) {
            Some(at) => self.path.get(at + ORDERS.len()..).unwrap_or(&self.path),
            None => short(&self.path),
        }
    }
}

impl fmt::Display for Setting {
    /// `Protocols\TLS 1.2\Client DisabledByDefault=1`; of long data the beginning.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}=", self.short_path(), self.name)?;
        match self.data.char_indices().nth(MOST_DATA) {
            Some((end, _)) => write!(f, "{}...", self.data.get(..end).unwrap_or_default()),
            None => f.write_str(&self.data),
        }
    }
}

/// Whether the input holds all protocols: their key, or one that every Windows has had since 2008
/// in a tree that was exported from its root.
fn is_complete(registry: &Registry) -> bool {
    let first = format!("{PROTOCOLS}\\SSL 2.0\\Client");
    registry.key(PROTOCOLS).is_some()
        || (registry.is_whole(SCHANNEL) && registry.key(&first).is_some())
}

/// A path without what every path of SChannel begins with.
fn short(path: &str) -> &str {
    let head = path.get(..SCHANNEL.len()).filter(|head| head.eq_ignore_ascii_case(SCHANNEL));
    let rest = head.and_then(|_| path.get(SCHANNEL.len()..)?.strip_prefix('\\'));
    rest.unwrap_or(path)
}

/// The addresses that the interfaces were given, by hand or by DHCP.
fn addresses(registry: &Registry) -> Vec<IpAddr> {
    let mut addresses = Vec::new();
    for key in registry.below(INTERFACES) {
        for name in ["IPAddress", "DhcpIPAddress"] {
            let texts = key.entry(name).into_iter().flat_map(|entry| entry.data.list());
            for address in texts.filter_map(|text| text.parse::<IpAddr>().ok()) {
                let is_new = !address.is_unspecified() && !addresses.contains(&address);
                if is_new && addresses.len() < MAX_ADDRESSES {
                    addresses.push(address);
                }
            }
        }
    }
    addresses
}

#[cfg(test)]
mod tests;
