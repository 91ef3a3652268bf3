//! What is judged: a piece of evidence, and the truth about it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

/// One question to the program.
pub(super) struct Case {
    /// `cause/case`, with the number of the connection where there are several, and the side whose
    /// words they are.
    pub(super) name: String,
    /// What kind of evidence it is.
    pub(super) evidence: Evidence,
    /// The files that the program is given.
    pub(super) files: Vec<Given>,
    /// A key log.
    pub(super) keys: Option<PathBuf>,
    /// What was wrong: a slug, or `established` or `not-tls` where nothing was.
    pub(super) cause: String,
    /// Causes that look the same.
    pub(super) also: Vec<String>,
    /// The client's port, by which a connection of a capture is found.
    pub(super) port: Option<u64>,
    /// Whether it is the only connection of its capture.
    pub(super) alone: bool,
}

/// A file, or a folder of them, or a text that becomes one.
pub(super) enum Given {
    File(PathBuf),
    Text(String),
}

/// The kinds of evidence, in the order of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Evidence {
    /// A capture that shows what was wrong.
    Capture,
    /// A capture of TLS 1.3 or QUIC without keys, where what was wrong lies in a certificate: it is
    /// encrypted, and nobody can be right but by a guess.
    Sealed,
    Keys,
    Line,
    Log,
    Both,
}

impl Evidence {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Capture => "capture alone",
            Self::Sealed => "capture, certificate sealed",
            Self::Keys => "capture and key log",
            Self::Line => "one line alone",
            Self::Log => "a program's log alone",
            Self::Both => "capture and both sides' lines",
        }
    }

    pub(super) const ALL: [Self; 6] =
        [Self::Capture, Self::Sealed, Self::Keys, Self::Line, Self::Log, Self::Both];
}

/// Causes that lie in what a certificate holds, or in whether one was sent.
const OF_CERTIFICATES: &[&str] = &[
    "cert-bad-signature",
    "clock-skew",
    "crl-expired",
    "crl-missing",
    "expired-chain-member",
    "expired-leaf",
    "hostname-mismatch",
    "hsm-bad-signature",
    "issuer-not-a-ca",
    "key-cert-mismatch",
    "key-usage-mismatch",
    "missing-client-intermediate",
    "missing-intermediate",
    "name-constraint-violated",
    "not-yet-valid",
    "ocsp-must-staple-missing",
    "path-length-exceeded",
    "pinning",
    "platform-cert-policy",
    "revocation-unreachable",
    "revoked",
    "rsa-1024-rejected",
    "san-missing",
    "self-signed-server",
    "server-does-not-trust-client-ca",
    "sha1-signature-rejected",
    "tls-interception-untrusted",
    "untrusted-root",
    "wrong-eku-server",
    "x509-strict",
    "client-cert-expired",
    "client-cert-missing",
    "client-cert-policy-denied",
    "client-cert-wrong-eku",
];

/// What is no failure: a truth that says so wants no finding.
pub(super) const FINE: &[&str] =
    &["established", "not-tls", "eof-without-close-notify", "user-canceled-java"];

/// Every case of the corpus.
pub(super) fn all(corpus: &Path) -> Result<Vec<Case>> {
    let mut all = Vec::new();
    for group in folders(corpus)? {
        for folder in folders(&group)? {
            let name = folder.strip_prefix(corpus)?.display().to_string();
            let Ok(text) = fs::read_to_string(folder.join("truth.json")) else { continue };
            let truth: Value = serde_json::from_str(&text).with_context(|| name.clone())?;
            let forms =
                ["input.pcap", "input.pcapng", "input.pcap.gz", "input.pcap.zst", "input.files"];
            let input = forms.iter().map(|form| folder.join(form)).find(|path| path.exists());
            let Some(input) = input else {
                logged(&name, &folder, &truth, &mut all);
                continue;
            };
            let about = fs::read_to_string(folder.join("about.md")).unwrap_or_default();
            recorded(&name, &input, &truth, &spoken(&about), &mut all);
        }
    }
    Ok(all)
}

