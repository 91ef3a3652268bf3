//! Which failures a person wants to see: `alert=48 client=10.0.0.0/8 sni=*.corp`.
//!
//! A failure passes when every key agrees with it; of several values of one key, one is enough.
//! What does not pass is one number in the report, which is then about the rest alone.

use std::net::IpAddr;
use std::str::FromStr;

use alert::Alert;
use trace::{Host, Mac, Side};
use wire::ProtocolVersion;

use crate::failure::{Failure, UNKNOWN};
use crate::input::Input;
use crate::log::Sighted;
use crate::nearest;

/// A choice among the failures. The default lets everything pass.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    terms: Vec<Term>,
}

/// One key with its values.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Term {
    Alert(Vec<Alert>),
    Cause(Vec<String>),
    Client(Vec<Place>),
    From(Vec<Side>),
    Frame(Vec<Frame>),
    Port(Vec<u16>),
    Server(Vec<Target>),
    Name(Vec<String>),
    Version(Vec<ProtocolVersion>),
}

/// A frame, a line or a record by its number, or a frame of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Frame {
    /// The end of the file's path, as the report writes it in front of a frame.
    file: Option<String>,
    number: u64,
}

/// An address, or all addresses that begin alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Network {
    address: IpAddr,
    bits: u32,
}

/// Where somebody is: at an IP address or, in front of a network, at a MAC address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Network(Network),
    Station(Mac),
}

/// A server, by where it is or by what it is called.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Target {
    Place(Place),
    Name(String),
}

impl Filter {
    /// The keys that [`Filter::with`] knows.
    pub const KEYS: &[&str] =
        &["alert", "cause", "client", "from", "n", "port", "server", "sni", "version"];

    /// The same filter with one more condition; `values` are separated by commas.
    ///
    /// # Errors
    /// One sentence for a person: the key is not known, or a value is none of that key.
    pub fn with(mut self, key: &str, values: &str) -> Result<Self, String> {
        let term = match key {
            "alert" => Term::Alert(each(values, alert)?),
            "cause" => Term::Cause(each(values, cause)?),
            "client" => Term::Client(each(values, place)?),
            "from" => Term::From(each(values, side)?),
            "n" => Term::Frame(each(values, frame)?),
            "port" => Term::Port(each(values, |v| number(v, "a port"))?),
            "server" => Term::Server(each(values, target)?),
            "sni" => Term::Name(each(values, |v| Ok(v.to_lowercase()))?),
            "version" => Term::Version(each(values, version)?),
            _ => {
                let near = did_you_mean(&nearest(key, Self::KEYS.iter().copied()));
                return Err(format!("no such key: {key}{near}; keys: {}", Self::KEYS.join(" ")));
            }
        };
        self.terms.push(term);
        Ok(self)
    }

    /// Whether there is no condition at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Whether a failure of an input is wanted.
    #[must_use]
    pub fn passes(&self, failure: &Failure, input: &Input) -> bool {
        self.terms.iter().all(|term| term.agrees(failure, input))
    }
}

impl Filter {
    /// Whether a failure of which a log tells is wanted. What the log does not tell agrees with
    /// nothing.
    #[must_use]
    pub fn passes_sighted(&self, found: &Sighted) -> bool {
        self.terms.iter().all(|term| term.agrees_sighted(found))
    }
}

impl Term {
    fn agrees_sighted(&self, found: &Sighted) -> bool {
        let sighting = &found.sighting;
        let peer = |role: Side| sighting.peer.as_ref().filter(|_| sighting.role == Some(role));
        let address = |role| peer(role).and_then(|peer| peer.address);
        let is_at = |place: &Place, address| match place {
            Place::Network(network) => network.holds(address),
            Place::Station(_) => false,
        };
        match self {
            Self::Alert(codes) => sighting.any_alert().is_some_and(|alert| codes.contains(&alert)),
            Self::Cause(slugs) => slugs.iter().any(|slug| slug == found.slug()),
            Self::Client(places) => address(Side::Server)
                .is_some_and(|address| places.iter().any(|place| is_at(place, address))),
            Self::From(sides) => sighting.refused_by().is_some_and(|side| sides.contains(&side)),
            Self::Frame(places) => {
                let records = sighting.event.iter().flat_map(|event| &event.records);
                let is_at =
                    |at: &u64| places.iter().any(|it| it.file.is_none() && it.number == *at);
                records.chain([&sighting.line]).any(is_at)
            }
            Self::Port(ports) => peer(Side::Client)
                .and_then(|peer| peer.port)
                .is_some_and(|port| ports.contains(&port)),
            Self::Server(targets) => targets.iter().any(|target| match target {
                Target::Place(place) => {
                    address(Side::Client).is_some_and(|address| is_at(place, address))
                }
                Target::Name(pattern) => {
                    let name = peer(Side::Client).and_then(|peer| peer.name.as_deref());
                    name.is_some_and(|name| fits(pattern, name))
                }
            }),
            Self::Name(patterns) => sighting
                .name
                .as_deref()
                .is_some_and(|name| patterns.iter().any(|pattern| fits(pattern, name))),
            Self::Version(versions) => {
                let named = sighting.event.as_ref().and_then(|event| event.protocol.as_deref());
                named.and_then(|name| version(name).ok()).is_some_and(|it| versions.contains(&it))
            }
        }
    }

