//! What is told before a capture ends, from outside: through a pipe that stays open.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a test reads and writes files, and a panic is how it fails; clippy.toml knows tests \
              by their attribute, not the functions that they call"
)]

mod door;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use door::run;
use serde_json::Value;

/// A capture with one failure, the server's alert 40 in the clear.
const CASE: &str = "corpus/no-shared-cipher/openssl-tls12-openssl/input.pcap";
/// Another one, alert 86.
const OTHER: &str = "corpus/fallback-scsv/openssl-tls12-openssl/input.pcap";

fn bytes(case: &str) -> Vec<u8> {
    fs::read(Path::new("../..").join(case)).unwrap()
}

/// A command that reads a pipe: what is written to it, and what comes out.
fn piped(words: &[&str]) -> (Child, ChildStdin, BufReader<ChildStdout>) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tlswhy"));
    command.args(words).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let input = child.stdin.take().unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    (child, input, output)
}

fn line(output: &mut impl BufRead) -> String {
    let mut line = String::new();
    output.read_line(&mut line).unwrap();
    line
}

/// A failure is told while the pipe is open and silent, and the report at the end is the whole one.
#[test]
fn a_silent_pipe_tells_its_failures() {
    let (mut child, mut input, mut output) = piped(&["-"]);
    input.write_all(&bytes(CASE)).unwrap();
    // The pipe is still open: this line comes at a pause, or never.
    let told = line(&mut output);
    assert!(told.contains("no-shared-cipher") && told.contains("server: 40"), "{told}");
    drop(input);
    let mut rest = String::new();
    output.read_to_string(&mut rest).unwrap();
    let (mut quick, mut input, mut output) = piped(&["-"]);
    input.write_all(&bytes(CASE)).unwrap();
    drop(input);
    let mut whole = String::new();
    output.read_to_string(&mut whole).unwrap();
    assert_eq!(rest, whole);
    assert_eq!(quick.wait().unwrap().code(), Some(1));
    assert_eq!(child.wait().unwrap().code(), Some(1));
}

/// In JSON it is of another kind, and the failure with the same id follows at the end.
#[test]
fn early_objects_have_a_kind_of_their_own() {
    let (mut child, mut input, mut output) = piped(&["-o", "ndjson", "-"]);
    input.write_all(&bytes(CASE)).unwrap();
    let early: Value = serde_json::from_str(&line(&mut output)).unwrap();
    assert_eq!((&early["kind"], &early["group"]), (&"early".into(), &Value::Null));
    drop(input);
    let mut rest = String::new();
    output.read_to_string(&mut rest).unwrap();
    let rest = rest.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let failures: Vec<Value> = rest.filter(|line| line["kind"] == "failure").collect();
    assert_eq!(failures.len(), 1);
    assert_eq!(failures[0]["id"], early["id"]);
    assert_eq!(child.wait().unwrap().code(), Some(1));
}

/// A failure is told while packets keep trickling in.
#[test]
fn a_pipe_without_silence_tells_its_failures() {
    let (mut child, mut input, mut output) = piped(&["-"]);
    let heard = AtomicBool::new(false);
    thread::scope(|scope| {
        let heard = &heard;
        let writer = scope.spawn(move || {
            let case = bytes(CASE);
            input.write_all(&case).unwrap();
            // The first packet again, a SYN. It ends by itself, so that a command that tells nothing
            // until then is seen to fail.
            let length = u32::from_le_bytes(case[32..36].try_into().unwrap()) as usize;
            for _ in 0..250 {
                if heard.load(Ordering::Relaxed) {
                    return true;
                }
                input.write_all(&case[24..40 + length]).unwrap();
                thread::sleep(Duration::from_millis(40));
            }
            false
        });
        let told = line(&mut output);
        heard.store(true, Ordering::Relaxed);
        assert!(told.contains("server: 40"), "{told}");
        assert!(writer.join().unwrap(), "told at the end alone");
    });
    output.read_to_string(&mut String::new()).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(1));
}

/// `-1` ends a pipe at its first failure that passes the filter, while it is still open.
#[test]
fn the_first_failure_ends_a_pipe() {
    let (mut child, mut input, mut output) = piped(&["-1", "alert=40", "-"]);
    input.write_all(&bytes(CASE)).unwrap();
    let mut out = String::new();
    output.read_to_string(&mut out).unwrap();
    assert!(out.contains("no-shared-cipher"), "{out}");
    assert_eq!(child.wait().unwrap().code(), Some(1));
    drop(input);
}

/// With a filter `-1` goes on to the first input with such a failure and reads none behind it,
/// however many threads there are; where none passes, all are read.
#[test]
fn the_first_failure_that_passes_ends_the_reading() {
    for threads in ["1", "4"] {
        let first = |filter: &[&str]| {
            let words = ["-1", "-j", threads, "-o", "ndjson", OTHER, OTHER, CASE, CASE];
            let run = run(&[&words, filter].concat());
            assert_eq!(run.err, "");
            let count = run.out.lines().filter(|line| line.contains("\"kind\":\"input\"")).count();
            (count, run.exit)
        };
        assert_eq!(first(&[]), (1, Some(1)));
        assert_eq!(first(&["alert=86"]), (1, Some(1)));
        assert_eq!(first(&["alert=40"]), (3, Some(1)));
        assert_eq!(first(&["alert=48"]), (4, Some(0)));
    }
}
