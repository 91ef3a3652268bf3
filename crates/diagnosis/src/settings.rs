//! What the settings of a machine say of a failure: evidence beside that of the bytes.
//!
//! No capture says whose registry lies beside it. An address of the machine, or its name in an event
//! log, does; without them a side that offers or refuses exactly what the settings make one do
//! *matches*, which is less. Where neither side does, that is said as well.

mod text;

use alert::Side;
use logs::Sighting;
use trace::Session;
use windows::{Answer, Offer, Setting, Settings, Standing};
use wire::{ClientHello, ProtocolVersion};

use crate::rules::suites;
use crate::{Confidence, Evidence, Finding};

/// A machine of which the settings are known.
pub struct Host<'a> {
    /// What is in force on it.
    pub settings: &'a Settings,
    /// What its settings were read from: `server.reg`. It is shown as it is.
    pub name: &'a str,
    /// Writes a value with its place: `Protocols\TLS 1.2\Client Enabled=0 (server.reg:12)`.
    pub cite: &'a dyn Fn(&Setting) -> String,
}

/// What the settings say of one side.
struct Word {
    side: Side,
    /// Whether the side did what they make one do.
    fits: bool,
    /// In the words that follow who it is.
    says: String,
}

/// How a side is known to be the machine.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Known {
    /// By an address, or by the name of the machine.
    Told,
    /// Not at all: it may be.
    Assumed,
}

/// The label of such evidence.
pub const LABEL: &str = "settings";
/// Causes that the settings of a machine can explain.
const VERSIONS: &[&str] =
    &["client-max-version-below-server-min", "client-min-version-above-server-max"];
const SUITES: &str = "no-shared-cipher";
const NOTHING: &str = "no-protocol-enabled-locally";