    fn agrees(&self, failure: &Failure, input: &Input) -> bool {
        let name = failure.name.as_deref().unwrap_or_default();
        match self {
            Self::Alert(codes) => {
                failure.ending.alert().is_some_and(|message| codes.contains(&message.alert))
            }
            Self::Cause(slugs) => slugs.iter().any(|slug| slug == failure.slug()),
            Self::Client(places) => places.iter().any(|place| place.holds(failure.client.host())),
            Self::From(sides) => failure.refused_by.is_some_and(|side| sides.contains(&side)),
            Self::Frame(frames) => frames.iter().any(|frame| frame.is_shown(failure, input)),
            Self::Port(ports) => failure.server.port().is_some_and(|port| ports.contains(&port)),
            Self::Server(targets) => targets.iter().any(|target| match target {
                Target::Place(place) => place.holds(failure.server.host()),
                Target::Name(pattern) => fits(pattern, name),
            }),
            Self::Name(patterns) => patterns.iter().any(|pattern| fits(pattern, name)),
            Self::Version(versions) => {
                // What was chosen; where the server never chose, the best that was offered.
                let chosen = failure.choice.map(|(version, _)| version);
                let best = || failure.versions.iter().copied().max_by_key(|it| it.settled());
                chosen.or_else(best).is_some_and(|version| versions.contains(&numbered(version)))
            }
        }
    }
}

impl Network {
    fn holds(self, other: IpAddr) -> bool {
        match (self.address, other.to_canonical()) {
            (IpAddr::V4(a), IpAddr::V4(b)) => {
                let differ = a.to_bits() ^ b.to_bits();
                differ.leading_zeros() >= self.bits
            }
            (IpAddr::V6(a), IpAddr::V6(b)) => {
                let differ = a.to_bits() ^ b.to_bits();
                differ.leading_zeros() >= self.bits
            }
            _ => false,
        }
    }
}

impl Place {
    fn holds(self, host: Host) -> bool {
        match (self, host) {
            (Self::Network(network), Host::Ip(address)) => network.holds(address),
            (Self::Station(mac), Host::Station(other)) => mac == other,
            _ => false,
        }
    }
}

impl Frame {
    /// Whether it is one that the report names for this failure. A number alone is a frame of any
    /// file of the input.
    fn is_shown(&self, failure: &Failure, input: &Input) -> bool {
        let evidence = failure.findings.iter().flat_map(|finding| &finding.evidence);
        let own = [failure.first_frame, failure.frame].into_iter();
        own.chain(evidence.filter_map(|fact| fact.frame)).any(|seen| {
            let (file, number) = input.locate(seen);
            let path = file.unwrap_or(&input.name);
            number == self.number && self.file.as_deref().is_none_or(|end| ends_with(path, end))
        })
    }
}

/// Whether a path ends with what the report writes of it: its last parts, or what is left of them
/// where `…`, in ASCII `~`, stands for the rest.
fn ends_with(path: &str, end: &str) -> bool {
    const CUT: [char; 2] = ['…', '~'];
    let middle = end.trim_matches(CUT);
    let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
    match (end.starts_with(CUT), end.ends_with(CUT)) {
        (true, true) => name.contains(middle),
        (true, false) => path.ends_with(middle),
        (false, true) => name.starts_with(middle),
        (false, false) => {
            let in_front = path.strip_suffix(end);
            in_front.is_some_and(|front| front.is_empty() || front.ends_with(['/', '\\']))
        }
    }
}

/// Whether a name fits a pattern in lower case, in which `*` stands for any run of characters.
///
/// After a `*` the earliest place that fits the next piece is taken, and a later `*` never makes
/// that choice wrong; so the work is bounded by the product of both lengths.
fn fits(pattern: &str, name: &str) -> bool {
    let name = name.to_lowercase();
    let Some((first, rest)) = pattern.split_once('*') else { return pattern == name };
    let Some(mut name) = name.strip_prefix(first) else { return false };
    let (middle, last) = rest.rsplit_once('*').unwrap_or(("", rest));
    for piece in middle.split('*').filter(|piece| !piece.is_empty()) {
        let Some((_, behind)) = name.split_once(piece) else { return false };
        name = behind;
    }
    name.ends_with(last)
}

