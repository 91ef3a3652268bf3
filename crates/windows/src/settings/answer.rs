//! What this machine would answer to an offer, and because of which value.

use alert::Side;
use wire::{CipherSuite, ProtocolVersion};

use super::{Protocol, Setting, Settings, Source, Standing, State};

/// What a client offers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Offer {
    /// The versions; where the client lists none, all up to its highest (RFC 9846, 4.2.1).
    pub versions: Vec<ProtocolVersion>,
    /// The cipher suites, without GREASE and signals; empty where they are not known.
    pub suites: Vec<CipherSuite>,
}

/// What this machine as a server would answer, if the program asks for nothing special.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It would go on with this version.
    Takes(ProtocolVersion),
    /// None of the versions is on. The values that switch the newest of them off; none where the
    /// defaults of this Windows do.
    RefusesVersions(Vec<Setting>),
    /// Of the suites none can be used with the version. The values that say so.
    RefusesSuites(ProtocolVersion, Vec<Setting>),
    /// It depends on what the input does not hold.
    Open,
}

impl Settings {
    /// A protocol version, as it stands.
    #[must_use]
    pub fn protocol(&self, version: ProtocolVersion) -> Option<&Protocol> {
        self.protocols.iter().find(|protocol| protocol.version == version)
    }

    /// The versions of SSL and TLS that stand like this, oldest first.
    #[must_use]
    pub fn versions(&self, side: Side, standing: Standing) -> Vec<ProtocolVersion> {
        let all = self.protocols.iter().filter(|protocol| !protocol.version.is_dtls());
        let these = all.filter(|protocol| protocol.on(side).standing == standing);
        these.map(|protocol| protocol.version).collect()
    }

    /// What this machine answers as a server.
    #[must_use]
    pub fn answer(&self, offer: &Offer) -> Answer {
        let state = |version: ProtocolVersion| self.protocol(version).map(|it| &it.server);
        let mut versions = offer.versions.clone();
        versions.sort_by_key(|version| std::cmp::Reverse(version.settled()));
        for version in versions.iter().copied() {
            match state(version).map(|state| state.standing) {
                Some(Standing::On) => return self.with_suites(version, offer),
                Some(Standing::Unknown) => return Answer::Open,
                _ => {}
            }
        }
        if versions.is_empty() {
            return Answer::Open;
        }
        let because = versions.iter().filter_map(|version| state(*version)).find_map(State::reason);
        Answer::RefusesVersions(because.into_iter().cloned().collect())
    }

    fn with_suites(&self, version: ProtocolVersion, offer: &Offer) -> Answer {
        if offer.suites.is_empty() || self.order.source == Source::Unknown {
            return Answer::Takes(version);
        }
        if self.suites(version).any(|suite| offer.suites.contains(&suite)) {
            return Answer::Takes(version);
        }
        if self.order.may_be_replaced && self.order.source == Source::Default {
            return Answer::Open;
        }
        let taken = |suite: &CipherSuite| {
            self.algorithms.iter().find_map(|algorithm| algorithm.takes_away(*suite))
        };
        let mut because: Vec<Setting> = Vec::new();
        for setting in offer.suites.iter().filter_map(taken).chain(&self.order.setting) {
            if !because.contains(setting) {
                because.push(setting.clone());
            }
        }
        Answer::RefusesSuites(version, because)
    }
}

impl State {
    /// The value that decides it.
    #[must_use]
    pub fn reason(&self) -> Option<&Setting> {
        self.because.first()
    }
}
