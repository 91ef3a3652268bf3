//! What records tell, in the terms of TLS.

use alert::Side;
use logs::{Certificate, Event, Process, Sighting, Stamp, Voice};

use crate::{Place, capi2};

/// What one record tells, or several that belong together.
#[derive(Clone, Debug)]
pub enum Told {
    /// Something failed. [`Sighting::event`] is there, and holds what no line of a log could say.
    Failure(Box<Sighting>),
    /// A handshake succeeded: the control group.
    Handshake(Handshake),
    /// Which certificate and key a process of this machine uses.
    Credential(Box<Credential>),
    /// A certificate was judged, by a process that is named.
    Chain(Chain),
    /// A process had a connection with a peer.
    Connection(Connection),
    /// An event of SChannel that tells of no failure, by its number.
    Notice(u32),
}

/// A handshake that succeeded: event 36880 (written when EventLogging has its bit 4), and who was let
/// into a network by EAP (NPS 6272, RasTls 100), of which nothing but the time is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Handshake {
    /// Where it stands.
    pub place: Place,
    /// When, in nanoseconds since 1970.
    pub time: Option<i64>,
    /// Whether this machine was the server.
    pub server: Option<bool>,
    /// The protocol in the event's own words: `TLS 1.2`.
    pub protocol: Option<String>,
    /// The cipher suite's number.
    pub cipher_suite: Option<u16>,
    /// The name that the client asked for.
    pub target: Option<String>,
    /// The subject of the other side's certificate.
    pub remote_subject: Option<String>,
}

/// Event 36868: the certificate and the key of a credential (written when EventLogging has its bit 4).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Credential {
    /// Where it stands.
    pub place: Place,
    /// When, in nanoseconds since 1970.
    pub time: Option<i64>,
    /// Whether it is for a server.
    pub server: Option<bool>,
    /// The name of the key in its store.
    pub key: Option<String>,
    /// The cryptographic provider that holds it (`CSPName`).
    pub key_provider: Option<String>,
    /// What the key is for, in the event's own words (`KeyType`).
    pub key_type: Option<String>,
    /// The certificate.
    pub certificate: Option<Certificate>,
}

/// What CAPI2 says of a chain that it built or verified.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chain {
    /// Where it stands.
    pub place: Place,
    /// The number of the record in its log.
    pub record: Option<u64>,
    /// The event's number: 11 build chain, 30 verify chain policy, 41 revocation, 53 retrieval, ...
    pub id: u32,
    /// When, in nanoseconds since 1970.
    pub time: Option<i64>,
    /// The machine that wrote it.
    pub computer: Option<String>,
    /// The process that asked.
    pub process: Option<Process>,
    /// The certificate that was judged.
    pub certificate: Option<Certificate>,
    /// The result, an HRESULT: 0 where the chain is good.
    pub result: Option<u32>,
    /// What is wrong, in plain words, the worst first; empty where nothing is.
    pub faults: Vec<String>,
    /// The name that the certificate had to be valid for.
    pub name: Option<String>,
    /// The causes that this points at.
    pub suspects: Vec<logs::Suspect>,
    /// Whose certificate it is: [`Side::Server`] where it was judged as that of a server. `None` where
    /// the events do not tell what it was judged for.
    pub of: Option<Side>,
    /// The certificate's SHA-1 in hexadecimal digits, by which a store of Windows finds it.
    pub thumbprint: Option<String>,
    /// What the events of this verification have in common (`TaskId`).
    pub task: Option<String>,
}

impl Chain {
    /// Whether a certificate was refused that TLS was about.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        !self.suspects.is_empty() && !self.faults.is_empty()
    }

    /// The refusal as a failure by itself, for a log beside which SChannel tells nothing.
    #[must_use]
    pub fn sighting(&self) -> Sighting {
        let subject = self.certificate.as_ref().map(|it| it.subject.as_str()).unwrap_or_default();
        let fault = self.faults.first().map(String::as_str).unwrap_or_default();
        let more = self.faults.iter().skip(1).map(|fault| ("and", fault.clone()));
        let thumbprint = self.thumbprint.iter().map(|it| ("thumbprint", it.clone()));
        let event = Event {
            id: self.id,
            provider: capi2::PROVIDER.to_owned(),
            ids: vec![self.id],
            records: self.record.into_iter().collect(),
            error: self.result,
            process: self.process.clone(),
            certificate: self.certificate.clone(),
            facts: more.chain(thumbprint).collect(),
            ..Event::default()
        };
        Sighting {
            line: self.place.line,
            offset: self.place.offset,
            lines: 1,
            words: format!("{} {subject}: {fault}", self.id),
            library: None,
            program: None,
            version: "",
            alert: None,
            sent: None,
            voice: Voice::Refused,
            // Who judges the certificate of a server is its client.
            role: self.of.map(Side::other),
            peer: None,
            name: self.name.clone(),
            host: self.computer.clone(),
            time: self.time.map(|nanoseconds| Stamp { nanoseconds, zone: true }),
            suspects: self.suspects.clone().into(),
            event: Some(Box::new(event)),
        }
    }
}

/// A process had a connection: Security 5156, Sysmon 3, and what Remote Desktop says of its clients.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    /// Where it stands.
    pub place: Place,
    /// The number of the record in its log.
    pub record: Option<u64>,
    /// When, in nanoseconds since 1970.
    pub time: Option<i64>,
    /// The machine that wrote it.
    pub computer: Option<String>,
    /// The process.
    pub process: Process,
    /// Whether the peer opened it: this machine was the server.
    pub inbound: Option<bool>,
    /// This machine's address and port; `0.0.0.0` and 0 where the record does not tell.
    pub local: (std::net::IpAddr, u16),
    /// The peer's; port 0 where the record does not tell.
    pub peer: (std::net::IpAddr, u16),
    /// The peer's name, where the record has one.
    pub peer_name: Option<String>,
}