fn each<T>(values: &str, read: impl Fn(&str) -> Result<T, String>) -> Result<Vec<T>, String> {
    values.split(',').map(|value| read(value.trim())).collect()
}

fn alert(value: &str) -> Result<Alert, String> {
    let hex = value.strip_prefix("0x").or_else(|| value.strip_prefix("0X"));
    let code = hex.map_or_else(|| value.parse().ok(), |hex| u8::from_str_radix(hex, 16).ok());
    code.map(Alert).or_else(|| Alert::from_name(value)).ok_or_else(|| {
        let near = did_you_mean(&nearest(value, Alert::all().filter_map(Alert::name)));
        format!("alert={value}: no such alert{near}")
    })
}

fn cause(value: &str) -> Result<String, String> {
    let known = || diagnosis::CAUSES.iter().map(|cause| cause.slug).chain([UNKNOWN]);
    if known().any(|slug| slug == value) {
        return Ok(value.to_owned());
    }
    let near = did_you_mean(&nearest(value, known()));
    Err(format!("cause={value}: no such cause{near}; all of them: tlswhy help causes"))
}

fn side(value: &str) -> Result<Side, String> {
    match value {
        "client" => Ok(Side::Client),
        "server" => Ok(Side::Server),
        _ => Err(format!("from={value}: it is client or server")),
    }
}

/// The version of TLS with the same number. DTLS 1.0 is made from TLS 1.1, but 1.0 is its name.
fn numbered(version: ProtocolVersion) -> ProtocolVersion {
    match version {
        ProtocolVersion::DTLS_1_0 | ProtocolVersion::DTLS_DRAFT => ProtocolVersion::TLS_1_0,
        other => other.settled(),
    }
}

fn version(value: &str) -> Result<ProtocolVersion, String> {
    let name = value.to_ascii_lowercase();
    let number = name.strip_prefix("dtls").or_else(|| name.strip_prefix("tls"));
    match number.unwrap_or(&name).trim_start() {
        "1.3" => Ok(ProtocolVersion::TLS_1_3),
        "1.2" => Ok(ProtocolVersion::TLS_1_2),
        "1.1" => Ok(ProtocolVersion::TLS_1_1),
        "1.0" => Ok(ProtocolVersion::TLS_1_0),
        "3.0" | "ssl3" | "ssl 3.0" => Ok(ProtocolVersion::SSL_3_0),
        _ => Err(format!("version={value}: it is one of 1.3 1.2 1.1 1.0 3.0")),
    }
}

fn network(value: &str) -> Result<Network, String> {
    let wrong = || format!("{value}: an address or a network is wanted, 10.0.0.5 or 10.0.0.0/8");
    let (address, bits) = value.split_once('/').map_or((value, None), |(a, b)| (a, Some(b)));
    let address: IpAddr = address.parse().map_err(|_| wrong())?;
    let most = if address.is_ipv4() { 32 } else { 128 };
    let bits = bits.map_or(Ok(most), |bits| bits.parse().map_err(|_| wrong()))?;
    if bits > most {
        return Err(wrong());
    }
    Ok(Network { address, bits })
}

fn place(value: &str) -> Result<Place, String> {
    match Mac::read(value.as_bytes()) {
        Some(mac) => Ok(Place::Station(mac)),
        None => network(value).map(Place::Network),
    }
}

fn target(value: &str) -> Result<Target, String> {
    match place(value) {
        // Twelve digits and letters may be a name.
        Ok(place) if value.contains([':', '-', '.']) => Ok(Target::Place(place)),
        Ok(_) => Ok(Target::Name(value.to_lowercase())),
        Err(wrong) if value.contains('/') => Err(wrong),
        Err(_) => Ok(Target::Name(value.to_lowercase())),
    }
}

fn number<T: FromStr>(value: &str, what: &str) -> Result<T, String> {
    value.parse().map_err(|_| format!("{value} is not {what}"))
}

/// `1187`, `#1187`, or `cap-03.pcap#17`.
fn frame(value: &str) -> Result<Frame, String> {
    let (file, digits) = value.rsplit_once('#').unwrap_or(("", value));
    let file = (!file.is_empty()).then(|| file.to_owned());
    Ok(Frame { file, number: number(digits, "the number of a frame")? })
}

