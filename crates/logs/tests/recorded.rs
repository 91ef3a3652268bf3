//! What really run programs wrote, `corpus/lines/`: each provoked failure is read as what it was,
//! and nothing else in these logs is read as a failure.
//!
//! `cargo test -p tlswhy-logs --test recorded -- --nocapture` prints a table: for each program how
//! many failures were recorded, how many of them are read, and of how many the alert is known.
#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a test reads the corpus from its files, and fails where one is not whole"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use alert::Side;
use serde_json::Value;
use tlswhy_logs::{Sighting, Sure, Voice};

/// Programs of which not every log is read as what happened yet, and how many problems are left.
/// Most are closed connections and timeouts in words that do not speak of TLS. The numbers only
/// fall.
const OPEN: &[(&str, usize)] = &[
    ("aiohttp-client", 2),
    ("apache-httpclient", 1),
    ("apt", 3),
    ("aria2", 2),
    ("axios", 2),
    ("bouncycastle", 13),
    ("curl", 2),
    ("curl-cffi", 4),
    ("curl-gnutls", 6),
    ("curl-mbedtls", 2),
    ("curl-nss", 7),
    ("curl-wolfssl", 8),
    ("erlang-client", 14),
    ("fetchmail", 1),
    ("ffmpeg", 1),
    ("git", 4),
    ("gnutls", 6),
    ("go", 5),
    ("go-1.21", 5),
    ("go-1.27", 5),
    ("grpc", 2),
    ("httpx", 2),
    ("java", 2),
    ("java-11", 2),
    ("java-25", 2),
    ("ldapsearch", 1),
    ("lynx", 11),
    ("mbedtls", 2),
    ("mercurial", 3),
    ("netty", 2),
    ("node-10", 4),
    ("node-12", 2),
    ("node-16", 2),
    ("node-18", 1),
    ("node-24", 1),
    ("node-client", 5),
    ("nss", 23),
    ("openssl", 1),
    ("perl", 5),
    ("php-client", 3),
    ("python", 10),
    ("redis-cli", 1),
    ("requests", 3),
    ("ruby", 1),
    ("rust", 9),
    ("skopeo", 3),
    ("subversion", 3),
    ("swaks", 2),
    ("undici", 2),
    ("urllib3", 3),
    ("w3m", 1),
    ("wget", 4),
];

/// Logs that are not read as what happened, and why. The list is meant to get shorter.
const DIFFERENT: &[(&str, &str)] = &[
    ("apache/upstream-server-knows-no-version.log", BOTH),
    ("haproxy/backend-server-knows-no-version.log", BOTH),
    ("stunnel/client-server-knows-no-version.log", BOTH),
    (
        "envoy/no-shared-cipher.log",
        "BoringSSL says that the curve is wrong, which is another alert",
    ),
    ("lighttpd/gnutls-bad-key-share.log", "it writes what it writes of whoever has left"),
    ("netty-server/bad-key-share.log", "Java says that it could not generate a secret, no more"),
    ("traefik/bad-length.log", "it reads the hello itself, and sends no alert of what it says"),
    ("traefik/unknown-name.log", "it says that it has no certificate at all"),
];

const BOTH: &str = "a signature algorithm is refused with 40 or 80, and the words are the same";

/// What is known of one failure.
struct Truth {
    role: Side,
    cause: Option<String>,
    refused_by: Option<Side>,
    alert: Option<u64>,
    peer: String,
    first: u64,
    last: u64,
}

impl Truth {
    fn of(value: &Value) -> Self {
        let text = |key: &str| value[key].as_str().map(str::to_owned);
        let side = |key| match text(key).as_deref() {
            Some("client") => Some(Side::Client),
            Some("server") => Some(Side::Server),
            _ => None,
        };
        let line = |at: usize| value["lines"][at].as_u64().unwrap();
        Self {
            role: side("role").unwrap(),
            cause: text("cause"),
            refused_by: side("refused_by"),
            alert: value["alert"].as_u64(),
            peer: text("peer").unwrap_or_default(),
            first: line(0),
            last: line(1),
        }
    }

    /// Whether the program itself took the other end's alert for garbage and says so: a client of
    /// OpenSSL sends the alert of TLS 1.3 in the clear, where some servers already wait for
    /// ciphertext (they answer with 20 bad_record_mac). The line is read as what it says.
    fn is_taken_for_garbage(&self, seen: &Sighting) -> bool {
        self.role == Side::Server
            && self.refused_by == Some(Side::Client)
            && matches!(seen.voice, Voice::Said | Voice::Refused)
            && seen.any_alert().is_some_and(|alert| alert.code() == 20)
    }

