//! One judged case, reduced to what a report says about it.

use alert::Alert;
use diagnosis::{Confidence, Difference, Finding, Flawed, Judged, Recovery, Relief, Stack};
use trace::{Access, Carrier, Endpoint, Message, Outcome, Seen, Session, Side, Step, Transport};
use wire::{CipherSuite, ClientHello, ProtocolVersion, Time};

/// One failure, or one conversation that survived with a warning.
#[derive(Clone, Debug)]
pub struct Failure {
    /// Time of the first frame.
    pub time: Time,
    /// The first frame.
    pub first_frame: u64,
    /// The frame of the alert, the reset or the close; the last frame where nothing of these came.
    pub frame: u64,
    /// The side that sent the ClientHello, or would have.
    pub client: Endpoint,
    /// The side that answers it.
    pub server: Endpoint,
    /// The name the client asked for (SNI), as text of bounded length.
    pub name: Option<String>,
    /// What carries the TLS.
    pub carrier: Carrier,
    /// How its bytes travelled.
    pub transport: Transport,
    /// What EAP and RADIUS say, where TLS is spoken for network access.
    pub access: Option<Box<Access>>,
    /// How it ended.
    pub ending: Ending,
    /// The alert that ended it travelled encrypted, and was opened.
    pub opened: bool,
    /// Whose doing the ending was: who sent the alert, closed, fell silent or gave up.
    pub ended_by: Option<Side>,
    /// The side in whose name somebody between the two ended it.
    pub forged: Option<Side>,
    /// Whether it failed or survived.
    pub severity: Severity,
    /// What the side that ended it had in hand.
    pub step: Step,
    /// The side that refused: as the best finding has it, else the side that ended it.
    pub refused_by: Option<Side>,
    /// Versions the client offered, as it ordered them; one that lists none has its highest here.
    pub versions: Vec<ProtocolVersion>,
    /// Number of cipher suites the client offered.
    pub cipher_suites: usize,
    /// Protocols the client offered by ALPN, as text of bounded length.
    pub protocols: Vec<String>,
    /// What the server chose, if it got that far.
    pub choice: Option<(ProtocolVersion, CipherSuite)>,
    /// Which stack each side speaks like: client, server.
    pub stacks: [Option<Stack>; 2],
    /// What explains it, best first.
    pub findings: Vec<Finding>,
    /// What is wrong with the certificates that were shown.
    pub flaws: Vec<Flawed>,
    /// How it differs from the success that is most like it, if in one field at most.
    pub difference: Option<Difference>,
    /// How the client made up for it at once.
    pub recovery: Option<Recovery>,
    /// How the outage ended that it is part of, if another certificate ended it.
    pub relief: Option<Relief>,
}

/// Whether the conversation was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// No TLS connection came of it.
    Failed,
    /// It survived, or nobody wanted TLS; it is worth a line and no more.
    Warning,
}

/// How a conversation ended, in the words of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ending {
    /// By a fatal alert that can be read; for one that survived, by the warning it holds.
    Alert(alert::Message),
    /// By a record that its size and place make an alert.
    AlertLikely,
    /// By a TCP reset.
    Reset,
    /// By a TCP close, or because a side left without a word.
    Closed,
    /// By a CONNECTION_CLOSE of QUIC that stands for no alert: its error.
    Close(u64),
    /// By a QUIC server that does not speak the client's version.
    VersionNegotiation,
    /// By the denial of access in EAP or RADIUS, without an alert.
    Denied,
    /// The peer never answered.
    Silent,
    /// The waiting side gave up.
    GaveUp,
    /// By plaintext where TLS was expected.
    Plaintext,
    /// No TLS at all.
    NotTls,
    /// The capture does not show it.
    Truncated,
    /// Only one side was captured.
    OneSided,
    /// It did not end: the handshake was completed.
    Established,
}

/// Bytes of a name or protocol taken from the wire that are kept: a DNS name has at most 253.
const MAX_NAME: usize = 256;
/// Versions and protocols that are kept of one offer.
const MAX_OFFER: usize = 16;
/// Causes of conversations in which nobody lost anything.
const HARMLESS: &[&str] =
    &["health-probe-eof", "scanner-noise", "user-canceled-java", "sni-unknown-warning"];