fn did_you_mean(near: &[&str]) -> String {
    if near.is_empty() { String::new() } else { format!("; nearest: {}", near.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every key of the list is read, and a wrong key names the right ones.
    #[test]
    fn every_key_is_read() {
        for (key, value) in [
            ("alert", "48,0x2a,bad_certificate"),
            ("cause", "no-shared-cipher,unknown"),
            ("client", "10.0.0.0/8,::1,02:00:00:00:00:0a"),
            ("from", "client"),
            ("n", "#12,13,cap-03.pcap#17"),
            ("port", "443,8443"),
            ("server", "mail*,10.0.0.1"),
            ("sni", "*.corp"),
            ("version", "1.2,TLS1.3,DTLS 1.2"),
        ] {
            assert!(Filter::KEYS.contains(&key));
            assert!(!Filter::default().with(key, value).unwrap().is_empty(), "{key}");
        }
        let wrong = Filter::default().with("prot", "443").unwrap_err();
        assert!(wrong.contains("nearest: port"), "{wrong}");
    }

    /// What is no value of a key is refused with what would be one.
    #[test]
    fn wrong_values_are_refused() {
        for (key, value, says) in [
            ("alert", "unknwon_ca", "unknown_ca"),
            ("alert", "256", "no such alert"),
            ("cause", "no-shared-cypher", "no-shared-cipher"),
            ("client", "10.0.0.0/33", "10.0.0.0/8"),
            ("from", "both", "client or server"),
            ("n", "x", "frame"),
            ("n", "cap-03.pcap#x", "frame"),
            ("port", "70000", "port"),
            ("server", "10.0.0.0/x", "network"),
            ("version", "1.4", "1.3"),
        ] {
            let wrong = Filter::default().with(key, value).unwrap_err();
            assert!(wrong.contains(says), "{key}={value}: {wrong}");
        }
    }

    /// A network holds what begins alike, and an IPv4 address inside of IPv6 counts as IPv4.
    #[test]
    fn networks_hold_addresses() {
        let holds = |net: &str, ip: &str| network(net).unwrap().holds(ip.parse().unwrap());
        assert!(holds("10.0.0.0/8", "10.255.0.1") && !holds("10.0.0.0/8", "11.0.0.1"));
        assert!(holds("0.0.0.0/0", "192.0.2.1") && !holds("0.0.0.0/0", "::1"));
        assert!(holds("2001:db8::/32", "2001:db8:1::") && !holds("2001:db8::/32", "2001:db9::"));
        assert!(holds("10.0.0.1", "::ffff:10.0.0.1") && !holds("10.0.0.1", "10.0.0.2"));
    }

    /// A station is found by its MAC address, however it is written; a server that is called like
    /// one is found by its name.
    #[test]
    fn stations_are_found() {
        let mac = Mac([2, 0, 0, 0, 0xab, 0x0a]);
        for value in ["02:00:00:00:ab:0a", "02-00-00-00-AB-0A", "0200.0000.ab0a"] {
            assert!(place(value).unwrap().holds(Host::Station(mac)), "{value}");
            assert_eq!(target(value), Ok(Target::Place(Place::Station(mac))), "{value}");
        }
        assert!(!place("02:00:00:00:ab:0b").unwrap().holds(Host::Station(mac)));
        assert!(!place("0.0.0.0/0").unwrap().holds(Host::Station(mac)));
        assert_eq!(target("deadbeefcafe"), Ok(Target::Name("deadbeefcafe".to_owned())));
    }

    /// A file is found by what the report writes of its path, and by no other end of it.
    #[test]
    fn files_are_found_by_the_ends_of_their_paths() {
        let good = ["cap-03.pcap", "x/cap-03.pcap", "/data/x/cap-03.pcap", "…p-03.pcap"];
        for end in good.into_iter().chain(["…03…", "~03~", "cap-03…", "…x/cap-03.pcap"]) {
            assert!(ends_with("/data/x/cap-03.pcap", end), "{end}");
        }
        for end in ["03.pcap", "y/cap-03.pcap", "…p-04.pcap", "cap-03", "…x…"] {
            assert!(!ends_with("/data/x/cap-03.pcap", end), "{end}");
        }
        let file = Some("a#b.pcap".to_owned());
        assert_eq!(frame("a#b.pcap#7"), Ok(Frame { file, number: 7 }));
    }

    /// `*` stands for any run of characters, anywhere and more than once.
    #[test]
    fn patterns_fit_names() {
        for (pattern, name) in [
            ("mail.corp", "Mail.Corp"),
            ("*", ""),
            ("", ""),
            ("*.corp", "a.b.corp"),
            ("mail*", "mail"),
            ("a*b*c", "aXbYbZc"),
            ("**x**", "x"),
        ] {
            assert!(fits(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in
            [("", "x"), ("*.corp", "corp"), ("a*a", "a"), ("a*b*c", "acb"), ("mail", "mailx")]
        {
            assert!(!fits(pattern, name), "{pattern} {name}");
        }
    }
}
