//! The floors between crates: imports go down only, and outside crates come in by name.
//!
//! The table below is the one place that says who may import whom. A new edge is a change of its
//! own kind: it is made here first, with a reason in the commit.

use super::Tree;
use super::dependencies::{Place, dependencies};

/// One crate's place in the tower.
struct Floor {
    /// The folder under `crates/`, which is also the name in code.
    name: &'static str,
    /// The crates of the house below it.
    below: &'static [&'static str],
    /// The crates from outside that its product code may use.
    outside: &'static [&'static str],
}

/// From the ground up.
const TOWER: &[Floor] = &[
    Floor { name: "alert", below: &[], outside: &[] },
    // RustCrypto: what a key log opens. It is pure Rust, knows every old cipher, and is enough for
    // handshakes and alerts; behind a feature, because a build may want to open nothing.
    Floor {
        name: "wire",
        below: &["alert"],
        outside: &[
            "x509-parser",
            "aes",
            "aes-gcm",
            "aria",
            "camellia",
            "ccm",
            "chacha20",
            "chacha20poly1305",
            "des",
            "hmac",
            "idea",
            "md-5",
            "sha1",
            "sha2",
            "sm3",
            "sm4",
        ],
    },
    // RustCrypto of the same generation as above: whether an issuer signed what it is said to have
    // signed. ring would be quicker and refuses what the old certificates of this world have: MD5,
    // P-521, short keys.
    Floor {
        name: "chain",
        below: &["wire"],
        outside: &["ed25519-dalek", "md-5", "p256", "p384", "p521", "rsa", "sha1", "sha2"],
    },
    // foldhash: flows are looked up once a packet, servers and groups once a connection, and SipHash
    // would be felt.
    Floor { name: "trace", below: &["alert", "wire"], outside: &["foldhash"] },
    // aho-corasick, memchr: a line that tells of no failure is refused at memory speed. serde_json:
    // half of all logs are JSON. toml: the stack files are read when the crate is built, not when it
    // runs.
    Floor {
        name: "logs",
        below: &["alert"],
        outside: &["aho-corasick", "memchr", "serde_json", "toml"],
    },
    // crc32fast, memchr: event logs carry checksums, and behind damage the next record is looked for.
    // aho-corasick: a text without records of Windows is passed over at memory speed. quick-xml: one
    // element of an event at a time; it needs nothing but memchr.
    Floor {
        name: "windows",
        below: &["alert", "wire", "logs"],
        outside: &["aho-corasick", "crc32fast", "memchr", "quick-xml"],
    },
    Floor {
        name: "diagnosis",
        below: &["alert", "wire", "chain", "trace", "logs", "windows"],
        outside: &["foldhash"],
    },
    // flate2, lzma-rust2, ruzstd: captures and logs are often compressed, and what is inside is
    // sniffed again.
    Floor {
        name: "report",
        below: &["alert", "wire", "chain", "trace", "logs", "windows", "diagnosis"],
        outside: &["foldhash", "flate2", "lzma-rust2", "ruzstd", "serde", "serde_json"],
    },
    // rustls-native-certs: where each system keeps what it trusts; signal-hook: Ctrl-C without C;
    // terminal_size: columns without ioctl by hand; rustix: how many files may be open, by the crate
    // that terminal_size brings along. landlock, seccompiler: the sandbox, both safe to call and both
    // kept by those who live from it; libc: the numbers of the system calls, and nothing else of it.
    Floor {
        name: "tlswhy",
        below: &["report"],
        outside: &[
            "landlock",
            "lexopt",
            "libc",
            "rustix",
            "rustls-native-certs",
            "seccompiler",
            "signal-hook",
            "terminal_size",
        ],
    },
];

/// Every crate has a floor, and depends on what the table allows.
pub(super) fn check(tree: &Tree) -> Vec<String> {
    let mut problems = Vec::new();
    for (path, manifest) in tree.texts() {
        let Some(name) =
            path.strip_prefix("crates/").and_then(|rest| rest.strip_suffix("/Cargo.toml"))
        else {
            continue;
        };
        let Some(floor) = TOWER.iter().find(|floor| floor.name == name) else {
            problems.push(format!("{path}: crate {name} has no floor: add it to tidy/floors.rs"));
            continue;
        };
        for dependency in dependencies(manifest) {
            let known = is_ours(dependency.name);
            let tests = dependency.place == Place::Tests;
            if known && !floor.below.contains(&dependency.name) {
                problems.push(format!(
                    "{path}: {name} imports {}, which is not below it: imports go down only",
                    dependency.name
                ));
            } else if !known && !tests && !floor.outside.contains(&dependency.name) {
                problems.push(format!(
                    "{path}: {name} uses {} from outside: if it must, add it to tidy/floors.rs",
                    dependency.name
                ));
            }
        }
    }
    problems
}

/// Whether a crate is one of the house, by its name in code.
pub(super) fn is_ours(name: &str) -> bool {
    TOWER.iter().any(|floor| floor.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(manifest: &str) -> Vec<String> {
        check(&Tree::of(&[("crates/trace/Cargo.toml", manifest)]))
    }

    /// What the table allows passes, and so does any crate that only tests see.
    #[test]
    fn down_is_allowed() {
        let manifest = "[dependencies]\nalert.workspace = true\nwire = { workspace = true }\n\
                        [dev-dependencies]\nproptest = \"1\"\n";
        assert_eq!(problems(manifest), Vec::<String>::new());
    }

    /// A crate above is refused, also where only tests or one target would see it.
    #[test]
    fn up_is_refused() {
        for manifest in [
            "[dependencies]\nreport.workspace = true\n",
            "[dev-dependencies]\nreport = { path = \"../report\" }\n",
            "[target.'cfg(unix)'.dependencies]\nreport.workspace = true\n",
            "[dependencies.report]\nworkspace = true\n",
        ] {
            assert!(problems(manifest)[0].contains("imports report"), "{manifest}");
        }
    }

    /// An outside crate and a crate without a floor are refused until somebody writes them down.
    #[test]
    fn strangers_are_refused() {
        assert!(problems("[dependencies]\nrayon = \"1\"\n")[0].contains("uses rayon"));
        let tree = Tree::of(&[("crates/attic/Cargo.toml", "")]);
        assert!(check(&tree)[0].contains("has no floor"));
    }
}
