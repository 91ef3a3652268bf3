//! The rules against what really happened: every case of `corpus/` was recorded from real servers
//! and clients, and its `truth.json` says what was wrong.
#![allow(missing_docs, clippy::disallowed_methods, clippy::panic)]
#![allow(clippy::print_stdout, clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tlswhy_diagnosis::{Confidence, Docket, Judged};
use trace::Tracer;
use wire::{KeyLog, Next, Packets};

/// Why a cause is missed: the file that `cargo xtask lab judge` reads.
const MISSES: &str = "../../corpus/misses.md";

/// One recorded case.
struct Recorded {
    /// `cause/case`, with the number of the connection where there are several.
    name: String,
    /// The capture.
    input: PathBuf,
    /// What was wrong: a slug, or `established` or `not-tls` where nothing was.
    cause: String,
    /// What else may be said first, because no capture could tell the difference.
    also: Vec<String>,
    /// The client's port.
    port: u64,
}

impl Recorded {
    /// The key log that was recorded with it.
    fn keys(&self) -> Option<Vec<u8>> {
        fs::read(self.input.with_file_name("keys.log")).ok()
    }

    /// Whether a cause is the one, or cannot be told from it.
    fn is(&self, slug: &str) -> bool {
        slug == self.cause || self.also.iter().any(|also| also == slug)
    }
}

/// What a key log opens makes the answer better and never worse: without it nothing is certain and
/// wrong, with it what comes first is as sure as before at least.
#[test]
fn a_key_log_makes_it_surer() {
    let cases: Vec<Recorded> = cases().into_iter().filter(|case| case.keys().is_some()).collect();
    assert!(!cases.is_empty());
    for case in cases {
        let [closed, opened] = [None, case.keys()].map(|keys| {
            let judged = judge(&case.input, keys.as_deref());
            judged.into_iter().next().map_or(Vec::new(), |judged| judged.findings)
        });
        let wrong =
            closed.iter().find(|f| f.confidence == Confidence::Certain && !case.is(f.cause.slug));
        assert!(wrong.is_none(), "{}: {:?}", case.name, wrong.map(|f| f.cause.slug));
        let Some(first) = opened.first() else {
            assert!(FINE.contains(&case.cause.as_str()), "{}", case.name);
            continue;
        };
        let before = closed.iter().find(|f| f.cause.slug == first.cause.slug);
        assert!(before.is_none_or(|f| f.confidence >= first.confidence), "{}", case.name);
    }
}

/// The right cause comes first. What is missed is listed with its reason, as what was brought about
/// and what was said first. No finding is certain and wrong.
#[test]
fn the_corpus_is_understood() {
    let allowed = allowed();
    let mut table: BTreeMap<String, [u32; 3]> = BTreeMap::new();
    let mut complaints = Vec::new();
    for case in cases() {
        let judged = judge(&case.input, case.keys().as_deref());
        let mine =
            judged.iter().find(|j| u64::from(j.session.client.port().unwrap_or(0)) == case.port);
        let found: Vec<(&str, Confidence)> = mine
            .map(|judged| judged.findings.iter().map(|f| (f.cause.slug, f.confidence)).collect())
            .unwrap_or_default();
        let said = found.first().map_or("nothing", |(slug, _)| slug);
        let first = match said {
            "nothing" => FINE.contains(&case.cause.as_str()),
            slug => slug == case.cause,
        };
        let any = first || found.iter().any(|(slug, _)| *slug == case.cause);
        let row = table.entry(case.cause.clone()).or_default();
        for (cell, counts) in row.iter_mut().zip([true, first, any]) {
            *cell += u32::from(counts);
        }
        let outcome = mine.map(|judged| judged.session.outcome);
        let says = format!("{}: {outcome:?}, {found:?}", case.name);
        if found.iter().any(|(slug, sure)| *sure == Confidence::Certain && *slug != case.cause) {
            complaints.push(format!("certain and wrong: {says}"));
        }
        let known = |(cause, word): &(String, String)| {
            [case.cause.as_str(), "*"].contains(&cause.as_str())
                && [said, "*"].contains(&word.as_str())
        };
        if !first && !allowed.iter().any(known) {
            complaints.push(format!("no reason for this miss: {says}"));
        }
    }
    println!("{:40} cases first any", "cause");
    for (cause, [cases, first, any]) in &table {
        println!("{cause:40} {cases:5} {first:5} {any:3}");
    }
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

/// Truths that want no finding.
const FINE: [&str; 4] =
    ["established", "not-tls", "eof-without-close-notify", "user-canceled-java"];

/// The pairs that have a reason, for captures.
fn allowed() -> Vec<(String, String)> {
    let text = fs::read_to_string(MISSES).unwrap();
    let mut of_captures = false;
    let mut pairs = Vec::new();
    for line in text.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            of_captures = heading.contains("capture") && !heading.contains("lines");
        } else if let Some((causes, said)) =
            line.strip_prefix("- ").and_then(|it| it.split_once(": "))
            && of_captures
        {
            let each = causes.split(", ").flat_map(|c| said.split(", ").map(move |s| (c, s)));
            pairs.extend(each.map(|(cause, said)| (cause.to_owned(), said.to_owned())));
        }
    }
    assert!(!pairs.is_empty(), "no reasons in {MISSES}");
    pairs
}

