//! Event logs of Windows: what the screen says of each case of the corpus, alone and beside a
//! capture, and that every form of a log says the same.
//!
//! `TLSWHY_BLESS=1 cargo test -p tlswhy-report --test events` writes what the program says now.
#![allow(clippy::disallowed_methods, clippy::unwrap_used)] // Tests read and write files.

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tlswhy_report::{Detail, Intake, Look, Options, Report, json_lines, screen};

const CORPUS: &str = "../../corpus/events";

fn read(paths: &[PathBuf]) -> Report {
    let options = Options { join: paths.len() > 1, ..Options::default() };
    let mut watch = |_| ControlFlow::Continue(());
    let inputs = paths.iter().map(|path| {
        let bytes = fs::read(path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        Intake::new(name, options).stream(&mut &bytes[..], &mut watch)
    });
    Report::new(inputs.collect())
}

fn of(case: &str, files: &[&str]) -> Report {
    let paths: Vec<PathBuf> =
        files.iter().map(|it| Path::new(CORPUS).join(case).join(it)).collect();
    read(&paths)
}

fn hold(name: &str, report: &Report) {
    let text = screen(report, &Detail::default(), &Look::default());
    let path = Path::new(CORPUS).join(name);
    if std::env::var("TLSWHY_BLESS").is_ok() {
        fs::write(&path, &text).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert!(expected == text, "{} differs:\n{text}", path.display());
    let wide = text.lines().find(|line| line.chars().count() > 80 && !line.contains("tlswhy"));
    assert_eq!(wide, None);
}

/// The groups of logs as a machine reads them: event, state, alert, cause and count.
fn groups(report: &Report) -> Vec<String> {
    let lines: Vec<Value> =
        json_lines(report).map(|line| serde_json::from_str(&line).unwrap()).collect();
    let of_log = lines.iter().filter(|line| line["kind"] == "sighting_group");
    let mut all: Vec<String> = of_log
        .map(|group| {
            let event = &group["event"];
            let cause = &group["cause"]["slug"];
            let (id, state) = (&event["id"], &event["state"]);
            format!("{id} {state} {} {cause} {}", group["alert"]["code"], group["count"])
        })
        .collect();
    all.sort();
    all
}

/// What is shown of each log is what was shown.
#[test]
fn screens_are_as_they_were() {
    hold("exchange/expected.txt", &of("exchange", &["System.evtx"]));
    let schannel = ["7600.evtx", "18990.evtx", "callers.evtx"];
    hold("all-schannel/expected.txt", &of("all-schannel", &schannel));
    let neighbours = ["capi2.evtx", "nps-security.evtx", "rastls.evtx", "sysmon.evtx"];
    hold("neighbours/expected.txt", &of("neighbours", &neighbours));
    hold("joined/expected.txt", &of("joined", &["System.evtx", "trace.pcapng"]));
    let ahead = ["System-ahead.evtx", "trace.pcapng", "Security.evtx", "nginx.log"];
    hold("joined/ahead.txt", &of("joined", &ahead));
    let same = of("joined-same-second", &["System.evtx", "trace.pcapng"]);
    hold("joined-same-second/expected.txt", &same);
}

/// The same group, as a text without its state would tell it.
fn without_state(group: &str) -> String {
    let mut words: Vec<&str> = group.split(' ').collect();
    words[1] = "null";
    words.join(" ")
}

/// An event log says the same in whatever form it comes.
#[test]
fn every_form_says_the_same() {
    let folder = Path::new(CORPUS).join("exchange/forms");
    let expected = groups(&read(&[folder.join("System.evtx")]));
    assert!(expected.len() >= 8, "{expected:?}");
    let mut forms: Vec<PathBuf> =
        fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    forms.sort();
    let is_form = |path: &&PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy();
        !["about.md", "truth.json", "System.evtx"].contains(&&*name)
    };
    let mut read_forms = 0;
    for form in forms.iter().filter(is_form) {
        read_forms += 1;
        let groups = groups(&read(std::slice::from_ref(form)));
        let name = form.file_name().unwrap().to_string_lossy();
        let has_fields = ["json", "ndjson", "jsonl", "xml", "evtxecmd.csv", "nxlog-ietf.log"];
        if !has_fields.iter().any(|end| name.ends_with(end)) || name == "get-winevent-shallow.json"
        {
            // Newer Windows leaves the state out of the text, and some of these have the text alone.
            for group in &groups {
                let told = expected.iter().any(|it| it == group);
                let cut = expected.iter().any(|it| without_state(it) == *group);
                assert!(told || cut, "{}: {group}", form.display());
            }
            let bare = |of: &[String]| {
                let mut bare: Vec<String> = of.iter().map(|it| without_state(it)).collect();
                bare.sort();
                bare
            };
            assert_eq!(bare(&groups), bare(&expected), "{}", form.display());
            continue;
        }
        assert_eq!(groups, expected, "{}", form.display());
    }
    assert!(read_forms >= 34, "{read_forms}");
}

/// Damaged logs are told by their places, and what can be read of them is read.
#[test]
fn damaged_logs_are_told_by_their_places() {
    let folder = Path::new(CORPUS).join("bad");
    let good = groups(&read(&[folder.join("good.evtx")]));
    assert!(!good.is_empty());
    for damaged in ["checksums", "cut", "lengths", "outside", "self-template"] {
        let report = read(&[folder.join(format!("{damaged}.evtx"))]);
        assert_eq!(report.exit(), 2, "{damaged}");
        let complaints: Vec<String> = report.inputs[0].complaints().collect();
        assert!(
            complaints.iter().all(|it| it.contains("byte ") || it.contains("head of the file")),
            "{damaged}: {complaints:?}"
        );
        assert!(!groups(&report).is_empty(), "{damaged}: what is left says something");
    }
}

/// A single failure of an event log is named by its record, as groups name theirs: it has no line.
#[test]
fn single_failures_name_their_record() {
    let path = Path::new(CORPUS).join("exchange/System.evtx");
    let options = Options { failures: true, ..Options::default() };
    let mut watch = |_| ControlFlow::Continue(());
    let bytes = fs::read(path).unwrap();
    let input = Intake::new("System.evtx", options).whole(&bytes, &mut watch);
    let detail = Detail { each: true, ..Detail::default() };
    let text = screen(&Report::new(vec![input]), &detail, &Look::default());
    assert_eq!(text.lines().count(), 82);
    assert!(text.starts_with("✗ rec 81004 05:00:02  no-protocol-enabled-locally"), "{text}");
    assert!(text.lines().all(|line| line.starts_with("✗ rec 81")), "{text}");
}

/// An export without a zone does not claim one; the log itself has UTC.
#[test]
fn times_without_a_zone_are_local() {
    let head = |file: &str| {
        let text = screen(&of("exchange", &[file]), &Detail::default(), &Look::default());
        text.split("SChannel events").next().unwrap().to_owned()
    };
    let export = head("forms/viewer.csv");
    assert!(export.contains("2026-11-18 04:12:00 local time"), "{export}");
    let log = head("forms/System.evtx");
    assert!(log.contains("2026-11-18 03:12:00 UTC"), "{log}");
}