impl Failure {
    /// Reads a judged session, and gives the session back.
    #[must_use]
    pub fn of(judged: Judged) -> (Self, Box<Session>) {
        let Judged {
            session,
            findings,
            step,
            refuser,
            forged,
            stacks,
            flaws,
            difference,
            recovery,
            relief,
        } = judged;
        let best = findings.first();
        let ending = Ending::of(&session);
        let hello = session.client_hello().map(|seen| seen.what);
        let hello = hello.as_ref();
        let warning = survived(&session);
        let frame = match session.outcome {
            Outcome::Alert(event) | Outcome::AlertLikely(event) => {
                session.events.get(event).map(|event| event.frame)
            }
            Outcome::Reset(side) => session.stream(side).reset.map(|mark| mark.frame),
            Outcome::Closed(side) => {
                let fin = session.stream(side).fin.map(|mark| mark.frame);
                let close = || session.close(side).map(|seen| seen.frame);
                let refusal = || session.version_negotiation().map(|seen| seen.frame);
                fin.or_else(close).or_else(refusal)
            }
            Outcome::Denied => session.from_server.fin.map(|mark| mark.frame),
            _ => warning.map(|seen| seen.frame),
        };
        let failure = Self {
            time: session.started,
            first_frame: session.first_frame,
            frame: frame.unwrap_or(session.last_frame),
            client: session.client,
            server: session.server,
            name: hello.and_then(|hello| hello.server_name()).map(bounded_text),
            carrier: session.carried_by(),
            transport: session.transport,
            access: session.access.clone(),
            ending,
            opened: match session.outcome {
                Outcome::Alert(at) => session.events.get(at).is_some_and(|event| event.opened),
                _ => false,
            },
            ended_by: ended_by(&session, refuser).filter(|_| forged.is_none()),
            forged,
            severity: Severity::of(&session, ending, best),
            step: warning.map_or(step, |seen| session.step(Some(seen.event))),
            refused_by: best.and_then(|finding| finding.refused_by).or(refuser),
            versions: hello.map_or_else(Vec::new, offered_versions),
            cipher_suites: hello.map_or(0, |hello| hello.cipher_suites().count()),
            protocols: hello.map_or_else(Vec::new, |hello| {
                hello.alpn().take(MAX_OFFER).map(bounded_text).collect()
            }),
            choice: session.server_hello().map(|h| (h.what.version(), h.what.cipher_suite)),
            stacks,
            findings,
            flaws,
            difference,
            recovery,
            relief,
        };
        (failure, session)
    }

    /// The protocol that carries the TLS; none for bare TLS, and where the protocol is not known.
    #[must_use]
    pub fn app(&self) -> Option<&'static str> {
        match self.carrier {
            Carrier::Bare | Carrier::Unknown => None,
            carrier => Some(carrier.name()),
        }
    }

    /// The best explanation.
    #[must_use]
    pub fn best(&self) -> Option<&Finding> {
        self.findings.first()
    }

    /// The name of the cause; `unknown` where no rule knows one.
    #[must_use]
    pub fn slug(&self) -> &'static str {
        self.best().map_or(UNKNOWN, |finding| finding.cause.slug)
    }

    /// The server as people write it: the name that was asked for if there is one, and the port.
    #[must_use]
    pub fn target(&self) -> String {
        match (&self.name, self.server.port()) {
            // No station asks for the RADIUS server by name.
            _ if self.access.is_some() => self.server.to_string(),
            (Some(name), Some(port)) => format!("{name}:{port}"),
            (Some(name), None) => name.clone(),
            (None, _) => self.server.to_string(),
        }
    }

    /// The address of a side.
    #[must_use]
    pub fn address(&self, side: Side) -> Endpoint {
        match side {
            Side::Client => self.client,
            Side::Server => self.server,
        }
    }

    /// Which stack a side speaks like.
    #[must_use]
    pub fn stack(&self, side: Side) -> Option<Stack> {
        let [client, server] = self.stacks;
        match side {
            Side::Client => client,
            Side::Server => server,
        }
    }

    /// Whether nothing explains it and the capture itself is the reason: such a conversation is
    /// counted and not shown.
    #[must_use]
    pub(crate) fn is_out_of_sight(&self) -> bool {
        let guess = self.best().is_none_or(|best| best.confidence == Confidence::Possible);
        guess && matches!(self.ending, Ending::Truncated | Ending::OneSided)
    }
}

/// The slug of a failure that no rule explains.
pub(crate) const UNKNOWN: &str = "unknown";

impl Severity {
    fn of(session: &Session, ending: Ending, best: Option<&Finding>) -> Self {
        let harmless = best.is_some_and(|best| HARMLESS.contains(&best.cause.slug));
        // A completed handshake that a warning came with went on; one without was judged because
        // its client left at once, and a good explanation of that makes it a failure.
        let survived = session.outcome == Outcome::Established
            && (matches!(ending, Ending::Alert(_))
                || best.is_none_or(|best| best.confidence == Confidence::Possible));
        // Who never said a word lost nothing that can be seen: a monitor leaves like this too.
        let silent = session.outcome == Outcome::NotTls
            && session.from_client.bytes + session.from_client.lost == 0
            && best.is_none_or(|best| best.confidence == Confidence::Possible);
        if harmless || survived || silent { Self::Warning } else { Self::Failed }
    }