    /// What a sighting tells that was not so.
    fn contradictions(&self, seen: &Sighting) -> Vec<String> {
        let mut all = Vec::new();
        let mut wrong = |what: &str, told: String, was: String| {
            all.push(format!("{what} {told}, was {was}"));
        };
        let fits = match self.refused_by {
            Some(side) if side == self.role => matches!(seen.voice, Voice::Said | Voice::Refused),
            Some(_) => matches!(seen.voice, Voice::Heard | Voice::Unclear),
            // A warning is no refusal, but is heard.
            None => {
                seen.voice == Voice::Lost || (self.alert.is_some() && seen.voice == Voice::Heard)
            }
        };
        if self.is_taken_for_garbage(seen) {
            return all;
        }
        // A line that tells no more than that something failed is not wrong.
        let vague = seen.any_alert().is_none() && seen.voice == Voice::Lost;
        if !fits && !vague {
            wrong("voice", seen.voice.name().into(), format!("{:?}", self.refused_by));
        }
        // Some end the connection before the alert that goes with such a refusal is out.
        let alert = if self.alert.is_some() { seen.any_alert() } else { seen.alert };
        let alert = alert.map(|alert| u64::from(alert.code()));
        if alert.is_some() && alert != self.alert {
            wrong("alert", format!("{alert:?}"), format!("{:?}", self.alert));
        }
        if seen.role.is_some_and(|role| role != self.role) {
            wrong("role", format!("{:?}", seen.role), format!("{:?}", self.role));
        }
        if let Some(peer) = seen.peer.as_ref().filter(|peer| peer.address.is_some()) {
            let (address, port) = self.peer.rsplit_once(':').unwrap();
            let same = peer.address.is_none_or(|found| found.to_string() == address)
                && peer.port.is_none_or(|found| found.to_string() == port);
            if !same {
                wrong("peer", peer.to_string(), self.peer.clone());
            }
        }
        let certain: Vec<&str> = seen
            .suspects
            .iter()
            .filter(|suspect| suspect.sure == Sure::Certain)
            .map(|suspect| suspect.cause)
            .collect();
        if let Some(cause) = &self.cause
            && !certain.is_empty()
            && !certain.contains(&cause.as_str())
        {
            wrong("cause", format!("{certain:?}"), cause.clone());
        }
        all
    }
}

/// How many failures of a program were recorded, read, and read with their alert and their peer.
#[derive(Default)]
struct Figures {
    recorded: usize,
    read: usize,
    alerts: usize,
    peers: usize,
    causes: usize,
}

fn programs() -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = fs::read_dir("../../corpus/lines")
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    all.sort();
    all
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

/// The problems of one log, told in a word each.
fn problems(truth: &Truth, seen: &[Sighting], figures: &mut Figures) -> Vec<String> {
    figures.recorded += 1;
    let (inside, outside): (Vec<&Sighting>, Vec<&Sighting>) =
        seen.iter().partition(|seen| (truth.first..=truth.last).contains(&seen.line));
    let mut problems: Vec<String> = outside
        .iter()
        .map(|seen| format!("line {} is read as a failure: {}", seen.line, seen.words))
        .collect();
    let Some(best) = inside.first() else {
        problems.push("not read".into());
        return problems;
    };
    figures.read += 1;
    figures.alerts += usize::from(best.any_alert().is_some());
    figures.peers += usize::from(best.peer.is_some());
    let named = |cause: &String| best.suspects.iter().any(|suspect| suspect.cause == cause);
    figures.causes += usize::from(truth.cause.as_ref().is_some_and(named));
    for seen in inside {
        problems.extend(
            truth
                .contradictions(seen)
                .into_iter()
                .map(|what| format!("line {}: {what} ({})", seen.line, seen.words)),
        );
    }
    problems
}

/// Each failure of each program is read, and contradicts nothing that is known of it, but for those
/// that are counted; ordinary sessions give no sighting.
#[test]
fn what_programs_wrote_is_read() {
    let mut figures: BTreeMap<String, Figures> = BTreeMap::new();
    let mut wrong = Vec::new();
    for program in programs() {
        let truth = fs::read_to_string(program.join("truth.json")).unwrap();
        let truth: Value = serde_json::from_str(&truth).unwrap();
        let open = OPEN.iter().find(|(open, _)| *open == name(&program)).map(|(_, left)| *left);
        let mut left = 0;
        let of_program = figures.entry(name(&program)).or_default();
        let mut report = |file: &str, problems: Vec<String>| {
            let log = format!("{}/{file}", name(&program));
            for problem in problems {
                println!("{log}: {problem}");
                if DIFFERENT.iter().all(|(different, _)| *different != log) {
                    left += 1;
                    if open.is_none() {
                        wrong.push(format!("{log}: {problem}"));
                    }
                }
            }
        };
        for (file, truth) in truth["failures"].as_object().unwrap() {
            let text = fs::read(program.join(file)).unwrap();
            report(file, problems(&Truth::of(truth), &Sighting::all(&text), of_program));
        }
        for file in truth["quiet"].as_array().unwrap() {
            let file = file.as_str().unwrap();
            let text = fs::read(program.join(file)).unwrap();
            let seen = Sighting::all(&text);
            report(file, seen.iter().map(|seen| format!("a quiet log: {}", seen.words)).collect());
            assert!(seen.is_empty(), "a quiet log of {}: {seen:?}", name(&program));
        }
        if open.is_some_and(|open| left != open) {
            wrong.push(format!("{}: {left} problems are left, not {open:?}", name(&program)));
        }
    }
    println!("{:20} recorded  read  alert  peer  cause", "program");
    for (program, Figures { recorded, read, alerts, peers, causes }) in &figures {
        println!("{program:20} {recorded:8} {read:5} {alerts:6} {peers:5} {causes:6}");
    }
    assert!(wrong.is_empty(), "{} problems:\n{}", wrong.len(), wrong.join("\n"));
}