/// What each side wrote of a connection, by the client's port.
type Spoken = BTreeMap<u64, Vec<(&'static str, String)>>;

/// The questions about a capture.
fn recorded(name: &str, input: &Path, truth: &Value, spoken: &Spoken, into: &mut Vec<Case>) {
    let keys = Some(input.with_file_name("keys.log")).filter(|path| path.exists());
    let single = std::slice::from_ref(truth);
    let truths = truth.as_array().map_or(single, Vec::as_slice);
    for (index, one) in truths.iter().enumerate() {
        let Some(cause) = one["cause"].as_str() else { continue };
        let alone = truths.len() == 1;
        let named = if alone { name.to_owned() } else { format!("{name}[{index}]") };
        let port = one["client_port"].as_u64();
        let also = one["also"].as_array().into_iter().flatten();
        let also: Vec<String> = also.filter_map(|slug| Some(slug.as_str()?.to_owned())).collect();
        let case = |evidence, name: String, files, keys| Case {
            name,
            evidence,
            files,
            keys,
            cause: cause.to_owned(),
            also: also.clone(),
            port,
            alone,
        };
        let capture = || Given::File(input.to_owned());
        let sealed = one["tls"].as_str().is_some_and(|version| version.ends_with("1.3"));
        let kind = match sealed && OF_CERTIFICATES.contains(&cause) {
            true => Evidence::Sealed,
            false => Evidence::Capture,
        };
        into.push(case(kind, named.clone(), vec![capture()], None));
        if keys.is_some() {
            into.push(case(Evidence::Keys, named.clone(), vec![capture()], keys.clone()));
        }
        let said = port.and_then(|port| spoken.get(&port)).map_or(&[][..], Vec::as_slice);
        // Who is well writes nothing of a failure.
        if FINE.contains(&cause) || said.is_empty() {
            continue;
        }
        for (side, words) in said {
            let name = format!("{named}, {side}");
            let mut line = case(Evidence::Line, name, vec![Given::Text(words.clone())], None);
            (line.port, line.alone) = (None, true);
            into.push(line);
        }
        let words = said.iter().map(|(_, words)| Given::Text(words.clone()));
        let files = std::iter::once(capture()).chain(words).collect();
        into.push(case(Evidence::Both, named, files, None));
    }
}

/// The questions about what a program wrote to its log.
fn logged(name: &str, folder: &Path, truth: &Value, into: &mut Vec<Case>) {
    for (file, one) in truth["failures"].as_object().into_iter().flatten() {
        let Some(cause) = one["cause"].as_str() else { continue };
        into.push(Case {
            name: format!("{name}/{file}"),
            evidence: Evidence::Log,
            files: vec![Given::File(folder.join(file))],
            keys: None,
            cause: cause.to_owned(),
            also: Vec::new(),
            port: None,
            alone: true,
        });
    }
}

/// Reads what each side wrote out of an `about.md`, which quotes it.
fn spoken(about: &str) -> Spoken {
    let mut all = Spoken::new();
    let mut port = None;
    for line in about.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            let address = heading.split(": ").next().unwrap_or_default();
            port = address.rsplit_once(':').and_then(|(_, port)| port.parse().ok());
        }
        let sides = [("The client said: `", "client"), ("The server said: `", "server")];
        for (words, side) in sides {
            if let (Some(rest), Some(port)) = (line.strip_prefix(words), port) {
                let text = rest.strip_suffix('`').unwrap_or(rest);
                all.entry(port).or_default().push((side, text.to_owned() + "\n"));
            }
        }
    }
    all
}

/// The folders in a folder, in order.
fn folders(path: &Path) -> Result<Vec<PathBuf>> {
    let mut all = Vec::new();
    for entry in fs::read_dir(path).with_context(|| path.display().to_string())? {
        let path = entry?.path();
        if path.is_dir() {
            all.push(path);
        }
    }
    all.sort();
    Ok(all)
}

#[cfg(test)]
impl Case {
    /// A case of which nothing else is known.
    pub(super) fn about(evidence: Evidence, cause: &str) -> Self {
        Self {
            name: String::new(),
            evidence,
            files: Vec::new(),
            keys: None,
            cause: cause.to_owned(),
            also: Vec::new(),
            port: None,
            alone: true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The words of both sides are found under the connection that they belong to.
    #[test]
    fn words_belong_to_a_connection() {
        let about = "# x\n\n## 127.0.0.1:50000: weak-dh\n\nThe client said: `a: b`\n\n\
                     ## [::1]:50001: weak-dh\n\nThe server said: `c`\n";
        let all = spoken(about);
        assert_eq!(all[&50000], [("client", "a: b\n".to_owned())]);
        assert_eq!(all[&50001], [("server", "c\n".to_owned())]);
    }
}
