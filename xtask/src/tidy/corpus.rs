//! The corpus: every case complete, every cause with a case that is known to be it; and the lines
//! that programs wrote, each with its truth; and the event logs and registries that the lab built.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Tree, pages};

/// Causes that have no case of their own, and why. The list is meant to get shorter.
const WITHOUT_A_CASE: &[(&str, &str)] = &[
    (
        "hidden-server-certificate",
        "it says what a capture cannot show, which is never what is wrong: the TLS 1.3 cases of \
         the causes that lie in a server's certificate show it",
    ),
    (
        "hidden-client-certificate",
        "the same for the client's certificate: the TLS 1.3 cases of its causes show it",
    ),
    (
        "dhe-leading-zero",
        "it takes a stack from before 2020 that computes wrongly, and one handshake in 256: none \
         of the stacks that can be had does",
    ),
    (
        "private-key-permission",
        "seen only in an event log, on the wire it looks like a server or a client without a \
         certificate: corpus/events has it",
    ),
    (
        "client-cert-not-mapped",
        "seen only in an event log, the handshake goes well: corpus/events has it",
    ),
    (
        "schannel-keyspec",
        "it takes a Windows machine with such a key; on the wire it is a reset, and no event log of it \
         could be had but the one that the lab builds for the bench",
    ),
    (
        "platform-cert-policy",
        "Apple's platforms alone have these rules for authorities that were installed by hand: \
         Chromium, curl, GnuTLS, Java and Go took a certificate of 1200 days without a purpose",
    ),
    (
        "non-root-in-root-store",
        "seen only in the log of IIS, which says the same for a root that is not trusted; on the \
         wire all is well",
    ),
    ("eap-mppe-prf-bug", "all that can be seen of EAP and RADIUS is a success"),
    ("unknown", "the truth of a case is known"),
];

/// Whether a cause has no case of its own, for a reason that is known.
pub(super) fn is_without_a_case(cause: &str) -> bool {
    WITHOUT_A_CASE.iter().any(|(name, _)| *name == cause)
}

/// Cases are complete, causes have cases, and the list of exceptions holds nothing else.
pub(super) fn check(tree: &Tree) -> Vec<String> {
    check_but(tree, WITHOUT_A_CASE)
}

/// The same with another list of exceptions.
fn check_but(tree: &Tree, without: &[(&str, &str)]) -> Vec<String> {
    let mut problems = Vec::new();
    let mut shown = BTreeSet::new();
    for (case, files) in cases(tree) {
        for wanted in ["about.md", "truth.json", "expected.txt"] {
            if !files.contains(wanted) {
                problems.push(format!("{case}: {wanted} is missing"));
            }
        }
        if !files.iter().any(|file| file.starts_with("input.")) {
            problems.push(format!("{case}: there is no input"));
        }
        if let Some(truth) = tree.text(&format!("{case}/truth.json")) {
            match serde_json::from_str(truth) {
                Ok(truth) => shown.extend(named(&truth)),
                Err(error) => problems.push(format!("{case}/truth.json: {error}")),
            }
        }
    }
    let causes: BTreeSet<&str> = pages::causes(tree).map(|(_, cause, _)| cause).collect();
    for cause in &causes {
        let excepted = without.iter().any(|(name, _)| name == cause);
        match (shown.contains(*cause), excepted) {
            (false, false) => problems.push(format!(
                "corpus: no case shows the cause {cause}: record one, or say why not in tidy/corpus.rs"
            )),
            (true, true) => problems.push(format!(
                "corpus: {cause} has a case by now: take it off the list in tidy/corpus.rs"
            )),
            _ => {}
        }
    }
    for (cause, _) in without {
        if !causes.is_empty() && !causes.contains(cause) {
            problems.push(format!("tidy/corpus.rs: there is no cause {cause}"));
        }
    }
    problems.extend(built(tree, EVENTS));
    problems.extend(built(tree, SETTINGS));
    problems.extend(programs(tree).iter().flat_map(|(program, files)| lines(tree, program, files)));
    problems
}

/// The folder of what programs wrote to their logs, `corpus/lines/<program>/<failure>.log`.
const LINES: &str = "lines";
/// The folder of event logs, `corpus/events/<case>/`, with the logs of a case in any form.
const EVENTS: &str = "events";
/// The folder of registries, `corpus/settings/<case>/`, a machine each.
const SETTINGS: &str = "settings";
/// A log is one failure and what stands around it, no more.
const MOST_LINE_BYTES: usize = 4096;