    /// `failed` or `warning`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Warning => "warning",
        }
    }
}

/// The alert that a completed handshake survived.
fn survived(session: &Session) -> Option<Seen<(Side, alert::Message)>> {
    let established = session.outcome == Outcome::Established;
    let told = |seen: &Seen<(Side, alert::Message)>| seen.what.1.alert != Alert::CLOSE_NOTIFY;
    session.alerts().find(told).filter(|_| established)
}

impl Ending {
    fn of(session: &Session) -> Self {
        match session.outcome {
            Outcome::Alert(index) => match session.events.get(index).map(|event| &event.message) {
                Some(Message::Alert(message)) => Self::Alert(*message),
                _ => Self::AlertLikely,
            },
            Outcome::AlertLikely(_) => Self::AlertLikely,
            Outcome::Reset(_) => Self::Reset,
            Outcome::Closed(_) if session.access.is_some() => Self::Denied,
            Outcome::Closed(side) => match session.close(side) {
                Some(close) => Self::Close(close.what.error),
                None if session.version_negotiation().is_some() => Self::VersionNegotiation,
                None => Self::Closed,
            },
            Outcome::Denied => Self::Denied,
            Outcome::Silent(_) => Self::Silent,
            Outcome::GaveUp(_) => Self::GaveUp,
            Outcome::Plaintext(_) => Self::Plaintext,
            Outcome::NotTls => Self::NotTls,
            Outcome::Truncated => Self::Truncated,
            Outcome::OneSided(_) => Self::OneSided,
            Outcome::Established => {
                survived(session).map_or(Self::Established, |seen| Self::Alert(seen.what.1))
            }
        }
    }

    /// The alert, where there was one in the clear.
    #[must_use]
    pub fn alert(self) -> Option<alert::Message> {
        match self {
            Self::Alert(message) => Some(message),
            _ => None,
        }
    }

    /// The word for machines.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Alert(_) => "alert",
            Self::AlertLikely => "alert-likely",
            Self::Reset => "reset",
            Self::Closed | Self::Close(_) | Self::VersionNegotiation => "closed",
            Self::Denied => "denied",
            Self::Silent => "silent",
            Self::GaveUp => "gave-up",
            Self::Plaintext => "plaintext",
            Self::NotTls => "not-tls",
            Self::Truncated => "truncated",
            Self::OneSided => "one-sided",
            Self::Established => "established",
        }
    }

    /// The word for people, as short as a code.
    #[must_use]
    pub fn says(self) -> String {
        match self {
            Self::Alert(message) => message.alert.code().to_string(),
            Self::AlertLikely => "encrypted alert".to_owned(),
            Self::Reset => "RST".to_owned(),
            Self::Closed => "FIN, no alert".to_owned(),
            Self::Close(error) => format!("QUIC error {error:#04x}"),
            Self::VersionNegotiation => "another version".to_owned(),
            Self::Denied => "denied, no alert".to_owned(),
            Self::Silent => "no answer".to_owned(),
            Self::GaveUp => "gave up".to_owned(),
            Self::Plaintext => "plaintext".to_owned(),
            Self::NotTls => "no TLS".to_owned(),
            Self::Truncated => "cut off".to_owned(),
            Self::OneSided => "one side only".to_owned(),
            Self::Established => "left after Finished".to_owned(),
        }
    }
}

fn ended_by(session: &Session, refuser: Option<Side>) -> Option<Side> {
    match session.outcome {
        Outcome::Silent(side)
        | Outcome::GaveUp(side)
        | Outcome::Plaintext(side)
        | Outcome::OneSided(side) => Some(side),
        Outcome::Denied => Some(Side::Server),
        Outcome::Established => survived(session).map(|seen| seen.what.0),
        _ => refuser,
    }
}

/// What the client lists; without a list, the one version that the old field names.
fn offered_versions(hello: &ClientHello<'_>) -> Vec<ProtocolVersion> {
    let mut offered: Vec<_> = hello.offered_versions().take(MAX_OFFER).collect();
    if offered.is_empty() {
        offered.push(hello.legacy_version);
    }
    offered
}

/// Bytes of the wire as text, shortened to what is worth keeping.
fn bounded_text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes.get(..MAX_NAME).unwrap_or(bytes)).into_owned()
}
