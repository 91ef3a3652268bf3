//! Logs with bytes in them that are no text, logs that come in pieces, and logs that overlap.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a test reads and writes files, and a panic is how it fails; clippy.toml knows tests \
              by their attribute, not the functions that they call"
)]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{ChildStdin, ChildStdout, Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;

/// A line about a failure of this client at this second.
fn line(client: u8, second: u8) -> String {
    format!(
        "2026/11/22 09:00:{second:02} http: TLS handshake error from 192.0.2.{client}:48602: \
         remote error: tls: bad certificate\n"
    )
}

/// A file of this test.
fn file(name: &str, bytes: &[u8]) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, bytes).unwrap();
    path
}

fn tlswhy() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tlswhy"));
    command.stdin(Stdio::null());
    command
}

/// What was printed, what was complained about, and the exit code.
fn told(output: Output) -> (String, String, Option<i32>) {
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr), output.status.code())
}

/// The lines of a JSON output that are of this kind.
fn of_kind(out: &str, kind: &str) -> Vec<Value> {
    let all = out.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    all.filter(|object| object["kind"] == kind).collect()
}

/// Bytes that are no text are told with their place, and the rest is read: zeros where a log was
/// emptied under its writer, letters of an old encoding, junk at the front, in the middle and
/// inside of a line.
#[test]
fn the_rest_of_a_damaged_log_is_read() {
    let (first, second) = (line(7, 1), line(8, 2));
    let (middle, inside) = (
        format!("byte {}: 5 zero bytes", first.len() + 600),
        format!("byte {}: 1 zero byte,", first.len() + 1),
    );
    let junk: Vec<u8> = (1..=250).rev().filter(|byte| *byte != b'\n').cycle().take(600).collect();
    for (name, text, complaint) in [
        (
            "hole",
            [&[0; 3000][..], first.as_bytes(), second.as_bytes()].concat(),
            "3 000 zero bytes",
        ),
        (
            "latin1",
            [&b"gr\xfc\xdfe aus K\xf6ln\n"[..], first.as_bytes(), second.as_bytes()].concat(),
            "",
        ),
        ("front", [&junk[..], b"\n", first.as_bytes(), second.as_bytes()].concat(), "begins with"),
        ("middle", [first.as_bytes(), &junk, &[0; 5], b"\n", second.as_bytes()].concat(), &middle),
        ("inside", [first.as_bytes(), b"a\0b\n", second.as_bytes()].concat(), &inside),
    ] {
        let path = file(&format!("{name}.log"), &text);
        let (out, err, exit) = told(tlswhy().arg("-o").arg("ndjson").arg(path).output().unwrap());
        let found = of_kind(&out, "sighting");
        assert_eq!(found.len(), 2, "{name}: {out}{err}");
        let peers: Vec<_> = found.iter().map(|one| one["peer"]["addr"].as_str()).collect();
        assert_eq!(peers, [Some("192.0.2.7"), Some("192.0.2.8")], "{name}");
        assert!(found.iter().all(|one| one["time"].is_string()), "{name}: {out}");
        assert!(err.contains(complaint), "{name}: {err}");
        assert_eq!(exit, Some(if complaint.is_empty() { 1 } else { 2 }), "{name}: {err}");
    }
}

/// Bytes of no kind without a failure in them are still named as such.
#[test]
fn junk_is_no_log() {
    let junk: Vec<u8> = (0..=255).cycle().skip(1).take(5000).collect();
    let (out, err, exit) = told(tlswhy().arg(file("junk.bin", &junk)).output().unwrap());
    assert_eq!((out.as_str(), exit), ("", Some(2)));
    assert!(err.contains("not a capture: looks like bytes of no kind"), "{err}");
}

/// A packed log that was cut is read to the cut, however short it is.
#[test]
fn a_packed_log_is_read_to_its_cut() {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(line(7, 1).as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    let path = file("cut.log.gz", &packed[..packed.len() - 6]);
    let (out, err, exit) = told(tlswhy().arg(path).output().unwrap());
    assert!(out.contains("1 failure in 1 group") && exit == Some(2), "{out}{err}");
}

/// Of logs that overlap, a group begins with the earliest line and ends with the latest.
#[test]
fn groups_of_overlapping_logs_have_the_right_ends() {
    let inner = file("inner.log", line(7, 2).as_bytes());
    let outer = file("outer.log", (line(8, 1) + &line(8, 3)).as_bytes());
    let (out, ..) = told(tlswhy().args(["-o", "ndjson"]).args([inner, outer]).output().unwrap());
    let groups = of_kind(&out, "sighting_group");
    let ends = |name: &str| groups[0][name].as_str().unwrap().to_owned();
    assert_eq!((ends("first"), ends("last")), ("outer.log:1".into(), "outer.log:2".into()));
}

/// A command that reads a pipe: what is written to it, and what comes out.
fn piped(args: &[&str]) -> (std::process::Child, ChildStdin, BufReader<ChildStdout>) {
    let mut command = tlswhy();
    command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let input = child.stdin.take().unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    (child, input, output)
}

/// A failure is told while ordinary lines keep coming, and the failures that were told are not told
/// again at the end.
#[test]
fn a_pipe_without_silence_tells_its_failures() {
    let (mut child, mut input, mut output) = piped(&["-o", "ndjson"]);
    let (heard, stop) = (AtomicBool::new(false), Duration::from_millis(40));
    let rest = thread::scope(|scope| {
        let heard = &heard;
        let writer = scope.spawn(move || {
            input.write_all(line(7, 1).as_bytes()).unwrap();
            // It ends by itself, so that a command that tells nothing until then is seen to fail.
            for _ in 0..250 {
                if heard.load(Ordering::Relaxed) {
                    return true;
                }
                input.write_all(b"an ordinary line\n").unwrap();
                thread::sleep(stop);
            }
            false
        });
        let mut first = String::new();
        output.read_line(&mut first).unwrap();
        heard.store(true, Ordering::Relaxed);
        assert!(first.contains("\"kind\":\"sighting\""), "{first}");
        assert!(writer.join().unwrap(), "told at the end alone");
        let mut rest = String::new();
        output.read_to_string(&mut rest).unwrap();
        rest
    });
    assert_eq!(of_kind(&rest, "sighting").len(), 0, "{rest}");
    assert_eq!(of_kind(&rest, "sighting_group")[0]["count"], 1);
    assert_eq!(child.wait().unwrap().code(), Some(1));
}

/// A capture whose first bytes come one by one, with pauses, is a capture all the same; so is a
/// line that comes in pieces one line.
#[test]
fn pauses_change_nothing() {
    let case = fs::read("../../corpus/no-shared-cipher/openssl-tls12-openssl/input.pcap").unwrap();
    let log = line(7, 1).into_bytes();
    for (bytes, cut) in [(case, 2), (log, 60)] {
        let (mut child, mut input, mut output) = piped(&[]);
        let (front, rest) = bytes.split_at(cut);
        input.write_all(front).unwrap();
        // Longer than what is a pause.
        thread::sleep(Duration::from_millis(700));
        input.write_all(rest).unwrap();
        drop(input);
        let mut out = String::new();
        output.read_to_string(&mut out).unwrap();
        assert!(out.contains(" 1×  "), "{out}");
        assert_eq!(child.wait().unwrap().code(), Some(1));
    }
}