impl Host<'_> {
    /// Adds what the settings say to the best explanation of a failed session, and raises its
    /// confidence where they settle it.
    pub fn weigh(&self, findings: &mut [Finding], session: &Session) {
        let Some(best) = findings.first_mut() else { return };
        let words = self.words(best.cause.slug, session);
        let is_told = |side: Side| {
            let address = session.address(side).ip();
            address.is_some_and(|address| self.settings.addresses.contains(&address))
        };
        let told: Vec<&Word> = words.iter().filter(|word| is_told(word.side)).collect();
        if !told.is_empty() {
            for word in told {
                let side = word.side;
                let says = match word.fits {
                    true => format!("this {side} is the machine of {}: {}", self.name, word.says),
                    false => {
                        format!("this {side} is the machine of {}, but {}", self.name, word.says)
                    }
                };
                self.add(best, says);
                self.raise(best, word, Known::Told);
            }
            return;
        }
        // Whose addresses are known is somebody else, if neither side has one.
        if !self.settings.addresses.is_empty() && words.iter().all(|word| !word.fits) {
            return;
        }
        if words.iter().any(|word| word.fits) {
            for word in words.iter().filter(|word| word.fits) {
                let differs =
                    if self.settings.addresses.is_empty() { "" } else { ", not its address" };
                let says =
                    format!("this {} matches {}{differs}: {}", word.side, self.name, word.says);
                self.add(best, says);
                if self.settings.addresses.is_empty() {
                    self.raise(best, word, Known::Assumed);
                }
            }
        } else if !words.is_empty() {
            let all: Vec<String> =
                words.iter().map(|word| format!("as the {} {}", word.side, word.says)).collect();
            self.add(best, format!("neither side is as {} sets it: {}", self.name, all.join("; ")));
        }
    }

    /// The same for a failure of which a log tells.
    pub fn weigh_sighting(&self, findings: &mut [Finding], sighting: &Sighting) {
        let Some(best) = findings.first_mut() else { return };
        let bare = |name: &str| name.split('.').next().unwrap_or_default().to_ascii_lowercase();
        let names = (self.settings.computer.as_deref(), sighting.host.as_deref());
        let known = match names {
            (Some(one), Some(other)) if bare(one) == bare(other) => Known::Told,
            (Some(_), Some(_)) => return,
            _ => Known::Assumed,
        };
        let Some(says) = self.of_side(best.cause.slug, sighting.role) else { return };
        let says = match known {
            Known::Told => format!("of {}: {says}", self.name),
            Known::Assumed => format!("if {} is of this machine: {says}", self.name),
        };
        self.add(best, says);
        if known == Known::Told && best.confidence == Confidence::Possible {
            best.confidence = Confidence::Likely;
        }
    }

    fn add(&self, finding: &mut Finding, says: String) {
        finding.evidence.push(Evidence { label: LABEL, says, frame: None });
    }

    /// A server that is known to refuse such offers did it for that; one that only matches, likely.
    fn raise(&self, finding: &mut Finding, word: &Word, known: Known) {
        if !word.fits {
            return;
        }
        if (word.side, known) == (Side::Server, Known::Told) {
            finding.confidence = Confidence::Certain;
            finding.tell = "";
        } else if finding.confidence == Confidence::Possible {
            finding.confidence = Confidence::Likely;
        }
    }

    /// What the settings say of each side of a session.
    fn words(&self, cause: &str, session: &Session) -> Vec<Word> {
        let hello = session.client_hello();
        let Some(hello) = hello.as_ref().map(|seen| &seen.what).filter(|it| it.cut.is_none())
        else {
            let nothing = (cause == NOTHING).then(|| self.nothing(Side::Client)).flatten();
            return nothing.into_iter().collect();
        };
        let chosen = session.server_hello().map(|seen| seen.what.version());
        if VERSIONS.contains(&cause) {
            let client = match chosen {
                Some(chosen) => self.client_refuses(chosen),
                None => self.client_offers(hello),
            };
            let server = match chosen {
                Some(_) => None,
                None => self.server_answers(&offer(hello, false)),
            };
            client.into_iter().chain(server).collect()
        } else if cause == SUITES && chosen.is_none() {
            self.server_answers(&offer(hello, true)).into_iter().collect()
        } else {
            Vec::new()
        }
    }

    /// Whether SChannel offers what this client did: nothing newer.
    fn client_offers(&self, hello: &ClientHello<'_>) -> Option<Word> {
        let most = hello.highest_version();
        let own = self.settings.protocol(most)?.client.standing;
        let newer: Vec<_> = self.above(most).collect();
        let on = newer.iter().rev().find(|it| it.client.standing == Standing::On);
        let side = Side::Client;
        if let Some(on) = on {
            let says = format!("SChannel there offers {}{}", on.version, self.other_reasons(most));
            return Some(Word { side, fits: false, says });
        }
        if !matches!(own, Standing::On | Standing::Unknown) {
            let why = self.because(most, side);
            let says = format!("{most} is {} there as a client{why}", own.name());
            return Some(Word { side, fits: false, says });
        }
        // A version that no value switches off tells nobody apart.
        let set = newer.iter().rev().find(|it| is_set_off(it, side))?;
        let why = self.because(set.version, side);
        // Where the version of Windows is not known, nor is all that it offers.
        let open = newer.iter().filter(|it| it.client.standing == Standing::Unknown);
        let open: Vec<ProtocolVersion> = open.map(|it| it.version).collect();
        let says = match open[..] {
            [] => format!("{most} at most as a client{why}"),
            [ProtocolVersion::TLS_1_3] => {
                format!("{most} at most as a client, if this Windows has no TLS 1.3{why}")
            }
            _ => format!("{} is {} as a client{why}", set.version, set.client.standing.name()),
        };
        Some(Word { side, fits: true, says })
    }

    /// Whether SChannel as a client turns down the version that the server chose.
    fn client_refuses(&self, chosen: ProtocolVersion) -> Option<Word> {
        let side = Side::Client;
        let standing = self.settings.protocol(chosen)?.client.standing;
        let fits = match standing {
            Standing::On => false,
            Standing::Off | Standing::OffByDefault | Standing::Missing => true,
            Standing::Unknown => return None,
        };
        let why = self.because(chosen, side);
        Some(Word {
            side,
            fits,
            says: format!("{chosen} is {} there as a client{why}", standing.name()),
        })
    }

    /// What SChannel as a server answers to this offer.
    fn server_answers(&self, offer: &Offer) -> Option<Word> {
        let side = Side::Server;
        Some(match self.settings.answer(offer) {
            Answer::Takes(version) => {
                Word { side, fits: false, says: format!("SChannel there takes {version}") }
            }
            Answer::RefusesVersions(because) => {
                let on = self.settings.versions(side, Standing::On);
                let takes = text::range(&on);
                let why = text::because(because.first(), self.cite);
                Word { side, fits: true, says: format!("it takes {takes}{why}") }
            }
            Answer::RefusesSuites(version, because) => {
                let count = self.settings.suites(version).count();
                let why = text::because(because.last(), self.cite);
                let says = format!("none of its {count} suites for {version} is offered{why}");
                Word { side, fits: true, says }
            }
            Answer::Open => return None,
        })
    }

    /// Whether nothing is left on a side.
    fn nothing(&self, side: Side) -> Option<Word> {
        let unknown = self.settings.versions(side, Standing::Unknown);
        let on = self.settings.versions(side, Standing::On);
        if on.is_empty() && unknown.is_empty() {
            let why = self.because(ProtocolVersion::TLS_1_2, side);
            return Some(Word {
                side,
                fits: true,
                says: format!("no version of TLS is on as a {side}{why}"),
            });
        }
        None
    }

    /// What the settings say where only a side is known, and not what it offered.
    fn of_side(&self, cause: &str, role: Option<Side>) -> Option<String> {
        let settings = self.settings;
        let side = role.unwrap_or(Side::Client);
        let on = settings.versions(side, Standing::On);
        if cause == NOTHING {
            if let Some(word) = self.nothing(side) {
                return Some(word.says);
            }
            let off = self.settings.protocols.iter().filter(|it| !it.version.is_dtls());
            let off = off.filter(|it| it.on(side).standing == Standing::Off);
            let names: Vec<String> = off.clone().map(|it| it.version.to_string()).collect();
            let first = off.clone().find_map(|it| it.on(side).reason())?;
            let why = text::because(Some(first), self.cite);
            return Some(format!(
                "{} on as a {side}, and {} off{why}: the program asks for none but these",
                text::range(&on),
                names.join(", ")
            ));
        }
        if VERSIONS.contains(&cause) {
            let unknown = settings.versions(role?, Standing::Unknown);
            if unknown.iter().any(|version| *version >= ProtocolVersion::TLS_1_0) {
                // What is off is known, and what is on is not.
                let off = settings.protocols.iter().rfind(|it| is_set_off(it, side))?;
                let (standing, why) = (off.on(side).standing, self.because(off.version, side));
                return Some(format!("{} is {} as a {side}{why}", off.version, standing.name()));
            }
            let (edge, does) = match role? {
                Side::Client => (self.above(*on.last()?).map(|it| it.version).last(), "offers"),
                Side::Server => (self.below(*on.first()?), "takes"),
            };
            let edge = edge.filter(|edge| {
                settings.protocol(*edge).is_some_and(|it| it.on(side).reason().is_some())
            });
            let why = edge.map_or(String::new(), |edge| self.because(edge, side));
            return Some(format!("as a {side} it {does} {}{why}", text::range(&on)));
        }
        if cause == SUITES && role == Some(Side::Server) {
            let setting = settings.order.setting.as_ref()?;
            let count = settings.suites(ProtocolVersion::TLS_1_2).count();
            return Some(format!("it has {count} suites for TLS 1.2: {}", (self.cite)(setting)));
        }
        None
    }

    /// The versions of the same family that are newer.
    fn above(&self, version: ProtocolVersion) -> impl Iterator<Item = &windows::Protocol> {
        self.settings.protocols.iter().filter(move |protocol| {
            let other = protocol.version;
            other.is_dtls() == version.is_dtls() && other.settled() > version.settled()
        })
    }

    /// The newest version that is older.
    fn below(&self, version: ProtocolVersion) -> Option<ProtocolVersion> {
        let mut all = self.settings.protocols.iter().map(|protocol| protocol.version);
        all.rfind(|other| {
            other.is_dtls() == version.is_dtls() && other.settled() < version.settled()
        })
    }

    /// Why a version stands as it does.
    fn because(&self, version: ProtocolVersion, side: Side) -> String {
        let state = self.settings.protocol(version).map(|protocol| protocol.on(side));
        match state.and_then(|state| state.reason()) {
            Some(setting) => text::because(Some(setting), self.cite),
            None => ", as this Windows has it by default".into(),
        }
    }

    /// What makes a program offer less than SChannel would.
    fn other_reasons(&self, most: ProtocolVersion) -> String {
        let is_old = most.settled() <= ProtocolVersion::TLS_1_0;
        let weak = self.settings.switches.iter().any(|switch| {
            let unset = switch.setting.as_ref().is_none_or(|setting| setting.data == "0");
            switch.kind == windows::SwitchKind::DotNet
                && switch.name.ends_with("SchUseStrongCrypto")
                && unset
        });
        match is_old && weak {
            true => "; a program built for .NET before 4.6 does not, as SchUseStrongCrypto is not set there".into(),
            false => String::new(),
        }
    }
}

