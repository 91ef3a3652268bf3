//! Every carrier of TLS has a case in the corpus in which something fails, and the table says which,
//! and what is answered. `corpus/carriers.md` is that table.
//!
//! `TLSWHY_BLESS=1 cargo test -p tlswhy-report --test carriers` writes it.
#![allow(missing_docs, clippy::disallowed_methods, clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use diagnosis::Evidence;
use tlswhy_report::{Failure, Intake, Options, Report};

const TABLE: &str = "../../corpus/carriers.md";

/// What a carrier's cases say: by case, in the order of the corpus.
type Cases = BTreeMap<String, Vec<(String, String)>>;

/// Each carrier has a case, and each row of the table is what is said now. A case that is newer than
/// the table is no fault; the table gets it when it is written the next time.
#[test]
fn every_carrier_has_its_cases() {
    let carriers = carriers();
    if std::env::var("TLSWHY_BLESS").is_ok() {
        fs::write(TABLE, table(&carriers)).unwrap();
    }
    let (mut section, mut rows) = (String::new(), BTreeMap::<String, Vec<(String, String)>>::new());
    for line in fs::read_to_string(TABLE).unwrap_or_default().lines() {
        match (line.strip_prefix("## "), line.split(" | ").collect::<Vec<_>>().as_slice()) {
            (Some(name), _) => name.clone_into(&mut section),
            (None, [case, says]) if case.contains('/') => {
                let case = case.trim_start_matches("| ").to_owned();
                let says = says.trim_end_matches(" |").to_owned();
                rows.entry(section.clone()).or_default().push((case, says));
            }
            _ => {}
        }
    }
    for (name, rows) in &rows {
        for row in rows {
            let held = carriers.get(name).is_some_and(|cases| cases.contains(row));
            assert!(held, "{TABLE}, {name}: {row:?} is not said now; bless it if that is wanted");
        }
    }
    for carrier in trace::Carrier::ALL {
        let name = carrier.name();
        assert!(rows.contains_key(name), "{name}: no case");
    }
}

/// The whole table.
fn table(carriers: &Cases) -> String {
    let mut table = String::from(HEAD);
    for (name, cases) in carriers {
        write!(table, "\n## {name}\n| case | what tlswhy says |\n|---|---|\n").unwrap();
        for (case, says) in cases {
            writeln!(table, "| {case} | {says} |").unwrap();
        }
    }
    table
}

/// The failures of the corpus by carrier, those with bare TLS left out.
fn carriers() -> Cases {
    let mut carriers = Cases::new();
    for case in folders(Path::new("../../corpus")).iter().flat_map(|cause| folders(cause)) {
        let Some(bytes) = ["pcap", "pcapng", "pcap.gz", "pcapng.gz"]
            .iter()
            .find_map(|end| fs::read(case.join(format!("input.{end}"))).ok())
        else {
            continue;
        };
        let options = Options { failures: true, ..Options::default() };
        let mut watch = |_| ControlFlow::Continue(());
        let report = Report::new(vec![Intake::new("case", options).whole(&bytes, &mut watch)]);
        let name: Vec<String> =
            case.iter().rev().take(2).map(|part| part.to_string_lossy().into_owned()).collect();
        let name = format!("{}/{}", name[1], name[0]);
        for failure in report.inputs.iter().flat_map(|input| &input.failures) {
            if let Some(app) = failure.app() {
                carriers.entry(app.to_owned()).or_default().push((name.clone(), says(failure)));
            }
        }
    }
    carriers
}

/// The cause, how sure it is, and what shows it: the last fact of a side, or its first.
fn says(failure: &Failure) -> String {
    let Some(best) = failure.best() else { return "unknown".to_owned() };
    let facts: Vec<String> = best.evidence.iter().take(2).map(fact).collect();
    let text = format!("{}, {}: {}", best.cause.slug, best.confidence.name(), facts.join("; "));
    text.replace('|', "/")
}

fn fact(evidence: &Evidence) -> String {
    format!("{} {}", evidence.label, evidence.says)
}

fn folders(path: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    let mut all: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(|p| p.is_dir()).collect();
    all.sort();
    all
}

const HEAD: &str = "# What carries TLS, and what tlswhy says

This table is written by `crates/report/tests/carriers.rs`, which reads every case of the corpus and
lists the failures whose TLS another protocol carries, by the name of that protocol. Each says the
cause, how sure it is, and the first two facts behind it. How each case was recorded, with which
servers and clients, stands in its `about.md`.
";
