//! What holds for every file: its size, its name, and what must never be committed.

use super::Tree;

/// Sizes, names, secrets and traces of one machine.
pub(super) fn check(tree: &Tree) -> Vec<String> {
    let mut problems = Vec::new();
    for (path, bytes) in tree.files() {
        if bytes.len() > MOST_BYTES {
            problems.push(format!(
                "{path}: {} bytes, more than 1 MiB: a clone carries it for ever",
                bytes.len()
            ));
        }
        if let Some(name) = path.split('/').find_map(refused_name) {
            problems.push(format!("{path}: the name {name} says nothing: name what it holds"));
        }
        if holds_private_key(bytes) {
            problems
                .push(format!("{path}: holds a private key: the lab makes its keys when it runs"));
        }
    }
    for (path, text) in tree.texts() {
        let lines = text.lines().count();
        let source = SOURCE.iter().any(|ending| path.ends_with(ending));
        let table = text.lines().take(HEADER_LINES).any(|line| line.trim() == TABLE);
        if source && !table && lines > MOST_LINES {
            problems.push(format!(
                "{path}: {lines} lines, more than {MOST_LINES}: split it where a reader would pause"
            ));
        }
        for (number, line) in text.lines().enumerate() {
            if MARKERS.iter().any(|marker| line.starts_with(marker)) {
                problems.push(format!("{path}:{}: a merge that was not finished", number + 1));
            }
            if let Some(trace) = TRACES.iter().find(|trace| line.contains(**trace)) {
                problems.push(format!("{path}:{}: {trace} is one machine's own", number + 1));
            }
        }
    }
    problems
}

/// The refused name that a part of a path carries, with or without an ending.
fn refused_name(part: &str) -> Option<&'static str> {
    let stem = part.split('.').next().unwrap_or_default();
    let last = stem.rsplit('-').next().unwrap_or_default();
    REFUSED.iter().find(|refused| **refused == stem || **refused == last).copied()
}

/// The armour line of any private key: PKCS#8, PKCS#1, SEC 1, OpenSSH, encrypted or not.
fn holds_private_key(bytes: &[u8]) -> bool {
    let (begin, key) = (b"-----BEGIN ", b"PRIVATE KEY-----");
    bytes.windows(begin.len()).enumerate().any(|(at, window)| {
        window == begin
            && bytes[at..]
                .split(|byte| *byte == b'\n')
                .next()
                .is_some_and(|line| line.trim_ascii_end().ends_with(key))
    })
}

const MOST_BYTES: usize = 1 << 20;
const MOST_LINES: usize = 800;

/// A file that says this near its top is a table, and a table is as long as what it lists.
const TABLE: &str = "// tidy: table";
const HEADER_LINES: usize = 40;

/// Endings of files that a person reads as source.
const SOURCE: &[&str] = &[".rs", ".py", ".sh", ".go", ".java", ".js", ".c"];

/// Names that say nothing about what is inside.
pub(super) const REFUSED: &[&str] =
    &["utils", "util", "common", "core", "helpers", "helper", "misc", "types", "manager"];

/// Folders that exist on one machine only, and settings that lead to one registry's host.
/// Written in halves so that this file does not hold them.
const TRACES: &[&str] = &[
    concat!("/wo", "rk/"),
    concat!("/ro", "ot/"),
    concat!("/ho", "me/"),
    concat!("/Us", "ers/"),
    concat!("index", "-url"),
    concat!("replace", "-with"),
];

/// What git leaves in a file where it cannot merge; written in halves for the same reason.
const MARKERS: &[&str] = &[concat!("<<<<", "<<< "), concat!(">>>>", ">>> ")];

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(path: &str, text: &str) -> String {
        check(&Tree::of(&[(path, text)])).join("\n")
    }

    /// 800 lines pass, 801 do not, and a table may be longer.
    #[test]
    fn long_files_are_refused() {
        let lines = "fn f() {}\n".repeat(801);
        assert_eq!(problem("crates/wire/src/ip.rs", &lines[10..]), "");
        assert!(problem("crates/wire/src/ip.rs", &lines).contains("801 lines"));
        let table = format!("//! All ciphers.\n{TABLE}\n{lines}");
        assert_eq!(problem("crates/wire/src/cipher.rs", &table), "");
    }

    /// A name that says nothing is refused as a file, a folder and a crate.
    #[test]
    fn empty_names_are_refused() {
        for path in ["crates/wire/src/utils.rs", "crates/tlswhy-core/a.rs", "lab/common/x.py"] {
            assert!(problem(path, "").contains("says nothing"), "{path}");
        }
        assert_eq!(problem("crates/wire/src/score.rs", ""), "");
    }

    /// A key of any kind is refused, in any file; a public key and the words alone are not.
    #[test]
    fn private_keys_are_refused() {
        for kind in ["", "RSA ", "EC ", "ENCRYPTED ", "OPENSSH "] {
            let key = format!("x\n-----BEGIN {kind}{}-----\nMIIE", "PRIVATE KEY");
            assert!(problem("corpus/a/b/about.md", &key).contains("private key"), "{kind}");
        }
        assert_eq!(problem("a.md", "-----BEGIN CERTIFICATE-----\nno PRIVATE KEY here"), "");
    }

    /// A file that git could not merge is refused, and a line under a heading is not.
    #[test]
    fn unfinished_merges_are_refused() {
        for marker in MARKERS {
            assert!(problem("lab/README.md", &format!("a\n{marker}x")).contains("README.md:2"));
        }
        assert_eq!(problem("lab/README.md", "Title\n=======\n"), "");
    }

    /// A path of one machine and a big file are refused.
    #[test]
    fn traces_of_a_machine_are_refused() {
        assert!(problem("lab/run", concat!("cd /ho", "me/me")).contains("lab/run:1"));
        assert!(problem("corpus/x.pcap", &"x".repeat(MOST_BYTES + 1)).contains("1 MiB"));
    }
}