/// Whether a value switches a version of TLS off on a side.
fn is_set_off(protocol: &windows::Protocol, side: Side) -> bool {
    let state = protocol.on(side);
    let is_off = matches!(state.standing, Standing::Off | Standing::OffByDefault);
    is_off && state.reason().is_some() && !protocol.version.is_dtls()
}

/// What a client offers, in the terms of the settings.
fn offer(hello: &ClientHello<'_>, with_suites: bool) -> Offer {
    let mut versions: Vec<ProtocolVersion> = hello.offered_versions().collect();
    if versions.is_empty() {
        let most = hello.highest_version();
        // Who still takes SSL 3.0 has it for its newest.
        let known = [ProtocolVersion::TLS_1_0, ProtocolVersion::TLS_1_1, ProtocolVersion::TLS_1_2];
        let datagrams = [ProtocolVersion::DTLS_1_0, ProtocolVersion::DTLS_1_2];
        let known = if most.is_dtls() { &datagrams[..] } else { &known[..] };
        versions = known.iter().copied().filter(|it| it.settled() <= most.settled()).collect();
        if versions.is_empty() {
            versions.push(most);
        }
    }
    Offer { versions, suites: if with_suites { suites(hello) } else { Vec::new() } }
}

#[cfg(test)]
mod tests;
