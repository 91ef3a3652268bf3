//! What a line tells of a failure.

use std::borrow::Cow;

use alert::{Alert, Side};

use crate::{More, Peer, Reader, Stack, Stamp};

/// A failure of TLS, as a log tells it: by one line, or by several that belong together.
#[derive(Clone, Debug)]
pub struct Sighting {
    /// The line that says most, from 1.
    pub line: u64,
    /// Where that line begins, in bytes of the text.
    pub offset: u64,
    /// How many lines tell of it.
    pub lines: u32,
    /// The words by which it was recognised. Bytes of the log: escape them before they are shown.
    pub words: String,
    /// Whose words these are, where a TLS library is known by them.
    pub library: Option<&'static Stack>,
    /// The program that wrote the line, where one is known by it.
    pub program: Option<&'static Stack>,
    /// The versions that write these words, in words; empty where all do.
    pub version: &'static str,
    /// The alert that the text names.
    pub alert: Option<Alert>,
    /// The alert that goes out with such a refusal, where the text names none.
    pub sent: Option<Alert>,
    /// Who speaks.
    pub voice: Voice,
    /// The role of the program that wrote it, where the text tells.
    pub role: Option<Side>,
    /// The other end.
    pub peer: Option<Peer>,
    /// The server name that was asked for.
    pub name: Option<String>,
    /// The machine that wrote it, where the log names it.
    pub host: Option<String>,
    /// When.
    pub time: Option<Stamp>,
    /// The causes that the words point at, the surest first.
    pub suspects: Cow<'static, [Suspect]>,
    /// What a record of an event log tells beside words.
    pub event: Option<Box<Event>>,
}

/// What records of a Windows event log tell of a failure, beside what a line could say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Event {
    /// The event that says most: 36887.
    pub id: u32,
    /// Its provider, as the record names it: `Schannel`.
    pub provider: String,
    /// All events that tell of this failure, the one that says most first.
    pub ids: Vec<u32>,
    /// The numbers of their records in the log, in the same order, as far as the form has them.
    pub records: Vec<u64>,
    /// SChannel's error state (`ErrorState`).
    pub state: Option<u32>,
    /// The error that the event gives, as an HRESULT or a status: `0x8009030d`.
    pub error: Option<u32>,
    /// The protocol that the event names, in its own words: `TLS 1.2`.
    pub protocol: Option<String>,
    /// The process that speaks TLS, where the event names one. It is not the writer, which is LSASS.
    pub process: Option<Process>,
    /// The certificate that it is about.
    pub certificate: Option<Certificate>,
    /// What else it tells, each a label of two or three words and a text.
    pub facts: Vec<(&'static str, String)>,
}

/// A process of the machine that wrote the log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Process {
    /// Its number, where it is told.
    pub id: Option<u32>,
    /// Its program, as a path or a name, where it is told.
    pub image: Option<String>,
}

/// A certificate, as far as it takes to find it in a store. Texts are bytes of the input.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Certificate {
    /// The subject: `CN=mail.example`.
    pub subject: String,
    /// The issuer; empty where it is not known.
    pub issuer: String,
    /// The serial number in hexadecimal digits; empty where it is not known.
    pub serial: String,
    /// The names that it is valid for, as far as they are known.
    pub names: Vec<String>,
    /// From when and until when it is valid, in seconds since 1970.
    pub validity: Option<(i64, i64)>,
}

/// Who speaks in the line, seen from the program that wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Voice {
    /// The other side sent the alert; this program received it.
    Heard,
    /// This program sent the alert.
    Said,
    /// There is an alert, and the text does not tell who sent it.
    Unclear,
    /// This program refused what the other side showed; the text names no alert.
    Refused,
    /// The connection failed and nobody refused in words: an end of file, a reset, a timeout, bytes
    /// that are not TLS.
    Lost,
}

/// A cause that a line points at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Suspect {
    /// The cause's name among the rules of `diagnosis`.
    pub cause: &'static str,
    /// How sure the line makes it.
    pub sure: Sure,
}

