//! Captures that were written into several files, from outside: which files are one story, and which
//! are not.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a test reads and writes files, and a panic is how it fails; clippy.toml knows tests \
              by their attribute, not the functions that they call"
)]

mod door;
#[path = "../../report/tests/written/mod.rs"]
mod written;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use door::run;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;
use written::{Capture, word};

/// A conversation of eleven packets: the alert is in the eighth.
const SAMPLE: &str = "../../corpus/missing-intermediate/gnutls-tls12-go/input.pcap";

/// An empty folder of a test's own.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sets").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// Three files: the hello is in the first, the alert is the second packet of the last.
fn three() -> [Vec<u8>; 3] {
    let capture = Capture::of(&fs::read(SAMPLE).unwrap()).unwrap();
    let all = capture.packets.len();
    [(0, 4), (4, 6), (6, all)].map(|(from, to)| capture.file(from, to))
}

/// A file of pcap as if it had been captured so many microseconds later.
fn later(file: &[u8], microseconds: i64) -> Vec<u8> {
    let mut file = file.to_vec();
    let mut at = 24;
    while let Some(length) = word(&file, at + 8, true) {
        let [seconds, fraction] = [0, 4].map(|more| word(&file, at + more, true).unwrap() as i64);
        let time = seconds * 1_000_000 + fraction + microseconds;
        file[at..at + 4].copy_from_slice(&((time / 1_000_000) as u32).to_le_bytes());
        file[at + 4..at + 8].copy_from_slice(&((time % 1_000_000) as u32).to_le_bytes());
        at += 16 + length;
    }
    file
}

fn write<'a>(folder: &Path, files: impl IntoIterator<Item = (&'a str, &'a [u8])>) {
    for (name, bytes) in files {
        fs::write(folder.join(name), bytes).unwrap();
    }
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

/// The lines of one kind that the command writes for machines, of these words.
fn told(words: &[&str], kind: &str) -> Vec<Value> {
    let form = if kind == "alert" { "alerts" } else { "ndjson" };
    let words = [words, &["-o", form]].concat();
    let all = run(&words).out;
    let lines = all.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.filter(|line| line["kind"] == kind).collect()
}

/// The last parts of the inputs' names, with how many files each has; one file alone has none.
fn inputs(folder: &Path) -> Vec<(String, u64)> {
    let inputs = told(&[folder.to_str().unwrap()], "input");
    let name = |path: &Value| path.as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    inputs
        .iter()
        .map(|it| (name(&it["path"]), it["files"]["count"].as_u64().unwrap_or(0)))
        .collect()
}

/// A conversation that crosses from file to file is one, with one finding, and each frame is named in
/// its own file: in a folder or named in any order, packed or not, and by whatever program.
#[test]
fn a_set_is_one_story() {
    let [begin, middle, end] = three();
    for (case, names, together) in [
        ("added", ["cap.pcap", "cap.pcap1", "cap.pcap2"], "cap.pcap*"),
        ("hours", ["c-095959.pcap", "c-100000.pcap", "c-100001.pcap"], "c-*.pcap"),
        ("ring", ["e_9_20261126.pcap", "e_10_20261127.pcap", "e_11_20261128.pcap"], "e_*_*.pcap"),
        // A ring that has come round: the oldest file is not the first by its name.
        ("round", ["cap3.pcap", "cap1.pcap", "cap2.pcap"], "cap*.pcap"),
        ("packed", ["cap.pcap.gz", "cap.pcap1.gz", "cap.pcap2"], "cap.pcap*"),
    ] {
        let folder = folder(case);
        for (name, bytes) in names.iter().zip([&begin, &middle, &end]) {
            let bytes = if name.ends_with(".gz") { packed(bytes) } else { bytes.clone() };
            write(&folder, [(*name, &bytes[..])]);
        }
        assert_eq!(inputs(&folder), [(together.to_owned(), 3)]);
        let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
        let paths = [2, 0, 1].map(|at| path(names[at]));
        let named: Vec<&str> = paths.iter().map(String::as_str).collect();
        for words in [&[folder.to_str().unwrap()][..], &named] {
            let found = run(words);
            assert_eq!((found.exit, &found.err[..]), (Some(1), ""), "{case}");
            assert!(found.out.contains("1 handshake   1 failed in 1 group\n"), "{}", found.out);
            assert!(found.out.contains(&format!("  {}#2\n", names[2])), "{}", found.out);
            let alert = &told(words, "alert")[0];
            assert_eq!((&alert["frame"], &alert["code"]), (&2.into(), &42.into()));
            assert_eq!(alert["file"], path(names[2]));
            let failure = &told(words, "failure")[0];
            assert_eq!(failure["file"], alert["file"]);
            assert_eq!(failure["id"], format!("f:{}:1:36704", path(names[0])));
            let next = format!("tlswhy {} g=1 -v", path(together));
            assert!(found.out.contains(&next), "{next} in {}", found.out);
        }
        let first = run(&[folder.to_str().unwrap(), "-1"]);
        assert!(first.exit == Some(1) && first.out.contains("1 failed"), "{}", first.out);
    }
}

/// A quiet week belongs to a set whose names tell the time, a file without a packet too; a silence
/// that outlives every connection does not. Mere numbers are a set for some minutes: they may be those
/// of tickets.
#[test]
fn silence_ends_a_set_late_or_soon() {
    let [begin, middle, end] = three();
    let minute = 60 * 1_000_000;
    let day = 24 * 60 * minute;
    for (stem, silence, together) in [
        ("cap-2026-11-", 7 * day, true),
        ("cap-2026-11-", 9 * day, false),
        ("cap-20261126-", 7 * day, true),
        ("cap", 9 * minute, true),
        ("cap", 11 * minute, false),
    ] {
        let folder = folder("silence");
        let end = later(&end, silence);
        let files: [&[u8]; 4] = [&begin, &middle, &begin[..24], &end];
        for (number, file) in files.into_iter().enumerate() {
            write(&folder, [(&format!("{stem}{number}.pcap")[..], file)]);
        }
        let expected = match together {
            true => vec![(format!("{stem}*.pcap"), 4)],
            false => vec![(format!("{stem}*.pcap"), 3), (format!("{stem}3.pcap"), 0)],
        };
        assert_eq!(inputs(&folder), expected, "{stem} {silence}");
    }
}

