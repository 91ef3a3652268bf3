//! What the screens say, held as files: the answers for codes, and every case of the corpus.
//!
//! `TLSWHY_BLESS=1 cargo test -p tlswhy-report` writes what the program says now; the difference is
//! then read by a person before it is committed.
#![allow(clippy::disallowed_methods, clippy::unwrap_used)] // Tests read and write files.

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use tlswhy_report::{Detail, Intake, KeyLog, Look, Options, Report, Unpack, explain, screen};

/// Compares with the file, or writes it; gives back what is wrong.
fn hold(path: &Path, text: &str) -> Option<String> {
    if std::env::var("TLSWHY_BLESS").is_ok() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        return None;
    }
    let shown = path.display();
    match fs::read_to_string(path) {
        Ok(expected) if expected == text => None,
        Ok(expected) => {
            let line = expected.lines().zip(text.lines()).position(|(a, b)| a != b);
            let line = line.unwrap_or_else(|| expected.lines().count().min(text.lines().count()));
            let at = |text: &str| text.lines().nth(line).unwrap_or("(the end)").to_owned();
            let (was, is) = (at(&expected), at(text));
            Some(format!("{shown}:{}\n  expected: {was}\n  got:      {is}", line + 1))
        }
        Err(error) => Some(format!("{shown}: {error}; bless it if it is new")),
    }
}

/// Reports all differences at once.
fn all_hold(wrong: Vec<String>) {
    let first: Vec<&str> = wrong.iter().take(20).map(String::as_str).collect();
    assert!(wrong.is_empty(), "{} differ, among them:\n{}", wrong.len(), first.join("\n"));
}

/// The folders of a folder, in order.
fn folders(path: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(path).map(|entries| entries.flatten().collect::<Vec<_>>());
    let mut paths: Vec<PathBuf> =
        entries.unwrap_or_default().iter().map(|entry| entry.path()).collect();
    paths.retain(|path| path.is_dir());
    paths.sort();
    paths
}

/// The input of a case, whatever its format.
fn input(case: &Path) -> Option<PathBuf> {
    ["pcap", "pcapng", "pcap.gz", "pcapng.gz", "pcapng.zst"]
        .iter()
        .map(|end| case.join(format!("input.{end}")))
        .find(|path| path.exists())
}

/// The answers for codes and words, at two widths, with and without colour.
#[test]
fn screens_for_words() {
    let folder = Path::new("tests/screens");
    let words = [
        "0",
        "10",
        "40",
        "42",
        "46",
        "48",
        "52",
        "70",
        "99",
        "112",
        "116",
        "128",
        "200",
        "255",
        "300",
        "certifcate_expired",
        "missing-intermediate",
        "0x0A000418",
        "-12195",
        "560",
        "140940E5",
        "36887",
        "CERT_HAS_EXPIRED",
        "CERTIFICATE_VERIFY_FAILED",
        "ERR_SSL_PROTOCOL_ERROR",
        "SEC_E_CERT_UNKNOWN",
        "SEC_E_UNTRUSTED_ROT",
    ];
    let mut wrong = Vec::new();
    for word in words {
        for (width, colour, ascii, ending) in [
            (80, false, false, "80.txt"),
            (100, false, false, "100.txt"),
            (80, true, false, "80.ansi"),
            (100, true, false, "100.ansi"),
            (80, false, true, "80.ascii"),
        ] {
            let look = Look { width, colour, ascii, ..Look::default() };
            let text = explain(word, &look).text;
            wrong.extend(hold(&folder.join(format!("{word}.{ending}")), &text));
            assert!(!ascii || text.is_ascii(), "{word} is not ASCII");
        }
    }
    all_hold(wrong);
}

/// Every case of the corpus is answered as it was; one that has a key log also without it.
#[test]
fn corpus() {
    let corpus = Path::new("../../corpus");
    let look = Look::default();
    let mut wrong = Vec::new();
    for case in folders(corpus).iter().flat_map(|cause| folders(cause)) {
        let set = case.join("input.files");
        if set.exists() {
            wrong.extend(hold(&case.join("expected.txt"), &set_screen(&set, &look)));
        }
        let Some(path) = input(&case) else { continue };
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let bytes = fs::read(&path).unwrap();
        let keys = fs::read(case.join("keys.log")).ok();
        let read = |streamed: bool, keys: Option<&[u8]>| {
            let mut watch = |_| ControlFlow::Continue(());
            let keys = keys.map(KeyLog::read).unwrap_or_default();
            let intake = Intake::new(name.clone(), Options::default()).with_keys(keys);
            let input = if streamed {
                intake.stream(&mut &bytes[..], &mut watch)
            } else {
                intake.whole(&bytes, &mut watch)
            };
            let report = Report::new(vec![input]);
            screen(&report, &Detail::default(), &look)
        };
        let text = read(false, keys.as_deref());
        for line in text.lines().filter(|line| !line.contains("tlswhy ")) {
            assert!(line.chars().count() <= look.width, "{}: {line}", path.display());
        }
        let streamed = read(true, keys.as_deref());
        assert_eq!(text, streamed, "{}: a stream is read as a file is", path.display());
        wrong.extend(hold(&case.join("expected.txt"), &text));
        if keys.is_some() {
            wrong.extend(hold(&case.join("without-keys.txt"), &read(false, None)));
        }
    }
    all_hold(wrong);
}

/// The screen of a capture in several files.
fn set_screen(folder: &Path, look: &Look) -> String {
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut intake = Intake::new("input.files/*", Options::default());
    for file in files {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let inside = Unpack::new(fs::File::open(&file).unwrap());
        let _ = intake.part(name, inside, &mut |_| ControlFlow::Continue(()));
    }
    screen(&Report::new(vec![intake.end()]), &Detail::default(), look)
}

/// One capture with several failures, in every way to show it.
#[test]
fn screens_for_a_capture() {
    let case = Path::new("../../corpus/several/office");
    let folder = Path::new("tests/screens");
    let bytes = fs::read(input(case).unwrap()).unwrap();
    let options = Options { failures: true, ..Options::default() };
    let mut watch = |_| ControlFlow::Continue(());
    let report = Report::new(vec![Intake::new("office.pcap", options).whole(&bytes, &mut watch)]);
    let look = |width, colour, ascii| Look { width, colour, ascii, ..Look::default() };
    let whole = Detail::default();
    let ladder = Detail { ladder: true, group: Some(1), ..whole.clone() };
    let quiet = Detail { quiet: true, ..whole.clone() };
    let each = Detail { each: true, ..whole.clone() };
    let mut wrong = Vec::new();
    for (name, detail, look) in [
        ("office.80.txt", &whole, look(80, false, false)),
        ("office.100.txt", &whole, look(100, false, false)),
        ("office.80.ansi", &whole, look(80, true, false)),
        ("office.100.ansi", &whole, look(100, true, false)),
        ("office.80.ascii", &whole, look(80, false, true)),
        ("office-ladder.80.txt", &ladder, look(80, false, false)),
        ("office-ladder.100.txt", &ladder, look(100, false, false)),
        ("office-quiet.80.txt", &quiet, look(80, false, false)),
        ("office-each.80.txt", &each, look(80, false, false)),
    ] {
        let text = screen(&report, detail, &look);
        assert!(!look.ascii || text.is_ascii(), "{name} is not ASCII");
        wrong.extend(hold(&folder.join(name), &text));
    }
    all_hold(wrong);
}
