//! What is asked for, and told again: parts of names, one software, a capture twice, a log beside it.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a test runs the command and writes files, and a panic is how it fails"
)]

mod door;

use std::path::Path;

use door::run;

/// A word that is a part of causes' names is no message of a program, and no cause by itself.
#[test]
fn a_part_of_a_name_is_no_verdict() {
    for run in [run(&["untrusted"]), run(&["help", "untrustedroot"])] {
        assert_eq!((run.exit, run.out.as_str()), (Some(2), ""));
        assert!(run.err.contains("untrusted-root"), "{}", run.err);
    }
    let run = run(&["timed", "out"]);
    assert!(run.exit == Some(0) && run.out.contains("possible   silent-server"), "{}", run.out);
}

/// A capture that is given twice is said to count twice.
#[test]
fn the_same_capture_twice_is_said() {
    let capture = "corpus/expired-leaf/openssl-tls12-openssl/input.pcap";
    let twice = run(&[capture, capture]);
    assert!(twice.out.contains("was given twice: all of it counts twice"), "{}", twice.out);
    assert!(!run(&[capture]).out.contains("twice"));
}

/// What a log tells of a failure that a capture shows is quoted there, and counted once.
#[test]
fn what_a_log_tells_again_is_quoted() {
    let log = Path::new(env!("CARGO_TARGET_TMPDIR")).join("told-again.log");
    let words = "PKIX path validation failed: java.security.cert.CertPathValidatorException: \
                 Unable to determine revocation status due to network error";
    std::fs::write(&log, format!("javax.net.ssl.SSLHandshakeException: {words}\n")).unwrap();
    let capture = "corpus/revocation-unreachable/java-tls12-nginx-ocsp/input.pcap";
    let run = run(&[capture, log.to_str().unwrap()]);
    assert!(run.out.contains("also told      \"PKIX path validation failed"), "{}", run.out);
    assert!(run.out.contains("told-again.log:1"), "{}", run.out);
    assert!(run.out.contains("1 failure in both a log and a capture, told twice"), "{}", run.out);
    assert_eq!(run.out.matches('✗').count(), 1, "{}", run.out);
}

/// For a software a page has its own remedies alone, or says that it has none; a capture says it too.
#[test]
fn a_software_without_a_remedy_is_told() {
    let page = run(&["help", "untrusted-root", "--for", "iis"]);
    assert!(page.out.contains("No remedy for iis on this page"), "{}", page.out);
    assert!(!page.out.contains("certutil -addstore"), "{}", page.out);
    let capture = run(&["corpus/untrusted-root/openssl-tls12-openssl/input.pcap", "--for", "iis"]);
    assert!(capture.out.contains("for iis        no remedy of its own"), "{}", capture.out);
}

/// Counts are never cut off: what does not fit into a line of 80 columns goes into the next.
#[test]
fn counts_are_whole() {
    let run = run(&["corpus"]);
    let counts = run.out.lines().skip_while(|line| !line.contains(" handshakes   "));
    let counts: Vec<&str> = counts.take(2).collect();
    assert!(counts[0].chars().count() <= 80 && counts[0].contains(" failed in "), "{counts:?}");
    assert!(counts.iter().any(|line| line.contains(" to look at")), "{counts:?}");
    assert!(counts.iter().all(|line| !line.contains('\u{2026}')), "{counts:?}");
}