/// What happened in each capture: one connection, or several.
fn cases() -> Vec<Recorded> {
    let root = Path::new("../../corpus");
    let mut all = Vec::new();
    for case in folders(root).iter().flat_map(|cause| folders(cause)) {
        let forms = ["input.pcap", "input.pcapng", "input.pcap.gz"];
        let Some(input) = forms.iter().map(|form| case.join(form)).find(|path| path.exists())
        else {
            continue;
        };
        let truth = fs::read_to_string(case.join("truth.json")).unwrap();
        let truth: Value = serde_json::from_str(&truth).unwrap();
        let name = case.strip_prefix(root).unwrap().display().to_string();
        match truth {
            Value::Array(list) => all.extend(
                list.iter()
                    .enumerate()
                    .map(|(index, truth)| recorded(format!("{name}[{index}]"), &input, truth)),
            ),
            truth => all.push(recorded(name, &input, &truth)),
        }
    }
    assert!(!all.is_empty(), "no corpus in {}", root.display());
    all
}

fn recorded(name: String, input: &Path, truth: &Value) -> Recorded {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    Recorded {
        name,
        input: input.to_owned(),
        cause: text(&truth["cause"]),
        also: truth["also"].as_array().unwrap().iter().map(text).collect(),
        port: truth["client_port"].as_u64().unwrap(),
    }
}

/// The findings for every session of a capture that needs some.
fn judge(input: &Path, keys: Option<&[u8]>) -> Vec<Judged> {
    let mut bytes = fs::read(input).unwrap();
    if input.extension().is_some_and(|extension| extension == "gz") {
        let packed = std::mem::take(&mut bytes);
        flate2::read::GzDecoder::new(packed.as_slice()).read_to_end(&mut bytes).unwrap();
    }
    let (mut packets, mut tracer) = (Packets::new(), Tracer::new());
    if let Some(keys) = keys {
        tracer.add_keys(KeyLog::read(keys));
    }
    loop {
        match packets.next(&bytes, true) {
            Next::Packet(packet) => tracer.packet(&packet),
            Next::Secrets(text) => tracer.add_keys(KeyLog::read(text)),
            Next::Damaged(damage) => panic!("{}: {damage:?}", input.display()),
            Next::NeedMore | Next::End => break,
        }
    }
    tracer.finish();
    let mut docket = Docket::default();
    while let Some(session) = tracer.ended() {
        docket.add(session);
    }
    docket.finish();
    std::iter::from_fn(|| docket.judged()).collect()
}

fn folders(path: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    let mut all: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(|p| p.is_dir()).collect();
    all.sort();
    all
}