/// Faults of a certificate that have a name for each side that may have shown it: the server's, and
/// the client's.
pub static FAULTS: &[(&str, &str)] = &[
    ("untrusted-root", "server-does-not-trust-client-ca"),
    ("self-signed-server", "server-does-not-trust-client-ca"),
    ("tls-interception-untrusted", "server-does-not-trust-client-ca"),
    ("missing-intermediate", "missing-client-intermediate"),
    ("expired-leaf", "client-cert-expired"),
    ("not-yet-valid", "client-cert-expired"),
    ("wrong-eku-server", "client-cert-wrong-eku"),
];

/// Faults that only what a server shows can have.
const OF_SERVERS: &[&str] = &[
    "hostname-mismatch",
    "san-missing",
    "key-usage-mismatch",
    "server-has-no-usable-certificate",
    "ocsp-must-staple-missing",
];

impl Suspect {
    /// The same fault where it was a client that showed the certificate; `None` where only a
    /// server's can have it.
    #[must_use]
    pub fn of_client(self) -> Option<Self> {
        let fault = FAULTS.iter().find(|(server, _)| *server == self.cause);
        let cause = fault.map_or(self.cause, |(_, client)| client);
        (!OF_SERVERS.contains(&cause)).then_some(Self { cause, ..self })
    }
}

/// How sure a line makes a cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sure {
    /// The text says it.
    Certain,
    /// One explanation dominates.
    Likely,
    /// One of several.
    Possible,
}

/// The cause of a line in which a server says that it could not decrypt a record, where clients of
/// OpenSSL in TLS 1.3 send their refusals in the clear.
const HIDDEN_REFUSAL: &str = "hidden-server-certificate";

impl Sighting {
    /// Every failure in a text that lies in memory as a whole.
    #[must_use]
    pub fn all(text: &[u8]) -> Vec<Self> {
        let mut reader = Reader::new();
        reader.window(text, More::Over);
        std::iter::from_fn(|| reader.sighting(More::Over)).collect()
    }

    /// A reason by itself, as people copy it out of a line: `certificate has expired`. The first
    /// stack that has these words, and nothing of who said them.
    #[must_use]
    pub fn of_reason(words: &str) -> Option<Self> {
        let words = words.trim_matches(|c: char| c.is_whitespace() || "\"'.".contains(c));
        let of_stack = |stack: &'static Stack| {
            let mut known = stack.words();
            let word = known.find(|word| word.is_spelled(words) && !word.meaning.innocent);
            word.map(|word| word.meaning)
        };
        // A program's list is about its own lines; a library's is about the reason.
        let all = || Stack::all().iter();
        let ordered = all().filter(|stack| !stack.program).chain(all());
        let meaning = ordered.into_iter().find_map(of_stack)?;
        Some(Self {
            line: 1,
            offset: 0,
            lines: 1,
            words: words.to_owned(),
            // Several stacks have the same reasons.
            library: None,
            program: None,
            version: "",
            alert: meaning.alert.map(Alert),
            sent: meaning.sent.map(Alert),
            // Reasons are a side's own, but for those that say what it heard.
            voice: meaning.voice.unwrap_or(Voice::Refused),
            role: None,
            peer: None,
            name: None,
            host: None,
            time: None,
            suspects: meaning.suspects.into(),
            event: None,
        })
    }

    /// The side that refused, where the line tells it: who sent the alert, or who refused what it
    /// was shown.
    #[must_use]
    pub fn refused_by(&self) -> Option<Side> {
        // What could not be decrypted was a refusal in the clear: the other side spoke first.
        let is_hidden = self.role != Some(Side::Client)
            && self.suspects.iter().any(|suspect| suspect.cause == HIDDEN_REFUSAL);
        match self.voice {
            Voice::Heard => self.role.map(Side::other),
            Voice::Said | Voice::Refused if is_hidden => self.role.map(Side::other),
            Voice::Said | Voice::Refused => self.role,
            Voice::Unclear | Voice::Lost => None,
        }
    }

    /// The alert that travelled, as far as the line tells: named, or sent with such a refusal.
    #[must_use]
    pub fn any_alert(&self) -> Option<Alert> {
        self.alert.or(self.sent)
    }
}

impl Voice {
    /// The word for it: `heard`, `said`, `unclear`, `refused`, `lost`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Heard => "heard",
            Self::Said => "said",
            Self::Unclear => "unclear",
            Self::Refused => "refused",
            Self::Lost => "lost",
        }
    }
}