/// The most that a log may hold: what a client writes of every registered alert is a line each.
fn most_bytes(path: &str) -> usize {
    if path.ends_with("alerts.log") { 3 * MOST_LINE_BYTES } else { MOST_LINE_BYTES }
}

/// The programs whose lines are kept, by folder, with the names of their files.
fn programs(tree: &Tree) -> BTreeMap<String, BTreeSet<&str>> {
    let mut programs: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for (path, _) in tree.files() {
        if let ["corpus", LINES, program, file] = path.split('/').collect::<Vec<_>>().as_slice() {
            programs.entry(format!("corpus/{LINES}/{program}")).or_default().insert(file);
        }
    }
    programs
}

/// Every log of a program is small and has its truth, every truth has its log, and some are quiet.
fn lines(tree: &Tree, program: &str, files: &BTreeSet<&str>) -> Vec<String> {
    let mut problems: Vec<String> = tree
        .files()
        .filter(|(path, _)| path.starts_with(program) && path.ends_with(".log"))
        .filter(|(path, bytes)| bytes.len() > most_bytes(path))
        .map(|(path, _)| format!("{path}: more than {} bytes: keep one failure", most_bytes(path)))
        .collect();
    if !files.contains("about.md") {
        problems.push(format!("{program}: about.md is missing"));
    }
    let truth = tree.text(&format!("{program}/truth.json")).unwrap_or_default();
    let truth: Value = match serde_json::from_str(truth) {
        Ok(truth) => truth,
        Err(error) => {
            problems.push(format!("{program}/truth.json: {error}"));
            return problems;
        }
    };
    let failures =
        truth["failures"].as_object().into_iter().flatten().map(|(name, _)| name.as_str());
    let quiet: Vec<&str> =
        truth["quiet"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    if quiet.is_empty() {
        problems.push(format!("{program}: no log of a quiet hour"));
    }
    let alerts = truth["alerts"].as_object().into_iter().flatten().map(|(name, _)| name.as_str());
    let known: BTreeSet<&str> = failures.chain(quiet).chain(alerts).collect();
    let logs: BTreeSet<&str> =
        files.iter().copied().filter(|file| file.ends_with(".log")).collect();
    problems.extend(logs.difference(&known).map(|log| format!("{program}/{log}: has no truth")));
    problems.extend(known.difference(&logs).map(|log| format!("{program}/{log}: is missing")));
    problems
}

/// Every case that is built says so, and has its truth.
fn built(tree: &Tree, group: &str) -> Vec<String> {
    let mut problems = Vec::new();
    let mut cases: BTreeSet<&str> = BTreeSet::new();
    for (path, _) in tree.files() {
        if let ["corpus", known, case, _, ..] = path.split('/').collect::<Vec<_>>().as_slice()
            && *known == group
        {
            cases.insert(case);
        }
    }
    for case in cases {
        let case = format!("corpus/{group}/{case}");
        if !tree.text(&format!("{case}/about.md")).is_some_and(|text| text.contains("Built")) {
            problems.push(format!("{case}: about.md does not say that it is built"));
        }
        let truth = tree.text(&format!("{case}/truth.json")).unwrap_or_default();
        if let Err(error) = serde_json::from_str::<Value>(truth) {
            problems.push(format!("{case}/truth.json: {error}"));
        }
    }
    problems
}

/// The cases by folder, `corpus/<group>/<case>`, with the names of their files, and of the folder
/// that a recording in several files is.
fn cases(tree: &Tree) -> BTreeMap<String, BTreeSet<&str>> {
    let mut cases: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for (path, _) in tree.files() {
        if let ["corpus", group, case, file, ..] = path.split('/').collect::<Vec<_>>().as_slice()
            && ![LINES, EVENTS].contains(group)
        {
            cases.entry(format!("corpus/{group}/{case}")).or_default().insert(file);
        }
    }
    cases
}

/// Every cause that a truth names, none for a connection that works.
pub(crate) fn named(truth: &Value) -> BTreeSet<String> {
    let mut causes = BTreeSet::new();
    gather(truth, &mut causes);
    causes
}

/// Add the causes of a truth: the value of `cause`, or each entry of `causes`, at any depth,
/// because a capture with several failures has a truth for each of them.
fn gather(truth: &Value, into: &mut BTreeSet<String>) {
    match truth {
        Value::Object(fields) => {
            for (key, value) in fields {
                match (key.as_str(), value) {
                    ("cause" | "causes", Value::String(cause)) => {
                        into.insert(cause.clone());
                    }
                    ("causes", Value::Array(causes)) => {
                        into.extend(causes.iter().filter_map(Value::as_str).map(str::to_owned));
                        causes.iter().for_each(|cause| gather(cause, into));
                    }
                    (_, value) => gather(value, into),
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|value| gather(value, into)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: (&str, &str) = ("crates/diagnosis/src/rules/weak-dh.md", "# weak-dh\n");

    /// A complete case shows its cause, alone or among several.
    #[test]
    fn a_complete_case_passes() {
        for truth in [r#"{"cause":"weak-dh"}"#, r#"[{"cause":"x"},{"causes":["weak-dh"]}]"#] {
            let tree = Tree::of(&[
                PAGE,
                ("corpus/weak-dh/openssl/about.md", ""),
                ("corpus/weak-dh/openssl/expected.txt", ""),
                ("corpus/weak-dh/openssl/input.pcap", ""),
                ("corpus/weak-dh/openssl/truth.json", truth),
            ]);
            assert_eq!(check_but(&tree, &[]), Vec::<String>::new());
        }
    }

    /// What a case lacks is named, and so is a cause that nothing shows.
    #[test]
    fn what_is_missing_is_named() {
        let found = check_but(&Tree::of(&[PAGE, ("corpus/weak-dh/openssl/truth.json", "{")]), &[])
            .join("\n");
        for part in ["about.md", "expected.txt", "no input", "truth.json:", "no case shows"] {
            assert!(found.contains(part), "{part} in {found}");
        }
    }

    /// Lines need a truth, a quiet log and no recording; what is missing or too much is named.
    #[test]
    fn lines_have_their_truth() {
        let truth = r#"{"quiet":["quiet.log"],"failures":{"reset.log":{"cause":null}}}"#;
        let whole = [
            ("corpus/lines/nginx/about.md", ""),
            ("corpus/lines/nginx/quiet.log", ""),
            ("corpus/lines/nginx/reset.log", "x"),
            ("corpus/lines/nginx/truth.json", truth),
        ];
        assert_eq!(check_but(&Tree::of(&whole), &[]), Vec::<String>::new());
        let long = "x".repeat(MOST_LINE_BYTES + 1);
        let torn = Tree::of(&[
            ("corpus/lines/nginx/garbage.log", &long),
            ("corpus/lines/nginx/quiet.log", ""),
            ("corpus/lines/nginx/truth.json", truth),
        ]);
        let found = check_but(&torn, &[]).join("\n");
        let parts = [
            "garbage.log: more than",
            "about.md is missing",
            "garbage.log: has no truth",
            "reset.log: is missing",
        ];
        for part in parts {
            assert!(found.contains(part), "{part} in {found}");
        }
        let loud = Tree::of(&[("corpus/lines/nginx/truth.json", r#"{"failures":{}}"#)]);
        assert!(check_but(&loud, &[]).join("\n").contains("no log of a quiet hour"));
    }

    /// Built event logs need no input of a name, but their truth, and a word on what they are.
    #[test]
    fn built_events_say_so() {
        let whole = [
            ("corpus/events/exchange/about.md", "**Built, not recorded**"),
            ("corpus/events/exchange/forms/viewer.csv", ""),
            ("corpus/events/exchange/truth.json", "{}"),
        ];
        assert_eq!(check_but(&Tree::of(&whole), &[]), Vec::<String>::new());
        let found = check_but(&Tree::of(&whole[1..2]), &[]).join("\n");
        assert!(found.contains("that it is built") && found.contains("truth.json:"), "{found}");
    }

    /// An exception covers its cause, and has no place where a case or no such cause is.
    #[test]
    fn exceptions_are_needed() {
        let without = [("weak-dh", "cannot be recorded")];
        assert_eq!(check_but(&Tree::of(&[PAGE]), &without), Vec::<String>::new());
        let shown = Tree::of(&[PAGE, ("corpus/weak-dh/x/truth.json", r#"{"cause":"weak-dh"}"#)]);
        assert!(check_but(&shown, &without).join("\n").contains("has a case by now"));
        let stale = check_but(&Tree::of(&[PAGE]), &[without[0], ("gone", "")]);
        assert_eq!(stale, ["tidy/corpus.rs: there is no cause gone"]);
    }
}
