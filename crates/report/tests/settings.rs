//! Settings of Windows machines: what the screen says of each case of the corpus, alone and beside a
//! capture.
//!
//! `TLSWHY_BLESS=1 cargo test -p tlswhy-report --test settings` writes what the program says now.
#![allow(clippy::disallowed_methods, clippy::unwrap_used)] // Tests read and write files.

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tlswhy_report::{Detail, Intake, Look, Options, Report, json_lines, screen};

const CORPUS: &str = "../../corpus";

/// The cases, in the order of their names.
fn cases() -> Vec<PathBuf> {
    let entries = fs::read_dir(Path::new(CORPUS).join("settings")).unwrap();
    let mut cases: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    cases.sort();
    assert!(cases.len() >= 6, "{cases:?}");
    cases
}

/// The inputs of a case.
fn inputs(case: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(case).unwrap().flatten().map(|entry| entry.path());
    let is_input =
        |path: &PathBuf| path.file_name().unwrap().to_string_lossy().starts_with("input.");
    let mut inputs: Vec<PathBuf> = entries.filter(is_input).collect();
    inputs.sort();
    inputs
}

fn read(paths: &[PathBuf], streamed: bool) -> Report {
    let mut watch = |_| ControlFlow::Continue(());
    let inputs = paths.iter().map(|path| {
        let bytes = fs::read(path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let intake = Intake::new(name, Options::default());
        match streamed {
            true => intake.stream(&mut &bytes[..], &mut watch),
            false => intake.whole(&bytes, &mut watch),
        }
    });
    Report::new(inputs.collect())
}

fn hold(path: &Path, text: &str) {
    if std::env::var("TLSWHY_BLESS").is_ok() {
        fs::write(path, text).unwrap();
    }
    let expected = fs::read_to_string(path).unwrap_or_default();
    assert!(expected == text, "{} differs:\n{text}", path.display());
}

/// Of a group what is the settings' part: its first line, what they say, and how sure it is.
fn told_by_settings(group: &str) -> String {
    let mut kept = Vec::new();
    let mut inside = false;
    for line in group.lines() {
        let goes_on = line.starts_with("                    ");
        inside = line.starts_with("     settings ") || (inside && goes_on);
        let word = line.split_whitespace().next().unwrap_or_default();
        let sure = ["certain", "likely", "possible"].contains(&word);
        if inside || line.starts_with("✗ ") {
            kept.push(line.to_owned());
        } else if sure && line.starts_with("     ") {
            kept.push(format!("     {word}"));
        }
    }
    kept.join("\n")
}

fn truth(case: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(case.join("truth.json")).unwrap()).unwrap()
}

/// Every case is answered as it was, nothing fails in it, and a stream is read as a file is.
#[test]
fn machines_are_shown() {
    for case in cases() {
        let report = read(&inputs(&case), false);
        let text = screen(&report, &Detail::default(), &Look::default());
        assert_eq!(report.exit(), 0, "{}", case.display());
        for line in text.lines().filter(|line| !line.contains("reg add ")) {
            assert!(line.chars().count() <= 80, "{}: {line}", case.display());
        }
        let streamed = read(&inputs(&case), true);
        assert_eq!(screen(&streamed, &Detail::default(), &Look::default()), text);
        hold(&case.join("expected.txt"), &text);
    }
}

/// What the JSON says is what was set up: the versions that are on, the order, the mistakes.
#[test]
fn machines_are_as_they_were_set() {
    for case in cases() {
        let truth = truth(&case);
        let report = read(&inputs(&case), false);
        let lines: Vec<Value> =
            json_lines(&report).map(|line| serde_json::from_str(&line).unwrap()).collect();
        let line = lines.iter().find(|line| line["kind"] == "settings").unwrap();
        for side in ["client", "server"] {
            let protocols = line["protocols"].as_array().unwrap().iter();
            let on = protocols.filter(|it| it[side]["standing"] == "on");
            let on = on.map(|it| it["version"].as_str().unwrap());
            let on: Vec<&str> = on.filter(|version| version.starts_with(['S', 'T'])).collect();
            if let Some(wanted) = truth[side].as_array() {
                assert_eq!(wanted.iter().map(|it| it.as_str().unwrap()).collect::<Vec<_>>(), on);
            }
        }
        assert_eq!(line["cipher_suites"]["source"], truth["order"], "{}", case.display());
        assert_eq!(line["computer"], truth["computer"], "{}", case.display());
        let mistakes = line["mistakes"].to_string();
        for wanted in truth["mistakes"].as_array().into_iter().flatten() {
            assert!(mistakes.contains(wanted.as_str().unwrap()), "{wanted}: {mistakes}");
        }
        if truth["mistakes"].is_null() {
            assert_eq!(line["mistakes"], Value::Array(Vec::new()), "{}", case.display());
        }
    }
}

/// Beside a capture or an event log the settings are evidence: the groups of which they say something
/// stay as they were.
#[test]
fn settings_are_evidence() {
    let mut said = 0;
    for case in cases() {
        let Some(beside) = truth(&case)["beside"].as_str().map(str::to_owned) else { continue };
        let mut paths = inputs(&case);
        paths.push(Path::new(CORPUS).join(beside));
        let report = read(&paths, false);
        assert_eq!(report.exit(), 1);
        let group = truth(&case)["group"].as_u64().map(|number| number as usize);
        let text = screen(&report, &Detail { group, ..Detail::default() }, &Look::default());
        said += text.matches("     settings ").count();
        let groups = text.split("\n\n").filter(|group| group.contains("     settings "));
        let groups: Vec<String> = groups.map(told_by_settings).collect();
        hold(&case.join("beside.txt"), &(groups.join("\n\n") + "\n"));
    }
    assert!(said >= 3, "{said}");
}

/// Hives and exports of one machine are the same settings.
#[test]
fn a_hive_is_its_export() {
    let of = |name: &str| {
        let report = read(&inputs(&Path::new(CORPUS).join("settings").join(name)), false);
        let settings = report.machines[0].settings.clone();
        let standings =
            settings.protocols.iter().map(|it| (it.client.standing, it.server.standing));
        let suites: Vec<_> = settings.order.numbers().collect();
        (standings.collect::<Vec<_>>(), suites, settings.switches.len(), settings.computer)
    };
    assert_eq!(of("hives-2012r2"), of("hardened-2012r2"));
}
