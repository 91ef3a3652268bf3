//! Every stack reads its own samples as they are labelled, and no innocent line is a failure.

use std::fmt::Write;

use super::*;
use crate::{Peer, Sighting};

/// A labelled line of a stack file.
struct Sample {
    stack: &'static str,
    innocent: bool,
    line: &'static str,
    run: bool,
    version: &'static str,
    peer: Option<&'static str>,
    name: Option<&'static str>,
    meaning: Meaning,
}

include!(concat!(env!("OUT_DIR"), "/samples.rs"));

/// What a sample says, one fact a line, so that a difference shows itself.
fn expected(sample: &Sample) -> String {
    let Meaning { alert, sent, voice, role, .. } = sample.meaning;
    let peer = sample.peer.and_then(Peer::read).map(|peer| peer.to_string());
    let name = sample.name;
    format!("{voice:?} alert {alert:?} sent {sent:?} role {role:?} peer {peer:?} name {name:?}")
}

/// What was read.
fn read(sighting: &Sighting) -> String {
    let Sighting { alert, sent, voice, role, peer, name, .. } = sighting;
    let voice = Some(voice);
    let (alert, sent) = (alert.map(|alert| alert.code()), sent.map(|alert| alert.code()));
    let peer = peer.as_ref().map(ToString::to_string);
    format!("{voice:?} alert {alert:?} sent {sent:?} role {role:?} peer {peer:?} name {name:?}")
}

/// Each sample is one failure, read as it is labelled, and in the words of its own stack.
#[test]
fn samples_are_read_as_they_are_labelled() {
    let mut wrong = Vec::new();
    for sample in SAMPLES.iter().filter(|sample| !sample.innocent) {
        let read_as: Vec<Sighting> = Sighting::all(sample.line.as_bytes());
        let [sighting] = &read_as[..] else {
            wrong.push(format!(
                "{}: {} failures in {:?}",
                sample.stack,
                read_as.len(),
                sample.line
            ));
            continue;
        };
        let stacks = [sighting.library, sighting.program];
        if !stacks.iter().flatten().any(|stack| stack.slug == sample.stack) {
            let slugs: Vec<_> = stacks.iter().flatten().map(|stack| stack.slug).collect();
            wrong.push(format!("{}: read as {slugs:?}: {:?}", sample.stack, sample.line));
        }
        let (expected, read) = (expected(sample), read(sighting));
        if expected != read {
            wrong.push(format!(
                "{}: {:?}\n   labelled {expected}\n   read     {read}",
                sample.stack, sample.line
            ));
        }
    }
    assert!(wrong.is_empty(), "{} samples\n{}", wrong.len(), wrong.join("\n"));
}

/// No line that tells of no failure is taken for one.
#[test]
fn innocent_lines_are_no_failures() {
    let mut wrong = Vec::new();
    for sample in SAMPLES.iter().filter(|sample| sample.innocent) {
        for sighting in Sighting::all(sample.line.as_bytes()) {
            wrong.push(format!("{}: {:?}\n   {}", sample.stack, sample.line, read(&sighting)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A stack shows what its forms look like, and a run sample names the version that wrote it.
#[test]
fn every_stack_has_samples() {
    let mut wrong = Vec::new();
    for stack in STACKS {
        let samples =
            SAMPLES.iter().filter(|sample| sample.stack == stack.slug && !sample.innocent);
        if samples.count() < 2 {
            wrong.push(format!("{}: fewer than two samples", stack.slug));
        }
    }
    for sample in SAMPLES.iter().filter(|sample| sample.run && sample.version.is_empty()) {
        wrong.push(format!("{}: no version beside {:?}", sample.stack, sample.line));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The committed table of stacks is what the stack files and the recordings hold.
/// `TLSWHY_BLESS=1 cargo test -p tlswhy-logs the_table` writes it.
#[test]
#[expect(clippy::disallowed_methods, reason = "the table is a file, and so are the recordings")]
fn the_table_of_stacks_is_true() {
    const TABLE: &str = "../../corpus/stacks.md";
    let mut table = String::from(HEAD);
    let mut sums = [0; 6];
    for stack in STACKS {
        let own = |sample: &&Sample| sample.stack == stack.slug;
        let (innocent, samples): (Vec<&Sample>, Vec<_>) =
            SAMPLES.iter().filter(own).partition(|sample| sample.innocent);
        let run = samples.iter().filter(|sample| sample.run).count();
        let recorded = std::fs::read_dir(format!("../../corpus/lines/{}", stack.slug));
        let recorded = recorded.into_iter().flatten().flatten().filter(|file| {
            file.path().extension().is_some_and(|extension| extension == "log")
                && !file.file_name().to_string_lossy().ends_with("quiet.log")
        });
        let kind = if stack.program { "program" } else { "library" };
        let row = [
            stack.forms.len(),
            stack.beside.len(),
            run,
            samples.len() - run,
            innocent.len(),
            recorded.count(),
        ];
        for (sum, count) in sums.iter_mut().zip(row) {
            *sum += count;
        }
        let cells = row.map(|count| if count == 0 { "-".into() } else { count.to_string() });
        let (name, cells) = (stack.name, cells.join(" | "));
        writeln!(table, "| {name} | `{}` | {kind} | {cells} |", stack.slug).unwrap();
    }
    let sums = sums.map(|sum| sum.to_string()).join(" | ");
    writeln!(table, "| **{} stacks** | | | {sums} |", STACKS.len()).unwrap();
    if std::env::var_os("TLSWHY_BLESS").is_some() {
        std::fs::write(TABLE, &table).unwrap();
    }
    let committed = std::fs::read_to_string(TABLE).unwrap_or_default();
    assert!(committed == table, "corpus/stacks.md is out of date: TLSWHY_BLESS=1 writes it");
}

/// What stands above the table.
const HEAD: &str = "\
# Stacks whose words are read

Made by a test of `crates/logs` from the stack files and the recordings.
*Run* samples were written by that software when it was run, the others follow its documentation or its source.
*Innocent* lines are of the stack, and no failure.
*Recorded* are the failures that `lab/` provoked, whole logs in `corpus/lines/`.
A program's lines hold a library's words as well: what is recorded of nginx is also read by the forms of OpenSSL.

| stack | file | kind | forms | beside | run samples | other samples | innocent | recorded |
|---|---|---|---:|---:|---:|---:|---:|---:|
";
