//! Whom the side that refuses trusts, and when it looked: `--ca` and `--now` from outside.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a test runs the command and writes files, and a panic is how it fails"
)]

mod door;

use std::fs;
use std::path::{Path, PathBuf};

use door::run;

/// An empty folder of a test's own.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// A chain that ends at nothing the client is said to trust is told to, once for every capture; who
/// stands above what was sent is known by name alone, so it stays likely.
#[test]
fn anchors_settle_what_is_trusted() {
    let capture = "corpus/untrusted-root/openssl-tls12-openssl/input.pcap";
    assert!(run(&[capture]).out.contains("likely         once"));
    let root = "crates/wire/src/testdata/root.der";
    let settled = run(&["--ca", root, capture]);
    assert!(settled.out.contains("likely         once"), "{}", settled.out);
    assert!(settled.out.contains("none of the given anchors"), "{}", settled.out);
    assert!(settled.out.contains(&format!("--ca {root}")), "{}", settled.out);
    assert_eq!((settled.exit, settled.err.as_str()), (Some(1), ""));
    let folder = folder("anchors");
    fs::copy(Path::new("../..").join(root), folder.join("root.crt")).unwrap();
    assert_eq!(
        run(&["--ca", folder.to_str().unwrap(), capture]).out.matches("none of the given").count(),
        1
    );
}

/// What is no certificate, or no moment, ends it before anything is judged.
#[test]
fn wrong_anchors_and_moments_are_refused() {
    let capture = "corpus/untrusted-root/openssl-tls12-openssl/input.pcap";
    let empty = folder("no-anchors");
    for (wrong, said) in [
        (vec!["--ca", "README.md", capture], "README.md: no certificate in it"),
        (vec!["--ca", "gone.pem", capture], "gone.pem: "),
        (vec!["--ca", empty.to_str().unwrap(), capture], "no certificate in this folder"),
        (vec!["--now", "yesterday", capture], "--now yesterday: no moment"),
        (vec!["--ca", "README.md", "48"], "name a capture"),
    ] {
        let run = run(&wrong);
        assert_eq!((run.exit, run.out.as_str()), (Some(2), ""), "{wrong:?}");
        assert!(run.err.contains(said), "{}", run.err);
    }
}

/// Dates are judged at the moment that is given.
#[test]
fn certificates_are_judged_at_another_moment() {
    let capture = "corpus/clock-skew/java-tls12-nginx-slow/input.pcap";
    assert!(!run(&[capture]).out.contains("expired-leaf"));
    let later = run(&["--now", "2035-01-01T00:00:00Z", capture]);
    assert!(later.out.contains("expired-leaf"), "{}", later.out);
}

/// In JSON all flaws of a chain are told, with certificate and field, the cause and the others.
#[test]
fn flaws_are_told_in_json() {
    let case = "corpus/path-length-exceeded/openssl-tls12-nginx/input.pcap";
    let told = run(&["--json", case]);
    let line = told.out.lines().find(|line| line.contains("\"kind\":\"failure\"")).unwrap();
    let failure: serde_json::Value = serde_json::from_str(line).unwrap();
    let flaws = failure["certificate_flaws"].as_array().unwrap();
    let first = &flaws[0];
    assert_eq!((first["side"].as_str(), first["certificate"].as_u64()), (Some("server"), Some(2)));
    assert_eq!(first["field"], "basicConstraints");
    assert_eq!(first["refused_by"], "every");
    assert!(flaws.iter().any(|flaw| flaw["refused_by"] == "distrust"), "{line}");
}

/// The store of this machine proves nothing about the side that refused: what hangs on it is not
/// certain, and it is said whose store it was.
#[test]
fn this_machines_store_proves_nothing() {
    let run = run(&["--ca", "system", "corpus/untrusted-root/openssl-tls12-openssl/input.pcap"]);
    if run.exit == Some(2) {
        // There may be machines without one.
        assert!(run.err.starts_with("tlswhy: --ca system: "), "{}", run.err);
        return;
    }
    assert!(run.out.contains("this machine's store ("), "{}", run.out);
    assert!(run.out.contains("likely         once") && !run.out.contains("certain"), "{}", run.out);
}
