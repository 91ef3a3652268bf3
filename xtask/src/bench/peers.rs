//! The programs that ours is measured against, if they are installed. The bench installs nothing.

use std::process::{Command, Stdio};

/// A program, how it says its version, and where it comes from.
struct Peer {
    program: &'static str,
    version: &'static str,
    from: &'static str,
}

/// All that the bench knows how to ask.
const PEERS: &[Peer] = &[
    Peer { program: "tshark", version: "--version", from: "Debian: tshark" },
    Peer { program: "tcpdump", version: "--version", from: "Debian: tcpdump" },
    Peer { program: "ssldump", version: "-v", from: "Debian: ssldump" },
    Peer { program: "suricata", version: "-V", from: "Debian: suricata" },
    Peer { program: "rg", version: "--version", from: "Debian: ripgrep" },
    Peer { program: "grep", version: "--version", from: "Debian: grep" },
    Peer { program: "evtx_dump", version: "--version", from: "cargo install evtx" },
    Peer { program: "valgrind", version: "--version", from: "Debian: valgrind" },
];

/// Those that are there, with what they say of their version.
pub(super) struct Peers {
    found: Vec<(&'static Peer, Option<String>)>,
}

impl Peers {
    /// Ask each for its version.
    pub(super) fn look() -> Self {
        Self { found: PEERS.iter().map(|peer| (peer, peer.version())).collect() }
    }

    /// Whether the first word of a command is a program that is there.
    pub(super) fn have(&self, command: &[&str]) -> bool {
        let named = |peer: &Peer| command.first() == Some(&peer.program);
        self.found.iter().any(|(peer, version)| named(peer) && version.is_some())
    }
}

impl std::fmt::Display for Peers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (peer, version) in &self.found {
            match version {
                Some(version) => writeln!(f, "- {}: {version}", peer.program)?,
                None => writeln!(f, "- {}: not installed ({})", peer.program, peer.from)?,
            }
        }
        Ok(())
    }
}

impl Peer {
    /// The first line that it prints, wherever it does. `None` if it cannot be started.
    fn version(&self) -> Option<String> {
        let mut command = Command::new(self.program);
        let output = command.arg(self.version).stdin(Stdio::null()).output().ok()?;
        let printed = [output.stdout, output.stderr].concat();
        let printed = String::from_utf8_lossy(&printed);
        let line = printed.lines().find(|line| !line.trim().is_empty())?;
        Some(line.trim().trim_end_matches('.').to_owned())
    }
}

/// A command with the file that `F` stands for, and other words for which others stand.
pub(super) fn filled(command: &[&str], words: &[(&str, &str)]) -> Vec<String> {
    let word = |word: &&str| {
        let filled = words.iter().find(|(name, _)| name == word);
        filled.map_or(*word, |(_, value)| value).to_owned()
    };
    command.iter().map(word).collect()
}

/// A command as a person would type it.
pub(super) fn shown(command: &[&str]) -> String {
    let quoted = |word: &&str| match word.contains(['(', ' ', '[']) {
        true => format!("'{word}'"),
        false => (*word).to_owned(),
    };
    command.iter().map(quoted).collect::<Vec<_>>().join(" ")
}

/// One row for each frame that holds a cleartext alert.
pub(super) const TSHARK: &[&str] = &[
    "tshark",
    "-n",
    "-r",
    "F",
    "-Y",
    "tls.alert_message.desc",
    "-T",
    "fields",
    "-e",
    "frame.number",
    "-e",
    "tls.alert_message.level",
    "-e",
    "tls.alert_message.desc",
];

/// The same for QUIC: one row for each frame that closes a connection and can be read, with the code
/// of the alert that the error stands for.
pub(super) const TSHARK_QUIC: &[&str] = &[
    "tshark",
    "-n",
    "-r",
    "F",
    "-Y",
    "quic.cc.error_code",
    "-T",
    "fields",
    "-e",
    "frame.number",
    "-e",
    "quic.cc.error_code.tls_alert",
];

/// Every packet is read and written: what libpcap alone costs.
pub(super) const TCPDUMP: &[&str] = &["tcpdump", "-r", "F", "-w", "/dev/null"];

/// Only packets whose payload begins with a record that can be an alert in the clear. The filter
/// sees TCP over IPv4, no alert behind another record and none in two segments.
pub(super) const TCPDUMP_FILTER: &[&str] = &["tcpdump", "-r", "F", "-w", "/dev/null", ALERT_FILTER];

/// How many these are.
pub(super) const TCPDUMP_COUNT: &[&str] = &["tcpdump", "-r", "F", "--count", ALERT_FILTER];

const ALERT_FILTER: &str = "tcp[(tcp[12]&0xf0)>>2]=21 and tcp[((tcp[12]&0xf0)>>2)+3:2]=2";

/// Everything that it can say about TLS.
pub(super) const SSLDUMP: &[&str] = &["ssldump", "-n", "-r", "F"];

/// One line in `fast.log` of the folder `D` for each alert that is fatal, by the rule in `R`.
pub(super) const SURICATA: &[&str] =
    &["suricata", "-r", "F", "-l", "D", "-S", "R", "-k", "none", "--runmode", "single"];

/// The rule for Suricata: it names alerts, and has no word for their code.
pub(super) const SURICATA_RULE: &str = "alert tls any any -> any any (msg:\"fatal alert\"; \
     frame:tls.alert; content:\"|02|\"; startswith; bsize:2; sid:1; rev:1;)\n";

/// Lines with one of fourteen words.
pub(super) const RG: &[&str] = &["rg", "-c", "-F", "-f", "words", "F"];
/// The same.
pub(super) const GREP: &[&str] = &["grep", "-c", "-F", "-f", "words", "F"];

/// Every record as a line of JSON.
pub(super) const EVTX_DUMP: &[&str] = &["evtx_dump", "-t", "1", "-o", "jsonl", "F"];

#[cfg(test)]
mod tests {
    use super::*;

    /// What stands for a file is replaced as a whole word, and what is shown can be typed.
    #[test]
    fn commands_are_filled_and_shown() {
        let words = filled(RG, &[("F", "/a/F.log"), ("words", "/a/w")]);
        assert_eq!(words, ["rg", "-c", "-F", "-f", "/a/w", "/a/F.log"]);
        assert_eq!(shown(&["tcpdump", "-r", "F", "tcp[1]=2"]), "tcpdump -r F 'tcp[1]=2'");
    }

    /// A program that is not there is not had.
    #[test]
    fn a_peer_that_is_missing_is_told() {
        let peer: &'static Peer =
            &Peer { program: "no-such-program-here", version: "-V", from: "nowhere" };
        let peers = Peers { found: vec![(peer, peer.version())] };
        assert!(!peers.have(&["no-such-program-here"]));
        assert_eq!(peers.to_string(), "- no-such-program-here: not installed (nowhere)\n");
    }
}
