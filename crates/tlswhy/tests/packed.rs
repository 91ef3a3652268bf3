//! What is packed, from outside: whoever unpacks it, another thread or the one that reads, the answer
//! is the same.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a test reads and writes files, and a panic is how it fails; clippy.toml knows tests \
              by their attribute, not the functions that they call"
)]

mod door;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use door::{Run, run};
use flate2::Compression;
use flate2::write::GzEncoder;
use lzma_rust2::{XzOptions, XzWriter};
use ruzstd::encoding::{CompressionLevel, compress_to_vec};

/// Two captures and a log, seen from here.
const CASES: &[&str] = &[
    "../../corpus/no-shared-cipher/openssl-tls12-openssl/input.pcap",
    "../../corpus/untrusted-root/openssl-tls13-nginx/input.pcapng",
    "../../corpus/lines/go/alerts.log",
];

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    compress_to_vec(bytes, CompressionLevel::Fastest)
}

fn xz(bytes: &[u8]) -> Vec<u8> {
    let mut packed = XzWriter::new(Vec::new(), XzOptions::with_preset(0)).unwrap();
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

/// Files below a folder that are packed.
fn packed_below(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            packed_below(&path, found);
        } else if ["gz", "zst", "xz"].map(Some).contains(&path.extension().and_then(|e| e.to_str()))
        {
            found.push(path);
        }
    }
}

/// The command with these bytes on standard input.
fn piped(bytes: &[u8], words: &[&str]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tlswhy"));
    command.args(words).current_dir("../..").stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    // It may have read enough before the end.
    let _ = child.stdin.take().unwrap().write_all(bytes);
    let output = child.wait_with_output().unwrap();
    let [out, err] = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
    Run { out, err, exit: output.status.code() }
}

/// Fails unless one thread and two say the same of a file and of a pipe, and exit alike.
fn is_the_same(path: &Path, words: &[&str]) {
    let name = path.to_str().unwrap();
    let [one, two] = ["1", "2"].map(|j| run(&[&[name, "-j", j], words].concat()));
    assert!(one.out == two.out, "{name}:\n{}\n{}", one.out, two.out);
    assert_eq!((&one.err, one.exit), (&two.err, two.exit), "{name}");
    let bytes = fs::read(Path::new("../..").join(path)).unwrap();
    let [one, two] = ["1", "2"].map(|j| piped(&bytes, &[&["-", "-j", j], words].concat()));
    assert!(one.out == two.out, "{name}:\n{}\n{}", one.out, two.out);
    assert_eq!((&one.err, one.exit), (&two.err, two.exit), "{name}");
}

/// Every packed input of the corpus.
#[test]
fn the_corpus_is_read_alike_by_one_thread_and_two() {
    let mut found = Vec::new();
    packed_below(Path::new("../../corpus"), &mut found);
    assert!(!found.is_empty());
    for path in found {
        is_the_same(path.strip_prefix("../..").unwrap(), &["-o", "ndjson"]);
    }
}

/// Each format and both nestings, whole and cut.
#[test]
fn cut_files_are_read_alike_by_one_thread_and_two() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("packed-cut");
    fs::create_dir_all(&folder).unwrap();
    for case in CASES {
        let plain = fs::read(case).unwrap();
        for packed in [gzip(&plain), zstd(&plain), xz(&plain), xz(&gzip(&plain))] {
            for cut in [packed.len(), packed.len() - 5, packed.len() / 2, 40, 5] {
                let path = folder.join("cut");
                fs::write(&path, &packed[..cut]).unwrap();
                is_the_same(&path, &["-v"]);
            }
        }
    }
}