/// Captures of several places are several inputs, whatever their names: their times overlap.
#[test]
fn what_overlaps_is_no_set() {
    let sample = fs::read(SAMPLE).unwrap();
    let folder = folder("places");
    for place in 1..=4_i64 {
        write(&folder, [(&format!("web{place}.pcap")[..], &later(&sample, 500 * place)[..])]);
    }
    let names = [1, 2, 3, 4].map(|place| (format!("web{place}.pcap"), 0));
    assert_eq!(inputs(&folder), names);
    let words = folder.to_str().unwrap();
    assert!(run(&[words]).err.is_empty());
    let outputs = ["1", "4"].map(|threads| run(&[words, "-j", threads]).out);
    assert_eq!(outputs[0], outputs[1]);
}

/// Of a packed file nobody knows when it ends before it has been read: where the next one turns out
/// to begin before that, the story is cut there, and that is said.
#[test]
fn what_turns_out_to_overlap_is_cut() {
    let sample = fs::read(SAMPLE).unwrap();
    let folder = folder("late");
    let [_, _, end] = three();
    let files = [packed(&sample), packed(&later(&sample, 500)), packed(&later(&end, 1_000_000))];
    for (number, file) in (1..).zip(&files) {
        write(&folder, [(&format!("c{number}.pcap.gz")[..], &file[..])]);
    }
    let expected = [("c1.pcap.gz", 0), ("c2.pcap.gz … c3.pcap.gz", 2)];
    assert_eq!(inputs(&folder), expected.map(|(name, files)| (name.to_owned(), files)));
    let said = run(&[folder.to_str().unwrap()]).err;
    let note = "c2.pcap.gz begins before c1.pcap.gz ends: no conversation is followed from one to";
    assert!(said.contains(note), "{said}");
}

/// A number that is the same in all files of a set tells it from another set in the same folder.
#[test]
fn two_sets_in_one_folder_are_two() {
    let folder = folder("two");
    for (name, file) in (1..).zip(three()) {
        write(&folder, [(&format!("web1_0000{name}_2026.pcap")[..], &file[..])]);
        write(&folder, [(&format!("web2_0000{name}_2026.pcap")[..], &later(&file, 700)[..])]);
        write(&folder, [(&format!("north{name}.pcap")[..], &later(&file, 500)[..])]);
    }
    let names = ["north*.pcap", "web1_*_2026.pcap", "web2_*_2026.pcap"];
    assert_eq!(inputs(&folder), names.map(|name| (name.to_owned(), 3)));
    let outputs = ["1", "4"].map(|n| run(&[folder.to_str().unwrap(), "-j", n]).out);
    assert_eq!(outputs[0], outputs[1]);
    assert!(outputs[0].contains("3 handshakes   3 failed"), "{}", outputs[0]);
}

/// What is wrong with one file of a set is told with its name, and the others are read.
#[test]
fn a_damaged_file_is_named() {
    let [begin, middle, end] = three();
    let folder = folder("damaged");
    let files = [("c1.pcap", &begin[..]), ("c2.pcap", &middle[..middle.len() - 1])];
    write(&folder, files);
    write(&folder, [("c3.pcap", &end[..])]);
    let found = run(&[folder.to_str().unwrap()]);
    assert_eq!(found.exit, Some(2));
    assert!(found.err.contains("c2.pcap: byte "), "{}", found.err);
    assert!(found.err.contains(": the file ends inside a packet"), "{}", found.err);
    assert!(found.out.contains("1 handshake   1 failed in 1 group\n"), "{}", found.out);
    assert!(found.out.contains("c3.pcap#2\n"), "{}", found.out);
    // What is no capture is left out, as it is in any folder.
    write(&folder, [("c2.pcap", &b"\0\x01\x02 not a capture at all"[..])]);
    let found = run(&[folder.to_str().unwrap()]);
    assert!(found.out.contains("c*.pcap") && found.err.contains("1 other file left out"));
}

/// Hundreds of files with a packet each are one input that is told in one line, and say what the
/// whole capture says.
#[test]
fn hundreds_of_files_are_one_input() {
    let sample = fs::read("../../corpus/several/office/input.pcap").unwrap();
    let capture = Capture::of(&sample).unwrap();
    let folder = folder("hundreds");
    for number in 0..capture.packets.len() {
        let file = capture.file(number, number + 1);
        write(&folder, [(&format!("office-{number}.pcap")[..], &file[..])]);
    }
    let count = capture.packets.len();
    assert!(count > 300, "{count} files");
    let found = run(&[folder.to_str().unwrap(), "-j", "4"]);
    let whole = run(&["corpus/several/office/input.pcap"]);
    assert_eq!((found.exit, &found.err[..]), (whole.exit, ""));
    assert!(found.out.contains(&format!("{count} files · ")), "{}", found.out);
    let groups = |text: &str| -> Vec<String> {
        let lines = text.lines().filter(|line| line.starts_with(['✗', '!']));
        lines.map(str::to_owned).collect()
    };
    assert_eq!(groups(&found.out), groups(&whole.out));
    assert!(!groups(&found.out).is_empty());
}
